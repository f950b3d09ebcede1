package drift

import (
	"fmt"
	"slices"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
)

// A Side is one of the two snapshots that are compared.
type Side struct {
	// Report is what it was judged to be, Survey whose doors are how.
	Report *finding.Report
	Survey *access.Survey
}

// Between says what happened from one snapshot of a tenant to a later one. The later
// report is compared with the earlier, as Compare does it. The census is of the same
// snapshots.
func Between(before, after Side, boxes *Census) (*Diff, error) {
	if err := Compare(after.Report, before.Report); err != nil {
		return nil, err
	}
	d := &Diff{Tenant: after.Report.Tenant, Before: before.Report.Snapshot, After: after.Report.Snapshot}
	if before.Survey != nil && after.Survey != nil {
		d.Changes = append(d.Changes, doors(access.Compare(before.Survey, after.Survey), before.Survey, after.Survey)...)
	}
	d.Changes = append(d.Changes, findings(after.Report)...)
	if err := boxes.Wait(); err != nil {
		return nil, fmt.Errorf("compare the mailboxes: %w", err)
	}
	was, is := boxes.documents[0], boxes.documents[1]
	changes, dated, err := configuration(was, is)
	if err != nil {
		return nil, err
	}
	d.Changes, d.Dated = append(d.Changes, changes...), dated
	names, err := groupNames(was, is)
	if err != nil {
		return nil, err
	}
	_, listedBefore := was.Mailboxes()
	_, listedAfter := is.Mailboxes()
	if listedBefore && listedAfter {
		d.Changes = append(d.Changes, boxes.boxes.told(was, is, names)...)
	}
	d.sort()
	return d, nil
}

// Findings says what happened from one report of a tenant to a later one, where their
// snapshots are not at hand: findings that came and went, and evidence. What changed
// in the configuration without a finding, nobody can tell then. The later report is
// compared with the earlier, as Compare does it.
func Findings(before, after *finding.Report) (*Diff, error) {
	forget(after)
	if err := Compare(after, before); err != nil {
		return nil, err
	}
	lines := func(r *finding.Report) []ledgerLine {
		var list []ledgerLine
		for _, line := range r.Ledger {
			list = append(list, ledgerLine{line.Name, line.Status})
		}
		return list
	}
	d := &Diff{Tenant: after.Tenant, Before: before.Snapshot, After: after.Snapshot, FindingsOnly: true}
	d.Changes = slices.Concat(findings(after), evidence(lines(before), lines(after)))
	d.sort()
	return d, nil
}

// forget takes off a report what it was compared with before.
func forget(r *finding.Report) {
	r.Baseline, r.FailOnNew = nil, false
	for i := range r.Results {
		result := &r.Results[i]
		result.Before, result.Fixed = "", nil
		for k := range result.Violations {
			result.Violations[k].State, result.Violations[k].Drift = "", nil
		}
	}
}
