package access_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// dice makes random configurations of Okta: few groups, zones and values, so that
// rules meet each other all the time, and now and then something that nobody can
// decide.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 7))} }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// some picks between low and high of the values.
func some[T any](d dice, low, high int, list ...T) []T {
	n := low + d.IntN(high-low+1)
	var chosen []T
	for _, i := range d.Perm(len(list))[:min(n, len(list))] {
		chosen = append(chosen, list[i])
	}
	return chosen
}

var (
	groupIDs     = []string{"g0", "g1", "g2", "g3", "gEveryone", "gGone"}
	userIDs      = []string{"u0", "u1", "u2"}
	typeIDs      = []string{"t0", "t1"}
	zoneIDs      = []string{"z0", "z1", "z2", "z3", "z4", "z5", "z6"}
	assuranceIDs = []string{"a0", "a1"}
	gatewayTexts = []string{
		"10.0.0.0/8", "192.0.2.0/24", "192.0.2.128-192.0.2.200", "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0",
		"203.0.113.7/32", "2001:db8::/32", "2001:db8::5-2001:db8::9", "::/0", "198.51.100.0-203.0.113.7",
	}
	addresses = []string{
		"10.1.2.3", "192.0.2.1", "192.0.2.150", "192.0.2.201", "203.0.113.7", "203.0.113.8", "198.51.100.0",
		"2001:db8::5", "2001:db8::a", "2001:db9::1", "0.0.0.0", "255.255.255.255", "127.255.255.255", "128.0.0.0",
	}
)

func (d dice) zones() []obj {
	var list []obj
	for _, id := range some(d, 3, len(zoneIDs), zoneIDs...) {
		z := obj{"id": id, "name": "zone " + id, "type": pick(d, "IP", "IP", "IP", "DYNAMIC", "DYNAMIC_V2"), "status": "ACTIVE", "usage": "POLICY"}
		if z["type"] == "IP" {
			var gateways []obj
			for _, g := range some(d, 0, 3, gatewayTexts...) {
				gateways = append(gateways, obj{"type": "CIDR", "value": g})
			}
			if d.chance(3) {
				gateways = append(gateways, obj{"type": "CIDR", "value": "not an address"})
			}
			z["gateways"] = gateways
		}
		if d.chance(10) {
			z["status"] = "INACTIVE"
		}
		if d.chance(15) {
			z["usage"] = "BLOCKLIST"
		}
		if d.chance(8) {
			z["useAsExemptList"] = true
		}
		list = append(list, z)
	}
	return list
}

func (d dice) people() obj {
	p := obj{"users": obj{"exclude": some(d, 0, 0, userIDs...)}}
	switch d.IntN(6) {
	case 0, 1:
	case 2, 3:
		p["groups"] = obj{"include": some(d, 1, 2, groupIDs...)}
	case 4:
		p["users"] = obj{"include": some(d, 1, 2, userIDs...)}
	case 5:
		p["groups"] = obj{"include": some(d, 1, 2, groupIDs...)}
		p["users"] = obj{"include": some(d, 1, 1, userIDs...), "exclude": some(d, 0, 1, userIDs...)}
	}
	if d.chance(25) {
		g, _ := p["groups"].(obj)
		if g == nil {
			g = obj{}
		}
		g["exclude"] = some(d, 1, 2, groupIDs...)
		p["groups"] = g
	}
	return p
}

func (d dice) network() obj {
	if d.chance(50) {
		return obj{"connection": "ANYWHERE"}
	}
	ids := append([]string{"ALL_ZONES", "zGone"}, zoneIDs...)
	n := obj{"connection": "ZONE"}
	switch d.IntN(5) {
	case 0, 1, 2:
		n["include"] = some(d, 1, 3, ids...)
	case 3:
		n["exclude"] = some(d, 1, 3, ids...)
	case 4:
		n["include"], n["exclude"] = some(d, 1, 2, ids...), some(d, 1, 2, ids...)
	}
	return n
}

func (d dice) platforms() []obj {
	var list []obj
	for range 1 + d.IntN(2) {
		list = append(list, pick(d,
			obj{"type": "MOBILE", "os": obj{"type": "IOS"}}, obj{"type": "MOBILE", "os": obj{"type": "ANY"}},
			obj{"type": "DESKTOP", "os": obj{"type": "WINDOWS"}}, obj{"type": "DESKTOP", "os": obj{"type": "OTHER", "expression": ""}},
			obj{"type": "ANY", "os": obj{"type": "ANY"}}, obj{"type": "OTHER", "os": obj{"type": "OTHER", "expression": "Foo*"}},
		))
	}
	return list
}

func (d dice) verification() obj {
	switch d.IntN(8) {
	case 0, 1, 2:
		return obj{"type": "ASSURANCE", "factorMode": "2FA"}
	case 3, 4:
		return obj{"type": "ASSURANCE", "factorMode": "1FA"}
	case 5:
		return obj{"type": "ASSURANCE", "factorMode": "1FA", "constraints": []obj{
			{"possession": obj{"userVerification": "REQUIRED"}},
			{"possession": obj{"userVerification": pick(d, "REQUIRED", "OPTIONAL")}},
		}}
	case 6:
		return obj{"type": "AUTH_METHOD_CHAIN", "chains": []obj{
			{"authenticationMethods": []obj{{"method": "password"}}, "next": []obj{
				{"authenticationMethods": []obj{{"method": pick(d, "sms", "password")}, {"method": "push"}}},
			}},
			{"authenticationMethods": []obj{{"method": "signed_nonce", "userVerification": pick(d, "REQUIRED", "OPTIONAL")}}},
		}}
	}
	return obj{"type": "ID_PROOFING"}
}

// rule makes one rule. doubt is the percentage of rules with a condition that
// nobody can decide.
func (d dice) rule(i, doubt int) obj {
	c := obj{"people": d.people(), "network": d.network(), "riskScore": obj{"level": pick(d, "ANY", "ANY", "ANY", "LOW", "HIGH")}}
	if d.chance(75) {
		c["office365Client"] = obj{"include": some(d, 1, 3, "WEB", "MODERN_AUTH", "ACTIVE_SYNC", "AAD_JOIN", "CERT_BASED_AUTH")}
	}
	if d.chance(25) {
		p := obj{"include": d.platforms()}
		if d.chance(40) {
			p["exclude"] = d.platforms()
		}
		c["platform"] = p
	}
	if d.chance(15) {
		c["device"] = pick(d, obj{"registered": true}, obj{"registered": true, "managed": true},
			obj{"registered": true, "managed": false}, obj{"registered": false},
			obj{"registered": true, "assurance": obj{"include": some(d, 1, 2, assuranceIDs...)}})
	}
	if d.chance(15) {
		c["userType"] = pick(d, obj{"include": some(d, 1, 1, typeIDs...)}, obj{"exclude": some(d, 1, 1, typeIDs...)})
	}
	if d.chance(doubt) {
		switch d.IntN(4) {
		case 0:
			c["elCondition"] = obj{"condition": "request.userAgent.contains('x')"}
		case 1:
			c["brandNew"] = obj{"some": "thing"}
		case 2:
			c["office365Client"] = obj{"include": []string{"WEB", "SMART_FRIDGE"}}
		case 3:
			c["riskScore"] = obj{"level": "EXTREME"}
		}
	}
	r := obj{
		"id": fmt.Sprint("r", i), "name": fmt.Sprint("rule ", i), "status": "ACTIVE", "priority": i, "system": false,
		"conditions": c,
		"actions": obj{"appSignOn": obj{
			"access": pick(d, "ALLOW", "ALLOW", "DENY"), "verificationMethod": d.verification(),
		}},
	}
	if d.chance(6) {
		r["status"] = pick(d, "INACTIVE", "INACTIVE", "PENDING")
	}
	if d.chance(2) {
		r["actions"] = obj{"appSignOn": obj{"access": "ASK"}}
	}
	return r
}

// rules makes a policy of n rules and, mostly, its catch-all, in an order of which
// only the priorities tell.
func (d dice) rules(n, doubt int) []obj {
	var list []obj
	for i := range n {
		list = append(list, d.rule(i, doubt))
	}
	d.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if d.chance(90) {
		list = append(list, obj{
			"id": "catchall", "name": "Catch-all Rule", "status": "ACTIVE", "priority": 0, "system": true, "conditions": nil,
			"actions": obj{"appSignOn": obj{"access": pick(d, "DENY", "DENY", "ALLOW"), "verificationMethod": d.verification()}},
		})
	}
	return list
}

// sessions makes global session policies, their rules inside.
func (d dice) sessions() []obj {
	var list []obj
	rule := func(i int) obj {
		r := obj{"name": fmt.Sprint("session ", i), "status": pick(d, "ACTIVE", "ACTIVE", "INACTIVE"), "priority": i, "system": false,
			"conditions": obj{
				"people": obj{"users": obj{"exclude": some(d, 0, 1, userIDs...)}}, "network": d.network(),
				"riskScore": obj{"level": pick(d, "ANY", "ANY", "HIGH")}, "risk": obj{"behaviors": some(d, 0, d.IntN(2), "new device")},
			},
			"actions": obj{"signon": obj{"access": pick(d, "ALLOW", "ALLOW", "ALLOW", "DENY"), "requireFactor": d.chance(50)}},
		}
		return r
	}
	for i := range d.IntN(3) {
		list = append(list, obj{"id": fmt.Sprint("s", i), "name": fmt.Sprint("policy ", i), "status": "ACTIVE", "priority": i, "system": false,
			"conditions": obj{"people": obj{"groups": obj{"include": some(d, 1, 2, groupIDs...)}}}, "rules": []obj{rule(0), rule(1)}})
	}
	last := rule(0)
	last["system"], last["status"], last["conditions"] = true, "ACTIVE", obj{"network": obj{"connection": "ANYWHERE"}}
	return append(list, obj{"id": "default", "name": "Default Policy", "status": "ACTIVE", "priority": 0, "system": true,
		"conditions": obj{"people": obj{"groups": obj{"include": []string{"gGone"}}}}, "rules": []obj{rule(1), last}})
}

// groupList is what Okta answers of the groups: gGone is not among them.
func groupList() []obj {
	var list []obj
	for _, id := range groupIDs[:4] {
		list = append(list, obj{"id": id, "type": "OKTA_GROUP", "profile": obj{"name": "group " + id}})
	}
	return append(list, obj{"id": "gEveryone", "type": "BUILT_IN", "profile": obj{"name": "Everyone"}})
}

// request makes one concrete request, without the person.
func (d dice) request() asked {
	r := asked{
		client:  pick(d, "WEB", "MODERN_AUTH", "ACTIVE_SYNC", "ACTIVE_SYNC", "AAD_JOIN", "CERT_BASED_AUTH"),
		address: netip.MustParseAddr(pick(d, addresses...)), zones: map[string]bool{}, assured: map[string]bool{},
		device:   pick(d, "unregistered", "registered", "managed"),
		platform: [2]string{pick(d, "DESKTOP", "MOBILE", "OTHER"), pick(d, "WINDOWS", "IOS", "LINUX", "OTHER")},
		risk:     pick(d, "LOW", "MEDIUM", "HIGH"),
	}
	for _, id := range zoneIDs {
		r.zones[id] = d.chance(50)
	}
	for _, id := range assuranceIDs {
		r.assured[id] = d.chance(50)
	}
	return r
}

// person makes the part of a request that says who asks.
func (d dice) person() asked {
	p := asked{known: d.chance(90), groupsRead: map[string]string{"gEveryone": "everyone"}}
	for _, id := range groupIDs[:4] {
		p.groupsRead[id] = ""
	}
	if p.known && d.chance(95) {
		p.groups = append([]string{}, some(d, 0, 3, groupIDs[:4]...)...)
	}
	if p.known {
		p.userType = pick(d, "t0", "t1", "t2", "")
		if d.chance(30) {
			p.named = []string{pick(d, userIDs...)}
		}
	}
	return p
}
