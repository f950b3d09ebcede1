package finding_test

import (
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

// TestNoWaiverForWhatIsNotKnown: a control whose violations are all waived is not
// complete when something about it is unknown.
func TestNoWaiverForWhatIsNotKnown(t *testing.T) {
	waiver := &finding.Waiver{ID: "w", Owner: "o", Reason: "r", Expires: "2027-01-01"}
	gap := []finding.Reason{{Key: "denied"}}
	tests := []struct {
		name       string
		result     finding.Result
		incomplete bool
	}{
		{"waived", finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{{Waiver: waiver}}}, false},
		{"waived, and a gap", finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{{Waiver: waiver}}, Unknowns: gap}, true},
		{"a gap beside what is not waived", finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{{}, {Waiver: waiver}}, Unknowns: gap}, false},
	}
	for _, test := range tests {
		report := finding.Report{FailOn: "none", Controls: make([]finding.Control, 1), Results: []finding.Result{test.result}}
		if got := report.Summarize().Incomplete; got != test.incomplete {
			t.Errorf("%s: incomplete %v", test.name, got)
		}
	}
}

// TestIdleControlsAreNotCounted: where no waivers are given nobody counts the
// controls that are about them.
func TestIdleControlsAreNotCounted(t *testing.T) {
	report := finding.Report{
		Controls: []finding.Control{{Step: "A"}, {Step: finding.StepWaivers}},
		Results:  []finding.Result{{Outcome: finding.Pass}, {Outcome: finding.NotApplicable}},
	}
	if n := report.Summarize().ByOutcome[finding.NotApplicable]; n != 0 {
		t.Errorf("%d are counted without waivers", n)
	}
	report.Waivers = &finding.Waivers{}
	if n := report.Summarize().ByOutcome[finding.NotApplicable]; n != 1 {
		t.Errorf("%d are counted with waivers", n)
	}
}

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
		{"another way", "low", true, []finding.Violation{{State: finding.Changed, Drift: &finding.Drift{NewWays: []string{"imap"}}}}, true},
		{"a way less", "low", true, []finding.Violation{{State: finding.Changed, Drift: &finding.Drift{RemovedWays: []string{"imap"}}}}, false},
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
