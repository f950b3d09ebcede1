package lib.exceptions_test

import data.lib.exceptions

_group := {"id": "g1", "name": "Jira", "members": 3, "share": 0.03, "unseen": 0}

_rule := {"index": 0, "legacy": {"opens": "yes"}, "exception": {"unconfined": [], "unseen": 0, "groups": [_group]}}

_policy := {
	"id": "rst1", "assigned": 100,
	"rules": [_rule],
	"unmatched": {"index": -1, "legacy": {"opens": "no"}},
	"excepted": [{"rules": [0], "mailboxes": 3}],
}

_door := {"method": "basic", "via": ["okta"], "rules": [{"policy": "rst1", "index": 0}]}

_judged(share, patch) := exceptions.judged([json.patch(_policy, patch)], share).rst1

_group_is(group) := [{"op": "replace", "path": "/rules/0/exception/groups/0", "value": object.union({"id": "g1", "name": "Jira", "unseen": 0}, group)}]

test_a_small_group_is_confined if {
	_judged(0.05, [])[0] == {"loose": [], "measured": true}
	exceptions.confined(_judged(0.05, [])[0])
}

test_a_large_group_is_not if {
	_judged(0.01, [])[0].loose == ["word:large_group"]
	not exceptions.confined(_judged(0.01, [])[0])
}

test_one_member_is_named if {
	patch := array.concat(_group_is({"members": 1, "share": 0.5}), [
		{"op": "replace", "path": "/assigned", "value": 2},
		{"op": "replace", "path": "/excepted/0/mailboxes", "value": 1},
	])
	exceptions.confined(_judged(0.05, patch)[0])
}

test_an_unmeasured_group_is_not_confined if {
	judged := _judged(0.05, array.concat(_group_is({"members": null, "share": null, "unseen": null}), [{"op": "replace", "path": "/excepted", "value": []}]))
	judged[0] == {"loose": [], "measured": false}
	not exceptions.confined(judged[0])
}

test_a_key_becomes_words if {
	_judged(0.05, [{"op": "replace", "path": "/rules/0/exception/unconfined", "value": ["country", "new"]}])[0].loose == ["new", "word:country"]
}

test_no_rule_limits_nothing if _judged(0.05, [])[-1] == {"loose": ["word:no_rule"], "measured": true}

# A second exception, for a group of three others.
_second := [
	{"op": "add", "path": "/rules/1", "value": object.union(_rule, {"index": 1, "exception": {"unconfined": [], "unseen": 0, "groups": [object.union(_group, {"id": "g2"})]}})},
	{"op": "add", "path": "/excepted/-", "value": {"rules": [1], "mailboxes": 3}},
]

test_small_groups_are_added_up if {
	every index in [0, 1] {
		_judged(0.05, _second)[index] == {"loose": ["word:together"], "measured": true}
		_judged(0.06, _second)[index] == {"loose": [], "measured": true}
	}
}

test_who_is_in_both_groups_counts_once if {
	patch := array.concat(_second, [{"op": "replace", "path": "/excepted", "value": [{"rules": [0, 1], "mailboxes": 3}]}])
	_judged(0.05, patch)[0] == {"loose": [], "measured": true}
}

test_a_rule_that_is_wide_alone_is_not_added if {
	patch := array.concat(_second, [{"op": "replace", "path": "/rules/1/exception/groups/0/share", "value": 0.5}])
	_judged(0.05, patch)[0] == {"loose": [], "measured": true}
	_judged(0.05, patch)[1].loose == ["word:large_group"]
}

test_a_rule_that_lets_nobody_past_is_not_added if {
	patch := array.concat(_second, [{"op": "replace", "path": "/rules/1/legacy/opens", "value": "no"}])
	_judged(0.05, patch)[0] == {"loose": [], "measured": true}
}

test_members_without_a_mailbox_may_be_the_same_people if {
	unseen := array.concat(_second, [
		{"op": "replace", "path": "/excepted/1/mailboxes", "value": 1},
		{"op": "replace", "path": "/rules/1/exception/groups/0/unseen", "value": 2},
	])
	_judged(0.05, unseen)[0] == {"loose": [], "measured": false}
	maybe := array.concat(_second, [{"op": "replace", "path": "/rules/1/legacy/opens", "value": "maybe"}])
	_judged(0.05, maybe)[0] == {"loose": [], "measured": false}
}

test_users_are_added_up_too if {
	named := array.concat(_second, [
		{"op": "replace", "path": "/rules/1/exception/groups", "value": []},
		{"op": "replace", "path": "/rules/1/exception/unseen", "value": 3},
		{"op": "replace", "path": "/excepted", "value": [{"rules": [0], "mailboxes": 3}]},
	])
	not _judged(0.05, named)[1].measured
	_judged(0.06, named)[1].measured
}

test_each_exception_may_name_somebody if {
	few := [
		{"op": "replace", "path": "/assigned", "value": 9},
		{"op": "replace", "path": "/rules/0/exception/groups/0", "value": {"id": "g1", "name": "Jira", "members": 1, "share": 0.11, "unseen": 0}},
		{"op": "replace", "path": "/rules/1/exception/groups/0", "value": {"id": "g2", "name": "ERP", "members": 1, "share": 0.11, "unseen": 0}},
		{"op": "replace", "path": "/excepted", "value": [{"rules": [0], "mailboxes": 1}, {"rules": [1], "mailboxes": 1}]},
	]
	exceptions.confined(_judged(0.05, array.concat(_second, few))[0])
	more := array.concat(few, [{"op": "replace", "path": "/excepted/1/mailboxes", "value": 2}])
	_judged(0.05, array.concat(_second, more))[0].loose == ["word:together"]
}

test_no_share_is_known_where_nobody_counted_the_users if {
	patch := array.concat(_second, [{"op": "replace", "path": "/assigned", "value": null}])
	_judged(0.05, patch)[0] == {"loose": [], "measured": false}
}

_door_exception(share, patch, door) := exceptions.door_exception(object.union(_door, door), exceptions.judged([json.patch(_policy, patch)], share))

test_a_door_with_an_unmeasured_group_is_not_confined if {
	_door_exception(0.05, [{"op": "remove", "path": "/rules/0/exception/groups/0/share"}], {}) == "unmeasured"
}

test_a_door_is_confined_by_its_rules if {
	_door_exception(0.05, [], {}) == "confined"
	not _door_exception(0.01, [], {})
	not _door_exception(0.05, [], {"via": ["entra", "okta"]})
	not _door_exception(0.05, [], {"method": "modern"})
	not _door_exception(0.05, [], {"rules": []})
	not _door_exception(0.05, [], {"rules": [{"policy": "rst1", "index": 1}]})
}

test_an_exception_is_for_named_people_and_zones if {
	exceptions.named({"exception": {"unconfined": ["country", "zone_inactive"]}})
	not exceptions.named({"exception": {"unconfined": ["anywhere"]}})
	not exceptions.named({"exception": {"unconfined": ["country", "everyone"]}})
	not exceptions.named({})
}
