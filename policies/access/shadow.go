package access

import "slices"

// model is a space in which people are conceived, not counted: whether somebody is
// in a group, is a user that a rule names, or is of a user type is a fact of its
// own. It answers whether a rule can be reached by anybody at all.
type model struct {
	judgement *judgement
	policy    *policy
	space     *space
	facts     *numbering
	first     int // of the facts of people
	// sure and may are the requests that each rule surely, and possibly, matches.
	sure, may [][]box
	blocked   []box
}

// maxReachCuts bounds the search for a request that reaches a rule.
const maxReachCuts = 2000

func newModel(j *judgement, p *policy) *model {
	o := j.org
	m := &model{judgement: j, policy: p, facts: newNumbering(), first: o.atlas.facts + len(o.assurances.names)}
	for _, r := range p.rules {
		for _, ids := range [][]string{r.people.groups, r.people.withoutGroups} {
			m.number("group", ids)
		}
		for _, ids := range [][]string{r.people.users, r.people.withoutUsers} {
			m.number("user", ids)
		}
		for _, ids := range [][]string{r.people.kinds, r.people.withoutKinds} {
			m.number("kind", ids)
		}
	}
	m.space = newSpace([]int{
		1, int(clients), platforms, int(devices), int(risks), len(o.atlas.atoms),
	}, m.first+len(m.facts.names))
	for _, r := range p.rules {
		m.sure, m.may = append(m.sure, m.boxes(r, true)), append(m.may, m.boxes(r, false))
	}
	m.blocked = m.space.boxes(m.space.whole, onSource, o.atlas.blocked().sure)
	return m
}

func (m *model) number(kind string, ids []string) {
	for _, id := range ids {
		m.facts.number(kind + " " + id)
	}
}

// reached says whether any request can get as far as the rule of a rank, and if
// none can, the ranks of those above it that meet what it could match.
func (m *model) reached(rank int) (tri, []int) {
	targets := m.may[rank]
	if len(targets) == 0 {
		return no, nil
	}
	obstacles := slices.Clone(m.blocked)
	var above []int
	for i := range rank {
		obstacles = append(obstacles, m.sure[i]...)
		if slices.ContainsFunc(m.sure[i], func(b box) bool { return m.space.meetsAny(b, targets) }) {
			above = append(above, i)
		}
	}
	answer := no
	for _, t := range targets {
		_, ok := m.space.find(t, obstacles, maxReachCuts/len(targets))
		if answer = max(answer, ok); answer == yes {
			return yes, nil
		}
	}
	if answer == maybe {
		return maybe, nil
	}
	return no, above
}

// boxes are the requests that a rule surely, or possibly, matches. A rule for any
// client counts for all of them here: the doubt about such a rule is what it asks
// of them, not whom it takes.
func (m *model) boxes(r *rule, sure bool) []box {
	if sure && r.capped {
		return nil
	}
	j := *m.judgement
	j.space = m.space
	var list []box
	for _, legacy := range []bool{true, false} {
		part, clients := uint64(neverLegacy), r.mayBe
		if legacy {
			part = onlyLegacy
		}
		if sure {
			clients = r.sureOf
		}
		if sure && legacy && r.device.present {
			continue
		}
		for _, b := range j.ruleBoxes(r, set{1}, clients&part, legacy, sure) {
			for _, who := range m.people(&r.people, sure) {
				if m.space.meets(b, who) {
					list = append(list, cross(b, who))
				}
			}
		}
	}
	return list
}

// people are the boxes of the people whom a condition surely, or possibly, names:
// one for each group or user that it includes.
func (m *model) people(c *people, sure bool) []box {
	if c.unreadable {
		if sure {
			return nil
		}
		return []box{m.space.whole}
	}
	list := []box{slices.Clone(m.space.whole)}
	for _, without := range []struct {
		kind string
		ids  []string
	}{{"group", c.withoutGroups}, {"user", c.withoutUsers}, {"kind", c.withoutKinds}} {
		for _, id := range without.ids {
			if without.kind == "group" && m.judgement.org.directory.groups[id].everyone {
				return nil
			}
			m.space.fix(list[0], m.fact(without.kind, id), false)
		}
	}
	groups, users := len(c.groups) > 0, len(c.users) > 0
	switch {
	case groups && users && sure:
		list = m.among(m.among(list, "group", c.groups), "user", c.users)
	case groups && users:
		list = append(m.among(list, "group", c.groups), m.among(list, "user", c.users)...)
	case groups:
		list = m.among(list, "group", c.groups)
	case users:
		list = m.among(list, "user", c.users)
	}
	if len(c.kinds) > 0 {
		list = m.among(list, "kind", c.kinds)
	}
	return list
}

func (m *model) fact(kind, id string) int { return m.first + m.facts.number(kind+" "+id) }

// among narrows boxes to people of whom one of the facts is true.
func (m *model) among(from []box, kind string, ids []string) []box {
	var list []box
	for _, b := range from {
		for _, id := range ids {
			c := slices.Clone(b)
			if kind == "group" && m.judgement.org.directory.groups[id].everyone || m.space.fix(c, m.fact(kind, id), true) {
				list = append(list, c)
			}
		}
	}
	return list
}
