package escape

import (
	"regexp"
	"strings"
)

// formula is where a spreadsheet starts to calculate: at one of these marks at
// the start of a cell. Where the list separator is a semicolon, as in Dutch, a
// spreadsheet splits on it even though the file is separated by commas.
var formula = regexp.MustCompile(`(^|;)( *"*)([=+\-@＝＋－＠])`)

// CSV makes s a cell that a spreadsheet shows and does not calculate: one line,
// with an apostrophe before what would start a formula. Quoting is left to the
// CSV writer.
func CSV(s string) string {
	s = Line(s)
	// Most cells start with a letter or a digit and hold no semicolon.
	if s == "" || strings.IndexByte(s, ';') < 0 && (s[0] >= 'A' && s[0] <= 'z' || s[0] >= '/' && s[0] <= '9') {
		return s
	}
	return formula.ReplaceAllString(s, `$1$2'$3`)
}
