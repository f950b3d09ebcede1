package html_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/seed-07732396/postern/policies/finding"
	report "github.com/seed-07732396/postern/reports/html"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

// TestEveryControlStands: each control is there with its outcome, severity and
// sentence, and nothing that failed looks as if it passed.
func TestEveryControlStands(t *testing.T) {
	r := reporttest.Mixed()
	root := parse(t, write(t, r, nil))
	seen := find(root, classed("control"))
	if len(seen) != len(r.Controls) {
		t.Fatalf("%d controls, want %d", len(seen), len(r.Controls))
	}
	for i, n := range seen {
		id, _ := attribute(n, "id")
		outcome, _ := attribute(n, "data-outcome")
		severity, _ := attribute(n, "data-severity")
		if id != r.Controls[i].ID || outcome != string(r.Results[i].Outcome) || severity != string(r.Controls[i].Severity) {
			t.Errorf("control %d is %s, %s, %s", i, id, outcome, severity)
		}
		_, open := attribute(n, "open")
		if quiet := outcome == "pass" || outcome == "not_applicable"; open == quiet {
			t.Errorf("%s: open is %v", id, open)
		}
	}
	for id, want := range map[string][]string{
		"FED-001": {
			"The domain 'harbourfreight.example' is managed by Entra", "evidence/snapshot.json:41", "domain 'old.harbourfreight.example'",
			`"authenticationType": "Managed"`, "entra.federation_configurations could only be read in part", "Collect again;",
			"NIST SP 800-53 r5 IA-2(1)", "List domains", "entra.domains collected",
		},
		"SIGNON-001": {"The rule 'Deny contractors' does not match. evidence/snapshot.json:612", "PUT /api/v1/policies/{policyId}/rules/{ruleId}", "used if there"},
		"PROTO-001":  {"12 mailboxes", "user000011@harbourfreight.example User 11 line 811"},
		"ACCESS-001": {"eval_conflict_error"},
		"FED-003":    {"breakglass@harbourfreight.onmicrosoft.com"},
		"PROTO-007":  {"The tenant has no mailboxes."},
	} {
		got := text(byID(root, id))
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %q:\n%s", id, part, got)
			}
		}
	}
}

func TestHead(t *testing.T) {
	root := parse(t, write(t, reporttest.Mixed(), nil))
	head := text(byID(root, "_verdict"))
	for _, want := range []string{
		"FAIL 4 of 9 controls fail (1 critical, 2 high, 1 medium), 3 not judged.", "Is a door open?", "Not worked out",
		"No (Exit status 3)", "4 controls not judged in full", "evidence/snapshot.json", "2026-11-22 08:15:00 UTC",
		strings.Repeat("0123456789abcdef", 4), "postern 1.2.3", "1234 mailboxes", "out of scope",
	} {
		if !strings.Contains(head, want) {
			t.Errorf("the head lacks %q:\n%s", want, head)
		}
	}
	clean := text(byID(parse(t, write(t, reporttest.Clean(), nil)), "_verdict"))
	for _, want := range []string{"PASS 9 of 9 controls pass.", "Yes (Exit status 0)", "All that was asked could be judged."} {
		if !strings.Contains(clean, want) {
			t.Errorf("the head of a clean report lacks %q:\n%s", want, clean)
		}
	}
}

// matrixOf is a matrix of one protocol with a square of each outcome given.
func matrixOf(outcomes ...finding.AccessOutcome) *finding.AccessMatrix {
	m := &finding.AccessMatrix{Mailboxes: 3, Protocols: []finding.AccessTerm{{ID: "pop", Title: "POP"}}}
	for i, o := range outcomes {
		id := fmt.Sprintf("method%d", i)
		m.Methods = append(m.Methods, finding.AccessTerm{ID: id, Title: id})
		m.Cells = append(m.Cells, finding.AccessCell{Protocol: "pop", Method: id, Worst: o, Counts: []finding.AccessCount{{Outcome: o, Mailboxes: 3}}})
	}
	return m
}

func TestDoors(t *testing.T) {
	tests := []struct {
		name   string
		matrix *finding.AccessMatrix
		want   []string
	}{
		{"none", nil, []string{"Not worked out", "there is no picture"}},
		{"open", matrixOf(finding.AccessOpen, finding.AccessOpen, finding.AccessUndecided), []string{"2 doors are open without MFA", "Of 1 door nobody can tell."}},
		{"undecided", matrixOf(finding.AccessUndecided, finding.AccessWithMFA), []string{"None is certain to be open"}},
		{"closed", matrixOf(finding.AccessClosedAtExchange, finding.AccessWithMFA, finding.AccessNotOffered), []string{"No door is open without MFA"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := reporttest.Mixed()
			r.Access = test.matrix
			root := parse(t, write(t, r, nil))
			got := text(byID(root, "_verdict")) + text(byID(root, "_access"))
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing:\n%.1500s", want, got)
				}
			}
			if pictures := len(find(root, tag("svg"))); (pictures == 1) != (test.matrix != nil) {
				t.Errorf("%d pictures", pictures)
			}
		})
	}
}

// TestBaselineAndWaivers: what is new, changed, gone and waived is said, and what
// is waived is struck and stays.
func TestBaselineAndWaivers(t *testing.T) {
	r := reporttest.Mixed()
	r.Access = matrixOf(finding.AccessOpen)
	r.Baseline = &finding.Baseline{Snapshot: r.Snapshot, Access: matrixOf(finding.AccessClosedAtExchange)}
	r.Results[0].Violations[0].State = finding.New
	r.Results[0].Before = finding.Pass
	changed := &r.Results[3].Violations[0]
	changed.State = finding.Changed
	changed.Drift = &finding.Drift{Added: 2, Removed: 1,
		NewMembers: finding.ListMembers("mailbox", reporttest.Mailboxes(2)), RemovedMembers: finding.ListMembers("mailbox", reporttest.Mailboxes(1))}
	r.Results[0].Fixed = []finding.Violation{r.Results[0].Violations[1]}
	r.Results[2].Violations[0].Waiver = &finding.Waiver{
		ID: "W-1", Owner: "j.jansen@harbourfreight.example", Reason: "Printers until <spring>", Ticket: "https://tickets.example/1", Expires: "2027-01-31", File: "waivers.yaml", Line: 12,
	}
	r.Results[5].Violations[0].Waiver = &finding.Waiver{ID: "W-2", Owner: "o", Reason: "r", Ticket: "javascript:alert(1)", Expires: "2027-01-31", File: "waivers.yaml", Line: 20}
	r.Results[1].Fixed = []finding.Violation{{Key: "exception", Args: finding.Args{"name": "a"}}}
	root := parse(t, write(t, r, nil))
	for id, want := range map[string][]string{
		"FED-003":    {"high fixed", "Gone since the baseline The account 'a'"},
		"FED-001":    {"partly fixed", "new", "In the baseline: pass", "Gone since the baseline The domain 'old."},
		"PROTO-001":  {"changed", "New since the baseline 2 mailboxes", "Gone since the baseline 1 mailbox"},
		"MODERN-001": {"waived", "Waived by j.jansen@harbourfreight.example until 2027-01-31: Printers until <spring>", "Ticket https://tickets.example/1", "waivers.yaml:12"},
		"SIGNON-001": {"Ticket javascript:alert(1)"},
		"_waivers":   {"No waivers were given."},
		"_access":    {"On the left the baseline"},
	} {
		got := text(byID(root, id))
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %q:\n%s", id, part, got)
			}
		}
	}
	if struck := find(byID(root, "MODERN-001"), tag("s")); len(struck) != 1 || !strings.Contains(text(struck[0]), "Modern authentication is off") {
		t.Errorf("%d sentences of a waived control are struck", len(struck))
	}
	if n := len(find(root, func(n *html.Node) bool { id, _ := attribute(n, "id"); return id == "_only-new" })); n != 1 {
		t.Error("there is no filter for what is new")
	}
	for _, n := range find(root, tag("a")) {
		if href, _ := attribute(n, "href"); strings.HasPrefix(href, "javascript") || href == "https://evil.example" {
			t.Errorf("a link to %q", href)
		}
	}
}

// TestWaiversOfTheReport: each is listed with what became of it, and one that waives
// nothing is no less to be seen.
func TestWaiversOfTheReport(t *testing.T) {
	r := reporttest.Drift()
	root := parse(t, write(t, r, nil))
	got := text(byID(root, "_waivers"))
	for _, e := range r.Waivers.Entries {
		for _, want := range []string{e.ID, e.Control, e.Owner, e.Reason, e.Expires, e.File} {
			if !strings.Contains(got, want) {
				t.Errorf("the waiver %s lacks %q:\n%s", e.ID, want, got)
			}
		}
	}
	for _, want := range []string{"as of 2026-11-22: 1 in force, 1 lapsed by growth", "lapsed by growth", "joined since", "opened since: <pop>, imap"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	if head := text(byID(root, "_verdict")); !strings.Contains(head, "Since 2026-11-15: 1 new, 1 changed, 1 fixed.") || !strings.Contains(head, "1 finding waived") {
		t.Errorf("the head is %s", head)
	}
	if got := text(byID(root, "PROTO-001")); !strings.Contains(got, "changed, 2 came") {
		t.Errorf("PROTO-001 does not say what came: %s", got)
	}
	if _, open := attribute(byID(root, "SIGNON-001"), "open"); open {
		t.Error("a control of which all is waived stands open")
	}
}

// TestMembers: the first stand in the page, the others in its data, and what has no
// place is counted.
func TestMembers(t *testing.T) {
	for _, test := range []struct {
		n, inline, data int
		left            string
	}{
		{1, 1, 0, ""}, {100, 100, 0, ""}, {101, 100, 1, ""}, {10_000, 100, 9_900, ""},
		{1_000_000, 100, 19_900, "980000 more are not in this page. The csv and json reports list all."},
	} {
		t.Run(fmt.Sprint(test.n), func(t *testing.T) {
			out := write(t, reporttest.Population(test.n), nil)
			root := parse(t, out)
			members := find(root, classed("members"))
			if len(members) != 1 {
				t.Fatalf("%d lists of members", len(members))
			}
			if n := len(find(members[0], classed("who"))); n != test.inline {
				t.Errorf("%d stand in the page, want %d", n, test.inline)
			}
			rows := [][3]any{}
			for _, data := range find(members[0], classed("rest")) {
				if err := json.Unmarshal([]byte(data.FirstChild.Data), &rows); err != nil {
					t.Fatal(err)
				}
			}
			if len(rows) != test.data {
				t.Errorf("%d stand in the data, want %d", len(rows), test.data)
			}
			if test.data > 0 && (rows[0][0] != "user000100@harbourfreight.example" || rows[0][1] != "User 100" || rows[0][2] != 900.0) {
				t.Errorf("the first of the data is %v", rows[0])
			}
			if !strings.Contains(text(members[0]), test.left) {
				t.Errorf("the page does not say %q", test.left)
			}
			if len(out) > 2_500_000 {
				t.Errorf("the page has %d bytes", len(out))
			}
		})
	}
}

// TestManyPopulations: all lists together have a limit, and each keeps its first
// members.
func TestManyPopulations(t *testing.T) {
	r := reporttest.Population(50_000)
	one := r.Results[0].Violations[0]
	for range 11 {
		r.Results[0].Violations = append(r.Results[0].Violations, one)
	}
	out := write(t, r, nil)
	if len(out) > 10_000_000 {
		t.Errorf("the page has %d bytes", len(out))
	}
	for i, list := range find(parse(t, out), classed("members")) {
		if n := len(find(list, classed("who"))); n != 100 {
			t.Errorf("list %d shows %d", i, n)
		}
	}
}

func TestBrokenMembersFailTheReport(t *testing.T) {
	r := reporttest.Population(3)
	r.Results[0].Violations[0].Members = finding.ReadMembers("mailbox", 3, func(yield func(finding.Member, error) bool) {
		if yield(finding.Member{Name: "a"}, nil) {
			yield(finding.Member{}, fmt.Errorf("the file is gone"))
		}
	})
	var out bytes.Buffer
	err := report.Write(&out, r, report.Options{})
	if err == nil || !strings.Contains(err.Error(), "the file is gone") || out.Len() > 0 {
		t.Errorf("error %v after %d bytes", err, out.Len())
	}
}

// TestManyViolations shows the first ones and counts the rest.
func TestManyViolations(t *testing.T) {
	r := reporttest.Mixed()
	one := r.Results[2].Violations[0]
	for range 299 {
		r.Results[2].Violations = append(r.Results[2].Violations, one)
	}
	control := byID(parse(t, write(t, r, nil)), "MODERN-001")
	if n := len(find(control, classed("violation"))); n != 200 || !strings.Contains(text(control), "And 100 more violations") {
		t.Errorf("%d violations are shown", n)
	}
}

func TestDutch(t *testing.T) {
	out := write(t, reporttest.Mixed(), dutch())
	root := parse(t, out)
	if lang, _ := attribute(find(root, tag("html"))[0], "lang"); lang != "nl" {
		t.Errorf("the page is in %q", lang)
	}
	got := text(root)
	for _, want := range []string{"FAALT 4 van 9 controles falen", "Wat niet bekend is, en hoe het bekend wordt", "12 mailboxen", "Het bewijsregister", "Kopiëren"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, english := range []string{"What is not known", "Copy", "Severity", "mailboxes."} {
		if regexp.MustCompile(`\b` + regexp.QuoteMeta(english) + `\b`).MatchString(text(byID(root, "_filter"))) {
			t.Errorf("the filter says %q", english)
		}
	}
}

func TestSameReportSameBytes(t *testing.T) {
	for _, c := range reporttest.Cases() {
		if !bytes.Equal(write(t, c.Report, nil), write(t, c.Report, nil)) {
			t.Errorf("%s: two pages differ", c.Name)
		}
	}
}

// TestWhatMattersMost: the head leads to the findings that weigh most.
func TestWhatMattersMost(t *testing.T) {
	root := parse(t, write(t, reporttest.Mixed(), nil))
	lists := find(byID(root, "_verdict"), classed("worst"))
	if len(lists) != 1 {
		t.Fatalf("%d lists", len(lists))
	}
	got := text(lists[0])
	if !strings.HasPrefix(strings.TrimSpace(got), "SIGNON-001 critical The rule 'Allow web and modern'") || !strings.Contains(got, "FED-001 high") {
		t.Errorf("the first are %s", got)
	}
	for _, link := range find(lists[0], tag("a")) {
		if href, _ := attribute(link, "href"); byID(root, strings.TrimPrefix(href, "#")) == nil {
			t.Errorf("%s leads nowhere", href)
		}
	}
	if lists := find(parse(t, write(t, reporttest.Clean(), nil)), classed("worst")); len(lists) != 0 {
		t.Error("something matters in a report in which all is well")
	}
}

// TestMembersAreNotAddedUp: a mailbox in each of two findings is one mailbox.
func TestMembersAreNotAddedUp(t *testing.T) {
	r := reporttest.Mixed()
	found := &r.Results[3]
	if found.Control != "PROTO-001" || found.Violations[0].Members.Len() != 12 {
		t.Fatalf("%s has other findings", found.Control)
	}
	found.Violations = found.Violations[:1]
	head := func() string { return text(find(byID(parse(t, write(t, r, nil)), "PROTO-001"), tag("summary"))[0]) }
	if got := head(); !strings.Contains(got, "12 mailboxes") {
		t.Errorf("one finding: %s", got)
	}
	again := found.Violations[0]
	again.Fingerprint = strings.Repeat("0", len(again.Fingerprint))
	found.Violations = append(found.Violations, again)
	if got := head(); !strings.Contains(got, "2 findings") || strings.Contains(got, "24") {
		t.Errorf("two findings: %s", got)
	}
}
