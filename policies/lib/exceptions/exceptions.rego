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
	"everyone": "it is for everyone",
	"people_unreadable": "whom it is for cannot be read",
	"anywhere": "it admits any network",
	"outside_zones": "it names the networks that it does not admit",
	"network_unreadable": "its network condition cannot be read",
	"zone_inactive": "it names a zone that is switched off",
	"zone_missing": "it names a zone that does not exist",
	"everywhere": "its zones cover much of the internet",
	"country": "it names a zone that is a whole country",
	"provider": "it names a zone that goes by provider",
	"no_limit": "it names a zone that limits nothing",
	"exchange_online": "it names a zone that holds Exchange Online's own addresses",
}

# METADATA
# description: What makes a rule's limits no confinement, for people. A rule that names nothing is not confined.
loose(rule, share) := sort(_words_of(rule) | _large(rule, share))

_words_of(rule) := {object.get(_words, key, key) | some key in rule.exception.unconfined} if {
	rule.exception
} else := {"no rule limits it"}

_large(rule, share) := {sprintf("its group '%s' has %d members, a larger share of the app's users than is allowed", [group.name, group.members]) |
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
#   Whether all who get in by a door do so by confined exceptions for legacy clients.
door_confined(door, policies, share) if {
	door.method != "modern"
	door.via == ["okta"]
	count(door.rules) > 0
	every named in door.rules {
		some policy in policies
		policy.id == named.policy
		some rule in policy.rules
		rule.index == named.index
		confined(rule, share)
	}
}
