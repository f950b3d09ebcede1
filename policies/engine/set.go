package engine

import (
	"iter"
	"math/bits"
)

// A set is a set of small numbers.
type set []uint64

func (s *set) add(n uint32) {
	word := int(n / 64)
	for len(*s) <= word {
		*s = append(*s, 0)
	}
	(*s)[word] |= 1 << (n % 64)
}

func (s set) has(n uint32) bool {
	word := int(n / 64)
	return word < len(s) && s[word]&(1<<(n%64)) != 0
}

// merge adds all of the other.
func (s *set) merge(other set) {
	for len(*s) < len(other) {
		*s = append(*s, 0)
	}
	for i, word := range other {
		(*s)[i] |= word
	}
}

// remove takes out all of the other.
func (s set) remove(other set) {
	for i := range min(len(s), len(other)) {
		s[i] &^= other[i]
	}
}

func (s set) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// first is the smallest number; the set must have one.
func (s set) first() int {
	for n := range s.all() {
		return int(n)
	}
	return 0
}

// all gives the numbers in ascending order.
func (s set) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(uint32(i*64 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
