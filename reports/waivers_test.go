package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

// TestWaiversStandInTheirOwnFile: what is found about a waiver leads to its line, not to
// a snapshot that does not hold it.
func TestWaiversStandInTheirOwnFile(t *testing.T) {
	const line = 4711
	for format, want := range map[string]string{
		"text": "waivers.yaml:4711", "html": "waivers.yaml:4711", "markdown": "waivers.yaml:4711", "junit": "waivers.yaml:4711",
		"csv": ",waivers.yaml,4711,", "github": "file=waivers.yaml,line=4711,endLine=4711,",
		"gitlab-codequality": `"path": "waivers.yaml"`,
	} {
		r := reporttest.Drift()
		entry := &r.Waivers.Entries[0]
		entry.File, entry.Line = "waivers.yaml", line
		found := &r.Results[0].Violations[0]
		found.Resource, found.Members, found.Region, found.Waiver = finding.Resource{Kind: "waiver", ID: entry.ID}, nil, nil, nil
		for i := range r.Results { // no other finding speaks of the line
			for j := range r.Results[i].Violations {
				if v := &r.Results[i].Violations[j]; v.Waiver != nil {
					v.Waiver.Line = 1
				}
			}
		}
		write := func() string {
			var out bytes.Buffer
			if err := reports.Write(format, &out, r, reports.Options{}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			return out.String()
		}
		if out := write(); !strings.Contains(out, want) {
			t.Errorf("%s does not say %q", format, want)
		}
		found.Resource.Kind = "domain"
		if out := write(); strings.Contains(out, want) {
			t.Errorf("%s says %q of a domain", format, want)
		}
	}
}
