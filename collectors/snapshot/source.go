package snapshot

import (
	"bytes"
	"errors"
	"io"
)

// source is the uncompressed text on its way to the decoder: it is bounded, so
// that a hostile file costs no more memory than an honest one.
type source struct {
	text  *ahead
	bytes int64 // how many were given to the decoder
	limit int64 // where to stop, unless the limit is moved on before
	err   error // the first failure of the reader beneath, io.EOF aside
	// skipped is how many bytes stand before the first that the decoder was given.
	skipped int64
}

var (
	errValueTooLong    = errors.New("value too long")
	errDocumentTooLong = errors.New("document too long")
)

func newSource(r io.Reader) *source {
	return &source{text: newAhead(r)}
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	switch {
	case s.bytes > maxDocument:
		return 0, errDocumentTooLong
	case s.bytes > s.limit:
		return 0, errValueTooLong
	}
	if room := s.limit + 1 - s.bytes; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := s.text.Read(p)
	s.bytes += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// Marks at the start of a file that is not what a reader of JSON expects.
var (
	markUTF8   = []byte("\xEF\xBB\xBF")
	markLittle = []byte("\xFF\xFE")
	markBig    = []byte("\xFE\xFF")
	markGzip   = []byte("\x1F\x8B")
)

// start skips a byte order mark and refuses what cannot be JSON text by its
// first bytes, with a better word than a JSON reader would have for it.
func (s *source) start() *Error {
	head, err := s.text.peek(4)
	switch {
	case err != nil && err != io.EOF:
		e := sourceError(err)
		e.Line, e.Column = 1, 1
		return e
	case len(head) == 0:
		return &Error{Line: 1, Column: 1, Problem: "the file is empty", Hint: hintCutOff}
	case bytes.HasPrefix(head, markGzip):
		return &Error{
			Line: 1, Column: 1, Problem: "the file is compressed with gzip",
			Hint: "give it a name that ends in .gz",
		}
	case isUTF16(head):
		return &Error{
			Line: 1, Column: 1, Problem: "the file is UTF-16, and JSON must be UTF-8",
			Hint: "save it as UTF-8; older PowerShell needs -Encoding utf8 for that",
		}
	case bytes.HasPrefix(head, markUTF8):
		s.text.rest = s.text.rest[len(markUTF8):]
		s.skipped = int64(len(markUTF8))
	}
	return nil
}

func isUTF16(head []byte) bool {
	if bytes.HasPrefix(head, markLittle) || bytes.HasPrefix(head, markBig) {
		return true
	}
	// JSON starts with an ASCII character, which UTF-16 pads with a zero byte.
	return len(head) >= 2 && (head[0] == 0) != (head[1] == 0)
}
