package controls.sign_on.mfa_prompt_is_fresh_test

import data.controls.sign_on.mfa_prompt_is_fresh as control

_rule(id, priority, access, clients, verification) := {
	"id": id,
	"name": id,
	"status": "ACTIVE",
	"priority": priority,
	"system": false,
	"conditions": {"office365Client": {"include": clients}},
	"actions": {"appSignOn": {"access": access, "verificationMethod": verification}},
}

_every(interval) := {"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": interval}

_modern := ["WEB", "MODERN_AUTH"]

good := {
	"config": {
		"reauthentication_hours": 12,
		"sensitive_reauthentication_hours": 1,
		"sensitive_groups": ["00gBoard"],
	},
	"okta": {
		"apps": [{
			"id": "0oa1",
			"label": "Microsoft Office 365",
			"status": "ACTIVE",
			"_links": {"accessPolicy": {"href": "https://example.okta.com/api/v1/policies/rst1"}},
		}],
		"access_policy_rules": {"rst1": [
			object.union(
				_rule("board", 0, "ALLOW", _modern, _every("PT0S")),
				{"conditions": {"people": {"groups": {"include": ["00gBoard"]}}}},
			),
			_rule("modern", 1, "ALLOW", _modern, _every("PT12H")),
			_rule("exception", 2, "ALLOW", ["ACTIVE_SYNC"], _every("PT43800H")),
			{
				"id": "Catch-all Rule",
				"name": "Catch-all Rule",
				"status": "ACTIVE",
				"priority": 99,
				"system": true,
				"conditions": null,
				"actions": {"appSignOn": {"access": "DENY", "verificationMethod": _every("PT43800H")}},
			},
		]},
		"groups": [{"id": "00gBoard", "type": "OKTA_GROUP", "profile": {"name": "Board"}}],
	},
}

_at(i, path) := sprintf("/okta/access_policy_rules/rst1/%d/%s", [i, path])

_method(i) := _at(i, "actions/appSignOn/verificationMethod")

_interval(i) := concat("/", [_method(i), "reauthenticateIn"])

mutations := [
	{"name": "asks once in five years", "patch": [{"op": "replace", "path": _interval(1), "value": "PT43800H"}]},
	{"name": "one minute over", "patch": [{"op": "replace", "path": _interval(1), "value": "PT12H1M"}]},
	{"name": "too long for the board", "patch": [{"op": "replace", "path": _interval(0), "value": "PT2H"}]},
	{"name": "no rule for the board", "patch": [{"op": "replace", "path": _at(0, "status"), "value": "INACTIVE"}]},
	{"name": "possession once in five years", "patch": [{"op": "replace", "path": _method(1), "value": {
		"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT43800H",
		"constraints": [{"knowledge": {"reauthenticateIn": "PT2H"}}],
	}}]},
	{"name": "chain once a week", "patch": [{"op": "replace", "path": _method(1), "value": {
		"type": "AUTH_METHOD_CHAIN",
		"chains": [
			{"authenticationMethods": [{"key": "okta_password", "method": "password"}], "reauthenticateIn": "PT1H"},
			{"authenticationMethods": [{"key": "webauthn", "method": "webauthn"}], "reauthenticateIn": "P7D"},
		],
	}}]},
]

_found(patch) := {[entry.key, entry.args.rule, entry.args.interval, entry.args.limit] | some entry in found} if {
	found := control.violations with input as json.patch(good, patch)
}

_unknown(patch) := {entry.key | some entry in found} if {
	count(control.violations) == 0 with input as json.patch(good, patch)
	found := control.unknown with input as json.patch(good, patch)
}

test_passes_when_every_rule_asks_within_its_limit if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_the_interval_is_too_long if {
	_found(mutations[0].patch) == {["too_long", "modern", "PT43800H", 12]}
	_found(mutations[1].patch) == {["too_long", "modern", "PT12H1M", 12]}
	_found(mutations[4].patch) == {["too_long", "modern", "PT43800H", 12]}
	_found(mutations[5].patch) == {["too_long", "modern", "P7D", 12]}
}

test_fails_when_it_is_too_long_for_a_sensitive_group if {
	_found(mutations[2].patch) == {["too_long_for_sensitive", "board", "PT2H", 1]}
	_found(mutations[3].patch) == {["too_long_for_sensitive", "modern", "PT12H", 1]}
}

test_passes_without_sensitive_groups if {
	_found([mutations[3].patch[0], {"op": "replace", "path": "/config/sensitive_groups", "value": []}]) == set()
}

test_limit_for_sensitive_groups_is_never_the_longer_one if {
	longer := {"op": "replace", "path": "/config/sensitive_reauthentication_hours", "value": 100}
	_found([longer, {"op": "replace", "path": _interval(0), "value": "PT13H"}]) == {["too_long", "board", "PT13H", 12]}
}

test_unknown_when_a_rule_may_be_for_a_sensitive_group if {
	_unknown([
		{"op": "replace", "path": _at(0, "conditions/people/groups/include/0"), "value": "00gOther"}, {
			"op": "replace",
			"path": _interval(0),
			"value": "PT2H",
		},
		{"op": "replace", "path": _interval(1), "value": "PT1H"},
	]) == {"sensitive_undecided"}
}

test_everyone_is_for_the_sensitive_group_when_groups_were_read if {
	everyone := [
		{"op": "replace", "path": _at(0, "conditions/people/groups/include/0"), "value": "00gAll"},
		{"op": "replace", "path": _interval(0), "value": "PT2H"},
		{"op": "replace", "path": _interval(1), "value": "PT1H"},
	]
	read := {"op": "replace", "path": "/okta/groups", "value": [{
		"id": "00gAll",
		"type": "BUILT_IN",
		"profile": {"name": "Everyone"},
	}]}
	_found(array.concat(everyone, [read])) == {["too_long_for_sensitive", "board", "PT2H", 1]}
	_unknown(array.concat(everyone, [{"op": "remove", "path": "/okta/groups"}])) == {"sensitive_undecided"}
}

test_unknown_when_the_interval_is_absent_or_unreadable if {
	_unknown([{"op": "remove", "path": _interval(1)}]) == {"not_set"}
	_unknown([{"op": "remove", "path": _method(1)}]) == {"not_set"}
	_unknown([{"op": "replace", "path": _interval(1), "value": "P1M"}]) == {"unreadable"}
}

test_unknown_when_rules_were_not_read if {
	_unknown([{"op": "remove", "path": "/okta/access_policy_rules/rst1"}]) == {"rules_not_read"}
}

test_not_applicable_without_an_active_app if {
	found := control.not_applicable with input as json.patch(good, [{"op": "remove", "path": "/okta/apps/0"}])
	{entry.key | some entry in found} == {"no_app"}
}
