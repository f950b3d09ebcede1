package lib.ews_test

import data.lib.ews

_before := "2026-09-30T23:59:59Z"

_during := "2026-10-01T00:00:00Z"

_after := "2027-04-01T00:00:00Z"

_listed := {"EwsAllowedAppIDs": ["11111111-1111-4111-8111-111111111111"]}

test_off_is_off if {
	ews.access({"EwsEnabled": false}, null, _before) == "off"
	ews.access({"EwsEnabled": false}, null, _during) == "off"
}

test_after_the_retirement_nothing_is_left if ews.access({"EwsEnabled": true}, null, _after) == "retired"

test_a_list_of_applications_restricts_a_switch_that_is_on if {
	every instant in [_before, _during] {
		ews.access({"EwsEnabled": true}, _listed, instant) == "listed"
		ews.access({"EwsEnabled": true}, {"EwsAllowedAppIDs": "a, b"}, instant) == "listed"
	}
	ews.access({"EwsEnabled": null}, _listed, _before) == "open"
}

test_a_list_of_user_agents_restricts_too if {
	every enabled in [true, null] {
		organization := {"EwsEnabled": enabled, "EwsApplicationAccessPolicy": "EnforceAllowList"}
		ews.access(organization, null, _before) == "agents"
	}
	ews.access({"EwsEnabled": null, "EwsApplicationAccessPolicy": "EnforceBlockList"}, null, _before) == "open"
}

test_a_list_of_every_user_agent_restricts_nothing if {
	every list in [["*"], ["Outlook/*", " ** "]] {
		organization := {"EwsEnabled": true, "EwsApplicationAccessPolicy": "EnforceAllowList", "EwsAllowList": list}
		ews.access(organization, {"EwsAllowedAppIDs": null}, _before) == "open"
	}
	named := {"EwsEnabled": true, "EwsApplicationAccessPolicy": "EnforceAllowList", "EwsAllowList": ["Outlook/*", ""]}
	ews.access(named, {"EwsAllowedAppIDs": null}, _before) == "agents"
}

test_a_blank_list_restricts_nothing_before_the_retirement if {
	every blank in [null, "", " , ", [], [""]] {
		ews.access({"EwsEnabled": true}, {"EwsAllowedAppIDs": blank}, _before) == "open"
		ews.access({"EwsEnabled": true}, {"EwsAllowedAppIDs": blank}, _during) == "list_blank"
	}
}

test_a_list_that_was_not_read_decides_nothing if {
	ews.access({"EwsEnabled": true}, null, _before) == "list_unread"
	ews.access({"EwsEnabled": true}, null, _during) == "list_unread"
}

test_a_switch_that_nobody_set_is_on_until_the_retirement if {
	ews.access({"EwsEnabled": null}, null, _before) == "open"
	ews.access({"EwsEnabled": null}, null, _during) == "rollout"
}

test_an_absent_switch_was_not_read if ews.access({}, null, _before) == "unread"

test_a_mailbox_can_be_closed_by_itself if {
	ews.closed_for({"exchange": {"EwsEnabled": false}})
	not ews.closed_for({"exchange": {"EwsEnabled": null}})
	not ews.closed_for({"exchange": {}})
}
