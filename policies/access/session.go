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
	doubts            []Reason
	capped            bool
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
		var groups people
		var doubts []Reason
		if p.node.get("system").flag() != yes {
			c := p.node.get("conditions")
			groups = readPeople(c.get("people"), node{})
			if status == maybe || strangeKeys(c, "people") || !c.absent() && !c.object() {
				doubts = append(doubts, Reason{Key: "session_policy_unreadable", Args: args{"policy": p.node.get("name").string()}})
			}
		}
		id := p.node.get("id").string()
		of, known := rules.get(id).items()
		if !known {
			list = append(list, &sessionRule{
				policy: p.node.get("name").string(), pointer: pointer("okta", "sign_on_policies", p.index),
				groups: groups, where: atlas.unclear(), riskMay: 1<<risks - 1, result: denied | unclear, capped: true,
				doubts: []Reason{{Key: "session_rules_not_collected"}},
			})
			continue
		}
		for _, r := range byPriority(of) {
			if s := readSession(r.node, atlas); s != nil {
				s.policy, s.groups = p.node.get("name").string(), groups
				s.pointer = pointer("okta", "sign_on_policy_rules", id, r.index)
				s.doubts = append(s.doubts, doubts...)
				s.capped = s.capped || len(doubts) > 0
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
	doubt := func(key string) {
		s.capped = true
		s.doubts = append(s.doubts, Reason{Key: key, Args: args{"rule": s.name}})
	}
	switch oktaStatus(n.get("status")) {
	case no:
		return nil
	case maybe:
		doubt("session_condition")
	}
	switch c.get("authContext").get("authType").string() {
	case "RADIUS", "LDAP_INTERFACE": // not how anybody signs in to Office 365
		return nil
	case "", "ANY":
	default:
		doubt("session_condition")
	}
	provider := c.get("identityProvider").get("provider").string()
	if provider != "" && provider != "ANY" || !c.get("risk").get("behaviors").blank() ||
		strangeKeys(c, "people", "network", "authContext", "riskScore", "risk", "identityProvider") || !c.absent() && !c.object() {
		doubt("session_condition")
	}
	s.people = readPeople(c.get("people"), node{})
	var doubts []Reason
	s.where, doubts = atlas.network(c.get("network"))
	s.doubts = append(s.doubts, doubts...)
	ok := false
	if s.riskSure, s.riskMay, ok = riskSet(c.get("riskScore")); !ok {
		doubt("session_condition")
	}
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
