package snapshot

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Places are kept in 32 bits, so neither side may let a document grow beyond
// them. Nobody waits for four gigabytes in a test: these start near the end.

func TestReadRefusesADocumentBeyondItsLimit(t *testing.T) {
	src := newSource(strings.NewReader(`{"version":1}`))
	src.bytes = maxDocument + 1
	_, err := scan("x.json", src, nil, false)
	if want := "x.json:1:1: the document is longer than 4293918720 bytes"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReadRefusesSectionsBeyondTheirLimit(t *testing.T) {
	// Each fits, both together do not.
	s := &scanner{
		doc: &Document{Name: "x.json"}, src: newSource(strings.NewReader(`{"entra":{},"okta":{"apps":[]}}`)),
		rule: documentRule().object, at: place{1, 1}, kept: maxSections - 12,
	}
	if err := s.src.start(); err != nil {
		t.Fatal(err)
	}
	s.dec = jsontext.NewDecoder(s.src)
	err := s.document()
	if want := "x.json:1:20: /okta: longer than 10 bytes"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWriteRefusesWhatCannotBeRead(t *testing.T) {
	text := []byte(`{"id":"a"}`)
	p := &printer{w: bufio.NewWriter(io.Discard), n: maxDocument - readBuffer - int64(len(text))}
	if err := p.row(2, text, nil); err == nil || err.Error() != "the document grows over 4293918720 bytes, which cannot be read" {
		t.Errorf("a row beyond the end: %v", err)
	}
	p = &printer{w: bufio.NewWriter(io.Discard), n: maxSections}
	err := p.document(&Snapshot{Version: Version, Collection: Collection{Source: "x", Resources: []Resource{}}}, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "and at most 1073741824 can be read") {
		t.Errorf("sections beyond their limit: %v", err)
	}
}

func TestErrorIsShort(t *testing.T) {
	e := &Error{File: "a\nb.json", Field: "/" + strings.Repeat("é", 1000), Problem: "wrong", Err: io.ErrUnexpectedEOF}
	got := e.Error()
	if want := `a\u000ab.json: /` + strings.Repeat("é", 99) + "…: wrong"; got != want || !utf8.ValidString(got) {
		t.Errorf("got %s", got)
	}
	if !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
}
