package wording_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// TestWorst: severity first, what is open as a whole before its parts, what does not
// count for the gate not at all.
func TestWorst(t *testing.T) {
	violation := func(key string) finding.Violation { return finding.Violation{Key: key} }
	many := finding.Violation{Key: "many", Members: finding.ListMembers("mailbox", make([]finding.Member, 3))}
	waived := finding.Violation{Key: "waived", Waiver: &finding.Waiver{ID: "w"}}
	known := finding.Violation{Key: "known", State: finding.Unchanged}
	fresh := finding.Violation{Key: "fresh", State: finding.New}
	tests := []struct {
		what  string
		onNew bool
		// open could not be judged.
		open  []string
		given map[string][]finding.Violation
		want  []string
	}{
		{"nothing fails", false, nil, nil, nil},
		{
			"at most three, by weight, the whole first", false, nil,
			map[string][]finding.Violation{"low": {violation("a")}, "high": {violation("b")}, "critical": {violation("c")}, "whole": {violation("d")}, "medium": {violation("e")}},
			[]string{"whole d", "critical c", "high b"},
		},
		{
			"the first that is not waived", false, nil,
			map[string][]finding.Violation{"critical": {waived}, "high": {waived, violation("b")}},
			[]string{"high b"},
		},
		{
			"the largest", false, nil,
			map[string][]finding.Violation{"high": {violation("a"), many, violation("b")}},
			[]string{"high many"},
		},
		{
			"what could not be judged, where it belongs", false, []string{"low", "high", "whole"},
			map[string][]finding.Violation{"critical": {violation("a")}, "medium": {violation("b")}},
			[]string{"critical a", "critical: 3 (1 critical, 1 high, 1 low)", "medium b"},
		},
		{
			"where it weighs least", false, []string{"low"},
			map[string][]finding.Violation{"critical": {violation("a")}, "medium": {violation("b")}},
			[]string{"critical a", "medium b", "low: 1 (1 low)"},
		},
		{"nothing fails, and not all could be judged", false, []string{"whole"}, nil, nil},
		{
			"only what is new, where only that counts", true, nil,
			map[string][]finding.Violation{"critical": {known}, "low": {known, fresh}},
			[]string{"low fresh"},
		},
	}
	controls := []finding.Control{
		{ID: "medium", Severity: finding.Medium, Step: "A"}, {ID: "low", Severity: finding.Low, Step: "A"},
		{ID: "high", Severity: finding.High, Step: "B"}, {ID: "critical", Severity: finding.Critical, Step: "E"},
		{ID: "whole", Severity: finding.Critical, Step: "access"},
	}
	for _, test := range tests {
		report := &finding.Report{Controls: controls, FailOnNew: test.onNew, FailOn: "low"}
		for _, control := range controls {
			outcome := finding.Fail
			if slices.Contains(test.open, control.ID) {
				outcome = finding.Unknown
			}
			report.Results = append(report.Results, finding.Result{Control: control.ID, Outcome: outcome, Violations: test.given[control.ID]})
		}
		var got []string
		for _, grave := range wording.English().Worst(report) {
			if grave.Control == nil {
				got = append(got, fmt.Sprintf("%s: %d (%s)", grave.Severity, grave.Unknown, grave.Which))
				continue
			}
			got = append(got, grave.Control.ID+" "+grave.Violation.Key)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}

// TestPlaceOfAWaiver: no snapshot holds one, so it is looked for in its own file.
func TestPlaceOfAWaiver(t *testing.T) {
	report := &finding.Report{
		Snapshot: finding.SnapshotInfo{URI: "snapshot.json"},
		Waivers: &finding.Waivers{Entries: []finding.WaiverStatus{
			{Waiver: finding.Waiver{ID: "a", File: "waivers.yaml", Line: 3}},
			{Waiver: finding.Waiver{ID: "b", File: "waivers.yaml"}},
		}},
	}
	line := &finding.Region{StartLine: 7}
	for _, test := range []struct {
		resource finding.Resource
		region   *finding.Region
		want     string
	}{
		{finding.Resource{Kind: "waiver", ID: "a"}, nil, "waivers.yaml:3"},
		{finding.Resource{Kind: "waiver", ID: "b"}, nil, "waivers.yaml"},
		{finding.Resource{Kind: "waiver", ID: "c"}, nil, "snapshot.json"},
		{finding.Resource{Kind: "domain", ID: "a"}, line, "snapshot.json:7"},
	} {
		if got := wording.PlaceOf(report, &test.resource, test.region); got != test.want {
			t.Errorf("%v stands at %s, want %s", test.resource, got, test.want)
		}
	}
	report.Waivers = nil
	if got := wording.PlaceOf(report, &finding.Resource{Kind: "waiver", ID: "a"}, nil); got != "snapshot.json" {
		t.Errorf("without waivers it stands at %s", got)
	}
}
