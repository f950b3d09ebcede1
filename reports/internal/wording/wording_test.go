package wording_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

func TestVerdictAndExit(t *testing.T) {
	type verdict struct {
		Word, Sentence string
		Exit           int
	}
	broken := reporttest.Clean()
	broken.Results[0].Outcome, broken.Results[0].Error = finding.Error, "broke"
	partly := reporttest.Clean()
	partly.Results[0].Outcome = finding.NotApplicable
	off := reporttest.BelowGate()
	off.FailOn = "none"
	notApplicable := reporttest.Clean()
	for i := range notApplicable.Results {
		notApplicable.Results[i].Outcome = finding.NotApplicable
	}
	tests := []struct {
		name   string
		report *finding.Report
		want   verdict
	}{
		{"clean", reporttest.Clean(), verdict{"PASS", "9 of 9 controls pass.", 0}},
		{"mixed", reporttest.Mixed(), verdict{"FAIL", "4 of 9 controls fail (1 critical, 2 high, 1 medium), 3 not judged.", 3}},
		{"below the gate", reporttest.BelowGate(), verdict{"FAIL", "1 of 9 controls fails (1 low), none at or above the gate (fail-on high).", 0}},
		{"no gate", off, verdict{"FAIL", "1 of 9 controls fails (1 low), the gate is off (fail-on none).", 0}},
		{"broken", broken, verdict{"INCOMPLETE", "nothing fails, but 1 of 9 controls could not be judged: this is no pass.", 4}},
		{"below the gate and unknown", reporttest.Nameless(), verdict{"FAIL", "1 of 2 controls fails (1 info), the gate is off (fail-on none), 1 not judged.", 4}},
		{"not all apply", partly, verdict{"PASS", "8 of 9 controls pass, 1 not applicable.", 0}},
		{"none applies", notApplicable, verdict{"NOT APPLICABLE", "no control applies to this tenant.", 0}},
		{"empty", reporttest.Empty(), verdict{"EMPTY", "no control was judged.", 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got verdict
			_, got.Word, got.Sentence = wording.English().Verdict(test.report)
			got.Exit, _ = wording.English().Exit(test.report)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSentence: arguments are names, templates are Postern's; each is escaped in
// its own way, long ones are cut.
func TestSentence(t *testing.T) {
	long := strings.Repeat("x", 300)
	var many []any
	for i := range 25 {
		many = append(many, "f"+strconv.Itoa(i))
	}
	tests := []struct {
		name, template  string
		args            finding.Args
		plain, markdown string
	}{
		{"a name", "The rule '{rule}' is *off*.", finding.Args{"rule": "a*b"}, "The rule 'a*b' is *off*.", "The rule '`a*b`' is \\*off\\*."},
		{"numbers and flags", "{n} of {m} are {flag}.", finding.Args{"n": 3.0, "m": 4, "flag": true}, "3 of 4 are true.", "3 of 4 are true."},
		{"nothing", "It is {x}.", finding.Args{"x": nil}, "It is null.", "It is null."},
		{"a list", "Open: {flags}.", finding.Args{"flags": []any{"a", 1.0}}, "Open: a, 1.", "Open: `a`, `1`."},
		{"a list of texts", "Open: {flags}.", finding.Args{"flags": []string{"a", "b"}}, "Open: a, b.", "Open: `a`, `b`."},
		{"a long list", "{flags}.", finding.Args{"flags": many},
			"f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19 and 5 more.", ""},
		{"an object", "{o}.", finding.Args{"o": map[string]any{"b": 1.0, "a": "`"}}, "map[a:` b:1].", "``map[a:` b:1]``."},
		{"a long name", "{n}.", finding.Args{"n": long}, long[:197] + "....", ""},
		{"an argument that looks like another", "{a} {b}.", finding.Args{"a": "{b}", "b": "{members}"}, "{b} {members}.", "`{b}` `{members}`."},
		{"names side by side", "{a}{b}.", finding.Args{"a": "x", "b": "y"}, "x y.", "`x` `y`."},
		{"no full stop", "{a}", finding.Args{"a": "x"}, "x.", "`x`."},
		{"the argument brings the full stop", "{a}", finding.Args{"a": "x."}, "x.", "`x.`"},
		{"a template of several lines", "a\n  b\x1b.", nil, `a b\x1b.`, `a b\\x1b.`},
		{"a word of the control", "From {a}.", finding.Args{"a": "word:anywhere"}, "From *any* place.", `From \*any\* place.`},
		{"words in a list", "From {a}.", finding.Args{"a": []any{"word:anywhere", "b"}}, "From *any* place, b.", "From \\*any\\* place, `b`."},
		{"no word of the control", "From {a}.", finding.Args{"a": "word:x"}, "From word:x.", "From `word:x`."},
		{"a slip", "{a} {b}.", finding.Args{"a": "x"}, "x {b}.", "`x` {b}."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			control := &finding.Control{Messages: map[string]string{"k": test.template}, Words: map[string]string{"anywhere": "*any* place"}}
			v := &finding.Violation{Key: "k", Args: test.args}
			if got := wording.Plain().Violation(control, v); got != test.plain {
				t.Errorf("plain: %q, want %q", got, test.plain)
			}
			if got := wording.Markdown().Violation(control, v); test.markdown != "" && strings.ReplaceAll(got, `\.`, ".") != test.markdown {
				t.Errorf("Markdown: %q, want %q", got, test.markdown)
			}
		})
	}
}

func TestReason(t *testing.T) {
	report := reporttest.Mixed()
	control := &finding.Control{Messages: reporttest.Sentences()}
	control.Messages["own"] = "{members} of {endpoint}: {message}"
	tests := []struct {
		name         string
		reason       finding.Reason
		want, remedy string
	}{
		{"by its source", finding.Reason{Key: "denied", Evidence: "okta.x", Source: "okta.access_policies"},
			"okta.x could not be read: access was denied. Grant okta.policies.read.", ""},
		{"by the longest path", finding.Reason{Key: "own", Evidence: "mailboxes[].okta.assigned", Count: 2},
			"2 mailboxes of GET /api/v1/apps/{id}/users: connection reset by peer.", "Collect again; GET /api/v1/apps/{id}/users is read with okta.apps.read."},
		{"a code for a message", finding.Reason{Key: "failed", Evidence: "okta.access_policies"},
			"okta.access_policies could not be read: E0000006.", "Grant okta.policies.read so that GET /api/v1/policies?type=ACCESS_POLICY can be read, then collect again."},
		{"its own arguments win", finding.Reason{Key: "denied", Source: "okta.access_policies", Args: finding.Args{"evidence": "the rules", "permission": "P"}},
			"the rules could not be read: access was denied. Grant P.", ""},
		{"a path that only begins alike", finding.Reason{Key: "not_collected", Evidence: "okta.access_policies_old"},
			"okta.access_policies_old is not in the snapshot and the ledger does not say why.", ""},
		{"what was collected", finding.Reason{Key: "partial", Evidence: "entra.domains", Args: finding.Args{"message": "so"}},
			"entra.domains could only be read in part: so.", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entry := wording.Entry(report, &test.reason)
			if got := wording.Plain().Reason(control, &test.reason, entry); got != test.want {
				t.Errorf("reason %q, want %q", got, test.want)
			}
			if got := wording.Plain().Remedy(&test.reason, entry); got != test.remedy {
				t.Errorf("remedy %q, want %q", got, test.remedy)
			}
		})
	}
}

// TestAdviceKnowsEveryStatus: only what was collected needs no advice.
func TestAdviceKnowsEveryStatus(t *testing.T) {
	for _, status := range []string{"partial", "denied", "failed", "unlicensed", "skipped"} {
		entry := &finding.LedgerEntry{Status: status, Endpoint: "GET /x", Permission: "P"}
		if got := wording.Plain().Advice(entry); !strings.HasSuffix(got, ".") {
			t.Errorf("%s: the advice is %q", status, got)
		}
	}
	denied := &finding.LedgerEntry{Status: "denied", Endpoint: "GET /x", Permission: "P"}
	if got, want := wording.Plain().Advice(denied), "Grant P so that GET /x can be read, then collect again."; got != want {
		t.Errorf("denied: the advice is %q, want %q", got, want)
	}
	if got := wording.Plain().Advice(&finding.LedgerEntry{Status: "collected"}); got != "" {
		t.Errorf("collected: the advice is %q", got)
	}
	if got := wording.Plain().Advice(nil); got != "" {
		t.Errorf("no entry: the advice is %q", got)
	}
}

// TestAdviceOnSignIns: who could not sign in lacks credentials and not a permission.
func TestAdviceOnSignIns(t *testing.T) {
	for language, words := range map[string]*wording.Words{"en": wording.English(), "nl": wording.For(&finding.Language{Code: "nl"})} {
		style := wording.Plain().In(words)
		failed := &finding.LedgerEntry{Status: "failed", Code: "login_failed", Endpoint: "GET /x", Permission: "Policy.Read.All"}
		other := &finding.LedgerEntry{Status: "failed", Code: "rejected", Endpoint: "GET /x", Permission: "Policy.Read.All"}
		if got := style.Advice(failed); got == "" || got == style.Advice(other) || strings.Contains(got, "Policy.Read.All") {
			t.Errorf("%s: the advice on a failed sign-in is %q", language, got)
		}
		refused := &finding.LedgerEntry{Status: "failed", Code: "login_refused", Endpoint: "GET /x", Permission: "Policy.Read.All"}
		if got := style.Advice(refused); got == style.Advice(failed) || !strings.Contains(got, "Policy.Read.All") {
			t.Errorf("%s: the advice on a refused sign-in is %q", language, got)
		}
	}
}

// TestStandardReasons: a control that brings no sentence has the contract's, with
// nothing left open where the ledger tells.
func TestStandardReasons(t *testing.T) {
	entry := &finding.LedgerEntry{Name: "okta.zones", Endpoint: "GET /x", Permission: "P", Message: "M", Paths: []string{"okta.zones"}, Status: "failed"}
	seen := 0
	for key := range finding.StandardMessages() {
		reason := &finding.Reason{Key: key, Evidence: "okta.zones", Source: "okta.zones", Count: 2}
		got := wording.Plain().Reason(&finding.Control{}, reason, entry)
		about := key == "no_waivers" || strings.Contains(got, "okta.zones")
		if strings.ContainsAny(got, "{}") || !about || !strings.HasSuffix(got, ".") {
			t.Errorf("%s: %q", key, got)
		}
		seen++
	}
	if seen == 0 {
		t.Error("there are no standard messages")
	}
}

func TestPopulationOfAReason(t *testing.T) {
	tests := []struct {
		evidence string
		needs    []string
		want     string
	}{
		{"mailboxes[].entra", nil, "2 mailboxes lack mailboxes[].entra, so nothing can be said about them."},
		{"x", []string{"entra.domains", "evidence.sign_ins"}, "2 sign-in records lack x, so nothing can be said about them."},
		{"evidence.okta_requests", []string{"mailboxes"}, "2 request records lack evidence.okta_requests, so nothing can be said about them."},
		{"okta.zones", nil, "2 resources lack okta.zones, so nothing can be said about them."},
	}
	for _, test := range tests {
		reason := &finding.Reason{Key: "members_without_evidence", Evidence: test.evidence, Count: 2}
		if got := wording.Plain().Reason(&finding.Control{Needs: test.needs, Messages: reporttest.Sentences()}, reason, nil); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestAboutAReason(t *testing.T) {
	members := finding.ListMembers("okta_request", []finding.Member{{ID: "1", Name: "a@example.com"}, {ID: "2"}})
	for _, test := range []struct {
		reason   finding.Reason
		about    string
		sentence string
	}{
		{finding.Reason{}, "", "2 sign-in records lack x, so nothing can be said about them."},
		{finding.Reason{Members: members}, "a@example.com and 1 more", "2 request records lack x, so nothing can be said about them."},
		{finding.Reason{Resource: &finding.Resource{Kind: "okta_app", Name: "Mail"}}, "okta app 'Mail'", "2 sign-in records lack x, so nothing can be said about them."},
	} {
		reason := test.reason
		reason.Key, reason.Evidence, reason.Count = "members_without_evidence", "x", 2
		if got := wording.Plain().About(&reason); got != test.about {
			t.Errorf("about %q, want %q", got, test.about)
		}
		control := &finding.Control{Needs: []string{"evidence.sign_ins"}, Messages: reporttest.Sentences()}
		if got := wording.Plain().Reason(control, &reason, nil); got != test.sentence {
			t.Errorf("%q, want %q", got, test.sentence)
		}
	}
}

func TestGaps(t *testing.T) {
	report := reporttest.Mixed()
	report.Results[1].Unknowns = slices.Clone(report.Results[0].Unknowns)
	report.Results[7].Unknowns = append(report.Results[7].Unknowns, finding.Reason{Key: "not_collected", Evidence: "okta.zones"})
	var got []string
	for _, gap := range wording.Gaps(report) {
		name := gap.Evidence
		if gap.Entry != nil {
			name = gap.Entry.Name
		}
		got = append(got, name+": "+strings.Join(gap.Controls, " "))
	}
	want := []string{
		"entra.federation_configurations: FED-001 FED-003", "okta.access_policies: SIGNON-010", ": SIGNON-010",
		"okta.app_assignments: SIGNON-010", "entra.sign_ins: EVID-001", "okta.zones: EVID-001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

func TestGroupsKeepTheReportsOrder(t *testing.T) {
	var got []string
	n := 0
	for _, group := range wording.English().Groups(reporttest.Mixed()) {
		got = append(got, group.Step.ID)
		for _, i := range group.Results {
			if i != n {
				t.Errorf("result %d stands where %d belongs", i, n)
			}
			n++
		}
		if group.Step.Title == "" {
			t.Errorf("step %s has no title", group.Step.ID)
		}
	}
	if diff := cmp.Diff([]string{"A", "B", "C", "E", "evidence", "access"}, got); diff != "" || n != 9 {
		t.Errorf("%d results, steps (-want +got):\n%s", n, diff)
	}
}

func TestNames(t *testing.T) {
	style := wording.Plain()
	subjects := []struct {
		resource finding.Resource
		want     string
	}{
		{finding.Resource{Kind: "access_policy_rule", ID: "r1", Name: "Allow"}, "access policy rule 'Allow'"},
		{finding.Resource{Kind: "domain", ID: "r1"}, "domain 'r1'"},
		{finding.Resource{Kind: "organization_config"}, "organization config"},
		{finding.Resource{Name: "x"}, "'x'"},
		{finding.Resource{}, ""},
	}
	for _, test := range subjects {
		if got := style.Subject(&test.resource); got != test.want {
			t.Errorf("Subject(%+v) = %q, want %q", test.resource, got, test.want)
		}
	}
	members := []struct {
		member finding.Member
		want   string
	}{
		{finding.Member{ID: "1", Name: "a@b", DisplayName: "A"}, "a@b"},
		{finding.Member{ID: "1", DisplayName: "A"}, "A"},
		{finding.Member{ID: "1"}, "1"},
		{finding.Member{Pointer: "/mailboxes/0"}, "/mailboxes/0"},
	}
	for _, test := range members {
		if got := style.Member(&test.member); got != test.want {
			t.Errorf("Member(%+v) = %q, want %q", test.member, got, test.want)
		}
	}
	tenants := []struct {
		tenant finding.Tenant
		want   string
	}{
		{finding.Tenant{ID: "1", Name: "N", InitialDomain: "d"}, "N (d)"},
		{finding.Tenant{ID: "1", Name: "N"}, "N (1)"},
		{finding.Tenant{Name: "N"}, "N"},
		{finding.Tenant{ID: "1"}, "1"},
		{finding.Tenant{}, "a tenant without a name"},
	}
	for _, test := range tenants {
		if got := style.Tenant(&test.tenant); got != test.want {
			t.Errorf("Tenant(%+v) = %q, want %q", test.tenant, got, test.want)
		}
	}
}

// TestStateNamesProtocols: what came and went is told by the names that the matrix has,
// and by their ids where there is none.
func TestStateNamesProtocols(t *testing.T) {
	v := &finding.Violation{State: finding.Changed, Drift: &finding.Drift{
		Added: 2, NewWays: []string{"smtp", "strange"}, RemovedWays: []string{"pop"},
	}}
	terms := []finding.AccessTerm{{ID: "pop", Title: "POP"}, {ID: "smtp", Title: "SMTP AUTH"}}
	for want, matrix := range map[string]*finding.AccessMatrix{
		"changed, 2 came, now also SMTP AUTH, strange, no longer POP": {Protocols: terms},
		"changed, 2 came, now also smtp, strange, no longer pop":      nil,
	} {
		if got := wording.Plain().State(&finding.Report{Access: matrix}, v); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
