package controls.waivers.waivers_are_renewed_in_time_test

import data.controls.waivers.waivers_are_renewed_in_time as control

good := {"waivers": {"as_of": "2026-11-20", "max_days": 180, "warn_days": 14, "entries": [{
	"id": "scanner",
	"control": "BASIC-003",
	"owner": "mail@example.com",
	"expires": "2026-12-05",
	"place": "waivers.yaml:3",
	"state": "holds",
	"problem": "",
	"days_left": 15,
	"covers": 3,
	"pinned": 0,
	"added": 0,
	"named": false,
}]}}

_days := "/waivers/entries/0/days_left"

mutations := [
	{"name": "two weeks", "patch": [{"op": "replace", "path": _days, "value": 14}]},
	{"name": "today", "patch": [{"op": "replace", "path": _days, "value": 0}]},
	{"name": "nobody knows when", "patch": [{"op": "remove", "path": _days}]},
]

test_passes_when_there_is_time if {
	count(control.violations) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_the_end_is_near if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "ends",
		"args": {
			"waiver": "scanner", "place": "waivers.yaml:3", "owner": "mail@example.com",
			"control": "BASIC-003", "expires": "2026-12-05",
		},
		"resource": {"kind": "waiver", "id": "scanner"},
		"at": ["waivers", "entries", 0],
	}}
	every m in mutations {
		count(control.violations) == 1 with input as json.patch(good, m.patch)
	}
}

test_passes_when_it_has_lapsed_already if {
	over := [
		{"op": "replace", "path": _days, "value": -1},
		{"op": "replace", "path": "/waivers/entries/0/state", "value": "expired"},
	]
	count(control.violations) == 0 with input as json.patch(good, over)
}

test_not_applicable_when_there_is_none if {
	none := json.patch(good, [{"op": "replace", "path": "/waivers/entries", "value": []}])
	{n.key | some n in control.not_applicable} == {"none"} with input as none
}
