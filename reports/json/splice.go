package json

import (
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// A splicer writes a report on, with the lists of members in the places that were
// left for them: the JSON library would break each member into seven lines.
type splicer struct {
	w io.Writer
	// passed is how much of the library's text was written on, held what was not yet:
	// a place is known only after the library may have written it out.
	passed int64
	held   []byte
	places []place
}

// A place is where a list of members belongs.
type place struct {
	// end is where the placeholder ends in the library's text, depth in how many
	// objects and lists it stands.
	end     int64
	depth   int
	members *finding.Members
}

const placeholder = "null"

// members leaves a place.
func (s *splicer) members(enc *jsontext.Encoder, members *finding.Members) error {
	p := place{depth: enc.StackDepth(), members: members}
	if err := enc.WriteToken(jsontext.Null); err != nil {
		return err
	}
	p.end = enc.OutputOffset()
	s.places = append(s.places, p)
	return nil
}

// Write writes on what is known to hold no more places.
func (s *splicer) Write(text []byte) (int, error) {
	s.held = append(s.held, text...)
	if err := s.pass(len(placeholder)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// finish writes the rest on, and ends the last line.
func (s *splicer) finish() error {
	s.held = append(s.held, '\n')
	return s.pass(0)
}

// pass writes on all but the last few bytes.
func (s *splicer) pass(but int) error {
	for len(s.places) > 0 && s.places[0].end <= s.passed+int64(len(s.held)) {
		if err := s.put(int(s.places[0].end-s.passed) - len(placeholder)); err != nil {
			return err
		}
		if err := s.places[0].write(s.w); err != nil {
			return err
		}
		s.drop(len(placeholder))
		s.places = s.places[1:]
	}
	return s.put(max(0, len(s.held)-but))
}

// put writes on the first n bytes.
func (s *splicer) put(n int) error {
	_, err := s.w.Write(s.held[:n])
	s.drop(n)
	return err
}

// drop forgets the first n bytes.
func (s *splicer) drop(n int) {
	s.held = s.held[:copy(s.held, s.held[n:])]
	s.passed += int64(n)
}

// write writes the list.
func (p *place) write(w io.Writer) error {
	outer, inner := "\n"+strings.Repeat(indent, p.depth), "\n"+strings.Repeat(indent, p.depth+1)
	between := inner + indent
	text := append([]byte{'{'}, inner...)
	text = append(quoted(append(text, `"population": `...), p.members.Population()), ',')
	text = append(append(text, inner...), `"count": `...)
	text = append(strconv.AppendInt(text, int64(p.members.Len()), 10), ',')
	text = append(append(text, inner...), `"list": [`...)
	const chunk = 64 << 10
	first := true
	digest := finding.NewDigest()
	for member := range p.members.All() {
		digest.Add(member.Key())
		if !first {
			text = append(text, ',')
		}
		first = false
		text = appendMember(append(text, between...), &member)
		if len(text) < chunk {
			continue
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		text = text[:0]
	}
	if err := p.members.Err(); err != nil {
		return err
	}
	if !first {
		text = append(text, inner...)
	}
	text = append(append(append(text, "],"...), inner...), `"digest": `...)
	text = quoted(text, digest.String())
	text = append(append(text, outer...), '}')
	_, err := w.Write(text)
	return err
}

// appendMember writes one member as finding.Member says it.
func appendMember(text []byte, m *finding.Member) []byte {
	text = quoted(append(text, `{"id":`...), m.ID)
	if m.Name != "" {
		text = quoted(append(text, `,"name":`...), m.Name)
	}
	if m.DisplayName != "" {
		text = quoted(append(text, `,"display_name":`...), m.DisplayName)
	}
	text = quoted(append(text, `,"pointer":`...), m.Pointer)
	if m.Line != 0 {
		text = strconv.AppendInt(append(text, `,"line":`...), int64(m.Line), 10)
	}
	return append(text, '}')
}

// quoted writes a string. Bytes that are no UTF-8 become U+FFFD: of that the error
// speaks, and of nothing else.
func quoted(text []byte, value string) []byte {
	text, _ = jsontext.AppendQuote(text, value)
	return text
}
