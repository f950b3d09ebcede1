package doors

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/internal/wording"
	"github.com/seed-07732396/postern/reports/matrix"
)

// Options say how a report is shown, never what it says.
type Options struct {
	// Language is that of text, Markdown and the picture, nil for English.
	Language *finding.Language
	// Color switches ANSI colours on in text; Width is how many columns it takes, 0
	// stands for 80.
	Color bool
	Width int
	// Exit is the exit status, which text ends with.
	Exit int
}

const (
	defaultWidth = 80
	minWidth     = 40
	// maxShown is how many doors, changes or gaps of a kind text shows.
	maxShown = 40
	// indent is where a door's details start.
	indent = 4
)

// Text writes the report for a terminal, at any width from 40 columns. Its own
// words are ASCII in English. The verdict is the first line, the exit status the
// last.
func Text(w io.Writer, r *Report, o Options) error {
	t := &textWriter{
		prose: newProse(r, wording.Plain(), o.Language), w: bufio.NewWriter(w), options: o,
		width: max(cmp.Or(o.Width, defaultWidth), minWidth),
	}
	word, sentence := t.verdict()
	code := map[State]string{Open: "1;31", Closed: "1;32"}[r.State()]
	t.wrapped(t.paint(cmp.Or(code, "1;33"), word)+": ", columns.Count(word)+2, 0, "", sentence)
	if s := t.scoped(); s != "" {
		t.wrapped("", 0, 0, "", s)
	}
	t.gaps(r.Missing, "")
	if b := r.Before; b != nil {
		t.gaps(b.Missing, t.before+": ")
	}
	if err := t.matrix(); err != nil {
		return err
	}
	switch {
	case r.Person != nil:
		t.person()
	default:
		t.changeList()
		t.doors()
	}
	t.line("")
	t.wrapped("", 0, 0, "", fill(t.exitLine, "code", strconv.Itoa(o.Exit), "why", t.exit[r.State()]))
	return t.w.Flush()
}

type textWriter struct {
	*prose
	w       *bufio.Writer
	options Options
	width   int
}

// gaps says what was not collected.
func (t *textWriter) gaps(list []finding.LedgerEntry, lead string) {
	if len(list) == 0 {
		return
	}
	t.line("")
	t.wrapped("", 0, 0, "33", lead+t.missing)
	for i := range list[:min(len(list), maxShown)] {
		t.wrapped("  - ", 4, 4, "", t.gap(&list[i]))
	}
	t.rest(len(list))
}

func (t *textWriter) matrix() error {
	r := t.report
	if r.Matrix == nil {
		return nil
	}
	o := t.matrixOptions()
	o.Color, o.Width = t.options.Color, t.width
	var b bytes.Buffer
	var err error
	if r.Before != nil && r.Before.Matrix != nil {
		err = matrix.TextPair(&b, r.Before.Matrix, r.Matrix, o)
	} else {
		err = matrix.Text(&b, r.Matrix, o)
	}
	t.line("")
	t.w.Write(b.Bytes())
	return err
}

// changeList says what changed since the snapshot before.
func (t *textWriter) changeList() {
	b := t.report.Before
	if b == nil {
		return
	}
	t.heading(t.changes)
	t.wrapped("  ", 2, 2, "", t.text(fill(t.moved, "both", t.mailboxes(b.Both), "came", number(b.Came), "gone", number(b.Gone))))
	if len(b.Changes) == 0 {
		t.wrapped("  ", 2, 2, "", t.unchanged)
	}
	for i := range b.Changes[:min(len(b.Changes), maxShown)] {
		c := &b.Changes[i]
		lead, code := "    ", ""
		switch {
		case c.Opened():
			lead, code = "  ! ", "1;31"
		case c.Shut():
			lead, code = "  + ", "32"
		}
		t.wrapped(t.paint(code, lead), 4, 4, "", t.change(c))
	}
	t.rest(len(b.Changes))
}

// doors writes the open doors in full, and the others with their locks.
func (t *textWriter) doors() {
	loose, others := t.report.split()
	if len(loose) > 0 {
		t.heading(t.open)
		groups := grouped(loose)
		for _, g := range groups[:min(len(groups), maxShown)] {
			t.line("")
			t.door(g)
		}
		t.rest(len(groups))
	}
	if len(others) == 0 || t.report.Scope.OpenOnly {
		return
	}
	t.heading(t.locks)
	for _, l := range lockLines(others) {
		t.wrapped("  ", 2, indent, "", t.title(l.protocols, l.method)+t.text(": ")+t.ends(l))
		for _, s := range []string{t.declaredOf(l.declared), t.lockedBy(l)} {
			if s != "" {
				t.wrapped(spaces(indent), indent, indent, "2", s)
			}
		}
	}
}

func (t *textWriter) door(g *group) {
	label := t.label[g.Outcome]
	code := "1;31"
	if g.Outcome == finding.AccessUndecided {
		code = "33"
	}
	t.wrapped("  "+t.paint(code, label)+"  ", columns.Count(label)+4, indent, "1",
		t.title(g.protocols, g.Method)+t.text(": "+t.mailboxes(g.Mailboxes)))
	t.wrapped(spaces(indent), indent, indent, "", t.example(g.Door))
	t.detail(g)
}

// detail writes what both a person's door and everybody's has: the trace, what is
// not known, and the locks.
func (t *textWriter) detail(g *group) {
	if s := t.declaredOf(g.Declared); s != "" {
		t.wrapped(spaces(indent), indent, indent, "", s)
	}
	n := 0
	write := func(before string, list []Step) {
		for i := range list {
			n++
			lead := strconv.Itoa(n) + ". "
			t.wrapped(spaces(indent)+lead, indent+len(lead), indent+len(lead), "", before+t.step(&list[i]))
		}
	}
	for i, own := range g.own {
		before := ""
		if len(g.own) > 1 {
			before = t.text(t.protocol(g.protocols[i]) + ": ")
		}
		write(before, own)
	}
	write("", g.shared)
	for i := range g.Reasons {
		t.wrapped(spaces(indent)+"? ", indent+2, indent+2, "33", t.because+t.step(&g.Reasons[i]))
	}
	if s := t.locksOf(g.Door); s != "" {
		t.wrapped(spaces(indent), indent, indent, "2", s)
	} else if g.loose() {
		t.wrapped(spaces(indent), indent, indent, "2", t.noLock)
	}
}

// person explains every door of one person, one by one.
func (t *textWriter) person() {
	who := t.report.Person
	t.line("")
	if who.LeftOut != "" {
		t.wrapped("", 0, 0, "", t.known(t.leftOut, who.LeftOut))
	}
	if s := t.declaredOf(who.Declared); s != "" {
		t.wrapped("", 0, 0, "", s)
	}
	if who.Region != nil {
		t.wrapped("", 0, 0, "2", t.name(who.name())+t.place(who.Region))
	}
	for i := range t.report.Doors {
		d := &t.report.Doors[i]
		if d.Outcome == notOffered || t.report.Scope.OpenOnly && !d.loose() {
			continue
		}
		t.line("")
		g := grouped([]*Door{d})[0]
		g.Declared = nil // said above
		lead := ""
		if label := t.label[d.Outcome]; label != "" {
			code := "1;31"
			if d.Outcome == finding.AccessUndecided {
				code = "33"
			}
			lead = t.paint(code, label) + "  "
			t.wrapped("  "+lead, columns.Count(label)+4, indent, "1", t.title(g.protocols, g.Method))
		} else {
			t.wrapped("  ", 2, indent, "1", t.title(g.protocols, g.Method)+t.text(": "+t.outcomeOf(d.Outcome)))
		}
		if d.Witness != nil {
			t.wrapped(spaces(indent), indent, indent, "", t.example(d))
		}
		t.detail(g)
	}
}

func (t *textWriter) heading(s string) {
	t.line("")
	t.wrapped("", 0, 0, "1", t.text(s))
}

// rest says how many of n are not shown.
func (t *textWriter) rest(n int) {
	if n > maxShown {
		t.wrapped("  ", 2, 2, "2", t.text(fill(t.further, "n", number(n-maxShown))))
	}
}

// wrapped writes lead, which ends in column start, and s, whose further lines start
// in column hang, in a colour.
func (t *textWriter) wrapped(lead string, start, hang int, code, s string) {
	for i, chunk := range columns.Wrap(s, t.width-start, t.width-hang) {
		if i > 0 {
			lead = spaces(hang)
		}
		t.line(strings.TrimRight(lead+t.paint(code, chunk), " "))
	}
}

func (t *textWriter) line(s string) {
	// A failed write shows when the buffer is flushed.
	t.w.WriteString(s)
	t.w.WriteByte('\n')
}

func (t *textWriter) paint(code, s string) string {
	if !t.options.Color || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func spaces(n int) string { return strings.Repeat(" ", n) }
