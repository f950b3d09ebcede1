package finding

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// ContractError says where a report breaks the contract.
type ContractError struct {
	// Pointer is the JSON pointer to the place in the saved report.
	Pointer string
	// Problem is what is wrong there.
	Problem string
}

func (e *ContractError) Error() string {
	return fmt.Sprintf("report: %s: %s", e.Pointer, e.Problem)
}

// The formats use an id as a key and as a name, so it holds nothing that any of
// them would have to escape.
var (
	plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

	hex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)
	hex64 = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Validate returns a *ContractError for the first thing in r that breaks the
// contract, or nil. It is what the types cannot say: each control has its
// result, and an outcome agrees with what is listed for it, so that no writer
// shows a pass that is none. It walks no members.
func (r *Report) Validate() error {
	if err := r.validateHead(); err != nil {
		return err
	}
	if len(r.Controls) != len(r.Results) {
		return breach("/results", "%d results for %d controls", len(r.Results), len(r.Controls))
	}
	seen := map[string]bool{}
	for i := range r.Controls {
		control, result := &r.Controls[i], &r.Results[i]
		if err := control.validate(fmt.Sprintf("/controls/%d", i)); err != nil {
			return err
		}
		if seen[control.ID] {
			return breach(fmt.Sprintf("/controls/%d/id", i), "%q stands there twice", control.ID)
		}
		seen[control.ID] = true
		at := fmt.Sprintf("/results/%d", i)
		if result.Control != control.ID {
			return breach(at+"/control", "the result is of %q, the control in its place is %q", result.Control, control.ID)
		}
		if err := result.validate(at); err != nil {
			return err
		}
	}
	for i, entry := range r.Ledger {
		if entry.Name == "" || entry.Status == "" {
			return breach(fmt.Sprintf("/ledger/%d", i), "the ledger's line lacks its name or its status")
		}
	}
	return nil
}

func (r *Report) validateHead() error {
	if r.Version != Version {
		return breach("/version", "version %d, this program knows version %d", r.Version, Version)
	}
	if r.Snapshot.URI == "" {
		return breach("/snapshot/uri", "empty")
	}
	if !hex64.MatchString(r.Snapshot.SHA256) {
		return breach("/snapshot/sha256", "%q is no SHA-256 in hex", r.Snapshot.SHA256)
	}
	if _, err := time.Parse("2006-01-02T15:04:05Z", r.Snapshot.CollectedAt); err != nil {
		return breach("/snapshot/collected_at", "%q is not written as 2006-01-02T15:04:05Z", r.Snapshot.CollectedAt)
	}
	if r.Snapshot.Mailboxes < -1 {
		return breach("/snapshot/mailboxes", "%d mailboxes", r.Snapshot.Mailboxes)
	}
	if r.FailOnNew && r.Baseline == nil {
		return breach("/fail_on_new", "set without a baseline")
	}
	if err := r.Access.validate("/access"); err != nil {
		return err
	}
	if err := r.Waivers.validate("/waivers"); err != nil {
		return err
	}
	if r.Baseline != nil {
		if err := r.Baseline.Access.validate("/baseline/access"); err != nil {
			return err
		}
	}
	if r.FailOn != "none" && !slices.Contains(Severities(), Severity(r.FailOn)) {
		return breach("/fail_on", "%q is neither a severity nor none", r.FailOn)
	}
	return nil
}

func (c *Control) validate(at string) error {
	if !plainID.MatchString(c.ID) {
		return breach(at+"/id", "%q is not 1 to 64 letters, digits, dots, dashes and underscores", c.ID)
	}
	if !slices.Contains(Severities(), c.Severity) {
		return breach(at+"/severity", "%q is no severity", c.Severity)
	}
	if !slices.ContainsFunc(Steps(), func(s Step) bool { return s.ID == c.Step }) {
		return breach(at+"/step", "%q is no step", c.Step)
	}
	return nil
}

func (r *Result) validate(at string) error {
	if problem := r.disagreement(); problem != "" {
		return breach(at+"/outcome", "%s", problem)
	}
	for i := range r.Violations {
		if err := r.Violations[i].validate(fmt.Sprintf("%s/violations/%d", at, i)); err != nil {
			return err
		}
	}
	for i := range r.Fixed {
		if err := r.Fixed[i].validate(fmt.Sprintf("%s/fixed/%d", at, i)); err != nil {
			return err
		}
	}
	lists := []struct {
		name    string
		reasons []Reason
	}{
		{"unknowns", r.Unknowns}, {"not_applicable", r.NotApplicable}, {"notes", r.Notes},
	}
	for _, list := range lists {
		for i, reason := range list.reasons {
			if err := reason.validate(fmt.Sprintf("%s/%s/%d", at, list.name, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// disagreement says how the outcome contradicts what is listed for it, empty if
// it does not.
func (r *Result) disagreement() string {
	switch r.Outcome {
	case Error:
		if r.Error == "" {
			return "error without saying what broke"
		}
	case Fail:
		if len(r.Violations) == 0 {
			return "fail without a violation"
		}
	case Unknown:
		if len(r.Unknowns) == 0 {
			return "unknown without a reason"
		}
	case NotApplicable, Pass:
		if len(r.Unknowns) > 0 {
			return string(r.Outcome) + " in spite of what is unknown"
		}
	default:
		return fmt.Sprintf("%q is no outcome", r.Outcome)
	}
	if r.Outcome != Error && r.Outcome != Fail && len(r.Violations) > 0 {
		return string(r.Outcome) + " in spite of a violation"
	}
	if r.Outcome != Error && r.Error != "" {
		return string(r.Outcome) + " in spite of an error"
	}
	return ""
}

func (v *Violation) validate(at string) error {
	if v.Key == "" {
		return breach(at+"/key", "empty")
	}
	if !hex32.MatchString(v.Fingerprint) {
		return breach(at+"/fingerprint", "%q is not 32 hex digits", v.Fingerprint)
	}
	if err := v.Args.validate(at + "/args"); err != nil {
		return err
	}
	if err := v.Region.validate(at + "/region"); err != nil {
		return err
	}
	if v.Members != nil && v.Members.Len() == 0 {
		return breach(at+"/members", "a population without members")
	}
	if !slices.IsSorted(v.Ways) || len(slices.Compact(slices.Clone(v.Ways))) < len(v.Ways) || slices.Contains(v.Ways, "") {
		return breach(at+"/ways", "%q are not names in order, each once", v.Ways)
	}
	if err := v.Waiver.validate(at + "/waiver"); err != nil {
		return err
	}
	if v.PartOf != "" && (v.Waiver == nil || !hex32.MatchString(v.PartOf)) {
		return breach(at+"/part_of", "%q is not the fingerprint of a violation that a waiver covers in part", v.PartOf)
	}
	if err := v.State.validate(at + "/state"); err != nil {
		return err
	}
	for i, step := range v.Steps {
		stepAt := fmt.Sprintf("%s/steps/%d", at, i)
		if err := step.Args.validate(stepAt + "/args"); err != nil {
			return err
		}
		if err := step.Region.validate(stepAt + "/region"); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reason) validate(at string) error {
	if r.Key == "" {
		return breach(at+"/key", "empty")
	}
	if r.Count < 0 {
		return breach(at+"/count", "%d members", r.Count)
	}
	if r.Members != nil && r.Members.Len() != r.Count {
		return breach(at+"/members", "%d members are listed and %d counted", r.Members.Len(), r.Count)
	}
	if err := r.Region.validate(at + "/region"); err != nil {
		return err
	}
	return r.Args.validate(at + "/args")
}

func (r *Region) validate(at string) error {
	if r == nil {
		return nil
	}
	if r.StartLine < 1 || r.StartColumn < 1 || r.EndColumn < 1 {
		return breach(at, "lines and columns start at 1")
	}
	if r.EndLine < r.StartLine || r.EndLine == r.StartLine && r.EndColumn < r.StartColumn {
		return breach(at, "it ends before it starts")
	}
	return nil
}

// validate refuses what would come back from a saved report as something else.
func (a Args) validate(at string) error {
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if !savable(a[name]) {
			return breach(at, "the argument %q is a %T, which does not survive being saved", name, a[name])
		}
	}
	return nil
}

func savable(value any) bool {
	switch v := value.(type) {
	case nil, string, bool, int, float64, []string:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !savable(item) })
	case map[string]any:
		for _, item := range v {
			if !savable(item) {
				return false
			}
		}
		return true
	}
	return false
}

func breach(pointer, format string, args ...any) error {
	return &ContractError{Pointer: pointer, Problem: fmt.Sprintf(format, args...)}
}
