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
