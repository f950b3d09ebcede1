package runbook

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// literal is a text as PowerShell's data. Printable ASCII stands in single quotes,
// in which nothing but a quote means anything. Everything else is spelled as \u and
// four hex digits and read back by [regex]::Unescape: PowerShell takes four more
// characters for single quotes, Windows PowerShell reads a file without a byte order
// mark in the machine's own code page, and a line end would break the text out of a
// comment.
func literal(s string) string {
	if isPlain(s) {
		return quoted(s)
	}
	return "([regex]::Unescape(" + quoted(escaped(s)) + "))"
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// isPlain reports printable ASCII that no build system takes for a command when the
// script is shown in its log.
func isPlain(s string) bool {
	return !strings.Contains(s, "##") && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// escaped spells what is not plain as UTF-16, each unit \u and four hex digits, and doubles
// backslashes. Bytes that are no UTF-8 become U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range s {
		hash := r == '#' && last == '#'
		last = r
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r >= ' ' && r <= '~' && !hash:
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04X`, unit)
			}
		}
	}
	return b.String()
}

// comment is a text as one line behind a hash.
func comment(s string) string { return "# " + escaped(s) }

// jsonLiteral is a JSON value as PowerShell's data: a text, a number, true, false,
// null, or a list of texts.
func jsonLiteral(v jsontext.Value) (string, error) {
	var any any
	if err := json.Unmarshal(v, &any); err != nil {
		return "", fmt.Errorf("write a value into the script: %w", err)
	}
	return valueLiteral(any)
}

func valueLiteral(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "$null", nil
	case bool:
		return "$" + strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case string:
		return literal(v), nil
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			text, err := valueLiteral(item)
			if err != nil {
				return "", err
			}
			items[i] = text
		}
		return "@(" + strings.Join(items, ", ") + ")", nil
	}
	return "", fmt.Errorf("write a value into the script: %T is none that it can hold", v)
}

// list is texts as an array.
func list(texts []string) string {
	items := make([]string, len(texts))
	for i, s := range texts {
		items[i] = literal(s)
	}
	return "@(" + strings.Join(items, ", ") + ")"
}

// cell is a text as a cell of the table of mailboxes, which the script reads as CSV
// and unescapes.
func cell(s string) string { return `"` + strings.ReplaceAll(escaped(s), `"`, `""`) + `"` }
