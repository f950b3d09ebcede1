package junit_test

import (
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

// TestWaived: a control all of whose violations are waived is skipped and says by
// whom, also to readers that show one of the two places only. One of whose evidence
// something is missing is not.
func TestWaived(t *testing.T) {
	find := func(report *finding.Report) (skipped, errors []problem) {
		for _, s := range read(t, write(t, report)).Suites {
			for _, c := range s.Cases {
				if strings.HasPrefix(c.Name, "SIGNON-001") {
					return c.Skipped, c.Error
				}
			}
		}
		t.Fatal("there is no such case")
		return nil, nil
	}
	skipped, _ := find(reporttest.Drift())
	if len(skipped) != 1 {
		t.Fatalf("it is skipped %d times", len(skipped))
	}
	want := "WAIVED until 2027-01-31 by mail-team@harbourfreight.example: partner-scanners the partner replaces the scanners in January"
	if got := skipped[0]; got.Message != want || !strings.HasPrefix(got.Text, want) || !strings.Contains(got.Text, "The rule 'Allow web and modern'") {
		t.Errorf("skipped: %+v", got)
	}
	gap := reporttest.Drift()
	gap.Results[5].Unknowns = []finding.Reason{{Key: "denied", Evidence: "okta.zones"}}
	skipped, errors := find(gap)
	if len(skipped) != 0 || len(errors) != 1 || !strings.Contains(errors[0].Message, "okta.zones") || !strings.Contains(errors[0].Text, "WAIVED: ") {
		t.Errorf("with a gap: skipped %+v, errors %+v", skipped, errors)
	}
}
