package sarif

import (
	"strings"

	"github.com/google/uuid"
	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// The library leaves an empty list of suppressions out, and the standard wants one
// on each result as soon as one result has some. So the file is written through
// types that put the list in its place.
type (
	suppressingFile struct {
		*sarif.Report
		Runs []suppressingRun `json:"runs"`
	}
	suppressingRun struct {
		*sarif.Run
		Results []suppressingResult `json:"results"`
	}
	suppressingResult struct {
		*sarif.Result
		Suppressions []*sarif.Suppression `json:"suppressions"`
	}
)

// suppressing gives the file with a list of suppressions on each result, or as it is
// where nothing is suppressed.
func suppressing(file *sarif.Report) any {
	some := false
	s := suppressingFile{Report: file}
	for _, run := range file.Runs {
		results := make([]suppressingResult, len(run.Results))
		for i, result := range run.Results {
			results[i] = suppressingResult{Result: result, Suppressions: append([]*sarif.Suppression{}, result.Suppressions...)}
			some = some || len(result.Suppressions) > 0
		}
		s.Runs = append(s.Runs, suppressingRun{Run: run, Results: results})
	}
	if !some {
		return file
	}
	return s
}

// suppression is a waiver in SARIF's words. The names of the properties are those of
// Microsoft's SARIF SDK. None of the library's pointers is left nil: it would write
// null, which the standard refuses.
func (b *builder) suppression(v *finding.Violation) *sarif.Suppression {
	w := v.Waiver
	place := &sarif.PhysicalLocation{ArtifactLocation: b.artifactAt(relativeURI(w.File))}
	if w.Line > 0 {
		place.Region = &sarif.Region{StartLine: ptr(w.Line)}
	}
	values := sarif.Properties{
		"waiver": escape.Cut(escape.Line(w.ID), maxName), "alias": escape.Cut(escape.Line(w.Owner), maxName), "expiryUtc": w.Expires + "T23:59:59Z",
	}
	if w.Ticket != "" {
		values["ticket"] = escape.Cut(escape.Line(w.Ticket), maxName)
	}
	return &sarif.Suppression{
		Kind: "external", Status: ptr("accepted"), Location: &sarif.Location{PhysicalLocation: place},
		Guid:          ptr(guid(escape.Line(w.ID), v.Fingerprint)),
		Justification: ptr(message(b.style.Waiver(w))),
		PropertyBag:   properties(values),
	}
}

// guid makes a UUID of texts, the same for the same ones: SARIF's schema takes
// versions 1 to 5.
func guid(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(strings.Join(parts, "\n"))).String()
}

// baselineState says how a violation stands to the baseline in SARIF's words.
func baselineState(v *finding.Violation) *string {
	words := map[finding.State]string{finding.New: "new", finding.Changed: "updated", finding.Unchanged: "unchanged"}
	if word, ok := words[v.State]; ok {
		return &word
	}
	return ptr("new") // one that nobody compared
}

// otherState is the same of what a control came to besides violations.
func otherState(r *finding.Result) *string {
	switch r.Before {
	case "":
		return ptr("new")
	case r.Outcome:
		return ptr("unchanged")
	}
	return ptr("updated")
}

// fixed are the violations that the baseline has and the report does not. They stand
// in the baseline's snapshot.
func (b *builder) fixed(i int) []*sarif.Result {
	if b.report.Baseline == nil {
		return nil
	}
	was := *b
	was.uri = relativeURI(b.report.Baseline.Snapshot.URI)
	control, fixed := &b.report.Controls[i], b.report.Results[i].Fixed
	results := make([]*sarif.Result, len(fixed))
	for j := range fixed {
		v := &fixed[j]
		result := was.result(i, "fail", level(control.Severity), was.violationText(control, v))
		result.Locations = []*sarif.Location{was.location(v.Region, v.Snippet, &v.Resource)}
		result.PartialFingerprints = map[string]any{"primaryLocationLineHash": v.Fingerprint, "posternFingerprint/v1": v.Fingerprint}
		was.addSubject(result, v)
		result.BaselineState = ptr("absent")
		results[j] = result
	}
	return results
}
