# METADATA
# title: How tight an exception for legacy clients is
# description: >-
#   The whitepaper's example is a group of its own for one application, and the
#   network zone of its server. The access facts measure what a rule names; how large
#   a group may be is the organisation's to say, as a share of the users who are
#   assigned to the app. A group with one member names that member, however few
#   users there are.
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
#   What makes a rule's limits no confinement, as words. A rule that names nothing is
#   not confined.
loose(rule, share) := sort(_words_of(rule) | {"word:large_group" | count(large(rule, share)) > 0})

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

# METADATA
# description: The names of groups whose size is not known.
unmeasured(rule) := {group.name | some group in rule.exception.groups; not _measured(group)} if {
	rule.exception
} else := set()

_measured(group) if group.members in {0, 1}

_measured(group) if is_number(group.share)

# METADATA
# description: Whether a rule is surely no wider than an exception may be.
confined(rule, share) if {
	count(loose(rule, share)) == 0
	count(unmeasured(rule)) == 0
}

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
door_exception(door, policies, share) := "confined" if {
	_all_tight(door, policies, share)
	count(_unmeasured_of(door, policies)) == 0
} else := "unmeasured" if {
	_all_tight(door, policies, share)
}

_all_tight(door, policies, share) if {
	door.method != "modern"
	door.via == ["okta"]
	count(door.rules) > 0
	every named in door.rules {
		count(loose(_rule_of(named, policies), share)) == 0
	}
}

_unmeasured_of(door, policies) := union({unmeasured(_rule_of(named, policies)) | some named in door.rules})

_rule_of(named, policies) := [rule |
	some policy in policies
	policy.id == named.policy
	some rule in policy.rules
	rule.index == named.index
][0]
