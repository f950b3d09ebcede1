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
	numbers map[groupKey]int
	groups  []*doorGroup
	// apart counts the groups that names tell apart.
	apart map[doorCell]int
}

type doorCell struct {
	protocol Protocol
	method   Method
	outcome  Outcome
}

// groupKey is what the doors of a group have in common. A door's key hides stray
// names, so those that it says stand beside it.
type groupKey struct {
	door, declared string
	names          stray
}

// A member is a class that has a door at a place in the matrix.
type member struct {
	class *class
	names stray
	place int
}

// doorGroup is of doors whose stray names are hidden.
type doorGroup struct {
	door  *doorwork
	first member
	count int
	// coarse: names do not keep doors out. unlike are the locks, by place, that are
	// not of one name at all doors; others: some door has other reasons than the
	// first.
	coarse, others bool
	unlike         []bool
	behind         behind
}

func newGrouping(most int) *grouping {
	return &grouping{most: most, numbers: make(map[groupKey]int), apart: make(map[doorCell]int)}
}

func (g *grouping) add(d *doorwork, m member) {
	if d.fine == "" {
		d.fine, d.coarse = d.key(true), d.key(false)
	}
	fine := groupKey{d.fine, strings.Join(m.class.mailbox.Declared, "\x00"), m.names.in(d.fine)}
	if n, known := g.numbers[fine]; known {
		g.groups[n].take(m.class)
		return
	}
	group := &doorGroup{door: d, first: m}
	cell := doorCell{d.protocol, d.method, d.outcome}
	if g.apart[cell] < g.most {
		g.apart[cell]++
		g.start(fine, group)
		return
	}
	coarse := groupKey{door: d.coarse, declared: fine.declared}
	if n, known := g.numbers[coarse]; known {
		g.groups[n].join(d, m)
		return
	}
	group.coarse, group.unlike = true, make([]bool, len(d.locks))
	g.start(coarse, group)
}

func (g *grouping) start(key groupKey, group *doorGroup) {
	g.numbers[key] = len(g.groups)
	g.groups = append(g.groups, group)
	group.take(group.first.class)
}

// take counts a class.
func (g *doorGroup) take(c *class) {
	g.count += c.count
	g.behind.add(c.number)
}

// join takes a door into a coarse group. Its locks are of the same kinds in the same
// order; a stray name is no lock's.
func (g *doorGroup) join(d *doorwork, m member) {
	g.take(m.class)
	for i, l := range g.door.locks {
		g.unlike[i] = g.unlike[i] || l != d.locks[i]
	}
	g.others = g.others || d.says(m.names) != g.door.says(g.first.names) ||
		!slices.EqualFunc(g.door.reasons, d.reasons, func(a, b Reason) bool { return compareReasons(a, b) == 0 })
}

// says leaves of stray names those that the door's reasons say.
func (d *doorwork) says(names stray) stray {
	var said strings.Builder
	for _, r := range d.reasons {
		said.WriteString(r.Sentence())
	}
	return names.in(said.String())
}

// locks are those of the first door, with the names that hold for all.
func (g *doorGroup) locks(first *doorwork) []Lock {
	list := slices.Clone(first.locks)
	for i, unlike := range g.unlike {
		if unlike {
			list[i].Name, list[i].Pointer = "", ""
		}
	}
	return list
}

// reasons are those of the first door, and what they are not for all.
func (g *doorGroup) reasons(first *doorwork) []Reason {
	if !g.others {
		return first.reasons
	}
	return append(slices.Clone(first.reasons), Reason{Key: "reasons_of_first"})
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
