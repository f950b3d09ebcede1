package controls.sign_on.no_rule_admits_any_client_test

import data.controls.sign_on.no_rule_admits_any_client as control

_rule(id, priority, access, conditions) := {
	"id": id,
	"name": id,
	"status": "ACTIVE",
	"priority": priority,
	"system": false,
	"conditions": conditions,
	"actions": {"appSignOn": {"access": access}},
}

good := {"okta": {
	"apps": [{
		"id": "0oa1",
		"label": "Microsoft Office 365",
		"status": "ACTIVE",
		"_links": {"accessPolicy": {"href": "https://example.okta.com/api/v1/policies/rst1"}},
	}],
	"access_policy_rules": {"rst1": [
		_rule("modern", 1, "ALLOW", {"office365Client": {"include": ["WEB", "MODERN_AUTH"]}}),
		_rule("deny", 2, "DENY", {}),
		object.union(_rule("Catch-all Rule", 99, "DENY", null), {"system": true}),
	]},
}}

_at(i, path) := sprintf("/okta/access_policy_rules/rst1/%d/%s", [i, path])

_client := _at(0, "conditions/office365Client")

mutations := [
	{"name": "condition cleared", "patch": [{"op": "remove", "path": _client}]},
	{"name": "condition null", "patch": [{"op": "replace", "path": _client, "value": null}]},
	{"name": "catch-all allows", "patch": [{
		"op": "replace",
		"path": _at(2, "actions/appSignOn/access"),
		"value": "ALLOW",
	}]},
]

_unknown(patch) := {entry.key | some entry in found} if {
	count(control.violations) == 0 with input as json.patch(good, patch)
	found := control.unknown with input as json.patch(good, patch)
}

test_passes_when_allow_rules_name_their_clients if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_the_condition_is_gone if {
	every mutation in [mutations[0], mutations[1]] {
		found := control.violations with input as json.patch(good, mutation.patch)
		{[entry.key, entry.resource.id] | some entry in found} == {["any_client", "modern"]}
	}
}

test_fails_when_the_catch_all_allows if {
	found := control.violations with input as json.patch(good, mutations[2].patch)
	{[entry.key, entry.resource.id] | some entry in found} == {["catch_all", "Catch-all Rule"]}
}

test_unknown_when_the_condition_cannot_be_read if {
	_unknown([{"op": "replace", "path": _client, "value": {"include": []}}]) == {"undecided"}
}

test_unknown_when_access_cannot_be_read if {
	_unknown([{"op": "remove", "path": _at(1, "actions")}]) == {"undecided"}
}

test_unknown_when_rules_were_not_read if {
	_unknown([{"op": "remove", "path": "/okta/access_policy_rules/rst1"}]) == {"rules_not_read"}
}

test_not_applicable_without_an_active_app if {
	found := control.not_applicable with input as json.patch(good, [{"op": "remove", "path": "/okta/apps/0"}])
	{entry.key | some entry in found} == {"no_app"}
}
