package controls.basic_auth.conditional_access_blocks_legacy_test

import data.controls.basic_auth.conditional_access_blocks_legacy as control

_policy(id, changes) := object.union(
	{
		"id": id,
		"displayName": sprintf("Policy %s", [id]),
		"state": "enabled",
		"conditions": {
			"clientAppTypes": ["exchangeActiveSync", "other"],
			"applications": {"includeApplications": ["All"], "excludeApplications": []},
			"users": {"includeUsers": ["All"], "excludeUsers": []},
			"platforms": null,
			"locations": null,
			"devices": null,
			"signInRiskLevels": [],
			"userRiskLevels": [],
		},
		"grantControls": {"operator": "OR", "builtInControls": ["block"]},
	},
	changes,
)

good := {
	"config": {"break_glass": [{"id": "b1", "user_principal_name": "rescue@example.onmicrosoft.com"}]},
	"entra": {
		"conditional_access_policies": [_policy("p1", {"conditions": {"users": {"includeUsers": ["All"], "excludeUsers": ["B1"]}}})],
		"security_defaults": {"isEnabled": false},
		"authentication_strengths": [],
	},
}

_first(field, value) := [{
	"op": "add",
	"path": concat("/", ["/entra/conditional_access_policies/0", field]),
	"value": value,
}]

_none := [{"op": "replace", "path": "/entra/conditional_access_policies", "value": []}]

mutations := [
	{"name": "no policy", "patch": _none},
	{"name": "disabled", "patch": _first("state", "disabled")},
	{"name": "report-only", "patch": _first("state", "enabledForReportingButNotEnforced")},
	{"name": "MFA instead", "patch": _first("grantControls/builtInControls", ["mfa"])},
	{"name": "no grant", "patch": _first("grantControls", null)},
	{"name": "one client type", "patch": _first("conditions/clientAppTypes", ["other"])},
	{"name": "one group", "patch": _first("conditions/users", {"includeUsers": [], "includeGroups": ["g1"]})},
	{"name": "one application", "patch": _first("conditions/applications/includeApplications", ["Office365"])},
	{"name": "device filter", "patch": _first("conditions/devices", {"deviceFilter": {"mode": "exclude", "rule": "x"}})},
	{"name": "risk", "patch": _first("conditions/signInRiskLevels", ["high"])},
	{"name": "user left out", "patch": _first("conditions/users/excludeUsers", ["u1"])},
	{"name": "group left out", "patch": _first("conditions/users/excludeGroups", ["g1"])},
	{"name": "role left out", "patch": _first("conditions/users/excludeRoles", ["r1"])},
	{"name": "guests left out", "patch": _first(
		"conditions/users/excludeGuestsOrExternalUsers",
		{"guestOrExternalUserTypes": "serviceProvider"},
	)},
	{"name": "application left out", "patch": _first("conditions/applications/excludeApplications", ["a1"])},
	{"name": "platform left out", "patch": _first(
		"conditions/platforms",
		{"includePlatforms": ["all"], "excludePlatforms": ["iOS"]},
	)},
	{"name": "location left out", "patch": _first(
		"conditions/locations",
		{"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
	)},
	{"name": "break-glass not declared", "patch": [{"op": "replace", "path": "/config/break_glass", "value": []}]},
]

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

_keys(rules) := {entry.key | some entry in rules}

_clean(document) if {
	count(control.violations) == 0 with input as document
	count(control.unknown) == 0 with input as document
}

_also(policy) := [{"op": "add", "path": "/entra/conditional_access_policies/-", "value": policy}]

test_passes_when_a_policy_blocks_everybody_but_break_glass if _clean(good)

test_passes_when_policies_close_each_others_holes if {
	_clean(json.patch(_mutated("group left out"), _also(_policy("p2", {"conditions": {"users": {"includeUsers": [], "includeGroups": ["g1"]}}}))))
	_clean(json.patch(_mutated("one client type"), _also(_policy("p2", {"conditions": {"clientAppTypes": ["exchangeActiveSync"]}}))))
}

test_passes_when_security_defaults_are_on if {
	document := json.patch(good, array.concat(_none, [{"op": "replace", "path": "/entra/security_defaults/isEnabled", "value": true}]))
	_clean(document)
	_keys(control.notes) == {"security_defaults"} with input as document
}

test_fails_when_no_policy_blocks if {
	every name in [
		"no policy", "disabled", "report-only", "MFA instead", "no grant", "one group", "one application",
		"device filter", "risk",
	] {
		found := control.violations with input as _mutated(name)
		found == {{
			"key": "not_blocked",
			"args": {"clients": ["exchangeActiveSync", "other"]},
			"resource": {"kind": "conditional_access_policy"},
			"at": ["entra", "conditional_access_policies"],
			"whole": ["entra.conditional_access_policies"],
		}}
	}
	found := control.violations with input as _mutated("one client type")
	{entry.args.clients | some entry in found} == {["exchangeActiveSync"]}
}

test_fails_when_something_is_left_out if {
	every kind in ["user", "group", "role", "guests", "application", "platform", "location"] {
		found := control.violations with input as _mutated(sprintf("%s left out", [kind]))
		some entry in found
		entry.key == "left_out"
		entry.args.kind == kind
		entry.at == ["entra", "conditional_access_policies", 0, "conditions"]
	}
	found := control.violations with input as _mutated("group left out")
	{entry.resource | some entry in found} == {{"kind": "conditional_access_exclusion", "id": "p1/group/g1", "name": "Policy p1"}}
}

test_fails_when_the_excluded_account_is_not_declared if {
	found := control.violations with input as _mutated("break-glass not declared")
	{[entry.key, entry.args.id] | some entry in found} == {["left_out", "B1"]}
}

test_unknown_when_break_glass_is_declared_by_name if {
	document := json.patch(good, [{"op": "replace", "path": "/config/break_glass/0/id", "value": ""}])
	_keys(control.unknown) == {"perhaps_break_glass"} with input as document
	count(control.violations) == 0 with input as document
}

test_unknown_when_exclusions_may_overlap if {
	document := json.patch(_mutated("group left out"), _also(_policy("p2", {"conditions": {"users": {"excludeGroups": ["g2"]}}})))
	_keys(control.unknown) == {"left_out_perhaps"} with input as document
	count(control.violations) == 0 with input as document
}

test_unknown_when_security_defaults_were_not_read if {
	unread := json.remove(_mutated("no policy"), ["/entra/security_defaults"])
	_keys(control.unknown) == {"defaults_not_read"} with input as unread
	count(control.violations) == 0 with input as unread
	in_force := json.remove(_mutated("risk"), ["/entra/security_defaults"])
	_keys(control.violations) == {"not_blocked"} with input as in_force
	count(control.unknown) == 0 with input as in_force
}

test_notes_list_break_glass_accounts if {
	reporting := json.patch(good, _also(_policy("p2", {"state": "enabledForReportingButNotEnforced"})))
	_keys(control.notes) == {"break_glass"} with input as reporting
	control.notes == {{"key": "break_glass", "args": {"policy": "Policy p1", "id": "B1"}}} with input as good
}

test_notes_say_why_a_policy_does_not_count if {
	control.notes == {{"key": "report_only", "args": {"policy": "Policy p1"}}} with input as _mutated("report-only")
	control.notes == {{"key": "asks_for_mfa", "args": {"policy": "Policy p1"}}} with input as _mutated("MFA instead")
	{"key": "limited", "args": {"policy": "Policy p1", "limits": ["devices"]}} in control.notes with input as _mutated("device filter")
}

test_notes_name_a_policy_by_its_strength if {
	grant := {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": "s1"}}
	strengths := [{"op": "replace", "path": "/entra/authentication_strengths", "value": [{"id": "s1", "requirementsSatisfied": "mfa"}]}]
	document := json.patch(good, array.concat(_first("grantControls", grant), strengths))
	_keys(control.notes) == {"asks_for_mfa"} with input as document
	count(control.notes) == 0 with input as json.remove(document, ["/entra/authentication_strengths"])
}
