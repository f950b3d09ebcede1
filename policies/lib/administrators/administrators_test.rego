package lib.administrators_test

import data.lib.administrators

_user(roles, groups) := {"entra": {"roles": roles}, "exchange": {"role_groups": groups}}

_exchange_administrator := "29232CDF-9323-42fd-ade2-1d097af3e4de"

_user_administrator := "fe930be7-5e62-47db-91af-98c3a49a38b1"

test_an_entra_role_or_a_role_group_makes_an_administrator if {
	administrators.administers(_user([_exchange_administrator], [])) == "yes"
	administrators.administers(_user([], ["Organization Management"])) == "yes"
	administrators.administers({"entra": {"roles": [_exchange_administrator]}, "exchange": {}}) == "yes"
	administrators.administers({"exchange": {"role_groups": ["Help Desk"]}}) == "yes"
}

test_each_role_that_reaches_into_exchange_counts if {
	every role in [
		"62e90394-69f5-4237-9190-012177145e10",
		"29232cdf-9323-42fd-ade2-1d097af3e4de",
		"31392ffb-586c-42d1-9346-e59415a2cc4e",
		"f2ef992c-3afb-46b9-b7cf-a126ee74c451",
		"17315797-102d-40b4-93e0-432062caca18",
		"194ae4cb-b126-40b2-bd5b-6091b380977d",
		"5d6b6bb7-de71-4623-b4af-96380a352509",
		"729827e3-9c14-49f7-bb1b-9608f156bbb8",
	] {
		administrators.administers(_user([role], [])) == "yes"
	}
}

test_other_roles_do_not if administrators.administers(_user([_user_administrator], [])) == "no"

test_what_was_not_read_decides_nothing if {
	administrators.administers({"entra": {"roles": []}, "exchange": {}}) == "unread"
	administrators.administers({"entra": {}, "exchange": {"role_groups": []}}) == "unread"
}

test_powershell_is_on_under_either_name if {
	administrators.powershell({"exchange": {"RemotePowerShellEnabled": true, "EXOModuleEnabled": false}}) == "enabled"
	administrators.powershell({"exchange": {"RemotePowerShellEnabled": false, "EXOModuleEnabled": true}}) == "enabled"
	administrators.powershell({"exchange": {"EXOModuleEnabled": false}}) == "off"
	administrators.powershell({"exchange": {"RemotePowerShellEnabled": false, "EXOModuleEnabled": null}}) == "off"
	administrators.powershell({"exchange": {"RemotePowerShellEnabled": null}}) == "not_set"
}
