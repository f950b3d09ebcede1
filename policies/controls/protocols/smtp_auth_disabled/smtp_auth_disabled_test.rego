package controls.protocols.smtp_auth_disabled_test

import data.controls.protocols.smtp_auth_disabled as control

_mailbox(disabled, policy) := {"exchange": {
	"SmtpClientAuthenticationDisabled": disabled,
	"AuthenticationPolicy": policy,
	"RecipientTypeDetails": "UserMailbox",
	"AccountDisabled": false,
}}

good := {
	"collected_at": "2026-11-20T08:00:00Z",
	"entra": {"security_defaults": {"isEnabled": false}},
	"exchange": {
		"transport_config": {"SmtpClientAuthenticationDisabled": true},
		"organization_config": {"DefaultAuthenticationPolicy": null},
		"authentication_policies": [
			{"Name": "Block Basic", "AllowBasicAuthSmtp": false},
			{"Name": "Printers", "AllowBasicAuthSmtp": true},
		],
	},
	"mailboxes": [
		_mailbox(null, null),
		_mailbox(true, null),
		_mailbox(false, "Block Basic"),
		{"exchange": {
			"SmtpClientAuthenticationDisabled": false,
			"AuthenticationPolicy": null,
			"RecipientTypeDetails": "SharedMailbox",
			"AccountDisabled": true,
		}},
	],
}

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

_override := "/mailboxes/1/exchange/SmtpClientAuthenticationDisabled"

_organisation := "/exchange/transport_config/SmtpClientAuthenticationDisabled"

mutations := [
	{"name": "override", "patch": _replace(_override, false)},
	{"name": "override under a weak policy", "patch": _replace("/mailboxes/2/exchange/AuthenticationPolicy", "Printers")},
	{"name": "override under a policy that is gone", "patch": _replace("/mailboxes/2/exchange/AuthenticationPolicy", "Gone")},
	{"name": "policy does not say", "patch": [{"op": "remove", "path": "/exchange/authentication_policies/0/AllowBasicAuthSmtp"}]},
	{"name": "organisation on", "patch": _replace(_organisation, false)},
	{"name": "organisation not set", "patch": _replace(_organisation, null)},
	{"name": "organisation missing", "patch": [{"op": "remove", "path": _organisation}]},
	{"name": "shared mailbox can sign in", "patch": _replace("/mailboxes/3/exchange/AccountDisabled", false)},
]

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

_members(rules) := {[entry.key, entry.mailbox] | some entry in rules; entry.mailbox >= 0}

_keys(rules) := {entry.key | some entry in rules}

test_passes_when_switch_or_policy_closes_every_mailbox if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_passes_when_the_default_policy_refuses_passwords if {
	open := array.concat(_replace(_organisation, false), _replace("/exchange/organization_config/DefaultAuthenticationPolicy", "block basic"))
	changed := json.patch(good, open)
	count(control.violations) == 0 with input as changed
	"organisation_on" in _keys(control.notes) with input as changed
}

test_fails_when_a_mailbox_overrides if {
	_members(control.violations) == {["override", 1]} with input as _mutated("override")
	count(control.unknown) == 0 with input as _mutated("override")
	_members(control.notes) == {["oauth_only", 2]} with input as _mutated("override")
	_members(control.violations) == {["override", 2]} with input as _mutated("override under a weak policy")
	_members(control.violations) == {["override", 2]} with input as _mutated("override under a policy that is gone")
	_members(control.violations) == {["override", 2]} with input as _mutated("policy does not say")
	_members(control.violations) == {["override", 3]} with input as _mutated("shared mailbox can sign in")
}

test_fails_when_the_organisation_leaves_it_on if {
	_members(control.violations) == {["organisation", 0]} with input as _mutated("organisation on")
	every name in ["organisation not set", "organisation missing"] {
		_members(control.violations) == {["not_set", 0]} with input as _mutated(name)
	}
}

test_unknown_when_the_default_has_changed if {
	changed := json.patch(_mutated("organisation not set"), _replace("/collected_at", "2027-01-01T00:00:00Z"))
	_members(control.unknown) == {["default_changed", 0]} with input as changed
	count(control.violations) == 0 with input as changed
}

test_unknown_when_the_switch_of_a_mailbox_was_not_read if {
	changed := json.remove(good, [_override])
	_members(control.unknown) == {["unread", 1]} with input as changed
	count(control.violations) == 0 with input as changed
	blocked := json.patch(changed, _replace("/mailboxes/1/exchange/AuthenticationPolicy", "Block Basic"))
	count(control.unknown) == 0 with input as blocked
}

test_unknown_when_the_policy_of_an_open_mailbox_was_not_read if {
	changed := json.remove(_mutated("override"), ["/mailboxes/1/exchange/AuthenticationPolicy"])
	_members(control.unknown) == {["policy_unread", 1]} with input as changed
	count(control.violations) == 0 with input as changed
	count(control.unknown) == 0 with input as json.remove(good, ["/mailboxes/1/exchange/AuthenticationPolicy"])
}

test_security_defaults_are_shown_apart if {
	changed := json.patch(_mutated("override"), _replace("/entra/security_defaults/isEnabled", true))
	count(control.violations) == 0 with input as changed
	_members(control.notes) == {["held_by_security_defaults", 1], ["oauth_only", 2]} with input as changed
	unread := json.remove(changed, [_override])
	count(control.unknown) == 0 with input as unread
	_members(control.notes) == {["oauth_only", 2]} with input as unread
}

test_security_defaults_that_were_not_read_leave_the_violation if {
	changed := json.remove(_mutated("override"), ["/entra"])
	_members(control.violations) == {["override", 1]} with input as changed
	_keys(control.unknown) == {"security_defaults_not_read"} with input as changed
	count(control.unknown) == 0 with input as json.remove(good, ["/entra"])
}

test_notes_list_overrides_that_leave_oauth if {
	_members(control.notes) == {["oauth_only", 2]} with input as good
	_keys(control.notes) == {"oauth_only"} with input as good
}

test_not_applicable_without_mailboxes if {
	_keys(control.not_applicable) == {"no_mailboxes"} with input as json.patch(good, _replace("/mailboxes", []))
}
