package controls.sign_on.legacy_exceptions_confined_test

import data.controls.sign_on.legacy_exceptions_confined as control

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

_names := ["everyone", "anywhere", "zone_inactive", "everywhere", "country", "provider", "exchange_online"]

mutations := array.concat([{"name": name, "patch": _set("rules/0/exception/unconfined", [name])} | some name in _names], [
	{"name": "a large group", "patch": _set("rules/0/exception/groups/0/share", 0.2)},
	{"name": "many together", "patch": _many},
	{"name": "a rule that names nothing", "patch": [{"op": "remove", "path": _at("rules/0/exception")}]},
])

# Four in the group and three users, where five may be.
_many := [
	{"op": "add", "path": _at("assigned"), "value": 100},
	{"op": "add", "path": _at("excepted"), "value": [{"rules": [0], "mailboxes": 7}]},
]

_maybe := [
	{"op": "replace", "path": _at("rules/0/legacy/opens"), "value": "maybe"},
	{"op": "replace", "path": _at("rules/0/exception/unconfined"), "value": ["country"]},
]

test_passes_when_the_exception_is_confined if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	_noted([]) == set()
}

test_fails_when_a_limit_is_none if {
	some violation in control.violations with input as json.patch(good, mutations[0].patch)
	violation.args.why == ["word:everyone"]
	violation.at == ["okta", "access_policy_rules", "rst1", 0]
}

test_fails_when_exceptions_are_many_together if {
	some violation in control.violations with input as json.patch(good, _many)
	violation.args.why == ["word:together"]
}

test_unknown_when_nobody_can_tell if {
	_unknowns(_maybe) == {"undecided"}
	_failed(_maybe) == set()
	_unknowns(_set("rules/0/exception/groups/0", {"name": "Jira", "members": null, "share": null, "filled_by": []})) == {"unmeasured"}
}

test_a_filled_group_is_listed if {
	some note in _noted(_set("rules/0/exception/groups/0/filled_by", ["Profile"]))
	note.args.by == ["Profile"]
}

test_a_large_group_is_listed_with_its_size if {
	patch := _set("rules/0/exception/groups/0/share", 0.2)
	{[note.key, note.args.group, note.args.size] | some note in _noted(patch)} == {["large", "Jira", 2]}
	some violation in control.violations with input as json.patch(good, patch)
	violation.args.why == ["word:large_group"]
}
