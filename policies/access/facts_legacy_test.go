package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// legacyFacts shows what Conditional Access makes of legacy clients, one line each.
func legacyFacts(t *testing.T, f *fixture) []string {
	t.Helper()
	ca := f.evaluate(t).ConditionalAccess
	var got []string
	for _, l := range ca.Legacy {
		line := fmt.Sprintf("%s blocked %s", l.Client, l.Blocked)
		for _, r := range l.Reasons {
			line += " " + r.Key
		}
		if l.Passes != nil && !l.Passes.Anywhere {
			line += " from " + l.Passes.Address
		}
		got = append(got, line)
	}
	for _, l := range ca.LeftOut {
		line := fmt.Sprintf("%s leaves out %s %s: open %v, undecided %v, %d", l.Name, l.Kind, l.ID, l.Open, l.Undecided, l.Mailboxes)
		for _, r := range l.Reasons {
			line += " " + r.Key
		}
		got = append(got, line)
	}
	for _, p := range ca.Policies {
		got = append(got, fmt.Sprintf("%s %s %v", p.Name, p.Worth, p.Limits))
	}
	return got
}

func TestLegacyFacts(t *testing.T) {
	const bothBlocked, noneBlocked = "exchangeActiveSync blocked yes|other blocked yes", "exchangeActiveSync blocked no|other blocked no"
	both := []string{"exchangeActiveSync", "other"}
	block := func(name string, of func(c obj)) obj {
		p := conditional(name, "enabled", both, "block")
		if of != nil {
			p = change(p, of)
		}
		return p
	}
	with := func(field string, value any) obj {
		p := block("A", nil)
		p[field] = value
		return p
	}
	users := func(field string, ids ...string) func(obj) {
		return func(c obj) { c["users"].(obj)[field] = ids }
	}
	tests := []struct {
		name     string
		policies []obj
		want     []string
	}{
		{"none", nil, []string{noneBlocked}},
		{"one for all", []obj{block("A", nil)}, []string{bothBlocked, "A blocks []"}},
		{"one that reports", []obj{conditional("A", "enabledForReportingButNotEnforced", both, "block")}, []string{noneBlocked, "A reports []"}},
		{"MFA", []obj{conditional("A", "enabled", []string{"all"}, "mfa")}, []string{noneBlocked, "A stops []"}},
		{"switched off", []obj{conditional("A", "disabled", both, "block")}, []string{noneBlocked}},
		{"one in the recycle bin", []obj{with("deletedDateTime", "2026-11-01T00:00:00Z")}, []string{noneBlocked}},
		{"one with the first of all instants", []obj{with("deletedDateTime", "0001-01-01T00:00:00Z")}, []string{bothBlocked, "A blocks []"}},
		{"one that is in force in part", []obj{with("partialEnablementStrategy", "pilot")}, []string{
			"exchangeActiveSync blocked maybe ca_condition|other blocked maybe ca_condition", "A blocks [partialEnablementStrategy]",
		}},
		{"one application", []obj{block("A", func(c obj) {
			c["applications"] = obj{"includeApplications": []string{"Office365"}}
		})}, []string{"exchangeActiveSync blocked yes|other blocked no", "A blocks [applications]"}},
		{"a group only", []obj{block("A", func(c obj) { c["users"] = obj{"includeGroups": []string{"g1"}} })}, []string{noneBlocked, "A blocks [users]"}},
		{"risk", []obj{block("A", func(c obj) { c["signInRiskLevels"] = []string{"high"} })}, []string{noneBlocked, "A blocks [signInRiskLevels]"}},
		{"a filter for devices", []obj{block("A", func(c obj) { c["devices"] = obj{"deviceFilter": obj{"mode": "exclude", "rule": "x"}} })}, []string{
			noneBlocked, "A blocks [devices]",
		}},
		{"a filter for devices beside one for all", []obj{block("A", func(c obj) {
			c["devices"] = obj{"deviceFilter": obj{"mode": "exclude", "rule": "x"}}
		}), block("B", nil)}, []string{bothBlocked, "A blocks [devices]", "B blocks []"}},
		{"a condition that nobody knows", []obj{block("A", func(c obj) { c["insiderRiskLevels"] = "elevated" })}, []string{
			"exchangeActiveSync blocked maybe ca_condition|other blocked maybe ca_condition", "A blocks [insiderRiskLevels]",
		}},
		{"a user without a mailbox", []obj{block("A", users("excludeUsers", "U9"))}, []string{
			bothBlocked, "A leaves out user U9: open [exchangeActiveSync other], undecided [], 0", "A blocks []",
		}},
		{"a user with a mailbox", []obj{block("A", users("excludeUsers", "M1"))}, []string{
			bothBlocked, "A leaves out user M1: open [exchangeActiveSync other], undecided [], 1", "A blocks []",
		}},
		{"a user whom another policy names", []obj{block("A", users("excludeUsers", "m1")), block("B", func(c obj) {
			c["users"] = obj{"includeUsers": []string{"M1"}}
		})}, []string{bothBlocked, "A leaves out user m1: open [], undecided [], 0", "A blocks []", "B blocks [users]"}},
		{"a user whose group another policy names", []obj{block("A", users("excludeUsers", "m1")), block("B", func(c obj) {
			c["users"] = obj{"includeGroups": []string{"g1"}}
		})}, []string{bothBlocked, "A leaves out user m1: open [], undecided [], 0", "A blocks []", "B blocks [users]"}},
		{"a group, whoever is in it", []obj{block("A", users("excludeGroups", "empty"))}, []string{
			bothBlocked, "A leaves out group empty: open [exchangeActiveSync other], undecided [], 0", "A blocks []",
		}},
		{"a group with a mailbox", []obj{block("A", users("excludeGroups", "g1"))}, []string{
			bothBlocked, "A leaves out group g1: open [exchangeActiveSync other], undecided [], 1", "A blocks []",
		}},
		{"a group that another policy blocks", []obj{block("A", users("excludeGroups", "g1")), block("B", func(c obj) {
			c["users"] = obj{"includeGroups": []string{"g1"}}
		})}, []string{bothBlocked, "A leaves out group g1: open [], undecided [], 0", "A blocks []", "B blocks [users]"}},
		{"two groups that may overlap", []obj{block("A", users("excludeGroups", "e1")), block("B", users("excludeGroups", "e2"))}, []string{
			bothBlocked,
			"A leaves out group e1: open [], undecided [exchangeActiveSync other], 0 ca_users_unknown",
			"B leaves out group e2: open [], undecided [exchangeActiveSync other], 0 ca_users_unknown",
			"A blocks []", "B blocks []",
		}},
		{"the same group twice", []obj{block("A", users("excludeGroups", "e1")), block("B", users("excludeGroups", "E1"))}, []string{
			bothBlocked,
			"A leaves out group e1: open [exchangeActiveSync other], undecided [], 0",
			"B leaves out group E1: open [exchangeActiveSync other], undecided [], 0",
			"A blocks []", "B blocks []",
		}},
		{"a role", []obj{block("A", users("excludeRoles", "r9"))}, []string{
			bothBlocked, "A leaves out role r9: open [exchangeActiveSync other], undecided [], 0", "A blocks []",
		}},
		{"guests", []obj{block("A", func(c obj) {
			c["users"].(obj)["excludeGuestsOrExternalUsers"] = obj{"guestOrExternalUserTypes": "serviceProvider"}
		})}, []string{bothBlocked, "A leaves out guests serviceProvider: open [exchangeActiveSync other], undecided [], 0", "A blocks []"}},
		{"an application", []obj{block("A", func(c obj) {
			c["applications"].(obj)["excludeApplications"] = []string{"5b12c2a9-0a3f-4b4e-9d0e-3c1f6f0c7d11"}
		})}, []string{
			bothBlocked, "A leaves out application 5b12c2a9-0a3f-4b4e-9d0e-3c1f6f0c7d11: open [other], undecided [], 0", "A blocks []",
		}},
		{"a platform", []obj{block("A", func(c obj) {
			c["platforms"] = obj{"includePlatforms": []string{"all"}, "excludePlatforms": []string{"iOS"}}
		})}, []string{bothBlocked, "A leaves out platform iOS: open [exchangeActiveSync other], undecided [], 0", "A blocks []"}},
		{"trusted locations", []obj{block("A", func(c obj) {
			c["locations"] = obj{"includeLocations": []string{"All"}, "excludeLocations": []string{"AllTrusted"}}
		})}, []string{bothBlocked, "A leaves out location AllTrusted: open [exchangeActiveSync other], undecided [], 0", "A blocks []"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			f.entra["conditional_access_policies"] = test.policies
			if test.policies == nil {
				f.entra["conditional_access_policies"] = []obj{}
			}
			f.mailboxes[0]["entra"].(obj)["groups"] = []string{"g1"}
			var want []string
			for _, line := range test.want {
				want = append(want, strings.Split(line, "|")...)
			}
			if diff := cmp.Diff(want, legacyFacts(t, f)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
