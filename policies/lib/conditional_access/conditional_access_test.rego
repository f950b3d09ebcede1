package lib.conditional_access_test

import data.lib.conditional_access

_hole(changes) := object.union(
	{"policy": 3, "policy_id": "p1", "name": "Block", "kind": "user", "id": "U1", "open": ["other"], "undecided": []},
	changes,
)

test_an_exclusion_is_told_with_its_place if {
	conditional_access.exclusion(_hole({"kind": "group"}), "left_out", ["other"]) == {
		"key": "left_out",
		"args": {"policy": "Block", "kind": "word:group", "id": "U1", "clients": ["other"]},
		"resource": {"kind": "conditional_access_exclusion", "id": "p1/group/U1", "name": "Block"},
		"at": ["entra", "conditional_access_policies", 3, "conditions"],
	}
}

test_what_an_exclusion_is if {
	declared := [{"id": "u1"}, {"id": "u2"}]
	conditional_access.judged_exclusion(_hole({}), declared) == "break_glass"
	conditional_access.judged_exclusion(_hole({"kind": "group"}), declared) == "left_out"
	conditional_access.judged_exclusion(_hole({}), []) == "left_out"
	conditional_access.judged_exclusion(_hole({}), [{"id": ""}]) == "perhaps_break_glass"
	conditional_access.judged_exclusion(_hole({"open": [], "undecided": ["other"]}), []) == "left_out_perhaps"
	not conditional_access.judged_exclusion(_hole({"open": []}), [{"id": ""}])
}

test_why_a_policy_falls_short if {
	conditional_access.falls_short({"worth": "stops", "limits": []}) == "asks_for_mfa"
	conditional_access.falls_short({"worth": "reports", "limits": ["users"]}) == "report_only"
	conditional_access.falls_short({"worth": "blocks", "limits": ["users"]}) == "limited"
	every worth in ["blocks", "unclear"] {
		not conditional_access.falls_short({"worth": worth, "limits": []})
	}
}

_path(everywhere) := {"path": "managed", "domain": "example.onmicrosoft.com", "declared": ["break_glass"], "everywhere": everywhere}

_read := {"collected": true, "security_defaults": "no"}

_mfa(answers, facts) := conditional_access.break_glass_mfa([_path(answer) | some answer in answers], facts, "Example.onmicrosoft.com")

test_break_glass_is_covered_when_all_of_it_is if {
	_mfa(["mfa"], _read) == "yes"
	_mfa(["mfa", "blocked"], _read) == "yes"
	_mfa(["mfa", "undecided"], _read) == "mixed"
	_mfa(["undecided"], _read) == "undecided"
	_mfa(["mfa", "nothing"], _read) == "mixed"
	_mfa(["undecided", "nothing"], _read) == "mixed"
	_mfa(["nothing"], _read) == "no"
	_mfa([], _read) == "undecided"
}

test_break_glass_is_told_apart_by_what_is_asked if {
	paths := [object.union(_path(asked), {"behind": n}) | some n, asked in ["mfa", "nothing", "blocked", "nothing", "undecided"]]
	every answer, behind in {"yes": [0, 2], "no": [1, 3], "undecided": [4]} {
		found := conditional_access.break_glass_apart(paths, _read, answer, "some")
		{[entry.key, entry.args.domain, entry.behind] | some entry in found} == {["some", "example.onmicrosoft.com", behind]}
	}
	count(conditional_access.break_glass_apart([object.union(_path("nothing"), {"behind": 0})], _read, "no", "some")) == 0
	count(conditional_access.break_glass_apart(paths, {"collected": false, "security_defaults": "no"}, "no", "some")) == 0
}

test_break_glass_of_other_domains_and_others_do_not_count if {
	others := [
		object.union(_path("nothing"), {"domain": "example.com"}),
		object.union(_path("nothing"), {"path": "okta"}),
		object.union(_path("nothing"), {"declared": []}),
		object.union(_path("nothing"), {"declared": null}),
	]
	conditional_access.break_glass_mfa(array.concat([_path("mfa")], others), _read, "example.onmicrosoft.com") == "yes"
}

test_security_defaults_cover_break_glass if {
	_mfa(["nothing"], {"collected": true, "security_defaults": "yes"}) == "yes"
	_mfa(["nothing"], {"collected": true, "security_defaults": "maybe"}) == "unread"
	_mfa(["mfa"], {"collected": true, "security_defaults": "maybe"}) == "yes"
}

test_policies_that_were_not_read_may_cover_break_glass if {
	partial := {"collected": false, "security_defaults": "no"}
	_mfa(["undecided"], partial) == "unread"
	_mfa(["nothing"], partial) == "unread"
	_mfa(["mfa"], partial) == "yes"
}
