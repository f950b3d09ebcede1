# METADATA
# title: Conditional Access, as the access facts have it
# description: >-
#   What policies make of sign-ins, all of them together, is worked out in the access
#   facts; here it is put into entries and answers.
package lib.conditional_access

_kinds := {
	"user": "word:user",
	"group": "word:group",
	"role": "word:role",
	"guests": "word:guests",
	"application": "word:application",
	"platform": "word:platform",
	"location": "word:location",
}

# METADATA
# description: >-
#   The entry about something that a policy leaves out, as the access facts have it,
#   with the kinds of clients that it concerns.
exclusion(hole, key, clients) := {
	"key": key,
	"args": {"policy": hole.name, "kind": _kinds[hole.kind], "id": hole.id, "clients": clients},
	"resource": {
		"kind": "conditional_access_exclusion",
		"id": concat("/", [hole.policy_id, hole.kind, hole.id]),
		"name": hole.name,
	},
	"at": ["entra", "conditional_access_policies", hole.policy, "conditions"],
}

# METADATA
# description: >-
#   What an exclusion from blocking legacy clients is: break_glass for an account
#   that is declared as such, perhaps_break_glass for a user where some declared
#   account has no id, left_out for a hole, left_out_perhaps where nobody can tell.
#   Undefined where other policies block all of it. accounts are the declared ones,
#   as {id}.
judged_exclusion(hole, accounts) := "break_glass" if {
	hole.kind == "user"
	some account in accounts
	lower(account.id) == lower(hole.id)
} else := "perhaps_break_glass" if {
	hole.kind == "user"
	count(hole.open) + count(hole.undecided) > 0
	some account in accounts
	account.id == ""
} else := "left_out" if {
	count(hole.open) > 0
} else := "left_out_perhaps" if {
	count(hole.undecided) > 0
}

# METADATA
# description: >-
#   Why a policy that one could take for a block of legacy clients is none, or not a
#   whole one, as the access facts have it: report_only, asks_for_mfa (it demands
#   what they cannot give) or limited. Undefined for any other.
falls_short(policy) := {"stops": "asks_for_mfa", "reports": "report_only"}[policy.worth]

falls_short(policy) := "limited" if {
	policy.worth == "blocks"
	count(policy.limits) > 0
}

# METADATA
# description: >-
#   Whether Entra makes the declared break-glass accounts of a managed domain give a
#   second factor at every application: yes, no, undecided, mixed (it is not the same for
#   all), or unread when policies or security defaults were not read. paths are the
#   sign-ins and facts the conditional_access of the access facts.
break_glass_mfa(paths, facts, domain) := "yes" if {
	facts.security_defaults == "yes"
} else := answer if {
	answer := _together(_asked_of_break_glass(paths, domain))
	not _lacks_evidence(facts, answer)
} else := "unread"

_lacks_evidence(facts, answer) if {
	answer != "yes"
	facts.collected == false
}

_lacks_evidence(facts, answer) if {
	answer != "yes"
	facts.security_defaults == "maybe"
}

_asked_of_break_glass(paths, domain) := {path.everywhere | some path in _break_glass_paths(paths, domain)}

_break_glass_paths(paths, domain) := [path |
	some path in paths
	path.path == "managed"
	path.domain == lower(domain)
	"break_glass" in path.declared
]

# METADATA
# description: >-
#   What there is to say of the declared break-glass accounts of managed domains where
#   Entra does not ask the same of all, and of which the answer (yes, no or undecided, as
#   for those of a whole domain) is the given one: entries with the given key, about those
#   accounts alone.
break_glass_apart(paths, facts, answer, key) := {{
	"key": key,
	"args": {"domain": domain},
	"resource": {"kind": "domain", "id": domain},
	"at": ["entra", "conditional_access_policies"],
	"behind": behind,
} |
	some domain in {path.domain | some path in paths}
	break_glass_mfa(paths, facts, domain) == "mixed"
	behind := [path.behind | some path in _break_glass_paths(paths, domain); _together({path.everywhere}) == answer]
	count(behind) > 0
}

# Blocked is as good as asked: nobody gets in without a second factor.
_together(asked) := "no" if {
	asked == {"nothing"}
} else := "yes" if {
	count(asked) > 0
	count(asked - {"mfa", "blocked"}) == 0
} else := "undecided" if {
	count(asked - {"undecided"}) == 0
} else := "mixed"
