package lib.cloud_passwords_test

import data.lib.cloud_passwords

_home_realm(text) := cloud_passwords.home_realm({"definition": [text]})

test_a_home_realm_policy_allows_or_refuses if {
	_home_realm(`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":true}}`) == "allowed"
	_home_realm(`{"homeRealmDiscoveryPolicy":{"allowcloudpasswordvalidation":"True"}}`) == "allowed"
	_home_realm(`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":false}}`) == "refused"
	_home_realm(`{"HomeRealmDiscoveryPolicy":{"AccelerateToFederatedDomain":true}}`) == "refused"
}

test_a_definition_that_cannot_be_read_is_neither if {
	every text in [
		"",
		"{",
		"3",
		"[[1]]",
		`{"HomeRealmDiscoveryPolicy":{},"homeRealmDiscoveryPolicy":{}}`,
		`{"TokenLifetimePolicy":{}}`,
		`{"HomeRealmDiscoveryPolicy":3}`,
		`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":null}}`,
		`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":false,"allowCloudPasswordValidation":true}}`,
		`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":true,"AllowCloudPasswordValidation":false}}`,
		`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":true},"HomeRealmDiscoveryPolicy":{}}`,
	] {
		_home_realm(text) == "unreadable"
	}
	cloud_passwords.home_realm({"definition": []}) == "unreadable"
	cloud_passwords.home_realm({"definition": [null]}) == "unreadable"
	cloud_passwords.home_realm({}) == "unreadable"
}

test_one_definition_that_allows_is_enough if {
	texts := ["{", `{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":true}}`]
	cloud_passwords.home_realm({"definition": texts}) == "allowed"
}

test_a_policy_is_in_use_as_default_or_on_an_application if {
	cloud_passwords.in_use({"isOrganizationDefault": true}) == "yes"
	cloud_passwords.in_use({"isOrganizationDefault": false, "appliesTo": [{"id": "a1"}]}) == "yes"
	cloud_passwords.in_use({"isOrganizationDefault": false, "appliesTo": []}) == "no"
	cloud_passwords.in_use({"isOrganizationDefault": false}) == "unread"
	cloud_passwords.in_use({"appliesTo": []}) == "unread"
}

_rollout(changes) := cloud_passwords.rollout(object.union(
	{"feature": "passwordHashSync", "isEnabled": true, "isAppliedToOrganization": false, "appliesTo": [{"id": "g1"}]},
	changes,
))

test_a_rollout_with_users_moves_them if {
	_rollout({}) == "password"
	_rollout({"feature": "passthroughAuthentication"}) == "password"
	_rollout({"appliesTo": [], "isAppliedToOrganization": true}) == "password"
	every feature in ["certificateBasedAuthentication", "emailAsAlternateId", "multiFactorAuthentication", "seamlessSso"] {
		_rollout({"feature": feature}) == "other"
	}
}

test_a_rollout_without_users_does_nothing if {
	_rollout({"isEnabled": false}) == "off"
	_rollout({"appliesTo": []}) == "off"
}

test_a_rollout_that_is_not_known_decides_nothing if {
	_rollout({"feature": "unknownFutureValue"}) == "unread"
	_rollout({"isEnabled": null}) == "unread"
	_rollout({"appliesTo": null}) == "unread"
	_rollout({"appliesTo": [], "isAppliedToOrganization": null}) == "unread"
}
