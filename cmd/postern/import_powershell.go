package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/credential"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/exchange"
	"github.com/seed-07732396/postern/collectors/imports/oktapart"
	"github.com/seed-07732396/postern/collectors/imports/powershell"
	"github.com/seed-07732396/postern/collectors/okta"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// mailboxSeq walks joined mailboxes.
type mailboxSeq = iter.Seq2[*snapshot.Mailbox, error]

// powershellOptions are the flags of import powershell, as given.
type powershellOptions struct {
	output      string
	script      string
	with        string
	tenantID    string
	collectedAt string
	oktaOrg     string
	caFile      string
}

func newImportPowerShell(a *app) *cobra.Command {
	var o powershellOptions
	cmd := &cobra.Command{
		Use:   "powershell FOLDER",
		Short: "Import what an administrator exported with PowerShell",
		Long: `Import a folder of JSON that PowerShell wrote, for a tenant that Postern may not
reach. --script writes the script that makes such a folder: it only reads, an
Exchange administrator can check it in five minutes, and it needs no more than
View-Only Organization Management or Global Reader.

The files of cmdlets that somebody ran by hand are read as well, under their
names, such as Get-CASMailbox.json. They do not say when and where they come from
(give --tenant-id and --collected-at) nor that they are all there is, so lists
among them count as partial.

Okta is read live when --okta-org is given (with the credentials that 'postern
collect' uses), or taken with --with from a snapshot that was collected where Okta
can be reached. Without either, what depends on it is unknown.`,
		Example: `  postern import powershell --script Export-PosternEvidence.ps1
  postern import powershell evidence -o snapshot.json
  postern import powershell evidence --okta-org https://example.okta.com -o snapshot.json
  postern import powershell evidence --with okta.json -o snapshot.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.script != "" {
				return noArgs(cmd, args)
			}
			return exactArgs(1, "name the folder: postern import powershell evidence -o snapshot.json")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.script != "" {
				return a.writeScript(o.script)
			}
			return a.importPowerShell(cmd.Context(), args[0], &o)
		},
	}
	addImportOutput(cmd, &o.output)
	flags := cmd.Flags()
	flags.StringVar(&o.script, "script", "", "write the export script to this `file` (- for stdout), and read nothing")
	flags.StringVar(&o.with, "with", "", "take what is known of Okta from this `snapshot`")
	flags.StringVar(&o.oktaOrg, "okta-org", "", "`URL` of the Okta org, to read it live")
	flags.StringVar(&o.tenantID, "tenant-id", "", "Entra tenant `id`, where the export does not say it")
	flags.StringVar(&o.collectedAt, "collected-at", "", "the `instant` at which the cmdlets were run, for files made by hand")
	flags.StringVar(&o.caFile, "ca-file", "", "also trust the certificate authorities in this PEM `file`")
	return cmd
}

// writeScript writes the export script, and never over another file.
func (a *app) writeScript(path string) error {
	if path == "-" {
		if _, err := io.WriteString(a.out, powershell.Script()); err != nil {
			return fmt.Errorf("write the script to stdout: %w", err)
		}
		return nil
	}
	if err := refuseUnwritable(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usageErrorf("choose another name, or take that file away first", "write the script: %s is there already", path)
	} else if err != nil {
		return fmt.Errorf("write the script: %w", err)
	}
	_, err = io.WriteString(file, powershell.Script())
	if err = errors.Join(err, file.Close()); err != nil {
		// Nobody is to run half a script.
		return fmt.Errorf("write the script: %w", errors.Join(err, os.Remove(path)))
	}
	a.note("wrote %s: read it, then run it where Exchange can be reached", path)
	return nil
}

func (a *app) importPowerShell(ctx context.Context, folder string, o *powershellOptions) error {
	if o.with != "" && o.oktaOrg != "" {
		return usageErrorf("give one of them", "--with and --okta-org both say where Okta's side comes from")
	}
	if err := errors.Join(o.refuseOverwrite(folder), refuseUnwritable(o.output)); err != nil {
		return err
	}
	export, err := powershell.Open(folder)
	if err != nil {
		return err
	}
	tenant, at, err := o.origin(export)
	if err != nil {
		return err
	}
	var part *oktapart.Part
	if o.with != "" { // before the long reading
		if part, err = oktapart.Read(o.with); err != nil {
			return err
		}
	}
	list, err := a.importers(export, tenant, o)
	if err != nil {
		return err
	}
	result, err := a.runCollectors(ctx, list, collectors.Options{
		Source: "powershell", Tenant: tenant, Evidence: evidenceOf(export), Skip: skippedOf(export),
		Now: func() time.Time { return at },
	})
	if err != nil {
		return err
	}
	s, mailboxes := result.Snapshot, result.Mailboxes()
	if o.oktaOrg != "" {
		stampOkta(s, time.Now())
	}
	if part != nil {
		if mailboxes, err = part.Into(s, mailboxes); err != nil {
			return err
		}
		a.note("Okta was collected at %s, the export is of %s: the snapshot counts from the older", part.CollectedAt(), snapshot.NewInstant(at))
	}
	if err := a.keepImport(s, mailboxes, o.output); err != nil {
		return err
	}
	a.note("%s", boxes(result.MailboxCount()))
	a.noteGaps(s.Collection.Resources)
	a.noteReasons(s.Collection.Resources)
	return nil
}

// refuseOverwrite keeps the snapshot from being written over what it is made of.
func (o *powershellOptions) refuseOverwrite(folder string) error {
	if o.with != "" {
		if _, err := os.Stat(o.with); err == nil {
			if err := refuseSameFile(o.with, o.output); err != nil {
				return err
			}
		}
	}
	if o.output == "" {
		return nil
	}
	export, err := os.Stat(folder)
	if err != nil {
		return nil // Open says what is wrong with it
	}
	if in, err := os.Stat(filepath.Dir(o.output)); err == nil && os.SameFile(export, in) {
		return usageErrorf("choose a path outside the folder", "%s lies in the export, and may overwrite a part of it", o.output)
	}
	return nil
}

// origin says whose export it is and when it was made.
func (o *powershellOptions) origin(export *powershell.Export) (snapshot.Tenant, time.Time, error) {
	tenant, at := export.Tenant(), export.StartedAt()
	switch {
	case tenant.ID == "":
		tenant.ID = o.tenantID
	case o.tenantID != "" && !strings.EqualFold(o.tenantID, tenant.ID):
		return tenant, at, usageErrorf("leave out --tenant-id, or import the right folder", "the export is of tenant %s, not %s", tenant.ID, o.tenantID)
	}
	if tenant.ID == "" {
		return tenant, at, usageErrorf("give --tenant-id: findings have to say whose they are", "the export does not say which tenant it is of")
	}
	tenant.OktaOrg = strings.TrimRight(o.oktaOrg, "/")
	if export.HasManifest() {
		if o.collectedAt != "" {
			return tenant, at, usageErrorf("leave out --collected-at", "the export says itself when it was made")
		}
		return tenant, at, nil
	}
	if o.collectedAt == "" {
		return tenant, at, usageErrorf("give --collected-at, such as 2026-11-20T08:00:00Z; a file's own date changes when it is copied",
			"files made by hand do not say when the cmdlets were run")
	}
	at, err := time.Parse(time.RFC3339, o.collectedAt)
	if err != nil || at.After(time.Now().Add(time.Hour)) {
		return tenant, at, usageErrorf("write an instant that is past, such as 2026-11-20T08:00:00Z", "cannot use the instant %q of --collected-at", o.collectedAt)
	}
	return tenant, at, nil
}

// importers are the collectors of an export: Exchange from its files, Graph from
// the answers that the script had, Okta live or not at all.
func (a *app) importers(export *powershell.Export, tenant snapshot.Tenant, o *powershellOptions) ([]collectors.Collector, error) {
	mail, err := export.Exchange(exchange.Offers())
	if err != nil {
		return nil, err
	}
	directory := collectors.Absent("entra", entra.Offers(), "the export holds no answers of Graph; the script asks for them with -IncludeGraph")
	if export.HasGraph() {
		if directory, err = replayed(export, tenant.Cloud); err != nil {
			return nil, err
		}
	}
	org := collectors.Absent("okta", okta.Offers(), "an export by PowerShell holds nothing of Okta; give --okta-org, or --with a snapshot that does")
	if o.oktaOrg != "" {
		t := &target{TenantID: tenant.ID, OktaOrg: tenant.OktaOrg, CAFile: o.caFile}
		network, err := a.network(t)
		if err != nil {
			return nil, err
		}
		if org, err = a.okta(t, network); err != nil {
			return nil, err
		}
	}
	return []collectors.Collector{directory, mail, org}, nil
}

// replayed is Graph's collector over recorded answers: nothing is to be waited for,
// and nobody is asked for credentials.
func replayed(export *powershell.Export, cloudName string) (collectors.Collector, error) {
	cloud, err := credential.CloudByName(cmp.Or(cloudName, "public"))
	if err != nil {
		return nil, err
	}
	return entra.New(entra.Config{URL: cloud.Graph, Network: collectors.Network{
		Base:  export.Graph(),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}})
}

// evidenceOf is how far back the script read the sign-ins.
func evidenceOf(export *powershell.Export) time.Duration {
	return time.Duration(cmp.Or(export.SignInDays(), defaultEvidenceDays)) * 24 * time.Hour
}

// skippedOf leaves out the sign-ins that the script was told not to read.
func skippedOf(export *powershell.Export) func(string) string {
	return func(resource string) string {
		asked := export.HasGraph() && export.SignInDays() == 0
		if asked && (resource == "entra.sign_ins" || resource == "entra.non_interactive_sign_ins") {
			return "the script was run with -SignInDays 0"
		}
		return ""
	}
}

// stampOkta says of what was read live when that was: the clock of an import
// stands at the time of the export.
func stampOkta(s *snapshot.Snapshot, now time.Time) {
	at := snapshot.NewInstant(now)
	for i := range s.Collection.Resources {
		if line := &s.Collection.Resources[i]; strings.HasPrefix(line.Name, "okta.") && line.CollectedAt != nil {
			line.CollectedAt = &at
		}
	}
}

// noteReasons says why a file of an export could not be used, or not all of it.
func (a *app) noteReasons(ledger []snapshot.Resource) {
	for _, line := range ledger {
		if line.Status == snapshot.Failed || line.Status == snapshot.Partial {
			a.note("%s: %s", line.Name, line.Message)
		}
	}
}
