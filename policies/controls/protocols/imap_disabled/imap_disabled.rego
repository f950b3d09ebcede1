# METADATA
# title: IMAP is disabled on every mailbox
# description: >-
#   The whitepaper's step C. IMAP knows no second factor. Microsoft has removed
#   basic authentication from IMAP, so an enabled mailbox is reached by an OAuth
#   token only: attack surface that password grants can use, no longer an open
#   door by itself. The blog advises against per-mailbox switches as the only
#   means, because they have to be kept up one by one: they stand beside the
#   authentication policy of step D, never in its place.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/pop3-and-imap4/enable-or-disable-pop3-or-imap4-access
#     description: Enable or disable POP3 or IMAP4 access for a user
# custom:
#   id: PROTO-002
#   severity: medium
#   step: C
#   needs:
#     - mailboxes[].exchange.ImapEnabled
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional: ["mailboxes[].entra.accountEnabled"]
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     enabled: IMAP is enabled on {members}.
#     not_set: Exchange does not say whether IMAP is enabled on {members}.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Disable IMAP on the listed mailboxes, and in the mailbox plans so that new
#       mailboxes start without it. Accounts that still fetch mail by IMAP stop
#       working: see what the logs show first.
#     powershell: |
#       Get-CASMailbox -ResultSize Unlimited -Filter "ImapEnabled -eq 'True'" |
#         Set-CASMailbox -ImapEnabled $false
#     undo: Set-CASMailbox -Identity <user> -ImapEnabled $true
package controls.protocols.imap_disabled

import data.lib.mailboxes

violations contains {"key": "enabled", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	mailbox.exchange.ImapEnabled == true
}

violations contains {"key": "not_set", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	not mailboxes.says(mailbox, "ImapEnabled")
}

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0
