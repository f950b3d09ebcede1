package main

import (
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestNothingIsNoSnapshot: only a collection of which nothing came is refused. A refusal
// is an answer, and so is an empty list that was read to its end.
func TestNothingIsNoSnapshot(t *testing.T) {
	none, some := 0, 3
	failed := snapshot.Resource{Name: "entra.users", Status: snapshot.Failed, Code: "unreachable", Message: "no route to it"}
	tests := []struct {
		what   string
		ledger []snapshot.Resource
		code   int
	}{
		{"all failed", []snapshot.Resource{failed, {Status: snapshot.Skipped}}, exitFailed},
		{"a list that stopped before its first line", []snapshot.Resource{failed, {Status: snapshot.Partial, Items: &none}, {Status: snapshot.Partial}}, exitFailed},
		{"all left out", []snapshot.Resource{{Status: snapshot.Skipped}}, exitUsage},
		{"a part of a list", []snapshot.Resource{failed, {Status: snapshot.Partial, Items: &some}}, exitClean},
		{"an empty list", []snapshot.Resource{failed, {Status: snapshot.Collected, Items: &none}}, exitClean},
		{"a refusal", []snapshot.Resource{failed, {Status: snapshot.Denied}}, exitClean},
		{"a missing licence", []snapshot.Resource{failed, {Status: snapshot.Unlicensed}}, exitClean},
	}
	for _, test := range tests {
		var made snapshot.Snapshot
		made.Collection.Resources = test.ledger
		err := (&app{}).refuseNothing(&collectors.Result{Snapshot: &made}, nil)
		code := exitClean
		if err != nil {
			code, _ = exitCode(err, true)
		}
		if code != test.code {
			t.Errorf("%s: %d, want %d (%v)", test.what, code, test.code, err)
		}
		if code == exitFailed && !strings.Contains(err.Error(), "unreachable (entra.users): no route to it") {
			t.Errorf("%s: the cause is not said: %v", test.what, err)
		}
	}
}
