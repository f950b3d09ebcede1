package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// A panel is controls that see the same of a mailbox, and of the logs. They are judged
// on units: a unit is all mailboxes that they cannot tell apart, or, where they need
// that, each mailbox by itself. There are panels for the rows of logs too.
type panel struct {
	list     *list
	controls []*control
	// logs are the panels of the logs that the controls of a panel of mailboxes look
	// at, by what an entry calls a row.
	logs map[string]*panel
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
	// known finds a unit by its key, as far as there is room; bySum finds one of a log
	// behind that by the sum of the key.
	known map[string]uint32
	bySum map[population.Sum]uint32
	key   []byte
	// batch is being filled. There is none when there are more different mailboxes
	// than may be judged at once.
	batch *batch
	// parted: the units took more than one batch.
	parted bool
	// head is the first unit alone, made when it is first asked for.
	head *batch
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

	// terms are the values of all units, made when they are first asked for.
	make  sync.Once
	terms []*ast.Term
	err   error
}

// The bounds of what a panel holds.
const (
	// batchUnits is how many units are judged together, where that may be in parts.
	// It is large enough to make starting an evaluation cheap.
	batchUnits = 1000
	// maxKnown is how many units are found again by what they look like. Of a log they
	// are maxKnownRows, and maxSums more by the sum of that: there, what was rare once
	// comes again.
	maxKnown     = 50_000
	maxKnownRows = 20_000
	maxSums      = 500_000
	// maxAtOnce is how many different mailboxes are judged at once where they cannot
	// be judged in parts: OPA takes some kilobytes for each.
	maxAtOnce = 200_000
)

// A seating puts controls into panels.
type seating struct {
	engine  *Engine
	moments []string
	byKey   map[string]*panel
	// mailboxes and logs are the panels, in the order of their first controls.
	mailboxes, logs []*panel
}

// seat puts controls together that see the same.
func (e *Engine) seat(controls []*control, moments []string) *seating {
	s := &seating{engine: e, moments: moments, byKey: map[string]*panel{}}
	for _, c := range controls {
		rows, key := map[string]*panel{}, ""
		for _, log := range logs() {
			if r := c.logs[log.entry]; r != nil && r.reads {
				p := s.panel(log, r.each(e, c), c.splits(e, log), r.sees, nil, "")
				p.controls = append(p.controls, c)
				rows[log.entry] = p
				key += fmt.Sprintf(" %p", p)
			}
		}
		p := s.panel(mailboxList(), c.each(e, c), c.scale.alone && !e.unreduced, c.sees, c.parts, key)
		p.logs = rows
		p.controls = append(p.controls, c)
	}
	return s
}

// panel gives the panel of a list that is told from others by what its controls see,
// and by a key.
func (s *seating) panel(l *list, each, split bool, sees *view, parts []string, key string) *panel {
	key = fmt.Sprint(l.entry, each, split, parts, sees.key(), key)
	if p := s.byKey[key]; p != nil {
		return p
	}
	marks := blursOnly(l.marks(s.engine.marks))
	if each {
		marks = nil
	}
	p := &panel{
		list: l, each: each, split: split,
		size: cmp.Or(s.engine.batchUnits, batchUnits), most: cmp.Or(s.engine.maxAtOnce, maxAtOnce),
		filter: population.NewFilter(sees.marks(marks), s.moments),
		parts:  parts, lacks: make([]set, len(parts)), known: map[string]uint32{}, batch: &batch{},
	}
	s.byKey[key] = p
	if l.name == "" {
		s.mailboxes = append(s.mailboxes, p)
	} else {
		s.logs = append(s.logs, p)
	}
	return p
}

// each reports whether members that look alike may not stand as one for the control.
func (r *regard) each(e *Engine, c *control) bool {
	return e.unreduced || c.unreduced || !r.scale.distinct || r.unordered != nil
}

// splits reports whether a control may see a log in parts: what it says of a row, or
// of a member of another list, depends on nothing else.
func (c *control) splits(e *Engine, log *list) bool {
	r := c.logs[log.entry]
	if e.unreduced || r.scale.joined || !r.scale.alone || c.regard.reads && !c.scale.alone {
		return false
	}
	for _, other := range c.logs {
		if other.reads && !other.scale.alone {
			return false
		}
	}
	return true
}

// blursOnly are marks without what they drop, which is gone already.
func blursOnly(m *population.Marks) *population.Marks {
	if m == nil || m.Drop {
		return nil
	}
	kept := &population.Marks{
		Instant: m.Instant, Count: m.Count, Fields: map[string]*population.Marks{},
		Others: blursOnly(m.Others), Elements: blursOnly(m.Elements),
	}
	for name, field := range m.Fields {
		if below := blursOnly(field); below != nil {
			kept.Fields[name] = below
		}
	}
	return kept
}

// unit gives the unit of the mailboxes of a class.
func (p *panel) unit(classes *population.Classes, class int) uint32 {
	if p.each {
		return uint32(classes.First(class))
	}
	return p.unitOf[class]
}

var errNoMailbox = errors.New("a mailbox or a row of a log is no JSON object")

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
	unit, known := p.find()
	p.unitOf = append(p.unitOf, unit)
	if known {
		return nil, nil
	}
	seen, _ := p.filter.AppendText(nil, text)
	if p.batch != nil {
		p.batch.texts = append(p.batch.texts, seen)
	}
	return p.addUnit(text, seen), nil
}

// find finds the unit that has the key, or gives the next number and remembers it.
func (p *panel) find() (unit uint32, known bool) {
	if unit, known = p.known[string(p.key)]; known {
		return unit, true
	}
	if p.known == nil {
		return p.units, false
	}
	isLog := p.list.name != ""
	switch {
	case !p.split, !isLog && len(p.known) < maxKnown, isLog && len(p.known) < maxKnownRows:
		p.known[string(p.key)] = p.units
		return p.units, false
	case !isLog:
		return p.units, false
	}
	sum := population.SumOf(p.key)
	if unit, known = p.bySum[sum]; known {
		return unit, true
	}
	if len(p.bySum) < maxSums {
		if p.bySum == nil {
			p.bySum = map[population.Sum]uint32{}
		}
		p.bySum[sum] = p.units
	}
	return p.units, false
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
		p.batch, p.known, p.bySum = nil, nil, nil
	}
	return nil
}
