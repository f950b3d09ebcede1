package access

import "strings"

// outcomes is the set of things that may become of a request at Okta.
type outcomes uint8

const (
	denied outcomes = 1 << iota
	// oneFactor: allowed with a password, or whatever single factor.
	oneFactor
	// twoFactors: allowed with two.
	twoFactors
)

// unclear is a request that is allowed, nobody can tell with how many factors.
const unclear = oneFactor | twoFactors

// factors says with how many factors a rule's verification method lets somebody
// through who takes the weakest way it offers. A legacy client is no matter here:
// it cannot be asked for more than a password.
func factors(method node) outcomes {
	switch method.get("type").string() {
	case "ASSURANCE":
		switch method.get("factorMode").string() {
		case "2FA":
			return twoFactors
		case "1FA":
			return constraintFactors(method.get("constraints"))
		}
	case "AUTH_METHOD_CHAIN":
		return chainFactors(method.get("chains"))
	}
	return unclear // ID_PROOFING, or something newer
}

// constraintFactors judges a method for one factor. Its constraints are
// alternatives: only if each wants a possession that verifies its user (a PIN or a
// biometric) is every way worth two factors.
func constraintFactors(constraints node) outcomes {
	list, ok := constraints.items()
	switch {
	case constraints.absent() || ok && len(list) == 0:
		return oneFactor
	case constraints.object(): // an object in the place of the list occurs
		list = []node{constraints}
	case !ok:
		return unclear
	}
	weakest := twoFactors
	for _, c := range list {
		switch {
		case verifiesUser(c.get("possession")):
		case asked(c.get("knowledge")) && asked(c.get("possession")):
			// Two kinds in a rule for one factor: nothing says which of them wins.
			weakest |= unclear
		default:
			return oneFactor
		}
	}
	return weakest
}

func verifiesUser(possession node) bool {
	return possession.get("userVerification").string() == "REQUIRED" && possession.get("required").flag() != no
}

func asked(part node) bool { return part.object() && part.get("required").flag() != no }

// A path through a chain collects kinds of factors.
const (
	knowledge = 1 << iota
	possession
	// verified is a possession that verifies its user, which is worth two factors.
	verified
	// strange is a method that nothing is known of.
	strange
)

// kinds is a set of collections: bit i is set when some path collects exactly i.
type kinds uint16

// chainFactors judges chains of methods. The chains are alternatives, the methods
// of a step too, and next stands for what is asked afterwards. When next has more
// than one entry, Okta's pages leave open whether all of them are asked; then both
// readings have to agree.
func chainFactors(chains node) outcomes {
	list, _ := chains.items()
	if len(list) == 0 {
		return unclear
	}
	var either, all kinds
	for _, c := range list {
		either |= chainKinds(c, false, 0)
		all |= chainKinds(c, true, 0)
	}
	if a, b := either.factors(), all.factors(); a == b {
		return a
	}
	return unclear
}

// deepest bounds the nesting of a chain; Okta's own have two or three steps.
const deepest = 16

func chainKinds(chain node, nextIsAll bool, depth int) kinds {
	methods, ok := chain.get("authenticationMethods").items()
	if !ok || len(methods) == 0 || depth == deepest {
		return 1 << strange
	}
	var found kinds
	for _, m := range methods {
		found |= 1 << methodKind(m)
	}
	next, ok := chain.get("next").items()
	switch {
	case !ok && !chain.get("next").absent():
		return found.with(1 << strange)
	case len(next) == 0:
		return found
	case nextIsAll:
		for _, n := range next {
			found = found.with(chainKinds(n, true, depth+1))
		}
		return found
	}
	var then kinds
	for _, n := range next {
		then |= chainKinds(n, false, depth+1)
	}
	return found.with(then)
}

// with is what paths collect that take one of a and then one of b.
func (a kinds) with(b kinds) kinds {
	var both kinds
	for i := range 16 {
		for j := range 16 {
			if a>>i&1 != 0 && b>>j&1 != 0 {
				both |= 1 << (i | j)
			}
		}
	}
	return both
}

func (a kinds) factors() outcomes {
	result := twoFactors
	for i := range 16 {
		switch {
		case a>>i&1 == 0, i&verified != 0, i&knowledge != 0 && i&possession != 0:
		case i&strange != 0:
			result |= unclear
		default:
			return oneFactor
		}
	}
	return result
}

func methodKind(m node) int {
	if m.get("userVerification").string() == "REQUIRED" {
		return verified
	}
	switch strings.ToLower(m.get("method").string()) {
	case "password", "security_question", "tac":
		return knowledge
	case "cert", "duo", "email", "otp", "push", "signed_nonce", "sms", "totp", "voice", "webauthn":
		return possession
	}
	return strange // such as idp: Okta does not see what another provider checks
}
