package snapshot_test

import (
	"bytes"
	"io"
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
	// It starts where the reader stands.
	r := strings.NewReader("junk" + sorted)
	if _, err := r.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := snapshot.Rewrite(&b, "x.json", r); err != nil || b.String() != sorted {
		t.Errorf("from the middle: %v", err)
	}
}

// Rewriting must not lose anything in silence.
func TestRewriteRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"not a document", "[]", "x.json:1:1: expected an object, found an array"},
		{"an unknown section", "{\n\"more\":1," + small[1:], "x.json:2:1: /more: unknown here, and would be lost"},
		{"an unknown resource", strings.Replace(small, `"okta": {`, `"okta": {"more": []`, 1), "x.json:15:12: /okta/more: unknown here, and would be lost"},
		{"an unknown field of the tenant", strings.Replace(small, `"id": "t"`, `"id": "t", "more": 1`, 1), "x.json:4:25: /tenant/more: unknown here, and would be lost"},
		{"an unknown field of a mailbox", strings.Replace(small, `"id": "b"`, `"id": "b", "more": 1`, 1),
			"write snapshot: x.json:18:5: /mailboxes/1/more: unknown here, and would be lost"},
		{"mailboxes in disorder", strings.Replace(small, `"id": "a"`, `"id": "c"`, 1),
			`write snapshot: /mailboxes/1: the id "b" comes after "c": they must come sorted by id`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := snapshot.Rewrite(io.Discard, "x.json", strings.NewReader(test.text))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
