package doors

import (
	"fmt"
	"slices"
)

// group is doors of several protocols that differ in Exchange's switches alone: one
// password opens them all, and the same rules let it.
type group struct {
	*Door
	protocols []string
	// own are the steps of each protocol, shared those that follow.
	own    [][]Step
	shared []Step
}

// grouped puts such doors together, in the order of the first of each.
func grouped(list []*Door) []*group {
	var groups []*group
	numbers := map[string]int{}
	for _, d := range list {
		key := d.key()
		n, known := numbers[key]
		if !known {
			n = len(groups)
			numbers[key] = n
			groups = append(groups, &group{Door: d, shared: d.Steps})
		}
		g := groups[n]
		g.protocols = append(g.protocols, d.Protocol)
		g.own = append(g.own, d.Steps)
		g.shared = commonEnd(g.shared, d.Steps)
	}
	for _, g := range groups {
		for i := range g.own {
			g.own[i] = g.own[i][:len(g.own[i])-len(g.shared)]
		}
	}
	return groups
}

// key is what doors must have in common to be shown together.
func (d *Door) key() string {
	first := ""
	if d.First != nil {
		first = d.First.Pointer
	}
	last := ""
	if n := len(d.Steps); n > 0 {
		last = d.Steps[n-1].identity()
	}
	key := fmt.Sprintf("%q %q %d %q %q %q %q", d.Method, d.Outcome, d.Mailboxes, first, d.Declared, d.Via, last)
	if d.Witness != nil {
		key += fmt.Sprintf(" %+v", d.Witness.Requests)
	}
	for _, r := range d.Reasons {
		key += " " + r.identity()
	}
	for _, l := range d.Locks {
		key += fmt.Sprintf(" %q %q %q", l.Kind, l.Name, l.Pointer)
	}
	return key
}

// identity is the step without its place in the file.
func (s *Step) identity() string { return fmt.Sprintf("%q %q %q", s.Key, s.Text, s.Pointer) }

// commonEnd is the longest end that two traces share.
func commonEnd(a, b []Step) []Step {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n].identity() == b[len(b)-1-n].identity() {
		n++
	}
	return slices.Clone(a[len(a)-n:])
}

// split gives the doors that are open or may be, and the others that are doors at
// all.
func (r *Report) split() (loose, others []*Door) {
	for i := range r.Doors {
		d := &r.Doors[i]
		switch {
		case d.loose():
			loose = append(loose, d)
		case d.Outcome != notOffered:
			others = append(others, d)
		}
	}
	return loose, others
}
