package access

import (
	"cmp"
	"slices"
)

// The axes of Okta's space.
const (
	onPeople = iota
	onClient
	onPlatform
	onDevice
	onRisk
	onSource
)

// maxBoxes is how many boxes the splitting may hold at once before it stops being
// exact: see space.decide.
const maxBoxes = 1 << 14

// judgement is what Okta makes of every request by the given people.
type judgement struct {
	org   *org
	space *space
	// crowds are classes of people whom no rule tells apart; crowdOf gives a
	// person's class by its place in the list.
	crowds  []*person
	crowdOf []int
	// policies holds, for each policy, the regions of its rules.
	policies []verdict
	sessions []region
}

// verdict is what the rules of one policy decide.
type verdict struct {
	policy  *policy
	regions []region
	// legacy and others are the ways in for each crowd.
	legacy, others []reach
}

// reach is how far a crowd gets at a policy with some clients.
type reach struct {
	// without: past Okta without a second factor; any: past Okta at all.
	without, any tri
	// ways are the rules that let somebody past without a second factor, in the
	// order of the rules.
	ways []way
	// denials are the numbers of the layers that deny some of the requests.
	denials set
}

// way is one rule that lets people past without a second factor.
type way struct {
	layer int // -1: no rule decides
	opens tri
	best  passage
}

// passage is a set of requests that get past, and how they were decided.
type passage struct {
	box     box
	region  *region
	session *region // nil at the active endpoint
	// effort is what somebody has to bring along to be among these requests.
	effort int
}

// layersBefore are the layers before the rules: the blocklist, and what may stand
// among the rules unread.
const layersBefore = 2

// judge hands the requests of all people to Okta's rules.
func (o *org) judge(list []*person) *judgement {
	j := &judgement{org: o}
	if len(list) == 0 {
		list = []*person{{}} // an axis needs a value
	}
	j.crowd(list)
	j.space = newSpace([]int{
		len(j.crowds), int(clients), platforms, int(devices), int(risks), len(o.atlas.atoms),
	}, o.atlas.facts+len(o.assurances.names))
	if o.sessionsKnown {
		j.sessions = j.space.decide(j.space.whole, j.sessionLayers(), maxBoxes)
	} else {
		j.sessions = []region{{box: j.space.whole, final: -1}}
	}
	for _, p := range o.policies {
		v := verdict{policy: p}
		v.regions = j.space.decide(j.space.whole, j.layers(p), maxBoxes)
		v.legacy, v.others = j.reaches(&v, onlyLegacy), j.reaches(&v, neverLegacy)
		j.policies = append(j.policies, v)
	}
	return j
}

// crowd puts people together whom no rule tells apart.
func (j *judgement) crowd(list []*person) {
	numbers := make(map[string]int)
	var key []byte
	for _, p := range list {
		key = key[:0]
		for _, policy := range j.org.policies {
			for _, r := range policy.rules {
				key = append(key, byte(r.people.match(j.org.directory, p)))
			}
		}
		for _, s := range j.org.sessions {
			key = append(key, byte(s.match(j.org.directory, p)))
		}
		n, known := numbers[string(key)]
		if !known {
			n = len(j.crowds)
			numbers[string(key)] = n
			j.crowds = append(j.crowds, p)
		}
		j.crowdOf = append(j.crowdOf, n)
	}
}

// match says whether the policy and the rule are for a person.
func (s *sessionRule) match(d *directory, p *person) tri {
	return min(s.groups.match(d, p), s.people.match(d, p))
}

// sides are the crowds that a condition certainly names, and those it may name.
func (j *judgement) sides(match func(*person) tri) (sure, may set) {
	sure, may = newSet(len(j.crowds)), newSet(len(j.crowds))
	for i, p := range j.crowds {
		switch match(p) {
		case yes:
			sure.add(i)
			may.add(i)
		case maybe:
			may.add(i)
		}
	}
	return sure, may
}

// layers makes the layers of a policy.
func (j *judgement) layers(p *policy) []layer {
	blocked := j.org.atlas.blocked()
	whole := []box{j.space.whole}
	list := make([]layer, 0, layersBefore+len(p.rules))
	list = append(list, layer{
		sure: j.space.boxes(j.space.whole, onSource, blocked.sure),
		may:  j.space.boxes(j.space.whole, onSource, blocked.may),
	})
	if p.unreadable != nil {
		list = append(list, layer{may: whole})
	} else {
		list = append(list, layer{})
	}
	for _, r := range p.rules {
		list = append(list, j.ruleLayer(r))
	}
	return list
}

// ruleLayer makes the boxes of a rule: one part for legacy clients, who have no
// device that Okta could know, and one for the others.
func (j *judgement) ruleLayer(r *rule) layer {
	sure, may := j.sides(func(p *person) tri { return r.people.match(j.org.directory, p) })
	var l layer
	for _, legacy := range []bool{true, false} {
		part := uint64(neverLegacy)
		if legacy {
			part = onlyLegacy
		}
		certain := !r.capped && !(legacy && r.device.present) && !(!legacy && r.anyClient && !r.catchAll)
		if certain {
			l.sure = append(l.sure, j.ruleBoxes(r, sure, r.sureOf&part, legacy, true)...)
		}
		l.may = append(l.may, j.ruleBoxes(r, may, r.mayBe&part, legacy, false)...)
	}
	return l
}

// ruleBoxes makes the boxes that a rule surely, or possibly, matches.
func (j *judgement) ruleBoxes(r *rule, people set, clients uint64, legacy, sure bool) []box {
	s := j.space
	platform, risk, places, device := r.platforms[1]&^r.aside[0], r.riskMay, r.where.may, r.device.may
	if sure {
		platform, risk, places, device = r.platforms[0]&^r.aside[1], r.riskSure, r.where.sure, r.device.sure
	}
	if legacy || !sure && r.device.loose {
		device = 1<<devices - 1
	}
	b := slices.Clone(s.whole)
	ok := s.limit(b, onPeople, people)
	ok = s.limit(b, onClient, set{clients}) && ok
	ok = s.limit(b, onPlatform, set{platform}) && ok
	ok = s.limit(b, onRisk, set{risk}) && ok
	ok = s.limit(b, onDevice, set{device}) && ok
	if !ok {
		return nil
	}
	var list []box
	for _, b := range s.boxes(b, onSource, places) {
		list = append(list, j.withAssurances(b, r, legacy, sure)...)
	}
	return list
}

// withAssurances narrows a box to requests from a device that meets one of the
// rule's assurance policies.
func (j *judgement) withAssurances(b box, r *rule, legacy, sure bool) []box {
	if len(r.device.assurances) == 0 || legacy || r.device.loose && !sure {
		return []box{b}
	}
	var list []box
	for _, a := range r.device.assurances {
		met := slices.Clone(b)
		j.space.fix(met, j.org.atlas.facts+a, true)
		list = append(list, met)
	}
	return list
}

// sessionLayers makes the layers of the global session policies.
func (j *judgement) sessionLayers() []layer {
	var list []layer
	for _, r := range j.org.sessions {
		sure, may := j.sides(func(p *person) tri { return r.match(j.org.directory, p) })
		var l layer
		b := slices.Clone(j.space.whole)
		if !r.capped && j.space.limit(b, onPeople, sure) && j.space.limit(b, onRisk, set{r.riskSure}) {
			l.sure = j.space.boxes(b, onSource, r.where.sure)
		}
		b = slices.Clone(j.space.whole)
		if j.space.limit(b, onPeople, may) && j.space.limit(b, onRisk, set{r.riskMay}) {
			l.may = j.space.boxes(b, onSource, r.where.may)
		}
		list = append(list, l)
	}
	return list
}

// outcome is what the rule behind a layer makes of a client; -1 stands for no
// rule at all, of which Okta's pages say nothing.
func (p *policy) outcome(layer int, c client) outcomes {
	switch layer {
	case -1, 1:
		return denied | unclear
	case 0:
		return denied
	}
	return p.rules[layer-layersBefore].outcome(c)
}

// sessionOutcomes are the possible results of the global session policies in a
// region.
func (j *judgement) sessionOutcomes(r *region) outcomes {
	of := func(layer int) outcomes {
		if layer < 0 {
			return unclear
		}
		return j.org.sessions[layer].result
	}
	all := of(r.final)
	for l := range r.maybe.all {
		all |= of(l.layer)
	}
	return all
}

// reaches works out how far each crowd gets at a policy with the given clients.
func (j *judgement) reaches(v *verdict, clients uint64) []reach {
	list := make([]reach, len(j.crowds))
	for i := range list {
		list[i].denials = newSet(layersBefore + len(v.policy.rules))
	}
	kind := legacyClient
	if clients != onlyLegacy {
		kind = modernClient // rules treat all but legacy clients alike
	}
	start := slices.Clone(j.space.whole)
	j.space.limit(start, onClient, set{clients})
	for i := range v.regions {
		r := &v.regions[i]
		if !j.space.meets(r.box, start) {
			continue
		}
		p := passage{box: cross(r.box, start), region: r}
		if kind == legacyClient {
			j.enter(v.policy, list, p, oneFactor, kind)
			continue
		}
		for k := range j.sessions {
			if s := &j.sessions[k]; j.space.meets(p.box, s.box) {
				j.enter(v.policy, list, passage{box: cross(p.box, s.box), region: r, session: s}, j.sessionOutcomes(s), kind)
			}
		}
	}
	return list
}

// enter notes for every crowd of a passage how it ends.
func (j *judgement) enter(p *policy, list []reach, at passage, session outcomes, kind client) {
	deciders := []int{at.region.final}
	for l := range at.region.maybe.all {
		deciders = append(deciders, l.layer)
	}
	var all outcomes
	var through, deny []int
	for _, d := range deciders {
		own := p.outcome(d, kind)
		o := session.then(own)
		all |= o
		if o&oneFactor != 0 {
			through = append(through, d)
		}
		if own == denied {
			deny = append(deny, d)
		}
	}
	opens, passes := no, no
	switch {
	case all == oneFactor:
		opens = yes
	case all&oneFactor != 0:
		opens = maybe
	}
	switch {
	case all&denied == 0:
		passes = yes
	case all != denied:
		passes = maybe
	}
	if len(through) > 0 {
		at.effort = j.effort(at)
	}
	for c := range j.space.on(at.box, onPeople).all() {
		r := &list[c]
		r.without, r.any = max(r.without, opens), max(r.any, passes)
		for _, d := range deny {
			r.denials.add(d)
		}
		for _, d := range through {
			r.add(way{d, opens, at})
		}
	}
}

// add keeps the best passage of each way.
func (r *reach) add(w way) {
	i, known := slices.BinarySearchFunc(r.ways, w.layer, func(a way, layer int) int { return cmp.Compare(a.layer, layer) })
	if !known {
		r.ways = slices.Insert(r.ways, i, w)
		return
	}
	old := &r.ways[i]
	if w.opens > old.opens || w.opens == old.opens && w.best.effort < old.best.effort {
		*old = w
	}
}

// best is the surest way, the first of several; nil when there is none.
func (r *reach) best() *way {
	var best *way
	for i := range r.ways {
		if best == nil || r.ways[i].opens > best.opens {
			best = &r.ways[i]
		}
	}
	return best
}

// effort counts what somebody has to bring along to be among the requests of a
// passage: the simplest witness is the one that asks for least.
func (j *judgement) effort(p passage) int {
	n := 0
	for axis := onPlatform; axis <= onSource; axis++ {
		if j.space.on(p.box, axis).count() < j.space.axes[axis].size {
			n += 2
		}
	}
	for f := range j.space.facts {
		if !j.space.can(p.box, f, false) {
			n++
		}
	}
	for range p.region.maybe.all {
		n++
	}
	return n
}
