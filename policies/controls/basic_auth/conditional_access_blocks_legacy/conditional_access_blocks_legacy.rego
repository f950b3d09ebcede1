# METADATA
# title: Conditional Access blocks legacy authentication without a hole
# description: >-
#   Of the blog's means the second. Conditional Access acts after the password was
#   checked, so it does not stop the guessing of one and is the second line, never
#   the first; steps C and D are the first. The policies in force are taken
#   together: for both client types of legacy authentication, one of them must
#   block all users in all applications, on every platform and from everywhere, and
#   whatever it leaves out another must block. A policy that only reports, or that a
#   risk, a device filter or any other condition narrows, counts for nothing. An
#   excluded group or role is a hole, whoever is in it now; an excluded user is one
#   unless the configuration declares the account as break-glass, by id, and then
#   it is listed. Where two exclusions may or may not overlap the answer is unknown.
#   A policy that asks for MFA stops legacy clients only because they cannot give
#   it; it is named and not accepted, because it lets in whatever can, by a path
#   that nobody meant to leave open. Security defaults block legacy authentication
#   as well. Entra does not allow them beside a policy in force, so where they were
#   not read and there is such a policy they are off. A password grant of a native
#   client is neither of the two client types: the access controls look at that.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication
#     description: Block legacy authentication with Conditional Access
#   - ref: https://learn.microsoft.com/entra/fundamentals/security-defaults
#     description: Security defaults in Microsoft Entra ID
# custom:
#   id: BASIC-004
#   severity: medium
#   step: D
#   needs: [entra.conditional_access_policies]
#   optional:
#     - entra.security_defaults
#     - entra.authentication_strengths
#   messages:
#     not_blocked: "No Conditional Access policy in force blocks these legacy client types for all users in all applications: {clients}."
#     left_out: "Policy '{policy}' leaves out the {kind} {id}, and no other policy blocks it for these client types: {clients}."
#     left_out_perhaps: >-
#       Policy '{policy}' leaves out the {kind} {id}; it cannot be told whether another
#       policy blocks all of it ({clients}).
#     perhaps_break_glass: >-
#       Policy '{policy}' leaves out the user {id}; break-glass accounts are declared
#       by name only, so it cannot be told whether this is one of them ({clients}).
#     defaults_not_read: >-
#       No Conditional Access policy is in force, and security defaults, which would
#       block legacy authentication, were not read.
#     security_defaults: Security defaults are on and block legacy authentication.
#     break_glass: Policy '{policy}' leaves out a declared break-glass account ({id}).
#     report_only: Policy '{policy}' would block legacy clients, and only reports.
#     asks_for_mfa: >-
#       Policy '{policy}' asks legacy clients for MFA. They cannot give it, so it
#       happens to stop them; it is no block.
#     limited: >-
#       Policy '{policy}' blocks legacy clients for a part of the sign-ins only
#       ({limits}).
#   remediation:
#     text: >-
#       Create one policy that blocks both client types for all users, with no
#       exclusion but declared break-glass accounts. Run it in report-only for some
#       days and look at who would be stopped, then turn it on; it acts at the next
#       sign-in.
#     powershell: |
#       Connect-MgGraph -Scopes Policy.Read.All, Policy.ReadWrite.ConditionalAccess
#       New-MgIdentityConditionalAccessPolicy -BodyParameter @{
#         displayName   = "Block legacy authentication"
#         state         = "enabled"
#         conditions    = @{
#           clientAppTypes = @("exchangeActiveSync", "other")
#           applications   = @{ includeApplications = @("All") }
#           users          = @{ includeUsers = @("All"); excludeUsers = @("<break-glass id>") }
#         }
#         grantControls = @{ operator = "OR"; builtInControls = @("block") }
#       }
#     undo: Update-MgIdentityConditionalAccessPolicy -ConditionalAccessPolicyId <id> -State disabled
package controls.basic_auth.conditional_access_blocks_legacy

import data.lib.conditional_access

violations contains object.union({"key": gap.key, "args": gap.args, "whole": ["entra.conditional_access_policies"]}, _subject(gap)) if {
	some gap in _gaps
	gap.key in {"not_blocked", "left_out"}
}

unknown contains {"key": gap.key, "args": gap.args} if {
	some gap in _gaps
	gap.key in {"left_out_perhaps", "perhaps_break_glass"}
}

unknown contains {"key": "defaults_not_read", "args": {}, "evidence": "entra.security_defaults"} if {
	_security_defaults == "unread"
}

notes contains {"key": "security_defaults", "args": {}} if _security_defaults == "on"

notes contains {"key": "break_glass", "args": spared} if {
	some spared in conditional_access.spared_by(input.entra.conditional_access_policies, input.config.break_glass)
}

notes contains {"key": key, "args": object.union({"policy": conditional_access.name(policy)}, _limits(key, policy))} if {
	count(_gaps) > 0
	some policy in input.entra.conditional_access_policies
	key := conditional_access.falls_short(policy, _strengths)
}

_subject(gap) := {
	"resource": {"kind": "conditional_access_exclusion", "id": id, "name": gap.args.policy},
	"at": ["entra", "conditional_access_policies", gap.policy, "conditions"],
} if {
	gap.key == "left_out"
	id := concat("/", [input.entra.conditional_access_policies[gap.policy].id, gap.args.kind, gap.args.id])
} else := {"resource": {"kind": "conditional_access_policy"}, "at": ["entra", "conditional_access_policies"]}

_limits("limited", policy) := {"limits": conditional_access.limits(policy)}

_limits(key, _) := {} if key != "limited"

# With security defaults on nothing is left to the policies; unread, they may be on.
_gaps contains gap if {
	_security_defaults == "off"
	some gap in conditional_access.gaps(input.entra.conditional_access_policies, input.config.break_glass)
}

_security_defaults := conditional_access.security_defaults(_defaults, input.entra.conditional_access_policies)

default _defaults := null

_defaults := input.entra.security_defaults

default _strengths := []

_strengths := input.entra.authentication_strengths
