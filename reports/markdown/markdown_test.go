package markdown_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/markdown"
)

func write(t *testing.T, report *finding.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := markdown.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// prose takes away code, in blocks and in lines, by the rules of CommonMark: a
// block ends at a fence as long as the one that opened it, code in a line at a
// run of as many backticks. What is left is what has an effect.
func prose(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		run := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(run) >= 3 && !strings.Contains(line[len(run):], "`"):
			fence = run
		case fence != "" && strings.TrimRight(line, "\n") == fence:
			fence = ""
		case fence == "":
			b.WriteString(withoutCode(t, line))
		}
	}
	if fence != "" {
		t.Error("a block of code is not closed")
	}
	return b.String()
}

func withoutCode(t *testing.T, line string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] == '\\' && i+1 < len(line) {
			b.WriteString(line[i : i+2])
			i += 2
			continue
		}
		if line[i] != '`' {
			b.WriteByte(line[i])
			i++
			continue
		}
		run := backticks(line[i:])
		end := i + run
		for end < len(line) && (line[end] != '`' || backticks(line[end:]) != run) {
			end += max(1, backticks(line[end:]))
		}
		if end >= len(line) {
			t.Errorf("code is not closed: %.200q", line)
			return b.String()
		}
		b.WriteString("CODE")
		i = end + run
	}
	return b.String()
}

func backticks(s string) int { return len(s) - len(strings.TrimLeft(s, "`")) }

var (
	tag       = regexp.MustCompile(`<[^ >]*>?`)
	link      = regexp.MustCompile(`(?:^|[^\\])\[[^\]]*\]\(([^)]*)\)`)
	effective = regexp.MustCompile(`(^|[^\\])[*_~$|\[\]]`)
	mention   = regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]`)
	// How a violation stands to the baseline is bold, and what is waived is struck.
	states = regexp.MustCompile(`^- (\*\*(new|changed)(, [0-9]+ (came|went))*:\*\* )?(~~)?`)
	ours   = regexp.MustCompile(`^(- )?\[[^\]]*\]\(https://[^)]*\)\n?$|^\*\*.*\*\*\n?$|^\|.*\|\n?$`)
)

func TestWrite(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			out := write(t, c.Report)
			reporttest.CheckText(t, []byte(out))
			if len(out) >= 1<<20 {
				t.Errorf("the summary has %d bytes", len(out))
			}
			text := prose(t, out)
			for _, found := range tag.FindAllString(text, -1) {
				if !slices.Contains([]string{"<details>", "</details>", "<summary>", "</summary>", "<br>"}, found) {
					t.Errorf("the HTML %q is not ours", found)
				}
			}
			if strings.Count(text, "<details>") != strings.Count(text, "</details>") {
				t.Error("a fold is not closed")
			}
			for _, found := range link.FindAllStringSubmatch(text, -1) {
				if !strings.HasPrefix(found[1], "https://learn.microsoft.com/") {
					t.Errorf("the link to %s is not ours", found[1])
				}
			}
			for line := range strings.Lines(strings.ReplaceAll(text, "&#8203;", "\u200b")) {
				if found := mention.FindString(line); found != "" {
					t.Errorf("%q mentions somebody or something: %.200q", found, line)
				}
				if strings.HasPrefix(line, "| ") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 7 {
					t.Errorf("the table is broken: %q", line)
				}
				line = states.ReplaceAllString(strings.Replace(line, "~~ Waived until ", " Waived until ", 1), "- ")
				if !ours.MatchString(line) && effective.MatchString(line) {
					t.Errorf("something is formatted: %.200q", line)
				}
			}
		})
	}
}

// TestWaiversAndDrift: what is waived is struck and says by whom, what is new is
// marked, and what went is listed.
func TestWaiversAndDrift(t *testing.T) {
	out := write(t, reporttest.Drift())
	for _, part := range []string{
		"Since 2026-11-15: 1 new, 1 changed, 1 fixed.",
		"Waivers: waivers.yaml, as of 2026-11-22: 1 in force, 1 lapsed by growth.",
		"- ~~The rule '`Allow web and modern`' (priority 2) lets legacy clients in from `Any zone`.~~ Waived until 2027-01-31 by `mail-team@harbourfreight.example`: `the partner replaces the scanners in January` (`CHG-4711`).<br>",
		"- **new:** The domain '`harbourfreight.example`' is managed",
		"- **changed, 2 came:** POP is enabled on 12 mailboxes.",
		"### Fixed since the baseline\n\n#### FED-003 (high)",
	} {
		if !strings.Contains(strings.ReplaceAll(out, "\\", ""), part) {
			t.Errorf("the summary lacks %q:\n%s", part, out)
		}
	}
}

func TestSummary(t *testing.T) {
	out := write(t, reporttest.Mixed())
	order := 0
	for _, part := range []string{
		"## Postern: FAIL\n\n**4 of 9 controls fail (1 critical, 2 high, 1 medium), 3 not judged.**\n",
		"`Harbour Freight Lines` (`harbourfreight.onmicrosoft.com`",
		"| C. Disable legacy protocols | 1 | 0 | 0 | 1 | 0 |\n",
		"| The whole: every way into the mail | 0 | 1 | 0 | 0 | 0 |\n",
		"### Findings\n\n#### SIGNON-001 (critical) No legacy client is let in\n",
		"  3. The rule '`Allow web and modern`' matches and allows. (`evidence/snapshot.json:640`)\n",
		"#### FED-001 (high)",
		"`evidence/snapshot.json:41` domain '`harbourfreight.example`'",
		"#### PROTO-001 (medium)",
		"<details><summary>12 mailboxes</summary>\n\n- `user000000@harbourfreight.example` line 800\n",
		"```powershell\nGet-CASMailbox -ResultSize Unlimited -Filter \"PopEnabled -eq 'True'\" |\n    Set-CASMailbox -PopEnabled $false\n```\n",
		"### Not judged in full\n\n#### ACCESS-001 (critical)",
		"#### FED-001 (high)",
		"<br>`evidence/snapshot.json:812` `user000000@harbourfreight.example` and 6 more<br>Collect again;",
		"### What would close the gaps\n",
		"- `okta.access_policies` (denied), for SIGNON-010<br>Grant `okta.policies.read` so that",
		"### Notes\n\n#### FED-003",
		"Exit status 3: ",
		"Application permissions and on-premises mailboxes are out of scope.",
	} {
		i := strings.Index(out[order:], part)
		if i < 0 {
			t.Fatalf("the summary lacks, or holds in another place, %q:\n%s", part, out)
		}
		order += i + len(part)
	}
}

func TestPopulationIsSampled(t *testing.T) {
	out := write(t, reporttest.Population(100_000))
	if !strings.Contains(out, "<summary>100000 mailboxes</summary>") || !strings.Contains(out, "- and 99950 more of them") {
		t.Errorf("the summary is %.2000s", out)
	}
	if len(out) > 10_000 {
		t.Errorf("the summary has %d bytes", len(out))
	}
}

// TestLimit writes more findings than a summary can hold.
func TestLimit(t *testing.T) {
	report := reporttest.Mixed()
	for i := range 2_000 {
		control, result := report.Controls[3], report.Results[3]
		control.ID = fmt.Sprintf("MANY-%04d", i)
		result.Control = control.ID
		report.Controls = append(report.Controls, control)
		report.Results = append(report.Results, result)
	}
	out := write(t, report)
	if len(out) >= 1<<20 || len(out) < 900_000 {
		t.Errorf("the summary has %d bytes", len(out))
	}
	if !regexp.MustCompile(`\*\*\d+ sections are left out here, because GitHub takes no summary of more than 1 MiB\.`).MatchString(out) {
		t.Error("the summary does not say that something is left out")
	}
	if !strings.Contains(out, "#### SIGNON-001 (critical)") || !strings.Contains(out, "Exit status 3") {
		t.Error("the gravest finding or the foot is left out")
	}
	if text := prose(t, out); strings.Count(text, "<details>") != strings.Count(text, "</details>") {
		t.Error("a fold is cut open")
	}
}

// TestOutcomesThatChanged: what can no longer be judged says how it ended before, and
// the head counts it.
func TestOutcomesThatChanged(t *testing.T) {
	out := strings.ReplaceAll(write(t, reporttest.Unjudged()), "\\", "")
	for _, part := range []string{
		"Since 2026-11-15: 0 new, 0 changed, 0 fixed, 1 can no longer be judged.",
		"- In the baseline: pass.\n",
	} {
		if strings.Count(out, part) != 1 {
			t.Errorf("%q stands there %d times:\n%s", part, strings.Count(out, part), out)
		}
	}
}
