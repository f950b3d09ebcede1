package controls.evidence.no_legacy_requests_at_okta_test

import data.controls.evidence.no_legacy_requests_at_okta as control

_row(user_agent, succeeded, failed) := {
	"user_name": "a@example.com",
	"user_agent": user_agent,
	"succeeded": succeeded,
	"failed": failed,
}

good := {
	"config": {"least_evidence_days": 7},
	"moments": {"evidence_days": 30},
	"evidence": {"window": {"since": "2026-10-02T08:00:00Z", "until": "2026-11-01T08:00:00Z"}, "okta_requests": [
		_row("CBAInPROD", 0, 40),
		_row("Windows-AzureAD-Authentication-Provider/1.0", 12, 0),
		_row("", 0, 2),
		_row("Windows-AzureAD-Authentication-Provider/1.0", 0, 1),
		_row("a@example.com", 0, 0),
	]},
}

_at(i, field) := sprintf("/evidence/okta_requests/%d/%s", [i, field])

mutations := [
	{"name": "a known client gets in", "patch": [{"op": "replace", "path": _at(0, "succeeded"), "value": 1}]},
	{"name": "a client without a name gets in", "patch": [{"op": "replace", "path": _at(2, "succeeded"), "value": 1}]},
	{"name": "a client with a person's name gets in", "patch": [{"op": "replace", "path": _at(4, "succeeded"), "value": 1}]},
	{"name": "device registration turns out to be another client", "patch": [{
		"op": "replace",
		"path": _at(1, "user_agent"),
		"value": "Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7268; Pro)",
	}]},
]

_found(i) := {[entry.key, entry.args.client, entry.okta_request] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_no_legacy_request_succeeds if {
	count(control.violations) == 0 with input as good
}

test_passes_when_there_is_nothing_in_the_log if {
	count(control.violations) == 0 with input as {"evidence": {"okta_requests": []}}
}

test_fails_when_a_password_is_enough if {
	_found(0) == {["succeeded", "CBAInPROD", 0]}
	_found(1) == {["succeeded", "word:no_user_agent", 2]}
	_found(3) == {["succeeded", "Outlook for Windows 14", 1]}
}

test_no_user_agent_comes_through_as_it_stands if {
	_found(2) == {["succeeded", "word:unlisted_user_agent", 4]}
}

test_a_success_is_noted_neither_as_registration_nor_as_attempt if {
	found := control.notes with input as json.patch(good, mutations[0].patch)
	{entry.okta_request | some entry in found} == {1, 2, 3}
}

test_notes_device_registration_and_attempts if {
	found := control.notes with input as good
	found == {
		{"key": "attempted", "args": {"client": "CBAInPROD"}, "okta_request": 0},
		{"key": "device_registration", "args": {}, "okta_request": 1},
		{"key": "attempted", "args": {"client": "word:no_user_agent"}, "okta_request": 2},
		{"key": "attempted", "args": {"client": "Windows-AzureAD-Authentication-Provider"}, "okta_request": 3},
	}
}

_short(days) := {entry.key | some entry in found} if {
	found := control.unknown with input as json.patch(good, [{"op": "replace", "path": "/moments/evidence_days", "value": days}])
}

test_unknown_when_the_logs_were_not_read_for_long_enough if {
	_short(6.9) == {"window_short"}
	_short(null) == {"window_unknown"}
	_short(7) == set()
}
