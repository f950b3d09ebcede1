package finding_test

import (
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

// TestWhatFailsTheGate goes through what keeps a violation from failing it.
func TestWhatFailsTheGate(t *testing.T) {
	waiver := &finding.Waiver{ID: "w", Owner: "o", Reason: "r", Expires: "2027-01-01"}
	tests := []struct {
		name       string
		failOn     string
		newOnly    bool
		violations []finding.Violation
		gate       bool
	}{
		{"a violation", "low", false, []finding.Violation{{}}, true},
		{"one below the gravity", "critical", false, []finding.Violation{{}}, false},
		{"none", "none", false, []finding.Violation{{}}, false},
		{"a waived one", "low", false, []finding.Violation{{Waiver: waiver}}, false},
		{"one of two waived", "low", false, []finding.Violation{{Waiver: waiver}, {}}, true},
		{"unchanged, all count", "low", false, []finding.Violation{{State: finding.Unchanged}}, true},
		{"unchanged, new ones count", "low", true, []finding.Violation{{State: finding.Unchanged}}, false},
		{"new", "low", true, []finding.Violation{{State: finding.New}}, true},
		{"new and waived", "low", true, []finding.Violation{{State: finding.New, Waiver: waiver}}, false},
		{"grown", "low", true, []finding.Violation{{State: finding.Changed, Drift: &finding.Drift{Added: 1}}}, true},
		{"shrunk", "low", true, []finding.Violation{{State: finding.Changed, Drift: &finding.Drift{Removed: 1}}}, false},
		{"without a state", "low", true, []finding.Violation{{}}, true},
	}
	for _, test := range tests {
		report := finding.Report{
			FailOn: test.failOn, FailOnNew: test.newOnly,
			Controls: []finding.Control{{ID: "A-001", Severity: finding.High}},
			Results:  []finding.Result{{Control: "A-001", Outcome: finding.Fail, Violations: test.violations}},
		}
		if got := report.Summarize().Gate; got != test.gate {
			t.Errorf("%s: gate %v, want %v", test.name, got, test.gate)
		}
	}
}
