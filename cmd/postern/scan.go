package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func newScan(a *app) *cobra.Command {
	var t targetFlags
	o := checkOptions{version: a.version}
	var keepAt string
	var resume bool
	cmd := &cobra.Command{
		Use:   "scan",
		Short: "Collect and check in one go",
		Long: `Collect and check in one go: 'postern collect' and 'postern check' with the flags
of both. The snapshot is kept with --snapshot; without it, reports point at a file
that is gone when the scan ends.

` + checkCodes + "\n\n" + collectLong,
		Example: `  postern scan --tenant-id 8f2f3b0e-… --okta-org https://example.okta.com
  postern scan --tenant acme --snapshot posture/acme.json -f sarif=postern.sarif`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (failed error) {
			settings, err := loadConfig(o.configPath)
			if err != nil {
				return err
			}
			where, err := t.resolve(settings)
			if err != nil {
				return err
			}
			if err := refuseUnwritable(keepAt); err != nil {
				return err
			}
			path := keepAt
			if path == "" {
				folder, err := os.MkdirTemp("", "postern-")
				if err != nil {
					return fmt.Errorf("make a folder for the snapshot: %w", err)
				}
				defer removeFolder(folder, &failed)
				path = filepath.Join(folder, "snapshot.json")
			}
			o.fillFrom(cmd, &settings.Check)
			o.attestation = where.Attestation
			// What is wrong with the check's flags is said before an hour of collecting.
			plan, err := o.plan(settings, where.Declarations, path)
			if err != nil {
				return err
			}
			plan.fresh = true
			kept := ""
			if keepAt != "" {
				kept = keepAt + ".resume"
			}
			result, store, err := a.collect(cmd.Context(), &where, kept, resume)
			if err != nil {
				return err
			}
			if err := a.keep(result, store, path); err != nil {
				return err
			}
			if err := a.check(cmd.Context(), plan); err != nil {
				return err
			}
			if keepAt != "" {
				a.next(plan)
			}
			return nil
		},
	}
	t.add(cmd)
	o.addFlags(cmd)
	cmd.Flags().StringVar(&keepAt, "snapshot", "", "keep the snapshot in this `file`, .json or .json.gz")
	cmd.Flags().BoolVar(&resume, "resume", false, "go on with a collection that was cut off less than a day ago (needs --snapshot)")
	return cmd
}
