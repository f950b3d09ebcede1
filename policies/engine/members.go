package engine

import (
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// affected are the members of a list that units of a panel stand for, or without a
// panel those of classes.
type affected struct {
	classes *population.Classes
	panel   *panel
	units   set
}

// holds reports whether a mailbox is among them.
func (a *affected) holds(member int) bool {
	switch {
	case a.panel == nil:
		return a.units.has(uint32(a.classes.Of(member)))
	case a.panel.each:
		return a.units.has(uint32(member))
	}
	return a.units.has(a.panel.unitOf[a.classes.Of(member)])
}

// count is how many there are.
func (a *affected) count() int {
	n := 0
	switch {
	case a.panel == nil:
		for class := range a.units.all() {
			n += a.classes.Count(int(class))
		}
		return n
	case a.panel.each:
		return a.units.len()
	}
	for unit := range a.units.all() {
		n += a.extents()[unit].count
	}
	return n
}

// first is the index of the first; there must be one.
func (a *affected) first() int {
	switch {
	case a.panel == nil:
		return a.classes.First(a.units.first())
	case a.panel.each:
		return a.units.first()
	}
	first := a.classes.Members()
	for unit := range a.units.all() {
		first = min(first, a.extents()[unit].first)
	}
	return first
}

// indexes gives them in the order of the snapshot. It looks no further than they
// stand: there may be as many lists as mailboxes.
func (a *affected) indexes(yield func(int) bool) {
	left := a.count()
	if left == 0 {
		return
	}
	for member := a.first(); left > 0; member++ {
		if !a.holds(member) {
			continue
		}
		if left--; !yield(member) {
			return
		}
	}
}

// An extent is how many mailboxes a unit stands for, and the index of the first.
type extent struct{ first, count int }

// extents gives those of all units, once all mailboxes are in.
func (a *affected) extents() []extent {
	p, classes := a.panel, a.classes
	p.measure.Do(func() {
		p.extents = make([]extent, p.units)
		for class, unit := range p.unitOf {
			e := &p.extents[unit]
			if e.count == 0 || classes.First(class) < e.first {
				e.first = classes.First(class)
			}
			e.count += classes.Count(class)
		}
	})
	return p.extents
}

// members lists which mailboxes they are, read from the snapshot on each walk.
func (a *affected) members(c *crowd, n int) *finding.Members {
	return finding.RollMembers("mailbox", n, c.roll(), a.indexes)
}

// roll is all mailboxes. All lists share it.
func (c *crowd) roll() *finding.Roll {
	if c.all == nil {
		c.all = &finding.Roll{Read: c.read}
		if c.keys != nil {
			c.all.Keys = func() ([]uint64, error) { return c.keys, nil }
		}
	}
	return c.all
}

// read gives the mailboxes at some indexes.
func (c *crowd) read(indexes iter.Seq[int]) iter.Seq2[finding.Member, error] {
	return func(yield func(finding.Member, error) bool) {
		enough := errors.New("enough")
		err := c.classes.Records(c.source, places(indexes), func(i int, record []byte) error {
			member, err := c.member(i, record)
			if err != nil {
				return err
			}
			if !yield(member, nil) {
				return enough
			}
			return nil
		})
		if err != nil && err != enough {
			yield(finding.Member{}, fmt.Errorf("list mailboxes: %w", err))
		}
	}
}

func (c *crowd) member(i int, record []byte) (finding.Member, error) {
	who, ok := population.Identify(record)
	if !ok {
		return finding.Member{}, fmt.Errorf("mailbox %d has no id any more: %w", i, errNoMailbox)
	}
	pointer := mailboxPointer(i)
	region, _ := c.doc.Locate(pointer)
	return finding.Member{
		ID: who.ID, Name: who.UserPrincipalName, DisplayName: who.DisplayName,
		Pointer: pointer, Line: region.StartLine,
	}, nil
}

func mailboxPointer(i int) string { return "/mailboxes/" + strconv.Itoa(i) }

// judged gives what is judged of one mailbox, as it stands in the snapshot.
func (c *crowd) judged(member int) ([]byte, error) {
	if class := c.classes.Of(member); c.classes.First(class) == member {
		return c.classes.Text(c.source, class)
	}
	return c.classes.MemberText(c.source, member)
}
