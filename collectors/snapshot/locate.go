package snapshot

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Locate gives the region of the value that a JSON pointer (RFC 6901) names; ""
// is the whole document. For an array's element that is the value; for an
// object's member it starts with the member's name, so that a reader is shown
// "PopEnabled": true and not a bare true. A pointer into a mailbox gives the
// region of the mailbox, whose inside is not kept, whatever follows its index; so
// does one into a row of evidence that was handed over.
// It reports false for a pointer to what the document does not have.
func (d *Document) Locate(pointer string) (Region, bool) {
	tokens, ok := pointerTokens(pointer)
	switch {
	case !ok:
		return Region{}, false
	case len(tokens) == 0:
		return d.root.region(), true
	case tokens[0] == "mailboxes":
		return d.locateMailbox(tokens[1:])
	}
	s, ok := d.section(tokens[0])
	if !ok {
		return Region{}, false
	}
	if len(tokens) == 1 {
		return s.member.region(), true
	}
	if region, ok := s.locateRow(tokens[1:]); ok {
		return region, true
	}
	f, ok := s.find(tokens[1:])
	if !ok {
		return Region{}, false
	}
	start := f.base.after(s.raw[f.baseOffset:f.member])
	end := start.after(s.raw[f.member:f.end])
	return newSpan(start, end).region(), true
}

// Value gives the value that a JSON pointer names, as it stands in the file, or in
// what was laid over it. It reports false for the document as a whole, for mailboxes
// and rows of evidence that are not kept, and for what is not there. The value must not be changed.
func (d *Document) Value(pointer string) (jsontext.Value, bool) {
	tokens, ok := pointerTokens(pointer)
	if !ok || len(tokens) == 0 {
		return nil, false
	}
	s, ok := d.section(tokens[0])
	if !ok {
		return nil, false
	}
	text := s
	if s.laid != nil {
		text = &section{raw: s.laid}
	}
	f, ok := text.find(tokens[1:])
	if !ok {
		return nil, false
	}
	return text.raw[f.value:f.end:f.end], true
}

func (d *Document) locateMailbox(tokens []string) (Region, bool) {
	if !d.mailboxes.present {
		return Region{}, false
	}
	if len(tokens) == 0 {
		return d.mailboxes.member.region(), true
	}
	i, ok := arrayIndex(tokens[0])
	if !ok || i >= d.mailboxes.spans.n {
		return Region{}, false
	}
	return d.mailboxes.spans.at(i).region(), true
}

// found is where a value stands in a section's text: offsets of its member's
// name (or of itself, in an array), of itself, and of its end. base is the
// nearest place before it that is known.
type found struct {
	member, value, end int
	base               place
	baseOffset         int
}

// find follows tokens into the section.
func (s *section) find(tokens []string) (found, bool) {
	c := cursor{text: s.raw}
	f := found{base: s.value}
	if s.anchors != nil && len(tokens) > 0 {
		at, ok := s.anchors[tokens[0]]
		list := s.rows[tokens[0]]
		if ok && list != nil && len(tokens) > 1 {
			at, ok = s.enterRow(list, tokens[1])
			tokens = tokens[1:]
		}
		if !ok {
			return f, false
		}
		f.member, f.base, f.baseOffset = at.offset, at.at, at.offset
		if c.i = at.offset; c.kind() == jsontext.KindString {
			c.name() // rows are objects, and have none
		}
		tokens = tokens[1:]
	}
	for _, token := range tokens {
		var ok bool
		switch c.kind() {
		case jsontext.KindBeginObject:
			f.member, ok = c.enterMember(token)
		case jsontext.KindBeginArray:
			f.member, ok = c.enterElement(token)
		}
		if !ok {
			return f, false
		}
	}
	f.value = c.i
	c.skip()
	f.end = c.i
	return f, true
}

// enterMember steps to the value of an object's member, and gives the offset of
// the member's name.
func (c *cursor) enterMember(name string) (offset int, ok bool) {
	c.i++
	for c.more('}') {
		offset = c.i
		if sameString(c.name(), name) {
			return offset, true
		}
		c.skip()
	}
	return 0, false
}

// enterElement steps to an array's element, and gives its offset.
func (c *cursor) enterElement(token string) (offset int, ok bool) {
	i, ok := arrayIndex(token)
	if !ok {
		return 0, false
	}
	c.i++
	for c.more(']') {
		if i == 0 {
			return c.i, true
		}
		i--
		c.skip()
	}
	return 0, false
}

// pointerTokens splits a JSON pointer into its unescaped tokens.
func pointerTokens(pointer string) ([]string, bool) {
	if pointer == "" {
		return nil, true
	}
	if pointer[0] != '/' {
		return nil, false
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, t := range tokens {
		if !strings.Contains(t, "~") {
			continue
		}
		if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(t), "~") {
			return nil, false
		}
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
	}
	return tokens, true
}

// arrayIndex reads an array index as RFC 6901 writes it: no sign, no leading
// zero.
func arrayIndex(token string) (int, bool) {
	if len(token) == 0 || len(token) > 1 && token[0] == '0' || token[0] < '0' || token[0] > '9' {
		return 0, false
	}
	i, err := strconv.Atoi(token)
	return i, err == nil
}
