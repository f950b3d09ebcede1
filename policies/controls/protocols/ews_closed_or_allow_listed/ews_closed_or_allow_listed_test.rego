package controls.protocols.ews_closed_or_allow_listed_test

import data.controls.protocols.ews_closed_or_allow_listed as control

_mailbox(enabled) := {"exchange": {
	"EwsEnabled": enabled,
	"RecipientTypeDetails": "UserMailbox",
	"AccountDisabled": false,
}}

_before := "2026-09-30T08:00:00Z"

_during := "2026-11-20T08:00:00Z"

_after := "2027-04-02T08:00:00Z"

good := {
	"collected_at": _before,
	"config": {"ews_allowed": false},
	"exchange": {
		"organization_config": {"EwsEnabled": false, "EwsApplicationAccessPolicy": null},
		"ews_operation_access": {"EwsEnabled": false, "EwsAllowedAppIDs": null},
	},
	"mailboxes": [
		_mailbox(true),
		_mailbox(false),
		_mailbox(null),
		{"exchange": {"EwsEnabled": true, "RecipientTypeDetails": "SharedMailbox", "AccountDisabled": true}},
	],
}

_switch := "/exchange/organization_config/EwsEnabled"

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

mutations := [
	{"name": "on without a list", "patch": _replace(_switch, true)},
	{"name": "not set before the retirement", "patch": _replace(_switch, null)},
	{"name": "block list only", "patch": array.concat(
		_replace(_switch, null),
		_replace("/exchange/organization_config/EwsApplicationAccessPolicy", "EnforceBlockList"),
	)},
]

_members(rules) := {[entry.key, entry.mailbox] | some entry in rules}

_keys(rules) := {entry.key | some entry in rules}

_both(key) := {[key, 0], [key, 2]}

test_passes_when_ews_is_off if {
	every instant in [_before, _during] {
		document := json.patch(good, _replace("/collected_at", instant))
		count(control.violations) == 0 with input as document
		count(control.unknown) == 0 with input as document
	}
}

test_passes_when_ews_is_restricted_to_a_list if {
	listed := array.concat(_replace(_switch, true), _replace("/exchange/ews_operation_access/EwsAllowedAppIDs", ["11111111-1111-4111-8111-111111111111"]))
	every instant in [_before, _during] {
		document := json.patch(good, array.concat(listed, _replace("/collected_at", instant)))
		count(control.violations) == 0 with input as document
		count(control.unknown) == 0 with input as document
	}
}

test_fails_when_ews_is_open if {
	every mutation in mutations {
		open := json.patch(good, mutation.patch)
		_members(control.violations) == _both("open") with input as open
		count(control.notes) == 0 with input as open
		count(control.unknown) == 0 with input as open
	}
}

test_passes_when_every_mailbox_is_closed_by_itself if {
	closed := json.patch(json.patch(good, mutations[0].patch), _replace("/mailboxes", [_mailbox(false)]))
	count(control.violations) == 0 with input as closed
}

test_unknown_when_the_retirement_leaves_it_open if {
	during := _replace("/collected_at", _during)
	_members(control.unknown) == _both("list_blank") with input as json.patch(good, array.concat(mutations[0].patch, during))
	_members(control.unknown) == _both("rollout") with input as json.patch(good, array.concat(mutations[1].patch, during))
}

test_unknown_when_something_was_not_read if {
	unlisted := json.remove(json.patch(good, mutations[0].patch), ["/exchange/ews_operation_access"])
	_members(control.unknown) == _both("list_unread") with input as unlisted
	_members(control.unknown) == _both("unread") with input as json.remove(good, [_switch])
}

test_notes_list_mailboxes_when_ews_is_declared if {
	declared := _replace("/config/ews_allowed", true)
	open := json.patch(good, array.concat(mutations[0].patch, declared))
	count(control.violations) == 0 with input as open
	_members(control.notes) == _both("declared") with input as open
	off := json.patch(good, declared)
	count(control.notes) == 0 with input as off
	rollout := json.patch(good, array.concat(array.concat(mutations[1].patch, declared), _replace("/collected_at", _during)))
	count(control.unknown) == 0 with input as rollout
	_members(control.notes) == _both("declared") with input as rollout
}

test_notes_say_what_a_list_of_user_agents_is_worth if {
	restricted := json.patch(good, array.concat(_replace(_switch, null), _replace(
		"/exchange/organization_config/EwsApplicationAccessPolicy",
		"EnforceAllowList",
	)))
	count(control.violations) == 0 with input as restricted
	_keys(control.notes) == {"agents"} with input as restricted
}

test_not_applicable_when_there_is_nothing_to_judge if {
	retired := json.patch(good, array.concat(mutations[0].patch, _replace("/collected_at", _after)))
	_keys(control.not_applicable) == {"retired"} with input as retired
	count(control.violations) == 0 with input as retired
	_keys(control.not_applicable) == {"no_mailboxes"} with input as json.patch(good, _replace("/mailboxes", []))
}
