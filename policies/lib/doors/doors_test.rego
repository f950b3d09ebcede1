package lib.doors_test

import data.lib.doors

_door := {"protocol": "smtp", "method": "basic", "via": ["okta"], "rules": [{"policy": "rst1", "rule": "rul1", "index": 2, "certain": true}]}

_managed := {"protocol": "imap", "method": "password_grant", "via": ["entra"]}

_policies := [{"id": "rst1", "rules": [
	{"id": "rul1", "name": "Printers", "priority": 3},
	{"id": "rul2", "name": "No number"},
]}]

test_open_doors_have_causes if {
	narrow := {"entra": {"anywhere": false, "address": "192.0.2.1"}}
	second := object.union(_door, {"protocol": "pop", "first": 3, "witness": narrow})
	ruleless := object.union(_managed, {"rules": [{"policy": "rst1", "index": -1, "certain": false}], "witness": narrow})
	found := doors.causes({4: object.union(_door, {"first": 5}), 1: second, 2: object.union(_managed, {"first": 0}), 3: object.union(ruleless, {"first": 0})})
	{[cause.id, cause.doors, cause.protocols, cause.ways, cause.example.first] | some cause in found} == {
		["basic/okta/rst1.rul1", [1, 4], ["POP", "SMTP AUTH"], ["pop", "smtp"], 5],
		["password_grant/entra", [2], ["IMAP"], ["imap"], 0],
		["password_grant/entra/rst1.none", [3], ["IMAP"], ["imap"], 0],
	}
}

test_doors_have_words if {
	doors.method(_door) == "word:basic"
	doors.method({"protocol": "pop", "method": "odd"}) == "odd"
	doors.protocol({"protocol": "new", "method": "odd"}) == "new"
	doors.protocol({"protocol": "web", "method": "modern"}) == "word:web"
	doors.names({7: _door, 3: _managed, 1: _door}) == ["SMTP AUTH", "IMAP"]
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
	doors.by(_door, names) == ["Okta 3 'Printers'"]
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

test_what_fails_to_stop_a_request_lets_nobody_in if {
	doors.at(object.union(_managed, {"steps": [
		{"key": "a", "pointer": "/exchange/transport_config"},
		{"key": "b", "pointer": "/entra/domains/1"},
		{"key": "c", "pointer": "/entra/conditional_access_policies/0"},
		{"key": "d", "pointer": "/entra/security_defaults"},
	]})) == ["entra", "domains", "1"]
}

test_reasons_are_sentences if doors.texts([{"text": "B."}, {"text": "A."}]) == "A. B."
