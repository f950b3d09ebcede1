package controls.evidence.no_outdated_clients_seen_test

import data.controls.evidence.no_outdated_clients_seen as control

_outlook(version) := sprintf("Microsoft Office/%d.0 (Windows NT 6.1; Microsoft Outlook %d.0.7268; Pro)", [version, version])

_sign_in(client, user_agent, succeeded) := {
	"user_principal_name": "a@example.com",
	"client_app": client,
	"interactive": true,
	"user_agent": user_agent,
	"succeeded": succeeded,
	"failed": 1,
}

_request(user_agent, succeeded) := {
	"user_name": "a@example.com",
	"user_agent": user_agent,
	"succeeded": succeeded,
	"failed": 1,
}

good := {
	"config": {"least_evidence_days": 7},
	"moments": {"evidence_days": 30},
	"evidence": {
		"window": {"since": "2026-10-02T08:00:00Z", "until": "2026-11-01T08:00:00Z"},
		"sign_ins": [
			_sign_in("MAPI Over HTTP", _outlook(14), 0),
			_sign_in("MAPI Over HTTP", _outlook(15), 3),
			_sign_in("MAPI Over HTTP", _outlook(16), 3),
			_sign_in("Browser", _outlook(14), 3),
			object.remove(_sign_in("IMAP4", "", 3), ["user_agent"]),
		],
		"okta_requests": [
			_request("Android/8.1.0-EAS-1.3", 0),
			_request("Windows-AzureAD-Authentication-Provider/1.0", 3),
			_request("Mail of Jan Janssen/1.0", 3),
		],
	},
}

_at(population, i) := sprintf("/evidence/%s/%d/succeeded", [population, i])

mutations := [
	{"name": "Outlook 2010 gets in at Entra", "patch": [{"op": "replace", "path": _at("sign_ins", 0), "value": 1}]},
	{"name": "old Android mail gets in at Okta", "patch": [{"op": "replace", "path": _at("okta_requests", 0), "value": 1}]},
	{"name": "a browser turns out to be Outlook 2010", "patch": [{
		"op": "replace",
		"path": "/evidence/sign_ins/3/client_app",
		"value": "Autodiscover",
	}]},
]

_found(i) := found if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_no_outdated_client_gets_in if {
	count(control.violations) == 0 with input as good
}

test_passes_when_there_is_nothing_in_the_logs if {
	count(control.violations) == 0 with input as {"evidence": {"sign_ins": [], "okta_requests": []}}
}

test_fails_when_an_outdated_client_gets_in if {
	_found(0) == {{"key": "outdated", "args": {"client": "Outlook for Windows 14"}, "sign_in": 0}}
	_found(1) == {{"key": "outdated", "args": {"client": "Android Mail (Android 8)"}, "okta_request": 0}}
	_found(2) == {{"key": "outdated", "args": {"client": "Outlook for Windows 14"}, "sign_in": 3}}
}

test_notes_the_refused_the_doubtful_and_the_unlisted if {
	found := control.notes with input as good
	found == {
		{"key": "refused", "args": {"client": "Outlook for Windows 14"}, "sign_in": 0},
		{"key": "maybe", "args": {"client": "Outlook for Windows 15"}, "sign_in": 1},
		{"key": "unlisted", "args": {"client": "word:no_user_agent"}, "sign_in": 4},
		{"key": "refused", "args": {"client": "Android Mail (Android 8)"}, "okta_request": 0},
		{"key": "unlisted", "args": {"client": "word:unlisted_user_agent"}, "okta_request": 2},
	}
}

test_a_client_that_gets_in_is_not_noted_as_refused if {
	found := control.notes with input as json.patch(good, mutations[0].patch)
	{entry.okta_request | some entry in found; entry.key == "refused"} == {0}
	{entry.sign_in | some entry in found; entry.key == "refused"} == set()
}

_short(days) := {entry.key | some entry in found} if {
	found := control.unknown with input as json.patch(good, [{"op": "replace", "path": "/moments/evidence_days", "value": days}])
}

test_unknown_when_the_logs_were_not_read_for_long_enough if {
	_short(6.9) == {"window_short"}
	_short(null) == {"window_unknown"}
	_short(7) == set()
}
