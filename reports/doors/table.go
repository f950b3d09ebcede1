package doors

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
	"github.com/seed-07732396/postern/reports/matrix"
)

// CSV writes a row for each door, or for a comparison a row for each change, for
// spreadsheets. It is the same in all languages.
func CSV(w io.Writer, r *Report, _ Options) error {
	c := csv.NewWriter(w)
	if r.Before != nil {
		return c.WriteAll(changeRows(r))
	}
	rows := [][]string{{"protocol", "method", "outcome", "mailboxes", "first", "declared", "via", "requests", "locks", "reasons", "steps", "file", "line"}}
	for i := range r.Doors {
		d := &r.Doors[i]
		if r.Scope.OpenOnly && !d.loose() {
			continue
		}
		line := ""
		if d.First != nil && d.First.Region != nil {
			line = strconv.Itoa(d.First.Region.StartLine)
		}
		rows = append(rows, cells(
			d.Protocol, d.Method, string(d.Outcome), strconv.Itoa(d.Mailboxes), d.First.name(), strings.Join(d.Declared, " "),
			strings.Join(d.Via, " "), requestsOf(d.Witness), locksOf(d.Locks), sentences(d.Reasons), sentences(d.Steps), r.Snapshot.URI, line,
		))
	}
	return c.WriteAll(rows)
}

func changeRows(r *Report) [][]string {
	rows := [][]string{{"protocol", "method", "before", "after", "mailboxes", "opened", "no_longer_open", "first"}}
	for i := range r.Before.Changes {
		c := &r.Before.Changes[i]
		rows = append(rows, cells(
			c.Protocol, c.Method, string(c.Before), string(c.After), strconv.Itoa(c.Mailboxes),
			strconv.FormatBool(c.Opened()), strconv.FormatBool(c.Shut()), c.First.name(),
		))
	}
	return rows
}

func cells(values ...string) []string {
	for i := range values {
		values[i] = escape.CSV(values[i])
	}
	return values
}

func sentences(list []Step) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
	}
	return strings.Join(texts, " ")
}

func locksOf(list []Lock) string {
	texts := make([]string, len(list))
	for i, l := range list {
		texts[i] = strings.TrimSpace(l.Kind+" "+l.Name) + " (" + l.Stage + ")"
	}
	return strings.Join(texts, ", ")
}

func requestsOf(w *Witness) string {
	if w == nil {
		return ""
	}
	var texts []string
	for _, r := range w.Requests {
		where := "somewhere"
		switch {
		case r.Anywhere:
			where = "anywhere"
		case r.Address != "" || len(r.Zones) > 0:
			where = strings.TrimSpace(r.Address + " " + strings.Join(r.Zones, ", "))
		}
		texts = append(texts, fmt.Sprintf("%s: %s from %s", r.At, r.Client, where))
	}
	return strings.Join(texts, "; ")
}

// JSON writes the report in full.
func JSON(w io.Writer, r *Report, _ Options) error {
	shown := *r
	if r.Scope.OpenOnly {
		shown.Doors = []Door{}
		for _, d := range r.Doors {
			if d.loose() {
				shown.Doors = append(shown.Doors, d)
			}
		}
	}
	return json.MarshalWrite(escape.NewJSONWriter(w), &shown, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
}

// SVG draws the report's matrix, or both of a comparison. A report without a matrix
// is an error: a picture without squares would look like one without open doors.
func SVG(w io.Writer, r *Report, o Options) error {
	if r.Matrix == nil || r.Before != nil && r.Before.Matrix == nil {
		return fmt.Errorf("draw the matrix: the snapshot has no list of mailboxes")
	}
	p := newProse(r, wording.Plain(), o.Language)
	options := p.matrixOptions()
	missing := r.Missing
	if r.Before != nil {
		missing = append(append([]finding.LedgerEntry{}, r.Before.Missing...), missing...)
	}
	options.Warning = p.incomplete(missing)
	if r.Before != nil {
		return matrix.SVGPair(w, r.Before.Matrix, r.Matrix, options)
	}
	return matrix.SVG(w, r.Matrix, options)
}

// incomplete names the evidence that is missing, each once, empty for none.
func (p *prose) incomplete(list []finding.LedgerEntry) string {
	var names []string
	seen := map[string]bool{}
	for _, entry := range list {
		if !seen[entry.Name] {
			seen[entry.Name] = true
			names = append(names, entry.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return p.missing + " " + strings.Join(names, ", ")
}
