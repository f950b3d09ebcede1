# METADATA
# title: Every mailbox's authentication policy refuses passwords on SMTP AUTH
# description: >-
#   The whitepaper's step D, reduced to the one flag that still decides. Microsoft
#   has removed basic authentication from every protocol but SMTP AUTH, as the blog
#   foresaw, so AllowBasicAuthSmtp of the policy that a mailbox is under says
#   whether a password alone can send mail in its name. The policy refuses before
#   the password is checked, and it stays when somebody switches SMTP AUTH on for a
#   mailbox: PROTO-005 looks at those switches. A mailbox under no policy is open
#   here, whatever its switches say. A name that no policy answers to is told
#   apart.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online
#     description: Deprecation of Basic authentication in Exchange Online
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
#     description: Enable or disable authenticated client SMTP submission (SMTP AUTH)
# custom:
#   id: BASIC-005
#   severity: high
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
#       No authentication policy applies to {members}, so nothing refuses a
#       password on SMTP AUTH before it is checked.
#     missing: >-
#       Authentication policy '{policy}', which applies to {members}, is not
#       among the organisation's policies.
#     allowed: >-
#       Authentication policy '{policy}', which applies to {members}, allows
#       SMTP AUTH with a password (AllowBasicAuthSmtp is true).
#     not_set: >-
#       Authentication policy '{policy}', which applies to {members}, does not
#       say whether it refuses passwords on SMTP AUTH.
#     unread: >-
#       Exchange did not show which authentication policy applies to {members}.
#     young: >-
#       Authentication policy '{policy}', which applies to {members}, was
#       changed less than a day before the snapshot; Exchange may take 24 hours
#       to act on it.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Take the flag out of the policy, or put the mailboxes under one without it.
#       Whatever sends mail for them with a user name and a password stops within 24
#       hours.
#     powershell: |
#       Set-AuthenticationPolicy -Identity "<policy>" -AllowBasicAuthSmtp:$false
#       # or, for one mailbox:
#       Set-User -Identity <user> -AuthenticationPolicy "Block Basic Authentication"
#     undo: Set-AuthenticationPolicy -Identity "<policy>" -AllowBasicAuthSmtp
package controls.basic_auth.smtp_basic_blocked

import data.lib.authentication_policies
import data.lib.mailboxes

violations contains object.union(_judged[i], {"mailbox": i, "whole": authentication_policies.whole(_effective[i])}) if {
	_judged[i].key in {"none", "missing", "allowed", "not_set"}
}

unknown contains object.union(_judged[i], {"mailbox": i}) if _judged[i].key == "unread"

notes contains {"key": "young", "args": _judged[i].args, "mailbox": i} if {
	_judged[i].key == "refused"
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

_judged := {i: authentication_policies.judged_on_smtp(policy) | some i, policy in _effective}
