package lib.conditional_access_test

import data.lib.conditional_access

_exchange := "00000002-0000-0ff1-ce00-000000000000"

_grant(controls) := _set(
	_conditions("clientAppTypes", ["all"]),
	"/grantControls",
	object.union({"operator": "OR", "builtInControls": []}, controls),
)

_mfa := _grant({"builtInControls": ["mfa"]})

_account := {"entra": {"userType": "Member", "groups": ["g9"], "roles": ["r9"]}}

_declared := [{"id": "b1", "user_principal_name": "b1@example.onmicrosoft.com"}]

_cover(policy) := conditional_access.break_glass_mfa([policy], _account, _declared, [])

test_mfa_is_asked_for_by_control_or_strength if {
	every policy in [
		_mfa,
		_grant({"authenticationStrength": {"id": "s1", "requirementsSatisfied": "mfa"}}),
		_grant({"authenticationStrength": {"id": "00000000-0000-0000-0000-000000000002"}}),
		_grant({"authenticationStrength": {"id": "00000000-0000-0000-0000-000000000003"}}),
		_grant({"authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}}),
		_grant({"authenticationStrength": {"id": "s2"}}),
		_grant({"builtInControls": ["mfa"], "customAuthenticationFactors": null, "termsOfUse": null}),
		_grant({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}),
	] {
		strengths := [{"id": "s2", "requirementsSatisfied": "mfa"}]
		conditional_access.asks_for_mfa(policy, strengths)
		conditional_access.requires_mfa(policy, strengths)
	}
	every policy in [
		_grant({"builtInControls": ["compliantDevice"]}),
		_grant({"authenticationStrength": {"id": "s3", "requirementsSatisfied": "none"}}),
		_grant({"authenticationStrength": {"id": "s3", "requirementsSatisfied": null}}),
		_grant({"authenticationStrength": null}),
		_set(_everybody, "/grantControls", null),
	] {
		not conditional_access.asks_for_mfa(policy, [{"id": "s9", "requirementsSatisfied": "mfa"}])
	}
	not conditional_access.requires_mfa(_grant({"operator": "AND", "builtInControls": ["compliantDevice"]}), [])
}

test_an_alternative_means_that_mfa_is_not_required if {
	every policy in [
		_grant({"builtInControls": ["mfa", "compliantDevice"]}),
		_grant({"builtInControls": ["mfa"], "termsOfUse": ["t1"]}),
		_grant({"builtInControls": ["mfa"], "customAuthenticationFactors": ["c1"]}),
	] {
		conditional_access.asks_for_mfa(policy, [])
		not conditional_access.requires_mfa(policy, [])
	}
}

_members(policy) := conditional_access.members_mfa({"isEnabled": false}, [policy], [])

test_mfa_is_demanded_of_members if {
	_members(_mfa) == "yes"
	_members(_set(_mfa, "/conditions/users", {"includeGroups": ["g1"]})) == "yes"
	conditional_access.members_mfa({"isEnabled": true}, [], []) == "yes"
	every policy in [
		_set(_mfa, "/state", "disabled"),
		_set(_mfa, "/conditions/users", {"includeUsers": ["None"]}),
		_set(_mfa, "/conditions/users", {"includeUsers": ["GuestsOrExternalUsers"]}),
		_set(_mfa, "/conditions/users", {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}}),
		_grant({"authenticationStrength": {"id": "s3", "requirementsSatisfied": "none"}}),
		_everybody,
	] {
		_members(policy) == "no"
	}
}

test_what_was_not_read_leaves_the_demand_open if {
	conditional_access.members_mfa(null, [], []) == "unread"
	strength := _grant({"authenticationStrength": {"id": "s2"}})
	_members(strength) == "unread"
	_members(_set(strength, "/state", "disabled")) == "no"
	conditional_access.members_mfa(null, [strength], [{"id": "s1", "requirementsSatisfied": "none"}]) == "unread"
	conditional_access.members_mfa(null, [strength], [{"id": "s2", "requirementsSatisfied": "none"}]) == "no"
	conditional_access.members_mfa(null, [strength], [{"id": "s2", "requirementsSatisfied": "mfa"}]) == "yes"
}

test_a_policy_for_everybody_covers_a_break_glass_account if {
	_cover(_mfa) == "yes"
	_cover(_set(_mfa, "/conditions/clientAppTypes", ["browser", "mobileAppsAndDesktopClients"])) == "yes"
	_cover(_set(_mfa, "/conditions/users/excludeGroups", ["b1"])) == "yes"
	_cover(_set(_mfa, "/conditions/users/excludeUsers", ["u1"])) == "yes"
	_cover(_set(_mfa, "/conditions/users/excludeGroups", ["g1"])) == "yes"
	_cover(_set(_mfa, "/conditions/users/excludeRoles", ["r1"])) == "yes"
	_cover(_set(_mfa, "/conditions/users/excludeGuestsOrExternalUsers", {"guestOrExternalUserTypes": "internalGuest"})) == "yes"
	_cover(_set(_mfa, "/conditions/users/excludeUsers", ["GuestsOrExternalUsers"])) == "yes"
}

test_a_policy_that_misses_it_does_not if {
	every policy in [
		_set(_mfa, "/conditions/users/excludeUsers", ["B1"]),
		_set(_mfa, "/conditions/users/excludeGroups", ["g9"]),
		_set(_mfa, "/conditions/users/excludeRoles", ["r9"]),
		_set(_mfa, "/conditions/users", {"includeGroups": ["g9"]}),
		_set(_mfa, "/conditions/applications/excludeApplications", [_exchange]),
		_set(_mfa, "/conditions/locations", {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
		_set(_mfa, "/conditions/clientAppTypes", ["browser"]),
		_set(_mfa, "/conditions/clientAppTypes", ["mobileAppsAndDesktopClients"]),
		_set(_mfa, "/state", "enabledForReportingButNotEnforced"),
		_grant({"builtInControls": ["mfa", "compliantDevice"]}),
	] {
		_cover(policy) == "no"
	}
	conditional_access.break_glass_mfa([], _account, _declared, []) == "no"
}

test_an_exclusion_that_may_mean_it_decides_nothing if {
	excluding := _set(_mfa, "/conditions/users/excludeUsers", ["b1"])
	two := array.concat(_declared, [{"id": "b2", "user_principal_name": ""}])
	conditional_access.break_glass_mfa([excluding], _account, two, []) == "undecided"
	nameless := [{"id": "", "user_principal_name": "b1@example.com"}]
	conditional_access.break_glass_mfa([excluding], _account, nameless, []) == "undecided"
	conditional_access.break_glass_mfa([_set(_mfa, "/conditions/users/excludeGroups", ["g1"])], {}, _declared, []) == "undecided"
	guests := _set(_mfa, "/conditions/users/excludeGuestsOrExternalUsers", {"guestOrExternalUserTypes": "internalGuest"})
	conditional_access.break_glass_mfa([guests], {}, _declared, []) == "undecided"
	by_name := _set(_mfa, "/conditions/users/excludeUsers", ["GuestsOrExternalUsers"])
	conditional_access.break_glass_mfa([by_name], {}, _declared, []) == "undecided"
}

test_one_policy_that_covers_is_enough if {
	excluding := _set(_mfa, "/conditions/users/excludeUsers", ["b1"])
	conditional_access.break_glass_mfa([excluding, _mfa], _account, _declared, []) == "yes"
}

test_security_defaults_are_off_where_a_policy_is_in_force if {
	conditional_access.security_defaults({"isEnabled": true}, []) == "on"
	conditional_access.security_defaults({"isEnabled": false}, null) == "off"
	conditional_access.security_defaults(null, [_everybody]) == "off"
	conditional_access.security_defaults(null, [_set(_everybody, "/state", "disabled")]) == "unread"
	conditional_access.security_defaults({}, null) == "unread"
}

_entra_mfa(defaults, policies) := conditional_access.break_glass_entra_mfa(defaults, policies, _account, _declared, [])

test_entra_covers_a_break_glass_account_either_way if {
	_entra_mfa({"isEnabled": true}, null) == "yes"
	_entra_mfa(null, [_mfa]) == "yes"
	_entra_mfa({"isEnabled": false}, [_everybody]) == "no"
	_entra_mfa(null, [_everybody]) == "no"
	_entra_mfa(null, []) == "unread"
	_entra_mfa({"isEnabled": false}, null) == "unread"
	unclear := [_set(_mfa, "/conditions/users/excludeUsers", ["b1"])]
	nameless := [{"id": "", "user_principal_name": "b1@example.com"}]
	conditional_access.break_glass_entra_mfa(null, unclear, _account, nameless, []) == "undecided"
}
