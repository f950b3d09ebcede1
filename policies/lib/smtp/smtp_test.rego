package lib.smtp_test

import data.lib.smtp

_mailbox(disabled) := {"exchange": {"SmtpClientAuthenticationDisabled": disabled}}

_organisation(disabled) := {"SmtpClientAuthenticationDisabled": disabled}

test_the_mailbox_beats_the_organisation if {
	smtp.switch(_mailbox(false), _organisation(true)) == "override"
	smtp.switch(_mailbox(true), _organisation(false)) == "off"
}

test_null_inherits if {
	smtp.switch(_mailbox(null), _organisation(true)) == "off"
	smtp.switch(_mailbox(null), _organisation(false)) == "organisation"
	smtp.switch(_mailbox(null), _organisation(null)) == "not_set"
	smtp.switch(_mailbox(null), {}) == "not_set"
}

test_absent_was_not_read if smtp.switch({"exchange": {}}, _organisation(true)) == "unread"

test_only_a_policy_that_says_so_refuses_passwords if {
	smtp.refuses_passwords({"kind": "policy", "policy": {"AllowBasicAuthSmtp": false}})
	not smtp.refuses_passwords({"kind": "policy", "policy": {"AllowBasicAuthSmtp": true}})
	not smtp.refuses_passwords({"kind": "policy", "policy": {}})
	not smtp.refuses_passwords({"kind": "none"})
}
