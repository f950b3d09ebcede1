package population

import "strings"

// Identity is who a mailbox is: what is never judged.
type Identity struct {
	ID, UserPrincipalName, DisplayName string
}

// Identify reads who a mailbox's record is about. ok is false where the record
// cannot be one.
func Identify(record []byte) (who Identity, ok bool) {
	s := scanner{text: record}
	s.space()
	if s.peek() != '{' {
		return who, false
	}
	s.i++
	var found [3]struct {
		into       *string
		start, end int
	}
	n := 0
	for n < len(found) && s.more('}') {
		var into *string
		switch string(plainName(s.name())) {
		case "id":
			into = &who.ID
		case "user_principal_name":
			into = &who.UserPrincipalName
		case "display_name":
			into = &who.DisplayName
		}
		if into == nil || s.peek() != '"' {
			s.skip()
			continue
		}
		start := s.i
		s.str()
		found[n].into, found[n].start, found[n].end = into, start, s.i
		n++
	}
	if s.bad || n == 0 {
		return who, false
	}
	// As a rule the three stand beside each other: one copy is cheaper than three.
	first := found[0].start
	text := string(record[first:found[n-1].end])
	for _, part := range found[:n] {
		*part.into = unquoteText(text[part.start-first : part.end-first])
	}
	return who, who.ID != ""
}

// unquoteText is unquote for a quoted string that may be kept.
func unquoteText(quoted string) string {
	inner := quoted[1 : len(quoted)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	return unquote([]byte(quoted))
}

// plainName is a name without its quotes and escapes.
func plainName(quoted []byte) []byte {
	if len(quoted) < 2 {
		return nil
	}
	for _, b := range quoted {
		if b == '\\' {
			return []byte(unquote(quoted))
		}
	}
	return quoted[1 : len(quoted)-1]
}

// Has reports whether a record has something at a path of names, null included.
func Has(record []byte, path ...string) bool {
	s := scanner{text: record}
	return s.walk(path) && !s.bad
}

// walk steps to the value at a path of names.
func (s *scanner) walk(path []string) bool {
	s.space()
	for _, name := range path {
		if s.peek() != '{' || !s.enter(name) {
			return false
		}
	}
	return true
}

// Text gives the text that a record has at a path of names, empty for anything
// else.
func Text(record []byte, path ...string) string {
	s := scanner{text: record}
	if !s.walk(path) || s.peek() != '"' {
		return ""
	}
	quoted := s.str()
	if s.bad {
		return ""
	}
	return unquote(quoted)
}

// enter steps to the value of an object's field.
func (s *scanner) enter(field string) bool {
	s.i++
	for s.more('}') {
		if string(plainName(s.name())) == field {
			return !s.bad
		}
		s.skip()
	}
	return false
}
