package controls.federation.cloud_password_fallback_closed_test

import data.controls.federation.cloud_password_fallback_closed as control

good := {"entra": {
	"home_realm_discovery_policies": [
		{
			"id": "h1",
			"displayName": "Accelerate",
			"definition": [`{"HomeRealmDiscoveryPolicy":{"AccelerateToFederatedDomain":true}}`],
			"isOrganizationDefault": true,
			"appliesTo": [],
		},
		{
			"id": "h2",
			"displayName": "Dormant",
			"definition": [_allowing],
			"isOrganizationDefault": false,
			"appliesTo": [],
		},
	],
	"feature_rollout_policies": [
		{
			"id": "r1",
			"displayName": "Hash sync pilot",
			"feature": "passwordHashSync",
			"isEnabled": true,
			"isAppliedToOrganization": false,
			"appliesTo": [],
		},
		{
			"id": "r2",
			"displayName": "Certificates",
			"feature": "certificateBasedAuthentication",
			"isEnabled": true,
			"isAppliedToOrganization": false,
			"appliesTo": [{"id": "g2"}],
		},
	],
	"on_premises_synchronization": {"id": "o1", "features": {"passwordSyncEnabled": true}},
}}

_allowing := `{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":true}}`

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

mutations := [
	{"name": "default allows", "patch": _replace("/entra/home_realm_discovery_policies/0/definition", [_allowing])},
	{"name": "in use on an application", "patch": _replace("/entra/home_realm_discovery_policies/1/appliesTo", [{"id": "a1"}])},
	{"name": "made the default", "patch": _replace("/entra/home_realm_discovery_policies/1/isOrganizationDefault", true)},
	{"name": "rollout has a group", "patch": _replace("/entra/feature_rollout_policies/0/appliesTo", [{"id": "g1"}])},
	{"name": "rollout for everybody", "patch": _replace("/entra/feature_rollout_policies/0/isAppliedToOrganization", true)},
	{"name": "rollout of pass-through", "patch": array.concat(
		_replace("/entra/feature_rollout_policies/0/appliesTo", [{"id": "g1"}]),
		_replace("/entra/feature_rollout_policies/0/feature", "passthroughAuthentication"),
	)},
]

_found(i) := {[entry.key, entry.resource.id] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

_unknown(document) := {entry.key | some entry in found} if {
	found := control.unknown with input as document
}

test_passes_when_nothing_lets_a_password_past_okta if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_fails_when_a_home_realm_policy_allows_cloud_passwords if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "cloud_password_allowed",
		"args": {"policy": "Accelerate"},
		"resource": {"kind": "home_realm_discovery_policy", "id": "h1", "name": "Accelerate"},
		"at": ["entra", "home_realm_discovery_policies", 0, "definition"],
	}}
	_found(1) == {["cloud_password_allowed", "h2"]}
	_found(2) == {["cloud_password_allowed", "h2"]}
}

test_fails_when_a_rollout_has_users if {
	every i in [3, 4, 5] {
		_found(i) == {["rollout_by_password", "r1"]}
	}
	found := control.violations with input as json.patch(good, mutations[3].patch)
	{entry.args | some entry in found} == {{"policy": "Hash sync pilot", "feature": "passwordHashSync"}}
	{entry.at | some entry in found} == {["entra", "feature_rollout_policies", 0]}
}

test_unknown_when_a_policy_cannot_be_judged if {
	policies := "/entra/home_realm_discovery_policies"
	_unknown(json.patch(good, _replace(concat("", [policies, "/0/definition"]), ["{"]))) == {"definition_unreadable"}
	_unknown(json.remove(good, [concat("", [policies, "/1/appliesTo"])])) == {"use_not_read"}
}

test_an_unreadable_policy_that_nothing_uses_leaves_nothing_open if {
	_unknown(json.patch(good, _replace("/entra/home_realm_discovery_policies/1/definition", ["{"]))) == set()
}

test_unknown_when_a_rollout_cannot_be_judged if {
	_unknown(json.remove(good, ["/entra/feature_rollout_policies/0/appliesTo"])) == {"rollout_undecided"}
	_unknown(json.patch(good, _replace("/entra/feature_rollout_policies/1/feature", "unknownFutureValue"))) == {"rollout_undecided"}
	_unknown(json.remove(good, ["/entra/feature_rollout_policies"])) == {"rollouts_not_read"}
}

test_notes_list_what_is_there_and_harmless if {
	found := control.notes with input as good
	{[entry.key, entry.args] | some entry in found} == {
		["allowed_but_unused", {"policy": "Dormant"}],
		["rollout_without_password", {"policy": "Certificates", "feature": "certificateBasedAuthentication"}],
		["hash_sync_on", {}],
	}
	off := control.notes with input as json.patch(good, _replace("/entra/on_premises_synchronization/features/passwordSyncEnabled", false))
	count(off) == 2
}
