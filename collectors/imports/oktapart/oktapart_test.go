package oktapart_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/imports/oktapart"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

const tenant = "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10"

func day(n int) snapshot.Instant {
	return snapshot.NewInstant(time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC))
}

// collected is a snapshot of Okta alone, of the 10th.
func collected() *snapshot.Snapshot {
	line := func(name string, paths ...string) snapshot.Resource {
		return snapshot.Resource{Name: name, Endpoint: "GET", Permission: "p", Paths: paths, Status: snapshot.Collected}
	}
	return &snapshot.Snapshot{
		Version: snapshot.Version, CollectedAt: day(10), Tenant: snapshot.Tenant{ID: strings.ToUpper(tenant), OktaOrg: "https://example.okta.com"},
		Collection: snapshot.Collection{Source: "live", Resources: []snapshot.Resource{
			line("entra.domains", "entra.domains"), line("okta.app_assignments", "okta.app_assignments", "mailboxes[].okta"), line("okta.zones", "okta.zones"),
		}},
		Okta:     &snapshot.Okta{Zones: []snapshot.Object{snapshot.Object(`{"id":"nzo1"}`)}},
		Evidence: &snapshot.Evidence{Window: &snapshot.Window{Since: day(1), Until: day(10)}, OktaRequests: []snapshot.OktaRequest{{UserName: "a"}}},
	}
}

// imported is one without Okta, of the 12th.
func imported() *snapshot.Snapshot {
	return &snapshot.Snapshot{
		Version: snapshot.Version, CollectedAt: day(12), Tenant: snapshot.Tenant{ID: tenant},
		Collection: snapshot.Collection{Source: "powershell", Resources: []snapshot.Resource{
			{Name: "entra.domains", Status: snapshot.Collected}, {Name: "okta.zones", Status: snapshot.Skipped, Code: "not_requested"},
		}},
	}
}

func walk(list ...*snapshot.Mailbox) func(func(*snapshot.Mailbox, error) bool) {
	return func(yield func(*snapshot.Mailbox, error) bool) {
		for _, m := range list {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// part writes a snapshot and reads its part of Okta.
func part(t *testing.T, s *snapshot.Snapshot, mailboxes func(func(*snapshot.Mailbox, error) bool)) (*oktapart.Part, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "okta.json")
	if err := snapshot.WriteFile(path, s, mailboxes); err != nil {
		t.Fatal(err)
	}
	return oktapart.Read(path)
}

func TestThePartTakesItsPlace(t *testing.T) {
	p, err := part(t, collected(), walk(&snapshot.Mailbox{ID: "A1", Okta: &snapshot.MailboxOkta{Assigned: true}}))
	if err != nil {
		t.Fatal(err)
	}
	s := imported()
	joined, err := p.Into(s, walk(&snapshot.Mailbox{ID: "a1", Okta: nil}, &snapshot.Mailbox{ID: "b2"}))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for m, err := range joined {
		if err != nil {
			t.Fatal(err)
		}
		got[m.ID] = m.Okta != nil && m.Okta.Assigned
	}
	// The other mailbox is not known to the part: nothing is claimed about it.
	if diff := cmp.Diff(map[string]bool{"a1": true, "b2": false}, got); diff != "" {
		t.Error(diff)
	}
	for range joined {
		break // whoever has seen enough stops it
	}
	var lines []string
	for _, line := range s.Collection.Resources {
		lines = append(lines, line.Name+" "+string(line.Status))
	}
	if diff := cmp.Diff([]string{"entra.domains collected", "okta.app_assignments collected", "okta.zones collected"}, lines); diff != "" {
		t.Error(diff)
	}
	if s.CollectedAt != day(10) || s.Tenant.OktaOrg != "https://example.okta.com" || len(s.Okta.Zones) != 1 || len(s.Evidence.OktaRequests) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestWithoutMailboxesUsersAreNotJoined(t *testing.T) {
	p, err := part(t, collected(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := imported()
	joined, err := p.Into(s, nil)
	if err != nil || joined != nil || p.Joined() {
		t.Errorf("%v, %v", joined == nil, err)
	}
	for _, line := range s.Collection.Resources {
		if partial := line.Status == snapshot.Partial && line.Code == oktapart.CodeNotJoined; partial != (line.Name == "okta.app_assignments") {
			t.Errorf("%+v", line)
		}
	}
}

// The logs of both sides count for the time that both cover.
func TestTheWindowIsWhatBothCover(t *testing.T) {
	window := func(since, until int) *snapshot.Window { return &snapshot.Window{Since: day(since), Until: day(until)} }
	for _, test := range []struct {
		name               string
		ours, theirs, want *snapshot.Window
		problem            string
	}{
		{"theirs alone", nil, window(1, 10), window(1, 10), ""},
		{"ours alone", window(3, 12), nil, window(3, 12), ""},
		{"theirs ends first", window(3, 12), window(1, 10), window(3, 10), ""},
		{"theirs begins last", window(1, 10), window(3, 12), window(3, 10), ""},
		{"one day and the next", window(10, 12), window(1, 10), nil, "no day in common"},
		{"apart", window(11, 12), window(1, 10), nil, "no day in common"},
	} {
		t.Run(test.name, func(t *testing.T) {
			theirs, s := collected(), imported()
			theirs.Evidence.Window = test.theirs
			s.Evidence = &snapshot.Evidence{Window: test.ours, SignIns: []snapshot.SignIn{}}
			p, err := part(t, theirs, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = p.Into(s, nil); test.problem != "" {
				if bad, ok := errors.AsType[*snapshot.Error](err); !ok || !strings.Contains(bad.Problem, test.problem) || bad.Hint == "" {
					t.Errorf("%#v", err)
				}
				return
			}
			if diff := cmp.Diff(test.want, s.Evidence.Window); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestWhatIsNoPart(t *testing.T) {
	none := collected()
	none.Okta = nil
	if _, err := part(t, none, nil); err == nil || !strings.Contains(err.Error(), "holds nothing of Okta") {
		t.Error(err)
	}
	unled := collected()
	unled.Collection.Resources = unled.Collection.Resources[:1]
	if _, err := part(t, unled, nil); err == nil || !strings.Contains(err.Error(), "holds nothing of Okta") {
		t.Error(err)
	}
	other := collected()
	other.Tenant.ID = "00000000-0000-0000-0000-000000000000"
	p, err := part(t, other, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Into(imported(), nil); err == nil || !strings.Contains(err.Error(), "is of tenant 0000") {
		t.Error(err)
	}
	if _, err := oktapart.Read(filepath.Join(t.TempDir(), "missing.json")); err == nil {
		t.Error("a file that is not there was read")
	}
}
