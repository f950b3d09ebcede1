package waiver

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// A match is what a waiver is about in a report.
type match struct {
	w *Waiver
	// result is the control's, nil where the report does not have it.
	result *finding.Result
	// violations are the control's as they were found, covers what of them the waiver
	// is about, by their index.
	violations []finding.Violation
	covers     map[int]*cover
	// keys are the subjects, each once, sorted, ways those of what they are found by.
	keys   []uint64
	ways   []way
	growth growth
	state  finding.WaiverState
	// problem says why the waiver cannot be about anything.
	problem string
}

// A cover is which members of a violation a waiver is about.
type cover struct {
	// all: each of them, or the one resource.
	all bool
	// chosen are the members by their index in Keys, n how many.
	chosen bits
	n      int
}

// has reports whether the member at an index is among them.
func (c *cover) has(index int) bool { return c.all || c.chosen.has(index) }

// What keeps a waiver from being about anything.
const (
	noControl      = "no_control"
	noGroup        = "no_group"
	ambiguousGroup = "ambiguous_group"
	needsSnapshot  = "needs_snapshot"
)

// match finds what a waiver is about.
func (g *Gathering) match(w *Waiver) (*match, error) {
	m := &match{w: w, covers: map[int]*cover{}}
	i := slices.IndexFunc(g.report.Results, func(r finding.Result) bool { return r.Control == w.Control })
	if i < 0 {
		m.state = finding.WaiverNotJudged
		if g.options.Whole {
			m.state, m.problem = finding.WaiverUnused, noControl
		}
		return m, nil
	}
	m.result = &g.report.Results[i]
	m.violations = m.result.Violations
	choose, problem, err := g.chooser(w)
	if err != nil {
		return nil, err
	}
	m.problem = problem
	for k := range m.violations {
		if problem != "" {
			break
		}
		if err := m.cover(k, choose); err != nil {
			return nil, err
		}
	}
	slices.Sort(m.keys)
	m.keys = slices.Compact(m.keys)
	m.growth = w.Pin.compare(g.report.Tenant.ID, m.keys, m.ways)
	m.state = g.state(m)
	return m, nil
}

// state says what becomes of the waiver. One that is about nothing is that before
// all else: it can go, whatever its date is.
func (g *Gathering) state(m *match) finding.WaiverState {
	left := g.asOf.Until(m.w.Expires)
	switch {
	case len(m.keys) == 0 && (len(m.result.Unknowns) > 0 || m.result.Outcome == finding.Error):
		return finding.WaiverUndecided
	case len(m.keys) == 0:
		return finding.WaiverUnused
	case left < 0:
		return finding.WaiverExpired
	case left > g.options.Limits.MaxDays:
		return finding.WaiverTooFar
	case m.growth.grown():
		return finding.WaiverGrown
	}
	return finding.WaiverHolds
}

// A chooser says what of a violation a waiver is about: all of it, or, where it is
// asked member by member, which of them.
type chooser struct {
	whole func(v *finding.Violation) bool
	// index decides on a mailbox of the snapshot, member on any other.
	index  func(i int) bool
	member func(m *finding.Member) bool
}

// chooser makes the chooser of a waiver, or says why there is none.
func (g *Gathering) chooser(w *Waiver) (c chooser, problem string, err error) {
	s := &w.Scope
	switch {
	case s.WholeControl:
		c.whole = func(*finding.Violation) bool { return true }
	case s.Fingerprint != "":
		c.whole = func(v *finding.Violation) bool { return cmp.Or(v.PartOf, v.Fingerprint) == s.Fingerprint }
	case s.Resource != nil:
		c.whole = s.Resource.is
	case s.Cause != nil:
		c.whole = s.Cause.is
	case s.User != "":
		return g.userChooser(s.User), "", nil
	case g.doc == nil:
		return c, needsSnapshot, nil
	case s.Group != "":
		return g.groupChooser(s.Group)
	default:
		return g.classChooser(s.Mailboxes)
	}
	return c, "", nil
}

func (r *Resource) is(v *finding.Violation) bool {
	return v.Members == nil && v.Resource.Kind == r.Kind &&
		(r.ID == "" || v.Resource.ID == r.ID) && (r.Name == "" || v.Resource.Name == r.Name)
}

func (c *Cause) is(v *finding.Violation) bool {
	if c.Message != "" && c.Message != v.Key {
		return false
	}
	for name, want := range c.Args {
		got, given := v.Args[name]
		if !given || canonical(got) != canonical(want) {
			return false
		}
	}
	return true
}

// userKinds are the kinds of resource that are a user.
func userKinds() []string { return []string{"user", "mailbox"} }

func (g *Gathering) userChooser(user string) chooser {
	is := func(id, name string) bool { return strings.EqualFold(id, user) || strings.EqualFold(name, user) }
	c := chooser{
		whole: func(v *finding.Violation) bool {
			return v.Members == nil && slices.Contains(userKinds(), v.Resource.Kind) && is(v.Resource.ID, v.Resource.Name)
		},
		member: func(m *finding.Member) bool { return is(m.ID, m.Name) },
	}
	if g.doc != nil {
		at := g.users[strings.ToLower(user)]
		c.index = func(i int) bool { return slices.Contains(at, i) }
	}
	return c
}

// cover finds what the waiver is about in one violation.
func (m *match) cover(k int, c chooser) error {
	v := &m.violations[k]
	if c.whole != nil && c.whole(v) {
		m.covers[k] = &cover{all: true, n: v.Count()}
		return m.take(v, v.Count(), func(int) bool { return true })
	}
	if v.Members == nil || c.index == nil && c.member == nil {
		return nil
	}
	found := &cover{}
	if err := found.choose(v.Members, c); err != nil {
		return err
	}
	if found.n == 0 {
		return nil
	}
	found.all = found.n == v.Members.Len()
	m.covers[k] = found
	return m.take(v, found.n, found.has)
}

// choose asks the chooser about each member. Mailboxes are known by their index; of
// others it has to be read who they are.
func (c *cover) choose(members *finding.Members, by chooser) error {
	if members.Rolled() && by.index != nil {
		for i := range members.Keys() {
			if by.index(i) {
				c.add(i)
			}
		}
		return members.Err()
	}
	at := 0
	for member := range members.All() {
		if by.member != nil && by.member(&member) {
			c.add(at)
		}
		at++
	}
	return members.Err()
}

func (c *cover) add(index int) {
	c.chosen.add(index)
	c.n++
}

// take remembers the keys of a violation's subjects, n of which has says yes, and its
// ways.
func (m *match) take(v *finding.Violation, n int, has func(int) bool) error {
	m.ways = append(m.ways, waysOf(v)...)
	if v.Members == nil {
		m.keys = append(m.keys, resourceKey(v))
		return nil
	}
	m.keys = slices.Grow(m.keys, n)
	for i, key := range v.Members.Keys() {
		if has(i) {
			m.keys = append(m.keys, key)
		}
	}
	return v.Members.Err()
}

func resourceKey(v *finding.Violation) uint64 { return resourceMember(v).Key() }

// resourceMember is a single resource as a subject among others.
func resourceMember(v *finding.Violation) *finding.Member {
	name := cmp.Or(v.Resource.ID, v.Resource.Name)
	return &finding.Member{ID: v.Resource.Kind + " " + name, Name: cmp.Or(v.Resource.Name, v.Resource.ID), Pointer: v.Pointer, Line: line(v.Region)}
}

func line(region *finding.Region) int {
	if region == nil {
		return 0
	}
	return region.StartLine
}

// added lists who has joined, each once, nil where nobody can tell who.
func (m *match) added() *finding.Members {
	if m.growth.n == 0 || m.growth.added == nil {
		return nil
	}
	var lists []*finding.Members
	var single []finding.Member
	for _, k := range slices.Sorted(maps.Keys(m.covers)) {
		v := &m.violations[k]
		if v.Members == nil {
			single = append(single, *resourceMember(v))
			continue
		}
		lists = append(lists, v.Members)
	}
	name := "resource"
	if len(lists) > 0 && len(single) == 0 {
		name = lists[0].Population()
	}
	return finding.ReadMembers(name, m.growth.n, func(yield func(finding.Member, error) bool) {
		seen := map[uint64]bool{}
		give := func(member finding.Member) bool {
			key := member.Key()
			if !m.growth.added[key] || seen[key] {
				return true
			}
			seen[key] = true
			return yield(member, nil)
		}
		for _, member := range single {
			if !give(member) {
				return
			}
		}
		for _, list := range lists {
			for member := range list.All() {
				if !give(member) {
					return
				}
			}
			if err := list.Err(); err != nil {
				yield(finding.Member{}, fmt.Errorf("list who has joined: %w", err))
				return
			}
		}
	})
}

// bits is a set of indexes.
type bits []uint64

func (b *bits) add(i int) {
	for len(*b) <= i/64 {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bits) has(i int) bool { return i/64 < len(b) && b[i/64]&(1<<(i%64)) != 0 }
