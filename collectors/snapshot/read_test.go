package snapshot_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// layouts lay one document out in the ways that files come in.
var layouts = []struct {
	name   string
	layout func(text string) string
}{
	{"as written", func(text string) string { return text }},
	{"on one line", func(text string) string { return reformat(text) }},
	{"tabs", func(text string) string { return reformat(text, jsontext.WithIndent("\t")) }},
	{"four spaces", func(text string) string { return reformat(text, jsontext.WithIndent("    ")) }},
	{"members sorted", func(text string) string {
		return reformat(text, jsontext.ReorderRawObjects(true), jsontext.WithIndent(" "))
	}},
	{"CRLF", func(text string) string {
		return strings.ReplaceAll(reformat(text, jsontext.WithIndent("  ")), "\n", "\r\n")
	}},
	{"byte order mark", func(text string) string { return "\xEF\xBB\xBF" + text }},
	{"space all around", func(text string) string {
		return "\n\n \t" + strings.ReplaceAll(reformat(text, jsontext.WithIndent(" ")), `": `, "\" \n\t:\r\n ") + "\n\n\n"
	}},
}

func reformat(text string, options ...jsontext.Options) string {
	value := jsontext.Value(text)
	if err := value.Format(options...); err != nil {
		panic(err)
	}
	return string(value)
}

const small = `{
  "version": 1,
  "collected_at": "2026-11-01T08:00:00Z",
  "tenant": {"id": "t", "name": "Größe", "cloud": "gcc"},
  "collection": {
    "source": "live",
    "resources": [
      {
        "name": "exchange.cas_mailboxes", "endpoint": "Get-EXOCasMailbox", "permission": "x",
        "paths": ["mailboxes"], "status": "partial", "items": 2, "code": "throttled"
      }
    ]
  },
  "exchange": {"transport_config": {"SmtpClientAuthenticationDisabled": null, "Unknown": [1.50, 12345678901234567890]}},
  "okta": {},
  "mailboxes": [
    {"id": "a", "display_name": "Zoë 🦊", "exchange": {"PopEnabled": true}},
    {"id": "b", "entra": {"signInActivity": {}, "createdDateTime": null}}
  ]
}
`

func TestReadAnyLayout(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			text := l.layout(small)
			type visited struct {
				Index int
				Value string
				Cut   string
			}
			var got []visited
			d, err := snapshot.Read("small.json", iotest.HalfReader(strings.NewReader(text)), func(r *snapshot.Record) error {
				if !r.Value.IsValid() {
					t.Errorf("mailbox %d is no JSON: %s", r.Index, r.Value)
				}
				got = append(got, visited{r.Index, canonical(t, r.Value), canonical(t, cutRegion(t, text, r.Region))})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			first := `{"display_name":"Zoë 🦊","exchange":{"PopEnabled":true},"id":"a"}`
			second := `{"entra":{"createdDateTime":null,"signInActivity":{}},"id":"b"}`
			if diff := cmp.Diff([]visited{{0, first, first}, {1, second, second}}, got); diff != "" {
				t.Errorf("visited (-want +got):\n%s", diff)
			}
			sum := sha256.Sum256([]byte(text))
			type envelope struct {
				Name, SHA256 string
				Version      int
				CollectedAt  string
				Tenant       snapshot.Tenant
				Collection   snapshot.Collection
			}
			items := 2
			want := envelope{
				Name: "small.json", SHA256: hex.EncodeToString(sum[:]), Version: 1, CollectedAt: "2026-11-01T08:00:00Z",
				Tenant: snapshot.Tenant{ID: "t", Name: "Größe", Cloud: "gcc"},
				Collection: snapshot.Collection{Source: "live", Resources: []snapshot.Resource{{
					Name: "exchange.cas_mailboxes", Endpoint: "Get-EXOCasMailbox", Permission: "x",
					Paths: []string{"mailboxes"}, Status: snapshot.Partial, Items: &items, Code: "throttled",
				}}},
			}
			if diff := cmp.Diff(want, envelope{d.Name, d.SHA256, d.Version, d.CollectedAt.String(), d.Tenant, d.Collection}); diff != "" {
				t.Errorf("envelope (-want +got):\n%s", diff)
			}
			exchange, ok := d.Section("exchange")
			if want := `{"transport_config":{"SmtpClientAuthenticationDisabled":null,"Unknown":[1.50,12345678901234567890]}}`; !ok || canonical(t, exchange) != want {
				t.Errorf("exchange: %s", exchange)
			}
			if okta, ok := d.Section("okta"); !ok || string(okta) != "{}" {
				t.Errorf("okta: %q, %v", okta, ok)
			}
			for _, name := range []string{"entra", "sharepoint", "evidence", "mailboxes", ""} {
				if value, ok := d.Section(name); ok {
					t.Errorf("section %q is there: %s", name, value)
				}
			}
			if n, ok := d.Mailboxes(); n != 2 || !ok {
				t.Errorf("%d mailboxes, %v", n, ok)
			}
			if want := l.name != "members sorted"; d.MailboxesLast() != want {
				t.Errorf("mailboxes last: %v", !want)
			}
		})
	}
}

// canonical gives a value in a form that can be compared.
func canonical(t *testing.T, value jsontext.Value) string {
	t.Helper()
	value = value.Clone()
	if err := value.Format(jsontext.ReorderRawObjects(true), jsontext.PreserveRawStrings(false)); err != nil {
		t.Fatalf("%v: %s", err, value)
	}
	return string(value)
}

// cutRegion gives the text of a region. It counts the plain way: line by line,
// one code point after the other.
func cutRegion(t *testing.T, text string, r snapshot.Region) jsontext.Value {
	t.Helper()
	text = strings.TrimPrefix(text, "\xEF\xBB\xBF")
	line, column := 1, 1
	start, end := -1, -1
	for i, char := range text + "\x00" {
		if line == r.StartLine && column == r.StartColumn {
			start = i
		}
		if line == r.EndLine && column == r.EndColumn {
			end = i
		}
		column++
		if char == '\n' {
			line, column = line+1, 1
		}
	}
	if start < 0 || end < start {
		t.Fatalf("region %+v is not in the text", r)
	}
	return jsontext.Value(text[start:end])
}

func TestReadTellsAbsentFromEmpty(t *testing.T) {
	for text, want := range map[string]bool{envelope + "}": false, envelope + `,"mailboxes":[]}`: true, envelope + `,"mailboxes": [ ] }`: true} {
		d, err := snapshot.Read("x.json", strings.NewReader(text), func(*snapshot.Record) error {
			return errors.New("there is none to visit")
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := d.Mailboxes(); n != 0 || ok != want {
			t.Errorf("%s: %d mailboxes, %v", text, n, ok)
		}
		if _, ok := d.Locate("/mailboxes"); ok != want {
			t.Errorf("%s: located %v", text, ok)
		}
	}
}

// What stands before the mailboxes can be used while they are visited.
func TestRecordBefore(t *testing.T) {
	text := envelope + `,"okta":{"domains":[]},"mailboxes":[{"id":"a"}],"exchange":{}}`
	visits := 0
	d, err := snapshot.Read("x.json", strings.NewReader(text), func(r *snapshot.Record) error {
		visits++
		if r.Before.Tenant.ID != "t" || r.Before.CollectedAt.String() != "2026-11-01T08:00:00Z" || r.Before.Version != 1 {
			t.Errorf("before: %+v", r.Before.Tenant)
		}
		if _, ok := r.Before.Value("/okta/domains"); !ok {
			t.Error("okta does not stand before")
		}
		if _, ok := r.Before.Section("exchange"); ok {
			t.Error("exchange stands before")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if visits != 1 || d.MailboxesLast() {
		t.Errorf("%d visits, mailboxes last: %v", visits, d.MailboxesLast())
	}
}

// A name may be written with escapes that it does not need.
func TestReadEscapedNames(t *testing.T) {
	escape := strings.NewReplacer(
		`"id"`, `"\u0069d"`, `"version"`, `"versio\u006e"`, `"mailboxes"`, `"m\u0061ilboxes"`, `"okta"`, `"okt\u0061"`, `"PopEnabled"`, `"\u0050opEnabled"`)
	var ids []string
	d, err := snapshot.Read("x.json", strings.NewReader(escape.Replace(small)), func(r *snapshot.Record) error {
		m, err := snapshot.DecodeMailbox(r.Value)
		ids = append(ids, m.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Section("okta"); !ok || d.Tenant.ID != "t" {
		t.Errorf("okta: %v, tenant %q", ok, d.Tenant.ID)
	}
	if diff := cmp.Diff([]string{"a", "b"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	wrong := escape.Replace(strings.Replace(small, `"PopEnabled": true`, `"PopEnabled": 1`, 1))
	if _, err := snapshot.Read("x.json", strings.NewReader(wrong), nil); err == nil ||
		err.Error() != "x.json:17:79: /mailboxes/0/exchange/PopEnabled: expected a boolean or null, found a number" {
		t.Errorf("under an escaped name: %v", err)
	}
}

func TestReadStopsWhenVisitFails(t *testing.T) {
	stop := errors.New("enough")
	visits := 0
	_, err := snapshot.Read("x.json", strings.NewReader(small), func(*snapshot.Record) error {
		visits++
		return stop
	})
	if err != stop || visits != 1 {
		t.Errorf("%v after %d visits", err, visits)
	}
}

// The limits leave room for what they say.
func TestReadUpToTheLimits(t *testing.T) {
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	for name, text := range map[string]string{
		"64 levels":              envelope + `,"x":` + nested(63) + "}",
		"64 levels in a mailbox": envelope + `,"mailboxes":[{"id":"a","x":` + nested(61) + "}]}",
		"a long string":          envelope + `,"x":"` + strings.Repeat("x", 256<<10-2) + `"}`,
		"a long mailbox":         envelope + `,"mailboxes":[{"id":"a","x":[` + strings.Repeat(`"0123456789",`, 300_000) + "1]}]}",
		"a long section":         envelope + `,"x":[` + strings.Repeat(`"0123456789",`, 1_000_000) + "1]}",
	} {
		if _, err := snapshot.Read("x.json", strings.NewReader(text), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Reading must not take more memory for a mailbox than its place, however many
// there are.
func TestReadMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large documents")
	}
	const few, many = 5_000, 55_000
	spent := func(n int) uint64 {
		text := largeDocument(t, n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := snapshot.Read("x.json", bytes.NewReader(text), func(*snapshot.Record) error { return nil }); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	a, b := spent(few), spent(many)
	// 16 bytes a mailbox, in blocks of 64 KiB, with some room for the runtime.
	if limit := uint64(16*(many-few) + 128<<10); b > a+limit {
		t.Errorf("%d bytes for %d mailboxes, %d for %d: more than 16 each", a, few, b, many)
	}
}

func TestDocumentSnapshot(t *testing.T) {
	want, _ := largeSnapshot(0)
	want.Collection.Resources[0].Items = nil
	seen := snapshot.NewInstant(time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC))
	want.Okta = &snapshot.Okta{
		AppKeys:        map[string][]snapshot.Object{"0oa1": {snapshot.Object(`{"kid":"k"}`)}},
		AppAssignments: map[string]snapshot.AppAssignments{"0oa1": {Users: 3, Groups: []string{"g"}}},
		Apps:           []snapshot.Object{},
	}
	want.Evidence = &snapshot.Evidence{
		Window:         &snapshot.Window{Since: seen, Until: seen},
		SignIns:        []snapshot.SignIn{{UserPrincipalName: "u", ClientApp: "POP3", Succeeded: 1, LastSeen: &seen}},
		OktaRequests:   []snapshot.OktaRequest{},
		NewDeviceMails: &snapshot.NewDeviceMails{Sent: 1, LastSentAt: &seen},
	}
	var text bytes.Buffer
	if err := snapshot.Write(&text, want, nil); err != nil {
		t.Fatal(err)
	}
	d, err := snapshot.Read("x.json", &text, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	sameText := cmp.Transformer("text", func(o snapshot.Object) string {
		if o == nil {
			return "absent"
		}
		return canonical(t, o)
	})
	if diff := cmp.Diff(want, got, sameText); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}
