package matrix_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/matrix"
)

// update rewrites the pictures and tables in testdata.
var update = flag.Bool("update", false, "rewrite the files in testdata")

func terms(pairs ...string) []finding.AccessTerm {
	var list []finding.AccessTerm
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, finding.AccessTerm{ID: pairs[i], Title: pairs[i+1]})
	}
	return list
}

// drawn makes a matrix of 15 mailboxes; each row is the counts of its three cells,
// such as "open 3, exchange 12".
func drawn(t testing.TB, rows map[string][3]string) *finding.AccessMatrix {
	t.Helper()
	m := &finding.AccessMatrix{
		Mailboxes: 15, LeftOut: map[string]int{"account_disabled": 2, "system_mailbox": 1},
		Protocols: terms("pop", "POP", "activesync", "Exchange ActiveSync", "smtp", "SMTP AUTH", "web", "Outlook on the web"),
		Methods:   terms("basic", "Basic authentication", "modern", "Modern authentication", "password_grant", "Password grant"),
	}
	outcomes := map[string]finding.AccessOutcome{
		"none": finding.AccessNotOffered, "exchange": finding.AccessClosedAtExchange, "idp": finding.AccessClosedAtIdentityProvider,
		"after": finding.AccessClosedAfterSignIn, "mfa": finding.AccessWithMFA, "undecided": finding.AccessUndecided, "open": finding.AccessOpen,
	}
	for _, p := range m.Protocols {
		row, ok := rows[p.ID]
		if !ok {
			t.Fatalf("no row for %s", p.ID)
		}
		for j, method := range m.Methods {
			cell := finding.AccessCell{Protocol: p.ID, Method: method.ID}
			for part := range strings.SplitSeq(row[j], ", ") {
				name, count, _ := strings.Cut(part, " ")
				n := 0
				for _, d := range count {
					n = 10*n + int(d-'0')
				}
				cell.Counts = append(cell.Counts, finding.AccessCount{Outcome: outcomes[name], Mailboxes: n})
			}
			cell.Worst = cell.Counts[0].Outcome
			m.Cells = append(m.Cells, cell)
		}
	}
	return m
}

func open(t testing.TB) *finding.AccessMatrix {
	return drawn(t, map[string][3]string{
		"pop":        {"open 15", "mfa 15", "open 3, idp 12"},
		"activesync": {"open 4, exchange 11", "mfa 15", "undecided 15"},
		"smtp":       {"undecided 2, after 13", "after 15", "idp 15"},
		"web":        {"none 15", "open 1, mfa 14", "open 15"},
	})
}

func closed(t testing.TB) *finding.AccessMatrix {
	return drawn(t, map[string][3]string{
		"pop":        {"exchange 15", "mfa 15", "idp 15"},
		"activesync": {"exchange 15", "open 2, mfa 13", "idp 15"},
		"smtp":       {"after 2, exchange 13", "after 15", "idp 15"},
		"web":        {"none 15", "mfa 15", "idp 15"},
	})
}

func changes() []matrix.Change {
	return []matrix.Change{
		{Protocol: "pop", Method: "basic", Before: finding.AccessOpen, After: finding.AccessClosedAtExchange, Mailboxes: 15},
		{Protocol: "pop", Method: "password_grant", Before: finding.AccessOpen, After: finding.AccessClosedAtIdentityProvider, Mailboxes: 3},
		{Protocol: "activesync", Method: "basic", Before: finding.AccessOpen, After: finding.AccessClosedAtExchange, Mailboxes: 4},
		{Protocol: "activesync", Method: "modern", Before: finding.AccessWithMFA, After: finding.AccessOpen, Mailboxes: 2},
		{Protocol: "activesync", Method: "password_grant", Before: finding.AccessUndecided, After: finding.AccessClosedAtIdentityProvider, Mailboxes: 15},
		{Protocol: "smtp", Method: "basic", Before: finding.AccessUndecided, After: finding.AccessClosedAfterSignIn, Mailboxes: 2},
		{Protocol: "smtp", Method: "basic", Before: finding.AccessClosedAfterSignIn, After: finding.AccessClosedAtExchange, Mailboxes: 13},
		{Protocol: "web", Method: "modern", Before: finding.AccessOpen, After: finding.AccessWithMFA, Mailboxes: 1},
		{Protocol: "web", Method: "password_grant", Before: finding.AccessOpen, After: finding.AccessClosedAtIdentityProvider, Mailboxes: 15},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with: go test ./reports/matrix -update", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got); look at it, then: go test ./reports/matrix -update\n%s", path, diff)
	}
}
