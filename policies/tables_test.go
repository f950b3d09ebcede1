package policies_test

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestTablesAreMadeAtOnce refuses rules that give an object one key at a time, as
// _x[i] := … does: OPA takes time with the square of the number of keys for them,
// which is minutes at forty thousand sign-ins. A comprehension is made at once.
func TestTablesAreMadeAtOnce(t *testing.T) {
	rules := 0
	for file, module := range regoModules(t) {
		if isTest(file) {
			continue
		}
		for _, rule := range module.Rules {
			rules++
			ref := rule.Head.Ref()
			if rule.Head.RuleKind() != ast.MultiValue && !ref.IsGround() {
				t.Errorf("%s: write %s := {key: value | …} instead of %s := …", rule.Location, ref[0], ref)
			}
		}
	}
	if rules < 100 {
		t.Fatalf("saw only %d rules", rules)
	}
}
