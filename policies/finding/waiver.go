package finding

import (
	"fmt"
	"time"
)

// Waiver is the organisation's decision to live with a violation for a time. It
// does not change what the evidence shows, so the outcome stays.
type Waiver struct {
	// ID is its name in the file that holds it.
	ID     string `json:"id"`
	Owner  string `json:"owner"`
	Reason string `json:"reason"`
	Ticket string `json:"ticket,omitzero"`
	// Expires is the last day on which it holds, as 2006-01-02.
	Expires string `json:"expires"`
	// File and Line are where it stands.
	File string `json:"file"`
	Line int    `json:"line"`
}

func (w *Waiver) validate(at string) error {
	if w == nil {
		return nil
	}
	if w.ID == "" || w.Owner == "" || w.Reason == "" {
		return breach(at, "the waiver lacks its id, its owner or its reason")
	}
	if _, err := time.Parse("2006-01-02", w.Expires); err != nil {
		return breach(at+"/expires", "%q is not written as 2006-01-02", w.Expires)
	}
	return nil
}

// Waivers says by which waivers a report was judged.
type Waivers struct {
	// File is where they stand.
	File string `json:"file"`
	// AsOf is the day on which they were judged, as 2006-01-02.
	AsOf string `json:"as_of"`
	// Entries are the waivers, in the order of the file.
	Entries []WaiverStatus `json:"entries"`
}

// WaiverStatus is a waiver and what became of it.
type WaiverStatus struct {
	Waiver
	// Control is what it waives, Scope for whom or what, in words.
	Control string      `json:"control"`
	Scope   string      `json:"scope"`
	State   WaiverState `json:"state"`
	// Covers is how many subjects it is about in this snapshot: members of a
	// population and single resources. Where it does not hold, they are not waived.
	Covers int `json:"covers"`
	// Added is how many of them have joined since it was accepted, where it is pinned
	// and has lapsed for that.
	Added int `json:"added,omitzero"`
	// Ways are the ways, such as protocols, that came since, for which a pinned waiver
	// has lapsed as well; sorted.
	Ways []string `json:"ways,omitzero"`
}

// WaiverState is what became of a waiver.
type WaiverState string

// The states of a waiver. Only one that holds waives anything.
const (
	WaiverHolds WaiverState = "holds"
	// WaiverUnused: there is nothing for it to waive.
	WaiverUnused WaiverState = "unused"
	// WaiverExpired: its last day is over.
	WaiverExpired WaiverState = "expired"
	// WaiverTooFar: its last day is further ahead than the limit allows.
	WaiverTooFar WaiverState = "too_far"
	// WaiverGrown: more people are concerned than those for whom it was accepted, or in
	// more ways.
	WaiverGrown WaiverState = "grown"
	// WaiverUndecided: evidence is missing, so nobody can say what it is about.
	WaiverUndecided WaiverState = "undecided"
	// WaiverNotJudged: its control is not in this report.
	WaiverNotJudged WaiverState = "not_judged"
)

// WaiverStates lists all states of a waiver.
func WaiverStates() []WaiverState {
	return []WaiverState{
		WaiverHolds, WaiverUnused, WaiverExpired, WaiverTooFar, WaiverGrown, WaiverUndecided, WaiverNotJudged,
	}
}

// StepWaivers is the step of the controls that judge the waivers themselves.
const StepWaivers = "waivers"

// Idle reports whether the control at an index of Controls is about waivers and
// none were given. Nothing is said of it but in lists of all controls.
func (r *Report) Idle(i int) bool {
	return r.Waivers == nil && r.Controls[i].Step == StepWaivers && r.Results[i].Outcome == NotApplicable
}

// Waived reports whether the result has violations and all of them are waived.
func (r *Result) Waived() bool {
	for i := range r.Violations {
		if r.Violations[i].Waiver == nil {
			return false
		}
	}
	return len(r.Violations) > 0
}

func (w *Waivers) validate(at string) error {
	if w == nil {
		return nil
	}
	if _, err := time.Parse("2006-01-02", w.AsOf); err != nil {
		return breach(at+"/as_of", "%q is not written as 2006-01-02", w.AsOf)
	}
	for i := range w.Entries {
		if err := w.Entries[i].validate(fmt.Sprintf("%s/entries/%d", at, i)); err != nil {
			return err
		}
	}
	return nil
}

func (w *WaiverStatus) validate(at string) error {
	if err := w.Waiver.validate(at); err != nil {
		return err
	}
	for _, known := range WaiverStates() {
		if w.State == known {
			return nil
		}
	}
	return breach(at+"/state", "%q is no state of a waiver", string(w.State))
}
