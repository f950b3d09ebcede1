# METADATA
# title: What an Okta rule asks of a user
# description: >-
#   How many factors a rule's verificationMethod asks for, and how long a
#   verification lasts. Okta names three factor types: knowledge, possession and
#   inherence. Two methods of one type are one factor. User verification (a PIN or
#   a biometric on top of a possession) makes one method count for two.
package lib.verification

import data.lib.durations

# METADATA
# description: >-
#   yes, no or unknown: whether nobody gets through with fewer than two factors.
#   The reason stands beside it for the two cases that say no and for unknown.
two_factors(method) := {"answer": "yes", "reason": ""} if {
	method.type == "ASSURANCE"
	method.factorMode == "2FA"
}

else := _by_alternatives(_alternatives(method)) if {
	method.type == "ASSURANCE"
	method.factorMode == "1FA"
}

else := _by_chains(_chains(method)) if method.type == "AUTH_METHOD_CHAIN"

else := {"answer": "unknown", "reason": "id_proofing"} if method.type == "ID_PROOFING"

else := {"answer": "unknown", "reason": "unread"}

# Okta is content with any one of the alternatives, so the weakest decides.
_by_alternatives(alternatives) := {"answer": "no", "reason": "one_factor"} if count(alternatives) == 0

else := {"answer": "no", "reason": "one_factor"} if {
	some alternative in alternatives
	_single(alternative)
}

else := {"answer": "yes", "reason": ""} if {
	every alternative in alternatives {
		_verifies_user(alternative.possession)
	}
}

else := {"answer": "unknown", "reason": "unread"}

_verifies_user(possession) if {
	possession.userVerification == "REQUIRED"
	not possession.required == false
}

# Asked for both a knowledge and a possession in a rule for one factor: nothing
# says which wins, so such an alternative is not certainly a single factor.
_single(alternative) if {
	not alternative.possession.userVerification == "REQUIRED"
	not _both(alternative)
}

_both(alternative) if {
	every part in [alternative.knowledge, alternative.possession] {
		is_object(part)
		not part.required == false
	}
}

# An object in the place of the list occurs in Okta's own examples.
_alternatives(method) := method.constraints if is_array(method.constraints)

else := [method.constraints] if is_object(method.constraints)

else := []

_chains(method) := method.chains if is_array(method.chains)

else := []

_by_chains(chains) := {"answer": "unknown", "reason": "unread"} if count(chains) == 0

else := {"answer": "yes", "reason": ""} if {
	every chain in chains {
		_chain_is_strong(_steps(chain), _any_type)
	}
}

else := {"answer": "no", "reason": "chain_one_factor"} if {
	some chain in chains
	count(_steps(chain)) > 0
	not _chain_is_strong(_steps(chain), set())
}

else := {"answer": "unknown", "reason": "unread"}

# The steps of one alternative, each its list of methods. All of them have to be
# taken, so the nesting of next does not matter.
_steps(chain) := [step.authenticationMethods |
	walk(chain, [_, step])
	is_array(step.authenticationMethods)
	count(step.authenticationMethods) > 0
]

# Somebody who picks the methods can stay within one factor type unless some step
# offers none of that type. guess is what a method of unknown type counts as: every
# type to be sure that a chain is strong, none to be sure that it is weak.
_chain_is_strong(steps, guess) if {
	every type in _any_type {
		some step in steps
		not _offers(step, type, guess)
	}
}

_offers(step, type, guess) if {
	some method in step
	not method.userVerification == "REQUIRED"
	type in _types(method, guess)
}

_any_type := {"knowledge", "possession"}

_types(method, guess) := object.get(_type_of_method, lower(object.get(method, "method", "")), guess)

# Inherence has no method of its own: it is the user verification of a possession.
# What an external identity provider (idp) checks, Okta does not see.
_type_of_method := {
	"password": {"knowledge"},
	"security_question": {"knowledge"},
	"tac": {"knowledge"},
	"cert": {"possession"},
	"duo": {"possession"},
	"email": {"possession"},
	"otp": {"possession"},
	"push": {"possession"},
	"signed_nonce": {"possession"},
	"sms": {"possession"},
	"totp": {"possession"},
	"voice": {"possession"},
	"webauthn": {"possession"},
}

# METADATA
# description: >-
#   The intervals after which the user is asked again, as Okta wrote them. The
#   empty text stands for an interval that is in force but not given. A
#   constraint's own interval goes before the method's, a chain's or a step's own
#   before that too.
intervals(method) := {_own(part) | some part in parts; _has_own(part)} | _rest(parts, method) if {
	parts := _parts(method)
}

_own(part) := part.reauthenticateIn if is_string(part.reauthenticateIn)

_has_own(part) if _own(part)

# The method's interval still acts on the parts that have none of their own, and on
# the whole where there are no parts.
_rest(parts, method) := set() if {
	count(parts) > 0
	every part in parts {
		_has_own(part)
	}
}

else := {_own(method)} if _has_own(method)

else := {""}

# What can have an interval of its own: the alternatives of a chain and those of
# their steps that do have one; else the factors of the constraints.
_parts(method) := array.concat(_chains(method), [step |
	some chain in _chains(method)
	walk(chain, [_, step])
	_has_own(step)
]) if {
	method.type == "AUTH_METHOD_CHAIN"
}

else := [part |
	some alternative in _alternatives(method)
	some factor in ["knowledge", "possession"]
	part := object.get(alternative, factor, {})
	_asked_for(factor, alternative, method)
]

# For two factors both are asked for, even where a constraint names only one.
_asked_for(_, _, method) if not method.factorMode == "1FA"

_asked_for(factor, alternative, _) if alternative[factor]

# METADATA
# description: >-
#   The longest of the intervals that can be read, as {text, seconds}. If none can,
#   the text is empty: intervals tells why.
longest(method) := {"text": min(texts), "seconds": seconds} if {
	seconds := max([durations.iso(text) | some text in intervals(method)])
	texts := [text | some text in intervals(method); durations.iso(text) == seconds]
}

else := {"text": "", "seconds": 0}
