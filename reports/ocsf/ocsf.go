// Package ocsf writes a report as events of the Open Cybersecurity Schema
// Framework, version 1.5.0: one Compliance Finding (class 2003) as JSON on each
// line, which is how data lakes and SIEMs take them in.
//
// A violation is one event, and so is each reason why something could not be
// judged, each control that passes and each that does not apply: a dashboard can
// count them all. finding_info.uid is the violation's fingerprint, the same in
// every run. With a baseline, what came is a Create, what was there an Update,
// and what went a Close.
//
// The status of a finding says what is done about it: New, Suppressed with a
// waiver, Resolved when it went. compliance.status says what the evidence shows:
// Fail, Pass, Unknown for what could not be judged, Warning for a gap beside a
// violation, and Other for what does not apply.
//
// It must not know the snapshot, nor the clock: an event's time is when the
// snapshot was taken.
package ocsf

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

const (
	// Version is the version of OCSF that the events keep to: the first one in
	// which compliance can list what a status rests on and need no standard.
	Version = "1.5.0"

	// maxResources is how many members of a population an event lists; compliance
	// says how many there are.
	maxResources = 100
	// maxText and maxName are in characters.
	maxText = 8_000
	maxName = 500
)

// Write writes the events, one a line.
func Write(w io.Writer, report *finding.Report) error {
	taken, err := time.Parse(time.RFC3339, report.Snapshot.CollectedAt)
	if err != nil {
		return fmt.Errorf("write OCSF: read the snapshot's time: %w", err)
	}
	b := &builder{report: report, style: wording.Plain(), time: taken.UnixMilli()}
	encoder := json.NewEncoder(escape.NewJSONWriter(w))
	encoder.SetEscapeHTML(false)
	for i := range report.Results {
		for _, e := range b.events(i) {
			if err := encoder.Encode(e); err != nil {
				return fmt.Errorf("write OCSF: %w", err)
			}
		}
	}
	if len(report.Results) == 0 {
		if err := encoder.Encode(b.nothing()); err != nil {
			return fmt.Errorf("write OCSF: %w", err)
		}
	}
	return nil
}

// builder turns one report into events.
type builder struct {
	report *finding.Report
	style  wording.Style
	// time is the snapshot's, in milliseconds since 1970.
	time int64
}

// events are those of one control.
func (b *builder) events(i int) []*event {
	control, result := &b.report.Controls[i], &b.report.Results[i]
	var events []*event
	seen := map[string]int{}
	for j := range result.Violations {
		events = append(events, b.violation(control, &result.Violations[j], seen))
	}
	for j := range result.Fixed {
		events = append(events, b.fixed(control, &result.Fixed[j], seen))
	}
	events = append(events, b.gaps(control, result, seen)...)
	switch result.Outcome {
	case finding.Pass:
		events = append(events, b.control(control, passed, "pass", "", "The control passes."))
	case finding.NotApplicable:
		text := "The control has no subject in this tenant."
		if len(result.NotApplicable) > 0 {
			reason := &result.NotApplicable[0]
			text = b.style.Reason(control, reason, wording.Entry(b.report, reason))
		}
		events = append(events, b.control(control, notApplicable, "not_applicable", "", text))
	}
	return events
}

func (b *builder) violation(control *finding.Control, v *finding.Violation, seen map[string]int) *event {
	e := b.control(control, failed, v.Key, numbered(v.Fingerprint, seen), b.style.Violation(control, v))
	e.setSeverity(control.Severity)
	e.Resources = b.resources(v)
	e.Evidences = b.evidence(v)
	e.Unmapped["state"] = string(v.State)
	if v.Members != nil {
		e.Unmapped["population"] = escape.Line(v.Members.Population())
		e.Unmapped["members"] = v.Members.Len()
	}
	if v.State == finding.Changed || v.State == finding.Unchanged {
		e.setActivity(update)
	}
	if v.Waiver != nil {
		e.setStatus(suppressed)
		e.StatusDetail = b.style.Waiver(v.Waiver)
		e.Unmapped["waiver"] = escape.Cut(escape.Line(v.Waiver.ID), maxName)
		e.Unmapped["waiver_owner"] = escape.Cut(escape.Line(v.Waiver.Owner), maxName)
		e.Unmapped["waiver_expires"] = v.Waiver.Expires
	}
	return e
}

// fixed closes a violation that the baseline has. Its place is in another file,
// so none is given.
func (b *builder) fixed(control *finding.Control, v *finding.Violation, seen map[string]int) *event {
	e := b.control(control, passed, v.Key, numbered(v.Fingerprint, seen), "No longer found: "+b.style.Violation(control, v))
	e.Resources = b.resources(v)
	e.setActivity(closed)
	e.setStatus(resolved)
	return e
}

// gaps are what could not be judged of a control.
func (b *builder) gaps(control *finding.Control, result *finding.Result, seen map[string]int) []*event {
	var events []*event
	if result.Outcome == finding.Error {
		events = append(events, b.control(control, unknown, "error", b.own(control, "error"),
			"The control broke, so it says nothing about the tenant: "+escape.Cut(escape.Line(result.Error), maxName)))
	}
	status := unknown
	if result.Outcome == finding.Fail {
		status = beside
	}
	for j := range result.Unknowns {
		reason := &result.Unknowns[j]
		entry := wording.Entry(b.report, reason)
		uid := numbered(b.own(control, "unknown "+reason.Key+" "+reason.Evidence), seen)
		e := b.control(control, status, reason.Key, uid, b.style.Reason(control, reason, entry))
		if remedy := b.style.Remedy(reason, entry); remedy != "" {
			e.Compliance.StatusDetails = append(e.Compliance.StatusDetails, remedy)
		}
		if reason.Resource != nil {
			e.Resources = []resource{named(resource{UID: reason.Resource.ID, Name: reason.Resource.Name, Type: reason.Resource.Kind})}
		}
		events = append(events, e)
	}
	for _, e := range events {
		e.setSeverity(control.Severity)
	}
	return events
}

// nothing is the event of a report without a control: an empty file would read
// as if nothing had been found.
func (b *builder) nothing() *event {
	control := finding.Control{ID: "postern", Title: "No control was judged", Severity: finding.Info}
	return b.control(&control, unknown, "no_control", b.own(&control, "none"), "No control was judged, which says nothing about the tenant.")
}

// numbered tells a uid that comes again from the first.
func numbered(uid string, seen map[string]int) string {
	seen[uid]++
	if n := seen[uid]; n > 1 {
		return fmt.Sprintf("%s:%d", uid, n)
	}
	return uid
}

// own is the uid of what is no violation: the same as long as tenant and control
// are, and what it says.
func (b *builder) own(control *finding.Control, what string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{escape.Line(b.report.Tenant.ID), control.ID, escape.Line(what)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
