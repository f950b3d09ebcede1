package entratest_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/entra/entratest"
)

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]json.RawMessage
	text   string
}

func ask(t *testing.T, address, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if err := json.Unmarshal(text, &a.body); err != nil {
		t.Fatalf("%s: %v in %s", address, err, text)
	}
	return a
}

func (a answer) code(t *testing.T) string {
	t.Helper()
	var e struct{ Code string }
	if a.body["error"] != nil {
		if err := json.Unmarshal(a.body["error"], &e); err != nil {
			t.Fatal(err)
		}
	}
	return e.Code
}

func (a answer) ids(t *testing.T) []string {
	t.Helper()
	var list []struct{ ID string }
	if err := json.Unmarshal(a.body["value"], &list); err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	return ids
}

// folder is a tenant as files.
func folder() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"api/graph/tenant.json":                              file(`{"id":"11111111-0000-4000-8000-000000000000","denied":["directory/onPremisesSynchronization"]}`),
		"api/graph/domains.json":                             file(`[{"id":"a.example"},{"id":"b.example"},{"id":"c.example"}]`),
		"api/graph/identity/conditionalAccess/policies.json": file(`[{"id":"ca1"}]`),
		"api/graph/admin/sharepoint/settings.json":           file(`{"isLegacyAuthProtocolsEnabled":false}`),
		"api/graph/federationConfigurations.json":            file(`{"a.example":[{"id":"f1"}]}`),
		"api/graph/groups.json":                              file(`[{"id":"g1"}]`),
		"api/graph/transitiveMembers.json":                   file(`{"g1":[{"@odata.type":"#microsoft.graph.user","id":"u1"}]}`),
		"api/graph/users.json":                               file(`[{"id":"u1","displayName":"Ann","signInActivity":{}}]`),
		"api/graph/auditLogs/signIns.json": file(`[
			{"id":"1","createdDateTime":"2026-11-02T00:00:00Z","clientAppUsed":"IMAP4","isInteractive":true,"signInEventTypes":["interactiveUser"],"authenticationProtocol":"none"},
			{"id":"2","createdDateTime":"2026-11-03T00:00:00Z","clientAppUsed":"Browser","isInteractive":true,"signInEventTypes":["interactiveUser"],"authenticationProtocol":"oAuth2"},
			{"id":"3","createdDateTime":"2026-11-04T00:00:00Z","clientAppUsed":"POP3","isInteractive":false,"signInEventTypes":["nonInteractiveUser"],"authenticationProtocol":"ropc"}]`),
	}
}

func start(t *testing.T, o entratest.Options) (*entratest.Server, string) {
	t.Helper()
	tenant, err := entratest.Load(folder())
	if err != nil {
		t.Fatal(err)
	}
	s := entratest.Start(tenant, o)
	t.Cleanup(s.Close)
	return s, s.Token()
}

func TestPathsAreFiles(t *testing.T) {
	s, token := start(t, entratest.Options{})
	tests := []struct {
		path   string
		status int
		ids    []string
	}{
		{"/v1.0/domains", 200, []string{"a.example", "b.example", "c.example"}},
		{"/v1.0/identity/conditionalAccess/policies", 200, []string{"ca1"}},
		{"/v1.0/identity/conditionalAccess/namedLocations", 200, []string{}},
		{"/v1.0/domains/a.example/federationConfiguration", 200, []string{"f1"}},
		{"/v1.0/domains/b.example/federationConfiguration", 404, nil},
		{"/v1.0/groups/g1", 200, nil},
		{"/v1.0/groups/g2", 404, nil},
		{"/v1.0/groups/g1/transitiveMembers", 200, []string{"u1"}},
		{"/v1.0/groups/g2/transitiveMembers", 404, nil},
		{"/v1.0/directory/onPremisesSynchronization", 403, nil},
		{"/v1.0/admin/sharepoint/settings", 200, nil},
		{"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", 404, nil},
		{"/v1.0/nothing", 400, nil},
		{"/v3/domains", 400, nil},
	}
	for _, tt := range tests {
		got := ask(t, s.URL+tt.path, token)
		if got.status != tt.status {
			t.Errorf("%s: %d %s", tt.path, got.status, got.text)
			continue
		}
		if tt.ids != nil {
			if diff := cmp.Diff(tt.ids, got.ids(t)); diff != "" {
				t.Errorf("%s: %s", tt.path, diff)
			}
		}
		if got.status == 200 && got.body["@odata.context"] == nil && !strings.HasPrefix(tt.path, "/v1.0/groups/g1") {
			t.Errorf("%s: no context", tt.path)
		}
		if got.header.Get("request-id") == "" {
			t.Errorf("%s: no request id", tt.path)
		}
	}
}

func TestPagesEnd(t *testing.T) {
	s, token := start(t, entratest.Options{})
	var ids []string
	address := s.URL + "/v1.0/domains?$top=2"
	pages := 0
	for address != "" {
		got := ask(t, address, token)
		ids = append(ids, got.ids(t)...)
		pages++
		address = ""
		if link := got.body["@odata.nextLink"]; link != nil {
			if err := json.Unmarshal(link, &address); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff([]string{"a.example", "b.example", "c.example"}, ids); diff != "" || pages != 2 {
		t.Errorf("%d pages: %s", pages, diff)
	}
	for _, bad := range []string{"$top=0", "$top=x", "$skiptoken=99", "$skiptoken=-1", "$skiptoken=x"} {
		if got := ask(t, s.URL+"/v1.0/domains?"+bad, token); got.status != 400 {
			t.Errorf("%s: %d", bad, got.status)
		}
	}
}

func TestTokensAndPermissions(t *testing.T) {
	s, all := start(t, entratest.Options{})
	some := s.Token("Domain.Read.All", "User.Read.All")
	tests := []struct {
		token, path string
		status      int
		code        string
	}{
		{all, "/v1.0/domains", 200, ""},
		{some, "/v1.0/domains", 200, ""},
		{"", "/v1.0/domains", 401, "InvalidAuthenticationToken"},
		{"made.up.token", "/v1.0/domains", 401, "InvalidAuthenticationToken"},
		{some, "/v1.0/identity/conditionalAccess/policies", 403, "Authorization_RequestDenied"},
		{some, "/v1.0/users?$select=id", 200, ""},
		{some, "/v1.0/users?$select=id,signInActivity", 403, "Authentication_MSGraphPermissionMissing"},
		{some, "/beta/auditLogs/signIns", 403, "Authorization_RequestDenied"},
	}
	for _, tt := range tests {
		got := ask(t, s.URL+tt.path, tt.token)
		if got.status != tt.status || got.code(t) != tt.code {
			t.Errorf("%s: %d %s, want %d %s", tt.path, got.status, got.code(t), tt.status, tt.code)
		}
	}
	s.Revoke(all)
	if got := ask(t, s.URL+"/v1.0/domains", all); got.status != 401 {
		t.Errorf("a revoked token: %d", got.status)
	}
	if parts := strings.Split(some, "."); len(parts) != 3 {
		t.Errorf("the token has %d parts", len(parts))
	}
}

func TestFilters(t *testing.T) {
	s, token := start(t, entratest.Options{})
	tests := []struct {
		version, filter string
		want            []string // nil: refused
	}{
		{"v1.0", "", []string{"1", "2"}},
		{"beta", "", []string{"1", "2"}},
		{"v1.0", "clientAppUsed ne 'Browser'", []string{"1"}},
		{"v1.0", "clientAppUsed eq 'browser'", []string{"2"}},
		{"v1.0", "(clientAppUsed eq 'IMAP4' or clientAppUsed eq 'Browser') and createdDateTime ge 2026-11-02T12:00:00Z", []string{"2"}},
		{"v1.0", "createdDateTime le 2026-11-02T12:00:00Z", []string{"1"}},
		{"beta", "signInEventTypes/any(t: t eq 'nonInteractiveUser')", []string{"3"}},
		{"beta", "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser') and authenticationProtocol eq 'ropc'", []string{"3"}},
		{"beta", "clientAppUsed eq 'it''s'", []string{}},
		{"v1.0", "signInEventTypes/any(t: t eq 'nonInteractiveUser')", nil},
		{"v1.0", "authenticationProtocol eq 'ropc'", nil},
		{"beta", "clientAppUsed contains 'x'", nil},
		{"beta", "clientAppUsed eq 'x", nil},
		{"beta", "(clientAppUsed eq 'x'", nil},
		{"beta", "clientAppUsed eq 'x' clientAppUsed", nil},
		{"beta", "clientAppUsed eq", nil},
		{"beta", "signInEventTypes/all(t: t eq 'x')", nil},
		{"beta", "signInEventTypes/any(t t eq 'x')", nil},
		{"beta", "t eq 'x'", nil},
		{"beta", "and", nil},
	}
	for _, tt := range tests {
		got := ask(t, s.URL+"/"+tt.version+"/auditLogs/signIns?$filter="+url.QueryEscape(tt.filter), token)
		if tt.want == nil {
			if got.status != 400 {
				t.Errorf("%s %q: %d", tt.version, tt.filter, got.status)
			}
			continue
		}
		if got.status != 200 {
			t.Errorf("%s %q: %s", tt.version, tt.filter, got.text)
			continue
		}
		if diff := cmp.Diff(tt.want, got.ids(t)); diff != "" {
			t.Errorf("%s %q: %s", tt.version, tt.filter, diff)
		}
		if tt.version == "v1.0" && strings.Contains(got.text, "signInEventTypes") {
			t.Errorf("v1.0 shows what only beta has: %s", got.text)
		}
	}
}

func TestLimits(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	s, token := start(t, entratest.Options{Limits: true, Now: func() time.Time { return now }})
	access, log := s.URL+"/v1.0/identity/conditionalAccess/policies", s.URL+"/v1.0/auditLogs/signIns"
	if got := ask(t, access, token); got.status != 200 {
		t.Fatal(got.text)
	}
	got := ask(t, strings.Replace(access, "policies", "namedLocations", 1), token)
	if _, says := got.header["Retry-After"]; got.status != 429 || says {
		t.Errorf("the second request in a second: %d, %v", got.status, got.header)
	}
	now = now.Add(time.Second)
	if got := ask(t, access, token); got.status != 200 {
		t.Errorf("a second later: %s", got.text)
	}
	for i := range 6 {
		got = ask(t, log, token)
		if want := 200; i < 5 && got.status != want {
			t.Errorf("request %d: %s", i, got.text)
		}
	}
	if got.status != 429 || got.header.Get("Retry-After") != "10.000" {
		t.Errorf("the sixth: %d, %q", got.status, got.header.Get("Retry-After"))
	}
}

func TestFaultsCount(t *testing.T) {
	s, token := start(t, entratest.Options{})
	s.Fault(entratest.Fault{Path: "/v1.0/domains", Skip: 1, Times: 2, Do: entratest.Throttle("3")})
	var got []int
	for range 5 {
		got = append(got, ask(t, s.URL+"/v1.0/domains", token).status)
	}
	if diff := cmp.Diff([]int{200, 429, 429, 200, 200}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(s.Requests()); n != 5 {
		t.Errorf("%d requests were noted", n)
	}
}

func TestFoldersThatCannotBeServed(t *testing.T) {
	tests := map[string]fs.FS{
		"nothing":    fstest.MapFS{},
		"broken":     fstest.MapFS{"api/graph/domains.json": {Data: []byte("[")}},
		"not JSON":   fstest.MapFS{"api/graph/readme.md": {Data: []byte("x")}},
		"empty":      fstest.MapFS{"api/graph": {Mode: fs.ModeDir}},
		"no objects": fstest.MapFS{"snapshot.json": {Data: []byte("[]")}},
	}
	for name, folder := range tests {
		if _, err := entratest.Load(folder); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A tenant made from a snapshot answers what the snapshot holds.
func TestFromSnapshot(t *testing.T) {
	const text = `{"tenant":{"id":"t1","initial_domain":"x.onmicrosoft.com"},
		"collection":{"resources":[{"name":"entra.users","status":"collected","items":3},{"name":"entra.named_locations","status":"denied"}]},
		"entra":{"domains":[{"id":"x.example"}],"organization":{"id":"t1"},"groups":[{"id":"g1"}],"group_member_counts":{"g1":2}},
		"evidence":{"sign_ins":[{"user_principal_name":"a@x","client_app":"POP3","interactive":false,"succeeded":1,"failed":2,"first_seen":"2026-11-01T00:00:00Z","last_seen":"2026-11-02T00:00:00Z"}]},
		"mailboxes":[{"id":"u1","user_principal_name":"a@x","entra":{"accountEnabled":null,"groups":["g1"],"roles":["r1"]}},{"id":"u2"}]}`
	tenant, err := entratest.Load(fstest.MapFS{"snapshot.json": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	s := entratest.Start(tenant, entratest.Options{})
	defer s.Close()
	token := s.Token()
	counts := map[string]int{
		"/v1.0/domains": 1, "/v1.0/organization": 1, "/v1.0/users": 3, "/v1.0/groups/g1/transitiveMembers": 2,
		"/v1.0/roleManagement/directory/roleAssignments":                                                           1,
		"/beta/auditLogs/signIns?$filter=" + url.QueryEscape("signInEventTypes/any(t: t eq 'nonInteractiveUser')"): 3,
	}
	for path, want := range counts {
		if got := ask(t, s.URL+path, token); got.status != 200 || len(got.ids(t)) != want {
			t.Errorf("%s: %s", path, got.text)
		}
	}
	if got := ask(t, s.URL+"/v1.0/identity/conditionalAccess/namedLocations", token); got.status != 403 {
		t.Errorf("what was denied: %d", got.status)
	}
	if got := ask(t, s.URL+"/v1.0/users?$select=accountEnabled", token); !strings.Contains(got.text, `{"accountEnabled":null}`) {
		t.Errorf("an unset flag: %s", got.text)
	}
}

// tenantFolders are those of the imaginary tenants.
func tenantFolders(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob("../../../testdata/tenants/*/snapshot.json")
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d tenants, %v", len(folders), err)
	}
	for i, snapshot := range folders {
		folders[i] = filepath.Dir(snapshot)
	}
	return folders
}

func TestEveryTenantCanBeServed(t *testing.T) {
	for _, folder := range tenantFolders(t) {
		if _, err := entratest.Load(os.DirFS(folder)); err != nil {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
