package controls.sign_on.sign_on_policy_readable_test

import data.controls.sign_on.sign_on_policy_readable as control

good := {"okta": {
	"organization": {"id": "00o1", "pipeline": "idx"},
	"apps": [
		{
			"id": "0oa1",
			"label": "Microsoft Office 365",
			"status": "ACTIVE",
			"_links": {"accessPolicy": {"href": "https://example.okta.com/api/v1/policies/rst1"}},
		},
		{"id": "0oa2", "label": "Retired", "status": "INACTIVE"},
	],
	"access_policy_rules": {"rst1": [{
		"id": "rul9",
		"name": "Catch-all Rule",
		"status": "ACTIVE",
		"priority": 99,
		"system": true,
		"conditions": null,
		"actions": {"appSignOn": {"access": "DENY"}},
	}]},
}}

# It reports what could be read and never fails.
mutations := []

_pipeline(value) := {"op": "replace", "path": "/okta/organization/pipeline", "value": value}

_unknown(patch) := {[entry.key, entry.args] | some entry in found} if {
	found := control.unknown with input as json.patch(good, patch)
}

test_has_no_mutations_because_it_never_fails if count(mutations) == 0

test_passes_when_the_rules_of_every_active_app_are_there if {
	_unknown([]) == set()
	count(control.not_applicable) == 0 with input as good
}

test_unknown_on_classic_engine if {
	_unknown([_pipeline("v1"), {"op": "remove", "path": "/okta/access_policy_rules"}]) == {["classic", {}]}
	_unknown([_pipeline("v1"), {"op": "replace", "path": "/okta/access_policy_rules/rst1", "value": []}]) == {["classic", {}]}
}

test_passes_on_classic_engine_when_the_rules_were_attested if _unknown([_pipeline("v1")]) == set()

test_unknown_when_the_engine_is if {
	_unknown([_pipeline(null)]) == {["engine", {"pipeline": "word:not_set"}]}
	_unknown([_pipeline("v3")]) == {["engine", {"pipeline": "v3"}]}
	_unknown([{"op": "remove", "path": "/okta/organization/pipeline"}]) == {["engine", {"pipeline": "word:not_set"}]}
}

test_unknown_when_rules_were_not_read if {
	missing := {["rules_not_read", {"app": "Microsoft Office 365"}]}
	_unknown([{"op": "remove", "path": "/okta/access_policy_rules"}]) == missing
	_unknown([{"op": "replace", "path": "/okta/access_policy_rules/rst1", "value": []}]) == missing
	_unknown([{"op": "remove", "path": "/okta/apps/0/_links"}]) == missing
}

test_unknown_when_one_of_several_apps_was_not_read if {
	second := {"id": "0oa3", "label": "Second", "status": "ACTIVE", "_links": {"accessPolicy": {"href": "https://x/rst2"}}}
	_unknown([{"op": "add", "path": "/okta/apps/-", "value": second}]) == {["rules_not_read", {"app": "Second"}]}
}

test_not_applicable_without_an_active_app if {
	found := control.not_applicable with input as json.patch(good, [{"op": "remove", "path": "/okta/apps/0"}])
	found == {{"key": "no_app", "args": {}}}
}
