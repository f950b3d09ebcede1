package access

import (
	"fmt"
	"iter"
	"math/bits"
)

// behind is the numbers of classes, which come in ascending order. What it takes in
// memory goes by how far they lie apart: most doors that names tell apart are those of
// few classes.
type behind struct {
	// base is the place of the first word.
	base  int
	words []uint64
}

func (b *behind) add(class int) {
	if len(b.words) == 0 {
		b.base = class / 64
	}
	for len(b.words) <= class/64-b.base {
		b.words = append(b.words, 0)
	}
	b.words[class/64-b.base] |= 1 << (class % 64)
}

// all walks the numbers in ascending order.
func (b *behind) all(yield func(int) bool) {
	for i, word := range b.words {
		for ; word != 0; word &= word - 1 {
			if !yield((b.base+i)*64 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

// A Roster says who is behind each door of a result, and behind each of the ways in
// which users sign in. It holds no more than that.
type Roster struct {
	// lists are the classes behind each: of the doors in the order of the result's, then
	// of its sign-ins.
	lists []behind
	// classOf is the class, from 1, of what the accumulator was given, 0 for none;
	// classes is how many there are.
	classOf []uint32
	classes int
}

// Roster gives the result's roster.
func (r *Result) Roster() *Roster {
	made := &Roster{classOf: r.classOf, classes: len(r.outcomes)}
	for i := range r.Doors {
		made.lists = append(made.lists, r.Doors[i].behind)
	}
	for i := range r.SignIns {
		made.lists = append(made.lists, r.SignIns[i].behind)
	}
	return made
}

// Behind gives those behind one or more doors or sign-ins. A door has its place in the
// result's list as its number, a sign-in says its own. Those behind are the numbers,
// from 0 and ascending, of what the accumulator was given one after the other. The
// error says that there is no such door or sign-in.
func (r *Roster) Behind(numbers []int) (iter.Seq[int], error) {
	in := make([]bool, r.classes+1)
	for _, n := range numbers {
		if n < 0 || n >= len(r.lists) {
			return nil, fmt.Errorf("nobody can be behind number %d of %d", n, len(r.lists))
		}
		for class := range r.lists[n].all {
			in[class+1] = true
		}
	}
	return func(yield func(int) bool) {
		for n, class := range r.classOf {
			if in[class] && !yield(n) {
				return
			}
		}
	}, nil
}
