package access_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/seed-07732396/postern/policies/access"
)

// largest makes an org at Okta's limits: 100 rules with 50 zones, and people of
// 200 different sets of groups.
func largest(t testing.TB, doubt int) ([]byte, []access.TestPerson) {
	d := newDice(1)
	var zones, groups, rules []obj
	var zoneNames, groupNames []string
	for i := range 50 {
		id := fmt.Sprint("zone", i)
		zoneNames = append(zoneNames, id)
		z := obj{"id": id, "name": id, "status": "ACTIVE", "usage": "POLICY", "type": "IP", "gateways": []obj{
			{"type": "CIDR", "value": fmt.Sprintf("10.%d.0.0/%d", i*3, 9+i%10)},
			{"type": "RANGE", "value": fmt.Sprintf("192.0.2.%d-192.0.2.%d", i, i*5)},
			{"type": "CIDR", "value": fmt.Sprintf("2001:db8:%x::/48", i)},
		}}
		if i%5 == 0 {
			z["type"], z["gateways"] = "DYNAMIC", nil
		}
		zones = append(zones, z)
	}
	for i := range 60 {
		id := fmt.Sprint("group", i)
		groupNames = append(groupNames, id)
		groups = append(groups, obj{"id": id, "type": "OKTA_GROUP", "profile": obj{"name": id}})
	}
	for i := range 99 {
		c := obj{"office365Client": obj{"include": some(d, 1, 2, "WEB", "MODERN_AUTH", "ACTIVE_SYNC", "AAD_JOIN")}}
		p := obj{"include": some(d, 1, 4, groupNames...)}
		if i%3 == 0 {
			p["exclude"] = some(d, 1, 2, groupNames...)
		}
		c["people"] = obj{"groups": p}
		if i%2 == 0 || d.chance(90) {
			c["network"] = obj{"connection": "ZONE", pick(d, "include", "include", "exclude"): some(d, 1, 3, zoneNames...)}
		}
		if i%4 == 0 {
			c["platform"] = obj{"include": d.platforms()}
		}
		if d.chance(doubt) {
			c["elCondition"] = obj{"condition": "x"}
		}
		rules = append(rules, obj{"id": fmt.Sprint("rule", i), "name": fmt.Sprint("rule", i), "status": "ACTIVE", "priority": i, "conditions": c,
			"actions": obj{"appSignOn": obj{"access": pick(d, "ALLOW", "DENY"), "verificationMethod": d.verification()}}})
	}
	rules = append(rules, obj{"id": "last", "name": "Catch-all", "status": "ACTIVE", "priority": 99, "system": true, "conditions": nil,
		"actions": obj{"appSignOn": obj{"access": "DENY"}}})
	var people []access.TestPerson
	for range 200 {
		people = append(people, access.TestPerson{Known: true, Groups: some(d, 1, 6, groupNames...), Kind: "t"})
	}
	section, err := json.Marshal(obj{
		"zones": zones, "groups": groups, "access_policy_rules": obj{"pol": rules},
		"sign_on_policies": []obj{{"id": "s", "system": true, "status": "ACTIVE"}},
		"sign_on_policy_rules": obj{"s": []obj{{"status": "ACTIVE", "system": true, "conditions": obj{"network": obj{"connection": "ANYWHERE"}},
			"actions": obj{"signon": obj{"access": "ALLOW", "requireFactor": false}}}}},
		"apps": []obj{{"id": "app", "status": "ACTIVE", "signOnMode": "SAML_1_1", "_links": obj{"accessPolicy": obj{"href": "https://x/policies/pol"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return section, people
}

func BenchmarkLargestPolicy(b *testing.B) {
	for _, doubt := range []int{0, 20, 100} {
		b.Run(fmt.Sprintf("doubt=%d%%", doubt), func(b *testing.B) {
			section, people := largest(b, doubt)
			regions := 0
			for b.Loop() {
				j, err := access.NewTestJudge(section, "https://example.okta.com", people)
				if err != nil {
					b.Fatal(err)
				}
				regions = j.Regions(0)
			}
			b.ReportMetric(float64(regions), "regions")
		})
	}
}

// BenchmarkNamesThatNobodyKnows works out the doors of mailboxes that differ in names
// alone, none of which the configuration has.
func BenchmarkNamesThatNobodyKnows(b *testing.B) {
	const n = 1000
	f := unlike(2*n, 0)
	f.mailboxes = f.mailboxes[n:] // their policies are missing
	f.exchange["authentication_policies"] = []obj{}
	for i, box := range f.mailboxes {
		box["domain"] = fmt.Sprintf("d%d.test", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		f.evaluate(b)
	}
}
