package lib.conditional_access

import data.lib.names

# METADATA
# description: >-
#   The client types of legacy authentication. Basic authentication that Exchange
#   relays is other; a native password grant is none of these.
legacy_clients := ["exchangeActiveSync", "other"]

# METADATA
# description: Whether the policy blocks what it applies to.
blocks(policy) if "block" in policy.grantControls.builtInControls

# The places in the list of the policies that block a client type, in force.
_blocking(policies, client) := {i |
	some i, policy in policies
	enabled(policy)
	blocks(policy)
	addresses(policy, client)
	count(narrowings(policy)) == 0
}

# What a policy applies to, when spared users (by id) may be left out.
_scope(policy, spared) := object.union(whole, {"users": object.union(whole.users, {"out": out})}) if {
	whole := scope(policy)
	out := {token |
		some token in whole.users.out
		not is_spared(token, spared)
	}
}

# METADATA
# description: Whether a token is one of the users that may be left out.
is_spared(token, spared) if {
	token.kind == "user"
	lower(token.id) in spared
}

# METADATA
# description: >-
#   Whether the policies together block a client type for everybody but the spared
#   users, in every application, on every platform and from everywhere: one of
#   them takes in everything, and whatever it leaves out another blocks.
closes(policies, client, spared) if {
	some i in _blocking(policies, client)
	limits(policies[i]) == []
	count(_left_out(policies, i, client, spared)) == 0
}

# METADATA
# description: >-
#   The holes that policies leave which would otherwise block legacy clients for
#   everybody, as {policy, kind, id, certain, clients}: policy is its place in the
#   list; certain is false when another policy may cover the hole and nothing
#   shows whether it does. None for a client type that is closed.
holes(policies, spared) := {object.union(hole, {"clients": clients}) |
	some hole in {h | some client in legacy_clients; some h in _holes(policies, client, spared)}
	clients := [client | some client in legacy_clients; hole in _holes(policies, client, spared)]
}

_holes(policies, client, spared) := set() if {
	closes(policies, client, spared)
} else := {object.union(token, {"policy": i, "certain": certain}) |
	some i in _blocking(policies, client)
	limits(policies[i]) == []
	some token in _left_out(policies, i, client, spared)
	certain := count(_may_cover(policies, client, spared, token)) == 0
}

# What a policy leaves out and none surely covers.
_left_out(policies, i, client, spared) := {token |
	some side in _scope(policies[i], spared)
	some token in side.out
	not _covered(policies, client, spared, token)
}

_covered(policies, client, spared, token) if {
	some i in _blocking(policies, client)
	side := _relevant(_scope(policies[i], spared), token)
	_takes_in(side, token)
	every out in side.out {
		apart(token, out)
	}
}

# The policies that may cover a token, for all that they show.
_may_cover(policies, client, spared, token) := {i |
	some i in _blocking(policies, client)
	side := _relevant(_scope(policies[i], spared), token)
	_may_take_in(side, token)
	not token in side.out
}

# The side of a scope that a token belongs to; undefined when the policy does not
# take in everything on the other sides.
_relevant(scope, token) := scope[_dimension[token.kind]] if {
	every dimension, side in scope {
		_irrelevant(dimension, side, token)
	}
}

_irrelevant(dimension, _, token) if dimension == _dimension[token.kind]

_irrelevant(_, side, _) if {
	side.all
	count(side.out) == 0
}

_dimension := {
	"user": "users",
	"group": "users",
	"role": "users",
	"guests": "users",
	"application": "applications",
	"platform": "platforms",
	"location": "locations",
}

_takes_in(side, _) if side.all

_takes_in(side, token) if token in side["in"]

_may_take_in(side, _) if side.all

_may_take_in(side, token) if {
	some other in side["in"]
	not apart(token, other)
}

# METADATA
# description: >-
#   What keeps the policies from blocking legacy clients, as {key, args, policy},
#   policy being a place in the list: not_blocked for the client types that no
#   policy blocks for everybody (without a place); left_out for a hole;
#   left_out_perhaps for one that another policy may cover; perhaps_break_glass for
#   an excluded user who may be a break-glass account that is declared by name
#   only. break_glass are the declared accounts, as {id, user_principal_name}.
gaps(policies, break_glass) := _unblocked(policies, spared) | {gap |
	some hole in holes(policies, spared)
	gap := {
		"key": _weight(hole, break_glass),
		"args": {
			"policy": name(policies[hole.policy]),
			"kind": hole.kind,
			"id": hole.id,
			"clients": hole.clients,
		},
		"policy": hole.policy,
	}
} if {
	spared := spared_users(break_glass)
}

# METADATA
# description: The ids of declared accounts, for closes and holes.
spared_users(break_glass) := {lower(account.id) |
	some account in break_glass
	account.id != ""
}

_unblocked(policies, spared) := {{"key": "not_blocked", "args": {"clients": clients}} |
	clients := [client |
		some client in legacy_clients
		not closes(policies, client, spared)
		count(_holes(policies, client, spared)) == 0
	]
	count(clients) > 0
}

_weight(hole, break_glass) := "perhaps_break_glass" if {
	hole.kind == "user"
	some account in break_glass
	account.id == ""
} else := "left_out" if {
	hole.certain
} else := "left_out_perhaps"

# METADATA
# description: >-
#   The declared break-glass accounts that policies against legacy clients leave
#   out, as {policy, id} with the name of the policy.
spared_by(policies, break_glass) := {{"policy": name(policies[i]), "id": token.id} |
	some client in legacy_clients
	some i in _blocking(policies, client)
	some token in scope(policies[i]).users.out
	is_spared(token, spared_users(break_glass))
}

# METADATA
# description: The name by which people know a policy.
name(policy) := names.first(policy, ["displayName", "id"])

# METADATA
# description: >-
#   Why a policy that one could take for a block of legacy clients is none:
#   report_only, asks_for_mfa (which stops clients that cannot do it, and lets in
#   whoever can), or limited when it blocks only a part. Undefined for a policy
#   that has nothing to do with legacy clients.
falls_short(policy, strengths) := "report_only" if {
	policy.state == "enabledForReportingButNotEnforced"
	_concerns_legacy(policy)
	blocks(policy)
} else := "asks_for_mfa" if {
	enabled(policy)
	_concerns_legacy(policy)
	not blocks(policy)
	asks_for_mfa(policy, strengths)
} else := "limited" if {
	enabled(policy)
	_concerns_legacy(policy)
	blocks(policy)
	count(limits(policy)) > 0
}

_concerns_legacy(policy) if {
	some client in legacy_clients
	addresses(policy, client)
}
