package text

import (
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// explain writes what a control is about and how to reach its good state.
func (p *printer) explain(control *finding.Control) {
	p.labelled("Why: ", control.Description)
	fix := control.Remediation
	p.labelled("Fix: ", fix.Text)
	p.script("PowerShell:", fix.PowerShell)
	p.script("To undo:", fix.Undo)
	p.labelled("In Okta's console: ", fix.OktaConsole)
	p.script("By Okta's API:", fix.OktaAPI)
	var pages []string
	for _, link := range control.Related {
		pages = append(pages, escape.Line(link.URL))
	}
	p.script("See:", strings.Join(pages, "\n"))
}

func (p *printer) labelled(label, s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	s = escape.Line(strings.Join(strings.Fields(s), " "))
	p.wrapped(spaces(body)+p.paint.dim(label), body+len(label), body+2, s, plain)
}

// script writes lines that will be copied or clicked: they are not wrapped.
func (p *printer) script(label, s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	p.line(spaces(body) + p.paint.dim(label))
	for line := range strings.Lines(escape.Lines(s)) {
		p.line(spaces(body+2) + strings.TrimRight(line, " \n"))
	}
}

// summary counts, says what is missing, and ends with the exit status.
func (p *printer) summary() {
	summary := p.report.Summarize()
	p.line("")
	p.wrapped("", 0, 0, "Summary", bold)
	if len(p.report.Results) > 0 {
		p.item("Controls: " + wording.ByOutcome(summary) + ".")
	}
	if failed := wording.BySeverity(summary); failed != "" {
		p.item("Failed: " + failed + ".")
	}
	if broken := p.broken(); len(broken) > 0 {
		p.item("Broke: " + strings.Join(broken, ", ") + ".")
	}
	if gaps := wording.Gaps(p.report); len(gaps) > 0 {
		p.item("Not known:")
		for _, gap := range gaps {
			p.gap(gap)
		}
	}
	snapshot := p.report.Snapshot
	p.item("Snapshot: " + wording.Place(p.report, nil) + ", by " + escape.Line(snapshot.Source) + ", " + mailboxes(snapshot.Mailboxes) + ",")
	p.wrapped(spaces(4), 4, 4, "SHA-256 "+snapshot.SHA256, plain)
	p.item("Judged by " + escape.Line(p.report.Tool.Name+" "+p.report.Tool.Version) + ".")
	p.item("Scope: " + wording.Scope)
	status, meaning := wording.Exit(p.report)
	p.item("Exit status " + strconv.Itoa(status) + ": " + meaning + ".")
}

func (p *printer) broken() []string {
	var ids []string
	for i := range p.report.Results {
		if p.report.Results[i].Outcome == finding.Error {
			ids = append(ids, p.report.Results[i].Control)
		}
	}
	return ids
}

func (p *printer) gap(gap wording.Gap) {
	what := "what the evidence leaves open"
	switch {
	case gap.Entry != nil:
		what = escape.Line(gap.Entry.Name) + " (" + escape.Line(gap.Entry.Status) + ")"
	case gap.Evidence != "":
		what = escape.Line(gap.Evidence)
	}
	p.wrapped(spaces(4), 4, 6, escape.Cut(what, wording.MaxName)+": "+strings.Join(gap.Controls, ", "), plain)
	if advice := p.style.Advice(gap.Entry); advice != "" {
		p.wrapped(spaces(6)+"-> ", 9, 9, advice, dim)
	}
}

func mailboxes(n int) string {
	if n < 0 {
		return "without a list of mailboxes"
	}
	return finding.CountNoun(n, "mailbox")
}

func (p *printer) item(s string) { p.wrapped("  ", 2, 4, s, plain) }
