// Package markdown writes a report as a job summary in GitHub's Markdown: the
// verdict, a table by step, the findings with what to do folded below them, and
// what could not be judged.
//
// Names from the tenant stand as code, where nothing is formatted, nobody is
// mentioned, and from where they can be copied. The summary stays under GitHub's
// limit of 1 MiB, above which all of it is thrown away, whatever the report
// holds: what has no place is counted and named.
//
// It must not know the snapshot, nor where the summary is shown.
package markdown

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/help"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

const (
	// maxBytes is how long the summary gets, below the limit of 1 MiB, so that
	// other lines of the same step have a place as well.
	maxBytes = 1_000_000
	// footBytes of them are kept for what ends the summary.
	footBytes = 4_000
	// maxShown is how many violations, reasons or notes of one control are shown.
	maxShown = 20
	// maxMembers is how many members of a population are listed.
	maxMembers = 50
)

// Write writes the report.
func Write(w io.Writer, report *finding.Report) error {
	d := &document{report: report, style: wording.Markdown()}
	d.head()
	d.sections("Findings", func(r *finding.Result) bool { return len(r.Violations) > 0 }, d.finding)
	d.sections("Fixed since the baseline", func(r *finding.Result) bool { return len(r.Fixed) > 0 }, d.fixed)
	d.sections("Not judged in full", func(r *finding.Result) bool {
		return r.Outcome == finding.Error || len(r.Unknowns) > 0
	}, d.unknown)
	d.gaps()
	d.sections("Notes", func(r *finding.Result) bool { return len(r.Notes) > 0 }, d.notes)
	d.foot()
	if _, err := io.WriteString(w, d.text.String()); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

// document is the summary as far as it is written.
type document struct {
	report *finding.Report
	style  wording.Style
	text   strings.Builder
	// leftOut counts the sections that had no place.
	leftOut int
}

// add adds a whole section, so that no fold and no block of code is cut open, or
// counts it where there is no place left.
func (d *document) add(section string) {
	if d.text.Len()+len(section) > maxBytes-footBytes {
		d.leftOut++
		return
	}
	d.text.WriteString(section)
}

func (d *document) head() {
	_, word, sentence := d.style.Verdict(d.report)
	d.add("## Postern: " + word + "\n\n**" + escape.Markdown(sentence) + "**\n\n" +
		d.style.Tenant(&d.report.Tenant) + ", snapshot " + d.file(nil) + " of " + d.report.Snapshot.CollectedAt + "\n\n")
	for _, about := range []string{d.style.Since(d.report), d.style.Waivers(d.report)} {
		if about != "" {
			d.add(escape.Markdown(about) + "\n\n")
		}
	}
	if len(d.report.Results) == 0 {
		return
	}
	var table strings.Builder
	table.WriteString("| Step | Fail | Error | Unknown | N/A | Pass |\n|:--|--:|--:|--:|--:|--:|\n")
	for _, group := range d.style.Groups(d.report) {
		counts := map[finding.Outcome]int{}
		for _, i := range group.Results {
			counts[d.report.Results[i].Outcome]++
		}
		title := group.Step.Title
		if len(group.Step.ID) == 1 {
			title = group.Step.ID + ". " + title
		}
		table.WriteString("| " + escape.Markdown(title))
		for _, outcome := range []finding.Outcome{finding.Fail, finding.Error, finding.Unknown, finding.NotApplicable, finding.Pass} {
			table.WriteString(" | " + strconv.Itoa(counts[outcome]))
		}
		table.WriteString(" |\n")
	}
	d.add(table.String() + "\n")
}

// sections writes a heading and a section for each control that has one, the
// gravest first.
func (d *document) sections(heading string, has func(*finding.Result) bool, section func(i int) string) {
	var order []int
	for i := range d.report.Results {
		if has(&d.report.Results[i]) {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return d.report.Controls[i].Severity.Rank() - d.report.Controls[j].Severity.Rank()
	})
	d.add("### " + heading + "\n\n")
	for _, i := range order {
		d.add(section(i))
	}
}

// title is a control's heading.
func (d *document) title(i int) string {
	control := &d.report.Controls[i]
	return "#### " + escape.Markdown(control.ID) + " (" + string(control.Severity) + ") " +
		escape.Markdown(escape.Cut(control.Title, 2*wording.MaxName)) + "\n\n"
}

// before says how a control ended in the baseline, where that was otherwise.
func (d *document) before(i int) string {
	text := d.style.WasBefore(&d.report.Results[i])
	if text == "" {
		return ""
	}
	return "- " + escape.Markdown(text) + ".\n"
}

func (d *document) finding(i int) string {
	control, violations := &d.report.Controls[i], wording.OpenFirst(&d.report.Results[i])
	var b strings.Builder
	b.WriteString(d.title(i) + d.before(i))
	for _, v := range violations[:min(len(violations), maxShown)] {
		b.WriteString(d.violation(control, v))
	}
	b.WriteString(more(len(violations), maxShown, "violations") + "\n")
	for _, v := range violations[:min(len(violations), maxShown)] {
		if v.Members != nil {
			b.WriteString(d.members(v.Members))
		}
	}
	if text := help.Markdown(control); text != "" {
		b.WriteString(fold("Why it matters, and what to do", text))
	}
	return b.String()
}

func (d *document) violation(control *finding.Control, v *finding.Violation) string {
	var b strings.Builder
	sentence := d.style.Violation(control, v)
	if v.Waiver != nil {
		sentence = "~~" + sentence + "~~ " + d.style.Waiver(v.Waiver)
	}
	if v.State == finding.New || v.State == finding.Changed {
		sentence = "**" + escape.Markdown(d.style.State(d.report, v)) + ":** " + sentence
	}
	b.WriteString("- " + sentence + "<br>" + d.place(v))
	if subject := d.style.Subject(&v.Resource); v.Members == nil && subject != "" {
		b.WriteString(" " + subject)
	}
	if v.Snippet != "" {
		snippet := strings.Join(strings.Fields(v.Snippet), " ")
		b.WriteString("<br>" + escape.MarkdownCode(escape.Cut(snippet, wording.MaxName)))
	}
	b.WriteString("\n")
	for i := range v.Steps[:min(len(v.Steps), maxShown)] {
		step := &v.Steps[i]
		b.WriteString("  " + strconv.Itoa(i+1) + ". " + d.style.TraceStep(control, step))
		if step.Region != nil {
			b.WriteString(" (" + d.file(step.Region) + ")")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (d *document) fixed(i int) string {
	control, fixed := &d.report.Controls[i], d.report.Results[i].Fixed
	var b strings.Builder
	b.WriteString(d.title(i))
	for j := range fixed[:min(len(fixed), maxShown)] {
		b.WriteString("- " + d.style.Violation(control, &fixed[j]))
		if subject := d.style.Subject(&fixed[j].Resource); fixed[j].Members == nil && subject != "" {
			b.WriteString("<br>" + subject)
		}
		b.WriteString("\n")
	}
	b.WriteString(more(len(fixed), maxShown, "violations") + "\n")
	return b.String()
}

func (d *document) members(members *finding.Members) string {
	var b strings.Builder
	for _, member := range members.First(maxMembers) {
		b.WriteString("- " + d.style.Member(&member))
		if member.Line > 0 {
			b.WriteString(" line " + strconv.Itoa(member.Line))
		}
		b.WriteString("\n")
	}
	b.WriteString(more(members.Len(), maxMembers, "of them"))
	return fold(finding.CountNoun(members.Len(), members.Population()), b.String())
}

func (d *document) unknown(i int) string {
	control, result := &d.report.Controls[i], &d.report.Results[i]
	var b strings.Builder
	b.WriteString(d.title(i) + d.before(i))
	if result.Outcome == finding.Error {
		b.WriteString("- The control broke: " + escape.MarkdownCode(escape.Cut(result.Error, 500)) + "\n")
	}
	for j := range result.Unknowns[:min(len(result.Unknowns), maxShown)] {
		reason := &result.Unknowns[j]
		entry := wording.Entry(d.report, reason)
		b.WriteString("- " + d.style.Reason(control, reason, entry) + d.about(reason))
		if remedy := d.style.Remedy(reason, entry); remedy != "" {
			b.WriteString("<br>" + remedy)
		}
		b.WriteString("\n")
	}
	b.WriteString(more(len(result.Unknowns), maxShown, "reasons") + "\n")
	return b.String()
}

// about says where a reason's subject stands, and what it is.
func (d *document) about(reason *finding.Reason) string {
	subject := d.style.About(reason)
	switch {
	case reason.Region == nil && subject == "":
		return ""
	case subject == "":
		return "<br>" + d.file(reason.Region)
	}
	return "<br>" + d.file(reason.Region) + " " + subject
}

func (d *document) gaps() {
	var b strings.Builder
	for _, gap := range wording.Gaps(d.report) {
		if gap.Entry == nil || d.style.Advice(gap.Entry) == "" {
			continue
		}
		name := escape.MarkdownCode(escape.Cut(gap.Entry.Name, wording.MaxName))
		controls := escape.Cut(strings.Join(gap.Controls, ", "), 1_000)
		b.WriteString("- " + name + " (" + escape.Markdown(gap.Entry.Status) + "), for " + escape.Markdown(controls) + "<br>" + d.style.Advice(gap.Entry) + "\n")
	}
	if b.Len() > 0 {
		d.add("### What would close the gaps\n\n" + b.String() + "\n")
	}
}

func (d *document) notes(i int) string {
	control, notes := &d.report.Controls[i], d.report.Results[i].Notes
	var b strings.Builder
	b.WriteString(d.title(i))
	for j := range notes[:min(len(notes), maxShown)] {
		b.WriteString("- " + d.style.Reason(control, &notes[j], wording.Entry(d.report, &notes[j])) + d.about(&notes[j]) + "\n")
	}
	b.WriteString(more(len(notes), maxShown, "notes") + "\n")
	return b.String()
}

// foot ends the summary. It is short, so it always has a place.
func (d *document) foot() {
	if d.leftOut > 0 {
		fmt.Fprintf(&d.text, "**%d sections are left out here, because GitHub takes no summary of more than 1 MiB. The json and csv reports hold everything.**\n\n", d.leftOut)
	}
	status, meaning := d.style.Exit(d.report)
	tool := escape.MarkdownCode(escape.Cut(d.report.Tool.Name+" "+d.report.Tool.Version, wording.MaxName))
	fmt.Fprintf(&d.text, "Exit status %d: %s. Judged by %s, snapshot SHA-256 `%s`. %s\n",
		status, escape.Markdown(meaning), tool, d.report.Snapshot.SHA256, escape.Markdown(d.style.Scope))
}

// place is where a violation stands, as code.
func (d *document) place(v *finding.Violation) string {
	if _, _, ok := wording.WaiverPlace(d.report, &v.Resource); ok {
		return escape.MarkdownCode(escape.Cut(wording.PlaceOf(d.report, &v.Resource, nil), wording.MaxName))
	}
	return d.file(v.Region)
}

// file is a place as code.
func (d *document) file(region *finding.Region) string {
	place := escape.Cut(d.report.Snapshot.URI, wording.MaxName)
	if region != nil {
		place += ":" + strconv.Itoa(region.StartLine)
	}
	return escape.MarkdownCode(place)
}

// fold hides text below a line of Postern's own. The empty lines are what makes
// the text Markdown again.
func fold(summary, text string) string {
	return "<details><summary>" + summary + "</summary>\n\n" + strings.TrimRight(text, "\n") + "\n\n</details>\n\n"
}

// more says how many of n are not shown.
func more(n, shown int, what string) string {
	if n <= shown {
		return ""
	}
	return "- and " + strconv.Itoa(n-shown) + " more " + what + ", which the json and csv reports list\n"
}
