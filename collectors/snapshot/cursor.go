package snapshot

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// cursor walks over text that jsontext has already accepted as JSON. It checks
// nothing again, which makes it several times faster than reading tokens, and
// it knows its offset at each step.
type cursor struct {
	text []byte
	i    int
}

// kind skips space and gives the kind of the token that starts here.
func (c *cursor) kind() jsontext.Kind {
	c.space()
	b := c.text[c.i]
	if b == '-' || '0' <= b && b <= '9' {
		return jsontext.KindNumber
	}
	return jsontext.Kind(b)
}

// space skips space. Nothing else below it stands between two tokens.
func (c *cursor) space() {
	for c.i < len(c.text) && c.text[c.i] <= ' ' {
		c.i++
	}
}

// str steps over a string and gives it with its quotes.
func (c *cursor) str() []byte {
	start := c.i
	c.i++
	for {
		c.i += bytes.IndexByte(c.text[c.i:], '"') + 1
		escapes := 0
		for c.text[c.i-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return c.text[start:c.i]
		}
	}
}

// number steps over a number and gives it.
func (c *cursor) number() []byte {
	start := c.i
	for c.i < len(c.text) {
		switch c.text[c.i] {
		case ',', ']', '}', ' ', '\n', '\r', '\t':
			return c.text[start:c.i]
		}
		c.i++
	}
	return c.text[start:]
}

// literal steps over null, true or false.
func (c *cursor) literal() {
	if c.text[c.i] == 'f' {
		c.i++
	}
	c.i += 4
}

// more reports whether another member or element of an object or array starts
// behind the opening bracket or the previous one, and steps up to it; otherwise
// it steps over the closing bracket.
func (c *cursor) more(end byte) bool {
	c.space()
	switch c.text[c.i] {
	case end:
		c.i++
		return false
	case ',':
		c.i++
		c.space()
	}
	return true
}

// name steps over an object member's name and colon, up to its value, and gives
// the name with its quotes.
func (c *cursor) name() []byte {
	quoted := c.str()
	c.colon()
	return quoted
}

func (c *cursor) colon() {
	c.space()
	c.i++
	c.space()
}

// skip steps over one value.
func (c *cursor) skip() {
	depth := 0
	for {
		switch c.kind() {
		case jsontext.KindString:
			c.str()
		case jsontext.KindBeginObject, jsontext.KindBeginArray:
			depth++
			c.i++
		case jsontext.KindEndObject, jsontext.KindEndArray:
			depth--
			c.i++
		case ',', ':':
			c.i++
			continue
		case jsontext.KindNumber:
			c.number()
		default:
			c.literal()
		}
		if depth == 0 {
			return
		}
	}
}

// sameString reports whether a quoted string stands for s.
func sameString(quoted []byte, s string) bool {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner) == s
	}
	return unquote(quoted) == s
}

// unquote gives what a quoted string stands for.
func unquote(quoted []byte) string {
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return string(quoted)
	}
	return string(text)
}
