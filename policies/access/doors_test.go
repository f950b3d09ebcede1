package access_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/access"
)

// tenantOf makes a random tenant: all of Okta's rules as in judge_test.go, and
// beside them everything that Exchange and Entra have to say.
func (d dice) tenantOf() *fixture {
	f := whitepaper()
	f.at = pick(d, "2026-09-01T00:00:00Z", "2026-11-20T00:00:00Z", "2027-05-01T00:00:00Z", "2020-06-01T00:00:00Z")
	f.options.AsPublished = d.chance(30)
	f.okta["zones"], f.okta["groups"] = d.zones(), groupList()
	f.okta["sign_on_policies"], f.okta["sign_on_policy_rules"] = nil, nil
	f.setRules(d.rules(1+d.IntN(4), 6)...)
	sessions, rules := d.sessions(), obj{}
	for _, s := range sessions {
		rules[s["id"].(string)] = s["rules"]
		delete(s, "rules")
	}
	f.okta["sign_on_policies"], f.okta["sign_on_policy_rules"] = sessions, rules
	if d.chance(20) {
		f.okta["organization"] = obj{}
	}
	d.exchangeOf(f)
	d.entraOf(f)
	f.mailboxes = nil
	for i := range 4 {
		f.mailboxes = append(f.mailboxes, d.mailboxOf(i))
	}
	return f
}

func (d dice) exchangeOf(f *fixture) {
	var policies []obj
	for _, name := range []string{"Block", "Open", "Odd"} {
		p := authPolicy(name, some(d, 0, 6, "Pop", "Imap", "ActiveSync", "WebServices", "Mapi", "Rpc", "Powershell", "Smtp")...)
		p["Guid"] = "guid-" + name
		if name == "Odd" {
			delete(p, pick(d, "AllowBasicAuthPop", "AllowBasicAuthSmtp", "AllowBasicAuthMapi"))
		}
		policies = append(policies, p)
	}
	f.exchange["authentication_policies"] = policies
	f.exchange["organization_config"] = obj{
		"DefaultAuthenticationPolicy": pick[any](d, nil, "Block", "GUID-Open", "Odd", "Gone"), "EwsEnabled": pick[any](d, nil, true, false),
	}
	f.exchange["ews_operation_access"] = obj{"EwsAllowedAppIDs": pick[any](d, nil, []string{"an-app"})}
	f.exchange["transport_config"] = obj{"SmtpClientAuthenticationDisabled": pick[any](d, nil, true, false, false)}
}

func (d dice) mailboxOf(i int) obj {
	m := mailbox(fmt.Sprint("m", i), pick(d, "example.com", "example.com", "sub.example.com", "example.onmicrosoft.com", "example.org", "missing.net"))
	x := m["exchange"].(obj)
	for _, name := range []string{"PopEnabled", "ImapEnabled", "ActiveSyncEnabled", "MAPIEnabled", "EwsEnabled", "OWAEnabled", "RemotePowerShellEnabled", "EXOModuleEnabled", "SmtpClientAuthenticationDisabled"} {
		if d.chance(40) {
			x[name] = pick[any](d, true, true, false, nil)
		}
		if d.chance(4) {
			delete(x, name)
		}
	}
	x["AuthenticationPolicy"] = pick[any](d, nil, "", "Open", "guid-Block", "Odd")
	e := m["entra"].(obj)
	e["groups"], e["roles"] = some(d, 0, 2, "eg0", "eg1", "eg2"), some(d, 0, 1, "admin")
	if e["groups"] == nil || len(e["groups"].([]string)) == 0 {
		e["groups"] = []string{}
	}
	if len(e["roles"].([]string)) == 0 {
		e["roles"] = []string{}
	}
	e["onPremisesSyncEnabled"] = pick[any](d, true, nil)
	if d.chance(5) {
		delete(e, "groups")
	}
	who := d.person()
	if !who.known {
		delete(m, "okta")
		return m
	}
	o := m["okta"].(obj)
	o["groups"], o["named"], o["user_type"] = who.groups, who.named, who.userType
	if who.groups == nil {
		delete(o, "groups")
	}
	if d.chance(10) {
		o["assigned"] = false
	}
	if d.chance(5) {
		o["status"] = "SUSPENDED"
	}
	if d.chance(5) {
		delete(o, "apps")
	}
	return m
}

func (d dice) entraOf(f *fixture) {
	f.entra["domains"] = append(f.entra["domains"].([]obj), obj{"id": "example.org", "authenticationType": "Federated"})
	config := federation("CERT1")
	config[0]["federatedIdpMfaBehavior"] = pick[any](d, nil, "acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp", "rejectMfaByFederatedIdp", "somethingNew")
	if d.chance(20) {
		config[0]["activeSignInUri"] = nil
	}
	elsewhere := federation("CERT9")
	elsewhere[0]["passiveSignInUri"], elsewhere[0]["activeSignInUri"] = "https://sts.example.org/adfs/ls", "https://sts.example.org/adfs/active"
	elsewhere[0]["federatedIdpMfaBehavior"] = pick(d, "acceptIfMfaDoneByFederatedIdp", "rejectMfaByFederatedIdp")
	f.entra["federation_configurations"] = obj{"example.com": config, "example.org": elsewhere}
	f.entra["security_defaults"] = obj{"isEnabled": d.chance(15)}
	f.entra["organization"] = obj{"onPremisesSyncEnabled": pick[any](d, true, nil)}
	f.entra["on_premises_synchronization"] = obj{"features": obj{"passwordSyncEnabled": d.chance(50)}}
	f.entra["home_realm_discovery_policies"] = []obj{}
	if d.chance(30) {
		f.entra["home_realm_discovery_policies"] = []obj{{"displayName": "hr", "isOrganizationDefault": true,
			"definition": []string{fmt.Sprintf(`{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":%t}}`, d.chance(70))}}}
	}
	if d.chance(30) {
		f.entra["feature_rollout_policies"] = []obj{{"displayName": "ro", "feature": pick(d, "passwordHashSync", "seamlessSso"), "isEnabled": d.chance(70),
			"isAppliedToOrganization": false, "appliesTo": []obj{{"id": "eg0"}}}}
	}
	if d.chance(10) {
		delete(f.entra, "feature_rollout_policies")
	}
	f.entra["named_locations"] = []obj{
		{"id": "loc0", "displayName": "office", "isTrusted": true, "ipRanges": []obj{{"cidrAddress": pick(d, "192.0.2.0/24", "0.0.0.0/1")}}},
		{"id": "loc1", "displayName": "range", "isTrusted": false, "ipRanges": []obj{{"cidrAddress": "2001:db8::/32"}, {"cidrAddress": "203.0.113.7/32"}}},
		{"id": "loc2", "displayName": "country", "countriesAndRegions": []string{"NL"}},
	}
	var policies []obj
	for i := range d.IntN(5) {
		policies = append(policies, d.conditionalOf(i))
	}
	f.entra["conditional_access_policies"] = policies
	if policies == nil {
		f.entra["conditional_access_policies"] = []obj{}
	}
	if d.chance(5) {
		delete(f.entra, "conditional_access_policies")
	}
}

func (d dice) conditionalOf(i int) obj {
	users := obj{"includeUsers": pick(d, []string{"All"}, []string{"All"}, []string{"m0", "m1"}, []string{}),
		"excludeGroups": some(d, 0, 1, "eg0", "eg1"), "excludeUsers": some(d, 0, 1, "m2"), "excludeRoles": some(d, 0, 1, "admin")}
	if d.chance(30) {
		users["includeGroups"] = some(d, 1, 2, "eg0", "eg1", "eg2")
	}
	c := obj{
		"users": users,
		"applications": obj{"includeApplications": pick(d, []string{"All"}, []string{"All"}, []string{"Office365"}, []string{"00000002-0000-0ff1-ce00-000000000000"}, []string{"5b12c2a9-0a3f-4b4e-9d0e-3c1f6f0c7d11"}, []string{"office365"}),
			"excludeApplications": pick(d, []string{}, []string{}, []string{}, []string{"00000002-0000-0ff1-ce00-000000000000"}, []string{"5b12c2a9-0a3f-4b4e-9d0e-3c1f6f0c7d11"}, []string{"00000003-0000-0000-c000-000000000000"}, []string{"office365"})},
		"clientAppTypes": pick(d, []string{"all"}, []string{"exchangeActiveSync", "other"}, []string{"other"}, []string{"browser"},
			[]string{"mobileAppsAndDesktopClients"}, []string{"browser", "mobileAppsAndDesktopClients"}, []string{"exchangeActiveSync"}),
	}
	if d.chance(25) {
		c["platforms"] = obj{"includePlatforms": pick(d, []string{"all"}, []string{"android", "iOS"}, []string{"windows"}), "excludePlatforms": some(d, 0, 2, "iOS", "macOS")}
	}
	if d.chance(30) {
		c["locations"] = obj{"includeLocations": pick(d, []string{"All"}, []string{"All"}, []string{"loc0", "loc2"}, []string{"loc1"}, []string{"AllTrusted"}),
			"excludeLocations": pick(d, []string{}, []string{"AllTrusted"}, []string{"loc0"}, []string{"loc2"}, []string{"loc1", "gone"})}
	}
	if d.chance(15) {
		c["signInRiskLevels"] = some(d, 1, 2, "none", "low", "medium", "high")
	}
	if d.chance(10) {
		c["userRiskLevels"] = some(d, 1, 3, "none", "low", "medium", "high")
	}
	if d.chance(8) {
		c["devices"] = obj{"deviceFilter": obj{"mode": "exclude", "rule": "x"}}
	}
	controls := pick(d, []string{"block"}, []string{"mfa"}, []string{"mfa"}, []string{"mfa", "compliantDevice"}, []string{"compliantDevice"}, []string{"domainJoinedDevice"})
	return obj{"id": fmt.Sprint("ca", i), "displayName": fmt.Sprint("CA ", i),
		"state":      pick(d, "enabled", "enabled", "enabled", "disabled", "enabledForReportingButNotEnforced"),
		"conditions": c, "grantControls": obj{"operator": pick(d, "AND", "OR"), "builtInControls": controls}}
}

// signInOf makes one concrete sign-in.
func (d dice) signInOf(protocol, method string) signIn {
	in := signIn{address: netip.MustParseAddr(pick(d, addresses...)), countries: map[string]bool{"loc2": d.chance(50)},
		platform: pick(d, "android", "iOS", "windows", "macOS", "somethingElse"),
		signRisk: pick(d, "none", "low", "high"), userRisk: pick(d, "none", "low", "high")}
	in.client = "mobileAppsAndDesktopClients"
	switch {
	case method == "basic" && protocol == "activesync":
		in.client = "exchangeActiveSync"
	case method == "basic":
		in.client = "other"
	case method == "modern" && (protocol == "web" || d.chance(50)):
		in.client = "browser"
	}
	return in
}

// attempt gives all that may become of one attempt: "out", "one", "two".
func (s *simulated) attempt(m any, protocol, method, via string, exists verdict3, r asked, in signIn) map[string]bool {
	result := map[string]bool{}
	exchange := s.atExchange(m, protocol, method)
	if exchange != "yes" || exists != "yes" {
		result["out"] = true
	}
	if exchange == "no" || exists == "no" {
		return result
	}
	honest, identity := true, map[string]bool{"one": true}
	behaviour := str(s.federation(str(m, "domain")), "federatedIdpMfaBehavior")
	switch via {
	case "okta":
		identity = s.atOkta(m, r)
		honest = behaviour == "rejectMfaByFederatedIdp" || str(s.okta, "organization", "pipeline") == "idx" && behaviour != "somethingNew"
	case "elsewhere":
		identity = map[string]bool{"one": true, "two": true, "out": true}
		honest = behaviour == "rejectMfaByFederatedIdp"
	}
	entra := s.atEntra(m, protocol, method, in, honest)
	for i := range identity {
		for e := range entra {
			switch {
			case i == "out" || e == "out":
				result["out"] = true
			case i == "two" || e == "two":
				result["two"] = true
			default:
				result["one"] = true
			}
		}
	}
	return result
}

// Engine and simulator agree on every door of random tenants: what is closed lets no
// request in, what is said to ask for MFA lets none in without it, and the witness
// of what is open gets in.
func TestDoorsAgreeWithTheSimulator(t *testing.T) {
	seen := map[access.Outcome]int{}
	for seed := range uint64(220) {
		d := newDice(seed + 10000)
		f := d.tenantOf()
		s := newSimulated(f)
		r := f.evaluate(t)
		for i, m := range f.mailboxes {
			for _, door := range r.Doors {
				if door.First != i || door.Outcome == access.NotOffered {
					continue
				}
				seen[door.Outcome]++
				protocol, method := string(door.Protocol), string(door.Method)
				fail := func(what string, got any) {
					t.Helper()
					raw, _ := json.MarshalIndent(f.rules(), "", " ")
					ca, _ := json.MarshalIndent(f.entra, "", " ")
					box, _ := json.MarshalIndent(m, "", " ")
					t.Fatalf("seed %d: %s by %s is %s: %s %v\nsteps %v\nreasons %v\nwitness %+v %+v\n%s\n%s\n%s", seed, protocol, method, door.Outcome, what, got,
						door.Steps, door.Reasons, door.Witness, door.Locks, box, ca, raw)
				}
				box := plain(m)
				ways := s.ways(box, method)
				for via, exists := range ways {
					for range 12 {
						okta, in := d.request(), d.signInOf(protocol, method)
						if method == "modern" {
							okta.client = pick(d, "WEB", "MODERN_AUTH", "AAD_JOIN", "CERT_BASED_AUTH")
						} else {
							okta.client = "ACTIVE_SYNC"
						}
						if method == "basic" && d.chance(70) {
							okta.address = in.address // Exchange passes one client on
						}
						got := s.attempt(box, protocol, method, via, exists, okta, in)
						if method == "basic" && via == "okta" && okta.address != in.address {
							got["out"] = true // it may not be possible
						}
						switch {
						case door.Outcome.Closed() && !(len(got) == 1 && got["out"]):
							fail("and yet by "+via, got)
						case door.Outcome == access.WithMFA && got["one"]:
							fail("and yet by "+via, got)
						case door.Outcome == access.Undecided && len(got) == 1 && got["one"]:
							fail("and yet surely by "+via, got)
						}
					}
				}
				if door.Witness != nil && !s.getsIn(box, door, ways) {
					fail("the witness does not get in", "")
				}
			}
		}
	}
	for _, o := range access.Outcomes()[1:] {
		if seen[o] < 50 {
			t.Errorf("only %d doors are %s: the generator no longer makes them", seen[o], o)
		}
	}
}

// getsIn runs a door's witness through the simulator.
func (s *simulated) getsIn(m any, door access.Door, ways map[string]verdict3) bool {
	w := door.Witness
	exists, known := ways[w.Via]
	if !known {
		return false
	}
	in := signIn{client: w.Entra.Client, platform: orElse(w.Entra.Platform, "windows"), signRisk: orElse(w.Entra.SignInRisk, "low"),
		userRisk: orElse(w.Entra.UserRisk, "low"), countries: map[string]bool{"loc2": slices.Contains(w.Entra.Locations, "country")}}
	r := asked{}
	if o := w.Okta; o != nil {
		r = asked{client: map[string]string{"web": "WEB", "modern": "MODERN_AUTH", "legacy": "ACTIVE_SYNC", "entra_join": "AAD_JOIN", "certificate": "CERT_BASED_AUTH"}[o.Client],
			device: orElse(o.Device, "managed"), risk: strings.ToUpper(orElse(o.Risk, "low")), zones: map[string]bool{}, assured: map[string]bool{}}
		kind, system, _ := strings.Cut(orElse(o.Platform, "DESKTOP/WINDOWS"), "/")
		r.platform = [2]string{kind, system}
		for _, z := range o.Zones {
			r.zones[strings.TrimPrefix(z, "zone ")] = true
		}
		for _, a := range o.Assurances {
			r.assured[a] = true
		}
	}
	// Where only the vendor's database knows the address, any will do that the rules
	// take.
	okta := ""
	if w.Okta != nil {
		okta = w.Okta.Address
	}
	for _, oktaAddress := range addressesOr(okta, w.Entra.Address) {
		for _, entraAddress := range addressesOr(w.Entra.Address, okta) {
			r.address, in.address = oktaAddress, entraAddress
			got := s.attempt(m, string(door.Protocol), string(door.Method), w.Via, exists, r, in)
			if w.Okta != nil && door.Method == access.Basic && oktaAddress != entraAddress {
				got["out"] = true
			}
			if got["one"] && (len(got) == 1 || door.Outcome == access.Undecided) {
				return true
			}
		}
	}
	return false
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

// addressesOr is the one address, or where there is none all that might do.
func addressesOr(address, other string) []netip.Addr {
	if address != "" {
		return []netip.Addr{netip.MustParseAddr(address)}
	}
	var all []netip.Addr
	for _, a := range append(slices.Clone(addresses), other) {
		if a != "" {
			all = append(all, netip.MustParseAddr(a))
		}
	}
	return all
}
