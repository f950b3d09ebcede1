package powershell

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// permission stands in the ledger: what whoever runs the script has to have.
const permission = "View-Only Organization Management or Global Reader, of whoever runs the script"

// The files of cmdlets, by their names without the ending.
const (
	fileMailboxes  = "Get-CASMailbox"
	fileUsers      = "Get-User"
	fileRoleGroups = "Get-RoleGroup"
	fileMembers    = "Get-RoleGroupMember"
)

// The resources that are more than one value.
const (
	resourceMailboxes  = "exchange.cas_mailboxes"
	resourceUsers      = "exchange.users"
	resourceRoleGroups = "exchange.role_groups"
)

// source is a resource that is one file and one value of the document.
type source struct {
	resource, file string
	// single says that the cmdlet gives exactly one object.
	single bool
}

var sources = [...]source{
	{"exchange.organization_config", "Get-OrganizationConfig", true},
	{"exchange.ews_operation_access", "Get-OrganizationConfig-RetrieveEwsOperationAccessPolicy", true},
	{"exchange.transport_config", "Get-TransportConfig", true},
	{"exchange.authentication_policies", "Get-AuthenticationPolicy", false},
	{"exchange.cas_mailbox_plans", "Get-CASMailboxPlan", false},
	{"exchange.accepted_domains", "Get-AcceptedDomain", false},
	{resourceRoleGroups, fileRoleGroups, false},
	{resourceMailboxes, fileMailboxes, false},
	{resourceUsers, fileUsers, false},
}

// isSource tells whether a file of that name, in lower case and without its
// ending, is a cmdlet's.
func isSource(key string) bool {
	return key == strings.ToLower(fileMembers) ||
		slices.ContainsFunc(sources[:], func(s source) bool { return strings.ToLower(s.file) == key })
}

func fileOf(resource string) (source, bool) {
	i := slices.IndexFunc(sources[:], func(s source) bool { return s.resource == resource })
	if i < 0 {
		return source{}, false
	}
	return sources[i], true
}

// exchange is the collector that reads the cmdlets' files.
type exchange struct {
	export *Export
	offers []collectors.Offer
	shapes shapes
}

// Exchange makes a collector of the cmdlets' files. live are the offers of the
// collector that asks Exchange itself: the same resources fill the same places. It
// is an error if one of them is not known here.
func (e *Export) Exchange(live []collectors.Offer) (collectors.Collector, error) {
	all, err := readShapes()
	if err != nil {
		return nil, err
	}
	x := &exchange{export: e, shapes: all}
	for _, offer := range live {
		s, ok := fileOf(offer.Name)
		if !ok {
			return nil, fmt.Errorf("no file of an export is known for %s", offer.Name)
		}
		offer.Endpoint += ", from " + s.file + ".json"
		offer.Permission = permission
		offer.After = nil
		x.offers = append(x.offers, offer)
	}
	return x, nil
}

func (*exchange) Name() string                 { return "exchange" }
func (x *exchange) Offers() []collectors.Offer { return x.offers }

// Collect reads all files, one after the other: the disk is fast.
func (x *exchange) Collect(ctx context.Context, sink *collectors.Sink) error {
	for _, offer := range x.offers {
		s, _ := fileOf(offer.Name)
		sink.Do(ctx, s.resource, func(ctx context.Context, r *collectors.Recorder) error {
			f, err := x.export.open(s)
			if err != nil {
				return err
			}
			switch s.resource {
			case resourceMailboxes:
				return f.rows(ctx, r, func(v jsontext.Value) (collectors.Row, []string, error) { return asRow(casMailbox(v)) })
			case resourceUsers:
				return f.rows(ctx, r, func(v jsontext.Value) (collectors.Row, []string, error) { return asRow(exchangeUser(v)) })
			}
			if err := x.settings(ctx, r, f, s); err != nil || s.resource != resourceRoleGroups {
				return err
			}
			return x.members(ctx, r)
		})
	}
	return nil
}

func asRow[R collectors.Row](row R, lost []string, err error) (collectors.Row, []string, error) {
	if err != nil {
		return nil, nil, err
	}
	return row, lost, nil
}

// input is one cmdlet's file, and how the cmdlet ended.
type input struct {
	path   string
	record record
	// told says that there is a manifest.
	told bool
}

// open finds a cmdlet's file. The error says why there is nothing to read.
func (e *Export) open(s source) (*input, error) {
	f := &input{told: e.manifest != nil}
	record, ran := e.record(s.file)
	f.record = record
	switch path, there := e.files[strings.ToLower(s.file)]; {
	case f.told && !ran:
		return nil, &collectors.Error{Code: collectors.CodeNotRequested, Problem: "the script that wrote the folder did not run " + s.file,
			Hint: "run the script that comes with this version of Postern"}
	case there:
		f.path = path
	case !f.told:
		return nil, &collectors.Error{Code: collectors.CodeNotRequested, Problem: "the folder holds no " + s.file + ".json"}
	case len(record.Errors) > 0:
		return nil, failedCmdlet(record)
	default:
		return nil, &collectors.Error{Code: CodeNotInExport, Problem: "the folder lost its file " + record.File, Hint: "copy the folder again, or run the script again"}
	}
	return f, nil
}

// failedCmdlet is the error of a cmdlet that did not come to its end. Who lacks a
// right is told of it in words that differ with the language of the session, so
// nothing is made of them.
func failedCmdlet(r record) error {
	said := "it does not say why"
	if len(r.Errors) > 0 {
		said = r.Errors[0]
	}
	return &collectors.Error{Code: collectors.CodeFailed, Problem: r.Name + " failed: " + said,
		Hint: "run the script with " + permission}
}

// read hands the objects of the file to take, and says what about the file as a
// whole keeps it from being all.
func (f *input) read(ctx context.Context, r *collectors.Recorder, take func(jsontext.Value) error) error {
	empty := isEmpty(f.path)
	switch {
	case empty && f.told && f.record.Status == "succeeded" && f.record.Rows == 0:
		return nil
	case empty && f.told && f.record.Status != "succeeded":
		return failedCmdlet(f.record)
	case empty:
		return &collectors.Error{Code: collectors.CodeBadAnswer,
			Problem: base(f.path) + " is empty, which says nothing: so is the file of a cmdlet that failed", Hint: hintScript}
	}
	rows, strangers, err := eachObject(f.path, func(v jsontext.Value) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return take(v)
	})
	if err != nil && f.told && f.record.Status != "succeeded" {
		err = failedCmdlet(f.record) // which is why its file breaks off
	}
	if err != nil {
		return inLedger(err)
	}
	return f.judge(r, rows, strangers)
}

// judge says what the manifest, or its absence, makes of what was read.
func (f *input) judge(r *collectors.Recorder, rows, strangers int) error {
	if strangers > 0 {
		r.Gap(cutOffError(base(f.path), "whole objects"))
	}
	switch {
	case !f.told:
	case f.record.Status == "partial":
		r.Gap(failedCmdlet(f.record))
	case f.record.Status != "succeeded":
		return failedCmdlet(f.record)
	case f.record.Rows != rows+strangers:
		r.Gap(&collectors.Error{Code: collectors.CodeCountMismatch,
			Problem: fmt.Sprintf("%s holds %d objects, and the manifest counts %d", base(f.path), rows+strangers, f.record.Rows), Hint: hintAgain})
	}
	for _, warning := range f.record.Warnings {
		r.Gap(&collectors.Error{Code: collectors.CodeWarning, Problem: f.record.Name + " warned: " + warning})
	}
	return nil
}

// defaultResults is how many rows a cmdlet gives that is not asked for all.
const defaultResults = 1000

// unproven is the gap of a list that somebody wrote by hand.
func (f *input) unproven(rows int) error {
	switch {
	case f.told:
		return nil
	case rows == defaultResults:
		return &collectors.Error{Code: CodeNoManifest, Problem: fmt.Sprintf("%s holds exactly %d objects, where a cmdlet stops by itself", base(f.path), rows),
			Hint: "run it with -ResultSize Unlimited, or use the script: " + hintScript}
	}
	return &collectors.Error{Code: CodeNoManifest, Problem: "nothing says that " + base(f.path) + " holds all there is", Hint: hintScript}
}

// inLedger is an error about a file as the ledger tells it: without the folder.
func inLedger(err error) error {
	bad, ok := errors.AsType[*snapshot.Error](err)
	if !ok {
		return err
	}
	short := *bad
	short.File = filepath.Base(bad.File)
	return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: short.Error(), Hint: bad.Hint}
}

// cutOffError is the gap of values that PowerShell did not write out.
func cutOffError(file, what string) error {
	return &collectors.Error{Code: CodeCutOff, Problem: "in " + file + " PowerShell cut off " + what + ", or wrote it in a form that says nothing",
		Hint: "write the file with ConvertTo-Json -Depth 8, or use the script"}
}

// badRow is the error of an object that is none of its cmdlet's. It does not quote
// the object, which names a person.
func (f *input) badRow(n int, err error) error {
	return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s: object %d cannot be read: %s", base(f.path), n, err)}
}

// maxSettings is the most text of one resource that is kept whole. Policies and domains
// come in hundreds at most, with some thousand bytes each.
const maxSettings = 64 << 20

// settings reads a resource that is one object or a list of them.
func (x *exchange) settings(ctx context.Context, r *collectors.Recorder, f *input, s source) error {
	objects := []jsontext.Value{}
	cut := map[string]bool{}
	others, size := 0, 0
	err := f.read(ctx, r, func(v jsontext.Value) error {
		if size += len(v); size > maxSettings {
			return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s is longer than %d bytes", base(f.path), maxSettings),
				Hint: "no cmdlet writes that much of settings; see what wrote the file"}
		}
		object, lost, more, err := x.shapes.settings(s.resource, v)
		if err != nil {
			return f.badRow(len(objects)+1, err)
		}
		for _, name := range lost {
			cut[name] = true
		}
		others += more
		objects = append(objects, object)
		return nil
	})
	if others > 0 {
		r.Count("values_cut_off", others)
	}
	if len(cut) > 0 {
		r.Gap(cutOffError(base(f.path), strings.Join(sortedKeys(cut), ", ")))
	}
	switch {
	case err != nil && len(objects) == 0:
		return err
	case s.single && len(objects) != 1:
		return errors.Join(err, &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s holds %d objects, where there is exactly one", base(f.path), len(objects))})
	case s.single:
		r.Items(1)
		return errors.Join(r.Set(s.resource, objects[0]), err)
	}
	r.Items(len(objects))
	if setErr := r.Set(s.resource, objects); setErr != nil || err != nil {
		return errors.Join(setErr, err)
	}
	return f.unproven(len(objects))
}

// rows reads a resource that is a part of each mailbox.
func (f *input) rows(ctx context.Context, r *collectors.Recorder, as func(jsontext.Value) (collectors.Row, []string, error)) error {
	n := 0
	cut := map[string]int{}
	err := f.read(ctx, r, func(v jsontext.Value) error {
		n++
		row, lost, err := as(v)
		if err != nil {
			return f.badRow(n, err)
		}
		for _, name := range lost {
			cut[name]++
		}
		r.Add(row)
		r.Items(1)
		return nil
	})
	for _, name := range sortedKeys(cut) {
		r.Count("cut_off_"+name, cut[name])
	}
	if len(cut) > 0 {
		r.Gap(cutOffError(base(f.path), strings.Join(sortedKeys(cut), ", ")))
	}
	if err != nil {
		return err
	}
	return f.unproven(n)
}

// members reads who is in the role groups.
func (x *exchange) members(ctx context.Context, r *collectors.Recorder) error {
	f, err := x.export.open(source{file: fileMembers})
	if err != nil {
		return err
	}
	n := 0
	err = f.read(ctx, r, func(v jsontext.Value) error {
		n++
		m, err := memberOf(v)
		if err != nil {
			return f.badRow(n, err)
		}
		r.Items(1)
		return addMember(r, f, n, m)
	})
	if err != nil {
		return err
	}
	return f.unproven(n)
}

func addMember(r *collectors.Recorder, f *input, n int, m roleGroupMember) error {
	switch {
	case m.group == "":
		return f.badRow(n, errors.New("it does not say in RoleGroup which group it is of"))
	case isMirrored(m.name):
		r.Count("entra_role_groups", 1)
	case strings.Contains(m.recipientType, "Group"):
		r.Count("nested_groups", 1)
		r.Gap(&collectors.Error{Code: "nested_group", Problem: "a group is a member of a role group, and its own members were not read"})
	case m.id == "":
		r.Count("members_without_id", 1)
	default:
		r.Add(&collectors.Membership{Kind: collectors.ExchangeRoleGroup, Group: m.group, Member: m.id})
	}
	return nil
}
