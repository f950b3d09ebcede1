# METADATA
# title: How long a verification lasts that an Okta rule asks for
# description: >-
#   A rule's verificationMethod may say at several places after how long a user is
#   asked again. How many factors it asks for stands in the access facts.
package lib.verification

import data.lib.durations

# An object in the place of the list occurs in Okta's own examples.
_alternatives(method) := method.constraints if is_array(method.constraints)

else := [method.constraints] if is_object(method.constraints)

else := []

_chains(method) := method.chains if is_array(method.chains)

else := []

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
