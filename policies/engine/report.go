package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// report puts together what was found. Controls that are about waivers have no
// subject yet.
func (j *judgement) report(in *Input) *finding.Report {
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
		if slices.Contains(j.late, c) {
			none := finding.Reason{Key: "no_waivers"}
			r.Results[i] = finding.Result{Control: c.entry.ID, Outcome: finding.NotApplicable, NotApplicable: []finding.Reason{none}}
			continue
		}
		r.Results[i] = j.result(c)
	}
	return r
}

// finish adds the sentences that the results use, and holds the report to the
// contract.
func (j *judgement) finish(r *finding.Report) error {
	for i, c := range j.engine.controls {
		if readsAccess(&c.entry) {
			r.Controls[i] = j.said(r.Controls[i], &r.Results[i])
		}
	}
	if j.crowd.failed != nil {
		return j.crowd.failed
	}
	if err := r.Validate(); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return nil
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
	var unproven []finding.Reason
	causes := j.causes(c, "violations", lacking.of)
	r.Violations = slices.Grow(r.Violations, len(causes))
	for i, k := range causes {
		causes[i] = nil // there may be as many as mailboxes, and each becomes a violation
		if gap := j.firstGap(k.whole); gap != "" {
			unproven = append(unproven, j.unproven(c, k, gap))
			continue
		}
		v := j.violation(c, k)
		if attested := j.evidence[c].attested; len(attested) > 0 {
			v.RestsOn = &attested[0]
		}
		r.Violations = append(r.Violations, v)
	}
	reasons := func(rule string) []finding.Reason { return j.reasons(c, j.causes(c, rule, lacking.of)) }
	r.Unknowns = slices.Concat(j.evidence[c].gaps, lacking.reasons, unproven, reasons("unknown"))
	r.NotApplicable = reasons("not_applicable")
	r.Notes = slices.Concat(j.evidence[c].attested, reasons("notes"))
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
		wanting := p.lacks[i].clone()
		wanting.remove(p.exempt)
		if wanting.len() > 0 {
			r := reason("members_without_evidence", part, nil)
			j.about(c, &cause{entry: entry{population: "mailbox"}, members: wanting}, &r)
			l.reasons = append(l.reasons, r)
		}
	}
	return l
}

// causes gives what a control says by one of its rules of whom, without the units
// that lack evidence.
func (j *judgement) causes(c *control, rule string, lacking set) []*cause {
	list := j.tallies[c].draw(rule, lacking)
	for _, k := range list {
		if k.behind != nil {
			k.members = j.behind(j.panels[c], k.behind, lacking)
		}
	}
	return slices.DeleteFunc(list, func(k *cause) bool { return k.behind != nil && k.members.len() == 0 })
}

// behind are the classes of the mailboxes behind entries of the access facts, without
// those that lack what the controls of a panel need.
func (j *judgement) behind(p *panel, entries []int, lacking set) set {
	var classes set
	found, err := j.access.behind(entries)
	if err != nil {
		j.crowd.fail(err) // the decoder took them
		return classes
	}
	for class := range found {
		if unit := p.unit(j.crowd.classes, class); !lacking.has(unit) {
			classes.add(uint32(class))
		}
	}
	return classes
}

// affected are the mailboxes that units of the control's panel stand for.
func (j *judgement) affected(c *control, units set) *affected {
	return &affected{classes: j.crowd.classes, panel: j.panels[c], units: units}
}

// reasons turns what a control says beside violations into reasons.
func (j *judgement) reasons(c *control, causes []*cause) []finding.Reason {
	list := slices.Grow([]finding.Reason(nil), len(causes))
	for i, k := range causes {
		causes[i] = nil
		r := finding.Reason{Key: k.key, Args: k.args, Evidence: k.evidence}
		j.about(c, k, &r)
		if k.evidence != "" {
			j.explainEvidence(&r)
		}
		list = append(list, r)
	}
	return list
}

// firstGap gives the first of some paths that was not read in whole, empty when all
// were.
func (j *judgement) firstGap(paths []string) string {
	for _, path := range paths {
		if state := j.ledger.stateOf(path); !state.present || len(state.gaps) > 0 {
			return path
		}
	}
	return ""
}

// unproven turns a violation that rests on something not being there into a
// reason: what was not read may hold it.
func (j *judgement) unproven(c *control, k *cause, gap string) finding.Reason {
	r := finding.Reason{Key: "perhaps_there", Evidence: gap}
	j.about(c, k, &r)
	j.explainEvidence(&r)
	return r
}

// about adds what a reason is about, as far as the control says so.
func (j *judgement) about(c *control, k *cause, r *finding.Reason) {
	s := j.subject(c, k)
	if s.resource.Kind != "" && s.members == nil {
		r.Resource = &s.resource
	}
	if s.pointer != "" {
		r.Pointer, r.Region = s.pointer, j.region(s.pointer)
	}
	if s.members != nil {
		r.Members, r.Count = s.members, s.members.Len()
	}
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

func (j *judgement) violation(c *control, k *cause) finding.Violation {
	s := j.subject(c, k)
	v := finding.Violation{
		Key: k.key, Args: k.args, Resource: s.resource, Pointer: s.pointer, Region: j.region(s.pointer), Members: s.members,
		Ways: k.ways,
	}
	switch k.population {
	case "":
		v.Snippet = j.snippet(v.Pointer)
	case "mailbox":
		v.Snippet = j.mailboxSnippet(c, s.first)
	default:
		v.Snippet = j.rowSnippet(j.crowd.rows[k.population], s.first)
	}
	j.waived(&v, k.at)
	v.Steps = j.steps(k.steps)
	v.Fingerprint = fingerprint(j.doc.Tenant.ID, c.entry.ID, &v)
	return v
}

// A subject is what a cause is about, and where that stands. It has members where
// that is a population; first is then the place of the first.
type subject struct {
	resource finding.Resource
	pointer  string
	members  *finding.Members
	first    int
}

func (j *judgement) subject(c *control, k *cause) subject {
	switch k.population {
	case "":
		s := subject{resource: k.resource, pointer: j.nearest(k.at)}
		if k.behind != nil {
			who := &affected{classes: j.crowd.classes, units: k.members}
			s.members, s.first = who.members(j.crowd, who.count()), who.first()
			s.pointer = cmp.Or(s.pointer, mailboxPointer(s.first))
		}
		return s
	case "mailbox":
		who := j.affected(c, k.members)
		first := who.first()
		return subject{finding.Resource{Kind: k.population}, mailboxPointer(first), who.members(j.crowd, who.count()), first}
	default:
		r := j.crowd.rows[k.population]
		who := &affected{classes: r.classes, panel: j.panels[c].logs[k.population], units: k.members}
		first := who.first()
		return subject{finding.Resource{Kind: k.population}, r.at(first), r.pick(who.count(), who.indexes), first}
	}
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
