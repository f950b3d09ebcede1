package text_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/width"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/text"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

func write(t *testing.T, report *finding.Report, options text.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := text.Write(&out, report, options); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestGolden compares what people see with what somebody has looked at.
func TestGolden(t *testing.T) {
	tests := []struct {
		file    string
		report  *finding.Report
		options text.Options
	}{
		{"clean.txt", reporttest.Clean(), text.Options{}},
		{"mixed.txt", reporttest.Mixed(), text.Options{}},
		{"mixed-wide-verbose.txt", reporttest.Mixed(), text.Options{Width: 120, Verbose: true}},
		{"mixed-explained.txt", reporttest.Mixed(), text.Options{Explain: true}},
		{"mixed-dutch.txt", reporttest.Mixed(), text.Options{Explain: true, Language: &finding.Language{Code: "nl"}}},
		{"mixed-narrow.txt", reporttest.Mixed(), text.Options{Width: 1}},
		{"population.txt", reporttest.Population(1_000_000), text.Options{}},
		{"drift.txt", reporttest.Drift(), text.Options{}},
		{"nameless.txt", reporttest.Nameless(), text.Options{}},
		{"empty.txt", reporttest.Empty(), text.Options{}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			file := filepath.Join("testdata", test.file)
			got := write(t, test.report, test.options)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got); run with -update if the new one is right:\n%s", test.file, diff)
			}
		})
	}
}

// TestWidth: every line of every report fits, scripts and addresses aside, which
// are not part of it without Explain.
func TestWidth(t *testing.T) {
	for _, columns := range []int{40, 80, 120} {
		for _, c := range reporttest.Cases() {
			out := write(t, c.Report, text.Options{Width: columns, Verbose: true})
			for line := range strings.Lines(out) {
				if n := cells(strings.TrimSuffix(line, "\n")); n > columns {
					t.Errorf("%s at %d columns: a line of %d: %q", c.Name, columns, n, line)
				}
			}
		}
	}
}

// cells counts columns, with no character narrower than it is.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n++
		if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

func TestHarmless(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			for _, options := range []text.Options{{}, {Explain: true, Verbose: true}, {Width: 40, Explain: true}} {
				reporttest.CheckText(t, []byte(write(t, c.Report, options)))
			}
		})
	}
}

var sequence = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestColor: colours change nothing but colours, are always switched off again,
// and say how grave a finding is.
func TestColor(t *testing.T) {
	for _, c := range reporttest.Cases() {
		plain := write(t, c.Report, text.Options{Explain: true})
		colored := write(t, c.Report, text.Options{Explain: true, Color: true})
		if got := sequence.ReplaceAllString(colored, ""); got != plain {
			t.Errorf("%s: without its colours the text is another (-plain +colored):\n%s", c.Name, cmp.Diff(plain, got))
		}
		for line := range strings.Lines(colored) {
			if codes := sequence.FindAllString(line, -1); len(codes)%2 != 0 || len(codes) > 0 && codes[len(codes)-1] != "\x1b[0m" {
				t.Errorf("%s: a colour runs on: %q", c.Name, line)
			}
		}
	}
	out := write(t, reporttest.Mixed(), text.Options{Color: true})
	for _, want := range []string{
		"\x1b[1;31mFAIL\x1b[0m: ", "\x1b[1;31mcritical\x1b[0m", "\x1b[31mhigh    \x1b[0m", "\x1b[33mmedium  \x1b[0m", "\x1b[2minfo    \x1b[0m",
		"\x1b[33munknown \x1b[0m", "\x1b[1;35mERROR   \x1b[0m", "\x1b[32mpass    \x1b[0m",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

// TestManyViolations shows the first ones and counts the rest.
func TestManyViolations(t *testing.T) {
	report := reporttest.Mixed()
	one := report.Results[2].Violations[0]
	for range 99 {
		report.Results[2].Violations = append(report.Results[2].Violations, one)
	}
	out := write(t, report, text.Options{})
	if n := strings.Count(out, "evidence/snapshot.json:120"); n != 20 || !strings.Contains(out, "And 80 more violations") {
		t.Errorf("%d of 100 violations are shown:\n%s", n, out)
	}
}

// TestUnknownSaysHow: what is unknown says what would make it known.
func TestUnknownSaysHow(t *testing.T) {
	out := write(t, reporttest.Mixed(), text.Options{Width: 200})
	for _, want := range []string{
		"- okta.access_policy_rules could not be read: access was denied. Grant okta.policies.read.\n",
		"    okta.access_policies (denied): SIGNON-010\n      -> Grant okta.policies.read so that GET /api/v1/policies?type=ACCESS_POLICY can be read, then collect again.\n",
		"- Not known: entra.federation_configurations could only be read in part",
		"    what the evidence leaves open: SIGNON-010\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the text lacks %q:\n%s", want, out)
		}
	}
}

// TestOutcomesThatChanged: what can no longer be judged says how it ended before, and
// the head counts it; what stayed as it was does not.
func TestOutcomesThatChanged(t *testing.T) {
	var out strings.Builder
	if err := text.Write(&out, reporttest.Unjudged(), text.Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"Since 2026-11-15: 0 new, 0 changed, 0 fixed, 1 can no longer be judged.",
		"- In the baseline: pass.\n",
	} {
		if strings.Count(out.String(), part) != 1 {
			t.Errorf("%q stands there %d times:\n%s", part, strings.Count(out.String(), part), out.String())
		}
	}
}
