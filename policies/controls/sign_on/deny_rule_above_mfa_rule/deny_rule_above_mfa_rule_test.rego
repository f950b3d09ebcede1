package controls.sign_on.deny_rule_above_mfa_rule_test

import data.controls.sign_on.deny_rule_above_mfa_rule as control

_closed := {"opens": "no", "certain": 0, "possible": 0, "reasons": [], "steps": []}

_opened := {"opens": "yes", "certain": 3, "possible": 1, "reasons": [], "steps": []}

_maybe := {"opens": "maybe", "certain": 0, "possible": 4, "reasons": [{"key": "x", "text": "It has an expression."}], "steps": []}

_tight := {"unconfined": [], "groups": [{"name": "Jira", "members": 2, "share": 0.01}]}

_rule(index, access, clients) := {
	"id": sprintf("rul%d", [index]),
	"name": sprintf("Rule %d", [index]),
	"index": index,
	"rank": index,
	"priority": index,
	"access": access,
	"clients": clients,
	"legacy": _closed,
}

good := {
	"config": {"legacy_exception_share": 0.05},
	"okta": {
		"apps": [{"id": "0oa1", "label": "Microsoft Office 365", "status": "ACTIVE"}],
		"access_policy_rules": {"rst1": [{"id": "rul0"}, {"id": "rul1"}, {"id": "rul2"}, {"id": "rul3"}]},
	},
	"access": {"policies": [{
		"id": "rst1",
		"name": "Office",
		"rules": [
			object.union(_rule(0, "ALLOW", ["legacy"]), {"legacy": _opened, "exception": _tight}),
			_rule(1, "DENY", ["legacy"]),
			_rule(2, "ALLOW", ["web", "modern"]),
			_rule(3, "DENY", ["web", "modern", "legacy"]),
		],
		"unmatched": {"index": -1, "legacy": _closed},
		"order": [{"mailboxes": 2, "first": 0, "deny": 1, "above": [0]}, {"mailboxes": 5, "first": 1, "deny": 1, "above": []}],
	}]},
}

_set(path, value) := [{"op": "replace", "path": concat("/", ["/access/policies/0", path]), "value": value}]

_no_deny := array.concat(_set("rules/1", _rule(1, "ALLOW", ["web"])), _set("rules/3", _rule(3, "ALLOW", ["web"])))

mutations := [
	{"name": "an allow rule above the deny rule", "patch": _set("rules/0/exception/unconfined", ["everyone"])},
	{"name": "an allow rule that the deny rule above it misses", "patch": array.concat(_set("rules/2/legacy", _opened), _set("order/1", {"mailboxes": 5, "first": 1, "deny": -1, "above": [2]}))},
	{"name": "no deny rule", "patch": array.concat(_no_deny, _set("rules/2/legacy", _opened))},
]

_found(patch) := {[entry.key, entry.args.rule, entry.args.denies] | some entry in found} if {
	found := control.violations with input as json.patch(good, patch)
}

test_passes_when_the_deny_rule_stands_above_all_but_an_exception if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	{entry.key | some entry in control.notes} == {"exception"} with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_and_names_both_rules if {
	_found(mutations[0].patch) == {["above_deny", "Rule 0", ["1 'Rule 1'"]]}
	_found(mutations[1].patch) == {["gap", "Rule 2", ["1 'Rule 1'"]]}
	_found(mutations[2].patch) == {["without_deny", "Rule 2", []]}
}

test_a_catch_all_that_denies_is_a_deny_rule if {
	shipped := array.concat(
		_set("rules/0", object.union(_rule(0, "ALLOW", ["web", "modern"]), {"legacy": _opened})),
		_set("order/0", {"mailboxes": 7, "first": 0, "deny": 3, "above": [0]}),
	)
	_found(shipped) == {["above_deny", "Rule 0", ["3 'Rule 3'"]]}
}

test_unknown_when_nobody_can_tell if {
	{entry.key | some entry in control.unknown} == {"undecided"} with input as json.patch(good, _set("rules/2/legacy", _maybe))
	{entry.key | some entry in control.unknown} == {"unmatched"} with input as json.patch(good, _set("unmatched/legacy", _maybe))
}

test_not_applicable_without_an_app if {
	control.not_applicable == {{"key": "no_app", "args": {}}} with input as json.patch(good, [{"op": "replace", "path": "/okta/apps", "value": []}])
}
