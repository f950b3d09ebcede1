package finding_test

import (
	"errors"
	"iter"
	"slices"
	"strconv"
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
	if keys {
		r.Keys = func() ([]uint64, error) {
			var keys []uint64
			for i := range all {
				keys = append(keys, all[i].Key())
			}
			return keys, nil
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

// TestDigest: lists of the same members have the same digest, however they are listed
// and read, and no others do.
func TestDigest(t *testing.T) {
	digest := func(m *finding.Members) string {
		got, err := m.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := digest(finding.ListMembers("mailbox", people("b", "d", "e")))
	named := people("b", "d", "e")
	named[1].Name, named[1].Line = "somebody@example.com", 7
	for name, same := range map[string]*finding.Members{
		"keys": rolled(true), "no keys": rolled(false), "another place": finding.ListMembers("mailbox", named),
		"saved with it": finding.ListMembers("mailbox", people("x")).WithDigest(want),
	} {
		if got := digest(same); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	long := make([]string, 2000)
	for i := range long {
		long[i] = strconv.Itoa(i)
	}
	all := map[string]string{want: "b d e"}
	for name, ids := range map[string][]string{
		"nobody": nil, "one fewer": {"b", "d"}, "one more": {"b", "d", "e", "e"}, "another order": {"d", "b", "e"},
		"many": long, "many but the last": long[:1999], "many but the first": long[1:],
	} {
		got := digest(finding.ListMembers("mailbox", people(ids...)))
		if other, known := all[got]; known {
			t.Errorf("%s has the digest of %s", name, other)
		}
		all[got] = name
	}
	broken := finding.ReadMembers("mailbox", 1, func(yield func(finding.Member, error) bool) { yield(finding.Member{}, errors.New("gone")) })
	if _, err := broken.Digest(); err == nil {
		t.Error("a list that cannot be read has a digest")
	}
}

// TestKeyIsThatOfTheSavedMember: JSON holds no text that is no UTF-8.
func TestKeyIsThatOfTheSavedMember(t *testing.T) {
	m := finding.Member{ID: "a\xff\xfeb"}
	if got, want := m.Key(), finding.KeyOf([]byte("a\ufffd\ufffdb")); got != want {
		t.Errorf("key %x, want %x", got, want)
	}
}
