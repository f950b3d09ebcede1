# METADATA
# title: What Okta's rules let past, as the access facts have it
# description: >-
#   The facts say of each rule which region it truly decides, and so whom it lets
#   past, and the same of what no rule decides. Kind is legacy, for clients that can
#   only send a password, or others, for those that get in without a second factor.
package lib.rule_facts

import data.lib.doors

# METADATA
# description: >-
#   The rules that let somebody past, or may, with what they let past and their
#   place; and for each policy what no rule decides, if that does.
found(policies, kind) := {subject |
	some policy in policies
	some rule in policy.rules
	rule[kind].opens != "no"
	subject := _subject(policy, rule, rule[kind], rule, ["okta", "access_policy_rules", policy.id, rule.index])
} | {subject |
	some policy in policies
	policy.unmatched[kind].opens != "no"
	subject := _subject(policy, policy.unmatched, policy.unmatched[kind], policy, ["okta", "access_policy_rules", policy.id])
}

_subject(policy, rule, passed, named, at) := {
	"policy": policy, "rule": rule, "passed": passed,
	"resource": {"kind": "access_policy_rule", "id": named.id, "name": named.name},
	"at": at,
}

# METADATA
# description: >-
#   The entry about what was found, with one key for a rule and one for what no rule
#   decides.
entry(subject, ruled, unmatched) := {
	"key": _key(subject.rule, ruled, unmatched),
	"args": {
		"rule": subject.resource.name,
		"priority": doors.priority(subject.rule),
		"policy": subject.policy.name,
		"from": doors.from(object.get(subject.passed, "witness", {})),
		"mailboxes": subject.passed.certain + subject.passed.possible,
		"message": doors.texts(subject.passed.reasons),
	},
	"resource": subject.resource,
	"at": subject.at,
}

_key(rule, ruled, _) := ruled if rule.index >= 0

_key(rule, _, unmatched) := unmatched if rule.index < 0

# METADATA
# description: The entry of a violation, with the steps of a request that gets past.
violation(subject, ruled, unmatched) := object.union(entry(subject, ruled, unmatched), {"steps": subject.passed.steps})

# METADATA
# description: >-
#   The active rules of a policy that deny legacy clients to some of those whom a
#   rule lets past, as an object of names by where they stand: below the rule, which
#   comes before them, or above it.
denials(policy, rule) := {
	"below": sort({doors.rule_name(deny) |
		some order in policy.order
		rule.index in order.above
		some deny in policy.rules
		deny.index == order.deny
	}),
	"above": sort({doors.rule_name(deny) |
		some deny in policy.rules
		deny.access == "DENY"
		"legacy" in deny.clients
		deny.rank >= 0
		deny.rank < rule.rank
	}),
}
