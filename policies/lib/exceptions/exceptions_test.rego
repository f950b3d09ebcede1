package lib.exceptions_test

import data.lib.exceptions

_group := {"name": "Jira", "members": 3, "share": 0.03}

_rule := {"index": 0, "exception": {"unconfined": [], "groups": [_group]}}

_with(patch) := json.patch(_rule, [patch])

_policies := [{"id": "rst1", "rules": [_rule]}]

_door := {"method": "basic", "via": ["okta"], "rules": [{"policy": "rst1", "index": 0}]}

test_a_small_group_is_confined if {
	exceptions.confined(_rule, 0.05)
	exceptions.loose(_rule, 0.05) == []
}

test_a_large_group_is_not if {
	not exceptions.confined(_rule, 0.01)
	count(exceptions.loose(_rule, 0.01)) == 1
}

test_one_member_is_named if exceptions.confined(_with({"op": "replace", "path": "/exception/groups/0", "value": {"name": "Jira", "members": 1, "share": 0.5}}), 0.05)

test_an_unmeasured_group_is_not_confined if {
	rule := _with({"op": "replace", "path": "/exception/groups/0", "value": {"name": "Jira", "members": null, "share": null}})
	exceptions.loose(rule, 0.05) == []
	exceptions.unmeasured(rule) == {"Jira"}
	not exceptions.confined(rule, 0.05)
}

test_a_key_becomes_words if {
	rule := _with({"op": "replace", "path": "/exception/unconfined", "value": ["country", "new"]})
	exceptions.loose(rule, 0.05) == ["new", "word:country"]
}

test_no_rule_limits_nothing if {
	exceptions.loose({"index": -1}, 0.05) == ["word:no_rule"]
	exceptions.unmeasured({"index": -1}) == set()
}

test_a_door_with_an_unmeasured_group_is_not_confined if {
	unmeasured := json.patch(_policies, [{"op": "remove", "path": "/0/rules/0/exception/groups/0/share"}])
	exceptions.door_exception(_door, unmeasured, 0.05) == "unmeasured"
}

test_a_door_is_confined_by_its_rules if {
	exceptions.door_exception(_door, _policies, 0.05) == "confined"
	not exceptions.door_exception(_door, _policies, 0.01)
	not exceptions.door_exception(object.union(_door, {"via": ["entra", "okta"]}), _policies, 0.05)
	not exceptions.door_exception(object.union(_door, {"method": "modern"}), _policies, 0.05)
	not exceptions.door_exception(object.union(_door, {"rules": []}), _policies, 0.05)
	not exceptions.door_exception(object.union(_door, {"rules": [{"policy": "rst1", "index": 1}]}), _policies, 0.05)
}

test_an_exception_is_for_named_people_and_zones if {
	exceptions.named({"exception": {"unconfined": ["country", "zone_inactive"]}})
	not exceptions.named({"exception": {"unconfined": ["anywhere"]}})
	not exceptions.named({"exception": {"unconfined": ["country", "everyone"]}})
	not exceptions.named({})
}
