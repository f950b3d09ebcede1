package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// Verdict is the whole report in a word and in a sentence without its word, and in
// the outcome that its colour goes by. Pass is said only where every control passes
// or does not apply; what says nothing about the tenant is unknown.
func (w *Words) Verdict(report *finding.Report) (outcome finding.Outcome, word, sentence string) {
	v := &w.Verdicts
	summary := report.Summarize()
	total := 0
	for _, n := range summary.ByOutcome {
		total += n
	}
	failed, passed := summary.ByOutcome[finding.Fail], summary.ByOutcome[finding.Pass]
	open := summary.ByOutcome[finding.Unknown] + summary.ByOutcome[finding.Error]
	say := func(template string, n int) string {
		args := finding.Args{"n": n, "controls": count(w.Phrases.Controls, total), "which": w.BySeverity(summary), "gate": report.FailOn}
		return finding.Fill(template, args, n, "")
	}
	switch {
	case total == 0:
		return finding.Unknown, v.Empty, v.NoControl + "."
	case failed > 0:
		sentence = say(v.FailSentence, failed)
		switch {
		case summary.Gate:
		case report.FailOn == "none":
			sentence += ", " + v.GateOff
		case report.FailOnNew:
			sentence += ", " + say(v.BelowGateButKnown, failed)
		case summary.Waived > 0:
			sentence += ", " + say(v.BelowGateButWaived, failed)
		default:
			sentence += ", " + say(v.BelowGate, failed)
		}
		if open > 0 {
			sentence += ", " + say(v.NotJudged, open)
		}
		if summary.Waived > 0 {
			sentence += ", " + count(v.Waived, summary.Waived)
		}
		return finding.Fail, v.Fail, sentence + "."
	case open > 0:
		return finding.Unknown, v.Incomplete, say(v.IncompleteSentence, open) + "."
	case passed == 0:
		return finding.NotApplicable, v.NotApplicable, v.NoneApplies + "."
	}
	sentence = say(v.PassSentence, passed)
	if passed < total {
		sentence += ", " + say(v.PartlyNotApplicable, total-passed)
	}
	return finding.Pass, v.Pass, sentence + "."
}

// BySeverity counts the failed controls: "1 critical, 2 low".
func (w *Words) BySeverity(summary finding.Summary) string {
	var parts []string
	for _, severity := range finding.Severities() {
		if n := summary.FailedBySeverity[severity]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w.Severity(severity)))
		}
	}
	return strings.Join(parts, ", ")
}

// ByOutcome counts the controls: "2 fail, 1 unknown, 30 pass".
func (w *Words) ByOutcome(summary finding.Summary) string {
	var parts []string
	for _, outcome := range finding.Outcomes() {
		if n := summary.ByOutcome[outcome]; n > 0 {
			parts = append(parts, finding.Fill(w.Phrases.Counted, finding.Args{"n": n, "what": w.Outcome(outcome)}, n, ""))
		}
	}
	return strings.Join(parts, ", ")
}

// Exit is the exit status that a check of this report ends with, and what it
// means.
func (w *Words) Exit(report *finding.Report) (status int, meaning string) {
	v := &w.Verdicts
	summary := report.Summarize()
	say := func(template string) string {
		return finding.Fill(template, finding.Args{"gate": report.FailOn}, 0, "")
	}
	switch {
	case len(summary.ByOutcome) == 0:
		return 0, v.ExitEmpty
	case summary.Gate:
		return 3, say(v.ExitGate)
	case summary.Incomplete:
		return 4, say(v.ExitIncomplete)
	default:
		return 0, say(v.ExitClean)
	}
}

// maxWorst is how many findings stand above the others.
const maxWorst = 3

// A Grave finding is one that stands above the others, or all that could not be judged.
type Grave struct {
	Severity finding.Severity
	// Control and Violation are nil for what could not be judged.
	Control   *finding.Control
	Violation *finding.Violation
	// Unknown is how many controls could not be judged, Which counts them by severity.
	Unknown int
	Which   string
}

// GraveSentence says what it is about, with a full stop.
func (s Style) GraveSentence(g *Grave) string {
	if g.Control == nil {
		return finding.Fill(s.Lines.NotJudgedFirst, finding.Args{"n": g.Unknown, "which": g.Which}, g.Unknown, "")
	}
	return s.Violation(g.Control, g.Violation)
}

// Worst gives the failed controls that weigh most, at most three, each with the
// largest of its violations that count for the gate: what is open as a whole before
// what it consists of, and what is waived not at all.
//
// All that could not be judged is one more, at the place that its severity gives it:
// where much is not known, what is known to fail is seldom what matters.
func (w *Words) Worst(report *finding.Report) []Grave {
	var worst []Grave
	for i := range report.Results {
		var most *finding.Violation
		for _, v := range OpenFirst(&report.Results[i]) {
			if v.Waiver == nil && (!report.FailOnNew || v.Worse()) && (most == nil || v.Count() > most.Count()) {
				most = v
			}
		}
		if most != nil {
			worst = append(worst, Grave{Severity: report.Controls[i].Severity, Control: &report.Controls[i], Violation: most})
		}
	}
	weight := func(g Grave) int { return g.Severity.Rank() }
	slices.SortStableFunc(worst, func(a, b Grave) int {
		return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(partly(a), partly(b)))
	})
	worst = worst[:min(len(worst), maxWorst)]
	if open := w.notJudged(report); open.Unknown > 0 && len(worst) > 0 {
		at := slices.IndexFunc(worst, func(g Grave) bool { return weight(g) > weight(open) })
		if at < 0 {
			at = len(worst)
		}
		worst = slices.Insert(worst, at, open)
	}
	return worst
}

// partly is 0 for a control about all ways into the mail, 1 for others.
func partly(g Grave) int {
	if g.Control.Step == "access" {
		return 0
	}
	return 1
}

// notJudged counts the controls that could not be judged.
func (w *Words) notJudged(report *finding.Report) Grave {
	open, counts := Grave{}, finding.Summary{FailedBySeverity: map[finding.Severity]int{}}
	for i := range report.Results {
		if o := report.Results[i].Outcome; o != finding.Unknown && o != finding.Error {
			continue
		}
		severity := report.Controls[i].Severity
		if open.Unknown == 0 || severity.Rank() < open.Severity.Rank() {
			open.Severity = severity
		}
		open.Unknown++
		counts.FailedBySeverity[severity]++
	}
	open.Which = w.BySeverity(counts)
	return open
}

// Group is the controls of one step.
type Group struct {
	Step finding.Step
	// Results are indexes into the report's results.
	Results []int
}

// Groups cuts the report's results by step, in the report's order. Idle ones are
// left out.
func (w *Words) Groups(report *finding.Report) []Group {
	var groups []Group
	for i := range report.Results {
		if report.Idle(i) {
			continue
		}
		id := report.Controls[i].Step
		if len(groups) == 0 || groups[len(groups)-1].Step.ID != id {
			groups = append(groups, Group{Step: finding.Step{ID: id, Title: w.Steps[id]}})
		}
		last := &groups[len(groups)-1]
		last.Results = append(last.Results, i)
	}
	return groups
}
