package lib.domains_test

import data.lib.domains

_org := domains.okta_org("https://example.okta.com", [], {"0oa1": [{"x5c": ["MIIA"]}]})

_without_certificates := object.union(_org, {"certificates": null})

_at := ["entra", "federation_configurations", "example.com"]

test_what_was_not_read_of_an_org_is_not_made_up if {
	_org == {"hosts": {"example.okta.com"}, "complete": true, "certificates": {"MIIA"}}
	domains.okta_org("https://example.okta.com", null, null) == {
		"hosts": {"example.okta.com"},
		"complete": false,
		"certificates": null,
	}
	not domains.okta_org("", [], {}).complete
}

_federated := {"id": "example.com", "authenticationType": "Federated"}

_configurations(host) := {"example.com": [{
	"passiveSignInUri": _address(host),
	"activeSignInUri": _address(host),
	"signingCertificate": "MIIA",
}]}

test_a_domain_at_okta_has_no_fault if {
	domains.faults(_federated, _configurations("example.okta.com"), _org) == set()
	domains.doubts(_federated, _configurations("example.okta.com"), _org) == set()
	subdomain := {"id": "mail.example.com", "authenticationType": "Federated"}
	domains.faults(subdomain, _configurations("example.okta.com"), _org) == set()
}

test_an_active_address_that_is_not_shown_is_not_empty if {
	silent := json.patch(_configurations("example.okta.com"), [{"op": "remove", "path": "/example.com/0/activeSignInUri"}])
	domains.faults(_federated, silent, _org) == set()
	{doubt.key | some doubt in domains.doubts(_federated, silent, _org)} == {"address_not_shown"}
	none := json.patch(_configurations("example.okta.com"), [{"op": "replace", "path": "/example.com/0/activeSignInUri", "value": null}])
	domains.doubts(_federated, none, _org) == set()
}

test_a_root_domain_inherits_nothing if {
	root := {"id": "mail.example.com", "authenticationType": "Federated", "isRoot": true}
	domains.faults(root, _configurations("stranger.okta.com"), _org) == set()
	{doubt.key | some doubt in domains.doubts(root, _configurations("example.okta.com"), _org)} == {"no_configuration"}
	own := {"Mail.example.com": _configurations("example.okta.com")["example.com"]}
	domains.doubts(root, own, _org) == set()
	listed := object.union(root, {"isRoot": false})
	domains.doubts(listed, _configurations("example.okta.com"), _org) == set()
}

test_a_domain_that_is_not_federated if {
	managed := {"id": "example.com", "authenticationType": "Managed"}
	domains.faults(managed, {}, _org) == {{"key": "managed", "args": {}}}
	domains.doubts(managed, {}, _org) == set()
	domains.faults({"id": "example.com"}, {}, _org) == {{"key": "not_set", "args": {}}}
}

test_a_domain_that_is_federated_elsewhere if {
	configurations := {"example.com": [{"passiveSignInUri": "https://sts.example.com/adfs/ls", "activeSignInUri": "x"}]}
	hosts := ["sts.example.com", "word:no_address"]
	domains.doubts(_federated, configurations, _org) == set()
	signed := json.patch(configurations, [{"op": "add", "path": "/example.com/0/signingCertificate", "value": "MIIX"}])
	domains.faults(_federated, signed, _org) == domains.faults(_federated, configurations, _org)
	domains.faults(_federated, configurations, _org) == {{"key": "elsewhere", "args": {"hosts": hosts}, "at": _at, "whole": []}}
}

test_a_strangers_org_is_a_fault_when_all_hosts_are_known if {
	configurations := _configurations("stranger.okta.com")
	hosts := ["stranger.okta.com"]
	domains.faults(_federated, configurations, _org) == {{"key": "other_okta_org", "args": {"hosts": hosts}, "at": _at, "whole": ["okta.domains"]}}
	domains.doubts(_federated, configurations, _org) == set()
	incomplete := object.union(_org, {"complete": false})
	domains.faults(_federated, configurations, incomplete) == set()
	domains.doubts(_federated, configurations, incomplete) == {{
		"key": "custom_domains_not_read",
		"args": {"hosts": hosts},
		"evidence": "okta.domains",
	}}
}

test_inherited_settings_need_all_of_them if {
	configurations := {"example.com": [{"passiveSignInUri": "https://sts.example.com/adfs/ls"}]}
	inherits := {"id": "mail.example.com", "authenticationType": "Federated"}
	{fault.whole | some fault in domains.faults(inherits, configurations, _org)} == {["entra.federation_configurations"]}
}

test_a_strange_certificate_is_a_fault if {
	configurations := json.patch(_configurations("example.okta.com"), [{
		"op": "add",
		"path": "/example.com/0/nextSigningCertificate",
		"value": "MIIX",
	}])
	domains.faults(_federated, configurations, _org) == {{"key": "strange_certificate", "args": {}, "at": _at, "whole": ["okta.app_keys"]}}
	domains.faults(_federated, configurations, _without_certificates) == set()
}

test_a_certificate_that_is_not_shown_is_a_doubt if {
	configurations := json.remove(_configurations("example.okta.com"), ["/example.com/0/signingCertificate"])
	domains.faults(_federated, configurations, _org) == set()
	{doubt.key | some doubt in domains.doubts(_federated, configurations, _org)} == {"certificate_not_shown"}
	domains.doubts(_federated, configurations, _without_certificates) == set()
}

test_settings_that_are_not_shown_are_a_doubt if {
	domains.faults(_federated, {}, _org) == set()
	{doubt.key | some doubt in domains.doubts(_federated, {}, _org)} == {"no_configuration"}
}
