package controls.sign_on.deny_rule_above_mfa_rule_test

import data.controls.sign_on.deny_rule_above_mfa_rule as control

_modern := ["WEB", "MODERN_AUTH"]

_verification := {"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT12H"}

_rule(id, name, priority, access, conditions) := {
	"id": id,
	"name": name,
	"status": "ACTIVE",
	"priority": priority,
	"system": false,
	"conditions": conditions,
	"actions": {"appSignOn": {"access": access, "verificationMethod": _verification}},
}

_catch_all := object.union(_rule("rul9", "Catch-all Rule", 99, "DENY", null), {"system": true})

# The whitepaper's layout: deny legacy clients, then allow the others with MFA, with
# an exception for a service account in its zone.
good := {"okta": {
	"apps": [
		{
			"id": "0oa1",
			"label": "Microsoft Office 365",
			"status": "ACTIVE",
			"_links": {"accessPolicy": {"href": "https://example.okta.com/api/v1/policies/rst1"}},
		},
		{"id": "0oa2", "label": "Retired", "status": "INACTIVE", "_links": {}},
	],
	"access_policy_rules": {"rst1": [
		_rule("rul1", "Ticket system", 0, "ALLOW", {
			"office365Client": {"include": ["ACTIVE_SYNC"]},
			"people": {"groups": {"include": ["00gService"]}},
			"network": {"connection": "ZONE", "include": ["nzo1"]},
		}),
		_rule("rul2", "Deny legacy", 1, "DENY", {"office365Client": {"include": ["ACTIVE_SYNC"]}}),
		_rule("rul3", "Require MFA", 2, "ALLOW", {"office365Client": {"include": _modern}}),
		_catch_all,
	]},
	"groups": [{"id": "00gService", "type": "OKTA_GROUP", "profile": {"name": "Service accounts"}}],
}}

_shipped := json.patch(good, [{"op": "replace", "path": "/okta/access_policy_rules/rst1", "value": [
	_rule("rul3", "Allow Web and Modern Auth", 1, "ALLOW", {"office365Client": {"include": _modern}}),
	_catch_all,
]}])

_rules := "/okta/access_policy_rules/rst1"

_at(i, path) := concat("/", [_rules, sprintf("%d", [i]), path])

mutations := [
	{"name": "deny rule below an allow rule for any client", "patch": [
		{"op": "replace", "path": _at(2, "priority"), "value": 0.5},
		{"op": "replace", "path": _at(2, "conditions"), "value": {}},
	]},
	{"name": "nothing denies", "patch": [
		{"op": "replace", "path": _at(3, "actions/appSignOn/access"), "value": "ALLOW"},
		{"op": "replace", "path": _at(1, "status"), "value": "INACTIVE"},
	]},
	{"name": "deny rule for one network only", "patch": [
		{"op": "add", "path": _at(1, "conditions/network"), "value": {"connection": "ZONE", "include": ["nzo1"]}},
		{"op": "replace", "path": _at(2, "conditions"), "value": {}},
	]},
	{"name": "exception without a zone", "patch": [{"op": "remove", "path": _at(0, "conditions/network")}]},
	{"name": "exception for everyone", "patch": [{"op": "remove", "path": _at(0, "conditions/people")}]},
	{"name": "legacy clients in the allow rule above the denial", "patch": [
		{"op": "replace", "path": _at(2, "priority"), "value": 0.5},
		{"op": "add", "path": _at(2, "conditions/office365Client/include/0"), "value": "EXCHANGE_ACTIVE_SYNC"},
	]},
]

_found(i) := found if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_the_whitepapers_rules_are_there if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_passes_when_oktas_shipped_rules_are_there if {
	count(control.violations) == 0 with input as _shipped
	count(control.unknown) == 0 with input as _shipped
	count(control.notes) == 0 with input as _shipped
}

test_notes_the_confined_exception if {
	found := control.notes with input as good
	found == {{
		"key": "exception",
		"args": {"rule": "Ticket system", "priority": 0, "apps": ["Microsoft Office 365"]},
		"resource": {"kind": "okta_access_rule", "id": "rul1", "name": "Ticket system"},
		"at": ["okta", "access_policy_rules", "rst1", 0],
	}}
}

test_fails_when_the_denial_stands_below if {
	[{"key": key, "args": args}] := [{"key": entry.key, "args": entry.args} | some entry in _found(0)]
	key == "above_deny"
	args == {
		"rule": "Require MFA", "priority": 0.5, "apps": ["Microsoft Office 365"],
		"deny": "Deny legacy", "deny_priority": 1,
	}
}

test_fails_when_nothing_denies if {
	{entry.key | some entry in _found(1)} == {"without_deny"}
}

test_fails_when_the_denial_covers_a_part if {
	[entry] := [entry | some entry in _found(2)]
	entry.key == "gap"
	entry.args.why == ["network"]
}

test_fails_when_an_exception_is_not_confined if {
	every i in [3, 4, 5] {
		{entry.key | some entry in _found(i)} == {"above_deny"}
	}
}

test_unknown_when_a_rule_cannot_be_understood if {
	broken := json.patch(good, [
		{
			"op": "add", "path": _at(2, "conditions/office365Client"),
			"value": {"include": ["FRIDGE"]},
		},
		{"op": "replace", "path": _at(1, "status"), "value": "INACTIVE"},
	])
	found := control.unknown with input as broken
	{entry.key | some entry in found} == {"undecided"}
	count(control.violations) == 0 with input as broken
}

test_unknown_when_the_denial_has_an_expression if {
	broken := json.patch(good, [
		{"op": "add", "path": _at(1, "conditions/elCondition"), "value": {"condition": "user.department == 'IT'"}},
		{"op": "replace", "path": _at(2, "conditions"), "value": {}},
	])
	found := control.unknown with input as broken
	{entry.args.why | some entry in found} == {["a custom expression"]}
}

test_exception_is_unknown_when_groups_were_not_read if {
	found := control.unknown with input as json.patch(good, [{"op": "remove", "path": "/okta/groups"}])
	{entry.key | some entry in found} == {"undecided"}
}

test_unknown_when_rules_were_not_read if {
	found := control.unknown with input as json.patch(good, [{"op": "remove", "path": _rules}])
	found == {{
		"key": "rules_not_read",
		"args": {"app": "Microsoft Office 365"},
		"evidence": "okta.access_policy_rules",
	}}
}

test_not_applicable_without_an_active_app if {
	found := control.not_applicable with input as json.patch(good, [{"op": "remove", "path": "/okta/apps/0"}])
	{entry.key | some entry in found} == {"no_app"}
}
