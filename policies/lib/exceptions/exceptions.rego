# METADATA
# title: How tight an exception for legacy clients is
# description: >-
#   The whitepaper's example is a group of its own for one application, and the
#   network zone of its server. The access facts measure what a rule names; how large
#   a group may be is the organisation's to say, as a share of the users who are
#   assigned to the app. A group with one member names that member, however few
#   users there are. The exceptions of a policy that are each small enough are added
#   up: together they may be for as many people as that share, or as there are
#   exceptions, since each may name somebody.
package lib.exceptions

_words := {
	"everyone": "word:everyone",
	"people_unreadable": "word:people_unreadable",
	"anywhere": "word:anywhere",
	"outside_zones": "word:outside_zones",
	"network_unreadable": "word:network_unreadable",
	"zone_inactive": "word:zone_inactive",
	"zone_missing": "word:zone_missing",
	"everywhere": "word:everywhere",
	"country": "word:country",
	"provider": "word:provider",
	"no_limit": "word:no_limit",
	"exchange_online": "word:exchange_online",
}

# METADATA
# description: >-
#   What is to be said of the rules of each policy, by the policy's id and the rule's
#   index: loose, what makes its limits no confinement, as words (a rule that names
#   nothing is not confined), and measured, whether it is known how many people it is
#   for, alone and together with the others.
judged(policies, share) := {policy.id: rules |
	some policy in policies
	tight := [rule | some rule in policy.rules; rule.legacy.opens != "no"; count(_loose(rule, share)) == 0]
	together := {rule.index: _together(policy, tight, share) | some rule in tight}
	rules := {rule.index: {
		"loose": sort(_loose(rule, share) | {"word:together" | together[rule.index] == "many"}),
		"measured": count(_unmeasured(rule) | {"together" | together[rule.index] == "unknown"}) == 0,
	} |
		some rule in array.concat(policy.rules, [policy.unmatched])
	}
}

# METADATA
# description: Whether a rule is surely no wider than an exception may be, as judged.
confined(judgement) if {
	count(judgement.loose) == 0
	judgement.measured
}

_loose(rule, share) := _words_of(rule) | {"word:large_group" | count(large(rule, share)) > 0}

# How many people exceptions are for together: few, many, or unknown. Who is in two
# groups and has no mailbox may be one person or two.
_together(policy, tight, share) := "many" if {
	_admitted(policy, {rule.index | some rule in tight; rule.legacy.opens == "yes"}) > _allowed(policy, tight, share)
	is_number(policy.assigned)
} else := "unknown" if {
	_admitted(policy, {rule.index | some rule in tight}) + _unseen(tight) > _allowed(policy, tight, share)
} else := "few"

_admitted(policy, rules) := sum([some_of.mailboxes |
	some some_of in policy.excepted
	count(rules & {index | some index in some_of.rules}) > 0
])

_unseen(tight) := sum([unseen | some unseen in groups]) + sum([rule.exception.unseen | some rule in tight]) if {
	groups := {group.id: group.unseen | some rule in tight; some group in rule.exception.groups; is_number(group.unseen)}
}

_allowed(policy, tight, share) := max([count(tight), share * policy.assigned]) if {
	is_number(policy.assigned)
} else := count(tight)

_words_of(rule) := {object.get(_words, key, key) | some key in rule.exception.unconfined} if {
	rule.exception
} else := {"word:no_rule"}

# METADATA
# description: The groups of a rule that are larger than an exception's may be.
large(rule, share) := {group |
	some group in rule.exception.groups
	group.members > 1
	group.share > share
} if {
	rule.exception
} else := set()

# The names of groups whose size is not known.
_unmeasured(rule) := {group.name | some group in rule.exception.groups; not _measured(group)} if {
	rule.exception
} else := set()

_measured(group) if group.members in {0, 1}

_measured(group) if is_number(group.share)

# METADATA
# description: >-
#   Whether a rule is for named users or groups and from named network zones, however
#   wide those are.
named(rule) if {
	rule.exception
	unnamed := {"everyone", "people_unreadable", "anywhere", "outside_zones", "network_unreadable"}
	count(unnamed & {key | some key in rule.exception.unconfined}) == 0
}

# METADATA
# description: >-
#   Whether all who get in by a door do so by exceptions for legacy clients that
#   nothing shows to be wide: confined, or unmeasured where the size of a group is
#   not known. Undefined for any other door.
door_exception(door, judgements) := "confined" if {
	of_rules := _excepting(door, judgements)
	every judgement in of_rules {
		confined(judgement)
	}
} else := "unmeasured" if {
	_excepting(door, judgements)
}

# What is said of the rules of a door that are exceptions all.
_excepting(door, judgements) := of_rules if {
	door.method != "modern"
	door.via == ["okta"]
	of_rules := [judgements[rule.policy][rule.index] | some rule in door.rules]
	count(of_rules) == count(door.rules)
	count(of_rules) > 0
	every judgement in of_rules {
		count(judgement.loose) == 0
	}
}
