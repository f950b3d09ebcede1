package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-07732396/postern/policies/access"
)

// unlike is a tenant of mailboxes with an authentication policy each, of which the
// first half blocks basic authentication and the second half is missing.
func unlike(n, apart int) *fixture {
	f := whitepaper()
	f.options.Apart = apart
	f.mailboxes = nil
	f.setRules(catchAll("ALLOW"))
	var policies []obj
	for i := range n {
		box := mailbox(fmt.Sprint("m", i), "example.com")
		box["exchange"].(obj)["AuthenticationPolicy"] = fmt.Sprint("Policy ", i)
		f.mailboxes = append(f.mailboxes, box)
		if i < n/2 {
			policies = append(policies, authPolicy(fmt.Sprint("Policy ", i)))
		}
	}
	f.exchange["authentication_policies"] = policies
	return f
}

// Doors beyond the number that is told apart name nothing that is not so for all of
// their mailboxes, and say so.
func TestDoorsBeyondTheNumberAreTrueOfAll(t *testing.T) {
	const n = 40
	r := unlike(n, 3).evaluate(t)
	locked, undecided := 0, 0
	for _, d := range r.Doors {
		if d.Protocol != access.POP || d.Method != access.Basic || !d.Coarse {
			continue
		}
		switch at := slices.IndexFunc(d.Locks, func(l access.Lock) bool { return l.Kind == access.LockAuthenticationPolicy }); {
		case at >= 0:
			locked++
			if d.Locks[at].Name != "" || d.Locks[at].Pointer != "" {
				t.Errorf("%d mailboxes have policies of their own, and the lock is %+v", d.Mailboxes, d.Locks[at])
			}
		case len(d.Reasons) > 0:
			undecided++
			if last := d.Reasons[len(d.Reasons)-1]; last.Key != "reasons_of_first" {
				t.Errorf("the reasons of the first of %d mailboxes stand for all: %+v", d.Mailboxes, d.Reasons)
			}
		}
		if d.First < 3 || d.Mailboxes < 2 {
			t.Errorf("a door of %d mailboxes, the first of which is %d, was put together", d.Mailboxes, d.First)
		}
	}
	if locked == 0 || undecided == 0 {
		t.Errorf("%d doors with locks and %d undecided ones were put together", locked, undecided)
	}
	if diff := cmp.Diff(unlike(n, 1000).evaluate(t).Matrix(), r.Matrix()); diff != "" {
		t.Errorf("the matrix (-all apart +few apart):\n%s", diff)
	}
}

// What the facts of a tenant need does not grow with mailboxes that differ in names.
func TestFactsDoNotGrowWithMailboxesThatDiffer(t *testing.T) {
	size := func(n int) int {
		f := unlike(n, 0)
		for i, box := range f.mailboxes {
			box["domain"] = fmt.Sprintf("d%d.test", i)
		}
		facts, err := f.evaluate(t).Facts()
		if err != nil {
			t.Fatal(err)
		}
		return len(facts)
	}
	few, many := size(400), size(4000)
	if many > few*101/100 {
		t.Errorf("400 mailboxes give %d bytes of facts, 4000 give %d", few, many)
	}
}

// A name that the configuration does not have changes nothing but what is said: each
// mailbox has, among many, the doors that it has alone.
func TestNamesThatNobodyKnowsChangeNothingElse(t *testing.T) {
	const n = 12
	f := unlike(n, 1000)
	for i, box := range f.mailboxes {
		switch i % 3 {
		case 0:
			box["domain"] = fmt.Sprintf("D%d.test", i)
		case 1:
			box["domain"] = fmt.Sprintf("d%d.example.com", i) // below one that is listed
		}
	}
	f.mailboxes[n-1]["domain"] = "d0.test" // as the first, with another policy
	together := f.evaluate(t)
	counted := 0
	for i := range f.mailboxes {
		alone := f.evaluateOnly(t, i)
		for _, door := range alone.Doors {
			if door.Outcome == access.NotOffered {
				continue
			}
			like := func(d access.Door) bool {
				return d.Protocol == door.Protocol && d.Method == door.Method && d.Outcome == door.Outcome &&
					cmp.Equal(d.Reasons, door.Reasons) && cmp.Equal(d.Locks, door.Locks)
			}
			at := slices.IndexFunc(together.Doors, like)
			if at < 0 {
				t.Fatalf("mailbox %d has this door when it is alone, and not among others: %+v", i, door)
			}
			if found := together.Doors[at]; found.First == i {
				counted++
				door.Mailboxes = found.Mailboxes
				if diff := cmp.Diff(door, found, cmpopts.IgnoreUnexported(access.Door{})); diff != "" {
					t.Errorf("mailbox %d (-alone +among others):\n%s", i, diff)
				}
			}
		}
	}
	if counted < n {
		t.Errorf("only %d doors of %d mailboxes were compared", counted, n)
	}
	if sentences := fmt.Sprint(together.Doors); strings.Contains(sentences, "\x00") {
		t.Error("a name is hidden in the result")
	}
}
