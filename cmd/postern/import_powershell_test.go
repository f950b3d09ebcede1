package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/exchange/exchangetest"
	"github.com/seed-07732396/postern/collectors/imports/powershell"
	"github.com/seed-07732396/postern/testdata"
)

// A dialect is how one PowerShell writes what Exchange answered.
type dialect struct {
	name string
	// instant writes an instant, text a string, list a list inside an object.
	instant func(time.Time) string
	text    func(string) string
	list    func(elements string, n int) string
	encode  func(string) []byte
}

func dialects() []dialect {
	plainList := func(elements string, _ int) string { return "[" + elements + "]" }
	quoted := func(text string) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(text)
		return strings.TrimSpace(b.String())
	}
	escaped := func(text string) string {
		return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(quoted(text))
	}
	date := func(at time.Time) string { return `"\/Date(` + strconv.FormatInt(at.UnixMilli(), 10) + `)\/"` }
	wrapped := func(elements string, n int) string { return fmt.Sprintf(`{"value":[%s],"Count":%d}`, elements, n) }
	mark := func(text string) []byte { return []byte("\uFEFF" + text) }
	return []dialect{
		{"5.1", date, escaped, wrapped, func(text string) []byte { return mark(strings.ReplaceAll(text, "\n", "\r\n")) }},
		{"5.1 in UTF-16", date, escaped, wrapped, func(text string) []byte { return utf16LE(strings.ReplaceAll(text, "\n", "\r\n")) }},
		{"7", func(at time.Time) string { return at.UTC().Format(`"2006-01-02T15:04:05Z"`) }, quoted, plainList, func(text string) []byte { return []byte(text) }},
		{"7 elsewhere", func(at time.Time) string {
			return at.In(time.FixedZone("", 2*3600)).Format(`"2006-01-02T15:04:05-07:00"`)
		}, quoted, plainList, func(text string) []byte { return []byte(text) }},
	}
}

func utf16LE(text string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, r := range text {
		if r > 0xFFFF {
			r -= 0x10000
			out = append(out, byte(0xD800+r>>10), byte((0xD800+r>>10)>>8), byte(0xDC00+r&0x3FF), byte((0xDC00+r&0x3FF)>>8))
			continue
		}
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

// write gives a value in the dialect; inner says that it is in an object.
func (d dialect) write(value any, inner bool) string {
	switch v := value.(type) {
	case map[string]any:
		parts := make([]string, 0, len(v))
		for name, member := range v {
			parts = append(parts, d.text(name)+":"+d.write(member, true))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = d.write(element, true)
		}
		if !inner {
			return "[\n" + strings.Join(parts, "\n,") + "\n]\n"
		}
		return d.list(strings.Join(parts, ","), len(v))
	case string:
		if at, err := time.Parse("2006-01-02T15:04:05.0000000-07:00", v); err == nil {
			return d.instant(at)
		}
		return d.text(v)
	}
	text, _ := json.Marshal(value)
	return string(text)
}

// exportOf imitates what the script writes when it is run for a tenant.
func exportOf(t *testing.T, tenant string, d dialect, withGraph bool) string {
	t.Helper()
	text, err := fs.ReadFile(testdata.Tenants(), tenant+"/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	world, err := startStandInsOf(text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.close)
	folder := filepath.Join(t.TempDir(), "evidence")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	m := map[string]any{
		"format": "postern-powershell-export", "version": 1, "started_at": world.now.UTC().Format("2006-01-02T15:04:05Z"),
		"finished_at": world.now.UTC().Add(time.Minute).Format("2006-01-02T15:04:05Z"), "powershell": "5.1.20348.1", "modules": map[string]any{},
		"exchange": map[string]any{"tenant_id": world.target.TenantID, "organization": "", "account": "reader@example.org"}, "graph": nil,
	}
	answers, err := exchangetest.FromSnapshot(text)
	if err != nil {
		t.Fatal(err)
	}
	m["cmdlets"] = writeCmdlets(t, folder, answers, d)
	m["requests"] = []any{}
	if withGraph {
		m["graph"] = map[string]any{"tenant_id": world.target.TenantID, "account": "reader@example.org", "environment": "Global", "sign_in_days": 30}
		m["requests"] = writeGraph(t, folder, graphAnswers(t, text, world), d)
	}
	writeIn(t, folder, "manifest.json", d.encode(d.write(m, true)))
	return folder
}

func writeCmdlets(t *testing.T, folder string, answers fs.FS, d dialect) []any {
	t.Helper()
	list := map[string][]any{"Get-RoleGroupMember": {}}
	names := map[string]string{}
	entries, err := fs.Glob(answers, "*.json")
	if err != nil || len(entries) < 8 {
		t.Fatalf("%d cmdlets: %v", len(entries), err)
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry, ".json")
		list[strings.ReplaceAll(name, ".", "-")] = readList(t, answers, entry)
	}
	for _, group := range list["Get-RoleGroup"] {
		head := group.(map[string]any)
		names[head["Guid"].(string)] = head["Name"].(string)
	}
	members, err := fs.Glob(answers, "Get-RoleGroupMember/*.json")
	if err != nil || len(members) == 0 {
		t.Fatalf("no role groups: %v", err)
	}
	for _, entry := range members {
		group := names[strings.TrimSuffix(filepath.Base(entry), ".json")]
		for _, member := range readList(t, answers, entry) {
			row := member.(map[string]any)
			row["RoleGroup"] = group
			list["Get-RoleGroupMember"] = append(list["Get-RoleGroupMember"], row)
		}
	}
	var records []any
	for name, rows := range list {
		writeIn(t, folder, name+".json", d.encode(d.write(rows, false)))
		records = append(records, map[string]any{"name": name, "file": name + ".json", "status": "succeeded", "rows": len(rows), "errors": []any{}, "warnings": []any{}})
	}
	return records
}

func readList(t *testing.T, files fs.FS, name string) []any {
	t.Helper()
	data, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var list []any
	if err := decoder.Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func writeIn(t *testing.T, folder, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// listener records what Graph's collector asks and is answered.
type listener struct {
	mu    sync.Mutex
	asked []heard
}

type heard struct {
	uri    string
	status int
	body   []byte
}

func (l *listener) RoundTrip(req *http.Request) (*http.Response, error) {
	plain := req.Clone(req.Context())
	plain.Header.Del("Accept-Encoding")
	resp, err := http.DefaultTransport.RoundTrip(plain)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, heard{req.URL.RequestURI(), resp.StatusCode, body})
	return resp, nil
}

// graphAnswers runs Graph's collector alone, without its limits, and gives what it
// heard. Links to next pages name Graph's own host.
func graphAnswers(t *testing.T, snapshot []byte, world *standIns) []heard {
	t.Helper()
	tenant, err := entratest.FromSnapshot(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	server := entratest.Start(tenant, entratest.Options{})
	defer server.Close()
	bearer, err := collectors.Bearer(server.Token())
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{}
	c, err := entra.New(entra.Config{URL: server.URL, Authorizer: bearer, Network: collectors.Network{
		Base: l, Sleep: func(context.Context, time.Duration) error { return nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = collectors.Run(t.Context(), []collectors.Collector{c}, collectors.Options{
		Source: "live", Tenant: world.target.snapshotTenant(), Evidence: world.target.evidence(), Now: func() time.Time { return world.now },
	})
	if err != nil || len(l.asked) < 15 {
		t.Fatalf("%d requests: %v", len(l.asked), err)
	}
	for i := range l.asked {
		l.asked[i].body = bytes.ReplaceAll(l.asked[i].body, []byte(server.URL), []byte("https://graph.microsoft.com"))
	}
	return l.asked
}

func writeGraph(t *testing.T, folder string, asked []heard, d dialect) []any {
	t.Helper()
	var requests []any
	for i, h := range asked {
		file := fmt.Sprintf("graph-%05d.json", i+1)
		record := map[string]any{"uri": h.uri, "file": file, "status": h.status, "code": "", "message": ""}
		if h.status == http.StatusOK {
			writeIn(t, folder, file, d.encode(string(h.body)))
		} else {
			var answer struct {
				Error struct{ Code, Message string } `json:"error"`
			}
			if err := json.Unmarshal(h.body, &answer); err != nil {
				t.Fatal(err)
			}
			record["file"], record["code"], record["message"] = "", answer.Error.Code, answer.Error.Message
		}
		requests = append(requests, record)
	}
	return requests
}

// command runs postern and gives the exit code and what it said.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" }, version: "test"})
	return code, out.String(), err.String()
}

// parts are what an import and a live collection can be compared by.
type parts struct {
	Entra     json.RawMessage `json:"entra"`
	Exchange  json.RawMessage `json:"exchange"`
	Share     json.RawMessage `json:"sharepoint"`
	Mailboxes []struct {
		ID        string          `json:"id"`
		UPN       string          `json:"user_principal_name"`
		Name      string          `json:"display_name"`
		Addresses []string        `json:"addresses"`
		Domain    string          `json:"domain"`
		Exchange  json.RawMessage `json:"exchange"`
		Entra     json.RawMessage `json:"entra"`
	} `json:"mailboxes"`
	Evidence struct {
		Window  json.RawMessage `json:"window"`
		SignIns json.RawMessage `json:"sign_ins"`
	} `json:"evidence"`
	CollectedAt string `json:"collected_at"`
	Collection  struct {
		Source    string `json:"source"`
		Resources []struct {
			Name, Status, Code, Message string
		} `json:"resources"`
	} `json:"collection"`
}

func partsOf(t *testing.T, path string) parts {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var p parts
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *parts) status(name string) string {
	for _, r := range p.Collection.Resources {
		if r.Name == name {
			return r.Status
		}
	}
	return "not in the ledger"
}

// TestExportSaysWhatALiveCollectionSays imports what each dialect of PowerShell
// makes of a tenant's answers: the same bytes must come out as from a live
// collection, for everything that is not Okta's.
func TestExportSaysWhatALiveCollectionSays(t *testing.T) {
	for _, tenant := range []string{"demo", "neglected"} {
		live := partsOf(t, filepath.Join("..", "..", "testdata", "tenants", tenant, "snapshot.json"))
		if len(live.Mailboxes) < 3 {
			t.Fatal("the tenant has no mailboxes to compare")
		}
		for _, d := range dialects() {
			t.Run(tenant+" by PowerShell "+d.name, func(t *testing.T) {
				folder := exportOf(t, tenant, d, true)
				path := filepath.Join(t.TempDir(), "snapshot.json")
				if code, _, stderr := command(t, "import", "powershell", folder, "-o", path); code != exitClean {
					t.Fatalf("exit %d: %s", code, stderr)
				}
				got := partsOf(t, path)
				for _, name := range []string{"exchange.cas_mailboxes", "exchange.users", "exchange.role_groups", "exchange.organization_config", "entra.users"} {
					if got.status(name) != live.status(name) {
						t.Errorf("%s is %s, live it is %s: %+v", name, got.status(name), live.status(name), got.Collection.Resources)
					}
				}
				if got.Collection.Source != "powershell" || got.status("okta.apps") != "skipped" {
					t.Errorf("source %q, Okta's apps %q", got.Collection.Source, got.status("okta.apps"))
				}
				want := live
				got.Collection, want.Collection = parts{}.Collection, parts{}.Collection
				if diff := cmp.Diff(text(want), text(got)); diff != "" {
					t.Errorf("differs from live (-live +import):\n%s", diff)
				}
			})
		}
	}
}

// text makes a value comparable line by line.
func text(p parts) []string {
	data, _ := json.MarshalIndent(p, "", " ")
	return strings.Split(string(data), "\n")
}

// TestExchangeAloneIsAnExport leaves Graph out.
func TestExchangeAloneIsAnExport(t *testing.T) {
	folder := exportOf(t, "demo", dialects()[0], false)
	path := filepath.Join(t.TempDir(), "snapshot.json")
	code, _, stderr := command(t, "import", "powershell", folder, "-o", path)
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	live, got := partsOf(t, filepath.Join("..", "..", "testdata", "tenants", "demo", "snapshot.json")), partsOf(t, path)
	if diff := cmp.Diff(string(live.Exchange), string(got.Exchange)); diff != "" {
		t.Errorf("exchange (-live +import):\n%s", diff)
	}
	if got.Entra != nil || got.status("entra.users") != "skipped" {
		t.Errorf("Entra was not exported, and is %s", got.status("entra.users"))
	}
	if !strings.Contains(stderr, "skipped: entra.") {
		t.Errorf("stderr does not say that Entra is missing: %s", stderr)
	}
}

// TestOktaComesFromAnotherSnapshot brings an export and a snapshot together.
func TestOktaComesFromAnotherSnapshot(t *testing.T) {
	folder := exportOf(t, "demo", dialects()[2], true)
	whole := filepath.Join("..", "..", "testdata", "tenants", "demo", "snapshot.json")
	path := filepath.Join(t.TempDir(), "snapshot.json")
	code, _, stderr := command(t, "import", "powershell", folder, "--with", whole, "-o", path)
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var want, got struct {
		Okta      json.RawMessage
		Evidence  json.RawMessage
		Mailboxes json.RawMessage
	}
	for path, into := range map[string]any{whole: &want, path: &got} {
		data, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the parts do not make the whole (-live +import):\n%s", diff)
	}
}

// TestOktaWithoutMailboxesIsPartial takes the Okta part of a snapshot that has no
// mailboxes: the rules are there, and whose users they are for is not.
func TestOktaWithoutMailboxesIsPartial(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", "demo", "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"mailboxes", "entra", "exchange", "sharepoint", "evidence"} {
		delete(doc, section)
	}
	doc["collected_at"] = "2026-11-01T06:00:00Z"
	lines := doc["collection"].(map[string]any)["resources"].([]any)
	doc["collection"].(map[string]any)["resources"] = slices.DeleteFunc(lines, func(line any) bool {
		name := line.(map[string]any)["name"].(string)
		return !strings.HasPrefix(name, "okta.") || name == "okta.requests" || name == "okta.new_device_mails"
	})
	data, err = json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	writeIn(t, dir, "okta.json", data)
	folder := exportOf(t, "demo", dialects()[2], false)
	path := filepath.Join(dir, "snapshot.json")
	code, _, stderr := command(t, "import", "powershell", folder, "--with", filepath.Join(dir, "okta.json"), "-o", path)
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	got := partsOf(t, path)
	if got.CollectedAt != "2026-11-01T06:00:00Z" {
		t.Errorf("collected at %s, and the Okta part is older", got.CollectedAt)
	}
	for name, status := range map[string]string{"okta.access_policies": "collected", "okta.app_assignments": "partial", "okta.groups": "partial", "okta.requests": "not in the ledger"} {
		if got.status(name) != status {
			t.Errorf("%s is %s, want %s", name, got.status(name), status)
		}
	}
	if code, _, stderr := command(t, "check", path, "--config", emptyConfig(t)); code != exitFindings {
		t.Errorf("check: exit %d: %s", code, stderr)
	}
}

var dated = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// TestScriptAsksGraphForWhatTheCollectorAsks holds the script's addresses to those
// that the collector would ask for, with the ids and the dates taken out.
func TestScriptAsksGraphForWhatTheCollectorAsks(t *testing.T) {
	text, err := fs.ReadFile(testdata.Tenants(), "demo/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	world, err := startStandInsOf(text)
	if err != nil {
		t.Fatal(err)
	}
	defer world.close()
	script := strings.ReplaceAll(powershell.Script(), "`$", "$")
	quotes := strings.NewReplacer("$since", "DATE", "$($manifest.started_at)", "DATE", "$fields", userFieldsOf(t, script))
	script = quotes.Replace(script)
	seen := 0
	for _, h := range graphAnswers(t, text, world) {
		if strings.Contains(h.uri, "skiptoken") {
			continue // a next page, of which the answer tells
		}
		for _, part := range spoken(t, h.uri) {
			seen++
			if !strings.Contains(script, part) {
				t.Errorf("the collector asks for %s, and the script has no %q", h.uri, part)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d parts of addresses were compared", seen)
	}
}

func userFieldsOf(t *testing.T, script string) string {
	t.Helper()
	_, rest, ok := strings.Cut(script, "$fields = '")
	fields, _, closed := strings.Cut(rest, "'")
	if !ok || !closed {
		t.Fatal("the script lists no fields of users")
	}
	return fields
}

var guidInPath = regexp.MustCompile(`/[0-9a-f]{8}-[0-9a-f-]{27}|/domains/[^/?]+`)

// spoken gives the parts of an address as the script has to spell them.
func spoken(t *testing.T, uri string) []string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, "https://graph.microsoft.com"+uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(guidInPath.ReplaceAllString(req.URL.Path, "\n"), "\n")
	parts[0] = strings.TrimSuffix(parts[0], "/domains")
	for name, values := range req.URL.Query() {
		if name != "$filter" {
			parts = append(parts, name+"="+values[0])
			continue
		}
		for condition := range strings.SplitSeq(dated.ReplaceAllString(values[0], "DATE"), " and ") {
			parts = append(parts, condition)
		}
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" })
}

// TestScriptGoesToAFile writes the script, and never over another file.
func TestScriptGoesToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.ps1")
	if code, _, stderr := command(t, "import", "powershell", "--script", path); code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	data, err := os.ReadFile(path)
	if err != nil || string(data) != powershell.Script() {
		t.Errorf("another script was written: %v", err)
	}
	if code, _, stderr := command(t, "import", "powershell", "--script", path); code != exitUsage || !strings.Contains(stderr, "is there already") {
		t.Errorf("it was written over: exit %d: %s", code, stderr)
	}
	if _, stdout, _ := command(t, "import", "powershell", "--script", "-"); stdout != powershell.Script() {
		t.Error("stdout has another script")
	}
	if _, err := os.Stat("-"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was made")
	}
}
