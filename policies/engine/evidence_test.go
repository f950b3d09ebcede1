package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// reasonKeys are the reasons of a result, as key evidence source.
func reasonKeys(list []finding.Reason) []string {
	var keys []string
	for _, r := range list {
		keys = append(keys, strings.TrimSpace(r.Key+" "+r.Evidence+" "+r.Source))
	}
	return keys
}

// TestConfigurationByTheLedger sets the status of a need, with the resource in
// the document and without.
func TestConfigurationByTheLedger(t *testing.T) {
	const name = "exchange.organization_config"
	for _, status := range []string{"collected", "partial", "denied", "failed", "unlicensed", "skipped", "absent"} {
		for _, inDocument := range []bool{true, false} {
			for _, bad := range []bool{false, true} {
				document := aSnapshot()
				config := document["exchange"].(object)["organization_config"].(object)
				config["OAuth2ClientProfileEnabled"] = !bad
				if !inDocument {
					document["exchange"] = object{}
				}
				setLine(document, line(name, status, name))
				if status == "absent" {
					setLine(document, line(name, "collected", "exchange.transport_config"))
				}
				wantOutcome, wantReasons := finding.Unknown, []string{status + " " + name + " " + name}
				switch {
				case inDocument && bad:
					wantOutcome = finding.Fail
				case inDocument && status == "collected":
					wantOutcome = finding.Pass
				}
				switch {
				case status == "collected" && inDocument:
					wantReasons = nil
				case status == "collected", status == "absent" && !inDocument:
					wantReasons = []string{"not_collected " + name}
				case status == "absent":
					wantReasons = []string{"partial " + name}
				}
				r := result(t, aControl, document)
				if r.Outcome != wantOutcome {
					t.Errorf("%s, in the document %t, bad %t: %s", status, inDocument, bad, r.Outcome)
				}
				if diff := cmp.Diff(wantReasons, reasonKeys(r.Unknowns)); diff != "" {
					t.Errorf("%s, in the document %t, bad %t: %s", status, inDocument, bad, diff)
				}
			}
		}
	}
}

func TestReasonsSayWhatTheLedgerSays(t *testing.T) {
	document := aSnapshot()
	denied := line("exchange.organization_config", "failed", "exchange.organization_config")
	denied["message"] = "403 Forbidden"
	denied["code"] = "Forbidden"
	setLine(document, denied)
	document["exchange"] = object{}
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl)})
	report := check(t, judge, input(t, document))
	reason := report.Results[0].Unknowns[0]
	want := finding.Args{"evidence": "exchange.organization_config", "permission": "Read.exchange.organization_config", "message": "403 Forbidden."}
	if diff := cmp.Diff(want, reason.Args); diff != "" {
		t.Error(diff)
	}
	sentence := report.Controls[0].Sentence(reason.Key, reason.Args, 0, "")
	if sentence != "Could not be read: exchange.organization_config. The reason: 403 Forbidden." {
		t.Error(sentence)
	}
	for message, want := range map[string]string{"": "the code was Forbidden.", "Ended. ": "Ended."} {
		denied["message"] = message
		if got := check(t, judge, input(t, document)).Results[0].Unknowns[0].Args["message"]; got != want {
			t.Errorf("%q became %q", message, got)
		}
	}
}

// TestMailboxesByTheLedger sets the status of the lines that serve what a
// mailbox has.
func TestMailboxesByTheLedger(t *testing.T) {
	tests := []struct {
		name    string
		lines   []object
		want    finding.Outcome
		reasons []string
	}{
		{"all there", nil, finding.Pass, nil},
		{
			"the list is not whole",
			[]object{line("exchange.cas_mailboxes", "partial", "mailboxes", "mailboxes[].exchange")},
			finding.Unknown,
			[]string{"partial mailboxes[].exchange exchange.cas_mailboxes"},
		},
		{
			"a field below was denied",
			[]object{line("exchange.users", "denied", "mailboxes[].exchange.RecipientTypeDetails")},
			finding.Unknown,
			[]string{"denied mailboxes[].exchange.RecipientTypeDetails exchange.users"},
		},
		{
			"several fields below were denied",
			[]object{line("exchange.users", "denied", "mailboxes[].exchange.RecipientTypeDetails", "mailboxes[].exchange.AccountDisabled")},
			finding.Unknown,
			[]string{"denied mailboxes[].exchange exchange.users"},
		},
		{
			"optional evidence is not whole",
			[]object{line("entra.users", "partial", "mailboxes[].entra")},
			finding.Unknown,
			[]string{"partial mailboxes[].entra.accountEnabled entra.users"},
		},
		{"optional evidence is not there", []object{line("entra.users", "denied", "mailboxes[].entra")}, finding.Pass, nil},
		{
			"denied",
			[]object{line("exchange.cas_mailboxes", "denied", "mailboxes", "mailboxes[].exchange")},
			finding.Unknown,
			[]string{"denied mailboxes[].exchange exchange.cas_mailboxes"},
		},
		{
			"no line",
			[]object{line("exchange.cas_mailboxes", "collected", "mailboxes")},
			finding.Unknown,
			[]string{"partial mailboxes[].exchange"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			document := aSnapshot()
			for _, l := range test.lines {
				setLine(document, l)
			}
			r := result(t, aPopulation, document)
			if r.Outcome != test.want {
				t.Errorf("the outcome is %s: %s", r.Outcome, r.Error)
			}
			if diff := cmp.Diff(test.reasons, reasonKeys(r.Unknowns)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestViolationsStandInPartialEvidence expects a violation that is seen to stay.
func TestViolationsStandInPartialEvidence(t *testing.T) {
	document := aSnapshot()
	setLine(document, line("exchange.cas_mailboxes", "partial", "mailboxes", "mailboxes[].exchange"))
	document["mailboxes"].([]any)[0].(object)["exchange"].(object)["PopEnabled"] = true
	r := result(t, aPopulation, document)
	if r.Outcome != finding.Fail || len(r.Violations) != 1 || len(r.Unknowns) != 1 {
		t.Fatalf("%+v", r)
	}
	// What rests on one line of the ledger is one reason that names it all.
	if got := r.Unknowns[0].Args["evidence"]; got != "mailboxes[].exchange, mailboxes" {
		t.Errorf("the reason is about %v", got)
	}
}

// TestWhatMustBeWhole expects a violation that rests on something not being there
// to be unknown when it may be in what was not read, and others to stand.
func TestWhatMustBeWhole(t *testing.T) {
	control := edited(t, aControl, "needs: [exchange.organization_config]", "needs: [exchange.organization_config]\n#   optional: [okta.zones, okta.apps]")
	control = edited(t, control, `	"args": {"value": value},`, `	"args": {"value": value}, "whole": ["okta.apps", "okta.zones"],`)
	for _, test := range []struct {
		status  string // of okta.zones
		there   bool
		want    finding.Outcome
		reasons []string
	}{
		{"collected", true, finding.Fail, nil},
		{"partial", true, finding.Unknown, []string{"partial okta.zones okta.zones", "perhaps_there okta.zones okta.zones"}},
		{"denied", false, finding.Unknown, []string{"perhaps_there okta.zones okta.zones"}},
		{"collected", false, finding.Unknown, []string{"perhaps_there okta.zones"}},
	} {
		document := aSnapshot()
		document["exchange"].(object)["organization_config"].(object)["OAuth2ClientProfileEnabled"] = false
		document["okta"] = object{"apps": []any{}}
		if test.there {
			document["okta"].(object)["zones"] = []any{}
		}
		setLine(document, line("okta.apps", "collected", "okta.apps"))
		setLine(document, line("okta.zones", test.status, "okta.zones"))
		r := result(t, control, document)
		if r.Outcome != test.want {
			t.Errorf("%s: %s %s", test.status, r.Outcome, r.Error)
		}
		if diff := cmp.Diff(test.reasons, reasonKeys(r.Unknowns)); diff != "" {
			t.Errorf("%s: %s", test.status, diff)
		}
		if test.want == finding.Unknown {
			last := r.Unknowns[len(r.Unknowns)-1]
			if last.Resource == nil || last.Resource.Kind != "organization_config" || last.Pointer != "/exchange/organization_config/OAuth2ClientProfileEnabled" || last.Region == nil {
				t.Errorf("%s: the reason is about %+v at %s, %v", test.status, last.Resource, last.Pointer, last.Region)
			}
		}
	}
	// One that rests on nothing of the kind stands beside it.
	control += `
violations contains {
	"key": "off",
	"args": {"value": "seen"},
	"resource": {"kind": "zone"},
	"at": ["okta", "apps"],
	"whole": [],
} if true
`
	document := aSnapshot()
	document["exchange"].(object)["organization_config"].(object)["OAuth2ClientProfileEnabled"] = false
	document["okta"] = object{"apps": []any{}}
	if r := result(t, control, document); r.Outcome != finding.Fail || len(r.Violations) != 1 || r.Violations[0].Args["value"] != "seen" {
		t.Errorf("%+v", r)
	}
}

// TestWholeNamesDeclaredEvidence refuses what the ledger could not answer for.
func TestWholeNamesDeclaredEvidence(t *testing.T) {
	document := aSnapshot()
	document["exchange"].(object)["organization_config"].(object)["OAuth2ClientProfileEnabled"] = false
	for whole, problem := range map[string]string{
		`["okta.zones"]`:                 `"okta.zones" is not among the evidence that the control declares`,
		`"exchange.organization_config"`: "it is string, not a list of paths",
		`[1]`:                            "it is number, not a text",
	} {
		r := result(t, edited(t, aControl, `	"args": {"value": value},`, `	"args": {"value": value}, "whole": `+whole+`,`), document)
		if r.Outcome != finding.Error || !strings.Contains(r.Error, problem) {
			t.Errorf("%s: %s %s", whole, r.Outcome, r.Error)
		}
	}
	r := result(t, edited(t, aControl, `	"args": {"value": value},`, `	"args": {"value": value}, "whole": ["exchange.organization_config.Name"],`), document)
	if r.Outcome != finding.Fail {
		t.Errorf("a field of what is declared: %s %s", r.Outcome, r.Error)
	}
}

// TestReasonsSayWhatTheyAreAbout expects resources, places and members.
func TestReasonsSayWhatTheyAreAbout(t *testing.T) {
	document := aSnapshot()
	document["mailboxes"].([]any)[1].(object)["exchange"].(object)["PopEnabled"] = nil
	delete(document["mailboxes"].([]any)[0].(object), "domain")
	r := result(t, aPopulation, document)
	if len(r.Unknowns) != 1 || r.Unknowns[0].Pointer != "/mailboxes/1" || r.Unknowns[0].Region == nil {
		t.Fatalf("%+v", r)
	}
	if who := r.Unknowns[0].Members.First(9); len(who) != 1 || who[0].Name != "user2@example.com" {
		t.Errorf("the members are %+v", who)
	}
	control := aControl + `
notes contains {
	"key": "off",
	"args": {"value": 1},
	"resource": {"kind": "organization_config", "id": "x", "name": "Example"},
	"at": ["exchange", "organization_config", "Missing"],
} if true

notes contains {"key": "off", "args": {"value": 2}} if true
`
	r = result(t, control, aSnapshot())
	if len(r.Notes) != 2 {
		t.Fatalf("%+v", r)
	}
	if at := r.Notes[1]; at.Resource == nil || at.Resource.Name != "Example" || at.Pointer != "/exchange/organization_config" || at.Region == nil {
		t.Errorf("%+v", at)
	}
	if at := r.Notes[0]; at.Resource != nil || at.Pointer != "" || at.Region != nil || at.Members != nil {
		t.Errorf("%+v", at)
	}
}

// TestMembersWithoutEvidence expects a mailbox that lacks what the control needs
// neither to pass nor to fail.
func TestMembersWithoutEvidence(t *testing.T) {
	control := edited(t, aPopulation, `# needs: ["mailboxes[].exchange"]`[2:], `needs: ["mailboxes[].exchange", "mailboxes[].entra.groups", "mailboxes[].domain"]`)
	document := aSnapshot()
	mailboxes := document["mailboxes"].([]any)
	mailboxes[0].(object)["exchange"].(object)["PopEnabled"] = true
	delete(mailboxes[0].(object), "entra")
	delete(mailboxes[0].(object), "domain")
	r := result(t, control, document)
	if r.Outcome != finding.Unknown || len(r.Violations) != 0 {
		t.Fatalf("%+v", r)
	}
	want := finding.Reason{Key: "members_without_evidence", Evidence: "mailboxes[].entra", Count: 1, Args: finding.Args{"evidence": "mailboxes[].entra"}}
	want.Pointer = "/mailboxes/0"
	got := r.Unknowns[0]
	if who := got.Members.First(9); len(who) != 1 || who[0].Pointer != want.Pointer {
		t.Errorf("the members are %+v", who)
	}
	want.Members, want.Region = got.Members, got.Region
	if diff := cmp.Diff([]finding.Reason{want}, r.Unknowns, cmp.Comparer(func(a, b *finding.Members) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	mailboxes[1].(object)["exchange"].(object)["PopEnabled"] = true
	if r := result(t, control, document); r.Outcome != finding.Fail || r.Violations[0].Members.Len() != 1 {
		t.Errorf("%+v", r)
	}
	// What nobody has, though the ledger says that it was collected.
	delete(mailboxes[1].(object), "entra")
	if r := result(t, control, document); r.Outcome != finding.Unknown || r.Unknowns[0].Count != 2 {
		t.Errorf("%+v", r)
	}
}

// TestSystemMailboxesNeedNoUser expects no gap for a mailbox that is Exchange's
// own, and one for a user's that looks the same to the control.
func TestSystemMailboxesNeedNoUser(t *testing.T) {
	control := edited(t, aPopulation, `needs: ["mailboxes[].exchange"]`, `needs: ["mailboxes[].domain", "mailboxes[].entra.groups", "mailboxes[].exchange"]`)
	control = control[:strings.Index(control, "violations contains")] + `violations contains {"key": "on", "args": {"kind": "any"}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	not mailbox.entra.groups
}

notes contains {"key": "emergency", "args": {}, "mailbox": i} if some i, _ in input.mailboxes

unknown contains {"key": "undecided", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailbox.entra.accountEnabled == null
}

not_applicable contains {"key": "none", "args": {}} if count(input.mailboxes) == 0
`
	judge := load(t, engine.Options{Policies: policies(populationFile, control)})
	for kind, wanting := range map[string]int{"DiscoveryMailbox": 0, "SystemMailbox": 0, "UserMailbox": 1, "NewKindOfMailbox": 1} {
		for name, e := range map[string]*engine.Engine{"alike": judge, "every mailbox": judge.EveryMailbox()} {
			document := aSnapshot()
			mailboxes := append(document["mailboxes"].([]any), aMailbox(3, object{"PopEnabled": false, "RecipientTypeDetails": kind}))
			mailboxes[0].(object)["entra"] = object{"groups": []any{}, "accountEnabled": true}
			mailboxes[1].(object)["exchange"].(object)["RecipientTypeDetails"] = "ArbitrationMailbox"
			delete(mailboxes[1].(object), "entra")
			delete(mailboxes[2].(object), "entra")
			document["mailboxes"] = mailboxes
			r := check(t, e, input(t, document)).Results[0]
			counts := 0
			for _, reason := range r.Unknowns {
				counts += reason.Count
			}
			if want := map[int]finding.Outcome{0: finding.Pass, 1: finding.Unknown}[wanting]; r.Outcome != want || counts != wanting {
				t.Errorf("%s, %s: %s, %+v", kind, name, r.Outcome, r.Unknowns)
			}
		}
	}
}

func TestNoMailboxes(t *testing.T) {
	document := aSnapshot()
	document["mailboxes"] = []any{}
	if r := result(t, aPopulation, document); r.Outcome != finding.NotApplicable || r.NotApplicable[0].Key != "none" {
		t.Errorf("an empty list: %+v", r)
	}
	delete(document, "mailboxes")
	if r := result(t, aPopulation, document); r.Outcome != finding.Unknown || r.Unknowns[0].Key != "not_collected" {
		t.Errorf("no list: %+v", r)
	}
}

// TestUnknownEntriesCarryTheLedger expects the reason of the evidence that an
// entry names.
func TestUnknownEntriesCarryTheLedger(t *testing.T) {
	control := edited(t, aControl, "#     off: The setting is {value}.\n", "#     off: The setting is {value}.\n#     open: 'Whether zones matter is open: {message}'\n")
	control = edited(t, control, "needs: [exchange.organization_config]", "needs: [exchange.organization_config]\n#   optional: [okta.zones]")
	control += "\nunknown contains {\"key\": \"open\", \"args\": {}, \"evidence\": \"okta.zones\"} if not input.okta.zones\n"
	document := aSnapshot()
	for _, test := range []struct{ status, message string }{
		{"", "the snapshot does not have it."}, {"denied", "no reason was given."},
	} {
		if test.status != "" {
			setLine(document, line("okta.zones", test.status, "okta.zones"))
		}
		r := result(t, control, document)
		if r.Outcome != finding.Unknown || len(r.Unknowns) != 1 {
			t.Fatalf("%+v", r)
		}
		got := r.Unknowns[0]
		if got.Key != "open" || got.Evidence != "okta.zones" || got.Args["message"] != test.message || (got.Source == "okta.zones") != (test.status != "") {
			t.Errorf("%+v", got)
		}
	}
}

// TestIdentityIsNotJudged puts names into every field that the schema marks and
// lets a control look at all that it can see of a mailbox and of a row.
func TestIdentityIsNotJudged(t *testing.T) {
	control := `# METADATA
# title: Anything
# description: Because.
# custom:
#   id: TEST-003
#   severity: low
#   step: C
#   needs: ["mailboxes[].exchange", evidence.sign_ins, evidence.okta_requests]
#   messages:
#     seen: '{seen}'
#   remediation:
#     text: None.
package controls.testing.anything

violations contains {"key": "seen", "args": {"seen": seen}, "resource": {"kind": "x"}, "at": ["evidence"]} if {
	seen := json.marshal([input.evidence.sign_ins, input.evidence.okta_requests, [m.exchange | some m in input.mailboxes]])
}
`
	control = strings.Replace(control, "'{seen}'", "'{seen}.'", 1)
	document := aSnapshot()
	document["evidence"] = object{
		"sign_ins":      []any{object{"user_principal_name": "secret@example.com", "user_id": "secret", "client_app": "IMAP4", "interactive": false, "succeeded": 1, "failed": 0}},
		"okta_requests": []any{object{"user_name": "secret@example.com", "user_id": "secret", "user_agent": "CBAInPROD", "succeeded": 1, "failed": 0}},
	}
	setLine(document, line("entra.sign_ins", "collected", "evidence.sign_ins"))
	setLine(document, line("okta.requests", "collected", "evidence.okta_requests"))
	r := result(t, control, document)
	if r.Outcome != finding.Fail {
		t.Fatalf("%+v", r)
	}
	seen := r.Violations[0].Args["seen"].(string)
	if strings.Contains(seen, "secret") || !strings.Contains(seen, "IMAP4") || !strings.Contains(seen, "CBAInPROD") || !strings.Contains(seen, "PopEnabled") {
		t.Errorf("the control sees %s", seen)
	}
}

func TestRowsOfEvidenceAreMembers(t *testing.T) {
	control := `# METADATA
# title: Nobody signs in
# description: Because.
# custom:
#   id: EVID-900
#   severity: low
#   step: evidence
#   needs: [evidence.sign_ins, evidence.okta_requests]
#   messages:
#     signed_in: '{members} by {app}.'
#     asked: '{members}.'
#   remediation:
#     text: None.
package controls.evidence.nobody

violations contains {"key": "signed_in", "args": {"app": row.client_app}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.succeeded > 0
}

violations contains {"key": "asked", "args": {}, "okta_request": i} if {
	some i, row in input.evidence.okta_requests
	row.succeeded > 0
}
`
	document := aSnapshot()
	row := func(name string, succeeded int) object {
		return object{"user_principal_name": name, "user_id": "id-" + name, "client_app": "IMAP4", "interactive": false, "succeeded": succeeded, "failed": 0}
	}
	document["evidence"] = object{
		"sign_ins":      []any{row("a", 1), row("b", 0), row("c", 2)},
		"okta_requests": []any{object{"user_name": "d", "user_id": "id-d", "user_agent": "x", "succeeded": 1, "failed": 0}},
	}
	setLine(document, line("entra.sign_ins", "collected", "evidence.sign_ins"))
	setLine(document, line("okta.requests", "collected", "evidence.okta_requests"))
	r := result(t, control, document)
	if r.Outcome != finding.Fail || len(r.Violations) != 2 {
		t.Fatalf("%+v", r)
	}
	asked, signedIn := r.Violations[0], r.Violations[1]
	got := append(asked.Members.First(9), signedIn.Members.First(9)...)
	want := []finding.Member{
		{ID: "id-d", Name: "d", Pointer: "/evidence/okta_requests/0"},
		{ID: "id-a", Name: "a", Pointer: "/evidence/sign_ins/0"},
		{ID: "id-c", Name: "c", Pointer: "/evidence/sign_ins/2"},
	}
	for i := range got {
		if got[i].Line == 0 {
			t.Errorf("member %d has no line", i)
		}
		got[i].Line = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(signedIn.Snippet, "id-a") || !strings.Contains(signedIn.Snippet, "IMAP4") {
		t.Errorf("the snippet is %s", signedIn.Snippet)
	}
}

// TestBreakGlassAccountsAreCompleted expects what the configuration leaves out of
// an account to come from its mailbox, and nothing to come from anywhere else.
func TestBreakGlassAccountsAreCompleted(t *testing.T) {
	control := edited(t, aControl, `value := input.exchange.organization_config.OAuth2ClientProfileEnabled
	value != true`, `value := json.marshal(input.config.break_glass)
	input.exchange.organization_config.OAuth2ClientProfileEnabled == true`)
	judge := load(t, engine.Options{Policies: policies(controlFile, control)})
	document := aSnapshot()
	box := func(i int, field string) string { return document["mailboxes"].([]any)[i].(object)[field].(string) }
	in := input(t, document)
	in.Declarations.BreakGlass = []engine.Account{
		{ID: strings.ToUpper(box(1, "id"))}, {UserPrincipalName: strings.ToUpper(box(0, "user_principal_name"))},
		{ID: "elsewhere"}, {ID: "both", UserPrincipalName: box(0, "user_principal_name")},
	}
	declared := fmt.Sprint(in.Declarations.BreakGlass)
	var got []engine.Account
	if err := json.Unmarshal([]byte(check(t, judge, in).Results[0].Violations[0].Args["value"].(string)), &got); err != nil {
		t.Fatal(err)
	}
	want := []engine.Account{
		{ID: strings.ToUpper(box(1, "id")), UserPrincipalName: box(1, "user_principal_name")},
		{ID: box(0, "id"), UserPrincipalName: strings.ToUpper(box(0, "user_principal_name"))},
		{ID: "elsewhere"},
		{ID: "both", UserPrincipalName: box(0, "user_principal_name")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if now := fmt.Sprint(in.Declarations.BreakGlass); now != declared {
		t.Errorf("what was handed over became %s", now)
	}
}

func TestBreakGlassIsDeclaredByTheConfigurationAlone(t *testing.T) {
	document := aSnapshot()
	box := document["mailboxes"].([]any)[0].(object)
	judge := load(t, engine.Options{Policies: policies(populationFile, aPopulation)})
	for _, account := range []engine.Account{
		{ID: strings.ToUpper(box["id"].(string))},
		{UserPrincipalName: strings.ToUpper(box["user_principal_name"].(string))},
	} {
		in := input(t, document)
		in.Declarations.BreakGlass = []engine.Account{account, {ID: "someone else"}}
		r := check(t, judge, in).Results[0]
		if len(r.Notes) != 1 || r.Notes[0].Count != 1 {
			t.Errorf("%+v: %+v", account, r)
		}
	}
	// A name that has passed to somebody else declares nobody.
	renamed := input(t, document)
	renamed.Declarations.BreakGlass = []engine.Account{{ID: "someone else", UserPrincipalName: box["user_principal_name"].(string)}}
	if r := check(t, judge, renamed).Results[0]; len(r.Notes) != 0 {
		t.Errorf("%+v", r.Notes)
	}
	// A snapshot that declares something itself is not believed.
	box["declared"] = []string{"break_glass"}
	in := input(t, document)
	if r := check(t, judge, in).Results[0]; len(r.Notes) != 0 {
		t.Errorf("%+v", r.Notes)
	}
}
