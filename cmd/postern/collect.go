package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

const collectLong = `Read Microsoft 365 and Okta into one snapshot. Postern only reads.

Credentials come from the environment or from files, never from flags:

  Microsoft   a certificate (AZURE_CLIENT_ID, AZURE_CLIENT_CERTIFICATE_PATH), a
              client secret (AZURE_CLIENT_ID, AZURE_CLIENT_SECRET or
              AZURE_CLIENT_SECRET_FILE), workload identity federation, GitHub
              Actions and Azure Pipelines included, a managed identity, or a
              session of 'az login'
  Okta        a service app (POSTERN_OKTA_CLIENT_ID,
              POSTERN_OKTA_PRIVATE_KEY_FILE) or an API token (POSTERN_OKTA_SSWS)
  ready-made  POSTERN_GRAPH_TOKEN, POSTERN_EXCHANGE_TOKEN, POSTERN_OKTA_TOKEN

'postern permissions' lists what to grant. What could not be read is in the
snapshot's ledger, and no control passes without it. Where every request failed, no
snapshot is written and one that was there stays.`

// collectOptions are the flags of collect, as given.
type collectOptions struct {
	targetFlags
	output     string
	configPath string
	resume     bool
}

func newCollect(a *app) *cobra.Command {
	var o collectOptions
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Read Microsoft 365 and Okta into a snapshot",
		Long:  collectLong + "\n\nExit codes: 0 a snapshot was written, whatever it lacks; 1 none was; 2 wrong usage.",
		Example: `  postern collect --tenant-id 8f2f3b0e-… --okta-org https://example.okta.com -o snapshot.json
  postern collect --tenant acme -o posture/acme.json
  postern collect --tenant acme -o posture/acme.json --resume`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := loadConfig(o.configPath)
			if err != nil {
				return err
			}
			t, err := o.resolve(settings)
			if err != nil {
				return err
			}
			if err := refuseUnwritable(o.output); err != nil {
				return err
			}
			result, store, err := a.collect(cmd.Context(), &t, o.output+".resume", o.resume)
			if err != nil {
				return err
			}
			return a.keep(result, store, o.output)
		},
	}
	o.add(cmd)
	cmd.Flags().StringVarP(&o.output, "output", "o", "snapshot.json", "`file` for the snapshot, .json or .json.gz")
	cmd.Flags().StringVar(&o.configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	cmd.Flags().BoolVar(&o.resume, "resume", false, "go on with a collection that was cut off less than a day ago")
	return cmd
}

// collect runs the collectors. An interrupted run is an error, and what it
// finished stays in the resume folder; folder is empty to keep nothing.
func (a *app) collect(ctx context.Context, t *target, folder string, resume bool) (*collectors.Result, *collectors.Store, error) {
	list, err := a.connect(t)
	if err != nil {
		return nil, nil, err
	}
	var store *collectors.Store
	if folder != "" {
		if store, err = collectors.OpenStore(folder, t.identity(), resume, time.Now()); err != nil {
			hint := "remove the folder, or collect without --resume"
			if errors.Is(err, fs.ErrPermission) {
				hint = "choose a path where a folder can be made: -o for collect, --snapshot for scan"
			}
			return nil, nil, withHint(err, hint)
		}
		if resume && !store.Resumed() {
			a.note("there is nothing to resume: collecting from the start")
		}
	}
	result, err := a.runCollectors(ctx, list, collectors.Options{
		Source: "live", Tenant: t.snapshotTenant(), Evidence: t.evidence(), Skip: t.skipped, Store: store,
	})
	if err == nil {
		err = a.refuseNothing(result, store)
	}
	return result, store, err
}

// refuseNothing makes an error of a collection in which every request failed, so that a
// network that was away does not replace the snapshot of yesterday by an empty one. A
// permission that was denied is an answer.
func (a *app) refuseNothing(result *collectors.Result, store *collectors.Store) error {
	ledger := result.Snapshot.Collection.Resources
	failed := 0
	for _, r := range ledger {
		switch {
		case r.Status == snapshot.Failed, r.Status == snapshot.Partial && (r.Items == nil || *r.Items == 0):
			failed++
		case r.Status != snapshot.Skipped:
			return nil
		}
	}
	if failed == 0 {
		return usageErrorf("leave something for --skip-resource to keep", "every resource is left out, so there is nothing to collect")
	}
	err := error(withHint(fmt.Errorf("collect: nothing could be read, and no snapshot was written\n  %s", strings.Join(causes(ledger), "\n  ")),
		"'postern permissions' with the same flags says what each token can do; behind a proxy set HTTPS_PROXY and --ca-file"))
	if store != nil {
		err = errors.Join(err, store.Remove())
	}
	return err
}

// runCollectors runs collectors with a bar or lines on stderr.
func (a *app) runCollectors(ctx context.Context, list []collectors.Collector, o collectors.Options) (*collectors.Result, error) {
	watch := newProgress(a)
	o.Progress = watch.event
	result, err := collectors.Run(ctx, list, o)
	watch.finish()
	if err != nil {
		return nil, err
	}
	if result.Canceled {
		hint := ""
		if o.Store != nil {
			hint = "what was finished is kept for a day: go on with --resume"
		}
		return nil, &exitError{code: exitFailed, err: errors.New("collect: interrupted; no snapshot was written"), hint: hint}
	}
	return result, nil
}

// identity says what a collection is of: only one with the same is resumed.
func (t *target) identity() string {
	return strings.Join([]string{t.TenantID, t.OktaOrg, t.GraphURL, t.ExchangeURL, fmt.Sprint(t.EvidenceDays), t.Attestation, strings.Join(t.Skip, ",")}, "\n")
}

// keep writes the snapshot and says what is missing from it.
func (a *app) keep(result *collectors.Result, store *collectors.Store, path string) error {
	if err := snapshot.WriteFile(path, result.Snapshot, result.Mailboxes()); err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	a.note("wrote %s: %s", path, boxes(result.MailboxCount()))
	a.noteGaps(result.Snapshot.Collection.Resources)
	a.noteCauses(result.Snapshot.Collection.Resources)
	if store != nil {
		if err := store.Remove(); err != nil {
			return fmt.Errorf("remove the resume folder: %w", err)
		}
	}
	return nil
}

func (a *app) noteCauses(ledger []snapshot.Resource) {
	for _, cause := range causes(ledger) {
		a.note("%s", cause)
	}
}

// causes says why resources failed: one cause often takes many along, so of each code
// the first resource stands for the others. The ledger has them all.
func causes(ledger []snapshot.Resource) []string {
	var codes, list []string
	failed := map[string][]snapshot.Resource{}
	for _, r := range ledger {
		if r.Status != snapshot.Failed || r.Code == collectors.CodeDependency {
			continue
		}
		if failed[r.Code] == nil {
			codes = append(codes, r.Code)
		}
		failed[r.Code] = append(failed[r.Code], r)
	}
	for _, code := range codes {
		first, others := failed[code][0], ""
		if n := len(failed[code]) - 1; n > 0 {
			others = fmt.Sprintf(", and %d more", n)
		}
		list = append(list, fmt.Sprintf("%s (%s%s): %s", code, first.Name, others, first.Message))
	}
	return list
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageErrorf(fmt.Sprintf("run '%s --help' for its flags", cmd.CommandPath()), "%s: too many arguments: %s", cmd.CommandPath(), strings.Join(args, " "))
}
