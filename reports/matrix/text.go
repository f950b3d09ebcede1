package matrix

import (
	"bufio"
	"cmp"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

const (
	defaultWidth = 80
	minWidth     = 40
	// narrowest is how many columns a cell takes at least; a narrower terminal gets a
	// list.
	narrowest = 12
)

// Text writes one matrix for a terminal, at any width from 40 columns.
func Text(w io.Writer, m *finding.AccessMatrix, o Options) error {
	words := o.words()
	return o.table(w, m.Protocols, m.Methods, words.notes(m), func(p, method string) entry {
		cell := square(m, p, method)
		return entry{kindOf(cell.Worst), words.brief(cell, m.Mailboxes), ""}
	})
}

// TextPair writes two matrices for a terminal, what was and what is in each square.
func TextPair(w io.Writer, before, after *finding.AccessMatrix, o Options) error {
	words := o.words()
	protocols, methods := union(before.Protocols, after.Protocols), union(before.Methods, after.Methods)
	return o.table(w, protocols, methods, words.pairNotes(&o, before, after), func(p, method string) entry {
		was, is := square(before, p, method), square(after, p, method)
		d := o.driftOf(was, is)
		e := entry{kind: kindOf(is.Worst), text: words.brief(is, after.Mailboxes)}
		if was.Worst != is.Worst {
			e.text = words.was(was, is) + " -> " + e.text
		}
		e.mark = words.drift(d)
		return e
	})
}

// entry is what stands in one square of a table. mark stands below the text.
type entry struct{ kind, text, mark string }

// brief says a square in few words: "closed at Exchange", "OPEN 3 of 15".
func (w *words) brief(cell finding.AccessCell, total int) string {
	var text string
	switch kindOf(cell.Worst) {
	case "none":
		return "-"
	case "open":
		text = strings.ToUpper(w.state[cell.Worst])
	case "undecided":
		text = lowerFirst(w.state[cell.Worst])
	default:
		text = w.outcomePhrase(cell.Worst)
	}
	n := worstCount(cell)
	switch {
	case n == total:
	case kindOf(cell.Worst) == "closed":
		// The others are closed as well, sooner.
		text = lowerFirst(w.state[cell.Worst]) + " (" + w.number(n) + " " + w.place[cell.Worst] + ")"
	default:
		text += " (" + w.share(n, total) + ")"
	}
	return text
}

// was says in few words what a square was before, where that is another outcome.
func (w *words) was(before, after finding.AccessCell) string {
	if kindOf(before.Worst) == kindOf(after.Worst) {
		return w.outcomePhrase(before.Worst)
	}
	return lowerFirst(w.state[before.Worst])
}

// outcomePhrase is the outcome within a sentence.
func (w *words) outcomePhrase(o finding.AccessOutcome) string {
	if o == finding.AccessWithMFA {
		return strings.Replace(lowerFirst(w.outcome(o)), "mfa", "MFA", 1)
	}
	return lowerFirst(w.outcome(o))
}

func (o *Options) table(w io.Writer, protocols, methods []finding.AccessTerm, notes []string, at func(protocol, method string) entry) error {
	words := o.words()
	t := &textTable{w: bufio.NewWriter(w), color: o.Color, width: max(cmp.Or(o.Width, defaultWidth), minWidth)}
	t.wrapped("1", 0, escape.Line(cmp.Or(o.Title, words.title)))
	if o.Subtitle != "" {
		t.wrapped("2", 0, escape.Line(o.Subtitle))
	}
	t.line("")
	t.measure(words, protocols, methods)
	if t.cell < narrowest {
		t.list(words, protocols, methods, at)
	} else {
		t.grid(words, protocols, methods, at)
	}
	t.line("")
	for _, note := range notes {
		t.wrapped("2", 0, escape.Line(note))
	}
	return t.w.Flush()
}

type textTable struct {
	w     *bufio.Writer
	color bool
	width int
	// label and cell are the widths of the first column and of the others.
	label, cell int
}

// measure gives the labels what they need and the cells the rest.
func (t *textTable) measure(words *words, protocols, methods []finding.AccessTerm) {
	const longest = 24
	for _, p := range protocols {
		t.label = max(t.label, min(columns.Count(escape.Line(words.term(p))), longest)+2)
	}
	if len(methods) > 0 {
		t.cell = min((t.width-t.label)/len(methods), 34)
	}
}

func (t *textTable) grid(words *words, protocols, methods []finding.AccessTerm, at func(string, string) entry) {
	heads := make([]entry, len(methods))
	for i, m := range methods {
		heads[i] = entry{"head", escape.Line(words.term(m)), ""}
	}
	t.row("", heads)
	for _, p := range protocols {
		entries := make([]entry, len(methods))
		for i, m := range methods {
			entries[i] = at(p.ID, m.ID)
		}
		t.row(escape.Line(words.term(p)), entries)
	}
}

// row writes a row, whose cells may take several lines.
func (t *textTable) row(label string, entries []entry) {
	type piece struct{ kind, text string }
	wrapped := make([][]piece, len(entries))
	labels := columns.Wrap(label, t.label-2, t.label-2)
	lines := len(labels)
	for i, e := range entries {
		for _, s := range columns.Wrap(e.text, t.cell-2, t.cell-2) {
			wrapped[i] = append(wrapped[i], piece{e.kind, s})
		}
		if e.mark != "" {
			for _, s := range columns.Wrap(e.mark, t.cell-2, t.cell-2) {
				wrapped[i] = append(wrapped[i], piece{"mark", s})
			}
		}
		lines = max(lines, len(wrapped[i]))
	}
	for n := range lines {
		var b strings.Builder
		head := ""
		if n < len(labels) {
			head = labels[n]
		}
		b.WriteString(columns.Pad(head, t.label))
		for i := range entries {
			if n < len(wrapped[i]) {
				p := wrapped[i][n]
				b.WriteString(t.paint(code(p.kind), p.text) + strings.Repeat(" ", max(t.cell-columns.Count(p.text), 0)))
			} else {
				b.WriteString(strings.Repeat(" ", t.cell))
			}
		}
		t.line(strings.TrimRight(b.String(), " "))
	}
}

// list writes one square a line, for terminals without room for a table.
func (t *textTable) list(words *words, protocols, methods []finding.AccessTerm, at func(string, string) entry) {
	for _, p := range protocols {
		t.wrapped("1", 0, escape.Line(words.term(p)))
		for _, m := range methods {
			e := at(p.ID, m.ID)
			text := e.text
			if e.mark != "" {
				text += ", " + e.mark
			}
			t.wrapped(code(e.kind), 2, escape.Line(words.term(m))+": "+text)
		}
	}
}

func (t *textTable) wrapped(code string, indent int, s string) {
	for i, chunk := range columns.Wrap(s, t.width-indent, t.width-indent-2) {
		lead := strings.Repeat(" ", indent)
		if i > 0 {
			lead += "  "
		}
		t.line(lead + t.paint(code, chunk))
	}
}

func (t *textTable) line(s string) {
	// A failed write shows when the buffer is flushed.
	t.w.WriteString(s)
	t.w.WriteByte('\n')
}

func (t *textTable) paint(code, s string) string {
	if !t.color || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// code is the ANSI colour of a kind.
func code(kind string) string {
	return map[string]string{"open": "1;31", "undecided": "33", "mfa": "36", "closed": "32", "none": "2", "head": "1", "mark": "1"}[kind]
}
