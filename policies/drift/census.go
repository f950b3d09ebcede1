package drift

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// A Reader reads a snapshot from its start, as snapshot.Read does.
type Reader func(visit func(*snapshot.Record) error) (*snapshot.Document, error)

// A Census compares the mailboxes of two snapshots while they are read.
type Census struct {
	done      chan struct{}
	boxes     *census
	documents [2]*snapshot.Document
	err       error
}

// StartCensus reads both snapshots once, side by side, each in a goroutine of its own.
// Neither reading gets far ahead of the other.
func StartCensus(before, after Reader) *Census {
	c := &Census{done: make(chan struct{})}
	sides := [2]*boxReader{openBoxes(before), openBoxes(after)}
	go func() {
		defer close(c.done)
		c.boxes, c.err = takeCensus(sides)
		for i, side := range sides {
			side.close()
			c.documents[i] = side.doc
		}
	}()
	return c
}

// Wait waits until nothing is read any more. The error is that of reading, or of
// mailboxes that do not come in the order of their ids, as snapshots are written.
func (c *Census) Wait() error {
	<-c.done
	return c.err
}

func takeCensus(sides [2]*boxReader) (*census, error) {
	c := &census{changes: map[boxChange]*boxCount{}, filter: population.NewFilter(ignored(), nil), voice: english()}
	was, err := sides[0].next()
	if err != nil {
		return nil, err
	}
	is, err := sides[1].next()
	if err != nil {
		return nil, err
	}
	for was != nil || is != nil {
		order := 0
		switch {
		case was == nil:
			order = 1
		case is == nil:
			order = -1
		default:
			order = cmp.Compare(was.id, is.id)
		}
		switch {
		case order < 0:
			c.gone.count(was.index, -1)
		case order > 0:
			c.came.count(-1, is.index)
		default:
			if err := c.compare(was, is); err != nil {
				return nil, err
			}
		}
		if order <= 0 {
			if was, err = sides[0].next(); err != nil {
				return nil, err
			}
		}
		if order >= 0 {
			if is, err = sides[1].next(); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// A box is one mailbox: who it is, its place, and its text.
type box struct {
	id    string
	index int
	text  []byte
}

// A boxReader reads mailboxes in a goroutine and hands them over in batches.
type boxReader struct {
	full, empty chan *boxes
	stop        chan struct{}

	// now are those that next gives, of which at are gone.
	now *boxes
	at  int
	// doc and err are what came of the reading, once full is closed.
	doc *snapshot.Document
	err error
}

// boxes are some mailboxes behind each other.
type boxes struct {
	list []box
	text []byte
}

// The size of a batch makes handing over cheap; some of them let one side go on while
// the other is busy.
const (
	boxesBytes   = 128 << 10
	boxesBatches = 4
)

// errStopped ends a reading that nobody goes on with.
var errStopped = errors.New("stopped")

func openBoxes(read Reader) *boxReader {
	b := &boxReader{full: make(chan *boxes, boxesBatches), empty: make(chan *boxes, boxesBatches), stop: make(chan struct{})}
	for range boxesBatches {
		b.empty <- &boxes{}
	}
	go b.run(read)
	return b
}

func (b *boxReader) run(read Reader) {
	defer close(b.full)
	var batch *boxes
	last := ""
	b.doc, b.err = read(func(record *snapshot.Record) error {
		who, known := population.Identify(record.Value)
		switch {
		case !known:
			return fmt.Errorf("mailbox %d has no id", record.Index)
		case record.Index > 0 && who.ID <= last:
			return fmt.Errorf("mailbox %d does not come in the order of the ids: collect or import the snapshot again", record.Index)
		}
		last = who.ID
		if batch == nil {
			select {
			case batch = <-b.empty:
				batch.list, batch.text = batch.list[:0], batch.text[:0]
			case <-b.stop:
				return errStopped
			}
		}
		// A list that is moved to another place leaves the earlier texts behind, as they
		// are.
		start := len(batch.text)
		batch.text = append(batch.text, record.Value...)
		batch.list = append(batch.list, box{id: who.ID, index: record.Index, text: batch.text[start:]})
		if len(batch.text) >= boxesBytes {
			b.full <- batch // there is room for all
			batch = nil
		}
		return nil
	})
	if batch != nil {
		b.full <- batch
	}
}

// next gives the next mailbox, nil behind the last. It is valid until the next call.
func (b *boxReader) next() (*box, error) {
	if b.now == nil || b.at == len(b.now.list) {
		if b.now != nil {
			b.empty <- b.now
		}
		b.now, b.at = <-b.full, 0
		if b.now == nil {
			return nil, b.err
		}
	}
	b.at++
	return &b.now.list[b.at-1], nil
}

// close waits until nothing is read any more.
func (b *boxReader) close() {
	close(b.stop)
	for range b.full {
	}
}
