package access_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/seed-07732396/postern/policies/access"
)

// tenant is a random Okta org and the people in it.
type tenant struct {
	world  world
	people []asked
	judge  *access.TestJudge
	source []byte
}

func newTenant(t testing.TB, d dice, rules, doubt int) *tenant {
	t.Helper()
	zones, list, sessions := d.zones(), d.rules(rules, doubt), d.sessions()
	sessionRules := obj{}
	for _, s := range sessions {
		sessionRules[s["id"].(string)] = s["rules"]
	}
	section, err := json.Marshal(obj{
		"organization": obj{"pipeline": "idx"}, "zones": zones, "groups": groupList(),
		"apps": []obj{{"id": "app", "label": "Office 365", "status": "ACTIVE", "signOnMode": "SAML_1_1",
			"_links": obj{"accessPolicy": obj{"href": "https://example.okta.com/api/v1/policies/pol"}}}},
		"access_policies":      []obj{{"id": "pol", "name": "Office 365", "status": "ACTIVE"}},
		"access_policy_rules":  obj{"pol": list},
		"sign_on_policies":     sessions,
		"sign_on_policy_rules": sessionRules,
	})
	if err != nil {
		t.Fatal(err)
	}
	made := &tenant{source: section, world: world{toAny(t, zones), toAny(t, list), toAny(t, sessions)}}
	var people []access.TestPerson
	for range 6 {
		p := d.person()
		made.people = append(made.people, p)
		people = append(people, access.TestPerson{Known: p.known, Groups: p.groups, Named: p.named, Kind: p.userType})
	}
	if made.judge, err = access.NewTestJudge(section, "https://example.okta.com", people); err != nil {
		t.Fatal(err)
	}
	return made
}

func by(who, how asked) asked {
	how.known, how.groups, how.named, how.userType, how.groupsRead = who.known, who.groups, who.named, who.userType, who.groupsRead
	return how
}

func pointOf(r asked) access.TestPoint {
	return access.TestPoint{
		Client: r.client, Address: r.address, Zones: r.zones, Platform: r.platform, Device: r.device, Assured: r.assured, Risk: r.risk,
	}
}

func requestAt(p access.TestPoint) asked {
	return asked{
		client: p.Client, address: p.Address, zones: p.Zones, platform: p.Platform, device: p.Device, assured: p.Assured, risk: p.Risk,
	}
}

// Engine and simulator agree on what may become of a request, for any rules,
// zones, people and requests.
func TestRulesDecideAsTheSimulatorDoes(t *testing.T) {
	points := 0
	for seed := range uint64(1300) {
		d := newDice(seed)
		tenant := newTenant(t, d, 1+d.IntN(7), 15)
		for range 25 {
			i := d.IntN(len(tenant.people))
			r := by(tenant.people[i], d.request())
			app, joined := tenant.judge.Outcomes(0, i, pointOf(r))
			if want := tenant.world.outcomes(r); !maps.Equal(want, app) {
				t.Fatalf("seed %d: the rules give %v, the simulator says %v\nrequest %+v\n%s", seed, app, want, r, tenant.source)
			}
			if want := tenant.world.joined(r); !maps.Equal(want, joined) {
				t.Fatalf("seed %d: rules and sessions give %v, the simulator says %v\nrequest %+v\n%s", seed, joined, want, r, tenant.source)
			}
			points++
		}
	}
	if points < 10000 {
		t.Fatalf("only %d points were compared", points)
	}
}

// A claim about everybody holds for every request that the simulator is given: what
// is closed lets nobody in, what may be open has an example, and the example of an
// open door gets in.
func TestReachHoldsForEveryRequest(t *testing.T) {
	count := map[string]int{}
	for seed := range uint64(450) {
		d := newDice(seed)
		tenant := newTenant(t, d, 1+d.IntN(6), 10)
		for i, who := range tenant.people {
			for _, legacy := range []bool{true, false} {
				without, past, ways := tenant.judge.Reach(0, i, legacy)
				count[fmt.Sprint(without, legacy)]++
				for _, w := range ways {
					got := tenant.world.joined(by(who, requestAt(w.Point)))
					if !got["one"] || w.Opens == "yes" && len(got) > 1 {
						t.Fatalf("seed %d: way %+v ends in %v\n%s", seed, w, got, tenant.source)
					}
				}
				if (without != "no") != (len(ways) > 0) {
					t.Fatalf("seed %d: %s without a second factor, by %d ways", seed, without, len(ways))
				}
				for range 40 {
					r := by(who, d.request())
					if legacy != (r.client == "ACTIVE_SYNC") {
						continue
					}
					got := tenant.world.joined(r)
					if without == "no" && got["one"] || without != "yes" && got["one"] && len(got) == 1 {
						t.Fatalf("seed %d: %s without a second factor, and yet %v for %+v\n%s", seed, without, got, r, tenant.source)
					}
					if past == "no" && !(got["deny"] && len(got) == 1) || past != "yes" && !got["deny"] {
						t.Fatalf("seed %d: %s past Okta, and yet %v for %+v\n%s", seed, past, got, r, tenant.source)
					}
				}
			}
		}
	}
	for _, kind := range []string{"notrue", "maybetrue", "yestrue", "nofalse", "maybefalse", "yesfalse"} {
		if count[kind] < 100 {
			t.Errorf("only %d cases of %s: the generator no longer makes them", count[kind], kind)
		}
	}
}
