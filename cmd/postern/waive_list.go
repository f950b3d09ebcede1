package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/waiver"
)

// Waive counts what the violations have, then waives.
func (c counting) Waive(report *finding.Report, boxes engine.Mailboxes) (jsontext.Value, error) {
	c.trial.count(report)
	return c.waiving.Waive(report, boxes)
}

// listWaivers lists the waivers of the file, and what became of each where there is
// evidence to hold them against.
func (a *app) listWaivers(ctx context.Context, settings *config, o *waiveOptions, evidence []string) (failed error) {
	path, _ := o.check.waivers.path(settings)
	list, err := readWaivers(path)
	if err != nil {
		return err
	}
	now, err := parseNow(o.check.waivers.now)
	if err != nil {
		return err
	}
	plan := &waiverPlan{list: list, options: waiver.Options{Now: now}}
	if plan.options.Limits, err = settings.Waivers.limits(); err != nil {
		return err
	}
	plan.options.Now = plan.now()
	var states []finding.WaiverStatus
	if len(evidence) > 0 {
		t := &trial{gathering: waiver.NewGathering(list, plan.options), whole: map[string]int{}}
		if t.judged, err = a.judgeFor(ctx, settings, o, t, evidence[0]); err != nil {
			return err
		}
		defer closeAfter(t, &failed)
		states = t.report.Waivers.Entries
	}
	return a.writeStdout(a.out, func(w io.Writer) error { return writeWaivers(w, plan, states) })
}

func writeWaivers(w io.Writer, plan *waiverPlan, states []finding.WaiverStatus) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WAIVER\tCONTROL\tFOR\tUNTIL\tOWNER\tSTATE")
	today := waiver.DayOf(plan.options.Now)
	for i := range plan.list.Waivers {
		one := &plan.list.Waivers[i]
		state := fmt.Sprintf("%d days left", today.Until(one.Expires))
		if today.Until(one.Expires) < 0 {
			state = "expired"
		}
		if states != nil {
			state = fmt.Sprintf("%s, %d", strings.ReplaceAll(string(states[i].State), "_", " "), states[i].Covers)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", one.ID, one.Control, printable(one.Scope.String()), one.Expires, printable(one.Owner), state)
	}
	return table.Flush()
}
