package snapshot

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Document is what was read of one file: all of it but the mailboxes, which
// were handed over one by one, and of those their places. It does not change
// after it was read and may be used from several goroutines.
type Document struct {
	// Name is the name that was given to the reader.
	Name        string
	Version     int
	CollectedAt Instant
	Tenant      Tenant
	Collection  Collection
	// SHA256 is the hash of the uncompressed file, byte order mark included, in
	// hexadecimal.
	SHA256 string

	root      span
	sections  []section
	mailboxes struct {
		present bool
		member  span
		spans   spans
		// last says that no section stands behind them.
		last bool
	}
}

// section is one member of the document, kept whole.
type section struct {
	name string
	// member starts with the name, value with the value.
	member span
	value  place
	raw    jsontext.Value
	rows   map[string][]row
}

// Section gives one member of the document as it stands in the file: entra,
// exchange, sharepoint, okta, evidence, or any other but mailboxes. It reports
// false when the file has no such member. The value must not be changed.
func (d *Document) Section(name string) (jsontext.Value, bool) {
	s, ok := d.section(name)
	if !ok {
		return nil, false
	}
	return s.raw, true
}

func (d *Document) section(name string) (*section, bool) {
	i := slices.IndexFunc(d.sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return nil, false
	}
	return &d.sections[i], true
}

// Mailboxes says how many mailboxes the document has. ok is false when it has no
// such member: they were not collected, which is another answer than none.
func (d *Document) Mailboxes() (n int, ok bool) {
	return d.mailboxes.spans.n, d.mailboxes.present
}

// MailboxesLast reports whether every other member stands before the mailboxes,
// as Write has it. Only then did Record.Before hold all of them.
func (d *Document) MailboxesLast() bool { return d.mailboxes.last }

// decode fills the field that stands for a member of the envelope.
func (d *Document) decode(name string) error {
	switch name {
	case "version":
		d.Version = Version // the schema lets no other pass
	case "collected_at":
		return d.decodeSection(name, &d.CollectedAt)
	case "tenant":
		return d.decodeSection(name, &d.Tenant)
	case "collection":
		return d.decodeSection(name, &d.Collection)
	}
	return nil
}

// decodeSection decodes one member into its type.
func (d *Document) decodeSection(name string, into any, options ...json.Options) error {
	s, ok := d.section(name)
	if !ok {
		return nil
	}
	err := json.Unmarshal(s.raw, into, options...)
	if err == nil {
		return nil
	}
	e := &Error{File: d.Name, Field: "/" + name, Problem: err.Error(), Err: err}
	if semantic := (*json.SemanticError)(nil); errors.As(err, &semantic) {
		e.Field += string(semantic.JSONPointer)
		e.Problem = "cannot be read as " + fmt.Sprint(semantic.GoType)
		if semantic.Err != nil {
			e.Problem = semantic.Err.Error()
		}
	}
	if r, ok := d.Locate(e.Field); ok {
		e.Line, e.Column = r.StartLine, r.StartColumn
	}
	return e
}
