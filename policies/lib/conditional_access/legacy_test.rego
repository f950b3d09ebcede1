package lib.conditional_access_test

import data.lib.conditional_access

_exchange := "00000002-0000-0ff1-ce00-000000000000"

_sharepoint := "00000003-0000-0ff1-ce00-000000000000"

_without(path, ids) := _conditions(concat("/", [split(path, "/")[0], split(path, "/")[1]]), ids)

_legacy_closed(policies) if {
	every client in conditional_access.legacy_clients {
		conditional_access.closes(policies, client, set())
	}
	conditional_access.holes(policies, set()) == set()
}

test_one_policy_for_everybody_closes if {
	_legacy_closed([_everybody])
	_legacy_closed([_conditions("clientAppTypes", ["all"])])
}

test_two_policies_close_together if {
	_legacy_closed([_conditions("clientAppTypes", ["other"]), _conditions("clientAppTypes", ["exchangeActiveSync"])])
}

test_a_client_type_that_is_not_addressed_stays_open if {
	policies := [_conditions("clientAppTypes", ["other"])]
	conditional_access.closes(policies, "other", set())
	not conditional_access.closes(policies, "exchangeActiveSync", set())
	conditional_access.holes(policies, set()) == set()
	not conditional_access.closes([_conditions("clientAppTypes", ["easSupported"])], "exchangeActiveSync", set())
}

test_only_a_block_in_force_closes if {
	every policy in [
		_set(_everybody, "/state", "enabledForReportingButNotEnforced"),
		_set(_everybody, "/state", "disabled"),
		_set(_everybody, "/grantControls/builtInControls", ["mfa"]),
		_set(_everybody, "/grantControls", null),
		_conditions("signInRiskLevels", ["high"]),
		_conditions("users/includeUsers", ["u1"]),
	] {
		not conditional_access.closes([policy], "other", set())
		conditional_access.holes([policy], set()) == set()
	}
}

_exclusions := {
	"user": _without("users/excludeUsers", ["u1"]),
	"group": _without("users/excludeGroups", ["g1"]),
	"role": _without("users/excludeRoles", ["r1"]),
	"application": _without("applications/excludeApplications", [_sharepoint]),
	"platform": _conditions("platforms", {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}),
	"location": _conditions("locations", {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
	"guests": _conditions("users/excludeGuestsOrExternalUsers", {"guestOrExternalUserTypes": "internalGuest"}),
}

test_each_exclusion_is_a_hole if {
	every kind, policy in _exclusions {
		some hole in conditional_access.holes([policy], set())
		hole.kind == kind
		hole.certain
		hole.policy == 0
		hole.clients == ["exchangeActiveSync", "other"]
	}
}

test_a_hole_is_closed_by_a_policy_for_everybody if {
	every policy in _exclusions {
		_legacy_closed([policy, _everybody])
	}
}

test_a_hole_is_closed_by_a_policy_for_just_that if {
	_legacy_closed([_exclusions.group, _conditions("users", {"includeGroups": ["g1"]})])
	_legacy_closed([_exclusions.user, _conditions("users", {"includeUsers": ["u1"]})])
	guests := {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest"}}
	_legacy_closed([_exclusions.guests, _conditions("users", guests)])
	others := {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "serviceProvider"}}
	count(conditional_access.holes([_exclusions.guests, _conditions("users", others)], set())) > 0
	_legacy_closed([_exclusions.application, _conditions("applications", {"includeApplications": [_sharepoint]})])
	_legacy_closed([_exclusions.platform, _conditions("platforms", {"includePlatforms": ["iOS"]})])
	_legacy_closed([_exclusions.location, _conditions("locations", {"includeLocations": ["AllTrusted"]})])
}

test_exclusions_that_cannot_meet_close_each_other if {
	_legacy_closed([_exclusions.user, _without("users/excludeUsers", ["u2"])])
	_legacy_closed([_exclusions.application, _without("applications/excludeApplications", [_exchange])])
	_legacy_closed([_exclusions.platform, _conditions("platforms", {"includePlatforms": ["all"], "excludePlatforms": ["android"]})])
}

test_the_same_exclusion_twice_is_a_hole_in_both if {
	holes := conditional_access.holes([_exclusions.group, _exclusions.group], set())
	{hole.policy | some hole in holes} == {0, 1}
	every hole in holes {
		hole.certain
	}
}

test_exclusions_that_may_meet_are_not_certain if {
	every other in [
		_without("users/excludeGroups", ["g2"]),
		_without("users/excludeRoles", ["r1"]),
		_conditions("users", {"includeGroups": ["g2"]}),
	] {
		holes := conditional_access.holes([_exclusions.group, other], set())
		count(holes) > 0
		every hole in holes {
			not hole.certain
		}
	}
}

test_a_policy_with_another_hole_closes_nothing_elsewhere if {
	holes := conditional_access.holes([_exclusions.user, _exclusions.application], set())
	{hole.kind | some hole in holes} == {"user", "application"}
	every hole in holes {
		hole.certain
	}
}

_certain_hole(policies, kind) if {
	some hole in conditional_access.holes(policies, set())
	hole.kind == kind
	hole.certain
}

test_a_policy_for_a_part_closes_no_hole if {
	every path, value in {
		"signInRiskLevels": ["high"],
		"platforms": {"includePlatforms": ["iOS"]},
		"locations": {"includeLocations": ["AllTrusted"]},
		"applications": {"includeApplications": [_exchange]},
	} {
		_certain_hole([_exclusions.group, _conditions(path, value)], "group")
	}
	_certain_hole([_exclusions.user, _conditions("users", {"includeUsers": ["u2"]})], "user")
	_certain_hole([_exclusions.platform, _conditions("platforms", {"includePlatforms": ["android"]})], "platform")
}

test_a_policy_for_a_part_leaves_no_holes_of_its_own if {
	part := _conditions("users", {"includeGroups": ["g2"], "excludeGroups": ["g1"]})
	conditional_access.holes([part], set()) == set()
}

test_a_hole_for_one_client_type_names_it if {
	policies := [_set(_exclusions.group, "/conditions/clientAppTypes", ["all"]), _conditions("clientAppTypes", ["other"])]
	some hole in conditional_access.holes(policies, set())
	hole.clients == ["exchangeActiveSync"]
}

test_spared_users_are_no_hole if {
	conditional_access.closes([_without("users/excludeUsers", ["U1"])], "other", {"u1"})
	not conditional_access.closes([_without("users/excludeUsers", ["u1", "u2"])], "other", {"u1"})
	not conditional_access.closes([_without("users/excludeGroups", ["u1"])], "other", {"u1"})
}

test_a_policy_that_falls_short_says_why if {
	conditional_access.falls_short(_set(_everybody, "/state", "enabledForReportingButNotEnforced"), []) == "report_only"
	conditional_access.falls_short(_set(_everybody, "/grantControls/builtInControls", ["mfa"]), []) == "asks_for_mfa"
	conditional_access.falls_short(_conditions("signInRiskLevels", ["high"]), []) == "limited"
	every policy in [
		_set(_everybody, "/conditions/clientAppTypes", ["browser"]),
		_set(_everybody, "/grantControls/builtInControls", ["mfa"]),
	] {
		not conditional_access.falls_short(_set(policy, "/state", "enabledForReportingButNotEnforced"), [])
	}
	not conditional_access.falls_short(_set(_grant({"builtInControls": ["mfa"]}), "/conditions/clientAppTypes", ["browser"]), [])
	not conditional_access.falls_short(_set(_everybody, "/grantControls/builtInControls", ["block", "mfa"]), [])
	not conditional_access.falls_short(_set(_grant({"builtInControls": ["mfa"]}), "/state", "disabled"), [])
	not conditional_access.falls_short(_set(_conditions("signInRiskLevels", ["high"]), "/state", "disabled"), [])
	not conditional_access.falls_short(_set(_conditions("signInRiskLevels", ["high"]), "/grantControls", null), [])
	not conditional_access.falls_short(_everybody, [])
	not conditional_access.falls_short(_set(_everybody, "/state", "disabled"), [])
	not conditional_access.falls_short(_set(_everybody, "/grantControls/builtInControls", ["compliantDevice"]), [])
	not conditional_access.falls_short(_set(_conditions("signInRiskLevels", ["high"]), "/conditions/clientAppTypes", ["browser"]), [])
}

_ids := [{"id": "B1", "user_principal_name": ""}]

test_gaps_say_what_is_not_blocked if {
	conditional_access.gaps([], _ids) == {{"key": "not_blocked", "args": {"clients": ["exchangeActiveSync", "other"]}}}
	only_other := _conditions("clientAppTypes", ["other"])
	conditional_access.gaps([only_other], _ids) == {{"key": "not_blocked", "args": {"clients": ["exchangeActiveSync"]}}}
	conditional_access.gaps([_everybody], _ids) == set()
}

_gap(key, kind, id) := {
	"key": key,
	"args": {"policy": "Everybody", "kind": kind, "id": id, "clients": ["exchangeActiveSync", "other"]},
	"policy": 0,
}

test_gaps_say_what_is_left_out if {
	conditional_access.gaps([_exclusions.group], _ids) == {_gap("left_out", "group", "g1")}
	uncertain := conditional_access.gaps([_exclusions.group, _conditions("users", {"includeGroups": ["g2"]})], _ids)
	uncertain == {_gap("left_out_perhaps", "group", "g1")}
}

test_gaps_know_break_glass_accounts_by_id_only if {
	excluding := _without("users/excludeUsers", ["b1"])
	conditional_access.gaps([excluding], _ids) == set()
	conditional_access.gaps([excluding], []) == {_gap("left_out", "user", "b1")}
	nameless := [{"id": "", "user_principal_name": "b1@example.com"}]
	conditional_access.gaps([excluding], nameless) == {_gap("perhaps_break_glass", "user", "b1")}
	conditional_access.spared_users(array.concat(nameless, _ids)) == {"b1"}
	conditional_access.gaps([_exclusions.group], nameless) == {_gap("left_out", "group", "g1")}
	conditional_access.spared_by([excluding, _everybody], _ids) == {{"policy": "Everybody", "id": "b1"}}
	conditional_access.spared_by([_exclusions.user], _ids) == set()
}
