# METADATA
# title: Whether Conditional Access makes everybody sign in again to read mail
# description: >-
#   A session control acts only where its policy applies. A policy that is in force
#   for all users and for mail, on every platform, from everywhere and without
#   further conditions limits every session; anything less leaves somebody out. What
#   a policy applies to is worked out in the access facts.
package lib.sign_in_frequency

# METADATA
# description: >-
#   Why a policy with a sign-in frequency, as the access facts have it, does not limit
#   every mail session to the hours, as words for people; empty if it does. exempt are
#   the ids of users that may be left out, such as break-glass accounts.
shortfalls(policy, hours, exempt) := union({
	{_idle[policy.enforced]},
	{"word:too_long" | not _short(policy, hours)},
	{"word:left_out" | count(_left_out(policy, exempt)) > 0},
	{"word:not_mail" | not policy.mail == "yes"},
	{"word:not_every_client" | not policy.clients == "yes"},
	{object.get(_limits, name, "word:conditions") | some name in policy.limits},
}) - {""}

_idle := {"yes": "", "reports": "word:report_only", "no": "word:switched_off"}

_limits := {
	"users": "word:not_all_users",
	"platforms": "word:some_platforms",
	"locations": "word:some_locations",
	"signInRiskLevels": "word:risk",
	"userRiskLevels": "word:risk",
	"devices": "word:devices",
}

_short(policy, hours) if {
	is_number(policy.hours)
	policy.hours <= hours
}

# Guests have no mailbox here.
_left_out(policy, exempt) := {excluded |
	some excluded in policy.left_out
	excluded.kind != "guests"
	not _exempt(excluded, exempt)
}

_exempt(excluded, exempt) if {
	excluded.kind == "user"
	lower(excluded.id) in {lower(id) | some id in exempt}
}
