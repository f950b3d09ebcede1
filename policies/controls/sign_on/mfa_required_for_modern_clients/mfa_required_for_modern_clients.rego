# METADATA
# title: Every allowed request by a modern client needs two factors
# description: >-
#   The whitepaper's step E: the rule for web browsers and modern clients asks for
#   MFA at every sign-in, wherever it comes from and whatever platform it is on. One
#   allow rule that is content with a password, be it for the office network or for
#   the device that joins Entra, is the door that phishing looks for. The client
#   writes the headers that say what it is, so an attacker picks the weakest rule.
#
#   What was decided where the documents are silent. Every allow rule counts that
#   some client other than a legacy one can reach, the catch-all included. Two
#   factors are asked for by factor mode 2FA; by 1FA if every alternative requires
#   user verification (a PIN or a biometric on a possession); by an authentication
#   method chain if nobody can get through it within one of Okta's factor types.
#   Okta says that a rule without client condition asks for a password only, so such
#   a rule is unknown even when it says 2FA. What identity proofing asks for is
#   unknown. A deny rule asks for nothing, whatever factor mode it carries.
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
#   needs: [okta.apps, okta.access_policy_rules]
#   messages:
#     one_factor: "Rule '{rule}' (priority {priority}) of '{apps}' lets modern clients in with one factor."
#     chain_one_factor: "Rule '{rule}' (priority {priority}) of '{apps}' has an authentication method chain that one factor type is enough for."
#     any_client: "Rule '{rule}' (priority {priority}) of '{apps}' asks for two factors but has no client condition, and Okta asks for a password only in such a rule."
#     id_proofing: "Rule '{rule}' (priority {priority}) of '{apps}' verifies users by identity proofing; how many factors that is cannot be told."
#     unread: "What rule '{rule}' (priority {priority}) of '{apps}' asks of users cannot be read."
#     undecided: "Whether rule '{rule}' (priority {priority}) of '{apps}' lets modern clients in with one factor cannot be decided because of {why}."
#     rules_not_read: "The rules of the Office 365 app '{app}' are not in the snapshot down to the catch-all rule."
#     no_app: The Okta org has no active Office 365 app.
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

import data.lib.okta_rules
import data.lib.verification

violations contains okta_rules.entry(subject.verdict.reason, subject, {}) if {
	some subject in _subjects
	subject.verdict.answer == "no"
	_certain(subject)
}

unknown contains okta_rules.entry("undecided", subject, {"why": sort(okta_rules.doubts(subject.rule))}) if {
	some subject in _subjects
	subject.verdict.answer == "no"
	not _certain(subject)
}

unknown contains okta_rules.entry(subject.verdict.reason, subject, {}) if {
	some subject in _subjects
	subject.verdict.answer == "unknown"
}

unknown contains okta_rules.entry("any_client", subject, {}) if {
	some subject in _subjects
	subject.verdict.answer == "yes"
	okta_rules.clients(subject.rule) == {"ANY"}
}

unknown contains {"key": "rules_not_read", "args": {"app": app}, "evidence": "okta.access_policy_rules"} if {
	some app in okta_rules.unread(input.okta.apps, input.okta.access_policy_rules)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

# The rules that let in some client other than a legacy one.
_subjects contains object.union(subject, {"verdict": verdict, "modern": modern}) if {
	some subject in okta_rules.subjects(input.okta.apps, input.okta.access_policy_rules)
	okta_rules.access(subject.rule) != "DENY"
	modern := okta_rules.reaching(subject) - {"ACTIVE_SYNC"}
	count(modern) > 0
	verdict := verification.two_factors(okta_rules.verification(subject.rule))
}

# A rule for a client type that nobody knows may be for legacy clients only.
_certain(subject) if {
	okta_rules.access(subject.rule) == "ALLOW"
	subject.rule.status == "ACTIVE"
	count(subject.modern - okta_rules.odd_clients(subject.rule)) > 0
}
