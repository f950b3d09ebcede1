package access

import (
	"slices"
	"strings"
)

// strengths are the tenant's authentication strengths, by id in lower case: what
// Entra says that each amounts to.
type strengths map[string]string

// builtInStrengths are Entra's own: multifactor, passwordless and
// phishing-resistant.
//
// https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths
var builtInStrengths = []string{
	"00000000-0000-0000-0000-000000000002",
	"00000000-0000-0000-0000-000000000003",
	"00000000-0000-0000-0000-000000000004",
}

func readStrengths(list node) strengths {
	known := make(strengths)
	items, _ := list.items()
	for _, n := range items {
		known[strings.ToLower(n.get("id").string())] = n.get("requirementsSatisfied").string()
	}
	return known
}

// secondFactor says whether a strength amounts to a second factor. A policy may give
// it whole, or by its id only.
func (known strengths) secondFactor(n node) tri {
	id := strings.ToLower(n.get("id").string())
	satisfied := n.get("requirementsSatisfied").string()
	if satisfied == "" {
		satisfied = known[id]
	}
	switch {
	case strings.Contains(satisfied, "mfa"), slices.Contains(builtInStrengths, id):
		return yes
	case satisfied == "":
		return maybe
	}
	return no
}

// effect judges an authentication strength by what Entra says it amounts to.
func (known strengths) effect(n node, k caClient) effect {
	if known.secondFactor(n) == yes {
		return secondFactor(k)
	}
	return unanswered(k, opaque)
}

// askMembers says whether a policy asks anybody but guests for a second factor, be
// it under conditions, or as one of several things of which one will do.
func (known strengths) askMembers(n node) tri {
	state := certainly(n.get("state").string() == "enabled")
	if state == no && !slices.Contains([]string{"disabled", "enabledForReportingButNotEnforced"}, n.get("state").string()) {
		state = maybe
	}
	users := readCAUsers(n.get("conditions").get("users"))
	members := certainly(users.everyone || len(users.users)+len(users.groups)+len(users.roles) > 0)
	if users.unreadable {
		members = max(members, maybe)
	}
	grant := n.get("grantControls")
	controls, readable := grant.get("builtInControls").texts()
	asks := certainly(slices.Contains(controls, "mfa"))
	if !grant.blank() && !readable {
		asks = maybe
	}
	if s := grant.get("authenticationStrength"); !s.blank() {
		asks = max(asks, known.secondFactor(s))
	}
	return min(state, members, asks)
}
