package lib.conditional_access

# Entra's own strengths; the API gives them with every policy that uses them.
_built_in_strengths := {
	"00000000-0000-0000-0000-000000000002", # multifactor
	"00000000-0000-0000-0000-000000000003", # passwordless multifactor
	"00000000-0000-0000-0000-000000000004", # phishing-resistant multifactor
}

# METADATA
# description: >-
#   Whether the policy asks for a second factor, by the control or by an
#   authentication strength that satisfies it. strengths are the tenant's own.
asks_for_mfa(policy, _) if "mfa" in policy.grantControls.builtInControls

asks_for_mfa(policy, strengths) if _is_mfa(policy.grantControls.authenticationStrength, strengths)

_is_mfa(strength, _) if _satisfies_mfa(strength)

_is_mfa(strength, _) if strength.id in _built_in_strengths

_is_mfa(strength, strengths) if {
	some known in strengths
	known.id == strength.id
	_satisfies_mfa(known)
}

_satisfies_mfa(strength) if {
	is_string(strength.requirementsSatisfied)
	contains(strength.requirementsSatisfied, "mfa")
}

# METADATA
# description: >-
#   Whether nobody gets past the policy without a second factor: it asks for one,
#   and with OR it offers nothing else.
requires_mfa(policy, strengths) if {
	asks_for_mfa(policy, strengths)
	policy.grantControls.operator == "AND"
}

requires_mfa(policy, strengths) if {
	asks_for_mfa(policy, strengths)
	every alternative in _alternatives(policy) {
		alternative == "mfa"
	}
}

_alternatives(policy) := {alternative |
	some field in ["builtInControls", "customAuthenticationFactors", "termsOfUse"]
	some alternative in object.get(policy, ["grantControls", field], [])
}

# METADATA
# description: >-
#   Whether security defaults stand: on, off, or unread. Entra does not let
#   anybody enable a Conditional Access policy while they are on, so one that is
#   in force shows that they are off. What was not read is null.
security_defaults(defaults, policies) := "on" if {
	defaults.isEnabled == true
} else := "off" if {
	defaults.isEnabled == false
} else := "off" if {
	some policy in policies
	enabled(policy)
} else := "unread"

# METADATA
# description: >-
#   Whether Entra demands a second factor of anybody but guests: yes, no, or unread
#   when security defaults were not read, or an authentication strength that may
#   be one.
members_mfa(defaults, policies, strengths) := "yes" if {
	security_defaults(defaults, policies) == "on"
} else := "yes" if {
	some policy in policies
	_in_force_for_members(policy)
	asks_for_mfa(policy, strengths)
} else := "unread" if {
	some policy in policies
	_in_force_for_members(policy)
	not _strength_is_known(policy, strengths)
} else := "no" if {
	security_defaults(defaults, policies) == "off"
} else := "unread"

_in_force_for_members(policy) if {
	enabled(policy)
	some token in scope(policy).users["in"]
	token.kind in {"user", "group", "role"}
	not token.id in {"None", "GuestsOrExternalUsers"}
}

_strength_is_known(policy, strengths) if {
	strength := object.get(policy, ["grantControls", "authenticationStrength"], null)
	some known in array.concat([strength], strengths)
	_answers_for(known, strength)
}

_answers_for(_, null)

_answers_for(known, strength) if {
	known.id == strength.id
	is_string(known.requirementsSatisfied)
}

# METADATA
# description: >-
#   Whether Entra makes a break-glass user give a second factor, by security
#   defaults or Conditional Access: yes, no, undecided (see break_glass_mfa), or
#   unread. What was not read is null.
break_glass_entra_mfa(defaults, policies, mailbox, break_glass, strengths) := "yes" if {
	security_defaults(defaults, policies) == "on"
} else := answer if {
	answer := break_glass_mfa(policies, mailbox, break_glass, strengths)
	answer != "no"
} else := "no" if {
	policies != null
	security_defaults(defaults, policies) == "off"
} else := "unread"

# METADATA
# description: >-
#   Whether Conditional Access makes a break-glass user give a second factor at
#   every modern sign-in: yes, no, or undecided when an exclusion may mean the
#   user. Who the user is stays out of it: an account is known only by the
#   declarations (break_glass, as {id, user_principal_name}) and by its groups and
#   roles.
break_glass_mfa(policies, mailbox, break_glass, strengths) := "yes" if {
	"covered" in _covers(policies, mailbox, break_glass, strengths)
} else := "undecided" if {
	"undecided" in _covers(policies, mailbox, break_glass, strengths)
} else := "no"

_covers(policies, mailbox, break_glass, strengths) := {_reach(scope(policy).users.out, mailbox, break_glass) |
	some policy in policies
	enabled(policy)
	requires_mfa(policy, strengths)
	addresses(policy, "browser")
	addresses(policy, "mobileAppsAndDesktopClients")
	limits(policy) == []
	every dimension, side in scope(policy) {
		_nothing_left_out(dimension, side)
	}
}

_nothing_left_out("users", _)

_nothing_left_out(_, side) if count(side.out) == 0

# What is left of a policy for everybody, seen from a break-glass user.
_reach(exclusions, mailbox, break_glass) := "excluded" if {
	some token in exclusions
	_means(token, exclusions, mailbox, break_glass) == "yes"
} else := "undecided" if {
	some token in exclusions
	_means(token, exclusions, mailbox, break_glass) == "perhaps"
} else := "covered"

# Whether an exclusion means the user. Of declared accounts only the ids are
# known, not which of them this user is: with some left out and some not, either
# may be the case.
_means(token, exclusions, mailbox, break_glass) := _member(token.id, mailbox, "groups") if {
	token.kind == "group"
} else := _member(token.id, mailbox, "roles") if {
	token.kind == "role"
} else := _guest(mailbox) if {
	_means_guests(token)
} else := "yes" if {
	every account in break_glass {
		_excludes(exclusions, account)
	}
} else := "perhaps" if {
	some account in break_glass
	_may_be(token, account)
} else := "no"

_member(id, mailbox, field) := "yes" if {
	id in mailbox.entra[field]
} else := "no" if {
	is_array(mailbox.entra[field])
} else := "perhaps"

_means_guests(token) if token.kind == "guests"

_means_guests(token) if token.id == "GuestsOrExternalUsers"

_guest(mailbox) := "no" if {
	mailbox.entra.userType == "Member"
} else := "perhaps"

_excludes(exclusions, account) if {
	some token in exclusions
	token.kind == "user"
	lower(token.id) == lower(account.id)
}

_may_be(token, account) if lower(token.id) == lower(account.id)

_may_be(_, account) if account.id == ""
