package sarif_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/sarif"
)

type suppressed struct {
	RuleID              string
	BaselineState       string
	PartialFingerprints map[string]string
	Locations           []struct {
		PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
	}
	Suppressions *[]struct {
		Kind, Status, GUID, Justification string
		Location                          struct {
			PhysicalLocation struct {
				ArtifactLocation struct{ URI string }
				Region           struct{ StartLine int }
			}
		}
		Properties map[string]string
	}
}

func suppressedResults(t *testing.T, options sarif.Options) []suppressed {
	t.Helper()
	file := decode[struct {
		Runs []struct{ Results []suppressed }
	}](t, write(t, reporttest.Drift(), options))
	return file.Runs[0].Results
}

// TestSuppressions: for auditors what is waived is suppressed, with whatever the
// waiver says, and each other result says that nothing is.
func TestSuppressions(t *testing.T) {
	waived := 0
	for _, r := range suppressedResults(t, sarif.Options{Profile: sarif.Full}) {
		if r.Suppressions == nil {
			t.Fatalf("%s: no list of suppressions", r.RuleID)
		}
		for _, s := range *r.Suppressions {
			waived++
			if r.RuleID != "SIGNON-001" || s.Kind != "external" || s.Status != "accepted" || len(s.GUID) != 36 {
				t.Errorf("%s: %+v", r.RuleID, s)
			}
			want := "Waived until 2027-01-31 by mail-team@harbourfreight.example: the partner replaces the scanners in January (CHG-4711)."
			if s.Justification != want {
				t.Errorf("the justification is %q, want %q", s.Justification, want)
			}
			if at := s.Location.PhysicalLocation; at.ArtifactLocation.URI != "waivers.yaml" || at.Region.StartLine != 3 {
				t.Errorf("it stands at %+v", at)
			}
			properties := map[string]string{
				"waiver": "partner-scanners", "alias": "mail-team@harbourfreight.example", "expiryUtc": "2027-01-31T23:59:59Z", "ticket": "CHG-4711",
			}
			if diff := cmp.Diff(properties, s.Properties); diff != "" {
				t.Errorf("properties (-want +got):\n%s", diff)
			}
		}
	}
	if waived != 1 {
		t.Errorf("%d suppressions", waived)
	}
}

// TestWaivedIsNoAlert: code scanning takes every result for an open alert.
func TestWaivedIsNoAlert(t *testing.T) {
	all := suppressedResults(t, sarif.Options{})
	for _, r := range all {
		if r.RuleID == "SIGNON-001" || r.Suppressions != nil || r.BaselineState != "" {
			t.Errorf("%+v", r)
		}
	}
	if len(all) == 0 {
		t.Error("there are no results")
	}
}

// TestBaselineStates: each result says how it stands to the baseline, and what is
// gone stands in the baseline's snapshot.
func TestBaselineStates(t *testing.T) {
	counts := map[string]int{}
	for _, r := range suppressedResults(t, sarif.Options{Profile: sarif.Full}) {
		counts[r.BaselineState]++
		uri := r.Locations[0].PhysicalLocation.ArtifactLocation.URI
		if want := map[bool]string{true: "evidence/old.json", false: "evidence/snapshot.json"}[r.BaselineState == "absent"]; uri != want {
			t.Errorf("%s is %s and stands in %s", r.RuleID, r.BaselineState, uri)
		}
	}
	if counts["new"] != 1 || counts["updated"] < 1 || counts["absent"] != 1 || counts["unchanged"] == 0 || counts[""] != 0 {
		t.Errorf("states %v", counts)
	}
}
