package controls.federation.entra_and_okta_agree_on_mfa_test

import data.controls.federation.entra_and_okta_agree_on_mfa as control

good := {
	"entra": {
		"federation_configurations": {
			"example.com": [{"id": "f1", "federatedIdpMfaBehavior": "enforceMfaByFederatedIdp"}],
			"example.org": [{"id": "f2", "federatedIdpMfaBehavior": "acceptIfMfaDoneByFederatedIdp"}],
		},
		"conditional_access_policies": [],
	},
	"access": {"conditional_access": {"asks_members": "yes"}},
}

_behaviour := "/entra/federation_configurations/example.com/0/federatedIdpMfaBehavior"

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

_reject := _replace(_behaviour, "rejectMfaByFederatedIdp")

_demand(answer) := _replace("/access/conditional_access/asks_members", answer)

mutations := [{"name": "rejects", "patch": _reject}]

_keys(rules) := {entry.key | some entry in rules}

test_passes_when_entra_takes_oktas_mfa if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_entra_asks_twice if {
	every mutation in mutations {
		found := control.violations with input as json.patch(good, mutation.patch)
		found == {{
			"key": "asks_twice",
			"args": {"domain": "example.com"},
			"resource": {"kind": "domain", "id": "example.com", "name": "example.com"},
			"at": ["entra", "federation_configurations", "example.com"],
		}}
	}
}

test_unknown_when_the_setting_was_never_made if {
	every patch in [[{"op": "remove", "path": _behaviour}], _replace(_behaviour, null)] {
		changed := json.patch(good, patch)
		_keys(control.unknown) == {"not_set"} with input as changed
		count(control.violations) == 0 with input as changed
	}
}

test_unknown_when_the_setting_is_not_known if {
	found := control.unknown with input as json.patch(good, _replace(_behaviour, "unknownFutureValue"))
	found == {{
		"key": "not_known",
		"args": {"domain": "example.com", "behaviour": "unknownFutureValue"},
		"resource": {"kind": "domain", "id": "example.com", "name": "example.com"},
		"at": ["entra", "federation_configurations", "example.com"],
	}}
}

test_unknown_when_the_demand_was_not_read if {
	unread := json.patch(good, _demand("maybe"))
	count(control.unknown) == 0 with input as unread
	every value in ["rejectMfaByFederatedIdp", null, "unknownFutureValue"] {
		document := json.patch(unread, _replace(_behaviour, value))
		_keys(control.unknown) == {"demand_not_read"} with input as document
		count(control.violations) == 0 with input as document
	}
}

test_not_applicable_when_there_is_nothing_to_agree_on if {
	_keys(control.not_applicable) == {"no_demand"} with input as json.patch(good, array.concat(_reject, _demand("no")))
	managed := json.patch(good, _replace("/entra/federation_configurations", {}))
	_keys(control.not_applicable) == {"no_federated_domains"} with input as managed
}
