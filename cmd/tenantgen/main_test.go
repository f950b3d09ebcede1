package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// varying is what differs between two mailboxes of one class: who they are, and
// when things happened.
var varying = regexp.MustCompile(`"(id|user_principal_name|display_name|addresses)":("[^"]*"|\[[^\]]*\]),|"[0-9-]{10}T[0-9:]{8}Z"`)

func generate(t *testing.T, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tenant.json")
	if err := run(append(args, "-o", path), io.Discard); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSameFlagsGiveTheSameValidBytes(t *testing.T) {
	one := generate(t, "-mailboxes", "500", "-seed", "7")
	if !bytes.Equal(one, generate(t, "-mailboxes", "500", "-seed", "7")) {
		t.Error("two runs differ")
	}
	if bytes.Equal(one, generate(t, "-mailboxes", "500", "-seed", "8")) {
		t.Error("another seed gives the same bytes")
	}
	document, err := snapshot.Read("tenant.json", bytes.NewReader(one), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := document.Mailboxes(); !ok || n != 500 {
		t.Errorf("%d mailboxes, %v", n, ok)
	}
	for _, section := range []string{"entra", "exchange", "okta", "evidence"} {
		if _, ok := document.Section(section); !ok {
			t.Errorf("there is no %s", section)
		}
	}
}

func TestClassesBoundWhatDiffers(t *testing.T) {
	for _, classes := range []string{"1", "40", "3000"} {
		seen := map[string]bool{}
		data := generate(t, "-mailboxes", "20000", "-classes", classes)
		_, err := snapshot.Read("tenant.json", bytes.NewReader(data), func(r *snapshot.Record) error {
			seen[varying.ReplaceAllString(string(r.Value), "")] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		limits := map[string][2]int{"1": {1, 1}, "40": {40, 40}, "3000": {2000, 3000}}[classes]
		if len(seen) < limits[0] || len(seen) > limits[1] {
			t.Errorf("-classes %s gives %d distinct combinations", classes, len(seen))
		}
	}
}

func TestDistinctMailboxesShareNothingThatAccessDependsOn(t *testing.T) {
	seen := map[string]bool{}
	_, err := snapshot.Read("tenant.json", bytes.NewReader(generate(t, "-mailboxes", "300", "-classes", "1", "-distinct")), func(r *snapshot.Record) error {
		var mailbox struct {
			Domain   string
			Exchange struct{ AuthenticationPolicy string }
		}
		if err := json.Unmarshal(r.Value, &mailbox); err != nil {
			return err
		}
		seen[mailbox.Domain], seen[mailbox.Exchange.AuthenticationPolicy] = true, true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 600 {
		t.Errorf("300 mailboxes have %d domains and policies", len(seen))
	}
}

func TestLogsHaveTheRowsAskedFor(t *testing.T) {
	for _, tt := range []struct {
		flags            []string
		fewest, greatest int // different user agents
	}{
		{nil, 100, 1500},
		{[]string{"-distinct"}, 2500, 2500},
	} {
		flags := append([]string{"-mailboxes", "90", "-sign-ins", "2000", "-requests", "500"}, tt.flags...)
		document, err := snapshot.Read("tenant.json", bytes.NewReader(generate(t, flags...)), nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := document.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Evidence.SignIns) != 2000 || len(s.Evidence.OktaRequests) != 500 {
			t.Errorf("%d sign-ins and %d requests", len(s.Evidence.SignIns), len(s.Evidence.OktaRequests))
		}
		agents, users := map[string]bool{}, map[string]bool{}
		for _, row := range s.Evidence.SignIns {
			agents[row.UserAgent], users[row.UserID] = true, true
			if row.Succeeded+row.Failed == 0 || row.LastSeen.Before(row.FirstSeen.Time) || row.LastSeen.After(document.CollectedAt.Time) {
				t.Fatalf("a row in which nothing happened, or not in order: %+v", row)
			}
		}
		for _, row := range s.Evidence.OktaRequests {
			agents[row.UserAgent] = true
		}
		if len(agents) < tt.fewest || len(agents) > tt.greatest || len(users) != 90 {
			t.Errorf("%v: %d user agents of %d users", tt.flags, len(agents), len(users))
		}
	}
}

func TestWrongUseIsRefused(t *testing.T) {
	for args, want := range map[string]string{
		"":                                   "-o",
		"-o x.json -mailboxes -1":            "-mailboxes",
		"-o x.json -classes 0":               "-classes",
		"-o x.json -tenant nobody":           "nobody",
		"-o x.json surplus":                  "surplus",
		"-o x.json -sign-ins -1":             "-sign-ins",
		"-o x.json -requests 5 -mailboxes 0": "there be mailboxes",
		"-o /no/such/folder/x.json":          "/no/such/folder",
	} {
		if err := run(strings.Fields(args), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// TestTheOtherLogStaysThatOfTheTenant: of the log that was not asked for, the rows are
// those of the tenant.
func TestTheOtherLogStaysThatOfTheTenant(t *testing.T) {
	rows := func(flags ...string) (signIns, requests int) {
		document, err := snapshot.Read("tenant.json", bytes.NewReader(generate(t, append(flags, "-mailboxes", "90")...)), nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := document.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		return len(s.Evidence.SignIns), len(s.Evidence.OktaRequests)
	}
	ownSignIns, ownRequests := rows()
	if ownSignIns == 0 || ownRequests == 0 {
		t.Fatalf("the tenant has %d sign-ins and %d requests", ownSignIns, ownRequests)
	}
	if signIns, requests := rows("-sign-ins", "200"); signIns != 200 || requests != ownRequests {
		t.Errorf("%d sign-ins and %d requests", signIns, requests)
	}
	if signIns, requests := rows("-requests", "200"); signIns != ownSignIns || requests != 200 {
		t.Errorf("%d sign-ins and %d requests", signIns, requests)
	}
}
