# METADATA
# title: Whether Conditional Access makes everybody sign in again to read mail
# description: >-
#   A session control acts only where its policy applies. A policy that is in force
#   for all users and for mail, on every platform, from everywhere and without
#   further conditions limits every session; anything less leaves somebody out.
package lib.sign_in_frequency

import data.lib.conditional_access

# METADATA
# description: >-
#   Whether the policy has a sign-in frequency that is switched on, in force or not.
set(policy) if policy.sessionControls.signInFrequency.isEnabled == true

# METADATA
# description: >-
#   Why a policy with a sign-in frequency does not limit every mail session to the
#   hours, as words for people; empty if it does. exempt are the ids of users that
#   may be left out, such as break-glass accounts.
shortfalls(policy, hours, exempt) := union({
	{_idle(policy) | not conditional_access.enabled(policy)},
	{"its interval is too long or cannot be read" | not _short(policy, hours)},
	{"it is not for all users" | not conditional_access.scope(policy).users.all},
	{"it leaves users out" | count(_left_out(policy, exempt)) > 0},
	{"it is not for Exchange Online" | not _for_mail(conditional_access.scope(policy).applications)},
	{"it is not for browsers and apps alike" | not _for_every_client(policy)},
	{"it is limited to some platforms" | not _whole(conditional_access.scope(policy).platforms)},
	{"it is limited to some locations" | not _whole(conditional_access.scope(policy).locations)},
	{sprintf("it has the condition %s", [name]) | some name in conditional_access.narrowings(policy)},
})

_idle(policy) := "it is report-only" if policy.state == "enabledForReportingButNotEnforced"

else := "it is switched off"

_short(policy, _) if policy.sessionControls.signInFrequency.frequencyInterval == "everyTime"

_short(policy, hours) if {
	frequency := policy.sessionControls.signInFrequency
	object.get(frequency, "frequencyInterval", null) in {"timeBased", null}
	is_number(frequency.value)
	frequency.value * _hours_in[frequency.type] <= hours
}

_hours_in := {"hours": 1, "days": 24}

# Guests have no mailbox here.
_left_out(policy, exempt) := {token |
	some token in conditional_access.scope(policy).users.out
	token.kind != "guests"
	not _exempt(token, exempt)
}

_exempt(token, exempt) if {
	token.kind == "user"
	lower(token.id) in {lower(id) | some id in exempt}
}

_mail := {"Office365", "00000002-0000-0ff1-ce00-000000000000"}

_for_mail(side) if {
	_takes_mail(side)
	count({token | some token in side.out; token.id in _mail}) == 0
}

_takes_mail(side) if side.all

_takes_mail(side) if {
	some token in side["in"]
	token.id in _mail
}

_for_every_client(policy) if {
	every client in {"browser", "mobileAppsAndDesktopClients"} {
		conditional_access.addresses(policy, client)
	}
}

_whole(side) if {
	side.all
	count(side.out) == 0
}
