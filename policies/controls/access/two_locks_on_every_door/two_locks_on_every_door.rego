# METADATA
# title: Every legacy door has two locks
# description: >-
#   The whitepaper sets Okta's rules besides Exchange's authentication policy, in case
#   users are not protected by that policy. Basic authentication is to be closed at
#   Exchange, before the password is checked, and at the identity provider. A password
#   grant never meets Exchange's settings against basic authentication: it is to be
#   closed at the identity provider, and by Conditional Access or, where a protocol is
#   switched off altogether, by that switch.
#
#   What was decided where the documents are silent. Microsoft's own removal of basic
#   authentication is nobody's setting and counts for nothing here. Conditional Access
#   never stands in for Exchange or Okta on a basic path. A lock counts only when it
#   certainly holds for everybody of whom it is said. A user whom Okta refuses
#   altogether is locked out there.
# related_resources:
#   - ref: https://www.okta.com/resources/whitepaper/securing-office-365-with-okta/
#     description: Securing Office 365 with Okta
# custom:
#   id: ACCESS-002
#   severity: medium
#   step: access
#   needs: [access, "mailboxes[].exchange.AuthenticationPolicy", "mailboxes[].exchange.PopEnabled", "mailboxes[].okta", okta.apps, okta.access_policy_rules, exchange.authentication_policies, entra.domains, entra.conditional_access_policies]
#   optional:
#     - mailboxes[].domain
#     - exchange.organization_config
#     - exchange.transport_config
#     - entra.federation_configurations
#     - entra.feature_rollout_policies
#     - entra.home_realm_discovery_policies
#     - mailboxes[].entra.accountEnabled
#     - mailboxes[].entra.groups
#     - mailboxes[].entra.roles
#   seen:
#     - mailboxes[].entra.accountEnabled
#     - mailboxes[].entra.groups
#     - mailboxes[].entra.roles
#   messages:
#     basic_exchange: "{members} {lacks|lack} a lock at Exchange against basic authentication, on at least one of these protocols: {protocols}."
#     basic_identity_provider: "{members} {lacks|lack} a lock at Okta against basic authentication, on at least one of these protocols: {protocols}."
#     grant_identity_provider: "{members} {lacks|lack} a lock at Okta against a password exchanged for a token, on at least one of these protocols: {protocols}."
#     grant_second: "{members} {lacks|lack} a second lock against a password exchanged for a token, by Conditional Access or a switch that closes the protocol, on at least one of these: {protocols}."
#     no_mailbox: There is no mailbox that anybody can sign in to.
#   words:
#     web: Outlook on the web
#   remediation:
#     text: >-
#       Set what is missing: an authentication policy that blocks basic authentication
#       as the organisation's default, a rule in Okta that denies legacy clients, and a
#       Conditional Access policy for mobile apps and desktop clients that blocks or
#       demands MFA of password grants.
package controls.access.two_locks_on_every_door

import data.lib.doors

violations contains {
	"key": key,
	"args": {"protocols": doors.names(lacking)},
	"resource": {"kind": "door", "id": key},
	"at": _places[key],
	"whole": _evidence[key],
	"steps": object.get(doors.first(lacking), "steps", []),
	"behind": object.keys(lacking),
	"ways": doors.ways(lacking),
} if {
	some key, lacking in _lacking
}

not_applicable contains {"key": "no_mailbox", "args": {}} if input.access.mailboxes == 0

_places := {
	"basic_exchange": ["exchange", "authentication_policies"],
	"basic_identity_provider": ["okta", "access_policy_rules"],
	"grant_identity_provider": ["okta", "access_policy_rules"],
	"grant_second": ["entra", "conditional_access_policies"],
}

# A lock that was not seen may be in what was not read, or hold for somebody of whom
# not all was read.
_evidence := {
	"basic_exchange": array.concat(_of_exchange, ["exchange.authentication_policies"]),
	"basic_identity_provider": _of_okta,
	"grant_identity_provider": array.concat(_of_okta, ["entra.feature_rollout_policies", "entra.home_realm_discovery_policies"]),
	"grant_second": array.concat(_of_exchange, _of_entra),
}

_of_exchange := ["exchange.organization_config", "exchange.transport_config", "mailboxes[].exchange.AuthenticationPolicy", "mailboxes[].exchange.PopEnabled"]

_of_okta := ["okta.apps", "okta.access_policy_rules", "entra.domains", "entra.federation_configurations", "mailboxes[].domain", "mailboxes[].okta"]

_of_entra := ["entra.conditional_access_policies", "mailboxes[].entra.accountEnabled", "mailboxes[].entra.groups", "mailboxes[].entra.roles"]

# The doors that lack a lock, by the lock. As a rule with keys this would take time
# with the square of the number of doors.
_lacking := object.union_n([{key: {n: door}} |
	some n, door in input.access.doors
	not door.outcome == "not_offered"
	some key in _wanted[door.method]
	count([lock | some lock in object.get(door, "locks", []); lock.kind != "service"; lock.station in _stations[key]]) == 0
])

_wanted := {
	"basic": ["basic_exchange", "basic_identity_provider"],
	"password_grant": ["grant_identity_provider", "grant_second"],
}

# Where each lock may stand.
_stations := {
	"basic_exchange": {"exchange"}, "basic_identity_provider": {"identity_provider"},
	"grant_identity_provider": {"identity_provider"}, "grant_second": {"entra", "exchange"},
}
