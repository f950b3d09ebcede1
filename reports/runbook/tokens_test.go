package runbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// token is one token of PowerShell, as far as this test tells them apart.
type token struct {
	kind tokenKind
	text string
}

type tokenKind int

const (
	tokenWord tokenKind = iota
	tokenSign
	tokenString // what a literal of single quotes means
	tokenDouble // the text between double quotes, as it stands
	tokenHere   // a here-string
)

const (
	singleQuotes = "'\u2018\u2019\u201a\u201b"
	doubleQuotes = "\"\u201c\u201d\u201e"
)

// tokenize takes a script apart by the rules of the language: any of the five single
// quotes ends a literal that any of them began, two of them stand for one; a comment
// ends with the line or at #>; a here-string ends at a line that starts with a quote
// and an at sign; a backtick takes the next character as it is.
func tokenize(source string) ([]token, error) {
	text := []rune(source)
	at := func(i int) rune {
		if i < len(text) {
			return text[i]
		}
		return 0
	}
	is := func(set string, r rune) bool { return r != 0 && strings.ContainsRune(set, r) }
	var tokens []token
	for i := 0; i < len(text); {
		switch r := text[i]; {
		case is(" \t\r\n", r):
			i++
		case r == '<' && at(i+1) == '#':
			end := slices.Index(text[i:], '>')
			for end >= 0 && text[i+end-1] != '#' {
				next := slices.Index(text[i+end+1:], '>')
				if next < 0 {
					return nil, fmt.Errorf("a comment has no end")
				}
				end += next + 1
			}
			if end < 0 {
				return nil, fmt.Errorf("a comment has no end")
			}
			i += end + 1
		case r == '#':
			for i < len(text) && text[i] != '\n' && text[i] != '\r' {
				i++
			}
		case r == '@' && is(singleQuotes+doubleQuotes, at(i+1)) && is("\r\n", at(i+2)):
			quotes := singleQuotes
			if is(doubleQuotes, at(i+1)) {
				quotes = doubleQuotes
			}
			start := i + 3
			end := start
			for !(is("\r\n", at(end)) && is(quotes, at(end+1)) && at(end+2) == '@') {
				if end++; end > len(text) {
					return nil, fmt.Errorf("a here-string has no end")
				}
			}
			tokens = append(tokens, token{tokenHere, string(text[start:end])})
			i = end + 3
		case is(singleQuotes, r):
			var b strings.Builder
			for i++; ; i++ {
				if i >= len(text) {
					return nil, fmt.Errorf("a literal has no end")
				}
				if is(singleQuotes, text[i]) {
					if !is(singleQuotes, at(i+1)) {
						break
					}
					i++
				}
				b.WriteRune(text[i])
			}
			i++
			tokens = append(tokens, token{tokenString, b.String()})
		case is(doubleQuotes, r):
			start := i + 1
			for i++; !is(doubleQuotes, at(i)); i++ {
				if i >= len(text) {
					return nil, fmt.Errorf("a text has no end")
				}
				if text[i] == '`' {
					i++
				}
			}
			tokens = append(tokens, token{tokenDouble, string(text[start:i])})
			i++
		case r == '`':
			i += 2
		case isWord(r):
			start := i
			for isWord(at(i)) {
				i++
			}
			tokens = append(tokens, token{tokenWord, string(text[start:i])})
		default:
			tokens = append(tokens, token{tokenSign, string(r)})
			i++
		}
	}
	return tokens, nil
}

func isWord(r rune) bool {
	return r == '-' || r == '_' || r == '$' || r == ':' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// unescapeCalls replaces ([regex]::Unescape('…')) by the literal that it means.
func unescapeCalls(tokens []token) []token {
	call := []string{"(", "[", "regex", "]", "::Unescape", "("}
	var out []token
	for i := 0; i < len(tokens); i++ {
		matches := i+len(call)+2 < len(tokens)
		for j, part := range call {
			matches = matches && tokens[i+j].kind != tokenString && tokens[i+j].text == part
		}
		if literal := i + len(call); matches && tokens[literal].kind == tokenString && tokens[literal+1].text == ")" && tokens[literal+2].text == ")" {
			text, err := decode(tokens[literal].text)
			if err != nil {
				text = err.Error()
			}
			out = append(out, token{tokenString, text})
			i = literal + 2
			continue
		}
		out = append(out, tokens[i])
	}
	return out
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	text, err := decode(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// decode is [regex]::Unescape for the two escapes that the script uses.
func decode(s string) (string, error) {
	var units []uint16
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			units = append(units, uint16(s[i]))
			continue
		}
		i++
		switch {
		case i < len(s) && s[i] == '\\':
			units = append(units, '\\')
		case i+4 < len(s) && s[i] == 'u':
			var unit uint16
			if _, err := fmt.Sscanf(s[i+1:i+5], "%04X", &unit); err != nil {
				return "", err
			}
			units = append(units, unit)
			i += 4
		default:
			return "", fmt.Errorf("an escape that is not known in %q", s)
		}
	}
	return string(utf16.Decode(units)), nil
}
