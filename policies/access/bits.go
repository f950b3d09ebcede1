package access

import (
	"iter"
	"math/bits"
)

// set is a set of small numbers.
type set []uint64

// newSet is an empty set for the numbers below n.
func newSet(n int) set { return make(set, (n+63)/64) }

// fullSet holds all the numbers below n.
func fullSet(n int) set {
	s := newSet(n)
	for i := range n {
		s.add(i)
	}
	return s
}

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// or adds t to s.
func (s set) or(t set) {
	for i, w := range t {
		s[i] |= w
	}
}

// without is a new set: what is in s and not in t.
func (s set) without(t set) set {
	r := make(set, len(s))
	for i, w := range s {
		r[i] = w &^ t[i]
	}
	return r
}

// and is a new set: what is in both.
func (s set) and(t set) set {
	r := make(set, len(s))
	for i, w := range s {
		r[i] = w & t[i]
	}
	return r
}

// all walks the members in order.
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// first is the smallest member, -1 for none.
func (s set) first() int {
	for i := range s.all() {
		return i
	}
	return -1
}
