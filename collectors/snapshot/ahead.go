package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// ahead reads a little ahead of whoever reads from it, and hashes what it reads:
// that is a quarter of the work of reading a document, and goes on beside the
// rest. Whoever starts one must close it.
type ahead struct {
	hash hash.Hash
	// full is closed when nothing more comes. Both channels have room for all
	// pieces, so that handing over never waits.
	full  chan piece
	empty chan []byte
	stop  chan struct{}
	// panicked is what the reader beneath has panicked with, once full is closed.
	panicked any

	now  piece
	rest []byte // of now, what was not given yet
}

// A piece is some of the text, and the error behind it.
type piece struct {
	text []byte
	err  error
}

const (
	// readBuffer is large enough to make system calls and handing over cheap.
	readBuffer = 128 << 10
	pieces     = 4
	// maxIdleReads is how often a reader may give nothing before it counts as stuck.
	maxIdleReads = 100
)

func newAhead(r io.Reader) *ahead {
	a := &ahead{
		hash: sha256.New(), full: make(chan piece, pieces), empty: make(chan []byte, pieces),
		stop: make(chan struct{}),
	}
	for range pieces {
		a.empty <- nil
	}
	go a.run(r)
	return a
}

func (a *ahead) run(r io.Reader) {
	defer func() {
		a.panicked = recover()
		close(a.full)
	}()
	for {
		var buffer []byte
		select {
		case buffer = <-a.empty:
		case <-a.stop:
			return
		}
		if buffer == nil {
			buffer = make([]byte, readBuffer)
		}
		n, err := a.fill(r, buffer)
		a.hash.Write(buffer[:n])
		a.full <- piece{buffer[:n], err}
		if err != nil {
			return
		}
	}
}

// fill reads until the buffer is full, an error comes, or nobody waits for more.
func (a *ahead) fill(r io.Reader, buffer []byte) (n int, err error) {
	for idle := 0; n < len(buffer) && err == nil; {
		select {
		case <-a.stop:
			return n, io.ErrClosedPipe
		default:
		}
		var m int
		m, err = r.Read(buffer[n:])
		n += m
		if m > 0 {
			idle = 0
		} else if idle++; idle == maxIdleReads && err == nil {
			err = io.ErrNoProgress
		}
	}
	return n, err
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
	if err := a.next(); err != nil {
		return 0, err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// next makes sure that there is something to give, or gives the error that came
// instead.
func (a *ahead) next() error {
	for len(a.rest) == 0 {
		if a.now.err != nil {
			return a.now.err
		}
		if a.now.text != nil {
			a.empty <- a.now.text[:readBuffer]
		}
		var ok bool
		if a.now, ok = <-a.full; !ok {
			if a.panicked != nil {
				panic(a.panicked)
			}
			a.now.err = io.ErrClosedPipe // the reader has ended its goroutine
		}
		a.rest = a.now.text
	}
	return nil
}

// peek gives the first bytes, at most n, without taking them. It is for the start.
func (a *ahead) peek(n int) ([]byte, error) {
	err := a.next()
	return a.rest[:min(n, len(a.rest))], err
}

// close ends the reading ahead, and waits for what is being read: the reader
// beneath is not used any more.
func (a *ahead) close() {
	close(a.stop)
	for range a.full {
	}
}

// sum is the hash of all that was read. The text must have been read to its end.
func (a *ahead) sum() string {
	for range a.full {
	}
	return hex.EncodeToString(a.hash.Sum(nil))
}
