package access

import "slices"

// A password that Exchange relays comes from one client, and that client's address
// is what both Okta and Entra look at; with a token in hand somebody can be in two
// places. That is for the ordinary case: Okta may also see the address of Exchange
// Online, so addresses that do not go together are a doubt and no lock.

// apart reports that Okta lets a request in from some addresses only, Conditional
// Access from others, and no address is among both.
func (v *evaluation) apart(p *passage, a *answer) bool {
	if p == nil || a.hole == nil {
		return false
	}
	okta, entra := v.judgement.space.on(p.box, onSource), v.coverage.space.on(a.hole, onLocation)
	if okta.count() == v.judgement.space.axes[onSource].size || entra.count() == v.coverage.space.axes[onLocation].size {
		return false
	}
	return !v.engine.okta.atlas.addresses(okta).meets(v.engine.ca.atlas.addresses(entra))
}

// together looks among all that Okta lets in for what Conditional Access lets in
// from the same address. It returns the entry and the gate with it, or with a doubt
// when there is none.
func (v *evaluation) together(e *entry, g *gate, a *answer, crowd int, p Protocol) (*entry, *gate, *answer) {
	j := v.judgement
	own := newSet(len(j.crowds))
	own.add(e.crowd)
	best := tri(no)
	found, foundGate, foundAnswer := (*passage)(nil), g, a
	for i := range e.verdict.regions {
		r := &e.verdict.regions[i]
		box := slices.Clone(r.box)
		if !j.space.limit(box, onPeople, own) || !j.space.limit(box, onClient, set{onlyLegacy}) {
			continue
		}
		opens := e.verdict.opens(r)
		if min(opens, e.gate.without) <= best {
			continue
		}
		near := v.locationsOf(j.space.on(box, onSource))
		if near.empty() {
			continue
		}
		g, a := v.coverage.gate(crowd, p, Basic, e.trusted, near.locations())
		if w := min(opens, e.gate.without, g.without); w > best {
			best, found, foundGate, foundAnswer = w, &passage{box: box, region: r}, g, a
		}
	}
	if found == nil {
		return e, g.but(Reason{Key: "addresses_differ"}), a
	}
	with := *e
	with.passage = found
	with.gate = v.retrace(e, found)
	return &with, foundGate, foundAnswer
}

// retrace is the entry's gate for another of the passages behind it.
func (v *evaluation) retrace(e *entry, p *passage) *gate {
	g := *e.gate
	g.without = min(g.without, e.verdict.opens(p.region))
	t := tracer{judgement: v.judgement, verdict: e.verdict, person: v.judgement.crowds[e.crowd], kind: legacyClient}
	g.steps = slices.Clone(g.steps[:1]) // the federation
	t.passage(&g, p)
	if g.without == maybe {
		g.doubts = append(slices.Clone(g.doubts), t.doubts(p)...)
	}
	return &g
}

// opens says whether requests of a region get past with a password.
func (v *verdict) opens(r *region) tri {
	all := v.policy.outcome(r.final, legacyClient)
	for l := range r.maybe.all {
		all |= v.policy.outcome(l.layer, legacyClient)
	}
	switch {
	case all == oneFactor:
		return yes
	case all&oneFactor != 0:
		return maybe
	}
	return no
}

// locationsOf are Entra's atoms that share an address with some of Okta's.
func (v *evaluation) locationsOf(sources set) set {
	from := v.engine.okta.atlas.addresses(sources)
	near := newSet(len(v.engine.ca.atlas.atoms))
	for i, a := range v.engine.ca.atlas.atoms {
		if from.meets(a.spans) {
			near.add(i)
		}
	}
	return near
}
