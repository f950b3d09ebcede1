package wording

import (
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Waiver says who lives with a violation, until when and why: "Waived until
// 2027-01-31 by mail-team: the scanners are replaced in January (CHG-7)." It is
// empty for no waiver.
func (s Style) Waiver(w *finding.Waiver) string {
	if w == nil {
		return ""
	}
	args := finding.Args{"expires": w.Expires, "owner": markName(w.Owner), "reason": markName(w.Reason), "ticket": markName(w.Ticket)}
	sentence := finding.Fill(s.Phrases.Waiver, args, 0, "")
	if w.Ticket != "" {
		sentence += finding.Fill(s.Phrases.Ticket, args, 0, "")
	}
	return s.render(stop(sentence))
}

// State says how a violation stands to the baseline: "new", or "changed, 2 came, 1
// went". It is empty where there is none.
func (w *Words) State(report *finding.Report, v *finding.Violation) string {
	word := map[finding.State]string{
		finding.New: w.Phrases.New, finding.Changed: w.Phrases.Changed, finding.Unchanged: w.Phrases.Unchanged,
	}[v.State]
	if word == "" || v.Drift == nil || v.State != finding.Changed {
		return word
	}
	parts := []string{word}
	if n := v.Drift.Added; n > 0 {
		parts = append(parts, count(w.Phrases.Came, n))
	}
	if n := v.Drift.Removed; n > 0 {
		parts = append(parts, count(w.Phrases.Went, n))
	}
	for _, ways := range []struct {
		template string
		names    []string
	}{{w.Phrases.NewWays, v.Drift.NewWays}, {w.Phrases.RemovedWays, v.Drift.RemovedWays}} {
		if len(ways.names) > 0 {
			parts = append(parts, Ways(report, ways.template, ways.names))
		}
	}
	return strings.Join(parts, ", ")
}

// Ways fills a template's {ways} with the protocols that ways are.
func Ways(report *finding.Report, template string, ways []string) string {
	var titles []string
	for _, name := range ways {
		titles = append(titles, report.Access.ProtocolTitle(name))
	}
	names := escape.Cut(escape.Line(strings.Join(titles, ", ")), MaxName)
	return finding.Fill(template, finding.Args{"ways": names}, 0, "")
}

// Since says what came and went since the baseline, as a sentence. It is empty where
// there is none.
func (w *Words) Since(report *finding.Report) string {
	if report.Baseline == nil {
		return ""
	}
	summary := report.Summarize()
	date, _, _ := strings.Cut(report.Baseline.Snapshot.CollectedAt, "T")
	template := w.Verdicts.SinceBaseline
	args := finding.Args{"date": date, "new": summary.New, "changed": summary.Changed, "fixed": summary.Fixed}
	lost := 0
	for i := range report.Results {
		if r := &report.Results[i]; w.WasBefore(r) != "" && (r.Outcome == finding.Unknown || r.Outcome == finding.Error) {
			lost++
		}
	}
	if summary.New+summary.Changed+summary.Fixed+lost == 0 {
		template = w.Verdicts.NothingChanged
	}
	sentence := capital(finding.Fill(template, args, 0, ""))
	if lost > 0 {
		sentence += ", " + count(w.Verdicts.NoLongerJudged, lost)
	}
	return sentence + "."
}

// WasBefore says how the control ended in the baseline, where that was otherwise. It
// is empty where it was not.
func (w *Words) WasBefore(result *finding.Result) string {
	if result.Before == "" || result.Before == result.Outcome {
		return ""
	}
	return finding.Fill(w.Page.WasBefore, finding.Args{"outcome": w.Outcome(result.Before)}, 0, "")
}

// Waivers says which waivers the report was judged by, and what became of them, as a
// sentence. It is empty where there are none.
func (w *Words) Waivers(report *finding.Report) string {
	if report.Waivers == nil {
		return ""
	}
	counts := map[finding.WaiverState]int{}
	for i := range report.Waivers.Entries {
		counts[report.Waivers.Entries[i].State]++
	}
	var parts []string
	for _, state := range finding.WaiverStates() {
		if n := counts[state]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+w.WaiverStates[state])
		}
	}
	if len(parts) == 0 {
		parts = []string{"0"}
	}
	return finding.Fill(w.Lines.Waivers, finding.Args{
		"file": escape.Line(report.Waivers.File), "date": report.Waivers.AsOf, "states": strings.Join(parts, ", "),
	}, 0, "")
}

// OpenFirst gives the violations of a result, those that nobody has waived first.
func OpenFirst(r *finding.Result) []*finding.Violation {
	var open, waived []*finding.Violation
	for i := range r.Violations {
		if v := &r.Violations[i]; v.Waiver == nil {
			open = append(open, v)
		} else {
			waived = append(waived, v)
		}
	}
	return append(open, waived...)
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
