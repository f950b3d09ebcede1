package finding_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

func valid() *finding.Report {
	return &finding.Report{
		Version:  finding.Version,
		Snapshot: finding.SnapshotInfo{URI: "snapshot.json", SHA256: strings.Repeat("ab", 32), CollectedAt: "2026-11-22T08:15:00Z", Mailboxes: -1},
		FailOn:   "none",
		Controls: []finding.Control{
			{ID: "A-001", Severity: finding.High, Step: "A"}, {ID: "A-002", Severity: finding.Info, Step: "access"},
		},
		Results: []finding.Result{
			{Control: "A-001", Outcome: finding.Fail, Violations: []finding.Violation{{
				Key: "bad", Fingerprint: strings.Repeat("0", 32),
				Args:   finding.Args{"a": nil, "b": true, "c": 1, "d": 1.5, "e": []any{"x", map[string]any{"y": []string{"z"}}}},
				Region: &finding.Region{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 1},
				Steps:  []finding.TraceStep{{Key: "then"}},
			}}},
			{Control: "A-002", Outcome: finding.Unknown, Unknowns: []finding.Reason{{Key: "denied"}}},
		},
		Ledger: []finding.LedgerEntry{{Name: "entra.domains", Status: "denied"}},
	}
}

func TestValidate(t *testing.T) {
	if err := valid().Validate(); err != nil {
		t.Fatal(err)
	}
	violation := func(r *finding.Report) *finding.Violation { return &r.Results[0].Violations[0] }
	tests := []struct {
		name, pointer string
		spoil         func(r *finding.Report)
	}{
		{"a version from the future", "/version", func(r *finding.Report) { r.Version = 2 }},
		{"no file", "/snapshot/uri", func(r *finding.Report) { r.Snapshot.URI = "" }},
		{"no hash", "/snapshot/sha256", func(r *finding.Report) { r.Snapshot.SHA256 = "ab" }},
		{"a local time", "/snapshot/collected_at", func(r *finding.Report) { r.Snapshot.CollectedAt = "2026-11-22T08:15:00+01:00" }},
		{"fewer than no mailboxes", "/snapshot/mailboxes", func(r *finding.Report) { r.Snapshot.Mailboxes = -2 }},
		{"no gate", "/fail_on", func(r *finding.Report) { r.FailOn = "" }},
		{"a control without a result", "/results", func(r *finding.Report) { r.Results = r.Results[:1] }},
		{"a result of another control", "/results/1/control", func(r *finding.Report) { r.Results[1].Control = "A-001" }},
		{"a control twice", "/controls/1/id", func(r *finding.Report) { r.Controls[1].ID = "A-001" }},
		{"a control without an id", "/controls/0/id", func(r *finding.Report) { r.Controls[0].ID = "" }},
		{"an id that must be escaped", "/controls/0/id", func(r *finding.Report) { r.Controls[0].ID = "A\n001" }},
		{"an id without end", "/controls/0/id", func(r *finding.Report) { r.Controls[0].ID = strings.Repeat("A", 65) }},
		{"a severity nobody knows", "/controls/0/severity", func(r *finding.Report) { r.Controls[0].Severity = "grave" }},
		{"a step nobody knows", "/controls/0/step", func(r *finding.Report) { r.Controls[0].Step = "G" }},
		{"an outcome nobody knows", "/results/0/outcome", func(r *finding.Report) { r.Results[0].Outcome = "ok" }},
		{"fail without a violation", "/results/0/outcome", func(r *finding.Report) { r.Results[0].Violations = nil }},
		{"pass with a violation", "/results/0/outcome", func(r *finding.Report) { r.Results[0].Outcome = finding.Pass }},
		{"unknown with a violation", "/results/1/outcome", func(r *finding.Report) { r.Results[1].Violations = r.Results[0].Violations }},
		{"unknown without a reason", "/results/1/outcome", func(r *finding.Report) { r.Results[1].Unknowns = nil }},
		{"pass with an unknown", "/results/1/outcome", func(r *finding.Report) { r.Results[1].Outcome = finding.Pass }},
		{"not applicable with an unknown", "/results/1/outcome", func(r *finding.Report) { r.Results[1].Outcome = finding.NotApplicable }},
		{"error without words", "/results/1/outcome", func(r *finding.Report) { r.Results[1].Outcome = finding.Error }},
		{"unknown with an error", "/results/1/outcome", func(r *finding.Report) { r.Results[1].Error = "broke" }},
		{"a violation without a key", "/results/0/violations/0/key", func(r *finding.Report) { violation(r).Key = "" }},
		{"a violation without a fingerprint", "/results/0/violations/0/fingerprint", func(r *finding.Report) { violation(r).Fingerprint = "" }},
		{"an argument that cannot be saved", "/results/0/violations/0/args", func(r *finding.Report) { violation(r).Args["n"] = json.Number("1") }},
		{"a list that cannot be saved", "/results/0/violations/0/args", func(r *finding.Report) { violation(r).Args["n"] = []any{struct{}{}} }},
		{"an object that cannot be saved", "/results/0/violations/0/args", func(r *finding.Report) { violation(r).Args["n"] = map[string]any{"x": int64(1)} }},
		{"a line 0", "/results/0/violations/0/region", func(r *finding.Report) { violation(r).Region.StartLine = 0 }},
		{"a region that ends before it starts", "/results/0/violations/0/region", func(r *finding.Report) { violation(r).Region.StartColumn = 2 }},
		{"a population without members", "/results/0/violations/0/members", func(r *finding.Report) { violation(r).Members = finding.ListMembers("mailbox", nil) }},
		{"ways out of order", "/results/0/violations/0/ways", func(r *finding.Report) { violation(r).Ways = []string{"pop", "imap"} }},
		{"a way twice", "/results/0/violations/0/ways", func(r *finding.Report) { violation(r).Ways = []string{"pop", "pop"} }},
		{"a way without a name", "/results/0/violations/0/ways", func(r *finding.Report) { violation(r).Ways = []string{""} }},
		{"a step's argument", "/results/0/violations/0/steps/0/args", func(r *finding.Report) { violation(r).Steps[0].Args = finding.Args{"x": 1i} }},
		{"a step's region", "/results/0/violations/0/steps/0/region", func(r *finding.Report) { violation(r).Steps[0].Region = &finding.Region{} }},
		{"a reason without a key", "/results/1/unknowns/0/key", func(r *finding.Report) { r.Results[1].Unknowns[0].Key = "" }},
		{"a reason of fewer than none", "/results/1/unknowns/0/count", func(r *finding.Report) { r.Results[1].Unknowns[0].Count = -1 }},
		{"a note without a key", "/results/1/notes/0/key", func(r *finding.Report) { r.Results[1].Notes = []finding.Reason{{}} }},
		{"a ledger's line without a name", "/ledger/0", func(r *finding.Report) { r.Ledger[0].Name = "" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := valid()
			test.spoil(r)
			err := r.Validate()
			var breach *finding.ContractError
			if !errors.As(err, &breach) {
				t.Fatalf("error %v, want a *finding.ContractError", err)
			}
			if breach.Pointer != test.pointer {
				t.Errorf("%v: at %s, want %s", err, breach.Pointer, test.pointer)
			}
		})
	}
}
