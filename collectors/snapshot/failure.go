package snapshot

import (
	"cmp"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// What to do about a document, in words.
const (
	hintCutOff = "the file was not written or copied to its end: copy it again, or collect again"
	hintLimit  = "no real tenant needs this much; see what wrote the file"
	hintSchema = "postern does not write this: compare with collectors/snapshot/schema.json, or collect again"
	hintForm   = "a snapshot is one JSON object; 'postern collect' and 'postern import' make it"
)

// broken makes the error for a fault in the text of a value, which starts at a
// place.
func (s *scanner) broken(pointer string, start place, text []byte, f *fault) *Error {
	s.at = start.after(text[:f.offset])
	return s.fault(f.pointer(pointer), f.problem, cmp.Or(f.hint, hintSchema))
}

// fault makes the error for something wrong right here.
func (s *scanner) fault(pointer, problem, hint string) *Error {
	return &Error{
		File: s.doc.Name, Line: int(s.at.line), Column: int(s.at.column),
		Field: pointer, Problem: problem, Hint: hint,
	}
}

// failure makes the error for what the decoder reported. pointer names the value
// that was being read.
func (s *scanner) failure(pointer string, err error) *Error {
	if errors.Is(err, errValueTooLong) {
		return s.fault(pointer, fmt.Sprintf("longer than %d bytes", s.limit), hintLimit)
	}
	rest := s.dec.UnreadBuffer()
	rest = rest[min(s.offset-s.dec.InputOffset(), int64(len(rest))):]
	syntax := (*jsontext.SyntacticError)(nil)
	if errors.As(err, &syntax) {
		pointer = string(syntax.JSONPointer)
	}
	switch {
	case s.src.err != nil:
		s.move(rest)
		e := s.fault(pointer, "", "")
		broken := sourceError(s.src.err)
		e.Problem, e.Hint, e.Err = broken.Problem, broken.Hint, broken.Err
		return e
	case errors.Is(err, errDocumentTooLong):
		s.move(rest)
		return s.fault(pointer, fmt.Sprintf("the document is longer than %d bytes", int64(maxDocument)), hintLimit)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		s.move(rest)
		if s.dec.InputOffset() == 0 {
			return s.fault(pointer, "the file is empty", hintCutOff)
		}
		return s.fault(pointer, "the file ends in the middle of the document", hintCutOff)
	case syntax != nil:
		s.move(rest[:min(max(syntax.ByteOffset-s.offset, 0), int64(len(rest)))])
		return s.badSyntax(syntax)
	}
	e := s.fault(pointer, err.Error(), "")
	e.Err = err
	return e
}

// badSyntax words the decoder's complaint about the text at the current place.
func (s *scanner) badSyntax(err *jsontext.SyntacticError) *Error {
	pointer := string(err.JSONPointer)
	// The decoder has no exported errors for these two.
	switch problem := err.Err.Error(); {
	case strings.Contains(problem, "invalid UTF-8"):
		return s.fault(pointer, "not valid UTF-8", "save the file as UTF-8")
	case strings.Contains(problem, "exceeded max depth"):
		return s.fault(pointer, problemDepth, hintLimit)
	default:
		// What it quotes depends on how much it has read.
		before, rest, _ := strings.Cut(problem, " `")
		_, after, _ := strings.Cut(rest, "`")
		return s.fault(pointer, "not JSON: "+printable(before+after), "the file is not JSON, or was damaged; "+hintForm)
	}
}

// sourceError makes the error, still without a place, for a reader that failed.
func sourceError(err error) *Error {
	corrupt := flate.CorruptInputError(0)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum),
		errors.Is(err, gzip.ErrHeader), errors.As(err, &corrupt):
		return &Error{Problem: "the gzip stream is cut off or damaged", Hint: hintCutOff, Err: err}
	}
	return &Error{Problem: "cannot be read further: " + printable(err.Error()), Err: err}
}

func kindName(k jsontext.Kind) string {
	switch k {
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "a boolean"
	case jsontext.KindNull:
		return "null"
	}
	return "nothing"
}
