package engine

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/population"
)

// A view is what a control can see of a mailbox, or of a member of another list: the
// fields that it reads, and the parts that must be there. Of an object that it only looks into or asks for, it
// sees that it is one. Mailboxes that differ in something else are the same to it.
type view struct {
	// whole: everything at this place.
	whole  bool
	fields map[string]*view
}

func (v *view) field(name string) *view {
	if v.fields == nil {
		v.fields = map[string]*view{}
	}
	below := v.fields[name]
	if below == nil {
		below = &view{}
		v.fields[name] = below
	}
	return below
}

// add adds a place below a mailbox. A place that is looked up by a computed name,
// or is an element of a list, stands for all that it lies in.
func (v *view) add(place path, whole bool) {
	for step := range place.steps() {
		if step == anyElement {
			v.whole = true
			return
		}
		v = v.field(strings.ReplaceAll(step, "\x00", "/"))
	}
	v.whole = v.whole || whole
}

// key is the same for views that show the same.
func (v *view) key() string {
	if v.whole {
		return "*"
	}
	var b strings.Builder
	b.WriteByte('{')
	for _, name := range slices.Sorted(maps.Keys(v.fields)) {
		b.WriteString(strconv.Quote(name) + v.fields[name].key())
	}
	b.WriteByte('}')
	return b.String()
}

// marks gives the marks that leave what the view shows. instants are the marks of
// the instants at the same place.
func (v *view) marks(instants *population.Marks) *population.Marks {
	if v.whole {
		return instants
	}
	shown := &population.Marks{Fields: map[string]*population.Marks{}, Others: &population.Marks{Drop: true}}
	for name, below := range v.fields {
		shown.Fields[name] = below.marks(instants.Field(name))
	}
	return shown
}

// regard gives how a control that reads so looks at a list. parts are the parts of a
// member that it needs. The scale is still to be found out.
func (r *reads) regard(l *list, parts []string) regard {
	v := &view{}
	member, all := l.member(), l.place()
	seen := regard{sees: v, unordered: r.unordered[l.entry]}
	below := func(p path) path { return path(strings.TrimPrefix(string(p[len(member):]), "/")) }
	for p, reading := range r.found {
		switch {
		case member.covers(p):
			v.add(below(p), reading.whole)
		case p.covers(all) || all.covers(p):
			v.whole = v.whole || reading.whole // the list as a whole
		case all.meets(p):
			v.whole = true // by a computed name
		default:
			continue
		}
		seen.reads = seen.reads || !p.covers(all) || p == all || reading.whole
	}
	for _, places := range []map[path]bool{r.sized, r.unknown} {
		for p := range places {
			if member.covers(p) {
				v.add(below(p), true)
			}
			seen.reads = seen.reads || all.covers(p)
		}
	}
	for _, part := range parts {
		_, name := parsePath(part).parent()
		v.field(name)
		seen.reads = true
	}
	return seen
}
