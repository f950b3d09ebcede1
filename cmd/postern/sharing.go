package main

import (
	"sync"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// A sharing lets several who want to read a snapshot from its start do that together:
// it is read once, when all have asked, and each mailbox is shown to one after the
// other. Whoever asks again reads alone.
type sharing struct {
	read snapshotReader

	lock sync.Mutex
	// awaited is how many have yet to ask, or to leave without.
	awaited int
	asked   []*sharer
}

// A sharer is one of those who read together.
type sharer struct {
	visit func(*snapshot.Record) error
	doc   *snapshot.Document
	err   error
	done  chan struct{}
	// here says that it has asked or left.
	here bool
}

// share makes a sharing for n.
func share(n int, read snapshotReader) *sharing { return &sharing{read: read, awaited: n} }

// seat is the place of one of the n. Whoever has it must call leave when nothing is
// read any more, since all others wait for it.
func (s *sharing) seat() (read snapshotReader, leave func()) {
	seat := &sharer{done: make(chan struct{})}
	read = func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		if !s.take(seat, visit) {
			return s.read(visit)
		}
		<-seat.done
		return seat.doc, seat.err
	}
	return read, func() { s.leave(seat) }
}

// take lets a seat's first reading wait for the others. It reports false for a later
// one.
func (s *sharing) take(seat *sharer, visit func(*snapshot.Record) error) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	if seat.here {
		return false
	}
	seat.here, seat.visit = true, visit
	s.asked = append(s.asked, seat)
	s.count()
	return true
}

func (s *sharing) leave(seat *sharer) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if !seat.here {
		seat.here = true
		s.count()
	}
}

// count counts one who has come, and starts when all have.
func (s *sharing) count() {
	if s.awaited--; s.awaited == 0 && len(s.asked) > 0 {
		go s.together(s.asked)
	}
}

// together reads for all. One whose visit fails sees no more, and the others go on.
func (s *sharing) together(all []*sharer) {
	left := len(all)
	doc, err := s.read(func(record *snapshot.Record) error {
		for _, one := range all {
			if one.err != nil || one.visit == nil {
				continue
			}
			if one.err = one.visit(record); one.err == nil {
				continue
			}
			if left--; left == 0 {
				return one.err
			}
		}
		return nil
	})
	for _, one := range all {
		if one.err == nil {
			one.doc, one.err = doc, err
		}
		close(one.done)
	}
}

// mailboxesOnly reads for somebody who does not want the rows of the logs.
func mailboxesOnly(read snapshotReader) snapshotReader {
	return func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return read(func(record *snapshot.Record) error {
			if record.List != "" || visit == nil {
				return nil
			}
			return visit(record)
		})
	}
}
