package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/attestation"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/waiver"
	"github.com/seed-07732396/postern/reports"
)

// gravityNone as --fail-on lets no finding fail the gate.
const gravityNone = "none"

const checkCodes = `Exit codes: 0 nothing at or above --fail-on, and all could be judged; 1 Postern
failed; 2 wrong usage; 3 findings at or above --fail-on; 4 no such finding, but not
all could be judged, or the snapshot is older than --max-age allows.`

// checkOptions are the flags of check, as given.
type checkOptions struct {
	formats     []string
	output      string
	failOn      string
	only, skip  []string
	policy      []string
	maxAge      string
	configPath  string
	snapshotURI string
	tenant      string
	attestation string
	lang        string
	version     string
	explain     bool
	verbose     bool
	waivers     waiverOptions
	baseline    string
	failOnNew   bool
}

func (o *checkOptions) addFlags(cmd *cobra.Command) {
	o.addReportFlags(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&o.only, "only", nil, "judge only these `controls`: ids, areas or steps")
	flags.StringSliceVar(&o.skip, "skip", nil, "leave these `controls` out: ids, areas or steps")
	flags.StringArrayVar(&o.policy, "policy", nil, "also load the controls in this `folder`, repeatable")
	flags.StringVar(&o.maxAge, "max-age", "", "exit 4 when the snapshot is older than this `duration`, such as 26h or 7d")
	flags.StringVar(&o.configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	o.waivers.addFlags(cmd)
	flags.StringVar(&o.baseline, "baseline", "", "compare with an earlier snapshot, or with the findings that a check saved as JSON, at this `path`")
	flags.BoolVar(&o.failOnNew, "fail-on-new", false, "only findings that are new or have new members fail the gate (needs --baseline)")
	flags.StringVar(&o.snapshotURI, "snapshot-uri", "", "the snapshot's `path` in reports, as it is and with forward slashes: formats that want a URI escape it (default: relative to the git root)")
}

// addReportFlags adds the flags that check shares with report.
func (o *checkOptions) addReportFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.formats, "format", "f", nil, "`name[=path]` of a report, repeatable; "+formatNames())
	flags.StringVarP(&o.output, "output", "o", "", "`path` for the format that names none")
	flags.StringVar(&o.failOn, "fail-on", "", "exit 3 from this `severity` on: critical, high, medium, low, info or none (default low)")
	flags.BoolVarP(&o.explain, "explain", "e", false, "text: say why each finding matters and how to put it right")
	addLanguageFlag(cmd, &o.lang)
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "text: list all members and what passed, not only a sample")
}

func newCheck(a *app) *cobra.Command {
	o := checkOptions{version: a.version}
	cmd := &cobra.Command{
		Use:   "check SNAPSHOT",
		Short: "Judge a snapshot and write findings and reports",
		Long: `Judge a snapshot by every control and write the findings.

Evidence that is missing never passes: a control whose evidence was denied,
failed or never asked for is unknown, and the exit code says so.

` + checkCodes,
		Example: `  postern check snapshot.json
  postern check snapshot.json --explain
  postern check snapshot.json.gz -f sarif=postern.sarif -f junit=postern.xml
  postern check snapshot.json --only D,SIGNON-001 --fail-on high`,
		Args: exactArgs(1, "name the snapshot: postern check snapshot.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := loadConfig(o.configPath)
			if err != nil {
				return err
			}
			o.fillFrom(cmd, &settings.Check)
			declared, err := o.tenantDeclarations(settings)
			if err != nil {
				return err
			}
			plan, err := o.plan(settings, declared, args[0])
			if err != nil {
				return err
			}
			if err := a.check(cmd.Context(), plan); err != nil {
				return err
			}
			a.next(plan)
			return nil
		},
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.attestation, "attestation", "", attestationUsage)
	cmd.Flags().StringVar(&o.tenant, "tenant", "", "`name` of a tenant in the configuration, for its declarations")
	return cmd
}

// checkPlan is what check does once all flags are understood.
type checkPlan struct {
	path    string
	outputs []output
	engine  engine.Options
	input   engine.Input
	maxAge  time.Duration
	waivers *waiverPlan
	// baseline is the earlier snapshot or findings, "" for none.
	baseline  string
	failOnNew bool
	report    reports.Options
	// attested is laid over the snapshot; nil for none.
	attested *attestation.Attestation
	// stated says that the snapshot's path in reports was given.
	stated bool
	// fresh says that the snapshot was just collected, so that no revision has it.
	fresh bool
}

// plan turns the flags into what is to be done with the snapshot at path, before
// anything is opened that takes long. declared are the tenant's own declarations,
// nil for none.
func (o *checkOptions) plan(settings *config, declared *declarations, path string) (*checkPlan, error) {
	plan := &checkPlan{path: path, stated: o.snapshotURI != ""}
	var err error
	if plan.outputs, err = parseOutputs(o.formats, o.output); err != nil {
		return nil, err
	}
	waivers, _ := o.waivers.path(settings)
	if err := refuseOverwrite(plan.outputs, path, o.baseline, o.attestation, waivers, cmp.Or(o.configPath, defaultConfig)); err != nil {
		return nil, err
	}
	failOn, err := parseFailOn(o.failOn)
	if err != nil {
		return nil, err
	}
	if plan.maxAge, err = parseAge(o.maxAge); err != nil {
		return nil, err
	}
	uri := o.snapshotURI
	if uri == "" {
		uri = snapshotURI(path)
	}
	meant := settings.engineDeclarations(declared)
	if err := meant.Validate(); err != nil {
		return nil, usageErrorf("correct the declarations in the configuration", "%w", err)
	}
	if plan.waivers, err = o.waivers.plan(settings); err != nil {
		return nil, err
	}
	if o.failOnNew && o.baseline == "" {
		return nil, usageErrorf("name what was there: --baseline old.json", "--fail-on-new needs a baseline")
	}
	plan.baseline, plan.failOnNew = o.baseline, o.failOnNew
	plan.waivers.options.Whole = len(o.only)+len(o.skip) == 0
	plan.engine = controlOptions(o.policy)
	plan.engine.Only, plan.engine.Skip = o.only, o.skip
	plan.input = engine.Input{
		Access:       access.NewGathering(access.Options{}),
		Declarations: meant,
		SnapshotURI:  uri,
		Tool:         finding.Tool{Name: "postern", Version: o.version},
		FailOn:       failOn,
	}
	if plan.attested, err = readAttestation(o.attestation); err != nil {
		return nil, err
	}
	plan.report, err = o.shown()
	return plan, err
}

// controlOptions are those of all controls, with the access facts that they read.
func controlOptions(own []string) engine.Options {
	return engine.Options{Policies: policies.FS(), Checked: true, Own: own, AccessSchema: access.Schema(), AccessMessages: access.Messages(), WaiversSchema: waiver.Schema()}
}

// tenantDeclarations are those of the tenant that --tenant names. Its attestation
// stands in for one that was not given.
func (o *checkOptions) tenantDeclarations(settings *config) (*declarations, error) {
	if o.tenant == "" {
		return nil, nil
	}
	tenant, err := (&targetFlags{tenant: o.tenant}).pick(settings)
	if o.attestation == "" {
		o.attestation = tenant.Attestation
	}
	return tenant.Declarations, err
}

// fillFrom takes the configuration's defaults for flags that were not given.
func (o *checkOptions) fillFrom(cmd *cobra.Command, c *checkConfig) {
	given := cmd.Flags().Changed
	if !given("lang") && c.Lang != "" {
		o.lang = c.Lang
	}
	if !given("fail-on") {
		o.failOn = c.FailOn
	}
	if !given("max-age") {
		o.maxAge = c.MaxAge
	}
	if !given("only") {
		o.only = c.Only
	}
	if !given("skip") {
		o.skip = c.Skip
	}
	if !given("policy") {
		o.policy = c.Policy
	}
}

func (a *app) check(ctx context.Context, plan *checkPlan) (failed error) {
	// The controls load while the snapshot is read.
	controls := startControls(plan.engine)
	// The file stays open while reports are written: they look the members of
	// their findings up in it.
	file, err := openToJudge(plan.path, controls)
	if err != nil {
		return err
	}
	defer closeAfter(file, &failed)
	plan.input.Read, plan.input.Text = attestedRead(plan.attested, file.Stream), file
	plan.input.Waivers = plan.waivers.open()
	if list := plan.waivers.list; list != nil {
		a.note("waivers: %s holds %d", list.File, len(list.Waivers))
	}
	plan.input.Keyed = plan.baseline != ""
	baseline := startBaseline(ctx, plan, controls)
	defer closeAfter(baseline, &failed)
	report, err := controls.Check(ctx, plan.input)
	if err != nil {
		return bare(err)
	}
	if len(report.Summarize().ByOutcome) == 0 {
		return engine.ErrNoControls // what is left speaks of waivers, and there are none
	}
	if err := baseline.compare(plan, report); err != nil {
		return err
	}
	plan.report.Source = a.source(plan.path, plan.stated)
	if plan.fresh {
		plan.report.Source.Revision = ""
	}
	if err := a.writeReports(plan.outputs, report, plan.report); err != nil {
		return err
	}
	a.code = gate(report)
	return a.refuseStale(report, plan.maxAge, plan.waivers.now())
}

// next says what there is for whoever has just read in text that not all is well.
func (a *app) next(plan *checkPlan) {
	if a.code == exitClean || !slices.Contains(plan.outputs, output{format: "text"}) {
		return
	}
	if !plan.report.Explain {
		a.note("next: postern check %s --explain   why each finding matters, and how to put it right", plan.path)
	}
	a.note("next: postern access %s            who gets in by which door", plan.path)
	a.note("next: postern plan %s              the steps that are open, in their order", plan.path)
}

// startControls begins to compile the controls.
func startControls(o engine.Options) *engine.Loading {
	putOffCollection()
	return engine.Start(o)
}

// openToJudge opens a snapshot. Where the controls do not load that is told first,
// whatever is wrong with the file.
func openToJudge(path string, controls *engine.Loading) (*snapshot.File, error) {
	file, err := snapshot.Open(path)
	if err != nil {
		if _, wrong := controls.Engine(); wrong != nil {
			return nil, wrong
		}
	}
	return file, err
}

// loadControls compiles the controls.
func loadControls(o engine.Options) (*engine.Engine, error) {
	putOffCollection()
	return engine.New(o)
}

// gate is the exit code that a report asks for.
func gate(r *finding.Report) int {
	summary := r.Summarize()
	switch {
	case summary.Gate:
		return exitFindings
	case summary.Incomplete:
		return exitUnknown
	}
	return exitClean
}

// refuseStale turns a clean exit into unknown when the snapshot is older than
// maxAge, or from the future: what it shows is not what is.
func (a *app) refuseStale(r *finding.Report, maxAge time.Duration, now time.Time) error {
	if maxAge == 0 {
		return nil
	}
	collected, err := time.Parse(time.RFC3339, r.Snapshot.CollectedAt)
	if err != nil {
		return fmt.Errorf("read the snapshot's collected_at: %w", err)
	}
	age := now.Sub(collected)
	problem := ""
	switch {
	case age > maxAge:
		problem = fmt.Sprintf("the snapshot is %s old, more than --max-age allows (%s)", days(age), days(maxAge))
	case age < -time.Hour:
		problem = fmt.Sprintf("the snapshot's collected_at lies %s in the future", days(-age))
	default:
		return nil
	}
	fmt.Fprintf(a.err, "postern: %s: %s\nhint: collect a new snapshot\n", printable(r.Snapshot.URI), problem)
	if a.code == exitClean {
		a.code = exitUnknown
	}
	return nil
}

func days(d time.Duration) string {
	if d >= 48*time.Hour {
		return strconv.Itoa(int(d.Hours()/24)) + " days"
	}
	return d.Round(time.Minute).String()
}

func parseFailOn(value string) (string, error) {
	if value == "" {
		return string(finding.Low), nil
	}
	names := []string{}
	for _, severity := range finding.Severities() {
		names = append(names, string(severity))
	}
	names = append(names, gravityNone)
	if !slices.Contains(names, value) {
		return "", usageErrorf("one of "+strings.Join(names, ", "), "unknown severity %q for --fail-on", value)
	}
	return value, nil
}

// parseAge reads a duration that may also count days: 36h, 90m, 7d.
func parseAge(value string) (time.Duration, error) {
	if value == "" {
		return 0, nil
	}
	hint := "write a number with its unit: 90m, 26h or 7d"
	if count, ok := strings.CutSuffix(value, "d"); ok {
		n, err := strconv.Atoi(count)
		if err != nil || n <= 0 || n > 36500 {
			return 0, usageErrorf(hint, "cannot read the age %q", value)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	age, err := time.ParseDuration(value)
	if err != nil || age <= 0 {
		return 0, usageErrorf(hint, "cannot read the age %q", value)
	}
	return age, nil
}

// exactArgs is cobra.ExactArgs with a hint that shows the right call.
func exactArgs(n int, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		if len(args) < n {
			return usageErrorf(hint, "%s: an argument is missing", cmd.CommandPath())
		}
		return usageErrorf(hint, "%s: too many arguments: %s", cmd.CommandPath(), strings.Join(args[n:], " "))
	}
}
