package drift_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/finding"
)

// world says which members each cause has, or that a resource is bad.
type world struct {
	causes    map[string][]int
	resources []string
	// ways are those of the resources.
	ways []string
	gap  bool
}

// waived splits a cause: these members are a part of their own.
func (w world) report(waived ...int) *finding.Report {
	r := &finding.Report{
		Version: finding.Version, Tenant: finding.Tenant{ID: "t"}, FailOn: "low",
		Snapshot: finding.SnapshotInfo{URI: "s.json", SHA256: strings.Repeat("ab", 32), CollectedAt: "2026-11-20T08:00:00Z"},
		Controls: []finding.Control{{ID: "A-001", Severity: finding.High, Step: "A"}},
	}
	result := finding.Result{Control: "A-001", Outcome: finding.Pass}
	for _, key := range slices.Sorted(maps.Keys(w.causes)) {
		var rest, part []finding.Member
		for _, n := range w.causes[key] {
			m := finding.Member{ID: fmt.Sprint("id-", n), Pointer: fmt.Sprint("/mailboxes/", n)}
			if slices.Contains(waived, n) {
				part = append(part, m)
			} else {
				rest = append(rest, m)
			}
		}
		v := finding.Violation{Key: key, Resource: finding.Resource{Kind: "mailbox"}, Pointer: "/mailboxes/0"}
		v.Fingerprint = finding.Fingerprint("t", "A-001", &v)
		if len(rest) > 0 {
			left := v
			left.Members = finding.ListMembers("mailbox", rest)
			result.Violations = append(result.Violations, left)
		}
		if len(part) > 0 {
			own := v
			own.Members, own.PartOf = finding.ListMembers("mailbox", part), v.Fingerprint
			own.Waiver = &finding.Waiver{ID: "w", Owner: "o", Reason: "r", Expires: "2027-01-01"}
			own.Fingerprint = strings.Repeat("f", 31) + key[:1]
			own.Fingerprint = finding.Fingerprint("t", "part", &own)
			result.Violations = append(result.Violations, own)
		}
	}
	for _, id := range w.resources {
		v := finding.Violation{Key: "bad", Resource: finding.Resource{Kind: "domain", ID: id}, Pointer: "/x", Ways: w.ways}
		v.Fingerprint = finding.Fingerprint("t", "A-001", &v)
		result.Violations = append(result.Violations, v)
	}
	if len(result.Violations) > 0 {
		result.Outcome = finding.Fail
	}
	if w.gap {
		result.Unknowns = []finding.Reason{{Key: "denied"}}
		if result.Outcome == finding.Pass {
			result.Outcome = finding.Unknown
		}
	}
	r.Results = []finding.Result{result}
	return r
}

func names(members *finding.Members) string {
	if members == nil {
		return ""
	}
	var list []string
	for m := range members.All() {
		list = append(list, strings.TrimPrefix(m.ID, "id-"))
	}
	return strings.Join(list, " ")
}

// told is how each violation stands to the baseline, in words.
func told(r *finding.Report) []string {
	var list []string
	for _, v := range r.Results[0].Violations {
		text := fmt.Sprintf("%s %s: %s", v.Key, v.Resource.ID, v.State)
		if v.Drift != nil {
			text += fmt.Sprintf(" +%d [%s] -%d [%s]", v.Drift.Added, names(v.Drift.NewMembers), v.Drift.Removed, names(v.Drift.RemovedMembers))
		}
		list = append(list, strings.Replace(text, " :", ":", 1))
	}
	for _, v := range r.Results[0].Fixed {
		list = append(list, strings.TrimSpace(fmt.Sprintf("fixed %s %s", v.Key, v.Resource.ID)))
	}
	return list
}

func compare(t *testing.T, now, was *finding.Report) {
	t.Helper()
	if err := drift.Compare(now, was); err != nil {
		t.Fatal(err)
	}
	if err := now.Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestCompare(t *testing.T) {
	old := world{causes: map[string][]int{"none": {1, 2, 3}, "open": {4}}, resources: []string{"d1"}}
	tests := []struct {
		name string
		now  world
		want []string
	}{
		{"nothing happened", old, []string{"none: unchanged", "open: unchanged", "bad d1: unchanged"}},
		{"in another order", world{causes: map[string][]int{"none": {3, 1, 2}, "open": {4}}, resources: []string{"d1"}}, []string{"none: unchanged", "open: unchanged", "bad d1: unchanged"}},
		{"who came and went", world{causes: map[string][]int{"none": {2, 3, 8, 9}, "open": {4}}, resources: []string{"d1"}}, []string{"none: changed +2 [8 9] -1 [1]", "open: unchanged", "bad d1: unchanged"}},
		{"only went", world{causes: map[string][]int{"none": {2}, "open": {4}}, resources: []string{"d1"}}, []string{"none: changed +0 [] -2 [1 3]", "open: unchanged", "bad d1: unchanged"}},
		{"new and fixed", world{causes: map[string][]int{"weak": {1}}, resources: []string{"d2"}}, []string{"weak: new", "bad d2: new", "fixed none", "fixed open", "fixed bad d1"}},
		{"all fixed", world{}, []string{"fixed none", "fixed open", "fixed bad d1"}},
		{"evidence got lost", world{gap: true}, nil},
		{"some evidence got lost", world{causes: map[string][]int{"open": {4}}, gap: true}, []string{"open: unchanged"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := test.now.report()
			compare(t, now, old.report())
			if diff := cmp.Diff(test.want, told(now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if now.Results[0].Before != finding.Fail || now.Baseline == nil {
				t.Errorf("before %q, baseline %v", now.Results[0].Before, now.Baseline)
			}
		})
	}
}

// TestWaiversAreNoDrift: whoever is waived in which of both reports, what came and
// went is the same, and who came is told of the part that has them.
func TestWaiversAreNoDrift(t *testing.T) {
	was := world{causes: map[string][]int{"none": {1, 2, 3}}}
	for _, before := range [][]int{nil, {1}, {1, 2, 3}} {
		same := was.report(2)
		compare(t, same, was.report(before...))
		if diff := cmp.Diff([]string{"none: unchanged", "none: unchanged"}, told(same)); diff != "" {
			t.Errorf("waived before %v (-want +got):\n%s", before, diff)
		}
		grown := world{causes: map[string][]int{"none": {2, 3, 7, 8}}}.report(2, 7)
		compare(t, grown, was.report(before...))
		if diff := cmp.Diff([]string{"none: changed +1 [8] -1 [1]", "none: changed +1 [7] -0 []"}, told(grown)); diff != "" {
			t.Errorf("grown, waived before %v (-want +got):\n%s", before, diff)
		}
	}
	fixed := world{}.report()
	compare(t, fixed, was.report(1))
	if diff := cmp.Diff([]string{"fixed none", "fixed none"}, told(fixed)); diff != "" {
		t.Errorf("fixed (-want +got):\n%s", diff)
	}
}

// TestControlsThatWereNotJudged: what the baseline did not look for is new.
func TestControlsThatWereNotJudged(t *testing.T) {
	now, was := world{resources: []string{"d1"}}.report(), world{}.report()
	was.Controls, was.Results = nil, nil
	compare(t, now, was)
	if now.Results[0].Violations[0].State != finding.New || now.Results[0].Before != "" {
		t.Errorf("it is %s, before %q", now.Results[0].Violations[0].State, now.Results[0].Before)
	}
}

// TestWaysThatComeAreWorse expects a way that came to make a violation worse, and one
// that went to make it no new one.
func TestWaysThatComeAreWorse(t *testing.T) {
	for name, test := range map[string]struct {
		was, now, came, went []string
		state                finding.State
		worse                bool
	}{
		"the same":      {[]string{"imap", "pop"}, []string{"imap", "pop"}, nil, nil, finding.Unchanged, false},
		"one more":      {[]string{"imap"}, []string{"imap", "pop"}, []string{"pop"}, nil, finding.Changed, true},
		"one less":      {[]string{"imap", "pop"}, []string{"imap"}, nil, []string{"pop"}, finding.Changed, false},
		"one for other": {[]string{"imap"}, []string{"pop"}, []string{"pop"}, []string{"imap"}, finding.Changed, true},
	} {
		now := world{resources: []string{"a"}, ways: test.now}.report()
		compare(t, now, world{resources: []string{"a"}, ways: test.was}.report())
		v := &now.Results[0].Violations[0]
		if v.State != test.state || v.Worse() != test.worse || len(now.Results[0].Fixed) > 0 {
			t.Errorf("%s: %s, worse: %t, %d fixed", name, v.State, v.Worse(), len(now.Results[0].Fixed))
		}
		drift := finding.Drift{}
		if v.Drift != nil {
			drift = *v.Drift
		}
		if diff := cmp.Diff([][]string{test.came, test.went}, [][]string{drift.NewWays, drift.RemovedWays}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestOtherTenant(t *testing.T) {
	was := world{}.report()
	was.Tenant = finding.Tenant{ID: "u", InitialDomain: "other.onmicrosoft.com"}
	err := drift.Compare(world{}.report(), was)
	var other *drift.TenantError
	if !errors.As(err, &other) || !strings.Contains(err.Error(), "other.onmicrosoft.com") {
		t.Errorf("error %v", err)
	}
}

// TestNobodyReadsWhatHasNotChanged: where a list was saved with the digest of today's,
// nobody is asked who was in it; where one part has another, all are.
func TestNobodyReadsWhatHasNotChanged(t *testing.T) {
	old := world{causes: map[string][]int{"none": {1, 2, 3}}}
	for _, test := range []struct {
		name  string
		now   world
		want  []string
		reads bool
	}{
		{"the same", old, []string{"none: unchanged", "none: unchanged"}, false},
		{"one more in the second part", world{causes: map[string][]int{"none": {1, 2, 3, 4}}}, []string{"none: changed +1 [4] -0 []", "none: unchanged"}, true},
	} {
		was, read := old.report(1), false
		for i := range was.Results[0].Violations {
			v := &was.Results[0].Violations[i]
			list := v.Members
			digest, err := list.Digest()
			if err != nil {
				t.Fatal(err)
			}
			v.Members = finding.NewMembers("mailbox", list.Len(), func(yield func(finding.Member) bool) {
				read = true
				list.All()(yield)
			}).WithDigest(digest)
		}
		now := test.now.report(1)
		compare(t, now, was)
		if diff := cmp.Diff(test.want, told(now)); diff != "" || read != test.reads {
			t.Errorf("%s: read %t (-want +got):\n%s", test.name, read, diff)
		}
	}
}

// TestRandomDrift holds the comparison to sets: for any two worlds, whoever came and
// went is told once, and nobody else; and a world has not changed since itself.
func TestRandomDrift(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 2))
		was, is := randomWorld(random), randomWorld(random)
		now := is.report(random.Perm(9)[:random.IntN(4)]...)
		compare(t, now, was.report(random.Perm(9)[:random.IntN(4)]...))
		came, went := map[string]bool{}, map[string]bool{}
		for _, v := range now.Results[0].Violations {
			if v.State == finding.New && was.causes[v.Key] != nil || v.State != finding.New && was.causes[v.Key] == nil {
				t.Fatalf("seed %d: %s is %s", seed, v.Key, v.State)
			}
			if v.Drift == nil {
				continue
			}
			for list, into := range map[*finding.Members]map[string]bool{v.Drift.NewMembers: came, v.Drift.RemovedMembers: went} {
				for _, n := range strings.Fields(names(list)) {
					if into[v.Key+n] {
						t.Fatalf("seed %d: %s of %s is told twice", seed, n, v.Key)
					}
					into[v.Key+n] = true
				}
			}
		}
		for key := range is.causes {
			for n := range 9 {
				before, after := slices.Contains(was.causes[key], n), slices.Contains(is.causes[key], n)
				both := was.causes[key] != nil
				if name := key + fmt.Sprint(n); came[name] != (both && after && !before) || went[name] != (both && before && !after) {
					t.Fatalf("seed %d: %d of %s, before %v, after %v: came %v, went %v", seed, n, key, before, after, came[name], went[name])
				}
			}
		}
		same := is.report()
		compare(t, same, is.report())
		if s := same.Summarize(); s.New+s.Changed+s.Fixed != 0 {
			t.Fatalf("seed %d: nothing happened, and it says %v", seed, told(same))
		}
	}
}

func randomWorld(random *rand.Rand) world {
	w := world{causes: map[string][]int{}}
	for _, key := range []string{"none", "open"} {
		if members := random.Perm(9)[:random.IntN(9)]; len(members) > 0 {
			w.causes[key] = members
		}
	}
	return w
}
