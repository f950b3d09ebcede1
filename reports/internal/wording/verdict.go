package wording

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// Verdict is the whole report in a word and in a sentence without its word.
// Pass is said only where every control passes or does not apply.
func Verdict(report *finding.Report) (word, sentence string) {
	summary := report.Summarize()
	total := len(report.Results)
	failed, passed := summary.ByOutcome[finding.Fail], summary.ByOutcome[finding.Pass]
	open := summary.ByOutcome[finding.Unknown] + summary.ByOutcome[finding.Error]
	switch {
	case total == 0:
		return "EMPTY", "no control was judged."
	case failed > 0:
		sentence = fmt.Sprintf("%d of %s (%s)", failed, verb(total, "control", "fails", "fail", failed), BySeverity(summary))
		if !summary.Gate {
			sentence += belowGate(report.FailOn)
		}
		if open > 0 {
			sentence += fmt.Sprintf(", %d not judged", open)
		}
		return "FAIL", sentence + "."
	case open > 0:
		return "INCOMPLETE", fmt.Sprintf("nothing fails, but %d of %s could not be judged: this is no pass.", open, plural(total, "control"))
	case passed == 0:
		return "NOT APPLICABLE", "no control applies to this tenant."
	}
	sentence = fmt.Sprintf("%d of %s", passed, verb(total, "control", "passes", "pass", passed))
	if passed < total {
		sentence += fmt.Sprintf(", %d not applicable", total-passed)
	}
	return "PASS", sentence + "."
}

// verb is "3 controls fail": the verb agrees with what it counts.
func verb(total int, noun, singular, several string, n int) string {
	if n == 1 {
		return plural(total, noun) + " " + singular
	}
	return plural(total, noun) + " " + several
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func belowGate(failOn string) string {
	if failOn == "none" {
		return ", the gate is off (fail-on none)"
	}
	return ", none at or above the gate (fail-on " + failOn + ")"
}

// BySeverity counts the failed controls: "1 critical, 2 low".
func BySeverity(summary finding.Summary) string {
	var parts []string
	for _, severity := range finding.Severities() {
		if n := summary.FailedBySeverity[severity]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	return strings.Join(parts, ", ")
}

// ByOutcome counts the controls: "2 fail, 1 unknown, 30 pass".
func ByOutcome(summary finding.Summary) string {
	var parts []string
	for _, outcome := range finding.Outcomes() {
		if n := summary.ByOutcome[outcome]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(outcome), "_", " ")))
		}
	}
	return strings.Join(parts, ", ")
}

// Exit is the exit status that a check of this report ends with, and what it
// means.
func Exit(report *finding.Report) (status int, meaning string) {
	summary := report.Summarize()
	switch {
	case len(report.Results) == 0:
		return 0, "there was no control to judge, which says nothing about the tenant"
	case summary.Gate:
		return 3, "a control fails at or above the gate (fail-on " + report.FailOn + ")"
	case summary.Incomplete:
		return 4, "no control fails at or above the gate (fail-on " + report.FailOn + "), but not all could be judged"
	default:
		return 0, "no control fails at or above the gate (fail-on " + report.FailOn + ") and all could be judged"
	}
}

// Group is the controls of one step.
type Group struct {
	Step finding.Step
	// Results are indexes into the report's results.
	Results []int
}

// Groups cuts the report's results by step, in the report's order.
func Groups(report *finding.Report) []Group {
	titles := map[string]string{}
	for _, step := range finding.Steps() {
		titles[step.ID] = step.Title
	}
	var groups []Group
	for i := range report.Results {
		id := report.Controls[i].Step
		if len(groups) == 0 || groups[len(groups)-1].Step.ID != id {
			groups = append(groups, Group{Step: finding.Step{ID: id, Title: titles[id]}})
		}
		last := &groups[len(groups)-1]
		last.Results = append(last.Results, i)
	}
	return groups
}
