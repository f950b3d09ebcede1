package markdown

import (
	"bufio"
	"io"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/help"
)

// Catalogue writes the controls by the whitepaper's steps, each in full.
func Catalogue(w io.Writer, controls []finding.Control) error {
	b := bufio.NewWriter(w)
	b.WriteString("# Controls\n") // a failed write shows when the buffer is flushed
	for _, step := range finding.Steps() {
		written := false
		for i := range controls {
			c := &controls[i]
			if c.Step != step.ID {
				continue
			}
			if !written {
				title := step.Title
				if len(step.ID) == 1 {
					title = step.ID + ". " + title
				}
				b.WriteString("\n## " + escape.Markdown(title) + "\n")
				written = true
			}
			control(b, c)
		}
	}
	return b.Flush()
}

func control(b *bufio.Writer, c *finding.Control) {
	b.WriteString("\n### " + escape.Markdown(c.ID+" "+c.Title) + "\n\n")
	b.WriteString("Severity " + string(c.Severity) + ", " + escape.MarkdownCode(c.Area+"/"+c.Slug) + ".\n")
	for _, list := range []struct {
		title string
		paths []string
	}{{"Needs", c.Needs}, {"Uses, if there", c.Optional}} {
		for i, path := range list.paths {
			if i == 0 {
				b.WriteString("\n" + list.title + ": ")
			} else {
				b.WriteString(", ")
			}
			b.WriteString(escape.MarkdownCode(path))
		}
		if len(list.paths) > 0 {
			b.WriteString("\n")
		}
	}
	for i, m := range c.Mappings {
		if i == 0 {
			b.WriteString("\nAnswers:\n\n")
		}
		b.WriteString("- " + escape.Markdown(m.Framework+" "+m.ID+" "+m.Title) + "\n")
	}
	if text := help.Markdown(c); text != "" {
		b.WriteString("\n" + text + "\n")
	}
}
