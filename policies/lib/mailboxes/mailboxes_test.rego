package lib.mailboxes_test

import data.lib.mailboxes

test_user_mailbox_counts if mailboxes.counts({"exchange": {"RecipientTypeDetails": "UserMailbox", "AccountDisabled": true}})

test_shared_mailbox_counts_when_its_account_is_enabled if {
	mailboxes.counts({"exchange": {"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": false}})
	not mailboxes.counts({"exchange": {"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": true}})
}

test_entra_decides_whether_a_shared_mailbox_is_enabled if {
	enabled := {"exchange": {"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": true}, "entra": {"accountEnabled": true}}
	mailboxes.counts(enabled)
	mailboxes.signs_in(enabled)
	not mailboxes.counts({
		"exchange": {"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": false},
		"entra": {"accountEnabled": false},
	})
	not mailboxes.counts(json.patch(enabled, [{"op": "replace", "path": "/entra/accountEnabled", "value": null}]))
}

test_mailbox_of_unknown_kind_counts if mailboxes.counts({"exchange": {}})

test_no_kind_of_system_mailbox_counts if {
	every kind in [
		"ArbitrationMailbox",
		"AuditLogMailbox",
		"AuxAuditLogMailbox",
		"DiscoveryMailbox",
		"MonitoringMailbox",
		"SupervisoryReviewPolicyMailbox",
		"SystemMailbox",
	] {
		not mailboxes.counts({"exchange": {"RecipientTypeDetails": kind}})
	}
}

test_system_mailbox_does_not_count if {
	not mailboxes.counts({"exchange": {"RecipientTypeDetails": "DiscoveryMailbox", "AccountDisabled": false}})
}

test_says_tells_an_answer_from_none if {
	mailboxes.says({"exchange": {"PopEnabled": false}}, "PopEnabled")
	not mailboxes.says({"exchange": {"PopEnabled": null}}, "PopEnabled")
	not mailboxes.says({"exchange": {}}, "PopEnabled")
}

test_nobody_signs_in_with_a_disabled_account if {
	user := {"exchange": {"RecipientTypeDetails": "UserMailbox"}, "entra": {"accountEnabled": true}}
	mailboxes.signs_in(user)
	mailboxes.signs_in(json.remove(user, ["/entra/accountEnabled"]))
	mailboxes.signs_in(json.remove(user, ["/entra"]))
	not mailboxes.signs_in({"exchange": {"RecipientTypeDetails": "UserMailbox", "AccountDisabled": true}})
	not mailboxes.signs_in(json.patch(user, [{"op": "replace", "path": "/entra/accountEnabled", "value": false}]))
	not mailboxes.signs_in({"exchange": {"RecipientTypeDetails": "DiscoveryMailbox"}})
}

test_break_glass_is_declared if {
	mailboxes.is_break_glass({"declared": ["break_glass"]})
	not mailboxes.is_break_glass({"declared": []})
	not mailboxes.is_break_glass({})
}

test_the_domain_that_somebody_signs_in_with if {
	mailbox := {"domain": "Example.COM", "exchange": {"RecipientTypeDetails": "UserMailbox"}}
	mailboxes.sign_in_domain(mailbox) == "example.com"
	not mailboxes.sign_in_domain(object.union(mailbox, {"domain": null}))
	not mailboxes.sign_in_domain(object.union(mailbox, {"entra": {"accountEnabled": false}}))
}
