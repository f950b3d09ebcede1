package matrix

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// The measures of the picture, in its own units.
const (
	margin     = 20.0
	gap        = 8.0
	labelWidth = 180.0
	cellWidth  = 226.0
	cellHeight = 46.0
	headHeight = 34.0
)

// SVG draws one matrix. Same matrix, same bytes.
func SVG(w io.Writer, m *finding.AccessMatrix, o Options) error {
	p := newPicture(&o, m.Protocols, m.Methods)
	width := margin + labelWidth + float64(len(p.methods))*(cellWidth+gap) - gap + margin
	p.open(max(width, 560), p.single(m))
	left := margin + labelWidth
	for j, method := range p.methods {
		x := left + float64(j)*(cellWidth+gap)
		p.c.text(x+2, p.y+20, lettering{size: 13, bold: true, color: "ink"}, fits(p.w.term(method), 13, cellWidth))
	}
	p.y += headHeight
	for _, protocol := range p.protocols {
		p.rowLabel(protocol, cellHeight)
		for j, method := range p.methods {
			p.cell(left+float64(j)*(cellWidth+gap), p.y, square(m, protocol.ID, method.ID), m.Mailboxes)
		}
		p.y += cellHeight + gap
	}
	p.legend(p.notes(m))
	return p.close(w)
}

// picture is a drawing in progress, from top to bottom.
type picture struct {
	c                  *canvas
	o                  *Options
	w                  *words
	protocols, methods []finding.AccessTerm
	width, y           float64
	head               string
}

func newPicture(o *Options, protocols, methods []finding.AccessTerm) *picture {
	return &picture{c: &canvas{paint: light()}, o: o, w: o.words(), protocols: protocols, methods: methods}
}

// open starts the picture and writes its heading. description is what a reader
// hears who does not see it.
func (p *picture) open(width float64, description string) {
	p.width = width
	title := cmp.Or(p.o.Title, p.w.title)
	p.head = fmt.Sprintf("<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n",
		written(p.o.id()), written(title), written(p.o.id()), written(description))
	p.c.text(margin, margin+18, lettering{size: 19, bold: true, color: "ink"}, fits(title, 19, width-2*margin))
	p.y = margin + 26
	if p.o.Subtitle != "" {
		p.c.text(margin, p.y+16, lettering{size: 13, color: "faint"}, fits(p.o.Subtitle, 13, width-2*margin))
		p.y += 22
	}
	if p.o.Warning != "" {
		p.warning(p.o.Warning)
	}
	p.y += 8
}

// warning writes what the reader has to know first, on as many lines as it takes.
func (p *picture) warning(s string) {
	const size, mark = 12.5, 24.0
	p.c.symbol(margin, p.y+4, "undecided")
	for _, line := range columns.Wrap(escape.Line(s), int((p.width-2*margin-mark)/(size*0.63)), int((p.width-2*margin-mark)/(size*0.63))) {
		p.c.text(margin+mark, p.y+17, lettering{size: size, bold: true, color: "undecided-ink"}, line)
		p.y += 18
	}
	p.y += 4
}

// close puts the picture's frame around what was drawn.
func (p *picture) close(w io.Writer) error {
	height := p.y + margin
	var b strings.Builder
	if !p.o.Fragment {
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	}
	id := written(p.o.id())
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="pm" role="img" aria-labelledby="%s-title" aria-describedby="%s-desc"`, id, id)
	fmt.Fprintf(&b, ` viewBox="0 0 %s %s" width="%s" height="%s" font-family="%s">`+"\n",
		number(p.width), number(height), number(p.width), number(height), fonts)
	b.WriteString(p.head)
	if !p.o.Fragment {
		b.WriteString("<style>\n" + Style() + "</style>\n")
		fmt.Fprintf(&b, `<rect width="%s" height="%s" rx="8" class="pm-paper" fill="%s"/>`+"\n", number(p.width), number(height), p.c.paint.paper)
	}
	b.Write(p.c.b.Bytes())
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *picture) rowLabel(protocol finding.AccessTerm, height float64) {
	p.c.text(margin, p.y+height/2+5, lettering{size: 13.5, bold: true, color: "ink"}, fits(p.w.term(protocol), 13.5, labelWidth))
}

// cell draws a square of a single matrix: sign, word and head count above, the
// lock's place below.
func (p *picture) cell(x, y float64, cell finding.AccessCell, total int) {
	kind := kindOf(cell.Worst)
	p.c.put(`<g><title>%s</title>`, written(p.sentence(cell, total)))
	p.c.surface(x, y, cellWidth, cellHeight, kind, false)
	if kind == "none" {
		p.nothing(x+10, y+cellHeight/2, cell)
		return
	}
	p.c.symbol(x+10, y+8, kind)
	ink := kind + "-ink"
	p.c.text(x+34, y+20, lettering{size: 14, bold: true, color: ink}, p.w.state[cell.Worst])
	place, count := p.w.where(cell, total)
	p.c.text(x+34, y+37, lettering{size: 11.5, color: ink}, place)
	p.c.text(x+cellWidth-10, y+20, lettering{size: 12, anchor: "end", color: ink}, p.w.counted(count, total))
	p.c.put(`</g>`)
}

// where says at which place a square's worst mailboxes stop, and how many mailboxes
// its word speaks of: all where they are closed, the worst later than the others.
func (w *words) where(cell finding.AccessCell, total int) (place string, count int) {
	n := worstCount(cell)
	if kindOf(cell.Worst) != "closed" || n == total {
		return w.place[cell.Worst], n
	}
	return w.part(n, total, 6) + " " + w.place[cell.Worst], total
}

// counted is a share as a cell has room for it: "15", "3 of 15", or in large tenants
// "37%".
func (w *words) counted(n, total int) string {
	const most = 12
	if s := w.share(n, total); len(s) <= most {
		return s
	}
	return w.part(n, total, most)
}

// nothing fills a square that is no door, around the height y.
func (p *picture) nothing(x, y float64, cell finding.AccessCell) {
	p.c.symbol(x, y-8, "none")
	p.c.text(x+24, y+4.5, lettering{size: 13, color: "none-ink"}, p.w.state[cell.Worst])
	p.c.put(`</g>`)
}

// sentence says a square in words: "POP by Basic authentication: open without MFA,
// 3 of 15 mailboxes; closed at Exchange, 12 of 15 mailboxes."
func (p *picture) sentence(cell finding.AccessCell, total int) string {
	return p.name(cell) + ": " + p.w.counts(cell, total) + "."
}

func (p *picture) name(cell finding.AccessCell) string {
	return p.term(p.protocols, cell.Protocol) + " " + p.w.by + " " + p.term(p.methods, cell.Method)
}

func (p *picture) term(list []finding.AccessTerm, id string) string {
	for _, t := range list {
		if t.ID == id {
			return p.w.term(t)
		}
	}
	return id
}

// counts lists the outcomes of a square with their head counts, the worst first.
func (w *words) counts(cell finding.AccessCell, total int) string {
	if len(cell.Counts) == 0 || cell.Worst == finding.AccessNotOffered {
		return lowerFirst(w.outcome(cell.Worst))
	}
	var parts []string
	for _, n := range cell.Counts {
		parts = append(parts, lowerFirst(w.outcome(n.Outcome))+", "+w.shareOf(n.Mailboxes, total))
	}
	return strings.Join(parts, "; ")
}

// lowerFirst makes the first letter of a word of ours small.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// single describes a whole matrix.
func (p *picture) single(m *finding.AccessMatrix) string {
	parts := append(p.warned(), p.notes(m)...)
	for _, c := range m.Cells {
		parts = append(parts, p.sentence(c, m.Mailboxes))
	}
	return strings.Join(parts, " ")
}

// warned is the warning as a sentence.
func (p *picture) warned() []string {
	if p.o.Warning == "" {
		return nil
	}
	return []string{strings.TrimSuffix(p.o.Warning, ".") + "."}
}

// notes say of how many mailboxes a matrix speaks, and of which not.
func (p *picture) notes(m *finding.AccessMatrix) []string { return p.w.notes(m) }

func (w *words) notes(m *finding.AccessMatrix) []string {
	first := upperFirst(w.population(m.Mailboxes))
	if left := w.left(m); left != "" {
		first += " (" + left + ")"
	}
	notes := []string{first + "."}
	if m.AsPublished {
		notes = append(notes, w.asPublished)
	}
	return notes
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// legend explains the signs in one or more lines, and then writes the notes.
func (p *picture) legend(notes []string) {
	p.y += 6
	p.c.put(`<path d="M%s %sH%s" class="pm-rule" stroke="%s"/>`, number(margin), number(p.y), number(p.width-margin), p.c.paint.rule)
	p.y += 10
	x := margin
	for _, outcome := range []finding.AccessOutcome{finding.AccessOpen, finding.AccessUndecided, finding.AccessWithMFA, finding.AccessClosedAtExchange} {
		text := p.w.legend[outcome]
		width := 30 + float64(len(text))*6.7 + 12
		if x > margin && x+width > p.width-margin {
			x = margin
			p.y += 28
		}
		kind := kindOf(outcome)
		p.c.surface(x, p.y, 24, 24, kind, false)
		p.c.symbol(x+4, p.y+4, kind)
		p.c.text(x+31, p.y+17, lettering{size: 12, color: "faint"}, text)
		x += width
	}
	p.y += 28
	for _, note := range notes {
		p.c.text(margin, p.y+14, lettering{size: 12, color: "faint"}, fits(note, 12, p.width-2*margin))
		p.y += 18
	}
	p.y -= 4
}
