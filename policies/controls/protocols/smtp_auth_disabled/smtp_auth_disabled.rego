# METADATA
# title: Nobody can use SMTP AUTH with a password
# description: >-
#   The whitepaper's step C, and the blog's remark that SMTP AUTH is what Microsoft
#   left on: it is the one protocol of Exchange Online where a password alone still
#   opens something, so of all of them this is today's live hole. Three settings of
#   Exchange decide. The mailbox's switch beats the organisation's in either
#   direction, and turns the whole protocol off; the authentication policy refuses
#   passwords and leaves OAuth. A mailbox is open when neither closes it: twelve
#   mailboxes that override the organisation's switch are twelve holes. One that is
#   switched on under a policy that refuses passwords is listed, because OAuth
#   there is wanted. Security defaults refuse SMTP AUTH too, but in Entra and until
#   somebody turns them off: what only they hold shut is shown apart, as Entra's
#   lock, and is no violation. Where they were not read, an open mailbox is still a
#   violation, because Exchange's own settings leave it open. A policy that cannot
#   be found closes nothing. At the end of December 2026 Microsoft turns SMTP AUTH
#   off for organisations that left the switch alone; in a snapshot from after that
#   a switch that is not set says nothing, before it counts as open.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
#     description: Enable or disable authenticated client SMTP submission (SMTP AUTH)
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online
#     description: Deprecation of Basic authentication in Exchange Online
# custom:
#   id: PROTO-005
#   severity: high
#   step: C
#   needs:
#     - exchange.transport_config
#     - exchange.organization_config
#     - exchange.authentication_policies
#     - mailboxes[].exchange.SmtpClientAuthenticationDisabled
#     - mailboxes[].exchange.AuthenticationPolicy
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional:
#     - entra.security_defaults
#     - mailboxes[].entra.accountEnabled
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     override: >-
#       SMTP AUTH is switched on for {members} by the mailbox's own setting,
#       which overrides the organisation's, and no authentication policy
#       refuses the password.
#     organisation: >-
#       SMTP AUTH is on for the organisation and so for {members}, and no
#       authentication policy refuses the password.
#     not_set: >-
#       Nothing says that SMTP AUTH is off for the organisation and so for
#       {members}, and no authentication policy refuses the password.
#     default_changed: >-
#       The organisation's SMTP AUTH switch, which applies to {members}, is not
#       set. Microsoft changed what that means at the end of December 2026, so
#       it cannot be told whether SMTP AUTH is on.
#     unread: >-
#       Exchange did not show the SMTP AUTH switch of {members}, and no
#       authentication policy refuses the password there.
#     policy_unread: >-
#       SMTP AUTH is not off for {members}, and the authentication policy that
#       applies was not read.
#     security_defaults_not_read: >-
#       Security defaults were not read. If they are on, Entra refuses the SMTP AUTH
#       that Exchange leaves open.
#     held_by_security_defaults: >-
#       Exchange leaves SMTP AUTH with a password open on {members}; Entra's security
#       defaults refuse it. It opens when somebody turns them off.
#     oauth_only: >-
#       SMTP AUTH is switched on for {members} by the mailbox's own setting;
#       the authentication policy refuses passwords, so only OAuth works.
#     organisation_on: >-
#       The organisation's SMTP AUTH switch is on, so a new mailbox starts with SMTP
#       AUTH on.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Turn SMTP AUTH off for the organisation, clear the overrides of mailboxes
#       that do not need it, and put those that do under an authentication policy
#       that refuses passwords. Printers, scanners and scripts that send mail with a
#       user name and a password stop: move them to OAuth, a connector or another
#       service first.
#     powershell: |
#       Set-TransportConfig -SmtpClientAuthenticationDisabled $true
#       Get-CASMailbox -ResultSize Unlimited | Where-Object { $_.SmtpClientAuthenticationDisabled -eq $false } |
#         Set-CASMailbox -SmtpClientAuthenticationDisabled $null
#     undo: |
#       Set-CASMailbox -Identity <user> -SmtpClientAuthenticationDisabled $false
#       Set-TransportConfig -SmtpClientAuthenticationDisabled $false
package controls.protocols.smtp_auth_disabled

import data.lib.authentication_policies
import data.lib.mailboxes
import data.lib.smtp

violations contains {"key": key, "args": {}, "mailbox": i, "whole": authentication_policies.whole(_effective[i])} if {
	not _locked
	some i, key in _exposures
	key in _open
}

unknown contains {"key": key, "args": {}, "mailbox": i} if {
	not _locked
	some i, key in _exposures
	not key in ({"closed"} | _open)
}

unknown contains {"key": "security_defaults_not_read", "args": {}, "evidence": "entra.security_defaults"} if {
	not input.entra.security_defaults
	some _, exposure in _exposures
	exposure in _open
}

notes contains {"key": "held_by_security_defaults", "args": {}, "mailbox": i} if {
	_locked
	some i, key in _exposures
	key in _open
}

notes contains {"key": "oauth_only", "args": {}, "mailbox": i} if {
	some i, "override" in _switches
	_exposures[i] == "closed"
}

notes contains {"key": "organisation_on", "args": {}} if {
	smtp.organisation(input.exchange.transport_config, input.collected_at) == "organisation"
}

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0

_open := {"override", "organisation", "not_set"}

_locked if input.entra.security_defaults.isEnabled == true

_switches := {i: smtp.switch(mailbox, input.exchange.transport_config, input.collected_at) |
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
}

_exposures := {i: smtp.exposure(switch, _effective[i]) | some i, switch in _switches}

_effective := {i: effective |
	some i, _ in _switches
	effective := authentication_policies.effective(
		input.mailboxes[i],
		input.exchange.organization_config,
		input.exchange.authentication_policies,
	)
}
