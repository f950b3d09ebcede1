// Package columns lays text out in columns of a terminal, where a letter takes
// one, two or none.
//
// It must not know what the text says. It takes lines without control characters.
package columns

import (
	"bufio"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Wrap cuts s into lines, the first of at most first columns, the others of at
// most rest. It cuts at spaces, and through a word only where the word alone is
// too long for a line. Two spaces in a row stay together.
func Wrap(s string, first, rest int) []string {
	var lines []string
	line, used, limit := "", 0, max(first, 1)
	flush := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line, used, limit = "", 0, max(rest, 1)
	}
	for s != "" {
		var word, gap string
		word, gap, s = cutWord(s)
		// A word that fits on no line starts a line of its own only where little
		// is left of this one.
		if size := Count(word); used > 0 && used+size > limit && (size <= max(rest, 1) || limit-used < limit/3) {
			flush()
		}
		for word != "" {
			if strings.TrimLeft(line, " ") == "" {
				word = atLineStart(word)
			}
			n := fitting(word, limit-used)
			if n == 0 && used > 0 {
				flush()
				continue
			}
			if n == 0 {
				// On an empty line even a character that does not fit has its place.
				_, n = utf8.DecodeRuneInString(word)
			}
			line += word[:n]
			used += Count(word[:n])
			word = word[n:]
		}
		line += gap
		used = min(used+len(gap), limit)
	}
	flush()
	return lines
}

// Terminal is how many columns a text for people has where nobody says another number.
const Terminal = 80

// Indented writes one line of text, wrapped for a terminal: the first line starts in
// column start, the others in column hang. A failed write shows when w is flushed.
func Indented(w *bufio.Writer, start, hang int, s string) {
	for _, chunk := range Wrap(s, Terminal-start, Terminal-hang) {
		if chunk != "" {
			w.WriteString(strings.Repeat(" ", start))
		}
		w.WriteString(chunk)
		w.WriteByte('\n')
		start = hang
	}
}

// cutWord cuts the first word from s, and the spaces behind it.
func cutWord(s string) (word, gap, rest string) {
	end := strings.IndexByte(s, ' ')
	if end < 0 {
		return s, "", ""
	}
	rest = strings.TrimLeft(s[end:], " ")
	return s[:end], s[end : len(s)-len(rest)], rest
}

// atLineStart makes harmless what GitHub would take for a command at the start
// of a line, even indented.
func atLineStart(word string) string {
	if after, found := strings.CutPrefix(word, "::"); found {
		return `:\x3a` + after
	}
	return word
}

// fitting is the length of what fits of a word.
func fitting(word string, columns int) int {
	used := 0
	for i, r := range word {
		if used += runeCells(r); used > columns {
			return i
		}
	}
	return len(word)
}

// Count is how many columns s takes.
func Count(s string) int {
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

// Pad appends spaces to s until it takes n columns.
func Pad(s string, n int) string { return s + strings.Repeat(" ", max(n-Count(s), 0)) }
