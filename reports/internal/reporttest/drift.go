package reporttest

import (
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// Drift is the mixed report compared with a baseline: the first domain is new, the
// second was there, POP came to two mailboxes, Okta's rule is waived, and a door
// was closed.
func Drift() *finding.Report {
	r := Mixed()
	r.Baseline = &finding.Baseline{Snapshot: finding.SnapshotInfo{
		URI: "evidence/old.json", SHA256: strings.Repeat("fedcba9876543210", 4),
		CollectedAt: "2026-11-15T08:15:00Z", Source: "live", Mailboxes: 1232,
	}}
	for i := range r.Results {
		result := &r.Results[i]
		result.Before = result.Outcome
		for j := range result.Violations {
			result.Violations[j].State = finding.Unchanged
		}
	}
	r.Results[0].Violations[0].State = finding.New
	pop := &r.Results[3].Violations[0]
	pop.State = finding.Changed
	pop.Drift = &finding.Drift{Added: 2, NewMembers: finding.ListMembers("mailbox", Mailboxes(2))}
	r.Results[1].Before = finding.Fail
	r.Results[1].Fixed = []finding.Violation{fingerprinted(r, 1, finding.Violation{
		Key: "exception", Args: finding.Args{"name": "scanner@harbourfreight.onmicrosoft.com"},
		Resource: finding.Resource{Kind: "user", ID: "00000000-0000-4000-8000-0000000000ff", Name: "scanner@harbourfreight.onmicrosoft.com"},
		Pointer:  "/mailboxes/7",
	})}
	waiver := finding.Waiver{
		ID: "partner-scanners", Owner: "mail-team@harbourfreight.example", Reason: "the partner replaces the scanners in January",
		Ticket: "CHG-4711", Expires: "2027-01-31", File: "waivers.yaml", Line: 3,
	}
	r.Results[5].Violations[0].Waiver = &waiver
	r.Waivers = &finding.Waivers{File: "waivers.yaml", AsOf: "2026-11-22", Entries: []finding.WaiverStatus{
		{Waiver: waiver, Control: r.Results[5].Control, Scope: "whole control", State: finding.WaiverHolds, Covers: 1},
		{Waiver: waiver, Control: "FED-003", Scope: "user 'anybody'", State: finding.WaiverGrown, Covers: 3, Added: 1, Ways: []string{"<pop>", "imap"}},
	}}
	return r
}

// Unjudged is the mixed report compared with a baseline in which everything was the
// same, but for one control that passed and is unknown now.
func Unjudged() *finding.Report {
	r := Mixed()
	r.Baseline = Drift().Baseline
	changed := false
	for i := range r.Results {
		result := &r.Results[i]
		result.Before = result.Outcome
		for j := range result.Violations {
			result.Violations[j].State = finding.Unchanged
		}
		if !changed && result.Outcome == finding.Unknown {
			result.Before, changed = finding.Pass, true
		}
	}
	if !changed {
		panic("the mixed report has no control that is unknown")
	}
	return r
}
