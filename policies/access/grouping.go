package access

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// mostApart is how many doors of one protocol, method and outcome are told apart by
// names. It is above what people read, and keeps the facts of a tenant in which no
// two mailboxes are alike within some megabytes.
const mostApart = 64

func (o Options) apart() int {
	if o.Apart > 0 {
		return o.Apart
	}
	return mostApart
}

// grouping puts doors together that end in the same way for the same reasons. When
// there are too many of those, further ones are put together that differ in names
// alone: of locks, and in reasons. What controls decide by always keeps them apart.
type grouping struct {
	most    int
	numbers map[string]int
	groups  []*doorGroup
	// apart counts the groups that names tell apart.
	apart map[doorCell]int
}

type doorCell struct {
	protocol Protocol
	method   Method
	outcome  Outcome
}

type doorGroup struct {
	door  *doorwork
	class *class
	count int
	// coarse: names do not keep doors out. locks are what all doors have in common;
	// others: some door has other reasons than the first.
	coarse, others bool
	locks          []Lock
	behind         behind
}

func newGrouping(most int) *grouping {
	return &grouping{most: most, numbers: make(map[string]int), apart: make(map[doorCell]int)}
}

func (g *grouping) add(d *doorwork, c *class) {
	if d.fine == "" {
		d.fine, d.coarse = d.key(true), d.key(false)
	}
	declared := strings.Join(c.mailbox.Declared, "\x00")
	if n, known := g.numbers[d.fine+declared]; known {
		g.groups[n].take(c)
		return
	}
	cell := doorCell{d.protocol, d.method, d.outcome}
	if g.apart[cell] < g.most {
		g.apart[cell]++
		g.start(d.fine+declared, &doorGroup{door: d, class: c, locks: d.locks})
		return
	}
	if n, known := g.numbers[d.coarse+declared]; known {
		g.groups[n].join(d, c)
		return
	}
	g.start(d.coarse+declared, &doorGroup{door: d, class: c, locks: slices.Clone(d.locks), coarse: true})
}

func (g *grouping) start(key string, group *doorGroup) {
	g.numbers[key] = len(g.groups)
	g.groups = append(g.groups, group)
	group.take(group.class)
}

// take counts a class.
func (g *doorGroup) take(c *class) {
	g.count += c.count
	g.behind.add(c.number)
}

// join takes a door into a coarse group: of locks, which are of the same kinds in the
// same order, it leaves what holds for all.
func (g *doorGroup) join(d *doorwork, c *class) {
	g.take(c)
	for i := range g.locks {
		if g.locks[i] != d.locks[i] {
			g.locks[i].Name, g.locks[i].Pointer = "", ""
		}
	}
	g.others = g.others || !slices.EqualFunc(g.door.reasons, d.reasons, func(a, b Reason) bool { return compareReasons(a, b) == 0 })
}

// reasons are those of the first door, and what they are not for all.
func (g *doorGroup) reasons() []Reason {
	if !g.others {
		return g.door.reasons
	}
	return append(slices.Clone(g.door.reasons), Reason{Key: "reasons_of_first"})
}

// key is what doors must have in common to be shown as one. Without names it is what
// controls decide by, and no such key equals one with them.
func (d *doorwork) key(names bool) string {
	var b []byte
	part := func(values ...string) {
		for _, v := range values {
			b = binary.AppendUvarint(b, uint64(len(v)))
			b = append(b, v...)
		}
		b = append(b, 0)
	}
	part(fmt.Sprint(names), string(d.protocol), string(d.method), string(d.outcome))
	for _, l := range d.locks {
		part(string(l.Kind), string(l.Station), string(l.Stage))
		if names {
			part(l.Name)
		}
	}
	part()
	for i, r := range d.reasons {
		switch {
		case names:
			part(r.Key, r.Pointer, r.Sentence())
		case i == 0 || r.Key != d.reasons[i-1].Key:
			part(r.Key)
		}
	}
	part()
	for _, w := range d.ways {
		part(fmt.Sprint(w.policy.number, " ", w.index(), " ", w.opens))
	}
	part(d.via...)
	return string(b)
}

func (w entryWay) index() int {
	if w.rule == nil {
		return -1
	}
	return w.rule.index
}

// doors makes the result's entries.
func (g *grouping) doors(v *evaluation) []Door {
	list := make([]Door, 0, len(g.groups))
	for _, group := range g.groups {
		list = append(list, v.present(group))
	}
	protocols, methods, outcomes := Protocols(), Methods(), Outcomes()
	slices.SortStableFunc(list, func(a, b Door) int {
		return cmp.Or(
			slices.Index(protocols, a.Protocol)-slices.Index(protocols, b.Protocol),
			slices.Index(methods, a.Method)-slices.Index(methods, b.Method),
			slices.Index(outcomes, b.Outcome)-slices.Index(outcomes, a.Outcome),
			b.Mailboxes-a.Mailboxes,
			a.First-b.First,
		)
	})
	return list
}
