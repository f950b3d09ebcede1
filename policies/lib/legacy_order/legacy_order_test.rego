package lib.legacy_order_test

import data.lib.legacy_order
import data.lib.okta_rules

_everyone := {"id": "00gAll", "type": "BUILT_IN", "profile": {"name": "Everyone"}}

_pilot := {"id": "00gPilot", "type": "OKTA_GROUP", "profile": {"name": "Pilot"}}

_admins := {"id": "00gAdmins", "type": "BUILT_IN", "profile": {"name": "Okta Administrators"}}

_groups := okta_rules.known_groups([_everyone, _pilot, _admins])

_rule(name, priority, access, conditions) := {
	"id": name,
	"name": name,
	"status": "ACTIVE",
	"priority": priority,
	"system": false,
	"conditions": conditions,
	"actions": {"appSignOn": {"access": access}},
}

_legacy := {"office365Client": {"include": ["ACTIVE_SYNC"]}}

_modern := {"office365Client": {"include": ["WEB", "MODERN_AUTH"]}}

_zone := {"network": {"connection": "ZONE", "include": ["nzoOffice"]}}

_not_zone := {"network": {"connection": "ZONE", "exclude": ["nzoOffice"]}}

_people(groups) := {"people": {"groups": {"include": groups}}}

_users(ids) := {"people": {"users": {"include": ids}}}

_catch_all(access) := object.union(_rule("catch-all", 99, access, null), {"system": true})

# The verdict on the rule named "allow" among these rules and the catch-all.
_verdict(rules) := found if {
	list := array.concat(rules, [_catch_all("DENY")])
	some rule in list
	rule.name == "allow"
	found := legacy_order.judge({"rule": rule, "rules": {r | some r in list}}, _groups)
}

_case(rules) := _verdict(rules).case

_allow(conditions) := _rule("allow", 5, "ALLOW", conditions)

_deny(conditions) := _rule("deny", 1, "DENY", object.union(_legacy, conditions))

test_closed_when_the_rule_is_not_for_legacy_clients if {
	_case([_allow(_modern)]) == "closed"
	_case([_rule("allow", 5, "DENY", null)]) == "closed"
	_case([_allow({"office365Client": {"include": ["AAD_JOIN", "CERT_BASED_AUTH"]}})]) == "closed"
}

test_closed_when_an_unlimited_rule_above_takes_every_legacy_client if {
	_case([_deny({}), _allow({})]) == "closed"
	_case([_rule("deny all", 0, "DENY", null), _allow({})]) == "closed"

	# The allow above is the one to blame.
	_case([_rule("first", 0, "ALLOW", _legacy), _allow({})]) == "closed"
}

test_closed_when_a_limited_denial_covers_the_rule if {
	covered := [
		[{"people": {"groups": {"include": ["00gAll"]}}}, {}],
		[_people(["00gPilot", "00gOther"]), _people(["00gPilot"])],
		[_users(["00u1", "00u2"]), _users(["00u1"])],
		[{"people": {"groups": {"exclude": ["00gPilot"]}}}, {"people": {"groups": {"exclude": ["00gPilot", "00gOther"]}}}],
		[{"people": {"users": {"exclude": ["00u1"]}}}, {"people": {"users": {"exclude": ["00u1", "00u2"]}}}],
		[_zone, _zone],
		[{"network": {"connection": "ZONE", "include": ["nzoOffice", "nzoHome"]}}, _zone],
		[{"userType": {"include": ["oty1", "oty2"]}}, {"userType": {"include": ["oty1"]}}],
		[{"elCondition": {"condition": "user.a == 1"}}, {"elCondition": {"condition": "user.a == 1"}}],
		[{"riskScore": {"level": "HIGH"}}, {"riskScore": {"level": "HIGH"}}],
	]
	every pair in covered {
		_case([_deny(pair[0]), _allow(pair[1])]) == "closed"
	}
}

test_open_when_the_denial_stands_below if {
	_verdict([_allow({}), _rule("deny", 7, "DENY", _legacy)]) == {"case": "above_deny", "deny": {"name": "deny", "priority": 7}}
	_verdict([_allow(_legacy)]) == {"case": "above_deny", "deny": {"name": "catch-all", "priority": 99}}

	# A denial of browsers is none of legacy clients.
	browsers := {"office365Client": {"include": ["WEB"]}}
	others := [_rule("above", 1, "DENY", browsers), _rule("below", 6, "DENY", browsers), _rule("modern", 7, "ALLOW", _modern)]
	_verdict(array.concat(others, [_allow({})])) == {"case": "above_deny", "deny": {"name": "catch-all", "priority": 99}}
}

test_open_when_nothing_denies if {
	rule := _catch_all("ALLOW")
	legacy_order.judge({"rule": rule, "rules": {rule, _allow(_modern)}}, _groups) == {"case": "without_deny"}
}

test_gap_when_the_denial_surely_leaves_somebody_out if {
	gaps := [
		["people", {"people": {"groups": {"exclude": ["00gPilot"]}}}, {}],
		["people", {"people": {"groups": {"exclude": ["00gPilot"]}}}, _people(["00gPilot"])],
		["people", {"people": {"users": {"exclude": ["00u1"]}}}, {}],
		["people", {"people": {"users": {"exclude": ["00u1"]}}}, _users(["00u1"])],
		["network", _zone, {}],
		["network", _not_zone, _zone],
		["network", _not_zone, {}],
		["platform", {"platform": {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}]}}, {}],
		["risk", {"riskScore": {"level": "HIGH"}}, {}],
		["device", {"device": {"registered": true}}, {}],
		["user type", {"userType": {"exclude": ["oty1"]}}, {}],
		# What both leave out is no gap.
		[
			"network",
			object.union(_zone, {"people": {"groups": {"exclude": ["00gPilot"]}, "users": {"exclude": ["00u1"]}}}),
			{"people": {"groups": {"exclude": ["00gPilot"]}, "users": {"exclude": ["00u1", "00u2"]}}},
		],
		# Zones beside ANYWHERE limit nothing.
		["network", _zone, {"network": {"connection": "ANYWHERE", "include": ["nzoOffice"]}}],
	]
	every example in gaps {
		_verdict([_deny(example[1]), _allow(example[2])]) == {
			"case": "gap",
			"deny": {"name": "deny", "priority": 1},
			"why": [example[0]],
		}
	}
}

_both := {"people": {"users": {"include": ["00u1"]}, "groups": {"include": ["00gPilot"]}}}

test_undecided_when_a_list_of_rules_cannot_tell if {
	undecided := [
		[_people(["00gPilot"]), {}],
		[_people(["00gPilot"]), _users(["00u1"])],
		[_users(["00u1"]), {}],
		[_users(["00u1"]), _users(["00u2"])],
		[_users(["00u1"]), _both],
		[_people(["00gPilot"]), _both],
		[_both, _people(["00gPilot"])],
		[_both, _users(["00u1"])],
		[{"people": {"users": {"exclude": ["00u1"]}}}, _people(["00gPilot"])],
		[{"people": {"users": {"exclude": ["00u1"]}}}, _users(["00u2"])],
		[_zone, {"network": {"connection": "ZONE", "exclude": ["nzoHome"]}}],
		[_not_zone, {"network": {"connection": "ZONE", "exclude": ["nzoHome"]}}],
		[{"network": {"connection": "ZONE", "include": ["nzoOffice"], "exclude": ["nzoHome"]}}, _zone],
		[
			{"platform": {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}]}},
			{"platform": {"include": [{"type": "MOBILE", "os": {"type": "ANDROID"}}]}},
		],
		[{"userType": {"exclude": ["oty1"]}}, {"userType": {"include": ["oty2"]}}],
		[_people(["00gPilot"]), _people(["00gOther"])],
		[{"people": {"users": {"include": ["00u1"]}, "groups": {"include": ["00gAll"]}}}, {}],
		[{"people": {"groups": {"exclude": ["00gPilot"]}}}, _people(["00gOther"])],
		[_zone, {"network": {"connection": "ZONE", "include": ["nzoHome"]}}],
		[{"platform": {"include": [{"type": "DESKTOP", "os": {"type": "OTHER"}}]}}, {}],
		[{"userType": {"include": ["oty1"]}}, {}],
		[{"elCondition": {"condition": "user.a == 1"}}, {}],
		[{"future": {"a": 1}}, {}],
	]
	every pair in undecided {
		_case([_deny(pair[0]), _allow(pair[1])]) == "undecided_deny"
	}
}

test_undecided_when_several_denials_share_the_work if {
	second := _rule("second", 2, "DENY", object.union(_legacy, _not_zone))
	_verdict([_deny(_zone), second, _allow({})]) == {
		"case": "undecided_deny",
		"deny": {"name": "deny", "priority": 1},
		"why": ["network"],
	}
}

test_undecided_when_the_denial_is_for_a_client_nobody_knows if {
	odd := _rule("deny", 1, "DENY", {"office365Client": {"include": ["FRIDGE"]}})
	_verdict([odd, _allow({})]).why == ["the client type 'FRIDGE'"]
	limited := _rule("deny", 1, "DENY", object.union({"office365Client": {"include": ["FRIDGE"]}}, _zone))
	_case([limited, _allow({})]) == "undecided_deny"
}

test_undecided_when_the_rule_itself_cannot_be_understood if {
	cases := [
		[{"office365Client": {"include": ["FRIDGE"]}}, "the client type 'FRIDGE'"],
		[{"elCondition": {"condition": "user.a == 1"}}, "a custom expression"],
		[{"future": {"a": 1}}, "the condition 'future'"],
		[{"device": {"registered": true}}, "the device condition, which no legacy client may be able to meet"],
		[object.union_n([_legacy, _zone, _people(["00gStrange"])]), "its groups, which were not read"],
	]
	every example in cases {
		_verdict([_allow(example[0])]) == {"case": "undecided", "why": [example[1]]}
	}
	_case([_rule("allow", 5, "MAYBE", {})]) == "undecided"
	_case([object.union(_allow(object.union_n([_legacy, _zone, _people(["00gPilot"])])), {"status": null})]) == "undecided"
}

test_legacy_clients_named_with_a_device_condition_are_let_in if {
	_case([_allow(object.union(_legacy, {"device": {"registered": true}}))]) == "above_deny"
}

test_exception_is_confined_to_named_people_and_zones if {
	_case([_allow(object.union_n([_legacy, _zone, _people(["00gPilot"])]))]) == "exception"
	_case([_allow(object.union_n([_legacy, _zone, _users(["00u1"]), {"elCondition": {"condition": "a"}}]))]) == "exception"
}

test_exception_without_names_or_zone_is_none if {
	open := [
		_people(["00gPilot"]),
		_zone,
		object.union(_zone, _people(["00gAll"])),
		object.union(_not_zone, _people(["00gPilot"])),
		object.union({"network": {"connection": "ANYWHERE", "include": ["nzoOffice"]}}, _people(["00gPilot"])),
		object.union(_zone, {"people": {"groups": {"exclude": ["00gPilot"]}}}),
	]
	every conditions in open {
		_case([_allow(object.union(_legacy, conditions))]) == "above_deny"
	}
}
