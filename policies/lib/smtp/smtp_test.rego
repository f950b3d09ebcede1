package lib.smtp_test

import data.lib.smtp

_mailbox(disabled) := {"exchange": {"SmtpClientAuthenticationDisabled": disabled}}

_organisation(disabled) := {"SmtpClientAuthenticationDisabled": disabled}

_before := "2026-12-31T23:59:59Z"

_after := "2027-01-01T00:00:00Z"

test_the_mailbox_beats_the_organisation if {
	every instant in [_before, _after] {
		smtp.switch(_mailbox(false), _organisation(true), instant) == "override"
		smtp.switch(_mailbox(true), _organisation(false), instant) == "off"
	}
}

test_null_inherits if {
	every instant in [_before, _after] {
		smtp.switch(_mailbox(null), _organisation(true), instant) == "off"
		smtp.switch(_mailbox(null), _organisation(false), instant) == "organisation"
	}
}

test_what_nobody_set_depends_on_the_date if {
	every organisation in [_organisation(null), {}] {
		smtp.switch(_mailbox(null), organisation, _before) == "not_set"
		smtp.switch(_mailbox(null), organisation, _after) == "default_changed"
	}
}

test_absent_was_not_read if smtp.switch({"exchange": {}}, _organisation(true), _before) == "unread"

test_switch_or_policy_closes_a_mailbox if {
	smtp.exposure("off", {"kind": "none"}) == "closed"
	smtp.exposure("override", {"kind": "policy", "policy": {"AllowBasicAuthSmtp": false}}) == "closed"
}

test_anything_else_leaves_it_open if {
	every effective in [
		{"kind": "none"},
		{"kind": "missing", "name": "Gone"},
		{"kind": "policy", "policy": {}},
		{"kind": "policy", "policy": {"AllowBasicAuthSmtp": null}},
		{"kind": "policy", "policy": {"AllowBasicAuthSmtp": true}},
	] {
		smtp.exposure("override", effective) == "override"
	}
	smtp.exposure("override", {"kind": "unread"}) == "policy_unread"
}
