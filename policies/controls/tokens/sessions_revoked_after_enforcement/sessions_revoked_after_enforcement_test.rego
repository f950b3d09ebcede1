package controls.tokens.sessions_revoked_after_enforcement_test

import data.controls.tokens.sessions_revoked_after_enforcement as control

_before := "2026-09-01T08:00:00Z"

_after := "2026-10-02T08:00:00Z"

_long_ago := "2026-01-01T08:00:00Z"

_mailbox(id, entra) := {"id": id, "entra": object.union({"accountEnabled": true, "createdDateTime": _long_ago}, entra)}

good := {
	"moments": {
		"enforced_at": "2026-10-01T08:00:00Z",
		"enforced_from": "config",
		"idle_before": "2026-07-03T08:00:00Z",
		"settled_before": "2026-10-31T08:00:00Z",
	},
	"mailboxes": [
		_mailbox("revoked", {"signInSessionsValidFromDateTime": _after}),
		_mailbox("at that moment", {"signInSessionsValidFromDateTime": "2026-10-01T08:00:00Z"}),
		_mailbox("made since", {"signInSessionsValidFromDateTime": null, "createdDateTime": _after}),
		_mailbox("idle", {
			"signInSessionsValidFromDateTime": _long_ago,
			"signInActivity": {"lastSignInDateTime": _long_ago, "lastNonInteractiveSignInDateTime": null},
		}),
		_mailbox("never", {"signInSessionsValidFromDateTime": null, "signInActivity": {}}),
		_mailbox("disabled", {"signInSessionsValidFromDateTime": _long_ago, "accountEnabled": false}),
	],
}

_at(i, field) := sprintf("/mailboxes/%d/entra/%s", [i, field])

mutations := [
	{"name": "revoked before enforcement", "patch": [{
		"op": "replace",
		"path": _at(0, "signInSessionsValidFromDateTime"),
		"value": _before,
	}]},
	{"name": "never revoked", "patch": [{"op": "replace", "path": _at(0, "signInSessionsValidFromDateTime"), "value": null}]},
	{"name": "field missing", "patch": [{"op": "remove", "path": _at(0, "signInSessionsValidFromDateTime")}]},
	{"name": "not idle", "patch": [{"op": "replace", "path": _at(3, "signInActivity/lastSignInDateTime"), "value": _before}]},
	{"name": "not idle without interaction", "patch": [{
		"op": "replace",
		"path": _at(3, "signInActivity/lastNonInteractiveSignInDateTime"),
		"value": _before,
	}]},
	{"name": "activity not read", "patch": [{"op": "remove", "path": _at(3, "signInActivity")}]},
	{"name": "active at the edge", "patch": [{
		"op": "replace",
		"path": _at(3, "signInActivity/lastSignInDateTime"),
		"value": "2026-07-03T08:00:00Z",
	}]},
	{"name": "enabled", "patch": [{"op": "replace", "path": _at(5, "accountEnabled"), "value": true}]},
	{"name": "enabled or not is unsaid", "patch": [{"op": "replace", "path": _at(5, "accountEnabled"), "value": null}]},
	{"name": "made before", "patch": [{"op": "replace", "path": _at(2, "createdDateTime"), "value": _before}]},
	{"name": "when it was made is unsaid", "patch": [{"op": "remove", "path": _at(2, "createdDateTime")}]},
	{"name": "idle since when is unknown", "patch": [{"op": "replace", "path": "/moments/idle_before", "value": null}]},
]

_found(i) := {[entry.key, entry.mailbox] | some entry in found} if {
	found := control.violations with input as json.patch(good, mutations[i].patch)
}

test_passes_when_nobody_has_an_old_session if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_notes_the_idle_and_the_disabled if {
	found := control.notes with input as good
	found == {
		{"key": "idle", "args": {}, "mailbox": 3},
		{"key": "idle", "args": {}, "mailbox": 4},
		{"key": "account_disabled", "args": {}, "mailbox": 5},
	}
}

test_fails_when_sessions_are_older_than_the_rules if {
	_found(0) == {["not_revoked", 0]}
	_found(1) == {["not_set", 0]}
	_found(2) == {["not_set", 0]}
}

test_fails_when_the_excuse_is_gone if {
	every i in [3, 4, 5, 6] {
		_found(i) == {["not_revoked", 3]}
	}
	every i in [7, 8] {
		_found(i) == {["not_revoked", 5]}
	}
	every i in [9, 10] {
		_found(i) == {["not_set", 2]}
	}
	_found(11) == {["not_revoked", 3], ["not_set", 4]}
}

test_account_made_at_that_moment_is_new if {
	edge := [{"op": "replace", "path": _at(2, "createdDateTime"), "value": "2026-10-01T08:00:00Z"}]
	count(control.violations) == 0 with input as json.patch(good, edge)
}

test_unknown_when_the_moment_is if {
	every patch in [[{"op": "replace", "path": "/moments/enforced_at", "value": null}], [{"op": "remove", "path": "/moments"}]] {
		count(control.violations) == 0 with input as json.patch(good, patch)
		count(control.notes) == 0 with input as json.patch(good, patch)
		found := control.unknown with input as json.patch(good, patch)
		found == {{"key": "no_moment", "args": {}}}
	}
}

test_notes_a_moment_that_was_not_declared if {
	every source in ["last_change", "baseline"] {
		found := control.notes with input as json.patch(good, [{
			"op": "replace",
			"path": "/moments/enforced_from",
			"value": source,
		}])
		{"key": sprintf("moment_from_%s", [source]), "args": {}} in found
	}
}

test_notes_no_declared_moment if {
	found := control.notes with input as good
	every note in found {
		not startswith(note.key, "moment_from_")
	}
}

test_not_applicable_without_mailboxes if {
	found := control.not_applicable with input as json.patch(good, [{"op": "replace", "path": "/mailboxes", "value": []}])
	found == {{"key": "no_mailboxes", "args": {}}}
}
