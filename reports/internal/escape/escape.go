// Package escape makes text that came from a tenant harmless in what the
// writers write: a terminal or a build log, XML, JSON, Markdown and CSV. It is
// the one place that knows which characters act on a reader instead of being
// read.
//
// It must not know findings, nor what a text means.
package escape

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes s one line that only shows itself. Characters that steer a
// terminal, end the line, turn the direction of writing, or cannot be seen
// come out as Go writes them in a literal, such as \n, \x1b and \u202e; a byte
// that is no UTF-8 as U+FFFD. Build systems act on ##[command] and
// ##vso[command] anywhere in a log, so there the second # is written \x23.
//
// Backslashes are not doubled: names of domains and paths stay readable, and
// nothing parses the result. Line(Line(s)) is Line(s).
func Line(s string) string { return visible(s, false) }

// Lines is Line for a text of several lines, such as a script: newlines stay,
// a tab becomes four spaces. GitHub acts on a line that starts with two colons,
// so there the second is written \x3a.
func Lines(s string) string {
	s = visible(s, true)
	if !strings.Contains(s, "::") {
		return s
	}
	return lineCommand.ReplaceAllString(s, `$1:\x3a`)
}

var lineCommand = regexp.MustCompile(`(?m)^( *)::`)

// Cut cuts s to at most n characters, of which the last three are dots if
// something was cut off. n is at least 3.
func Cut(s string, n int) string {
	// No text has more characters than bytes.
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	kept := 0
	for i := range s {
		if kept == n-3 {
			return s[:i] + "..."
		}
		kept++
	}
	return s
}

// logCommand is what a build system reads as a command, wherever it stands in a
// line.
var logCommand = regexp.MustCompile(`(?i)#(#[a-z]*\[)`)

func visible(s string, lines bool) string {
	if strings.Contains(s, "##") {
		s = logCommand.ReplaceAllStringFunc(s, func(command string) string { return `#\x23` + command[2:] })
	}
	if utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case lines && r == '\n':
			b.WriteByte('\n')
		case lines && r == '\t':
			b.WriteString("    ")
		case hidden(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden reports a character that acts or cannot be seen. The two joiners are
// not among them: Persian names and many emoji cannot be written without them.
func hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7F
	}
	const zeroWidthNonJoiner, zeroWidthJoiner = 0x200C, 0x200D
	if r == zeroWidthNonJoiner || r == zeroWidthJoiner {
		return false
	}
	noncharacter := r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
	return noncharacter ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}
