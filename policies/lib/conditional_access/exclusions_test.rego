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
