package lib.rule_facts_test

import data.lib.rule_facts

_closed := {"opens": "no", "certain": 0, "possible": 0, "reasons": [], "steps": []}

_opened := {"opens": "yes", "certain": 3, "possible": 1, "reasons": [{"key": "x", "text": "A."}], "steps": [{"key": "s"}]}

_rule(index, changes) := object.union(
	{"id": sprintf("rul%d", [index]), "name": sprintf("R%d", [index]), "index": index, "rank": index, "priority": index, "access": "ALLOW", "clients": ["legacy"], "legacy": _closed},
	changes,
)

_policy := {
	"id": "rst1", "name": "Office",
	"rules": [_rule(0, {"access": "DENY"}), _rule(1, {"legacy": _opened}), _rule(2, {"access": "DENY"}), _rule(3, {"access": "DENY", "rank": -1})],
	"unmatched": {"index": -1, "legacy": object.union(_opened, {"opens": "maybe"})},
	"order": [{"mailboxes": 4, "first": 0, "deny": 2, "above": [1]}, {"mailboxes": 2, "first": 4, "deny": 0, "above": []}],
}

_found := rule_facts.found([_policy], "legacy")

test_rules_that_let_somebody_past_are_found if {
	{subject.at | some subject in _found} == {["okta", "access_policy_rules", "rst1", 1], ["okta", "access_policy_rules", "rst1"]}
	{subject.resource.id | some subject in _found} == {"rul1", "rst1"}
}

test_the_entry_says_what_is_let_past if {
	{entry.key | some subject in _found; entry := rule_facts.entry(subject, "ruled", "unmatched")} == {"ruled", "unmatched"}
	some subject in _found
	entry := rule_facts.violation(subject, "ruled", "unmatched")
	entry.key == "ruled"
	entry.args == {"rule": "R1", "priority": "1", "policy": "Office", "from": "word:anywhere", "mailboxes": 4, "message": "A."}
	entry.steps == [{"key": "s"}]
}

test_denials_stand_above_or_below if {
	rule_facts.denials(_policy, _policy.rules[1]) == {"below": ["2 'R2'"], "above": ["0 'R0'"]}
}
