package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
)

func policyOf(t *testing.T, f *fixture) access.Policy {
	t.Helper()
	r := f.evaluate(t)
	if len(r.Policies) != 1 {
		t.Fatalf("%d policies", len(r.Policies))
	}
	return r.Policies[0]
}

// What makes the limits of an exception for legacy clients no confinement.
func TestExceptionsAreMeasured(t *testing.T) {
	zone := func(z obj) func(*fixture) { return func(f *fixture) { f.okta["zones"] = []obj{z} } }
	tests := []struct {
		name       string
		conditions obj
		change     func(*fixture)
		want       []string
	}{
		{"a group and an address", merge(inGroups([]string{"few"}, nil), inZone("office")), nil, nil},
		{"nobody named", inZone("office"), nil, []string{"everyone"}},
		{"Okta's group of everyone", merge(inGroups([]string{"everyone"}, nil), inZone("office")), nil, []string{"everyone"}},
		{"all but some", merge(inGroups(nil, []string{"few"}), inZone("office")), nil, []string{"everyone"}},
		{"no zone", inGroups([]string{"few"}, nil), nil, []string{"anywhere"}},
		{"device trust alone", merge(inGroups([]string{"few"}, nil), obj{"device": obj{"registered": true, "managed": true}}), nil, []string{"anywhere"}},
		{"outside a zone", merge(inGroups([]string{"few"}, nil), obj{"network": obj{"connection": "ZONE", "exclude": []string{"office"}}}), nil, []string{"outside_zones"}},
		{"a zone that is switched off", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(merge(ipZone("office", "192.0.2.0/24"), obj{"status": "INACTIVE"})), []string{"zone_inactive"}},
		{"everything", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(ipZone("office", "0.0.0.0/0")), []string{"everywhere"}},
		{"everything in two halves", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(ipZone("office", "0.0.0.0/1", "128.0.0.0/1")), []string{"everywhere"}},
		{"two halves in two zones", merge(inGroups([]string{"few"}, nil), inZone("a", "b")), func(f *fixture) {
			f.okta["zones"] = []obj{ipZone("a", "0.0.0.0-99.255.255.255"), ipZone("b", "100.0.0.0-200.0.0.0")}
		}, []string{"everywhere", "exchange_online"}},
		{"every IPv6 address", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(ipZone("office", "::/0")), []string{"everywhere"}},
		{"Exchange Online's addresses", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(ipZone("office", "40.99.0.0/16")), []string{"exchange_online"}},
		{"a country", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(obj{"id": "office", "type": "DYNAMIC", "status": "ACTIVE", "locations": []obj{{"country": "NL", "region": nil}}}), []string{"country"}},
		{"a region", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(obj{"id": "office", "type": "DYNAMIC_V2", "status": "ACTIVE",
			"locations": obj{"include": []obj{{"country": "NL", "region": "NL-ZH"}}}, "asns": obj{"include": []string{}}}), nil},
		{"a provider", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(obj{"id": "office", "type": "DYNAMIC_V2", "status": "ACTIVE", "asns": obj{"include": []string{"8075"}}}), []string{"provider"}},
		{"no proxies", merge(inGroups([]string{"few"}, nil), inZone("office")), zone(obj{"id": "office", "type": "DYNAMIC", "status": "ACTIVE", "proxyType": "NotTorAnonymizer"}), []string{"no_limit"}},
		{"a zone that is gone", merge(inGroups([]string{"few"}, nil), inZone("gone")), nil, []string{"zone_missing"}},
		{"a zone with an address that cannot be read", merge(inGroups([]string{"few"}, nil), inZone("office")),
			zone(ipZone("office", "192.0.2.0/24", "some host")), []string{"network_unreadable"}},
		{"all zones", merge(inGroups([]string{"few"}, nil), inZone("ALL_ZONES")), nil, nil},
		{"all zones, of which one is a country", merge(inGroups([]string{"few"}, nil), inZone("ALL_ZONES")), func(f *fixture) {
			f.okta["zones"] = []obj{ipZone("a", "192.0.2.0/24"), {"id": "b", "type": "DYNAMIC", "status": "ACTIVE", "locations": []obj{{"country": "NL"}}}}
		}, []string{"country"}},
		{"all zones, not collected", merge(inGroups([]string{"few"}, nil), inZone("ALL_ZONES")), func(f *fixture) { delete(f.okta, "zones") }, []string{"zone_missing"}},
		{"proxies everywhere, which may claim any address", merge(inGroups([]string{"few"}, nil), inZone("office")),
			zone(merge(ipZone("office", "192.0.2.0/24"), obj{"proxies": []obj{{"type": "CIDR", "value": "0.0.0.0/0"}}})), []string{"everywhere"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.setRules(with(allow("Exception", 0, "ACTIVE_SYNC"), test.conditions), deny("Deny", 1, "ACTIVE_SYNC"), catchAll("DENY"))
			if test.change != nil {
				test.change(f)
			}
			x := policyOf(t, f).Rules[0].Exception
			if x == nil {
				t.Fatal("no exception is seen")
			}
			if diff := cmp.Diff(test.want, x.Unconfined); diff != "" {
				t.Errorf("unconfined (-want +got):\n%s", diff)
			}
		})
	}
}

// What ThreatInsight leaves alone, by the zones that it names and the one that Okta
// exempts by itself.
func TestExemptionsAreMeasured(t *testing.T) {
	inactive := func(z obj) obj { return merge(z, obj{"status": "INACTIVE"}) }
	country := obj{"id": "nl", "type": "DYNAMIC", "status": "ACTIVE", "locations": []obj{{"country": "NL"}}}
	shipped := obj{"id": "own", "name": "DefaultExemptIpZone", "type": "IP", "status": "ACTIVE", "system": true, "useAsExemptList": true, "gateways": nil}
	tests := []struct {
		name          string
		exempt        any
		zones         []obj
		wide, unclear []string
		held          int
	}{
		{"nothing", []string{}, []obj{shipped}, nil, nil, 0},
		{"one's own addresses", []string{"a"}, []obj{ipZone("a", "192.0.2.0/24")}, nil, nil, 1},
		{"everything", []string{"a"}, []obj{ipZone("a", "0.0.0.0/0")}, []string{"everywhere"}, nil, 1},
		{"everything of IPv6", []string{"a"}, []obj{ipZone("a", "::/0")}, []string{"everywhere"}, nil, 1},
		{"everything in two halves", []string{"a"}, []obj{ipZone("a", "0.0.0.0/1", "128.0.0.0/1")}, []string{"everywhere"}, nil, 1},
		{"half of everything in two zones", []string{"a", "b"}, []obj{ipZone("a", "60.0.0.0-127.255.255.255"), ipZone("b", "160.0.0.0-223.255.255.255")}, []string{"everywhere", "exchange_online"}, nil, 2},
		{"everything in Okta's own exempt zone", []string{}, []obj{merge(shipped, obj{"gateways": []obj{{"type": "CIDR", "value": "0.0.0.0/0"}}})}, []string{"everywhere"}, nil, 1},
		{"Exchange Online", []string{"a"}, []obj{ipZone("a", "40.96.0.0/13")}, []string{"exchange_online"}, nil, 1},
		{"a country", []string{"nl"}, []obj{country}, []string{"country"}, nil, 1},
		{"everything, switched off", []string{"a"}, []obj{inactive(ipZone("a", "0.0.0.0/0"))}, nil, []string{"zone_inactive"}, 1},
		{"two parts of everything, one switched off", []string{"a", "b"}, []obj{ipZone("a", "60.0.0.0-127.255.255.255"), inactive(ipZone("b", "160.0.0.0-223.255.255.255"))}, nil, []string{"zone_inactive"}, 2},
		{"own addresses, switched off", []string{"a"}, []obj{inactive(ipZone("a", "192.0.2.0/24"))}, nil, nil, 1},
		{"an address that cannot be read", []string{"a"}, []obj{ipZone("a", "192.0.2.0/24", "some host")}, nil, []string{"network_unreadable"}, 1},
		{"everything beside an address that cannot be read", []string{"a"}, []obj{ipZone("a", "0.0.0.0/0", "some host")}, []string{"everywhere"}, nil, 1},
		{"a kind of zone that nobody knows", []string{"a"}, []obj{{"id": "a", "type": "NEW", "status": "ACTIVE"}}, nil, []string{"network_unreadable"}, 1},
		{"a zone that is gone", []string{"gone"}, []obj{}, nil, []string{"zone_missing"}, 1},
		{"zones that were not read", []string{"a"}, nil, nil, []string{"zones_unread"}, 1},
		{"no list", nil, []obj{}, nil, []string{"list_unreadable"}, 0},
		{"a list of something else", []int{1}, []obj{}, nil, []string{"list_unreadable"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.okta["threat_insight"] = obj{"action": "block", "excludeZones": test.exempt}
			delete(f.okta, "zones")
			if test.zones != nil {
				f.okta["zones"] = test.zones
			}
			x := f.evaluate(t).ThreatInsight
			if diff := cmp.Diff(test.wide, x.Wide); diff != "" {
				t.Errorf("wide (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.unclear, x.Unclear); diff != "" {
				t.Errorf("unclear (-want +got):\n%s", diff)
			}
			if len(x.Zones) != test.held {
				t.Errorf("zones %+v, want %d", x.Zones, test.held)
			}
		})
	}
}

func merge(list ...obj) obj {
	all := obj{}
	for _, o := range list {
		for k, v := range o {
			all[k] = v
		}
	}
	return all
}

func TestExceptedGroupsAreCounted(t *testing.T) {
	f := whitepaper()
	f.okta["group_rules"] = []obj{
		{"name": "Fills few", "status": "ACTIVE", "actions": obj{"assignUserToGroups": obj{"groupIds": []string{"few"}}}},
		{"name": "Switched off", "status": "INACTIVE", "actions": obj{"assignUserToGroups": obj{"groupIds": []string{"few"}}}},
	}
	f.setRules(with(allow("Exception", 0, "ACTIVE_SYNC"), inGroups([]string{"few", "gone"}, nil)), catchAll("DENY"))
	one, third, none := 1, 1.0/3, 0
	want := []access.ExceptedGroup{
		{ID: "few", Name: "Few", Members: &one, Share: &third, Unseen: &none, FilledBy: []string{"Fills few"}},
		{ID: "gone", Name: "gone"},
	}
	if diff := cmp.Diff(want, policyOf(t, f).Rules[0].Exception.Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// How many people exceptions name together: who is in two groups once, and beside
// the mailboxes those of whom there is no telling.
func TestExceptionsAreCountedTogether(t *testing.T) {
	f := whitepaper()
	f.okta["group_member_counts"] = obj{"few": 3, "staff": 3}
	f.okta["app_assignments"] = obj{"app": obj{"users": 40}}
	f.setRules(
		with(allow("One", 0, "ACTIVE_SYNC"), merge(inGroups([]string{"few"}, nil), inZone("office"))),
		with(allow("Two", 1, "ACTIVE_SYNC"), merge(inGroups([]string{"staff"}, nil), inZone("office"))),
		with(allow("Modern", 2, "WEB"), inGroups([]string{"staff"}, nil)),
		with(allow("Users", 3, "ACTIVE_SYNC"), obj{"people": obj{"users": obj{"include": []string{"gone"}}}}),
		catchAll("DENY"),
	)
	p := policyOf(t, f)
	if p.Assigned == nil || *p.Assigned != 40 {
		t.Errorf("assigned %v", p.Assigned)
	}
	inBoth, inStaff := 0, 0
	for _, m := range f.mailboxes {
		groups := fmt.Sprint(m["okta"].(obj)["groups"])
		if strings.Contains(groups, "few") && strings.Contains(groups, "staff") {
			inBoth++
		} else if strings.Contains(groups, "staff") {
			inStaff++
		}
	}
	want := []access.Excepted{{Rules: []int{0, 1}, Mailboxes: inBoth}, {Rules: []int{1}, Mailboxes: inStaff}}
	if diff := cmp.Diff(want, p.Excepted); diff != "" || inBoth == 0 || inStaff == 0 {
		t.Errorf("excepted (-want +got):\n%s", diff)
	}
	for i, unseen := range []int{3 - inBoth, 3 - inBoth - inStaff} {
		if got := p.Rules[i].Exception.Groups[0].Unseen; got == nil || *got != unseen {
			t.Errorf("rule %d: unseen %v, want %d", i, got, unseen)
		}
	}
	if got := p.Rules[3].Exception.Unseen; got != 1 {
		t.Errorf("%d users unseen, want 1", got)
	}
}

// Which rule denies legacy clients to whom, and what could allow them before it.
func TestOrderOfDenyAndAllow(t *testing.T) {
	tests := []struct {
		name  string
		rules []obj
		want  []access.Order
	}{
		{"the whitepaper's layout", []obj{deny("Deny", 0, "ACTIVE_SYNC"), allow("MFA", 1, "WEB", "MODERN_AUTH"), catchAll("DENY")},
			[]access.Order{{Mailboxes: 3, Deny: 0}}},
		{"Okta's shipped layout", []obj{allow("Web and modern", 1, "WEB", "MODERN_AUTH"), catchAll("DENY")},
			[]access.Order{{Mailboxes: 3, Deny: 1}}},
		{"an allow for any client above", []obj{deny("Deny", 1, "ACTIVE_SYNC"), allow("Any", 0), catchAll("DENY")},
			[]access.Order{{Mailboxes: 3, Deny: 0, Above: []int{1}}}},
		{"a deny for some", []obj{with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups([]string{"few"}, nil)), allow("Any", 1), catchAll("DENY")},
			[]access.Order{{Mailboxes: 2, Deny: 2, Above: []int{1}}, {Mailboxes: 1, First: 2, Deny: 0}}},
		{"a deny from one place is none", []obj{with(deny("Deny", 0, "ACTIVE_SYNC"), inZone("office")), allow("Any", 1), catchAll("ALLOW")},
			[]access.Order{{Mailboxes: 3, Deny: -1, Above: []int{1, 2}}}},
		{"a deny with an expression is none", []obj{with(deny("Deny", 0, "ACTIVE_SYNC"), obj{"elCondition": obj{"condition": "x"}}), catchAll("DENY")},
			[]access.Order{{Mailboxes: 3, Deny: 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.setRules(test.rules...)
			if diff := cmp.Diff(test.want, policyOf(t, f).Order); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

// A rule is dead when those above take all that anybody could bring to it.
func TestReached(t *testing.T) {
	tests := []struct {
		name  string
		rules []obj
		want  string
	}{
		{"all live", []obj{deny("0", 0, "ACTIVE_SYNC"), allow("1", 1, "WEB"), catchAll("DENY")}, "yes yes yes"},
		{"the same twice", []obj{deny("0", 0, "ACTIVE_SYNC"), allow("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes no[0] yes"},
		{"any client above all", []obj{allow("0", 0), deny("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes no[0] no[0]"},
		{"a denial of any client above all", []obj{deny("0", 0), allow("1", 1, "WEB"), deny("2", 2, "ACTIVE_SYNC"), catchAll("DENY")}, "yes no[0] no[0] no[0]"},
		{"any client for some", []obj{with(allow("0", 0), inGroups([]string{"few"}, nil)), deny("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes yes yes"},
		{"any client of a platform", []obj{with(allow("0", 0), obj{"platform": obj{"include": []obj{{"type": "MOBILE", "os": obj{"type": "IOS"}}}}}), deny("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes yes yes"},
		{"a client condition that cannot be read", []obj{with(allow("0", 0), obj{"office365Client": obj{"include": []string{}}}), deny("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes yes yes"},
		{"two that cover it together", []obj{with(deny("0", 0, "ACTIVE_SYNC"), inZone("office")),
			with(deny("1", 1, "ACTIVE_SYNC"), obj{"network": obj{"connection": "ZONE", "exclude": []string{"office"}}}), allow("2", 2, "ACTIVE_SYNC"), catchAll("DENY")}, "yes yes no[0 1] yes"},
		{"a group that nobody here is in", []obj{with(deny("0", 0, "ACTIVE_SYNC"), inGroups([]string{"gone"}, nil)), deny("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes yes yes"},
		{"whoever is in both groups", []obj{with(deny("0", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"few"})), with(allow("1", 1, "ACTIVE_SYNC"), inGroups([]string{"staff"}, nil)), catchAll("DENY")}, "yes yes yes"},
		{"left out above, named below", []obj{with(deny("0", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"few"})), with(allow("1", 1, "ACTIVE_SYNC"), inGroups([]string{"staff"}, []string{"few"})), catchAll("DENY")}, "yes no[0] yes"},
		{"behind an expression", []obj{with(deny("0", 0, "ACTIVE_SYNC"), obj{"elCondition": obj{"condition": "x"}}), allow("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes yes yes"},
		{"nothing can match it", []obj{with(deny("0", 0, "ACTIVE_SYNC"), inZone("empty")), catchAll("DENY")}, "no[] yes"},
		{"switched off", []obj{merge(allow("0", 0), obj{"status": "INACTIVE"}), catchAll("DENY")}, "no[] yes"},
		{"Okta's group of everyone", []obj{with(deny("0", 0, "ACTIVE_SYNC"), inGroups([]string{"everyone"}, nil)), allow("1", 1, "ACTIVE_SYNC"), catchAll("DENY")}, "yes no[0] yes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.okta["zones"] = []obj{ipZone("office", "192.0.2.0/24"), ipZone("empty")}
			f.setRules(test.rules...)
			got := ""
			for _, r := range policyOf(t, f).Rules {
				got += " " + string(r.Reached)
				if r.Reached == "no" {
					got += fmt.Sprint(r.ShadowedBy)
				}
			}
			if got[1:] != test.want {
				t.Errorf("%q, want %q", got[1:], test.want)
			}
		})
	}
}

// What a rule lets past is counted in mailboxes, and shown for somebody made up when
// nobody with a mailbox is concerned.
func TestWhatARuleLetsPast(t *testing.T) {
	f := whitepaper()
	f.okta["groups"] = append(f.okta["groups"].([]obj), obj{"id": "empty", "type": "OKTA_GROUP", "profile": obj{"name": "Empty"}})
	f.setRules(
		with(allow("For few", 0, "ACTIVE_SYNC"), inGroups([]string{"few"}, nil)),
		with(allow("For nobody", 1, "ACTIVE_SYNC"), inGroups([]string{"empty"}, nil)),
		with(allow("Perhaps", 2, "ACTIVE_SYNC"), obj{"elCondition": obj{"condition": "x"}}),
		catchAll("DENY"),
	)
	p := policyOf(t, f)
	type passed struct {
		opens             access.Answer
		certain, possible int
		mailbox           int
		reasons           int
	}
	want := []passed{{"yes", 1, 0, 2, 0}, {"yes", 0, 0, -1, 0}, {"maybe", 0, 2, 0, 1}, {"no", 0, 0, -2, 0}}
	for i, r := range p.Rules {
		got := passed{r.Legacy.Opens, r.Legacy.Certain, r.Legacy.Possible, -2, len(r.Legacy.Reasons)}
		if r.Legacy.Witness != nil {
			got.mailbox = r.Legacy.Witness.Mailbox
		}
		if got != want[i] {
			t.Errorf("rule %d lets past %+v, want %+v", i, got, want[i])
		}
	}
}

// Two factors, one, or nobody can tell.
func TestFactors(t *testing.T) {
	chain := func(c ...obj) obj { return obj{"type": "AUTH_METHOD_CHAIN", "chains": c} }
	step := func(methods []string, next ...obj) obj {
		var list []obj
		for _, m := range methods {
			list = append(list, obj{"method": m})
		}
		return obj{"authenticationMethods": list, "next": next}
	}
	verified := obj{"authenticationMethods": []obj{{"method": "signed_nonce", "userVerification": "REQUIRED"}}}
	one := func(constraints ...obj) obj {
		return obj{"type": "ASSURANCE", "factorMode": "1FA", "constraints": constraints}
	}
	tests := []struct {
		name   string
		method any
		want   string
	}{
		{"two", obj{"type": "ASSURANCE", "factorMode": "2FA"}, "two"},
		{"one", obj{"type": "ASSURANCE", "factorMode": "1FA"}, "one"},
		{"one with user verification", one(obj{"possession": obj{"userVerification": "REQUIRED"}}), "two"},
		{"one with a way round user verification", one(obj{"possession": obj{"userVerification": "REQUIRED"}}, obj{"knowledge": obj{"types": []string{"password"}}}), "one"},
		{"user verification that is not required", one(obj{"possession": obj{"userVerification": "REQUIRED", "required": false}}), "one"},
		{"two kinds in a rule for one", one(obj{"knowledge": obj{"types": []string{"password"}}, "possession": obj{"deviceBound": "REQUIRED"}}), "unclear"},
		{"constraints as an object", obj{"type": "ASSURANCE", "factorMode": "1FA", "constraints": obj{"possession": obj{"userVerification": "REQUIRED"}}}, "two"},
		{"proofing", obj{"type": "ID_PROOFING"}, "unclear"},
		{"nothing", nil, "unclear"},
		{"no mode", obj{"type": "ASSURANCE"}, "unclear"},
		{"a chain of two", chain(step([]string{"password"}, step([]string{"sms", "push"}))), "two"},
		{"a chain of two of a kind", chain(step([]string{"password"}, step([]string{"security_question"}))), "one"},
		{"a chain of one", chain(step([]string{"password"})), "one"},
		{"a chain with a weak alternative", chain(step([]string{"password"}, step([]string{"push"})), step([]string{"email"})), "one"},
		{"a verified possession", chain(verified), "two"},
		{"another provider", chain(step([]string{"password"}, step([]string{"idp"}))), "unclear"},
		{"a step that may stay with the kind", chain(step([]string{"password", "push"}, step([]string{"push"}))), "one"},
		{"two next, of which one is weak", chain(step([]string{"password"}, step([]string{"push"}), step([]string{"security_question"}))), "unclear"},
		{"no chain", chain(), "unclear"},
		{"an empty step", chain(step(nil)), "unclear"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			rule := allow("Rule", 0, "WEB")
			rule["actions"].(obj)["appSignOn"].(obj)["verificationMethod"] = test.method
			f.setRules(rule, catchAll("DENY"))
			if got := policyOf(t, f).Rules[0].Factors; got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
