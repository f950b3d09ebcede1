package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// app is what all commands share in one run of the program.
type app struct {
	streams
	quiet   bool
	noColor bool
	// started is set once a command's own code runs; until then an error is the
	// command line's fault.
	started bool
	// code is what a command that worked wants to exit with.
	code int
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	a := &app{streams: s}
	root := newRoot(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return a.code
	}
	code, hint := exitCode(err, a.started)
	fmt.Fprintf(s.err, "postern: %s\n", errorText(err))
	if hint != "" {
		fmt.Fprintf(s.err, "hint: %s\n", printable(hint))
	}
	return code
}

// errorText is one error for the terminal. Names in it may come from a tenant or
// a file, so control characters are shown, not obeyed.
func errorText(err error) string {
	if errors.Is(err, context.Canceled) {
		text := "interrupted: nothing was written"
		if left := (*leftover)(nil); errors.As(err, &left) {
			text += "\n" + printable(left.Error())
		}
		return text
	}
	return printable(strings.TrimSpace(err.Error()))
}

// knownCommand refuses what is no command, and names the one that was meant.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "'postern --help' lists the commands"
	if names := root.SuggestionsFor(args[0]); len(names) > 0 {
		hint = "did you mean " + strings.Join(names, " or ") + "?"
	}
	return usageErrorf(hint, "unknown command %q", args[0])
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "postern",
		Short: "Find every way into Office 365 mail that passes MFA by",
		Long: `Postern answers one question about a Microsoft 365 tenant that is federated with
Okta: is there any way left into the mail that does not pass through MFA?

A snapshot holds the configuration of both sides in one JSON document. Controls
judge it by Okta's whitepaper "Securing Office 365 with Okta", step by step, and
the findings go out as text, SARIF, JUnit and more.

Exit codes: 0 clean, 1 the tool failed, 2 wrong usage, 3 findings at or above
--fail-on, 4 no such finding but some outcome unknown or error.`,
		Example: `  postern demo
  postern scan --tenant-id 8f2f3b0e-… --okta-org https://example.okta.com
  postern check snapshot.json
  postern check snapshot.json -f sarif=out.sarif -f junit=out.xml
  postern import scubagear ProviderSettingsExport.json -o snapshot.json
  postern import powershell evidence -o snapshot.json
  postern access snapshot.json
  postern controls BASIC-002`,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		SilenceErrors:              true,
		Args:                       knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRun: func(*cobra.Command, []string) { a.started = true },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageErrorf(fmt.Sprintf("run '%s --help' for its flags", cmd.CommandPath()), "%w", err)
	})
	flags := root.PersistentFlags()
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "no progress and no notes on stderr, only errors")
	flags.BoolVar(&a.noColor, "no-color", false, "no colours (also by the NO_COLOR environment variable)")
	root.AddCommand(
		newDemo(a),
		newScan(a),
		newCollect(a),
		newPermissions(a),
		newCheck(a),
		newWaive(a),
		newDiff(a),
		newReport(a),
		newAccess(a),
		newImpact(a),
		newPlan(a),
		newImport(a),
		newControls(a),
		newVersion(a),
	)
	return root
}

// color reports whether output to stdout may be coloured.
func (a *app) color() bool {
	return a.outTerminal && !a.noColor && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

// note tells the person at the terminal something that is not a result.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintln(a.err, printable(fmt.Sprintf(format, args...)))
	}
}
