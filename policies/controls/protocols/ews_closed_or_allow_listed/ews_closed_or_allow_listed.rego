# METADATA
# title: Exchange Web Services are off or restricted to an allow list
# description: >-
#   The whitepaper's step C speaks of protocols, and counts EWS among those that can
#   do modern authentication. Microsoft has removed basic authentication from it,
#   so open EWS is not basic authentication and no open door by itself: it is a
#   protocol that reads whole mailboxes, that password grants can use, and that
#   Microsoft retires. What the settings mean depends on when the snapshot was
#   taken. Before 2026-10-01 a switch that nobody set counts as on. From then until
#   2027-04-01 Microsoft turns it off tenant by tenant, so a switch that is not set
#   says nothing, and one that is on admits the applications on a list of ids; of
#   a blank list Microsoft's own pages do not agree whether it admits all or none,
#   so that is unknown too. After that EWS is gone and there is nothing to judge. A
#   list of user agents restricts as well, but the client writes its user agent
#   itself, which a note says. Under an organisation that leaves EWS on, a mailbox
#   can be closed by its own switch; the mailboxes that are not are what is
#   counted. An organisation that uses EWS with modern authentication declares it
#   in the configuration (ews_allowed).
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online
#     description: Deprecation of Exchange Web Services in Exchange Online
#   - ref: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-control-access-to-ews-in-exchange
#     description: Control access to EWS in Exchange
# custom:
#   id: PROTO-006
#   severity: low
#   step: C
#   needs:
#     - exchange.organization_config
#     - mailboxes[].exchange.EwsEnabled
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional:
#     - exchange.ews_operation_access
#     - mailboxes[].entra.accountEnabled
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     open: >-
#       EWS is open to every application on {members}. That is not basic
#       authentication, but a protocol that Microsoft retires and few still need.
#     list_unread: >-
#       EWS is on for {members}, and the list of the applications that may use it was
#       not read.
#     list_blank: >-
#       EWS is on for {members} with a blank list of applications; during its
#       retirement it is not clear whether that admits all of them or none.
#     rollout: >-
#       Nobody set the organisation's EWS switch, and since 2026-10-01 Microsoft turns
#       it off tenant by tenant, so it cannot be told whether EWS is on for {members}.
#     unread: Exchange does not show the organisation's EWS switch, which decides about {members}.
#     declared: EWS is not closed on {members}; the configuration declares that it is used.
#     agents: >-
#       EWS is restricted to a list of user agents. A client writes its user agent
#       itself, so the list keeps out the honest ones.
#     retired: Microsoft has retired EWS; no setting opens it any more.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Turn EWS off, or turn it on for a list of application ids. Set the list
#       before the switch. Applications that are not on it are refused within a day;
#       Microsoft's usage report names those that still use EWS.
#     powershell: |
#       Set-OrganizationConfig -EwsEnabled $false
#       # or, for the applications that still need it:
#       Set-OrganizationConfig -EwsAllowedAppIDs "<application id>,<application id>"
#       Set-OrganizationConfig -EwsEnabled $true
#     undo: Set-OrganizationConfig -EwsEnabled $true
package controls.protocols.ews_closed_or_allow_listed

import data.lib.ews
import data.lib.mailboxes

violations contains {"key": "open", "args": {}, "mailbox": i} if {
	_access == "open"
	not input.config.ews_allowed == true
	some i in _not_closed
}

unknown contains {"key": _access, "args": {}, "mailbox": i} if {
	_access in _undecided
	not input.config.ews_allowed == true
	some i in _not_closed
}

notes contains {"key": "declared", "args": {}, "mailbox": i} if {
	_access in ({"open"} | _undecided)
	input.config.ews_allowed == true
	some i in _not_closed
}

notes contains {"key": "agents", "args": {}} if _access == "agents"

not_applicable contains {"key": "retired", "args": {}} if _access == "retired"

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0

_undecided := {"list_unread", "list_blank", "rollout", "unread"}

_access := ews.access(input.exchange.organization_config, _operation_access, input.collected_at)

default _operation_access := null

_operation_access := input.exchange.ews_operation_access

_not_closed := {i |
	some i, mailbox in input.mailboxes
	mailboxes.counts(mailbox)
	not ews.closed_for(mailbox)
}
