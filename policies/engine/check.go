package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
)

// Input is what Check judges and what its report says of it.
type Input struct {
	// Read reads the snapshot. It hands each mailbox to visit in the order of the
	// file and returns the rest, as snapshot.Read does. It is called once.
	Read func(visit func(*snapshot.Record) error) (*snapshot.Document, error)
	// Access works out input.access; nil leaves the controls that need it unknown.
	Access Access
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
	if in.Read == nil {
		return nil, errors.New("check: no snapshot was given")
	}
	if err := in.Declarations.Validate(); err != nil {
		return nil, fmt.Errorf("check: the declarations: %w", err)
	}
	boxes := &mailboxes{reader: newReader(), without: e.without.field("mailboxes").element(), declared: &in.Declarations}
	who := &gathering{access: in.Access, declared: &in.Declarations}
	doc, err := in.Read(func(record *snapshot.Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		who.see(record)
		return boxes.add(record)
	})
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	who.finish(doc, boxes.reader)
	j := &judgement{access: who, engine: e, doc: doc, boxes: boxes, ledger: newLedger(doc, boxes.holds)}
	if err := j.judge(ctx, &in); err != nil {
		return nil, err
	}
	return j.report(&in)
}

// A judgement is one run of Check.
type judgement struct {
	engine *Engine
	doc    *snapshot.Document
	boxes  *mailboxes
	ledger *ledger
	access *gathering
	rows   map[string]*rows

	evidence map[*control]evidence
	verdicts map[*control]verdict
}

// evidence is what a control has to go by.
type evidence struct {
	// missing are the reasons why the control was not evaluated.
	missing []finding.Reason
	// gaps are the reasons why it cannot pass.
	gaps []finding.Reason
}

func (j *judgement) judge(ctx context.Context, in *Input) error {
	input, err := j.input(&in.Declarations)
	if err != nil {
		return err
	}
	j.rows = map[string]*rows{"mailbox": j.boxes.rows()}
	for _, population := range evidencePopulations() {
		if j.rows[population], err = evidenceRows(j.doc, population); err != nil {
			return err
		}
	}
	sizes := map[string]int{}
	for population, r := range j.rows {
		sizes[population] = len(r.members)
	}
	j.evidence = map[*control]evidence{}
	var ready []*control
	for _, c := range j.engine.controls {
		j.evidence[c] = j.evidenceOf(c)
		if len(j.evidence[c].missing) == 0 && !j.brokenAccess(c) {
			ready = append(ready, c)
		}
	}
	if j.verdicts, err = j.engine.evaluate(ctx, ready, input, sizes); err != nil {
		return err
	}
	for _, c := range j.engine.controls {
		if j.brokenAccess(c) {
			j.verdicts[c] = verdict{err: j.access.err}
		}
	}
	return nil
}

// brokenAccess reports whether a control rests on access facts that could not be
// worked out.
func (j *judgement) brokenAccess(c *control) bool {
	return j.access.err != nil && readsAccess(&c.entry)
}

// evidenceOf holds what a control declares against the ledger. Optional evidence
// that is absent is for the control to judge; but it cannot see that what is
// there is not all, so that is a gap as with a need.
func (j *judgement) evidenceOf(c *control) evidence {
	var e evidence
	for _, need := range c.entry.Needs {
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
	}
	for _, optional := range c.entry.Optional {
		if state := j.ledger.stateOf(optional); state.present && len(state.gaps) > 0 {
			e.gaps = append(e.gaps, state.reasons()...)
		}
	}
	e.missing, e.gaps = distinct(e.missing), distinct(e.gaps)
	e.missing, e.gaps = gathered(e.missing), gathered(e.gaps)
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

// input builds what controls see: the evidence without who people are, the
// declarations and the moments. The ledger stays outside.
func (j *judgement) input(declared *Declarations) (ast.Value, error) {
	config, err := j.encode("config", declared)
	if err != nil {
		return nil, err
	}
	instants, err := j.encode("moments", newMoments(j.doc, declared))
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
		value, err := j.boxes.reader.read(raw, j.engine.without.field(name))
		if err != nil {
			return nil, fmt.Errorf("check: read %s: %w", name, err)
		}
		fields = append(fields, [2]*ast.Term{ast.StringTerm(name), value})
	}
	if j.access.facts != nil {
		fields = append(fields, [2]*ast.Term{ast.StringTerm(accessPart), j.access.facts})
	}
	if _, listed := j.doc.Mailboxes(); listed {
		fields = append(fields, [2]*ast.Term{ast.StringTerm("mailboxes"), ast.ArrayTerm(j.boxes.judged...)})
	}
	all := ast.NewObject(fields...)
	settle(all)
	return all, nil
}

func (j *judgement) encode(name string, value any) (*ast.Term, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("check: write %s: %w", name, err)
	}
	return j.boxes.reader.read(raw, nil)
}
