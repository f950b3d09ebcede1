package access

import "slices"

// A space holds every request that rules can tell apart. It is a product: a few
// axes, each a finite set of values (classes of people, kinds of client, pieces
// of the address space, …), and beside them facts, each of which may be true or
// false of a request whatever its other values are (it comes from a country that
// only Okta's database knows).
//
// Sets of requests are boxes: a set of values on each axis, and for each fact
// whether it may be true and whether it may be false. Boxes are cut, never listed
// point by point.
type space struct {
	axes  []axis
	facts int
	words int // of a box
	pairs int // the first word that holds facts
	whole box
}

// axis is one dimension: where its values stand in a box.
type axis struct {
	first, words, size int
}

// box is a set of requests: one bit a value, then two bits a fact, "may be false"
// before "may be true". A box with an axis or a fact without any bit is empty, and
// no function here makes one.
type box []uint64

// evens are the bits that mean "may be false".
const evens = 0x5555_5555_5555_5555

// newSpace makes a space with axes of the given sizes. An axis of size 0 would
// leave no request at all, so it gets one value.
func newSpace(sizes []int, facts int) *space {
	s := &space{facts: facts}
	for _, size := range sizes {
		size = max(size, 1)
		a := axis{first: s.words, words: (size + 63) / 64, size: size}
		s.axes = append(s.axes, a)
		s.words += a.words
	}
	s.pairs = s.words
	s.words += (facts + 31) / 32
	s.whole = make(box, s.words)
	for _, a := range s.axes {
		copy(s.whole[a.first:], fullSet(a.size))
	}
	for f := range facts {
		s.whole[s.pairs+f/32] |= 3 << (f % 32 * 2)
	}
	return s
}

// on is b's set of values on an axis. It shares b's memory.
func (s *space) on(b box, axis int) set {
	a := s.axes[axis]
	return set(b[a.first : a.first+a.words])
}

// limit leaves of b only the given values on an axis, and reports whether
// anything is left.
func (s *space) limit(b box, axis int, values set) bool {
	on, left := s.on(b, axis), uint64(0)
	for i := range on {
		on[i] &= values[i]
		left |= on[i]
	}
	return left != 0
}

// fix leaves of b only the requests of which the fact is true, or false, and
// reports whether anything is left.
func (s *space) fix(b box, fact int, value bool) bool {
	word, shift := s.pairs+fact/32, fact%32*2
	keep := uint64(1)
	if value {
		keep = 2
	}
	b[word] &^= (3 &^ keep) << shift
	return b[word]>>shift&3 != 0
}

// can reports whether the fact may have the value in b.
func (s *space) can(b box, fact int, value bool) bool {
	shift := fact % 32 * 2
	if value {
		shift++
	}
	return b[s.pairs+fact/32]>>shift&1 != 0
}

// meets reports whether two boxes have a request in common.
func (s *space) meets(a, b box) bool {
	for _, x := range s.axes {
		left := uint64(0)
		for i := x.first; i < x.first+x.words; i++ {
			left |= a[i] & b[i]
		}
		if left == 0 {
			return false
		}
	}
	for i := s.pairs; i < s.words; i++ {
		both := a[i] & b[i]
		if (both|both>>1)&evens != (s.whole[i])&evens {
			return false
		}
	}
	return true
}

// inside reports whether all of a lies in b.
func inside(a, b box) bool {
	for i, w := range a {
		if w&^b[i] != 0 {
			return false
		}
	}
	return true
}

// cross is what two boxes that meet have in common.
func cross(a, b box) box {
	c := make(box, len(a))
	for i, w := range a {
		c[i] = w & b[i]
	}
	return c
}

// cut splits a, which meets b, into what lies in b and disjoint boxes that do not;
// those are appended to rest.
func (s *space) cut(a, b box, rest []box) (within box, _ []box) {
	within = slices.Clone(a)
	for _, x := range s.axes {
		beyond := uint64(0)
		for i := x.first; i < x.first+x.words; i++ {
			beyond |= within[i] &^ b[i]
		}
		if beyond == 0 {
			continue
		}
		piece := slices.Clone(within)
		for i := x.first; i < x.first+x.words; i++ {
			piece[i] &^= b[i]
			within[i] &= b[i]
		}
		rest = append(rest, piece)
	}
	for f := range s.facts {
		word, mask := s.pairs+f/32, uint64(3)<<(f%32*2)
		beyond := within[word] & mask &^ b[word]
		if beyond == 0 {
			continue
		}
		piece := slices.Clone(within)
		piece[word] = piece[word]&^mask | beyond
		within[word] &^= beyond
		rest = append(rest, piece)
	}
	return within, rest
}

// find looks for a part of start that lies in none of the obstacles. It answers
// maybe when it would have to cut more than budget boxes to be sure.
func (s *space) find(start box, obstacles []box, budget int) (box, tri) {
	var near []box
	for _, o := range obstacles {
		if inside(start, o) {
			return nil, no
		}
		if s.meets(start, o) {
			near = append(near, o)
		}
	}
	if len(near) == 0 {
		return start, yes
	}
	_, pieces := s.cut(start, near[0], nil)
	found := no
	for i, piece := range pieces {
		if budget--; budget < 0 {
			return nil, maybe
		}
		share := budget / (len(pieces) - i)
		free, ok := s.find(piece, near[1:], share)
		if ok == yes {
			return free, yes
		}
		found = max(found, ok)
	}
	return nil, found
}
