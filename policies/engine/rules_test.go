package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
)

// theRules is a snapshot with all that tells what the rules admit: collected on
// 1 November, last changed on 1 March.
func theRules() object {
	document := aSnapshot()
	document["okta"] = object{
		"access_policy_rules": object{"p": []any{object{"id": "r", "name": "Deny", "lastUpdated": "2026-03-01T00:00:00Z", "priority": 1}}},
		"apps":                []any{object{"id": "a", "status": "ACTIVE", "_links": object{"accessPolicy": object{"href": "https://x.example/p"}}}},
	}
	exchange := document["exchange"].(object)
	exchange["organization_config"] = object{"Name": "x", "DefaultAuthenticationPolicy": "Block"}
	exchange["authentication_policies"] = []any{object{"Name": "Block", "AllowBasicAuthPop": false, "WhenChangedUTC": "2026-02-01T00:00:00Z"}}
	for name, paths := range map[string][]string{
		"okta.access_policies": {"okta.access_policies", "okta.access_policy_rules"}, "okta.apps": {"okta.apps"},
		"exchange.authentication_policies": {"exchange.authentication_policies"}, "exchange.organization_config": {"exchange.organization_config"},
	} {
		setLine(document, line(name, "collected", paths...))
	}
	return document
}

func theRule(document object) object {
	return document["okta"].(object)["access_policy_rules"].(object)["p"].([]any)[0].(object)
}

// TestMomentWithAnEarlierSnapshot: both snapshots are the same but for one change
// of the later one.
func TestMomentWithAnEarlierSnapshot(t *testing.T) {
	const (
		baseline  = "2026-03-01T00:00:00Z baseline"
		unknown   = "- -"
		own       = "2026-10-15T00:00:00Z last_change"
		october   = "2026-10-15T00:00:00Z"
		collected = "2026-10-01T08:00:00Z" // the earlier snapshot
	)
	policy := func(document object) object {
		return document["exchange"].(object)["authentication_policies"].([]any)[0].(object)
	}
	tests := []struct {
		name   string
		change func(later object)
		want   string
	}{
		{"nothing changed", func(object) {}, baseline},
		{"a rule was renamed", func(d object) { theRule(d)["name"], theRule(d)["lastUpdated"] = "No legacy", october }, baseline},
		{"a rule admits something else", func(d object) { theRule(d)["priority"], theRule(d)["lastUpdated"] = 2, october }, own},
		{"a rule is gone", func(d object) { d["okta"].(object)["access_policy_rules"].(object)["p"] = []any{} }, unknown},
		{"an app has another policy", func(d object) {
			d["okta"].(object)["apps"].([]any)[0].(object)["_links"].(object)["accessPolicy"].(object)["href"] = "https://x.example/q"
		}, unknown},
		{"an app is in use no more", func(d object) { d["okta"].(object)["apps"].([]any)[0].(object)["status"] = "INACTIVE" }, unknown},
		{"a policy was touched", func(d object) { policy(d)["WhenChangedUTC"], policy(d)["OriginatingServer"] = october, "x" }, baseline},
		{"a policy allows more", func(d object) { policy(d)["AllowBasicAuthPop"], policy(d)["WhenChangedUTC"] = true, october }, own},
		{"a policy blocks less", func(d object) { policy(d)["BlockLegacyAuthEws"], policy(d)["WhenChangedUTC"] = false, october }, own},
		{"another policy by default", func(d object) {
			d["exchange"].(object)["organization_config"].(object)["DefaultAuthenticationPolicy"] = nil
		}, unknown},
		{"modern authentication was switched", func(d object) {
			d["exchange"].(object)["organization_config"].(object)["OAuth2ClientProfileEnabled"] = false
		}, unknown},
		{"the apps were not read to their end", func(d object) {
			setLine(d, line("okta.apps", "partial", "okta.apps"))
			theRule(d)["lastUpdated"] = october
		}, own},
	}
	judge := load(t, engine.Options{Policies: policies("a.rego", showMoments)})
	before := theRules()
	before["collected_at"] = collected
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			later := theRules()
			test.change(later)
			in := input(t, later)
			in.Earlier = func() *engine.Rules { return rulesOf(t, before) }
			if got := momentOf(t, judge, in); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			in.Declarations.EnforcedAt = "2026-05-01T00:00:00Z"
			if got := momentOf(t, judge, in); got != "2026-05-01T00:00:00Z config" {
				t.Errorf("declared: %s", got)
			}
			in.Declarations.EnforcedAt = ""
			in.Earlier = func() *engine.Rules { return nil }
			without := momentOf(t, judge, in)
			in.Earlier = nil
			if got := momentOf(t, judge, in); got != without || strings.HasSuffix(got, "baseline") {
				t.Errorf("without an earlier snapshot: %s and %s", got, without)
			}
		})
	}
}

// TestEarlierRulesThatSayNothing are no baseline.
func TestEarlierRulesThatSayNothing(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies("a.rego", showMoments)})
	for name, change := range map[string]func(object){
		"no apps": func(d object) { delete(d["okta"].(object), "apps") },
		"rules that were denied": func(d object) {
			setLine(d, line("okta.access_policies", "denied", "okta.access_policies", "okta.access_policy_rules"))
			delete(d["okta"].(object), "access_policy_rules")
		},
		"no date": func(d object) { delete(theRule(d), "lastUpdated") },
	} {
		before := theRules()
		change(before)
		rules := rulesOf(t, before)
		if rules.Read() != (name == "no date") {
			t.Errorf("%s: read %v", name, rules.Read())
		}
		in := input(t, theRules())
		in.Earlier = func() *engine.Rules { return rules }
		if got := momentOf(t, judge, in); got != "2026-03-01T00:00:00Z last_change" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestWhenRulesAreTold: in front of the mailboxes where all that tells of them stands
// there, read or not, and otherwise behind them.
func TestWhenRulesAreTold(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies("a.rego", showMoments)})
	all := []string{"version", "collected_at", "tenant", "collection", "exchange", "okta"}
	tests := []struct {
		name   string
		behind string
		change func(object)
		early  bool
		read   bool
	}{
		{"as it is written", "", func(object) {}, true, true},
		{"Okta's behind the mailboxes", "okta", func(object) {}, false, true},
		{"Exchange's behind the mailboxes", "exchange", func(object) {}, false, true},
		{"the ledger behind the mailboxes", "collection", func(object) {}, false, true},
		{"the date behind the mailboxes", "collected_at", func(object) {}, false, true},
		{"rules that were denied", "", func(d object) {
			setLine(d, line("okta.access_policies", "denied", "okta.access_policies", "okta.access_policy_rules"))
			delete(d["okta"].(object), "access_policy_rules")
		}, true, false},
		{"nothing of Okta", "", func(d object) { delete(d, "okta") }, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			document := theRules()
			test.change(document)
			in := input(t, document)
			text := ordered(t, document, all, test.behind)
			seen, told := 0, 0
			in.Read = func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				return snapshot.Read("snapshot.json", bytes.NewReader(text), func(record *snapshot.Record) error {
					seen++
					return visit(record)
				})
			}
			in.Rules = func(rules engine.Rules) {
				told++
				if early := seen == 1; early != test.early || rules.Read() != test.read {
					t.Errorf("told after %d mailboxes, read %v", seen, rules.Read())
				}
			}
			check(t, judge, in)
			if told != 1 || seen < 2 {
				t.Errorf("told %d times, %d mailboxes", told, seen)
			}
		})
	}
}

// ordered is a document whose members stand in an order, the mailboxes behind them,
// and one behind those.
func ordered(t *testing.T, document object, order []string, behind string) []byte {
	t.Helper()
	var text bytes.Buffer
	for _, name := range append(slices.DeleteFunc(slices.Clone(order), func(n string) bool { return n == behind }), "mailboxes", behind) {
		value, ok := document[name]
		if !ok {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if text.Len() == 0 {
			text.WriteByte('{')
		} else {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, "%q:%s", name, raw)
	}
	text.WriteByte('}')
	return text.Bytes()
}

func rulesOf(t *testing.T, document object) *engine.Rules {
	t.Helper()
	doc, err := input(t, document).Read(func(*snapshot.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	rules, err := engine.RulesOf(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &rules
}

func momentOf(t *testing.T, judge *engine.Engine, in engine.Input) string {
	t.Helper()
	r := check(t, judge, in).Results[0]
	if len(r.Violations) != 1 {
		t.Fatalf("%+v", r)
	}
	args := r.Violations[0].Args
	return args["at"].(string) + " " + args["from"].(string)
}
