package controls.sign_on.mfa_required_for_modern_clients_test

import data.controls.sign_on.mfa_required_for_modern_clients as control

_rule(id, priority, access, conditions, verification) := {
	"id": id,
	"name": id,
	"status": "ACTIVE",
	"priority": priority,
	"system": false,
	"conditions": conditions,
	"actions": {"appSignOn": {"access": access, "verificationMethod": verification}},
}

_clients(names) := {"office365Client": {"include": names}}

_two := {"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT12H"}

_one := {"type": "ASSURANCE", "factorMode": "1FA", "reauthenticateIn": "PT12H"}

_verified := {
	"type": "ASSURANCE",
	"factorMode": "1FA",
	"constraints": [{"possession": {"required": true, "userVerification": "REQUIRED"}}],
}

_chain := {"type": "AUTH_METHOD_CHAIN", "chains": [{
	"authenticationMethods": [{"key": "okta_password", "method": "password"}],
	"next": [{"authenticationMethods": [{"key": "phone_number", "method": "sms"}]}],
}]}

_catch_all := object.union(_rule("Catch-all Rule", 99, "DENY", null, _one), {"system": true})

good := {"okta": {
	"apps": [{
		"id": "0oa1",
		"label": "Microsoft Office 365",
		"status": "ACTIVE",
		"_links": {"accessPolicy": {"href": "https://example.okta.com/api/v1/policies/rst1"}},
	}],
	"access_policy_rules": {"rst1": [
		_rule("legacy", 0, "DENY", _clients(["ACTIVE_SYNC"]), _one),
		_rule("modern", 1, "ALLOW", _clients(["WEB", "MODERN_AUTH"]), _two),
		_rule("join", 2, "ALLOW", _clients(["AAD_JOIN"]), _verified),
		_rule("certificate", 3, "ALLOW", _clients(["CERT_BASED_AUTH"]), _chain),
		_rule("exception", 4, "ALLOW", _clients(["EXCHANGE_ACTIVE_SYNC"]), _one),
		_catch_all,
	]},
}}

_at(i, path) := sprintf("/okta/access_policy_rules/rst1/%d/%s", [i, path])

_method(i) := _at(i, "actions/appSignOn/verificationMethod")

mutations := [
	{"name": "modern clients with one factor", "patch": [{"op": "replace", "path": _method(1), "value": _one}]},
	{"name": "user verification optional", "patch": [{
		"op": "replace",
		"path": concat("/", [_method(2), "constraints/0/possession/userVerification"]),
		"value": "OPTIONAL",
	}]},
	{"name": "chain of one step", "patch": [{"op": "remove", "path": concat("/", [_method(3), "chains/0/next"])}]},
	{"name": "catch-all allows with one factor", "patch": [{
		"op": "replace",
		"path": _at(5, "actions/appSignOn/access"),
		"value": "ALLOW",
	}]},
	{"name": "legacy rule admits browsers", "patch": [
		{
			"op": "add",
			"path": _at(4, "conditions/office365Client/include/-"),
			"value": "WEB",
		},
		{"op": "replace", "path": _at(1, "status"), "value": "INACTIVE"},
	]},
]

_keys(patch) := {entry.key | some entry in found} if {
	found := control.violations with input as json.patch(good, patch)
}

_unknown(patch) := {entry.key | some entry in found} if {
	count(control.violations) == 0 with input as json.patch(good, patch)
	found := control.unknown with input as json.patch(good, patch)
}

test_passes_when_every_allow_rule_asks_for_two_factors if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_one_factor_is_enough if {
	every i in [0, 1, 3, 4] {
		_keys(mutations[i].patch) == {"one_factor"}
	}
	_keys(mutations[2].patch) == {"chain_one_factor"}
}

test_fails_at_the_place_of_the_rule if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	[entry] := [entry | some entry in found]
	entry.at == ["okta", "access_policy_rules", "rst1", 1]
	entry.args == {"rule": "modern", "priority": 1, "apps": ["Microsoft Office 365"]}
}

test_what_is_certain_is_not_unknown_as_well if {
	any_client := [{"op": "replace", "path": _at(1, "conditions"), "value": {}}, {
		"op": "replace",
		"path": _method(1),
		"value": _one,
	}]
	every patch in [mutations[0].patch, any_client] {
		_keys(patch) == {"one_factor"}
		count(control.unknown) == 0 with input as json.patch(good, patch)
	}
}

test_unknown_client_with_two_factors_is_no_matter if {
	_unknown([{"op": "replace", "path": _at(1, "conditions"), "value": _clients(["FRIDGE"])}]) == set()
}

test_rule_that_nobody_reaches_is_not_judged if {
	shadow := {"op": "replace", "path": _at(1, "conditions"), "value": null}
	_keys([shadow, {"op": "replace", "path": _method(2), "value": _one}]) == set()
}

test_unknown_when_the_rule_has_no_client_condition if {
	_unknown([{"op": "replace", "path": _at(1, "conditions"), "value": {}}]) == {"any_client"}
}

test_unknown_when_verification_cannot_be_read if {
	_unknown([{"op": "replace", "path": _method(1), "value": {"type": "ID_PROOFING"}}]) == {"id_proofing"}
	_unknown([{"op": "remove", "path": _method(1)}]) == {"unread"}
}

test_unknown_when_the_rule_cannot_be_understood if {
	_unknown([{"op": "replace", "path": _at(4, "conditions"), "value": _clients(["FRIDGE"])}]) == {"undecided"}
	weak := {"op": "replace", "path": _method(1), "value": _one}
	_unknown([weak, {"op": "replace", "path": _at(1, "status"), "value": null}]) == {"undecided"}
	_unknown([weak, {"op": "replace", "path": _at(1, "actions/appSignOn/access"), "value": "MAYBE"}]) == {"undecided"}
}

test_unknown_when_rules_were_not_read if {
	_unknown([{"op": "remove", "path": "/okta/apps/0/_links"}]) == {"rules_not_read"}
}

test_not_applicable_without_an_active_app if {
	found := control.not_applicable with input as json.patch(good, [{"op": "remove", "path": "/okta/apps/0"}])
	{entry.key | some entry in found} == {"no_app"}
}
