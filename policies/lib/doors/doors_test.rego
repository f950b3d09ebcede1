package lib.doors_test

import data.lib.doors

_door := {"protocol": "smtp", "method": "basic", "via": ["okta"], "rules": [{"policy": "rst1", "rule": "rul1", "index": 2, "certain": true}]}

_managed := {"protocol": "imap", "method": "password_grant", "via": ["entra"]}

_policies := [{"id": "rst1", "rules": [
	{"id": "rul1", "name": "Printers", "priority": 3},
	{"id": "rul2", "name": "No number"},
]}]

test_a_door_has_a_name if {
	doors.title(_door) == "SMTP AUTH (basic)"
	doors.title({"protocol": "new", "method": "odd"}) == "new (odd)"
}

test_a_door_has_an_id if {
	doors.id(_door) == "smtp/basic/okta/rst1.rul1"
	doors.id(_managed) == "imap/password_grant/entra"
	doors.id(object.union(_managed, {"rules": [{"policy": "rst1", "index": -1, "certain": false}]})) == "imap/password_grant/entra/rst1.none"
}

test_where_it_comes_from if {
	doors.from({"okta": {"anywhere": true}, "entra": {"anywhere": true}}) == "word:anywhere"
	doors.from({"okta": {"anywhere": false, "address": "192.0.2.1", "zones": ["A", "B"]}}) == "192.0.2.1 (A, B)"
	doors.from({"okta": {"anywhere": false, "zones": ["A"]}}) == "A"
	doors.from({"okta": {"anywhere": true}, "entra": {"anywhere": false, "address": "192.0.2.1"}}) == "192.0.2.1"
	doors.from({"entra": {"anywhere": false}}) == "word:some_addresses"
	doors.from({}) == "word:anywhere"
}

test_who_lets_in if {
	names := doors.rule_names(_policies)
	names.rst1.rul2 == "- 'No number'"
	doors.by(_door, names) == ["3 'Printers'"]
	doors.by(_managed, names) == ["word:entra"]
	doors.by({"via": ["okta", "new"], "rules": [{"policy": "rst1", "index": -1}]}, names) == ["new", "word:okta"]
}

test_where_it_is_decided if {
	doors.at(_door) == ["okta", "access_policy_rules", "rst1", 2]
	doors.at(object.union(_managed, {"steps": [
		{"key": "a", "pointer": "/entra/domains/1"},
		{"key": "b", "pointer": "/entra/x~1y/~01"},
		{"key": "c", "pointer": "/mailboxes/3"},
		{"key": "d"},
	]})) == ["entra", "x/y", "~1"]
	doors.at(_managed) == ["entra", "domains"]
}

test_reasons_are_sentences if doors.texts([{"text": "B."}, {"text": "A."}]) == "A. B."
