package waiver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/waiver"
)

const header = "version: 1\nwaivers:\n"

// anEntry is a whole entry; tests change one thing of it.
const anEntry = `  - id: scanner
    control: BASIC-003
    user: scanner@example.com
    reason: The lease ends in March
    owner: mail@example.com
    ticket: 4711
    expires: 2027-03-01
`

func read(t testing.TB, text string) *waiver.List {
	t.Helper()
	list, err := waiver.Read("waivers.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func day(t testing.TB, text string) waiver.Day {
	t.Helper()
	d, err := waiver.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRead(t *testing.T) {
	text := header + anEntry + `  # the whole of it
  - control: BASIC-002
    whole_control: true
    reason: 'a reason: with a colon'
    owner: mail@example.com
    expires: "2027-03-01"
  - id: TOKEN-003
    cause: {message: too_long, args: {hours: 24, flags: [b, a], on: true, none: ~}}
    statement: from another tool
    owner: mail@example.com
    expired_at: 2027-03-01
  - control: PROTO-001
    mailboxes: {recipient_type: SharedMailbox, domain: example.com}
    reason: r
    owner: o
    expires: 2027-03-01
`
	until := day(t, "2027-03-01")
	want := []waiver.Waiver{
		{ID: "scanner", Control: "BASIC-003", Scope: waiver.Scope{User: "scanner@example.com"}, Reason: "The lease ends in March", Owner: "mail@example.com", Ticket: "4711", Expires: until, Line: 3},
		{Control: "BASIC-002", Scope: waiver.Scope{WholeControl: true}, Reason: "a reason: with a colon", Owner: "mail@example.com", Expires: until, Line: 11},
		{Control: "TOKEN-003", Scope: waiver.Scope{Cause: &waiver.Cause{Message: "too_long", Args: map[string]any{"hours": 24.0, "flags": []any{"b", "a"}, "on": true, "none": nil}}}, Reason: "from another tool", Owner: "mail@example.com", Expires: until, Line: 16},
		{Control: "PROTO-001", Scope: waiver.Scope{Mailboxes: &waiver.Class{RecipientType: "SharedMailbox", Domain: "example.com"}}, Reason: "r", Owner: "o", Expires: until, Line: 21},
	}
	for i := range want {
		want[i].SetID()
	}
	if diff := cmp.Diff(want, read(t, text).Waivers, cmp.Comparer(func(a, b waiver.Day) bool { return a == b })); diff != "" {
		t.Errorf("waivers (-want +got):\n%s", diff)
	}
}

// TestReadRefuses changes one thing and expects one error, at the line, at the column
// and about the key where it stands.
func TestReadRefuses(t *testing.T) {
	hex := strings.Repeat("0", 64)
	tests := []struct {
		name, from, to string
		line, column   int
		field, want    string
	}{
		{"a slip in a key", "reason:", "reasons:", 6, 5, "waivers[0].reasons", "unknown key"},
		{"a key twice", "    ticket: 4711\n", "    ticket: 4711\n    ticket: 4712\n", 9, 5, "waivers[0].ticket", "twice"},
		{"no control and no id", "  - id: scanner\n    control: BASIC-003\n", "  - ticket2: x\n", 3, 5, "waivers[0].ticket2", "unknown"},
		{"no reason", "    reason: The lease ends in March\n", "", 3, 5, "waivers[0].reason", "missing"},
		{"no owner", "    owner: mail@example.com\n", "", 3, 5, "waivers[0].owner", "missing"},
		{"no end", "    expires: 2027-03-01\n", "", 3, 5, "waivers[0].expires", "missing"},
		{"a day that is none", "2027-03-01", "2027-02-30", 9, 14, "waivers[0].expires", "no date"},
		{"an instant for a day", "2027-03-01", "2027-03-01T00:00:00Z", 9, 14, "waivers[0].expires", "no date"},
		{"nothing that is waived", "    user: scanner@example.com\n", "", 3, 5, "waivers[0]", "does not say what"},
		{"two things that are waived", "    user:", "    group: g\n    user:", 3, 5, "waivers[0]", "group and user at once"},
		{"both names of a key", "    expires:", "    expired_at: 2027-01-01\n    expires:", 9, 17, "waivers[0].expired_at", "same as expires"},
		{"both names of a reason", "    owner:", "    statement: s\n    owner:", 7, 16, "waivers[0].statement", "same as reason"},
		{"an empty text", "mail@example.com", "''", 7, 12, "waivers[0].owner", "empty"},
		{"nothing for a text", "mail@example.com", "", 7, 11, "waivers[0].owner", "no text"},
		{"a list for a text", "mail@example.com", "[a]", 7, 12, "waivers[0].owner", "no text"},
		{"several lines", "mail@example.com", `"a\nb"`, 7, 12, "waivers[0].owner", "more than one line"},
		{"an id that has to be escaped", "id: scanner", "id: scan ner", 3, 9, "waivers[0].id", "letters"},
		{"a waiver of a waiver", "BASIC-003", "WAIVER-002", 4, 14, "waivers[0].control", "cannot be waived"},
		{"a resource without a name", "user: scanner@example.com", "resource: {kind: domain}", 5, 15, "waivers[0].resource", "an id or a name"},
		{"a cause of nothing", "user: scanner@example.com", "cause: {}", 5, 12, "waivers[0].cause", "a message"},
		{"a class of nothing", "user: scanner@example.com", "mailboxes: {}", 5, 16, "waivers[0].mailboxes", "recipient_type"},
		{"no fingerprint", "user: scanner@example.com", "fingerprint: abc", 5, 18, "waivers[0].fingerprint", "32 hex"},
		{"not the whole control", "user: scanner@example.com", "whole_control: false", 5, 20, "waivers[0].whole_control", "only true"},
		{"a pin of nobody", "    expires:", "    pin: {count: 0, members: " + hex + "}\n    expires:", 9, 10, "waivers[0].pin", "counts nobody"},
		{"a pin of a way without a place", "    expires:", "    pin: {count: 1, members: " + hex + ", ways: [pop]}\n    expires:", 9, 10, "waivers[0].pin", "not 16 hex digits"},
		{"a pin of a way twice", "    expires:", "    pin: {count: 1, members: " + hex + ", ways: [0123456789abcdef pop, 0123456789abcdef pop]}\n    expires:", 9, 10, "waivers[0].pin", "twice"},
		{"a pin that was edited", "    expires:", "    pin: {count: 1, members: " + hex + ", each: [0123456789abcdef]}\n    expires:", 9, 10, "waivers[0].pin", "not what the digests"},
		{"an anchor", "owner: mail", "owner: &x mail", 7, 12, "waivers[0].owner", "anchors"},
		{"an id twice", anEntry, anEntry + anEntry, 10, 1, "", "stands in line 3 already"},
		{"another version", "version: 1", "version: 2", 1, 10, "version", "version 2"},
		{"no version", "version: 1\n", "", 1, 1, "version", "missing"},
		{"another key", "version: 1", "version: 1\nignore: []", 2, 1, "ignore", "unknown key"},
		{"no YAML", "waivers:", "waivers: [", 0, 0, "", ""},
		{"a tab", "    control:", "\tcontrol:", 0, 0, "", ""},
		{"two documents", anEntry, anEntry + "---\nversion: 1\n", 0, 0, "", "more than one"},
		{"an empty file", header + anEntry, "", 0, 0, "", "empty"},
		{"a list for a file", header + anEntry, "[]", 1, 1, "", "keys and values"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := header + anEntry
			if !strings.Contains(text, test.from) {
				t.Fatalf("there is no %q", test.from)
			}
			_, err := waiver.Read("waivers.yaml", []byte(strings.Replace(text, test.from, test.to, 1)))
			found := waiver.Errors(err)
			if len(found) != 1 {
				t.Fatalf("errors: %v", err)
			}
			e := found[0]
			if test.line != 0 && (e.Line != test.line || e.Column != test.column) {
				t.Errorf("%v: at %d:%d, want %d:%d", e, e.Line, e.Column, test.line, test.column)
			}
			if e.Field != test.field || !strings.Contains(e.Problem, test.want) || !strings.HasPrefix(e.Error(), "waivers.yaml") {
				t.Errorf("error %q, field %q: want %q of %q", e, e.Field, test.want, test.field)
			}
		})
	}
}

// TestMadeIDs: a waiver without an id keeps the same one when its date or its reason
// changes, and gets another when it is about something else.
func TestMadeIDs(t *testing.T) {
	a := waiver.Waiver{Control: "A-001", Scope: waiver.Scope{User: "a@example.com"}, Reason: "x"}
	b := a
	b.Reason, b.Owner, b.Expires = "y", "z", day(t, "2027-01-01")
	c, d := a, a
	c.Scope = waiver.Scope{Group: "a@example.com"}
	d.Control = "A-002"
	for _, w := range []*waiver.Waiver{&a, &b, &c, &d} {
		w.SetID()
	}
	if a.ID != b.ID || a.ID == c.ID || a.ID == d.ID || !strings.HasPrefix(a.ID, "A-001-") {
		t.Errorf("ids %s %s %s %s", a.ID, b.ID, c.ID, d.ID)
	}
}

// FuzzRead: whatever a file holds, reading it ends, gives either waivers that are
// whole or errors that name the file, and gives the same twice.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header + anEntry))
	f.Add([]byte("version: 1\nwaivers: [{id: A-001, whole_control: true, statement: s, owner: o, expired_at: 2027-01-01}]\n"))
	f.Add([]byte("version: 1\nwaivers:\n- &a {control: *a}\n"))
	f.Add([]byte("version: 1\nwaivers:\n- control: A-1\n  cause: {args: {a: [1, 2, {b: c}]}}\n"))
	for _, tenant := range []string{"half_done", "one_exception"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", tenant, "waivers.yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := waiver.Read("waivers.yaml", data)
		if err != nil {
			if len(waiver.Errors(err)) == 0 || !strings.Contains(err.Error(), "waivers.yaml") {
				t.Fatalf("error %v", err)
			}
			return
		}
		for _, w := range list.Waivers {
			if w.ID == "" || w.Control == "" || w.Reason == "" || w.Owner == "" || w.Expires == (waiver.Day{}) || w.Scope == (waiver.Scope{}) {
				t.Fatalf("half a waiver: %+v", w)
			}
		}
		again, err := waiver.Read("waivers.yaml", data)
		if err != nil || !cmp.Equal(list, again, cmp.Comparer(func(a, b waiver.Day) bool { return a == b })) {
			t.Fatalf("the second time it gives %v", err)
		}
	})
}
