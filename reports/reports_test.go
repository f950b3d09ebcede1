package reports_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/json"
	"github.com/seed-07732396/postern/reports/sarif"
)

var options = reports.Options{
	Width: 100, Explain: true, Verbose: true, Source: sarif.Source{Repository: "https://github.com/example/evidence"},
}

func write(t *testing.T, format string, report *finding.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := reports.Write(format, &out, report, options); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSavedReportGivesTheSameBytes saves each report, reads it back, and writes
// both in every format.
func TestSavedReportGivesTheSameBytes(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			saved, err := json.Read(bytes.NewReader(write(t, "json", c.Report)))
			if err != nil {
				t.Fatal(err)
			}
			for _, format := range reports.Formats() {
				first, second := write(t, format.Name, c.Report), write(t, format.Name, saved)
				if len(first) == 0 {
					t.Errorf("%s: nothing is written", format.Name)
				}
				if !bytes.Equal(first, second) {
					i := 0
					for i < min(len(first), len(second)) && first[i] == second[i] {
						i++
					}
					t.Errorf("%s: the saved report gives %.200q, the report %.200q", format.Name, second[i:], first[i:])
				}
			}
		})
	}
}

// TestEveryControlIsSeen: only the formats that list what is open leave a control
// out, and none of them leaves out a failure or what is unknown.
func TestEveryControlIsSeen(t *testing.T) {
	report := reporttest.Mixed()
	open := []string{"markdown", "github", "gitlab-codequality"}
	for _, format := range reports.Formats() {
		out := string(write(t, format.Name, report))
		for i, result := range report.Results {
			quiet := result.Outcome == finding.Pass || result.Outcome == finding.NotApplicable
			if quiet && slices.Contains(open, format.Name) {
				continue
			}
			if !strings.Contains(out, report.Controls[i].ID) {
				t.Errorf("%s: %s is missing", format.Name, report.Controls[i].ID)
			}
		}
	}
}

// TestPopulationOfAMillion: the formats that sum up stay small, and do not walk
// a million members to do so.
func TestPopulationOfAMillion(t *testing.T) {
	report := reporttest.Population(1)
	walked := 0
	report.Results[0].Violations[0].Members = finding.NewMembers("mailbox", 1_000_000, func(yield func(finding.Member) bool) {
		for range 1_000_000 {
			if walked++; !yield(finding.Member{ID: "id", Name: "somebody@harbourfreight.example", Pointer: "/mailboxes/0", Line: 800}) {
				return
			}
		}
	})
	for _, format := range reports.Formats() {
		if format.Name == "json" || format.Name == "csv" {
			continue
		}
		walked = 0
		most, furthest := 100_000, 1_000
		if format.Name == "html" { // its readers search in the members
			most, furthest = 3_000_000, 20_000
		}
		if size := len(write(t, format.Name, report)); size > most || walked > furthest {
			t.Errorf("%s: %d bytes, %d members walked", format.Name, size, walked)
		}
	}
}

// TestFailedWrite fails after every number of bytes up to the whole.
func TestFailedWrite(t *testing.T) {
	for _, format := range reports.Formats() {
		size := len(write(t, format.Name, reporttest.Mixed()))
		for _, limit := range []int{0, 1, size / 2, size - 1} {
			err := reports.Write(format.Name, &fullDisk{limit}, reporttest.Mixed(), options)
			if !errors.Is(err, errFull) {
				t.Errorf("%s: error %v after %d of %d bytes, want %v", format.Name, err, limit, size, errFull)
			}
		}
	}
}

var errFull = errors.New("disk full")

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		n := d.left
		d.left = 0
		return n, errFull
	}
	d.left -= len(p)
	return len(p), nil
}

func TestBrokenContractIsRefused(t *testing.T) {
	for _, format := range reports.Formats() {
		report := reporttest.Mixed()
		report.Results[0].Outcome = finding.Pass
		var out bytes.Buffer
		err := reports.Write(format.Name, &out, report, options)
		var breach *finding.ContractError
		if !errors.As(err, &breach) || out.Len() > 0 {
			t.Errorf("%s: error %v and %d bytes, want a *finding.ContractError and none", format.Name, err, out.Len())
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	var out bytes.Buffer
	err := reports.Write("xml", &out, reporttest.Clean(), options)
	if !errors.Is(err, reports.ErrFormat) || out.Len() > 0 {
		t.Fatalf("error %v and %d bytes", err, out.Len())
	}
	for _, format := range reports.Formats() {
		if !strings.Contains(err.Error(), format.Name) {
			t.Errorf("the error %q does not name %s", err, format.Name)
		}
		if format.Description == "" {
			t.Errorf("%s has no description", format.Name)
		}
	}
}

// TestNoListIsCutShort: a list of members that cannot be read again is an error in
// every format that walks it, not a shorter list.
func TestNoListIsCutShort(t *testing.T) {
	gone := errors.New("the file is gone")
	failed := 0
	for _, format := range reports.Formats() {
		report := reporttest.Mixed()
		walked := false
		report.Results[3].Violations[0].Members = finding.ReadMembers("mailbox", 12, func(yield func(finding.Member, error) bool) {
			walked = true
			yield(finding.Member{}, gone)
		})
		err := reports.Write(format.Name, &bytes.Buffer{}, report, options)
		if walked != errors.Is(err, gone) {
			t.Errorf("%s: walked %v, error %v", format.Name, walked, err)
		}
		if err != nil {
			failed++
		}
	}
	if failed < 5 {
		t.Errorf("only %d formats walked the list", failed)
	}
}
