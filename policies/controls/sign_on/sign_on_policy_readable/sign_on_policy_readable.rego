# METADATA
# title: The Office 365 sign-on rules could be read
# description: >-
#   The whitepaper's step E lives in the app's sign-on policy. On an Identity Engine
#   org the rules can be read by API. On a Classic Engine org no public API has them:
#   every control that judges them is unknown there, which is not the same as open,
#   and somebody has to look. What they saw can be attested, with an end: then this
#   control passes, and every result that rests on it says so. It never fails.
# related_resources:
#   - ref: https://developer.okta.com/docs/guides/oie-intro/main/
#     description: Identity Engine and Classic Engine
#   - ref: https://help.okta.com/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options of Classic Engine
# custom:
#   id: SIGNON-010
#   severity: info
#   step: E
#   evidence_only: true
#   needs: [okta.organization, okta.apps]
#   optional: [okta.access_policy_rules]
#   messages:
#     classic: "No API shows the sign-on rules of a Classic Engine org, and no attestation counts. The reason: {message}"
#     engine: "The org does not say which engine it runs (pipeline '{pipeline}')."
#     rules_not_read: "The rules of the Office 365 app '{app}' are not in the snapshot down to the catch-all rule."
#     no_app: The Okta org has no active Office 365 app.
#   words:
#     not_set: not set
#   remediation:
#     text: >-
#       Identity Engine: give the collector's token the scopes okta.policies.read and
#       okta.apps.read and a role that sees policies. Classic Engine: have two people
#       open the app's sign-on rules and compare them with step E: in order of
#       priority, for each rule its people, location, client, platforms, device trust,
#       access and factor. Keep the screenshots in the change record, and write what
#       they saw into an attestation file (check --attestation FILE) that says who
#       looked, when, where the proof is, and when it expires, 90 days later at best;
#       look again then and after every change. Upgrading to Identity Engine ends this.
#     okta_console: >-
#       Classic Engine: Applications > Applications > Microsoft Office 365 > Sign On >
#       Sign On Policy. Identity Engine: Applications > Applications > Microsoft Office
#       365 > Sign On > User authentication > View policy details.
#     okta_api: |
#       GET /.well-known/okta-organization
#       GET /api/v1/apps?filter=name eq "office365"
#       GET /api/v1/policies/{policyId}/rules
package controls.sign_on.sign_on_policy_readable

import data.lib.okta_rules

unknown contains {"key": "classic", "args": {}, "evidence": "okta.access_policy_rules"} if {
	_pipeline == "v1"
	count(okta_rules.unread(input.okta.apps, _rules)) > 0
}

unknown contains {"key": "engine", "args": {"pipeline": _pipeline}} if not _pipeline in {"idx", "v1"}

unknown contains {"key": "rules_not_read", "args": {"app": app}, "evidence": "okta.access_policy_rules"} if {
	_pipeline != "v1"
	some app in okta_rules.unread(input.okta.apps, _rules)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_pipeline := input.okta.organization.pipeline if is_string(input.okta.organization.pipeline)

else := "word:not_set"

default _rules := {}

_rules := input.okta.access_policy_rules
