# METADATA
# title: The default authentication policy blocks basic authentication
# description: >-
#   The whitepaper's step D: a policy protects nobody until somebody is under it,
#   and the default covers every mailbox without one of its own, the next one that
#   is created included. An organisation without a default lets basic
#   authentication through wherever Microsoft still offers it, which today is SMTP
#   AUTH. The switch in the Microsoft 365 admin center under modern authentication
#   makes a policy and a default too: whatever its name, it is judged by its flags,
#   in the way of BASIC-001. A default that no policy answers to protects nobody
#   for all that can be seen, and is told apart from having none. That there is no
#   default shows without the list of policies; what a default does shows in it.
#   Where Exchange's answer lacks the field, as an export of chosen fields can,
#   nothing can be said.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online
#     description: Disable Basic authentication in Exchange Online
#   - ref: https://learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig
#     description: Set-OrganizationConfig
# custom:
#   id: BASIC-002
#   severity: high
#   step: D
#   needs: [exchange.organization_config]
#   optional: [exchange.authentication_policies]
#   messages:
#     none: The organisation has no default authentication policy (DefaultAuthenticationPolicy is empty).
#     missing: The default authentication policy '{policy}' is not among the organisation's policies.
#     unlisted: The policies were not read, so nothing shows what the default authentication policy does.
#     unread: Exchange does not show which authentication policy is the default.
#     open: The default authentication policy '{policy}' allows basic authentication ({flags}).
#     silent: The default authentication policy '{policy}' does not answer for every protocol ({flags}).
#     strange: >-
#       The default authentication policy '{policy}' blocks every protocol that is
#       known here, and has other flags that are not false ({flags}).
#     young: >-
#       The default authentication policy '{policy}' was changed less than a day
#       before the snapshot; Exchange may take 24 hours to act on it.
#   remediation:
#     text: >-
#       Make a policy that blocks everything the default. It acts within 24 hours, and
#       within 30 minutes on users whose tokens are revoked. Mailboxes that still
#       need a password for SMTP AUTH need a policy of their own first.
#     powershell: Set-OrganizationConfig -DefaultAuthenticationPolicy "Block Basic Authentication"
#     undo: Set-OrganizationConfig -DefaultAuthenticationPolicy $null
package controls.basic_auth.blocking_policy_is_default

import data.lib.authentication_policies

violations contains {
	"key": _answer.key,
	"args": _answer.args,
	"resource": {"kind": "organization_config"},
	"at": ["exchange", "organization_config", "DefaultAuthenticationPolicy"],
	"whole": authentication_policies.whole(_default),
} if {
	_answer.key in {"none", "missing", "open", "silent"}
	_told
}

unknown contains {"key": "strange", "args": _answer.args} if _answer.key == "strange"

unknown contains {"key": "unread", "args": {}} if _answer.key == "unread"

unknown contains {"key": "unlisted", "args": {}, "evidence": "exchange.authentication_policies"} if not _told

notes contains {"key": "young", "args": {"policy": authentication_policies.name(_default.policy)}} if {
	_answer.key == "blocks"
	authentication_policies.changed_after(_default.policy, input.moments.settled_before)
}

# _told says whether the answer can be known: that there is no default, or that its
# name cannot be read, shows without the list of policies.
_told if input.exchange.authentication_policies

_told if _answer.key in {"none", "unread"}

_default := authentication_policies.default_policy(input.exchange.organization_config, _policies)

_policies := object.get(input.exchange, "authentication_policies", [])

_answer := authentication_policies.judged(_default)
