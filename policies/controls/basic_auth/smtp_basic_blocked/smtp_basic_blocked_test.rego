package controls.basic_auth.smtp_basic_blocked_test

import data.controls.basic_auth.smtp_basic_blocked as control

_policy(name, smtp) := {
	"Name": name,
	"WhenChanged": "2026-01-15T08:07:47.0000000+00:00",
	"AllowBasicAuthPop": true,
	"AllowBasicAuthSmtp": smtp,
}

_mailbox(policy) := {"exchange": {
	"AuthenticationPolicy": policy,
	"RecipientTypeDetails": "UserMailbox",
	"AccountDisabled": false,
}}

_shared(disabled) := {"exchange": {
	"AuthenticationPolicy": "Printers",
	"RecipientTypeDetails": "SharedMailbox",
	"AccountDisabled": disabled,
}}

good := {
	"moments": {"settled_before": "2026-11-19T08:00:00Z"},
	"exchange": {
		"organization_config": {"DefaultAuthenticationPolicy": "Block"},
		"authentication_policies": [_policy("Block", false), _policy("Printers", true)],
	},
	"mailboxes": [_mailbox(null), _mailbox("Block"), _shared(true)],
}

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

_own := "/mailboxes/1/exchange/AuthenticationPolicy"

_flag := "/exchange/authentication_policies/0/AllowBasicAuthSmtp"

mutations := [
	{"name": "own policy allows", "patch": _replace(_own, "Printers")},
	{"name": "default allows", "patch": _replace(_flag, true)},
	{"name": "flag null", "patch": _replace(_flag, null)},
	{"name": "flag missing", "patch": [{"op": "remove", "path": _flag}]},
	{"name": "own policy gone", "patch": _replace(_own, "Gone")},
	{"name": "shared mailbox can sign in", "patch": _replace("/mailboxes/2", _shared(false))},
	{"name": "no default", "patch": _replace("/exchange/organization_config/DefaultAuthenticationPolicy", "")},
]

_found(i) := {[entry.key, entry.args, entry.mailbox] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_every_policy_refuses_passwords if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.notes) == 0 with input as good
}

test_fails_when_a_policy_allows_passwords if {
	_found(0) == {["allowed", {"policy": "Printers"}, 1]}
	_found(5) == {["allowed", {"policy": "Printers"}, 2]}
	_found(1) == {["allowed", {"policy": "Block"}, i] | some i in [0, 1]}
}

test_fails_when_a_policy_does_not_say if {
	every i in [2, 3] {
		_found(i) == {["not_set", {"policy": "Block"}, mailbox] | some mailbox in [0, 1]}
	}
}

test_fails_when_there_is_no_policy if {
	_found(4) == {["missing", {"policy": "Gone"}, 1]}
	_found(6) == {["none", {}, 0]}
}

test_unknown_when_the_policy_was_not_read if {
	found := control.unknown with input as json.remove(good, [_own])
	found == {{"key": "unread", "args": {}, "mailbox": 1}}
}

test_notes_say_when_the_policy_is_young if {
	found := control.notes with input as json.patch(good, _replace(
		"/exchange/authentication_policies/0/WhenChanged",
		"2026-11-20T01:00:00.1234567+02:00",
	))
	found == {{"key": "young", "args": {"policy": "Block"}, "mailbox": i} | some i in [0, 1]}
	weak := array.concat(mutations[0].patch, _replace("/exchange/authentication_policies/1/WhenChanged", "2026-11-20T01:00:00Z"))
	count(control.notes) == 0 with input as json.patch(good, weak)
}

test_not_applicable_without_mailboxes if {
	found := control.not_applicable with input as json.patch(good, _replace("/mailboxes", []))
	found == {{"key": "no_mailboxes", "args": {}}}
}
