package matrix

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Markdown writes one matrix as a table of GitHub's Markdown.
func Markdown(w io.Writer, m *finding.AccessMatrix, o Options) error {
	words := o.words()
	return o.markdown(w, m.Protocols, m.Methods, words.notes(m), func(p, method string) string {
		cell := square(m, p, method)
		return words.marked(cell, m.Mailboxes)
	})
}

// MarkdownPair writes two matrices as one table: what was and what is in each
// square.
func MarkdownPair(w io.Writer, before, after *finding.AccessMatrix, o Options) error {
	words := o.words()
	protocols, methods := union(before.Protocols, after.Protocols), union(before.Methods, after.Methods)
	return o.markdown(w, protocols, methods, words.pairNotes(&o, before, after), func(p, method string) string {
		was, is := square(before, p, method), square(after, p, method)
		text := words.marked(is, after.Mailboxes)
		if was.Worst != is.Worst {
			text = escape.Markdown(words.was(was, is)) + " → " + text
		}
		if mark := words.drift(o.driftOf(was, is)); mark != "" {
			text += "<br>" + escape.Markdown(mark)
		}
		return text
	})
}

// marked is a square's text, bold where it is open or may be.
func (w *words) marked(cell finding.AccessCell, total int) string {
	text := escape.Markdown(w.brief(cell, total))
	if loose(cell.Worst) {
		return "**" + text + "**"
	}
	return text
}

func (o *Options) markdown(w io.Writer, protocols, methods []finding.AccessTerm, notes []string, at func(string, string) string) error {
	words := o.words()
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## %s\n\n", escape.Markdown(cmp.Or(o.Title, words.title)))
	if o.Subtitle != "" {
		fmt.Fprintf(b, "%s\n\n", escape.Markdown(o.Subtitle))
	}
	fmt.Fprintf(b, "| %s |", escape.Markdown(words.protocol))
	for _, m := range methods {
		fmt.Fprintf(b, " %s |", escape.Markdown(words.term(m)))
	}
	fmt.Fprintf(b, "\n|%s\n", strings.Repeat("---|", len(methods)+1))
	for _, p := range protocols {
		fmt.Fprintf(b, "| %s |", escape.Markdown(words.term(p)))
		for _, m := range methods {
			fmt.Fprintf(b, " %s |", at(p.ID, m.ID))
		}
		b.WriteByte('\n')
	}
	for _, note := range notes {
		fmt.Fprintf(b, "\n%s\n", escape.Markdown(note))
	}
	return b.Flush()
}
