package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	reportsjson "github.com/seed-07732396/postern/reports/json"
)

// update rewrites what is made of the tenants: go test ./cmd/postern -update.
// This package alone owns those files.
var update = flag.Bool("update", false, "rewrite the snapshots and reports of the tenants in testdata")

// made are the files that a check makes of a tenant's snapshot, by format.
var made = map[string]string{
	"json": "findings.json", "text": "report.txt", "sarif": "report.sarif",
	"junit": "report.junit.xml", "csv": "report.csv", "markdown": "report.md",
}

func tenants(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tenants: %v", len(paths), err)
	}
	folders := make([]string, len(paths))
	for i, path := range paths {
		folders[i] = filepath.Dir(path)
	}
	return folders
}

// TestTenantsComeFromTheirServices collects each tenant from services that
// answer what its snapshot holds: the same bytes must come back. A tenant whose
// ledger tells of failures is left out: what failed cannot be asked for again.
func TestTenantsComeFromTheirServices(t *testing.T) {
	collected := 0
	for _, folder := range tenants(t) {
		name := filepath.Base(folder)
		if name == "locked_out" {
			continue
		}
		collected++
		t.Run(name, func(t *testing.T) {
			world, err := startStandIns(name)
			if err != nil {
				t.Fatal(err)
			}
			defer world.close()
			attested, err := readAttestation(attestationOf(folder))
			if err != nil {
				t.Fatal(err)
			}
			if attested != nil {
				world.groups = attested.GroupIDs()
			}
			list, err := world.collectors()
			if err != nil {
				t.Fatal(err)
			}
			result, err := collectors.Run(t.Context(), list, collectors.Options{
				Source: "live", Tenant: world.target.snapshotTenant(), Evidence: world.target.evidence(),
				Now: func() time.Time { return world.now },
			})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := snapshot.Write(&out, result.Snapshot, result.Mailboxes()); err != nil {
				t.Fatal(err)
			}
			compare(t, filepath.Join(folder, "snapshot.json"), out.Bytes())
		})
	}
	if collected < 5 {
		t.Errorf("only %d tenants were collected", collected)
	}
}

// TestTenantsGiveTheirReports checks each tenant and compares every report.
func TestTenantsGiveTheirReports(t *testing.T) {
	for _, folder := range tenants(t) {
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			args := []string{"check", filepath.Join(folder, "snapshot.json"), "--quiet", "--config", emptyConfig(t),
				"--snapshot-uri", "testdata/tenants/" + name + "/snapshot.json"}
			if waivers := filepath.Join(folder, "waivers.yaml"); exists(waivers) {
				args = append(args, "--waivers", waivers, "--now", "2026-11-22")
			}
			if path := attestationOf(folder); path != "" {
				args = append(args, "--attestation", path)
			}
			for format, file := range made {
				args = append(args, "-f", format+"="+filepath.Join(out, file))
			}
			var stderr bytes.Buffer
			code := run(t.Context(), args, streams{in: strings.NewReader(""), out: io.Discard, err: &stderr, getenv: func(string) string { return "" }, version: "test"})
			if code != exitClean && code != exitFindings && code != exitUnknown {
				t.Fatalf("exit %d: %s", code, stderr.String())
			}
			for _, file := range made {
				data, err := os.ReadFile(filepath.Join(out, file))
				if err != nil {
					t.Fatal(err)
				}
				compare(t, filepath.Join(folder, file), data)
			}
			if want, got := expected(t, folder), outcomes(t, folder); !*update {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("about.md and findings.json differ:\n%s", diff)
				}
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestEachControlIsSeenToPassAndToFail looks over all tenants: a control that
// cannot fail, or cannot pass, shows nothing.
func TestEachControlIsSeenToPassAndToFail(t *testing.T) {
	seen := map[string]map[string]bool{}
	evidenceOnly := map[string]bool{}
	for _, folder := range tenants(t) {
		report := readReport(t, folder)
		for i, result := range report.Results {
			if seen[result.Control] == nil {
				seen[result.Control] = map[string]bool{}
			}
			seen[result.Control][string(result.Outcome)] = true
			evidenceOnly[result.Control] = report.Controls[i].EvidenceOnly
		}
	}
	if len(seen) < 30 {
		t.Fatalf("only %d controls were seen", len(seen))
	}
	for id, outcomes := range seen {
		opposite := string(finding.Fail)
		if evidenceOnly[id] {
			opposite = string(finding.Unknown)
		}
		if !outcomes[string(finding.Pass)] || !outcomes[opposite] {
			t.Errorf("%s was only seen as %v", id, outcomes)
		}
	}
}

// attestationOf is the path of a tenant's attestation, empty when it has none.
func attestationOf(folder string) string {
	path := filepath.Join(folder, "attestation.yaml")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// emptyConfig keeps a postern.yaml of the work tree out of the tests.
func emptyConfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postern.yaml")
	if err := os.WriteFile(path, []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// compare holds data to the file at path, or writes it there.
func compare(t *testing.T, path string, data []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with: go test ./cmd/postern -update", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(data), "\n")); diff != "" {
		t.Errorf("%s differs from what is made now; look at it, then: go test ./cmd/postern -update\n%s", path, diff)
	}
}

func readReport(t *testing.T, folder string) *finding.Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "findings.json"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := reportsjson.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// row is a line of the table in about.md: | ID | outcome | why |.
var row = regexp.MustCompile(`(?m)^\| *([A-Z]+-[0-9]{3}) *\| *([a-z_]+) *\|`)

// expected is what about.md says of each control that there is.
func expected(t *testing.T, folder string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "about.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := outcomes(t, folder)
	want := map[string]string{}
	for _, match := range row.FindAllStringSubmatch(string(text), -1) {
		if _, ok := there[match[1]]; ok {
			want[match[1]] = match[2]
		}
	}
	if len(want) == 0 {
		t.Fatalf("%s/about.md has no table of outcomes", folder)
	}
	return want
}

func outcomes(t *testing.T, folder string) map[string]string {
	t.Helper()
	got := map[string]string{}
	report := readReport(t, folder)
	for i, result := range report.Results {
		if !report.Idle(i) {
			got[result.Control] = string(result.Outcome)
		}
	}
	return got
}
