package json

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// ReadError says what is wrong with a saved report, and where.
type ReadError struct {
	// Line and Column start at 1; columns count Unicode code points.
	Line, Column int
	// Pointer is the JSON pointer to the place, empty for the whole.
	Pointer string
	// Problem is what is wrong there.
	Problem string
}

func (e *ReadError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = e.Pointer + ": "
	}
	return fmt.Sprintf("line %d, column %d: %s%s", e.Line, e.Column, at, e.Problem)
}

// Read reads a report that Write saved, and holds it to the contract: a version
// it does not know, a field it does not know, a name twice, a count that is not
// the length of its list, or an outcome that contradicts what is listed for it
// is a *ReadError. It holds the whole of r in memory.
func Read(r io.Reader) (*finding.Report, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return Open(bytes.NewReader(data), int64(len(data)))
}

// An exact reader reads any layout, and says what is wrong and where. It takes its
// time, but no more memory than others.
type exact struct {
	file  io.ReaderAt
	size  int64
	keyed bool
}

func readExactly(file io.ReaderAt, size int64, keyed bool) (*finding.Report, error) {
	x := &exact{file, size, keyed}
	if err := x.checkVersion(); err != nil {
		return nil, err
	}
	report, err := x.decode()
	if err != nil {
		return nil, x.located(err)
	}
	var breach *finding.ContractError
	if err := report.Validate(); errors.As(err, &breach) {
		offset, err := x.offsetOf(breach.Pointer)
		if err != nil {
			return nil, err
		}
		return nil, x.at(offset, breach.Pointer, breach.Problem)
	}
	return report, nil
}

// decode does not hold the report to the contract.
func (x *exact) decode() (*finding.Report, error) {
	var report finding.Report
	err := json.UnmarshalRead(x.text(), &report, json.RejectUnknownMembers(true),
		json.WithUnmarshalers(json.UnmarshalFromFunc(x.members)))
	return &report, err
}

// text is the file from its start.
func (x *exact) text() io.Reader { return io.NewSectionReader(x.file, 0, x.size) }

// checkVersion comes before all else, since of another version nothing but its
// version can be told.
func (x *exact) checkVersion() error {
	empty, err := newWindow(x.file, x.size, 0).ended()
	if err != nil {
		return err
	}
	if empty {
		return x.at(0, "", "the file is empty")
	}
	var head struct {
		Version jsontext.Value `json:"version"`
	}
	if err := json.UnmarshalRead(x.text(), &head); err != nil {
		return x.located(err)
	}
	if head.Version == nil {
		return x.at(0, "", "there is no version, so these are no saved findings")
	}
	if version := string(head.Version); version != fmt.Sprint(finding.Version) {
		offset, err := x.offsetOf("/version")
		if err != nil {
			return err
		}
		return x.at(offset, "/version", fmt.Sprintf("version %s, this program reads version %d", version, finding.Version))
	}
	return nil
}

// members reads the members of a population and their count.
func (x *exact) members(dec *jsontext.Decoder, members *finding.Members) error {
	var saved struct {
		Population string    `json:"population"`
		Count      int       `json:"count"`
		List       exactList `json:"list"`
		Digest     *string   `json:"digest"`
	}
	saved.List = exactList{list: &list{file: x.file, size: x.size, keyed: x.keyed}, made: finding.NewDigest()}
	if err := json.UnmarshalDecode(dec, &saved); err != nil {
		return err
	}
	l := saved.List.list
	if saved.Count != l.n {
		return fmt.Errorf("the count is %d, the list has %d members", saved.Count, l.n)
	}
	l.population, l.digest = saved.Population, saved.List.made.String()
	if saved.Digest != nil {
		if err := finding.CheckDigest(*saved.Digest, l.digest); err != nil {
			return err
		}
	}
	*members = *l.members()
	return nil
}

// exactList is a list as the JSON library reads it.
type exactList struct {
	*list
	made *finding.Digest
}

// UnmarshalJSONFrom reads one member after the other.
func (l *exactList) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case jsontext.KindNull:
		return dec.SkipValue()
	case jsontext.KindBeginArray:
	default:
		// The library has the words for what cannot be a list.
		return json.UnmarshalDecode(dec, new([]finding.Member))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndArray {
		// What stands before a value, peeking has stepped over but not counted.
		at := dec.InputOffset()
		for gap := dec.UnreadBuffer(); len(gap) > 0 && strings.IndexByte(" \t\r\n,", gap[0]) >= 0; gap = gap[1:] {
			at++
		}
		var member finding.Member
		if err := json.UnmarshalDecode(dec, &member); err != nil {
			return err
		}
		l.add(at)
		key := member.Key()
		l.made.Add(key)
		if l.keyed {
			l.keys = append(l.keys, key)
		}
	}
	_, err := dec.ReadToken()
	return err
}

// located turns an error of the JSON library into a *ReadError.
func (x *exact) located(err error) error {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return x.at(semantic.ByteOffset, string(semantic.JSONPointer), problem(semantic))
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		problem := syntactic.Err.Error()
		if errors.Is(syntactic.Err, io.ErrUnexpectedEOF) {
			problem = "the file ends in the middle"
		}
		return x.at(syntactic.ByteOffset, string(syntactic.JSONPointer), problem)
	}
	return err
}

func problem(err *json.SemanticError) string {
	switch {
	case errors.Is(err.Err, json.ErrUnknownName):
		return "this field is unknown"
	case err.Err != nil:
		return strings.TrimPrefix(err.Err.Error(), "json: ")
	}
	kinds := map[jsontext.Kind]string{
		'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a text", '0': "a number", '{': "an object", '[': "a list",
	}
	kind, ok := kinds[err.JSONKind]
	if !ok {
		kind = "this"
	}
	return kind + " cannot stand here"
}

// at makes the error for an offset. The lines and columns before it are counted in
// the file.
func (x *exact) at(offset int64, pointer, problem string) error {
	e := &ReadError{Line: 1, Column: 1, Pointer: pointer, Problem: problem}
	before := bufio.NewReader(io.NewSectionReader(x.file, 0, min(max(offset, 0), x.size)))
	for {
		part, err := before.ReadSlice('\n')
		switch {
		case err == nil:
			e.Line, e.Column = e.Line+1, 1
		case err == bufio.ErrBufferFull:
			e.Column += starts(part)
		case err == io.EOF:
			e.Column += starts(part)
			return e
		default:
			return err
		}
	}
}

// starts counts the code points that start in a text. A byte that is no UTF-8 counts
// as one, if it does not look like the middle of a code point.
func starts(text []byte) int {
	n := 0
	for _, c := range text {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// offsetOf is where the value of a pointer starts, or where the nearest value
// above it does.
func (x *exact) offsetOf(pointer string) (int64, error) {
	dec := jsontext.NewDecoder(x.text())
	var best int64
	longest := -1
	for {
		start := dec.InputOffset()
		if _, err := dec.ReadToken(); err != nil {
			return best, nil // this is as near as it gets
		}
		here := string(dec.StackPointer())
		if len(here) > longest && (pointer == here || strings.HasPrefix(pointer, here+"/")) {
			gap, err := x.gap(start)
			if err != nil {
				return 0, err
			}
			best, longest = start+gap, len(here)
		}
		if here == pointer {
			return best, nil
		}
	}
}

// gap is the length of what stands between an offset and the next token.
func (x *exact) gap(start int64) (int64, error) {
	from := bufio.NewReader(io.NewSectionReader(x.file, start, x.size-start))
	for n := int64(0); ; n++ {
		c, err := from.ReadByte()
		if err == io.EOF || err == nil && strings.IndexByte(" \t\r\n,:", c) < 0 {
			return n, nil
		} else if err != nil {
			return 0, err
		}
	}
}
