package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/attestation"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/doors"
)

// accessOptions are the flags of access, as given.
type accessOptions struct {
	formats     []string
	output      string
	protocols   []string
	methods     []string
	open        bool
	user        string
	before      string
	input       bool
	asPublished bool
	configPath  string
	tenant      string
	attestation string
	snapshotURI string
	lang        string
	version     string
}

func newAccess(a *app) *cobra.Command {
	o := accessOptions{version: a.version}
	cmd := &cobra.Command{
		Use:   "access SNAPSHOT",
		Short: "Show who can reach the mail, by which door",
		Long: `Work out from a snapshot who can reach the mail by which protocol and method
without a second factor, and show it as the whitepaper draws it: a matrix, an
example of who gets in for each door that is open or may be, the rules that let
them, and the locks of the others.

What was not collected never closes a door: it is named at the top, and the doors
that depend on it may be open.

Exit codes: 0 no door is open, 3 one is, be it a confined exception, 4 none is known
to be but one may be or evidence is missing. With --protocol, --method or --user they
speak of these alone, with --before of the later snapshot.`,
		Example: `  postern access snapshot.json
  postern access snapshot.json -f svg=access.svg -f markdown=access.md
  postern access snapshot.json --open --protocol pop,imap,smtp
  postern access snapshot.json --user sanne@example.com
  postern access --before last-month.json snapshot.json
  postern access snapshot.json --input -o input.json`,
		Args: exactArgs(1, "name the snapshot: postern access snapshot.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := loadConfig(o.configPath)
			if err != nil {
				return err
			}
			plan, err := o.plan(settings, args[0])
			if err != nil {
				return err
			}
			if o.input {
				return a.writeInput(cmd.Context(), plan)
			}
			return a.access(cmd.Context(), plan)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.formats, "format", "f", nil, "`name[=path]` of a report, repeatable; "+strings.Join(accessFormats(), ", "))
	flags.StringVarP(&o.output, "output", "o", "", "`path` for the format that names none, or for --input")
	flags.StringSliceVar(&o.protocols, "protocol", nil, "look at these `protocols` only: "+strings.Join(ids(access.Protocols()), ", "))
	flags.StringSliceVar(&o.methods, "method", nil, "look at these `methods` only: "+strings.Join(ids(access.Methods()), ", "))
	flags.BoolVar(&o.open, "open", false, "show only the doors that are open or may be")
	flags.StringVar(&o.user, "user", "", "explain one person's doors: a `user` principal name, mail address or id")
	flags.StringVar(&o.before, "before", "", "compare with this earlier `snapshot`, mailbox by mailbox")
	flags.BoolVar(&o.asPublished, "as-published", false, "leave out what Microsoft has changed since the whitepaper")
	flags.BoolVar(&o.input, "input", false, "write the whole input of the controls instead, for plain OPA")
	flags.StringVar(&o.configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	flags.StringVar(&o.attestation, "attestation", "", attestationUsage)
	flags.StringVar(&o.tenant, "tenant", "", "`name` of a tenant in the configuration, for its declarations")
	flags.StringVar(&o.snapshotURI, "snapshot-uri", "", "the snapshot's `path` in reports (default: relative to the git root)")
	addLanguageFlag(cmd, &o.lang)
	return cmd
}

// ids gives the ids of protocols or methods.
func ids[T ~string](list []T) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = string(v)
	}
	return names
}

// accessFormats are the formats of access, the default first.
func accessFormats() []string { return []string{"text", "json", "markdown", "csv", "svg"} }

// writeDoors writes a report of doors in one of accessFormats.
func writeDoors(format string, w io.Writer, r *doors.Report, o doors.Options) error {
	switch format {
	case "json":
		return doors.JSON(w, r, o)
	case "markdown":
		return doors.Markdown(w, r, o)
	case "csv":
		return doors.CSV(w, r, o)
	case "svg":
		return doors.SVG(w, r, o)
	}
	return doors.Text(w, r, o)
}

// accessPlan is what access does once all flags are understood.
type accessPlan struct {
	path, before string
	uri          string
	user         string
	outputs      []output
	scope        doors.Scope
	options      access.Options
	declared     engine.Declarations
	attested     *attestation.Attestation
	language     *finding.Language
	tool         finding.Tool
}

// plan turns the flags into what is to be done.
func (o *accessOptions) plan(settings *config, path string) (*accessPlan, error) {
	p := &accessPlan{
		path: path, before: o.before, uri: o.snapshotURI, user: strings.TrimSpace(o.user),
		options: access.Options{AsPublished: o.asPublished}, tool: finding.Tool{Name: "postern", Version: o.version},
	}
	if p.uri == "" {
		p.uri = snapshotURI(path)
	}
	if err := o.together(); err != nil {
		return nil, err
	}
	var err error
	if o.input {
		p.outputs = []output{{path: o.output}}
	} else if p.outputs, err = parseOutputsOf(accessFormats(), o.formats, o.output); err != nil {
		return nil, err
	}
	for _, from := range []string{path, o.before} {
		if from != "" {
			if err := refuseOverwrite(p.outputs, from); err != nil {
				return nil, err
			}
		}
	}
	if p.scope.Protocols, err = chosen("--protocol", o.protocols, ids(access.Protocols())); err != nil {
		return nil, err
	}
	if p.scope.Methods, err = chosen("--method", o.methods, ids(access.Methods())); err != nil {
		return nil, err
	}
	p.scope.OpenOnly = o.open
	judged := &checkOptions{tenant: o.tenant, attestation: o.attestation}
	own, err := judged.tenantDeclarations(settings)
	if err != nil {
		return nil, err
	}
	if p.attested, err = readAttestation(judged.attestation); err != nil {
		return nil, err
	}
	p.declared = settings.engineDeclarations(own)
	if err := p.declared.Validate(); err != nil {
		return nil, usageErrorf("correct the declarations in the configuration", "%w", err)
	}
	p.language, err = language(o.lang, nil)
	return p, err
}

// together refuses flags that contradict each other.
func (o *accessOptions) together() error {
	const separately = "run postern access once for each"
	switch {
	case o.user != "" && o.before != "":
		return usageErrorf(separately, "--user explains one snapshot, --before compares two")
	case o.input && (len(o.formats) > 0 || o.user != "" || o.before != "" || o.open || len(o.protocols) > 0 || len(o.methods) > 0):
		return usageErrorf(separately, "--input writes the input of the controls and no report of doors: only -o, --config, --tenant and --attestation go with it")
	case o.input && o.asPublished:
		return usageErrorf("leave one of them out", "--input is what controls judge, which is never --as-published")
	}
	return nil
}

// chosen reads a list of names that has to be among those that are known, in their
// order.
func chosen(flag string, given, known []string) ([]string, error) {
	var list []string
	for _, name := range given {
		if !slices.Contains(known, strings.ToLower(strings.TrimSpace(name))) {
			return nil, usageErrorf("one of "+strings.Join(known, ", "), "unknown name %q for %s", name, flag)
		}
	}
	for _, name := range known {
		if slices.ContainsFunc(given, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) }) {
			list = append(list, name)
		}
	}
	return list, nil
}

// access works out the doors and writes them.
func (a *app) access(ctx context.Context, p *accessPlan) (err error) {
	run, err := p.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.close()) }()
	report, err := run.report(ctx)
	if err != nil {
		return err
	}
	a.code = map[doors.State]int{doors.Open: exitFindings, doors.Undecided: exitUnknown, doors.Incomplete: exitUnknown, doors.Closed: exitClean}[report.State()]
	return a.writeOutputs(p.outputs, func(format string, w io.Writer, stdout bool) error {
		shown := doors.Options{Language: p.language, Exit: a.code}
		if stdout {
			shown.Color, shown.Width = a.color(), a.width
		}
		return writeDoors(format, w, report, shown)
	})
}
