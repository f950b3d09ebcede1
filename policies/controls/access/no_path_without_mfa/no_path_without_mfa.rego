# METADATA
# title: No mailbox can be reached without MFA
# description: >-
#   The whitepaper's expected behaviours A to D as one proof: for every mailbox,
#   every protocol and every method, from anywhere, on any device, what Exchange, the
#   identity provider and Conditional Access decide together. Each violation is doors
#   that are open for one cause: by one method, let in by the same rules. It lists the
#   mailboxes behind at least one of them, and tells by one of the widest how a sign-in
#   gets in; "postern access --user" tells it of any other.
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
#   needs: [access, "mailboxes[].exchange.AuthenticationPolicy", "mailboxes[].exchange.PopEnabled"]
#   messages:
#     open: "{members} can be reached without MFA with {method}, by at least one of these protocols: {protocols}. From: {from}. Let in by: {by}."
#     exception: "{members} can be reached without MFA with {method}, by at least one of these protocols: {protocols}. From: {from}. Let in by a confined exception for legacy clients: {by}."
#     unmeasured: "{members} can be reached without MFA with {method}, by at least one of these protocols: {protocols}. From: {from}. Let in by an exception for legacy clients, and it is not known how many people that is for, alone or with the other exceptions: {by}."
#     undecided: "{members} can perhaps be reached without MFA with {method}, by at least one of these protocols: {protocols}. {message}"
#     no_mailbox: There is no mailbox that anybody can sign in to.
#   words:
#     web: Outlook on the web
#     basic: basic authentication
#     modern: modern authentication
#     password_grant: a password exchanged for a token
#     anywhere: anywhere
#     some_addresses: some addresses
#     okta: Okta without a rule that decides
#     entra: Entra on a domain that is not federated
#     rollout: Entra past Okta by a staged rollout
#     home_realm: Entra past Okta by a home-realm policy
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

violations contains object.union(_entry(cause, "open"), {
	"resource": {"kind": "door", "id": cause.id},
	"at": doors.at(cause.example),
	"ways": cause.ways,
	"steps": object.get(cause.example, "steps", []),
}) if {
	some cause in _causes
	not _exception(cause.example)
}

notes contains _entry(cause, "exception") if {
	some cause in _causes
	_excepted(cause.example)
}

unknown contains _entry(cause, "unmeasured") if {
	some cause in _causes
	_exception(cause.example) == "unmeasured"
}

unknown contains {
	"key": "undecided",
	"args": {"method": method, "protocols": doors.names(undecided), "message": message},
	"behind": object.keys(undecided),
} if {
	some message, by_method in _undecided
	some method, undecided in by_method
}

not_applicable contains {"key": "no_mailbox", "args": {}} if input.access.mailboxes == 0

_causes := doors.causes({n: door |
	some n, door in input.access.doors
	door.outcome == "allowed_without_mfa"
})

# The doors of which nobody can tell, by why and by the method.
_undecided := object.union_n([{doors.texts(door.reasons): {doors.method(door): {n: door}}} |
	some n, door in input.access.doors
	door.outcome == "undecided"
	not _excepted(door)
])

_excepted(door) if _exception(door) == "confined"

_exception(door) := exceptions.door_exception(door, _judgements)

_judgements := exceptions.judged(input.access.policies, input.config.legacy_exception_share)

_entry(cause, key) := {"key": key, "behind": cause.doors, "args": {
	"method": doors.method(cause.example),
	"protocols": cause.protocols,
	"from": doors.from(object.get(cause.example, "witness", {})),
	"by": doors.by(cause.example, doors.rule_names(input.access.policies)),
}}
