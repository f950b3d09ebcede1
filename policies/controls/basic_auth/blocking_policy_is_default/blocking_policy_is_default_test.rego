package controls.basic_auth.blocking_policy_is_default_test

import data.controls.basic_auth.blocking_policy_is_default as control

_flags := [
	"ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop", "Powershell",
	"ReportingWebServices", "Rpc", "Smtp", "WebServices",
]

_policy(title, allowed) := object.union(
	{"Name": title, "Guid": sprintf("guid-%s", [title]), "WhenChanged": "2026-01-15T08:07:47.0000000+00:00"},
	{name: allows |
		some flag in _flags
		name := concat("", ["AllowBasicAuth", flag])
		allows := flag in allowed
	},
)

good := {
	"moments": {"settled_before": "2026-11-19T08:00:00Z"},
	"exchange": {
		"organization_config": {"DefaultAuthenticationPolicy": "Block Basic Authentication"},
		"authentication_policies": [_policy("Block Basic Authentication", set()), _policy("Old", {"Pop", "Smtp"})],
	},
}

_default := "/exchange/organization_config/DefaultAuthenticationPolicy"

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

mutations := [
	{"name": "null", "patch": _replace(_default, null)},
	{"name": "empty", "patch": _replace(_default, "")},
	{"name": "names no policy", "patch": _replace(_default, "Gone")},
	{"name": "weak policy", "patch": _replace(_default, "Old")},
	{"name": "flag opened", "patch": _replace("/exchange/authentication_policies/0/AllowBasicAuthSmtp", true)},
	{"name": "flag missing", "patch": [{"op": "remove", "path": "/exchange/authentication_policies/0/AllowBasicAuthMapi"}]},
]

_found(i) := {[entry.key, entry.args] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_the_default_blocks if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.notes) == 0 with input as good
}

test_passes_when_the_default_is_named_otherwise if {
	count(control.violations) == 0 with input as json.patch(good, _replace(_default, "GUID-block basic authentication"))
}

test_fails_when_there_is_no_default if {
	_found(0) == {["none", {}]}
	_found(1) == {["none", {}]}
}

test_fails_with_the_organisation_as_the_subject if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	{[entry.resource, entry.at] | some entry in found} == {[
		{"kind": "organization_config"},
		["exchange", "organization_config", "DefaultAuthenticationPolicy"],
	]}
}

test_fails_when_the_default_is_gone if _found(2) == {["missing", {"policy": "Gone"}]}

test_fails_when_the_default_lets_something_through if {
	_found(3) == {["open", {"policy": "Old", "flags": ["AllowBasicAuthPop", "AllowBasicAuthSmtp"]}]}
	_found(4) == {["open", {"policy": "Block Basic Authentication", "flags": ["AllowBasicAuthSmtp"]}]}
	_found(5) == {["silent", {"policy": "Block Basic Authentication", "flags": ["AllowBasicAuthMapi"]}]}
}

test_unknown_when_exchange_does_not_show_the_default if {
	document := json.remove(good, [_default])
	count(control.violations) == 0 with input as document
	found := control.unknown with input as document
	found == {{"key": "unread", "args": {}}}
}

test_unknown_when_only_a_strange_flag_is_open if {
	strange := json.patch(good, [{"op": "add", "path": "/exchange/authentication_policies/0/AllowBasicAuthHologram", "value": true}])
	count(control.violations) == 0 with input as strange
	found := control.unknown with input as strange
	found == {{
		"key": "strange",
		"args": {"policy": "Block Basic Authentication", "flags": ["AllowBasicAuthHologram"]},
	}}
}

test_notes_say_when_the_policy_is_young if {
	changed := _replace("/exchange/authentication_policies/0/WhenChanged", "2026-11-20T01:00:00.1234567+02:00")
	found := control.notes with input as json.patch(good, changed)
	found == {{"key": "young", "args": {"policy": "Block Basic Authentication"}}}
	weak := array.concat(changed, mutations[5].patch)
	count(control.notes) == 0 with input as json.patch(good, weak)
}

test_without_the_policies_only_a_missing_default_shows if {
	unread := json.patch(good, [{"op": "remove", "path": "/exchange/authentication_policies"}])
	count(control.violations) == 0 with input as unread
	found := control.unknown with input as unread
	{entry.key | some entry in found} == {"unlisted"}
	none := json.patch(unread, mutations[0].patch)
	missing := control.violations with input as none
	{entry.key | some entry in missing} == {"none"}
	count(control.unknown) == 0 with input as none
}
