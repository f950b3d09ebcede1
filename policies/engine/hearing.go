package engine

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/population"
)

// A hearing judges panels batch by batch, on all cores. At no time more batches
// are held than are being judged.
type hearing struct {
	engine *Engine
	ctx    context.Context
	crowd  *crowd
	// common is the input without evidence and the mailboxes, evidence that part
	// without the logs; nil where there is none.
	common   [][2]*ast.Term
	evidence [][2]*ast.Term
	// behind gives who is behind entries of the access facts, nil without those.
	behind  func(entries []int) (iter.Seq[int], error)
	tallies map[*control]*tally
	// seats are the panels of mailboxes of the controls.
	seats map[*control]*panel

	cases chan *hearingCase
	group sync.WaitGroup
}

// A hearingCase is one batch for some controls, which are judged one after the other.
// The controls of a panel share the batch, and whoever comes first makes it ready.
type hearingCase struct {
	controls []*control
	*brief
}

// A brief is a batch as controls see it, with one of each other list.
type brief struct {
	// batch is what is judged, batches are that and the others, by what an entry calls
	// a member.
	batch   *batch
	batches map[string]*batch
	ready   sync.Once
	input   ast.Value
	// sizes are how many members of each list it shows.
	sizes map[string]int
	err   error
}

// open starts a hearing. What controls say goes into their tallies.
func (j *judgement) open(ctx context.Context) *hearing {
	h := &hearing{
		engine: j.engine, ctx: ctx, crowd: j.crowd, common: j.fields, evidence: j.evidenceOnly, behind: j.access.behind,
		tallies: j.tallies, seats: j.panels, cases: make(chan *hearingCase),
	}
	shared := newSharedMemory()
	for range runtime.GOMAXPROCS(0) {
		h.group.Go(func() {
			memory := newRemembering(shared)
			for c := range h.cases {
				h.hear(c, memory)
			}
		})
	}
	return h
}

// close waits for what is being judged.
func (h *hearing) close() error {
	close(h.cases)
	h.group.Wait()
	if h.ctx.Err() != nil {
		return fmt.Errorf("check: %w", context.Cause(h.ctx))
	}
	return nil
}

// judgeAll hands all mailboxes and all rows of logs to the panels, in as many batches
// as it takes. The logs come first: where one batch holds all of a log, it is judged
// together with the mailboxes.
func (h *hearing) judgeAll(s *seating) error {
	for _, log := range logs() {
		if rows := h.crowd.rows[log.entry]; rows != nil {
			err := h.feed(rows.classes, rows.source, log, s.logs, h.judgeRows)
			if err != nil {
				return err
			}
		}
	}
	for _, p := range s.logs {
		if p.parted && p.batch.units > 0 {
			h.judgeRows(p, p.batch)
		}
		p.known, p.bySum, p.key = nil, nil, nil // all rows are in
	}
	if err := h.feed(h.crowd.classes, h.crowd.source, mailboxList(), s.mailboxes, h.judge); err != nil {
		return err
	}
	for _, p := range s.mailboxes {
		h.judgeRest(p)
	}
	return nil
}

// feed hands all members of a list to its panels, and every batch that is full to
// judge.
func (h *hearing) feed(classes *population.Classes, source population.Source, l *list, panels []*panel, judge func(*panel, *batch)) error {
	give := func(list []*panel) func(int, []byte) error {
		return func(_ int, text []byte) error {
			for _, p := range list {
				full, err := p.add(text)
				if err != nil {
					return err
				}
				if full != nil {
					judge(p, full)
				}
			}
			return h.ctx.Err()
		}
	}
	var each, alike []*panel
	for _, p := range panels {
		switch {
		case p.list.entry != l.entry:
		case p.each:
			each = append(each, p)
		default:
			alike = append(alike, p)
		}
	}
	var err error
	if len(alike) > 0 {
		err = classes.Texts(source, give(alike))
	}
	if err == nil && len(each) > 0 {
		err = classes.Judged(source, everyone(classes.Members()), give(each))
	}
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return nil
}

func everyone(n int) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := range uint32(n) {
			if !yield(i) {
				return
			}
		}
	}
}

// judgeRest hands over the last batch of a panel, which is the only one as a rule.
func (h *hearing) judgeRest(p *panel) {
	switch {
	case p.batch == nil:
		h.refuse(p, p)
	case p.batch.units > 0 || p.units == 0:
		h.judge(p, p.batch)
	}
	p.batch, p.known, p.bySum, p.key = nil, nil, nil, nil // all mailboxes are in
}

// refuse tells the controls of a panel that a list is too long for them.
func (h *hearing) refuse(p, of *panel) {
	members := strings.ReplaceAll(of.list.entry, "_", " ")
	many := map[string]string{"mailbox": "mailboxes", "sign_in": "sign-ins", "okta_request": "requests at Okta"}[of.list.entry]
	for _, c := range p.controls {
		h.tallies[c].take(verdict{err: fmt.Errorf("the control sees all %s at once, and more than %d of them differ in what it reads: let it judge one %s at a time", many, of.most, members)}, nil, 0)
	}
}

// judge hands a batch to all controls of a panel. Where there are many batches, each
// goes to the controls together, which ask the library the same of a mailbox; where
// there is one, they are judged at the same time.
func (h *hearing) judge(p *panel, b *batch) {
	shared := &brief{batch: b, batches: map[string]*batch{p.list.entry: b}}
	for entry, rows := range p.logs {
		switch {
		case rows.batch == nil:
			h.refuse(p, rows)
			return
		case rows.parted:
			shared.batches[entry] = h.headOf(rows)
		default:
			shared.batches[entry] = rows.batch
		}
	}
	if p.split && (b.first > 0 || int(b.units) == p.size) {
		h.cases <- &hearingCase{p.controls, shared}
		return
	}
	for i := range p.controls {
		h.cases <- &hearingCase{p.controls[i : i+1], shared}
	}
}

// judgeRows hands a part of a log to all controls of its panel. What they say of rows
// depends on no other list but on whether it is empty, so of each they see one member.
func (h *hearing) judgeRows(p *panel, b *batch) {
	p.parted = true
	for _, c := range p.controls {
		own := &brief{batch: b, batches: map[string]*batch{p.list.entry: b}}
		seat := h.seats[c]
		own.batches[seat.list.entry] = h.headOf(seat)
		for entry, other := range seat.logs {
			if other != p {
				own.batches[entry] = h.headOf(other)
			}
		}
		h.cases <- &hearingCase{[]*control{c}, own}
	}
}

// headOf gives the first unit of a panel's list, if there is any.
func (h *hearing) headOf(p *panel) *batch {
	if p.head != nil {
		return p.head
	}
	p.head = &batch{}
	classes, source := h.crowd.of(p.list)
	if classes == nil || classes.Len() == 0 {
		return p.head
	}
	text, err := classes.Text(source, 0)
	if err != nil {
		h.crowd.fail(err)
		return p.head
	}
	seen, ok := p.filter.AppendText(nil, text)
	if !ok {
		h.crowd.fail(errNoMailbox)
		return p.head
	}
	p.head.units, p.head.texts = 1, [][]byte{seen}
	return p.head
}

// hear judges one case.
func (h *hearing) hear(c *hearingCase, memory *remembering) {
	c.ready.Do(func() { h.prepare(c.brief) })
	memory.turn()
	for _, control := range c.controls {
		t := h.tallies[control]
		if h.ctx.Err() != nil || t.broken() {
			continue
		}
		said := verdict{err: c.err}
		if c.err == nil {
			said = h.engine.run(h.ctx, control, c.brief, memory, h.behind)
		}
		if said.err != nil {
			memory.forget() // what broke may have left half an answer
		}
		t.take(said, c.batches, c.batch.first)
	}
}

// prepare makes the input of a batch.
func (h *hearing) prepare(b *brief) {
	b.sizes = map[string]int{}
	fields := append(make([][2]*ast.Term, 0, len(h.common)+2), h.common...)
	evidence := append(make([][2]*ast.Term, 0, len(h.evidence)+2), h.evidence...)
	for _, l := range lists() {
		batch := b.batches[l.entry]
		if batch == nil || !h.crowd.listed(l) {
			continue
		}
		var members []*ast.Term
		if members, b.err = batch.members(); b.err != nil {
			return
		}
		b.sizes[l.entry] = len(members)
		member := [2]*ast.Term{ast.StringTerm(l.steps[len(l.steps)-1]), ast.ArrayTerm(members...)}
		if l.name == "" {
			fields = append(fields, member)
		} else {
			evidence = append(evidence, member)
		}
	}
	if h.evidence != nil {
		fields = append(fields, [2]*ast.Term{ast.StringTerm("evidence"), ast.NewTerm(settled(evidence))})
	}
	b.input = settled(fields)
}

func settled(fields [][2]*ast.Term) ast.Object {
	object := ast.NewObject(fields...)
	settle(object)
	return object
}

// members gives the units of a batch as values.
func (b *batch) members() ([]*ast.Term, error) {
	b.make.Do(func() {
		b.terms, b.err = b.read()
		b.texts = nil
	})
	return b.terms, b.err
}

func (b *batch) read() ([]*ast.Term, error) {
	r := newReader()
	texts := make([]*ast.Term, len(b.texts))
	for i, text := range b.texts {
		term, err := r.read(text, nil)
		if err != nil {
			return nil, fmt.Errorf("read a mailbox or a row of a log: %w", err)
		}
		texts[i] = term
	}
	if b.order == nil {
		return texts, nil
	}
	members := make([]*ast.Term, len(b.order))
	for i, at := range b.order {
		members[i] = texts[at]
	}
	return members, nil
}
