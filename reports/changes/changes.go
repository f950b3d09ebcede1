// Package changes writes what happened between two snapshots of a tenant: as text, as
// Markdown for an issue or a job summary, and as JSON.
//
// It must not know how a change was found.
package changes

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Formats lists the formats, the default first.
func Formats() []string { return []string{"text", "markdown", "json"} }

// ErrFormat is wrapped by the error for a format that is not among Formats.
var ErrFormat = errors.New("unknown format")

// maxMarkdown is how long the Markdown gets: an issue at GitHub takes 65,536
// characters.
const maxMarkdown = 60_000

// Options say how changes are shown.
type Options struct {
	// Color is for text in a terminal.
	Color bool
	// Language is that of text and Markdown, nil for English.
	Language *finding.Language
}

// Write writes what happened.
func Write(format string, w io.Writer, d *drift.Diff, o Options) error {
	var text string
	switch format {
	case "text":
		text = plain(d, o)
	case "markdown":
		text = markdown(d, o)
	case "json":
		err := json.MarshalWrite(escape.NewJSONWriter(w), d, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
		if err == nil {
			_, err = io.WriteString(w, "\n")
		}
		return wrap(err)
	default:
		return fmt.Errorf("%w %q: use one of %s", ErrFormat, format, strings.Join(Formats(), ", "))
	}
	_, err := io.WriteString(w, text)
	return wrap(err)
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("write what has changed: %w", err)
	}
	return nil
}

// verdict is the whole in a sentence.
func (w *words) verdict(d *drift.Diff) string {
	switch {
	case len(d.Changes) == 0 && d.FindingsOnly:
		return w.NothingFound
	case len(d.Changes) == 0:
		return w.NothingChanged
	}
	var parts []string
	for _, class := range drift.Classes() {
		if n := d.Count(class); n > 0 {
			parts = append(parts, w.say(w.Verdicts[class], "n", n))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// heading is that of an area.
func (w *words) heading(area string) string { return cmp.Or(w.Areas[area], area) }

// marks stand before each line.
var marks = map[drift.Class]string{drift.Weakened: "-", drift.Lost: "?", drift.Changed: "~", drift.Strengthened: "+"}

// place is where a change stands: "old.json:12 -> new.json:14".
func place(d *drift.Diff, c *drift.Change) string {
	at := func(uri string, p *drift.Place) string {
		if p == nil {
			return ""
		}
		if p.Line == 0 {
			return escape.Line(uri)
		}
		return escape.Line(uri) + ":" + strconv.Itoa(p.Line)
	}
	was, is := at(d.Before.URI, c.Before), at(d.After.URI, c.After)
	if was != "" && is != "" {
		return was + " -> " + is
	}
	return was + is
}

func plain(d *drift.Diff, o Options) string {
	w := wordsOf(o.Language)
	codes := map[drift.Class]string{drift.Weakened: "31", drift.Lost: "33", drift.Changed: "0", drift.Strengthened: "32"}
	paint := func(code, text string) string {
		if !o.Color || code == "0" {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	var b strings.Builder
	text := func(s string) {
		b.WriteString(strings.Join(columns.Wrap(s, columns.Terminal, columns.Terminal), "\n") + "\n")
	}
	text(w.verdict(d))
	text(w.say(w.From, "tenant", tenant(d), "before", d.Before.CollectedAt, "after", d.After.CollectedAt))
	if d.FindingsOnly {
		text(w.FindingsOnly)
	}
	area := ""
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Area != area {
			area = c.Area
			b.WriteString("\n" + escape.Line(w.heading(area)) + "\n")
		}
		lead := fmt.Sprintf("  %s %-12s  ", marks[c.Class], w.Classes[c.Class])
		hang := strings.Repeat(" ", columns.Count(lead))
		left := columns.Terminal - len(hang)
		for i, line := range columns.Wrap(escape.Line(c.In(o.Language)), left, left) {
			if i > 0 {
				lead = hang
			}
			b.WriteString(paint(codes[c.Class], lead+line) + "\n")
		}
		// A place is not cut, so that it can be copied.
		if at := place(d, c); at != "" {
			b.WriteString(paint("2", hang+at) + "\n")
		}
	}
	if d.Dated > 0 {
		b.WriteString("\n" + w.say(w.Dated, "n", d.Dated) + "\n")
	}
	return b.String()
}

func tenant(d *drift.Diff) string {
	name := d.Tenant.InitialDomain
	if name == "" {
		name = d.Tenant.ID
	}
	return escape.Line(name)
}

func markdown(d *drift.Diff, o Options) string {
	w := wordsOf(o.Language)
	var b strings.Builder
	b.WriteString("## " + w.Title + "\n\n**" + escape.Markdown(w.verdict(d)) + "**\n\n")
	b.WriteString(w.say(w.FromFiles, "tenant", escape.MarkdownCode(tenant(d)), "old", escape.MarkdownCode(d.Before.URI),
		"before", d.Before.CollectedAt, "new", escape.MarkdownCode(d.After.URI), "after", d.After.CollectedAt) + "\n\n")
	if d.FindingsOnly {
		b.WriteString(w.FindingsOnly + "\n\n")
	}
	heading := ""
	for i := range d.Changes {
		c := &d.Changes[i]
		line := "- **" + w.Classes[c.Class] + "** " + escape.Markdown(escape.Line(c.In(o.Language)))
		if at := place(d, c); at != "" {
			line += "<br>" + escape.MarkdownCode(at)
		}
		line += "\n"
		if c.Area != heading {
			heading = c.Area
			line = "### " + escape.Markdown(w.heading(heading)) + "\n\n" + line
			if i > 0 {
				line = "\n" + line
			}
		}
		if b.Len()+len(line) > maxMarkdown {
			b.WriteString("\n**" + w.say(w.More, "n", len(d.Changes)-i) + "**\n")
			break
		}
		b.WriteString(line)
	}
	return b.String()
}
