package access

import (
	"math"
	"slices"
)

// policies measures every policy.
func (v *evaluation) policies() []Policy {
	list := make([]Policy, 0, len(v.engine.okta.policies))
	for i := range v.judgement.policies {
		list = append(list, v.policy(&v.judgement.policies[i]))
	}
	return list
}

func (v *evaluation) policy(verdict *verdict) Policy {
	o, p := v.engine.okta, verdict.policy
	made := Policy{ID: p.id, Name: p.name, Index: p.index, Unreadable: p.unreadable}
	for _, a := range o.apps {
		if a.policy == p {
			made.Apps = append(made.Apps, App{ID: a.id, Label: a.label, Index: a.index})
		}
	}
	users := v.users(p)
	for _, u := range users {
		made.Mailboxes += u.class.count
	}
	m, decides := newModel(v.judgement, p), verdict.certain()
	for _, r := range p.all {
		made.Rules = append(made.Rules, v.rule(verdict, r, users, m, decides))
	}
	creditLiving(made.Rules)
	v.countExcepted(p, &made, users)
	made.Unmatched = Rule{Index: -1, Rank: -1, Active: "yes", Reached: "maybe", Legacy: v.passed(verdict, -1, users, legacyClient), Others: v.passed(verdict, -1, users, modernClient)}
	made.Order = v.order(p, users)
	return made
}

// creditLiving leaves of the rules that take a dead one's requests those that are not
// dead themselves: what a dead rule could take, the ones above it have taken.
func creditLiving(rules []Rule) {
	dead := make(map[int]bool)
	for _, r := range rules {
		dead[r.Index] = r.Rank >= 0 && r.Reached == no.answer()
	}
	for i := range rules {
		rules[i].ShadowedBy = slices.DeleteFunc(rules[i].ShadowedBy, func(index int) bool { return dead[index] })
	}
}

// certain are the layers that certainly decide some request of somebody.
func (v *verdict) certain() map[int]bool {
	layers := make(map[int]bool)
	for _, r := range v.regions {
		if r.maybe == nil {
			layers[r.final] = true
		}
	}
	return layers
}

// user is a class of mailboxes whose users Okta lets use a policy's app.
type user struct {
	class *class
	// certain: it surely does.
	certain tri
}

// users lists the classes that meet a policy's rules.
func (v *evaluation) users(p *policy) []user {
	var list []user
	for _, c := range v.classes {
		answer := no
		for _, a := range v.engine.okta.apps {
			if a.policy == p {
				answer = max(answer, c.mailbox.mayUse(a))
			}
		}
		if answer != no {
			list = append(list, user{c, answer})
		}
	}
	return list
}

// mayUse says whether Okta lets a mailbox's user use an app instance at all.
func (m *Mailbox) mayUse(a *app) tri {
	o := m.Okta
	switch {
	case o == nil:
		return maybe
	case text(o.Status) == "SUSPENDED" || text(o.Status) == "DEPROVISIONED":
		return no
	case a.implicit:
		return yes
	case o.Assigned && slices.Contains(o.Apps, a.id):
		return yes
	case a.assignmentsKnown && (!o.Assigned || o.Apps != nil):
		return no
	}
	return maybe
}

func (v *evaluation) rule(verdict *verdict, r *rule, users []user, m *model, decides map[int]bool) Rule {
	p := verdict.policy
	made := Rule{
		ID: r.id, Name: r.name, Index: r.index, Rank: slices.Index(p.rules, r), Active: r.active.answer(),
		System: r.system, CatchAll: r.catchAll, Access: r.access, AnyClient: r.anyClient,
		Reached: no.answer(), Legacy: Passed{Opens: no.answer()}, Others: Passed{Opens: no.answer()},
	}
	if !math.IsNaN(r.priority) {
		made.Priority = &r.priority
	}
	for c := range client(clients) {
		if r.mayBe&(1<<c) != 0 {
			made.Clients = append(made.Clients, c.String())
		}
	}
	if r.access == "ALLOW" {
		made.Factors = map[outcomes]string{oneFactor: "one", twoFactors: "two", unclear: "unclear"}[r.factors]
	}
	made.Doubts = r.tell(slices.Concat(r.doubts, r.legacyDoubts, r.otherDoubts))
	if r.access != "DENY" && r.mayBe&onlyLegacy != 0 {
		made.Exception = v.engine.exception(p, r)
	}
	if made.Rank < 0 {
		return made
	}
	reached, above := yes, []int(nil)
	if !decides[made.Rank+layersBefore] {
		reached, above = m.reached(made.Rank)
	}
	made.Reached = reached.answer()
	for _, rank := range above {
		made.ShadowedBy = append(made.ShadowedBy, p.rules[rank].index)
	}
	if reached == no {
		return made
	}
	layer := made.Rank + layersBefore
	made.Legacy, made.Others = v.passed(verdict, layer, users, legacyClient), v.passed(verdict, layer, users, modernClient)
	return made
}

// passed measures what a layer lets past: of the users of mailboxes, and of people
// made up for the groups and users that rules name. A negative layer stands for
// what no rule that was read decides.
func (v *evaluation) passed(verdict *verdict, layer int, users []user, kind client) Passed {
	j := v.judgement
	reaches := verdict.others
	if kind == legacyClient {
		reaches = verdict.legacy
	}
	find := func(person int) *way {
		ways := reaches[j.crowdOf[person]].ways
		i := slices.IndexFunc(ways, func(w way) bool { return w.layer == layer || w.layer < layersBefore && layer < 0 })
		if i < 0 {
			return nil
		}
		return &ways[i]
	}
	made := Passed{}
	best, who, mailbox := (*way)(nil), 0, -1
	opens := no
	consider := func(w *way, certain tri, person, first int) {
		answer := min(w.opens, certain)
		if best == nil || answer > opens {
			best, who, mailbox, opens = w, person, first, answer
		}
	}
	for _, u := range users {
		person := v.personOf[u.class]
		w := find(person)
		if w == nil {
			continue
		}
		if min(w.opens, u.certain) == yes {
			made.Certain += u.class.count
		} else {
			made.Possible += u.class.count
		}
		consider(w, u.certain, person, u.class.first)
	}
	if opens != yes {
		for person := v.strangers; person < len(v.people); person++ {
			if w := find(person); w != nil {
				consider(w, yes, person, -1)
			}
		}
	}
	made.Opens = opens.answer()
	if best == nil {
		return made
	}
	t := tracer{judgement: j, verdict: verdict, person: v.people[who], kind: kind}
	made.Witness = &Witness{Mailbox: mailbox, Okta: j.request(&best.best)}
	g := &gate{}
	t.passage(g, &best.best)
	made.Steps = g.steps
	if best.opens == maybe {
		made.Reasons = tidy(t.doubts(&best.best))
	}
	return made
}

// order finds for each group of people the rule that denies them legacy clients,
// and what could allow them before it.
func (v *evaluation) order(p *policy, users []user) []Order {
	var list []Order
	for _, u := range users {
		person := v.people[v.personOf[u.class]]
		o := Order{Mailboxes: u.class.count, First: u.class.first, Deny: -1}
		for _, r := range p.rules {
			match := r.people.match(v.engine.okta.directory, person)
			if match == no || r.mayBe&onlyLegacy == 0 {
				continue
			}
			if r.access == "DENY" {
				if match == yes && r.deniesAllLegacy(v.engine.okta.atlas) {
					o.Deny = r.index
					break
				}
				continue
			}
			o.Above = append(o.Above, r.index)
		}
		i := slices.IndexFunc(list, func(other Order) bool { return other.Deny == o.Deny && slices.Equal(other.Above, o.Above) })
		if i < 0 {
			list = append(list, o)
			continue
		}
		list[i].Mailboxes += o.Mailboxes
	}
	return list
}

// deniesAllLegacy reports whether the rule matches every legacy request of the
// people it is for.
func (r *rule) deniesAllLegacy(a *atlas) bool {
	const every = 1<<platforms - 1
	if r.capped || r.device.present || r.sureOf&onlyLegacy == 0 || r.platforms[0]&^r.aside[1] != every || r.riskSure != 1<<risks-1 {
		return false
	}
	for _, w := range r.where.sure {
		if len(w.facts) == 0 && w.atoms.count() == len(a.atoms) {
			return true
		}
	}
	return false
}
