package text

import (
	"bufio"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/seed-07732396/postern/policies/finding"
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
)

// line writes one line. A build system would take one that starts with two
// colons for a command, even indented.
func (p *printer) line(s string) {
	if bare := strings.TrimLeft(s, " "); strings.HasPrefix(bare, "::") {
		s = s[:len(s)-len(bare)] + `:\x3a` + bare[2:]
	}
	// A failed write shows when the buffer is flushed.
	p.w.WriteString(s)
	p.w.WriteByte('\n')
}

// wrapped writes lead and then s, wrapped at the width. lead ends in column
// start, the lines after the first start in column hang. s is one line without
// control characters.
func (p *printer) wrapped(lead string, start, hang int, s string, weight weight) {
	for i, chunk := range wrap(s, p.width-start, p.width-hang) {
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

// wrap cuts s into lines, the first of at most first columns, the others of at
// most rest. It cuts at spaces, and through a word only where the word alone is
// too long for a line. Two spaces in a row stay together.
func wrap(s string, first, rest int) []string {
	var lines []string
	line, used, limit := "", 0, max(first, 1)
	flush := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line, used, limit = "", 0, max(rest, 1)
	}
	for s != "" {
		end := strings.IndexByte(s, ' ')
		for end >= 0 && end < len(s) && s[end] == ' ' {
			end++
		}
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		s = s[end:]
		bare := strings.TrimRight(word, " ")
		// A word that fits on no line starts a line of its own only where little
		// is left of this one.
		if size := cells(bare); used > 0 && used+size > limit && (size <= max(rest, 1) || limit-used < limit/3) {
			flush()
		}
		for used+cells(bare) > limit {
			if used >= limit {
				flush()
				continue
			}
			head, tail := split(bare, limit-used)
			line += head
			flush()
			word, bare = word[len(bare)-len(tail):], tail
		}
		line += word
		used += cells(word)
	}
	flush()
	return lines
}

// split cuts a word behind the last character that fits, at least behind the
// first.
func split(word string, limit int) (head, tail string) {
	used := 0
	for i, r := range word {
		used += runeCells(r)
		if used > limit && i > 0 {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

// cells is how many columns s takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func pad(s string, columns int) string { return s + spaces(columns-cells(s)) }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
