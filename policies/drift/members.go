package drift

import (
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
)

// came finds the members of a part that the baseline does not have.
func came(part *finding.Violation, old *crowd) error {
	var fresh bits
	n := 0
	for index, key := range part.Members.Keys() {
		at, known := slices.BinarySearch(old.keys, key)
		if known {
			old.met.add(at)
			continue
		}
		fresh.add(index)
		n++
	}
	if err := part.Members.Err(); err != nil || n == 0 {
		return err
	}
	drift := drifted(part)
	drift.Added, drift.NewMembers = n, part.Members.Subset(n, fresh.has)
	return nil
}

// went finds the members of the baseline that no part has any more.
func (w *whole) went(was *whole, old *crowd) error {
	var lists []*finding.Members
	n := 0
	for _, part := range was.parts {
		var gone bits
		left := 0
		for index, key := range part.Members.Keys() {
			if at, _ := slices.BinarySearch(old.keys, key); !old.met.has(at) {
				gone.add(index)
				left++
			}
		}
		if err := part.Members.Err(); err != nil {
			return err
		}
		if left > 0 {
			lists = append(lists, part.Members.Subset(left, gone.has))
			n += left
		}
	}
	if n == 0 {
		return nil
	}
	drift := drifted(w.parts[0])
	drift.Removed, drift.RemovedMembers = n, joined(lists, n)
	return nil
}

// drifted marks a part as changed, and gives what says how.
func drifted(part *finding.Violation) *finding.Drift {
	part.State = finding.Changed
	if part.Drift == nil {
		part.Drift = &finding.Drift{}
	}
	return part.Drift
}

// joined lists the members of several lists behind each other.
func joined(lists []*finding.Members, n int) *finding.Members {
	if len(lists) == 1 {
		return lists[0]
	}
	return finding.ReadMembers(lists[0].Population(), n, func(yield func(finding.Member, error) bool) {
		for _, list := range lists {
			for member := range list.All() {
				if !yield(member, nil) {
					return
				}
			}
			if err := list.Err(); err != nil {
				yield(finding.Member{}, err)
				return
			}
		}
	})
}

// bits is a set of indexes.
type bits []uint64

func (b *bits) add(i int) {
	for len(*b) <= i/64 {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bits) has(i int) bool { return i/64 < len(b) && b[i/64]&(1<<(i%64)) != 0 }
