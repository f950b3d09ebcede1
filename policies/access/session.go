package access

import (
	"cmp"
	"slices"
)

// sessionRule is one rule of Okta's global session policies. They stand before the
// app's own rules when somebody signs in by a browser, also one inside a modern
// client; the active endpoint, where legacy clients go, knows no session.
type sessionRule struct {
	policy, name, pointer string

	groups people // the policy's condition
	people people // the rule's own
	where  where

	riskSure, riskMay uint64
	result            outcomes
	// capped: nobody can tell of any request whether it matches.
	capped bool
}

// readSessions reads the global session policies in the order in which Okta asks
// them: by policy, then by rule. When no rule of a policy matches, Okta goes on to
// the next policy; the default policy is for everybody and comes last.
func readSessions(policies, rules node, atlas *atlas) []*sessionRule {
	var list []*sessionRule
	items, _ := policies.items()
	for _, p := range byPriority(items) {
		status := oktaStatus(p.node.get("status"))
		if status == no {
			continue
		}
		name, id := p.node.get("name").string(), p.node.get("id").string()
		var groups people
		unclear := false
		if p.node.get("system").flag() != yes {
			c := p.node.get("conditions")
			groups = readPeople(c.get("people"), node{})
			unclear = status == maybe || strangeKeys(c, "people") || !c.absent() && !c.object()
		}
		of, known := rules.get(id).items()
		if !known {
			list = append(list, &sessionRule{
				policy: name, pointer: pointer("okta", "sign_on_policies", p.index), groups: groups,
				where: atlas.unclear(), riskMay: 1<<risks - 1, result: denied | oneFactor | twoFactors, capped: true,
			})
			continue
		}
		for _, r := range byPriority(of) {
			if s := readSession(r.node, atlas); s != nil {
				s.policy, s.groups, s.capped = name, groups, s.capped || unclear
				s.pointer = pointer("okta", "sign_on_policy_rules", id, r.index)
				list = append(list, s)
			}
		}
	}
	return list
}

// readSession reads one rule; nil for one that cannot matter here.
func readSession(n node, atlas *atlas) *sessionRule {
	c := n.get("conditions")
	s := &sessionRule{name: n.get("name").string()}
	status := oktaStatus(n.get("status"))
	kind := c.get("authContext").get("authType").string()
	if status == no || kind == "RADIUS" || kind == "LDAP_INTERFACE" { // not how anybody signs in to Office 365
		return nil
	}
	provider := c.get("identityProvider").get("provider").string()
	s.people = readPeople(c.get("people"), node{})
	s.where, _, _ = atlas.network(c.get("network"))
	riskRead := false
	s.riskSure, s.riskMay, riskRead = riskSet(c.get("riskScore"))
	s.capped = status == maybe || !riskRead || kind != "" && kind != "ANY" || provider != "" && provider != "ANY" ||
		!c.get("risk").get("behaviors").blank() || !c.absent() && !c.object() ||
		strangeKeys(c, "people", "network", "authContext", "riskScore", "risk", "identityProvider")
	s.result = sessionResult(n.get("actions").get("signon"))
	return s
}

func sessionResult(n node) outcomes {
	switch n.get("access").string() {
	case "DENY":
		return denied
	case "ALLOW":
		switch n.get("requireFactor").flag() {
		case yes:
			return twoFactors
		case no:
			return oneFactor
		}
		return unclear
	}
	return denied | unclear
}

// then is what becomes of a request of which the session policy makes s and the
// app's rules make a: whichever asks for a second factor, it is asked.
func (s outcomes) then(a outcomes) outcomes {
	both := (s | a) & denied
	if s&^denied != 0 && a&^denied != 0 {
		both |= (s | a) & twoFactors
		both |= s & a & oneFactor
	}
	return both
}

// ranked is an element of a list and its place there.
type ranked struct {
	node  node
	index int
}

// byPriority puts policies or rules in the order in which Okta asks them: the
// lowest number first, Okta's own default last. Without a number everywhere the
// API's order stands.
func byPriority(list []node) []ranked {
	all := make([]ranked, 0, len(list))
	numbered := true
	for i, n := range list {
		_, ok := n.get("priority").number()
		numbered = numbered && ok
		all = append(all, ranked{n, i})
	}
	if !numbered {
		return all
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		x, _ := a.node.get("priority").number()
		y, _ := b.node.get("priority").number()
		return cmp.Or(
			cmp.Compare(a.node.get("system").flag()/2, b.node.get("system").flag()/2),
			cmp.Compare(x, y),
		)
	})
	return all
}
