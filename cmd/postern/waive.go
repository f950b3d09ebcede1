package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/waiver"
)

// waiveOptions are the flags of waive, as given.
type waiveOptions struct {
	control, id, reason, owner, ticket, expires string

	resource, message, fingerprint, user, group, recipientType, domain string
	args                                                               []string
	whole, pin, list                                                   bool

	check checkOptions
}

func newWaive(a *app) *cobra.Command {
	o := waiveOptions{check: checkOptions{version: a.version, lang: "en"}}
	cmd := &cobra.Command{
		Use:   "waive FINDINGS|SNAPSHOT --control ID",
		Short: "Write down that the organisation lives with a finding for now",
		Long: `Write an entry into the waivers file: what is waived, why, who answers for it, and
until when. What stands in the file stays as it is, comments included.

The entry is held against the findings first: one that would waive nothing, or
what is waived already, is not written. What a waiver is about keeps its outcome
and stays in every report, marked, until the last day of the waiver is over.

With --pin the entry holds a hash of those it is about today, without a name, and the
protocols that are open. It lapses as soon as somebody else is concerned as well, or
by another protocol, and the report says who and which.`,
		Example: `  postern waive snapshot.json --control PROTO-005 --user scanner@example.com --reason "replaced in January" --owner mail@example.com --expires 2027-02-01
  postern waive snapshot.json --control BASIC-003 --group "Field staff" --pin --reason … --owner … --expires 2027-02-01
  postern waive findings.json --control SIGNON-004 --fingerprint 0c9f… --reason … --owner … --expires 2027-02-01
  postern waive --list`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 0 && !o.list {
				return usageErrorf("postern waive snapshot.json --control BASIC-003 …", "name one snapshot, or one file of saved findings")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := loadConfig(o.check.configPath)
			if err != nil {
				return err
			}
			if o.list {
				return a.listWaivers(cmd.Context(), settings, &o, args)
			}
			return a.waive(cmd.Context(), settings, &o, args[0])
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *waiveOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.control, "control", "", "`id` of the control")
	flags.StringVar(&o.resource, "resource", "", "waive one `kind=name` (or its id), such as domain=example.com")
	flags.StringVar(&o.message, "cause", "", "waive what has this `message` key, as in the JSON report")
	flags.StringArrayVar(&o.args, "arg", nil, "and this argument, `name=value`, repeatable (with --cause, or alone)")
	flags.StringVar(&o.fingerprint, "fingerprint", "", "waive the finding with this `fingerprint`")
	flags.StringVar(&o.user, "user", "", "waive one user, by `name` or id")
	flags.StringVar(&o.group, "group", "", "waive the members of a group, by `id` or name")
	flags.StringVar(&o.recipientType, "recipient-type", "", "waive mailboxes of a `type`, such as SharedMailbox")
	flags.StringVar(&o.domain, "domain", "", "waive mailboxes of a `domain`")
	flags.BoolVar(&o.whole, "whole-control", false, "waive whatever the control finds")
	flags.StringVar(&o.reason, "reason", "", "`why` the organisation lives with it")
	flags.StringVar(&o.owner, "owner", "", "`who` answers for it")
	flags.StringVar(&o.ticket, "ticket", "", "`ticket` in which it was decided")
	flags.StringVar(&o.expires, "expires", "", "the last `day` on which it holds, such as 2027-03-01")
	flags.StringVar(&o.id, "id", "", "`name` of the waiver (default: made of control and scope)")
	flags.BoolVar(&o.pin, "pin", false, "only for those whom it is about today, by the protocols that are open today")
	flags.BoolVar(&o.list, "list", false, "list the waivers, with what became of them if a file is named")
	flags.StringVar(&o.check.waivers.file, "waivers", "", "the `file` to write to (default waivers.yaml beside the configuration)")
	o.check.waivers.addNow(cmd)
	flags.StringArrayVar(&o.check.policy, "policy", nil, "also load the controls in this `folder`, repeatable")
	flags.StringVar(&o.check.configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	flags.StringVar(&o.check.attestation, "attestation", "", attestationUsage)
	flags.StringVar(&o.check.tenant, "tenant", "", "`name` of a tenant in the configuration, for its declarations")
}

// waive holds a new waiver against the evidence and writes it.
func (a *app) waive(ctx context.Context, settings *config, o *waiveOptions, evidence string) (failed error) {
	fresh, err := o.waiver()
	if err != nil {
		return err
	}
	path, _ := o.check.waivers.path(settings)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the waivers: %w", err)
	}
	list := &waiver.List{File: path}
	if len(strings.TrimSpace(string(text))) > 0 {
		if list, err = waiver.Read(path, text); err != nil {
			return waiverError(err)
		}
	}
	if slices.ContainsFunc(list.Waivers, func(w waiver.Waiver) bool { return w.ID == fresh.ID }) {
		return usageErrorf("take the old entry out, or give the new one an --id of its own", "%s holds a waiver %s already", path, fresh.ID)
	}
	t, err := a.try(ctx, settings, o, list, fresh, evidence)
	if r := fresh.Scope.Resource; err != nil && r != nil {
		// What was given may as well be the resource's id.
		byID := *fresh
		byID.ID, byID.Scope.Resource = o.id, &waiver.Resource{Kind: r.Kind, ID: r.Name}
		byID.SetID()
		if again, failed := a.try(ctx, settings, o, list, &byID, evidence); failed == nil {
			t, fresh, err = again, &byID, nil
		}
	}
	if err != nil {
		return err
	}
	defer closeAfter(t, &failed)
	if o.pin {
		fresh.Pin = t.gathering.PinOf(t.entry)
	}
	inserted, err := waiver.Insert(path, text, fresh)
	if err != nil {
		return waiverError(err)
	}
	if err := a.replaceFile(path, inserted); err != nil {
		return fmt.Errorf("write the waivers: %w", err)
	}
	return a.writeStdout(a.out, func(w io.Writer) error { return t.tell(w, path, fresh) })
}

// waiver is what the flags say.
func (o *waiveOptions) waiver() (*waiver.Waiver, error) {
	var missing []string
	for _, flag := range []struct{ name, value string }{
		{"control", o.control}, {"reason", o.reason}, {"owner", o.owner}, {"expires", o.expires},
	} {
		if strings.TrimSpace(flag.value) == "" {
			missing = append(missing, "--"+flag.name)
		}
	}
	if len(missing) > 0 {
		return nil, usageErrorf("a waiver says what, why, who and until when", "missing: %s", strings.Join(missing, ", "))
	}
	w := &waiver.Waiver{ID: o.id, Control: strings.ToUpper(o.control), Reason: strings.TrimSpace(o.reason), Owner: strings.TrimSpace(o.owner), Ticket: strings.TrimSpace(o.ticket)}
	var err error
	if w.Expires, err = waiver.ParseDay(o.expires); err != nil {
		return nil, usageErrorf("write the last day on which it holds, such as 2027-03-01", "--expires: %w", err)
	}
	if w.Scope, err = o.scope(); err != nil {
		return nil, err
	}
	w.SetID()
	return w, nil
}

func (o *waiveOptions) scope() (waiver.Scope, error) {
	var s waiver.Scope
	given := 0
	for _, is := range []bool{
		o.resource != "", o.message != "" || len(o.args) > 0, o.fingerprint != "", o.user != "", o.group != "",
		o.recipientType != "" || o.domain != "", o.whole,
	} {
		if is {
			given++
		}
	}
	if given != 1 {
		return s, usageErrorf("one of --resource, --cause, --fingerprint, --user, --group, --recipient-type with --domain, or --whole-control", "say what is waived, in one way")
	}
	s.Fingerprint, s.User, s.Group, s.WholeControl = o.fingerprint, o.user, o.group, o.whole
	if o.resource != "" {
		kind, name, ok := strings.Cut(o.resource, "=")
		if !ok || kind == "" || name == "" {
			return s, usageErrorf("write --resource domain=example.com", "cannot read the resource %q", o.resource)
		}
		s.Resource = &waiver.Resource{Kind: kind, Name: name}
	}
	if o.recipientType != "" || o.domain != "" {
		s.Mailboxes = &waiver.Class{RecipientType: o.recipientType, Domain: o.domain}
	}
	if o.message == "" && len(o.args) == 0 {
		return s, nil
	}
	s.Cause = &waiver.Cause{Message: o.message}
	for _, arg := range o.args {
		name, text, ok := strings.Cut(arg, "=")
		var value any
		if !ok || yaml.Unmarshal([]byte(text), &value) != nil {
			return s, usageErrorf("write --arg policy=Scanners", "cannot read the argument %q", arg)
		}
		if s.Cause.Args == nil {
			s.Cause.Args = map[string]any{}
		}
		s.Cause.Args[name] = plainValue(value)
	}
	return s, nil
}

// plainValue makes numbers one type, as the reader of waivers does.
func plainValue(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []any:
		for i := range v {
			v[i] = plainValue(v[i])
		}
	}
	return value
}

// A trial is a waiver as it would be.
type trial struct {
	*judged
	gathering *waiver.Gathering
	// whole counts the subjects of each violation before it was split, by fingerprint.
	whole map[string]int
	// entry is its place in the list.
	entry int
}

// try applies the list with the new waiver to the evidence. One that would be of no
// use is an error.
func (a *app) try(ctx context.Context, settings *config, o *waiveOptions, list *waiver.List, fresh *waiver.Waiver, evidence string) (*trial, error) {
	limits, err := settings.Waivers.limits()
	if err != nil {
		return nil, err
	}
	now, err := parseNow(o.check.waivers.now)
	if err != nil {
		return nil, err
	}
	tried := &waiver.List{File: list.File, Waivers: append(slices.Clone(list.Waivers), *fresh)}
	plan := &waiverPlan{options: waiver.Options{Limits: limits, Now: now}}
	plan.options.Now = plan.now()
	t := &trial{gathering: waiver.NewGathering(tried, plan.options), whole: map[string]int{}, entry: len(list.Waivers)}
	o.check.only = []string{fresh.Control}
	if t.judged, err = a.judgeFor(ctx, settings, o, t, evidence); err != nil {
		return nil, err
	}
	if problem := t.useless(t.entry, limits); problem != nil {
		return nil, errors.Join(problem, t.Close())
	}
	return t, nil
}

// judgeFor judges the evidence for one control, with the waivers applied.
func (a *app) judgeFor(ctx context.Context, settings *config, o *waiveOptions, t *trial, evidence string) (*judged, error) {
	declared, err := o.check.tenantDeclarations(settings)
	if err != nil {
		return nil, err
	}
	o.check.waivers.none, o.check.waivers.file = true, ""
	plan, err := o.check.plan(settings, declared, evidence)
	if err != nil {
		return nil, err
	}
	plan.input.Waivers = counting{waiving{t.gathering}, t}
	check := func(ctx context.Context, input engine.Input) (*finding.Report, error) {
		return startControls(plan.engine).Check(ctx, input)
	}
	j, err := plan.judgeFile(ctx, evidence, check, plan.input)
	if err != nil || !j.saved {
		return j, err
	}
	waiver.Strip(j.report)
	t.count(j.report)
	return j, t.gathering.Apply(j.report, nil, waiver.Mailboxes{})
}

// counting looks at the violations before they are split.
type counting struct {
	waiving
	trial *trial
}

func (t *trial) count(report *finding.Report) {
	for i := range report.Results {
		for j := range report.Results[i].Violations {
			v := &report.Results[i].Violations[j]
			t.whole[v.Fingerprint] = v.Count()
		}
	}
}

// useless says why the waiver at a place of the list is not worth writing.
func (t *trial) useless(entry int, limits waiver.Limits) error {
	status := t.report.Waivers.Entries[entry]
	switch status.State {
	case finding.WaiverExpired:
		return usageErrorf("choose a later day", "%s is over", status.Expires)
	case finding.WaiverTooFar:
		return usageErrorf("choose an earlier day; waivers.max_days in the configuration is the limit", "%s is more than %d days ahead", status.Expires, limits.MaxDays)
	case finding.WaiverNotJudged:
		return usageErrorf("'postern controls' lists the controls", "the findings do not have %s", status.Control)
	case finding.WaiverUndecided:
		return usageErrorf("collect the evidence first: what could not be judged cannot be waived", "%s could not be judged", status.Control)
	case finding.WaiverUnused:
		hint := "'postern check --only " + status.Control + "' shows what it finds"
		if problem := t.gathering.Problem(entry); problem != "" {
			return usageErrorf(hint, "nothing would be waived: %s", problem)
		}
		return usageErrorf(hint, "%s finds nothing for the %s: nothing would be waived", status.Control, status.Scope)
	}
	if t.waived(status.ID) == 0 {
		return usageErrorf("'postern waive --list' lists the waivers", "the %s is waived for %s already", status.Scope, status.Control)
	}
	return nil
}

// waived counts what a waiver waives that no other does.
func (t *trial) waived(id string) int {
	n := 0
	for i := range t.report.Results {
		for j := range t.report.Results[i].Violations {
			if v := &t.report.Results[i].Violations[j]; v.Waiver != nil && v.Waiver.ID == id {
				n += v.Count()
			}
		}
	}
	return n
}

// tell says what was written and what it covers.
func (t *trial) tell(w io.Writer, path string, fresh *waiver.Waiver) error {
	fmt.Fprintf(w, "%s: %s waives %s for the %s until %s.\n", printable(path), fresh.ID, fresh.Control, printable(fresh.Scope.String()), fresh.Expires)
	for i := range t.report.Results {
		control := &t.report.Controls[i]
		for j := range t.report.Results[i].Violations {
			v := &t.report.Results[i].Violations[j]
			if v.Waiver == nil || v.Waiver.ID != fresh.ID {
				continue
			}
			share := ""
			if v.PartOf != "" {
				share = fmt.Sprintf("%d of %d: ", v.Count(), t.whole[v.PartOf])
			}
			fmt.Fprintf(w, "  %s%s\n", share, printable(control.ViolationSentence(v)))
		}
	}
	ways := printable(strings.Join(t.gathering.Ways(t.entry), ", "))
	switch {
	case fresh.Pin != nil && ways != "":
		fmt.Fprintf(w, "It lapses when somebody is concerned who is not among the %d of today, or by another way in than today's: %s.\n", fresh.Pin.Count, ways)
	case fresh.Pin != nil:
		fmt.Fprintf(w, "It lapses when somebody is concerned who is not among the %d of today.\n", fresh.Pin.Count)
	case ways != "" && (fresh.Scope.Cause == nil || len(fresh.Scope.Cause.Args) == 0):
		fmt.Fprintf(w, "It also waives ways in that open later: --pin holds it to today's, which are %s.\n", ways)
	}
	return t.report.Err()
}

// replaceFile writes a file that others may read, whole or not at all. It keeps the
// rights of the one that it replaces.
func (a *app) replaceFile(path string, text []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if err := a.writeFile(path, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}
