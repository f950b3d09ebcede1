package snapshot

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Snapshot decodes the document into its types, the mailboxes aside. Members
// that our own records do not know are left out; vendor objects are whole.
func (d *Document) Snapshot() (*Snapshot, error) { return d.snapshot(false) }

// snapshot decodes the document; a strict one refuses what the types would lose.
func (d *Document) snapshot(strict bool) (*Snapshot, error) {
	s := &Snapshot{}
	parts := map[string]any{
		"version":      &s.Version,
		"collected_at": &s.CollectedAt,
		"tenant":       &s.Tenant,
		"collection":   &s.Collection,
		"entra":        &s.Entra,
		"exchange":     &s.Exchange,
		"sharepoint":   &s.SharePoint,
		"okta":         &s.Okta,
		"evidence":     &s.Evidence,
	}
	for i := range d.sections {
		section := &d.sections[i]
		part, known := parts[section.name]
		if !known && strict {
			return nil, d.fault("/"+escapeToken(section.name), problemLost)
		}
		if !known {
			continue
		}
		if err := d.decodeSection(section, part, strict); err != nil {
			return nil, err
		}
	}
	return s, nil
}

const problemLost = "unknown here, and would be lost"

// DecodeMailbox decodes one mailbox, such as Record.Value. Unlike json.Unmarshal
// it tells an instant that is null (see Null) from one that is absent.
func DecodeMailbox(value jsontext.Value) (*Mailbox, error) {
	m := new(Mailbox)
	if err := json.Unmarshal(value, m, decodeOptions(false)); err != nil {
		return nil, fmt.Errorf("decode mailbox: %w", decodeError("", err))
	}
	return m, nil
}

// Rewrite reads a document from its start and writes it in the canonical form of
// Write, which gives back the same bytes for what Write wrote. name is used in
// errors. It fails rather than lose a member of our own records that the types
// do not know.
//
// It reads twice, so that the mailboxes need not be kept wherever they stand.
func Rewrite(w io.Writer, name string, r io.ReadSeeker) error {
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return fmt.Errorf("rewrite %s: %w", name, err)
	}
	d, err := Read(name, r, nil)
	if err != nil {
		return err
	}
	s, err := d.snapshot(true)
	if err != nil {
		return err
	}
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		return fmt.Errorf("rewrite %s: %w", name, err)
	}
	if _, ok := d.Mailboxes(); !ok {
		return Write(w, s, nil)
	}
	return Write(w, s, strictMailboxes(name, r))
}

// strictMailboxes gives the mailboxes of a document, and refuses what their type
// would lose.
func strictMailboxes(name string, r io.Reader) iter.Seq2[*Mailbox, error] {
	stop := errors.New("stop")
	return func(yield func(*Mailbox, error) bool) {
		_, err := Read(name, r, func(record *Record) error {
			m := new(Mailbox)
			if err := json.Unmarshal(record.Value, m, decodeOptions(true)); err != nil {
				pointer := fmt.Sprintf("/mailboxes/%d", record.Index)
				e := decodeError(pointer, err)
				e.File, e.Line, e.Column = name, record.Region.StartLine, record.Region.StartColumn
				return e
			}
			if !yield(m, nil) {
				return stop
			}
			return nil
		})
		if err != nil && err != stop {
			yield(nil, err)
		}
	}
}

// decodeSection decodes one member into its type.
func (d *Document) decodeSection(s *section, into any, strict bool) error {
	err := json.Unmarshal(s.raw, into, decodeOptions(strict))
	if err == nil {
		return nil
	}
	e := decodeError("/"+escapeToken(s.name), err)
	place := d.fault(e.Field, e.Problem)
	e.File, e.Line, e.Column = place.File, place.Line, place.Column
	return e
}

// fault makes the error for something wrong with a value of the document.
func (d *Document) fault(pointer, problem string) *Error {
	e := &Error{File: d.Name, Field: pointer, Problem: problem}
	if r, ok := d.Locate(pointer); ok {
		e.Line, e.Column = r.StartLine, r.StartColumn
	}
	return e
}

// decodeError words a failure to decode or encode the value of a pointer.
func decodeError(pointer string, err error) *Error {
	e := &Error{Field: pointer, Problem: err.Error(), Err: err}
	syntax, semantic := (*jsontext.SyntacticError)(nil), (*json.SemanticError)(nil)
	inSyntax, inSemantic := errors.As(err, &syntax), errors.As(err, &semantic)
	switch {
	case inSemantic:
		e.Field += string(semantic.JSONPointer)
	case inSyntax:
		e.Field += string(syntax.JSONPointer)
	}
	switch {
	case errors.Is(err, json.ErrUnknownName):
		e.Problem = problemLost
	case inSyntax:
		e.Problem = syntax.Err.Error()
	case inSemantic && semantic.Err != nil:
		e.Problem = semantic.Err.Error()
	case inSemantic: // its own text differs from run to run on purpose
		e.Problem = fmt.Sprintf("%s cannot be read as %v", kindName(semantic.JSONKind), semantic.GoType)
	}
	e.Problem = printable(e.Problem)
	return e
}

// decodeOptions let an instant be null, and a strict decoder refuse what it does
// not know.
func decodeOptions(strict bool) json.Options {
	return json.JoinOptions(
		json.RejectUnknownMembers(strict),
		json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, into **Instant) error {
			if d.PeekKind() != jsontext.KindNull {
				return errors.ErrUnsupported // the usual way
			}
			*into = Null()
			return d.SkipValue()
		})))
}
