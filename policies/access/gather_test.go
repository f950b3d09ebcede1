package access_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// TestGatheringAgreesWithEveryMailbox holds the facts of mailboxes in classes to
// those of an engine that sees every single one.
func TestGatheringAgreesWithEveryMailbox(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tenants: %v", len(paths), err)
	}
	naming := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) { agree(t, text) })
		if named, ok := namingUsers(text); ok {
			naming++
			t.Run(name+" that names users", func(t *testing.T) { agree(t, named) })
		}
	}
	if naming == 0 {
		t.Error("no tenant has a policy in which a user could be named")
	}
}

// namingUsers lets the first policy leave two users out.
func namingUsers(text []byte) ([]byte, bool) {
	ids := regexp.MustCompile(`(?m)^    \{"id":"([^"]+)"`).FindAllSubmatch(text, 3)
	const nobody = `"excludeUsers": []`
	if len(ids) < 3 || !bytes.Contains(text, []byte(nobody)) {
		return nil, false
	}
	named := fmt.Sprintf(`"excludeUsers": ["%s", "%s"]`, ids[0][1], bytes.ToUpper(ids[2][1]))
	return bytes.Replace(text, []byte(nobody), []byte(named), 1), true
}

func agree(t *testing.T, text []byte) {
	t.Helper()
	g := access.NewGathering(access.Options{})
	doc, err := snapshot.Read("snapshot.json", bytes.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	named, err := g.Named(doc)
	if err != nil {
		t.Fatal(err)
	}
	got, matrix, err := g.Facts(doc, inClasses(t, text, named))
	if err != nil {
		t.Fatal(err)
	}
	want, drawn := oneByOne(t, text, doc)
	if !bytes.Equal(want, got) {
		t.Error(cmp.Diff(string(want), string(got)))
	}
	if _, listed := doc.Mailboxes(); !listed {
		drawn = nil // without mailboxes there is nothing to draw
	}
	if diff := cmp.Diff(drawn, matrix); diff != "" {
		t.Errorf("the matrix (-one by one +in classes):\n%s", diff)
	}
}

// inClasses gives the mailboxes of a snapshot, all that look alike as one.
func inClasses(t *testing.T, text []byte, named []string) iter.Seq2[population.Alike, error] {
	t.Helper()
	drop := &population.Marks{Drop: true}
	marks := &population.Marks{Fields: map[string]*population.Marks{
		"id": drop, "user_principal_name": drop, "display_name": drop, "addresses": drop,
		"entra": {Fields: map[string]*population.Marks{"createdDateTime": drop, "signInSessionsValidFromDateTime": drop, "signInActivity": drop}},
	}}
	about := func(who population.Identity) population.Note {
		if id := strings.ToLower(who.ID); slices.Contains(named, id) {
			return population.Note{Apart: id}
		}
		return population.Note{}
	}
	r := population.NewReducer(population.Options{Marks: marks, About: about})
	_, readErr := snapshot.Read("snapshot.json", bytes.NewReader(text), func(record *snapshot.Record) error {
		r.Add(record)
		return nil
	})
	classes, err := r.Finish()
	if err := errors.Join(readErr, err); err != nil {
		t.Fatal(err)
	}
	return classes.Alike(population.Source{})
}

func oneByOne(t *testing.T, text []byte, doc *snapshot.Document) ([]byte, *finding.AccessMatrix) {
	t.Helper()
	e, err := access.New(access.FromDocument(doc), access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := e.NewAccumulator()
	seen := 0
	_, err = snapshot.Read("snapshot.json", bytes.NewReader(text), func(r *snapshot.Record) error {
		seen++
		return a.AddJSON(r.Value, r.Index, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, listed := doc.Mailboxes(); listed && n != seen {
		t.Fatalf("saw %d of %d mailboxes", seen, n)
	}
	result := e.Evaluate(a)
	facts, err := result.Facts()
	if err != nil {
		t.Fatal(err)
	}
	return facts, result.AccessMatrix()
}

// TestGatheringRefusesWhatIsNoMailbox expects an error that names the mailbox, and
// one that the mailboxes end with.
func TestGatheringRefusesWhatIsNoMailbox(t *testing.T) {
	bad := func(yield func(population.Alike, error) bool) {
		yield(population.Alike{First: 7, Count: 1, Text: []byte(`{"domain": 3}`)}, nil)
	}
	gone := errors.New("the file is gone")
	broken := func(yield func(population.Alike, error) bool) { yield(population.Alike{}, gone) }
	g := access.NewGathering(access.Options{})
	if _, _, err := g.Facts(new(snapshot.Document), bad); err == nil || !strings.Contains(err.Error(), "mailbox 7") {
		t.Errorf("the error is %v", err)
	}
	if _, _, err := g.Facts(new(snapshot.Document), broken); !errors.Is(err, gone) {
		t.Errorf("the error is %v", err)
	}
}
