package access

import "slices"

// legacyClients are the kinds of clients that cannot be asked anything.
var legacyClients = []caClient{caSync, caOther}

// conditionalAccess says what Conditional Access makes of legacy clients.
func (v *evaluation) conditionalAccess() ConditionalAccess {
	ca := v.engine.ca
	made := ConditionalAccess{Collected: ca.known, SecurityDefaults: ca.defaults.answer()}
	for _, k := range legacyClients {
		made.Legacy = append(made.Legacy, v.legacyBlock(k))
	}
	for _, p := range ca.policies {
		for i, l := range p.leaves {
			if !slices.ContainsFunc(p.leaves[:i], l.same) && p.mayBlockLegacy() {
				made.LeftOut = append(made.LeftOut, v.exclusion(p, l))
			}
		}
	}
	made.Policies = ca.legacyPolicies()
	made.AsksMembers = ca.asksMembers.answer()
	for _, f := range ca.limiting {
		made.Frequencies = append(made.Frequencies, f.fact())
	}
	return made
}

func (p *caPolicy) blocksClient(k caClient) bool {
	return p.effect[k] == blocks && p.clients[1]&(1<<k) != 0
}

func (p *caPolicy) mayBlockLegacy() bool {
	return slices.ContainsFunc(legacyClients, p.blocksClient)
}

// legacyPolicies judges each policy by itself.
func (ca *conditionalAccess) legacyPolicies() []LegacyPolicy {
	worth := map[effect]string{blocks: "blocks", starves: "stops", opaque: "unclear"}
	var list []LegacyPolicy
	add := func(p *caPolicy, worth string) {
		if worth != "" {
			list = append(list, LegacyPolicy{p.index, p.id, p.name, worth, p.limits})
		}
	}
	strongest := func(p *caPolicy) effect {
		most := passes
		for _, k := range legacyClients {
			if p.clients[1]&(1<<k) != 0 {
				most = max(most, p.effect[k])
			}
		}
		return most
	}
	for _, p := range ca.policies {
		add(p, worth[strongest(p)])
	}
	for _, p := range ca.idle {
		if strongest(p) == blocks {
			add(p, "reports")
		}
	}
	slices.SortFunc(list, func(a, b LegacyPolicy) int { return a.Index - b.Index })
	return list
}

// legacyStart is all sign-ins of a crowd by one kind of legacy client.
func (c *coverage) legacyStart(crowd int, k caClient) box {
	start := slices.Clone(c.space.whole)
	one := newSet(len(c.crowds))
	one.add(crowd)
	c.space.limit(start, onSubject, one)
	c.space.limit(start, onCAClient, set{1 << k})
	if k == caSync {
		exchange := newSet(c.space.axes[onApp].size)
		exchange.add(appExchange)
		c.space.limit(start, onApp, exchange)
	}
	return start
}

// blocking are the sign-ins by a kind of client that policies surely block, and may
// block. Policies that leave out the given do not act there. A filter for devices is
// a hole: which of them it leaves out, and what it makes of a client that shows
// none, is written in it, and nobody else can rely on it.
func (c *coverage) blocking(k caClient, but *leftOut) (sure, may []box) {
	for i, p := range c.ca.policies {
		if but != nil && slices.ContainsFunc(p.leaves, but.same) {
			continue
		}
		switch p.effect[k] {
		case blocks:
			if p.filtered {
				continue
			}
			sure = append(sure, c.regions[i].sure...)
			may = append(may, c.regions[i].may...)
		case opaque:
			may = append(may, c.regions[i].may...)
		}
	}
	return sure, may
}

// blocked says whether all of some sign-ins are blocked, and gives one that is not,
// or may not be.
func (c *coverage) blocked(starts, sure, may, aside []box) (tri, box) {
	answer, at := yes, box(nil)
	for _, start := range starts {
		if hole, free := c.space.find(start, append(slices.Clone(aside), may...), maxCuts); free == yes {
			if !c.ca.known {
				return maybe, hole
			}
			return no, hole
		}
		if hole, free := c.space.find(start, append(slices.Clone(aside), sure...), maxCuts); free != no {
			answer, at = maybe, hole
		}
	}
	return answer, at
}

func (v *evaluation) legacyBlock(k caClient) LegacyBlock {
	c := v.coverage
	crowd := c.crowdOf[v.passers]
	start := c.legacyStart(crowd, k)
	var aside []box
	for _, p := range c.ca.policies {
		for _, l := range p.leaves {
			if p.blocksClient(k) {
				aside = append(aside, c.within(start, l)...)
			}
		}
	}
	sure, may := c.blocking(k, nil)
	is, hole := c.blocked([]box{start}, sure, may, aside)
	made := LegacyBlock{Client: k.String(), Blocked: is.answer()}
	if is == yes {
		return made
	}
	made.Reasons = c.unsure(crowd, k, is, hole)
	if hole != nil {
		made.Passes, made.Application = c.signIn(&answer{client: k, hole: hole}), c.application(hole)
	}
	return made
}

// unsure says why nobody can tell whether sign-ins are blocked.
func (c *coverage) unsure(crowd int, k caClient, blocked tri, hole box) []Reason {
	var list []Reason
	if blocked != maybe {
		return nil
	}
	if !c.ca.known {
		list = append(list, Reason{Key: "conditional_access_unread"})
	}
	if hole != nil {
		list = append(list, c.doubtsAbout(question{crowd: crowd}, k, hole, func(e effect) bool { return e == blocks || e == opaque })...)
	}
	return tidy(list)
}

// within are the sign-ins of start that are left out by their application, platform
// or location.
func (c *coverage) within(start box, l leftOut) []box {
	b := slices.Clone(start)
	switch l.kind {
	case "application":
		_, may, _ := c.ca.appSets(node{[]any{l.id}}, c.space.axes[onApp].size)
		if !c.space.limit(b, onApp, may) {
			return nil
		}
	case "platform":
		on := uint64(0)
		for i, name := range caPlatforms[:len(caPlatforms)-1] {
			if name == l.id || l.id == "all" {
				on |= 1 << i
			}
		}
		if !c.space.limit(b, onCAPlatform, set{on}) {
			return nil
		}
	case "location":
		if l.id == "All" {
			return []box{b}
		}
		refs, _ := c.ca.refer([]string{l.id})
		return c.space.boxes(b, onLocation, c.ca.atlas.in(refs).may)
	default:
		return nil
	}
	return []box{b}
}

// exclusion asks what becomes of what a policy leaves out.
func (v *evaluation) exclusion(p *caPolicy, l leftOut) Exclusion {
	made := Exclusion{Policy: p.index, PolicyID: p.id, Name: p.name, Kind: l.kind, ID: l.id}
	for _, k := range legacyClients {
		if !p.blocksClient(k) {
			continue
		}
		open, mailboxes, reasons := v.leftOpen(l, k)
		switch open {
		case yes:
			made.Open = append(made.Open, k.String())
		case maybe:
			made.Undecided = append(made.Undecided, k.String())
		}
		made.Mailboxes = max(made.Mailboxes, mailboxes)
		made.Reasons = append(made.Reasons, reasons...)
	}
	made.Reasons = tidy(made.Reasons)
	return made
}

// leftOpen says whether something that is left out stays open to a kind of legacy
// client, and for how many mailboxes it surely does.
func (v *evaluation) leftOpen(l leftOut, k caClient) (open tri, mailboxes int, reasons []Reason) {
	c := v.coverage
	sure, may := c.blocking(k, &l)
	ask := func(crowd int, starts []box) tri {
		is, hole := c.blocked(starts, sure, may, nil)
		reasons = append(reasons, c.unsure(crowd, k, is, hole)...)
		return is.not()
	}
	passer := c.crowdOf[v.passers]
	i := slices.IndexFunc(v.leftOut, l.same)
	if i < 0 {
		open = ask(passer, c.within(c.legacyStart(passer, k), l))
		return open, 0, reasons
	}
	theirs, real := no, false
	for _, class := range v.classes {
		u := v.subjects[class]
		if l.among(u) != yes {
			continue
		}
		crowd := c.crowdOf[v.subjectOf[class]]
		past := ask(crowd, []box{c.legacyStart(crowd, k)})
		if past == yes {
			mailboxes += class.count
		}
		theirs, real = max(theirs, past), true
	}
	if l.kind == "user" && real {
		return theirs, mailboxes, reasons
	}
	crowd := c.crowdOf[v.outsiders+i]
	return max(theirs, ask(crowd, []box{c.legacyStart(crowd, k)})), mailboxes, reasons
}
