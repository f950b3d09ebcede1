package controls.protocols.activesync_disabled_test

import data.controls.protocols.activesync_disabled as control

good := {"config": {"active_sync_with_modern_auth": false}, "mailboxes": [
	{"id": "1", "exchange": {"ActiveSyncEnabled": false, "RecipientTypeDetails": "UserMailbox"}},
	{"id": "2", "exchange": {
		"ActiveSyncEnabled": true,
		"RecipientTypeDetails": "RoomMailbox",
		"AccountDisabled": true,
	}},
	{"id": "3", "exchange": {"RecipientTypeDetails": "RoomMailbox", "AccountDisabled": true}},
]}

_flag := "/mailboxes/0/exchange/ActiveSyncEnabled"

mutations := [
	{"name": "enabled", "patch": [{"op": "replace", "path": _flag, "value": true}]},
	{"name": "null", "patch": [{"op": "replace", "path": _flag, "value": null}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _flag}]},
	{"name": "room mailbox can sign in", "patch": [{
		"op": "replace",
		"path": "/mailboxes/1/exchange/AccountDisabled",
		"value": false,
	}]},
]

test_passes_when_activesync_is_off_where_somebody_can_sign_in if {
	count(control.violations) == 0 with input as good
	count(control.notes) == 0 with input as good
}

test_fails_when_activesync_is_on if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{"key": "enabled", "args": {}, "mailbox": 0}}
	count(control.notes) == 0 with input as json.patch(good, mutations[0].patch)
	room := control.violations with input as json.patch(good, mutations[3].patch)
	room == {{"key": "enabled", "args": {}, "mailbox": 1}}
}

test_fails_when_exchange_does_not_say if {
	every mutation in [mutations[1], mutations[2]] {
		found := control.violations with input as json.patch(good, mutation.patch)
		found == {{"key": "not_set", "args": {}, "mailbox": 0}}
	}
}

test_notes_list_mailboxes_when_activesync_is_declared if {
	declared := json.patch(good, [{"op": "replace", "path": "/config/active_sync_with_modern_auth", "value": true}])
	every mutation in array.slice(mutations, 0, 3) {
		changed := json.patch(declared, mutation.patch)
		count(control.violations) == 0 with input as changed
		control.notes == {{"key": "declared", "args": {}, "mailbox": 0}} with input as changed
	}
}

test_fails_when_nothing_is_declared if {
	found := control.violations with input as json.remove(json.patch(good, mutations[0].patch), ["/config"])
	count(found) == 1
}

test_not_applicable_without_mailboxes if {
	found := control.not_applicable with input as {"mailboxes": []}
	found == {{"key": "no_mailboxes", "args": {}}}
}
