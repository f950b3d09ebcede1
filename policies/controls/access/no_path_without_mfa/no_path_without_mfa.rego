# METADATA
# title: No mailbox can be reached without MFA
# description: >-
#   The whitepaper's expected behaviours A to D as one proof: for every mailbox,
#   every protocol and every method, from anywhere, on any device, what Exchange, the
#   identity provider and Conditional Access decide together. Each violation is a
#   door that is open, with a sign-in that gets in and the rules that let it.
#
#   What was decided where the documents are silent. An exception for legacy clients
#   that is as tight as the control for exceptions asks is listed and is no
#   violation. A password exchanged for a token, at Okta's active endpoint or at
#   Entra's, is a door of its own: no setting of Exchange against basic authentication
#   stops it. Microsoft's own removal of basic authentication closes a door. Emergency
#   accounts are no exception: they can be asked for MFA by Entra.
# related_resources:
#   - ref: https://www.okta.com/resources/whitepaper/securing-office-365-with-okta/
#     description: Securing Office 365 with Okta
# custom:
#   id: ACCESS-001
#   severity: critical
#   step: access
#   needs: [access, "mailboxes[].exchange"]
#   messages:
#     open: "{door} opens mailboxes without MFA ({mailboxes} of them), from {from}, let in by: {by}."
#     exception: "{door} opens mailboxes without MFA ({mailboxes} of them), from {from}, by a confined exception for legacy clients: {by}."
#     undecided: "These may open mailboxes without MFA: {doors}. {message}"
#     no_mailbox: There is no mailbox that anybody can sign in to.
#   words:
#     anywhere: anywhere
#     some_addresses: some addresses
#     okta: Okta, without a rule that decides
#     entra: Entra, on a domain that is not federated
#     rollout: Entra, by a staged rollout past Okta
#     home_realm: Entra, by a home-realm policy past Okta
#     elsewhere: an identity provider other than Okta
#   remediation:
#     text: >-
#       Follow the steps of the violation and close the door at the first lock that a
#       request meets: Exchange's authentication policy for basic authentication,
#       before the password is checked; Okta's rules for password grants and for
#       everything else; Conditional Access for users whom Entra signs in itself.
package controls.access.no_path_without_mfa

import data.lib.doors
import data.lib.exceptions

violations contains object.union(_entry(id, "open"), {
	"resource": {"kind": "door", "id": id, "name": doors.title(_first(id))},
	"at": doors.at(_first(id)),
	"steps": object.get(_first(id), "steps", []),
}) if {
	some id in object.keys(_open)
	not _excepted(_first(id))
}

notes contains _entry(id, "exception") if {
	some id in object.keys(_open)
	_excepted(_first(id))
}

unknown contains {"key": "undecided", "args": {"doors": sort(object.keys(titles)), "message": message}} if {
	some message, titles in _undecided
}

not_applicable contains {"key": "no_mailbox", "args": {}} if input.access.mailboxes == 0

# The open doors by their id. Rules of the form _open[id] contains door would take
# time with the square of the number of doors.
_open := object.union_n([{doors.id(door): {n: door}} |
	some n, door in input.access.doors
	door.outcome == "allowed_without_mfa"
])

_undecided := object.union_n([{doors.texts(door.reasons): {doors.title(door): true}} |
	some door in input.access.doors
	door.outcome == "undecided"
	not _excepted(door)
])

# The door of the first mailbox in the snapshot, of those that are open alike.
_first(id) := [door | some door in _open[id]; door.first == first][0] if {
	first := min({door.first | some door in _open[id]})
}

_excepted(door) if exceptions.door_confined(door, input.access.policies, input.config.legacy_exception_share)

_entry(id, key) := {"key": key, "args": {
	"door": doors.title(_first(id)),
	"mailboxes": sum([door.mailboxes | some door in _open[id]]),
	"from": doors.from(_first(id).witness),
	"by": doors.by(_first(id), doors.rule_names(input.access.policies)),
}}
