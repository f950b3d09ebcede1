package waiver_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/waiver"
)

var today = time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)

func mailbox(n int) finding.Member {
	return finding.Member{ID: fmt.Sprintf("id-%d", n), Name: fmt.Sprintf("User%d@example.com", n), Pointer: fmt.Sprintf("/mailboxes/%d", n), Line: 100 + n}
}

func population(key string, numbers ...int) finding.Violation {
	list := make([]finding.Member, len(numbers))
	for i, n := range numbers {
		list[i] = mailbox(n)
	}
	v := finding.Violation{
		Key: key, Args: finding.Args{"policy": key}, Resource: finding.Resource{Kind: "mailbox"},
		Pointer: list[0].Pointer, Members: finding.ListMembers("mailbox", list),
	}
	v.Fingerprint = finding.Fingerprint("t", "A-001", &v)
	return v
}

// opened is a population behind a door, with the protocols that are open.
func opened(id string, numbers []int, ways ...string) finding.Violation {
	v := population("open", numbers...)
	v.Resource, v.Ways = finding.Resource{Kind: "door", ID: id}, ways
	v.Fingerprint = finding.Fingerprint("t", "A-001", &v)
	return v
}

func single(kind, id string) finding.Violation {
	v := finding.Violation{Key: "bad", Resource: finding.Resource{Kind: kind, ID: id, Name: "name of " + id}, Pointer: "/x"}
	v.Fingerprint = finding.Fingerprint("t", "A-001", &v)
	return v
}

func report(violations ...finding.Violation) *finding.Report {
	r := &finding.Report{
		Version: finding.Version, Tenant: finding.Tenant{ID: "t"}, FailOn: "low",
		Snapshot: finding.SnapshotInfo{URI: "snapshot.json", SHA256: strings.Repeat("ab", 32), CollectedAt: "2026-11-20T08:00:00Z", Mailboxes: 9},
		Controls: []finding.Control{{ID: "A-001", Severity: finding.High, Step: "A"}, {ID: "A-002", Severity: finding.High, Step: "A"}},
		Results:  []finding.Result{{Control: "A-001", Outcome: finding.Pass}, {Control: "A-002", Outcome: finding.Pass}},
	}
	if len(violations) > 0 {
		r.Results[0] = finding.Result{Control: "A-001", Outcome: finding.Fail, Violations: violations}
	}
	return r
}

func apply(t testing.TB, r *finding.Report, waivers ...waiver.Waiver) *waiver.Gathering {
	t.Helper()
	for i := range waivers {
		w := &waivers[i]
		if w.Control == "" {
			w.Control = "A-001"
		}
		if w.Expires == (waiver.Day{}) {
			w.Expires = day(t, "2027-03-01")
		}
		w.Owner, w.Reason = "o", "r"
		w.SetID()
	}
	g := waiver.NewGathering(&waiver.List{File: "waivers.yaml", Waivers: waivers}, waiver.Options{Limits: waiver.DefaultLimits(), Now: today, Whole: true})
	if err := g.Apply(r, nil, waiver.Mailboxes{}); err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	return g
}

// shares is what is waived by whom, in the order of the report.
func shares(r *finding.Report) []string {
	var list []string
	for _, v := range r.Results[0].Violations {
		by := "nobody"
		if v.Waiver != nil {
			by = v.Waiver.ID
		}
		who := v.Resource.ID
		if v.Members != nil {
			var names []string
			for m := range v.Members.All() {
				names = append(names, strings.TrimPrefix(m.ID, "id-"))
			}
			who = strings.Join(names, " ")
		}
		list = append(list, v.Key+" "+who+": "+by)
	}
	return list
}

func TestScopes(t *testing.T) {
	v := population("none", 1, 2, 3)
	tests := []struct {
		name  string
		scope waiver.Scope
		want  []string
	}{
		{"everything", waiver.Scope{WholeControl: true}, []string{"none 1 2 3: w", "open 3 4: w", "bad d1: w"}},
		{"a user by name", waiver.Scope{User: "user3@EXAMPLE.com"}, []string{"none 1 2: nobody", "none 3: w", "open 4: nobody", "open 3: w", "bad d1: nobody"}},
		{"a user by id", waiver.Scope{User: "id-4"}, []string{"none 1 2 3: nobody", "open 3: nobody", "open 4: w", "bad d1: nobody"}},
		{"a cause by message", waiver.Scope{Cause: &waiver.Cause{Message: "open"}}, []string{"none 1 2 3: nobody", "open 3 4: w", "bad d1: nobody"}},
		{"a cause by argument", waiver.Scope{Cause: &waiver.Cause{Args: map[string]any{"policy": "none"}}}, []string{"none 1 2 3: w", "open 3 4: nobody", "bad d1: nobody"}},
		{"a fingerprint", waiver.Scope{Fingerprint: v.Fingerprint}, []string{"none 1 2 3: w", "open 3 4: nobody", "bad d1: nobody"}},
		{"a resource by id", waiver.Scope{Resource: &waiver.Resource{Kind: "domain", ID: "d1"}}, []string{"none 1 2 3: nobody", "open 3 4: nobody", "bad d1: w"}},
		{"a resource by name", waiver.Scope{Resource: &waiver.Resource{Kind: "domain", Name: "name of d1"}}, []string{"none 1 2 3: nobody", "open 3 4: nobody", "bad d1: w"}},
		{"another kind", waiver.Scope{Resource: &waiver.Resource{Kind: "policy", ID: "d1"}}, []string{"none 1 2 3: nobody", "open 3 4: nobody", "bad d1: nobody"}},
		{"another argument", waiver.Scope{Cause: &waiver.Cause{Message: "open", Args: map[string]any{"policy": "none"}}}, []string{"none 1 2 3: nobody", "open 3 4: nobody", "bad d1: nobody"}},
		{"a group without a snapshot", waiver.Scope{Group: "g"}, []string{"none 1 2 3: nobody", "open 3 4: nobody", "bad d1: nobody"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := report(population("none", 1, 2, 3), population("open", 3, 4), single("domain", "d1"))
			apply(t, r, waiver.Waiver{ID: "w", Scope: test.scope})
			if diff := cmp.Diff(test.want, shares(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestParts: the part that is waived is a violation of its own, which later runs find
// again; the rest is the violation that it was.
func TestParts(t *testing.T) {
	whole := population("none", 1, 2, 3)
	r := report(whole)
	apply(t, r, waiver.Waiver{ID: "w", Scope: waiver.Scope{User: "id-1"}})
	rest, part := r.Results[0].Violations[0], r.Results[0].Violations[1]
	if rest.Fingerprint != whole.Fingerprint || rest.PartOf != "" || rest.Waiver != nil || rest.Pointer != "/mailboxes/2" {
		t.Errorf("the rest is %+v", rest)
	}
	if part.Fingerprint == whole.Fingerprint || part.PartOf != whole.Fingerprint || part.Waiver == nil || part.Pointer != "/mailboxes/1" {
		t.Errorf("the part is %+v", part)
	}
	if r.Results[0].Outcome != finding.Fail {
		t.Errorf("the outcome is %s", r.Results[0].Outcome)
	}
	again := report(population("none", 2, 1, 9))
	apply(t, again, waiver.Waiver{ID: "w", Scope: waiver.Scope{User: "id-1"}})
	if got := again.Results[0].Violations[1].Fingerprint; got != part.Fingerprint {
		t.Errorf("a later run has the part as %s, not %s", got, part.Fingerprint)
	}
	all := report(population("none", 1))
	apply(t, all, waiver.Waiver{ID: "w", Scope: waiver.Scope{User: "id-1"}})
	if v := all.Results[0].Violations[0]; v.Fingerprint != whole.Fingerprint || v.PartOf != "" || v.Waiver == nil {
		t.Errorf("waived as a whole it is %+v", v)
	}
}

// TestPartsOfACauseWithAPlace: where the cause is a thing of its own, both parts stand
// where it stands.
func TestPartsOfACauseWithAPlace(t *testing.T) {
	v := population("open", 0, 1, 2)
	v.Resource = finding.Resource{Kind: "door", ID: "basic/okta"}
	v.Pointer, v.Region = "/okta/access_policy_rules", &finding.Region{StartLine: 3, StartColumn: 1, EndLine: 4, EndColumn: 1}
	r := report(v)
	apply(t, r, waiver.Waiver{ID: "w", Scope: waiver.Scope{User: "id-0"}})
	if len(r.Results[0].Violations) != 2 {
		t.Fatalf("%+v", r.Results[0].Violations)
	}
	for _, part := range r.Results[0].Violations {
		if part.Pointer != v.Pointer || part.Region == nil || *part.Region != *v.Region {
			t.Errorf("a part stands at %s, %+v", part.Pointer, part.Region)
		}
	}
}

// TestPinHoldsWays: what was accepted for one protocol does not cover the same people by
// another that came later.
func TestPinHoldsWays(t *testing.T) {
	everything := waiver.Scope{WholeControl: true}
	two := []int{1, 2}
	old := waiver.NewGathering(&waiver.List{Waivers: []waiver.Waiver{{ID: "w", Control: "A-001", Scope: everything}}}, waiver.Options{Now: today})
	if err := old.Apply(report(opened("basic", two, "imap", "pop"), opened("modern", two, "web")), nil, waiver.Mailboxes{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"imap", "pop", "web"}, old.Ways(0)); diff != "" {
		t.Error(diff)
	}
	pin := old.PinOf(0)
	hashOnly, before := *pin, *pin
	hashOnly.Each, before.Ways = nil, nil
	// The file keeps the ways.
	text, err := waiver.Insert("waivers.yaml", nil, &waiver.Waiver{ID: "w", Control: "A-001", Scope: everything, Reason: "r", Owner: "o", Expires: day(t, "2027-03-01"), Pin: pin})
	if err != nil {
		t.Fatal(err)
	}
	list, err := waiver.Read("waivers.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		report *finding.Report
		pin    *waiver.Pin
		state  finding.WaiverState
		ways   string
	}{
		{"as pinned", report(opened("basic", two, "imap", "pop"), opened("modern", two, "web")), list.Waivers[0].Pin, finding.WaiverHolds, `"ways":[]`},
		{"a way was closed", report(opened("basic", two, "pop")), pin, finding.WaiverHolds, `"ways":[]`},
		{"a way opened", report(opened("basic", two, "imap", "pop", "smtp")), pin, finding.WaiverGrown, `"joined":false,"ways":["smtp (basic)"]`},
		{"a way that was open elsewhere", report(opened("basic", two, "imap", "pop", "web")), pin, finding.WaiverGrown, `"joined":false,"ways":["web (basic)"]`},
		{"another cause", report(opened("basic", two, "pop"), opened("grant", two, "pop", "web")), pin, finding.WaiverGrown, `"joined":false,"ways":["pop (grant)","web (grant)"]`},
		{"a way opened for fewer", report(opened("basic", []int{1}, "smtp")), pin, finding.WaiverGrown, `"joined":false,"ways":["smtp (basic)"]`},
		{"somebody joined by a way that opened", report(opened("basic", []int{1, 2, 3}, "smtp")), pin, finding.WaiverGrown, `"joined":true,"ways":["smtp (basic)"]`},
		{"a way opened, of too many to name", report(opened("basic", two, "smtp")), &hashOnly, finding.WaiverGrown, `"joined":false,"ways":["smtp (basic)"]`},
		{"pinned before pins held ways", report(opened("basic", two, "pop")), &before, finding.WaiverGrown, `"joined":false,"ways":["pop (basic)"]`},
		{"nothing that has ways", report(population("none", 1, 2)), &before, finding.WaiverHolds, `"ways":[]`},
		{"not pinned", report(opened("basic", two, "imap", "pop", "smtp")), nil, finding.WaiverHolds, `"ways":[]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := apply(t, test.report, waiver.Waiver{Scope: everything, Pin: test.pin})
			if got := test.report.Waivers.Entries[0].State; got != test.state {
				t.Errorf("it is %s, want %s", got, test.state)
			}
			for _, v := range test.report.Results[0].Violations {
				if (v.Waiver != nil) != (test.state == finding.WaiverHolds) {
					t.Errorf("waived: %v", v.Waiver)
				}
			}
			came := strings.Contains(test.ways, "(")
			if ways := test.report.Waivers.Entries[0].Ways; (len(ways) > 0) != came {
				t.Errorf("the report says that %q came", ways)
			}
			facts, err := g.Facts()
			if err != nil || !strings.Contains(string(facts), test.ways) {
				t.Errorf("the facts are %s, %v; want %s", facts, err, test.ways)
			}
		})
	}
}

// TestStates: only a waiver that holds waives.
func TestStates(t *testing.T) {
	old := waiver.NewGathering(&waiver.List{Waivers: []waiver.Waiver{{ID: "w", Control: "A-001", Scope: waiver.Scope{WholeControl: true}}}}, waiver.Options{Now: today})
	if err := old.Apply(report(population("none", 1, 2)), nil, waiver.Mailboxes{}); err != nil {
		t.Fatal(err)
	}
	pin := old.PinOf(0)
	hashOnly := *pin
	hashOnly.Each = nil
	gap := report()
	gap.Results[0] = finding.Result{Control: "A-001", Outcome: finding.Unknown, Unknowns: []finding.Reason{{Key: "denied"}}}
	future := report(population("none", 1, 2))
	future.Snapshot.CollectedAt = "2027-03-02T00:00:00Z"
	everything := waiver.Scope{WholeControl: true}
	tests := []struct {
		name   string
		report *finding.Report
		w      waiver.Waiver
		state  finding.WaiverState
		covers int
		added  int
	}{
		{"it holds", report(population("none", 1, 2)), waiver.Waiver{Scope: everything}, finding.WaiverHolds, 2, 0},
		{"on its last day", report(population("none", 1)), waiver.Waiver{Scope: everything, Expires: day(t, "2026-11-22")}, finding.WaiverHolds, 1, 0},
		{"a day later", report(population("none", 1)), waiver.Waiver{Scope: everything, Expires: day(t, "2026-11-21")}, finding.WaiverExpired, 1, 0},
		{"by the snapshot's day, where that is later", future, waiver.Waiver{Scope: everything, Expires: day(t, "2027-03-01")}, finding.WaiverExpired, 2, 0},
		{"at the limit", report(population("none", 1)), waiver.Waiver{Scope: everything, Expires: day(t, "2027-05-21")}, finding.WaiverHolds, 1, 0},
		{"beyond the limit", report(population("none", 1)), waiver.Waiver{Scope: everything, Expires: day(t, "2027-05-22")}, finding.WaiverTooFar, 1, 0},
		{"about nothing", report(), waiver.Waiver{Scope: everything}, finding.WaiverUnused, 0, 0},
		{"about nothing and over", report(), waiver.Waiver{Scope: everything, Expires: day(t, "2026-01-01")}, finding.WaiverUnused, 0, 0},
		{"nobody knows", gap, waiver.Waiver{Scope: everything}, finding.WaiverUndecided, 0, 0},
		{"no such control", report(population("none", 1)), waiver.Waiver{Control: "B-001", Scope: everything}, finding.WaiverUnused, 0, 0},
		{"as pinned", report(population("none", 2, 1)), waiver.Waiver{Scope: everything, Pin: pin}, finding.WaiverHolds, 2, 0},
		{"one has left", report(population("none", 2)), waiver.Waiver{Scope: everything, Pin: pin}, finding.WaiverHolds, 1, 0},
		{"two have come", report(population("none", 1, 7, 8), population("open", 8)), waiver.Waiver{Scope: everything, Pin: pin}, finding.WaiverGrown, 3, 2},
		{"as pinned by the hash", report(population("none", 2, 1)), waiver.Waiver{Scope: everything, Pin: &hashOnly}, finding.WaiverHolds, 2, 0},
		{"others by the hash", report(population("none", 2, 3)), waiver.Waiver{Scope: everything, Pin: &hashOnly}, finding.WaiverGrown, 2, 0},
		{"more by the hash", report(population("none", 1, 2, 3)), waiver.Waiver{Scope: everything, Pin: &hashOnly}, finding.WaiverGrown, 3, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := apply(t, test.report, test.w)
			got := test.report.Waivers.Entries[0]
			if got.State != test.state || got.Covers != test.covers || got.Added != test.added {
				t.Errorf("it is %s, about %d, %d added; want %s, %d, %d", got.State, got.Covers, got.Added, test.state, test.covers, test.added)
			}
			for _, v := range test.report.Results[0].Violations {
				if (v.Waiver != nil) != (test.state == finding.WaiverHolds) {
					t.Errorf("%s waives: %v", got.State, v.Waiver)
				}
			}
			var added []string
			if list := g.Members(0); list != nil {
				for m := range list.All() {
					added = append(added, m.Name)
				}
				if list.Err() != nil || len(added) != list.Len() {
					t.Errorf("%d of %d were listed: %v", len(added), list.Len(), list.Err())
				}
			}
			if want := test.name == "two have come"; want != (strings.Join(added, " ") == "User7@example.com User8@example.com") {
				t.Errorf("added: %v", added)
			}
		})
	}
}

// TestNothingIsHidden applies random waivers to random reports. Whatever they are:
// each subject is there exactly once as before, is waived only by a waiver that is
// about it, by the first of those, and keeps its outcome; and what no waiver is about
// is not waived.
func TestNothingIsHidden(t *testing.T) {
	waivedSome, leftSome := 0, 0
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 1))
		violations, before := randomViolations(random)
		r := report(violations...)
		waivers := randomWaivers(t, random)
		apply(t, r, waivers...)
		after := map[string]string{}
		prints := map[string]bool{}
		for _, v := range r.Results[0].Violations {
			if prints[v.Fingerprint] {
				t.Fatalf("seed %d: two violations share a fingerprint", seed)
			}
			prints[v.Fingerprint] = true
			by := ""
			if v.Waiver != nil {
				by = v.Waiver.ID
			}
			for _, subject := range subjects(&v) {
				if _, twice := after[subject]; twice {
					t.Fatalf("seed %d: %s is there twice", seed, subject)
				}
				after[subject] = by
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))); diff != "" {
			t.Fatalf("seed %d: subjects (-before +after):\n%s", seed, diff)
		}
		if len(violations) > 0 && r.Results[0].Outcome != finding.Fail {
			t.Fatalf("seed %d: the outcome is %s", seed, r.Results[0].Outcome)
		}
		for subject, by := range after {
			if want := expectedWaiver(waivers, subject); by != want {
				t.Fatalf("seed %d: %s is waived by %q, want %q", seed, subject, by, want)
			}
			if by == "" {
				leftSome++
			} else {
				waivedSome++
			}
		}
	}
	if waivedSome < 1000 || leftSome < 1000 {
		t.Fatalf("%d subjects were waived, %d were not", waivedSome, leftSome)
	}
}

// subjects are what a violation is about: key, then id.
func subjects(v *finding.Violation) []string {
	if v.Members == nil {
		return []string{v.Key + " " + v.Resource.ID}
	}
	var list []string
	for m := range v.Members.All() {
		list = append(list, v.Key+" "+m.ID)
	}
	return list
}

func randomViolations(random *rand.Rand) ([]finding.Violation, map[string]bool) {
	var violations []finding.Violation
	all := map[string]bool{}
	for _, key := range []string{"none", "open", "weak"} {
		if numbers := random.Perm(8)[:random.IntN(8)]; len(numbers) > 0 {
			slices.Sort(numbers)
			violations = append(violations, population(key, numbers...))
		}
	}
	for _, id := range []string{"d1", "d2"} {
		if random.IntN(2) == 0 {
			violations = append(violations, single("domain", id))
		}
	}
	for i := range violations {
		for _, subject := range subjects(&violations[i]) {
			all[subject] = true
		}
	}
	return violations, all
}

func randomWaivers(t testing.TB, random *rand.Rand) []waiver.Waiver {
	var list []waiver.Waiver
	for i := range random.IntN(5) {
		w := waiver.Waiver{ID: fmt.Sprintf("w%d", i), Control: "A-001", Expires: day(t, []string{"2026-01-01", "2027-01-01", "2027-01-02", "2039-01-01"}[random.IntN(4)])}
		switch random.IntN(5) {
		case 0:
			w.Scope.Cause = &waiver.Cause{Message: []string{"none", "open", "bad"}[random.IntN(3)]}
		case 1:
			w.Scope.Resource = &waiver.Resource{Kind: "domain", ID: fmt.Sprintf("d%d", 1+random.IntN(2))}
		case 2:
			w.Scope.WholeControl = random.IntN(3) == 0
			if !w.Scope.WholeControl {
				w.Scope.User = "id-0"
			}
		default:
			w.Scope.User = fmt.Sprintf("id-%d", random.IntN(8))
		}
		list = append(list, w)
	}
	return list
}

// expectedWaiver says once more, in other words, who waives a subject.
func expectedWaiver(waivers []waiver.Waiver, subject string) string {
	key, id, _ := strings.Cut(subject, " ")
	for _, w := range waivers {
		if until := w.Expires.String(); until < "2026-11-22" || until > "2027-06-01" {
			continue
		}
		s := w.Scope
		if s.WholeControl || s.User == id || s.Cause != nil && s.Cause.Message == key || s.Resource != nil && s.Resource.ID == id {
			return w.ID
		}
	}
	return ""
}

// TestLargeCrowd: a hundred thousand members are never held.
func TestLargeCrowd(t *testing.T) {
	const n = 100_000
	walks := 0
	v := finding.Violation{Key: "none", Resource: finding.Resource{Kind: "mailbox"}, Pointer: "/mailboxes/0", Fingerprint: strings.Repeat("0", 32)}
	v.Members = finding.NewMembers("mailbox", n, func(yield func(finding.Member) bool) {
		walks++
		for i := range n {
			if !yield(mailbox(i)) {
				return
			}
		}
	})
	r := report(v)
	apply(t, r, waiver.Waiver{ID: "a", Scope: waiver.Scope{User: "id-5"}}, waiver.Waiver{ID: "b", Scope: waiver.Scope{User: "id-99999"}})
	counts := []int{}
	for _, part := range r.Results[0].Violations {
		counts = append(counts, part.Members.Len())
	}
	if diff := cmp.Diff([]int{n - 2, 1, 1}, counts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if walks > 12 {
		t.Errorf("the list was walked %d times", walks)
	}
}
