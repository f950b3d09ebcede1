package reports_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

// counting counts the lines that are written, and keeps nothing.
type counting struct{ lines int }

func (c *counting) Write(p []byte) (int, error) {
	c.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

// TestMembersAreStreamed: the formats that list every member write each of them as
// it is walked, once, and hold none.
func TestMembersAreStreamed(t *testing.T) {
	const n, step = 100_000, 20_000
	for _, format := range []string{"json", "csv"} {
		report := reporttest.Population(n)
		all := report.Results[0].Violations[0].Members.All()
		walked, first, most := 0, uint64(0), uint64(0)
		members := func(yield func(finding.Member) bool) {
			for member := range all {
				if walked++; walked%step == 0 {
					held := heldBytes()
					if walked == step {
						first = held
					}
					most = max(most, held)
				}
				if !yield(member) {
					return
				}
			}
		}
		report.Results[0].Violations[0].Members = finding.NewMembers("mailbox", n, members)
		out := &counting{}
		if err := reports.Write(format, out, report, options); err != nil {
			t.Fatal(err)
		}
		if out.lines < n || walked < n || walked > n+1 {
			t.Errorf("%s: %d lines and %d members walked, want at least %d of each", format, out.lines, walked, n)
		}
		if most > first+1<<20 {
			t.Errorf("%s: holds %d bytes after %d members and up to %d later", format, first, step, most)
		}
	}
}

// heldBytes is what is in use once garbage is gone.
func heldBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
