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

// importers are the formats of import, by name.
func importers() map[string]func(io.Reader, string) (*snapshot.Snapshot, error) {
	return map[string]func(io.Reader, string) (*snapshot.Snapshot, error){
		"scubagear": scubagear.Import,
	}
}

func newImport(a *app) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "import FORMAT FILE",
		Short: "Turn another tool's export into a snapshot",
		Long: `Turn another tool's export into a snapshot that 'postern check' can judge.

What the export does not hold stays absent, and the ledger in the snapshot says
so: the controls that need it come out as unknown, never as passed.

Formats:
  scubagear   CISA ScubaGear's ProviderSettingsExport.json`,
		Example: `  postern import scubagear ProviderSettingsExport.json -o snapshot.json
  postern check snapshot.json`,
		Args: exactArgs(2, "name the format and the file: postern import scubagear ProviderSettingsExport.json -o snapshot.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			importer, ok := importers()[args[0]]
			if !ok {
				return usageErrorf("the only format is scubagear", "unknown import format %q", args[0])
			}
			return a.importFile(importer, args[1], path)
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "", "`file` for the snapshot, .json or .json.gz (default stdout)")
	return cmd
}

func (a *app) importFile(importer func(io.Reader, string) (*snapshot.Snapshot, error), from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer file.Close()
	if in, err := file.Stat(); err == nil && to != "" {
		if out, err := os.Stat(to); err == nil && os.SameFile(in, out) {
			return usageErrorf("choose another path for the snapshot", "the snapshot would overwrite %s", from)
		}
	}
	imported, err := importer(file, from)
	if err != nil {
		return err
	}
	if to == "" {
		err = writeStdout(a.out, func(w io.Writer) error { return snapshot.Write(w, imported, nil) })
	} else {
		err = snapshot.WriteFile(to, imported, nil)
	}
	if err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	if to != "" {
		a.note("wrote %s", to)
	}
	a.noteGaps(imported.Collection.Resources)
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
