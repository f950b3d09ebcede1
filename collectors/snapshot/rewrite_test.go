package snapshot_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// What was written, read and written again is the same, whatever layout it came
// in.
func TestRewrite(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := snapshot.Rewrite(&b, "x.json", strings.NewReader(l.layout(sorted))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sorted, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	large := largeDocument(t, 500)
	var b bytes.Buffer
	if err := snapshot.Rewrite(&b, "x.json", bytes.NewReader(large)); err != nil || !bytes.Equal(b.Bytes(), large) {
		t.Errorf("a large one was changed, %v", err)
	}
}
