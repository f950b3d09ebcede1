package gitlab_test

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/gitlab"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

// issue is what GitLab's parser takes of an issue.
type issue struct {
	Type        string   `json:"type"`
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Categories  []string `json:"categories"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    struct {
		Path  string
		Lines struct{ Begin int }
	} `json:"location"`
}

func write(t *testing.T, report *finding.Report) []issue {
	t.Helper()
	var out bytes.Buffer
	if err := gitlab.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	reporttest.CheckText(t, out.Bytes())
	if !bytes.HasPrefix(out.Bytes(), []byte("[")) {
		t.Fatalf("the report starts with %.10q", out.String())
	}
	decoder := json.NewDecoder(&out)
	decoder.DisallowUnknownFields()
	var issues []issue
	if err := decoder.Decode(&issues); err != nil {
		t.Fatal(err)
	}
	return issues
}

// TestWhatGitLabDemands: GitLab drops an issue without one of these, and keeps
// one of each fingerprint.
func TestWhatGitLabDemands(t *testing.T) {
	severities := map[string]bool{"info": true, "minor": true, "major": true, "critical": true, "blocker": true}
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			seen := map[string]bool{}
			for _, i := range write(t, c.Report) {
				if i.Description == "" || i.CheckName == "" || i.Fingerprint == "" || !severities[i.Severity] || i.Location.Lines.Begin < 1 {
					t.Errorf("GitLab would not read %+v", i)
				}
				if n := len([]rune(i.Description)); n > 2000 {
					t.Errorf("a description of %d characters", n)
				}
				if seen[i.Fingerprint] {
					t.Errorf("the fingerprint %s comes twice", i.Fingerprint)
				}
				seen[i.Fingerprint] = true
				if p := i.Location.Path; p == "" || path.IsAbs(p) || p == ".." || strings.HasPrefix(p, "../") {
					t.Errorf("the path %q is not below the root", p)
				}
			}
		})
	}
}

// short is check, severity and line of an issue.
type short struct {
	check, severity string
	line            int
}

func shorts(issues []issue) []short {
	var list []short
	for _, i := range issues {
		list = append(list, short{i.CheckName, i.Severity, i.Location.Lines.Begin})
	}
	return list
}

func TestIssues(t *testing.T) {
	gaps := []short{{"SIGNON-010", "minor", 1}, {"SIGNON-010", "minor", 702}, {"SIGNON-010", "minor", 812}}
	tests := []struct {
		name   string
		report *finding.Report
		want   []short
	}{
		{"nothing", reporttest.Clean(), nil},
		{"the gravest first, and what is not known", reporttest.Mixed(), append([]short{
			{"SIGNON-001", "blocker", 640}, {"ACCESS-001", "minor", 1},
			{"FED-001", "critical", 41}, {"FED-001", "critical", 1}, {"FED-001", "info", 1},
			{"MODERN-001", "critical", 120}, {"EVID-001", "minor", 1},
			{"PROTO-001", "major", 812}, {"PROTO-001", "major", 818},
		}, gaps...)},
		{"a waived one for information", reporttest.Drift(), append([]short{
			{"ACCESS-001", "minor", 1},
			{"FED-001", "critical", 41}, {"FED-001", "critical", 1}, {"FED-001", "info", 1},
			{"MODERN-001", "critical", 120}, {"EVID-001", "minor", 1},
			{"PROTO-001", "major", 812}, {"PROTO-001", "major", 818},
			{"SIGNON-001", "info", 640},
		}, gaps...)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, shorts(write(t, test.report)), cmp.AllowUnexported(short{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDescriptions(t *testing.T) {
	descriptions := map[string]bool{}
	for _, i := range write(t, reporttest.Drift()) {
		descriptions[i.Description] = true
	}
	for _, want := range []string{
		"FED-001: The domain 'harbourfreight.example' is managed by Entra, so its users never meet Okta.",
		"SIGNON-001: Waived until 2027-01-31 by mail-team@harbourfreight.example: the partner replaces the scanners in January (CHG-4711). " +
			"The rule 'Allow web and modern' (priority 2) lets legacy clients in from Any zone.",
		"EVID-001: Not known, which is no pass: evidence.sign_ins cannot be read: the tenant has no licence for it.",
		"ACCESS-001: The control broke, so it says nothing about the tenant: eval_conflict_error: complete rules must not produce multiple outputs",
	} {
		if !descriptions[want] {
			t.Errorf("no issue says %q", want)
		}
	}
}

// TestFingerprintsStay moves everything and rewords it: the same issues are the
// same.
func TestFingerprintsStay(t *testing.T) {
	before := write(t, reporttest.Mixed())
	moved := reporttest.Mixed()
	moved.Snapshot.CollectedAt = "2026-12-01T00:00:00Z"
	for i := range moved.Results {
		moved.Controls[i].Title += " indeed"
		for j := range moved.Results[i].Violations {
			moved.Results[i].Violations[j].Region = nil
		}
		for j := range moved.Results[i].Unknowns {
			moved.Results[i].Unknowns[j].Count++
		}
	}
	after := write(t, moved)
	for i := range before {
		if before[i].Fingerprint != after[i].Fingerprint {
			t.Errorf("%s has another fingerprint", before[i].Description)
		}
	}
	elsewhere := reporttest.Mixed()
	elsewhere.Tenant.ID = "another"
	if write(t, elsewhere)[1].Fingerprint == before[1].Fingerprint {
		t.Error("two tenants share a fingerprint")
	}
}

func TestManyIssues(t *testing.T) {
	report := reporttest.Mixed()
	v := report.Results[2].Violations[0]
	for range 1_100 {
		report.Results[2].Violations = append(report.Results[2].Violations, v)
	}
	issues := write(t, report)
	last := issues[len(issues)-1]
	if len(issues) != 1_001 || !strings.Contains(last.Description, "112 more issues are left out here") {
		t.Errorf("%d issues, the last one says %q", len(issues), last.Description)
	}
	for _, i := range issues[:1000] {
		if i.Severity == "major" {
			t.Fatal("a less grave issue took the place of a graver one")
		}
	}
}
