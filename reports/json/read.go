package json

import (
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
// is a *ReadError. It holds the whole of r in memory while it reads.
func Read(r io.Reader) (*finding.Report, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	report, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return report, nil
}

func parse(data []byte) (*finding.Report, error) {
	if err := checkVersion(data); err != nil {
		return nil, err
	}
	var report finding.Report
	err := json.Unmarshal(data, &report, json.RejectUnknownMembers(true),
		json.WithUnmarshalers(json.UnmarshalFromFunc(unmarshalMembers)))
	if err != nil {
		return nil, located(data, err)
	}
	var breach *finding.ContractError
	if err := report.Validate(); errors.As(err, &breach) {
		return nil, at(data, offsetOf(data, breach.Pointer), breach.Pointer, breach.Problem)
	}
	return &report, nil
}

// checkVersion comes before all else, since of another version nothing but its
// version can be told.
func checkVersion(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return at(data, 0, "", "the file is empty")
	}
	var head struct {
		Version jsontext.Value `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return located(data, err)
	}
	if head.Version == nil {
		return at(data, 0, "", "there is no version, so these are no saved findings")
	}
	if version := string(head.Version); version != fmt.Sprint(finding.Version) {
		return at(data, offsetOf(data, "/version"), "/version",
			fmt.Sprintf("version %s, this program reads version %d", version, finding.Version))
	}
	return nil
}

// unmarshalMembers reads the members of a population and their count.
func unmarshalMembers(dec *jsontext.Decoder, members *finding.Members) error {
	var saved struct {
		Population string           `json:"population"`
		Count      int              `json:"count"`
		List       []finding.Member `json:"list"`
	}
	if err := json.UnmarshalDecode(dec, &saved); err != nil {
		return err
	}
	if saved.Count != len(saved.List) {
		return fmt.Errorf("the count is %d, the list has %d members", saved.Count, len(saved.List))
	}
	*members = *finding.ListMembers(saved.Population, saved.List)
	return nil
}

// located turns an error of the JSON library into a *ReadError.
func located(data []byte, err error) error {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return at(data, semantic.ByteOffset, string(semantic.JSONPointer), problem(semantic))
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		problem := syntactic.Err.Error()
		if errors.Is(syntactic.Err, io.ErrUnexpectedEOF) {
			problem = "the file ends in the middle"
		}
		return at(data, syntactic.ByteOffset, string(syntactic.JSONPointer), problem)
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

func at(data []byte, offset int64, pointer, problem string) error {
	before := data[:min(max(offset, 0), int64(len(data)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &ReadError{
		Line:    bytes.Count(before, []byte{'\n'}) + 1,
		Column:  utf8.RuneCount(before[start:]) + 1,
		Pointer: pointer, Problem: problem,
	}
}

// offsetOf is where the value of a pointer starts, or where the nearest value
// above it does.
func offsetOf(data []byte, pointer string) int64 {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	var best int64
	longest := -1
	for {
		start := dec.InputOffset()
		if _, err := dec.ReadToken(); err != nil {
			return best
		}
		here := string(dec.StackPointer())
		if len(here) > longest && (pointer == here || strings.HasPrefix(pointer, here+"/")) {
			best, longest = start+gap(data[start:]), len(here)
		}
		if here == pointer {
			return best
		}
	}
}

// gap is the length of what stands before the next token.
func gap(data []byte) int64 {
	return int64(len(data) - len(bytes.TrimLeft(data, " \t\r\n,:")))
}
