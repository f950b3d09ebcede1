package json

import (
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

// TestSplicerWaitsForPlaces: the library may write a placeholder out before it can be
// told where it stands, and in any pieces.
func TestSplicerWaitsForPlaces(t *testing.T) {
	const text = `[null,null,"x",null]`
	nobody := finding.ListMembers("mailbox", nil)
	list := "{\n    \"population\": \"mailbox\",\n    \"count\": 0,\n    \"list\": [],\n    \"digest\": \"" + finding.NewDigest().String() + "\"\n  }"
	want := `[` + list + `,null,"x",` + list + "]\n"
	for piece := 1; piece <= len(text); piece++ {
		var out strings.Builder
		s := &splicer{w: &out}
		for at := 0; at < len(text); at += piece {
			end := min(at+piece, len(text))
			tell := func(when bool, p place) {
				if when {
					s.places = append(s.places, p)
				}
			}
			for _, p := range []place{{5, 1, nobody}, {19, 1, nobody}} {
				tell(at < int(p.end) && int(p.end) < end, p)
			}
			if _, err := s.Write([]byte(text[at:end])); err != nil {
				t.Fatal(err)
			}
			for _, p := range []place{{5, 1, nobody}, {19, 1, nobody}} {
				tell(int(p.end) == end, p) // the library wrote it out at once
			}
		}
		if err := s.finish(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("in pieces of %d: %s", piece, out.String())
		}
	}
}
