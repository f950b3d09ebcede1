package controls.evidence.no_legacy_sign_ins_succeed_test

import data.controls.evidence.no_legacy_sign_ins_succeed as control

_row(client, succeeded, failed) := {
	"user_principal_name": "a@example.com",
	"client_app": client,
	"interactive": false,
	"succeeded": succeeded,
	"failed": failed,
}

good := {
	"config": {"least_evidence_days": 7},
	"moments": {"evidence_days": 30},
	"evidence": {"window": {"since": "2026-10-02T08:00:00Z", "until": "2026-11-01T08:00:00Z"}, "sign_ins": [
		_row("IMAP4", 0, 7),
		_row("Browser", 9, 0),
		_row("mobile apps and desktop clients", 9, 0),
		_row("", 9, 0),
		object.union(_row("Mobile Apps and Desktop clients", 0, 3), {"authentication_protocol": "ropc", "app": "Mailer"}),
		_row("Authenticated SMTP", 0, 0),
	]},
}

_at(i, field) := sprintf("/evidence/sign_ins/%d/%s", [i, field])

mutations := [
	{"name": "IMAP succeeds", "patch": [{"op": "replace", "path": _at(0, "succeeded"), "value": 1}]},
	{"name": "an unheard of client succeeds", "patch": [{"op": "replace", "path": _at(1, "client_app"), "value": "Telepathy"}]},
	{"name": "a modern client turns out to use a password grant", "patch": [{
		"op": "add",
		"path": _at(2, "authentication_protocol"),
		"value": "ROPC",
	}]},
	{"name": "a password grant succeeds", "patch": [{"op": "replace", "path": _at(4, "succeeded"), "value": 1}]},
]

_found(i) := found if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_no_legacy_sign_in_succeeds if {
	count(control.violations) == 0 with input as good
}

test_passes_when_there_is_nothing_in_the_log if {
	count(control.violations) == 0 with input as {"evidence": {"sign_ins": []}}
}

test_fails_when_basic_authentication_succeeds if {
	_found(0) == {{"key": "succeeded", "args": {"client": "IMAP4"}, "sign_in": 0}}
	_found(1) == {{"key": "succeeded", "args": {"client": "Telepathy"}, "sign_in": 1}}
}

test_fails_when_a_password_grant_succeeds if {
	_found(2) == {{"key": "password_grant", "args": {"app": "unnamed"}, "sign_in": 2}}
	_found(3) == {{"key": "password_grant", "args": {"app": "Mailer"}, "sign_in": 4}}
}

test_notes_attempts_apart if {
	found := control.notes with input as good
	found == {
		{"key": "attempted", "args": {"client": "IMAP4"}, "sign_in": 0},
		{"key": "password_grant_attempted", "args": {"app": "Mailer"}, "sign_in": 4},
	}
}

test_an_attempt_beside_a_success_is_no_note if {
	found := control.notes with input as json.patch(good, mutations[0].patch)
	{entry.sign_in | some entry in found} == {4}
}

test_a_legacy_password_grant_is_reported_once if {
	patch := [{"op": "add", "path": _at(0, "authentication_protocol"), "value": "ropc"}, mutations[0].patch[0]]
	found := control.violations with input as json.patch(good, patch)
	{entry.key | some entry in found} == {"succeeded"}
}

_short(days) := {entry.key | some entry in found} if {
	found := control.unknown with input as json.patch(good, [{"op": "replace", "path": "/moments/evidence_days", "value": days}])
}

test_unknown_when_the_logs_were_not_read_for_long_enough if {
	_short(6.9) == {"window_short"}
	_short(null) == {"window_unknown"}
	_short(7) == set()
}
