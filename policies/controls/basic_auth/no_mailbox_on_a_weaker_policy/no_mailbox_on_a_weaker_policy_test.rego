package controls.basic_auth.no_mailbox_on_a_weaker_policy_test

import data.controls.basic_auth.no_mailbox_on_a_weaker_policy as control

_flags := [
	"ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop", "Powershell",
	"ReportingWebServices", "Rpc", "Smtp", "WebServices",
]

_policy(title, allowed) := object.union(
	{
		"Name": title,
		"Identity": title,
		"Id": title,
		"Guid": sprintf("guid-%s", [title]),
		"DistinguishedName": sprintf("CN=%s,CN=Auth Policies,DC=example", [title]),
		"WhenChanged": "2026-01-15T08:07:47.0000000+00:00",
	},
	{name: allows |
		some flag in _flags
		name := concat("", ["AllowBasicAuth", flag])
		allows := flag in allowed
	},
)

_mailbox(policy) := {"exchange": {
	"AuthenticationPolicy": policy,
	"RecipientTypeDetails": "UserMailbox",
	"AccountDisabled": false,
}}

good := {
	"moments": {"settled_before": "2026-11-19T08:00:00Z"},
	"exchange": {
		"organization_config": {"DefaultAuthenticationPolicy": "Block"},
		"authentication_policies": [_policy("Block", set()), _policy("Printers", {"Smtp"})],
	},
	"mailboxes": [
		_mailbox(null),
		_mailbox(""),
		_mailbox("block"),
		_mailbox("guid-Block"),
		_mailbox("CN=Block,CN=Auth Policies,DC=example"),
		{"exchange": {
			"AuthenticationPolicy": "Printers",
			"RecipientTypeDetails": "SharedMailbox",
			"AccountDisabled": true,
		}},
	],
}

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

_own := "/mailboxes/2/exchange/AuthenticationPolicy"

mutations := [
	{"name": "weaker by name", "patch": _replace(_own, "Printers")},
	{"name": "weaker by GUID", "patch": _replace(_own, "GUID-printers")},
	{"name": "weaker by distinguished name", "patch": _replace(_own, "CN=Printers,CN=Auth Policies,DC=example")},
	{"name": "names no policy", "patch": _replace(_own, "Gone")},
	{"name": "no default", "patch": _replace("/exchange/organization_config/DefaultAuthenticationPolicy", null)},
	{"name": "default gone", "patch": _replace("/exchange/organization_config/DefaultAuthenticationPolicy", "Gone")},
	{"name": "default weakened", "patch": _replace("/exchange/authentication_policies/0/AllowBasicAuthPop", true)},
	{"name": "default does not answer", "patch": _replace("/exchange/authentication_policies/0/AllowBasicAuthPop", null)},
	{"name": "shared mailbox can sign in", "patch": _replace("/mailboxes/5/exchange/AccountDisabled", false)},
]

_found(i) := {[entry.key, entry.args, entry.mailbox] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

_printers := {"policy": "Printers", "flags": ["AllowBasicAuthSmtp"]}

test_passes_when_every_mailbox_is_under_a_blocking_policy if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.notes) == 0 with input as good
}

test_fails_when_a_mailbox_has_a_weaker_policy_of_its_own if {
	every i in [0, 1, 2] {
		_found(i) == {["open", _printers, 2]}
	}
	_found(8) == {["open", _printers, 5]}
}

test_fails_when_no_policy_answers_to_the_name if {
	_found(3) == {["missing", {"policy": "Gone"}, 2]}
	_found(5) == {["missing", {"policy": "Gone"}, 0], ["missing", {"policy": "Gone"}, 1]}
}

test_fails_when_there_is_nothing_to_inherit if {
	_found(4) == {["none", {}, 0], ["none", {}, 1]}
}

test_fails_when_the_inherited_policy_does_not_block if {
	{[key, mailbox] | some [key, _, mailbox] in _found(6)} == {["open", i] | some i in [0, 1, 2, 3, 4]}
	{[key, mailbox] | some [key, _, mailbox] in _found(7)} == {["silent", i] | some i in [0, 1, 2, 3, 4]}
}

test_unknown_when_the_policy_was_not_read if {
	found := control.unknown with input as json.remove(good, [_own])
	found == {{"key": "unread", "args": {}, "mailbox": 2}}
	no_default := control.unknown with input as json.remove(good, ["/exchange/organization_config/DefaultAuthenticationPolicy"])
	{entry.mailbox | some entry in no_default} == {0, 1}
}

test_unknown_when_only_a_strange_flag_is_open if {
	strange := json.patch(good, [{"op": "add", "path": "/exchange/authentication_policies/0/AllowBasicAuthHologram", "value": true}])
	count(control.violations) == 0 with input as strange
	found := control.unknown with input as strange
	{entry.key | some entry in found} == {"strange"}
}

test_notes_say_when_the_policy_is_young if {
	found := control.notes with input as json.patch(good, _replace(
		"/exchange/authentication_policies/0/WhenChanged",
		"2026-11-20T01:00:00.1234567+02:00",
	))
	found == {{"key": "young", "args": {"policy": "Block"}, "mailbox": i} | some i in [0, 1, 2, 3, 4]}
	weak := array.concat(mutations[0].patch, _replace("/exchange/authentication_policies/1/WhenChanged", "2026-11-20T01:00:00Z"))
	count(control.notes) == 0 with input as json.patch(good, weak)
}

test_not_applicable_without_mailboxes if {
	found := control.not_applicable with input as json.patch(good, _replace("/mailboxes", []))
	found == {{"key": "no_mailboxes", "args": {}}}
}
