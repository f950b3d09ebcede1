package access_test

import (
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/access"
)

// Every reason has a sentence: a key without one would be shown to people.
func TestUnreadablePeopleAreSaidInWords(t *testing.T) {
	f := whitepaper()
	f.setRules(with(deny("Deny", 0, "ACTIVE_SYNC"), obj{"people": obj{"robots": []string{"r2"}}}), catchAll("ALLOW"))
	got := outcomeOf(t, f.evaluate(t), access.MAPI, access.PasswordGrant, 0)
	if got.Outcome != access.Undecided || len(got.Reasons) != 1 || !strings.Contains(got.Reasons[0].Sentence(), "cannot be read") {
		t.Errorf("%s because of %v", got.Outcome, got.Reasons)
	}
}
