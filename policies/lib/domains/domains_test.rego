package lib.domains_test

import data.lib.domains

_hosts := {"example.okta.com", "login.example.com"}

_address(host) := sprintf("https://%s/app/office365/exk1abc/sso/wsfed/passive", [host])

test_named_ignores_case if {
	domains.named([{"id": "Example.com"}, {"id": "example.org"}], "example.COM") == {"id": "Example.com"}
	not domains.named([{"id": "example.org"}], "example.com")
	not domains.named([{"id": null}, {}], null)
}

test_of_entries_that_share_a_name_the_first_is_found if {
	found := domains.named([{"id": null}, {"id": "a.example", "n": 1}, {"id": "A.example", "n": 2}], "a.example")
	found.n == 1
	domains.place([{"id": null}, {"id": "a.example", "n": 1}, {"id": "A.example", "n": 2}], "A.example") == 1
	not domains.place([{"id": "a.example"}], "b.example")
}

test_the_type_of_a_domain if {
	domains.type([{"id": "example.com", "authenticationType": "Managed"}], "Example.com") == "Managed"
	domains.type([{"id": "example.com", "authenticationType": null}], "example.com") == null
	domains.type([{"id": "example.com"}], "example.com") == null
	domains.type([{"id": "example.com"}], "") == "not listed"
	domains.type([], "Example.mail.onmicrosoft.com") == "Managed"
}

test_microsofts_own_domains if {
	domains.is_microsofts("Example.mail.onmicrosoft.com")
	not domains.is_microsofts("notonmicrosoft.com")
}

test_which_domains_can_be_federated if {
	domains.can_be_federated({"id": "example.com"})
	not domains.can_be_federated({"id": "example.com", "isVerified": false})
	not domains.can_be_federated({"id": "example.com", "isInitial": true})
	not domains.can_be_federated({"id": "example.onmicrosoft.com", "isVerified": true})
}

test_holder_is_the_domain_itself if {
	domains.holder({"Example.com": [{}], "mail.example.com": [{}]}, "mail.example.com") == "mail.example.com"
}

test_holder_of_a_subdomain_is_the_nearest_above if {
	configurations := {"example.com": [{}], "eu.example.com": [{}], "mail.eu.example.com": []}
	domains.holder(configurations, "Mail.eu.example.com") == "eu.example.com"
	not domains.holder({"ample.com": [{}], "com": [{}]}, "mail.example.com")
}

test_custom_domains_count_when_verified if {
	custom := [
		{"domain": "Login.example.com", "validationStatus": "COMPLETED"},
		{"domain": "new.example.com", "validationStatus": "NOT_STARTED"},
		{"domain": "next.example.com", "validationStatus": "VERIFIED"},
		{"domain": "mute.example.com"},
	]
	domains.okta_hosts("https://Example.okta.com", custom) == _hosts | {"next.example.com"}
}

test_host_needs_https_and_no_user_part if {
	domains.host("HTTPS://Example.okta.com:443/x") == "example.okta.com"
	domains.host("https://example.okta.com") == "example.okta.com"
	every address in ["http://example.okta.com/", "https://example.okta.com@evil.example/", "https://a b/", "", null] {
		domains.host(address) == ""
	}
}

test_of_two_entries_the_one_that_is_not_federated_counts if {
	twice := [{"id": "a.example", "authenticationType": "Federated"}, {"id": "A.example", "authenticationType": "Managed"}]
	domains.type(twice, "a.example") == "Managed"
	domains.type(array.reverse(twice), "a.example") == "Managed"
	domains.place([twice[0], twice[0]], "a.example") == 0
}

test_an_address_leads_to_okta_by_path_and_host if {
	domains.leads_to(_address("example.okta.com"), _hosts) == "okta"
	domains.leads_to(_address("Login.Example.com"), _hosts) == "okta"
	domains.leads_to("https://example.okta.com/app/office365/exk1/sso/wsfed/active?x=1", _hosts) == "okta"
	domains.leads_to("HTTPS://EXAMPLE.okta.com:443/app/office365/exk1/sso/wsfed/active/", _hosts) == "okta"
	domains.leads_to(" https://example.okta.com.:/app/office365/exk1/sso/wsfed/active ", _hosts) == "okta"
	domains.leads_to(_address("aanmelden.müller.example"), {"aanmelden.müller.example"}) == "okta"
}

test_a_strangers_okta_org_is_told_apart if {
	domains.leads_to(_address("stranger.okta.com"), _hosts) == "other_okta"
	domains.leads_to(_address("exämple.okta.com"), _hosts) == "other_okta"
	domains.leads_to(_address("xn--exmple-cua.okta.com"), _hosts) == "other_okta"
}

test_everything_else_leads_elsewhere if {
	every address in [
		"https://sts.example.com/adfs/ls",
		"https://example.okta.com/app/other/exk1/sso/saml",
		"https://example.okta.com.evil.example/?/app/office365/exk1/sso/wsfed/passive",
		"https://example.okta.com@evil.example/app/office365/exk1/sso/wsfed/passive",
		"http://example.okta.com/app/office365/exk1/sso/wsfed/passive",
		"https://example.okta.com:8443/app/office365/exk1/sso/wsfed/passive",
		"https://example.okta.com:44/app/office365/exk1/sso/wsfed/passive",
		"https://example.okta.com\\.evil.example/app/office365/exk1/sso/wsfed/passive",
		"https://example.okta.com/app/office365/exk1/sso/wsfed/../../../../redirect",
		"https://example.okta.com%2eevil.example/app/office365/exk1/sso/wsfed/passive",
		null,
		"",
	] {
		domains.leads_to(address, _hosts) == "elsewhere"
	}
}

test_an_absent_active_address_is_no_door if {
	domains.sign_in_addresses({"passiveSignInUri": "p", "activeSignInUri": "a"}) == {"p", "a"}
	domains.sign_in_addresses({"passiveSignInUri": "p", "activeSignInUri": null}) == {"p"}
	domains.sign_in_addresses({}) == {null}
	domains.sign_in_addresses({"passiveSignInUri": "p", "activeSignInUri": "", "metadataExchangeUri": "m"}) == {"p", "m"}
}

test_certificates_are_compared_without_white_space if {
	domains.certificates({"signingCertificate": "MI\r\nIA", "nextSigningCertificate": null}) == {"MIIA"}
	domains.certificates({"signingCertificate": "MIIA", "nextSigningCertificate": " MIIB "}) == {"MIIA", "MIIB"}
	domains.certificates({"signingCertificate": ""}) == set()
	domains.certificates({}) == set()
	domains.key_certificates({"0oa1": [{"x5c": ["MI IA"]}, {"x5c": null}], "0oa2": [{"x5c": ["MIIB"]}]}) == {"MIIA", "MIIB"}
}
