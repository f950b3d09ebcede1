package access_test

import (
	"testing"

	"github.com/seed-07732396/postern/policies/access"
)

// A rule counts for whom it lets in, also where nobody with a mailbox is among them
// yet: in a group that is left out above it, or in two groups at once.
func TestRulesCountBeforeAnybodyIsInTheirGroups(t *testing.T) {
	groups := func(f *fixture, ids ...string) {
		for _, id := range ids {
			f.okta["groups"] = append(f.okta["groups"].([]obj), obj{"id": id, "type": "OKTA_GROUP", "profile": obj{"name": id}})
		}
	}
	without := func(users ...string) obj { return obj{"people": obj{"users": obj{"exclude": users}}} }
	tests := []struct {
		name  string
		rules []obj
		opens access.Answer // of the rule Open
	}{
		{"a group left out of the denial", []obj{with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"empty"})), allow("Open", 1)}, "yes"},
		{"a user left out of the denial", []obj{with(deny("Deny", 0, "ACTIVE_SYNC"), without("00u1")), allow("Open", 1)}, "yes"},
		{"a group left out and another let in", []obj{
			with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"empty"})), with(allow("Open", 1, "ACTIVE_SYNC"), inGroups([]string{"other"}, nil)),
		}, "yes"},
		{"a group left out of both", []obj{
			with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"empty"})), with(allow("Open", 1, "ACTIVE_SYNC"), inGroups([]string{"other"}, []string{"empty"})),
		}, "no"},
		{"left out once and denied again", []obj{
			with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"empty"})),
			with(deny("Deny them", 1, "ACTIVE_SYNC"), inGroups([]string{"empty"}, nil)), allow("Open", 2),
		}, "no"},
		{"a group left out that may be gone", []obj{with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups(nil, []string{"gone"})), allow("Open", 1)}, "maybe"},
		{"nobody left out", []obj{deny("Deny", 0, "ACTIVE_SYNC"), allow("Open", 1)}, "no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := whitepaper()
			groups(f, "empty", "other")
			f.setRules(append(test.rules, catchAll("DENY"))...)
			for _, r := range policyOf(t, f).Rules {
				if r.Name == "Open" && r.Legacy.Opens != test.opens {
					t.Errorf("it opens: %s, want %s", r.Legacy.Opens, test.opens)
				}
				if r.Name == "Open" && r.Legacy.Certain != 0 {
					t.Errorf("it lets %d mailboxes in, and they are in none of these groups", r.Legacy.Certain)
				}
			}
			want := access.ClosedAtIdentityProvider
			if test.opens == "maybe" {
				want = access.Undecided
			}
			if got := outcomeOf(t, f.evaluate(t), access.MAPI, access.PasswordGrant, 0).Outcome; got != want {
				t.Errorf("a mailbox of nobody in these groups is %s, want %s", got, want)
			}
		})
	}
}

// That nobody knows what Okta knows of the users takes nothing from what a rule
// does.
func TestRulesCountWhenUsersWereNotCollected(t *testing.T) {
	f := whitepaper()
	for _, m := range f.mailboxes {
		delete(m, "okta")
	}
	f.setRules(with(deny("Deny", 0, "ACTIVE_SYNC"), inGroups([]string{"few"}, nil)), allow("Open", 1), catchAll("DENY"))
	r := policyOf(t, f).Rules[1].Legacy
	if r.Opens != "yes" || r.Certain != 0 || r.Possible != len(f.mailboxes) || r.Witness == nil || r.Witness.Mailbox != -1 {
		t.Errorf("it opens: %s, certainly %d, possibly %d, witness %+v", r.Opens, r.Certain, r.Possible, r.Witness)
	}
}
