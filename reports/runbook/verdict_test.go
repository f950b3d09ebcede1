package runbook_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/reports/runbook"
)

// TestVerdictIsTheSecondLine says in one line what the exit code says, under the title.
func TestVerdictIsTheSecondLine(t *testing.T) {
	steps := []plan.Step{{ID: "C", Why: strings.Repeat("because ", 40)}, {ID: "D"}}
	questions := []plan.Question{{Title: "one"}}
	for _, test := range []struct {
		plan           plan.Plan
		english, dutch string
	}{
		{plan.Plan{}, "NOTHING OPEN: no step is open, as far as the snapshot shows.", "NIETS OPEN: er staat geen stap open, voor zover de momentopname laat zien."},
		{plan.Plan{Steps: steps}, "OPEN: 2 steps are open.", "OPEN: 2 stappen staan open."},
		{plan.Plan{Steps: steps[:1], FindOut: questions}, "OPEN: 1 step is open, and 1 thing has to be found out first.", "OPEN: 1 stap staat open, en 1 ding moet eerst worden uitgezocht."},
		{plan.Plan{FindOut: questions}, "NOT KNOWN: no step is known to be open, but 1 thing has to be found out.", "NIET BEKEND: van geen stap staat vast dat hij open is, maar 1 ding moet worden"},
	} {
		for language, want := range map[*finding.Language]string{nil: test.english, {Code: "nl"}: test.dutch} {
			var out bytes.Buffer
			if err := runbook.Write("text", &out, &test.plan, runbook.Options{Language: language}); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(out.String(), "\n")
			if lines[1] != want {
				t.Errorf("the second line is %q, want %q", lines[1], want)
			}
			for _, line := range lines {
				if len(line) > 80 {
					t.Errorf("too wide for a terminal: %q", line)
				}
			}
		}
	}
}
