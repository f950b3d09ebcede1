package matrix

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/seed-07732396/postern/reports/internal/escape"
)

// canvas gathers the elements of a picture. Beside its class each element has its
// colour on a light page, for what shows SVG without style sheets.
type canvas struct {
	b     bytes.Buffer
	paint *paint
}

// written is a text as XML shows it: nothing in it acts.
func written(s string) string {
	var b bytes.Buffer
	// Writing to a buffer does not fail.
	_ = xml.EscapeText(&b, []byte(escape.Line(s)))
	return b.String()
}

func (c *canvas) put(format string, args ...any) {
	fmt.Fprintf(&c.b, format, args...)
	c.b.WriteByte('\n')
}

// fonts are those that the reader's system has.
const fonts = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

// lettering is how a text is set.
type lettering struct {
	size   float64
	bold   bool
	anchor string // start, middle or end
	color  string // a class that fills
}

func (c *canvas) text(x, y float64, l lettering, s string) {
	if s == "" {
		return
	}
	weight := ""
	if l.bold {
		weight = ` font-weight="600"`
	}
	anchor := ""
	if l.anchor != "" && l.anchor != "start" {
		anchor = ` text-anchor="` + l.anchor + `"`
	}
	c.put(`<text x="%s" y="%s" font-size="%s"%s%s class="%s" fill="%s">%s</text>`,
		number(x), number(y), number(l.size), weight, anchor, class(l.color), c.colorOf(l.color), written(s))
}

// colorOf is what a class fills on a light page.
func (c *canvas) colorOf(name string) string {
	switch name {
	case "paper":
		return c.paint.paper
	case "ink":
		return c.paint.ink
	case "faint":
		return c.paint.faint
	}
	return c.paint.tones[strings.TrimSuffix(name, "-ink")].ink
}

// number writes a coordinate with as few digits as it needs.
func number(f float64) string {
	s := fmt.Sprintf("%.2f", f)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// fits cuts a text to what about fits into a width. Letters are taken to be wide,
// because nobody knows the reader's font.
func fits(s string, size, width float64) string {
	return escape.Cut(escape.Line(s), max(3, int(width/(size*0.63))))
}

// surface draws the box of a cell.
func (c *canvas) surface(x, y, w, h float64, kind string, strong bool) {
	if kind == "none" {
		return
	}
	stroke, dash := 1.0, ""
	if strong {
		stroke = 2.5
	}
	if kind == "undecided" {
		dash, stroke = ` stroke-dasharray="5 3"`, max(stroke, 1.5)
	}
	t := c.paint.tones[kind]
	c.put(`<rect x="%s" y="%s" width="%s" height="%s" rx="6" class="%s" fill="%s" stroke="%s" stroke-width="%s"%s/>`,
		number(x), number(y), number(w), number(h), class(kind), t.fill, t.edge, number(stroke), dash)
}

// symbol draws the sign of a kind in a square of 16 by 16.
func (c *canvas) symbol(x, y float64, kind string) {
	ink := c.paint.tones[kind].ink
	c.put(`<g transform="translate(%s %s)" fill="none" stroke="%s" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" class="%s">`,
		number(x), number(y), ink, class(kind+"-line"))
	solid := fmt.Sprintf(`stroke="none" fill="%s" class="%s"`, ink, class(kind+"-ink"))
	switch kind {
	case "closed": // a padlock
		c.put(`<path d="M4.8 7V4.8a3.2 3.2 0 0 1 6.4 0V7"/><rect x="2.5" y="7" width="11" height="8" rx="1.5" %s/>`, solid)
	case "open": // a door that stands open
		c.put(`<path d="M1 15h14M3 15V1.5h9V15"/><path d="M3 1.5l6 2.5v12.5l-6-1.5z" %s/>`, solid)
	case "mfa": // a shield with a tick
		c.put(`<path d="M8 1l6 2.2v4.3c0 3.8-2.5 6.2-6 7.5c-3.5-1.3-6-3.7-6-7.5V3.2z"/><path d="M5.2 8l2 2 3.6-4"/>`)
	case "undecided": // a question mark
		c.put(`<path d="M4.8 5a3.2 3.2 0 1 1 4.9 2.8C8.5 8.6 8 9.2 8 10.5"/><circle cx="8" cy="14" r="1.2" %s/>`, solid)
	default: // a dash
		c.put(`<path d="M4 8h8"/>`)
	}
	c.put(`</g>`)
}
