package engine_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
)

// TestPuttingDoorsTogetherChangesNoVerdict holds reports on access facts in which few
// doors are told apart by names to reports on facts that tell all apart.
func TestPuttingDoorsTogetherChangesNoVerdict(t *testing.T) {
	judge := load(t, houseOptions())
	tenants := 8
	if testing.Short() {
		tenants = 2
	}
	unlike, violations := 0, 0
	for seed := range uint64(tenants) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			document, declared := randomTenant(t, 200+seed, 60)
			scatter(document["mailboxes"].([]any), rand.New(rand.NewPCG(seed, 8)))
			report := func(apart int) *finding.Report {
				in := input(t, document)
				in.Declarations, in.Access = declared, access.NewGathering(access.Options{Apart: apart})
				return check(t, judge, in)
			}
			want := report(math.MaxInt)
			for _, apart := range []int{1, 2} {
				got := report(apart)
				if diff := cmp.Diff(want.Access, got.Access, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("apart %d: the matrix (-all apart +few apart):\n%s", apart, diff)
				}
				for i := range want.Results {
					w, g := &want.Results[i], &got.Results[i]
					violations += len(w.Violations)
					if diff := cmp.Diff(verdictOf(t, w), verdictOf(t, g)); diff != "" {
						t.Errorf("apart %d: %s (-all apart +few apart):\n%s", apart, w.Control, diff)
					}
					if len(w.Unknowns) > len(g.Unknowns) {
						unlike++
					}
				}
			}
		})
	}
	t.Logf("%d violations, %d results with fewer reasons", violations, unlike)
	if violations == 0 || unlike < tenants {
		t.Errorf("%d violations were compared, and %d results told fewer reasons apart", violations, unlike)
	}
}

// scatter gives mailboxes domains and authentication policies that only they have.
func scatter(boxes []any, random *rand.Rand) {
	for i, box := range boxes {
		if random.IntN(3) == 0 {
			box.(object)["domain"] = fmt.Sprintf("d%d.example", i)
		}
		if exchange, ok := box.(object)["exchange"].(object); ok && random.IntN(3) == 0 {
			exchange["AuthenticationPolicy"] = fmt.Sprint("Policy ", i)
		}
	}
}

// verdictOf is all that a result says, but of why doors are undecided only that.
func verdictOf(t testing.TB, r *finding.Result) object {
	all, missing := saidByEngine(t, r)
	if r.Control == "ACCESS-001" {
		for line := range all {
			if strings.HasPrefix(line, "unknown undecided ") {
				delete(all, line)
				all["unknown undecided"] = 0
			}
		}
	}
	steps := map[string]any{}
	for i := range r.Violations {
		v := &r.Violations[i]
		steps[v.Fingerprint] = []any{v.Pointer, v.Steps}
	}
	return object{"outcome": string(r.Outcome), "said": all, "missing": missing, "steps": steps}
}
