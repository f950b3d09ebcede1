package controls.waivers.waivers_have_not_lapsed_test

import data.controls.waivers.waivers_have_not_lapsed as control

good := {"waivers": {"as_of": "2026-11-20", "max_days": 180, "warn_days": 14, "entries": [{
	"id": "scanner",
	"control": "BASIC-003",
	"owner": "mail@example.com",
	"expires": "2026-11-20",
	"place": "waivers.yaml:3",
	"state": "holds",
	"problem": "",
	"days_left": 0,
	"covers": 3,
	"pinned": 3,
	"added": 0,
	"named": false,
	"joined": false,
	"ways": [],
}]}}

mutations := [
	{"name": "expired", "patch": [{"op": "replace", "path": "/waivers/entries/0/state", "value": "expired"}]},
	{"name": "grown by people who are known", "patch": [
		{"op": "replace", "path": "/waivers/entries/0/state", "value": "grown"},
		{"op": "replace", "path": "/waivers/entries/0/added", "value": 2},
		{"op": "replace", "path": "/waivers/entries/0/joined", "value": true},
		{"op": "replace", "path": "/waivers/entries/0/named", "value": true},
	]},
	{"name": "grown", "patch": [
		{"op": "replace", "path": "/waivers/entries/0/state", "value": "grown"},
		{"op": "replace", "path": "/waivers/entries/0/joined", "value": true},
	]},
	{"name": "grown, and the facts do not say how", "patch": [{"op": "replace", "path": "/waivers/entries/0/state", "value": "grown"}]},
	{"name": "widened", "patch": [
		{"op": "replace", "path": "/waivers/entries/0/state", "value": "grown"},
		{"op": "replace", "path": "/waivers/entries/0/ways", "value": ["smtp (basic_exchange)"]},
	]},
	{"name": "grown by people who are known, and widened", "patch": [
		{"op": "replace", "path": "/waivers/entries/0/state", "value": "grown"},
		{"op": "replace", "path": "/waivers/entries/0/joined", "value": true},
		{"op": "replace", "path": "/waivers/entries/0/named", "value": true},
		{"op": "replace", "path": "/waivers/entries/0/ways", "value": ["smtp (basic_exchange)"]},
	]},
	{"name": "grown and widened", "patch": [
		{"op": "replace", "path": "/waivers/entries/0/state", "value": "grown"},
		{"op": "replace", "path": "/waivers/entries/0/joined", "value": true},
		{"op": "replace", "path": "/waivers/entries/0/ways", "value": ["smtp (basic_exchange)"]},
	]},
]

test_passes_when_no_waiver_has_lapsed if {
	count(control.violations) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_one_has_expired if {
	found := control.violations with input as json.patch(good, mutations[0].patch)
	found == {{
		"key": "expired",
		"args": {
			"waiver": "scanner", "place": "waivers.yaml:3", "owner": "mail@example.com", "control": "BASIC-003",
			"expires": "2026-11-20", "pinned": 3, "added": 0, "covers": 3, "ways": [],
		},
		"resource": {"kind": "waiver", "id": "scanner"},
		"at": ["waivers", "entries", 0],
	}}
}

test_fails_when_more_people_or_ways_have_come if {
	keys := [key | some m in mutations; some v in control.violations with input as json.patch(good, m.patch); key := v.key]
	keys == ["expired", "grown", "grown_unnamed", "grown_unnamed", "widened", "grown_and_widened", "grown_unnamed_and_widened"]
}

test_not_applicable_when_there_is_none if {
	none := json.patch(good, [{"op": "replace", "path": "/waivers/entries", "value": []}])
	{n.key | some n in control.not_applicable} == {"none"} with input as none
}
