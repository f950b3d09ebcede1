package text

import (
	"bufio"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

type printer struct {
	w      *bufio.Writer
	width  int
	paint  painter
	style  wording.Style
	report *finding.Report
	// ids is the width of the column of control ids.
	ids int
}

// weight is how a wrapped text stands out.
type weight int

const (
	plain weight = iota
	bold
	dim
	struck
)

func (p *printer) line(s string) {
	// A failed write shows when the buffer is flushed.
	p.w.WriteString(s)
	p.w.WriteByte('\n')
}

// wrapped writes lead and then s, wrapped at the width. lead ends in column
// start, the lines after the first start in column hang. s is one line without
// control characters.
func (p *printer) wrapped(lead string, start, hang int, s string, weight weight) {
	for i, chunk := range columns.Wrap(s, p.width-start, p.width-hang) {
		if i > 0 {
			lead = spaces(hang)
		}
		if chunk == "" {
			p.line(strings.TrimRight(lead, " "))
			continue
		}
		p.line(lead + p.paint.weigh(weight, chunk))
	}
}

func pad(s string, n int) string { return columns.Pad(s, n) }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
