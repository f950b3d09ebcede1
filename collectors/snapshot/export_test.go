package snapshot

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// DecodeMailbox decodes one mailbox into the type that Write takes.
func DecodeMailbox(value jsontext.Value) (*Mailbox, error) {
	m := new(Mailbox)
	if err := json.Unmarshal(value, m, decodeOptions()); err != nil {
		return nil, fmt.Errorf("decode mailbox: %w", decodeError("", err))
	}
	return m, nil
}

// Rewrite reads a document into the types and writes it from them.
func Rewrite(w io.Writer, name string, r io.Reader) error {
	var list []*Mailbox
	d, err := Read(name, r, func(record *Record) error {
		m, err := DecodeMailbox(record.Value)
		list = append(list, m)
		return err
	})
	if err != nil {
		return err
	}
	s, err := d.Snapshot()
	if err != nil {
		return err
	}
	if _, ok := d.Mailboxes(); !ok {
		return Write(w, s, nil)
	}
	return Write(w, s, func(yield func(*Mailbox, error) bool) {
		for _, m := range list {
			if !yield(m, nil) {
				return
			}
		}
	})
}
