package main

import (
	"github.com/spf13/cobra"

	reportsjson "github.com/seed-07732396/postern/reports/json"
)

func newReport(a *app) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "report FINDINGS",
		Short: "Turn saved findings into any format",
		Long: `Turn findings that 'postern check -f json=findings.json' saved into any format,
without the snapshot. The exit code is that of the check; --fail-on asks anew.`,
		Example: `  postern check snapshot.json -f json=findings.json
  postern report findings.json -f markdown
  postern report findings.json -f sarif-full=audit.sarif -f csv=findings.csv`,
		Args: exactArgs(1, "name the findings: postern report findings.json"),
		RunE: func(_ *cobra.Command, args []string) (failed error) {
			outputs, err := parseOutputs(o.formats, o.output)
			if err != nil {
				return err
			}
			if err := refuseOverwrite(outputs, args[0]); err != nil {
				return err
			}
			read, err := openFindings(args[0], reportsjson.Open)
			if err != nil {
				return err
			}
			defer closeAfter(read, &failed)
			saved := read.report
			if o.failOn != "" {
				if saved.FailOn, err = parseFailOn(o.failOn); err != nil {
					return err
				}
			}
			options, err := o.shown()
			if err != nil {
				return err
			}
			// Where the snapshot was is not saved: only the build system can tell.
			options.Source = buildSource(a.getenv)
			if err := a.writeReports(outputs, saved, options); err != nil {
				return err
			}
			a.code = gate(saved)
			return nil
		},
	}
	o.addReportFlags(cmd)
	return cmd
}
