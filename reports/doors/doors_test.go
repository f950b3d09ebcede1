package doors_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/doors"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/matrix"
)

type writer = func(io.Writer, *doors.Report, doors.Options) error

func write(t *testing.T, w writer, r *doors.Report, o doors.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := w(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// aReport is of two mailboxes: one door open by two protocols alike, one that may
// be, one that is closed.
func aReport() *doors.Report {
	place := func(line int) *finding.Region {
		return &finding.Region{StartLine: line, StartColumn: 1, EndLine: line, EndColumn: 9}
	}
	step := func(key, what string, line int) doors.Step {
		return doors.Step{Key: key, Args: finding.Args{"what": what}, Text: what + " " + key + ".", Pointer: "/okta/" + what, Region: place(line)}
	}
	who := &doors.Who{ID: "1", UserPrincipalName: "sanne@contoso.example", Pointer: "/mailboxes/0", Region: place(40)}
	open := func(protocol string) doors.Door {
		return doors.Door{
			Protocol: protocol, Method: "basic", Outcome: finding.AccessOpen, Mailboxes: 2, First: who, Via: []string{"okta"},
			Witness: &doors.Witness{Requests: []doors.Request{
				{At: "okta", App: "Mail", Client: "legacy", Address: "192.0.2.1", Zones: []string{"Office"}, Platform: "MOBILE/IOS", Device: "managed", Risk: "low", Assurances: []string{"a1"}},
				{At: "entra", Client: "other", Anywhere: true, UserRisk: "high"},
			}},
			Steps: []doors.Step{step("on", protocol, 12), step("allows", "Rule", 20)},
		}
	}
	maybe := open("imap")
	maybe.Method, maybe.Outcome, maybe.Mailboxes, maybe.Declared = "modern", finding.AccessUndecided, 1, []string{"break_glass"}
	maybe.Reasons = []doors.Step{step("unknown", "Zone", 30)}
	maybe.Witness = &doors.Witness{Requests: []doors.Request{{At: "entra", Client: "strange"}}}
	maybe.Via = []string{"rollout"}
	maybe.Locks = []doors.Lock{{Kind: "security_defaults", Station: "entra", Stage: "after_sign_in"}}
	shut := doors.Door{
		Protocol: "pop", Method: "modern", Outcome: finding.AccessClosedAtExchange, Mailboxes: 2, First: who,
		Locks: []doors.Lock{
			{Kind: "mailbox_switch", Station: "exchange", Stage: "after_sign_in", Name: "PopEnabled"},
			{Kind: "authentication_policy", Station: "exchange", Stage: "before_password", Name: "Block", Region: place(9)},
		},
	}
	other := doors.Door{Protocol: "imap", Method: "modern", Outcome: finding.AccessWithMFA, Mailboxes: 1, First: who}
	cell := func(protocol, method string, counts ...finding.AccessCount) finding.AccessCell {
		return finding.AccessCell{Protocol: protocol, Method: method, Worst: counts[0].Outcome, Counts: counts}
	}
	return &doors.Report{
		Version: doors.Version, Tool: finding.Tool{Name: "postern", Version: "test"}, Tenant: finding.Tenant{ID: "t", Name: "Contoso"},
		Snapshot: finding.SnapshotInfo{URI: "snapshot.json", CollectedAt: "2026-09-01T08:00:00Z", Mailboxes: 2},
		Missing:  []finding.LedgerEntry{}, Open: 2,
		Matrix: &finding.AccessMatrix{
			Mailboxes: 2, Protocols: []finding.AccessTerm{{ID: "pop", Title: "POP"}, {ID: "imap", Title: "IMAP"}},
			Methods: []finding.AccessTerm{{ID: "basic", Title: "Basic authentication"}, {ID: "modern", Title: "Modern authentication"}},
			Cells: []finding.AccessCell{
				cell("pop", "basic", finding.AccessCount{Outcome: finding.AccessOpen, Mailboxes: 2}),
				cell("pop", "modern", finding.AccessCount{Outcome: finding.AccessClosedAtExchange, Mailboxes: 2}),
				cell("imap", "basic", finding.AccessCount{Outcome: finding.AccessOpen, Mailboxes: 2}),
				cell("imap", "modern", finding.AccessCount{Outcome: finding.AccessUndecided, Mailboxes: 1}, finding.AccessCount{Outcome: finding.AccessWithMFA, Mailboxes: 1}),
			},
		},
		Doors: []doors.Door{open("pop"), open("imap"), maybe, other, shut},
		Messages: map[string]string{
			"on": "'{what}' is on.", "allows": "'{what}' allows.", "unknown": "'{what}' cannot be read.",
		},
	}
}

func TestTextShowsDoorsThatOpenAlikeAsOne(t *testing.T) {
	got := write(t, doors.Text, aReport(), doors.Options{Exit: 3, Width: 100})
	_, got, _ = strings.Cut(got, "Open doors\n")
	want := `
  OPEN  POP and IMAP by basic authentication: 2 mailboxes
    Example: sanne@contoso.example (snapshot.json:40) and 1 more; at Okta by the app 'Mail', as a
    legacy client, from 192.0.2.1 ('Office'), on MOBILE/IOS, on a device that is managed, at a risk
    of low, on a device that meets 'a1'; at Entra, as another legacy client, from anywhere, with a
    user at a risk of high.
    1. POP: 'pop' is on. (snapshot.json:12)
    2. IMAP: 'imap' is on. (snapshot.json:12)
    3. 'Rule' allows. (snapshot.json:20)
    No lock stands in the way.

  MAY BE OPEN  IMAP by modern authentication: 1 mailbox
    Example: sanne@contoso.example (snapshot.json:40); at Entra, as strange, from somewhere that
    only the vendor can tell; the password goes to Entra, by a staged rollout.
    Declared: 'break_glass'.
    1. 'imap' is on. (snapshot.json:12)
    2. 'Rule' allows. (snapshot.json:20)
    ? Not known: 'Zone' cannot be read. (snapshot.json:30)
    Locks: security defaults (after sign-in).

Other doors, and their locks
  IMAP by modern authentication: with MFA, 1 mailbox
  POP by modern authentication: closed at Exchange, 2 mailboxes
    Locks: before the password: authentication policy (2); after sign-in: switch of the mailbox (2).

Exit status 3: a door is open.
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVerdicts(t *testing.T) {
	closed := func(change func(*doors.Report)) *doors.Report {
		r := aReport()
		r.Open, r.Doors = 0, r.Doors[3:]
		for i := range r.Matrix.Cells {
			r.Matrix.Cells[i].Worst = finding.AccessWithMFA
		}
		change(r)
		return r
	}
	person := func(r *doors.Report) *doors.Report {
		r.Person = &doors.Person{Who: doors.Who{UserPrincipalName: "sanne@contoso.example"}}
		return r
	}
	missing := []finding.LedgerEntry{{Name: "entra.users", Status: "denied", Permission: "User.Read.All"}, {Name: "okta.zones", Status: "absent"}}
	for name, c := range map[string]struct {
		report *doors.Report
		state  doors.State
		want   string
	}{
		"open":              {aReport(), doors.Open, "OPEN: 2 mailboxes can be entered without MFA, by 2 doors."},
		"closed":            {closed(func(*doors.Report) {}), doors.Closed, "CLOSED: nobody gets into any of 2 mailboxes without MFA."},
		"evidence":          {closed(func(r *doors.Report) { r.Missing = missing }), doors.Incomplete, "INCOMPLETE: no door is known to be open, but evidence is missing: this is no proof."},
		"no mailboxes":      {closed(func(r *doors.Report) { r.Matrix = nil }), doors.Incomplete, "INCOMPLETE: no mailboxes were collected, so nothing can be said of any door."},
		"undecided":         {closed(func(r *doors.Report) { r.Undecided, r.Matrix.Cells[3].Worst = 1, finding.AccessUndecided }), doors.Undecided, "UNDECIDED: no door is known to be open, but 1 door may be, for 1 of 2 mailboxes."},
		"open and evidence": {func() *doors.Report { r := aReport(); r.Missing = missing; return r }(), doors.Open, "OPEN: 2 mailboxes can be entered without MFA, by 2 doors."},
		"a person":          {person(aReport()), doors.Open, "OPEN: whoever has the password of sanne@contoso.example gets into the mailbox without MFA, by 2 doors."},
		"a closed person":   {person(closed(func(*doors.Report) {})), doors.Closed, "CLOSED: nobody gets into the mailbox of sanne@contoso.example without MFA."},
	} {
		if got := c.report.State(); got != c.state {
			t.Errorf("%s: %s, want %s", name, got, c.state)
		}
		got, _, _ := strings.Cut(write(t, doors.Text, c.report, doors.Options{Width: 200}), "\n")
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		word, sentence, _ := strings.Cut(got, ": ")
		markdown, _, _ := strings.Cut(write(t, doors.Markdown, c.report, doors.Options{}), "\n")
		if want := "**" + word + "**: " + sentence; strings.ReplaceAll(markdown, "`", "") != want {
			t.Errorf("%s: %q, want %q", name, markdown, want)
		}
	}
	text := write(t, doors.Text, closed(func(r *doors.Report) { r.Missing = missing }), doors.Options{Width: 200})
	for _, want := range []string{"\nNot collected, or not in full:\n  - entra.users (denied): ", "User.Read.All", "\n  - okta.zones: The ledger does not have it.\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

// hostileReport has a text that would act on any reader wherever the tenant says
// something.
func hostileReport(s string) *doors.Report {
	r := aReport()
	r.Tenant.Name, r.Snapshot.URI = s, s
	r.Missing = []finding.LedgerEntry{{Name: s, Status: "failed", Endpoint: s, Permission: s, Message: s}}
	for i := range r.Doors {
		d := &r.Doors[i]
		d.First = &doors.Who{ID: s, UserPrincipalName: s, Pointer: s, Region: &finding.Region{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 2}}
		d.Declared, d.Via = []string{s}, []string{s}
		for j := range d.Steps {
			d.Steps[j].Args, d.Steps[j].Text = finding.Args{"what": s}, s
		}
		for j := range d.Reasons {
			d.Reasons[j].Args, d.Reasons[j].Text = finding.Args{"what": s}, s
		}
		for j := range d.Locks {
			d.Locks[j].Name, d.Locks[j].Kind = s, s
		}
		if d.Witness != nil {
			for j := range d.Witness.Requests {
				d.Witness.Requests[j] = doors.Request{At: s, App: s, Client: s, Address: s, Zones: []string{s}, Platform: s, Device: s, Risk: s, UserRisk: s, Assurances: []string{s}}
			}
		}
	}
	r.Before = &doors.Before{
		Snapshot: r.Snapshot, Matrix: r.Matrix, Missing: r.Missing,
		Changes: []doors.Change{{Change: matrix.Change{Protocol: "pop", Method: "basic", Before: finding.AccessOutcome(s), After: finding.AccessOpen, Mailboxes: 2}, First: r.Doors[0].First}},
	}
	return r
}

// TestHostileTextOnlyShowsItself expects nothing of the tenant to act on a terminal,
// a page, a spreadsheet or a build system.
func TestHostileTextOnlyShowsItself(t *testing.T) {
	const hostile = "=cmd|'/c'!A0\x1b[31m\u202e\n::error::x <script>alert(1)</script> [l](http://x) @all ##vso[x]`"
	for _, person := range []bool{false, true} {
		r := hostileReport(hostile)
		if person {
			r.Before = nil
			r.Person = &doors.Person{Who: *r.Doors[0].First, LeftOut: hostile, Declared: []string{hostile}}
		}
		for name, w := range map[string]writer{"text": doors.Text, "markdown": doors.Markdown, "csv": doors.CSV, "json": doors.JSON, "svg": doors.SVG} {
			text := write(t, w, r, doors.Options{})
			if strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, "\n::error") || strings.Contains(text, "##vso[") {
				t.Errorf("%s acts on a terminal or a build system:\n%q", name, text)
			}
			if (name == "markdown" || name == "svg") && strings.Contains(strings.ReplaceAll(text, "`", ""), "<script") && name == "svg" {
				t.Errorf("%s holds a script", name)
			}
			if name == "csv" {
				rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
				if err != nil || len(rows) < 2 {
					t.Fatalf("%d rows, %v", len(rows), err)
				}
				for _, row := range rows {
					for _, cell := range row {
						if strings.HasPrefix(cell, "=") {
							t.Errorf("a spreadsheet calculates %q", cell)
						}
					}
				}
			}
		}
	}
}

func TestTextKeepsToItsWidth(t *testing.T) {
	r := hostileReport(strings.Repeat("a long name ", 12) + strings.Repeat("x", 150))
	for width := 40; width <= 160; width += 7 {
		for line := range strings.Lines(write(t, doors.Text, r, doors.Options{Width: width})) {
			if n := columns.Count(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("width %d: %d columns: %s", width, n, line)
			}
		}
	}
	plain, colored := write(t, doors.Text, aReport(), doors.Options{}), write(t, doors.Text, aReport(), doors.Options{Color: true})
	if strings.Contains(plain, "\x1b") || !strings.Contains(colored, "\x1b[1;31mOPEN\x1b[0m") {
		t.Error("colours come without being asked for, or not at all")
	}
}

// TestDutchHasAWordForEverything expects no English word of ours in Dutch, and as
// many lines.
func TestDutchHasAWordForEverything(t *testing.T) {
	l := &finding.Language{Code: "nl", Messages: map[string]string{"on": "'{what}' staat aan.", "allows": "'{what}' laat toe.", "unknown": "'{what}' is niet te lezen."}}
	r := aReport()
	r.Missing = []finding.LedgerEntry{{Name: "okta.zones", Status: "absent"}}
	english, dutch := write(t, doors.Markdown, r, doors.Options{}), write(t, doors.Markdown, r, doors.Options{Language: l})
	if strings.Count(english, "\n") != strings.Count(dutch, "\n") {
		t.Errorf("the reports differ in lines:\n%s\n%s", english, dutch)
	}
	for _, word := range []string{"OPEN", "mailbox", "Example", "Locks", "authentication", "Not known", "allows", "anywhere", "device", "closed", " by ", " and "} {
		if !strings.Contains(english, word) {
			t.Errorf("English lacks %q", word)
		}
	}
	for _, word := range []string{"mailboxes", "Example", "Locks", "authentication", "Not known", "allows", "anywhere", "device", "closed", " by ", " and ", "without", "ledger"} {
		if strings.Contains(dutch, word) {
			t.Errorf("Dutch has %q:\n%s", word, dutch)
		}
	}
	if !strings.Contains(write(t, doors.SVG, r, doors.Options{Language: l}), ">Gesloten<") {
		t.Error("the picture is not in Dutch")
	}
}

// TestPictureNamesWhatIsMissing expects the warning in the picture, and no picture
// without a matrix.
func TestPictureNamesWhatIsMissing(t *testing.T) {
	r := aReport()
	r.Missing = []finding.LedgerEntry{{Name: "okta.zones", Status: "denied"}}
	if picture := write(t, doors.SVG, r, doors.Options{}); !strings.Contains(picture, "Not collected, or not in full: okta.zones") {
		t.Errorf("the picture keeps quiet:\n%s", picture)
	}
	r.Matrix = nil
	if err := doors.SVG(io.Discard, r, doors.Options{}); err == nil {
		t.Error("a picture was drawn of nothing")
	}
}

func TestJSONHoldsEverything(t *testing.T) {
	var got doors.Report
	want := aReport()
	if err := json.Unmarshal([]byte(write(t, doors.JSON, want, doors.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	want.Messages = nil
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Error(diff)
	}
	want.Scope.OpenOnly = true
	if err := json.Unmarshal([]byte(write(t, doors.JSON, want, doors.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Doors) != 3 || len(want.Doors) != 5 {
		t.Errorf("%d doors of %d are shown", len(got.Doors), len(want.Doors))
	}
}

func TestSortWorstFirst(t *testing.T) {
	list := []doors.Door{
		{Protocol: "a", Outcome: finding.AccessWithMFA, Mailboxes: 9}, {Protocol: "b", Outcome: finding.AccessUndecided, Mailboxes: 9},
		{Protocol: "c", Outcome: finding.AccessOpen, Mailboxes: 1}, {Protocol: "d", Outcome: finding.AccessOpen, Mailboxes: 2},
		{Protocol: "e", Outcome: finding.AccessOpen, Mailboxes: 2},
	}
	doors.SortWorstFirst(list)
	var order []string
	for _, d := range list {
		order = append(order, d.Protocol)
	}
	if diff := cmp.Diff([]string{"d", "e", "c", "b", "a"}, order); diff != "" {
		t.Error(diff)
	}
}

// TestEveryKindHasItsWord holds the words to what the access engine writes.
func TestEveryKindHasItsWord(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", "policies", "access", "door.go"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(source)) {
		for _, kind := range []string{" Kind ", " Stage "} {
			name, value, found := strings.Cut(strings.TrimSpace(line), "=")
			if !found || !strings.Contains(name+" ", kind) {
				continue
			}
			seen++
			id := strings.Trim(strings.TrimSpace(value), `"`)
			r := aReport()
			r.Doors = r.Doors[:1]
			r.Doors[0].Locks = []doors.Lock{{Kind: id, Stage: id}}
			// Without a word the id itself is shown.
			bare := strings.ReplaceAll(id, "_", `\_`)
			bare = map[string]string{" Kind ": bare + " (", " Stage ": "(" + bare + ")"}[kind]
			_, said, _ := strings.Cut(write(t, doors.Markdown, r, doors.Options{}), "Locks: ")
			if said == "" || strings.Contains(said, bare) {
				t.Errorf("no word for %s:\n%s", id, said)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d kinds and stages were seen", seen)
	}
}
