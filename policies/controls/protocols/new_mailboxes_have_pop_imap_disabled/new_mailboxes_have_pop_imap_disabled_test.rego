package controls.protocols.new_mailboxes_have_pop_imap_disabled_test

import data.controls.protocols.new_mailboxes_have_pop_imap_disabled as control

good := {"exchange": {"cas_mailbox_plans": [
	{
		"Identity": "ExchangeOnlineEnterprise-6f6c267b",
		"DisplayName": "ExchangeOnlineEnterprise",
		"Guid": "guid-1",
		"IsDefault": true,
		"PopEnabled": false,
		"ImapEnabled": false,
	},
	{"Identity": "ExchangeOnlineDeskless-1f2a", "DisplayName": null, "PopEnabled": false, "ImapEnabled": false},
]}}

mutations := [
	{"name": "POP on", "patch": [{"op": "replace", "path": "/exchange/cas_mailbox_plans/0/PopEnabled", "value": true}]},
	{"name": "IMAP on", "patch": [{"op": "replace", "path": "/exchange/cas_mailbox_plans/1/ImapEnabled", "value": true}]},
	{"name": "POP missing", "patch": [{"op": "remove", "path": "/exchange/cas_mailbox_plans/0/PopEnabled"}]},
	{"name": "IMAP null", "patch": [{"op": "replace", "path": "/exchange/cas_mailbox_plans/1/ImapEnabled", "value": null}]},
]

_found(i) := {[entry.key, entry.args.protocols, entry.at[2]] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_every_plan_has_both_off if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_fails_when_a_plan_turns_one_on if {
	_found(0) == {["enabled", ["POP"], 0]}
	_found(1) == {["enabled", ["IMAP"], 1]}
	found := control.violations with input as json.patch(good, mutations[1].patch)
	{[entry.args.plan, entry.resource.id] | some entry in found} == {["ExchangeOnlineDeskless-1f2a", "ExchangeOnlineDeskless-1f2a"]}
	named := control.violations with input as json.patch(good, mutations[0].patch)
	named == {{
		"key": "enabled",
		"args": {"plan": "ExchangeOnlineEnterprise", "protocols": ["POP"]},
		"resource": {"kind": "cas_mailbox_plan", "id": "guid-1", "name": "ExchangeOnlineEnterprise"},
		"at": ["exchange", "cas_mailbox_plans", 0],
	}}
}

test_fails_when_a_plan_does_not_say if {
	_found(2) == {["not_set", ["POP"], 0]}
	_found(3) == {["not_set", ["IMAP"], 1]}
}

test_unknown_when_there_are_no_plans if {
	found := control.unknown with input as {"exchange": {"cas_mailbox_plans": []}}
	{entry.key | some entry in found} == {"no_plans"}
}
