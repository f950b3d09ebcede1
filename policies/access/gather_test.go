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
	var handed []population.Alike
	noting := func(yield func(population.Alike, error) bool) {
		for alike, err := range inClasses(t, text, named) {
			handed = append(handed, alike)
			if !yield(alike, err) {
				return
			}
		}
	}
	got, behind, matrix, err := g.Facts(doc, noting)
	if err != nil {
		t.Fatal(err)
	}
	result := oneByOne(t, text, doc)
	want, err := result.Facts()
	if err != nil {
		t.Fatal(err)
	}
	drawn := result.AccessMatrix()
	agreeOnMembers(t, result, handed, behind)
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

func oneByOne(t *testing.T, text []byte, doc *snapshot.Document) *access.Result {
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
	return e.Evaluate(a)
}

// agreeOnMembers holds who is behind each door to the door's own count, and each
// mailbox to one door for each protocol and method.
func agreeOnMembers(t *testing.T, single *access.Result, handed []population.Alike, behind func([]int) (iter.Seq[int], error)) {
	t.Helper()
	roster := single.Roster()
	met := map[string]int{}
	for n, door := range single.Doors {
		inClasses, err := behind([]int{n})
		if err != nil {
			t.Fatal(err)
		}
		classes, first := 0, -1
		for k := range inClasses {
			if first < 0 {
				first = handed[k].First
			}
			classes += handed[k].Count
		}
		mailboxes, err := roster.Behind([]int{n})
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for i := range mailboxes {
			met[fmt.Sprint(door.Protocol, door.Method, i)]++
			count++
		}
		if door.Mailboxes != count || door.Mailboxes != classes || door.First != first {
			t.Errorf("door %d has %d mailboxes from %d; behind it are %d, in classes %d from %d", n, door.Mailboxes, door.First, count, classes, first)
		}
	}
	for at, n := range met {
		if n != 1 {
			t.Errorf("a mailbox is behind %d doors of one protocol and method: %s", n, at)
		}
	}
	if cells := len(access.Protocols()) * len(access.Methods()); len(met) != cells*single.Mailboxes {
		t.Errorf("%d mailboxes are behind %d doors of %d each", single.Mailboxes, len(met), cells)
	}
	for _, path := range single.SignIns {
		mailboxes, err := roster.Behind([]int{path.Behind})
		if err != nil {
			t.Fatal(err)
		}
		count, first := 0, -1
		for i := range mailboxes {
			if first < 0 {
				first = i
			}
			count++
		}
		if count != path.Mailboxes || first != path.First {
			t.Errorf("behind a sign-in of %d from %d are %d from %d", path.Mailboxes, path.First, count, first)
		}
	}
	if _, err := behind([]int{0, len(single.Doors) + len(single.SignIns)}); err == nil {
		t.Error("somebody is behind a door that is not there")
	}
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
	if _, _, _, err := g.Facts(new(snapshot.Document), bad); err == nil || !strings.Contains(err.Error(), "mailbox 7") {
		t.Errorf("the error is %v", err)
	}
	if _, _, _, err := g.Facts(new(snapshot.Document), broken); !errors.Is(err, gone) {
		t.Errorf("the error is %v", err)
	}
}
