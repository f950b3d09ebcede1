# METADATA
# title: Which rule a legacy client meets first, as far as a list of rules can tell
# description: >-
#   For each rule that could let a legacy client in, whether a rule that denies
#   stands above it for all whom it is for. One rule is compared with one other:
#   what several denials make together, who is in a group and what an expression
#   means is for the access engine, and undecided here.
package lib.legacy_order

import data.lib.okta_rules

_legacy := "ACTIVE_SYNC"

# METADATA
# description: >-
#   How it stands with one rule: {case, deny, why}. Cases: closed (no legacy client
#   gets in by it), exception (confined to named people and zones), above_deny,
#   without_deny, gap (a denial above covers only a part), undecided (the rule
#   itself), undecided_deny (the denials above it). groups is okta_rules.known_groups.
judge(subject, groups) := {"case": "closed"} if _closed(subject, groups)

else := {"case": "exception"} if confined(subject.rule, groups)

else := {"case": "undecided", "why": why} if {
	why := _doubts(subject.rule, groups)
	count(why) > 0
}

else := {"case": "above_deny", "deny": _first(_denials_below(subject))} if {
	count(_denials_above(subject)) == 0
	count(_denials_below(subject)) > 0
}

else := {"case": "without_deny"} if count(_denials_above(subject)) == 0

else := {"case": "gap", "deny": _first([deny]), "why": why} if {
	[deny] := _denials_above(subject)
	count(okta_rules.doubts(deny)) == 0
	why := okta_rules.words({condition |
		some condition in okta_rules.narrowings(deny)
		_leaves_out(condition, deny, subject.rule)
	})
	count(why) > 0
}

else := {"case": "undecided_deny", "deny": _first(_denials_above(subject)), "why": _vague(_denials_above(subject))}

_vague(rules) := sort({reason |
	some rule in rules
	some reason in (okta_rules.doubts(rule) | {word | some word in okta_rules.words(okta_rules.narrowings(rule))})
})

_closed(subject, _) if okta_rules.access(subject.rule) == "DENY"

_closed(subject, _) if count(okta_rules.reaching(subject) - _surely_not_legacy) == 0

_closed(subject, groups) if {
	some deny in _denials_above(subject)
	count(okta_rules.doubts(deny)) == 0
	every condition in okta_rules.narrowings(deny) {
		_covers(condition, deny, subject.rule, groups)
	}
}

# OTHER is no kind that Okta lets a rule ask for.
_surely_not_legacy := (okta_rules.known_clients | {"OTHER"}) - {_legacy}

_denials_above(subject) := [rule |
	some rule in _in_order(subject.rules)
	_may_deny_legacy(rule)
	okta_rules.above(rule, subject.rule)
]

_denials_below(subject) := [rule |
	some rule in _in_order(subject.rules)
	_may_deny_legacy(rule)
	okta_rules.above(subject.rule, rule)
]

_may_deny_legacy(rule) if {
	okta_rules.access(rule) == "DENY"
	some client in ({_legacy} | okta_rules.odd_clients(rule))
	okta_rules.admits(rule, client)
}

# In the order in which Okta asks them.
_in_order(rules) := [pair[1] |
	some pair in sort([[count({other | some other in rules; okta_rules.above(other, rule)}), rule] | some rule in rules])
]

_first(rules) := {"name": okta_rules.name(rules[0]), "priority": okta_rules.priority(rules[0])}

# METADATA
# description: >-
#   Whether the rule lets in only named users or groups, and only from network
#   zones that it names. What is in those zones and groups is not looked at here. A
#   group of which nothing is known may be everybody: it is no name.
confined(rule, groups) if {
	count(okta_rules.doubts(rule)) == 0
	_zoned(rule)
	people := okta_rules.people(rule)
	count(people.users | people.groups) > 0
	count(people.groups - groups.named) == 0
}

_zoned(rule) if {
	okta_rules.condition(rule, "network").connection == "ZONE"
	count(okta_rules.listed(rule, "network", "include")) > 0
}

# Conditions of which nobody here can say how many requests are left.
_opaque(rule) := okta_rules.narrowings(rule) - {"people", "userType", "network", "platform", "device", "riskScore"}

_doubts(rule, groups) := sort(union({
	okta_rules.doubts(rule),
	{word | some word in okta_rules.words(_opaque(rule))},
	{"the device condition, which no legacy client may be able to meet" | _by_device(rule)},
	{"its groups, which were not read" | _strange_groups(rule, groups)},
}))

# A rule that names legacy clients means to let them in; one for any client with a
# condition on the device may never meet one.
_by_device(rule) if {
	okta_rules.clients(rule) == {"ANY"}
	"device" in okta_rules.narrowings(rule)
}

_strange_groups(rule, groups) if {
	_zoned(rule)
	count(okta_rules.people(rule).groups - (groups.named | groups.everyone)) > 0
}

# METADATA
# description: >-
#   Whether every request that the lower rule takes meets this condition of the
#   upper rule as well.
_covers(condition, upper, lower, _) if upper.conditions[condition] == lower.conditions[condition]

_covers(condition, upper, lower, _) if {
	condition in {"network", "platform", "userType"}
	condition in okta_rules.narrowings(lower)
	wanted := okta_rules.listed(lower, condition, "include")
	count(wanted) > 0
	count(wanted - okta_rules.listed(upper, condition, "include")) == 0
	count(okta_rules.listed(upper, condition, "exclude")) == 0
}

_covers("people", upper, lower, groups) if {
	over := okta_rules.people(upper)
	under := okta_rules.people(lower)
	count(over.without_groups - under.without_groups) == 0
	count(over.without_users - under.without_users) == 0
	_includes(over, under, groups)
}

_includes(over, _, groups) if _everybody(over, groups)

# Whether users and groups in one rule are both asked for or either, Okta does not
# say: such a rule is compared with none.
_includes(over, under, _) if {
	over.users == set()
	under.users == set()
	count(under.groups) > 0
	count(under.groups - over.groups) == 0
}

_includes(over, under, _) if {
	over.groups == set()
	under.groups == set()
	count(under.users) > 0
	count(under.users - over.users) == 0
}

_everybody(people, _) if count(people.users | people.groups) == 0

_everybody(people, groups) if {
	count(people.users) == 0
	count(people.groups & groups.everyone) > 0
}

# METADATA
# description: >-
#   Whether some request that the lower rule takes certainly fails this condition of
#   the upper rule. Neither this nor _covers holds where a list of rules cannot tell.
_leaves_out("network", _, lower) if not "network" in okta_rules.narrowings(lower)

_leaves_out("network", upper, lower) if {
	from := okta_rules.listed(lower, "network", "include")
	count(from) > 0
	count(from - okta_rules.listed(upper, "network", "exclude")) == 0
}

_leaves_out("riskScore", _, lower) if not "riskScore" in okta_rules.narrowings(lower)

# A denial that asks for a known device lets every unknown one pass.
_leaves_out("device", _, lower) if not "device" in okta_rules.narrowings(lower)

# A list with an "other" system in it may hold every system there is.
_leaves_out("platform", upper, lower) if {
	not "platform" in okta_rules.narrowings(lower)
	not _lists_other(upper)
}

_leaves_out("userType", upper, lower) if {
	not "userType" in okta_rules.narrowings(lower)
	count(okta_rules.listed(upper, "userType", "exclude")) > 0
}

_leaves_out("people", upper, lower) if {
	under := okta_rules.people(lower)
	some group in (okta_rules.people(upper).without_groups - under.without_groups)
	_may_take(under, under.groups, group)
}

_leaves_out("people", upper, lower) if {
	under := okta_rules.people(lower)
	some user in (okta_rules.people(upper).without_users - under.without_users)
	_may_take(under, under.users, user)
}

_lists_other(rule) if {
	some platform in okta_rules.listed(rule, "platform", "include")
	platform.os.type == "OTHER"
}

_may_take(people, _, _) if count(people.users | people.groups) == 0

_may_take(_, named, id) if id in named
