# METADATA
# title: How to tell people of a door
# description: >-
#   A door is a protocol and a method by which a mailbox can be reached, as the
#   access facts have it, for all mailboxes for which it ends alike.
package lib.doors

_protocols := {
	"pop": "POP",
	"imap": "IMAP",
	"activesync": "Exchange ActiveSync",
	"ews": "EWS",
	"mapi": "MAPI",
	"powershell": "PowerShell",
	"smtp": "SMTP AUTH",
	"web": "word:web",
	"graph": "Microsoft Graph",
}

_methods := {
	"basic": "word:basic",
	"modern": "word:modern",
	"password_grant": "word:password_grant",
}

# METADATA
# description: The name of a door's protocol.
protocol(door) := object.get(_protocols, door.protocol, door.protocol)

# METADATA
# description: The name of a door's method.
method(door) := object.get(_methods, door.method, door.method)

# METADATA
# description: >-
#   Doors that are open for one cause, put together: by one method, let in by the same
#   rules and ways past Okta. open are the doors by their place in the facts. Each cause
#   has an id that knows no name, the places of its doors, the names of their protocols,
#   the protocols as ways, and a door by whose example it is told: one that is open from
#   anywhere, if there is one.
causes(open) := [{
	"id": id,
	"doors": sort(object.keys(alike)),
	"protocols": names(alike),
	"ways": ways(alike),
	"example": first(_widest(alike)),
} |
	some id, alike in object.union_n([{_cause(door): {n: door}} | some n, door in open])
]

_cause(door) := concat("/", array.concat([door.method], _entry(door)))

_widest(doors) := anywhere if {
	anywhere := {n: door | some n, door in doors; from(object.get(door, "witness", {})) == "word:anywhere"}
	count(anywhere) > 0
} else := doors

_entry(door) := array.concat(_via(door), _rule_ids(door))

_via(door) := sort(object.get(door, "via", []))

_rule_ids(door) := sort([sprintf("%s.%s", [rule.policy, object.get(rule, "rule", "none")]) |
	some rule in object.get(door, "rules", [])
])

# METADATA
# description: The names of the protocols of some doors by their place in the facts, in that order.
names(doors) := [place[1] |
	by_name := object.union_n([{protocol(door): {n: true}} | some n, door in doors])
	some place in sort([[min(object.keys(places)), name] | some name, places in by_name])
]

# METADATA
# description: The protocols of some doors.
ways(doors) := sort({door.protocol | some door in doors})

# METADATA
# description: The door of the first mailbox, of some doors by their place in the facts.
first(doors) := doors[min([[door.first, n] | some n, door in doors])[1]]

# METADATA
# description: Where a witness has to come from, for people. Without one nothing limits it.
from(witness) := _place(request, object.get(request, "zones", [])) if {
	request := witness.okta
	request.anywhere != true
} else := _place(request, object.get(request, "locations", [])) if {
	request := witness.entra
	request.anywhere != true
} else := "word:anywhere"

_place(request, names) := sprintf("%s (%s)", [request.address, concat(", ", names)]) if {
	request.address
	count(names) > 0
} else := request.address if {
	request.address
} else := concat(", ", names) if {
	count(names) > 0
} else := "word:some_addresses"

_elsewhere := {
	"okta": "word:okta",
	"entra": "word:entra",
	"rollout": "word:rollout",
	"home_realm": "word:home_realm",
	"elsewhere": "word:elsewhere",
}

# METADATA
# description: >-
#   Who lets requests in, for people. names are those of Okta's rules, by policy
#   and rule id.
by(door, names) := sort(array.concat(
	[sprintf("Okta %s", [names[rule.policy][rule.rule]]) | some rule in object.get(door, "rules", [])],
	[object.get(_elsewhere, via, via) | some via in object.get(door, "via", []); not _ruled(door, via)],
))

_ruled(door, via) if {
	via == "okta"
	count([rule | some rule in door.rules; rule.rule]) > 0
}

# METADATA
# description: The names and priorities of Okta's rules, by policy and rule id.
rule_names(policies) := {policy.id: names |
	some policy in policies
	names := {rule.id: rule_name(rule) | some rule in policy.rules}
}

# METADATA
# description: A rule's priority and its name, which needs no words in any language.
rule_name(rule) := sprintf("%s '%s'", [priority(rule), rule.name])

# METADATA
# description: A rule's priority as a text.
priority(rule) := sprintf("%v", [rule.priority]) if {
	rule.priority != null
} else := "-"

# METADATA
# description: >-
#   Where a door is opened: at the first of Okta's rules that lets requests in, else
#   at the last part of the configuration that its steps name before Conditional
#   Access has its say, else at the domains. Conditional Access lets nobody in: it
#   only fails to stop.
at(door) := ["okta", "access_policy_rules", rule.policy, rule.index] if {
	rule := door.rules[0]
	rule.index >= 0
} else := path(places[count(places) - 1]) if {
	places := [step.pointer | some step in object.get(door, "steps", []); not _no_cause(object.get(step, "pointer", "/mailboxes"))]
	count(places) > 0
} else := ["entra", "domains"]

_no_cause(pointer) if strings.any_prefix_match(pointer, ["/mailboxes", "/entra/conditional_access_policies", "/entra/security_defaults"])

# METADATA
# description: The segments of a JSON pointer.
path(pointer) := [replace(replace(segment, "~1", "/"), "~0", "~") |
	some i, segment in split(pointer, "/")
	i > 0
]

# METADATA
# description: The sentences of reasons, one after the other.
texts(reasons) := concat(" ", sort([reason.text | some reason in reasons]))
