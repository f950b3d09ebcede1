package population

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Options say what tells mailboxes apart.
type Options struct {
	// Marks say what of a record is left out and what is an instant.
	Marks *Marks
	// Moments are the instants with which controls compare others.
	Moments []string
	// About is asked about each mailbox, if it is set. Other records have no Identity.
	About func(Identity) Note
	// What names a record in errors; empty stands for a mailbox.
	What string
	// MaxClasses and MaxBytes bound the classes whose records are kept: how many
	// there are and how many bytes they take. Behind them every mailbox is a class
	// of its own, of which only the place is known. 0 stands for the defaults.
	MaxClasses, MaxBytes int
	// MaxKnown is how many more classes are known again, of which only the place of
	// the first is kept; 0 stands for none.
	MaxKnown int
}

// The default bounds. 50,000 is more distinct mailboxes than a tenant has whose
// settings anybody administers.
const (
	DefaultMaxClasses = 50_000
	DefaultMaxBytes   = 128 << 20
)

// A Note says what is known of a mailbox beside its record.
type Note struct {
	// Fields is JSON to lay on what is judged, such as "declared":["break_glass"];
	// it may be empty. The record's own fields of these names must be dropped.
	Fields string
	// Apart tells mailboxes apart that look the same otherwise.
	Apart string
}

// A Reducer puts mailboxes into classes as they come. It works beside its caller:
// records are handed over in batches.
type Reducer struct {
	options Options
	filter  *Filter
	classes *Classes

	batch  *batch
	full   chan *batch
	empty  chan *batch
	done   chan struct{}
	closed bool
	err    error

	// byKey finds a class by the key of its members.
	byKey map[string]uint32
	bytes int
	key   []byte
	// bySum finds one behind the bounds, by the sum of the key.
	bySum map[Sum]uint32
}

// A Sum stands for a text that is too long to be kept: the beginning of its SHA-256,
// long enough that no two texts of one document share one.
type Sum [16]byte

// SumOf gives the sum of a text.
func SumOf(text []byte) Sum {
	sum := sha256.Sum256(text)
	return Sum(sum[:])
}

// batch is some records behind each other.
type batch struct {
	text    []byte
	ends    []int
	offsets []uint32
}

// The size of a batch: large enough to make handing over cheap, small enough to
// stay in a processor's cache.
const (
	batchBytes   = 256 << 10
	batchRecords = 1024
	batches      = 3
)

// NewReducer starts to reduce a population. Whoever starts one must call Finish.
func NewReducer(options Options) *Reducer {
	if options.MaxClasses <= 0 {
		options.MaxClasses = DefaultMaxClasses
	}
	if options.MaxBytes <= 0 {
		options.MaxBytes = DefaultMaxBytes
	}
	r := &Reducer{
		options: options,
		filter:  NewFilter(options.Marks, options.Moments),
		byKey:   make(map[string]uint32), bySum: make(map[Sum]uint32),
		full: make(chan *batch, batches), empty: make(chan *batch, batches), done: make(chan struct{}),
	}
	r.classes = &Classes{filter: r.filter, about: options.About, what: cmp.Or(options.What, "mailbox")}
	for range batches {
		r.empty <- new(batch)
	}
	go r.work()
	return r
}

// Add takes in one mailbox or other record. The records must come in the order of their indexes,
// from 0. The record is not kept.
func (r *Reducer) Add(record *snapshot.Record) {
	if r.batch == nil {
		r.batch = <-r.empty
	}
	b := r.batch
	b.text = append(b.text, record.Value...)
	b.ends = append(b.ends, len(b.text))
	b.offsets = append(b.offsets, uint32(record.Offset))
	if len(b.text) >= batchBytes || len(b.ends) >= batchRecords {
		r.handOver()
	}
}

func (r *Reducer) handOver() {
	r.full <- r.batch
	r.batch = nil
}

// Finish gives the classes of all mailboxes that were added.
func (r *Reducer) Finish() (*Classes, error) {
	if !r.closed {
		r.closed = true
		if r.batch != nil {
			r.handOver()
		}
		close(r.full)
	}
	<-r.done
	return r.classes, r.err
}

// work puts the records of the batches into classes. Behind an error it only
// gives the batches back.
func (r *Reducer) work() {
	defer close(r.done)
	for b := range r.full {
		start := 0
		for i, end := range b.ends {
			if r.err == nil {
				r.err = r.sort(b.text[start:end], b.offsets[i])
			}
			start = end
		}
		b.text, b.ends, b.offsets = b.text[:0], b.ends[:0], b.offsets[:0]
		r.empty <- b
	}
}

var errNoRecord = errors.New("the text of it is no JSON object")

// sort puts one record into its class.
func (r *Reducer) sort(record []byte, offset uint32) error {
	c := r.classes
	member := uint32(len(c.of))
	note, err := c.note(record)
	if err != nil {
		return fmt.Errorf("%s %d: %w", c.what, member, err)
	}
	key, ok := r.filter.AppendKey(r.key[:0], record)
	if !ok {
		return fmt.Errorf("%s %d: %w", c.what, member, errNoRecord)
	}
	if note != (Note{}) {
		// No JSON has the byte that parts the note from the record.
		key = append(append(append(append(key, 1), note.Fields...), 1), note.Apart...)
	}
	r.key = key
	class := r.class(key, member, record, note)
	c.count[class]++
	c.of = append(c.of, class)
	c.offset = append(c.offset, offset)
	c.end = offset + uint32(len(record))
	return nil
}

// class finds the class of a record, or makes it.
func (r *Reducer) class(key []byte, member uint32, record []byte, note Note) uint32 {
	c := r.classes
	if class, known := r.byKey[string(key)]; known {
		return class
	}
	if kept := len(c.texts); kept == len(c.first) && kept < r.options.MaxClasses && r.bytes < r.options.MaxBytes {
		class := c.add(member, note)
		text, _ := c.judged(nil, record, note)
		c.texts = append(c.texts, text)
		r.byKey[string(key)] = class
		r.bytes += len(text) + len(key)
		return class
	}
	if r.options.MaxKnown == 0 {
		return c.add(member, note)
	}
	sum := SumOf(key)
	class, known := r.bySum[sum]
	if !known {
		class = c.add(member, note)
		if len(r.bySum) < r.options.MaxKnown {
			r.bySum[sum] = class
		}
	}
	return class
}
