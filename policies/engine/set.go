package engine

import (
	"iter"
	"math/bits"
	"slices"
)

// A set is a set of small numbers. What it takes in memory goes by how far they lie
// apart, so that there may be many sets of few numbers.
type set struct {
	// base is the place of the first word.
	base  int
	words []uint64
}

func (s *set) add(n uint32) { *s.word(int(n / 64)) |= 1 << (n % 64) }

// word makes room for the word at a place.
func (s *set) word(place int) *uint64 {
	switch {
	case len(s.words) == 0:
		s.base = place
	case place < s.base:
		s.words = append(make([]uint64, s.base-place, s.base-place+len(s.words)), s.words...)
		s.base = place
	}
	for len(s.words) <= place-s.base {
		s.words = append(s.words, 0)
	}
	return &s.words[place-s.base]
}

func (s set) has(n uint32) bool {
	word := int(n/64) - s.base
	return word >= 0 && word < len(s.words) && s.words[word]&(1<<(n%64)) != 0
}

func (s set) clone() set { return set{s.base, slices.Clone(s.words)} }

// merge adds all of the other.
func (s *set) merge(other set) {
	for i, word := range other.words {
		if word != 0 {
			*s.word(other.base + i) |= word
		}
	}
}

// remove takes out all of the other.
func (s set) remove(other set) {
	for i := range s.words {
		if word := s.base + i - other.base; word >= 0 && word < len(other.words) {
			s.words[i] &^= other.words[word]
		}
	}
}

func (s set) len() int {
	n := 0
	for _, word := range s.words {
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
		for i, word := range s.words {
			for ; word != 0; word &= word - 1 {
				if !yield(uint32((s.base+i)*64 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
