# METADATA
# title: Users are asked for MFA again within the limit
# description: >-
#   The whitepaper's step E lets the sensitivity of users and groups decide how often
#   the factor is asked for: at every sign-in or session for important people. A rule
#   that asks once in five years (Okta's PT43800H, never while the session lives) is a
#   rule that a stolen session outlives.
#
#   What was decided where the documents are silent. Each allow rule that a client
#   other than a legacy one can reach counts. The longest interval that is in force
#   decides: a constraint's or a chain's own goes before the method's, and the
#   method's still acts on the other factor. The inactivity period and Okta's global
#   session can only ask sooner and are not looked at. Okta does not say what holds
#   when the interval is absent: unknown. Years and months have no fixed length and
#   are not read. A rule is for a sensitive group if it is for everybody or names the
#   group, unless a rule above it takes the whole group; a rule for other people may
#   be for some of its members too, which a list of rules cannot tell.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Security/healthinsight/change-reauthentication.htm
#     description: Change the authentication frequency
#   - ref: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/
#     description: Policy API, reauthenticateIn
# custom:
#   id: SIGNON-007
#   severity: medium
#   step: E
#   needs: [okta.apps, okta.access_policy_rules]
#   optional: [okta.groups]
#   messages:
#     too_long: "Rule '{rule}' (priority {priority}) of '{apps}' asks again after {interval}, the limit is {limit} hours."
#     too_long_for_sensitive: "Rule '{rule}' (priority {priority}) of '{apps}' is for a sensitive group and asks again after {interval}, the limit for such groups is {limit} hours."
#     not_set: "Rule '{rule}' (priority {priority}) of '{apps}' does not say when it asks again."
#     unreadable: "Rule '{rule}' (priority {priority}) of '{apps}' has an interval that cannot be read: '{interval}'."
#     sensitive_undecided: "Rule '{rule}' (priority {priority}) of '{apps}' asks again after {interval}; whether it is for members of a sensitive group, whose limit is {limit} hours, cannot be decided."
#     rules_not_read: "The rules of the Office 365 app '{app}' are not in the snapshot down to the catch-all rule."
#     no_app: The Okta org has no active Office 365 app.
#   remediation:
#     text: >-
#       Shorten the interval of the listed rules, and put a rule of its own with a
#       shorter one for sensitive groups above the rule for everybody. The limits
#       stand in postern.yaml.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > User
#       authentication > View policy details > the rule > Actions > Edit. Prompt for
#       authentication: When it's been over a specified length of time since the user
#       signed in to any resource protected by the active Okta global session, 12
#       hours; or Every time user signs in to resource.
#     okta_api: |
#       GET /api/v1/policies/{policyId}/rules/{ruleId}
#       PUT /api/v1/policies/{policyId}/rules/{ruleId}
#       Send the whole rule as it was read, office365Client included, with
#       "verificationMethod": {..., "reauthenticateIn": "PT12H"}; PT0S asks every time.
#     undo: |
#       PUT /api/v1/policies/{policyId}/rules/{ruleId} with the rule as it was read before the change
package controls.sign_on.mfa_prompt_is_fresh

import data.lib.durations
import data.lib.okta_rules
import data.lib.verification

violations contains okta_rules.entry("too_long", subject, {"interval": subject.longest.text, "limit": _limit}) if {
	some subject in _subjects
	subject.longest.seconds > durations.hours(_limit)
}

violations contains okta_rules.entry("too_long_for_sensitive", subject, _strictly(subject)) if {
	some subject in _between
	okta_rules.reach(subject, input.config.sensitive_groups, okta_rules.known_groups(_groups)) == "yes"
}

unknown contains okta_rules.entry("sensitive_undecided", subject, _strictly(subject)) if {
	some subject in _between
	okta_rules.reach(subject, input.config.sensitive_groups, okta_rules.known_groups(_groups)) == "maybe"
}

unknown contains okta_rules.entry("not_set", subject, {}) if {
	some subject in _subjects
	"" in subject.intervals
}

unknown contains okta_rules.entry("unreadable", subject, {"interval": text}) if {
	some subject in _subjects
	some text in (subject.intervals - {""})
	not durations.iso(text)
}

unknown contains {"key": "rules_not_read", "args": {"app": app}, "evidence": "okta.access_policy_rules"} if {
	some app in okta_rules.unread(input.okta.apps, input.okta.access_policy_rules)
}

not_applicable contains {"key": "no_app", "args": {}} if count(okta_rules.active_apps(input.okta.apps)) == 0

_limit := input.config.reauthentication_hours
_strict := min([_limit, input.config.sensitive_reauthentication_hours])

default _groups := []

_groups := input.okta.groups

_subjects contains object.union(subject, {"intervals": verification.intervals(method), "longest": verification.longest(method)}) if {
	some subject in okta_rules.subjects(input.okta.apps, input.okta.access_policy_rules)
	okta_rules.access(subject.rule) != "DENY"
	count(okta_rules.reaching(subject) - {"ACTIVE_SYNC"}) > 0
	method := okta_rules.verification(subject.rule)
}

# Within the limit for everybody, beyond that for sensitive groups.
_between contains subject if {
	some subject in _subjects
	subject.longest.seconds <= durations.hours(_limit)
	subject.longest.seconds > durations.hours(_strict)
}

_strictly(subject) := {"interval": subject.longest.text, "limit": _strict}
