package controls.federation.no_mailbox_user_outside_okta_test

import data.controls.federation.no_mailbox_user_outside_okta as control

_user(id, domain) := {
	"id": id,
	"domain": domain,
	"exchange": {"RecipientTypeDetails": "UserMailbox", "AccountDisabled": false},
	"entra": {"accountEnabled": true, "userType": "Member", "groups": [], "roles": []},
	"okta": {"assigned": true},
}

_mfa_for_all := {
	"id": "p1",
	"displayName": "MFA for all",
	"state": "enabled",
	"conditions": {
		"clientAppTypes": ["all"],
		"applications": {"includeApplications": ["All"], "excludeApplications": []},
		"users": {"includeUsers": ["All"], "excludeUsers": []},
		"platforms": null,
		"locations": null,
	},
	"grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
}

good := {
	"config": {"break_glass": [{"id": "b1", "user_principal_name": "rescue@example.onmicrosoft.com"}]},
	"entra": {
		"domains": [
			{"id": "example.com", "authenticationType": "Federated"},
			{"id": "example.onmicrosoft.com", "authenticationType": "Managed"},
		],
		"conditional_access_policies": [_mfa_for_all],
		"security_defaults": {"isEnabled": false},
		"authentication_strengths": [{"id": "s1", "requirementsSatisfied": "mfa"}],
	},
	"mailboxes": [
		_user("u1", "example.com"),
		object.union(_user("u2", "example.onmicrosoft.com"), {"entra": {"accountEnabled": false}}),
		object.union(_user("b1", "example.onmicrosoft.com"), {"declared": ["break_glass"]}),
		object.union(_user("u3", "example.com"), {"okta": {"assigned": false}}),
	],
}

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

mutations := [
	{"name": "managed domain", "patch": _replace("/entra/domains/0/authenticationType", "Managed")},
	{"name": "user on the initial domain", "patch": _replace("/mailboxes/0/domain", "Example.onmicrosoft.com")},
	{"name": "disabled account enabled", "patch": _replace("/mailboxes/1/entra/accountEnabled", true)},
	{"name": "enabled not said", "patch": [{"op": "remove", "path": "/mailboxes/1/entra/accountEnabled"}]},
	{"name": "not declared", "patch": [{"op": "remove", "path": "/mailboxes/2/declared"}]},
	{"name": "break-glass left out", "patch": _replace(
		"/entra/conditional_access_policies/0/conditions/users/excludeUsers",
		["b1"],
	)},
	{"name": "policy reports only", "patch": _replace(
		"/entra/conditional_access_policies/0/state",
		"enabledForReportingButNotEnforced",
	)},
	{"name": "policy gone", "patch": _replace("/entra/conditional_access_policies", [])},
]

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

_summary(rules) := {[entry.key, entry.mailbox] | some entry in rules}

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
	_summary(control.violations) == {["managed_domain", 2]} with input as _mutated("not declared")
	_summary(control.notes) == {["not_assigned", 3]} with input as _mutated("not declared")
}

test_fails_when_break_glass_does_without_mfa if {
	every name in ["break-glass left out", "policy reports only", "policy gone"] {
		_summary(control.violations) == {["break_glass_without_mfa", 2]} with input as _mutated(name)
		count(control.unknown) == 0 with input as _mutated(name)
	}
}

test_passes_when_security_defaults_cover_break_glass if {
	patch := array.concat(_replace("/entra/conditional_access_policies", []), _replace("/entra/security_defaults/isEnabled", true))
	count(control.violations) == 0 with input as json.patch(good, patch)
}

test_passes_when_a_strength_covers_break_glass if {
	grant := {"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": "s1"}}
	changed := json.patch(good, _replace("/entra/conditional_access_policies/0/grantControls", grant))
	count(control.violations) == 0 with input as changed
	unread := json.remove(changed, ["/entra/authentication_strengths"])
	_summary(control.violations) == {["break_glass_without_mfa", 2]} with input as unread
}

test_unknown_when_an_exclusion_may_mean_break_glass if {
	changed := json.patch(_mutated("break-glass left out"), _replace("/config/break_glass/0/id", ""))
	count(control.violations) == 0 with input as changed
	_summary(control.unknown) == {["break_glass_undecided", 2]} with input as changed
}

test_unknown_when_policies_were_not_read if {
	unread := json.remove(good, ["/entra/conditional_access_policies"])
	_summary(control.unknown) == {["policies_not_read", 2]} with input as unread
	no_defaults := json.remove(_mutated("policy gone"), ["/entra/security_defaults"])
	_summary(control.unknown) == {["policies_not_read", 2]} with input as no_defaults
	count(control.violations) == 0 with input as no_defaults
}

test_unknown_when_a_domain_says_nothing if {
	_summary(control.unknown) == {["type_not_said", 0], ["type_not_said", 3]} with input as json.remove(good, ["/entra/domains/0/authenticationType"])
	_summary(control.unknown) == {["domain_not_listed", 0], ["domain_not_listed", 3]} with input as json.remove(good, ["/entra/domains/0"])
	_summary(control.unknown) == {["domain_not_listed", 0]} with input as json.remove(good, ["/mailboxes/0/domain"])
}

test_notes_list_break_glass_and_unassigned_users if {
	_summary(control.notes) == {["break_glass", 2], ["not_assigned", 3]} with input as good
}
