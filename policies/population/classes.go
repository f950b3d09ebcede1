package population

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Classes is a population in classes. Members and classes are named by numbers
// from 0; a class's number is smaller than that of another if its first member
// comes before the other's. It does not change and may be used from several
// goroutines.
type Classes struct {
	filter *Filter
	about  func(Identity) Note
	// what names a member in errors.
	what string

	// By member: its class, and where its record starts in the document's text,
	// which is shorter than 4 GiB. end is where the last record ends.
	of, offset []uint32
	end        uint32
	// By class: its first member, how many members it has, and what is judged of
	// the first, as long as the bounds allow.
	first, count []uint32
	texts        [][]byte
	// notes are of the few classes that have one.
	notes map[uint32]Note
}

// Len is how many classes there are, Members how many mailboxes.
func (c *Classes) Len() int     { return len(c.first) }
func (c *Classes) Members() int { return len(c.of) }

// Of gives a member's class.
func (c *Classes) Of(member int) int { return int(c.of[member]) }

// First gives a class's first member, Count how many it has.
func (c *Classes) First(class int) int { return int(c.first[class]) }
func (c *Classes) Count(class int) int { return int(c.count[class]) }

// Note gives what About said of a class's members.
func (c *Classes) Note(class int) Note { return c.notes[uint32(class)] }

// Kept reports how many classes, from 0, have their texts in memory.
func (c *Classes) Kept() int { return len(c.texts) }

func (c *Classes) add(first uint32, note Note) uint32 {
	class := uint32(len(c.first))
	c.first = append(c.first, first)
	c.count = append(c.count, 0)
	if note != (Note{}) {
		if c.notes == nil {
			c.notes = map[uint32]Note{}
		}
		c.notes[class] = note
	}
	return class
}

// note asks About about a record.
func (c *Classes) note(record []byte) (Note, error) {
	if c.about == nil {
		return Note{}, nil
	}
	who, ok := Identify(record)
	if !ok {
		return Note{}, errNoRecord
	}
	return c.about(who), nil
}

// judged appends what is judged of a record, with the fields of its note.
func (c *Classes) judged(dst, record []byte, note Note) ([]byte, bool) {
	start := len(dst)
	dst, ok := c.filter.AppendText(dst, record)
	if !ok || note.Fields == "" {
		return dst, ok
	}
	empty := len(dst) == start+2
	dst = dst[:len(dst)-1]
	if !empty {
		dst = append(dst, ',')
	}
	return append(append(dst, note.Fields...), '}'), true
}

// A Source is where the document can be read again.
type Source struct {
	// Read reads it from its start, as snapshot.Read does, and gives the same each
	// time.
	Read func(visit func(*snapshot.Record) error) (*snapshot.Document, error)
	// Text gives any part of its uncompressed text. Without it each walk over
	// records costs a pass over the document.
	Text io.ReaderAt
	// List is the list of evidence whose rows are the members; empty for mailboxes.
	List string
}

// Texts gives what is judged of the first member of each class, in the order of
// the classes. A text is valid only during the call.
func (c *Classes) Texts(source Source, visit func(class int, text []byte) error) error {
	for class, text := range c.texts {
		if err := visit(class, text); err != nil {
			return err
		}
	}
	if len(c.texts) == len(c.first) {
		return nil
	}
	class := len(c.texts)
	return c.Judged(source, slices.Values(c.first[class:]), func(_ int, text []byte) error {
		class++
		return visit(class-1, text)
	})
}

// Judged gives what is judged of the given members, which must come in ascending
// order. A text is valid only during the call.
func (c *Classes) Judged(source Source, members iter.Seq[uint32], visit func(member int, text []byte) error) error {
	var buffer []byte
	return c.Records(source, members, func(member int, record []byte) error {
		text, ok := c.judged(buffer[:0], record, c.notes[c.of[member]])
		if !ok {
			return c.changed(member)
		}
		buffer = text
		return visit(member, text)
	})
}

// Text gives what is judged of one class's first member.
func (c *Classes) Text(source Source, class int) ([]byte, error) {
	if class < len(c.texts) {
		return c.texts[class], nil
	}
	return c.MemberText(source, int(c.first[class]))
}

// MemberText gives what is judged of one member.
func (c *Classes) MemberText(source Source, member int) (found []byte, err error) {
	err = c.Judged(source, slices.Values([]uint32{uint32(member)}), func(_ int, text []byte) error {
		found = slices.Clone(text)
		return nil
	})
	return found, err
}

func (c *Classes) changed(member int) error {
	return fmt.Errorf("read %s %d again: the snapshot changed while it was judged; run the check again", c.what, member)
}

// Alike are mailboxes that nothing tells apart.
type Alike struct {
	// Text is what is judged of each. It is valid only until the next are given.
	Text jsontext.Value
	// Apart is what tells these apart from others that look the same: see Note.
	Apart string
	// First is the index of the first, Count how many there are.
	First, Count int
}

// Alike gives all classes, in the order of their first members. It ends with an
// error when the document cannot be read again.
func (c *Classes) Alike(source Source) iter.Seq2[Alike, error] {
	return func(yield func(Alike, error) bool) {
		err := c.Texts(source, func(class int, text []byte) error {
			if !yield(Alike{Text: text, Apart: c.Note(class).Apart, First: c.First(class), Count: c.Count(class)}, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Alike{}, err)
		}
	}
}
