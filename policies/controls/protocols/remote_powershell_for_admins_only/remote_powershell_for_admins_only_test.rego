package controls.protocols.remote_powershell_for_admins_only_test

import data.controls.protocols.remote_powershell_for_admins_only as control

_mailbox(enabled, roles, groups) := {
	"exchange": {
		"RemotePowerShellEnabled": enabled,
		"EXOModuleEnabled": enabled,
		"RecipientTypeDetails": "UserMailbox",
		"AccountDisabled": false,
		"role_groups": groups,
	},
	"entra": {"roles": roles},
}

_exchange_administrator := "29232cdf-9323-42fd-ade2-1d097af3e4de"

good := {"mailboxes": [
	_mailbox(false, [], []),
	_mailbox(true, [_exchange_administrator], []),
	_mailbox(true, [], ["Organization Management"]),
	{
		"exchange": {
			"RemotePowerShellEnabled": true,
			"RecipientTypeDetails": "SharedMailbox",
			"AccountDisabled": true,
			"role_groups": [],
		},
		"entra": {"roles": []},
	},
]}

_old := "/mailboxes/0/exchange/RemotePowerShellEnabled"

_new := "/mailboxes/0/exchange/EXOModuleEnabled"

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

_remove(path) := [{"op": "remove", "path": path}]

mutations := [
	{"name": "on for everybody", "patch": array.concat(_replace(_old, true), _replace(_new, true))},
	{"name": "on by its old name", "patch": _replace(_old, true)},
	{"name": "on by its new name", "patch": _replace(_new, true)},
	{"name": "no role any more", "patch": _replace("/mailboxes/1/entra/roles", ["fe930be7-5e62-47db-91af-98c3a49a38b1"])},
	{"name": "no role group any more", "patch": _replace("/mailboxes/2/exchange/role_groups", [])},
	{"name": "null", "patch": array.concat(_replace(_old, null), _replace(_new, null))},
	{"name": "missing", "patch": array.concat(_remove(_old), _remove(_new))},
]

_found(i) := {[entry.key, entry.mailbox] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_only_administrators_have_powershell if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_passes_when_one_name_says_off_and_the_other_nothing if {
	count(control.violations) == 0 with input as json.patch(good, _remove(_old))
	count(control.violations) == 0 with input as json.patch(good, _replace(_new, null))
}

test_fails_when_somebody_else_has_powershell if {
	every i in [0, 1, 2] {
		_found(i) == {["enabled", 0]}
	}
	_found(3) == {["enabled", 1]}
	_found(4) == {["enabled", 2]}
}

test_fails_when_exchange_does_not_say if {
	_found(5) == {["not_set", 0]}
	_found(6) == {["not_set", 0]}
}

test_unknown_when_the_roles_were_not_read if {
	every path in ["entra.roles", "exchange.role_groups"] {
		changed := json.patch(good, array.concat(mutations[0].patch, _remove(_place(path))))
		entry := {"key": "roles_unread", "args": {}, "mailbox": 0, "evidence": concat("", ["mailboxes[].", path])}
		control.unknown == {entry} with input as changed
		count(control.violations) == 0 with input as changed
	}
}

test_passes_when_powershell_is_off_and_the_roles_were_not_read if {
	every path in ["entra.roles", "exchange.role_groups"] {
		changed := json.patch(good, _remove(_place(path)))
		count(control.violations) == 0 with input as changed
		count(control.unknown) == 0 with input as changed
	}
}

_place(path) := concat("/", ["/mailboxes/0", replace(path, ".", "/")])

test_not_applicable_without_mailboxes if {
	found := control.not_applicable with input as {"mailboxes": []}
	found == {{"key": "no_mailboxes", "args": {}}}
}
