package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-07732396/postern/policies/engine"
)

// app is what all commands share in one run of the program.
type app struct {
	streams
	quiet   bool
	noColor bool
	// started is set once a command's own code runs; until then an error is the
	// command line's fault.
	started bool
	// interrupted is why the command has to stop, if it has to.
	interrupted func() error
	// wrote are the reports that are whole.
	wrote []string
	// code is what a command that worked wants to exit with.
	code int
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	a := &app{streams: s}
	root := newRoot(a)
	root.SetArgs(args)
	helpWithCompletion(root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return a.code
	}
	code, hint := exitCode(err, a.started)
	fmt.Fprintf(s.err, "postern: %s\n", a.errorText(err, hint))
	if hint != "" {
		fmt.Fprintf(s.err, "hint: %s\n", printable(hint))
	}
	return code
}

// errorText is one error for the terminal. Names in it may come from a tenant or
// a file, so control characters are shown, not obeyed. What the hint says below it is
// not said twice.
func (a *app) errorText(err error, hint string) string {
	if errors.Is(err, context.Canceled) {
		text := "interrupted: nothing was written"
		if len(a.wrote) > 0 {
			text = "interrupted: only " + strings.Join(a.wrote, ", ") + " was written"
		}
		if left, ok := errors.AsType[*leftover](err); ok {
			text += "\n" + left.Error()
		}
		return printable(text)
	}
	text := strings.TrimSuffix(strings.TrimSpace(err.Error()), " ("+hint+")")
	if name, ok := errors.AsType[*engine.NameError](err); ok {
		text = strings.TrimSuffix(text, fmt.Sprintf(": did you mean %q?", name.Suggestion))
	}
	return printable(text)
}

// refuseEmpty refuses a name that is empty, as an unset variable of a script leaves it:
// to read it as if the flag were not there would judge something else in silence.
func refuseEmpty(cmd *cobra.Command, args []string) error {
	const hint = "a variable of the script may not be set; leave the flag out if nothing is meant"
	if cmd.Hidden {
		return nil // a shell that asks for completions gives what was typed so far
	}
	if slices.Contains(args, "") {
		return usageErrorf("a variable of the script may not be set", "%s: an argument is empty", cmd.CommandPath())
	}
	empty := ""
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		list, many := flag.Value.(pflag.SliceValue)
		switch {
		case many && (len(list.GetSlice()) == 0 || slices.Contains(list.GetSlice(), "")), !many && flag.Value.String() == "":
			empty = flag.Name
		}
	})
	if empty != "" {
		return usageErrorf(hint, "--%s is empty", empty)
	}
	return nil
}

// helpWithCompletion lets help and completion, which cobra brings, refuse what they do
// not know instead of printing something else.
func helpWithCompletion(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.RunE, cmd.Run = func(_ *cobra.Command, args []string) error { return helpAbout(root, args) }, nil
		case "completion":
			cmd.RunE = func(_ *cobra.Command, args []string) error {
				const hint = "write a script for one of bash, zsh, fish and powershell: postern completion bash"
				if len(args) == 0 {
					return usageErrorf(hint, "completion: name the shell")
				}
				return usageErrorf(hint, "unknown shell %q", args[0])
			}
			cmd.Args = nil
		}
	}
}

func helpAbout(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err != nil || len(rest) > 0 {
		return knownCommand(root, args)
	}
	cmd.InitDefaultHelpFlag()
	return cmd.Help()
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
  postern permissions
  postern collect --tenant-id 8f2f3b0e-… --okta-org https://example.okta.com -o snapshot.json
  postern check snapshot.json -f text -f html=report.html
  postern access snapshot.json
  postern plan snapshot.json -f markdown=runbook.md -f powershell=plan.ps1`,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		SilenceErrors:              true,
		Args:                       knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if err := refuseEmpty(cmd, args); err != nil {
				return err
			}
			a.started, a.interrupted = true, cmd.Context().Err
			return nil
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	// Terminals and CI logs cut lines, or wrap them where nobody can read them.
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 80 "))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		hint := fmt.Sprintf("run '%s --help' for its flags", cmd.CommandPath())
		if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
			return usageErrorf(hint, "--%s: cannot take %q", wrong.GetFlag().Name, wrong.GetValue())
		}
		return usageErrorf(hint, "%w", err)
	})
	flags := root.PersistentFlags()
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "no progress and no notes on stderr, only errors")
	flags.BoolVar(&a.noColor, "no-color", false, "no colours (also by the NO_COLOR environment variable)")
	for _, group := range []struct {
		id, title string
		commands  []*cobra.Command
	}{
		{"get", "Get a snapshot:", []*cobra.Command{newDemo(a), newPermissions(a), newCollect(a), newScan(a), newImport(a)}},
		{"judge", "Judge it, and live with what is found:", []*cobra.Command{newCheck(a), newReport(a), newControls(a), newWaive(a), newDiff(a)}},
		{"act", "See who gets in, and close what is open:", []*cobra.Command{newAccess(a), newImpact(a), newPlan(a)}},
	} {
		root.AddGroup(&cobra.Group{ID: group.id, Title: group.title})
		for _, cmd := range group.commands {
			cmd.GroupID = group.id
			root.AddCommand(cmd)
		}
	}
	root.AddCommand(newVersion(a))
	completeFlags(root)

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
