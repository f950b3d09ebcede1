package controls.sign_on.legacy_clients_denied_test

import data.controls.sign_on.legacy_clients_denied as control

_config := {"legacy_exception_share": 0.05}

_okta := {
	"apps": [{"id": "0oa1", "label": "Microsoft Office 365", "status": "ACTIVE", "_links": {}}],
	"access_policy_rules": {"rst1": [{"id": "rul1"}, {"id": "rul2"}, {"id": "rul9"}]},
}

_closed := {"opens": "no", "certain": 0, "possible": 0, "reasons": [], "steps": []}

_opened := {
	"opens": "yes",
	"certain": 3,
	"possible": 1,
	"reasons": [],
	"steps": [],
	"witness": {"mailbox": 0, "okta": {"client": "legacy", "anywhere": false, "address": "192.0.2.1", "zones": ["Server"]}},
}

_tight := {
	"everyone": false,
	"unconfined": [],
	"groups": [{"name": "Jira", "members": 2, "share": 0.01, "filled_by": []}],
}

_rule(id, index, legacy) := {"id": id, "name": id, "index": index, "rank": index, "priority": index, "system": false, "reached": "yes", "shadowed_by": [], "legacy": legacy}

good := {"config": _config, "okta": _okta, "access": {"policies": [{
	"id": "rst1",
	"name": "Microsoft Office 365",
	"rules": [
		object.union(_rule("rul1", 0, _opened), {"exception": _tight}),
		_rule("rul2", 1, _closed),
		object.union(_rule("rul9", 2, _closed), {"system": true}),
	],
	"unmatched": {"index": -1, "legacy": _closed},
}]}}

_policy := "/access/policies/0"

_at(path) := concat("/", [_policy, path])

_set(path, value) := [{"op": "replace", "path": _at(path), "value": value}]

_noted(patch) := found if {
	found := control.notes with input as json.patch(good, patch)
}

_unknowns(patch) := {entry.key | some entry in found} if {
	found := control.unknown with input as json.patch(good, patch)
}

_failed(patch) := {entry.key | some entry in found} if {
	found := control.violations with input as json.patch(good, patch)
}

test_not_applicable_without_an_app if {
	control.not_applicable == {{"key": "no_app", "args": {}}} with input as json.patch(good, [{"op": "replace", "path": "/okta/apps", "value": []}])
}

_maybe := {"opens": "maybe", "certain": 0, "possible": 4, "reasons": [{"key": "rule_expression", "text": "It has an expression."}], "steps": []}

mutations := [
	{"name": "a rule that admits legacy clients", "patch": _set("rules/1/legacy", _opened)},
	{"name": "an exception from anywhere", "patch": _set("rules/0/exception/unconfined", ["anywhere"])},
	{"name": "an exception for a large group", "patch": _set("rules/0/exception/groups/0/share", 0.2)},
	{"name": "exceptions for many together", "patch": [
		{"op": "add", "path": _at("assigned"), "value": 100},
		{"op": "add", "path": _at("excepted"), "value": [{"rules": [0], "mailboxes": 7}]},
	]},
	{"name": "no rule decides", "patch": _set("unmatched/legacy", _opened)},
	{"name": "an exception for people without mailboxes", "patch": [
		{"op": "replace", "path": _at("rules/0/legacy/certain"), "value": 0},
		{"op": "replace", "path": _at("rules/0/exception/unconfined"), "value": ["everyone"]},
	]},
]

test_passes_when_only_a_confined_exception_is_open if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	{entry.key | some entry in control.notes} == {"exception"} with input as good
}

test_fails_when_a_rule_admits if {
	some violation in control.violations with input as json.patch(good, _set("rules/1/legacy", _opened))
	violation.key == "admits"
	violation.args.from == "192.0.2.1 (Server)"
	violation.args.mailboxes == 4
	violation.at == ["okta", "access_policy_rules", "rst1", 1]
}

test_fails_when_no_rule_decides if _failed(_set("unmatched/legacy", _opened)) == {"unmatched"}

test_unknown_when_nobody_can_tell if {
	_unknowns(_set("rules/1/legacy", _maybe)) == {"undecided"}
	_unknowns(_set("unmatched/legacy", _maybe)) == {"unmatched_undecided"}
	_unknowns(_set("rules/0/exception/groups/0", {"name": "Jira", "members": null, "share": null})) == {"unmeasured"}
	_failed(_set("rules/1/legacy", _maybe)) == set()
}

test_an_undecided_exception_is_listed if {
	patch := _set("rules/0/legacy", _maybe)
	_unknowns(patch) == set()
	count(_noted(patch)) == 1
}
