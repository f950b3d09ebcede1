package drift

import (
	"fmt"

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
