package controls.waivers.waivers_are_used_test

import data.controls.waivers.waivers_are_used as control

good := {"waivers": {"as_of": "2026-11-20", "max_days": 180, "warn_days": 14, "entries": [
	_waiver("holds", ""), _waiver("expired", ""), _waiver("not_judged", ""),
]}}

_waiver(state, problem) := {
	"id": "scanner",
	"control": "BASIC-003",
	"owner": "mail@example.com",
	"expires": "2027-03-01",
	"place": "waivers.yaml:3",
	"state": state,
	"problem": problem,
	"days_left": 101,
	"covers": 1,
	"pinned": 0,
	"added": 0,
	"named": false,
}

_changed(state, problem) := [
	{"op": "replace", "path": "/waivers/entries/0/state", "value": state},
	{"op": "replace", "path": "/waivers/entries/0/problem", "value": problem},
]

mutations := [
	{"name": "unused", "patch": _changed("unused", "")},
	{"name": "no such control", "patch": _changed("unused", "no_control")},
	{"name": "no such group", "patch": _changed("unused", "no_group")},
	{"name": "several such groups", "patch": _changed("unused", "ambiguous_group")},
	{"name": "a state that nobody knows", "patch": _changed("asleep", "")},
]

test_passes_when_every_waiver_is_used if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_a_waiver_is_not_used if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "unused",
		"args": {"waiver": "scanner", "place": "waivers.yaml:3", "control": "BASIC-003"},
		"resource": {"kind": "waiver", "id": "scanner"},
		"at": ["waivers", "entries", 0],
	}}
}

test_fails_when_a_waiver_has_a_slip if {
	found := {v.key | some m in mutations; some v in control.violations with input as json.patch(good, m.patch)}
	found == {"unused", "no_control", "no_group", "ambiguous_group"}
}

test_unknown_when_evidence_is_missing if {
	undecided := json.patch(good, _changed("undecided", ""))
	count(control.violations) == 0 with input as undecided
	{u.key | some u in control.unknown} == {"undecided"} with input as undecided
}

test_not_applicable_when_there_is_none if {
	none := json.patch(good, [{"op": "replace", "path": "/waivers/entries", "value": []}])
	{n.key | some n in control.not_applicable} == {"none"} with input as none
}
