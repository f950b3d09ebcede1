package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The limits of a document. An honest one stays far below each of them; a
// hostile one must not cost more than they allow.
const (
	// maxDepth is how deep objects and arrays may nest. Vendor objects reach
	// about a dozen levels.
	maxDepth = 64
	// maxString is how many bytes a string or a name may take in the file,
	// quotes and escapes included. The longest honest ones are policy
	// definitions and certificates of a few kilobytes.
	maxString = 256 << 10
	// maxMailbox is how many bytes one mailbox may take, or one row of evidence. A
	// real one takes some hundred, and a user with a thousand groups forty thousand.
	maxMailbox = 4 << 20
	// maxSections is how many bytes all the rest may take together, because it
	// is kept in memory: configuration of megabytes, and the rows of evidence where
	// those are not handed over.
	maxSections = 1 << 30
	// maxDocument is how many bytes a document may have: the places of its
	// elements are kept in 32 bits. Ten million mailboxes fit.
	maxDocument = 1<<32 - 1<<20
)

// Record is one element of "mailboxes", or of a list in evidence.
type Record struct {
	// List is empty for a mailbox, and the name of the list for a row of evidence:
	// sign_ins or okta_requests.
	List string
	// Index is its place in the list, from 0.
	Index int
	// Value is its text, as in the file; it is valid only during the call.
	Value jsontext.Value
	// Region is where it stands, Offset where it starts: in bytes from the start of
	// the uncompressed text.
	Region Region
	Offset int64
	// Before holds the members that stand before the record; for mailboxes all of
	// them if Document.MailboxesLast says so in the end, and for any record all but
	// evidence if Document.RecordsLast does. Its own mailboxes and hash are not there
	// yet.
	Before *Document
}

// Read scans one document from r, calls visit for each element of "mailboxes"
// in file order, and returns the rest. name is used in errors. visit may be nil.
// Keys may come in any order and any layout. Everything is held to the schema
// and to the limits of a document on the way; the first fault ends the reading
// with an *Error, when visit may have seen mailboxes already. An error of visit
// is returned as it is. Where a section, a mailbox or a row of evidence is no proper
// JSON, that is told before what else is wrong with it.
//
// It reads ahead of itself in a goroutine, which has ended when Read returns: r is
// not used any more, and Read waits for a call to r that is still under way.
//
// Memory grows by 16 bytes a mailbox, and with the other members.
func Read(name string, r io.Reader, visit func(*Record) error) (*Document, error) {
	return scan(name, newSource(r), visit, false)
}

// Stream is Read that hands over the rows of evidence too, and does not keep them:
// there may be millions. In the document's own text their lists are empty. Records of
// one list come together and in the order of the file.
//
// Memory grows by 16 bytes a mailbox and a row, and with the other members.
func Stream(name string, r io.Reader, visit func(*Record) error) (*Document, error) {
	return scan(name, newSource(r), visit, true)
}

func scan(name string, src *source, visit func(*Record) error, handOver bool) (*Document, error) {
	defer src.text.close()
	doc := &Document{Name: name, handedOver: handOver}
	if err := src.start(); err != nil {
		err.File = name
		return nil, err
	}
	s := &scanner{
		doc: doc, src: src, dec: jsontext.NewDecoder(src, decoderOptions()...), visit: visit, handOver: handOver,
		rule: documentRule().object, at: place{1, 1},
	}
	if err := s.document(); err != nil {
		return nil, err
	}
	doc.SHA256 = src.text.sum()
	return doc, nil
}

// decoderOptions leave to us what we do ourselves.
func decoderOptions() []jsontext.Options {
	return []jsontext.Options{jsontext.AllowDuplicateNames(true)} // see names
}

// scanner reads one document and keeps its place.
type scanner struct {
	doc   *Document
	src   *source
	dec   *jsontext.Decoder
	visit func(*Record) error
	// handOver: the rows of evidence go to visit too.
	handOver bool

	rule *objectRule
	// missing has a bit for each required member that was not seen yet.
	missing uint64
	names   names

	// at is the place of offset, which is how far the text was looked at: the
	// decoder's own offset, or the start of the value that it gives next.
	at     place
	offset int64
	// kept is how many bytes of sections are held.
	kept int64
	// text is that of the section that is read piece by piece, as far as it is kept;
	// copying says that what comes is.
	text    []byte
	copying bool
	// limit is how many bytes the current value may take.
	limit int64
}

// document reads all of it.
func (s *scanner) document() error {
	kind, err := s.peek("", maxString)
	if err != nil {
		return err
	}
	if kind != jsontext.KindBeginObject {
		return s.fault("", mismatch(documentRule(), kind), hintForm)
	}
	start := s.at
	if err := s.token(); err != nil {
		return err
	}
	s.missing = s.rule.required
	for {
		kind, err := s.peek("", maxString)
		if err != nil {
			return err
		}
		if kind == jsontext.KindEndObject {
			break
		}
		if err := s.member(); err != nil {
			return err
		}
	}
	if err := s.token(); err != nil {
		return err
	}
	s.doc.root = newSpan(start, s.at)
	if err := s.end(); err != nil {
		return err
	}
	if s.missing == 0 {
		return nil
	}
	f := s.rule.missing(0, s.missing)
	f.hint = hintForm
	return s.broken("", start, nil, f)
}

// member reads one member of the document.
func (s *scanner) member() error {
	start := s.at
	quoted, err := s.value()
	if err != nil {
		return s.failure("", err)
	}
	name := unquote(quoted)
	i, rule := s.rule.find(quoted)
	if s.names.again(i, slices.Clone(quoted)) {
		return s.broken("", start, nil, twice(0, name).within(name))
	}
	if i >= 0 {
		s.missing &^= 1 << i
	}
	switch name {
	case "mailboxes":
		return s.mailboxes(start, rule)
	case "evidence":
		return s.evidence(start, rule)
	}
	return s.section(name, start, rule)
}

// section reads and keeps one member of the document.
func (s *scanner) section(name string, start place, rule *rule) error {
	pointer := "/" + escapeToken(name)
	if _, err := s.peek(pointer, maxSections-s.kept); err != nil {
		return err
	}
	at := s.at
	raw, err := s.value()
	if err != nil {
		return s.failure(pointer, err)
	}
	if f := check(raw, rule, 1); f != nil {
		if name == "version" {
			f = wrongVersion(raw, f)
		}
		return s.broken(pointer, at, raw, f)
	}
	s.kept += int64(len(raw))
	kept := section{name: name, member: newSpan(start, s.at), value: at, raw: slices.Clone(raw)}
	s.doc.late = s.doc.begun
	s.keep(kept)
	return s.doc.decode(&kept)
}

func (s *scanner) keep(kept section) {
	s.doc.sections = append(s.doc.sections, kept)
	s.doc.mailboxes.last = false
}

func wrongVersion(raw jsontext.Value, f *fault) *fault {
	if raw.Kind() == jsontext.KindNumber {
		f.problem = fmt.Sprintf("version %s is not known here, only %d is", shorten(string(raw), shownBytes), Version)
		f.hint = "use the release of postern that wrote it, or collect again"
	}
	return f
}

// mailboxes reads the mailboxes and hands them over.
func (s *scanner) mailboxes(start place, rule *rule) error {
	const pointer = "/mailboxes"
	kind, err := s.peek(pointer, maxMailbox)
	if err != nil {
		return err
	}
	if kind != jsontext.KindBeginArray {
		return s.fault(pointer, mismatch(rule, kind), hintSchema)
	}
	if err := s.token(); err != nil {
		return err
	}
	boxes := &s.doc.mailboxes
	s.doc.begun = true
	record := Record{Before: s.doc}
	for ; ; record.Index++ {
		kind, err := s.peek(pointer, maxMailbox)
		if err != nil {
			return err
		}
		if kind == jsontext.KindEndArray {
			break
		}
		if err := s.mailbox(&record, rule.array.items); err != nil {
			return err
		}
	}
	if err := s.token(); err != nil {
		return err
	}
	boxes.present, boxes.last = true, true
	boxes.member = newSpan(start, s.at)
	return nil
}

// mailbox reads one mailbox.
func (s *scanner) mailbox(record *Record, rule *rule) error {
	start := s.at
	raw, err := s.value()
	if err != nil {
		return s.failure("/mailboxes/"+strconv.Itoa(record.Index), err)
	}
	if f := check(raw, rule, 2); f != nil {
		return s.broken("/mailboxes/"+strconv.Itoa(record.Index), start, raw, f)
	}
	where := newSpan(start, s.at)
	s.doc.mailboxes.spans.add(where)
	return s.give(record, raw, where)
}

// give hands a record over that was just read.
func (s *scanner) give(record *Record, raw jsontext.Value, where span) error {
	if s.visit == nil {
		return nil
	}
	record.Value, record.Region = raw, where.region()
	record.Offset = s.src.skipped + s.offset - int64(len(raw))
	return s.visit(record)
}

// peek moves to the start of the next token and gives its kind. The token's
// value may take at most limit bytes.
func (s *scanner) peek(pointer string, limit int64) (jsontext.Kind, error) {
	s.limit, s.src.limit = limit, s.offset+limit
	kind := s.dec.PeekKind()
	if kind == jsontext.KindInvalid {
		_, err := s.dec.ReadToken()
		return kind, s.failure(pointer, err)
	}
	gap := s.dec.UnreadBuffer()
	n := 0
	for isGap(gap[n]) {
		n++
	}
	s.move(gap[:n])
	return kind, nil
}

func isGap(b byte) bool {
	switch b {
	case ' ', '\n', '\r', '\t', ',', ':':
		return true
	}
	return false
}

// token steps over a bracket that peek has found.
func (s *scanner) token() error {
	token, err := s.dec.ReadToken()
	if err != nil {
		return s.failure("", err)
	}
	s.move([]byte(token.String()))
	return nil
}

// value steps over the value or name that peek has found. Its error is the
// decoder's own, for failure.
func (s *scanner) value() (jsontext.Value, error) {
	raw, err := s.dec.ReadValue()
	switch {
	case err != nil:
		return nil, err
	case int64(len(raw)) > s.limit: // it was read ahead, as a whole
		return nil, errValueTooLong
	}
	s.move(raw)
	return raw, nil
}

func (s *scanner) move(text []byte) {
	if s.copying {
		s.text = append(s.text, text...)
	}
	s.at = s.at.after(text)
	s.offset += int64(len(text))
}

// end makes sure that nothing but space follows the document.
func (s *scanner) end() error {
	s.limit, s.src.limit = maxString, s.offset+maxString
	if s.dec.PeekKind() == jsontext.KindInvalid {
		_, err := s.dec.ReadToken()
		switch {
		case err == io.EOF:
			return nil
		case s.src.err != nil || errors.Is(err, errDocumentTooLong):
			return s.failure("", err)
		}
	}
	rest := s.dec.UnreadBuffer()
	s.move(rest[:len(rest)-len(bytes.TrimLeft(rest, " \n\r\t"))])
	return s.fault("", "more text behind the end of the document", "a snapshot file holds one JSON object")
}

func escapeToken(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
