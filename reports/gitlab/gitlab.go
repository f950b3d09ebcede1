// Package gitlab writes a report as GitLab's code quality report, which is the
// part of Code Climate's format that GitLab reads: an array of issues, each with
// a description, the check's name, a fingerprint, a severity and a place.
//
// GitLab compares the fingerprints of two branches and shows what came and what
// went. It knows no outcomes, so what could not be judged is an issue as well:
// left out, it would read as solved. A waived violation stays in the list, as
// info and with its waiver, because it is still true.
//
// It must not know the snapshot: places come with the findings.
package gitlab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

const (
	// maxIssues is how many issues are written; merge requests show a few dozen,
	// and one more says what has no place.
	maxIssues = 1_000
	// maxText is how many characters a description has.
	maxText = 2_000
)

// issue is an issue as GitLab reads it.
type issue struct {
	Type        string   `json:"type"`
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Categories  []string `json:"categories"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
	// rank is the control's gravity, for the order.
	rank int
}

type location struct {
	Path  string `json:"path"`
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"`
}

// Write writes the report.
func Write(w io.Writer, report *finding.Report) error {
	b := &builder{report: report, style: wording.Plain(), seen: map[string]int{}, path: relative(report.Snapshot.URI)}
	encoder := json.NewEncoder(escape.NewJSONWriter(w))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(b.issues()); err != nil {
		return fmt.Errorf("write the code quality report: %w", err)
	}
	return nil
}

type builder struct {
	report *finding.Report
	style  wording.Style
	path   string
	// seen counts the fingerprints: GitLab keeps one issue of each.
	seen map[string]int
}

// issues are the gravest first, at most maxIssues and one.
func (b *builder) issues() []issue {
	// An empty list says that nothing was found; null is refused.
	issues := []issue{}
	for i := range b.report.Results {
		for j := range b.report.Results[i].Violations {
			issues = append(issues, b.violation(i, &b.report.Results[i].Violations[j]))
		}
		issues = append(issues, b.gaps(i)...)
	}
	slices.SortStableFunc(issues, func(a, b issue) int { return a.rank - b.rank })
	if more := len(issues) - maxIssues; more > 0 {
		issues = issues[:maxIssues]
		issues = append(issues, b.issue("postern", "left out", severityOf(finding.Info), nil,
			fmt.Sprintf("%d more issues are left out here. The json and csv reports hold all of them.", more)))
	}
	return issues
}

func (b *builder) violation(i int, v *finding.Violation) issue {
	control := &b.report.Controls[i]
	text := b.style.Violation(control, v)
	if name := escape.Line(v.Resource.Name); v.Members == nil && name != "" && !strings.Contains(text, name) {
		text += " It concerns the " + b.style.Subject(&v.Resource) + "."
	}
	severity, rank := severityOf(control.Severity), control.Severity.Rank()
	if v.Waiver != nil {
		text = b.style.Waiver(v.Waiver) + " " + text
		severity, rank = severityOf(finding.Info), finding.Info.Rank()
	}
	made := b.issue(control.ID, v.Fingerprint, severity, v.Region, text)
	made.rank = rank
	if file, line, ok := wording.WaiverPlace(b.report, &v.Resource); ok {
		made.Location = location{Path: relative(file), Lines: lines{Begin: max(line, 1)}}
	}
	return made
}

// gaps are what could not be judged of control i. Beside a violation that is for
// the reader's information; alone it keeps the merge request from looking clean.
func (b *builder) gaps(i int) []issue {
	control, result := &b.report.Controls[i], &b.report.Results[i]
	severity := severityOf(finding.Low)
	if result.Outcome == finding.Fail {
		severity = severityOf(finding.Info)
	}
	var issues []issue
	if result.Outcome == finding.Error {
		issues = append(issues, b.issue(control.ID, b.own(control, "error"), severity, nil,
			"The control broke, so it says nothing about the tenant: "+escape.Cut(escape.Line(result.Error), 500)))
	}
	for j := range result.Unknowns {
		reason := &result.Unknowns[j]
		entry := wording.Entry(b.report, reason)
		text := "Not known, which is no pass: " + b.style.Reason(control, reason, entry)
		if remedy := b.style.Remedy(reason, entry); remedy != "" {
			text += " " + remedy
		}
		issues = append(issues, b.issue(control.ID, b.own(control, reason.Key+" "+reason.Evidence), severity, reason.Region, text))
	}
	for j := range issues {
		issues[j].rank = control.Severity.Rank()
	}
	return issues
}

func (b *builder) issue(check, fingerprint, severity string, region *finding.Region, text string) issue {
	begin := 1
	if region != nil {
		begin = region.StartLine
	}
	return issue{
		Type: "issue", CheckName: check, Categories: []string{"Security"}, Severity: severity,
		Description: escape.Cut(check+": "+text, maxText),
		Fingerprint: b.unique(fingerprint),
		Location:    location{Path: b.path, Lines: lines{Begin: begin}},
	}
}

// own is the fingerprint of what is no violation: the same as long as tenant and
// control are, and what is missing.
func (b *builder) own(control *finding.Control, what string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{escape.Line(b.report.Tenant.ID), control.ID, escape.Line(what)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// unique numbers fingerprints that come again.
func (b *builder) unique(fingerprint string) string {
	b.seen[fingerprint]++
	if n := b.seen[fingerprint]; n > 1 {
		return fingerprint + ":" + strconv.Itoa(n)
	}
	return fingerprint
}

// severityOf is GitLab's word for a gravity.
func severityOf(severity finding.Severity) string {
	switch severity {
	case finding.Critical:
		return "blocker"
	case finding.High:
		return "critical"
	case finding.Medium:
		return "major"
	case finding.Low:
		return "minor"
	}
	return "info"
}

// relative makes a path one below the repository's root, as GitLab demands. What
// leaves the root keeps its last part only.
func relative(file string) string {
	file = path.Clean(escape.Line(file))
	if strings.HasPrefix(file, "/") || file == ".." || strings.HasPrefix(file, "../") {
		file = path.Base(file)
	}
	if file == "." || file == ".." || file == "/" {
		return "snapshot.json"
	}
	return file
}
