package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// A panel is controls that see the same of a mailbox. They are judged on units: a
// unit is all mailboxes that they cannot tell apart, or, where they need that,
// each mailbox by itself.
type panel struct {
	controls []*control
	// filter leaves what the controls see of a mailbox.
	filter *population.Filter
	// each: every mailbox is a unit. split: units may be judged in parts, of so many
	// as size says.
	// most is how many different ones may be judged at once where they may not.
	each, split bool
	size, most  int

	units uint32
	// unitOf gives the unit of each class; it is not used where each mailbox is one.
	unitOf []uint32
	// extents are those of the units, made when they are first asked for.
	extents []extent
	measure sync.Once
	// parts are what the controls need of every mailbox, lacks the units that do not
	// have it. exempt are units that need not have it: Exchange's own mailboxes, to
	// which nobody signs in and most of which belong to no user.
	parts  []string
	lacks  []set
	exempt set
	// known finds a unit by its key, as far as there is room.
	known map[string]uint32
	key   []byte
	// batch is being filled. There is none when there are more different mailboxes
	// than may be judged at once.
	batch *batch
}

// A batch is some units that are judged together.
type batch struct {
	// first is the number of the first unit, units how many there are.
	first, units uint32
	// texts are what is seen of them. Where every mailbox is a unit, many have the
	// same text: then order gives that of each unit, and known finds a text.
	texts [][]byte
	order []uint32
	known map[string]uint32
}

// The bounds of what a panel holds.
const (
	// batchUnits is how many units are judged together, where that may be in parts.
	// It is large enough to make starting an evaluation cheap.
	batchUnits = 1000
	// maxKnown is how many units are found again by what they look like.
	maxKnown = 50_000
	// maxAtOnce is how many different mailboxes are judged at once where they cannot
	// be judged in parts: OPA takes some kilobytes for each.
	maxAtOnce = 200_000
)

// panels puts controls together that see the same of a mailbox.
func (e *Engine) panels(controls []*control, moments []string) []*panel {
	var list []*panel
	byKey := map[string]*panel{}
	instants := instantsOnly(e.marks.Field("mailboxes").Element())
	for _, c := range controls {
		each := e.unreduced || !c.reducible()
		split := c.scale.alone && !e.unreduced
		key := fmt.Sprint(each, split, c.parts, c.sees.key())
		p := byKey[key]
		if p == nil {
			marks := instants
			if each {
				marks = nil
			}
			p = &panel{
				each: each, split: split, size: cmp.Or(e.batchUnits, batchUnits), most: cmp.Or(e.maxAtOnce, maxAtOnce),
				filter: population.NewFilter(c.sees.marks(marks), moments),
				parts:  c.parts, lacks: make([]set, len(c.parts)), known: map[string]uint32{}, batch: &batch{},
			}
			byKey[key] = p
			list = append(list, p)
		}
		p.controls = append(p.controls, c)
	}
	return list
}

// unit gives the unit of the mailboxes of a class.
func (p *panel) unit(classes *population.Classes, class int) uint32 {
	if p.each {
		return uint32(classes.First(class))
	}
	return p.unitOf[class]
}

// reducible reports whether mailboxes that look alike may stand as one for the
// control.
func (c *control) reducible() bool { return !c.unreduced && c.scale.distinct && c.unordered == nil }

// instantsOnly are marks without what they drop, which is gone already.
func instantsOnly(m *population.Marks) *population.Marks {
	if m == nil || m.Drop {
		return nil
	}
	kept := &population.Marks{
		Instant: m.Instant, Fields: map[string]*population.Marks{},
		Others: instantsOnly(m.Others), Elements: instantsOnly(m.Elements),
	}
	for name, field := range m.Fields {
		if below := instantsOnly(field); below != nil {
			kept.Fields[name] = below
		}
	}
	return kept
}

var errNoMailbox = errors.New("a mailbox is no JSON object")

// add takes in the next class, or the next mailbox where each is a unit. It gives
// a batch that is full.
func (p *panel) add(text []byte) (*batch, error) {
	var ok bool
	if p.each {
		p.key, ok = p.filter.AppendText(p.key[:0], text)
	} else {
		p.key, ok = p.filter.AppendKey(p.key[:0], text)
	}
	switch {
	case !ok:
		return nil, errNoMailbox
	case p.each:
		return p.addEach(text), nil
	}
	if p.exempts(text) {
		p.key = append(p.key, "system"...)
	}
	unit, known := p.known[string(p.key)]
	p.unitOf = append(p.unitOf, unit)
	if known {
		return nil, nil
	}
	p.unitOf[len(p.unitOf)-1] = p.units
	if p.known != nil && (len(p.known) < maxKnown || !p.split) {
		p.known[string(p.key)] = p.units
	}
	seen, _ := p.filter.AppendText(nil, text)
	if p.batch != nil {
		p.batch.texts = append(p.batch.texts, seen)
	}
	return p.addUnit(text, seen), nil
}

// exempts reports whether a mailbox lacks what the controls need, and need not
// have it.
func (p *panel) exempts(text []byte) bool {
	for _, part := range p.parts {
		if !population.Has(text, partName(part)) {
			return snapshot.IsSystemMailbox(population.Text(text, "exchange", "RecipientTypeDetails"))
		}
	}
	return false
}

// partName is the field of a mailbox that a path such as mailboxes[].entra names.
func partName(part string) string { return strings.TrimPrefix(part, perMailbox+".") }

// addEach takes in a mailbox as a unit of its own.
func (p *panel) addEach(text []byte) *batch {
	if b := p.batch; b != nil {
		at, known := b.known[string(p.key)]
		if !known {
			if b.known == nil {
				b.known = map[string]uint32{}
			}
			at = uint32(len(b.texts))
			b.texts = append(b.texts, slices.Clone(p.key))
			b.known[string(p.key)] = at
		}
		b.order = append(b.order, at)
	}
	return p.addUnit(text, p.key)
}

// addUnit takes in a unit, by all that is judged of its first mailbox and by what
// the controls see of it.
func (p *panel) addUnit(text, seen []byte) *batch {
	for i, part := range p.parts {
		if !population.Has(seen, partName(part)) {
			p.lacks[i].add(p.units)
		}
	}
	if p.exempts(text) {
		p.exempt.add(p.units)
	}
	p.units++
	b := p.batch
	if b == nil {
		return nil
	}
	b.units++
	switch {
	case p.split && int(b.units) == p.size:
		p.batch = &batch{first: p.units}
		return b
	case !p.split && len(b.texts) > p.most:
		p.batch, p.known = nil, nil
	}
	return nil
}
