# METADATA
# title: Every allow rule names the clients it is for
# description: >-
#   Any client is Okta's default in a new rule of the Office 365 app, and it includes
#   legacy clients. The whitepaper has the allow rule name web browsers and modern
#   authentication. A rule that lost its client condition looks the same in a list of
#   names and admits POP and IMAP: Terraform's Okta provider before 6.14.0 cleared the
#   condition with every update it made.
#
#   What was decided where the documents are silent. Every active allow rule counts,
#   reachable or not, because a rule moves up as soon as the one above it goes. A
#   condition that is an empty list or excludes clients is in no documentation and
#   unknown. The catch-all cannot have a client condition, so it has to deny.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
#   - ref: https://github.com/okta/terraform-provider-okta/issues/1387
#     description: Updating a rule by Terraform clears the client condition
# custom:
#   id: SIGNON-005
#   severity: medium
#   step: E
#   needs: [okta.apps, okta.access_policy_rules]
#   messages:
#     any_client: "Rule '{rule}' (priority {priority}) of '{apps}' allows access and has no client condition: it is for legacy clients too."
#     catch_all: "The catch-all rule '{rule}' of '{apps}' allows access, and it is for every client that no other rule takes."
#     undecided: "Whether rule '{rule}' (priority {priority}) of '{apps}' allows any client in cannot be read."
#     rules_not_read: "The rules of the Office 365 app '{app}' are not in the snapshot down to the catch-all rule."
#     no_app: The Okta org has no active Office 365 app.
#   remediation:
#     text: >-
#       Let each allow rule name web browsers and modern authentication, and rules for
#       Entra join or certificates those clients. Set the catch-all to deny. Where
#       Terraform keeps the rules, use provider 6.14.0 or later and set
#       office365_client_include, or the next run clears the condition again.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details > the rule > Actions > Edit. Client is:
#       One of the following clients: Web browser, Modern Authentication. For the
#       catch-all rule: Then access is: Denied.
#     okta_api: |
#       GET /api/v1/policies/{policyId}/rules/{ruleId}
#       PUT /api/v1/policies/{policyId}/rules/{ruleId}
#       Send the whole rule as it was read with
#       "conditions": {"office365Client": {"include": ["WEB", "MODERN_AUTH"]}, ...}
#       Okta does not document office365Client. Read the rule back and compare.
#     undo: |
#       PUT /api/v1/policies/{policyId}/rules/{ruleId} with the rule as it was read before the change
package controls.sign_on.no_rule_admits_any_client

import data.lib.okta_rules

violations contains okta_rules.entry("any_client", subject, {}) if {
	some subject in _allowing
	okta_rules.clients(subject.rule) == {"ANY"}
	not okta_rules.catch_all(subject.rule)
}

violations contains okta_rules.entry("catch_all", subject, {}) if {
	some subject in _allowing
	okta_rules.catch_all(subject.rule)
}

unknown contains okta_rules.entry("undecided", subject, {}) if {
	some subject in _allowing
	"UNREADABLE" in okta_rules.clients(subject.rule)
}

unknown contains okta_rules.entry("undecided", subject, {}) if {
	some subject in okta_rules.subjects(input.okta.apps, input.okta.access_policy_rules)
	not okta_rules.access(subject.rule) in {"ALLOW", "DENY"}
}

unknown contains {"key": "rules_not_read", "args": {"app": app}, "evidence": "okta.access_policy_rules"} if {
	some app in okta_rules.unread(input.okta.apps, input.okta.access_policy_rules)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_allowing contains subject if {
	some subject in okta_rules.subjects(input.okta.apps, input.okta.access_policy_rules)
	okta_rules.access(subject.rule) == "ALLOW"
}
