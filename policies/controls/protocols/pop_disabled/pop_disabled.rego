# METADATA
# title: POP is disabled on every mailbox
# description: >-
#   The whitepaper's step C. POP knows no second factor. Microsoft has removed
#   basic authentication from POP, so an enabled mailbox is reached by an OAuth
#   token only: attack surface that password grants can use, no longer an open
#   door by itself. The blog advises against per-mailbox switches as the only
#   means, because they have to be kept up one by one: they stand beside the
#   authentication policy of step D, never in its place.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/pop3-and-imap4/enable-or-disable-pop3-or-imap4-access
#     description: Enable or disable POP3 or IMAP4 access for a user
# custom:
#   id: PROTO-001
#   severity: medium
#   step: C
#   needs:
#     - mailboxes[].exchange.PopEnabled
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional: ["mailboxes[].entra.accountEnabled"]
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     enabled: POP is enabled on {members}.
#     not_set: Exchange does not say whether POP is enabled on {members}.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Disable POP on the listed mailboxes, and in the mailbox plans so that new
#       mailboxes start without it. Accounts that still fetch mail by POP stop
#       working: see what the logs show first.
#     powershell: |
#       Get-CASMailbox -ResultSize Unlimited -Filter "PopEnabled -eq 'True'" |
#         Set-CASMailbox -PopEnabled $false
#     undo: Set-CASMailbox -Identity <user> -PopEnabled $true
package controls.protocols.pop_disabled

import data.lib.mailboxes

violations contains {"key": "enabled", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	mailbox.exchange.PopEnabled == true
}

violations contains {"key": "not_set", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	not mailboxes.says(mailbox, "PopEnabled")
}

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0
