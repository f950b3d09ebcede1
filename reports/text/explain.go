package text

import (
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// explain writes what a control is about and how to reach its good state.
func (p *printer) explain(control *finding.Control) {
	words, fix := &p.style.Lines, control.Remediation
	p.labelled(words.Why, control.Description)
	p.labelled(words.Fix, fix.Text)
	p.script(words.PowerShell, fix.PowerShell)
	p.script(words.Undo, fix.Undo)
	p.labelled(words.Console, fix.OktaConsole)
	p.script(words.API, fix.OktaAPI)
	var pages []string
	for _, link := range control.Related {
		pages = append(pages, escape.Line(link.URL))
	}
	p.script(words.See, strings.Join(pages, "\n"))
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
	summary, words := p.report.Summarize(), &p.style.Lines
	p.line("")
	p.wrapped("", 0, 0, words.Summary, bold)
	if len(p.report.Results) > 0 {
		p.item(words.Controls + p.style.ByOutcome(summary) + ".")
	}
	if failed := p.style.BySeverity(summary); failed != "" {
		p.item(words.Failed + failed + ".")
	}
	for _, about := range []string{p.style.Since(p.report), p.style.Waivers(p.report)} {
		if about != "" {
			p.item(about)
		}
	}
	if broken := p.broken(); len(broken) > 0 {
		p.item(words.BrokeList + strings.Join(broken, ", ") + ".")
	}
	if gaps := wording.Gaps(p.report); len(gaps) > 0 {
		p.item(strings.TrimSpace(words.NotKnown))
		for _, gap := range gaps {
			p.gap(gap)
		}
	}
	snapshot := p.report.Snapshot
	p.item(finding.Fill(words.Snapshot, finding.Args{
		"file": wording.Place(p.report, nil), "source": escape.Line(snapshot.Source), "mailboxes": p.style.MailboxCount(snapshot.Mailboxes),
	}, 0, ""))
	p.wrapped(spaces(4), 4, 4, "SHA-256 "+snapshot.SHA256, plain)
	p.item(words.JudgedBy + escape.Line(p.report.Tool.Name+" "+p.report.Tool.Version) + ".")
	p.item(words.ScopeLabel + p.style.Scope)
	status, meaning := p.style.Exit(p.report)
	p.item(finding.Fill(words.ExitStatus, finding.Args{"n": status}, status, "") + meaning + ".")
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
	what := p.style.Lines.LeftOpen
	switch {
	case gap.Entry != nil:
		what = escape.Line(gap.Entry.Name) + " (" + escape.Line(p.style.Status(gap.Entry.Status)) + ")"
	case gap.Evidence != "":
		what = escape.Line(gap.Evidence)
	}
	p.wrapped(spaces(4), 4, 6, escape.Cut(what, wording.MaxName)+": "+strings.Join(gap.Controls, ", "), plain)
	if advice := p.style.Advice(gap.Entry); advice != "" {
		p.wrapped(spaces(6)+"-> ", 9, 9, advice, dim)
	}
}

func (p *printer) item(s string) { p.wrapped("  ", 2, 4, s, plain) }
