package drift_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/drift"
)

// crowded is a tenant with n mailboxes, each about 1 kB, in the order of their ids.
func crowded(t *testing.T, n int, change func(i int, mailbox object) bool) object {
	t.Helper()
	d := tenant(t, "demo")
	first := d["mailboxes"].([]any)[0].(object)
	list := []any{}
	for i := range n {
		one := maps.Clone(first)
		one["id"], one["display_name"] = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), strings.Repeat("x", 700)
		one["exchange"] = maps.Clone(first["exchange"].(object))
		one["exchange"].(object)["PopEnabled"] = false
		if change(i, one) {
			list = append(list, one)
		}
	}
	d["mailboxes"] = list
	return d
}

// TestCensusOfMany goes through many batches on both sides, of which one runs ahead.
func TestCensusOfMany(t *testing.T) {
	const n = 2000
	was := crowded(t, n, func(i int, _ object) bool { return i < 600 || i%10 != 0 })
	is := crowded(t, n, func(i int, mailbox object) bool {
		mailbox["exchange"].(object)["PopEnabled"] = i%4 == 1
		mailbox["display_name"] = "another name, which says nothing"
		return i >= 500
	})
	diff, err := between(t, was, is)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, change := range diff.Changes {
		if change.Area == "mailboxes" {
			told = append(told, change.Text)
		}
	}
	slices.Sort(told)
	// 500 to 1999 are in both but for the tens from 600 on; a quarter of them has POP,
	// and none of the tens.
	want := []string{"140 mailboxes came", "375 mailboxes gained POP", "500 mailboxes went"}
	if !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}

// TestCensusEnds: whatever becomes of one side, the other is not left reading.
func TestCensusEnds(t *testing.T) {
	_, whole := side(t, crowded(t, 2000, func(int, object) bool { return true }))
	broken := func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return nil, errors.New("the disk is gone")
	}
	ended := 0
	counted := func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		doc, err := whole(visit)
		ended++
		return doc, err
	}
	for _, sides := range [][2]drift.Reader{{broken, counted}, {counted, broken}} {
		if err := drift.StartCensus(sides[0], sides[1]).Wait(); err == nil || err.Error() != "the disk is gone" {
			t.Errorf("error %v", err)
		}
	}
	if ended != 2 {
		t.Errorf("%d of 2 readings have ended", ended)
	}
}
