package controls.sign_on.threat_insight_blocks_test

import data.controls.sign_on.threat_insight_blocks as control

good := {
	"okta": {"threat_insight": {"action": "block", "excludeZones": ["nzo1"]}},
	"access": {"threat_insight": {"zones": [{"id": "nzo1"}], "wide": [], "unclear": []}},
}

_action := "/okta/threat_insight/action"

mutations := [
	{"name": "off", "patch": [{"op": "replace", "path": _action, "value": "none"}]},
	{"name": "audit", "patch": [{"op": "replace", "path": _action, "value": "audit"}]},
	{"name": "null", "patch": [{"op": "replace", "path": _action, "value": null}]},
	{"name": "unheard of", "patch": [{"op": "replace", "path": _action, "value": "ponder"}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _action}]},
	{"name": "everything is exempt", "patch": _exempt("wide", ["everywhere"])},
]

_exempt(list, keys) := [{"op": "replace", "path": concat("/", ["/access/threat_insight", list]), "value": keys}]

_found(i) := {[entry.key, entry.args] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_threat_insight_blocks if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_fails_when_what_is_exempt_is_wide if {
	_found(5) == {["exempt_wide", {"why": ["word:everywhere"]}]}
}

test_unknown_when_what_is_exempt_cannot_be_told if {
	found := control.unknown with input as json.patch(good, _exempt("unclear", ["zone_missing"]))
	{[entry.key, entry.args.why] | some entry in found} == {["exempt_unclear", ["word:zone_missing"]]}
}

test_what_is_exempt_does_not_matter_where_nothing_is_blocked if {
	patch := array.concat(mutations[1].patch, _exempt("wide", ["everywhere"]))
	found := control.violations with input as json.patch(good, patch)
	{entry.key | some entry in found} == {"audit_only"}
}

test_fails_when_it_does_not_block if {
	_found(0) == {["disabled", {}]}
	_found(1) == {["audit_only", {}]}
	_found(2) == {["not_blocking", {"action": "word:not_set"}]}
	_found(3) == {["not_blocking", {"action": "ponder"}]}
	_found(4) == {["not_blocking", {"action": "word:not_set"}]}
}

test_notes_exempt_zones if {
	control.notes == {{"key": "exempt_zones", "args": {"zones": 1}}} with input as good
	count(control.notes) == 0 with input as json.patch(good, _exempt("zones", []))
}
