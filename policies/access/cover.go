package access

import (
	"encoding/binary"
	"slices"
	"strings"
)

// maxCuts bounds the search for a hole in what policies cover together; a search
// that would go on ends with maybe.
const maxCuts = 2000

// coverage is what Conditional Access makes of every sign-in by the given users.
type coverage struct {
	ca    *conditionalAccess
	space *space
	// crowds are users whom no policy tells apart; crowdOf gives a user's by its
	// place in the list.
	crowds  []*subject
	crowdOf []int
	// regions are the sign-ins that a policy surely, and possibly, applies to.
	regions, idle []layer
	answers       map[question]*answer
	gates         map[gateKey]*gate
}

type gateKey struct {
	question question
	protocol Protocol
	method   Method
}

// question is one that doors ask of Entra.
type question struct {
	crowd   int
	clients uint64
	app     int
	trusted bool
	// within are the locations that the sign-in can come from; empty for all.
	within locations
}

// locations is a set of locations as a key of a map.
type locations string

func (s set) locations() locations {
	var b []byte
	for _, w := range s {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return locations(b)
}

func (l locations) set() set {
	var s set
	for b := []byte(l); len(b) > 0; b = b[8:] {
		s = append(s, binary.LittleEndian.Uint64(b))
	}
	return s
}

// answer is what Entra makes of the sign-ins that a question is about.
type answer struct {
	without, any tri
	// blocked: policies that block are enough to stop all of them.
	blocked bool
	// hole is a set of sign-ins that get past without a second factor, or may.
	hole   box
	client caClient
	doubts []Reason
}

// cover hands the sign-ins of all users to Conditional Access.
func (ca *conditionalAccess) cover(list []*subject) *coverage {
	c := &coverage{ca: ca, answers: make(map[question]*answer), gates: make(map[gateKey]*gate)}
	if len(list) == 0 {
		list = []*subject{{}} // an axis needs a value
	}
	numbers := make(map[string]int)
	var key []byte
	for _, u := range list {
		key = key[:0]
		for _, p := range slices.Concat(ca.policies, ca.idle) {
			key = append(key, byte(p.users.match(u)))
		}
		n, known := numbers[string(key)]
		if !known {
			n = len(c.crowds)
			numbers[string(key)] = n
			c.crowds = append(c.crowds, u)
		}
		c.crowdOf = append(c.crowdOf, n)
	}
	c.space = newSpace([]int{
		len(c.crowds), int(caClients), namedApps + len(ca.apps.names), len(caPlatforms), len(caRisks), len(caRisks), len(ca.atlas.atoms),
	}, ca.atlas.facts)
	for _, p := range ca.policies {
		c.regions = append(c.regions, c.region(p))
	}
	for _, p := range ca.idle {
		c.idle = append(c.idle, c.region(p))
	}
	return c
}

// region makes the boxes of a policy.
func (c *coverage) region(p *caPolicy) layer {
	sure, may := newSet(len(c.crowds)), newSet(len(c.crowds))
	for i, u := range c.crowds {
		switch p.users.match(u) {
		case yes:
			sure.add(i)
			may.add(i)
		case maybe:
			may.add(i)
		}
	}
	var l layer
	if !p.capped {
		l.sure = c.boxes(p, 0, sure, p.apps.sure, p.where.sure)
	}
	l.may = c.boxes(p, 1, may, p.apps.may, p.where.may)
	return l
}

func (c *coverage) boxes(p *caPolicy, which int, users, apps set, places []place) []box {
	s := c.space
	b := slices.Clone(s.whole)
	ok := s.limit(b, onSubject, users)
	ok = s.limit(b, onCAClient, set{p.clients[which]}) && ok
	ok = s.limit(b, onApp, apps) && ok
	ok = s.limit(b, onCAPlatform, set{p.platforms[which]}) && ok
	ok = s.limit(b, onSignInRisk, set{p.risks[0][which]}) && ok
	ok = s.limit(b, onUserRisk, set{p.risks[1][which]}) && ok
	if !ok {
		return nil
	}
	return s.boxes(b, onLocation, places)
}

// start is the box of all sign-ins that a question is about, for one client.
func (c *coverage) start(q question, k caClient) box {
	s := c.space
	b := slices.Clone(s.whole)
	crowd := newSet(len(c.crowds))
	crowd.add(q.crowd)
	app := newSet(s.axes[onApp].size)
	app.add(q.app)
	s.limit(b, onSubject, crowd)
	s.limit(b, onCAClient, set{1 << k})
	s.limit(b, onApp, app)
	if q.within != "" {
		s.limit(b, onLocation, q.within.set())
	}
	return b
}

// ask answers a question. The client of the clients asked about that gets furthest
// decides, for whoever attacks may choose it.
func (c *coverage) ask(q question) *answer {
	if a, known := c.answers[q]; known {
		return a
	}
	best := &answer{}
	for k := range caClient(caClients) {
		if q.clients&(1<<k) == 0 {
			continue
		}
		a := c.askClient(q, k)
		if best.hole == nil || a.without > best.without {
			a.any = max(a.any, best.any)
			a.blocked = a.blocked && (best.hole == nil || best.blocked)
			best = a
		} else {
			best.any = max(best.any, a.any)
			best.blocked = best.blocked && a.blocked
		}
	}
	c.answers[q] = best
	return best
}

// askClient answers a question for one kind of client.
func (c *coverage) askClient(q question, k caClient) *answer {
	var blocking, sureStops, mayStops, sureDemands, mayDemands []box
	for i, p := range c.ca.policies {
		l := c.regions[i]
		switch p.effect[k] {
		case blocks:
			blocking = append(blocking, l.sure...)
			fallthrough
		case starves:
			sureStops = append(sureStops, l.sure...)
			mayStops = append(mayStops, l.may...)
		case demands:
			if q.trusted {
				sureDemands = append(sureDemands, l.sure...)
			}
			mayDemands = append(mayDemands, l.may...)
		case opaque:
			mayStops = append(mayStops, l.may...)
		}
	}
	start := c.start(q, k)
	a := &answer{client: k, hole: start}
	find := func(lists ...[]box) (box, tri) {
		var near []box
		for _, list := range lists {
			for _, b := range list {
				if c.space.meets(start, b) {
					near = append(near, b)
				}
			}
		}
		return c.space.find(start, near, maxCuts)
	}
	a.any = no
	if _, ok := find(mayStops); ok == yes {
		a.any = yes
	} else if _, ok := find(sureStops); ok != no {
		a.any = maybe
	}
	if hole, ok := find(mayStops, mayDemands); ok == yes {
		a.without, a.hole = yes, hole
	} else if hole, ok := find(sureStops, sureDemands); ok != no {
		a.without = maybe
		if hole != nil {
			a.hole = hole
		}
		a.doubts = c.doubts(q, k, a.hole)
	}
	if a.any == no {
		_, free := find(blocking)
		a.blocked = free == no
	}
	if !c.ca.known {
		a.any, a.without = min(a.any, maybe), min(a.without, maybe)
		if a.without == maybe {
			a.doubts = append(a.doubts, Reason{Key: "conditional_access_unread"})
		}
	}
	return a
}

// doubts says why nobody can tell whether sign-ins of a box get past.
func (c *coverage) doubts(q question, k caClient, at box) []Reason {
	return c.doubtsAbout(q, k, at, func(e effect) bool { return e != passes })
}

// doubtsAbout is doubts about the policies of the effects that matter.
func (c *coverage) doubtsAbout(q question, k caClient, at box, matters func(effect) bool) []Reason {
	var list []Reason
	for i, p := range c.ca.policies {
		l := c.regions[i]
		if !matters(p.effect[k]) || !c.space.meetsAny(at, l.may) {
			continue
		}
		a := args{"policy": p.name}
		switch {
		case p.effect[k] == opaque:
			list = append(list, Reason{Key: "ca_grant_unclear", Args: a, Pointer: p.pointer})
		case p.effect[k] == demands && !q.trusted && c.space.meetsAny(at, l.sure):
			list = append(list, Reason{Key: "ca_mfa_claim", Args: a, Pointer: p.pointer})
		case p.users.match(c.crowds[q.crowd]) == maybe:
			list = append(list, Reason{Key: "ca_users_unknown", Args: a, Pointer: p.pointer})
		case len(p.doubts) > 0:
			list = append(list, p.doubts...)
		default:
			list = append(list, Reason{Key: "ca_undecided", Args: a, Pointer: p.pointer})
		}
	}
	return list
}

// gate asks Entra about a door, after the identity provider has let somebody past.
// trusted says that an MFA claim of the identity provider can be believed, within
// from where the sign-in can come.
func (c *coverage) gate(crowd int, p Protocol, m Method, trusted bool, within locations) (*gate, *answer) {
	q := question{crowd: crowd, clients: caClientsOf(p, m), app: appExchange, trusted: trusted, within: within}
	if p == Graph {
		q.app = appGraph
	}
	a := c.ask(q)
	key := gateKey{q, p, m}
	if g, known := c.gates[key]; known {
		return g, a
	}
	g := &gate{without: a.without, any: a.any, doubts: slices.Clone(a.doubts)}
	c.trace(g, q, a)
	if a.any == no {
		names, at := c.stoppers(q, a.client)
		l := Lock{Kind: LockConditionalAccess, Station: Entra, Stage: AfterSignIn, Name: names, Pointer: at}
		if !a.blocked {
			l.Kind = LockConditionalAccessGrant
		}
		g.lock(l)
	}
	c.securityDefaults(g, p, m)
	c.gates[key] = g
	return g, a
}

// caClientsOf lists the kinds of clients that open a door. Signing in by a browser,
// whoever attacks may say to be a browser or an app.
func caClientsOf(p Protocol, m Method) uint64 {
	sync := p == ActiveSync
	switch {
	case m == Basic && sync:
		return 1 << caSync
	case m == Basic:
		return 1 << caOther
	case m == PasswordGrant && sync:
		return 1 << caSyncGrant
	case m == PasswordGrant:
		return 1 << caGrant
	case p == Web:
		return 1 << caBrowser
	case sync:
		return 1<<caBrowser | 1<<caSyncApp
	}
	return 1<<caBrowser | 1<<caApp
}

// securityDefaults adds what Entra's own defaults do: they refuse legacy clients
// and SMTP AUTH, and ask users for MFA when Microsoft thinks it needed.
//
// https://learn.microsoft.com/entra/fundamentals/security-defaults
func (c *coverage) securityDefaults(g *gate, p Protocol, m Method) {
	const at = "/entra/security_defaults/isEnabled"
	switch {
	case c.ca.defaults == no:
	case c.ca.defaults == maybe:
		any := g.any
		g.doubt(Reason{Key: "security_defaults_unread"})
		if m == Modern {
			g.any = any
		}
	case m == Basic:
		g.step("security_defaults_block", at, nil)
		g.lock(Lock{Kind: LockSecurityDefaults, Station: Entra, Stage: AfterSignIn, Pointer: at})
	default:
		any := g.any
		g.doubt(Reason{Key: "security_defaults_ask", Pointer: at})
		if m == Modern && p != SMTP {
			g.any = any
		}
	}
}

// stoppers names the policies that stop the sign-ins of a question.
func (c *coverage) stoppers(q question, k caClient) (names, at string) {
	start := c.start(q, k)
	var list []string
	for i, p := range c.ca.policies {
		if p.effect[k] >= starves && c.space.meetsAny(start, c.regions[i].sure) {
			list = append(list, p.name)
			if at == "" {
				at = p.pointer
			}
		}
	}
	return strings.Join(list, ", "), at
}

// trace says what each policy that might matter does to the sign-ins of an answer.
func (c *coverage) trace(g *gate, q question, a *answer) {
	start := c.start(q, a.client)
	for i, p := range c.ca.policies {
		l := c.regions[i]
		e := p.effect[a.client]
		if e == passes || !c.aims(p, a.client, q.app) {
			continue
		}
		about := args{"policy": p.name}
		switch {
		case !c.space.meetsAny(start, l.may):
			g.step("ca_not_for_user", p.pointer, about)
		case a.any != no && !c.space.meetsAny(a.hole, l.may):
			g.step("ca_not_everywhere", p.pointer, about)
		case e == demands:
			g.step("ca_demands_mfa", p.pointer, about)
		case e == blocks:
			g.step("ca_blocks", p.pointer, about)
		case e == starves:
			g.step("ca_starves", p.pointer, about)
		}
	}
	for i, p := range c.ca.idle {
		if p.effect[a.client] >= demands && c.space.meetsAny(start, c.idle[i].may) {
			g.step("ca_report_only", p.pointer, args{"policy": p.name})
		}
	}
}

// aims reports whether a policy is for a kind of client and an application at all.
func (c *coverage) aims(p *caPolicy, k caClient, app int) bool {
	return p.clients[1]&(1<<k) != 0 && p.apps.may.has(app)
}
