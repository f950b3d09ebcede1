# METADATA
# title: Only administrators of Exchange can use its PowerShell
# description: >-
#   The whitepaper counts PowerShell among the access protocols, and expects
#   administrators alone to need it. Everybody else can be kept from it, which
#   leaves less to try a password on. Basic authentication is gone from it, so an
#   open switch is attack surface and not an open door. Exchange shows the switch
#   under an old name (RemotePowerShellEnabled) and a new one (EXOModuleEnabled):
#   it counts as off when one of them says so and none says on. Administrators are
#   users with an Entra role that reaches into Exchange, readers and help desk
#   included, because these need PowerShell for what the role is for, and members
#   of any administrative role group. A role that a user could activate does not
#   count: the switch can be set when it is needed.
# related_resources:
#   - ref: https://learn.microsoft.com/powershell/exchange/disable-access-to-exchange-online-powershell
#     description: Enable or disable access to Exchange Online PowerShell
#   - ref: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
#     description: Microsoft Entra built-in roles
# custom:
#   id: PROTO-007
#   severity: low
#   step: C
#   needs:
#     - mailboxes[].exchange.RemotePowerShellEnabled
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional:
#     - mailboxes[].exchange.EXOModuleEnabled
#     - mailboxes[].exchange.role_groups
#     - mailboxes[].entra.roles
#     - mailboxes[].entra.accountEnabled
#   seen: ["mailboxes[].exchange.role_groups", "mailboxes[].entra.roles", "mailboxes[].entra.accountEnabled"]
#   messages:
#     enabled: >-
#       {members} of users who do not administer Exchange can use Exchange Online
#       PowerShell.
#     not_set: >-
#       Exchange does not say whether {members} of users who do not administer it can
#       use Exchange Online PowerShell.
#     roles_unread: >-
#       Exchange Online PowerShell is not off for {members}, and it was not
#       read in full which administrative roles the user has.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Switch PowerShell off for everybody but administrators. Mind the accounts
#       that run scripts, and never run it without leaving yourself out: the Exchange
#       admin center needs the same access.
#     powershell: Set-User -Identity <user> -EXOModuleEnabled $false
#     undo: Set-User -Identity <user> -EXOModuleEnabled $true
package controls.protocols.remote_powershell_for_admins_only

import data.lib.administrators
import data.lib.mailboxes

violations contains {"key": key, "args": {}, "mailbox": i, "whole": _roles} if {
	some i, key in _not_off
	administrators.administers(input.mailboxes[i]) == "no"
}

unknown contains {"key": "roles_unread", "args": {}, "mailbox": i, "evidence": _missing(input.mailboxes[i])} if {
	some i, _ in _not_off
	administrators.administers(input.mailboxes[i]) == "unread"
}

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0

_missing(mailbox) := "mailboxes[].exchange.role_groups" if {
	is_array(mailbox.entra.roles)
} else := "mailboxes[].entra.roles"

_roles := ["mailboxes[].exchange.role_groups", "mailboxes[].entra.roles"]

_not_off := {i: key |
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	key := administrators.powershell(mailbox)
	key != "off"
}
