package controls.sign_on.threat_insight_blocks_test

import data.controls.sign_on.threat_insight_blocks as control

good := {"okta": {"threat_insight": {"action": "block", "excludeZones": []}}}

_action := "/okta/threat_insight/action"

mutations := [
	{"name": "off", "patch": [{"op": "replace", "path": _action, "value": "none"}]},
	{"name": "audit", "patch": [{"op": "replace", "path": _action, "value": "audit"}]},
	{"name": "null", "patch": [{"op": "replace", "path": _action, "value": null}]},
	{"name": "unheard of", "patch": [{"op": "replace", "path": _action, "value": "ponder"}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _action}]},
]

_found(i) := {[entry.key, entry.args] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_threat_insight_blocks if {
	count(control.violations) == 0 with input as good
	count(control.notes) == 0 with input as good
}

test_fails_when_it_does_not_block if {
	_found(0) == {["disabled", {}]}
	_found(1) == {["audit_only", {}]}
	_found(2) == {["not_blocking", {"action": "word:not_set"}]}
	_found(3) == {["not_blocking", {"action": "ponder"}]}
	_found(4) == {["not_blocking", {"action": "word:not_set"}]}
}

test_notes_exempt_zones if {
	found := control.notes with input as json.patch(good, [{
		"op": "add",
		"path": "/okta/threat_insight/excludeZones/-",
		"value": "nzo1",
	}])
	found == {{"key": "exempt_zones", "args": {"zones": 1}}}
}

test_no_list_of_exempt_zones_is_no_note if {
	count(control.notes) == 0 with input as {"okta": {"threat_insight": {"action": "block", "excludeZones": null}}}
}
