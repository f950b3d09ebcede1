package engine

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// A hearing judges panels batch by batch, on all cores. At no time more batches
// are held than are being judged.
type hearing struct {
	engine *Engine
	ctx    context.Context
	// evidence is the input without the mailboxes, sizes the other populations'.
	evidence [][2]*ast.Term
	sizes    map[string]int
	// behind gives who is behind entries of the access facts, nil without those.
	behind func(entries []int) (iter.Seq[int], error)
	// listed: the snapshot has a list of mailboxes.
	listed  bool
	tallies map[*control]*tally

	cases chan *hearingCase
	group sync.WaitGroup
}

// A hearingCase is one batch for some controls, which are judged one after the other.
// The controls of a panel share the batch, and whoever comes first makes it ready.
type hearingCase struct {
	controls []*control
	*brief
}

// A brief is a batch as controls see it.
type brief struct {
	batch *batch
	ready sync.Once
	input ast.Value
	sizes map[string]int
	err   error
}

// open starts a hearing. What controls say goes into their tallies.
func (e *Engine) open(ctx context.Context, evidence [][2]*ast.Term, sizes map[string]int, listed bool, tallies map[*control]*tally) *hearing {
	h := &hearing{
		engine: e, ctx: ctx, evidence: evidence, sizes: sizes, listed: listed,
		tallies: tallies, cases: make(chan *hearingCase),
	}
	for range runtime.GOMAXPROCS(0) {
		h.group.Go(func() {
			for c := range h.cases {
				h.hear(c)
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

// judgeAll hands all mailboxes to the panels, in as many batches as it takes.
func (h *hearing) judgeAll(c *crowd, panels []*panel) error {
	feed := func(list []*panel) func(int, []byte) error {
		return func(_ int, text []byte) error {
			for _, p := range list {
				full, err := p.add(text)
				if err != nil {
					return err
				}
				if full != nil {
					h.judge(p, full)
				}
			}
			return h.ctx.Err()
		}
	}
	var each, alike []*panel
	for _, p := range panels {
		if p.each {
			each = append(each, p)
		} else {
			alike = append(alike, p)
		}
	}
	err := c.classes.Texts(c.source, feed(alike))
	if err == nil && len(each) > 0 {
		err = c.classes.Judged(c.source, everyone(c.classes.Members()), feed(each))
	}
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	for _, p := range panels {
		h.judgeRest(p)
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
		for _, c := range p.controls {
			h.tallies[c].take(verdict{err: fmt.Errorf("the control sees all mailboxes at once, and more than %d of them differ in what it reads: let it judge one mailbox at a time", p.most)}, 0)
		}
	case p.batch.units > 0 || p.units == 0:
		h.judge(p, p.batch)
	}
	p.batch, p.known, p.key = nil, nil, nil // all mailboxes are in
}

// judge hands a batch to all controls of a panel. Where there are many batches, each
// goes to the controls together, which ask the library the same of a mailbox; where
// there is one, they are judged at the same time.
func (h *hearing) judge(p *panel, b *batch) {
	shared := &brief{batch: b}
	if p.split && (b.first > 0 || int(b.units) == p.size) {
		h.cases <- &hearingCase{p.controls, shared}
		return
	}
	for i := range p.controls {
		h.cases <- &hearingCase{p.controls[i : i+1], shared}
	}
}

// hear judges one case.
func (h *hearing) hear(c *hearingCase) {
	c.ready.Do(func() { h.prepare(c.brief) })
	cache := topdown.NewVirtualCache()
	for _, control := range c.controls {
		t := h.tallies[control]
		if h.ctx.Err() != nil || t.broken() {
			continue
		}
		said := verdict{err: c.err}
		if c.err == nil {
			said = h.engine.run(h.ctx, control, c.brief, cache, h.behind)
		}
		if said.err != nil {
			cache = topdown.NewVirtualCache() // what broke may have left half an answer
		}
		t.take(said, c.batch.first)
	}
}

// prepare makes the input of a batch.
func (h *hearing) prepare(b *brief) {
	b.sizes = maps.Clone(h.sizes)
	fields := append(make([][2]*ast.Term, 0, len(h.evidence)+1), h.evidence...)
	if h.listed {
		var boxes []*ast.Term
		if boxes, b.err = b.batch.mailboxes(); b.err != nil {
			return
		}
		b.sizes["mailbox"] = len(boxes)
		fields = append(fields, [2]*ast.Term{ast.StringTerm("mailboxes"), ast.ArrayTerm(boxes...)})
	}
	all := ast.NewObject(fields...)
	settle(all)
	b.input, b.batch.texts = all, nil
}

// mailboxes gives the units of a batch as values.
func (b *batch) mailboxes() ([]*ast.Term, error) {
	r := newReader()
	texts := make([]*ast.Term, len(b.texts))
	for i, text := range b.texts {
		term, err := r.read(text, nil)
		if err != nil {
			return nil, fmt.Errorf("read a mailbox: %w", err)
		}
		texts[i] = term
	}
	if b.order == nil {
		return texts, nil
	}
	boxes := make([]*ast.Term, len(b.order))
	for i, at := range b.order {
		boxes[i] = texts[at]
	}
	return boxes, nil
}
