package population

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner walks over JSON that was found valid when it was first read, and so
// checks little. It never runs over the end: a file may have changed since, and
// then bad is set and every step goes to the end.
type scanner struct {
	text []byte
	i    int
	bad  bool
}

// fail ends the walk.
func (s *scanner) fail() { s.bad, s.i = true, len(s.text) }

// peek gives the byte that stands here, 0 at the end.
func (s *scanner) peek() byte {
	if s.i >= len(s.text) {
		s.fail()
		return 0
	}
	return s.text[s.i]
}

func (s *scanner) space() {
	for s.i < len(s.text) && s.text[s.i] <= ' ' {
		s.i++
	}
}

// more reports whether another field or element starts behind the opening bracket
// or the one before, and steps up to it; else it steps over the closing bracket.
func (s *scanner) more(end byte) bool {
	s.space()
	switch s.peek() {
	case end:
		s.i++
		return false
	case ',':
		s.i++
		s.space()
	}
	return s.i < len(s.text)
}

// name steps over a field's name and colon, and gives the name with its quotes.
func (s *scanner) name() []byte {
	quoted := s.str()
	s.space()
	if s.peek() != ':' {
		s.fail()
		return quoted
	}
	s.i++
	s.space()
	return quoted
}

// str steps over a string and gives it with its quotes.
func (s *scanner) str() []byte {
	start := s.i
	if s.peek() != '"' {
		s.fail()
		return nil
	}
	for at := start + 1; ; {
		n := bytes.IndexByte(s.text[at:], '"')
		if n < 0 {
			s.fail()
			return nil
		}
		at += n + 1
		escapes := 0
		for s.text[at-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			s.i = at
			return s.text[start:at]
		}
	}
}

// skip steps over one value.
func (s *scanner) skip() {
	switch s.peek() {
	case '"':
		s.str()
	case '{', '[':
		s.skipNested()
	default:
		s.skipPlain()
	}
}

func (s *scanner) skipNested() {
	depth := 0
	for s.i < len(s.text) {
		switch s.text[s.i] {
		case '"':
			s.str()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				s.i++
				return
			}
		}
		s.i++
	}
	s.fail()
}

// skipPlain steps over a number or a literal.
func (s *scanner) skipPlain() {
	start := s.i
	for s.i < len(s.text) {
		switch s.text[s.i] {
		case ',', ']', '}', ' ', '\n', '\r', '\t':
			if s.i == start {
				s.fail()
			}
			return
		}
		s.i++
	}
}

// unquote gives what a quoted string stands for.
func unquote(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return string(inner)
	}
	return string(text)
}
