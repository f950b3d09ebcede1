package controls.federation.domains_federated_with_okta_test

import data.controls.federation.domains_federated_with_okta as control

_address(end) := concat("", ["https://example.okta.com/app/office365/exk1abcd/sso/wsfed/", end])

good := {
	"tenant": {"id": "t1", "okta_org": "https://example.okta.com"},
	"entra": {
		"domains": [
			{"id": "example.onmicrosoft.com", "authenticationType": "Managed", "isInitial": true, "isVerified": true},
			{"id": "example.com", "authenticationType": "Federated", "isInitial": false, "isVerified": true},
			{"id": "mail.example.com", "authenticationType": "Federated", "isInitial": false, "isVerified": true},
			{"id": "initial.example", "authenticationType": "Managed", "isInitial": true, "isVerified": true},
			{"id": "unused.example", "authenticationType": "Managed", "isInitial": false, "isVerified": true},
			{"id": "new.example", "authenticationType": "Managed", "isInitial": false, "isVerified": false},
			{"id": "example.mail.onmicrosoft.com", "authenticationType": "Managed", "isInitial": false, "isVerified": true},
		],
		"federation_configurations": {"example.com": [{
			"id": "f1",
			"passiveSignInUri": _address("passive"),
			"activeSignInUri": _address("active"),
			"signingCertificate": "MIIA",
			"nextSigningCertificate": null,
		}]},
	},
	"okta": {
		"domains": [{"id": "d1", "domain": "login.example.com", "validationStatus": "COMPLETED"}],
		"app_keys": {"0oa1": [{"kid": "k1", "x5c": ["MI\nIA"]}]},
	},
	"mailboxes": [
		_user("example.com"),
		_user("mail.example.com"),
		_user("example.onmicrosoft.com"),
		_user("example.mail.onmicrosoft.com"),
		_user("new.example"),
		_user("initial.example"),
		object.union(_user("unlisted.example"), {"entra": {"accountEnabled": false}}),
		object.union(_user("unused.example"), {"entra": {"accountEnabled": false}}),
	],
}

_user(domain) := {
	"id": domain,
	"domain": domain,
	"exchange": {"RecipientTypeDetails": "UserMailbox", "AccountDisabled": false},
	"entra": {"accountEnabled": true},
}

_settings := "/entra/federation_configurations/example.com/0"

_replace(path, value) := [{"op": "replace", "path": path, "value": value}]

mutations := [
	{"name": "managed", "patch": _replace("/entra/domains/1/authenticationType", "Managed")},
	{"name": "type not set", "patch": [{"op": "remove", "path": "/entra/domains/1/authenticationType"}]},
	{
		"name": "federated with AD FS",
		"patch": _replace(concat("/", [_settings, "passiveSignInUri"]), "https://sts.example.com/adfs/ls"),
	},
	{"name": "legacy clients sent elsewhere", "patch": _replace(
		concat("/", [_settings, "activeSignInUri"]),
		"https://sts.example.com/adfs/services/trust/2005/usernamemixed",
	)},
	{"name": "a stranger's Okta org", "patch": _replace(
		concat("/", [_settings, "passiveSignInUri"]),
		"https://stranger.okta.com/app/office365/exk1abcd/sso/wsfed/passive",
	)},
	{"name": "passwords sent elsewhere by metadata", "patch": [{
		"op": "add",
		"path": concat("/", [_settings, "metadataExchangeUri"]),
		"value": "https://sts.example.com/adfs/services/trust/mex",
	}]},
	{"name": "a port of its own", "patch": _replace(
		concat("/", [_settings, "passiveSignInUri"]),
		"https://example.okta.com:8443/app/office365/exk1abcd/sso/wsfed/passive",
	)},
	{"name": "strange certificate", "patch": _replace(concat("/", [_settings, "signingCertificate"]), "MIIX")},
	{"name": "strange next certificate", "patch": _replace(concat("/", [_settings, "nextSigningCertificate"]), "MIIX")},
	{
		"name": "somebody signs in with a managed domain",
		"patch": _replace("/mailboxes/7/entra/accountEnabled", true),
	},
	{"name": "managed domain verified", "patch": _replace("/entra/domains/5/isVerified", true)},
]

_keys(rules) := {entry.key | some entry in rules}

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

test_passes_when_every_used_domain_signs_in_at_okta if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
	count(control.notes) == 0 with input as good
	count(control.not_applicable) == 0 with input as good
}

test_passes_when_a_custom_domain_of_the_org_is_used if {
	patch := _replace(concat("/", [_settings, "passiveSignInUri"]), "https://login.example.com/app/office365/exk1/sso/wsfed/passive")
	count(control.violations) == 0 with input as json.patch(good, patch)
}

test_fails_when_a_domain_is_managed if {
	found := control.violations with input as _mutated("managed")
	found == {{
		"key": "managed",
		"args": {"domain": "example.com"},
		"resource": {"kind": "domain", "id": "example.com", "name": "example.com"},
		"at": ["entra", "domains", 1, "authenticationType"],
		"whole": [],
	}}
	_keys(control.violations) == {"not_set"} with input as _mutated("type not set")
	_keys(control.violations) == {"managed"} with input as _mutated("somebody signs in with a managed domain")
}

test_fails_when_a_domain_is_federated_elsewhere if {
	every name in ["federated with AD FS", "legacy clients sent elsewhere"] {
		found := control.violations with input as _mutated(name)
		{[entry.key, entry.args, entry.at] | some entry in found} == {[
			"elsewhere",
			{"domain": domain, "hosts": ["sts.example.com"]},
			["entra", "federation_configurations", "example.com"],
		] |
			some domain in ["example.com", "mail.example.com"]
		}
	}
}

test_fails_when_it_is_a_strangers_okta_org if {
	found := control.violations with input as _mutated("a stranger's Okta org")
	_keys(found) == {"other_okta_org"}
	{entry.args.hosts | some entry in found} == {["stranger.okta.com"]}
}

test_fails_when_somebody_else_can_sign_tokens if {
	every name in ["strange certificate", "strange next certificate"] {
		_keys(control.violations) == {"strange_certificate"} with input as _mutated(name)
	}
}

test_unknown_when_the_settings_are_not_shown if {
	found := control.unknown with input as json.patch(good, [{"op": "remove", "path": "/entra/federation_configurations/example.com"}])
	{[entry.key, entry.args.domain, entry.evidence] | some entry in found} == {
		["no_configuration", "example.com", "entra.federation_configurations"],
		["no_configuration", "mail.example.com", "entra.federation_configurations"],
	}
}

test_unknown_when_the_orgs_addresses_are_not_known if {
	stranger := _mutated("a stranger's Okta org")
	every path in ["/okta/domains", "/tenant/okta_org"] {
		changed := json.patch(stranger, [{"op": "remove", "path": path}])
		count(control.violations) == 0 with input as changed
		"custom_domains_not_read" in _keys(control.unknown) with input as changed
	}
}

test_unknown_when_a_domain_is_not_in_the_list if {
	found := control.unknown with input as json.patch(good, _replace("/mailboxes/0/domain", "gone.example"))
	found == {{"key": "domain_not_listed", "args": {"domain": "gone.example"}, "mailbox": 0}}
	nameless := control.unknown with input as json.patch(good, [{"op": "remove", "path": "/mailboxes/0/domain"}])
	nameless == {{"key": "domain_not_listed", "args": {"domain": ""}, "mailbox": 0}}
}

test_unknown_when_no_certificate_is_shown if {
	found := control.unknown with input as json.patch(good, _replace(concat("/", [_settings, "signingCertificate"]), null))
	_keys(found) == {"certificate_not_shown"}
}

test_notes_say_when_certificates_were_not_compared if {
	changed := json.patch(good, [{"op": "remove", "path": "/okta/app_keys"}])
	found := control.notes with input as changed
	{[entry.key, entry.args.domain] | some entry in found} == {
		["certificates_not_compared", "example.com"],
		["certificates_not_compared", "mail.example.com"],
	}
	managed := json.patch(changed, _replace("/entra/domains/1/authenticationType", "Managed"))
	count(control.notes) == 1 with input as managed
	count(control.violations) == 0 with input as changed
}

test_not_applicable_when_nobody_uses_a_domain_that_can_be_federated if {
	found := control.not_applicable with input as json.patch(good, _replace("/mailboxes", [_user("example.onmicrosoft.com")]))
	found == {{"key": "no_domains", "args": {}}}
}
