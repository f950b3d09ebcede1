package lib.okta_rules_test

import data.lib.okta_rules

_link(id) := {"accessPolicy": {"href": sprintf("https://example.okta.com/api/v1/policies/%s", [id])}}

_apps := [
	{"id": "0oa1", "label": "Office 365", "status": "ACTIVE", "_links": _link("rst1")},
	{"id": "0oa2", "label": "Office 365 lab", "status": "ACTIVE", "_links": _link("rst1")},
	{"id": "0oa3", "label": "Office 365 old", "status": "INACTIVE", "_links": _link("rst2")},
]

_sign_on(access) := {"appSignOn": {"access": access}}

_rule(name, priority, access, conditions) := {
	"id": name,
	"name": name,
	"status": "ACTIVE",
	"priority": priority,
	"system": false,
	"conditions": conditions,
	"actions": _sign_on(access),
}

_catch_all := object.union(_rule("Catch-all Rule", 99, "DENY", null), {"system": true})

_modern := {"office365Client": {"include": ["WEB", "MODERN_AUTH"]}}

_legacy := {"office365Client": {"include": ["EXCHANGE_ACTIVE_SYNC"]}}

test_inactive_and_deleted_apps_take_no_requests if {
	[app.id | some app in okta_rules.active_apps(_apps)] == ["0oa1", "0oa2"]
	count(okta_rules.active_apps([{"id": "0oa4", "status": "DELETED"}])) == 0
	count(okta_rules.active_apps([{"id": "0oa5"}])) == 1
}

test_labels_and_names_fall_back_on_ids if {
	okta_rules.label({"id": "0oa1", "label": null}) == "0oa1"
	okta_rules.label({}) == "unnamed"
	okta_rules.name({"id": "rul1"}) == "rul1"
	okta_rules.name({}) == "unnamed"
	okta_rules.priority({"priority": 0}) == 0
	okta_rules.priority({"priority": null}) == "-"
}

test_policy_is_the_last_segment_of_the_link if {
	okta_rules.policy_id(_apps[0]) == "rst1"
	okta_rules.policy_id({"_links": {"accessPolicy": {"href": "https://x.example/api/v1/policies/rst9/?expand=true"}}}) == "rst9"
	not okta_rules.policy_id({"_links": {}})
	not okta_rules.policy_id({"_links": {"accessPolicy": {"href": null}}})
	not okta_rules.policy_id({"_links": {"accessPolicy": {"href": ""}}})
}

test_shared_policy_is_judged_once_and_inactive_rules_never if {
	off := object.union(_rule("off", 0, "ALLOW", null), {"status": "INACTIVE"})
	rules := [off, _rule("on", 1, "ALLOW", _modern), _catch_all]
	found := okta_rules.subjects(_apps, {"rst1": rules, "rst2": rules})
	{[subject.policy, subject.index, subject.apps] | some subject in found} == {
		["rst1", 1, ["Office 365", "Office 365 lab"]],
		["rst1", 2, ["Office 365", "Office 365 lab"]],
	}
	every subject in found {
		count(subject.rules) == 2
	}
}

test_app_is_unread_without_link_rules_or_catch_all if {
	okta_rules.unread(_apps, {"rst1": [_catch_all]}) == set()
	okta_rules.unread(_apps, {"rst1": []}) == {"Office 365", "Office 365 lab"}
	okta_rules.unread(_apps, {"rst2": [_catch_all]}) == {"Office 365", "Office 365 lab"}
	okta_rules.unread(_apps, {"rst1": [_rule("a", 1, "ALLOW", _modern)]}) == {"Office 365", "Office 365 lab"}
	okta_rules.unread([{"id": "0oa9", "status": "ACTIVE"}], {"rst1": [_catch_all]}) == {"0oa9"}
}

test_entry_points_at_the_rule if {
	rule := _rule("a", 1, "ALLOW", _modern)
	some subject in okta_rules.subjects([_apps[0]], {"rst1": [rule]})
	okta_rules.entry("key", subject, {"more": 1}) == {
		"key": "key",
		"args": {"rule": "a", "priority": 1, "apps": ["Office 365"], "more": 1},
		"resource": {"kind": "okta_access_rule", "id": "a", "name": "a"},
		"at": ["okta", "access_policy_rules", "rst1", 0],
	}
}

test_lowest_number_first_and_catch_all_last if {
	low := _rule("low", 0, "ALLOW", _modern)
	high := _rule("high", 120, "ALLOW", _modern)
	okta_rules.above(low, high)
	not okta_rules.above(high, low)
	okta_rules.above(high, _catch_all)
	not okta_rules.above(_catch_all, high)
	not okta_rules.above(object.remove(low, ["priority"]), high)
	not okta_rules.above(object.union(low, {"priority": null}), high)
	not okta_rules.above(low, object.union(high, {"priority": "last"}))
}

test_a_shipped_rule_with_conditions_is_no_catch_all if {
	shipped := object.union(_rule("Allow Web and Modern Auth", 1, "ALLOW", _modern), {"system": true})
	not okta_rules.catch_all(shipped)
	not okta_rules.catch_all({"system": true, "conditions": {"network": {"connection": "ZONE", "include": ["nzo1"]}}})
	okta_rules.above(_rule("first", 0, "DENY", _legacy), shipped)
	not okta_rules.above(_rule("second", 2, "DENY", _legacy), shipped)
}

test_access_and_verification_are_read_with_care if {
	okta_rules.access(_catch_all) == "DENY"
	okta_rules.access({"actions": null}) == "unknown"
	okta_rules.verification({"actions": {"appSignOn": {"verificationMethod": {"type": "ASSURANCE"}}}}) == {"type": "ASSURANCE"}
	okta_rules.verification(_catch_all) == {}
	okta_rules.verification({"actions": {"appSignOn": {"verificationMethod": null}}}) == {}
}

test_absent_client_condition_is_every_client if {
	every conditions in [null, {}, {"office365Client": null}] {
		okta_rules.clients({"conditions": conditions}) == {"ANY"}
	}
	okta_rules.admits({"conditions": null}, "ACTIVE_SYNC")
}

test_both_names_of_legacy_are_one if {
	okta_rules.clients({"conditions": _legacy}) == {"ACTIVE_SYNC"}
	okta_rules.admits({"conditions": _legacy}, "ACTIVE_SYNC")
	not okta_rules.admits({"conditions": _modern}, "ACTIVE_SYNC")
}

test_client_condition_in_another_form_is_unreadable if {
	odd := [{}, [], {"include": []}, {"include": null}, {"include": "WEB"}, {"include": ["WEB"], "exclude": ["ACTIVE_SYNC"]}]
	every condition in odd {
		okta_rules.clients({"conditions": {"office365Client": condition}}) == {"UNREADABLE"}
	}
}

test_clients_that_an_unlimited_rule_takes_do_not_reach_the_next if {
	deny := _rule("deny", 0, "DENY", _legacy)
	allow := _rule("allow", 1, "ALLOW", _modern)
	some subject in okta_rules.subjects([_apps[0]], {"rst1": [deny, allow, _catch_all]})
	okta_rules.catch_all(subject.rule)
	okta_rules.reaching(subject) == {"AAD_JOIN", "CERT_BASED_AUTH", "OTHER"}
}

test_limited_or_doubtful_rules_take_nothing_for_sure if {
	limited := _rule("limited", 0, "DENY", object.union(_legacy, {"network": {"connection": "ZONE", "include": ["nzo1"]}}))
	doubtful := object.union(_rule("doubtful", 1, "DENY", _legacy), {"status": null})
	odd := _rule("odd", 2, "ALLOW", {"office365Client": {"include": ["ACTIVE_SYNC", "FRIDGE"]}})
	some subject in okta_rules.subjects([_apps[0]], {"rst1": [limited, doubtful, odd]})
	subject.rule.name == "odd"
	okta_rules.reaching(subject) == {"ACTIVE_SYNC", "FRIDGE"}
}

test_empty_conditions_limit_nothing if {
	harmless := [
		{"people": {"users": {"include": [], "exclude": []}, "groups": null}, "userType": {"include": [], "exclude": []}},
		{"network": {"connection": "ANYWHERE"}, "riskScore": {"level": "ANY"}, "elCondition": {}, "platform": {"include": []}},
		{"network": null, "riskScore": {}, "elCondition": {"condition": " "}, "device": null, "platform": null},
		{"elCondition": {"condition": null}, "device": {"assurance": {"include": []}}, "future": {}, "later": null, "list": []},
		{"platform": {"include": [{"type": "ANY"}]}},
		{"platform": {"include": [{"type": "ANY", "os": {"type": "ANY"}}]}},
	]
	every conditions in harmless {
		okta_rules.narrowings({"conditions": conditions}) == set()
		okta_rules.unread([_apps[0]], {"rst1": [{"conditions": conditions}]}) == set()
	}
}

test_each_condition_narrows_when_it_says_something if {
	cases := [
		["people", {"groups": {"include": ["00g1"]}}],
		["people", {"users": {"exclude": ["00u1"]}}],
		["userType", {"include": ["oty1"], "exclude": []}],
		["network", {"connection": "ZONE", "include": ["nzo1"]}],
		["network", {"include": ["nzo1"]}],
		["platform", {"include": [{"type": "MOBILE", "os": {"type": "IOS"}}]}],
		["platform", {"include": [{"type": "ANY", "os": {"type": "OTHER"}}]}],
		["platform", {"include": [{"type": "MOBILE"}]}],
		["platform", {"include": [{"type": "MOBILE", "os": {"type": "ANY"}}]}],
		["platform", {"exclude": [{"type": "MOBILE"}]}],
		["device", {"registered": true}],
		["device", {"registered": false}],
		["device", {"assurance": {"include": ["dae1"]}}],
		["riskScore", {"level": "HIGH"}],
		["riskScore", {"level": null}],
		["elCondition", {"condition": "user.status == 'ACTIVE'"}],
		["future", {"a": 1}],
		["future", true],
	]
	every example in cases {
		okta_rules.narrowings({"conditions": {example[0]: example[1]}}) == {example[0]}
	}
}

test_conditions_are_read_with_care if {
	okta_rules.condition({"conditions": {"network": {"connection": "ZONE"}}}, "network") == {"connection": "ZONE"}
	okta_rules.condition({"conditions": {"network": null}}, "network") == {}
	okta_rules.listed({"conditions": {"network": {"include": ["nzo1"]}}}, "network", "include") == {"nzo1"}
	okta_rules.listed({"conditions": null}, "network", "include") == set()
}

test_people_are_sets_of_ids if {
	okta_rules.people({"conditions": {"people": {"groups": {"include": ["00g1"], "exclude": null}, "users": null}}}) == {
		"groups": {"00g1"},
		"users": set(),
		"without_groups": set(),
		"without_users": set(),
	}
}

test_groups_tell_everyone_from_the_rest if {
	okta_rules.known_groups([
		{"id": "00gAll", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
		{"id": "00gAdmins", "type": "BUILT_IN", "profile": {"name": "Okta Administrators"}},
		{"id": "00gPilot", "type": "OKTA_GROUP", "profile": {"name": "Everyone"}},
	]) == {"everyone": {"00gAll"}, "named": {"00gPilot", "00gAdmins"}}
}

_reach(conditions, above) := okta_rules.reach(subject, ["00gBoard"], {"everyone": {"00gAll"}, "named": set()}) if {
	rules := array.concat(above, [_rule("rule", 5, "ALLOW", object.union(_modern, conditions)), _catch_all])
	some subject in okta_rules.subjects([_apps[0]], {"rst1": rules})
	subject.rule.name == "rule"
}

_for(groups) := {"people": {"groups": {"include": groups}}}

test_rule_reaches_a_group_that_it_is_for if {
	_reach({}, []) == "yes"
	_reach(_for(["00gBoard", "00gOther"]), []) == "yes"
	_reach(_for(["00gAll"]), []) == "yes"
	_reach(_for(["00gOther"]), []) == "maybe"
	_reach({"people": {"users": {"include": ["00u1"]}}}, []) == "maybe"
	_reach({"people": {"users": {"include": ["00u1"]}, "groups": {"include": ["00gBoard"]}}}, []) == "maybe"
	_reach({"people": {"groups": {"exclude": ["00gBoard"]}}}, []) == "no"
}

test_rule_above_for_the_group_takes_its_members_first if {
	_reach({}, [_rule("board", 1, "ALLOW", object.union(_modern, _for(["00gBoard"])))]) == "no"
	_reach({}, [_rule("board", 9, "ALLOW", object.union(_modern, _for(["00gBoard"])))]) == "yes"
	_reach({}, [_rule("web only", 1, "ALLOW", object.union(_for(["00gBoard"]), {"office365Client": {"include": ["WEB"]}}))]) == "yes"
	_reach({}, [_rule("other", 1, "ALLOW", object.union(_modern, _for(["00gOther"])))]) == "yes"
	doubtful := object.union(_rule("board", 1, "ALLOW", object.union(_modern, _for(["00gBoard"]))), {"status": null})
	_reach({}, [doubtful]) == "yes"
	partly := {"people": {"groups": {"include": ["00gBoard"]}, "users": {"exclude": ["00u1"]}}}
	_reach({}, [_rule("partly", 1, "ALLOW", object.union(_modern, partly))]) == "yes"
	zone := {"network": {"connection": "ZONE", "include": ["nzo1"]}}
	_reach({}, [_rule("zone", 1, "ALLOW", object.union_n([_modern, _for(["00gBoard"]), zone]))]) == "yes"
}
