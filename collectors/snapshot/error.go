package snapshot

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is what is wrong with one document: the first fault found, where it
// stands, and what to do about it. Every bad input gives one.
type Error struct {
	// File is the name that was given to the reader; empty when the document
	// was being written.
	File string
	// Line and Column are 1-based places in the uncompressed text, the column
	// in code points. Both are 0 when the fault has no place, as with a file
	// that is not there.
	Line, Column int
	// Field is the JSON pointer of the value at fault, empty for the document.
	Field string
	// Problem says what is wrong, in words, without the place.
	Problem string
	// Hint says what to do about it; it may be empty.
	Hint string
	// Err is the cause outside the document, such as fs.ErrNotExist, if any.
	Err error
}

// shownBytes is how much of a field Error shows: a key of the document may be
// longer than any terminal.
const shownBytes = 200

// Error gives the place and the problem on one line, without the hint. Text of
// the document is shown with its unprintable characters escaped.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(printable(e.File))
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
		}
		b.WriteString(": ")
	}
	if e.Field != "" {
		b.WriteString(printable(shorten(e.Field, shownBytes)))
		b.WriteString(": ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// Unwrap gives the cause outside the document.
func (e *Error) Unwrap() error { return e.Err }

// printable escapes what a terminal would act on instead of showing.
func printable(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unprintable(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Zs, r) && r != ' '
}

// shorten cuts s to about n bytes, between two code points.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
