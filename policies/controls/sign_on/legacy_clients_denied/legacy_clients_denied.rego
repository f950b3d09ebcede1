# METADATA
# title: No legacy client gets past Okta
# description: >-
#   The whitepaper's step E refuses clients with basic authentication whoever uses
#   them and wherever they are, because they cannot be asked for MFA: an allow rule
#   that asks a legacy client for MFA is an open door. This control goes by what the
#   rules decide together, first match first, for every group of people, network,
#   platform and device, and not by what they are called. Platform and client type
#   are written by the client, so an attacker chooses them.
#
#   What was decided where the documents are silent. A rule counts if it lets anybody
#   in, also somebody whom no mailbox belongs to yet. An exception that is as tight as
#   another control asks for is listed and is no violation. A condition that nobody
#   can decide may match or not: a denial behind one is not relied upon, and an
#   allowance behind one is not ruled out. Okta has checked the password before it
#   asks its rules, so that they do not stop password spraying: the authentication
#   policy of step D does.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/References/o365-sign-on-rule-options.htm
#     description: Office 365 sign-on rule options
# custom:
#   id: SIGNON-001
#   severity: critical
#   step: E
#   needs: [access, okta.apps, okta.access_policy_rules]
#   optional: [okta.zones, okta.groups, okta.app_assignments]
#   messages:
#     admits: "Rule '{rule}' (priority {priority}) of '{policy}' lets legacy clients in with a password alone, from {from}; users with a mailbox whom it admits: {mailboxes}."
#     unmatched: "Legacy clients that no rule of '{policy}' matches get in with a password alone, from {from}; users with a mailbox whom this admits: {mailboxes}."
#     exception: "Rule '{rule}' (priority {priority}) of '{policy}' lets legacy clients of named users or groups in from named network zones; users with a mailbox whom this admits: {mailboxes}."
#     undecided: "Rule '{rule}' (priority {priority}) of '{policy}' may let legacy clients in. {message}"
#     unmatched_undecided: "Legacy clients that no rule of '{policy}' certainly matches may get in. {message}"
#     unmeasured: "Rule '{rule}' (priority {priority}) of '{policy}' lets legacy clients in, and it is not known how many people it is for, alone or with the other exceptions."
#     no_app: The Okta org has no active Office 365 app.
#   words:
#     anywhere: anywhere
#     some_addresses: some addresses
#   remediation:
#     text: >-
#       Put a rule that denies Exchange ActiveSync and legacy authentication for
#       everybody, from anywhere, on every platform, above all other rules, and let
#       the rules that allow name web browsers and modern authentication only. Look
#       at the evidence controls first to see whom this stops.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details > Add rule. Client is: Exchange
#       ActiveSync/Legacy Auth. Then access is: Denied. Drag the rule to priority 1.
#     undo: |
#       POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate
package controls.sign_on.legacy_clients_denied

import data.lib.exceptions
import data.lib.okta_rules
import data.lib.rule_facts

violations contains rule_facts.violation(found, "admits", "unmatched") if {
	some found in _found
	found.passed.opens == "yes"
	count(_judged(found).loose) > 0
}

notes contains rule_facts.entry(found, "exception", "exception") if {
	some found in _found
	exceptions.confined(_judged(found))
}

unknown contains rule_facts.entry(found, "undecided", "unmatched_undecided") if {
	some found in _found
	found.passed.opens != "yes"
	not exceptions.confined(_judged(found))
}

unknown contains rule_facts.entry(found, "unmeasured", "unmeasured") if {
	some found in _found
	found.passed.opens == "yes"
	count(_judged(found).loose) == 0
	not _judged(found).measured
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_judgements := exceptions.judged(input.access.policies, input.config.legacy_exception_share)

_judged(found) := _judgements[found.policy.id][found.rule.index]

_found := rule_facts.found(input.access.policies, "legacy")
