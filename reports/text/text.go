// Package text writes a report for people: in a terminal, at any width from 40
// columns, with or without colour.
//
// Its own words are ASCII, so that an old Windows console shows them. Scripts in
// the remediation are not wrapped, so that they can be copied.
//
// It must not know where the report came from, nor the terminal: whoever calls
// it says how wide it is and whether it shows colour.
package text

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// Options say how the report is shown, never what it says. The zero value is
// good for a file.
type Options struct {
	// Color switches colours on, as ANSI sequences.
	Color bool
	// Width is in columns; 0 stands for 80, less than 40 for 40.
	Width int
	// Explain adds what a control is about and what to do to each that does not
	// pass.
	Explain bool
	// Language is that of Postern's own words, nil for English. The controls of the
	// report bring theirs.
	Language *finding.Language
	// Verbose gives each control that passes or does not apply a line of its own.
	Verbose bool
}

const (
	defaultWidth = columns.Terminal
	minWidth     = 40
	// maxShown is how many violations, reasons or notes of one control are shown.
	maxShown = 20
	// maxSample is how many members of a population are named.
	maxSample     = 3
	severityWidth = 8
	// minTitle is how many columns a title takes at least.
	minTitle = 20
	// body is the column in which a control's details start, detail the one
	// behind their dash.
	body   = 11
	detail = body + 2
)

// Write writes the report. The verdict is its first line, the exit status its
// last.
func Write(w io.Writer, report *finding.Report, options Options) error {
	if options.Width == 0 {
		options.Width = defaultWidth
	}
	p := &printer{
		w:      bufio.NewWriter(w),
		width:  max(options.Width, minWidth),
		paint:  painter{options.Color},
		style:  wording.Plain().In(wording.For(options.Language)),
		report: report,
		ids:    idWidth(report),
	}
	p.head()
	for _, group := range p.style.Groups(report) {
		p.group(group, options)
	}
	p.summary()
	return p.w.Flush()
}

// idWidth is how wide the column of control ids is.
func idWidth(report *finding.Report) int {
	widest := 0
	for i := range report.Controls {
		widest = max(widest, len(report.Controls[i].ID))
	}
	return widest
}

func (p *printer) head() {
	outcome, word, sentence := p.style.Verdict(p.report)
	p.wrapped(p.paint.verdict(outcome, word)+": ", len(word)+2, 0, sentence, plain)
	when := strings.NewReplacer("T", " ", "Z", " UTC").Replace(p.report.Snapshot.CollectedAt)
	p.wrapped("", 0, 0, p.style.Tenant(&p.report.Tenant)+", "+when, dim)
	p.worst()
}

// worst says what matters most, for whoever reads no further.
func (p *printer) worst() {
	worst := p.style.Worst(p.report)
	if len(worst) == 0 {
		return
	}
	p.line("")
	p.wrapped("", 0, 0, p.style.Lines.WorstFirst, bold)
	for i := range worst {
		grave := &worst[i]
		id := p.style.Marks[finding.Unknown]
		if grave.Control != nil {
			id = grave.Control.ID
		}
		severity := pad(p.style.Severity(grave.Severity), severityWidth)
		lead := "  " + pad(id, p.ids) + "  " + p.paint.severity(grave.Severity, severity) + "  "
		start := 2 + p.ids + 2 + severityWidth + 2
		if p.width-start < minTitle {
			p.line(strings.TrimRight(lead, " "))
			lead, start = spaces(4), 4
		}
		p.wrapped(lead, start, start, escape.Cut(p.style.GraveSentence(grave), 3*wording.MaxName), plain)
	}
}

// group writes a step: first the controls that have something to say, then one
// line for those that pass and one for those that do not apply.
func (p *printer) group(group wording.Group, options Options) {
	p.line("")
	p.wrapped("", 0, 0, p.style.StepTitle(group.Step.ID), bold)
	quiet := map[finding.Outcome][]string{}
	explained := false
	for _, i := range group.Results {
		control, result := &p.report.Controls[i], &p.report.Results[i]
		settled := result.Outcome == finding.Pass || result.Outcome == finding.NotApplicable
		if settled && !options.Verbose && len(result.Notes)+len(result.Fixed) == 0 && p.style.WasBefore(result) == "" {
			quiet[result.Outcome] = append(quiet[result.Outcome], control.ID)
			continue
		}
		if explained {
			p.line("")
		}
		p.control(control, result)
		p.details(control, result)
		if explained = options.Explain && !settled; explained {
			p.explain(control)
		}
	}
	for _, outcome := range []finding.Outcome{finding.NotApplicable, finding.Pass} {
		if ids := quiet[outcome]; len(ids) > 0 {
			p.wrapped("  "+p.status(outcome)+" ", body, body, strings.Join(ids, ", "), dim)
		}
	}
}

// control writes the line that every control can have: how it ended, which it
// is, how much it matters. Where little is left of the line, the title gets one
// of its own.
func (p *printer) control(control *finding.Control, result *finding.Result) {
	severity := pad(p.style.Severity(control.Severity), severityWidth)
	lead := "  " + p.status(result.Outcome) + " " + pad(control.ID, p.ids) + "  " + p.paint.severity(control.Severity, severity) + "  "
	indent := body + p.ids + 2 + severityWidth + 2
	if p.width-indent < minTitle {
		p.line(strings.TrimRight(lead, " "))
		lead, indent = spaces(body), body
	}
	weight := plain
	switch {
	case result.Waived():
		weight = dim
	case result.Outcome == finding.Fail || result.Outcome == finding.Error:
		weight = bold
	}
	title := escape.Cut(escape.Line(control.Title), 2*wording.MaxName)
	if title == "" {
		title = p.style.Lines.NoTitle
	}
	p.wrapped(lead, indent, indent, title, weight)
}

func (p *printer) status(outcome finding.Outcome) string {
	return p.paint.outcome(outcome, pad(p.style.Marks[outcome], 8))
}

// details writes why the control ended as it did.
func (p *printer) details(control *finding.Control, result *finding.Result) {
	words := &p.style.Lines
	if before := p.style.WasBefore(result); before != "" {
		p.text(before + ".")
	}
	if result.Error != "" {
		p.text(words.Broke + escape.Cut(escape.Line(result.Error), 500))
	}
	for _, v := range wording.OpenFirst(result)[:min(len(result.Violations), maxShown)] {
		p.violation(control, v)
	}
	p.more(len(result.Violations), words.MoreViolations)
	for i := range result.Fixed[:min(len(result.Fixed), maxShown)] {
		p.text(words.Fixed + p.style.Violation(control, &result.Fixed[i]))
	}
	p.more(len(result.Fixed), words.MoreViolations)
	label := ""
	if result.Outcome != finding.Unknown {
		label = words.NotKnown
	}
	for i := range result.Unknowns[:min(len(result.Unknowns), maxShown)] {
		p.unknown(label, control, &result.Unknowns[i])
	}
	p.more(len(result.Unknowns), words.MoreReasons)
	for i := range result.NotApplicable[:min(len(result.NotApplicable), maxShown)] {
		p.text(p.style.Reason(control, &result.NotApplicable[i], nil))
		p.about(&result.NotApplicable[i])
	}
	p.more(len(result.NotApplicable), words.MoreReasons)
	for i := range result.Notes[:min(len(result.Notes), maxShown)] {
		note := &result.Notes[i]
		p.text(words.Note + p.style.Reason(control, note, wording.Entry(p.report, note)))
		p.about(note)
	}
	p.more(len(result.Notes), words.MoreNotes)
}

func (p *printer) violation(control *finding.Control, v *finding.Violation) {
	sentence := p.style.Violation(control, v)
	if v.State == finding.New || v.State == finding.Changed {
		sentence += " (" + p.style.State(p.report, v) + ")"
	}
	if v.Waiver == nil {
		p.text(sentence)
	} else {
		p.wrapped(spaces(body)+"- ", detail, detail, p.style.Lines.WaivedMark+sentence, struck)
		p.wrapped(spaces(detail), detail, detail+2, p.style.Waiver(v.Waiver), plain)
	}
	place, subject := wording.PlaceOf(p.report, &v.Resource, v.Region), p.style.Subject(&v.Resource)
	if v.Members != nil {
		subject = p.sample(v.Members)
	}
	p.located(place, subject)
	if v.Snippet != "" {
		snippet := strings.Join(strings.Fields(v.Snippet), " ")
		p.faint(escape.Cut(escape.Line(snippet), p.width-detail))
	}
	for i := range v.Steps[:min(len(v.Steps), maxShown)] {
		step := &v.Steps[i]
		place := ""
		if step.Region != nil {
			place = " (" + wording.Place(p.report, step.Region) + ")"
		}
		lead := strconv.Itoa(i+1) + ". "
		p.wrapped(spaces(detail+2)+lead, detail+2+len(lead), detail+2+len(lead), p.style.TraceStep(control, step)+place, plain)
	}
	p.more(len(v.Steps), p.style.Lines.MoreSteps)
}

// sample names as many of the first members as fit on one line, at least one.
func (p *printer) sample(members *finding.Members) string {
	for n := maxSample; n > 1; n-- {
		if names := p.style.Sample(members, n); columns.Count(names) <= p.width-detail {
			return names
		}
	}
	return p.style.Sample(members, 1)
}

func (p *printer) unknown(label string, control *finding.Control, reason *finding.Reason) {
	entry := wording.Entry(p.report, reason)
	p.text(label + p.style.Reason(control, reason, entry))
	p.about(reason)
	if advice := p.style.Remedy(reason, entry); advice != "" {
		p.wrapped(spaces(detail)+"-> ", detail+3, detail+3, advice, dim)
	}
}

// about writes where a reason's subject stands, and what it is.
func (p *printer) about(reason *finding.Reason) {
	if reason.Region == nil && reason.Resource == nil && reason.Members == nil {
		return
	}
	p.located(wording.Place(p.report, reason.Region), p.style.About(reason))
}

// located writes a place and what stands there, on one line if they fit.
func (p *printer) located(place, subject string) {
	switch {
	case subject == "":
		p.faint(place)
	case columns.Count(place)+2+columns.Count(subject) <= p.width-detail:
		p.faint(place + "  " + subject)
	default:
		p.faint(place)
		p.faint(subject)
	}
}

// more says how many of n are not shown.
func (p *printer) more(n int, template string) {
	if n > maxShown {
		p.text(finding.Fill(template, finding.Args{"n": n - maxShown}, n-maxShown, ""))
	}
}

// text writes one of a control's details.
func (p *printer) text(s string) { p.wrapped(spaces(body)+"- ", detail, detail, s, plain) }

// faint writes what belongs to the detail above it.
func (p *printer) faint(s string) { p.wrapped(spaces(detail), detail, detail+2, s, dim) }
