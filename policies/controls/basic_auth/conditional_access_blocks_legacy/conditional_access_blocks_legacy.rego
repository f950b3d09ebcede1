# METADATA
# title: Conditional Access blocks legacy authentication without a hole
# description: >-
#   Of the blog's means the second. Conditional Access acts after the password was
#   checked, so it does not stop the guessing of one and is the second line, never
#   the first; steps C and D are the first. The policies in force are taken
#   together: for both client types of legacy authentication they must block
#   everybody in all applications, on every platform and from everywhere, and
#   whatever one leaves out another must block. Exchange Online is the only
#   application of exchangeActiveSync. A policy that only reports counts for
#   nothing, and neither does one with a filter for devices: what it leaves out is
#   written in an expression, and a legacy client shows no device to hold against it.
#   An excluded group or role is a hole, whoever is in it now; an excluded user is one
#   unless the configuration declares the account as break-glass, by id or by the name
#   of its mailbox, and then it is listed. Where exclusions of two policies may or may
#   not overlap, the answer is unknown. A policy that asks for MFA stops legacy clients
#   only because they cannot give it; it is named and not accepted, because it lets
#   in whatever can, by a path that nobody meant to leave open. Security defaults
#   block legacy authentication as well. Entra does not allow them beside a policy in
#   force, so where they were not read and there is such a policy they are off. A
#   password grant of a native client is neither of the two client types: the access
#   controls look at that.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication
#     description: Block legacy authentication with Conditional Access
#   - ref: https://learn.microsoft.com/entra/fundamentals/security-defaults
#     description: Security defaults in Microsoft Entra ID
# custom:
#   id: BASIC-004
#   severity: medium
#   step: D
#   needs: [access, entra.conditional_access_policies]
#   optional:
#     - entra.security_defaults
#     - entra.named_locations
#   messages:
#     not_blocked: "No Conditional Access policy in force blocks these legacy client types for all users in all applications: {clients}."
#     not_blocked_perhaps: "It cannot be told whether Conditional Access blocks the legacy client type {client} for all users in all applications. {message}"
#     left_out: "Policy '{policy}' leaves out the {kind} {id}, and no other policy blocks it for these client types: {clients}."
#     left_out_perhaps: >-
#       Policy '{policy}' leaves out the {kind} {id}; it cannot be told whether another
#       policy blocks all of it ({clients}).
#     perhaps_break_glass: >-
#       Policy '{policy}' leaves out the user {id}; break-glass accounts are declared
#       by a name that no mailbox has, so it cannot be told whether this is one of them
#       ({clients}).
#     defaults_not_read: >-
#       No Conditional Access policy is in force, and security defaults, which would
#       block legacy authentication, were not read.
#     security_defaults: Security defaults are on and block legacy authentication.
#     break_glass: Policy '{policy}' leaves out a declared break-glass account ({id}).
#     report_only: Policy '{policy}' would block legacy clients, and only reports.
#     asks_for_mfa: >-
#       Policy '{policy}' asks legacy clients for MFA or for something else that they
#       cannot give, so it happens to stop them; it is no block.
#     limited: >-
#       Policy '{policy}' blocks legacy clients for a part of the sign-ins only
#       ({limits}).
#   words:
#     user: user
#     group: group
#     role: role
#     guests: guests
#     application: application
#     platform: platform
#     location: location
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
import data.lib.doors

violations contains {
	"key": "not_blocked",
	"args": {"clients": clients},
	"resource": {"kind": "conditional_access_policy"},
	"at": ["entra", "conditional_access_policies"],
} if {
	_facts.security_defaults == "no"
	clients := [legacy.client | some legacy in _facts.legacy; legacy.blocked == "no"]
	count(clients) > 0
}

unknown contains {"key": "not_blocked_perhaps", "args": {"client": legacy.client, "message": doors.texts(legacy.reasons)}} if {
	_facts.security_defaults == "no"
	some legacy in _facts.legacy
	legacy.blocked == "maybe"
}

violations contains conditional_access.exclusion(hole, "left_out", hole.open) if some ["left_out", hole] in _holes

unknown contains conditional_access.exclusion(hole, key, array.concat(hole.open, hole.undecided)) if {
	some [key, hole] in _holes
	key in {"left_out_perhaps", "perhaps_break_glass"}
}

unknown contains {"key": "defaults_not_read", "args": {}, "evidence": "entra.security_defaults"} if {
	_facts.security_defaults == "maybe"
}

notes contains {"key": "security_defaults", "args": {}} if _facts.security_defaults == "yes"

notes contains conditional_access.exclusion(hole, "break_glass", []) if {
	some hole in _facts.left_out
	conditional_access.judged_exclusion(hole, input.config.break_glass) == "break_glass"
}

notes contains {
	"key": conditional_access.falls_short(policy),
	"args": {"policy": policy.name, "limits": policy.limits},
	"resource": {"kind": "conditional_access_policy", "id": policy.id, "name": policy.name},
	"at": ["entra", "conditional_access_policies", policy.index],
} if {
	count(_holes) + count([legacy | some legacy in _facts.legacy; legacy.blocked != "yes"]) > 0
	_facts.security_defaults != "yes"
	some policy in _facts.policies
}

_facts := input.access.conditional_access

# With security defaults on nothing is left to the policies; unread, they may be on.
_holes contains [key, hole] if {
	_facts.security_defaults == "no"
	some hole in _facts.left_out
	key := conditional_access.judged_exclusion(hole, input.config.break_glass)
	key != "break_glass"
}
