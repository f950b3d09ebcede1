package access_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
)

// TestGatheringAgreesWithReadingTwice holds the facts of one read to those of an
// engine that knows the configuration before it sees the mailboxes.
func TestGatheringAgreesWithReadingTwice(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tenants: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			g := access.NewGathering(access.Options{})
			doc, err := snapshot.ReadFile(path, func(r *snapshot.Record) error { return g.Mailbox(r, nil) })
			if err != nil {
				t.Fatal(err)
			}
			got, err := g.Facts(doc)
			if err != nil {
				t.Fatal(err)
			}
			if want := readTwice(t, path, doc); !bytes.Equal(want, got) {
				t.Error(cmp.Diff(string(want), string(got)))
			}
		})
	}
}

func readTwice(t *testing.T, path string, doc *snapshot.Document) []byte {
	t.Helper()
	e, err := access.New(access.FromDocument(doc), access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := e.NewAccumulator()
	seen := 0
	_, err = snapshot.ReadFile(path, func(r *snapshot.Record) error {
		seen++
		return a.AddJSON(r.Value, r.Index, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, listed := doc.Mailboxes(); listed && n != seen {
		t.Fatalf("saw %d of %d mailboxes", seen, n)
	}
	facts, err := e.Evaluate(a).Facts()
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestGatheringRefusesWhatIsNoMailbox expects an error that names the mailbox.
func TestGatheringRefusesWhatIsNoMailbox(t *testing.T) {
	g := access.NewGathering(access.Options{})
	err := g.Mailbox(&snapshot.Record{Index: 7, Value: []byte(`{"domain": 3}`)}, nil)
	if err == nil || !strings.Contains(err.Error(), "mailbox 7") {
		t.Errorf("the error is %v", err)
	}
}
