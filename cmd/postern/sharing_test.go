package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// mailboxesOf reads n mailboxes that have an index alone, and counts how often.
func mailboxesOf(n int, times *int) snapshotReader {
	return func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		*times++
		for i := range n {
			if err := visit(&snapshot.Record{Index: i}); err != nil {
				return nil, err
			}
		}
		return &snapshot.Document{Name: fmt.Sprint("reading ", *times)}, nil
	}
}

func TestSharingReadsOnce(t *testing.T) {
	times := 0
	s := share(4, mailboxesOf(5, &times))
	enough := errors.New("enough")
	var told [3]string
	var group sync.WaitGroup
	for i := range told {
		read, leave := s.seat()
		group.Go(func() {
			defer leave()
			seen := 0
			doc, err := read(func(record *snapshot.Record) error {
				if seen++; i == 1 && record.Index == 2 {
					return enough
				}
				return nil
			})
			told[i] = fmt.Sprint(seen, " ", doc != nil, " ", err)
		})
	}
	_, leave := s.seat()
	leave() // before it has read anything
	group.Wait()
	want := "5 true <nil>, 3 false enough, 5 true <nil>"
	if got := strings.Join(told[:], ", "); got != want || times != 1 {
		t.Errorf("%s in %d readings, want %s in 1", got, times, want)
	}
}

// TestSharingReadsAgain: who asks twice reads alone, without waiting for anybody.
func TestSharingReadsAgain(t *testing.T) {
	times := 0
	s := share(1, mailboxesOf(5, &times))
	read, leave := s.seat()
	defer leave()
	for want := 1; want <= 2; want++ {
		doc, err := read(func(*snapshot.Record) error { return nil })
		if err != nil || doc.Name != fmt.Sprint("reading ", want) {
			t.Errorf("%v, %v", doc, err)
		}
	}
}

// TestSharingEndsWithTheLast: nobody reads on for nobody.
func TestSharingEndsWithTheLast(t *testing.T) {
	shown, times := 0, 0
	s := share(2, func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return mailboxesOf(100, &times)(func(record *snapshot.Record) error { shown++; return visit(record) })
	})
	var group sync.WaitGroup
	for i := range 2 {
		read, leave := s.seat()
		group.Go(func() {
			defer leave()
			if doc, err := read(func(record *snapshot.Record) error { return fmt.Errorf("stop %d", i) }); doc != nil || err == nil || err.Error() != fmt.Sprint("stop ", i) {
				t.Errorf("%v, %v", doc, err)
			}
		})
	}
	group.Wait()
	if shown != 1 {
		t.Errorf("%d mailboxes were shown", shown)
	}
}
