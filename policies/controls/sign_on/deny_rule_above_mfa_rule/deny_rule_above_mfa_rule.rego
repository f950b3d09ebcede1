# METADATA
# title: The rule that denies legacy clients stands above every rule that could allow them
# description: >-
#   The whitepaper's step E asks for two rules in the Office 365 app's sign-on
#   policy: one that refuses clients with basic authentication, whoever they are and
#   wherever they come from, and one that asks the others for MFA. Okta lets the
#   first rule that matches decide, so what counts is not what a rule is called but
#   what stands above it. Okta's own default layout, web and modern clients allowed
#   and everything else denied by the catch-all, closes the door as well. A legacy
#   client cannot do MFA: an allow rule that asks it for MFA is an open door.
#
#   What was decided where the documents are silent. A rule counts that truly lets a
#   legacy client in, whoever uses it: one that those above it leave nothing to does
#   not. A rule without client condition is for legacy clients too. What a custom
#   expression, a client type or a condition that Okta has not documented, users and
#   groups named in one rule, or members that were not collected make of it is
#   undecided here. An allow rule for named users or groups and named network zones
#   is the exception that the whitepaper provides for: it is listed, and how tight it
#   is, is another control's question. Okta checks the password before it asks these
#   rules, so they do not stop password spraying: the authentication policy of step D
#   does.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
#   - ref: https://help.okta.com/en-us/Content/Topics/Apps/Office365/References/o365-default-sign-on-rules.htm
#     description: Office 365 default sign-on rules
# custom:
#   id: SIGNON-002
#   severity: high
#   step: E
#   needs: [access, okta.apps, okta.access_policy_rules]
#   optional: [okta.zones, okta.groups, okta.app_assignments]
#   messages:
#     above_deny: "Rule '{rule}' (priority {priority}) of '{policy}' admits legacy clients and stands above what denies them: {denies}."
#     without_deny: "Rule '{rule}' (priority {priority}) of '{policy}' admits legacy clients, and no rule denies them."
#     gap: "Rule '{rule}' (priority {priority}) of '{policy}' admits legacy clients that the rules above it do not deny, because those are limited: {denies}."
#     exception: "Rule '{rule}' (priority {priority}) of '{policy}' lets legacy clients of named users or groups in from named network zones."
#     undecided: "Rule '{rule}' (priority {priority}) of '{policy}' may admit legacy clients. {message}"
#     unmatched: "Which rule of '{policy}' decides about legacy clients cannot be told. {message}"
#     no_app: The Okta org has no active Office 365 app.
#   words:
#     anywhere: anywhere
#     some_addresses: some addresses
#   remediation:
#     text: >-
#       Put a rule that denies Exchange ActiveSync and legacy authentication for
#       everybody, from anywhere, on every platform, above all other rules, and let
#       the rule that asks for MFA name web browsers and modern authentication only.
#       Service accounts that need basic authentication go into a group of their own:
#       exclude it from the deny rule and give it a rule limited to a network zone.
#       Look at the evidence controls first to see whom this stops.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details > Add rule. Client is: Exchange
#       ActiveSync/Legacy Auth. User is: any. User's IP: any. Device platform: any.
#       Then access is: Denied. Save, then drag the rule to priority 1.
#     okta_api: |
#       GET /api/v1/policies/{policyId}/rules
#       POST /api/v1/policies/{policyId}/rules
#       {"name": "Deny legacy authentication", "type": "ACCESS_POLICY", "priority": 0,
#        "conditions": {"office365Client": {"include": ["ACTIVE_SYNC"]}, "network": {"connection": "ANYWHERE"}},
#        "actions": {"appSignOn": {"access": "DENY"}}}
#       Okta does not document office365Client. Read the rule back and compare.
#     undo: |
#       POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate
package controls.sign_on.deny_rule_above_mfa_rule

import data.lib.exceptions
import data.lib.okta_rules
import data.lib.rule_facts

violations contains object.union(
	rule_facts.violation(found, key, key),
	{"args": {"denies": array.concat(_denials(found).below, _denials(found).above)}},
) if {
	some found in _rules
	found.passed.opens == "yes"
	not exceptions.named(found.rule)
	key := _case(_denials(found))
}

notes contains rule_facts.entry(found, "exception", "exception") if {
	some found in _rules
	exceptions.named(found.rule)
}

unknown contains rule_facts.entry(found, "undecided", "unmatched") if {
	some found in _found
	found.passed.opens != "yes"
	not exceptions.named(found.rule)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_found := rule_facts.found(input.access.policies, "legacy")

_rules contains found if {
	some found in _found
	found.rule.index >= 0
}

_denials(found) := rule_facts.denials(found.policy, found.rule)

_case(denials) := "above_deny" if {
	count(denials.below) > 0
} else := "gap" if {
	count(denials.above) > 0
} else := "without_deny"
