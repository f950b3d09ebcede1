# METADATA
# title: How to read the rules of an Okta app sign-in policy
# description: >-
#   An app points at its policy by _links.accessPolicy; names prove nothing. The
#   lowest priority number is asked first, the catch-all last, the first rule that
#   matches decides, and an inactive rule is never asked. A condition that is
#   absent, null or empty limits nothing; conditions null is a rule for everything.
package lib.okta_rules

import data.lib.names

# METADATA
# description: >-
#   The app instances that take requests. One whose status is not known to be off
#   is on, so that a missing field never hides an app.
active_apps(apps) := [app | some app in apps; not _off(app)]

_off(app) if app.status in {"INACTIVE", "DELETED"}

# METADATA
# description: The app's name for people.
label(app) := names.first(app, ["label", "id"])

# METADATA
# description: The id of the policy that decides for the app, the last segment of its link.
policy_id(app) := id if {
	href := app._links.accessPolicy.href
	is_string(href)
	parts := split(trim_suffix(split(href, "?")[0], "/"), "/")
	id := parts[count(parts) - 1]
	id != ""
}

# METADATA
# description: >-
#   Every rule that can decide for an active app, once a policy even where apps
#   share it: {policy, apps, index, rule, rules}. rules are all active rules of
#   the policy, index is the rule's place in the policy's list.
subjects(apps, by_policy) := {subject |
	some policy, labels in _policies(apps)
	rules := _active(by_policy[policy])
	some i, rule in by_policy[policy]
	rule in rules
	subject := {"policy": policy, "apps": labels, "index": i, "rule": rule, "rules": rules}
}

_policies(apps) := {policy: labels |
	some app in active_apps(apps)
	policy := policy_id(app)
	labels := sort({label(other) | some other in active_apps(apps); policy_id(other) == policy})
}

_active(rules) := {rule | some rule in rules; not rule.status == "INACTIVE"}

# METADATA
# description: >-
#   Names of the active apps whose rules are not all there: no link to a policy, no
#   rules of that policy, or no catch-all, which every list of rules ends with.
unread(apps, by_policy) := {label(app) |
	some app in active_apps(apps)
	not _read(app, by_policy)
}

_read(app, by_policy) if {
	some rule in by_policy[policy_id(app)]
	_unconditional(rule)
}

# METADATA
# description: An entry about the subject's rule, with the arguments that every sentence about a rule can use.
entry(key, subject, args) := {
	"key": key,
	"args": object.union({"rule": name(subject.rule), "priority": priority(subject.rule), "apps": subject.apps}, args),
	"resource": {"kind": "okta_access_rule", "id": object.get(subject.rule, "id", ""), "name": name(subject.rule)},
	"at": ["okta", "access_policy_rules", subject.policy, subject.index],
}

# METADATA
# description: The rule's name for people.
name(rule) := names.first(rule, ["name", "id"])

# METADATA
# description: The rule's priority for people.
priority(rule) := rule.priority if is_number(rule.priority)

else := "-"

# METADATA
# description: Whether Okta asks the first rule before the second.
above(first, second) if _rank(first) < _rank(second)

# The catch-all carries a number like any rule (99 in recordings) but is last
# whatever that says.
_rank(rule) := [1, 0] if catch_all(rule)

_rank(rule) := [0, rule.priority] if {
	not catch_all(rule)
	is_number(rule.priority)
}

# METADATA
# description: Whether the rule is the one that Okta keeps at the end of the list.
catch_all(rule) if {
	rule.system == true
	_unconditional(rule)
}

# Whether the rule matches every request.
_unconditional(rule) if {
	count(narrowings(rule)) == 0
	clients(rule) == {"ANY"}
}

# METADATA
# description: What the rule does, ALLOW, DENY or whatever else Okta wrote.
access(rule) := rule.actions.appSignOn.access if is_string(rule.actions.appSignOn.access)

else := "unknown"

# METADATA
# description: How the rule wants the user verified, an empty object if it does not say.
verification(rule) := rule.actions.appSignOn.verificationMethod if {
	is_object(rule.actions.appSignOn.verificationMethod)
}

else := {}

# METADATA
# description: >-
#   The kinds of client the rule is for. {"ANY"} is Okta's default, every kind,
#   legacy ones included. "UNREADABLE" stands for a condition that is there in a
#   form that Okta does not document: an empty list, an exclusion.
clients(rule) := {"ANY"} if {
	object.get(_conditions(rule), "office365Client", null) == null
}

else := {_client(value) | some value in listed(rule, "office365Client", "include")} if {
	count(listed(rule, "office365Client", "include")) > 0
	count(listed(rule, "office365Client", "exclude")) == 0
}

else := {"UNREADABLE"}

# Both names of one kind occur in Okta's own sources.
_client("EXCHANGE_ACTIVE_SYNC") := "ACTIVE_SYNC"

_client(value) := value if value != "EXCHANGE_ACTIVE_SYNC"

# METADATA
# description: The kinds of client that Okta names in a rule's condition.
known_clients := {"WEB", "MODERN_AUTH", "ACTIVE_SYNC", "AAD_JOIN", "CERT_BASED_AUTH"}

# METADATA
# description: Whether the rule is for clients of this kind.
admits(rule, client) if count(clients(rule) & {"ANY", client}) > 0

# The kinds in the rule's condition that nobody has explained.
_odd_clients(rule) := clients(rule) - (known_clients | {"ANY"})

# METADATA
# description: >-
#   The kinds of client whose requests can get as far as the subject's rule: those
#   it is for, without those that an unlimited rule above it takes all of. OTHER
#   stands for clients that Okta has no name for.
reaching(subject) := {client |
	some client in ((known_clients | {"OTHER"}) | _odd_clients(subject.rule))
	admits(subject.rule, client)
	not _taken(subject, client)
}

_taken(subject, client) if {
	some other in subject.rules
	above(other, subject.rule)
	_clear(other)
	count(narrowings(other)) == 0
	admits(other, client)
}

# Whether all of the rule is understood.
_clear(rule) if {
	rule.status == "ACTIVE"
	access(rule) in {"ALLOW", "DENY"}
	_rank(rule)
	count(_odd_clients(rule)) == 0
}

# METADATA
# description: >-
#   The rule's conditions, client type apart, that let it match fewer requests, by
#   Okta's names. A condition that Okta has not documented limits unless it is empty.
narrowings(rule) := {condition |
	some condition, value in _conditions(rule)
	condition != "office365Client"
	_narrows(condition, value)
}

_conditions(rule) := rule.conditions if is_object(rule.conditions)

else := {}

# METADATA
# description: One condition of the rule, an empty object if it has none of that name.
condition(rule, wanted) := value if {
	value := _conditions(rule)[wanted]
	is_object(value)
}

else := {}

_narrows("people", value) if _lists_something(value)

_narrows("userType", value) if _lists_something(value)

_narrows("network", value) if {
	_filled(value)
	not value.connection == "ANYWHERE"
}

_narrows("platform", value) if {
	count(_list(value, "include")) > 0
	not _any_platform(value)
}

_narrows("platform", value) if count(_list(value, "exclude")) > 0

_narrows("device", value) if _lists_something(value)

_narrows("device", value) if {
	some answer in value
	is_boolean(answer)
}

_narrows("riskScore", value) if {
	_filled(value)
	not value.level == "ANY"
}

_narrows("elCondition", value) if {
	is_string(value.condition)
	trim_space(value.condition) != ""
}

_narrows(condition, value) if {
	not condition in {"people", "userType", "network", "platform", "device", "riskScore", "elCondition"}
	_filled(value)
}

_filled(value) if not _empty(value)

_empty(value) if json.marshal(value) in {"null", "{}", "[]"}

_lists_something(value) if {
	walk(value, [_, inner])
	is_array(inner)
	count(inner) > 0
}

_any_platform(value) if {
	some platform in value.include
	platform.type == "ANY"
	object.get(platform, ["os", "type"], "ANY") == "ANY"
}

_list(value, field) := value[field] if is_array(value[field])

else := []

# METADATA
# description: >-
#   Whom the rule is for: {groups, users, without_groups, without_users}, sets of
#   ids. Empty groups and users mean everybody who is assigned to the app.
people(rule) := {
	"groups": _set(_people(rule, "groups"), "include"),
	"users": _set(_people(rule, "users"), "include"),
	"without_groups": _set(_people(rule, "groups"), "exclude"),
	"without_users": _set(_people(rule, "users"), "exclude"),
}

_people(rule, part) := object.get(condition(rule, "people"), part, {})

# METADATA
# description: The values that a condition includes or excludes, as a set.
listed(rule, wanted, field) := _set(condition(rule, wanted), field)

_set(value, field) := {item | some item in _list(value, field)}

# METADATA
# description: >-
#   What is known of the groups that rules name: {everyone, named}, sets of ids.
#   Okta's built-in group Everyone holds all users; Okta has other built-in groups.
known_groups(list) := {
	"everyone": {group.id | some group in list; _is_everyone(group)},
	"named": {group.id | some group in list; not _is_everyone(group)},
}

_is_everyone(group) if {
	group.type == "BUILT_IN"
	group.profile.name == "Everyone"
}

# METADATA
# description: >-
#   Whether the subject's rule can be the one that decides for members of any of the
#   groups: yes, no, or maybe, because a rule for other people can be for them too.
#   known is known_groups.
reach(subject, groups, known) := "yes" if {
	"yes" in {_group_reach(subject, group, known) | some group in groups}
} else := "maybe" if {
	"maybe" in {_group_reach(subject, group, known) | some group in groups}
} else := "no"

_group_reach(subject, group, groups) := "no" if {
	_excludes(subject, group)
} else := "yes" if {
	_is_for(people(subject.rule), group, groups)
} else := "maybe"

_excludes(subject, group) if group in people(subject.rule).without_groups

_excludes(subject, group) if {
	some other in subject.rules
	above(other, subject.rule)
	_clear(other)
	narrowings(other) == {"people"}
	people(other) == {"groups": people(other).groups, "users": set(), "without_groups": set(), "without_users": set()}
	group in people(other).groups
	every client in reaching(subject) {
		admits(other, client)
	}
}

_is_for(people, _, _) if count(people.groups | people.users) == 0

_is_for(people, group, groups) if {
	count(people.users) == 0
	count(people.groups & (groups.everyone | {group})) > 0
}
