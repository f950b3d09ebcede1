package engine

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/population"
)

// What follows finds out whether a control uses the instants in mailboxes for
// nothing but their order against input.moments. Only then may mailboxes stand as
// one whose instants differ in nothing else.

// momentParts are the places that hold the moments: all mailboxes are told apart
// by them.
func momentParts() []path { return []path{"moments", "collected_at"} }

// instantsOf gives the places of the instants in a mailbox.
func instantsOf(marks *population.Marks) []path {
	var list []path
	var collect func(m *population.Marks, at path)
	collect = func(m *population.Marks, at path) {
		if m == nil {
			return
		}
		if m.Instant {
			list = append(list, at)
		}
		for name, field := range m.Fields {
			collect(field, at.field(name))
		}
		collect(m.Others, at.element())
		collect(m.Elements, at.element())
	}
	collect(marks.Field("mailboxes").Element(), parsePath(perMailbox))
	slices.Sort(list)
	return list
}

// meets reports whether one of two places may lie in the other, or be it. An
// element may be any.
func (p path) meets(other path) bool {
	for p != "" && other != "" {
		var a, b string
		a, p = p.cut()
		b, other = other.cut()
		if a != b && a != anyElement && b != anyElement {
			return false
		}
	}
	return true
}

// isInstant reports whether a place may be one of the instants, meetsInstant
// whether it may be one, lie in one or hold one.
func (r *reads) isInstant(p path) bool {
	depth := strings.Count(string(p), "/")
	return slices.ContainsFunc(r.instants, func(i path) bool { return strings.Count(string(i), "/") == depth && i.meets(p) })
}

func (r *reads) meetsInstant(p path) bool {
	meets, asked := r.meeting[p]
	if !asked {
		meets = p != "" && slices.ContainsFunc(r.instants, p.meets)
		r.meeting[p] = meets
	}
	return meets
}

// holdsInstant reports whether a value may be or hold an instant of a mailbox.
func (r *reads) holdsInstant(w *what) bool {
	found := false
	w.all(func(part *what) {
		for p := range part.places {
			found = found || r.meetsInstant(p)
		}
	})
	return found
}

func (r *reads) misuse(loc *ast.Location) {
	if r.site != nil {
		loc = r.site
	}
	if r.unordered == nil {
		r.unordered = loc
	}
}

// compare follows a comparison of two values.
func (r *reads) compare(values []*what, terms []*ast.Term, loc *ast.Location) {
	for _, value := range values {
		r.useOrdered(value, loc)
	}
	for i, value := range values[:2] {
		if r.holdsInstant(value) && !(r.isOnlyInstants(value) && isMoment(values[1-i], terms[1-i])) {
			r.misuse(loc)
		}
	}
}

// isOnlyInstants reports whether no place that a value may be holds an instant
// besides others, and nothing is built of them.
func (r *reads) isOnlyInstants(w *what) bool {
	for p := range w.places {
		if r.meetsInstant(p) && !r.isInstant(p) {
			return false
		}
	}
	return !r.holdsInstant(&what{members: w.members, keys: w.keys, fields: w.fields})
}

// isMoment reports whether a value is one of the moments, or a constant that no
// instant is.
func isMoment(w *what, term *ast.Term) bool {
	if term != nil {
		switch term.Value.(type) {
		case ast.Null, ast.Boolean, ast.Number:
			return true
		}
	}
	if w == nil || w.others || len(w.places) == 0 || len(w.fields)+len(w.texts) > 0 || w.members != nil {
		return false
	}
	for p := range w.places {
		if !slices.ContainsFunc(momentParts(), func(m path) bool { return m.covers(p) }) {
			return false
		}
	}
	return true
}
