package matrix

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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

// CSV writes one matrix for spreadsheets: a row for each outcome of each square.
// The names of columns and outcomes are the same in all languages.
func CSV(w io.Writer, m *finding.AccessMatrix, _ Options) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"protocol", "method", "worst", "outcome", "mailboxes", "of"}}
	for _, cell := range m.Cells {
		for _, n := range cell.Counts {
			rows = append(rows, []string{
				escape.CSV(cell.Protocol), escape.CSV(cell.Method), escape.CSV(string(cell.Worst)),
				escape.CSV(string(n.Outcome)), strconv.Itoa(n.Mailboxes), strconv.Itoa(m.Mailboxes),
			})
		}
		if len(cell.Counts) == 0 {
			rows = append(rows, []string{escape.CSV(cell.Protocol), escape.CSV(cell.Method), escape.CSV(string(cell.Worst)), "", "0", strconv.Itoa(m.Mailboxes)})
		}
	}
	return c.WriteAll(rows)
}

// CSVPair writes what changed between two matrices: a row for each change with its
// head count, or where those are not known, for each square whose worst outcome
// changed.
func CSVPair(w io.Writer, before, after *finding.AccessMatrix, o Options) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"protocol", "method", "before", "after", "mailboxes", "opened", "no_longer_open"}}
	add := func(change Change, count string) {
		rows = append(rows, []string{
			escape.CSV(change.Protocol), escape.CSV(change.Method), escape.CSV(string(change.Before)), escape.CSV(string(change.After)),
			count, strconv.FormatBool(change.Opened()), strconv.FormatBool(change.Shut()),
		})
	}
	for _, change := range o.Changes {
		add(change, strconv.Itoa(change.Mailboxes))
	}
	if o.Changes == nil {
		for _, p := range union(before.Protocols, after.Protocols) {
			for _, m := range union(before.Methods, after.Methods) {
				was, is := square(before, p.ID, m.ID), square(after, p.ID, m.ID)
				if was.Worst != is.Worst {
					add(Change{Protocol: p.ID, Method: m.ID, Before: was.Worst, After: is.Worst}, "")
				}
			}
		}
	}
	return c.WriteAll(rows)
}

// JSON writes one matrix as it is.
func JSON(w io.Writer, m *finding.AccessMatrix, _ Options) error { return writeJSON(w, m) }

// JSONPair writes two matrices, and what changed where that is known mailbox by
// mailbox.
func JSONPair(w io.Writer, before, after *finding.AccessMatrix, o Options) error {
	return writeJSON(w, struct {
		Before  *finding.AccessMatrix `json:"before"`
		After   *finding.AccessMatrix `json:"after"`
		Changes []Change              `json:"changes,omitzero"`
	}{before, after, o.Changes})
}

func writeJSON(w io.Writer, value any) error {
	return json.MarshalWrite(escape.NewJSONWriter(w), value, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
}
