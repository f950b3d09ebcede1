package json

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"sync"
)

// Whoever compares findings rarely looks at a list: most have not changed, and their
// digest says so. So a list that has a digest is skipped, from line to line, which takes
// a fifth of the time; how many members it has is counted. Only when somebody asks for
// them are they checked like the others, and held to the digest.

// skipped is what it takes to check a list that was skipped.
type skipped struct {
	// start is where the list begins, behind the bracket.
	start int64
	maker *keys
	once  sync.Once
	keys  []uint64
	err   error
}

// keysOf checks the members and makes their keys.
func (s *skipped) keysOf(l *list) ([]uint64, error) {
	s.once.Do(func() {
		s.maker.lock.Lock()
		defer s.maker.lock.Unlock()
		f := &folder{window: newWindow(l.file, l.size, s.start), keys: s.maker}
		checked := &list{keyed: true}
		err := f.elements(checked)
		if err == nil && (checked.n != l.n || checked.digest != l.digest) {
			err = errOdd
		}
		if err != nil {
			s.err = l.wrong()
			return
		}
		s.keys = checked.keys
	})
	return s.keys, s.err
}

// wrong says what is wrong with a list that was skipped. The exact reader knows; if it
// finds nothing, the list was another when it was skipped.
func (l *list) wrong() error {
	_, err := readExactly(l.file, l.size, false)
	return fmt.Errorf("read findings: %w", cmp.Or(err, errChanged))
}

// skip steps over a list as Write writes it, and what stands behind its members. It
// reports false where it could not, and then has not moved.
func (f *folder) skip(l *list) (bool, error) {
	start := f.offset()
	over, err := f.lines(l)
	if err != nil {
		return false, err
	}
	if over {
		if digest, err := f.digest(); err == nil && digest != "" {
			l.digest, l.skipped = digest, &skipped{start: start, maker: f.keys}
			return true, nil
		} else if err != nil && !errors.Is(err, errOdd) {
			return false, err
		}
	}
	// Where one list is otherwise, the rest is as well.
	f.skips = false
	l.n, l.places = 0, nil
	f.back(start)
	return false, nil
}

// lines steps from the start of one member to that of the next, by their indentation,
// up to behind the bracket that ends the list. It reports false where there is more on
// a line than one member, or less.
func (f *folder) lines(l *list) (bool, error) {
	depth := f.indentation()
	if depth < len(indent) {
		return false, nil
	}
	for l.add(f.offset()); ; {
		text := f.window.text
		// A line starts behind the line break, and the bracket stands a step before
		// where a member would.
		line := f.i + 1 + bytes.IndexByte(text[f.i:], '\n')
		bracket, member := line+depth-len(indent), line+depth
		if line == f.i || member >= len(text) {
			if more, err := f.fill(); !more {
				return false, err
			}
			continue
		}
		switch {
		case text[bracket] == ']' && len(bytes.Trim(text[line:bracket], " ")) == 0:
			f.i = bracket + 1
			return true, nil
		case text[bracket] != ' ' || text[member] != '{':
			return false, nil
		}
		f.i = member
		l.add(f.offset())
	}
}

// indentation is how many spaces stand before the place on its line, -1 where there is
// anything else.
func (w *window) indentation() int {
	start := w.i
	for start > 0 && w.text[start-1] == ' ' {
		start--
	}
	if start == 0 || w.text[start-1] != '\n' {
		return -1
	}
	return w.i - start
}

// back returns to a place that was seen.
func (w *window) back(offset int64) {
	w.text, w.base, w.i = w.text[:0], offset, 0
}
