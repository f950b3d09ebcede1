package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
)

// outcomeOf is what becomes of one door of one mailbox.
func outcomeOf(t *testing.T, r *access.Result, p access.Protocol, m access.Method, mailbox int) access.Door {
	t.Helper()
	for _, d := range r.Doors {
		if d.Protocol == p && d.Method == m && d.First == mailbox {
			return d
		}
	}
	t.Fatalf("mailbox %d is not the first of any group at %s by %s", mailbox, p, m)
	return access.Door{}
}

// oneMailbox leaves a tenant with one mailbox.
func oneMailbox(f *fixture) *fixture {
	f.mailboxes = f.mailboxes[:1]
	f.at = "2026-09-01T00:00:00Z"
	return f
}

// oneFactorAtOkta lets web and modern clients in with a password, and nobody else.
func oneFactorAtOkta() *fixture {
	f := oneMailbox(whitepaper())
	rule := allow("Modern", 1, "WEB", "MODERN_AUTH")
	rule["actions"].(obj)["appSignOn"].(obj)["verificationMethod"] = obj{"type": "ASSURANCE", "factorMode": "1FA"}
	f.setRules(deny("Deny legacy", 0, "ACTIVE_SYNC"), rule, catchAll("DENY"))
	return f
}

// Whether Entra's demand for MFA holds behind Okta depends on whose word it takes,
// and on whether that word is honest.
func TestEntrasDemandForMFABehindOkta(t *testing.T) {
	tests := []struct {
		behaviour any
		pipeline  string
		want      access.Outcome
	}{
		{"acceptIfMfaDoneByFederatedIdp", "idx", access.WithMFA},
		{"enforceMfaByFederatedIdp", "idx", access.WithMFA},
		{"rejectMfaByFederatedIdp", "idx", access.WithMFA},
		{nil, "idx", access.WithMFA},
		{"somethingNew", "idx", access.Undecided},
		{"rejectMfaByFederatedIdp", "", access.WithMFA},
		{"acceptIfMfaDoneByFederatedIdp", "", access.Undecided},
		{"enforceMfaByFederatedIdp", "", access.Undecided},
		{nil, "", access.Undecided},
		// Classic Engine may say that it did MFA when it did not.
		{"acceptIfMfaDoneByFederatedIdp", "v1", access.Undecided},
		{"rejectMfaByFederatedIdp", "v1", access.WithMFA},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.behaviour, " ", test.pipeline), func(t *testing.T) {
			f := oneFactorAtOkta()
			f.okta["organization"] = obj{"pipeline": test.pipeline}
			f.entra["federation_configurations"].(obj)["example.com"].([]obj)[0]["federatedIdpMfaBehavior"] = test.behaviour
			if got := outcomeOf(t, f.evaluate(t), access.MAPI, access.Modern, 0).Outcome; got != access.Open {
				t.Fatalf("without Conditional Access: %s", got)
			}
			f.entra["conditional_access_policies"] = []obj{conditional("MFA", "enabled", []string{"all"}, "mfa")}
			if got := outcomeOf(t, f.evaluate(t), access.MAPI, access.Modern, 0).Outcome; got != test.want {
				t.Errorf("with MFA in Conditional Access: %s, want %s", got, test.want)
			}
		})
	}
}

// A second factor in Okta's global session policy counts for browsers, never at the
// active endpoint.
func TestSessionPolicysFactorCountsForBrowsersOnly(t *testing.T) {
	f := oneFactorAtOkta()
	f.setRules(append(f.rules()[1:2:2], allow("Legacy", 2, "ACTIVE_SYNC"), catchAll("DENY"))...)
	f.okta["sign_on_policy_rules"].(obj)["default"].([]obj)[0]["actions"] = obj{"signon": obj{"access": "ALLOW", "requireFactor": true}}
	r := f.evaluate(t)
	if got := outcomeOf(t, r, access.MAPI, access.Modern, 0).Outcome; got != access.WithMFA {
		t.Errorf("modern: %s", got)
	}
	if got := outcomeOf(t, r, access.MAPI, access.PasswordGrant, 0).Outcome; got != access.Open {
		t.Errorf("password grant: %s", got)
	}
	delete(f.okta, "sign_on_policies")
	if got := outcomeOf(t, f.evaluate(t), access.MAPI, access.Modern, 0); got.Outcome != access.Undecided || got.Reasons[0].Key != "session_unread" {
		t.Errorf("modern with session policies unread: %s because of %v", got.Outcome, got.Reasons)
	}
}

func TestSecurityDefaults(t *testing.T) {
	f := oneMailbox(untouched())
	f.options.AsPublished = true
	f.entra["security_defaults"] = obj{"isEnabled": true}
	r := f.evaluate(t)
	basic := outcomeOf(t, r, access.POP, access.Basic, 0)
	want := []access.Lock{{Kind: access.LockSecurityDefaults, Station: access.Entra, Stage: access.AfterSignIn, Pointer: "/entra/security_defaults/isEnabled"}}
	if diff := cmp.Diff(want, basic.Locks); diff != "" || basic.Outcome != access.ClosedAfterSignIn {
		t.Errorf("basic is %s, locks (-want +got):\n%s", basic.Outcome, diff)
	}
	for _, m := range []access.Method{access.Modern, access.PasswordGrant} {
		if got := outcomeOf(t, r, access.MAPI, m, 0); got.Outcome != access.Undecided || got.Reasons[0].Key != "security_defaults_ask" {
			t.Errorf("%s is %s because of %v: Microsoft asks when it thinks it needed", m, got.Outcome, got.Reasons)
		}
	}
	f.entra["security_defaults"] = nil
	if got := outcomeOf(t, f.evaluate(t), access.POP, access.Basic, 0); got.Outcome != access.Undecided || got.Reasons[0].Key != "security_defaults_unread" {
		t.Errorf("with security defaults unread, basic is %s because of %v", got.Outcome, got.Reasons)
	}
}

// All matching policies apply, and the union of several may leave no hole.
func TestConditionalAccessIsAUnion(t *testing.T) {
	block := func(name string, clients ...string) obj { return conditional(name, "enabled", clients, "block") }
	tests := []struct {
		name     string
		policies []obj
		want     access.Outcome
		kind     access.Kind
	}{
		{"nothing", nil, access.Open, ""},
		{"one policy", []obj{block("a", "other")}, access.ClosedAfterSignIn, access.LockConditionalAccess},
		{"the wrong client", []obj{block("a", "exchangeActiveSync")}, access.Open, ""},
		{"MFA stops legacy clients too", []obj{conditional("a", "enabled", []string{"all"}, "mfa")}, access.ClosedAfterSignIn, access.LockConditionalAccessGrant},
		{"a device demand stops them too", []obj{conditional("a", "enabled", []string{"all"}, "compliantDevice")}, access.ClosedAfterSignIn, access.LockConditionalAccessGrant},
		{"platforms that leave one", []obj{change(block("a", "other"), func(c obj) {
			c["platforms"] = obj{"includePlatforms": []string{"all"}, "excludePlatforms": []string{"linux"}}
		})}, access.Open, ""},
		{"platforms by name leave the unknown", []obj{change(block("a", "other"), func(c obj) {
			c["platforms"] = obj{"includePlatforms": []string{"android", "iOS", "windows", "windowsPhone", "macOS", "linux"}}
		})}, access.Open, ""},
		{"two that fit together", []obj{
			change(block("a", "other"), func(c obj) {
				c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"office"}}
			}),
			change(block("b", "other"), func(c obj) { c["locations"] = obj{"includeLocations": []string{"office"}} }),
		}, access.ClosedAfterSignIn, access.LockConditionalAccess},
		{"two with a hole between", []obj{
			change(block("a", "other"), func(c obj) {
				c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"office"}}
			}),
			change(block("b", "other"), func(c obj) {
				c["locations"] = obj{"includeLocations": []string{"office"}}
				c["platforms"] = obj{"includePlatforms": []string{"windows"}}
			}),
		}, access.Open, ""},
		{"all but a country", []obj{change(block("a", "other"), func(c obj) {
			c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"country"}}
		})}, access.Open, ""},
		{"risk", []obj{change(block("a", "other"), func(c obj) { c["signInRiskLevels"] = []string{"high", "medium"} })}, access.Open, ""},
		{"excluded user", []obj{change(block("a", "other"), func(c obj) { c["users"].(obj)["excludeUsers"] = []string{"M1"} })}, access.Open, ""},
		{"filter for devices", []obj{change(block("a", "other"), func(c obj) { c["devices"] = obj{"deviceFilter": obj{"mode": "exclude"}} })}, access.Undecided, ""},
		{"a new condition", []obj{change(block("a", "other"), func(c obj) { c["moonPhase"] = "full" })}, access.Undecided, ""},
		{"for device code flow", []obj{change(block("a", "other"), func(c obj) {
			c["authenticationFlows"] = obj{"transferMethods": "deviceCodeFlow"}
		})}, access.Open, ""},
		{"for no other flow", []obj{change(block("a", "other"), func(c obj) {
			c["authenticationFlows"] = obj{"transferMethods": "none"}
		})}, access.ClosedAfterSignIn, access.LockConditionalAccess},
		{"for a flow that is not known", []obj{change(block("a", "other"), func(c obj) {
			c["authenticationFlows"] = obj{"transferMethods": "deviceCodeFlow,unknownFutureValue"}
		})}, access.Undecided, ""},
		{"conditions that say nothing", []obj{change(block("a", "other"), func(c obj) {
			c["devices"] = obj{"includeDevices": []string{}, "excludeDevices": []string{}, "deviceFilter": nil}
		})}, access.ClosedAfterSignIn, access.LockConditionalAccess},
		{"a word for applications that is spelt otherwise, left out", []obj{change(block("a", "other"), func(c obj) {
			c["applications"] = obj{"includeApplications": []string{"All"}, "excludeApplications": []string{"office365"}}
		})}, access.Undecided, ""},
		{"a word for applications that is spelt otherwise", []obj{change(block("a", "other"), func(c obj) {
			c["applications"] = obj{"includeApplications": []string{"all"}}
		})}, access.Undecided, ""},
		{"Graph left out", []obj{change(block("a", "other"), func(c obj) {
			c["applications"] = obj{"includeApplications": []string{"All"}, "excludeApplications": []string{"00000003-0000-0000-C000-000000000000"}}
		})}, access.ClosedAfterSignIn, access.LockConditionalAccess},
		{"another application", []obj{change(block("a", "other"), func(c obj) {
			c["applications"] = obj{"includeApplications": []string{"5b12c2a9-0a3f-4b4e-9d0e-3c1f6f0c7d11"}}
		})}, access.Open, ""},
		{"Exchange Online left out", []obj{change(block("a", "other"), func(c obj) {
			c["applications"] = obj{"includeApplications": []string{"All"}, "excludeApplications": []string{"00000002-0000-0ff1-ce00-000000000000"}}
		})}, access.Open, ""},
		{"report-only", []obj{conditional("a", "enabledForReportingButNotEnforced", []string{"other"}, "block")}, access.Open, ""},
		{"trusted locations left out", []obj{change(block("a", "other"), func(c obj) {
			c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"AllTrusted"}}
		})}, access.Open, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := oneMailbox(untouched())
			f.options.AsPublished = true
			f.entra["named_locations"] = []obj{
				{"id": "office", "displayName": "Office", "isTrusted": true, "ipRanges": []obj{{"cidrAddress": "192.0.2.0/24"}}},
				{"id": "country", "displayName": "Country", "countriesAndRegions": []string{"NL"}},
			}
			f.entra["conditional_access_policies"] = append([]obj{}, test.policies...)
			got := outcomeOf(t, f.evaluate(t), access.POP, access.Basic, 0)
			if got.Outcome != test.want {
				t.Fatalf("%s because of %v, want %s", got.Outcome, got.Reasons, test.want)
			}
			if test.kind != "" && (len(got.Locks) != 1 || got.Locks[0].Kind != test.kind) {
				t.Errorf("locks %v, want one of kind %s", got.Locks, test.kind)
			}
		})
	}
}

func change(policy obj, f func(conditions obj)) obj {
	f(policy["conditions"].(obj))
	return policy
}

// Okta allows from one place, Conditional Access from another: a relayed password
// comes from one client, which cannot be in both; a token can be carried from one
// to the other.
func TestTwoPlacesAtOnce(t *testing.T) {
	f := oneMailbox(untouched())
	f.options.AsPublished = true
	f.okta["zones"] = []obj{ipZone("a", "192.0.2.0/24"), ipZone("b", "198.51.100.0/24")}
	f.setRules(with(allow("Legacy from a", 0, "ACTIVE_SYNC"), inZone("a")), catchAll("DENY"))
	f.entra["named_locations"] = []obj{{"id": "b", "displayName": "b", "ipRanges": []obj{{"cidrAddress": "198.51.100.0/24"}}}}
	f.entra["conditional_access_policies"] = []obj{change(conditional("all but b", "enabled", []string{"all"}, "block"), func(c obj) {
		c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"b"}}
	})}
	r := f.evaluate(t)
	basic := outcomeOf(t, r, access.MAPI, access.Basic, 0)
	if basic.Outcome != access.Undecided || basic.Reasons[0].Key != "addresses_differ" {
		t.Errorf("basic is %s because of %v", basic.Outcome, basic.Reasons)
	}
	if got := outcomeOf(t, r, access.MAPI, access.PasswordGrant, 0).Outcome; got != access.Open {
		t.Errorf("a password grant is %s", got)
	}
	// A second rule for the place that Conditional Access leaves open.
	f.setRules(with(allow("Legacy from a", 0, "ACTIVE_SYNC"), inZone("a")), with(allow("Legacy from b", 1, "ACTIVE_SYNC"), inZone("b")), catchAll("DENY"))
	basic = outcomeOf(t, f.evaluate(t), access.MAPI, access.Basic, 0)
	if basic.Outcome != access.Open || basic.Witness.Okta.Address != "198.51.100.7" || basic.Witness.Entra.Address != "198.51.100.7" {
		t.Errorf("basic is %s with %+v", basic.Outcome, basic.Witness)
	}
	if last := basic.Steps[len(basic.Steps)-2]; last.Key != "rule_allows_legacy" || last.Args["rule"] != "Legacy from b" {
		t.Errorf("the steps tell of %v", last)
	}
}

// What Graph always says of a policy, and a copy of it does not, may be anything.
func TestConditionsThatAreNotSaid(t *testing.T) {
	f := oneMailbox(untouched())
	f.options.AsPublished = true
	f.asWritten = true
	tests := []string{
		"platforms", "locations", "signInRiskLevels", "userRiskLevels",
		"users excludeUsers", "users excludeGroups", "users excludeRoles", "applications excludeApplications",
	}
	for _, test := range tests {
		policies := []obj{conditional("a", "enabled", []string{"other"}, "block")}
		completed(policies)
		f.entra["conditional_access_policies"] = policies
		if d := outcomeOf(t, f.evaluate(t), access.MAPI, access.Basic, 0); d.Outcome != access.ClosedAfterSignIn {
			t.Fatalf("with all that Graph sends it is %s", d.Outcome)
		}
		conditions := policies[0]["conditions"].(obj)
		in, name, nested := strings.Cut(test, " ")
		if nested {
			delete(conditions[in].(obj), name)
		} else {
			delete(conditions, in)
		}
		if d := outcomeOf(t, f.evaluate(t), access.MAPI, access.Basic, 0); d.Outcome != access.Undecided || d.Reasons[0].Key != "ca_unsaid" {
			t.Errorf("without %s it is %s because of %v", test, d.Outcome, d.Reasons)
		}
	}
}

// staged puts the first user into a staged rollout.
func staged(f *fixture) {
	f.entra["feature_rollout_policies"] = []obj{{"displayName": "R", "feature": "passwordHashSync", "isEnabled": true,
		"isAppliedToOrganization": false, "appliesTo": []obj{{"id": "pilot"}}}}
	f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
	f.mailboxes[0]["entra"].(obj)["groups"] = []string{"pilot"}
}

// How a domain is federated decides who takes the password.
func TestWhoTakesThePassword(t *testing.T) {
	config := func(f *fixture) obj { return f.entra["federation_configurations"].(obj)["example.com"].([]obj)[0] }
	tests := []struct {
		name   string
		change func(*fixture)
		want   access.Outcome
		reason string
	}{
		{"Okta", func(f *fixture) {}, access.ClosedAtIdentityProvider, ""},
		{"a subdomain inherits", func(f *fixture) { f.mailboxes[0]["domain"] = "north.example.com" }, access.ClosedAtIdentityProvider, ""},
		{"somebody else's Okta", func(f *fixture) {
			config(f)["activeSignInUri"] = "https://stranger.okta.com/app/office365/exk1/sso/wsfed/active"
		}, access.Undecided, "another_okta"},
		{"a host that only looks like ours", func(f *fixture) {
			config(f)["activeSignInUri"] = "https://example.okta.com@evil.example/app/office365/exk1/sso/wsfed/active"
		}, access.Undecided, "federated_elsewhere"},
		{"a verified custom domain", func(f *fixture) {
			f.okta["domains"] = []obj{{"domain": "login.example.com", "validationStatus": "COMPLETED"}}
			config(f)["activeSignInUri"] = "https://login.example.com/app/office365/exk1/sso/wsfed/active"
		}, access.ClosedAtIdentityProvider, ""},
		{"a custom domain that is not verified", func(f *fixture) {
			f.okta["domains"] = []obj{{"domain": "login.example.com", "validationStatus": "NOT_STARTED"}}
			config(f)["activeSignInUri"] = "https://login.example.com/app/office365/exk1/sso/wsfed/active"
		}, access.Undecided, "another_okta"},
		{"Okta's org with its port", func(f *fixture) {
			config(f)["activeSignInUri"] = " HTTPS://Example.okta.com.:443/app/office365/exk1/sso/wsfed/active/?x=1"
		}, access.ClosedAtIdentityProvider, ""},
		{"another port of Okta's host", func(f *fixture) {
			config(f)["activeSignInUri"] = "https://example.okta.com:8443/app/office365/exk1/sso/wsfed/active"
		}, access.Undecided, "federated_elsewhere"},
		{"elsewhere", func(f *fixture) { config(f)["activeSignInUri"] = "https://sts.example.com/adfs" }, access.Undecided, "federated_elsewhere"},
		{"domains not collected", func(f *fixture) { delete(f.entra, "domains") }, access.Undecided, "domains_unread"},
		{"federation not collected", func(f *fixture) { delete(f.entra, "federation_configurations") }, access.Undecided, "federation_unread"},
		{"no domain", func(f *fixture) { delete(f.mailboxes[0], "domain") }, access.Undecided, "domain_unread"},
		{"Okta not collected", func(f *fixture) { f.okta = nil }, access.Undecided, "okta_unread"},
		{"no app", func(f *fixture) { f.okta["apps"] = []obj{} }, access.Undecided, "okta_app_missing"},
		{"a policy that Okta does not list", func(f *fixture) { f.okta["access_policies"] = []obj{} }, access.Undecided, "policy_not_listed"},
		{"rules not collected", func(f *fixture) { delete(f.okta, "access_policy_rules") }, access.Undecided, "rules_not_collected"},
		{"Classic Engine", func(f *fixture) {
			f.okta["organization"] = obj{"pipeline": "v1"}
			delete(f.okta["apps"].([]obj)[0], "_links")
		}, access.Undecided, "classic_engine"},
		{"user not assigned", func(f *fixture) { f.mailboxes[0]["okta"] = obj{"assigned": false} }, access.ClosedAtIdentityProvider, ""},
		{"suspended", func(f *fixture) { f.mailboxes[0]["okta"].(obj)["status"] = "SUSPENDED" }, access.ClosedAtIdentityProvider, ""},
		{"staged rollout not collected, user synchronised", func(f *fixture) {
			delete(f.entra, "feature_rollout_policies")
			f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
		}, access.Undecided, "rollout_unread"},
		{"staged rollout not collected, user of the cloud", func(f *fixture) {
			delete(f.entra, "feature_rollout_policies")
		}, access.ClosedAtIdentityProvider, ""},
		{"home-realm policy and hashes", func(f *fixture) {
			homeRealm(f)
			f.entra["on_premises_synchronization"] = obj{"features": obj{"passwordSyncEnabled": true}}
			f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
		}, access.Open, ""},
		{"home-realm policy, hashes unknown", homeRealm, access.Undecided, "hashes_unknown"},
		{"home-realm policy, no hashes", func(f *fixture) {
			homeRealm(f)
			f.entra["organization"] = obj{"onPremisesSyncEnabled": true}
			f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
		}, access.ClosedAtIdentityProvider, ""},
		{"home-realm policy, no hashes, user of the cloud", func(f *fixture) {
			homeRealm(f)
			f.entra["organization"] = obj{"onPremisesSyncEnabled": true}
		}, access.Undecided, "hashes_unknown"},
		{"a root domain inherits nothing", func(f *fixture) {
			f.entra["domains"] = append(f.entra["domains"].([]obj), obj{"id": "North.example.com", "authenticationType": "Federated", "isRoot": true})
			f.mailboxes[0]["domain"] = "north.example.com"
		}, access.Undecided, "federation_unread"},
		{"a listed subdomain inherits", func(f *fixture) {
			f.entra["domains"] = append(f.entra["domains"].([]obj), obj{"id": "north.example.com", "authenticationType": "Federated", "isRoot": false})
			f.mailboxes[0]["domain"] = "north.example.com"
		}, access.ClosedAtIdentityProvider, ""},
		{"home-realm policy that cannot be read", func(f *fixture) { definition(f, "{") }, access.Undecided, "home_realm_allows"},
		{"home-realm policy without its section", func(f *fixture) {
			definition(f, `{"AllowCloudPasswordValidation":true}`)
		}, access.Undecided, "home_realm_allows"},
		{"home-realm policy that says two things", func(f *fixture) {
			definition(f, `{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":false,"allowCloudPasswordValidation":true}}`)
		}, access.Undecided, "home_realm_allows"},
		{"home-realm policy, one text of which allows", func(f *fixture) {
			definition(f, "{", `{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":true}}`)
		}, access.Open, ""},
		{"home-realm policy that says nothing of passwords", func(f *fixture) {
			definition(f, `{"HomeRealmDiscoveryPolicy":{"AccelerateToFederatedDomain":true}}`)
		}, access.ClosedAtIdentityProvider, ""},
		{"staged rollout, nobody knows whether for all", func(f *fixture) {
			f.entra["feature_rollout_policies"] = []obj{{"displayName": "R", "feature": "passwordHashSync", "isEnabled": true, "appliesTo": []obj{}}}
			f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
		}, access.Undecided, "rollout"},
		{"staged rollout", staged, access.Open, ""},
		{"staged rollout of a group that Conditional Access names too", func(f *fixture) {
			staged(f)
			f.entra["conditional_access_policies"] = []obj{change(conditional("a", "disabled", []string{"all"}, "mfa"), func(c obj) {
				c["users"].(obj)["excludeGroups"] = []string{"PILOT"}
			})}
		}, access.Undecided, "rollout_nested"},
		{"staged rollout of another group", func(f *fixture) {
			staged(f)
			f.mailboxes[0]["entra"].(obj)["groups"] = []string{}
		}, access.ClosedAtIdentityProvider, ""},
		{"two apps, of which one serves", func(f *fixture) {
			f.okta["apps"] = append(f.okta["apps"].([]obj), app("app2", "pol2"))
			f.okta["access_policy_rules"].(obj)["pol2"] = []obj{catchAll("ALLOW")}
			f.mailboxes[0]["okta"].(obj)["apps"] = []string{"app", "app2"}
			f.okta["app_keys"].(obj)["app2"] = []obj{{"x5c": []string{"CERT2"}}}
		}, access.ClosedAtIdentityProvider, ""},
		{"two apps, and the keys of one are not known", func(f *fixture) {
			f.okta["apps"] = append(f.okta["apps"].([]obj), app("app2", "pol2"))
			f.okta["access_policy_rules"].(obj)["pol2"] = []obj{catchAll("ALLOW")}
			f.mailboxes[0]["okta"].(obj)["apps"] = []string{"app", "app2"}
		}, access.Undecided, "other_instance"},
		{"two apps, nobody knows which serves", func(f *fixture) {
			f.okta["apps"] = append(f.okta["apps"].([]obj), app("app2", "pol2"))
			f.okta["access_policy_rules"].(obj)["pol2"] = []obj{catchAll("ALLOW")}
			f.mailboxes[0]["okta"].(obj)["apps"] = []string{"app", "app2"}
			delete(f.okta, "app_keys")
		}, access.Undecided, "app_unclear"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := oneMailbox(whitepaper())
			test.change(f)
			got := outcomeOf(t, f.evaluate(t), access.MAPI, access.PasswordGrant, 0)
			if got.Outcome != test.want {
				t.Fatalf("%s because of %v, want %s", got.Outcome, got.Reasons, test.want)
			}
			if test.reason != "" && !slices.ContainsFunc(got.Reasons, func(r access.Reason) bool { return strings.HasSuffix(r.Key, test.reason) }) {
				t.Errorf("because of %v, want %s", got.Reasons, test.reason)
			}
			if got.Outcome.Closed() && len(got.Locks) == 0 {
				t.Error("closed without a lock")
			}
		})
	}
}

// definition gives the default home-realm policy a definition, in a tenant with
// synchronised hashes.
func definition(f *fixture, texts ...string) {
	f.entra["home_realm_discovery_policies"] = []obj{{"displayName": "HR", "isOrganizationDefault": true, "definition": texts}}
	f.entra["on_premises_synchronization"] = obj{"features": obj{"passwordSyncEnabled": true}}
	f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
}

func homeRealm(f *fixture) {
	f.entra["home_realm_discovery_policies"] = []obj{{"displayName": "HR", "isOrganizationDefault": true,
		"definition": []string{`{"homeRealmDiscoveryPolicy":{"allowCloudPasswordValidation":true}}`}}}
}
