package main

import (
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors/imports/scubagear"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

func newImport(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FORMAT",
		Short: "Turn another tool's export into a snapshot",
		Long: `Turn another tool's export into a snapshot that 'postern check' can judge.

What the export does not hold stays absent, and the ledger in the snapshot says
so: the controls that need it come out as unknown, never as passed.`,
		Example: `  postern import scubagear ProviderSettingsExport.json -o snapshot.json
  postern import powershell --script Export-PosternEvidence.ps1
  postern import powershell evidence -o snapshot.json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageErrorf("name the format and what to read: postern import scubagear ProviderSettingsExport.json -o snapshot.json", "import: an argument is missing")
			}
			return usageErrorf("the formats are powershell and scubagear", "unknown import format %q", args[0])
		},
	}
	cmd.AddCommand(newImportPowerShell(a), newImportScubaGear(a))
	return cmd
}

func newImportScubaGear(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "scubagear FILE",
		Short: "Import CISA ScubaGear's ProviderSettingsExport.json",
		Long: `Import what CISA's ScubaGear exported: ProviderSettingsExport.json, or the
ScubaResults_*.json that it is merged into. It holds no mailboxes and nothing of
Okta.`,
		Example: `  postern import scubagear ProviderSettingsExport.json -o snapshot.json
  postern check snapshot.json`,
		Args: exactArgs(1, "name the file: postern import scubagear ProviderSettingsExport.json -o snapshot.json"),
		RunE: func(_ *cobra.Command, args []string) error { return a.importScubaGear(args[0], path) },
	}
	addImportOutput(cmd, &path)
	return cmd
}

func addImportOutput(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVarP(path, "output", "o", "", "`file` for the snapshot, .json or .json.gz (default stdout)")
}

const nameExport = "name ScubaGear's ProviderSettingsExport.json, which lies in the folder of its results"

func (a *app) importScubaGear(from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return withHint(fmt.Errorf("import: %s: %w", from, reason(err)), nameExport)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return withHint(fmt.Errorf("import: %s is a folder", from), nameExport)
	}
	if err := refuseSameFile(from, to); err != nil {
		return err
	}
	if err := refuseUnwritable(to); err != nil {
		return err
	}
	imported, err := scubagear.Import(file, from)
	if err != nil {
		return err
	}
	if err := a.keepImport(imported, nil, to); err != nil {
		return err
	}
	a.noteGaps(imported.Collection.Resources)
	return nil
}

// refuseSameFile keeps an export from being overwritten by its snapshot.
func refuseSameFile(from, to string) error {
	if to == "" {
		return nil
	}
	in, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if out, err := os.Stat(to); err == nil && os.SameFile(in, out) {
		return usageErrorf("choose another path for the snapshot", "the snapshot would overwrite %s", from)
	}
	return nil
}

// keepImport writes a snapshot to a file, or to stdout when path is empty.
func (a *app) keepImport(s *snapshot.Snapshot, mailboxes mailboxSeq, path string) error {
	var err error
	if path == "" {
		err = a.writeStdout(a.out, func(w io.Writer) error { return snapshot.Write(w, s, mailboxes) })
	} else {
		err = snapshot.WriteFile(path, s, mailboxes)
	}
	if err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	if path != "" {
		a.note("wrote %s", path)
	}
	return nil
}

// noteGaps says what a new snapshot does not hold, by the way it is missing.
func (a *app) noteGaps(ledger []snapshot.Resource) {
	missing := map[snapshot.Status][]string{}
	collected := 0
	for _, r := range ledger {
		if r.Status == snapshot.Collected {
			collected++
			continue
		}
		missing[r.Status] = append(missing[r.Status], r.Name)
	}
	a.note("%d of %d resources are complete", collected, len(ledger))
	for _, status := range []snapshot.Status{snapshot.Partial, snapshot.Denied, snapshot.Failed, snapshot.Unlicensed, snapshot.Skipped} {
		if names := missing[status]; len(names) > 0 {
			sort.Strings(names)
			a.note("%s: %s", status, strings.Join(names, ", "))
		}
	}
}
