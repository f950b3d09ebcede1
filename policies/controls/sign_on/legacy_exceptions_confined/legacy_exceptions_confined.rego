# METADATA
# title: Exceptions for legacy clients are limited to named people and networks
# description: >-
#   Some applications cannot do modern authentication. The whitepaper gives one its
#   own group, and a rule for that group from the zone of its server. An exception is
#   that only when it names users or groups and network zones, and when the names
#   limit something.
#
#   What was decided where the documents are silent. Everyone, and a group with more
#   than the declared share of the users assigned to the app, is not a named group; a
#   group with one member names that member. What each exception may be, all of them
#   together may not exceed: those that are small enough alone are added up, and whoever
#   is in two groups counts once. Only as many people as there are exceptions are never
#   too many, since each may name somebody. A zone that is switched off or missing, a
#   whole country, a provider, zones that cover much of the internet, and a zone with
#   Exchange Online's own addresses confine nothing, because legacy requests reach
#   Okta through Microsoft. Device trust alone confines nothing either: a legacy
#   client shows no device. A group that a rule fills is listed, because whoever can
#   change a profile can join it. A rule that no legacy request gets past is no
#   exception.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
# custom:
#   id: SIGNON-004
#   severity: high
#   step: E
#   needs: [access, okta.apps, okta.access_policy_rules]
#   optional: [okta.zones, okta.groups, okta.group_rules, okta.app_assignments]
#   messages:
#     loose: "Rule '{rule}' (priority {priority}) of '{policy}' lets legacy clients in and is not confined: {why}."
#     undecided: "Rule '{rule}' (priority {priority}) of '{policy}' is not confined ({why}) and may let legacy clients in. {message}"
#     unmeasured: "Rule '{rule}' (priority {priority}) of '{policy}' lets legacy clients in, and it is not known how many people it is for, alone or with the other exceptions."
#     filled: "The group '{group}', which rule '{rule}' (priority {priority}) of '{policy}' excepts, is filled by: {by}."
#     large: "The group '{group}', which rule '{rule}' (priority {priority}) of '{policy}' excepts, has so many members: {size}."
#     no_app: The Okta org has no active Office 365 app.
#   words:
#     everyone: it is for everyone
#     people_unreadable: whom it is for cannot be read
#     anywhere: it admits any network
#     outside_zones: it names the networks that it does not admit
#     network_unreadable: its network condition cannot be read
#     zone_inactive: it names a zone that is switched off
#     zone_missing: it names a zone that does not exist
#     everywhere: its zones cover much of the internet
#     country: it names a zone that is a whole country
#     provider: it names a zone that goes by provider
#     no_limit: it names a zone that limits nothing
#     exchange_online: it names a zone that holds Exchange Online's own addresses
#     no_rule: no rule limits it
#     together: the exceptions are each small enough, and together for a larger share of the app's users than is allowed
#     large_group: it names a group that is a larger share of the app's users than is allowed
#   remediation:
#     text: >-
#       Give each application that needs basic authentication a group of its own with
#       its service account alone, filled by hand, and limit the rule to that group and
#       to a network zone with the server's addresses. Better: move the application to
#       modern authentication and remove the rule.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details. In the rule, User's group membership
#       includes: the application's group. User's IP is: In any of the following
#       zones: the server's zone.
package controls.sign_on.legacy_exceptions_confined

import data.lib.doors
import data.lib.exceptions
import data.lib.okta_rules

violations contains object.union(_entry(found, "loose", {"why": found.loose}), {"steps": found.rule.legacy.steps}) if {
	some found in _found
	found.rule.legacy.opens == "yes"
	count(found.loose) > 0
}

unknown contains _entry(found, "undecided", {"why": found.loose, "message": doors.texts(found.rule.legacy.reasons)}) if {
	some found in _found
	found.rule.legacy.opens == "maybe"
	count(found.loose) > 0
}

unknown contains _entry(found, "unmeasured", {}) if {
	some found in _found
	count(found.loose) == 0
	not found.measured
}

notes contains _entry(found, "filled", {"group": group.name, "by": group.filled_by}) if {
	some found in _found
	some group in found.rule.exception.groups
	count(group.filled_by) > 0
}

notes contains _entry(found, "large", {"group": group.name, "size": group.members}) if {
	some found in _found
	some group in exceptions.large(found.rule, input.config.legacy_exception_share)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_found contains object.union({"policy": policy, "rule": rule}, _judgements[policy.id][rule.index]) if {
	some policy in input.access.policies
	some rule in policy.rules
	rule.legacy.opens != "no"
}

_judgements := exceptions.judged(input.access.policies, input.config.legacy_exception_share)

_entry(found, key, more) := {
	"key": key,
	"args": object.union(more, {
		"rule": found.rule.name,
		"priority": doors.priority(found.rule),
		"policy": found.policy.name,
	}),
	"resource": {"kind": "access_policy_rule", "id": found.rule.id, "name": found.rule.name},
	"at": ["okta", "access_policy_rules", found.policy.id, found.rule.index],
}
