package plan

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// org is the Okta org as requests speak of it.
type org struct {
	// base is its URL without a slash at the end.
	base string
	// labels are the names of the apps that use a policy, by its id.
	labels map[string][]string
}

func readOrg(c *configuration, base string) *org {
	o := &org{base: strings.TrimRight(base, "/"), labels: map[string][]string{}}
	if o.base == "" {
		o.base = "https://{oktaOrg}"
	}
	for _, app := range c.Apps {
		var links struct {
			Policy struct {
				Href string `json:"href"`
			} `json:"accessPolicy"`
		}
		if json.Unmarshal(app["_links"], &links) == nil && links.Policy.Href != "" {
			id := path.Base(links.Policy.Href)
			o.labels[id] = append(o.labels[id], app.text("label"))
		}
	}
	return o
}

const rulesConsole = "Applications > Applications > Microsoft Office 365 > Sign On > User authentication > View policy details"

// signOnPolicy is step E. A rule that several controls object to is changed once.
func (m *maker) signOnPolicy() {
	policies := map[string]*ruleWork{}
	for _, id := range []string{"SIGNON-001", "SIGNON-002", "SIGNON-003", "SIGNON-005", "SIGNON-007", "SIGNON-004"} {
		for _, v := range m.openWithoutHandling(id) {
			policy, index, ok := m.rule(v.violation)
			if !ok {
				continue // by hand
			}
			work := policies[policy]
			if work == nil {
				work = newRuleWork(m, policy)
				policies[policy] = work
			}
			if work.note(id, index, v.violation) {
				m.handle(id, v.index)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(policies)) {
		policies[id].write()
	}
	m.threatInsight()
}

type numbered struct {
	violation *finding.Violation
	index     int
}

// openWithoutHandling is open for a caller that decides violation by violation.
func (m *maker) openWithoutHandling(id string) []numbered {
	var list []numbered
	for i := range m.in.Report.Results {
		r := &m.in.Report.Results[i]
		for v := range r.Violations {
			if r.Control == id && r.Outcome == finding.Fail && r.Violations[v].Waiver == nil {
				list = append(list, numbered{&r.Violations[v], v})
			}
		}
	}
	return list
}

// rule finds the rule that a violation is about, by its place in the snapshot.
func (m *maker) rule(v *finding.Violation) (policy string, index int, ok bool) {
	rest, found := strings.CutPrefix(v.Pointer, "/okta/access_policy_rules/")
	if !found {
		return "", 0, false
	}
	policy, number, found := strings.Cut(rest, "/")
	if !found {
		return "", 0, false
	}
	number, _, _ = strings.Cut(number, "/")
	index, err := strconv.Atoi(number)
	if err != nil || index < 0 || index >= len(m.config.Rules[policy]) {
		return "", 0, false
	}
	return policy, index, true
}

// ruleWork is what is to be done to the rules of one policy.
type ruleWork struct {
	m      *maker
	policy string
	rules  []object
	// closes are the findings that the rule for legacy clients is for.
	closes *Action
	edits  map[int]*edit
	loose  map[int]*finding.Violation
}

// edit is what changes in one rule.
type edit struct {
	twoFactors, onlyModern, deny bool
	hours                        float64
	controls                     []string
	findings                     []string
}

func newRuleWork(m *maker, policy string) *ruleWork {
	return &ruleWork{m: m, policy: policy, rules: m.config.Rules[policy], edits: map[int]*edit{}, loose: map[int]*finding.Violation{}}
}

// note takes a violation in, and reports whether something can be done about it.
func (w *ruleWork) note(id string, index int, v *finding.Violation) bool {
	c := w.m.control(id)
	sentence := c.ViolationSentence(v)
	switch id {
	case "SIGNON-001", "SIGNON-002":
		if w.closes == nil {
			w.closes = w.m.action("deny_legacy", id, w.m.say("deny_legacy"), nil)
			w.closes.Controls = nil
		}
		if !slices.Contains(w.closes.Controls, id) {
			w.closes.Controls = append(w.closes.Controls, id)
		}
		w.closes.Findings = append(w.closes.Findings, sentence)
		return true
	case "SIGNON-004":
		// A rule made for legacy clients is an exception that somebody has to decide
		// about; one that is for any client is made to be for modern ones.
		if namesLegacy(w.rules[index]) {
			w.loose[index] = v
			return true
		}
	}
	limit, limited := v.Args["limit"].(float64)
	if id == "SIGNON-007" && !limited {
		return false
	}
	e := w.edits[index]
	if e == nil {
		e = &edit{}
		w.edits[index] = e
	}
	switch {
	case id == "SIGNON-003":
		e.twoFactors = true
	case isSystem(w.rules[index]) && id != "SIGNON-007":
		e.deny = true
	case id == "SIGNON-005", id == "SIGNON-004":
		e.onlyModern = true
	case id == "SIGNON-007":
		if e.hours == 0 || limit < e.hours {
			e.hours = limit
		}
	}
	e.controls = append(e.controls, id)
	e.findings = append(e.findings, sentence)
	return true
}

func (w *ruleWork) url(parts ...string) string {
	return w.m.okta.base + "/api/v1/policies/" + url.PathEscape(w.policy) + "/rules" + strings.Join(parts, "")
}

func (w *ruleWork) apps() string {
	if labels := w.m.okta.labels[w.policy]; len(labels) > 0 {
		return "'" + strings.Join(labels, "', '") + "'"
	}
	return w.policy
}

// write makes the actions. Priorities in bodies are those that the rules have when
// the requests before were sent.
func (w *ruleWork) write() {
	order := slices.DeleteFunc(slices.Clone(w.rules), isSystem)
	if w.closes != nil {
		order = w.exception(order)
		order = w.deny(order)
	}
	for _, i := range slices.Sorted(maps.Keys(w.edits)) {
		w.change(i, order)
	}
	for _, i := range slices.Sorted(maps.Keys(w.loose)) {
		w.looseException(i)
	}
}

func isSystem(rule object) bool { return string(rule["system"]) == "true" }

// namesLegacy reports a rule whose client condition names legacy clients.
func namesLegacy(rule object) bool {
	var conditions struct {
		Client struct {
			Include []string `json:"include"`
		} `json:"office365Client"`
	}
	return json.Unmarshal(rule["conditions"], &conditions) == nil && slices.ContainsFunc(conditions.Client.Include, func(s string) bool {
		return s == "ACTIVE_SYNC" || s == "EXCHANGE_ACTIVE_SYNC"
	})
}

// body is a rule as Okta takes it back, at a place in the order.
func (w *ruleWork) body(r object, priority int) map[string]any {
	body := map[string]any{}
	for name, v := range r {
		switch name {
		case "_links", "_embedded", "id", "created", "lastUpdated", "system", "status":
		default:
			body[name] = v
		}
	}
	if !isSystem(r) {
		body["priority"] = priority
	}
	return body
}

// looseException switches off a rule made for legacy clients that confines nobody.
func (w *ruleWork) looseException(i int) {
	r, v := w.rules[i], w.loose[i]
	a := w.m.action("loose_"+r.text("id"), "SIGNON-004", w.m.say("loose", "name", r.text("name")), []*finding.Violation{v})
	a.Undo = ""
	if id := r.text("id"); id != "" {
		a.Requests = []Request{{
			Title: w.m.say("deactivate"), Method: "POST", URL: w.url("/", url.PathEscape(id), "/lifecycle/deactivate"),
			Note: w.m.say("loose_note"),
			Undo: []Request{{Title: w.m.say("activate"), Method: "POST", URL: w.url("/", url.PathEscape(id), "/lifecycle/activate")}},
		}}
	}
	a.After = w.m.names("E")
	w.m.add("E", a)
}

func (m *maker) threatInsight() {
	found := m.open("SIGNON-009")
	if len(found) == 0 {
		return
	}
	a := m.add("E", m.action("threat_insight", "SIGNON-009", m.say("threat_insight"), found))
	a.Undo = ""
	address := m.okta.base + "/api/v1/threats/configuration"
	zones := m.config.ThreatInsight["excludeZones"]
	if zones.Kind() != jsontext.KindBeginArray {
		zones = jsontext.Value("[]")
	}
	was := m.config.ThreatInsight.text("action")
	if was == "" {
		was = "none"
	}
	a.Requests = []Request{{
		Title: m.say("set_action"), Method: "POST", URL: address, Body: value(map[string]any{"action": "block", "excludeZones": zones}),
		Note: m.say("set_action_note"),
		Undo: []Request{{Title: m.say("set_back"), Method: "POST", URL: address, Body: value(map[string]any{"action": was, "excludeZones": zones})}},
	}}
}
