package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// logCommand is what Azure Pipelines and GitHub Actions take for a command wherever it
// stands in a log, lineCommand what GitHub does at the start of a line.
var (
	logCommand  = regexp.MustCompile(`(?i)#(#[a-z]*\[)`)
	lineCommand = regexp.MustCompile(`(?m)^([ \t]*)::`)
)

// printable makes text that may come from a tenant or a file harmless for a terminal and
// for a build system's log: it shows control and formatting characters instead of
// obeying them, and breaks commands up. Lines and tabs stay.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\t' || !acts(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, "\\U%08x", r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	text = logCommand.ReplaceAllStringFunc(b.String(), func(command string) string { return `#\u0023` + command[2:] })
	return lineCommand.ReplaceAllString(text, `$1:\u003a`)
}

// acts tells characters that steer a terminal, turn the direction of writing, or cannot
// be seen. The two joiners are not among them: names are written with them.
func acts(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = 0x200C, 0x200D
	return r != zeroWidthNonJoiner && r != zeroWidthJoiner &&
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}
