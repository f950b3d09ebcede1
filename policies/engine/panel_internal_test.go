package engine

import (
	"fmt"
	"testing"

	"github.com/seed-07732396/postern/policies/population"
)

// TestUnitsComeAgain: members that look alike are one unit however many others came
// between, of a log; of mailboxes as long as there is room.
func TestUnitsComeAgain(t *testing.T) {
	for _, tt := range []struct {
		list          *list
		kinds, repeat int // units, and how many more when all come again
	}{
		{logs()[0], maxKnownRows + 500, 0},
		{mailboxList(), maxKnown + 500, 500},
	} {
		p := &panel{list: tt.list, split: true, size: batchUnits, filter: population.NewFilter(nil, nil), known: map[string]uint32{}, batch: &batch{}}
		for round, want := range []int{tt.kinds, tt.kinds + tt.repeat} {
			for i := range tt.kinds {
				if _, err := p.add(fmt.Appendf(nil, `{"kind":%d}`, i)); err != nil {
					t.Fatal(err)
				}
			}
			if int(p.units) != want || len(p.unitOf) != (round+1)*tt.kinds {
				t.Errorf("%s, round %d: %d units, want %d, of %d classes", tt.list.entry, round, p.units, want, len(p.unitOf))
			}
		}
		if p.unitOf[tt.kinds+7] != 7 || tt.repeat == 0 && p.unitOf[2*tt.kinds-1] != uint32(tt.kinds-1) {
			t.Errorf("%s: what came again is unit %d and %d", tt.list.entry, p.unitOf[tt.kinds+7], p.unitOf[2*tt.kinds-1])
		}
	}
}
