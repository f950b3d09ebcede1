package engine

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/population"
)

// What follows finds out whether a control uses the instants in mailboxes for
// nothing but their order against input.moments, and the counts in logs for nothing
// but whether there is any. Only then may members of a list stand as one that differ
// in nothing else.

// momentParts are the places that hold the moments: all mailboxes are told apart
// by them.
func momentParts() []path { return []path{"moments", "collected_at"} }

// A blurred place is one of whose values only the order against others counts.
type blurred struct {
	place path
	// list is the list in whose members it lies.
	list *list
	// count: a number that is compared with 0; else an instant.
	count bool
}

// blurredIn gives the places of the instants and counts in the members of all lists.
func blurredIn(marks *population.Marks) []blurred {
	var all []blurred
	var in *list
	var collect func(m *population.Marks, at path)
	collect = func(m *population.Marks, at path) {
		if m == nil {
			return
		}
		if m.Instant || m.Count {
			all = append(all, blurred{at, in, m.Count})
		}
		for name, field := range m.Fields {
			collect(field, at.field(name))
		}
		collect(m.Others, at.element())
		collect(m.Elements, at.element())
	}
	for _, in = range lists() {
		collect(in.marks(marks), in.member())
	}
	slices.SortFunc(all, func(a, b blurred) int { return strings.Compare(string(a.place), string(b.place)) })
	return all
}

// marks gives the marks of a list's members.
func (l *list) marks(marks *population.Marks) *population.Marks {
	for _, step := range l.steps {
		marks = marks.Field(step)
	}
	return marks.Element()
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

// blursAt gives the blurred places that a place may be, lie in or hold.
func (r *reads) blursAt(p path) []blurred {
	met, asked := r.meeting[p]
	if !asked && p != "" {
		for _, b := range r.blurred {
			if b.place.meets(p) {
				met = append(met, b)
			}
		}
		r.meeting[p] = met
	}
	return met
}

// is reports whether a place may be the blurred one itself.
func (b blurred) is(p path) bool {
	return strings.Count(string(b.place), "/") == strings.Count(string(p), "/") && b.place.meets(p)
}

// blursIn gives the blurred places that a value may be or hold.
func (r *reads) blursIn(w *what) []blurred {
	var found []blurred
	w.all(func(part *what) {
		for p := range part.places {
			found = append(found, r.blursAt(p)...)
		}
	})
	return found
}

// misuse notes that the order of what is at a blurred place is not all that counts.
func (r *reads) misuse(b blurred, loc *ast.Location) {
	if r.site != nil {
		loc = r.site
	}
	if r.unordered[b.list.entry] == nil {
		r.unordered[b.list.entry] = loc
	}
}

// compare follows a comparison of two values.
func (r *reads) compare(values []*what, terms []*ast.Term, loc *ast.Location) {
	for _, value := range values {
		r.useOrdered(value, loc)
	}
	for i, value := range values[:2] {
		other, term := values[1-i], terms[1-i]
		for _, b := range r.blursIn(value) {
			fits := b.count && isNought(term) || !b.count && isMoment(other, term)
			if !fits || !r.isOnlyBlurred(value) {
				r.misuse(b, loc)
			}
		}
	}
}

// isOnlyBlurred reports whether no place that a value may be holds a blurred place
// besides others, and nothing is built of them.
func (r *reads) isOnlyBlurred(w *what) bool {
	for p := range w.places {
		if slices.ContainsFunc(r.blursAt(p), func(b blurred) bool { return !b.is(p) }) {
			return false
		}
	}
	return len(r.blursIn(&what{members: w.members, keys: w.keys, fields: w.fields})) == 0
}

// isNought reports whether a term is 0, or a constant that no number is.
func isNought(term *ast.Term) bool {
	if term == nil {
		return false
	}
	switch v := term.Value.(type) {
	case ast.Null, ast.Boolean, ast.String:
		return true
	case ast.Number:
		return v == "0"
	}
	return false
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
