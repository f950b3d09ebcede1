package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// report puts together what was found.
func (j *judgement) report(in *Input) (*finding.Report, error) {
	r := &finding.Report{
		Version:  finding.Version,
		Tool:     in.Tool,
		Tenant:   finding.Tenant(j.doc.Tenant),
		Snapshot: j.snapshotInfo(in.SnapshotURI),
		Controls: j.engine.Controls(),
		Results:  make([]finding.Result, len(j.engine.controls)),
		Ledger:   j.ledgerEntries(),
		FailOn:   in.FailOn,
		Access:   j.access.matrix,
	}
	for i, c := range j.engine.controls {
		r.Results[i] = j.result(c)
		if readsAccess(&c.entry) {
			r.Controls[i] = j.said(r.Controls[i], &r.Results[i])
		}
	}
	if j.crowd.failed != nil {
		return nil, j.crowd.failed
	}
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	return r, nil
}

func (j *judgement) snapshotInfo(uri string) finding.SnapshotInfo {
	info := finding.SnapshotInfo{
		URI:         uri,
		SHA256:      j.doc.SHA256,
		CollectedAt: j.doc.CollectedAt.String(),
		Source:      j.doc.Collection.Source,
		Mailboxes:   -1,
	}
	if n, listed := j.doc.Mailboxes(); listed {
		info.Mailboxes = n
	}
	return info
}

func (j *judgement) ledgerEntries() []finding.LedgerEntry {
	list := make([]finding.LedgerEntry, len(j.doc.Collection.Resources))
	for i, line := range j.doc.Collection.Resources {
		list[i] = finding.LedgerEntry{
			Name: line.Name, Endpoint: line.Endpoint, Permission: line.Permission, Paths: line.Paths,
			Status: string(line.Status), Items: line.Items, Code: line.Code, Message: line.Message, Counts: line.Counts,
		}
	}
	return list
}

// result turns what a control said into its result. A violation stands whatever
// else is missing; without one, what is missing decides.
func (j *judgement) result(c *control) finding.Result {
	r := finding.Result{Control: c.entry.ID}
	if missing := j.evidence[c].missing; len(missing) > 0 {
		r.Outcome, r.Unknowns = finding.Unknown, missing
		return r
	}
	said := j.tallies[c]
	if said.err != nil {
		r.Outcome, r.Error = finding.Error, said.err.Error()
		return r
	}
	lacking := j.lacking(c)
	for _, k := range said.of("violations", lacking.of) {
		r.Violations = append(r.Violations, j.violation(c, k))
	}
	reasons := func(rule string) []finding.Reason { return j.reasons(c, said.of(rule, lacking.of)) }
	r.Unknowns = slices.Concat(j.evidence[c].gaps, lacking.reasons, reasons("unknown"))
	r.NotApplicable = reasons("not_applicable")
	r.Notes = reasons("notes")
	switch {
	case len(r.Violations) > 0:
		r.Outcome = finding.Fail
	case len(r.Unknowns) > 0:
		r.Outcome = finding.Unknown
	case len(r.NotApplicable) > 0:
		r.Outcome = finding.NotApplicable
	default:
		r.Outcome = finding.Pass
	}
	return r
}

// A lack is the mailboxes that have no evidence of a kind that a control needs.
// Nothing can be said about them, neither good nor bad; of those that need no such
// evidence nothing has to be.
type lack struct {
	of      set
	reasons []finding.Reason
}

func (j *judgement) lacking(c *control) lack {
	var l lack
	p := j.panels[c]
	for i, part := range p.parts {
		l.of.merge(p.lacks[i])
		wanting := slices.Clone(p.lacks[i])
		wanting.remove(p.exempt)
		if n := j.affected(c, wanting).count(); n > 0 {
			r := reason("members_without_evidence", part, nil)
			r.Count = n
			l.reasons = append(l.reasons, r)
		}
	}
	return l
}

// affected are the mailboxes that units of the control's panel stand for.
func (j *judgement) affected(c *control, units set) *affected {
	return &affected{crowd: j.crowd, panel: j.panels[c], units: units}
}

// count is how many members a cause has.
func (j *judgement) count(c *control, k *cause) int {
	if k.population == "mailbox" {
		return j.affected(c, k.members).count()
	}
	return k.members.len()
}

// reasons turns what a control says beside violations into reasons.
func (j *judgement) reasons(c *control, causes []cause) []finding.Reason {
	var list []finding.Reason
	for _, k := range causes {
		r := finding.Reason{Key: k.key, Args: k.args, Count: j.count(c, &k), Evidence: k.evidence}
		if k.evidence != "" {
			j.explainEvidence(&r)
		}
		list = append(list, r)
	}
	return list
}

// explainEvidence adds what the ledger says of the evidence that a reason names.
func (j *judgement) explainEvidence(r *finding.Reason) {
	state := j.ledger.stateOf(r.Evidence)
	args := finding.Args{"evidence": r.Evidence, "permission": "", "message": "the snapshot does not have it."}
	if len(state.gaps) > 0 {
		told := state.gaps[0].reason()
		r.Source = told.Source
		for name, value := range told.Args {
			args[name] = value
		}
		args["evidence"] = r.Evidence
	}
	for name, value := range r.Args {
		args[name] = value
	}
	r.Args = args
}

func (j *judgement) violation(c *control, k cause) finding.Violation {
	v := finding.Violation{Key: k.key, Args: k.args, Resource: k.resource}
	switch k.population {
	case "":
		v.Pointer = j.nearest(k.at)
		v.Snippet = j.snippet(v.Pointer)
	case "mailbox":
		who := j.affected(c, k.members)
		first := who.first()
		v.Resource = finding.Resource{Kind: k.population}
		v.Pointer, v.Members = mailboxPointer(first), who.members(who.count())
		v.Snippet = j.mailboxSnippet(c, first)
	default:
		r := j.rows[k.population]
		v.Resource = finding.Resource{Kind: k.population}
		v.Pointer, v.Members = r.at(k.members.first()), r.pick(k.population, k.members)
		v.Snippet = j.snippet(v.Pointer)
	}
	v.Region = j.region(v.Pointer)
	v.Steps = j.steps(k.steps)
	v.Fingerprint = fingerprint(j.doc.Tenant.ID, c.entry.ID, &v)
	return v
}

// nearest gives the pointer of the deepest place on the path that the document
// has: a field that is missing is shown by the object that lacks it.
func (j *judgement) nearest(path []string) string {
	for n := len(path); n > 0; n-- {
		p := pointer(path[:n])
		if _, ok := j.doc.Locate(p); ok {
			return p
		}
	}
	return ""
}

func (j *judgement) region(pointer string) *finding.Region {
	at, ok := j.doc.Locate(pointer)
	if !ok {
		return nil
	}
	region := finding.Region(at)
	return &region
}

// lastSegment is the name of the place that a pointer names.
func lastSegment(pointer string) string {
	name := pointer[strings.LastIndexByte(pointer, '/')+1:]
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}
