package snapshot

import (
	"github.com/go-json-experiment/json/jsontext"
	"slices"
)

// Document is what was read of one file: all of it but the mailboxes and, where
// Stream has read it, the rows of evidence, which were handed over one by one, and
// of those their places. It does not change
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

	root     span
	sections []section
	// begun says that records were handed over, late that a member that is none of
	// evidence and mailboxes stands behind the first.
	begun, late bool
	// handedOver says that the rows of evidence were, too.
	handedOver bool
	mailboxes  struct {
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
	// rows are the populations in it, anchors its members, both of evidence alone.
	rows    map[string]*rows
	anchors map[string]anchor
	// laid stands in the place of raw for whoever asks what is in the section; nil
	// is nothing.
	laid jsontext.Value
}

// Section gives one member of the document as it stands in the file, or what was
// laid over it: entra, exchange, sharepoint, okta, evidence, or any other but
// mailboxes. Lists whose rows were handed over are empty in it. It reports false when
// the file has no such member. The value must not be changed.
func (d *Document) Section(name string) (jsontext.Value, bool) {
	s, ok := d.section(name)
	if !ok {
		return nil, false
	}
	if s.laid != nil {
		return s.laid, true
	}
	return s.raw, true
}

// LayOver puts a value in the place of a section that the document has: Section and
// Value give it from then on. Locate goes on telling of the file, so that what does
// not stand there has no place. It is for before the document is shared, and
// reports false when there is no such section, and for evidence, whose rows are told
// by their places.
func (d *Document) LayOver(name string, value jsontext.Value) bool {
	s, ok := d.section(name)
	if !ok || s.rows != nil || s.raw.Kind() != value.Kind() {
		return false
	}
	s.laid = value
	return true
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

// RecordsLast reports whether every member that is neither evidence nor the mailboxes
// stands before the first record, as Write has it.
func (d *Document) RecordsLast() bool { return !d.late }

// decode fills the field that stands for a member of the envelope.
func (d *Document) decode(s *section) error {
	switch s.name {
	case "version":
		return d.decodeSection(s, &d.Version)
	case "collected_at":
		return d.decodeSection(s, &d.CollectedAt)
	case "tenant":
		return d.decodeSection(s, &d.Tenant)
	case "collection":
		return d.decodeSection(s, &d.Collection)
	}
	return nil
}
