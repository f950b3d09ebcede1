package powershell

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding/unicode"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	// maxObject is the most text of one object. A mailbox has a few hundred bytes,
	// an organisation's configuration twenty thousand.
	maxObject = 64 << 20
	// maxDepth is how deep a value may be nested; the script stops at eight levels.
	maxDepth = 48
)

const (
	hintAgain  = "copy the file again, or run the script again"
	hintScript = "'postern import powershell --script FILE' writes the script that makes such a folder"
)

// text is the text of one file as UTF-8 JSON, whatever PowerShell made of it:
// UTF-16 or UTF-8, with a byte order mark or without, and with NaN as a bare word.
type text struct {
	file   *os.File
	source io.Reader
	// within: in a string; escaped: behind a backslash in it.
	within, escaped bool
	// word are letters outside a string that may go on.
	word []byte
	// pending is text that is still to be given, chunk the memory for more.
	pending, chunk []byte
	// left is how much may be read until the next object has to begin.
	left int
	end  error
}

func openText(path string) (*text, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(file, 64<<10)
	t := &text{file: file, source: buffered, left: maxObject}
	head, err := buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		_ = file.Close() // only read from
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, err = buffered.Discard(3)
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), len(head) > 1 && head[0] != 0 && head[1] == 0:
		t.source = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(buffered)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), len(head) > 1 && head[0] == 0 && head[1] != 0:
		t.source = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(buffered)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		_ = file.Close()
		return nil, err
	}
	return t, nil
}

func (t *text) close() { _ = t.file.Close() } // only read from

// errTooLong says that one object has no end in sight.
var errTooLong = errors.New("one object is too long")

// Read gives the text with PowerShell's NaN and Infinity in quotes, as its later
// versions write them.
func (t *text) Read(p []byte) (int, error) {
	for len(t.pending) == 0 {
		if t.end != nil {
			return 0, t.end
		}
		if t.chunk == nil {
			t.chunk = make([]byte, 32<<10)
		}
		n, err := t.source.Read(t.chunk)
		if t.left -= n; t.left < 0 {
			return 0, errTooLong
		}
		t.end = err
		t.pending = t.quoteWords(t.chunk[:n])
		if err != nil {
			t.pending = append(t.pending, t.wholeWord()...)
		}
	}
	n := copy(p, t.pending)
	t.pending = t.pending[n:]
	return n, nil
}

// quoteWords looks at words outside strings, also over the borders of chunks.
func (t *text) quoteWords(chunk []byte) []byte {
	out := make([]byte, 0, len(chunk)+16)
	for _, c := range chunk {
		switch {
		case t.escaped:
			t.escaped = false
		case t.within:
			t.escaped, t.within = c == '\\', c != '"'
		case isLetter(c) || c == '-':
			t.word = append(t.word, c)
			continue
		default:
			if len(t.word) > 0 {
				out = append(out, t.wholeWord()...)
			}
			t.within = c == '"'
		}
		out = append(out, c)
	}
	return out
}

// wholeWord gives the word that has ended.
func (t *text) wholeWord() []byte {
	word := string(t.word)
	t.word = t.word[:0]
	switch word {
	case "NaN", "Infinity", "-Infinity":
		return []byte(`"` + word + `"`)
	}
	return []byte(word)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// place says where an offset of the decoded text is. It reads the file again:
// nobody needs it but an error.
func place(path string, offset int64) (line, column int) {
	t, err := openText(path)
	if err != nil {
		return 0, 0
	}
	defer t.close()
	t.left = int(^uint(0) >> 1)
	line, column = 1, 1
	reader := bufio.NewReader(io.LimitReader(t, offset))
	for {
		r, _, err := reader.ReadRune()
		switch {
		case err != nil:
			return line, column
		case r == '\n':
			line, column = line+1, 1
		default:
			column++
		}
	}
}

// problem makes the error for a place in a file.
func problem(path string, offset int64, field, what, hint string) *snapshot.Error {
	line, column := place(path, offset)
	return &snapshot.Error{File: path, Line: line, Column: column, Field: field, Problem: what, Hint: hint}
}

// syntaxError says what is wrong with a file's JSON, and where.
func syntaxError(path string, dec *jsontext.Decoder, err error) *snapshot.Error {
	offset, field := dec.InputOffset(), string(dec.StackPointer())
	syntax := (*jsontext.SyntacticError)(nil)
	if errors.As(err, &syntax) {
		offset, field = syntax.ByteOffset, string(syntax.JSONPointer)
	}
	at := func(what, hint string) *snapshot.Error { return problem(path, offset, field, what, hint) }
	switch {
	case errors.Is(err, errTooLong):
		return at(fmt.Sprintf("one object is longer than %d bytes", maxObject), "no cmdlet writes that; see what wrote the file")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return at("the file ends in the middle of the JSON", hintAgain)
	case errors.Is(err, jsontext.ErrDuplicateName):
		return at("the name stands here a second time", hintAgain)
	case syntax != nil && strings.Contains(syntax.Err.Error(), "invalid UTF-8"):
		return at("not valid UTF-8", "write the file with -Encoding UTF8")
	case syntax != nil:
		return at("not JSON: "+syntax.Err.Error(), hintAgain)
	}
	return &snapshot.Error{File: path, Problem: "cannot be read: " + err.Error(), Err: err}
}

// kindOf tells from its beginning what a file is that is no JSON; "" for JSON and
// for what nobody knows.
func kindOf(path string) (kind, hint string) {
	t, err := openText(path)
	if err != nil {
		return "", ""
	}
	defer t.close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(t.source, head) // the words as they stand
	head = bytes.TrimSpace(head[:n])
	const instead = "write JSON instead: Get-… | ConvertTo-Json -Depth 8 | Set-Content -Encoding UTF8 Get-….json"
	first, _, _ := bytes.Cut(head, []byte("\n"))
	switch {
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		return "", "" // whatever its texts look like: a room may be called Sales : 1
	case bytes.HasPrefix(head, []byte("<Objs")):
		return "the XML of Export-Clixml, not JSON", instead
	case bytes.HasPrefix(head, []byte("<")):
		return "XML or HTML, not JSON", instead
	case bytes.HasPrefix(head, []byte("#TYPE")), bytes.Contains(first, []byte(`","`)) && head[0] == '"',
		bytes.IndexByte(first, ',') > 0 && utf8.Valid(first) && isHeading(first):
		return "the table of Export-Csv, not JSON", instead
	case len(head) > 0 && bytes.Contains(first, []byte(" : ")) || bytes.HasPrefix(head, []byte("----")):
		return "what PowerShell shows on the screen, not JSON", instead
	}
	return "", ""
}

// isHeading recognises names with commas between them.
func isHeading(line []byte) bool {
	for _, c := range bytes.TrimRight(line, "\r") {
		if !isLetter(c) && (c < '0' || c > '9') && c != ',' && c != ';' && c != '_' && c != '"' {
			return false
		}
	}
	return true
}

// base is a path's last part, for the ledger: where the folder lay is nobody's
// business.
func base(path string) string { return filepath.Base(path) }
