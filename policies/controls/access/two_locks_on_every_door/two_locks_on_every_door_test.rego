package controls.access.two_locks_on_every_door_test

import data.controls.access.two_locks_on_every_door as control

_lock(kind, station) := {"kind": kind, "station": station, "stage": "identity_provider"}

_policy := _lock("authentication_policy", "exchange")

_rules := _lock("okta_rules", "identity_provider")

_grant := _lock("conditional_access_grant", "entra")

_door(protocol, method, outcome, locks) := {"protocol": protocol, "method": method, "outcome": outcome, "mailboxes": 2, "first": 0, "locks": locks, "steps": []}

good := {
	"okta": {"apps": [], "access_policy_rules": {"rst1": []}},
	"exchange": {"authentication_policies": [], "organization_config": {}, "transport_config": {}},
	"entra": {"domains": [], "federation_configurations": {}, "feature_rollout_policies": [], "home_realm_discovery_policies": [], "conditional_access_policies": []},
	"mailboxes": [{"domain": "example.com", "exchange": {}, "okta": {"assigned": true}}],
	"access": {"mailboxes": 2, "doors": [
		_door("imap", "basic", "closed_at_exchange", [_policy, _rules]),
		_door("imap", "password_grant", "closed_at_identity_provider", [_rules, _grant]),
		_door("mapi", "modern", "allowed_with_mfa", []),
		_door("web", "basic", "not_offered", []),
		_door("pop", "password_grant", "closed_at_exchange", [_lock("mailbox_switch", "exchange"), _rules]),
	]},
}

_locks(i, locks) := [{"op": "replace", "path": sprintf("/access/doors/%d/locks", [i]), "value": locks}]

mutations := [
	{"name": "no lock at Exchange", "patch": _locks(0, [_rules])},
	{"name": "no lock at Okta", "patch": _locks(0, [_policy])},
	{"name": "Microsoft's removal alone at Exchange", "patch": _locks(0, [_lock("service", "exchange"), _rules])},
	{"name": "Conditional Access in the place of Okta", "patch": _locks(0, [_policy, _grant])},
	{"name": "a grant without Okta's rules", "patch": _locks(1, [_grant])},
	{"name": "a grant without a second lock", "patch": _locks(1, [_rules])},
	{"name": "no lock is known", "patch": [{"op": "remove", "path": "/access/doors/0/locks"}]},
]

test_passes_when_every_door_has_two_locks if {
	count(control.violations) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_fails_when_one_is_missing if {
	some violation in control.violations with input as json.patch(good, mutations[0].patch)
	violation.key == "basic_exchange"
	violation.args == {"protocols": ["IMAP"]}
	violation.behind == {0}
}

test_a_second_lock_may_be_for_groups_that_were_not_read if {
	some violation in control.violations with input as json.patch(good, mutations[5].patch)
	violation.key == "grant_second"
	needed := {"mailboxes[].entra.accountEnabled", "mailboxes[].entra.groups", "mailboxes[].entra.roles"}
	needed - {path | some path in violation.whole} == set()
}

test_fails_once_for_doors_that_lack_the_same if {
	more := [{"op": "add", "path": "/access/doors/-", "value": object.union(_door("pop", "basic", "closed_at_exchange", [_rules]), {"first": 1})}]
	found := control.violations with input as json.patch(good, array.concat(mutations[0].patch, more))
	count(found) == 1
	some violation in found
	violation.args == {"protocols": ["IMAP", "POP"]}
	violation.resource.id == "basic_exchange"
	violation.ways == ["imap", "pop"]
	violation.behind == {0, 5}
}

test_not_applicable_without_mailboxes if {
	count(control.not_applicable) == 1 with input as json.patch(good, [{"op": "replace", "path": "/access/mailboxes", "value": 0}])
}
