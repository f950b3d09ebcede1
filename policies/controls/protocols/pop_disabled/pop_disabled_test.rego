package controls.protocols.pop_disabled_test

import data.controls.protocols.pop_disabled as control

good := {"mailboxes": [
	{"id": "1", "domain": "example.com", "exchange": {"PopEnabled": false, "RecipientTypeDetails": "UserMailbox"}},
	{"id": "2", "domain": "example.com", "exchange": {
		"PopEnabled": true,
		"RecipientTypeDetails": "SharedMailbox",
		"AccountDisabled": true,
	}},
	{"id": "3", "domain": "example.com", "exchange": {"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": true}},
]}

mutations := [
	{"name": "enabled", "patch": [{"op": "replace", "path": "/mailboxes/0/exchange/PopEnabled", "value": true}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": "/mailboxes/0/exchange/PopEnabled"}]},
	{"name": "shared mailbox can sign in", "patch": [{
		"op": "replace",
		"path": "/mailboxes/1/exchange/AccountDisabled",
		"value": false,
	}]},
	{"name": "shared mailbox can sign in, as Entra says", "patch": [{
		"op": "add",
		"path": "/mailboxes/1/entra",
		"value": {"accountEnabled": true},
	}]},
]

test_passes_when_pop_is_off_where_somebody_can_sign_in if {
	count(control.violations) == 0 with input as good
}

test_fails_when_pop_is_on if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{"key": "enabled", "args": {}, "mailbox": 0}}
}

test_fails_when_exchange_does_not_say if {
	found := control.violations with input as json.patch(good, mutations[1].patch)
	found == {{"key": "not_set", "args": {}, "mailbox": 0}}
}

test_fails_when_entra_shows_a_shared_mailbox_enabled if {
	found := control.violations with input as json.patch(good, mutations[3].patch)
	found == {{"key": "enabled", "args": {}, "mailbox": 1}}
}

test_not_applicable_without_mailboxes if {
	found := control.not_applicable with input as {"mailboxes": []}
	found == {{"key": "no_mailboxes", "args": {}}}
}
