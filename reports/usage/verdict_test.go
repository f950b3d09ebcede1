package usage_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/usage"
)

// TestVerdictIsTheSecondLine says in one line whether somebody would notice.
func TestVerdictIsTheSecondLine(t *testing.T) {
	known := []impact.Tally{{Door: impact.SMTP, Safe: 3}}
	unknown := []impact.Tally{{Door: impact.SMTP, Safe: 3, NotKnown: 2}}
	used := []impact.Mailbox{{ID: "a"}}
	for _, test := range []struct {
		report         impact.Report
		english, dutch string
	}{
		{impact.Report{Doors: known}, "SAFE: nobody was seen to use what would be closed, and all is known.", "VEILIG: niemand is gezien langs wat dicht zou gaan, en alles is bekend."},
		{impact.Report{Doors: unknown}, "NOT KNOWN: nobody was seen to use what would be closed, but not all is known.", "NIET BEKEND: niemand is gezien langs wat dicht zou gaan, maar niet alles is"},
		{impact.Report{Doors: known, InUse: used}, "IN USE: 1 mailbox still gets in by what would be closed.", "IN GEBRUIK: 1 mailbox komt nog binnen langs wat dicht zou gaan."},
		{impact.Report{Doors: unknown, InUse: used}, "IN USE: 1 mailbox still gets in by what would be closed, and not all is known.", "IN GEBRUIK: 1 mailbox komt nog binnen langs wat dicht zou gaan, en niet alles is"},
	} {
		for language, want := range map[*finding.Language]string{nil: test.english, {Code: "nl"}: test.dutch} {
			var out bytes.Buffer
			if err := usage.Write("text", &out, &test.report, usage.Options{Language: language}); err != nil {
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
