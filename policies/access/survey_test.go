package access_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/population"
)

type reading = func(func(*snapshot.Record) error) (*snapshot.Document, error)

func readingOf(text []byte) reading {
	return func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Read("snapshot.json", bytes.NewReader(text), visit)
	}
}

func surveyOf(t testing.TB, text []byte, o access.SurveyOptions) *access.Survey {
	t.Helper()
	s, err := access.NewSurvey(t.Context(), readingOf(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tenantText(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", name, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// mailboxesFirst writes the mailboxes before everything that decides over them.
func mailboxesFirst(t testing.TB, text []byte) []byte {
	t.Helper()
	var document map[string]json.RawMessage
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"mailboxes":%s`, document["mailboxes"])
	for _, name := range slices.Sorted(maps.Keys(document)) {
		if name != "mailboxes" {
			fmt.Fprintf(&out, ",%q:%s", name, document[name])
		}
	}
	out.WriteString("}")
	return out.Bytes()
}

// TestSurveyAgreesWithEveryMailbox holds a survey to an engine that sees every
// single mailbox, wherever the mailboxes stand in the snapshot.
func TestSurveyAgreesWithEveryMailbox(t *testing.T) {
	for _, name := range []string{"demo", "half_done", "neglected", "one_exception", "shipped_default", "spotless"} {
		t.Run(name, func(t *testing.T) {
			text := tenantText(t, name)
			if named, ok := namingUsers(text); ok {
				text = named
			}
			for order, text := range map[string][]byte{"last": text, "first": mailboxesFirst(t, text)} {
				s := surveyOf(t, text, access.SurveyOptions{})
				single := oneByOne(t, text, s.Document)
				want, err := single.Facts()
				if err != nil {
					t.Fatal(err)
				}
				got, err := s.Result.Facts()
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(want, got) {
					t.Errorf("mailboxes %s:\n%s", order, cmp.Diff(string(want), string(got)))
				}
				if diff := cmp.Diff(single.AccessMatrix(), s.Result.AccessMatrix()); diff != "" || !s.Listed {
					t.Errorf("mailboxes %s: listed %t\n%s", order, s.Listed, diff)
				}
			}
		})
	}
}

// TestSurveyTakesDeclarationsFromTheConfigurationAlone expects what is declared of
// users to keep their doors apart, and what a record says of itself not to.
func TestSurveyTakesDeclarationsFromTheConfigurationAlone(t *testing.T) {
	text := tenantText(t, "half_done")
	plain, err := surveyOf(t, text, access.SurveyOptions{}).Result.Facts()
	if err != nil {
		t.Fatal(err)
	}
	boasting := bytes.Replace(text, []byte(`"domain":`), []byte(`"declared":["break_glass"],"domain":`), 1)
	if bytes.Equal(boasting, text) {
		t.Fatal("no record was changed")
	}
	s := surveyOf(t, boasting, access.SurveyOptions{})
	if got, err := s.Result.Facts(); err != nil || !bytes.Equal(plain, got) {
		t.Errorf("a record declared itself: %v", err)
	}
	asked := 0
	s = surveyOf(t, text, access.SurveyOptions{Declared: func(who population.Identity) []string {
		asked++
		if asked == 2 {
			return []string{"break_glass"}
		}
		return nil
	}})
	declared := 0
	for _, d := range s.Result.Doors {
		if len(d.Declared) > 0 {
			declared++
			if d.First != 1 || d.Mailboxes != 1 {
				t.Errorf("%s by %s of %d mailboxes from %d is declared", d.Protocol, d.Method, d.Mailboxes, d.First)
			}
		}
	}
	if n, _ := s.Document.Mailboxes(); asked != n || declared != 27 {
		t.Errorf("asked about %d of %d mailboxes, %d doors are declared", asked, n, declared)
	}
}

func TestSurveyStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := access.NewSurvey(ctx, readingOf(tenantText(t, "demo")), access.SurveyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := access.NewSurvey(t.Context(), readingOf([]byte(`{`)), access.SurveyOptions{}); err == nil {
		t.Error("half a document was surveyed")
	}
}

// compareByHand compares two documents by looking each mailbox up, one by one.
func compareByHand(t *testing.T, before, after []byte) []string {
	t.Helper()
	sides := [2]map[string][]access.Outcome{}
	for i, text := range [][]byte{before, after} {
		doc, err := snapshot.Read("snapshot.json", bytes.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		sides[i] = map[string][]access.Outcome{}
		var document struct{ Mailboxes []json.RawMessage }
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		for _, raw := range document.Mailboxes {
			e, err := access.New(access.FromDocument(doc), access.Options{})
			if err != nil {
				t.Fatal(err)
			}
			acc := e.NewAccumulator()
			box, err := access.ReadMailbox([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			acc.Add(box, 0, 1)
			if class, ok := acc.Class(box); ok {
				sides[i][box.ID] = e.Evaluate(acc).Outcomes(class)
			}
		}
	}
	counts := map[string]int{}
	ids := maps.Clone(sides[0])
	maps.Copy(ids, sides[1])
	for id := range ids {
		for i := range 27 {
			at := func(side int) access.Outcome {
				if list := sides[side][id]; list != nil {
					return list[i]
				}
				return access.NotOffered
			}
			if was, is := at(0), at(1); was != is {
				counts[fmt.Sprintf("%s %s %s %s", access.Protocols()[i/3], access.Methods()[i%3], was, is)]++
			}
		}
	}
	var list []string
	for what, n := range counts {
		list = append(list, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(list)
	return list
}

// changed makes a later snapshot: mailboxes come, go and change, and so does the
// configuration.
func changed(t *testing.T, text []byte) []byte {
	t.Helper()
	lines := strings.Split(string(text), "\n")
	var boxes []int
	for i, line := range lines {
		if strings.HasPrefix(line, `    {"id":"`) {
			boxes = append(boxes, i)
		}
	}
	if len(boxes) < 8 {
		t.Fatalf("only %d mailboxes", len(boxes))
	}
	lines[boxes[2]] = strings.Replace(lines[boxes[2]], `"PopEnabled":true`, `"PopEnabled":false`, 1)
	lines[boxes[3]] = strings.Replace(lines[boxes[3]], `"accountEnabled":true`, `"accountEnabled":false`, 1)
	lines[boxes[4]] = strings.Replace(lines[boxes[4]], `"id":"`, `"id":"f`, 1)
	lines = slices.Delete(lines, boxes[5], boxes[5]+1)
	return []byte(strings.Join(lines, "\n"))
}

func TestCompareLooksAtEachMailbox(t *testing.T) {
	half := tenantText(t, "half_done")
	later := changed(t, half)
	for name, pair := range map[string][2][]byte{
		"change": {half, later}, "back": {later, half}, "elsewhere": {tenantText(t, "neglected"), half}, "same": {half, half},
		"other order": {mailboxesFirst(t, half), later},
	} {
		t.Run(name, func(t *testing.T) {
			want := compareByHand(t, pair[0], pair[1])
			c := access.Compare(surveyOf(t, pair[0], access.SurveyOptions{}), surveyOf(t, pair[1], access.SurveyOptions{}))
			var got []string
			for _, change := range c.Changes {
				got = append(got, fmt.Sprintf("%s %s %s %s %d", change.Protocol, change.Method, change.Before, change.After, change.Mailboxes))
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("by hand and compared:\n%s", diff)
			}
			if (len(got) == 0) != (name == "same") {
				t.Errorf("%d changes", len(got))
			}
			t.Logf("%d in both, %d came, %d gone", c.Both, c.Came, c.Gone)
			if name == "change" && (c.Came != 1 || c.Gone != 3) {
				t.Errorf("%d came and %d went, want 1 and 3", c.Came, c.Gone)
			}
		})
	}
}

// BenchmarkCompare compares two snapshots of many mailboxes.
func BenchmarkCompare(b *testing.B) {
	var text bytes.Buffer
	half := tenantText(b, "half_done")
	at := bytes.Index(half, []byte(`    {"id":"`))
	line, rest, _ := bytes.Cut(half[at:], []byte("\n"))
	_, record, _ := bytes.Cut(line, []byte(`","`))
	text.Write(half[:at])
	const mailboxes = 20000
	for i := range mailboxes {
		fmt.Fprintf(&text, "    {\"id\":\"%08d-0000-4000-8000-000000000000\",\"%s\n", i, record)
	}
	text.Write(rest)
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		s := surveyOf(b, text.Bytes(), access.SurveyOptions{})
		if c := access.Compare(s, s); len(c.Changes) > 0 || c.Both < mailboxes {
			b.Fatalf("%+v", c)
		}
	}
}
