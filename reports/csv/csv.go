// Package csv writes a report as a table for spreadsheets and scripts: comma
// separated values after RFC 4180, UTF-8, with a header.
//
// There is one row for each subject of a violation, and of a reason why something
// is unknown, not applicable or worth a note; for a population that means each
// member. A reason that is about nothing in particular has one row, and so has a
// control that broke or passes. So every control is there, and nothing is summed up.
//
// The columns:
//
//	control          the control's id
//	title            its title
//	step             its step: A to F, evidence or access
//	severity         critical, high, medium, low or info
//	outcome          how the control ended: error, fail, unknown, not_applicable or pass
//	entry            what the row is: violation, fixed, unknown, error, not_applicable, note or pass
//	message          the sentence
//	kind             what the subject is, such as domain or mailbox
//	id               the subject's stable id
//	name             its name; of a mailbox the user principal name
//	display_name     its name for people
//	file, line       where it stands in the snapshot; the line is empty where it is not known
//	pointer          the same as a JSON pointer
//	fingerprint      the same for all members of one violation, and in later runs
//	evidence         the dotted path of the evidence that is missing
//	remedy           what would make it known
//	tenant           the tenant's initial domain, or its id
//	collected_at     when the snapshot was taken
//	state            new or unchanged since the baseline, of a member that of the member; gone for what is fixed
//	waiver           the id of the waiver, in rows that are waived
//	waived_until     its last day
//	waiver_owner     who answers for it
//	waiver_reason    why
//	waiver_ticket    its ticket
//
// What is fixed stands in the baseline's snapshot: so do its file and line.
//
// Texts that a spreadsheet would calculate begin with an apostrophe.
//
// It must not know the snapshot; members are written as they are walked.
package csv

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// Header are the names of the columns, in order.
func Header() []string {
	return []string{
		"control", "title", "step", "severity", "outcome", "entry", "message",
		"kind", "id", "name", "display_name", "file", "line", "pointer", "fingerprint",
		"evidence", "remedy", "tenant", "collected_at",
		"state", "waiver", "waived_until", "waiver_owner", "waiver_reason", "waiver_ticket",
	}
}

// row is one row, without what all rows of a control share.
type row struct {
	entry, message              string
	kind, id, name, displayName string
	line                        int
	// file is where a waiver stands, empty for the snapshot.
	file                 string
	pointer, fingerprint string
	evidence, remedy     string
	state                string
	waiver               *finding.Waiver
}

// Write writes the report.
func Write(w io.Writer, report *finding.Report) error {
	t := &table{w: csv.NewWriter(w), report: report, style: wording.Plain()}
	t.w.UseCRLF = true
	t.err = t.w.Write(Header())
	for i := range report.Results {
		t.result(i)
	}
	t.w.Flush()
	if t.err == nil {
		t.err = t.w.Error()
	}
	if t.err != nil {
		return fmt.Errorf("write CSV: %w", t.err)
	}
	return nil
}

// table writes rows until an error.
type table struct {
	w      *csv.Writer
	report *finding.Report
	style  wording.Style
	err    error
}

func (t *table) result(i int) {
	control, result := &t.report.Controls[i], &t.report.Results[i]
	if result.Outcome == finding.Pass {
		t.write(i, row{entry: "pass"})
	}
	if result.Outcome == finding.Error {
		t.write(i, row{entry: "error", message: result.Error})
	}
	for j := range result.Violations {
		t.violation(i, &result.Violations[j])
	}
	for j := range result.Fixed {
		t.gone(i, &result.Fixed[j], result.Fixed[j].Members)
	}
	for j := range result.Unknowns {
		reason := &result.Unknowns[j]
		entry := wording.Entry(t.report, reason)
		t.reason(i, reason, row{
			entry: "unknown", message: t.style.Reason(control, reason, entry),
			evidence: reason.Evidence, remedy: t.style.Advice(entry),
		})
	}
	t.reasons(i, "not_applicable", result.NotApplicable)
	if result.Outcome == finding.NotApplicable && len(result.NotApplicable) == 0 {
		t.write(i, row{entry: "not_applicable"})
	}
	t.reasons(i, "note", result.Notes)
}

func (t *table) reasons(i int, entry string, reasons []finding.Reason) {
	for j := range reasons {
		line := wording.Entry(t.report, &reasons[j])
		t.reason(i, &reasons[j], row{
			entry: entry, message: t.style.Reason(&t.report.Controls[i], &reasons[j], line), evidence: reasons[j].Evidence,
		})
	}
}

// reason writes the rows of a reason.
func (t *table) reason(i int, reason *finding.Reason, base row) {
	base.pointer = reason.Pointer
	if reason.Region != nil {
		base.line = reason.Region.StartLine
	}
	if reason.Resource != nil {
		base.kind, base.id, base.name = reason.Resource.Kind, reason.Resource.ID, reason.Resource.Name
	}
	t.members(i, reason.Members, base)
}

// members writes a row for each member, or one where there are none.
func (t *table) members(i int, members *finding.Members, base row) {
	if members == nil {
		t.write(i, base)
		return
	}
	t.each(i, members, base, func(*row, *finding.Member) {})
}

// each writes a row for each member, with what change makes of it.
func (t *table) each(i int, members *finding.Members, base row, change func(*row, *finding.Member)) {
	base.kind = members.Population()
	for member := range members.All() {
		one := base
		change(&one, &member)
		one.id, one.name, one.displayName = member.ID, member.Name, member.DisplayName
		one.pointer, one.line = member.Pointer, member.Line
		t.write(i, one)
		if t.err != nil {
			return
		}
	}
}

func (t *table) violation(i int, v *finding.Violation) {
	base := t.base(i, "violation", v)
	base.state, base.waiver = string(v.State), v.Waiver
	if v.Members == nil {
		t.write(i, base)
		return
	}
	// Of a violation that has changed, each member came or was there.
	came := map[uint64]bool{}
	if v.Drift != nil && v.Drift.NewMembers != nil {
		for _, key := range v.Drift.NewMembers.Keys() {
			came[key] = true
		}
	}
	t.each(i, v.Members, base, func(one *row, member *finding.Member) {
		switch {
		case v.State != finding.Changed:
		case len(v.Drift.NewWays) > 0:
			// Which of them have the new way, nobody has written down.
		case came[member.Key()]:
			one.state = string(finding.New)
		default:
			one.state = string(finding.Unchanged)
		}
	})
	if v.Drift != nil {
		t.gone(i, v, v.Drift.RemovedMembers)
	}
}

// gone writes what the baseline has of a violation and this run does not: the
// members, or the one resource where there are none.
func (t *table) gone(i int, v *finding.Violation, members *finding.Members) {
	base := t.base(i, "fixed", v)
	base.state = "gone"
	switch {
	case members != nil:
		t.members(i, members, base)
	case v.Members == nil:
		t.write(i, base)
	}
}

func (t *table) base(i int, entry string, v *finding.Violation) row {
	base := row{
		entry: entry, message: t.style.Violation(&t.report.Controls[i], v),
		kind: v.Resource.Kind, id: v.Resource.ID, name: v.Resource.Name,
		pointer: v.Pointer, fingerprint: v.Fingerprint,
	}
	if v.Region != nil {
		base.line = v.Region.StartLine
	}
	if file, line, ok := wording.WaiverPlace(t.report, &v.Resource); ok && v.Members == nil {
		base.file, base.line = file, line
	}
	return base
}

func (t *table) write(i int, r row) {
	if t.err != nil {
		return
	}
	control := &t.report.Controls[i]
	line := ""
	if r.line > 0 {
		line = strconv.Itoa(r.line)
	}
	tenant := t.report.Tenant.InitialDomain
	if tenant == "" {
		tenant = t.report.Tenant.ID
	}
	file, collected := t.report.Snapshot.URI, t.report.Snapshot.CollectedAt
	if r.entry == "fixed" && t.report.Baseline != nil {
		file, collected = t.report.Baseline.Snapshot.URI, t.report.Baseline.Snapshot.CollectedAt
	}
	file = cmp.Or(r.file, file)
	waiver := r.waiver
	if waiver == nil {
		waiver = &finding.Waiver{}
	}
	cells := []string{
		control.ID, control.Title, control.Step, string(control.Severity), string(t.report.Results[i].Outcome), r.entry, r.message,
		r.kind, r.id, r.name, r.displayName, file, line, r.pointer, r.fingerprint,
		r.evidence, r.remedy, tenant, collected,
		r.state, waiver.ID, waiver.Expires, waiver.Owner, waiver.Reason, waiver.Ticket,
	}
	for j, cell := range cells {
		cells[j] = escape.CSV(cell)
	}
	t.err = t.w.Write(cells)
}
