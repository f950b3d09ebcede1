package access_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/seed-07732396/postern/policies/access"
)

// fixture is a tenant in the shape of the snapshot.
type fixture struct {
	at                    string
	cloud                 string
	entra, exchange, okta obj
	mailboxes             []obj
	options               access.Options
	// asWritten leaves Conditional Access without what Graph always sends.
	asWritten bool
}

// completed gives Conditional Access policies the conditions that Graph always sends,
// empty where a test has none.
func completed(policies any) {
	list, _ := policies.([]obj)
	for _, p := range list {
		conditions, _ := p["conditions"].(obj)
		for _, name := range []string{"platforms", "locations", "signInRiskLevels", "userRiskLevels"} {
			if _, sent := conditions[name]; conditions != nil && !sent {
				conditions[name] = nil
			}
		}
		for field, names := range map[string][]string{"users": {"excludeUsers", "excludeGroups", "excludeRoles"}, "applications": {"excludeApplications"}} {
			of, ok := conditions[field].(obj)
			for _, name := range names {
				if _, sent := of[name]; ok && !sent {
					of[name] = []string{}
				}
			}
		}
	}
}

func (f *fixture) input(t testing.TB) access.Input {
	t.Helper()
	at, err := time.Parse(time.RFC3339, f.at)
	if err != nil {
		t.Fatal(err)
	}
	if !f.asWritten {
		completed(f.entra["conditional_access_policies"])
	}
	raw := func(o obj) []byte {
		if o == nil {
			return nil
		}
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return access.Input{
		CollectedAt: at, Cloud: f.cloud, OktaOrg: "https://example.okta.com",
		Entra: raw(f.entra), Exchange: raw(f.exchange), Okta: raw(f.okta),
	}
}

func (f *fixture) evaluate(t testing.TB) *access.Result {
	t.Helper()
	all := make([]int, len(f.mailboxes))
	for i := range all {
		all[i] = i
	}
	return f.evaluateOnly(t, all...)
}

// evaluateOnly works out the doors of the mailboxes at some places alone.
func (f *fixture) evaluateOnly(t testing.TB, places ...int) *access.Result {
	t.Helper()
	e, err := access.New(f.input(t), f.options)
	if err != nil {
		t.Fatal(err)
	}
	acc := e.NewAccumulator()
	for _, i := range places {
		raw, err := json.Marshal(f.mailboxes[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := acc.AddJSON(raw, i, 1); err != nil {
			t.Fatal(err)
		}
	}
	return e.Evaluate(acc)
}

// allow and deny make rules.
func allow(name string, priority int, clients ...string) obj {
	return accessRule(name, priority, "ALLOW", clients)
}
func deny(name string, priority int, clients ...string) obj {
	return accessRule(name, priority, "DENY", clients)
}

func accessRule(name string, priority int, access string, clients []string) obj {
	c := obj{"people": obj{"users": obj{"exclude": []string{}}}, "network": obj{"connection": "ANYWHERE"}, "riskScore": obj{"level": "ANY"}}
	if len(clients) > 0 {
		c["office365Client"] = obj{"include": clients}
	}
	return obj{
		"id": name, "name": name, "status": "ACTIVE", "priority": priority, "system": false, "conditions": c,
		"actions": obj{"appSignOn": obj{"access": access, "verificationMethod": obj{"type": "ASSURANCE", "factorMode": "2FA"}}},
	}
}

func catchAll(access string) obj {
	r := accessRule("Catch-all Rule", 99, access, nil)
	r["system"], r["conditions"] = true, nil
	r["actions"].(obj)["appSignOn"].(obj)["verificationMethod"] = obj{"type": "ASSURANCE", "factorMode": "1FA"}
	return r
}

// with sets conditions of a rule.
func with(rule obj, conditions obj) obj {
	for k, v := range conditions {
		rule["conditions"].(obj)[k] = v
	}
	return rule
}

func inGroups(include, exclude []string) obj {
	return obj{"people": obj{"groups": obj{"include": include, "exclude": exclude}, "users": obj{"exclude": []string{}}}}
}

func inZone(zones ...string) obj { return obj{"network": obj{"connection": "ZONE", "include": zones}} }

// setRules replaces the rules of the one policy.
func (f *fixture) setRules(rules ...obj) { f.okta["access_policy_rules"] = obj{"pol": rules} }

func ipZone(id string, ranges ...string) obj {
	var gateways []obj
	for _, r := range ranges {
		gateways = append(gateways, obj{"type": "CIDR", "value": r})
	}
	return obj{"id": id, "name": id, "type": "IP", "status": "ACTIVE", "usage": "POLICY", "gateways": gateways}
}

func app(id, policy string) obj {
	return obj{"id": id, "label": "Office 365 " + id, "name": "office365", "status": "ACTIVE", "signOnMode": "SAML_1_1",
		"_links": obj{"accessPolicy": obj{"href": "https://example.okta.com/api/v1/policies/" + policy}}}
}

func federation(certificate string) []obj {
	return []obj{{
		"passiveSignInUri":        "https://example.okta.com/app/office365/exk1/sso/wsfed/passive",
		"activeSignInUri":         "https://example.okta.com/app/office365/exk1/sso/wsfed/active",
		"federatedIdpMfaBehavior": "acceptIfMfaDoneByFederatedIdp", "signingCertificate": certificate,
	}}
}

// mailbox makes a user's mailbox with every protocol on.
func mailbox(id, domain string, groups ...string) obj {
	return obj{
		"id": id, "domain": domain,
		"exchange": obj{
			"PopEnabled": true, "ImapEnabled": true, "ActiveSyncEnabled": true, "MAPIEnabled": true, "EwsEnabled": nil, "OWAEnabled": true,
			"SmtpClientAuthenticationDisabled": nil, "AuthenticationPolicy": nil, "RemotePowerShellEnabled": true, "EXOModuleEnabled": true,
			"RecipientTypeDetails": "UserMailbox", "AccountDisabled": false,
		},
		"entra": obj{"accountEnabled": true, "userType": "Member", "onPremisesSyncEnabled": nil, "groups": []string{}, "roles": []string{}},
		"okta":  obj{"assigned": true, "apps": []string{"app"}, "status": "ACTIVE", "user_type": "t", "groups": append([]string{}, groups...)},
	}
}

// policyFlags are the flags of an authentication policy, all shut but those named.
func authPolicy(name string, open ...string) obj {
	p := obj{"Name": name, "Identity": name}
	for _, flag := range []string{"ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop", "Powershell",
		"ReportingWebServices", "Rpc", "Smtp", "WebServices"} {
		p["AllowBasicAuth"+flag] = false
	}
	for _, flag := range open {
		p["AllowBasicAuth"+flag] = true
	}
	return p
}

// whitepaper is a tenant that followed its steps A, B, D and E and did nothing else:
// no Conditional Access, and of the optional step C nothing either. u3 alone is in
// the group few.
func whitepaper() *fixture {
	f := &fixture{
		at: "2020-06-01T00:00:00Z", cloud: "public",
		entra: obj{
			"domains": []obj{
				{"id": "example.com", "authenticationType": "Federated", "isVerified": true},
				{"id": "example.onmicrosoft.com", "authenticationType": "Managed", "isVerified": true},
			},
			"federation_configurations":   obj{"example.com": federation("CERT1")},
			"organization":                obj{"onPremisesSyncEnabled": nil},
			"on_premises_synchronization": obj{"features": obj{"passwordSyncEnabled": false}},
			"conditional_access_policies": []obj{}, "named_locations": []obj{},
			"security_defaults": obj{"isEnabled": false}, "home_realm_discovery_policies": []obj{}, "feature_rollout_policies": []obj{},
		},
		exchange: obj{
			"organization_config":     obj{"OAuth2ClientProfileEnabled": true, "DefaultAuthenticationPolicy": "Block Basic Authentication", "EwsEnabled": nil},
			"ews_operation_access":    obj{"EwsAllowedAppIDs": nil},
			"transport_config":        obj{"SmtpClientAuthenticationDisabled": false},
			"authentication_policies": []obj{authPolicy("Block Basic Authentication")},
			"cas_mailbox_plans":       []obj{{"Name": "Enterprise", "IsDefault": true, "PopEnabled": true, "ImapEnabled": false, "ActiveSyncEnabled": true, "MAPIEnabled": true, "EwsEnabled": nil, "OWAEnabled": true}},
		},
		okta: obj{
			"organization": obj{"pipeline": "idx"}, "domains": []obj{}, "apps": []obj{app("app", "pol")},
			"app_keys":        obj{"app": []obj{{"x5c": []string{"CERT1"}}}},
			"access_policies": []obj{{"id": "pol", "name": "Office 365", "status": "ACTIVE"}},
			"zones":           []obj{ipZone("office", "192.0.2.0/24")},
			"groups": []obj{
				{"id": "staff", "type": "OKTA_GROUP", "profile": obj{"name": "Staff"}}, {"id": "few", "type": "OKTA_GROUP", "profile": obj{"name": "Few"}},
				{"id": "everyone", "type": "BUILT_IN", "profile": obj{"name": "Everyone"}},
			},
			"group_rules": []obj{}, "group_member_counts": obj{"staff": 3, "few": 1, "everyone": 3},
			"app_assignments":  obj{"app": obj{"users": 3, "groups": []string{"staff"}}},
			"sign_on_policies": []obj{{"id": "default", "name": "Default Policy", "status": "ACTIVE", "system": true, "priority": 1, "conditions": obj{"people": obj{"groups": obj{"include": []string{"everyone"}}}}}},
			"sign_on_policy_rules": obj{"default": []obj{{"id": "dr", "name": "Default Rule", "status": "ACTIVE", "system": true, "priority": 1,
				"conditions": obj{"network": obj{"connection": "ANYWHERE"}, "authContext": obj{"authType": "ANY"}},
				"actions":    obj{"signon": obj{"access": "ALLOW", "requireFactor": false}}}}},
		},
		mailboxes: []obj{
			mailbox("m1", "example.com", "staff"), mailbox("m2", "example.com", "staff"), mailbox("m3", "example.com", "staff", "few"),
		},
	}
	f.setRules(
		deny("Deny legacy", 0, "ACTIVE_SYNC"),
		allow("MFA for modern", 1, "WEB", "MODERN_AUTH"),
		catchAll("DENY"),
	)
	return f
}

// untouched is a tenant to which nobody has done anything but federate it.
func untouched() *fixture {
	f := whitepaper()
	f.exchange["organization_config"].(obj)["DefaultAuthenticationPolicy"] = nil
	f.exchange["authentication_policies"] = []obj{}
	f.setRules(catchAll("ALLOW"))
	return f
}
