package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

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
func Write(w io.Writer, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	p := &printer{w: bufio.NewWriterSize(w, writeBuffer)}
	if err := p.document(s, mailboxes); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

const writeBuffer = 64 << 10

// printer lays out the canonical form. The first failure of w is kept by the
// buffered writer and comes out of the last Flush.
type printer struct {
	w *bufio.Writer
	// used says that a member or element stands before the next one.
	used bool
}

func (p *printer) document(s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	p.w.WriteByte('{')
	members := []struct {
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
	}
	for _, m := range members {
		if !m.present {
			continue
		}
		value, err := sortedSection(m.value)
		if err == nil {
			err = p.member(1, m.name, value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	if s.Evidence != nil {
		if err := p.evidence(s.Evidence); err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
	}
	if mailboxes != nil {
		if err := population(p, 1, "mailboxes", mailboxLines(mailboxes)); err != nil {
			return err
		}
	}
	p.w.WriteString("\n}\n")
	return p.w.Flush()
}

// key starts a member.
func (p *printer) key(depth int, name string) {
	if p.used {
		p.w.WriteByte(',')
	}
	p.used = true
	p.newLine(depth)
	quoted, _ := jsontext.AppendQuote(nil, name)
	p.w.Write(quoted)
	p.w.WriteString(": ")
}

func (p *printer) newLine(depth int) {
	p.w.WriteByte('\n')
	for range depth {
		p.w.WriteString(indent)
	}
}

const indent = "  "

// member writes one member over as many lines as it takes.
func (p *printer) member(depth int, name string, value any) error {
	text, err := json.Marshal(value,
		json.Deterministic(true),
		jsontext.ReorderRawObjects(true),
		jsontext.WithIndent(indent),
		jsontext.WithIndentPrefix(strings.Repeat(indent, depth)))
	if err != nil {
		return err
	}
	p.key(depth, name)
	p.w.Write(text)
	return nil
}

// oneLine gives a value as a population's element is written.
func oneLine(value any) ([]byte, error) {
	return json.Marshal(value, json.Deterministic(true), jsontext.ReorderRawObjects(true))
}

// evidence writes the section that has populations inside.
func (p *printer) evidence(e *Evidence) error {
	p.key(1, "evidence")
	p.w.WriteByte('{')
	p.used = false
	if e.Window != nil {
		if err := p.member(2, "window", e.Window); err != nil {
			return err
		}
	}
	if e.SignIns != nil {
		if err := population(p, 2, "sign_ins", lines(sortedSignIns(e.SignIns))); err != nil {
			return err
		}
	}
	if e.OktaRequests != nil {
		if err := population(p, 2, "okta_requests", lines(sortedOktaRequests(e.OktaRequests))); err != nil {
			return err
		}
	}
	if e.NewDeviceMails != nil {
		if err := p.member(2, "new_device_mails", e.NewDeviceMails); err != nil {
			return err
		}
	}
	if p.used {
		p.newLine(1)
	}
	p.w.WriteByte('}')
	p.used = true
	return nil
}

// population writes a list with each element on a line of its own.
func population(p *printer, depth int, name string, rows iter.Seq2[[]byte, error]) error {
	p.key(depth, name)
	p.w.WriteByte('[')
	p.used = false
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if p.used {
			p.w.WriteByte(',')
		}
		p.used = true
		p.newLine(depth + 1)
		if _, err := p.w.Write(row); err != nil {
			return err
		}
	}
	if p.used {
		p.newLine(depth)
	}
	p.w.WriteByte(']')
	p.used = true
	return nil
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
		return fmt.Errorf("two mailboxes have the id %q: they must come joined", m.ID)
	case m.ID < previous:
		return fmt.Errorf("id %q comes after %q: they must come sorted by id", m.ID, previous)
	}
	return nil
}
