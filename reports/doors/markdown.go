package doors

import (
	"bufio"
	"io"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/wording"
	"github.com/seed-07732396/postern/reports/matrix"
)

// Markdown writes the report for GitHub.
func Markdown(w io.Writer, r *Report, o Options) error {
	m := &markdownWriter{prose: newProse(r, wording.Markdown(), o.Language), w: bufio.NewWriter(w)}
	word, sentence := m.verdict()
	m.line("**" + word + "**: " + sentence)
	if s := m.scoped(); s != "" {
		m.paragraph(s)
	}
	m.gaps(r.Missing, "")
	if b := r.Before; b != nil {
		m.gaps(b.Missing, m.before+": ")
	}
	if err := m.matrix(); err != nil {
		return err
	}
	if r.Person != nil {
		m.person()
	} else {
		m.changeList()
		m.doors()
	}
	return m.w.Flush()
}

type markdownWriter struct {
	*prose
	w *bufio.Writer
}

func (m *markdownWriter) line(s string) {
	// A failed write shows when the buffer is flushed.
	m.w.WriteString(s)
	m.w.WriteByte('\n')
}

func (m *markdownWriter) paragraph(s string) { m.line("\n" + s) }

func (m *markdownWriter) gaps(list []finding.LedgerEntry, lead string) {
	if len(list) == 0 {
		return
	}
	m.paragraph(m.text(lead+m.missing) + "\n")
	for i := range list {
		m.line("- " + m.gap(&list[i]))
	}
}

func (m *markdownWriter) matrix() error {
	r := m.report
	if r.Matrix == nil {
		return nil
	}
	m.line("")
	if r.Before != nil && r.Before.Matrix != nil {
		return matrix.MarkdownPair(m.w, r.Before.Matrix, r.Matrix, m.matrixOptions())
	}
	return matrix.Markdown(m.w, r.Matrix, m.matrixOptions())
}

func (m *markdownWriter) changeList() {
	b := m.report.Before
	if b == nil {
		return
	}
	m.paragraph("### " + m.text(m.changes))
	m.paragraph(m.text(fill(m.moved, "both", m.mailboxes(b.Both), "came", number(b.Came), "gone", number(b.Gone))) + "\n")
	if len(b.Changes) == 0 {
		m.line(m.text(m.unchanged))
	}
	for i := range b.Changes {
		c := &b.Changes[i]
		s := m.change(c)
		if c.Opened() {
			s = "**" + m.text(m.label[c.After]) + "** " + s
		}
		m.line("- " + s)
	}
}

func (m *markdownWriter) doors() {
	loose, others := m.report.split()
	if len(loose) > 0 {
		m.paragraph("### " + m.text(m.open))
		for _, g := range grouped(loose) {
			m.paragraph("#### " + m.text(m.label[g.Outcome]+": ") + m.title(g.protocols, g.Method) + m.text(": "+m.mailboxes(g.Mailboxes)))
			m.paragraph(m.example(g.Door))
			m.detail(g)
		}
	}
	if len(others) == 0 || m.report.Scope.OpenOnly {
		return
	}
	m.paragraph("### " + m.text(m.locks) + "\n")
	for _, l := range lockLines(others) {
		s := "- " + m.title(l.protocols, l.method) + m.text(": ") + m.ends(l)
		for _, more := range []string{m.declaredOf(l.declared), m.lockedBy(l)} {
			if more != "" {
				s += "<br>" + more
			}
		}
		m.line(s)
	}
}

func (m *markdownWriter) detail(g *group) {
	if s := m.declaredOf(g.Declared); s != "" {
		m.paragraph(s)
	}
	m.line("")
	for i, own := range g.own {
		for j := range own {
			before := ""
			if len(g.own) > 1 {
				before = m.text(m.protocol(g.protocols[i]) + ": ")
			}
			m.line("1. " + before + m.step(&own[j]))
		}
	}
	for i := range g.shared {
		m.line("1. " + m.step(&g.shared[i]))
	}
	for i := range g.Reasons {
		m.paragraph(m.text(m.because) + m.step(&g.Reasons[i]))
	}
	if s := m.locksOf(g.Door); s != "" {
		m.paragraph(s)
	} else if g.loose() {
		m.paragraph(m.text(m.noLock))
	}
}

func (m *markdownWriter) person() {
	who := m.report.Person
	if who.LeftOut != "" {
		m.paragraph(m.known(m.leftOut, who.LeftOut))
	}
	if s := m.declaredOf(who.Declared); s != "" {
		m.paragraph(s)
	}
	for i := range m.report.Doors {
		d := &m.report.Doors[i]
		if d.Outcome == notOffered || m.report.Scope.OpenOnly && !d.loose() {
			continue
		}
		g := grouped([]*Door{d})[0]
		g.Declared = nil
		m.paragraph("#### " + m.title(g.protocols, g.Method) + m.text(": "+m.outcomeOf(d.Outcome)))
		if d.Witness != nil {
			m.paragraph(m.example(d))
		}
		m.detail(g)
	}
}
