# METADATA
# title: Every rule of Okta's sign-on policy can match
# description: >-
#   Okta asks the rules from the top and lets the first that matches decide. A rule
#   that those above it leave nothing to is dead: it hides what its author meant, and
#   a dead rule that denies looks like a lock.
#
#   What was decided where the documents are silent. Only a rule that certainly never
#   matches counts, for anybody, from anywhere, on any device. An inactive rule is not
#   asked and does not count. A rule without a client condition takes every kind of
#   client, as Okta's default says, whatever it then asks of them. A client condition
#   or an expression that nobody can decide takes nothing for certain. Okta's own
#   catch-all rule cannot be removed, so a dead one is listed.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
# custom:
#   id: SIGNON-006
#   severity: low
#   step: E
#   needs: [access, okta.apps, okta.access_policy_rules]
#   optional: [okta.zones, okta.groups]
#   messages:
#     dead: "Rule '{rule}' (priority {priority}) of '{policy}' never matches: everything it could match is taken by {above}."
#     dead_alone: "Rule '{rule}' (priority {priority}) of '{policy}' never matches: no request meets its conditions, as with a zone that has no addresses or is blocked."
#     dead_catch_all: "The catch-all rule '{rule}' of '{policy}' never matches: everything is taken by {above}."
#     undecided: "Whether rule '{rule}' (priority {priority}) of '{policy}' can match cannot be told."
#     unread: "Not all rules of '{policy}' could be read. {message}"
#     no_app: The Okta org has no active Office 365 app.
#   remediation:
#     text: >-
#       Decide what the rule was meant to do. Move it above the rules that take its
#       requests, narrow those, or remove it.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details. Drag the rule to its place.
package controls.sign_on.every_rule_can_match

import data.lib.doors
import data.lib.okta_rules

violations contains _entry(found, _case(found.rule)) if {
	some found in _found
	found.rule.reached == "no"
	found.rule.system != true
}

notes contains _entry(found, "dead_catch_all") if {
	some found in _found
	found.rule.reached == "no"
	found.rule.system == true
}

unknown contains _entry(found, "undecided") if {
	some found in _found
	not found.rule.reached in {"yes", "no"}
}

unknown contains {
	"key": "unread",
	"args": {"policy": policy.name, "message": policy.unreadable.text},
	"resource": {"kind": "access_policy", "id": policy.id, "name": policy.name},
	"at": ["okta", "access_policy_rules", policy.id],
} if {
	some policy in input.access.policies
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_found contains {"policy": policy, "rule": rule} if {
	some policy in input.access.policies
	some rule in policy.rules
	rule.rank >= 0
}

_case(rule) := "dead" if {
	count(rule.shadowed_by) > 0
} else := "dead_alone"

_entry(found, key) := {
	"key": key,
	"args": {
		"rule": found.rule.name,
		"priority": doors.priority(found.rule),
		"policy": found.policy.name,
		"above": [doors.rule_name(rule) | some rule in found.policy.rules; rule.index in found.rule.shadowed_by],
	},
	"resource": {"kind": "access_policy_rule", "id": found.rule.id, "name": found.rule.name},
	"at": ["okta", "access_policy_rules", found.policy.id, found.rule.index],
}
