package controls.federation.okta_app_signs_in_by_federation_test

import data.controls.federation.okta_app_signs_in_by_federation as control

good := {"okta": {"apps": [
	{
		"id": "0oa1",
		"name": "office365",
		"label": "Microsoft Office 365",
		"status": "ACTIVE",
		"signOnMode": "SAML_1_1",
		"settings": {"app": {"wsFedConfigureType": "AUTO"}},
	},
	{"id": "0oa2", "name": "office365", "label": "Old", "status": "INACTIVE", "signOnMode": "BROWSER_PLUGIN"},
]}}

mutations := [
	{"name": "no app", "patch": [{"op": "replace", "path": "/okta/apps", "value": []}]},
	{"name": "inactive", "patch": [{"op": "replace", "path": "/okta/apps/0/status", "value": "INACTIVE"}]},
	{"name": "status missing", "patch": [{"op": "remove", "path": "/okta/apps/0/status"}]},
	{"name": "stored password", "patch": [{"op": "replace", "path": "/okta/apps/0/signOnMode", "value": "BROWSER_PLUGIN"}]},
	{"name": "bookmark", "patch": [{"op": "replace", "path": "/okta/apps/0/signOnMode", "value": "BOOKMARK"}]},
	{"name": "mode missing", "patch": [{"op": "remove", "path": "/okta/apps/0/signOnMode"}]},
	{"name": "mode null", "patch": [{"op": "replace", "path": "/okta/apps/0/signOnMode", "value": null}]},
	{"name": "second app with a stored password", "patch": [{"op": "replace", "path": "/okta/apps/1/status", "value": "ACTIVE"}]},
]

_found(i) := {entry.key | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_the_active_app_federates if {
	count(control.violations) == 0 with input as good
}

test_fails_when_there_is_no_active_app if {
	every i, key in ["no_app", "none_active"] {
		found := control.violations with input as json.patch(good, mutations[i].patch)
		found == {{"key": key, "args": {}, "resource": {"kind": "okta_app"}, "at": ["okta", "apps"], "whole": ["okta.apps"]}}
	}
	_found(2) == {"none_active"}
}

test_fails_when_the_app_stores_passwords if {
	found := control.violations with input as json.patch(good, mutations[3].patch)
	found == {{
		"key": "stored_password",
		"args": {"app": "Microsoft Office 365"},
		"resource": {"kind": "okta_app", "id": "0oa1", "name": "Microsoft Office 365"},
		"at": ["okta", "apps", 0, "signOnMode"],
	}}
	_found(7) == {"stored_password"}
}

test_fails_when_the_mode_is_another if {
	every i in [4, 5, 6] {
		_found(i) == {"other_mode"}
	}
}

test_notes_list_inactive_apps if {
	found := control.notes with input as good
	{[note.key, note.args, note.resource.name, note.at[3]] | some note in found} == {["inactive", {"app": "Old", "status": "INACTIVE"}, "Old", "status"]}
}
