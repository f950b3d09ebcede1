// Package github writes a report as workflow commands, which GitHub Actions
// shows as annotations of the job and beside the lines of a pull request.
//
// An error is a violation that fails the gate, so that red annotations and the
// exit status agree. A warning is a violation that does not, and what could not
// be judged. A notice is a violation that is waived. GitHub shows ten of each
// kind for a step and drops the others without a word, so each kind is cut to
// its worst ten, what is new since the baseline first, and the last notice sums
// up the rest.
//
// It must not know the snapshot, nor that it runs in a job: the commands go
// wherever the report goes.
package github

import (
	"bufio"
	"cmp"
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
	// shown is how many annotations of a kind GitHub shows for one step.
	shown = 10
	// maxTitle and maxMessage are in characters; GitHub refuses titles over 255
	// and messages over 64 KiB.
	maxTitle   = 200
	maxMessage = 4_000
	// maxNamed is how many controls the sum names.
	maxNamed = 30
)

// kind is the name of a command.
type kind string

const (
	failure kind = "error"
	warning kind = "warning"
	notice  kind = "notice"
)

// annotation is one command to be.
type annotation struct {
	kind    kind
	control int
	region  *finding.Region
	// file is where a waiver stands, empty for the snapshot.
	file    string
	message string
	// known says that the baseline has it already: those come last.
	known bool
}

// Write writes the report.
func Write(w io.Writer, report *finding.Report) error {
	all := collect(report)
	out := bufio.NewWriter(w)
	left := map[int]int{}
	for _, k := range []kind{failure, warning, notice} {
		limit := shown
		if k == notice {
			limit-- // the sum is one as well
		}
		for i, a := range worst(report, all, k) {
			if i >= limit {
				left[a.control]++
				continue
			}
			command(out, report, &a)
		}
	}
	_, err := fmt.Fprintf(out, "::%s title=%s::%s\n", notice, property("Postern"), data(sum(report, left)))
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write workflow commands: %w", err)
	}
	return nil
}

// collect makes an annotation of every violation and of every control that could
// not be judged in full.
func collect(report *finding.Report) []annotation {
	style := wording.Plain()
	var all []annotation
	for i := range report.Results {
		control, result := &report.Controls[i], &report.Results[i]
		for j := range result.Violations {
			v := &result.Violations[j]
			one := annotation{
				kind: kindOf(report, control, v), control: i, region: v.Region, known: !v.Worse(),
				message: violation(style, control, v),
			}
			if name, line, ok := wording.WaiverPlace(report, &v.Resource); ok {
				one.file, one.region = name, nil
				if line > 0 {
					one.region = &finding.Region{StartLine: line, EndLine: line}
				}
			}
			all = append(all, one)
		}
		if message := gaps(style, report, i); message != "" {
			all = append(all, annotation{kind: warning, control: i, message: message})
		}
	}
	return all
}

func kindOf(report *finding.Report, control *finding.Control, v *finding.Violation) kind {
	switch {
	case v.Waiver != nil:
		return notice
	case report.FailOn == "none" || !control.Severity.AtLeast(finding.Severity(report.FailOn)):
		return warning
	case report.FailOnNew && !v.Worse():
		return warning
	}
	return failure
}

func violation(style wording.Style, control *finding.Control, v *finding.Violation) string {
	parts := []string{style.Violation(control, v)}
	// Members are not named: more people read a job's log than its artifacts.
	if name := v.Resource.Name; v.Members == nil && name != "" && !strings.Contains(parts[0], escape.Line(name)) {
		parts = append(parts, "It concerns the "+style.Subject(&v.Resource)+".")
	}
	if v.Waiver != nil {
		parts = append(parts, style.Waiver(v.Waiver))
	}
	return strings.Join(parts, " ")
}

// gaps says why a control could not be judged in full, in the words of the first
// reason. It is empty for a control that could.
func gaps(style wording.Style, report *finding.Report, i int) string {
	control, result := &report.Controls[i], &report.Results[i]
	if result.Outcome == finding.Error {
		return "The control broke, so it says nothing about the tenant: " + escape.Cut(escape.Line(result.Error), 500)
	}
	if len(result.Unknowns) == 0 {
		return ""
	}
	reason := &result.Unknowns[0]
	entry := wording.Entry(report, reason)
	message := "Not known, which is no pass: " + style.Reason(control, reason, entry)
	if result.Outcome == finding.Fail {
		message = "Beside what fails, not all is known: " + style.Reason(control, reason, entry)
	}
	if remedy := style.Remedy(reason, entry); remedy != "" {
		message += " " + remedy
	}
	if more := len(result.Unknowns) - 1; more > 0 {
		message += " And " + strconv.Itoa(more) + " more such."
	}
	return message
}

// worst are the annotations of a kind in the order in which they are shown: what
// came since the baseline, then by gravity, then in the report's order.
func worst(report *finding.Report, all []annotation, k kind) []annotation {
	var list []annotation
	for _, a := range all {
		if a.kind == k {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b annotation) int {
		if a.known != b.known {
			if b.known {
				return -1
			}
			return 1
		}
		return report.Controls[a.control].Severity.Rank() - report.Controls[b.control].Severity.Rank()
	})
	return list
}

// command writes one command. The writer keeps its error.
func command(out *bufio.Writer, report *finding.Report, a *annotation) {
	control := &report.Controls[a.control]
	properties := []string{"file=" + property(file(cmp.Or(a.file, report.Snapshot.URI)))}
	if a.region != nil {
		properties = append(properties, "line="+strconv.Itoa(a.region.StartLine), "endLine="+strconv.Itoa(a.region.EndLine))
	}
	title := control.ID + " (" + string(control.Severity) + ") " + escape.Line(control.Title)
	properties = append(properties, "title="+property(escape.Cut(strings.TrimSpace(title), maxTitle)))
	fmt.Fprintf(out, "::%s %s::%s\n", a.kind, strings.Join(properties, ","), data(a.message))
}

// file is the snapshot's path below the repository's root.
func file(uri string) string { return path.Clean(escape.Line(uri)) }

// sum is the verdict, and what is not shown above it. left counts the annotations
// without a place by control.
func sum(report *finding.Report, left map[int]int) string {
	_, word, sentence := wording.English().Verdict(report)
	text := word + ": " + sentence
	total := 0
	var names []string
	for i := range report.Controls {
		if n := left[i]; n > 0 {
			total += n
			names = append(names, fmt.Sprintf("%s (%d)", report.Controls[i].ID, n))
		}
	}
	if total == 0 {
		return text
	}
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed], fmt.Sprintf("and %d more controls", more))
	}
	return fmt.Sprintf("%s Not shown, because GitHub shows %d of a kind: %s.", text, shown, strings.Join(names, ", "))
}

// data escapes the text behind a command's second pair of colons as the runner
// unescapes it. Line breaks cannot reach it, and are escaped all the same.
func data(s string) string { return dataMarks.Replace(escape.Cut(escape.Line(s), maxMessage)) }

// property escapes a value between a command's pairs of colons.
func property(s string) string { return propertyMarks.Replace(escape.Line(s)) }

var (
	dataMarks     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyMarks = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
