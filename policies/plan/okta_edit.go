package plan

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// change changes one rule, for all the controls that object to it.
func (w *ruleWork) change(i int, order []object) {
	r, e := w.rules[i], w.edits[i]
	at := slices.IndexFunc(order, func(o object) bool { return o.text("id") == r.text("id") && r.text("id") != "" })
	before := w.body(r, at)
	after := w.body(r, at)
	if r.text("id") == "" || at < 0 && !isSystem(r) || !e.apply(after) {
		a := w.m.action("rule_by_hand_"+w.policy+"_"+strconv.Itoa(i), e.controls[0], w.m.say("change_rule", "name", r.text("name")), nil)
		a.Controls, a.Findings = compact(e.controls), e.findings
		a.API, a.PowerShell = w.m.control(e.controls[0]).Remediation.OktaAPI, ""
		w.m.add("E", a)
		return
	}
	address := w.url("/", url.PathEscape(r.text("id")))
	a := &Action{
		Name: "rule_" + r.text("id"), Controls: compact(e.controls), Title: w.m.say("change_rule_of", "name", r.text("name"), "apps", w.apps()), Findings: e.findings,
		Text:    e.text(w.m),
		Console: w.m.say("edit_console", "rules", rulesConsole),
		Requests: []Request{{
			Title: w.m.say("change_the_rule"), Method: "PUT", URL: address, Body: value(after), Note: w.m.say("read_back"),
			Undo: []Request{{Title: w.m.say("rule_back"), Method: "PUT", URL: address, Body: value(before)}},
		}},
	}
	if e.onlyModern || e.deny {
		a.After = w.m.names("E")
	}
	w.m.add("E", a)
}

func compact(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func (e *edit) text(m *maker) string {
	var parts []string
	if e.deny {
		parts = append(parts, m.say("edit_deny"))
	}
	if e.onlyModern {
		parts = append(parts, m.say("edit_modern"))
	}
	if e.twoFactors && !e.deny {
		parts = append(parts, m.say("edit_two_factors"))
	}
	if e.hours > 0 && !e.deny {
		parts = append(parts, m.say("edit_hours", "hours", finding.FormatArg(e.hours)))
	}
	return strings.Join(parts, " ")
}

// apply changes the body of a rule. It reports false for one that it cannot read.
func (e *edit) apply(body map[string]any) bool {
	var actions map[string]any
	raw, _ := body["actions"].(jsontext.Value)
	if json.Unmarshal(raw, &actions) != nil {
		return false
	}
	signOn, ok := actions["appSignOn"].(map[string]any)
	if !ok {
		return false
	}
	if e.deny {
		signOn["access"] = "DENY"
		body["actions"] = actions
		return true
	}
	if e.onlyModern {
		var conditions map[string]any
		raw, _ := body["conditions"].(jsontext.Value)
		if len(raw) > 0 && json.Unmarshal(raw, &conditions) != nil {
			return false
		}
		if conditions == nil {
			conditions = map[string]any{}
		}
		conditions["office365Client"] = map[string]any{"include": []string{"WEB", "MODERN_AUTH"}}
		body["conditions"] = conditions
	}
	method, _ := signOn["verificationMethod"].(map[string]any)
	if method == nil {
		method = map[string]any{"reauthenticateIn": "PT12H"}
	}
	if e.twoFactors {
		if method["type"] != "ASSURANCE" { // a chain has no factor mode
			method = map[string]any{"type": "ASSURANCE", "reauthenticateIn": method["reauthenticateIn"]}
		}
		method["factorMode"] = "2FA"
	}
	if e.hours > 0 && !shorten(method, e.hours) {
		return false
	}
	signOn["verificationMethod"] = method
	body["actions"] = actions
	return true
}

// shorten sets every interval in a verification method, since any of them counts.
func shorten(v any, hours float64) bool {
	interval := "PT" + strconv.Itoa(int(hours*60)) + "M"
	if hours == float64(int(hours)) {
		interval = "PT" + strconv.Itoa(int(hours)) + "H"
	}
	method, ok := v.(map[string]any)
	if !ok {
		return false
	}
	method["reauthenticateIn"] = interval
	replaceInner(method["constraints"], interval)
	replaceInner(method["chains"], interval)
	return true
}

func replaceInner(v any, interval string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			replaceInner(item, interval)
		}
	case map[string]any:
		for name, item := range v {
			if name == "reauthenticateIn" {
				v[name] = interval
				continue
			}
			replaceInner(item, interval)
		}
	}
}
