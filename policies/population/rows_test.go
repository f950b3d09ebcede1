package population_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// streamed is a source of the rows of a list, among others.
func streamed(text string) population.Source {
	return population.Source{List: "okta_requests", Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Stream("test.json", strings.NewReader(text), visit)
	}}
}

// TestRowsAreReadAgain: members of a list are found again among all the records of a
// document, with the text at hand and without it.
func TestRowsAreReadAgain(t *testing.T) {
	row := func(i int) string {
		return fmt.Sprintf(`{"user_name":"u%d","user_agent":"a%d","succeeded":%d,"failed":0}`, i, i%3, i)
	}
	var list []string
	for i := range 9 {
		list = append(list, row(i))
	}
	const before = `{"user_principal_name":"u","client_app":"POP3","interactive":true,"succeeded":1,"failed":0}`
	text := strings.Replace(document(`{"id":"a"}`, `{"id":"b"}`), `"mailboxes"`,
		`"evidence":{"sign_ins":[`+before+","+before+`],"okta_requests":[`+strings.Join(list, ",\n")+`]},"mailboxes"`, 1)
	source := streamed(text)
	r := population.NewReducer(population.Options{What: "row", MaxClasses: 2, Marks: &population.Marks{
		Fields: map[string]*population.Marks{"user_name": drop, "succeeded": {Count: true}},
	}})
	_, readErr := source.Read(func(record *snapshot.Record) error {
		if record.List == "okta_requests" {
			r.Add(record)
		}
		return nil
	})
	classes, err := r.Finish()
	if err := errors.Join(readErr, err); err != nil {
		t.Fatal(err)
	}
	withText := source
	withText.Text = strings.NewReader(text)
	for _, source := range []population.Source{source, withText} {
		var got []string
		err := classes.Records(source, slices.Values([]uint32{0, 4, 8}), func(member int, record []byte) error {
			got = append(got, string(record))
			return nil
		})
		if want := []string{row(0), row(4), row(8)}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, want %v: %v", got, want, err)
		}
	}
	elsewhere := source
	elsewhere.List = "sign_ins"
	err = classes.Records(elsewhere, slices.Values([]uint32{0}), func(int, []byte) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "read row 0 again: the snapshot changed") {
		t.Errorf("rows of another list were taken: %v", err)
	}
}

// TestClassesBehindTheBoundsAreKnown: as many more as asked for are known again, though
// nothing of them is kept but where the first stands.
func TestClassesBehindTheBoundsAreKnown(t *testing.T) {
	var boxes []string
	for i := range 40 {
		boxes = append(boxes, fmt.Sprintf(`{"id":"%d","domain":"d%d"}`, i, i%8))
	}
	source := sought(document(boxes...))
	for known, want := range map[int]int{0: 2 + 38 - 8, 3: 5 + 15, 6: 8, 100: 8} {
		classes := reduced(t, source, population.Options{Marks: marks(), MaxClasses: 2, MaxKnown: known})
		if classes.Len() != want || classes.Kept() != 2 {
			t.Errorf("%d known: %d classes, want %d, %d of them kept", known, classes.Len(), want, classes.Kept())
		}
		for i := range boxes {
			if first := classes.First(classes.Of(i)); first%8 != i%8 || first > i {
				t.Errorf("%d known: mailbox %d is with %d", known, i, first)
			}
		}
		for class, text := range texts(t, classes, source) {
			if want := fmt.Sprintf(`{"domain":"d%d"}`, classes.First(class)%8); text != want {
				t.Errorf("%d known: class %d is %s, want %s", known, class, text, want)
			}
		}
	}
}
