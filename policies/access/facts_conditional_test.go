package access_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
)

// strong is a policy that demands an authentication strength.
func strong(s obj) obj {
	p := conditional("Strong", "enabled", []string{"all"}, "")
	p["grantControls"] = obj{"operator": "OR", "builtInControls": []string{}, "authenticationStrength": s}
	return p
}

func TestWhetherMembersAreAskedForMFA(t *testing.T) {
	ask := func(state string, users obj) obj {
		return change(conditional("A", state, []string{"all"}, "mfa"), func(c obj) { c["users"] = users })
	}
	all := obj{"includeUsers": []string{"All"}}
	tests := []struct {
		name     string
		policies []obj
		defaults any
		want     access.Answer
	}{
		{"no policy", []obj{}, false, "no"},
		{"not collected", nil, false, "maybe"},
		{"security defaults", []obj{}, true, "yes"},
		{"security defaults not read", []obj{}, nil, "maybe"},
		{"all", []obj{ask("enabled", all)}, false, "yes"},
		{"only reports", []obj{ask("enabledForReportingButNotEnforced", all)}, false, "no"},
		{"switched off", []obj{ask("disabled", all)}, false, "no"},
		{"a state that nobody knows", []obj{ask("paused", all)}, false, "maybe"},
		{"a group", []obj{ask("enabled", obj{"includeGroups": []string{"g"}})}, false, "yes"},
		{"nobody", []obj{ask("enabled", obj{"includeUsers": []string{"None"}})}, false, "no"},
		{"guests", []obj{ask("enabled", obj{"includeUsers": []string{"GuestsOrExternalUsers"}})}, false, "no"},
		{"guests by kind", []obj{ask("enabled", obj{"includeUsers": []string{}, "includeGuestsOrExternalUsers": obj{"guestOrExternalUserTypes": "b2bCollaborationGuest"}})}, false, "no"},
		{"a block", []obj{conditional("A", "enabled", []string{"all"}, "block")}, false, "no"},
		{"a strength that says so", []obj{strong(obj{"id": "x", "requirementsSatisfied": "mfa"})}, false, "yes"},
		{"a strength of the tenant", []obj{strong(obj{"id": "S1"})}, false, "yes"},
		{"a strength of Entra", []obj{strong(obj{"id": "00000000-0000-0000-0000-000000000004"})}, false, "yes"},
		{"a strength that is none", []obj{strong(obj{"id": "s2"})}, false, "no"},
		{"a strength that nobody knows", []obj{strong(obj{"id": "s3"})}, false, "maybe"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.entra["authentication_strengths"] = []obj{{"id": "s1", "requirementsSatisfied": "mfa"}, {"id": "s2", "requirementsSatisfied": "none"}}
			f.entra["conditional_access_policies"] = test.policies
			if test.policies == nil {
				delete(f.entra, "conditional_access_policies")
			}
			f.entra["security_defaults"] = obj{"isEnabled": test.defaults}
			if got := f.evaluate(t).ConditionalAccess.AsksMembers; got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// What policies ask of somebody who signs in at Entra, where they ask the least.
func TestWhatIsAskedEverywhere(t *testing.T) {
	mfa := func(of func(obj)) []obj {
		return []obj{change(conditional("A", "enabled", []string{"all"}, "mfa"), of)}
	}
	either := conditional("A", "enabled", []string{"all"}, "mfa")
	either["grantControls"].(obj)["builtInControls"] = []string{"mfa", "compliantDevice"}
	tests := []struct {
		name     string
		policies []obj
		want     string
	}{
		{"nothing", []obj{}, "nothing"},
		{"MFA for all", mfa(func(obj) {}), "mfa"},
		{"a strength of the tenant", []obj{strong(obj{"id": "s1"})}, "mfa"},
		{"MFA or a device", []obj{either}, "nothing"},
		{"a block", []obj{conditional("A", "enabled", []string{"all"}, "block")}, "blocked"},
		{"MFA for mail only", mfa(func(c obj) { c["applications"] = obj{"includeApplications": []string{"Office365"}} }), "nothing"},
		{"MFA for browsers only", mfa(func(c obj) { c["clientAppTypes"] = []string{"browser"} }), "nothing"},
		{"the user left out", mfa(func(c obj) { c["users"].(obj)["excludeUsers"] = []string{"B1"} }), "nothing"},
		{"somebody else left out", mfa(func(c obj) { c["users"].(obj)["excludeUsers"] = []string{"b2"} }), "mfa"},
		{"a group left out", mfa(func(c obj) { c["users"].(obj)["excludeGroups"] = []string{"g1"} }), "nothing"},
		{"two that cover together", append(
			mfa(func(c obj) { c["users"].(obj)["excludeGroups"] = []string{"g1"} }),
			change(conditional("B", "enabled", []string{"all"}, "mfa"), func(c obj) { c["users"] = obj{"includeGroups": []string{"g1"}} })), "mfa"},
		{"a filter for devices", mfa(func(c obj) { c["devices"] = obj{"deviceFilter": obj{"mode": "exclude", "rule": "x"}} }), "undecided"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.entra["authentication_strengths"] = []obj{{"id": "s1", "requirementsSatisfied": "mfa"}}
			f.entra["conditional_access_policies"] = test.policies
			b1 := mailbox("b1", "example.onmicrosoft.com", "staff")
			b1["entra"].(obj)["groups"] = []string{"g1"}
			b1["declared"] = []string{"break_glass"}
			f.mailboxes = append(f.mailboxes, b1)
			var got []string
			for _, p := range f.evaluate(t).SignIns {
				if p.Path == "managed" {
					got = append(got, fmt.Sprint(p.Domain, p.Declared, " ", p.Mailboxes, " ", p.Everywhere))
				}
			}
			if diff := cmp.Diff([]string{"example.onmicrosoft.com[break_glass] 1 " + test.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFrequencies(t *testing.T) {
	every := func(frequency obj, of func(p, c obj)) obj {
		p := conditional("A", "enabled", []string{"all"}, "")
		p["grantControls"] = nil
		p["sessionControls"] = obj{"signInFrequency": frequency}
		return change(p, func(c obj) {
			if of != nil {
				of(p, c)
			}
		})
	}
	week := obj{"isEnabled": true, "type": "days", "value": 7, "frequencyInterval": "timeBased"}
	whole := func(of func(c obj)) obj { return every(week, func(_, c obj) { of(c) }) }
	tests := []struct {
		name   string
		policy obj
		want   string
	}{
		{"a week", every(week, nil), "yes 168 yes yes [] []"},
		{"hours", every(obj{"isEnabled": true, "type": "hours", "value": 9}, nil), "yes 9 yes yes [] []"},
		{"every time", every(obj{"isEnabled": true, "frequencyInterval": "everyTime"}, nil), "yes 0 yes yes [] []"},
		{"no number", every(obj{"isEnabled": true, "type": "hours"}, nil), "yes ? yes yes [] []"},
		{"a strange unit", every(obj{"isEnabled": true, "type": "weeks", "value": 1}, nil), "yes ? yes yes [] []"},
		{"a strange interval", every(obj{"isEnabled": true, "frequencyInterval": "x", "type": "days", "value": 1}, nil), "yes ? yes yes [] []"},
		{"switched off", every(obj{"isEnabled": false, "type": "days", "value": 7}, nil), ""},
		{"a policy that is off", every(week, func(p, _ obj) { p["state"] = "disabled" }), "no 168 yes yes [] []"},
		{"one that reports", every(week, func(p, _ obj) { p["state"] = "enabledForReportingButNotEnforced" }), "reports 168 yes yes [] []"},
		{"mail", whole(func(c obj) { c["applications"] = obj{"includeApplications": []string{"Office365"}} }), "yes 168 yes yes [] []"},
		{"other applications", whole(func(c obj) { c["applications"] = obj{"includeApplications": []string{"x"}} }), "yes 168 no yes [] []"},
		{"all but mail", whole(func(c obj) { c["applications"].(obj)["excludeApplications"] = []string{"Office365"} }), "yes 168 no yes [] []"},
		{"browsers", whole(func(c obj) { c["clientAppTypes"] = []string{"browser"} }), "yes 168 yes no [] []"},
		{"some users", whole(func(c obj) { c["users"] = obj{"includeUsers": []string{"x"}} }), "yes 168 yes yes [users] []"},
		{"users nobody can read", whole(func(c obj) { c["users"].(obj)["x"] = true }), "yes 168 yes yes [users] []"},
		{"exclusions", whole(func(c obj) { c["users"].(obj)["excludeUsers"] = []string{"x"} }), "yes 168 yes yes [] [{user x}]"},
		{"platforms", whole(func(c obj) {
			c["platforms"] = obj{"includePlatforms": []string{"all"}, "excludePlatforms": []string{"iOS"}}
		}), "yes 168 yes yes [platforms] []"},
		{"locations", whole(func(c obj) {
			c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"AllTrusted"}}
		}), "yes 168 yes yes [locations] []"},
		{"risk", whole(func(c obj) { c["signInRiskLevels"] = []string{"high"} }), "yes 168 yes yes [signInRiskLevels] []"},
		{"a filter for devices", whole(func(c obj) { c["devices"] = obj{"deviceFilter": obj{"mode": "exclude", "rule": "x"}} }), "yes 168 yes yes [devices] []"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.entra["conditional_access_policies"] = []obj{test.policy}
			r := f.evaluate(t)
			validate(t, strict(t), r)
			got := ""
			for _, q := range r.ConditionalAccess.Frequencies {
				hours := "?"
				if q.Hours != nil {
					hours = fmt.Sprint(*q.Hours)
				}
				got += fmt.Sprint(q.Enforced, " ", hours, " ", q.Mail, " ", q.Clients, " ", q.Limits, " ", q.LeftOut)
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
