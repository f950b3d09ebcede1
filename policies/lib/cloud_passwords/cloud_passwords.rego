# METADATA
# title: Ways for a federated user's password to be checked in the cloud
# description: >-
#   Federation sends a user to the identity provider. Two things in Entra let a
#   password past it: a home-realm discovery policy, whose definition is JSON
#   inside a string, and a staged rollout of cloud authentication.
package lib.cloud_passwords

# METADATA
# description: >-
#   Whether a home-realm discovery policy lets Entra check a federated user's
#   password: allowed, refused (absent means refused), or unreadable.
home_realm(policy) := "allowed" if {
	some text in policy.definition
	_flag(text) == "true"
} else := "refused" if {
	is_array(policy.definition)
	count(policy.definition) > 0
	every text in policy.definition {
		_flag(text) in {"false", "absent"}
	}
} else := "unreadable"

# Entra does not care about the case of the names, so neither does this. A text
# that says a thing twice is not read at all.
_flag(text) := lower(sprintf("%v", [values[0]])) if {
	values := _under(_section(text), "allowcloudpasswordvalidation")
	count(values) == 1
} else := "absent" if {
	_under(_section(text), "allowcloudpasswordvalidation") == []
} else := "unreadable"

_section(text) := sections[0] if {
	is_string(text)
	json.is_valid(text)
	not regex.match(_twice, text)
	sections := _under(json.unmarshal(text), "homerealmdiscoverypolicy")
	count(sections) == 1
	is_object(sections[0])
}

# The same name in the same spelling: of two, the parser would keep the last.
_twice := `(?is)"(?:homerealmdiscoverypolicy"\s*:.*"homerealmdiscoverypolicy|allowcloudpasswordvalidation"\s*:.*"allowcloudpasswordvalidation)"\s*:`

_under(object, name) := [value |
	some key, value in object
	is_string(key)
	lower(key) == name
]

# METADATA
# description: >-
#   Whether a home-realm discovery policy is in use: yes as the organisation's
#   default or on any application, no, or unread when its applications were not
#   collected.
in_use(policy) := "yes" if {
	policy.isOrganizationDefault == true
} else := "yes" if {
	some _ in policy.appliesTo
} else := "no" if {
	policy.isOrganizationDefault == false
	policy.appliesTo == []
} else := "unread"

# METADATA
# description: >-
#   What a staged rollout does to federated users: off (nobody is in it), password
#   when their passwords are checked in the cloud, other when they sign in to the
#   cloud without one, unread when its state, groups or feature are not known.
rollout(policy) := "off" if {
	policy.isEnabled == false
} else := "off" if {
	policy.isAppliedToOrganization == false
	policy.appliesTo == []
} else := _effect(policy) if {
	policy.isEnabled == true
	_has_users(policy)
} else := "unread"

_has_users(policy) if policy.isAppliedToOrganization == true

_has_users(policy) if {
	some _ in policy.appliesTo
}

_effect(policy) := "password" if {
	policy.feature in {"passwordHashSync", "passthroughAuthentication"}
} else := "other" if {
	policy.feature in {
		"certificateBasedAuthentication",
		"emailAsAlternateId",
		"multiFactorAuthentication",
		"seamlessSso",
	}
} else := "unread"
