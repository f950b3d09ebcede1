package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/population"
	"github.com/seed-07732396/postern/reports/doors"
)

// accessRun is one run of access on files that are open.
type accessRun struct {
	plan          *accessPlan
	later, before *snapshot.File
}

// open opens the snapshots.
func (p *accessPlan) open() (*accessRun, error) {
	r := &accessRun{plan: p}
	var err error
	if r.later, err = snapshot.Open(p.path); err != nil {
		return nil, err
	}
	if p.before == "" {
		return r, nil
	}
	if r.before, err = snapshot.Open(p.before); err != nil {
		return nil, errors.Join(err, r.later.Close())
	}
	return r, nil
}

func (r *accessRun) close() error {
	err := r.later.Close()
	if r.before != nil {
		err = errors.Join(err, r.before.Close())
	}
	return err
}

func (r *accessRun) survey(ctx context.Context, file *snapshot.File) (*access.Survey, error) {
	return access.NewSurvey(ctx, mailboxesOnly(attestedRead(r.plan.attested, file.Stream)), access.SurveyOptions{Options: r.plan.options, Declared: r.plan.declared.Of})
}

// report works out what the plan asks for.
func (r *accessRun) report(ctx context.Context) (*doors.Report, error) {
	if r.plan.user != "" {
		return r.person(ctx)
	}
	s, err := r.survey(ctx, r.later)
	if err != nil {
		return nil, err
	}
	report := r.plan.reportOf(s.Document, s.Result, s.Listed, s.First)
	report.Open = s.Count(func(list []access.Outcome) bool { return r.plan.worst(list) == access.Open })
	report.Undecided = s.Count(func(list []access.Outcome) bool { return r.plan.worst(list) == access.Undecided })
	if r.before != nil {
		err = r.compare(ctx, report, s)
	}
	return report, err
}

// worst is the worst outcome of the doors that were asked for.
func (p *accessPlan) worst(list []access.Outcome) access.Outcome {
	worst, i := access.NotOffered, 0
	outcomes := access.Outcomes()
	for _, protocol := range access.Protocols() {
		for _, method := range access.Methods() {
			if p.wants(string(protocol), string(method)) && slices.Index(outcomes, list[i]) > slices.Index(outcomes, worst) {
				worst = list[i]
			}
			i++
		}
	}
	return worst
}

// wants reports whether a door was asked for.
func (p *accessPlan) wants(protocol, method string) bool {
	return (len(p.scope.Protocols) == 0 || slices.Contains(p.scope.Protocols, protocol)) &&
		(len(p.scope.Methods) == 0 || slices.Contains(p.scope.Methods, method))
}

// compare adds to the report of the later snapshot what changed.
func (r *accessRun) compare(ctx context.Context, report *doors.Report, later *access.Survey) error {
	earlier, err := r.survey(ctx, r.before)
	if err != nil {
		return err
	}
	if was, is := earlier.Document.Tenant, later.Document.Tenant; was.ID != is.ID {
		return usageErrorf("compare snapshots of one tenant", "%s is of tenant %s and %s of tenant %s", r.plan.before, was.ID, r.plan.path, is.ID)
	}
	c := access.Compare(earlier, later)
	then := r.plan.reportOf(earlier.Document, earlier.Result, earlier.Listed, earlier.First)
	then.Snapshot.URI = snapshotURI(r.plan.before)
	report.Before = &doors.Before{
		Snapshot: then.Snapshot, Missing: then.Missing, Matrix: then.Matrix,
		Changes: []doors.Change{}, Both: c.Both, Came: c.Came, Gone: c.Gone,
	}
	for _, change := range c.Changes {
		if r.plan.wants(string(change.Protocol), string(change.Method)) {
			report.Before.Changes = append(report.Before.Changes, changeOf(change))
		}
	}
	return r.nameFirst(report, c, later.Document, earlier.Document)
}

// nameFirst names the first mailbox of each change: those that are still there out
// of the later snapshot, the others out of the earlier.
func (r *accessRun) nameFirst(report *doors.Report, c *access.Comparison, later, earlier *snapshot.Document) error {
	wanted := [2]map[int][]*doors.Change{{}, {}}
	n := 0
	for _, change := range c.Changes {
		if !r.plan.wants(string(change.Protocol), string(change.Method)) {
			continue
		}
		side := 0
		if change.First.Earlier {
			side = 1
		}
		wanted[side][change.First.Index] = append(wanted[side][change.First.Index], &report.Before.Changes[n])
		n++
	}
	for side, file := range []*snapshot.File{r.later, r.before} {
		if len(wanted[side]) == 0 {
			continue
		}
		document := later
		if side == 1 {
			document = earlier
		}
		left := len(wanted[side])
		_, err := mailboxesOnly(file.Stream)(func(record *snapshot.Record) error {
			list, ok := wanted[side][record.Index]
			if !ok {
				return nil
			}
			identity, known := population.Identify(record.Value)
			for _, change := range list {
				change.First = whoOf(document, record.Index, identity, known)
			}
			if left--; left == 0 {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return fmt.Errorf("look up who changed: %w", err)
		}
	}
	return nil
}

// errEnough ends the reading of a snapshot of which nothing more is needed.
var errEnough = errors.New("enough was read")
