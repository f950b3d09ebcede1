# METADATA
# title: An authentication policy blocks basic authentication on every protocol
# description: >-
#   The whitepaper's step D, and the first of the blog's means: an authentication
#   policy refuses basic authentication before the password is checked, so it is
#   the only lock that also stops the guessing. Microsoft has itself removed basic
#   authentication from every protocol but SMTP AUTH, so of the flags only
#   AllowBasicAuthSmtp still decides (BASIC-005); the others are hygiene, and an
#   open one shows a carve-out that somebody once wanted. A policy blocks when
#   every documented flag is false. AllowBasicAuthLogExport is left aside, being no
#   mail protocol; AllowBasicAuthRest, undocumented but seen, must be false where
#   it is shown. A flag that nothing is known of and that is not false makes the
#   answer unknown. When no policy blocks, every policy is listed with what it lets
#   through.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online
#     description: Disable Basic authentication in Exchange Online
#   - ref: https://learn.microsoft.com/powershell/module/exchangepowershell/new-authenticationpolicy
#     description: New-AuthenticationPolicy
# custom:
#   id: BASIC-001
#   severity: medium
#   step: D
#   needs: [exchange.authentication_policies]
#   messages:
#     no_policy: The organisation has no authentication policy.
#     open: "Authentication policy '{policy}' allows basic authentication ({flags}), and no other policy blocks it everywhere."
#     silent: >-
#       Authentication policy '{policy}' does not answer for every protocol
#       ({flags}), and no other policy blocks basic authentication everywhere.
#     strange: >-
#       Authentication policy '{policy}' blocks every protocol that is known here,
#       and has other flags that are not false ({flags}).
#   remediation:
#     text: >-
#       Create a policy; a new one blocks every protocol. Creating it changes nothing
#       until it is the default or somebody is put under it.
#     powershell: New-AuthenticationPolicy -Name "Block Basic Authentication"
#     undo: Remove-AuthenticationPolicy -Identity "Block Basic Authentication"
package controls.basic_auth.blocking_policy_exists

import data.lib.authentication_policies
import data.lib.names

violations contains {
	"key": "no_policy",
	"args": {},
	"resource": {"kind": "authentication_policy"},
	"at": ["exchange", "authentication_policies"],
	"whole": ["exchange.authentication_policies"],
} if {
	count(input.exchange.authentication_policies) == 0
}

violations contains object.union(_entry(i), {"whole": ["exchange.authentication_policies"]}) if {
	every verdict in _verdicts {
		verdict in {"open", "silent"}
	}
	some i, _ in _verdicts
}

unknown contains _entry(i) if {
	every verdict in _verdicts {
		verdict != "blocks"
	}
	some i, "strange" in _verdicts
}

_verdicts := {i: authentication_policies.verdict(policy) |
	some i, policy in input.exchange.authentication_policies
}

_entry(i) := {
	"key": _verdicts[i],
	"args": _args(i),
	"resource": {"kind": "authentication_policy", "id": _id(i), "name": _args(i).policy},
	"at": ["exchange", "authentication_policies", i],
}

_args(i) := {
	"policy": authentication_policies.name(input.exchange.authentication_policies[i]),
	"flags": authentication_policies.reasons(input.exchange.authentication_policies[i], _verdicts[i]),
}

_id(i) := names.first(input.exchange.authentication_policies[i], ["Guid", "Id", "Identity", "Name"])
