package controls.tokens.access_tokens_short_lived_test

import data.controls.tokens.access_tokens_short_lived as control

_definition(lifetime) := sprintf(`{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"%s"}}`, [lifetime])

good := {
	"config": {"access_token_hours": 1},
	"entra": {"token_lifetime_policies": [
		{"id": "1", "displayName": "Short", "definition": [_definition("01:00:00")], "isOrganizationDefault": true},
		{"id": "2", "displayName": null, "definition": [`{"TokenLifetimePolicy":{"Version":1,"MaxInactiveTime":"90.00:00:00"}}`]},
	]},
}

_path := "/entra/token_lifetime_policies/0/definition"

mutations := [
	{"name": "eight hours", "patch": [{"op": "replace", "path": _path, "value": [_definition("8:00:00")]}]},
	{"name": "a day", "patch": [{"op": "replace", "path": _path, "value": [_definition("1.00:00:00")]}]},
	{"name": "one second over", "patch": [{"op": "replace", "path": _path, "value": [_definition("01:00:01")]}]},
	{"name": "in another spelling", "patch": [{
		"op": "replace",
		"path": _path,
		"value": [`{"TokenLifetimePolicy":{"accesstokenlifetime":"8:00:00"}}`],
	}]},
	{"name": "in the second definition", "patch": [{
		"op": "replace",
		"path": _path,
		"value": [_definition("00:10:00"), _definition("8:00:00"), _definition("9:00:00")],
	}]},
]

_lifetimes(i) := {entry.args.lifetime | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

_unknown(definition) := {entry.key | some entry in found} if {
	patched := json.patch(good, [{"op": "replace", "path": _path, "value": definition}])
	count(control.violations) == 0 with input as patched
	found := control.unknown with input as patched
}

test_passes_when_no_policy_lengthens_tokens if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_passes_without_policies if {
	count(control.violations) == 0 with input as json.patch(good, [{
		"op": "replace",
		"path": "/entra/token_lifetime_policies",
		"value": [],
	}])
}

test_fails_when_a_policy_lengthens_tokens if {
	_lifetimes(0) == {"8:00:00"}
	_lifetimes(1) == {"1.00:00:00"}
	_lifetimes(2) == {"01:00:01"}
	_lifetimes(3) == {"8:00:00"}
	_lifetimes(4) == {"9:00:00"}
}

test_fails_at_the_place_of_the_policy if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "too_long",
		"args": {"policy": "Short", "lifetime": "8:00:00", "limit": 1},
		"resource": {"kind": "token_lifetime_policy", "id": "1", "name": "Short"},
		"at": ["entra", "token_lifetime_policies", 0],
	}}
}

test_unknown_when_a_definition_cannot_be_read if {
	unreadable := [
		[],
		null,
		["{"],
		["12"],
		["{}"],
		[`{"TokenLifetimePolicy":"1:00:00"}`],
		[_definition("until-revoked")],
		[`{"TokenLifetimePolicy":[8]}`],
		[`{"TokenLifetimePolicy":{"AccessTokenLifetime":8}}`],
		[`{"TokenLifetimePolicy":{"AccessTokenLifetime":null}}`],
		[_definition("01:00:00"), "{"],
	]
	every definition in unreadable {
		_unknown(definition) == {"unreadable"}
	}
}

test_policy_without_a_name_goes_by_its_id if {
	found := control.unknown with input as json.patch(good, [{
		"op": "replace",
		"path": "/entra/token_lifetime_policies/1/definition",
		"value": [],
	}])
	{entry.resource.name | some entry in found} == {"2"}
}
