package controls.sign_on.new_device_mail_sent_test

import data.controls.sign_on.new_device_mail_sent as control

good := {
	"moments": {"settled_before": "2026-10-31T08:00:00Z"},
	"okta": {"security_notifications": {"sendEmailForNewDeviceEnabled": true}},
	"evidence": {"new_device_mails": {"sent": 12, "last_sent_at": "2026-11-01T07:00:00Z"}},
}

_flag := "/okta/security_notifications/sendEmailForNewDeviceEnabled"

mutations := [
	{"name": "switched off", "patch": [{"op": "replace", "path": _flag, "value": false}]},
	{"name": "null", "patch": [{"op": "replace", "path": _flag, "value": null}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _flag}]},
]

_unread := {"op": "remove", "path": "/okta/security_notifications"}

_keys(patch) := {"violations": violations, "unknown": unknown, "notes": notes - {"legacy"}} if {
	document := json.patch(good, patch)
	violations := {entry.key | some entry in control.violations} with input as document
	unknown := {entry.key | some entry in control.unknown} with input as document
	notes := {entry.key | some entry in control.notes} with input as document
}

test_passes_when_the_mail_is_on if {
	_keys([]) == {"violations": set(), "unknown": set(), "notes": set()}
}

test_says_that_legacy_requests_cause_no_mail if {
	found := control.notes with input as good
	{"key": "legacy", "args": {}} in found
}

test_fails_when_the_mail_is_off if {
	_keys(mutations[0].patch).violations == {"disabled"}
}

test_fails_when_nothing_says_that_it_is_on if {
	_keys(mutations[1].patch).violations == {"not_set"}
	_keys(mutations[2].patch).violations == {"not_set"}
}

test_passes_when_unread_but_mails_were_sent_lately if {
	_keys([_unread]) == {"violations": set(), "unknown": set(), "notes": {"sent"}}
}

test_setting_that_was_read_needs_no_mails if {
	old := {"op": "replace", "path": "/evidence/new_device_mails/last_sent_at", "value": "2026-10-01T07:00:00Z"}
	_keys([old]) == {"violations": set(), "unknown": set(), "notes": set()}
	none := {"op": "replace", "path": "/evidence/new_device_mails", "value": {"sent": 0}}
	_keys([none]) == {"violations": set(), "unknown": set(), "notes": {"none_seen"}}
}

test_a_mail_a_day_before_the_snapshot_is_recent if {
	edge := {"op": "replace", "path": "/evidence/new_device_mails/last_sent_at", "value": "2026-10-31T08:00:00Z"}
	_keys([_unread, edge]) == {"violations": set(), "unknown": set(), "notes": {"sent"}}
}

test_unknown_when_no_mail_is_counted_whatever_the_date_says if {
	none := {"op": "replace", "path": "/evidence/new_device_mails/sent", "value": 0}
	_keys([_unread, none]) == {"violations": set(), "unknown": {"none_sent"}, "notes": set()}
}

test_unknown_when_unread_and_mails_are_old if {
	old := {"op": "replace", "path": "/evidence/new_device_mails/last_sent_at", "value": "2026-10-01T07:00:00Z"}
	_keys([_unread, old]) == {"violations": set(), "unknown": {"sent_earlier"}, "notes": set()}
	gone := {"op": "remove", "path": "/evidence/new_device_mails/last_sent_at"}
	_keys([_unread, gone]).unknown == {"sent_earlier"}
}

test_unknown_when_unread_and_no_mail_is_seen if {
	none := {"op": "replace", "path": "/evidence/new_device_mails", "value": {"sent": 0}}
	_keys([_unread, none]) == {"violations": set(), "unknown": {"none_sent"}, "notes": set()}
	_keys([_unread, {"op": "remove", "path": "/evidence"}]).unknown == {"not_read"}
	_keys([{"op": "remove", "path": "/okta"}, {"op": "remove", "path": "/evidence"}]).unknown == {"not_read"}
}

test_notes_a_switch_that_is_on_without_mails if {
	_keys([{"op": "replace", "path": "/evidence/new_device_mails", "value": {"sent": 0}}]).notes == {"none_seen"}
}

test_unknown_points_at_the_evidence if {
	found := control.unknown with input as {}
	found == {{"key": "not_read", "args": {}, "evidence": "okta.security_notifications"}}
}
