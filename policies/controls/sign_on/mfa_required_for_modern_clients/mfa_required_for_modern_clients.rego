# METADATA
# title: Every allowed request by a modern client needs two factors
# description: >-
#   The whitepaper's step E: the rule for web browsers and modern clients asks for
#   MFA at every sign-in, wherever it comes from and whatever platform it is on. One
#   allow rule that is content with a password, be it for the office network or for
#   the device that joins Entra, is the door that phishing looks for. The client
#   writes the headers that say what it is, so an attacker picks the weakest rule.
#
#   This control goes by what the rules decide together, first match first: a rule
#   that those above it leave nothing to lets nobody in.
#
#   What was decided where the documents are silent. Two factors are asked for by
#   factor mode 2FA; by 1FA if every alternative requires user verification (a PIN or
#   a biometric on a possession); by an authentication method chain if nobody can get
#   through it within one of Okta's factor types; and by the global session policy,
#   which stands before the app's rules. Okta says that a rule without client
#   condition asks for a password only, so such a rule is unknown even when it says
#   2FA. What identity proofing asks for is unknown, and so is what no rule certainly
#   decides. A deny rule asks for nothing, whatever factor mode it carries.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/identity-engine/authenticators/configure-authenticators.htm
#     description: About MFA authenticators and their factor types
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/identity-engine/policies/authentication-method-chain.htm
#     description: Authentication method chain
# custom:
#   id: SIGNON-003
#   severity: critical
#   step: E
#   needs: [access, okta.apps, okta.access_policy_rules]
#   optional:
#     - okta.zones
#     - okta.groups
#     - okta.app_assignments
#     - okta.sign_on_policies
#     - okta.sign_on_policy_rules
#   messages:
#     one_factor: "Rule '{rule}' (priority {priority}) of '{policy}' lets web or modern clients in without a second factor, from {from}; users with a mailbox whom it admits: {mailboxes}."
#     unmatched: "Web or modern clients that no rule of '{policy}' matches get in without a second factor, from {from}; users with a mailbox whom this admits: {mailboxes}."
#     any_client: "Rule '{rule}' (priority {priority}) of '{policy}' asks for two factors but has no client condition, and Okta asks for a password only in such a rule."
#     undecided: "Rule '{rule}' (priority {priority}) of '{policy}' may let web or modern clients in without a second factor. {message}"
#     unmatched_undecided: "Web or modern clients that no rule of '{policy}' certainly matches may get in without a second factor. {message}"
#     no_app: The Okta org has no active Office 365 app.
#   words:
#     anywhere: anywhere
#     some_addresses: some addresses
#   remediation:
#     text: >-
#       Let each allow rule name its clients and ask for two factor types, the rules
#       for trusted networks, for Entra join and for certificates included, or set
#       the rule to deny. Make sure that everybody has enrolled a second factor first.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details > the rule > Actions > Edit. Client is:
#       Web browser, Modern Authentication. Then access is: Allowed after successful
#       authentication. User must authenticate with: Any 2 factor types.
#     okta_api: |
#       GET /api/v1/policies/{policyId}/rules/{ruleId}
#       PUT /api/v1/policies/{policyId}/rules/{ruleId}
#       Send the whole rule as it was read, office365Client included, with
#       "verificationMethod": {"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT12H"}
#     undo: |
#       PUT /api/v1/policies/{policyId}/rules/{ruleId} with the rule as it was read before the change
package controls.sign_on.mfa_required_for_modern_clients

import data.lib.doors
import data.lib.okta_rules
import data.lib.rule_facts

violations contains rule_facts.violation(found, "one_factor", "unmatched") if {
	some found in _found
	found.passed.opens == "yes"
}

unknown contains rule_facts.entry(found, "undecided", "unmatched_undecided") if {
	some found in _found
	found.passed.opens != "yes"
}

# Of such a rule Okta's pages say that it asks for a password only.
unknown contains {
	"key": "any_client",
	"args": {"rule": rule.name, "priority": doors.priority(rule), "policy": policy.name},
	"resource": {"kind": "access_policy_rule", "id": rule.id, "name": rule.name},
	"at": ["okta", "access_policy_rules", policy.id, rule.index],
} if {
	some policy in input.access.policies
	some rule in policy.rules
	rule.any_client == true
	rule.access != "DENY"
	rule.reached != "no"
	rule.others.opens == "no"
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_found := rule_facts.found(input.access.policies, "others")
