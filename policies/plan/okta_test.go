package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/plan"
)

const rules = `{"apps":[{"label":"Mail","_links":{"accessPolicy":{"href":"https://example.okta.com/api/v1/policies/pol1"}}}],
"threat_insight":{"action":"audit","excludeZones":["z1"]},
"access_policy_rules":{"pol1":[
{"id":"r0","name":"Office","priority":0,"status":"ACTIVE","system":false,"_links":{},"conditions":{"network":{"connection":"ANYWHERE"}},"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"ASSURANCE","factorMode":"1FA","reauthenticateIn":"PT43800H","constraints":[{"knowledge":{"reauthenticateIn":"PT99H"}}]}}}},
{"id":"r1","name":"Deny","priority":1,"status":"ACTIVE","system":false,"conditions":{"network":{"connection":"ANYWHERE"},"people":{"users":{"exclude":[]}},"riskScore":{"level":"ANY"},"office365Client":{"include":["ACTIVE_SYNC"]}},"actions":{"appSignOn":{"access":"DENY"}}},
{"id":"r9","name":"Catch-all Rule","priority":99,"status":"ACTIVE","system":true,"conditions":null,"actions":{"appSignOn":{"access":"ALLOW"}}}]}}`

func at(key string, index int) finding.Violation {
	return finding.Violation{Key: key, Pointer: fmt.Sprintf("/okta/access_policy_rules/pol1/%d", index), Args: finding.Args{"limit": float64(12)}}
}

func TestOktaMovesTheDenyRule(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	w.fails("SIGNON-002", "E", at("above_deny", 0))
	p := w.make(t)
	a := p.Action("deny_legacy_pol1")
	if a == nil || len(a.Requests) != 1 {
		t.Fatalf("%v", names(p))
	}
	r := a.Requests[0]
	if r.Method != "PUT" || r.URL != "https://example.okta.com/api/v1/policies/pol1/rules/r1" {
		t.Errorf("%s %s", r.Method, r.URL)
	}
	if priority(t, r.Body) != "0" || priority(t, r.Undo[0].Body) != "1" || strings.Contains(string(r.Body), "_links") || strings.Contains(string(r.Body), `"id"`) {
		t.Errorf("%s, back %s", r.Body, r.Undo[0].Body)
	}
}

func priority(t *testing.T, body jsontext.Value) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(body), `"priority":`)
	if !ok {
		t.Fatalf("no priority in %s", body)
	}
	return rest[:strings.IndexAny(rest, ",}")]
}

func TestOktaCreatesADenyRule(t *testing.T) {
	w := newWorld()
	for name, change := range map[string][2]string{
		"limited by network": {`"conditions":{"network":{"connection":"ANYWHERE"},"people":{"users":{"exclude":[]}}`, `"conditions":{"network":{"connection":"ZONE"},"people":{"users":{"exclude":[]}}`},
		"leaves people out":  {`"users":{"exclude":[]}`, `"users":{"exclude":["u"]}`},
		"inactive":           {`"name":"Deny","priority":1,"status":"ACTIVE"`, `"name":"Deny","priority":1,"status":"INACTIVE"`},
		"unknown condition":  {`"riskScore":{"level":"ANY"}`, `"moon":{"phase":"FULL"}`},
	} {
		w.sections["okta"] = strings.Replace(rules, change[0], change[1], 1)
		if w.sections["okta"] == rules {
			t.Fatalf("%s changes nothing", name)
		}
		w.controls, w.results = nil, nil
		w.fails("SIGNON-001", "E", at("admits", 0))
		a := w.make(t).Action("deny_legacy_pol1")
		if r := a.Requests[0]; r.Method != "POST" || priority(t, r.Body) != "0" || !strings.Contains(string(r.Body), `"access":"DENY"`) || len(r.Undo) != 2 {
			t.Errorf("%s: %s %s", name, r.Method, r.Body)
		}
	}
}

// exception is a rule for legacy clients of one group, at a place in the order.
const exception = `{"id":"rx","name":"Jira","priority":1,"status":"ACTIVE","system":false,"conditions":{"network":{"connection":"ZONE","include":["z"]},"people":{"groups":{"include":["g"]}},"office365Client":{"include":["ACTIVE_SYNC"]}},"actions":{"appSignOn":{"access":"ALLOW"}}},`

func TestOktaKeepsConfinedExceptionsAboveTheDenyRule(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = strings.Replace(rules, `{"id":"r1"`, exception+`{"id":"r1"`, 1)
	w.fails("SIGNON-002", "E", at("above_deny", 0))
	got := w.make(t).Action("deny_legacy_pol1").Requests
	want := [][]string{{"Move rule 'Jira'", "0"}, {"Move rule 'Deny'", "1"}}
	if diff := cmp.Diff(want, [][]string{{got[0].Title, priority(t, got[0].Body)}, {got[1].Title, priority(t, got[1].Body)}}); diff != "" {
		t.Error(diff)
	}
	// A loose one is not kept.
	w.fails("SIGNON-004", "E", at("loose", 1))
	got = w.make(t).Action("deny_legacy_pol1").Requests
	if len(got) != 1 || priority(t, got[0].Body) != "0" {
		t.Errorf("%+v", got)
	}
	if w.make(t).Action("loose_rx") == nil {
		t.Error("the loose exception is left")
	}
	// Neither is one that the rule already stands above: it lets nobody in today.
	w.controls, w.results = nil, nil
	w.sections["okta"] = strings.Replace(rules, `{"id":"r9"`, exception+`{"id":"r9"`, 1)
	w.fails("SIGNON-002", "E", at("above_deny", 0))
	if got := w.make(t).Action("deny_legacy_pol1").Requests; len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestOktaAsksAfterDevices(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	w.mailbox("a", "")
	w.requests = `{"user_name":"a@example.com","user_agent":"Windows-AzureAD-Authentication-Provider/1.0","succeeded":1,"failed":0}`
	w.fails("SIGNON-002", "E", at("above_deny", 0))
	p := w.make(t)
	if !slices.ContainsFunc(p.FindOut, func(q plan.Question) bool { return q.Title == "How devices are registered" }) {
		t.Errorf("%+v", p.FindOut)
	}
}

func TestOktaSetsAccountsInUseApart(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	w.mailbox("in-use", "")
	w.uses("in-use", "POP3")
	w.fails("SIGNON-001", "E", at("admits", 0))
	w.fails("SIGNON-003", "E", at("one_factor", 0))
	p := w.make(t)
	want := []string{"E okta_exception_pol1", "E deny_legacy_pol1", "E rule_r0", "F revoke"}
	if diff := cmp.Diff(want, names(p)); diff != "" {
		t.Fatal(diff)
	}
	exception := p.Action("okta_exception_pol1").Requests
	if last := exception[len(exception)-1]; priority(t, last.Body) != "0" || !strings.Contains(string(last.Body), "{zoneId}") || last.Fill["zoneId"] == "" {
		t.Errorf("%s", last.Body)
	}
	if got := exception[1]; got.Fill["userId"] != "the Okta id of in-use@example.com" {
		t.Errorf("%+v", got)
	}
	if got := priority(t, p.Action("deny_legacy_pol1").Requests[0].Body); got != "1" {
		t.Errorf("the deny rule gets priority %s", got)
	}
	// Two rules stand above it by then.
	if got := priority(t, p.Action("rule_r0").Requests[0].Body); got != "2" {
		t.Errorf("the rule gets priority %s", got)
	}
	asked := slices.ContainsFunc(p.FindOut, func(q plan.Question) bool { return strings.Contains(q.Title, "addresses") })
	if !asked {
		t.Errorf("nobody is asked for the addresses: %+v", p.FindOut)
	}
}

func TestOktaChangesARuleOnceForAllControls(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	w.fails("SIGNON-003", "E", at("one_factor", 0))
	w.fails("SIGNON-005", "E", at("any_client", 0))
	w.fails("SIGNON-005", "E", at("catch_all", 2))
	w.fails("SIGNON-007", "E", at("too_long", 0))
	p := w.make(t)
	a := p.Action("rule_r0")
	if diff := cmp.Diff([]string{"SIGNON-003", "SIGNON-005", "SIGNON-007"}, a.Controls); diff != "" {
		t.Error(diff)
	}
	body := string(a.Requests[0].Body)
	for _, part := range []string{`"factorMode":"2FA"`, `"include":["WEB","MODERN_AUTH"]`, `"connection":"ANYWHERE"`, `"reauthenticateIn":"PT12H"`} {
		if !strings.Contains(body, part) {
			t.Errorf("the body lacks %s: %s", part, body)
		}
	}
	if strings.Contains(body, "PT99H") || strings.Contains(body, "PT43800H") {
		t.Errorf("an interval is left: %s", body)
	}
	if undo := string(a.Requests[0].Undo[0].Body); !strings.Contains(undo, "PT99H") || !strings.Contains(undo, "PT43800H") || strings.Contains(undo, "MODERN_AUTH") {
		t.Errorf("the way back: %s", undo)
	}
	catchAll := string(p.Action("rule_r9").Requests[0].Body)
	if !strings.Contains(catchAll, `"access":"DENY"`) || priority(t, jsontext.Value(catchAll)) != "99" {
		t.Errorf("the catch-all: %s", catchAll)
	}
}

func TestOktaThreatInsight(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	w.fails("SIGNON-009", "E", finding.Violation{Key: "audit_only"})
	r := w.make(t).Action("threat_insight").Requests[0]
	want := []string{`{"action":"block","excludeZones":["z1"]}`, `{"action":"audit","excludeZones":["z1"]}`}
	if diff := cmp.Diff(want, []string{string(r.Body), string(r.Undo[0].Body)}); diff != "" {
		t.Error(diff)
	}
}

func TestRulesThatAreNotThereAreLeftToHands(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	w.fails("SIGNON-001", "E", at("admits", 7))
	w.fails("SIGNON-003", "E", finding.Violation{Key: "one_factor", Pointer: "/okta/apps/0"})
	p := w.make(t)
	for _, name := range []string{"signon-001", "signon-003"} {
		if a := p.Action(name); a == nil || !a.ByHand() {
			t.Errorf("%s: %v", name, names(p))
		}
	}
}

// TestARuleWithoutALimitIsLeftToHands: no request is made up for a finding that does
// not say how long is allowed.
func TestARuleWithoutALimitIsLeftToHands(t *testing.T) {
	w := newWorld()
	w.sections["okta"] = rules
	v := at("too_long", 0)
	v.Args = nil
	w.fails("SIGNON-007", "E", v)
	p := w.make(t)
	if diff := cmp.Diff([]string{"E signon-007", "F revoke"}, names(p)); diff != "" {
		t.Error(diff)
	}
}
