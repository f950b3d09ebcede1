package policies_test

import (
	"testing"
)

// TestTablesAreMadeAtOnce refuses rules that give an object one key at a time, as
// _x[i] := … and _x[i] contains … do: OPA takes time with the square of the number
// of keys for them, which is minutes at forty thousand sign-ins. A comprehension is
// made at once, and so is object.union_n, which gathers.
func TestTablesAreMadeAtOnce(t *testing.T) {
	rules := 0
	for file, module := range regoModules(t) {
		if isTest(file) {
			continue
		}
		for _, rule := range module.Rules {
			rules++
			ref := rule.Head.Ref()
			if !ref.IsGround() {
				t.Errorf("%s: write %s := {key: value | …}, or object.union_n, instead of %s", rule.Location, ref[0], ref)
			}
		}
	}
	if rules < 100 {
		t.Fatalf("saw only %d rules", rules)
	}
}
