package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

func TestPassAndFail(t *testing.T) {
	good := aSnapshot()
	if r := result(t, aControl, good); r.Outcome != finding.Pass || r.Violations != nil || r.Unknowns != nil {
		t.Errorf("the good document: %+v", r)
	}
	bad := aSnapshot()
	bad["exchange"].(object)["organization_config"].(object)["OAuth2ClientProfileEnabled"] = false
	r := result(t, aControl, bad)
	if r.Outcome != finding.Fail || len(r.Violations) != 1 {
		t.Fatalf("the bad document: %+v", r)
	}
	v := r.Violations[0]
	want := finding.Violation{
		Key: "off", Args: finding.Args{"value": false},
		Resource:    finding.Resource{Kind: "organization_config"},
		Pointer:     "/exchange/organization_config/OAuth2ClientProfileEnabled",
		Snippet:     `"OAuth2ClientProfileEnabled": false`,
		Fingerprint: v.Fingerprint, Region: v.Region,
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
	if v.Region == nil || v.Region.StartLine != v.Region.EndLine || v.Region.EndColumn-v.Region.StartColumn != len(v.Snippet) {
		t.Errorf("the region is %+v", v.Region)
	}
}

// TestMissingFieldIsShownByItsObject expects the nearest place that is there.
func TestMissingFieldIsShownByItsObject(t *testing.T) {
	control := edited(t, aControl, "value := input.exchange.organization_config.OAuth2ClientProfileEnabled\n\tvalue != true",
		"value := \"not set\"\n\tnot input.exchange.organization_config.OAuth2ClientProfileEnabled")
	document := aSnapshot()
	document["exchange"].(object)["organization_config"] = object{"Name": "example", "WhenChanged": "2026-01-01T00:00:00Z", "EwsAllowList": []string{"x"}}
	r := result(t, control, document)
	if r.Outcome != finding.Fail {
		t.Fatalf("%+v", r)
	}
	v := r.Violations[0]
	if v.Pointer != "/exchange/organization_config" || v.Snippet != `{"Name": "example", "WhenChanged": "2026-01-01T00:00:00Z"}` || v.Region == nil {
		t.Errorf("it is shown by %s %s", v.Pointer, v.Snippet)
	}
}

func TestMembersAreGroupedByCause(t *testing.T) {
	document := aSnapshot()
	document["mailboxes"] = []any{
		aMailbox(1, object{"PopEnabled": true, "RecipientTypeDetails": "UserMailbox"}),
		aMailbox(2, object{"PopEnabled": false, "RecipientTypeDetails": "UserMailbox"}),
		aMailbox(3, object{"PopEnabled": true, "RecipientTypeDetails": "SharedMailbox"}),
		aMailbox(4, object{"PopEnabled": true, "RecipientTypeDetails": "UserMailbox"}),
		aMailbox(5, object{"PopEnabled": nil}),
	}
	r := result(t, aPopulation, document)
	if r.Outcome != finding.Fail || len(r.Violations) != 2 {
		t.Fatalf("%+v", r)
	}
	shared, users := r.Violations[0], r.Violations[1]
	if shared.Args["kind"] != "SharedMailbox" || shared.Members.Len() != 1 || users.Args["kind"] != "UserMailbox" || users.Members.Len() != 2 {
		t.Errorf("the causes are %+v and %+v", shared, users)
	}
	if users.Resource != (finding.Resource{Kind: "mailbox"}) || users.Pointer != "/mailboxes/0" || users.Members.Population() != "mailbox" {
		t.Errorf("the cause is %+v", users)
	}
	members := users.Members.First(9)
	for i, n := range []int{1, 4} {
		m := members[i]
		box := aMailbox(n, nil)
		if m.ID != box["id"] || m.Name != box["user_principal_name"] || m.DisplayName != box["display_name"] || m.Line == 0 {
			t.Errorf("member %d is %+v", i, m)
		}
	}
	if members[0].Pointer != "/mailboxes/0" || members[1].Pointer != "/mailboxes/3" || members[0].Line != users.Region.StartLine {
		t.Errorf("the members are %+v, the region is %+v", members, users.Region)
	}
	if again := users.Members.First(9); !cmp.Equal(again, members) {
		t.Errorf("walked again, the members are %+v", again)
	}
	if len(r.Unknowns) != 1 || r.Unknowns[0].Key != "undecided" || r.Unknowns[0].Count != 1 {
		t.Errorf("the unknowns are %+v", r.Unknowns)
	}
	for _, v := range r.Violations {
		if strings.Contains(v.Snippet, "@") || strings.Contains(v.Snippet, "0000") || !strings.Contains(v.Snippet, `"PopEnabled": true`) {
			t.Errorf("the snippet is %s", v.Snippet)
		}
	}
}

// TestOutcomesHaveAnOrder expects error before fail before unknown before not
// applicable before pass.
func TestOutcomesHaveAnOrder(t *testing.T) {
	rules := map[string]string{
		"violations":     `violations contains {"key": "bad", "args": {}, "resource": {"kind": "x"}, "at": ["exchange"]} if %`,
		"unknown":        `unknown contains {"key": "bad", "args": {}} if %`,
		"not_applicable": `not_applicable contains {"key": "bad", "args": {}} if %`,
		"notes":          `notes contains {"key": "bad", "args": {}} if %`,
	}
	tests := []struct {
		on   []string
		want finding.Outcome
	}{
		{nil, finding.Pass},
		{[]string{"notes"}, finding.Pass},
		{[]string{"not_applicable"}, finding.NotApplicable},
		{[]string{"not_applicable", "notes"}, finding.NotApplicable},
		{[]string{"not_applicable", "unknown"}, finding.Unknown},
		{[]string{"violations", "not_applicable", "unknown", "notes"}, finding.Fail},
	}
	for _, test := range tests {
		head, _, _ := strings.Cut(aControl, "violations contains")
		control := edited(t, head, "off: The setting is {value}.", "bad: Bad.")
		for _, name := range []string{"violations", "unknown", "not_applicable", "notes"} {
			condition := "false"
			for _, on := range test.on {
				if on == name {
					condition = "true"
				}
			}
			control += strings.Replace(rules[name], "%", "input.exchange\n\t"+condition+"\n}\n\n", 1)
			control = strings.Replace(control, "if input.exchange\n", "if {\n\tinput.exchange\n", 1)
		}
		r := result(t, control, aSnapshot())
		if r.Outcome != test.want {
			t.Errorf("%v: %+v", test.on, r)
		}
		for _, on := range test.on {
			n := map[string]int{"violations": len(r.Violations), "unknown": len(r.Unknowns), "not_applicable": len(r.NotApplicable), "notes": len(r.Notes)}[on]
			if n != 1 {
				t.Errorf("%v: %d %s", test.on, n, on)
			}
		}
	}
}

// TestBrokenControlDisturbsNoOther runs a sound control beside one that breaks.
func TestBrokenControlDisturbsNoOther(t *testing.T) {
	tests := []struct {
		name, rule, want string
	}{
		{"division by zero", "value := 1 / count(input.exchange.organization_config.EwsAllowList)", "a.rego:20: div: divide by zero"},
		{"wrong operand", "value := to_number(input.exchange.organization_config.Name)", "a.rego:20: to_number"},
		{"conflict", "value := _two\n}\n\n_two := 1 if input.exchange\n\n_two := 2 if {\n\tinput.exchange", "a.rego:25: rule data.controls.testing.setting_is_on._two produced conflicting values: 1 at a.rego:23 2 at a.rego:25"},
		{"bad pattern", `value := regex.match("(", input.exchange.organization_config.Name)`, "a.rego:20: regex.match"},
		{"endless", "value := count([1 |\n\t\tsome a in numbers.range(1, 5000)\n\t\tsome b in numbers.range(1, 5000)\n\t\tsome c in numbers.range(1, 5000)\n\t\ta + b + c == -1\n\t])", "did not finish within 200ms"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			control := edited(t, aControl, "value := input.exchange.organization_config.OAuth2ClientProfileEnabled\n\tvalue != true", test.rule)
			control = edited(t, control, "_entry(value) := {", "# a line\n_entry(value) := {")
			control = edited(t, control, "needs: [exchange.organization_config]", "needs: [exchange.organization_config, exchange.transport_config]")
			control = edited(t, control, "# custom:", "# custom: # with a remark")
			document := aSnapshot()
			document["exchange"].(object)["organization_config"] = object{"Name": "example", "EwsAllowList": []string{}}
			document["exchange"].(object)["transport_config"] = object{"Name": "x"}
			setLine(document, line("exchange.transport_config", "collected", "exchange.transport_config"))
			judge := load(t, engine.Options{Policies: policies("a.rego", "# shifts the lines\n"+control, populationFile, aPopulation), Timeout: 200 * time.Millisecond})
			report := check(t, judge, input(t, document))
			broken, sound := report.Results[0], report.Results[1]
			if broken.Outcome != finding.Error || !strings.Contains(broken.Error, test.want) {
				t.Errorf("the broken one: %s %s", broken.Outcome, broken.Error)
			}
			if sound.Outcome != finding.Pass {
				t.Errorf("the sound one: %+v", sound)
			}
		})
	}
}

// anEntry is a control whose rules are still to come.
const anEntry = `# METADATA
# title: Anything
# description: Because.
# custom:
#   id: TEST-003
#   severity: low
#   step: C
#   needs: ["mailboxes[].exchange"]
#   messages:
#     on: It is on for {members} of kind {kind}.
#   remediation:
#     text: Turn it off.
package controls.testing.anything

_on := "on"

`

// TestEntriesAreReadStrictly lets a control say what it must not: its outcome is
// error, and says which field is wrong.
func TestEntriesAreReadStrictly(t *testing.T) {
	tests := []struct {
		name, rule, entry string
		want              string
	}{
		{"no object", "violations", `"off"`, "it is string, not an object"},
		{"no key", "violations", `{"args": {}, "mailbox": 0}`, "key is missing"},
		{"no args", "violations", `{"key": "on", "mailbox": 0}`, `"on" has no args`},
		{"args of another type", "violations", `{"key": "on", "args": [], "mailbox": 0}`, "args: it is array"},
		{"null argument", "violations", `{"key": "on", "args": {"kind": null}, "mailbox": 0}`, "args: kind: null is no text"},
		{"object as an argument", "violations", `{"key": "on", "args": {"kind": {}}, "mailbox": 0}`, "args: kind: object is no text"},
		{"list of lists", "violations", `{"key": "on", "args": {"kind": [[1]]}, "mailbox": 0}`, "a list holds another list"},
		{"argument that is missing", "violations", `{"key": "on", "args": {}, "mailbox": 0}`, "names {kind}, which the entry does not give"},
		{"unknown message", "violations", `{"key": concat("", ["o", "f", "f"]), "args": {}, "mailbox": 0}`, `there is no message "off"`},
		{"reason of every control as a violation", "violations", `{"key": concat("", ["den", "ied"]), "args": {}, "mailbox": 0}`, `there is no message "denied"`},
		{"unknown field", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": 0, "severity": "low"}`, `unknown field "severity"`},
		{"evidence of a violation", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": 0, "evidence": "okta.apps"}`, `unknown field "evidence"`},
		{"no subject", "violations", `{"key": "on", "args": {"kind": 1}}`, "neither which resource"},
		{"resource without place", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x"}}`, "neither which resource"},
		{"two subjects", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": 0, "resource": {"kind": "x"}, "at": ["okta"]}`, "about a resource and about a member"},
		{"two populations", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": 0, "sign_in": 0}`, "members of two populations"},
		{"index outside", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": 2}`, "mailbox: 2 is no index of one of 2"},
		{"negative index", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": -1}`, "is no index"},
		{"broken index", "violations", `{"key": "on", "args": {"kind": 1}, "mailbox": 0.5}`, "is no index"},
		{"index of what is not there", "violations", `{"key": "on", "args": {"kind": 1}, "sign_in": 0}`, "sign_in: 0 is no index of one of 0"},
		{"resource without kind", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"id": "x"}, "at": ["okta"]}`, "resource: kind is missing"},
		{"unknown field of a resource", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x", "upn": "y"}, "at": ["okta"]}`, `resource: unknown field "upn"`},
		{"number for an id", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x", "id": 1}, "at": ["okta"]}`, "id is number, not a text"},
		{"place that is no list", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x"}, "at": "okta"}`, "at: it is string"},
		{"place in a mailbox", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x"}, "at": ["mailboxes", 0]}`, `at: "mailboxes" is no part`},
		{"place outside the evidence", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x"}, "at": ["config"]}`, `at: "config" is no part`},
		{"place with an object in it", "violations", `{"key": "on", "args": {"kind": 1}, "resource": {"kind": "x"}, "at": ["okta", {}]}`, "neither a name nor an index"},
		{"argument that is missing in an unknown", "unknown", `{"key": "on", "args": {}}`, "an entry of unknown is wrong"},
		{"members of nobody", "notes", `{"key": "on", "args": {"kind": 1}}`, "names {members}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			control := anEntry + test.rule + " contains _entry if count(input.mailboxes) > 0\n\n_entry := " + test.entry + "\n"
			if test.rule != "violations" {
				control += "\nviolations contains {\"key\": \"on\", \"args\": {\"kind\": 1}, \"mailbox\": 0} if count(input.mailboxes) > 99\n"
			}
			r := result(t, control, aSnapshot())
			if r.Outcome != finding.Error || !strings.Contains(r.Error, test.want) {
				t.Errorf("%s %s", r.Outcome, r.Error)
			}
		})
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl)})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := judge.Check(ctx, input(t, aSnapshot())); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// TestCheckEndsInTheMiddle ends a context while a control runs: that is the end
// of the check, not an error of the control.
func TestCheckEndsInTheMiddle(t *testing.T) {
	control := edited(t, aControl, "value := input.exchange.organization_config.OAuth2ClientProfileEnabled",
		"value := count([1 |\n\t\tsome a in numbers.range(1, 5000)\n\t\tsome b in numbers.range(1, 5000)\n\t\ta + b == -1\n\t])")
	control = edited(t, control, "value != true", "value != input.exchange.organization_config.Name")
	judge := load(t, engine.Options{Policies: policies(controlFile, control)})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if report, err := judge.Check(ctx, input(t, aSnapshot())); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v, the report %+v", err, report)
	}
}

func TestCheckNeedsASoundInput(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl)})
	if _, err := judge.Check(context.Background(), engine.Input{Declarations: engine.DefaultDeclarations()}); err == nil {
		t.Error("checked no snapshot")
	}
	in := input(t, aSnapshot())
	in.Declarations.AccessTokenHours = -1
	if _, err := judge.Check(context.Background(), in); err == nil || !strings.Contains(err.Error(), "access_token_hours") {
		t.Errorf("the error is %v", err)
	}
	in = input(t, aSnapshot())
	in.Read = func(func(*snapshot.Record) error) (*snapshot.Document, error) {
		return nil, &snapshot.Error{File: "x.json", Line: 3}
	}
	_, err := judge.Check(context.Background(), in)
	var bad *snapshot.Error
	if !errors.As(err, &bad) || bad.Line != 3 {
		t.Errorf("the error is %v", err)
	}
	in = input(t, aSnapshot())
	in.FailOn = "grave"
	if _, err := judge.Check(context.Background(), in); err == nil {
		t.Error("took an unknown severity")
	}
}

func TestReportSaysWhatWasJudged(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl, populationFile, aPopulation)})
	report := check(t, judge, input(t, aSnapshot()))
	if report.Version != finding.Version || report.Tool.Version != "test" || report.FailOn != "low" || report.Tenant.Name != "Example" {
		t.Errorf("the report is %+v", report)
	}
	s := report.Snapshot
	if s.URI != "snapshot.json" || len(s.SHA256) != 64 || s.CollectedAt != "2026-11-01T08:00:00Z" || s.Source != "test" || s.Mailboxes != 2 {
		t.Errorf("the snapshot is %+v", s)
	}
	if len(report.Ledger) != 4 || report.Ledger[0].Name != "exchange.organization_config" || report.Ledger[0].Permission != "Read.exchange.organization_config" {
		t.Errorf("the ledger is %+v", report.Ledger)
	}
	for i := range report.Controls {
		if report.Controls[i].ID != report.Results[i].Control {
			t.Errorf("result %d is of %s", i, report.Results[i].Control)
		}
	}
	without := aSnapshot()
	delete(without, "mailboxes")
	if n := check(t, judge, input(t, without)).Snapshot.Mailboxes; n != -1 {
		t.Errorf("a document without the list has %d mailboxes", n)
	}
}

// TestEngineJudgesSeveralAtOnce is for the race detector.
func TestEngineJudgesSeveralAtOnce(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl, populationFile, aPopulation)})
	done := make(chan []byte)
	for range 4 {
		go func() {
			report, err := judge.Check(context.Background(), input(t, aSnapshot()))
			if err != nil {
				t.Error(err)
			}
			text, _ := json.Marshal(report.Results)
			done <- text
		}()
	}
	first := <-done
	for range 3 {
		if next := <-done; string(next) != string(first) {
			t.Errorf("%s\n%s", first, next)
		}
	}
}

// TestSnippetOfAnObjectOfObjects: what holds nothing plain is not shown as empty.
func TestSnippetOfAnObjectOfObjects(t *testing.T) {
	document := aSnapshot()
	document["exchange"].(object)["organization_config"] = object{"Name": "example"}
	for at, want := range map[string]string{
		`["exchange"]`:                        `"exchange": {1 field}`,
		`["exchange", "organization_config"]`: `{"Name": "example"}`,
	} {
		control := edited(t, showMoments, `"at": ["exchange"]`, `"at": `+at)
		if r := result(t, control, document); len(r.Violations) != 1 || !strings.HasPrefix(r.Violations[0].Snippet, want) {
			t.Errorf("%s: %+v", at, r.Violations)
		}
	}
}
