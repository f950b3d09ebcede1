package text

import (
	"bufio"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// Catalogue writes the controls by the whitepaper's steps, a line each.
func Catalogue(w io.Writer, controls []finding.Control, options Options) error {
	p := newCataloguer(w, controls, options)
	for _, step := range finding.Steps() {
		written := false
		for i := range controls {
			c := &controls[i]
			if c.Step != step.ID {
				continue
			}
			if !written {
				p.line("")
				p.wrapped("", 0, 0, p.style.StepTitle(step.ID), bold)
				written = true
			}
			lead := "  " + pad(c.ID, p.ids) + "  " + p.paint.severity(c.Severity, pad(p.style.Severity(c.Severity), severityWidth)) + "  "
			column := 2 + p.ids + 2 + severityWidth + 2
			p.wrapped(lead, column, column, escape.Line(c.Title), plain)
		}
	}
	p.line("")
	p.wrapped("", 0, 0, finding.Fill(p.style.Lines.CatalogueEnd, finding.Args{"n": len(controls)}, len(controls), ""), dim)
	return p.w.Flush()
}

// Control writes one control in full.
func Control(w io.Writer, c *finding.Control, options Options) error {
	p := newCataloguer(w, []finding.Control{*c}, options)
	p.wrapped("", 0, 0, escape.Line(c.ID+"  "+c.Title), bold)
	p.line("")
	words := &p.style.Lines
	facts := [][2]string{
		{words.Severity, p.style.Severity(c.Severity)}, {words.Step, p.style.StepTitle(c.Step)}, {words.Slug, c.Area + "/" + c.Slug},
		{words.Needs, strings.Join(c.Needs, ", ")}, {words.Optional, strings.Join(c.Optional, ", ")},
	}
	for _, fact := range facts {
		if fact[1] != "" {
			p.wrapped(p.paint.dim(pad(fact[0], factWidth)), factWidth, factWidth, escape.Line(fact[1]), plain)
		}
	}
	for _, m := range c.Mappings {
		text := strings.TrimSuffix(m.Framework+" "+m.ID+": "+m.Title, ": ")
		p.wrapped(p.paint.dim(pad(words.Answers, factWidth)), factWidth, factWidth, escape.Line(text), plain)
	}
	p.line("")
	p.explain(c)
	return p.w.Flush()
}

// factWidth is the column in which a fact about a control starts.
const factWidth = 16

func newCataloguer(w io.Writer, controls []finding.Control, options Options) *printer {
	if options.Width == 0 {
		options.Width = defaultWidth
	}
	report := &finding.Report{Controls: controls}
	return &printer{
		w: bufio.NewWriter(w), width: max(options.Width, minWidth), paint: painter{options.Color},
		style: wording.Plain().In(wording.For(options.Language)), report: report, ids: idWidth(report),
	}
}
