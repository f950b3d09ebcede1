package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/reports/runbook"
)

// defaultPlanAge is how old a snapshot may be when its plan is carried out.
const defaultPlanAge = 7 * 24 * time.Hour

// planOptions are the flags of plan, as given.
type planOptions struct {
	check   checkOptions
	formats []string
	output  string
	days    int
	verbose bool
}

func newPlan(a *app) *cobra.Command {
	o := planOptions{check: checkOptions{version: a.version}}
	cmd := &cobra.Command{
		Use:   "plan SNAPSHOT",
		Short: "Write down the steps that are still open, and how to close them",
		Long: `Judge a snapshot and write down what is left to do: the whitepaper's steps that are
still open, in its order A to F and with the reason for it, as a runbook, as a
script of PowerShell, and as the requests of Okta's API, each with a way back.

Postern itself never writes to a tenant. The script is for a person to read and
run: first with -WhatIf; it checks which tenant it is connected to, works in
batches, keeps a log and an undo file, and stops at the first error.

Mailboxes that still use what would be closed (see 'postern impact') are set apart
and left alone, and so are those of which it is not known. Emergency accounts are
never touched. What the snapshot does not show is listed to be found out first.

With --lang nl the runbook and the texts around Okta's requests are in Dutch. The
script with its comments, the bodies of requests, and JSON stay English.

Exit codes: 0 no step is open, 3 some are, 4 none is known to be open but evidence
is missing, 1 the tool failed, 2 wrong usage.`,
		Example: `  postern plan snapshot.json
  postern plan snapshot.json -f markdown=runbook.md -f powershell=plan.ps1
  postern plan snapshot.json -f okta
  postern plan snapshot.json --lang nl -f markdown=draaiboek.md
  postern plan snapshot.json --only C,D -f powershell=plan.ps1`,
		Args: exactArgs(1, "name the snapshot: postern plan snapshot.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.plan(cmd, &o, args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.formats, "format", "f", nil, "`name[=path]`, repeatable; "+strings.Join(runbook.Formats(), ", ")+" (default text)")
	flags.StringVarP(&o.output, "output", "o", "", "`path` for the format that names none")
	flags.StringSliceVar(&o.check.only, "only", nil, "plan for these `controls` only: ids, areas or steps")
	flags.StringSliceVar(&o.check.skip, "skip", nil, "leave these `controls` out: ids, areas or steps")
	flags.StringArrayVar(&o.check.policy, "policy", nil, "also load the controls in this `folder`, repeatable")
	flags.StringVar(&o.check.maxAge, "max-age", "", "how old the snapshot may be when the script is run, such as 26h or 7d (default 7d)")
	flags.StringVar(&o.check.configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	flags.StringVar(&o.check.snapshotURI, "snapshot-uri", "", "the snapshot's `path` in the runbook (default: relative to the git root)")
	flags.StringVar(&o.check.tenant, "tenant", "", "`name` of a tenant in the configuration, for its declarations")
	flags.StringVar(&o.check.attestation, "attestation", "", attestationUsage)
	addLanguageFlag(cmd, &o.check.lang)
	flags.IntVar(&o.days, "days", 30, "how many `days` the logs have to cover for their silence to count")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "text and markdown: list all, not only a sample")
	return cmd
}

func (a *app) plan(cmd *cobra.Command, o *planOptions, path string) (failed error) {
	outputs, err := parseOutputsOf(runbook.Formats(), o.formats, o.output)
	if err != nil {
		return err
	}
	if err := refuseOverwrite(outputs, path); err != nil {
		return err
	}
	asked, err := (&impactOptions{days: o.days}).options()
	if err != nil {
		return err
	}
	settings, err := loadConfig(o.check.configPath)
	if err != nil {
		return err
	}
	o.check.fillFrom(cmd, &settings.Check)
	declared, err := o.check.tenantDeclarations(settings)
	if err != nil {
		return err
	}
	judged, err := o.check.plan(settings, declared, path)
	if err != nil {
		return err
	}
	// The controls load while the snapshot is read.
	controls := startControls(judged.engine)
	file, err := openToJudge(path, controls)
	if err != nil {
		return err
	}
	defer closeAfter(file, &failed)
	in, err := planInput(cmd.Context(), judged, controls, file, asked)
	if err != nil {
		return err
	}
	english, spoken := plansOf(*in, judged.report.Language)
	err = a.writeOutputs(outputs, func(format string, w io.Writer, _ bool) error {
		made, language := english, (*finding.Language)(nil)
		if runbook.Spoken(format) {
			made, language = spoken, judged.report.Language
		}
		p, err := made()
		if err != nil {
			return err
		}
		return runbook.Write(format, w, p, runbook.Options{Verbose: o.verbose, Language: language})
	})
	if err != nil {
		return err
	}
	// Which of both was written is the same for this.
	made := spoken
	if !slices.ContainsFunc(outputs, func(o output) bool { return runbook.Spoken(o.format) }) {
		made = english
	}
	p, err := made()
	if err != nil {
		return err
	}
	switch {
	case p.Open():
		a.code = exitFindings
	case len(p.FindOut) > 0:
		a.code = exitUnknown
	}
	return nil
}

// plansOf make the plan in English and in a language, nil for English, each once and
// when it is asked for.
func plansOf(in plan.Input, language *finding.Language) (english, spoken func() (*plan.Plan, error)) {
	of := func(language *finding.Language) func() (*plan.Plan, error) {
		in := in
		in.Language = language
		return sync.OnceValues(func() (*plan.Plan, error) {
			made, err := plan.Make(in)
			if err != nil {
				return nil, fmt.Errorf("make the plan: %w", err)
			}
			return made, nil
		})
	}
	english = of(nil)
	if language == nil {
		return english, english
	}
	return english, of(language)
}

// planInput judges the snapshot, and looks at the same time who is in use.
func planInput(ctx context.Context, judged *checkPlan, controls *engine.Loading, file *snapshot.File, asked impact.Options) (*plan.Input, error) {
	var used *impact.Report
	var failed error
	var group sync.WaitGroup
	both := share(2, file.Stream)
	judging, judgeLeaves := both.seat()
	looking, lookLeaves := both.seat()
	if judged.attested != nil {
		// Who is in use, and what there is to be changed, is asked of the snapshot
		// alone: an attestation is no part of that, and the two read apart.
		judging, looking = attestedRead(judged.attested, file.Stream), file.Stream
	}
	group.Go(func() {
		defer lookLeaves()
		used, failed = impact.Analyze(looking, asked)
	})
	judged.input.Read, judged.input.Text = judging, file
	report, err := controls.Check(ctx, judged.input)
	judgeLeaves()
	group.Wait() // nothing may be read any more when the file is closed
	if err != nil {
		return nil, bare(err)
	}
	if failed != nil {
		return nil, failed
	}
	meant := judged.input.Declarations
	in := &plan.Input{
		Report: report, Impact: used, BreakGlass: breakGlassOf(&meant),
		AccessTokenHours: meant.AccessTokenHours, SignInFrequencyHours: meant.SignInFrequencyHours,
		MaxAge: judged.maxAge,
	}
	if in.MaxAge == 0 {
		in.MaxAge = defaultPlanAge
	}
	return in, nil
}

func breakGlassOf(d *engine.Declarations) []plan.Account {
	list := []plan.Account{}
	for _, account := range d.BreakGlass {
		list = append(list, plan.Account{ID: account.ID, UserPrincipalName: account.UserPrincipalName})
	}
	return list
}
