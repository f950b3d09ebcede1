package json

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// Open reads saved findings without holding their members, of whom there may be
// millions: a list reads them again from the file where somebody walks it, so that
// must stay open. It takes the memory of the longest list for a moment, and eight
// bytes a member. Its errors are those of Read.
func Open(file io.ReaderAt, size int64) (*finding.Report, error) {
	if err := checkHead(file, size); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	var report finding.Report
	list := func(dec *jsontext.Decoder, members *finding.Members) error {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		start := dec.InputOffset() - int64(len(raw))
		read, err := scanMembers(raw)
		if err != nil {
			return err
		}
		*members = *read.members(io.NewSectionReader(file, start, int64(len(raw))))
		return nil
	}
	err := json.UnmarshalRead(io.NewSectionReader(file, 0, size), &report,
		json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(list)))
	if err == nil {
		err = report.Validate()
	}
	if err == nil {
		return &report, nil
	}
	// Nobody is in a hurry any more: the slower reader knows the line.
	if _, exact := Read(io.NewSectionReader(file, 0, size)); exact != nil {
		return nil, exact
	}
	return nil, fmt.Errorf("read findings: %w", err)
}

// checkHead refuses another version, and what are no findings, by the beginning of the
// file, where Write has the version.
func checkHead(file io.ReaderAt, size int64) error {
	dec := jsontext.NewDecoder(io.NewSectionReader(file, 0, size))
	for range 2 {
		if _, err := dec.ReadToken(); err != nil {
			return whole(file, size)
		}
	}
	if dec.StackPointer() != "/version" {
		return whole(file, size)
	}
	if version, err := dec.ReadToken(); err != nil || version.String() != fmt.Sprint(finding.Version) {
		return whole(file, size)
	}
	return nil
}

// whole checks the version wherever it stands.
func whole(file io.ReaderAt, size int64) error {
	data, err := io.ReadAll(io.NewSectionReader(file, 0, size))
	if err != nil {
		return err
	}
	return checkVersion(data)
}

// scanned is what is kept of a list.
type scanned struct {
	population string
	keys       []uint64
}

func (s *scanned) members(from *io.SectionReader) *finding.Members {
	roll := &finding.Roll{Keys: s.keys, Read: func(indexes iter.Seq[int]) iter.Seq2[finding.Member, error] {
		return func(yield func(finding.Member, error) bool) {
			if err := readMembers(io.NewSectionReader(from, 0, from.Size()), indexes, yield); err != nil {
				yield(finding.Member{}, fmt.Errorf("read the baseline's members again: %w", err))
			}
		}
	}}
	n := len(s.keys)
	return finding.RollMembers(s.population, n, roll, func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	})
}

// readMembers gives the members at some indexes of a list.
func readMembers(from io.Reader, indexes iter.Seq[int], yield func(finding.Member, error) bool) error {
	next, stop := iter.Pull(indexes)
	defer stop()
	wanted, more := next()
	if !more {
		return nil
	}
	dec := jsontext.NewDecoder(from)
	for dec.StackPointer() != "/list" || dec.PeekKind() != '[' {
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; dec.PeekKind() == '{'; i++ {
		if i < wanted {
			if err := dec.SkipValue(); err != nil {
				return err
			}
			continue
		}
		var member finding.Member
		if err := json.UnmarshalDecode(dec, &member, json.RejectUnknownMembers(true)); err != nil {
			return err
		}
		if !yield(member, nil) {
			return nil
		}
		if wanted, more = next(); !more {
			return nil
		}
	}
	return errors.New("the file has changed")
}

// scanMembers reads the keys of a list of members from JSON that was found valid.
// Most of a file of findings is such lists, so nothing else is decoded.
func scanMembers(raw []byte) (*scanned, error) {
	s := &scanner{text: raw}
	found := &scanned{}
	count, err := -1, error(nil)
	s.object(func(name []byte) {
		switch string(name) {
		case "population":
			found.population = s.plain()
		case "count":
			count = s.number()
		case "list":
			s.array(func() { found.keys = append(found.keys, s.member()) })
		default:
			s.fail("the field %q is unknown", name)
		}
	})
	if err = s.err; err == nil && count != len(found.keys) {
		err = fmt.Errorf("the count is %d, the list has %d members", count, len(found.keys))
	}
	return found, err
}

// A scanner goes over JSON that was found valid.
type scanner struct {
	text []byte
	i    int
	err  error
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// peek steps over white space, commas and colons, which stand where they must.
func (s *scanner) peek() byte {
	for s.i < len(s.text) {
		switch s.text[s.i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			s.i++
			// Most of a file is indented: eight spaces are one step.
			for s.i+8 <= len(s.text) && binary.LittleEndian.Uint64(s.text[s.i:]) == eightSpaces {
				s.i += 8
			}
		default:
			return s.text[s.i]
		}
	}
	return 0
}

const eightSpaces = 0x2020202020202020

func (s *scanner) object(field func(name []byte)) {
	if s.peek() != '{' {
		s.fail("an object was expected")
		return
	}
	s.i++
	for s.err == nil && s.peek() == '"' {
		field(s.quoted())
	}
	s.close('}')
}

func (s *scanner) array(element func()) {
	if s.peek() != '[' {
		s.fail("a list was expected")
		return
	}
	s.i++
	for s.err == nil && s.peek() != ']' && s.i < len(s.text) {
		element()
	}
	s.close(']')
}

// close steps over the end of an object or a list.
func (s *scanner) close(with byte) {
	if s.peek() != with {
		s.fail("something cannot stand here")
	}
	s.i++
}

// quoted gives the text between quotes, with its escapes.
func (s *scanner) quoted() []byte {
	if s.peek() != '"' {
		s.fail("a text was expected")
		return nil
	}
	s.i++
	start := s.i
	for {
		n := bytes.IndexByte(s.text[s.i:], '"')
		if n < 0 {
			s.fail("a text does not end")
			return nil
		}
		end := s.i + n
		s.i = end + 1
		escapes := 0
		for end-escapes > start && s.text[end-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return s.text[start:end]
		}
	}
}

func (s *scanner) plain() string {
	quoted := s.quoted()
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted)
	}
	text, err := jsontext.AppendUnquote(nil, `"`+string(quoted)+`"`)
	if err != nil {
		s.fail("%w", err)
	}
	return string(text)
}

func (s *scanner) number() int {
	n := 0
	if c := s.peek(); c < '0' || c > '9' {
		s.fail("a number was expected")
	}
	for ; s.i < len(s.text) && s.text[s.i] >= '0' && s.text[s.i] <= '9'; s.i++ {
		n = n*10 + int(s.text[s.i]-'0')
	}
	return n
}

// member gives the key of the member that stands here.
func (s *scanner) member() uint64 {
	var m finding.Member
	s.object(func(name []byte) {
		switch string(name) {
		case "id":
			m.ID = s.plain()
		case "name":
			if m.ID == "" {
				m.Name = s.plain()
			} else {
				s.quoted()
			}
		case "display_name", "pointer":
			s.quoted()
		case "line":
			s.number()
		default:
			s.fail("the field %q is unknown", name)
		}
	})
	return m.Key()
}
