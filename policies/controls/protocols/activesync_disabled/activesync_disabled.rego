# METADATA
# title: Exchange ActiveSync is disabled on every mailbox, or declared to be in use
# description: >-
#   The whitepaper's step C names ActiveSync in the same commands as POP and IMAP,
#   though it counts it among the protocols that can do modern authentication.
#   Microsoft has removed basic authentication from it, so an enabled mailbox is
#   attack surface and not an open door. An organisation whose phones use it with
#   modern authentication says so in the configuration
#   (active_sync_with_modern_auth); the mailboxes are then listed and no
#   violation. The blog advises against per-mailbox switches as the only means:
#   they stand beside the authentication policy of step D, never in its place.
# related_resources:
#   - ref: https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox
#     description: Set-CASMailbox
# custom:
#   id: PROTO-003
#   severity: low
#   step: C
#   needs:
#     - mailboxes[].exchange.ActiveSyncEnabled
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional: ["mailboxes[].entra.accountEnabled"]
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     enabled: Exchange ActiveSync is enabled on {members}.
#     not_set: Exchange does not say whether Exchange ActiveSync is enabled on {members}.
#     declared: >-
#       Exchange ActiveSync is not disabled on {members}; the configuration declares
#       that it is used with modern authentication.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Disable ActiveSync on the listed mailboxes, or declare in the configuration
#       that phones use it with modern authentication. Mail applications that come
#       with a phone stop working; Outlook for iOS and Android does not use it.
#     powershell: |
#       Get-CASMailbox -ResultSize Unlimited -Filter "ActiveSyncEnabled -eq 'True'" |
#         Set-CASMailbox -ActiveSyncEnabled $false
#     undo: Set-CASMailbox -Identity <user> -ActiveSyncEnabled $true
package controls.protocols.activesync_disabled

import data.lib.mailboxes

violations contains {"key": key, "args": {}, "mailbox": i} if {
	not input.config.active_sync_with_modern_auth == true
	some i, key in _not_disabled
}

notes contains {"key": "declared", "args": {}, "mailbox": i} if {
	input.config.active_sync_with_modern_auth == true
	some i, _ in _not_disabled
}

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0

_not_disabled := {i: key |
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	key := _not_disabled_as(mailbox)
}

_not_disabled_as(mailbox) := "enabled" if mailbox.exchange.ActiveSyncEnabled == true

_not_disabled_as(mailbox) := "not_set" if not mailboxes.says(mailbox, "ActiveSyncEnabled")
