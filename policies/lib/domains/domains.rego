# METADATA
# title: Domains, their federation and the addresses they sign in at
# description: >-
#   A sign-in address belongs to an Okta org only when path and host both say so:
#   the path /app/office365/{key}/sso/wsfed/ is the same in every Okta org, so the
#   path alone would accept a stranger's.
package lib.domains

# METADATA
# description: >-
#   The entry of Entra's domain list with the given name, in any case. Undefined when
#   there is none.
named(domains, name) := domains[place(domains, name)]

# METADATA
# description: >-
#   The place of that entry in the list, the first if several have the name.
place(domains, name) := _places(domains)[lower(name)] if is_string(name)

# Where the entry of each name stands: of several the first, but before all the first
# that does not say Federated. That is made once for all names.
_places(domains) := object.union_n(array.concat(
	array.reverse([{lower(domain.id): i} | some i, domain in domains; is_string(domain.id)]),
	array.reverse([{lower(domain.id): i} |
		some i, domain in domains
		is_string(domain.id)
		not domain.authenticationType == "Federated"
	]),
))

# METADATA
# description: Whether two domain names are the same, which has nothing to do with case.
same(a, b) if {
	is_string(a)
	is_string(b)
	lower(a) == lower(b)
}

# METADATA
# description: >-
#   The authentication type that Entra's list gives a domain; "not listed" when the
#   list lacks it, null when Entra does not say. One of Microsoft's cannot be
#   federated, listed or not.
type(domains, name) := object.get(domain, "authenticationType", null) if {
	domain := named(domains, name)
} else := "Managed" if {
	is_microsofts(name)
} else := "not listed"

# METADATA
# description: >-
#   Whether Microsoft owns the domain, so that it can never be federated. Apart
#   from the initial domain a tenant has others, such as
#   example.mail.onmicrosoft.com.
is_microsofts(name) if {
	some suffix in [".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn"]
	endswith(lower(name), suffix)
}

# METADATA
# description: >-
#   Whether a domain of Entra's list can be federated: not before it is verified, and
#   never if it is the initial one or another of Microsoft's.
can_be_federated(domain) if {
	not domain.isVerified == false
	not domain.isInitial == true
	not is_microsofts(domain.id)
}

# METADATA
# description: >-
#   Whose federation settings apply to a domain: its own, or those of the nearest
#   domain above it, whose federation a subdomain inherits. Undefined when neither
#   was read.
holder(configurations, name) := [key |
	some candidate in array.concat([lower(name)], _above(lower(name)))
	some key, list in configurations
	lower(key) == candidate
	count(list) > 0
][0]

# The domains above a name, the nearest first, down to two labels.
_above(name) := [concat(".", array.slice(labels, i, count(labels))) |
	labels := split(name, ".")
	some i, _ in labels
	i > 0
	i < count(labels) - 1
]

# METADATA
# description: >-
#   The hosts at which an Okta org answers: its own, and its custom domains that
#   Okta has verified. A custom domain that is not verified proves nothing about
#   who owns the name.
okta_hosts(org, custom_domains) := {host(org)} | {lower(custom.domain) |
	some custom in custom_domains
	custom.validationStatus in {"VERIFIED", "COMPLETED"}
	is_string(custom.domain)
}

# METADATA
# description: >-
#   The host of an https address, lower case; empty when it has none that can be
#   read. An address with a user part has none, because what stands before the @
#   only looks like a host; nor has one with a port of its own, because Okta answers
#   at 443 alone. The dot with which a host may end changes nothing. A host in letters
#   of another script is compared as it stands.
host(address) := trim_suffix(lower(regex.find_all_string_submatch_n(_https, trim_space(address), 1)[0][1]), ".") if {
	is_string(address)
	regex.match(_https, trim_space(address))
} else := ""

_https := `^(?i:https)://([\p{L}\p{N}.-]+)(?::(?:443)?)?(?:[/?#]|$)`

# METADATA
# description: >-
#   Where a sign-in address leads, given the hosts of the org: okta for this org,
#   other_okta for the path of an Office 365 app at another host, elsewhere for
#   anything else, no address included.
leads_to(address, hosts) := "okta" if {
	_has_okta_path(address)
	host(address) in hosts
} else := "other_okta" if {
	_has_okta_path(address)
} else := "elsewhere"

_has_okta_path(address) if {
	is_string(address)
	host(address) != ""
	regex.match(`^[^/]+//[^/?#]+/app/office365/[A-Za-z0-9_-]+/sso/wsfed/[A-Za-z0-9/_-]*(?:[?#]|$)`, trim_space(address))
}

# METADATA
# description: >-
#   The sign-in addresses of a federation: that of browsers and modern clients,
#   whatever it holds, and where there are such that of legacy clients and the one that
#   tells clients where to send a password (metadata exchange). Without an active
#   address there is no such door, which is as good as one at Okta.
sign_in_addresses(configuration) := {object.get(configuration, "passiveSignInUri", null)} | {address |
	some field in ["activeSignInUri", "metadataExchangeUri"]
	address := configuration[field]
	not address in {null, ""}
}

# METADATA
# description: >-
#   The certificates with which tokens for the domain may be signed, the next one
#   included because Entra accepts it already; base64 without white space.
certificates(configuration) := {_bare(text) |
	some field in ["signingCertificate", "nextSigningCertificate"]
	text := configuration[field]
	is_string(text)
	text != ""
}

# METADATA
# description: The certificates of the signing keys of Okta apps, given by app.
key_certificates(app_keys) := {_bare(text) |
	some keys in app_keys
	some key in keys
	some text in key.x5c
	is_string(text)
}

_bare(text) := regex.replace(text, `\s`, "")
