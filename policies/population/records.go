package population

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Records reads the records of the given members again, which must come in
// ascending order. A record is valid only during the call. An error of visit is
// returned as it is.
func (c *Classes) Records(source Source, members iter.Seq[uint32], visit func(member int, record []byte) error) error {
	if source.Text == nil {
		return c.readAgain(source, members, visit)
	}
	w := window{text: source.Text, end: int64(c.end)}
	for member := range members {
		start, end := int64(c.offset[member]), int64(c.end)
		if int(member)+1 < len(c.offset) {
			end = int64(c.offset[member+1])
		}
		record, err := w.record(start, end)
		switch {
		case err != nil:
			return fmt.Errorf("read %s %d again: %w", c.what, member, err)
		case record == nil:
			return c.changed(int(member))
		}
		if err := visit(int(member), record); err != nil {
			return err
		}
	}
	return nil
}

// A window is a part of the document's text that moves along with the records.
type window struct {
	text  io.ReaderAt
	end   int64
	start int64
	bytes []byte
}

// windowBytes is large enough to make system calls few. The first window is small,
// for those who want few records, and each is larger than the last.
const (
	windowBytes      = 256 << 10
	firstWindowBytes = 4 << 10
)

// record gives the record that starts at start and has ended by end. It is nil
// where no record stands there any more.
func (w *window) record(start, end int64) ([]byte, error) {
	if start < w.start || end > w.start+int64(len(w.bytes)) {
		if err := w.move(start, end); err != nil {
			return nil, err
		}
	}
	s := scanner{text: w.bytes[start-w.start : end-w.start]}
	if s.peek() != '{' {
		return nil, nil
	}
	if s.skip(); s.bad {
		return nil, nil
	}
	return s.text[:s.i], nil
}

func (w *window) move(start, end int64) error {
	size := max(firstWindowBytes, min(4*int64(cap(w.bytes)), windowBytes), end-start)
	if int64(cap(w.bytes)) < size {
		w.bytes = make([]byte, size)
	}
	w.start, w.bytes = start, w.bytes[:min(size, w.end-start)]
	n, err := w.text.ReadAt(w.bytes, start)
	if n == len(w.bytes) {
		return nil // an error with a full buffer is about what follows
	}
	w.bytes = w.bytes[:0]
	if err == io.EOF {
		return errors.New("the file has become shorter")
	}
	return err
}

// errEnough ends a pass over the document.
var errEnough = errors.New("enough")

// readAgain goes over the document from its start.
func (c *Classes) readAgain(source Source, members iter.Seq[uint32], visit func(int, []byte) error) error {
	next, stop := iter.Pull(members)
	defer stop()
	wanted, more := next()
	if !more {
		return nil
	}
	_, err := source.Read(func(record *snapshot.Record) error {
		if record.List != source.List || record.Index != int(wanted) {
			return nil
		}
		if uint32(record.Offset) != c.offset[wanted] {
			return c.changed(record.Index)
		}
		if err := visit(record.Index, record.Value); err != nil {
			return err
		}
		if wanted, more = next(); !more {
			return errEnough
		}
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		return nil
	case err == nil && more:
		return c.changed(int(wanted))
	}
	return err
}
