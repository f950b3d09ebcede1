# METADATA
# title: Conditional Access, as far as it closes a door for everybody
# description: >-
#   A policy applies to a piece of four dimensions: users, applications, platforms
#   and locations. In each it takes in everything, or only what it lists, and then
#   leaves out what it excludes. Every other condition (risk, device, flow, and
#   any that is not known here) narrows it in a way that is not weighed: such a
#   policy counts for nothing, which can never make an open door look shut.
package lib.conditional_access

# METADATA
# description: Whether the policy is in force; report-only is not.
enabled(policy) if policy.state == "enabled"

# METADATA
# description: Whether the policy is asked about sign-ins of the client type.
addresses(policy, client) if {
	some type in policy.conditions.clientAppTypes
	type in {client, "all"}
}

# METADATA
# description: >-
#   What a policy applies to, by dimension: all says that it takes in everything,
#   in what it lists, out what it leaves out, as {kind, id}.
scope(policy) := {
	"users": _side(_users(policy, "include"), _users(policy, "exclude"), {"All"}),
	"applications": _side(
		_tokens(policy, ["applications", "includeApplications"], "application"),
		_tokens(policy, ["applications", "excludeApplications"], "application"),
		{"All"},
	),
	"platforms": _unless_set(
		_tokens(policy, ["platforms", "includePlatforms"], "platform"),
		_tokens(policy, ["platforms", "excludePlatforms"], "platform"),
		{"all"},
	),
	"locations": _unless_set(
		_tokens(policy, ["locations", "includeLocations"], "location"),
		_tokens(policy, ["locations", "excludeLocations"], "location"),
		{"All"},
	),
}

_side(include, exclude, everything) := {
	"all": count({token | some token in include; token.id in everything}) > 0,
	"in": include,
	"out": exclude,
}

# A condition on platforms or locations that is not set takes in everything.
_unless_set(include, exclude, everything) := _side(include, exclude, everything) if {
	count(include) > 0
} else := {"all": true, "in": set(), "out": exclude}

_users(policy, verb) := union({
	_tokens(policy, ["users", concat("", [verb, "Users"])], "user"),
	_tokens(policy, ["users", concat("", [verb, "Groups"])], "group"),
	_tokens(policy, ["users", concat("", [verb, "Roles"])], "role"),
	_guests(policy, concat("", [verb, "GuestsOrExternalUsers"])),
})

# Which guests is an object; two exclusions are the same when the objects are.
_guests(policy, field) := {{"kind": "guests", "id": json.marshal(guests)} |
	guests := object.get(policy, ["conditions", "users", field], null)
	_says(guests)
}

_tokens(policy, path, kind) := {{"kind": kind, "id": id} |
	some id in object.get(policy, array.concat(["conditions"], path), [])
}

# METADATA
# description: >-
#   The conditions of a policy that narrow it beyond its scope, by the names of
#   their fields.
narrowings(policy) := {name |
	some name, value in policy.conditions
	not name in {"clientAppTypes", "applications", "users", "platforms", "locations"}
	not contains(name, "@")
	_says(value)
} | {name |
	some name, value in policy.conditions.applications
	not name in {"includeApplications", "excludeApplications"}
	not contains(name, "@")
	_says(value)
}

# Whether a condition holds anything: Graph writes one that is not set as null, as
# an empty list or as an object of such.
_says(value) if {
	walk(value, [path, leaf])
	is_string(leaf)
	leaf != ""
	not _annotates(path)
}

_says(value) if {
	walk(value, [_, leaf])
	is_number(leaf)
}

_says(value) if {
	walk(value, [_, true])
}

_annotates(path) if {
	some step in path
	is_string(step)
	contains(step, "@")
}

# METADATA
# description: >-
#   What keeps a policy from applying to everybody, everywhere: the dimensions
#   that it does not take in whole, and the conditions that narrow it.
limits(policy) := sort(narrowings(policy) | {dimension |
	some dimension, side in scope(policy)
	not side.all
})
