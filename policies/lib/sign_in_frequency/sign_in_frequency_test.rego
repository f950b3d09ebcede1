package lib.sign_in_frequency_test

import data.lib.sign_in_frequency

_policy := {
	"index": 0, "id": "1", "name": "Weekly", "enforced": "yes", "hours": 168, "mail": "yes", "clients": "yes",
	"limits": [], "left_out": [{"kind": "user", "id": "glass"}],
}

_with(changes) := object.union(_policy, changes)

_shortfalls(policy) := sign_in_frequency.shortfalls(policy, 168, ["Glass"])

test_policy_for_all_and_everything_has_no_shortfall if {
	good := [
		_policy,
		_with({"hours": 0}),
		_with({"left_out": null}),
		_with({"left_out": [{"kind": "guests", "id": "b2bCollaborationGuest"}]}),
	]
	every policy in good {
		_shortfalls(policy) == set()
	}
}

test_each_shortfall_is_named if {
	cases := [
		[{"enforced": "reports"}, "word:report_only"],
		[{"enforced": "no"}, "word:switched_off"],
		[{"hours": 169}, "word:too_long"],
		[{"hours": null}, "word:too_long"],
		[{"limits": ["users"]}, "word:not_all_users"],
		[{"left_out": [{"kind": "user", "id": "2"}]}, "word:left_out"],
		[{"left_out": [{"kind": "group", "id": "glass"}]}, "word:left_out"],
		[{"mail": "no"}, "word:not_mail"],
		[{"clients": "no"}, "word:not_every_client"],
		[{"limits": ["platforms"]}, "word:some_platforms"],
		[{"limits": ["locations"]}, "word:some_locations"],
		[{"limits": ["signInRiskLevels", "userRiskLevels"]}, "word:risk"],
		[{"limits": ["devices"]}, "word:devices"],
		[{"limits": ["insiderRiskLevels"]}, "word:conditions"],
	]
	every example in cases {
		_shortfalls(_with(example[0])) == {example[1]}
	}
}
