package controls.basic_auth.conditional_access_blocks_legacy_test

import data.controls.basic_auth.conditional_access_blocks_legacy as control

_hole(changes) := object.union(
	{
		"policy": 0, "policy_id": "p1", "name": "Block", "kind": "user", "id": "B1",
		"open": ["exchangeActiveSync", "other"], "undecided": [], "mailboxes": 1, "reasons": [],
	},
	changes,
)

_worth(worth, limits) := {"index": 0, "id": "p1", "name": "Block", "worth": worth, "limits": limits}

good := {
	"config": {"break_glass": [{"id": "b1", "user_principal_name": "rescue@example.onmicrosoft.com"}]},
	"entra": {"conditional_access_policies": [{"id": "p1"}], "security_defaults": {"isEnabled": false}},
	"access": {"conditional_access": {
		"collected": true,
		"security_defaults": "no",
		"legacy": [
			{"client": "exchangeActiveSync", "blocked": "yes", "reasons": []},
			{"client": "other", "blocked": "yes", "reasons": []},
		],
		"left_out": [_hole({})],
		"policies": [_worth("blocks", [])],
	}},
}

_at(field, value) := [{"op": "replace", "path": concat("/", ["/access/conditional_access", field]), "value": value}]

_unblocked := array.concat(_at("legacy/0/blocked", "no"), _at("legacy/1/blocked", "no"))

mutations := [
	{"name": "nothing blocks", "patch": _unblocked},
	{"name": "one client type", "patch": _at("legacy/1/blocked", "no")},
	{"name": "somebody else left out", "patch": _at("left_out/0/id", "u1")},
	{"name": "group left out", "patch": _at("left_out/0/kind", "group")},
	{"name": "location left out for one client type", "patch": _at("left_out/0", _hole({"kind": "location", "open": ["other"]}))},
	{"name": "break-glass not declared", "patch": [{"op": "replace", "path": "/config/break_glass", "value": []}]},
]

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

_keys(rules) := {entry.key | some entry in rules}

_clean(document) if {
	count(control.violations) == 0 with input as document
	count(control.unknown) == 0 with input as document
}

test_passes_when_policies_block_everybody_but_break_glass if {
	_clean(good)
	_keys(control.notes) == {"break_glass"} with input as good
}

test_passes_when_other_policies_block_what_one_leaves_out if {
	_clean(json.patch(good, _at("left_out/0", _hole({"kind": "group", "open": []}))))
}

test_passes_when_security_defaults_are_on if {
	document := json.patch(good, array.concat(_unblocked, _at("security_defaults", "yes")))
	_clean(document)
	_keys(control.notes) == {"security_defaults", "break_glass"} with input as document
}

test_fails_when_no_policy_blocks if {
	found := control.violations with input as _mutated("nothing blocks")
	found == {{
		"key": "not_blocked",
		"args": {"clients": ["exchangeActiveSync", "other"]},
		"resource": {"kind": "conditional_access_policy"},
		"at": ["entra", "conditional_access_policies"],
	}}
}

test_fails_when_something_is_left_out if {
	found := control.violations with input as _mutated("location left out for one client type")
	{[entry.key, entry.args.kind, entry.args.clients] | some entry in found} == {["left_out", "word:location", ["other"]]}
}

test_unknown_when_it_cannot_be_told if {
	document := json.patch(good, array.concat(
		_at("legacy/1", {"client": "other", "blocked": "maybe", "reasons": [{"key": "x", "text": "A filter."}]}),
		_at("left_out/0", _hole({"kind": "group", "open": [], "undecided": ["other"]})),
	))
	count(control.violations) == 0 with input as document
	{[entry.key, entry.args] | some entry in control.unknown} == {
		["not_blocked_perhaps", {"client": "other", "message": "A filter."}],
		["left_out_perhaps", {"policy": "Block", "kind": "word:group", "id": "B1", "clients": ["other"]}],
	} with input as document
}

test_unknown_when_break_glass_is_declared_by_a_name_of_no_mailbox if {
	document := json.patch(good, [{"op": "replace", "path": "/config/break_glass/0/id", "value": ""}])
	_keys(control.unknown) == {"perhaps_break_glass"} with input as document
	count(control.violations) == 0 with input as document
}

test_unknown_when_security_defaults_were_not_read if {
	unread := json.patch(_mutated("nothing blocks"), _at("security_defaults", "maybe"))
	_keys(control.unknown) == {"defaults_not_read"} with input as unread
	count(control.violations) == 0 with input as unread
}

test_notes_say_why_a_policy_does_not_count if {
	every worth, key in {"reports": "report_only", "stops": "asks_for_mfa", "blocks": "limited"} {
		document := json.patch(_mutated("nothing blocks"), _at("policies/0", _worth(worth, ["devices"])))
		_keys(control.notes) == {"break_glass", key} with input as document
	}
	_keys(control.notes) == {"break_glass"} with input as json.patch(good, _at("policies/0", _worth("reports", [])))
}
