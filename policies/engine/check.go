package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// Input is what Check judges and what its report says of it.
type Input struct {
	// Read reads the snapshot from its start. It hands each mailbox to visit in the
	// order of the file and returns the rest, as snapshot.Read does; or the rows of
	// evidence too, as snapshot.Stream does, which takes less memory. It may be called
	// several times, also by whoever walks the members of a finding.
	Read func(visit func(*snapshot.Record) error) (*snapshot.Document, error)
	// Text gives any part of the snapshot's uncompressed text, such as a
	// snapshot.File. Without it, each walk over the members of a finding reads the
	// snapshot from its start.
	Text io.ReaderAt
	// Access works out input.access; nil leaves the controls that need it unknown.
	Access Access
	// Waivers decides what is waived; nil leaves the controls that need it without a
	// subject.
	Waivers Waivers
	// Keyed gives the lists of mailboxes in the report their keys without a look at
	// the file, for whoever compares reports.
	Keyed bool
	// Earlier gives the rules of an earlier snapshot of the tenant, or nil where
	// there are none; it may wait for them, and is called several times. Without it
	// the moment of enforcement is the newest change of a rule, cosmetic or not.
	Earlier func() *Rules
	// Rules is told the rules of this snapshot, once, as soon as they were read: in
	// front of the mailboxes, if they stand there. It is not told where the snapshot
	// cannot be read.
	Rules func(Rules)
	// Declarations start from DefaultDeclarations.
	Declarations Declarations
	// SnapshotURI is how reports point at the file.
	SnapshotURI string
	Tool        finding.Tool
	// FailOn is a severity or none; it only passes through to the report.
	FailOn string
}

// Check judges one snapshot by all chosen controls. An error means that nothing
// was judged: the snapshot cannot be read, the declarations make no sense, or ctx
// has ended. A control that breaks is a result, not an error.
func (e *Engine) Check(ctx context.Context, in Input) (*finding.Report, error) {
	g, err := e.prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	return e.judge(ctx, g)
}

// A prepared is a snapshot that was read, with what access there is.
type prepared struct {
	in    *Input
	crowd *crowd
	facts *gathering
}

// prepare does all of Check that needs no control.
func (s *sorter) prepare(ctx context.Context, in Input) (*prepared, error) {
	if in.Read == nil {
		return nil, errors.New("check: no snapshot was given")
	}
	if err := in.Declarations.Validate(); err != nil {
		return nil, fmt.Errorf("check: the declarations: %w", err)
	}
	facts := &gathering{access: in.Access, declared: &in.Declarations, earlier: in.Earlier, tell: in.Rules}
	crowd, err := s.gather(ctx, &in, facts)
	if err != nil {
		return nil, err
	}
	in.Declarations.BreakGlass = crowd.emergency.completed()
	if err := facts.tellRules(crowd.doc, true); err != nil {
		return nil, err
	}
	facts.finish(crowd)
	return &prepared{in: &in, crowd: crowd, facts: facts}, nil
}

// judge does the rest of Check.
func (e *Engine) judge(ctx context.Context, p *prepared) (*finding.Report, error) {
	j := &judgement{
		engine: e, doc: p.crowd.doc, crowd: p.crowd, access: p.facts, waivers: p.in.Waivers,
		ledger: newLedger(p.crowd.doc, p.crowd.holds), reader: newReader(),
	}
	if err := j.judge(ctx, p.in); err != nil {
		return nil, err
	}
	r := j.report(p.in)
	if err := j.judgeWaivers(ctx, p.in, r); err != nil {
		return nil, err
	}
	return r, j.finish(r)
}

// A judgement is one run of Check.
type judgement struct {
	engine *Engine
	doc    *snapshot.Document
	crowd  *crowd
	ledger *ledger
	access *gathering
	// waivers is nil where none were given, late are the controls that need them.
	waivers Waivers
	late    []*control
	// fields are what all controls see alike. evidenceOnly are those of the part of the
	// input that holds the logs, without them; nil where there is no such part.
	fields       [][2]*ast.Term
	evidenceOnly [][2]*ast.Term

	evidence map[*control]evidence
	// panels are those of mailboxes and tallies those of the controls that were judged.
	panels  map[*control]*panel
	tallies map[*control]*tally
	// reader and seen are for what is shown of mailboxes.
	reader *reader
	seen   []byte
}

// evidence is what a control has to go by.
type evidence struct {
	// missing are the reasons why the control was not evaluated.
	missing []finding.Reason
	// gaps are the reasons why it cannot pass.
	gaps []finding.Reason
	// attested is what it rests on that was not read.
	attested []finding.Reason
}

func (j *judgement) judge(ctx context.Context, in *Input) error {
	var err error
	if j.fields, err = j.evidenceFields(&in.Declarations); err != nil {
		return err
	}
	j.evidence, j.panels, j.tallies = map[*control]evidence{}, map[*control]*panel{}, map[*control]*tally{}
	var ready []*control
	for _, c := range j.engine.controls {
		j.evidence[c] = j.evidenceOf(c)
		j.tallies[c] = &tally{everywhere: c.scale.everywhere}
		switch {
		case len(j.evidence[c].missing) > 0:
		case j.brokenAccess(c):
			j.tallies[c].err = j.access.err
		case readsWaivers(&c.entry):
			j.late = append(j.late, c)
		default:
			ready = append(ready, c)
		}
	}
	if j.crowd.failed != nil {
		return j.crowd.failed
	}
	return j.hear(ctx, ready)
}

// judgeWaivers lets the waivers act on the report, and judges the controls that are
// about them.
func (j *judgement) judgeWaivers(ctx context.Context, in *Input, r *finding.Report) error {
	facts, err := j.waive(in, r)
	if err != nil || facts == nil {
		return err
	}
	j.fields = append(j.fields, [2]*ast.Term{ast.StringTerm(waiversPart), facts})
	if err := j.hear(ctx, j.late); err != nil {
		return err
	}
	for i, c := range j.engine.controls {
		if slices.Contains(j.late, c) {
			r.Results[i] = j.result(c)
		}
	}
	return nil
}

// hear judges controls.
func (j *judgement) hear(ctx context.Context, ready []*control) error {
	moments, err := j.access.moments(j.doc)
	if err != nil {
		return err
	}
	seating := j.engine.seat(ready, moments.texts(j.doc))
	for _, p := range seating.mailboxes {
		for _, c := range p.controls {
			j.panels[c] = p
		}
	}
	h := j.open(ctx)
	failed := h.judgeAll(seating)
	if err := h.close(); err != nil {
		return err
	}
	if failed == nil {
		failed = j.crowd.failed
	}
	return failed
}

// brokenAccess reports whether a control rests on access facts that could not be
// worked out.
func (j *judgement) brokenAccess(c *control) bool {
	return j.access.err != nil && readsAccess(&c.entry)
}

// evidenceOf holds what a control declares against the ledger. Optional evidence
// that is absent is for the control to judge; but it cannot see that what is
// there is not all, so that is a gap as with a need, unless the control says that it
// misses it by itself: a field of each mailbox, or what the access facts miss.
func (j *judgement) evidenceOf(c *control) evidence {
	var e evidence
	for _, need := range c.entry.Needs {
		if need == waiversPart {
			continue // without them the control has no subject
		}
		if need == accessPart && (j.access.facts != nil || j.access.err != nil) {
			continue // what is missing behind the facts is declared beside them
		}
		state := j.ledger.stateOf(need)
		switch {
		case !state.present:
			e.missing = append(e.missing, state.reasons()...)
		case len(state.gaps) > 0:
			e.gaps = append(e.gaps, state.reasons()...)
		}
		e.attested = append(e.attested, state.attestations()...)
	}
	for _, optional := range c.entry.Optional {
		state := j.ledger.stateOf(optional)
		if state.present && len(state.gaps) > 0 && !slices.Contains(c.seen, optional) {
			e.gaps = append(e.gaps, state.reasons()...)
		}
		e.attested = append(e.attested, state.attestations()...)
	}
	for _, list := range []*[]finding.Reason{&e.missing, &e.gaps, &e.attested} {
		*list = gathered(distinct(*list))
	}
	return e
}

// distinct drops reasons that are already there.
func distinct(list []finding.Reason) []finding.Reason {
	var kept []finding.Reason
	for _, r := range list {
		same := func(k finding.Reason) bool { return k.Key == r.Key && k.Evidence == r.Evidence && k.Source == r.Source }
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, r)
		}
	}
	return kept
}

// evidenceFields builds what all controls see alike: the evidence without who people are,
// the declarations and the moments. The ledger stays outside, mailboxes and the rows of
// logs come in batches.
func (j *judgement) evidenceFields(declared *Declarations) ([][2]*ast.Term, error) {
	r := newReader()
	config, err := encode(r, "config", declared)
	if err != nil {
		return nil, err
	}
	moments, err := j.access.moments(j.doc)
	if err != nil {
		return nil, err
	}
	instants, err := encode(r, "moments", moments)
	if err != nil {
		return nil, err
	}
	fields := [][2]*ast.Term{
		{ast.StringTerm("config"), config},
		{ast.StringTerm("moments"), instants},
		{ast.StringTerm("collected_at"), ast.StringTerm(j.doc.CollectedAt.String())},
	}
	for _, name := range []string{"tenant", "entra", "exchange", "sharepoint", "okta", "evidence"} {
		raw, ok := j.doc.Section(name)
		if !ok {
			continue
		}
		marks := j.engine.marks.Field(name)
		if name == "evidence" {
			marks = marks.Join(withoutLogs())
		}
		value, err := r.read(raw, marks)
		if err != nil {
			return nil, fmt.Errorf("check: read %s: %w", name, err)
		}
		if name != "evidence" {
			fields = append(fields, [2]*ast.Term{ast.StringTerm(name), value})
			continue
		}
		j.evidenceOnly = [][2]*ast.Term{}
		value.Value.(ast.Object).Foreach(func(name, value *ast.Term) {
			j.evidenceOnly = append(j.evidenceOnly, [2]*ast.Term{name, value})
		})
	}
	if j.access.facts != nil {
		fields = append(fields, [2]*ast.Term{ast.StringTerm(accessPart), j.access.facts})
	}
	return fields, nil
}

// withoutLogs drop the lists in evidence.
func withoutLogs() *population.Marks {
	without := &population.Marks{Fields: map[string]*population.Marks{}}
	for _, log := range logs() {
		without.Fields[log.name] = &population.Marks{Drop: true}
	}
	return without
}

func encode(r *reader, name string, value any) (*ast.Term, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("check: write %s: %w", name, err)
	}
	return r.read(raw, nil)
}
