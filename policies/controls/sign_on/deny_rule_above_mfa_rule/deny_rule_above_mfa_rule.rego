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
#   What was decided where the documents are silent. A rule without client condition
#   is for legacy clients too. A denial limited to some people, networks, platforms,
#   devices or risks does not cover an allow rule for more than that. A custom
#   expression, a client type or a condition that Okta has not documented, users and
#   groups named in one rule, a group whose members may or may not be in another, and
#   several denials that only together may be enough are undecided here. An allow
#   rule for named users or groups and named network zones is the exception that the
#   whitepaper provides for: it is listed, and how tight it is, is another control's
#   question. Okta checks the password before it asks these rules, so they do not
#   stop password spraying: the authentication policy of step D does.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
#   - ref: https://help.okta.com/en-us/Content/Topics/Apps/Office365/References/o365-default-sign-on-rules.htm
#     description: Office 365 default sign-on rules
# custom:
#   id: SIGNON-002
#   severity: high
#   step: E
#   needs: [okta.apps, okta.access_policy_rules]
#   optional: [okta.groups]
#   messages:
#     above_deny: "Rule '{rule}' (priority {priority}) of '{apps}' admits legacy clients and stands above '{deny}' (priority {deny_priority}), the rule that denies them."
#     without_deny: "Rule '{rule}' (priority {priority}) of '{apps}' admits legacy clients, and no rule denies them."
#     gap: "Rule '{rule}' (priority {priority}) of '{apps}' admits legacy clients that '{deny}' (priority {deny_priority}) above it does not deny, because that rule is limited by {why}."
#     exception: "Rule '{rule}' (priority {priority}) of '{apps}' lets legacy clients of named users or groups in from named network zones."
#     undecided: "Whether rule '{rule}' (priority {priority}) of '{apps}' admits legacy clients cannot be decided because of {why}."
#     undecided_deny: "Whether '{deny}' (priority {deny_priority}) and the denials after it cover all legacy clients that rule '{rule}' (priority {priority}) of '{apps}' admits cannot be decided because of {why}."
#     rules_not_read: "The rules of the Office 365 app '{app}' are not in the snapshot down to the catch-all rule."
#     no_app: The Okta org has no active Office 365 app.
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

import data.lib.legacy_order
import data.lib.okta_rules

violations contains _entry(judged) if {
	some judged in _judged
	judged.verdict.case in {"above_deny", "without_deny", "gap"}
}

notes contains _entry(judged) if {
	some judged in _judged
	judged.verdict.case == "exception"
}

unknown contains _entry(judged) if {
	some judged in _judged
	judged.verdict.case in {"undecided", "undecided_deny"}
}

unknown contains {"key": "rules_not_read", "args": {"app": app}, "evidence": "okta.access_policy_rules"} if {
	some app in okta_rules.unread(input.okta.apps, input.okta.access_policy_rules)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_judged contains {"subject": subject, "verdict": legacy_order.judge(subject, okta_rules.known_groups(_groups))} if {
	some subject in okta_rules.subjects(input.okta.apps, input.okta.access_policy_rules)
}

default _groups := []

_groups := input.okta.groups

_entry(judged) := okta_rules.entry(
	judged.verdict.case, judged.subject,
	object.union(_deny(judged.verdict), _why(judged.verdict)),
)

_deny(verdict) := {"deny": verdict.deny.name, "deny_priority": verdict.deny.priority} if verdict.deny

else := {}

_why(verdict) := {"why": verdict.why} if verdict.why

else := {}
