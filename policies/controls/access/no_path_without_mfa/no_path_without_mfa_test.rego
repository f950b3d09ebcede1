package controls.access.no_path_without_mfa_test

import data.controls.access.no_path_without_mfa as control

_closed := {"protocol": "pop", "method": "basic", "outcome": "closed_at_exchange", "mailboxes": 9, "first": 0, "locks": []}

_excepted := {
	"protocol": "smtp",
	"method": "basic",
	"outcome": "allowed_without_mfa",
	"mailboxes": 1,
	"first": 4,
	"via": ["okta"],
	"rules": [{"policy": "rst1", "rule": "rul1", "index": 0, "certain": true}],
	"witness": {"mailbox": 4, "okta": {"client": "legacy", "anywhere": false, "address": "192.0.2.1", "zones": ["Server"]}},
	"steps": [],
}

_managed := {
	"protocol": "imap",
	"method": "modern",
	"outcome": "allowed_without_mfa",
	"mailboxes": 2,
	"first": 3,
	"via": ["entra"],
	"witness": {"mailbox": 3, "entra": {"client": "browser", "anywhere": true}},
}

good := {
	"config": {"legacy_exception_share": 0.05},
	"mailboxes": [{"exchange": {}}],
	"access": {
		"mailboxes": 10,
		"doors": [_closed, _excepted],
		"policies": [{
			"id": "rst1", "assigned": 10,
			"rules": [{"id": "rul1", "name": "Jira", "index": 0, "priority": 0, "legacy": {"opens": "yes"}, "exception": {
				"unconfined": [],
				"unseen": 0,
				"groups": [{"id": "g1", "name": "Jira", "members": 1, "share": 0.1, "unseen": 0}],
			}}],
			"unmatched": {"index": -1, "legacy": {"opens": "no"}},
			"excepted": [{"rules": [0], "mailboxes": 1}],
		}],
	},
}

_add(door) := [{"op": "add", "path": "/access/doors/-", "value": door}]

_maybe(door) := object.union(door, {"outcome": "undecided", "reasons": [{"key": "domains_unread", "text": "Unread."}]})

mutations := [
	{"name": "a managed user", "patch": _add(_managed)},
	{"name": "a loose exception", "patch": [{"op": "replace", "path": "/access/policies/0/rules/0/exception/unconfined", "value": ["country"]}]},
	{"name": "exceptions that are many together", "patch": [{"op": "replace", "path": "/access/policies/0/excepted/0/mailboxes", "value": 2}]},
	{"name": "past Okta as well", "patch": [{"op": "replace", "path": "/access/doors/1/via", "value": ["home_realm", "okta"]}]},
]

test_passes_when_only_a_confined_exception_is_open if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.notes) == 1 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_unknown_when_the_size_of_an_excepted_group_is_not_known if {
	groups := [{"op": "replace", "path": "/access/policies/0/rules/0/exception/groups", "value": [{"name": "Jira", "members": null, "share": null}]}]
	count(control.violations) == 0 with input as json.patch(good, groups)
	count(control.notes) == 0 with input as json.patch(good, groups)
	found := control.unknown with input as json.patch(good, groups)
	[entry.key | some entry in found] == ["unmeasured"]
}

test_fails_when_a_door_is_open if {
	doors := array.concat(_add(_managed), _add(object.union(_managed, {"mailboxes": 5, "first": 8})))
	found := control.violations with input as json.patch(good, doors)
	count(found) == 1
	some violation in found
	violation.behind == [2, 3]
	violation.resource.id == "modern/entra"
	violation.args == {"method": "word:modern", "protocols": ["IMAP"], "from": "word:anywhere", "by": ["word:entra"]}
	violation.at == ["entra", "domains"]
}

test_fails_once_for_protocols_that_one_cause_opens if {
	pop := object.union(_managed, {"protocol": "pop", "first": 2, "witness": {"mailbox": 2, "entra": {"client": "browser", "anywhere": false, "address": "192.0.2.9"}}})
	granted := object.union(_managed, {"method": "password_grant"})
	found := control.violations with input as json.patch(good, array.concat(array.concat(_add(pop), _add(_managed)), _add(granted)))
	{[violation.resource.id, violation.args.protocols, violation.args.from, violation.behind, violation.ways] | some violation in found} == {
		["modern/entra", ["POP", "IMAP"], "word:anywhere", [2, 3], ["imap", "pop"]],
		["password_grant/entra", ["IMAP"], "word:anywhere", [4], ["imap"]],
	}
}

test_unknown_when_nobody_can_tell if {
	found := control.unknown with input as json.patch(good, array.concat(_add(_maybe(_managed)), _add(_maybe(_excepted))))
	found == {{"key": "undecided", "args": {"method": "word:modern", "protocols": ["IMAP"], "message": "Unread."}, "behind": {2}}}
}

test_not_applicable_without_mailboxes if {
	count(control.not_applicable) == 1 with input as json.patch(good, [{"op": "replace", "path": "/access/mailboxes", "value": 0}])
}
