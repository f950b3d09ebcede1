package controls.tokens.sign_in_frequency_set_test

import data.controls.tokens.sign_in_frequency_set as control

good := {
	"config": {
		"sign_in_frequency_hours": 168,
		"break_glass": [{"id": "glass", "user_principal_name": ""}, {"id": "", "user_principal_name": "x@example.com"}],
	},
	"entra": {"conditional_access_policies": [{
		"id": "1",
		"displayName": "Sign-in frequency",
		"state": "enabled",
		"conditions": {
			"clientAppTypes": ["all"],
			"users": {"includeUsers": ["All"], "excludeUsers": ["glass"]},
			"applications": {"includeApplications": ["Office365"]},
		},
		"sessionControls": {"signInFrequency": {
			"isEnabled": true,
			"type": "days",
			"value": 7,
			"frequencyInterval": "timeBased",
		}},
	}]},
}

_at(path) := concat("/", ["/entra/conditional_access_policies/0", path])

_frequency(field) := _at(concat("/", ["sessionControls/signInFrequency", field]))

mutations := [
	{"name": "no policy", "patch": [{"op": "replace", "path": "/entra/conditional_access_policies", "value": []}]},
	{"name": "switched off", "patch": [{"op": "replace", "path": _frequency("isEnabled"), "value": false}]},
	{"name": "report-only", "patch": [{"op": "replace", "path": _at("state"), "value": "enabledForReportingButNotEnforced"}]},
	{"name": "too long", "patch": [{"op": "replace", "path": _frequency("value"), "value": 8}]},
	{"name": "somebody left out", "patch": [{"op": "add", "path": _at("conditions/users/excludeUsers/-"), "value": "boss"}]},
	{"name": "not for mail", "patch": [{
		"op": "replace",
		"path": _at("conditions/applications/includeApplications"),
		"value": ["other"],
	}]},
	{"name": "state missing", "patch": [{"op": "remove", "path": _at("state")}]},
]

_why(patch) := {entry.args.why | some entry in found} if {
	found := control.notes with input as json.patch(good, patch)
}

test_passes_when_one_policy_limits_every_session if {
	count(control.violations) == 0 with input as good
	count(control.notes) == 0 with input as good
}

test_passes_when_it_asks_every_time if {
	count(control.violations) == 0 with input as json.patch(good, [{
		"op": "replace",
		"path": _at("sessionControls/signInFrequency"),
		"value": {"isEnabled": true, "frequencyInterval": "everyTime", "type": null, "value": null},
	}])
}

test_fails_when_no_policy_does if {
	every mutation in mutations {
		found := control.violations with input as json.patch(good, mutation.patch)
		found == {{
			"key": "not_limited",
			"args": {"limit": 168},
			"resource": {"kind": "conditional_access_policies"},
			"at": ["entra", "conditional_access_policies"],
			"whole": ["entra.conditional_access_policies"],
		}}
	}
}

test_notes_say_why_a_policy_falls_short if {
	_why(mutations[0].patch) == set()
	_why(mutations[2].patch) == {["it is report-only"]}
	_why(mutations[4].patch) == {["it leaves users out"]}
}

test_policy_without_a_name_goes_by_its_id if {
	patch := array.concat(mutations[2].patch, [{"op": "remove", "path": _at("displayName")}])
	found := control.notes with input as json.patch(good, patch)
	{entry.args.policy | some entry in found} == {"1"}
}
