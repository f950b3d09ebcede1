package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/usage"
)

// impactOptions are the flags of impact, as given.
type impactOptions struct {
	formats   []string
	output    string
	protocols []string
	days      int
	shown     usage.Options
	lang      string
}

func newImpact(a *app) *cobra.Command {
	var o impactOptions
	cmd := &cobra.Command{
		Use:   "impact SNAPSHOT",
		Short: "Say who would notice if a door were closed",
		Long: `Say, before a door is closed, who still uses it: which mailboxes got in by a
legacy client, by which protocol, with which program and when last; which can be
closed now; and of which nothing is known.

The answer rests on the sign-in logs in the snapshot. A mailbox is safe to close
only if the logs were read to the end, cover --days days and show no use. Missing
evidence, a log that was cut off and a window that is too short are "not known",
never "safe". Attempts that were refused are listed apart: they are no use. Okta's
sign-on rules do not enter into it, so an attestation of them would change nothing.

Protocols for --protocol: ` + strings.Join(doorNames(), ", ") + `.

Exit codes: 0 when all is known, 4 when evidence was missing so that something is
not known, 1 the tool failed, 2 wrong usage.`,
		Example: `  postern impact snapshot.json
  postern impact snapshot.json --in-use
  postern impact snapshot.json --protocol smtp,pop --days 14
  postern impact snapshot.json --lang nl
  postern impact snapshot.json -f csv=impact.csv -f text`,
		Args: exactArgs(1, "name the snapshot: postern impact snapshot.json"),
		RunE: func(_ *cobra.Command, args []string) error { return a.impact(&o, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.formats, "format", "f", nil, "`name[=path]`, repeatable; "+strings.Join(usage.Formats(), ", ")+" (default text); csv and json list every mailbox")
	flags.StringVarP(&o.output, "output", "o", "", "`path` for the format that names none")
	flags.StringSliceVar(&o.protocols, "protocol", nil, "ask about these `protocols` only")
	flags.IntVar(&o.days, "days", 30, "how many `days` the logs have to cover")
	flags.BoolVar(&o.shown.InUse, "in-use", false, "list only mailboxes that are in use")
	addLanguageFlag(cmd, &o.lang)
	flags.BoolVarP(&o.shown.Verbose, "verbose", "v", false, "text and markdown: list all, not only a sample")
	return cmd
}

func doorNames() []string {
	var names []string
	for _, d := range impact.Doors() {
		names = append(names, string(d))
	}
	return names
}

// options turns the flags into what is asked.
func (o *impactOptions) options() (impact.Options, error) {
	if o.days < 1 || o.days > 3650 {
		return impact.Options{}, usageErrorf("Entra keeps sign-ins for 30 days at most", "--days %d: between 1 and 3650", o.days)
	}
	asked := impact.Options{Days: o.days}
	for _, name := range o.protocols {
		door := impact.Door(strings.ToLower(strings.TrimSpace(name)))
		if !slices.Contains(impact.Doors(), door) {
			return asked, usageErrorf("protocols: "+strings.Join(doorNames(), ", "), "unknown protocol %q", name)
		}
		if !slices.Contains(asked.Doors, door) {
			asked.Doors = append(asked.Doors, door)
		}
	}
	return asked, nil
}

func (a *app) impact(o *impactOptions, path string) (failed error) {
	asked, err := o.options()
	if err != nil {
		return err
	}
	outputs, err := parseOutputsOf(usage.Formats(), o.formats, o.output)
	if err != nil {
		return err
	}
	if err := refuseOverwrite(outputs, path); err != nil {
		return err
	}
	if o.shown.Language, err = language(o.lang, nil); err != nil {
		return err
	}
	// The file stays open: lists of all mailboxes are read from it again.
	file, err := snapshot.Open(path)
	if err != nil {
		return err
	}
	defer closeAfter(file, &failed)
	report, err := impact.Analyze(file.Stream, asked)
	if err != nil {
		return err
	}
	err = a.writeOutputs(outputs, func(format string, w io.Writer, _ bool) error { return usage.Write(format, w, report, o.shown) })
	if err != nil {
		return err
	}
	if !report.Known() {
		a.code = exitUnknown
	}
	return nil
}

// writeOutputs writes each output in its format. write is told whether that is to
// stdout, which may be a terminal.
func (a *app) writeOutputs(outputs []output, write func(format string, w io.Writer, stdout bool) error) error {
	for _, o := range outputs {
		if o.path == "" {
			if err := a.writeStdout(a.out, func(w io.Writer) error { return write(o.format, w, true) }); err != nil {
				return fmt.Errorf("write %s to stdout: %w", o.format, err)
			}
			continue
		}
		if err := a.writeFile(o.path, func(w io.Writer) error { return write(o.format, w, false) }); err != nil {
			return fmt.Errorf("write %s: %w", o.format, err)
		}
		a.wrote = append(a.wrote, o.path)
		a.note("wrote %s (%s)", o.path, o.format)
	}
	return nil
}
