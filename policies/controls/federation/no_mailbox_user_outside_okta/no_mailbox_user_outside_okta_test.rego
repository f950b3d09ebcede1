package controls.federation.no_mailbox_user_outside_okta_test

import data.controls.federation.no_mailbox_user_outside_okta as control

_user(id, domain) := {
	"id": id,
	"domain": domain,
	"exchange": {"RecipientTypeDetails": "UserMailbox", "AccountDisabled": false},
	"entra": {"accountEnabled": true, "userType": "Member", "groups": [], "roles": []},
	"okta": {"assigned": true},
}

good := {
	"entra": {
		"domains": [
			{"id": "example.com", "authenticationType": "Federated"},
			{"id": "example.onmicrosoft.com", "authenticationType": "Managed"},
		],
		"conditional_access_policies": [],
		"security_defaults": {"isEnabled": false},
	},
	"access": {
		"conditional_access": {"collected": true, "security_defaults": "no"},
		"sign_ins": [
			{"path": "okta", "domain": "example.com", "declared": [], "everywhere": "nothing", "behind": 0},
			{"path": "managed", "domain": "example.onmicrosoft.com", "declared": ["break_glass"], "everywhere": "mfa", "behind": 1},
		],
	},
	"mailboxes": [
		_user("u1", "example.com"),
		object.union(_user("u2", "example.onmicrosoft.com"), {"entra": {"accountEnabled": false}}),
		object.union(_user("b1", "example.onmicrosoft.com"), {"declared": ["break_glass"]}),
		object.union(_user("u3", "example.com"), {"okta": {"assigned": false}}),
	],
}

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

# Exchange shows a shared mailbox as disabled whatever Entra does.
_shared := {
	"id": "s1",
	"domain": "example.onmicrosoft.com",
	"exchange": {"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": true},
	"entra": {"accountEnabled": true},
}

_uncovered := {"path": "managed", "domain": "example.onmicrosoft.com", "declared": ["break_glass"], "everywhere": "nothing", "behind": 2}

mutations := [
	{"name": "managed domain", "patch": _replace("/entra/domains/0/authenticationType", "Managed")},
	{"name": "user on the initial domain", "patch": _replace("/mailboxes/0/domain", "Example.onmicrosoft.com")},
	{"name": "disabled account enabled", "patch": _replace("/mailboxes/1/entra/accountEnabled", true)},
	{"name": "enabled not said", "patch": [{"op": "remove", "path": "/mailboxes/1/entra/accountEnabled"}]},
	{"name": "shared mailbox enabled in Entra alone", "patch": [{"op": "add", "path": "/mailboxes/-", "value": _shared}]},
	{"name": "not declared", "patch": [{"op": "remove", "path": "/mailboxes/2/declared"}]},
	{"name": "nothing asked of break-glass", "patch": _replace("/access/sign_ins/1/everywhere", "nothing")},
	{"name": "one of two left out", "patch": [{"op": "add", "path": "/access/sign_ins/-", "value": _uncovered}]},
]

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

_summary(rules) := {[entry.key, entry.mailbox] | some entry in rules}

_lists(rules) := {[entry.key, entry.behind] | some entry in rules}

test_passes_when_everybody_but_break_glass_signs_in_at_okta if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_fails_when_a_user_is_on_a_managed_domain if {
	found := control.violations with input as _mutated("user on the initial domain")
	found == {{"key": "managed_domain", "args": {"domain": "Example.onmicrosoft.com"}, "mailbox": 0}}
	_summary(control.violations) == {["managed_domain", 0], ["managed_domain", 3]} with input as _mutated("managed domain")
	every name in ["disabled account enabled", "enabled not said"] {
		_summary(control.violations) == {["managed_domain", 1]} with input as _mutated(name)
	}
	_summary(control.violations) == {["managed_domain", 4]} with input as _mutated("shared mailbox enabled in Entra alone")
	_summary(control.violations) == {["managed_domain", 2]} with input as _mutated("not declared")
	_summary(control.notes) == {["not_assigned", 3]} with input as _mutated("not declared")
}

test_fails_when_break_glass_does_without_mfa if {
	document := _mutated("nothing asked of break-glass")
	count(control.unknown) == 0 with input as document
	found := control.violations with input as document
	found == {{
		"key": "break_glass_without_mfa",
		"args": {"domain": "example.onmicrosoft.com"},
		"mailbox": 2,
		"whole": ["entra.conditional_access_policies"],
	}}
}

test_fails_when_some_break_glass_does_without_mfa if {
	document := json.patch(_mutated("one of two left out"), [{"op": "add", "path": "/access/sign_ins/-", "value": object.union(_uncovered, {"everywhere": "undecided", "behind": 3})}])
	_lists(control.violations) == {["some_break_glass_without_mfa", [2]]} with input as document
	_lists(control.unknown) == {["break_glass_undecided", [3]]} with input as document
	_lists(control.notes) == {["break_glass", [1]]} with input as document
}

test_passes_when_security_defaults_cover_break_glass if {
	document := json.patch(
		_mutated("nothing asked of break-glass"),
		_replace("/access/conditional_access/security_defaults", "yes"),
	)
	count(control.violations) == 0 with input as document
}

test_unknown_when_it_cannot_be_told_what_is_asked_of_break_glass if {
	document := json.patch(good, _replace("/access/sign_ins/1/everywhere", "undecided"))
	count(control.violations) == 0 with input as document
	_summary(control.unknown) == {["break_glass_undecided", 2]} with input as document
}

test_unknown_when_policies_were_not_read if {
	without := json.remove(good, ["/access"])
	_summary(control.unknown) == {["policies_not_read", 2]} with input as without
	partial := json.patch(
		_mutated("nothing asked of break-glass"),
		_replace("/access/conditional_access/collected", false),
	)
	_summary(control.unknown) == {["policies_not_read", 2]} with input as partial
	count(control.violations) == 0 with input as partial
}

test_unknown_when_a_domain_says_nothing if {
	_summary(control.unknown) == {["type_not_said", 0], ["type_not_said", 3]} with input as json.remove(good, ["/entra/domains/0/authenticationType"])
	_summary(control.unknown) == {["domain_not_listed", 0], ["domain_not_listed", 3]} with input as json.remove(good, ["/entra/domains/0"])
	_summary(control.unknown) == {["domain_not_listed", 0]} with input as json.remove(good, ["/mailboxes/0/domain"])
}

test_notes_list_break_glass_and_unassigned_users if {
	_summary(control.notes) == {["break_glass", 2], ["not_assigned", 3]} with input as good
}
