package impact

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestMailboxesThatLookAlike: what is remembered of one mailbox is what another that
// looks alike comes to by itself, before and after it was remembered.
func TestMailboxesThatLookAlike(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tenants, %v", len(paths), err)
	}
	shared := 0
	for _, path := range paths {
		file, err := snapshot.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for _, unplaced := range []bool{false, true} {
			a := &analysis{source: file.Read, doors: Doors(), unplaced: unplaced}
			var doc *snapshot.Document
			if a.evidence, doc, err = readEvidence(file.Stream, 30); err != nil {
				t.Fatal(err)
			}
			if err := a.prepare(doc); err != nil {
				t.Fatal(err)
			}
			// Okta's log knows some by an address of theirs alone.
			for i := 0; i < 20; i += 3 {
				row := fmt.Appendf(nil, `{"user_name":%q,"user_agent":"curl","succeeded":1}`, alias(i))
				if err := a.evidence.take(&snapshot.Record{List: requestList, Value: row}); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				_, err = file.Read(func(r *snapshot.Record) error {
					// The same record of somebody else, and of somebody without a name.
					for _, value := range [][]byte{
						r.Value, bytes.Replace(r.Value, []byte(`"id":"`), []byte(`"id":"0`), 1),
						bytes.Replace(r.Value, []byte(`"user_principal_name":`), []byte(`"user_principal_nome":`), 1),
						bytes.Replace(r.Value, []byte(`"addresses":[`), []byte(`"addresses":["smtp:`+alias(r.Index)+`",`), 1),
					} {
						before := len(a.quiet.seen)
						got, err := a.judge(value)
						if err != nil {
							return err
						}
						if len(a.quiet.seen) == before {
							shared++
						}
						want, err := a.judgeAlone(value)
						if diff := cmp.Diff(want, got); diff != "" || err != nil {
							t.Errorf("%s, mailbox %d: %v\n%s", path, r.Index, err, diff)
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if shared < 500 {
		t.Errorf("only %d mailboxes were not judged by themselves", shared)
	}
}

func alias(i int) string { return fmt.Sprintf("alias-%d@example.com", i) }

// TestLeaveOpen: what is made of the count is what counting again gives.
func TestLeaveOpen(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tenants, %v", len(paths), err)
	}
	changed := 0
	for _, path := range paths {
		for _, days := range []int{30, 90} {
			count := func(unplaced bool) *counting {
				file, err := snapshot.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { file.Close() })
				a := &analysis{source: file.Stream, doors: Doors(), unplaced: unplaced}
				var doc *snapshot.Document
				if a.evidence, doc, err = readEvidence(file.Stream, days); err != nil {
					t.Fatal(err)
				}
				counted, err := a.count(doc, days)
				if err != nil {
					t.Fatal(err)
				}
				return counted
			}
			got, want := count(false), count(true)
			unlike := cmp.Diff(want.report, got.report, cmpopts.IgnoreUnexported(Report{}))
			got.leaveOpen()
			if diff := cmp.Diff(want.report, got.report, cmpopts.IgnoreUnexported(Report{})); diff != "" {
				t.Errorf("%s, %d days:\n%s", path, days, diff)
			}
			if unlike != "" {
				changed++
			}
		}
	}
	if changed < 5 {
		t.Errorf("only %d counts are others", changed)
	}
}

// TestMostSeen: what is forgotten is judged anew.
func TestMostSeen(t *testing.T) {
	q := newQuiet()
	for i := range mostSeen + 10 {
		q.remember([]byte{byte(i), byte(i >> 8), byte(i >> 16)}, nil)
	}
	if len(q.seen) != 10 {
		t.Errorf("%d are remembered", len(q.seen))
	}
}
