package access

import (
	"math"
	"strconv"
	"strings"
)

// tracer tells how Okta's rules came to what they decided for a person.
type tracer struct {
	judgement *judgement
	verdict   *verdict
	person    *person
	kind      client
}

// about names a rule in a step.
func (r *rule) about() args {
	a := args{"rule": r.name, "priority": "?"}
	if !math.IsNaN(r.priority) {
		a["priority"] = strconv.FormatFloat(r.priority, 'f', -1, 64)
	}
	return a
}

// deniers names the rules that deny.
func (t tracer) deniers(r *reach) string {
	var names []string
	for layer := range r.denials.all() {
		if rule := t.verdict.policy.ruleOf(layer); rule != nil {
			names = append(names, rule.name)
		}
	}
	return strings.Join(names, ", ")
}

// denied writes down which rules deny.
func (t tracer) denied(g *gate, r *reach) {
	for layer := range r.denials.all() {
		switch rule := t.verdict.policy.ruleOf(layer); {
		case rule != nil:
			g.step("rule_denies", rule.pointer, rule.about())
		case layer == 0:
			g.step("blocklist_denies", "", nil)
		}
	}
	for _, s := range t.judgement.org.sessions {
		if t.kind != legacyClient && s.result == denied && s.match(t.judgement.org.directory, t.person) == yes {
			g.step("session_denies", s.pointer, args{"policy": s.policy, "rule": s.name})
		}
	}
}

// trace writes down how the best way in came about, and if nobody can tell whether
// it is one, why. Without a way in it says who asks for the second factor.
func (t tracer) trace(g *gate, r *reach) {
	best := r.best()
	if best == nil {
		t.guarded(g)
		return
	}
	t.passage(g, &best.best)
	if best.opens == maybe {
		g.doubts = append(g.doubts, t.doubts(&best.best)...)
	}
}

// guarded writes down the rules that ask for a second factor.
func (t tracer) guarded(g *gate) {
	for _, rule := range t.verdict.policy.rules {
		if t.kind != legacyClient && rule.access == "ALLOW" && rule.factors == twoFactors && rule.people.match(t.judgement.org.directory, t.person) != no {
			g.step("rule_asks_two", rule.pointer, rule.about())
		}
	}
	for _, s := range t.judgement.org.sessions {
		if s.result == twoFactors && s.match(t.judgement.org.directory, t.person) != no {
			g.step("session_asks_two", s.pointer, args{"policy": s.policy, "rule": s.name})
		}
	}
}

// passage writes down what every rule does with the requests of a passage, down to
// the one that decides.
func (t tracer) passage(g *gate, p *passage) {
	possible := make(map[int]bool)
	for l := range p.region.maybe.all {
		possible[l.layer] = true
	}
	rules := t.verdict.policy.rules
	for i, rule := range rules {
		layer := i + layersBefore
		switch {
		case layer == p.region.final:
			t.decides(g, rule)
			t.session(g, p)
			return
		case possible[layer]:
			g.step("rule_may_decide", rule.pointer, rule.about())
		default:
			a := rule.about()
			a["because"] = t.because(rule, p)
			g.step("rule_passed_over", rule.pointer, a)
		}
	}
	g.step("no_rule_decides", t.verdict.policy.pointer, args{"policy": t.verdict.policy.name})
	t.session(g, p)
}

func (t tracer) decides(g *gate, rule *rule) {
	key := "rule_allows_unclear"
	switch rule.outcome(t.kind) {
	case denied:
		key = "rule_denies"
	case oneFactor:
		key = "rule_allows_one"
		if t.kind == legacyClient && rule.factors != oneFactor {
			key = "rule_allows_legacy" // it asks for more, in vain
		}
	case twoFactors:
		key = "rule_asks_two"
	}
	g.step(key, rule.pointer, rule.about())
}

// session writes down what the global session policies do.
func (t tracer) session(g *gate, p *passage) {
	if p.session == nil || p.session.final < 0 {
		return
	}
	s := t.judgement.org.sessions[p.session.final]
	a := args{"policy": s.policy, "rule": s.name}
	switch s.result {
	case oneFactor:
		g.step("session_asks_one", s.pointer, a)
	case twoFactors:
		g.step("session_asks_two", s.pointer, a)
	}
}

// because says which condition kept a rule from the requests of a passage.
func (t tracer) because(r *rule, p *passage) string {
	s := t.judgement.space
	misses := func(axis int, values uint64) bool { return s.on(p.box, axis)[0]&values == 0 }
	switch {
	case r.people.match(t.judgement.org.directory, t.person) == no:
		return "people"
	case misses(onClient, r.mayBe):
		return "client"
	case misses(onPlatform, r.platforms[1]&^r.aside[0]):
		return "platform"
	case misses(onRisk, r.riskMay):
		return "risk"
	case t.kind != legacyClient && misses(onDevice, r.device.may):
		return "device"
	}
	for _, b := range s.boxes(s.whole, onSource, r.where.may) {
		if s.meets(b, p.box) {
			return "device" // an assurance policy
		}
	}
	return "network"
}

// doubts says why nobody can tell how the requests of a passage end.
func (t tracer) doubts(p *passage) []Reason {
	var list []Reason
	for l := range p.region.maybe.all {
		list = append(list, t.layerDoubts(l)...)
	}
	switch rule := t.verdict.policy.ruleOf(p.region.final); {
	case p.region.final == -1 && t.verdict.policy.unreadable == nil:
		list = append(list, Reason{Key: "no_rule_matches", Args: args{"policy": t.verdict.policy.name}, Pointer: t.verdict.policy.pointer})
	case rule != nil:
		list = append(list, t.outcomeDoubts(rule)...)
	}
	if p.session != nil {
		list = append(list, t.sessionDoubts(p.session)...)
	}
	return list
}

func (t tracer) layerDoubts(l *link) []Reason {
	rule := t.verdict.policy.ruleOf(l.layer)
	switch {
	case l.layer == 0:
		return []Reason{{Key: "blocklist_unclear"}}
	case rule == nil:
		return []Reason{*t.verdict.policy.unreadable}
	case l.coarse:
		return []Reason{{Key: "too_complex", Args: rule.about(), Pointer: rule.pointer}}
	}
	own := append([]Reason(nil), rule.doubts...)
	if t.kind == legacyClient {
		own = append(own, rule.legacyDoubts...)
	} else {
		own = append(own, rule.otherDoubts...)
	}
	own = append(own, rule.people.doubts(t.judgement.org.directory, t.person)...)
	return append(rule.tell(own), t.outcomeDoubts(rule)...)
}

// tell makes reasons out of a rule's doubts that name the rule.
func (r *rule) tell(doubts []Reason) []Reason {
	var list []Reason
	for _, d := range doubts {
		a := r.about()
		for k, v := range d.Args {
			a[k] = v
		}
		list = append(list, Reason{Key: "rule_" + d.Key, Args: a, Pointer: r.pointer})
	}
	return list
}

// outcomeDoubts says why nobody can tell what a rule asks for.
func (t tracer) outcomeDoubts(r *rule) []Reason {
	o := r.outcome(t.kind)
	switch {
	case o == denied || o == oneFactor || o == twoFactors:
		return nil
	case o&denied != 0:
		return r.tell([]Reason{{Key: "access_unreadable"}})
	case r.anyClient && r.factors == twoFactors:
		return r.tell([]Reason{{Key: "any_client_factors"}})
	}
	return r.tell([]Reason{{Key: "factors_unclear"}})
}

func (t tracer) sessionDoubts(r *region) []Reason {
	if !t.judgement.org.sessionsKnown {
		return []Reason{{Key: "session_unread"}}
	}
	var list []Reason
	for l := range r.maybe.all {
		s := t.judgement.org.sessions[l.layer]
		list = append(list, Reason{Key: "session_unclear", Args: args{"policy": s.policy, "rule": s.name}, Pointer: s.pointer})
	}
	if r.final < 0 {
		list = append(list, Reason{Key: "session_no_match"})
	}
	return list
}
