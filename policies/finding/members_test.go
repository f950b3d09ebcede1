package finding_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
)

func people(ids ...string) []finding.Member {
	list := make([]finding.Member, len(ids))
	for i, id := range ids {
		list[i] = finding.Member{ID: id, Pointer: "/mailboxes/" + id}
	}
	return list
}

// roll holds the members a to e, of which b, d and e are listed.
func rolled(keys bool) *finding.Members {
	all := people("a", "b", "c", "d", "e")
	r := &finding.Roll{Read: func(indexes iter.Seq[int]) iter.Seq2[finding.Member, error] {
		return func(yield func(finding.Member, error) bool) {
			for i := range indexes {
				if !yield(all[i], nil) {
					return
				}
			}
		}
	}}
	for i := range all {
		if keys {
			r.Keys = append(r.Keys, all[i].Key())
		}
	}
	return finding.RollMembers("mailbox", 3, r, slices.Values([]int{1, 3, 4}))
}

// TestSubset: parts of a list have the members that are kept, whatever the list is
// made of, and the parts of parts as well.
func TestSubset(t *testing.T) {
	lists := map[string]*finding.Members{
		"a list": finding.ListMembers("mailbox", people("b", "d", "e")),
		"a roll": rolled(false), "a roll with keys": rolled(true),
	}
	for name, members := range lists {
		t.Run(name, func(t *testing.T) {
			var indexes []int
			want := people("b", "d", "e")
			at := 0
			for i, key := range members.Keys() {
				if indexes = append(indexes, i); key != want[at].Key() {
					t.Errorf("the key of member %d is %x, want %x", at, key, want[at].Key())
				}
				at++
			}
			part := members.Subset(2, func(i int) bool { return i != indexes[1] })
			if diff := cmp.Diff(people("b", "e"), part.First(9)); diff != "" || part.Len() != 2 {
				t.Errorf("part (-want +got):\n%s", diff)
			}
			last := 0
			for i := range part.Keys() {
				last = i
			}
			if diff := cmp.Diff(people("e"), part.Subset(1, func(i int) bool { return i == last }).First(9)); diff != "" {
				t.Errorf("part of a part (-want +got):\n%s", diff)
			}
			if err := part.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestKey: the id counts, and the name where there is none.
func TestKey(t *testing.T) {
	a, renamed, other := finding.Member{ID: "1", Name: "a"}, finding.Member{ID: "1", Name: "b"}, finding.Member{ID: "2", Name: "a"}
	if a.Key() != renamed.Key() || a.Key() == other.Key() {
		t.Error("members are told apart by something else than their ids")
	}
	if one, two := (&finding.Member{Name: "a"}).Key(), (&finding.Member{Name: "b"}).Key(); one == two {
		t.Error("members without an id are all the same")
	}
}
