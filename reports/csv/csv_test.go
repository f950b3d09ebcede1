package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/csv"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

func write(t *testing.T, report *finding.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := csv.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// each reads the rows one by one, as cells in the order of the header.
func each(t *testing.T, out []byte, visit func(cells []string)) {
	t.Helper()
	reader := stdcsv.NewReader(bytes.NewReader(out))
	header, err := reader.Read()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(csv.Header(), header); diff != "" {
		t.Fatalf("header (-want +got):\n%s", diff)
	}
	reader.ReuseRecord = true
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		visit(cells)
	}
}

func read(t *testing.T, out []byte) []map[string]string {
	t.Helper()
	var list []map[string]string
	each(t, out, func(cells []string) {
		row := map[string]string{}
		for i, name := range csv.Header() {
			row[name] = cells[i]
		}
		list = append(list, row)
	})
	return list
}

// formula is what a spreadsheet calculates, also one that splits at semicolons.
var formula = regexp.MustCompile(`(^|;) *"*[=+\-@\t\r＝＋－＠]`)

func TestWrite(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			out := write(t, c.Report)
			reporttest.CheckText(t, out)
			if n, crlf := bytes.Count(out, []byte("\n")), bytes.Count(out, []byte("\r\n")); n != crlf {
				t.Errorf("%d of %d lines end in CRLF", crlf, n)
			}
			control, entry := slices.Index(csv.Header(), "control"), slices.Index(csv.Header(), "entry")
			entries := map[string]map[string]int{}
			each(t, out, func(cells []string) {
				for i, cell := range cells {
					if strings.ContainsAny(cell, "=+-@＝＋－＠") && formula.MatchString(cell) {
						t.Fatalf("the cell %s would be calculated: %q", csv.Header()[i], cell)
					}
				}
				if entries[cells[control]] == nil {
					entries[strings.Clone(cells[control])] = map[string]int{}
				}
				entries[cells[control]][strings.Clone(cells[entry])]++
			})
			if diff := cmp.Diff(expected(c.Report), entries); diff != "" {
				t.Errorf("rows by control and entry (-want +got):\n%s", diff)
			}
		})
	}
}

// expected counts the rows that a report must have.
func expected(report *finding.Report) map[string]map[string]int {
	all := map[string]map[string]int{}
	for _, result := range report.Results {
		n := map[string]int{}
		count := func(entry string, by int) {
			if by > 0 {
				n[entry] += by
			}
		}
		for i := range result.Violations {
			count("violation", result.Violations[i].Count())
		}
		for i := range result.Fixed {
			count("fixed", result.Fixed[i].Count())
		}
		reasons := func(entry string, list []finding.Reason) {
			for i := range list {
				if members := list[i].Members; members != nil {
					count(entry, members.Len())
				} else {
					count(entry, 1)
				}
			}
		}
		reasons("unknown", result.Unknowns)
		reasons("not_applicable", result.NotApplicable)
		reasons("note", result.Notes)
		switch result.Outcome {
		case finding.Pass:
			count("pass", 1)
		case finding.Error:
			count("error", 1)
		}
		all[result.Control] = n
	}
	return all
}

func TestColumns(t *testing.T) {
	rows := read(t, write(t, reporttest.Mixed()))
	pick := func(control, entry string, n int) map[string]string {
		for _, row := range rows {
			if row["control"] == control && row["entry"] == entry {
				if n == 0 {
					return row
				}
				n--
			}
		}
		t.Fatalf("no such row of %s: %s", control, entry)
		return nil
	}
	shared := map[string]string{
		"file": "evidence/snapshot.json", "tenant": "harbourfreight.onmicrosoft.com", "collected_at": "2026-11-22T08:15:00Z",
	}
	tests := []struct {
		name string
		got  map[string]string
		want map[string]string
	}{
		{"a resource", pick("FED-001", "violation", 0), map[string]string{
			"control": "FED-001", "title": "Every domain that a mailbox user signs in with is federated with Okta", "step": "A", "severity": "high",
			"outcome": "fail", "entry": "violation", "message": "The domain 'harbourfreight.example' is managed by Entra, so its users never meet Okta.",
			"kind": "domain", "id": "harbourfreight.example", "name": "harbourfreight.example", "line": "41", "pointer": "/entra/domains/1",
		}},
		{"a member", pick("PROTO-001", "violation", 3), map[string]string{
			"control": "PROTO-001", "title": "POP is disabled on every mailbox", "step": "C", "severity": "medium",
			"outcome": "fail", "entry": "violation", "message": "POP is enabled on 12 mailboxes.",
			"kind": "mailbox", "id": "00000000-0000-4000-8000-000000000003", "name": "user000003@harbourfreight.example", "display_name": "User 3",
			"line": "803", "pointer": "/mailboxes/3",
		}},
		{"a gap beside a violation", pick("FED-001", "unknown", 0), map[string]string{
			"control": "FED-001", "title": "Every domain that a mailbox user signs in with is federated with Okta", "step": "A", "severity": "high",
			"outcome": "fail", "entry": "unknown", "message": "entra.federation_configurations could only be read in part: 1 of 3 domains was read before the service asked to slow down.",
			"evidence": "entra.federation_configurations",
			"remedy":   "Collect again; GET /v1.0/domains/{id}/federationConfiguration is read with Domain-InternalFederation.Read.All.",
		}},
		{"a resource that is not known", pick("SIGNON-010", "unknown", 1), map[string]string{
			"control": "SIGNON-010", "title": pick("SIGNON-010", "unknown", 0)["title"], "step": "E", "severity": "info",
			"outcome": "unknown", "entry": "unknown", "message": "The rule 'Partners' has a custom expression, which nobody but Okta can decide.",
			"kind": "access_policy_rule", "id": "0prl3k9x4", "name": "Partners", "line": "702", "pointer": "/okta/access_policy_rules/rst1a/4",
		}},
		{"a member that lacks evidence", pick("SIGNON-010", "unknown", 4), map[string]string{
			"control": "SIGNON-010", "title": pick("SIGNON-010", "unknown", 0)["title"], "step": "E", "severity": "info",
			"outcome": "unknown", "entry": "unknown", "message": "7 mailboxes lack mailboxes[].okta, so nothing can be said about them.",
			"kind": "mailbox", "id": "00000000-0000-4000-8000-000000000002", "name": "user000002@harbourfreight.example", "display_name": "User 2",
			"line": "802", "pointer": "/mailboxes/2", "evidence": "mailboxes[].okta",
			"remedy": "Collect again; GET /api/v1/apps/{id}/users is read with okta.apps.read.",
		}},
		{"an error", pick("ACCESS-001", "error", 0), map[string]string{
			"control": "ACCESS-001", "title": "No mailbox is reachable without MFA", "step": "access", "severity": "critical",
			"outcome": "error", "entry": "error", "message": "eval_conflict_error: complete rules must not produce multiple outputs",
		}},
	}
	for _, test := range tests {
		for name, value := range shared {
			test.want[name] = value
		}
		for _, name := range csv.Header() {
			if _, ok := test.want[name]; !ok && name != "fingerprint" {
				test.want[name] = ""
			}
		}
		if test.want["entry"] == "violation" && len(test.got["fingerprint"]) != 32 {
			t.Errorf("%s: the fingerprint is %q", test.name, test.got["fingerprint"])
		}
		delete(test.got, "fingerprint")
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	// A name that would be calculated is still the whole name.
	report := reporttest.Mixed()
	report.Results[0].Violations[0].Resource.Name = "=1+1"
	if got := read(t, write(t, report))[0]["name"]; got != "'=1+1" {
		t.Errorf("the name is %q", got)
	}
	if long := strings.Repeat("x", 10_000); read(t, write(t, reporttest.Hostile(long)))[0]["id"] != long+"harbourfreight.example"+long {
		t.Error("a long id is cut")
	}
}

// TestWaiversAndDrift: rows say what is waived, which members came, and what is
// gone, with its place in the baseline.
func TestWaiversAndDrift(t *testing.T) {
	report := reporttest.Drift()
	all := report.Results[3].Violations[0].Members.First(12)
	report.Results[3].Violations[0].Drift.NewMembers = finding.ListMembers("mailbox", all[10:])
	gone := finding.Member{ID: "gone", Name: "gone@harbourfreight.example", Pointer: "/mailboxes/1", Line: 5}
	report.Results[3].Violations[0].Drift.Removed = 1
	report.Results[3].Violations[0].Drift.RemovedMembers = finding.ListMembers("mailbox", []finding.Member{gone})
	states := map[string]int{}
	for _, row := range read(t, write(t, report)) {
		if row["control"] == "PROTO-001" && row["fingerprint"] == report.Results[3].Violations[0].Fingerprint {
			states[row["entry"]+" "+row["state"]]++
		}
		if row["entry"] == "fixed" && (row["file"] != "evidence/old.json" || row["collected_at"] != "2026-11-15T08:15:00Z") {
			t.Errorf("what is fixed stands in %s of %s", row["file"], row["collected_at"])
		}
		want := []string{"", "", "", "", ""}
		if row["control"] == "SIGNON-001" {
			want = []string{"partner-scanners", "2027-01-31", "mail-team@harbourfreight.example", "the partner replaces the scanners in January", "CHG-4711"}
		}
		got := []string{row["waiver"], row["waived_until"], row["waiver_owner"], row["waiver_reason"], row["waiver_ticket"]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: waiver (-want +got):\n%s", row["control"], diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"violation unchanged": 10, "violation new": 2, "fixed gone": 1}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}
