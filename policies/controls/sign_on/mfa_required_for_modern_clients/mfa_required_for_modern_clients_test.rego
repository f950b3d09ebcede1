package controls.sign_on.mfa_required_for_modern_clients_test

import data.controls.sign_on.mfa_required_for_modern_clients as control

_closed := {"opens": "no", "certain": 0, "possible": 0, "reasons": [], "steps": []}

_opened := {
	"opens": "yes",
	"certain": 3,
	"possible": 1,
	"reasons": [],
	"steps": [{"key": "rule_allows_one", "args": {"priority": "0", "rule": "rul1"}}],
	"witness": {"mailbox": 0, "okta": {"client": "web", "anywhere": false, "address": "192.0.2.1", "zones": ["Office"]}},
}

_maybe := {"opens": "maybe", "certain": 0, "possible": 4, "reasons": [{"key": "x", "text": "It has an expression."}], "steps": []}

_rule(id, index) := {"id": id, "name": id, "index": index, "rank": index, "priority": index, "access": "ALLOW", "any_client": false, "reached": "yes", "others": _closed}

good := {
	"okta": {
		"apps": [{"id": "0oa1", "label": "Microsoft Office 365", "status": "ACTIVE"}],
		"access_policy_rules": {"rst1": [{"id": "rul1"}, {"id": "rul9"}]},
		"sign_on_policies": [{"id": "pol1"}],
		"sign_on_policy_rules": {"pol1": [{"id": "rul5"}]},
	},
	"access": {"policies": [{
		"id": "rst1",
		"name": "Office",
		"rules": [_rule("rul1", 0), _rule("rul9", 1)],
		"unmatched": {"index": -1, "others": _closed},
	}]},
}

_set(path, value) := [{"op": "replace", "path": concat("/", ["/access/policies/0", path]), "value": value}]

mutations := [
	{"name": "a rule that asks for one factor", "patch": _set("rules/0/others", _opened)},
	{"name": "a catch-all that asks for one factor", "patch": _set("rules/1/others", _opened)},
	{"name": "no rule decides", "patch": _set("unmatched/others", _opened)},
]

test_passes_when_every_rule_asks_for_two if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_a_rule_asks_for_one if {
	some violation in control.violations with input as json.patch(good, mutations[0].patch)
	violation.key == "one_factor"
	violation.args.from == "192.0.2.1 (Office)"
	violation.args.mailboxes == 4
	violation.at == ["okta", "access_policy_rules", "rst1", 0]
	violation.steps[0].key == "rule_allows_one"
}

test_fails_when_no_rule_decides if {
	{entry.key | some entry in control.violations} == {"unmatched"} with input as json.patch(good, mutations[2].patch)
}

test_unknown_when_nobody_can_tell if {
	{entry.key | some entry in control.unknown} == {"undecided"} with input as json.patch(good, _set("rules/0/others", _maybe))
	{entry.key | some entry in control.unknown} == {"unmatched_undecided"} with input as json.patch(good, _set("unmatched/others", _maybe))
	count(control.violations) == 0 with input as json.patch(good, _set("rules/0/others", _maybe))
}

test_unknown_when_a_rule_has_no_client_condition if {
	patch := _set("rules/0/any_client", true)
	{[entry.key, entry.resource.id] | some entry in control.unknown} == {["any_client", "rul1"]} with input as json.patch(good, patch)
	count(control.unknown) == 0 with input as json.patch(good, array.concat(patch, _set("rules/0/reached", "no")))
	count(control.unknown) == 0 with input as json.patch(good, array.concat(patch, _set("rules/0/access", "DENY")))
}

test_not_applicable_without_an_app if {
	control.not_applicable == {{"key": "no_app", "args": {}}} with input as json.patch(good, [{"op": "replace", "path": "/okta/apps", "value": []}])
}
