package controls.tokens.sign_in_frequency_set_test

import data.controls.tokens.sign_in_frequency_set as control

good := {
	"config": {
		"sign_in_frequency_hours": 168,
		"break_glass": [{"id": "glass", "user_principal_name": ""}, {"id": "", "user_principal_name": "x@example.com"}],
	},
	"entra": {"conditional_access_policies": []},
	"access": {"conditional_access": {"frequencies": [{
		"index": 3, "id": "1", "name": "Sign-in frequency", "enforced": "yes", "hours": 168, "mail": "yes", "clients": "yes",
		"limits": [], "left_out": [{"kind": "user", "id": "Glass"}],
	}]}},
}

_at(field) := concat("/", ["/access/conditional_access/frequencies/0", field])

mutations := [
	{"name": "no policy", "patch": [{"op": "replace", "path": "/access/conditional_access/frequencies", "value": []}]},
	{"name": "report-only", "patch": [{"op": "replace", "path": _at("enforced"), "value": "reports"}]},
	{"name": "too long", "patch": [{"op": "replace", "path": _at("hours"), "value": 169}]},
	{"name": "interval not read", "patch": [{"op": "replace", "path": _at("hours"), "value": null}]},
	{"name": "somebody left out", "patch": [{"op": "add", "path": _at("left_out/-"), "value": {"kind": "user", "id": "boss"}}]},
	{"name": "not for mail", "patch": [{"op": "replace", "path": _at("mail"), "value": "no"}]},
	{"name": "a platform only", "patch": [{"op": "add", "path": _at("limits/-"), "value": "platforms"}]},
]

_why(patch) := {entry.args.why | some entry in found} if {
	found := control.notes with input as json.patch(good, patch)
}

test_passes_when_one_policy_limits_every_session if {
	count(control.violations) == 0 with input as good
	count(control.notes) == 0 with input as good
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
	_why(mutations[1].patch) == {["word:report_only"]}
	_why(mutations[4].patch) == {["word:left_out"]}
}
