package controls.modern_auth.sharepoint_legacy_auth_disabled_test

import data.controls.modern_auth.sharepoint_legacy_auth_disabled as control

good := {"sharepoint": {"settings": {"isLegacyAuthProtocolsEnabled": false}}}

_flag := "/sharepoint/settings/isLegacyAuthProtocolsEnabled"

mutations := [
	{"name": "on", "patch": [{"op": "replace", "path": _flag, "value": true}]},
	{"name": "null", "patch": [{"op": "replace", "path": _flag, "value": null}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _flag}]},
]

test_passes_when_legacy_authentication_is_off if {
	count(control.violations) == 0 with input as good
}

test_fails_when_legacy_authentication_is_on if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "enabled",
		"args": {},
		"resource": {"kind": "sharepoint_settings"},
		"at": ["sharepoint", "settings", "isLegacyAuthProtocolsEnabled"],
	}}
}

test_fails_when_nothing_says_that_it_is_off if {
	every mutation in [mutations[1], mutations[2]] {
		found := control.violations with input as json.patch(good, mutation.patch)
		{entry.key | some entry in found} == {"not_set"}
	}
}
