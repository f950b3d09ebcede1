# METADATA
# title: No mailbox is under a weaker authentication policy
# description: >-
#   The whitepaper's step D puts users under the blocking policy one by one or by
#   default, and so does the blog. A policy of a mailbox's own beats the default,
#   so an exception that was made once stays open while the default looks right.
#   Judged is the policy that each mailbox is really under: its own, else the
#   default. Exchange names a policy by name, id, GUID or distinguished name, and
#   all are resolved; a name that no policy answers to is told apart, because
#   nothing then shows that the mailbox is protected. As only SMTP AUTH still takes
#   a password, BASIC-005 asks for that flag alone; here the other flags count too,
#   as the whitepaper has it. A policy that was changed within a day of the
#   snapshot may not act yet: a note says so.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online
#     description: Disable Basic authentication in Exchange Online
# custom:
#   id: BASIC-003
#   severity: medium
#   step: D
#   needs:
#     - exchange.organization_config
#     - exchange.authentication_policies
#     - mailboxes[].exchange.AuthenticationPolicy
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional: ["mailboxes[].entra.accountEnabled"]
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     none: >-
#       No authentication policy applies to {members}: there is none on the
#       mailbox, and there is no default.
#     missing: >-
#       Authentication policy '{policy}', which applies to {members}, is not
#       among the organisation's policies.
#     open: >-
#       Authentication policy '{policy}', which applies to {members}, allows
#       basic authentication ({flags}).
#     silent: >-
#       Authentication policy '{policy}', which applies to {members}, does not
#       answer for every protocol ({flags}).
#     strange: >-
#       Authentication policy '{policy}', which applies to {members}, blocks
#       every protocol that is known here, and has other flags that are not
#       false ({flags}).
#     unread: >-
#       Exchange did not show which authentication policy applies to {members}.
#     young: >-
#       Authentication policy '{policy}', which applies to {members}, was
#       changed less than a day before the snapshot; Exchange may take 24 hours
#       to act on it.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Put the mailboxes under the blocking policy, or take their own away so that
#       they inherit the default. It acts within 24 hours, or within 30 minutes on a
#       user whose tokens are revoked, which signs the user out everywhere.
#     powershell: |
#       Set-User -Identity <user> -AuthenticationPolicy "Block Basic Authentication"
#       # to make it act at once:
#       Set-User -Identity <user> -STSRefreshTokensValidFrom $([System.DateTime]::UtcNow)
#     undo: Set-User -Identity <user> -AuthenticationPolicy "<the policy it had>"
package controls.basic_auth.no_mailbox_on_a_weaker_policy

import data.lib.authentication_policies
import data.lib.mailboxes

violations contains object.union(_judged[i], {"mailbox": i, "whole": authentication_policies.whole(_effective[i])}) if {
	_judged[i].key in {"none", "missing", "open", "silent"}
}

unknown contains object.union(_judged[i], {"mailbox": i}) if _judged[i].key in {"strange", "unread"}

notes contains {"key": "young", "args": {"policy": _judged[i].args.policy}, "mailbox": i} if {
	_judged[i].key == "blocks"
	authentication_policies.changed_after(_effective[i].policy, input.moments.settled_before)
}

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0

_effective := {i: policy |
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	policy := authentication_policies.effective(
		mailbox,
		input.exchange.organization_config,
		input.exchange.authentication_policies,
	)
}

_judged := {i: authentication_policies.judged(policy) | some i, policy in _effective}
