// Package changes writes what happened between two snapshots of a tenant: as text, as
// Markdown for an issue or a job summary, and as JSON.
//
// It must not know how a change was found.
package changes

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Formats lists the formats, the default first.
func Formats() []string { return []string{"text", "markdown", "json"} }

// ErrFormat is wrapped by the error for a format that is not among Formats.
var ErrFormat = errors.New("unknown format")

// maxMarkdown is how long the Markdown gets: an issue at GitHub takes 65,536
// characters.
const maxMarkdown = 60_000

// Write writes what happened. color is for text in a terminal.
func Write(format string, w io.Writer, d *drift.Diff, color bool) error {
	var text string
	switch format {
	case "text":
		text = plain(d, color)
	case "markdown":
		text = markdown(d)
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

// findingsOnly says what cannot be told where there were no snapshots.
const findingsOnly = "Saved findings were compared: what changed in the configuration without a finding, they do not tell."

// verdict is the whole in a sentence.
func verdict(d *drift.Diff) string {
	switch {
	case len(d.Changes) == 0 && d.FindingsOnly:
		return "No finding has changed."
	case len(d.Changes) == 0:
		return "Nothing has changed."
	}
	var parts []string
	for _, class := range drift.Classes() {
		if n := d.Count(class); n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+map[drift.Class]string{
				drift.Weakened: "weakened", drift.Lost: "cannot be told", drift.Changed: "changed", drift.Strengthened: "strengthened",
			}[class])
		}
	}
	return capital(strings.Join(parts, ", ")) + "."
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

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

func plain(d *drift.Diff, color bool) string {
	codes := map[drift.Class]string{drift.Weakened: "31", drift.Lost: "33", drift.Changed: "0", drift.Strengthened: "32"}
	paint := func(code, text string) string {
		if !color || code == "0" {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	var b strings.Builder
	b.WriteString(verdict(d) + "\n")
	fmt.Fprintf(&b, "%s, from %s to %s\n", tenant(d), d.Before.CollectedAt, d.After.CollectedAt)
	if d.FindingsOnly {
		b.WriteString(findingsOnly + "\n")
	}
	area := ""
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Area != area {
			area = c.Area
			b.WriteString("\n" + capital(area) + "\n")
		}
		b.WriteString(paint(codes[c.Class], fmt.Sprintf("  %s %-12s  %s", marks[c.Class], c.Class, escape.Line(c.Text))) + "\n")
		if at := place(d, c); at != "" {
			b.WriteString(paint("2", strings.Repeat(" ", 18)+at) + "\n")
		}
	}
	if d.Dated > 0 {
		fmt.Fprintf(&b, "\n%d more only carry a new date.\n", d.Dated)
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

func markdown(d *drift.Diff) string {
	var b strings.Builder
	b.WriteString("## Postern: what has changed\n\n**" + escape.Markdown(verdict(d)) + "**\n\n")
	fmt.Fprintf(&b, "%s, from %s (%s) to %s (%s)\n\n", escape.MarkdownCode(tenant(d)), escape.MarkdownCode(d.Before.URI), d.Before.CollectedAt, escape.MarkdownCode(d.After.URI), d.After.CollectedAt)
	if d.FindingsOnly {
		b.WriteString(findingsOnly + "\n\n")
	}
	heading := ""
	for i := range d.Changes {
		c := &d.Changes[i]
		line := "- **" + string(c.Class) + "** " + escape.Markdown(escape.Line(c.Text))
		if at := place(d, c); at != "" {
			line += "<br>" + escape.MarkdownCode(at)
		}
		line += "\n"
		if c.Area != heading {
			heading = c.Area
			line = "### " + capital(heading) + "\n\n" + line
			if i > 0 {
				line = "\n" + line
			}
		}
		if b.Len()+len(line) > maxMarkdown {
			fmt.Fprintf(&b, "\n**And %d more, which 'postern diff -f json' lists.**\n", len(d.Changes)-i)
			break
		}
		b.WriteString(line)
	}
	return b.String()
}
