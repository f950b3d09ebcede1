package reports_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports"
)

func catalogue() []finding.Control {
	return []finding.Control{
		{ID: "X-001", Slug: "good_state", Area: "x", Title: "A \x1b[31mstate", Severity: finding.High, Step: "B", Description: "Why.",
			Needs: []string{"exchange.x"}, Optional: []string{"okta.y"}, Mappings: []finding.Mapping{{Framework: "NIST", ID: "CM-7", Title: "Least"}},
			Remediation: finding.Remediation{Text: "Do it.", PowerShell: "Set-X"}},
		{ID: "X-002", Slug: "other", Area: "x", Title: "Another", Severity: finding.Low, Step: "access", Description: "Because."},
	}
}

func TestCatalogueInEachFormat(t *testing.T) {
	for _, format := range reports.CatalogueFormats() {
		for n, want := range map[int][]string{1: {"X-001", "Why.", "Set-X", "CM-7", "okta.y"}, 2: {"X-001", "X-002", "Another"}} {
			var out bytes.Buffer
			if err := reports.WriteCatalogue(format, &out, catalogue()[:n], reports.Options{}); err != nil {
				t.Fatal(err)
			}
			for _, text := range want {
				if !strings.Contains(out.String(), text) {
					t.Errorf("%s of %d controls lacks %q:\n%s", format, n, text, out.String())
				}
			}
			if strings.ContainsRune(out.String(), '\x1b') {
				t.Errorf("%s obeys a control character", format)
			}
		}
	}
	if err := reports.WriteCatalogue("pdf", nil, nil, reports.Options{}); !errors.Is(err, reports.ErrFormat) {
		t.Errorf("an unknown format gives %v", err)
	}
}
