package access_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/seed-07732396/postern/policies/access"
)

// A hostile list of rules, of which each splits everything that the others left, is
// answered within bounds, and what is not exact any more says so.
func TestHostileRulesEnd(t *testing.T) {
	var zones, rules []obj
	for i := range 40 {
		zones = append(zones,
			obj{"id": fmt.Sprint("a", i), "type": "DYNAMIC", "status": "ACTIVE", "usage": "POLICY"},
			obj{"id": fmt.Sprint("b", i), "type": "DYNAMIC", "status": "ACTIVE", "usage": "POLICY"})
		rules = append(rules, obj{"id": fmt.Sprint("r", i), "name": fmt.Sprint("r", i), "status": "ACTIVE", "priority": i,
			"conditions": obj{
				"office365Client": obj{"include": []string{"ACTIVE_SYNC"}}, "elCondition": obj{"condition": []string{"", "x"}[i%2]},
				"network": obj{"connection": "ZONE", "exclude": []string{fmt.Sprint("a", i), fmt.Sprint("b", i)}},
			},
			"actions": obj{"appSignOn": obj{"access": []string{"ALLOW", "DENY"}[i%3/2]}}})
	}
	rules = append(rules, obj{"id": "last", "status": "ACTIVE", "priority": 99, "system": true, "conditions": nil, "actions": obj{"appSignOn": obj{"access": "DENY"}}})
	f := whitepaper()
	f.okta["zones"] = zones
	f.setRules(rules...)
	raw, err := json.Marshal(f.okta)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	j, err := access.NewTestJudge(raw, "https://example.okta.com", []access.TestPerson{{Known: true, Groups: []string{}}})
	if err != nil {
		t.Fatal(err)
	}
	if without, _, ways := j.Reach(0, 0, true); without != "yes" || len(ways) == 0 {
		t.Errorf("%s, by %d ways", without, len(ways))
	}
	r := f.evaluate(t)
	if len(r.Policies) != 1 || len(r.Policies[0].Rules) != 41 {
		t.Error("rules are missing from the result")
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	} else {
		t.Log(took, j.Regions(0), "regions")
	}
}
