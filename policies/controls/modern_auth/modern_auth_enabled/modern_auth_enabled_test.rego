package controls.modern_auth.modern_auth_enabled_test

import data.controls.modern_auth.modern_auth_enabled as control

good := {"exchange": {"organization_config": {"Name": "example.onmicrosoft.com", "OAuth2ClientProfileEnabled": true}}}

_flag := "/exchange/organization_config/OAuth2ClientProfileEnabled"

mutations := [
	{"name": "off", "patch": [{"op": "replace", "path": _flag, "value": false}]},
	{"name": "null", "patch": [{"op": "replace", "path": _flag, "value": null}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _flag}]},
]

test_passes_when_modern_auth_is_on if {
	count(control.violations) == 0 with input as good
}

test_fails_when_modern_auth_is_off if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "disabled",
		"args": {},
		"resource": {"kind": "organization_config"},
		"at": ["exchange", "organization_config", "OAuth2ClientProfileEnabled"],
	}}
}

test_fails_when_nothing_says_that_it_is_on if {
	every mutation in [mutations[1], mutations[2]] {
		found := control.violations with input as json.patch(good, mutation.patch)
		{v.key | some v in found} == {"not_set"}
	}
}
