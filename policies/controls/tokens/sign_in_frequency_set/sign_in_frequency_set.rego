# METADATA
# title: Conditional Access makes everybody sign in again to read mail
# description: >-
#   The whitepaper's step F: a refresh token is good for 90 days and renews itself.
#   Its lifetime can no longer be configured; what limits a session today is
#   the sign-in frequency of Conditional Access. It sends a federated user back to Okta, where
#   the re-authentication interval of the rules decides whether MFA is asked for.
#
#   What was decided where the documents are silent. One policy has to do it: in
#   force, for all users, for all applications or for Office 365 or Exchange Online,
#   for browsers and apps, without further conditions, within the configured hours or
#   every time. Report-only limits nothing. Declared break-glass accounts, by their
#   id, may be left out, and guests, who have no mailbox. A frequency for the second
#   factor only counts as well.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/conditional-access/concept-session-lifetime
#     description: Adaptive session lifetime policies
#   - ref: https://learn.microsoft.com/graph/api/resources/signinfrequencysessioncontrol
#     description: signInFrequencySessionControl
# custom:
#   id: TOKEN-003
#   severity: low
#   step: F
#   needs: [access, entra.conditional_access_policies]
#   optional: [entra.named_locations]
#   messages:
#     not_limited: No Conditional Access policy makes every user sign in again to read mail within {limit} hours.
#     falls_short: "The policy '{policy}' has a sign-in frequency that does not do for everybody: {why}."
#   words:
#     report_only: it only reports
#     switched_off: it is switched off
#     too_long: its interval is too long or cannot be read
#     not_all_users: it is not for all users
#     left_out: it leaves users out
#     not_mail: it is not for Exchange Online
#     not_every_client: it is not for browsers and apps alike
#     some_platforms: it is limited to some platforms
#     some_locations: it is limited to some locations
#     risk: it depends on risk
#     devices: it has a filter for devices
#     conditions: it has further conditions
#   remediation:
#     text: >-
#       Make a policy with a sign-in frequency for all users and Office 365, in
#       report-only at first, exclude the break-glass accounts, then switch it on. Choose the
#       interval together with the re-authentication interval at Okta, or users are
#       asked twice.
#     powershell: |
#       Connect-MgGraph -Scopes Policy.Read.All, Policy.ReadWrite.ConditionalAccess
#       New-MgIdentityConditionalAccessPolicy -BodyParameter @{
#         displayName = 'Sign-in frequency for Office 365'
#         state = 'enabledForReportingButNotEnforced'
#         conditions = @{
#           clientAppTypes = @('all')
#           applications = @{ includeApplications = @('Office365') }
#           users = @{ includeUsers = @('All'); excludeUsers = @('<break-glass id>') }
#         }
#         sessionControls = @{ signInFrequency = @{
#           isEnabled = $true; frequencyInterval = 'timeBased'; type = 'days'; value = 7 } }
#       }
#       # When the sign-in log shows what you expect:
#       Update-MgIdentityConditionalAccessPolicy -ConditionalAccessPolicyId <id> -State enabled
#     undo: Update-MgIdentityConditionalAccessPolicy -ConditionalAccessPolicyId <id> -State disabled
package controls.tokens.sign_in_frequency_set

import data.lib.sign_in_frequency

violations contains {
	"key": "not_limited",
	"args": {"limit": input.config.sign_in_frequency_hours},
	"resource": {"kind": "conditional_access_policies"},
	"at": ["entra", "conditional_access_policies"],
	"whole": ["entra.conditional_access_policies"],
} if {
	not _limited
}

notes contains {
	"key": "falls_short",
	"args": {"policy": policy.name, "why": sort(why)},
	"resource": {"kind": "conditional_access_policy", "id": policy.id, "name": policy.name},
	"at": ["entra", "conditional_access_policies", policy.index],
} if {
	some [policy, why] in _judged
	count(why) > 0
}

_limited if {
	some [_, why] in _judged
	count(why) == 0
}

_judged contains [policy, sign_in_frequency.shortfalls(policy, input.config.sign_in_frequency_hours, _break_glass)] if {
	some policy in input.access.conditional_access.frequencies
}

_break_glass := {account.id | some account in input.config.break_glass; account.id != ""}
