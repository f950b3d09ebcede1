package access

import (
	"fmt"
	"slices"
)

// maxExcepted is how many ways to put exceptions together are told apart.
const maxExcepted = 1000

// countExcepted says of the exceptions of a policy how many people they name
// together: the mailboxes by the rules that name their users, and of each group and
// each rule how many people it names beside those. Who is in two groups is counted
// once where that is known.
func (v *evaluation) countExcepted(p *policy, made *Policy, users []user) {
	if n := v.engine.okta.assigned(p); n > 0 {
		made.Assigned = &n
	}
	byRules := make(map[string]int)
	inGroup, named := make(map[string]int), make(map[string]bool)
	for _, u := range users {
		who := v.people[v.personOf[u.class]]
		rules, sure := v.exceptionsFor(who, p, made.Rules)
		if sure {
			for _, id := range who.groups {
				inGroup[id] += u.class.count
			}
			for _, id := range who.named {
				named[id] = true
			}
		}
		if len(rules) == 0 {
			continue
		}
		key := fmt.Sprint(rules)
		place, known := byRules[key]
		switch {
		case !known && len(made.Excepted) == maxExcepted:
			made.Excepted = nil
			made.leaveUncounted()
			return
		case !known:
			place = len(made.Excepted)
			byRules[key] = place
			made.Excepted = append(made.Excepted, Excepted{Rules: rules})
		}
		made.Excepted[place].Mailboxes += u.class.count
	}
	slices.SortFunc(made.Excepted, func(a, b Excepted) int { return slices.Compare(a.Rules, b.Rules) })
	for i, r := range p.all {
		made.Rules[i].Exception.see(r, inGroup, named)
	}
}

// exceptionsFor lists the exceptions that surely name somebody, by their indices. sure
// is false when another may.
func (v *evaluation) exceptionsFor(who *person, p *policy, made []Rule) (rules []int, sure bool) {
	sure = true
	for i, r := range p.all {
		if made[i].Exception == nil || made[i].Rank < 0 {
			continue
		}
		switch r.people.match(v.engine.okta.directory, who) {
		case yes:
			rules = append(rules, r.index)
		case maybe:
			sure = false
		}
	}
	return rules, sure
}

// leaveUncounted counts nobody as seen.
func (p *Policy) leaveUncounted() {
	for i := range p.Rules {
		if x := p.Rules[i].Exception; x != nil {
			x.Unseen = x.Users
			for j := range x.Groups {
				x.Groups[j].Unseen = x.Groups[j].Members
			}
		}
	}
}

// see takes off what a rule names those who are counted elsewhere.
func (x *Exception) see(r *rule, inGroup map[string]int, named map[string]bool) {
	if x == nil {
		return
	}
	for _, id := range r.people.users {
		if !named[id] {
			x.Unseen++
		}
	}
	for i := range x.Groups {
		g := &x.Groups[i]
		if g.Members != nil {
			unseen := max(0, *g.Members-inGroup[g.ID])
			g.Unseen = &unseen
		}
	}
}
