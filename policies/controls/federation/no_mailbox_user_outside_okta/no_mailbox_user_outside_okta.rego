# METADATA
# title: No mailbox user signs in outside Okta
# description: >-
#   The whitepaper's step A asks for federation because only then Okta's MFA can
#   be demanded. A user whose sign-in name ends in a managed domain,
#   onmicrosoft.com included, gives a password to Entra and never meets Okta. Only
#   accounts that can sign in are judged. Break-glass accounts have to stay
#   outside Okta, or nobody gets in when Okta is down; those that the
#   configuration declares are listed and must be covered by Entra's own MFA:
#   security defaults, or Conditional Access policies that together demand a second
#   factor of them for all applications, in browsers and in apps, however they sign
#   in. Where it is not the same for all declared accounts of a domain, those without
#   such cover are listed apart. A federated user who is not assigned to the app in Okta is
#   refused there: listed as hygiene.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/hybrid/connect/whatis-fed
#     description: Federation with Microsoft Entra ID
#   - ref: https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access
#     description: Manage emergency access accounts
# custom:
#   id: FED-003
#   severity: high
#   step: A
#   needs:
#     - entra.domains
#     - mailboxes[].domain
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional:
#     - mailboxes[].entra.accountEnabled
#     - access
#     - entra.conditional_access_policies
#     - entra.security_defaults
#     - entra.authentication_strengths
#     - entra.named_locations
#     - mailboxes[].entra.userType
#     - mailboxes[].entra.groups
#     - mailboxes[].entra.roles
#     - mailboxes[].okta.assigned
#   seen:
#     - mailboxes[].entra.accountEnabled
#     - entra.conditional_access_policies
#     - entra.security_defaults
#     - entra.authentication_strengths
#     - entra.named_locations
#     - mailboxes[].entra.userType
#     - mailboxes[].entra.groups
#     - mailboxes[].entra.roles
#     - mailboxes[].okta.assigned
#   messages:
#     managed_domain: >-
#       Users sign in on the managed domain '{domain}' and never meet Okta:
#       {members} with an enabled account.
#     break_glass_without_mfa: >-
#       Declared break-glass accounts on '{domain}' sign in with a password
#       alone ({members}): neither security defaults nor a Conditional Access
#       policy demands a second factor of them.
#     some_break_glass_without_mfa: >-
#       Of the declared break-glass accounts on '{domain}', {members} {signs|sign} in
#       with a password alone: Conditional Access does not demand a second factor of all.
#     domain_not_listed: >-
#       Entra's list of domains lacks '{domain}', the sign-in domain of
#       {members}.
#     type_not_said: >-
#       Entra does not say whether '{domain}', the sign-in domain of {members},
#       is managed or federated.
#     break_glass_undecided: >-
#       It cannot be told whether Conditional Access demands MFA of the
#       declared break-glass accounts on '{domain}' ({members}), however they sign in:
#       a condition of a policy, or their groups or roles, cannot be judged.
#     policies_not_read: >-
#       Conditional Access policies or security defaults were not read, so it
#       cannot be told whether the declared break-glass accounts on '{domain}'
#       ({members}) have to use MFA.
#     break_glass: >-
#       Declared break-glass accounts on '{domain}' sign in outside Okta
#       ({members}); Entra demands a second factor of them.
#     not_assigned: >-
#       Users on the federated domain '{domain}' who are not assigned to the
#       Office 365 app are refused by Okta: {members}.
#   remediation:
#     text: >-
#       Give the user a sign-in name on a federated domain and a user in Okta, or
#       disable the account. Declare accounts that must stay outside Okta as
#       break-glass in the configuration, by id, and cover them with MFA in Entra.
#       Somebody whose sign-in name changes has to sign in again everywhere.
#     powershell: |
#       Update-MgUser -UserId <user> -UserPrincipalName <name>@<federated domain>
#       # or, when nobody needs the account to sign in:
#       Update-MgUser -UserId <user> -AccountEnabled:$false
#     undo: Update-MgUser -UserId <user> -UserPrincipalName <name>@<managed domain>
#     okta_console: >-
#       Directory > People > Add person with the same user name, then Applications >
#       Applications > Microsoft Office 365 > Assignments > Assign to People.
package controls.federation.no_mailbox_user_outside_okta

import data.lib.conditional_access
import data.lib.domains
import data.lib.mailboxes

violations contains _entry(i, "managed_domain") if {
	some i, "Managed" in _users
	not mailboxes.is_break_glass(input.mailboxes[i])
}

violations contains {
	"key": "break_glass_without_mfa", "args": {"domain": _domain(input.mailboxes[i])}, "mailbox": i,
	"whole": ["entra.conditional_access_policies"],
} if _break_glass[i] == "no"

violations contains object.union(entry, {"whole": ["entra.conditional_access_policies"]}) if some entry in conditional_access.break_glass_apart(_sign_ins, _facts, "no", "some_break_glass_without_mfa")

unknown contains _entry(i, {"undecided": "break_glass_undecided", "unread": "policies_not_read"}[answer]) if some i, answer in _break_glass

unknown contains entry if some entry in conditional_access.break_glass_apart(_sign_ins, _facts, "undecided", "break_glass_undecided")

notes contains _entry(i, "break_glass") if _break_glass[i] == "yes"

notes contains entry if some entry in conditional_access.break_glass_apart(_sign_ins, _facts, "yes", "break_glass")

unknown contains _entry(i, {true: "domain_not_listed", false: "type_not_said"}[type == "not listed"]) if {
	some i, type in _users
	not type in {"Managed", "Federated"}
}

notes contains _entry(i, "not_assigned") if {
	some i, "Federated" in _users
	input.mailboxes[i].okta.assigned == false
}

_entry(i, key) := {"key": key, "args": {"domain": _domain(input.mailboxes[i])}, "mailbox": i}

_domain(mailbox) := object.get(mailbox, "domain", "")

# The type of the domain of every user who can sign in.
_users := {i: domains.type(input.entra.domains, _domain(mailbox)) |
	some i, mailbox in input.mailboxes
	mailboxes.signs_in(mailbox)
}

# Whether Entra demands a second factor of a break-glass user outside Okta.
_break_glass := {i: answer |
	some i, "Managed" in _users
	mailboxes.is_break_glass(input.mailboxes[i])
	answer := conditional_access.break_glass_mfa(_sign_ins, _facts, _domain(input.mailboxes[i]))
}

default _sign_ins := []

_sign_ins := input.access.sign_ins

default _facts := {"collected": false, "security_defaults": "maybe"}

_facts := input.access.conditional_access
