# METADATA
# title: Exchange's authentication policies
# description: >-
#   What an authentication policy lets through, and which policy a mailbox is
#   under: its own, else the organisation's default, else none.
package lib.authentication_policies

import data.lib.names

# The flags that Exchange Online documents, one a protocol.
_documented := {
	"AllowBasicAuthActiveSync",
	"AllowBasicAuthAutodiscover",
	"AllowBasicAuthImap",
	"AllowBasicAuthMapi",
	"AllowBasicAuthOfflineAddressBook",
	"AllowBasicAuthOutlookService",
	"AllowBasicAuthPop",
	"AllowBasicAuthPowershell",
	"AllowBasicAuthReportingWebServices",
	"AllowBasicAuthRpc",
	"AllowBasicAuthSmtp",
	"AllowBasicAuthWebServices",
}

# Seen in the field and undocumented: judged where Exchange shows it.
_undocumented := {"AllowBasicAuthRest"}

# No mail protocol.
_ignored := {"AllowBasicAuthLogExport"}

# METADATA
# description: The flags of a policy that let basic authentication through.
open_flags(policy) := sort([flag |
	some flag in (_documented | _undocumented)
	policy[flag] == true
])

# METADATA
# description: >-
#   The flags that a policy does not answer: documented ones, and those that are
#   there without being documented.
silent_flags(policy) := sort([flag |
	some flag in (_documented | (_undocumented & object.keys(policy)))
	not _answers(policy, flag)
])

_answers(policy, flag) if policy[flag] in {true, false}

# METADATA
# description: >-
#   The flags of a policy that allow basic authentication for something that
#   nothing is known of.
strange_flags(policy) := sort([flag |
	some flag, value in policy
	startswith(flag, "AllowBasicAuth")
	not flag in ((_documented | _undocumented) | _ignored)
	value != false
])

# METADATA
# description: >-
#   What a policy does about basic authentication: open when it lets a protocol
#   through, silent when it does not answer for one, strange when only an unknown
#   flag is open, blocks when every protocol is shut.
verdict(policy) := "open" if {
	count(open_flags(policy)) > 0
} else := "silent" if {
	count(silent_flags(policy)) > 0
} else := "strange" if {
	count(strange_flags(policy)) > 0
} else := "blocks"

# METADATA
# description: The flags that are the reason of a verdict.
reasons(policy, "open") := open_flags(policy)

reasons(policy, "silent") := silent_flags(policy)

reasons(policy, "strange") := strange_flags(policy)

reasons(_, "blocks") := []

# METADATA
# description: >-
#   The policy that a reference names. Exchange refers to a policy by name, id,
#   GUID or distinguished name, whichever the cmdlet gives; case does not matter.
#   Undefined when no policy answers to it.
find(policies, reference) := policies[_places(policies)[lower(trim_space(reference))]]

# Where the policy of each name stands: of several the first, but before all the first
# that does not block every protocol. That is made once for all references.
_places(policies) := object.union_n(array.concat(
	array.reverse(_named_at(policies, {i | some i, _ in policies})),
	array.reverse(_named_at(policies, {i | some i, policy in policies; verdict(policy) != "blocks"})),
))

_named_at(policies, places) := [{lower(policy[field]): i} |
	some i, policy in policies
	i in places
	some field in ["Name", "Identity", "Id", "Guid", "DistinguishedName"]
	is_string(policy[field])
]

# METADATA
# description: >-
#   Which policy the organisation names as its default: kind policy with the
#   policy, none, missing when the name matches no policy, unread when Exchange
#   does not answer.
default_policy(organization, policies) := _named(policies, organization.DefaultAuthenticationPolicy) if {
	_names(organization.DefaultAuthenticationPolicy)
} else := {"kind": "none"} if {
	organization.DefaultAuthenticationPolicy in {null, ""}
} else := {"kind": "unread"}

# METADATA
# description: >-
#   Which policy a mailbox is under, in the way of default_policy. An empty policy
#   of its own inherits the default; an absent one was not read.
effective(mailbox, organization, policies) := _named(policies, mailbox.exchange.AuthenticationPolicy) if {
	_names(mailbox.exchange.AuthenticationPolicy)
} else := default_policy(organization, policies) if {
	mailbox.exchange.AuthenticationPolicy in {null, ""}
} else := {"kind": "unread"}

_names(reference) if {
	is_string(reference)
	reference != ""
}

_named(policies, reference) := {"kind": "policy", "policy": policy} if {
	policy := find(policies, reference)
} else := {"kind": "missing", "name": reference}

# METADATA
# description: >-
#   What an answer of effective or default_policy does about basic authentication,
#   as {key, args}: the verdict of the policy with its name and the flags that are
#   the reason, or the kind of an answer without a policy.
judged(answer) := {"key": key, "args": {"policy": name(answer.policy), "flags": reasons(answer.policy, key)}} if {
	key := verdict(answer.policy)
} else := {"key": "missing", "args": {"policy": answer.name}} if {
	answer.kind == "missing"
} else := {"key": answer.kind, "args": {}}

# METADATA
# description: >-
#   The evidence that must be whole for an answer of effective or default_policy to
#   be held against anybody: a policy that was not found may be among those that
#   were not read.
whole(answer) := ["exchange.authentication_policies"] if {
	answer.kind == "missing"
} else := []

# METADATA
# description: >-
#   What judged says, for SMTP AUTH alone: refused, allowed or not_set by a policy, or the
#   kind of an answer without one.
judged_on_smtp(answer) := {"key": _smtp(answer.policy), "args": {"policy": name(answer.policy)}} if {
	answer.kind == "policy"
} else := judged(answer)

_smtp(policy) := "refused" if {
	policy.AllowBasicAuthSmtp == false
} else := "allowed" if {
	policy.AllowBasicAuthSmtp == true
} else := "not_set"

# METADATA
# description: The name by which people know a policy.
name(policy) := names.first(policy, ["Name", "Identity", "Id"])

# METADATA
# description: >-
#   Whether a policy was changed after a moment. An instant of Exchange may carry
#   seven digits of a second and an offset; one that cannot be read says nothing.
changed_after(policy, moment) if {
	some field in ["WhenChangedUTC", "WhenChanged", "WhenCreatedUTC", "WhenCreated"]
	_nanoseconds(policy[field]) > _nanoseconds(moment)
}

# The pattern lets through only what the parser takes: real days, and years that
# fit in 64 bits of nanoseconds.
_nanoseconds(text) := time.parse_rfc3339_ns(text) if {
	is_string(text)
	regex.match(_instant, text)
	_day_exists(text)
}

_instant := `^(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$`

_day_exists(text) if {
	day := to_number(trim_left(substring(text, 8, 2), "0"))
	day <= _days(to_number(substring(text, 0, 4)), substring(text, 5, 2))
}

_days(year, "02") := 29 if _leap(year)

_days(year, "02") := 28 if not _leap(year)

_days(_, month) := 30 if month in {"04", "06", "09", "11"}

_days(_, month) := 31 if not month in {"02", "04", "06", "09", "11"}

_leap(year) if {
	year % 4 == 0
	year % 100 != 0
}

_leap(year) if year % 400 == 0
