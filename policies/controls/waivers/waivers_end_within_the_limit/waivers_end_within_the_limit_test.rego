package controls.waivers.waivers_end_within_the_limit_test

import data.controls.waivers.waivers_end_within_the_limit as control

good := {"waivers": {"as_of": "2026-11-20", "max_days": 180, "warn_days": 14, "entries": [{
	"id": "scanner",
	"control": "BASIC-003",
	"owner": "mail@example.com",
	"expires": "2027-05-19",
	"place": "waivers.yaml:3",
	"state": "holds",
	"problem": "",
	"days_left": 180,
	"covers": 3,
	"pinned": 0,
	"added": 0,
	"named": false,
}]}}

mutations := [{"name": "too far", "patch": [
	{"op": "replace", "path": "/waivers/entries/0/state", "value": "too_far"},
	{"op": "replace", "path": "/waivers/entries/0/expires", "value": "2027-05-20"},
]}]

test_passes_when_every_waiver_ends_in_time if {
	count(control.violations) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_one_ends_too_far_ahead if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "too_far",
		"args": {
			"waiver": "scanner", "place": "waivers.yaml:3", "owner": "mail@example.com",
			"control": "BASIC-003", "expires": "2027-05-20", "limit": 180,
		},
		"resource": {"kind": "waiver", "id": "scanner"},
		"at": ["waivers", "entries", 0],
	}}
}

test_not_applicable_when_there_is_none if {
	none := json.patch(good, [{"op": "replace", "path": "/waivers/entries", "value": []}])
	{n.key | some n in control.not_applicable} == {"none"} with input as none
}
