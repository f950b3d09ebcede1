package main

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/changes"
	reportsjson "github.com/seed-07732396/postern/reports/json"
)

func newDiff(a *app) *cobra.Command {
	o := checkOptions{version: a.version, failOn: gravityNone}
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what has changed between two snapshots, and whether it weakened",
		Long: `Compare two snapshots of one tenant and say what happened in between: doors that
opened and closed, findings that came and went, what was changed in Exchange, Entra
and Okta, and for how many mailboxes. Of two files of saved findings only the findings
and the evidence are compared. Each line is classed:

  weakened      less stands in the way to the mail than before
  lost          evidence is gone, so nobody can tell what became of it
  changed       otherwise, and by itself neither better nor worse
  strengthened  more stands in the way

Exit codes: 0 nothing weakened, 3 something did, 4 nothing is known to have, but
evidence was lost.`,
		Example: `  postern diff last-week.json today.json
  postern diff old.json new.json -f markdown -o drift.md
  postern diff old.json new.json --lang nl
  postern diff last-week-findings.json findings.json`,
		Args: exactArgs(2, "name both snapshots: postern diff old.json new.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := loadConfig(o.configPath)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("lang") && settings.Check.Lang != "" {
				o.lang = settings.Check.Lang
			}
			declared, err := o.tenantDeclarations(settings)
			if err != nil {
				return err
			}
			outputs, err := parseOutputsOf(changes.Formats(), o.formats, o.output)
			if err != nil {
				return err
			}
			for _, input := range args {
				if err := refuseOverwrite(outputs, input); err != nil {
					return err
				}
			}
			o.formats, o.output, o.waivers.none = nil, "", true
			plan, err := o.plan(settings, declared, args[1])
			if err != nil {
				return err
			}
			saved, err := bothSaved(&o, args[0], args[1])
			if err != nil {
				return err
			}
			if saved {
				return a.diffFindings(args[0], args[1], outputs, plan.report.Language)
			}
			return a.diff(cmd.Context(), plan, args[0], args[1], outputs)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.formats, "format", "f", nil, "`name[=path]` of a report, repeatable; text, markdown, json")
	flags.StringVarP(&o.output, "output", "o", "", "`path` for the format that names none")
	flags.StringArrayVar(&o.policy, "policy", nil, "also load the controls in this `folder`, repeatable")
	flags.StringVar(&o.configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	flags.StringVar(&o.tenant, "tenant", "", "`name` of a tenant in the configuration, for its declarations")
	addLanguageFlag(cmd, &o.lang)
	flags.StringVar(&o.attestation, "attestation", "", "lay this `file` with what somebody has attested over both snapshots")
	return cmd
}

// diff compares two snapshots.
func (a *app) diff(ctx context.Context, plan *checkPlan, before, after string, outputs []output) (failed error) {
	// The controls load while the snapshots are read.
	controls := startControls(plan.engine)
	sides := [2]*diffSide{{path: before}, {path: after}}
	for _, side := range sides {
		var err error
		if side.file, err = openToJudge(side.path, controls); err != nil {
			return err
		}
		defer closeAfter(side.file, &failed)
	}
	boxes, err := plan.judgeSides(ctx, controls, sides)
	if err != nil {
		return err
	}
	diff, err := drift.Between(sides[0].Side, sides[1].Side, boxes)
	return a.tellDiff(outputs, plan.report.Language, diff, err)
}

// tellDiff writes what has changed, and lets the exit code say how.
func (a *app) tellDiff(outputs []output, language *finding.Language, diff *drift.Diff, err error) error {
	var other *drift.TenantError
	if errors.As(err, &other) {
		return usageErrorf("compare a tenant with its own past", "%w", err)
	} else if err != nil {
		return err
	}
	a.noteOrder(diff)
	err = a.writeOutputs(outputs, func(format string, w io.Writer, stdout bool) error {
		return changes.Write(format, w, diff, changes.Options{Color: stdout && a.color(), Language: language})
	})
	if err != nil {
		return err
	}
	switch {
	case diff.Has(drift.Weakened):
		a.code = exitFindings
	case diff.Has(drift.Lost):
		a.code = exitUnknown
	}
	return nil
}

// noteOrder says what looks like a slip in naming the two files. Instants of snapshots
// are all written alike, so that their text order is that of time.
func (a *app) noteOrder(d *drift.Diff) {
	switch {
	case d.Before.SHA256 == d.After.SHA256:
		a.note("%s and %s are of the same snapshot", d.Before.URI, d.After.URI)
	case d.Before.CollectedAt > d.After.CollectedAt:
		a.note("%s was collected after %s: the earlier one is named first", d.Before.URI, d.After.URI)
	}
}

// bothSaved reports whether both files are saved findings. One alone cannot be compared
// with a snapshot, nor does anything that judges anew apply to them.
func bothSaved(o *checkOptions, before, after string) (bool, error) {
	was, err := holdsFindings(before)
	if err != nil {
		return false, err
	}
	is, err := holdsFindings(after)
	switch {
	case err != nil:
		return false, err
	case was != is:
		return false, usageErrorf("compare two snapshots, or save the findings of the snapshot with: postern check SNAPSHOT -f json=findings.json",
			"one of %s and %s holds findings, the other does not", before, after)
	case was && len(o.policy)+len(o.attestation) > 0:
		return false, usageErrorf("leave --policy and --attestation out, or compare the snapshots", "%s and %s hold findings, which were judged already", before, after)
	}
	return was, nil
}

// diffFindings compares two files of saved findings, which are read side by side.
func (a *app) diffFindings(before, after string, outputs []output, language *finding.Language) (failed error) {
	var sides [2]*judged
	var wrong [2]error
	var group sync.WaitGroup
	for i, path := range []string{before, after} {
		group.Go(func() { sides[i], wrong[i] = openFindings(path, reportsjson.OpenKeyed) })
	}
	group.Wait()
	for _, side := range sides {
		if side != nil {
			defer closeAfter(side, &failed)
		}
	}
	for _, err := range wrong {
		if err != nil {
			return err
		}
	}
	diff, err := drift.Findings(sides[0].report, sides[1].report)
	return a.tellDiff(outputs, language, diff, err)
}

// A diffSide is one of the snapshots, judged.
type diffSide struct {
	drift.Side
	path string
	file *snapshot.File
}

// judgeSides judges both snapshots, works out their doors and counts their mailboxes,
// all at the same time, and reads each file once for that. The later one is judged with
// the earlier one's rules at hand, as check does it with a baseline.
func (p *checkPlan) judgeSides(ctx context.Context, controls *engine.Loading, sides [2]*diffSide) (*drift.Census, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := controls.Engine(); err != nil {
			stop() // nobody reads on for nothing
		}
	})
	was := newEarlier(sides[0].reader(ctx, p))
	var failed [2 * len(sides)]error
	var counting [len(sides)]drift.Reader
	for i, side := range sides {
		both := share(3, side.reader(ctx, p))
		run := func(slot int, what string, do func(read snapshotReader) error) {
			read, leave := both.seat()
			group.Go(func() {
				defer leave()
				if err := do(read); err != nil {
					failed[slot] = about(what+" "+side.path, err)
				}
			})
		}
		run(i, "judge", func(read snapshotReader) (err error) {
			input := p.input
			input.Read, input.Text, input.Keyed, input.SnapshotURI = read, side.file, true, snapshotURI(side.path)
			if i == 0 {
				defer was.pass()
				input.Read, input.Rules = was.watch(read), was.tell
			} else {
				input.Earlier = was.rules()
			}
			side.Report, err = controls.Check(ctx, input)
			return err
		})
		run(len(sides)+i, "work out the doors of", func(read snapshotReader) (err error) {
			side.Survey, err = access.NewSurvey(ctx, mailboxesOnly(read), access.SurveyOptions{Declared: p.input.Declarations.Of})
			return err
		})
		read, _ := both.seat() // the census reads at once
		counting[i] = drift.Reader(mailboxesOnly(read))
	}
	boxes := drift.StartCensus(counting[0], counting[1])
	group.Wait()
	// Nothing may be read any more when the files are closed. Between tells of the
	// census's error.
	_ = boxes.Wait()
	if _, err := controls.Engine(); err != nil {
		return nil, err
	}
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return boxes, nil
}

// reader reads the side as the plan says, until ctx has ended.
func (s *diffSide) reader(ctx context.Context, p *checkPlan) snapshotReader {
	return attestedRead(p.attested, func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return s.file.Stream(func(record *snapshot.Record) error {
			if err := ctx.Err(); err != nil || visit == nil {
				return err
			}
			return visit(record)
		})
	})
}
