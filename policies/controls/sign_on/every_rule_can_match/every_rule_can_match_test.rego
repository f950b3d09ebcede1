package controls.sign_on.every_rule_can_match_test

import data.controls.sign_on.every_rule_can_match as control

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

_dead(index) := [
	{"op": "replace", "path": _at(sprintf("rules/%d/reached", [index])), "value": "no"},
	{"op": "replace", "path": _at(sprintf("rules/%d/shadowed_by", [index])), "value": [0]},
]

mutations := [
	{"name": "a dead deny rule", "patch": _dead(1)},
	{"name": "a dead exception", "patch": _dead(0)},
]

test_passes_when_every_rule_is_reached if {
	_failed([]) == set()
	_unknowns([]) == set()
	_noted([]) == set()
}

test_passes_when_the_dead_rule_is_inactive if _failed(array.concat(_dead(1), _set("rules/1/rank", -1))) == set()

test_fails_when_a_rule_is_dead if {
	some violation in control.violations with input as json.patch(good, _dead(1))
	violation.args.above == ["0 'rul1'"]
}

test_fails_when_nothing_meets_a_rules_conditions if {
	_failed(_dead(1)) == {"dead"}
	_failed(_set("rules/1/reached", "no")) == {"dead_alone"}
}

test_a_dead_catch_all_is_listed if {
	_failed(_dead(2)) == set()
	count(_noted(_dead(2))) == 1
}

test_unknown_when_nobody_can_tell if {
	_unknowns(_set("rules/1/reached", "maybe")) == {"undecided"}
	_unknowns([{"op": "add", "path": _at("unreadable"), "value": {"key": "rules_partial", "text": "Not all."}}]) == {"unread"}
}
