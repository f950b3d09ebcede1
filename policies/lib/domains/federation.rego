package lib.domains

# METADATA
# description: >-
#   An Okta org as far as it was read: the hosts at which it answers, whether these
#   are all, and the certificates of its apps' signing keys. What was not read is
#   null; hosts of an org whose address is not known are never all.
okta_org(address, custom_domains, app_keys) := {
	"hosts": okta_hosts(address, custom_domains),
	"complete": count({part | some part in [host(address), custom_domains]; part in {null, ""}}) == 0,
	"certificates": _keys(app_keys),
}

_keys(app_keys) := null if {
	app_keys == null
} else := key_certificates(app_keys)

# METADATA
# description: >-
#   What shows that a domain does not sign in at an Okta org (see okta_org), as
#   {key, args}, with at, the place of the federation settings when they are at
#   fault, and whole, the evidence that must be complete for it. configurations are
#   those settings by domain.
faults(domain, configurations, org) := {{"key": "managed", "args": {}}} if {
	domain.authenticationType == "Managed"
} else := {{"key": "not_set", "args": {}}} if {
	not domain.authenticationType == "Federated"
} else := {object.union(fault, {"at": ["entra", "federation_configurations", key], "whole": sort(object.get(fault, "whole", set()) | _inherited(domain, key))}) |
	some fault in _faults(configurations[key], org)
} if {
	key := _settings_of(configurations, domain)
} else := set()

# A root domain has settings of its own and inherits none.
_settings_of(configurations, domain) := key if {
	key := holder(configurations, domain.id)
	same(domain.id, key)
} else := holder(configurations, domain.id) if not domain.isRoot == true

# Settings that a domain inherits are its own only if it has none itself.
_inherited(domain, key) := set() if {
	same(domain.id, key)
} else := {_settings}

_faults(list, org) := union({
	_led(list, org, "elsewhere", "elsewhere"),
	{object.union(fault, {"whole": {"okta.domains"}}) | org.complete; some fault in _led(list, org, "other_okta", "other_okta_org")},
	{{"key": "strange_certificate", "args": {}, "whole": {"okta.app_keys"}} | count(_strange_certificates(list, org)) > 0},
})

# METADATA
# description: >-
#   What cannot be told about a federated domain, as {key, args, evidence}, in the
#   way of faults.
doubts(domain, configurations, org) := set() if {
	not domain.authenticationType == "Federated"
} else := union({
	{object.union(doubt, {"evidence": "okta.domains"}) |
		not org.complete
		some doubt in _led(list, org, "other_okta", "custom_domains_not_read")
	},
	{{"key": "address_not_shown", "args": {}, "evidence": _settings} |
		some configuration in list
		not "activeSignInUri" in object.keys(configuration)
	},
	{{"key": "certificate_not_shown", "args": {}, "evidence": _settings} |
		org.certificates != null
		_at_okta(list, org)
		some configuration in list
		count(certificates(configuration)) == 0
	},
}) if {
	list := configurations[_settings_of(configurations, domain)]
} else := {{"key": "no_configuration", "args": {}, "evidence": _settings}}

_settings := "entra.federation_configurations"

# An entry when some sign-in address leads to a kind of place, with the hosts.
_led(list, org, place, key) := {{"key": key, "args": {"hosts": sort(hosts)}} |
	hosts := {_readable(address) |
		some configuration in list
		some address in sign_in_addresses(configuration)
		leads_to(address, org.hosts) == place
	}
	count(hosts) > 0
}

_readable(address) := host(address) if {
	host(address) != ""
} else := "word:no_address"

_at_okta(list, org) if {
	every configuration in list {
		every address in sign_in_addresses(configuration) {
			leads_to(address, org.hosts) == "okta"
		}
	}
}

# Only at Okta: a domain that is federated elsewhere has other keys anyway.
_strange_certificates(list, org) := {certificate |
	org.certificates != null
	_at_okta(list, org)
	some configuration in list
	some certificate in certificates(configuration)
	not certificate in org.certificates
}
