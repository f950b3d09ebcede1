package engine

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSet holds sets to maps, whatever order numbers come in.
func TestSet(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var sets [2]set
		wants := [2]map[uint32]bool{{}, {}}
		for i := range sets {
			low := random.Uint32N(1000)
			for range random.IntN(20) {
				n := low + random.Uint32N(400)
				sets[i].add(n)
				wants[i][n] = true
			}
		}
		both, left := sets[0].clone(), sets[0].clone()
		both.merge(sets[1])
		left.remove(sets[1])
		all, rest := maps.Clone(wants[0]), maps.Clone(wants[0])
		for n := range wants[1] {
			all[n] = true
			delete(rest, n)
		}
		for name, c := range map[string]struct {
			got  set
			want map[uint32]bool
		}{"one": {sets[0], wants[0]}, "both": {both, all}, "left": {left, rest}} {
			want := slices.Sorted(maps.Keys(c.want))
			if diff := cmp.Diff(want, slices.Collect(c.got.all())); diff != "" || c.got.len() != len(want) {
				t.Fatalf("%s (-want +got):\n%s", name, diff)
			}
			if len(want) > 0 && c.got.first() != int(want[0]) {
				t.Fatalf("%s begins with %d, not %d", name, c.got.first(), want[0])
			}
			for n := range uint32(1500) {
				if c.got.has(n) != c.want[n] {
					t.Fatalf("%s: has(%d) is %t", name, n, c.got.has(n))
				}
			}
		}
	}
	var far set
	if far.add(1 << 30); len(far.words) != 1 {
		t.Errorf("one number takes %d words", len(far.words))
	}
}
