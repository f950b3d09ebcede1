package matrix

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// The measures of two matrices side by side.
const (
	pairWidth  = 178.0
	pairHeight = 62.0
	pairGap    = 6.0
	between    = 26.0
)

// SVGPair draws two matrices side by side, and marks what changed. Same matrices,
// same bytes.
func SVGPair(w io.Writer, before, after *finding.AccessMatrix, o Options) error {
	p := newPicture(&o, union(before.Protocols, after.Protocols), union(before.Methods, after.Methods))
	block := float64(len(p.methods))*(pairWidth+pairGap) - pairGap
	p.open(margin+labelWidth+block+between+block+margin, p.pair(before, after))
	left := margin + labelWidth
	right := left + block + between
	p.blockHead(left, block, cmp.Or(o.Before, p.w.before))
	p.blockHead(right, block, cmp.Or(o.After, p.w.after))
	p.y += headHeight + 24
	top := p.y
	for _, protocol := range p.protocols {
		p.rowLabel(protocol, pairHeight)
		for j, method := range p.methods {
			was, is := square(before, protocol.ID, method.ID), square(after, protocol.ID, method.ID)
			shift := float64(j) * (pairWidth + pairGap)
			p.half(left+shift, was, before.Mailboxes, drift{})
			p.half(right+shift, is, after.Mailboxes, o.driftOf(was, is))
		}
		p.y += pairHeight + pairGap
	}
	middle := right - between/2
	p.c.put(`<path d="M%s %sV%s" class="pm-rule" stroke="%s"/>`, number(middle), number(top-50), number(p.y), p.c.paint.rule)
	p.legend(p.pairNotes(before, after))
	return p.close(w)
}

// blockHead writes what stands above one of the two.
func (p *picture) blockHead(x, width float64, caption string) {
	p.c.text(x, p.y+16, lettering{size: 14, bold: true, color: "ink"}, fits(caption, 14, width))
	for j, method := range p.methods {
		p.c.text(x+float64(j)*(pairWidth+pairGap)+2, p.y+44, lettering{size: 12, color: "faint"}, fits(p.w.term(method), 12, pairWidth+10))
	}
}

// half draws a square of one of the two. What changed is written in it and its edge
// is strong.
func (p *picture) half(x float64, cell finding.AccessCell, total int, d drift) {
	kind := kindOf(cell.Worst)
	changed := p.w.drift(d)
	p.c.put(`<g><title>%s</title>`, written(p.sentence(cell, total)))
	p.c.surface(x, p.y, pairWidth, pairHeight, kind, changed != "")
	if kind == "none" {
		p.nothing(x+8, p.y+pairHeight/2, cell)
		return
	}
	p.c.symbol(x+8, p.y+6, kind)
	ink := kind + "-ink"
	p.c.text(x+30, p.y+19, lettering{size: 13.5, bold: true, color: ink}, p.w.state[cell.Worst])
	place, count := p.w.where(cell, total)
	p.c.text(x+pairWidth-8, p.y+19, lettering{size: 11, anchor: "end", color: ink}, p.w.part(count, total, 6))
	p.c.text(x+10, p.y+37, lettering{size: 10.5, color: ink}, place)
	p.c.text(x+10, p.y+53, lettering{size: 11, bold: true, color: ink}, fits(changed, 11, pairWidth-12))
	p.c.put(`</g>`)
}

// pair describes two matrices: every square that changed, then how many did not.
func (p *picture) pair(before, after *finding.AccessMatrix) string {
	parts := append(p.warned(), p.pairNotes(before, after)...)
	for _, protocol := range p.protocols {
		for _, method := range p.methods {
			was, is := square(before, protocol.ID, method.ID), square(after, protocol.ID, method.ID)
			d := p.o.driftOf(was, is)
			text := p.name(is) + ": " + p.w.unchanged + ", " + p.w.counts(is, after.Mailboxes)
			if d.changed() {
				text = p.name(is) + ": " + fmt.Sprintf(p.w.wasNow, p.w.counts(was, before.Mailboxes), p.w.counts(is, after.Mailboxes))
				if said := p.w.drift(d); said != "" {
					text += " (" + said + ")"
				}
			}
			parts = append(parts, text+".")
		}
	}
	return strings.Join(parts, " ")
}

func (p *picture) pairNotes(before, after *finding.AccessMatrix) []string {
	return p.w.pairNotes(p.o, before, after)
}

func (w *words) pairNotes(o *Options, before, after *finding.AccessMatrix) []string {
	notes := []string{
		cmp.Or(o.Before, w.before) + ": " + lowerFirst(w.notes(before)[0]),
		cmp.Or(o.After, w.after) + ": " + lowerFirst(w.notes(after)[0]),
	}
	if before.AsPublished || after.AsPublished {
		notes = append(notes, w.asPublished)
	}
	return notes
}
