package access

import (
	"fmt"
	"slices"
)

// evaluation works out the doors of a set of classes.
type evaluation struct {
	engine  *Engine
	classes []*class

	people   []*person
	personOf map[*class]int
	// strangers are people made up to stand for whom rules name: the first of them
	// is at that place in people.
	strangers int
	judgement *judgement

	subjects  map[*class]*subject
	subjectOf map[*class]int
	coverage  *coverage
	// passers are made-up users, whom no policy names: the first of them is at that
	// place among the subjects.
	passers int
	// leftOut is what policies leave out, of users; the one made up for the first of
	// it is at the place outsiders among the subjects.
	leftOut   []leftOut
	outsiders int

	domains    map[string][2]route
	exchanges  map[exchangeKey]*gate
	identities map[string][]*entry
	doors      map[doorsKey]*doorset
	// outcomes are the lists that doorsets have, each once, by their text.
	outcomes map[string][]Outcome
}

// How much an evaluation remembers of what it worked out for other classes. That is
// above what mailboxes of real tenants differ in; where nearly all differ, a class
// hardly ever meets what another left behind, and memory must not grow with them.
const (
	mostDoors      = 1 << 12
	mostIdentities = 1 << 14
	mostExchanges  = 1 << 16
	mostDomains    = 1 << 16
)

// remember puts a value into a map that holds so many at most.
func remember[K comparable, V any](m map[K]V, most int, key K, value V) {
	if len(m) >= most {
		clear(m)
	}
	m[key] = value
}

// evaluate hands the classes to Okta's rules and to Conditional Access.
func (e *Engine) evaluate(classes []*class) *evaluation {
	v := &evaluation{
		engine: e, classes: classes, personOf: make(map[*class]int), subjects: make(map[*class]*subject),
		subjectOf: make(map[*class]int), domains: make(map[string][2]route), exchanges: make(map[exchangeKey]*gate),
		identities: make(map[string][]*entry), doors: make(map[doorsKey]*doorset),
		outcomes: make(map[string][]Outcome),
	}
	var subjects []*subject
	for _, c := range classes {
		v.personOf[c] = len(v.people)
		v.people = append(v.people, c.mailbox.person())
		v.subjectOf[c] = len(subjects)
		v.subjects[c] = c.mailbox.subject(e)
		subjects = append(subjects, v.subjects[c])
	}
	v.strangers = len(v.people)
	v.people = append(v.people, e.okta.strangers()...)
	v.judgement = e.okta.judge(v.people)
	v.passers = len(subjects)
	subjects = append(subjects, &subject{groupsKnown: true, rolesKnown: true, kind: "Member", synced: maybe})
	v.outsiders = len(subjects)
	var made []*subject
	v.leftOut, made = e.ca.outsiders()
	v.coverage = e.ca.cover(append(subjects, made...))
	return v
}

// strangers makes up people whom rules could mean though no mailbox is theirs: one
// in no group at all, one for each group and one for each user that a rule names,
// be it to leave them out, and for each of those that a rule includes one who is
// besides in all groups that the rules above it leave out. They show what a rule
// does before anybody is in its group. A group that was not collected may be gone,
// so that nobody can be in it.
func (o *org) strangers() []*person {
	list := []*person{{known: true, groups: []string{}}}
	made := map[string]bool{"[] []": true}
	add := func(named []string, groups ...string) {
		if slices.ContainsFunc(groups, func(g string) bool { return !o.directory.collected(g) }) {
			return
		}
		slices.Sort(groups)
		groups = slices.Compact(groups)
		if key := fmt.Sprintf("%q %q", groups, named); !made[key] {
			made[key] = true
			list = append(list, &person{known: true, groups: groups, named: named})
		}
	}
	for _, p := range o.policies {
		above := []string{} // groups that the rules above leave out
		for _, r := range p.rules {
			c := &r.people
			beside := slices.DeleteFunc(slices.Clone(above), func(g string) bool { return slices.Contains(c.withoutGroups, g) })
			for _, g := range slices.Concat(c.groups, c.withoutGroups) {
				add(nil, g)
			}
			for _, u := range slices.Concat(c.users, c.withoutUsers) {
				add([]string{u})
			}
			for _, g := range c.groups {
				add(nil, append(slices.Clone(beside), g)...)
			}
			for _, u := range c.users {
				add([]string{u}, slices.Clone(beside)...)
			}
			for _, g := range c.withoutGroups {
				if o.directory.collected(g) {
					above = append(above, g)
				}
			}
		}
	}
	return list
}

func (v *evaluation) routes(domain string) (passive, active route) {
	both, known := v.domains[domain]
	if !known {
		both[0], both[1] = v.engine.entra.routes(v.engine.okta, domain)
		remember(v.domains, mostDomains, domain, both)
	}
	return both[0], both[1]
}

// aMailbox stands in pointers for the mailbox that a door is shown for; a gate is
// made once for all mailboxes that it treats alike.
const aMailbox = "/mailboxes/-"

// exchangeGate asks Exchange about a door.
func (v *evaluation) exchangeGate(s *switches, p Protocol, m Method) *gate {
	key := exchangeKey{*s, p, m}
	g := v.exchanges[key]
	if g == nil {
		g = v.engine.exchange.gate(s, p, m)
		remember(v.exchanges, mostExchanges, key, g)
	}
	return g
}

type exchangeKey struct {
	switches
	protocol Protocol
	method   Method
}

// doorsKey is all that the doors of a class depend on.
type doorsKey struct {
	switches switches
	crowd    int
	entries  [3]string
}

// doorset is all doors of a class, in the order of the matrix, and their outcomes.
type doorset struct {
	doors    []*doorwork
	outcomes []Outcome
}

// doorsOf works out all doors of a class. called is what its stray names are called.
func (v *evaluation) doorsOf(c *class, called stray) *doorset {
	key := doorsKey{switches: c.switches(called), crowd: v.coverage.crowdOf[v.subjectOf[c]]}
	domain := c.domain(called)
	for i, m := range Methods() {
		key.entries[i] = v.entriesKey(c, domain, m)
	}
	if all, known := v.doors[key]; known {
		return all
	}
	var entries [3][]*entry
	for i, m := range Methods() {
		list, known := v.identities[key.entries[i]]
		if !known {
			list = v.entries(c, domain, m)
			remember(v.identities, mostIdentities, key.entries[i], list)
		}
		entries[i] = list
	}
	var doors []*doorwork
	for _, p := range Protocols() {
		for i, m := range Methods() {
			doors = append(doors, v.door(&key, p, m, entries[i]))
		}
	}
	all := &doorset{doors, v.outcomesOf(doors)}
	remember(v.doors, mostDoors, key, all)
	return all
}

// outcomesOf lists the outcomes of doors. Doors with the same outcomes share the list.
func (v *evaluation) outcomesOf(doors []*doorwork) []Outcome {
	list := make([]Outcome, len(doors))
	for i, d := range doors {
		list[i] = d.outcome
	}
	key := fmt.Sprint(list)
	if known, ok := v.outcomes[key]; ok {
		return known
	}
	v.outcomes[key] = list
	return list
}

// entriesKey is all that a class's ways to prove who they are depend on, by the name
// of its domain.
func (v *evaluation) entriesKey(c *class, domain string, m Method) string {
	u := v.subjects[c]
	rolledOut, _ := v.engine.entra.rolledOut(u)
	key := fmt.Sprintf("%s %q %d %d %d ", m, domain, v.judgement.crowdOf[v.personOf[c]], u.synced, rolledOut)
	if o := c.mailbox.Okta; o != nil {
		key += fmt.Sprintf("%t %q %s %t", o.Assigned, o.Apps, o.Status, o.Apps == nil)
	}
	return key
}

// doorwork is a door in the making: the stations' answers, and what follows.
type doorwork struct {
	protocol Protocol
	method   Method

	exchange *gate
	entries  []*entry
	entra    []*gate
	answers  []*answer

	outcome Outcome
	best    int // the entry that gets furthest
	locks   []Lock
	reasons []Reason
	ways    []entryWay
	via     []string

	// fine and coarse are keys for the grouping, empty until it has asked. Stray names
	// are hidden in them.
	fine, coarse string
}

// door works out one door. entries are the ways to prove who one is by the method.
func (v *evaluation) door(key *doorsKey, p Protocol, m Method, entries []*entry) *doorwork {
	d := &doorwork{protocol: p, method: m, entries: entries, outcome: NotOffered}
	if !p.Offers(m, v.engine.options.AsPublished) {
		return d
	}
	d.exchange = v.exchangeGate(&key.switches, p, m)
	without, past, proved := no, no, no
	bestWithout, bestPast := no, no
	for i, e := range entries {
		g, a := v.coverage.gate(key.crowd, p, m, e.trusted, "")
		if m == Basic && v.apart(e.passage, a) {
			e, g, a = v.together(e, g, a, key.crowd, p)
			entries = slices.Clone(entries)
			entries[i] = e
		}
		d.entra, d.answers = append(d.entra, g), append(d.answers, a)
		w, any := min(e.gate.without, g.without), min(e.gate.any, g.any)
		if w > bestWithout || w == bestWithout && any > bestPast {
			d.best, bestWithout, bestPast = i, w, any
		}
		without, past = max(without, w), max(past, any)
		proved = max(proved, e.gate.any)
	}
	d.entries = entries
	without, past = min(without, d.exchange.without), min(past, d.exchange.any)
	switch {
	case without == yes:
		d.outcome = Open
	case without == maybe:
		d.outcome = Undecided
	case past != no:
		d.outcome = WithMFA
	case d.exchange.any == no:
		d.outcome = ClosedAtExchange
	case proved == no:
		d.outcome = ClosedAtIdentityProvider
	default:
		d.outcome = ClosedAfterSignIn
	}
	d.collectLocks()
	if without != no {
		d.collectWays()
	}
	if without == maybe {
		d.collectReasons()
	}
	return d
}

// collectLocks gathers what closes the door by itself: a lock at the identity
// provider or in Entra counts only if it stands in every way of proving oneself.
func (d *doorwork) collectLocks() {
	d.locks = slices.Clone(d.exchange.locks)
	gather := func(gates []*gate) {
		var all []Lock
		for _, g := range gates {
			if g.any != no {
				return
			}
			for _, l := range g.locks {
				if !slices.Contains(all, l) {
					all = append(all, l)
				}
			}
		}
		d.locks = append(d.locks, all...)
	}
	var identity []*gate
	for _, e := range d.entries {
		identity = append(identity, e.gate)
	}
	gather(identity)
	gather(d.entra)
}

func (d *doorwork) collectWays() {
	for i, e := range d.entries {
		if min(e.gate.without, d.entra[i].without) == no {
			continue
		}
		d.ways = append(d.ways, e.ways...)
		if !slices.Contains(d.via, e.via) {
			d.via = append(d.via, e.via)
		}
	}
}

// collectReasons gathers why nobody can tell: what is not known at any station
// that a way past leads by.
func (d *doorwork) collectReasons() {
	d.reasons = append(d.reasons, d.exchange.doubts...)
	for i, e := range d.entries {
		if min(e.gate.without, d.entra[i].without) != no {
			d.reasons = append(d.reasons, e.gate.doubts...)
			d.reasons = append(d.reasons, d.entra[i].doubts...)
		}
	}
	d.reasons = tidy(d.reasons)
}
