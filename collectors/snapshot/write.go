package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Write writes the document in its one canonical form: the same content gives
// the same bytes, whatever order it comes in.
//
//   - The members in the order of Snapshot, and last the mailboxes.
//   - Line feeds, two spaces a level, one member or element a line; but each
//     element of a population (mailboxes, evidence.sign_ins,
//     evidence.okta_requests) whole on a line of its own, without spaces.
//   - Our own records with their fields in the order of the Go types, vendor
//     objects with their members sorted by name.
//   - Lists of vendor objects by what identifies one, rules by priority first,
//     the ledger by name, evidence by user and client, lists of names and ids
//     as such.
//   - Strings with no more escapes than JSON needs, numbers with the digits they
//     came with.
//
// mailboxes are written as they come. They must come sorted by id, each id once;
// nil leaves the member out, which says that they were not collected. An error
// of the sequence ends the writing.
//
// Everything is held to the schema and to the limits of a document first: what
// was written without an error can be read. What is written before an error is
// no document.
func Write(w io.Writer, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	if err := write(w, s, mailboxes); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

func write(w io.Writer, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	p := &printer{w: bufio.NewWriterSize(w, writeBuffer)}
	return p.document(s, mailboxes)
}

const writeBuffer = 64 << 10

// printer lays out the canonical form. The first failure of w is kept by the
// buffered writer and comes out of the last Flush.
type printer struct {
	w *bufio.Writer
	// n is how many bytes were written.
	n int64
	// used says that a member or element stands before the next one.
	used bool
}

func (p *printer) document(s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	root := documentRule().object
	p.text("{")
	for _, m := range []struct {
		name    string
		value   any
		present bool
	}{
		{"version", s.Version, true},
		{"collected_at", s.CollectedAt, true},
		{"tenant", s.Tenant, true},
		{"collection", sortedCollection(s.Collection), true},
		{"entra", s.Entra, s.Entra != nil},
		{"exchange", s.Exchange, s.Exchange != nil},
		{"sharepoint", s.SharePoint, s.SharePoint != nil},
		{"okta", s.Okta, s.Okta != nil},
	} {
		if !m.present {
			continue
		}
		if err := p.section(m.name, m.value, root.member(m.name)); err != nil {
			return err
		}
	}
	if s.Evidence != nil {
		if err := p.evidence(s.Evidence, root.member("evidence").object); err != nil {
			return err
		}
	}
	if p.n > maxSections {
		return fmt.Errorf("all but the mailboxes takes %d bytes, and at most %d can be read", p.n, int64(maxSections))
	}
	if mailboxes != nil {
		rule := root.member("mailboxes").array.items
		if err := p.population("", 1, "mailboxes", mailboxLines(mailboxes), rule); err != nil {
			return err
		}
	}
	p.text("\n}\n")
	return p.w.Flush()
}

// text writes what needs no check.
func (p *printer) text(s string) {
	p.n += int64(len(s))
	p.w.WriteString(s)
}

// key starts a member.
func (p *printer) key(depth int, name string) {
	p.separate(depth)
	p.text(`"` + name + `": `)
}

// separate starts the line of the next member or element.
func (p *printer) separate(depth int) {
	if p.used {
		p.text(",")
	}
	p.used = true
	p.newLine(depth)
}

func (p *printer) newLine(depth int) { p.text("\n" + indents[:depth*len(indent)]) }

const (
	indent  = "  "
	indents = indent + indent + indent // as deep as the printer itself goes
)

// section writes a member of the document.
func (p *printer) section(name string, value any, r *rule) error {
	value, err := sortedSection("/"+name, value)
	if err != nil {
		return err
	}
	return p.member("", 1, name, value, r)
}

// member writes one member over as many lines as it takes.
func (p *printer) member(parent string, depth int, name string, value any, r *rule) error {
	pointer := parent + "/" + name
	text, err := json.Marshal(value,
		json.Deterministic(true),
		jsontext.ReorderRawObjects(true),
		jsontext.WithIndent(indent),
		jsontext.WithIndentPrefix(indents[:depth*len(indent)]))
	if err != nil {
		return decodeError(pointer, err)
	}
	if f := check(text, r, depth); f != nil {
		return unreadable(pointer, f)
	}
	p.key(depth, name)
	p.n += int64(len(text))
	p.w.Write(text)
	return nil
}

// unreadable makes the error for what would be refused when it is read again.
func unreadable(pointer string, f *fault) *Error {
	return &Error{Field: f.pointer(pointer), Problem: f.problem, Hint: f.hint}
}

// oneLine gives a value as a population's element is written.
func oneLine(value any) ([]byte, error) {
	text, err := json.Marshal(value, json.Deterministic(true), jsontext.ReorderRawObjects(true))
	if err != nil {
		return nil, decodeError("", err)
	}
	return text, nil
}

// evidence writes the section that has populations inside.
func (p *printer) evidence(e *Evidence, rule *objectRule) error {
	const pointer = "/evidence"
	p.key(1, "evidence")
	p.text("{")
	p.used = false
	if e.Window != nil {
		if err := p.member(pointer, 2, "window", e.Window, rule.member("window")); err != nil {
			return err
		}
	}
	if e.SignIns != nil {
		rows, row := lines(sortedSignIns(e.SignIns)), rule.member("sign_ins").array.items
		if err := p.population(pointer, 2, "sign_ins", rows, row); err != nil {
			return err
		}
	}
	if e.OktaRequests != nil {
		rows, row := lines(sortedOktaRequests(e.OktaRequests)), rule.member("okta_requests").array.items
		if err := p.population(pointer, 2, "okta_requests", rows, row); err != nil {
			return err
		}
	}
	if e.NewDeviceMails != nil {
		if err := p.member(pointer, 2, "new_device_mails", e.NewDeviceMails, rule.member("new_device_mails")); err != nil {
			return err
		}
	}
	p.close(1, "}")
	return nil
}

// close ends an object or array whose members or elements stand one level
// deeper.
func (p *printer) close(depth int, bracket string) {
	if p.used {
		p.newLine(depth)
	}
	p.text(bracket)
	p.used = true
}

// population writes a list with each element on a line of its own.
func (p *printer) population(parent string, depth int, name string, rows iter.Seq2[[]byte, error], r *rule) error {
	pointer := parent + "/" + name
	p.key(depth, name)
	p.text("[")
	p.used = false
	i := 0
	for row, err := range rows {
		if err != nil {
			return elementError(pointer, i, err)
		}
		if err := p.row(depth+1, row, r); err != nil {
			return elementError(pointer, i, err)
		}
		i++
	}
	p.close(depth, "]")
	return nil
}

// row writes one element of a population.
func (p *printer) row(depth int, text []byte, r *rule) error {
	if f := check(text, r, depth); f != nil {
		return unreadable("", f)
	}
	if len(text) > maxMailbox {
		return fmt.Errorf("takes %d bytes, and at most %d can be read", len(text), maxMailbox)
	}
	p.separate(depth)
	p.n += int64(len(text))
	if p.n > maxDocument-readBuffer {
		return fmt.Errorf("the document grows over %d bytes, which cannot be read", int64(maxDocument))
	}
	_, err := p.w.Write(text)
	return err
}

// elementError says which element of a population could not be written.
func elementError(pointer string, i int, err error) error {
	pointer = fmt.Sprintf("%s/%d", pointer, i)
	e, ok := err.(*Error) // one of ours; a wrapped one is the sequence's own
	switch {
	case ok && e.File != "":
		return err // it has a place already, in the file it was read from
	case ok:
		e.Field = pointer + e.Field
		return e
	}
	return fmt.Errorf("%s: %w", pointer, err)
}

// lines gives the elements of a list as text.
func lines[T any](list []T) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for i := range list {
			if !yield(oneLine(&list[i])) {
				return
			}
		}
	}
}

// mailboxLines gives the mailboxes as text, and holds them to their order.
func mailboxLines(mailboxes iter.Seq2[*Mailbox, error]) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		previous := ""
		for m, err := range mailboxes {
			var text []byte
			if err == nil {
				err = inOrder(previous, m)
			}
			if err == nil {
				previous = m.ID
				text, err = oneLine(sortedMailbox(m))
			}
			if !yield(text, err) || err != nil {
				return
			}
		}
	}
}

func inOrder(previous string, m *Mailbox) error {
	switch {
	case m == nil:
		return errors.New("the sequence gave no mailbox and no error")
	case m.ID == "":
		return fmt.Errorf("the mailbox of %q has no id", m.UserPrincipalName)
	case m.ID == previous:
		return fmt.Errorf("a second mailbox has the id %q: they must come joined", m.ID)
	case m.ID < previous:
		return fmt.Errorf("the id %q comes after %q: they must come sorted by id", m.ID, previous)
	}
	return nil
}
