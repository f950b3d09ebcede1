package engine

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A what says what a value in a control may be: places in input, something that
// the control has built out of such, or constant texts. A nil what is nothing
// that matters.
type what struct {
	places map[path]bool
	// fields are the members of an object or a list that the control writes out,
	// by name or by index; members are all other members, keys what they are
	// found by.
	fields        map[string]*what
	members, keys *what
	// texts are the constant texts that the value may be. others says that it may
	// be something that is none of all these.
	texts  map[string]bool
	others bool
}

func textWhat(text string) *what { return &what{texts: map[string]bool{text: true}} }

func (w *what) empty() bool {
	return w == nil || len(w.places)+len(w.fields)+len(w.texts) == 0 && w.members == nil && w.keys == nil && !w.others
}

// join is what either may be.
func (w *what) join(other *what) *what {
	if w.empty() || w == other {
		return other
	}
	if other.empty() {
		return w
	}
	both := &what{
		places: union(w.places, other.places), texts: union(w.texts, other.texts),
		members: w.members.join(other.members), keys: w.keys.join(other.keys),
		fields: maps.Clone(w.fields), others: w.others || other.others,
	}
	if both.fields == nil {
		both.fields = map[string]*what{}
	}
	for name, field := range other.fields {
		both.fields[name] = both.fields[name].join(field)
	}
	return both
}

func union[K comparable](a, b map[K]bool) map[K]bool {
	both := make(map[K]bool, len(a)+len(b))
	maps.Copy(both, a)
	maps.Copy(both, b)
	return both
}

// constant gives the texts of which the value is one, if it can be nothing else.
func (w *what) constant() []string {
	if w == nil || w.others || len(w.places)+len(w.fields) > 0 || w.members != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(w.texts))
}

// field gives the member of that name.
func (w *what) field(name string) *what {
	return w.step(func(p path) path { return p.field(name) }, name)
}

// index gives the element at that index.
func (w *what) index(i int) *what { return w.step(path.element, strconv.Itoa(i)) }

func (w *what) step(move func(path) path, name string) *what {
	if w == nil {
		return nil
	}
	return w.moved(move).join(w.fields[name]).join(w.members)
}

// element gives any member.
func (w *what) element() *what {
	if w == nil {
		return nil
	}
	all := w.moved(path.element).join(w.members)
	for _, name := range slices.Sorted(maps.Keys(w.fields)) {
		all = all.join(w.fields[name])
	}
	return all
}

func (w *what) moved(move func(path) path) *what {
	next := &what{places: make(map[path]bool, len(w.places))}
	for p := range w.places {
		next.places[move(p)] = true
	}
	return next
}

// names gives what the members are found by.
func (w *what) names() *what {
	if w == nil {
		return nil
	}
	all := w.keys
	for name := range w.fields {
		all = all.join(textWhat(name))
	}
	if len(w.places) > 0 {
		all = all.join(&what{others: true})
	}
	return all
}

// key is the same for equal values.
func (w *what) key() string {
	var b strings.Builder
	w.write(&b)
	return b.String()
}

func (w *what) write(b *strings.Builder) {
	if w.empty() {
		b.WriteByte('-')
		return
	}
	for _, p := range sortedKeys(w.places) {
		b.WriteString(string(p) + ",")
	}
	for _, text := range sortedKeys(w.texts) {
		b.WriteString(strconv.Quote(text) + ",")
	}
	if w.others {
		b.WriteByte('*')
	}
	for _, name := range sortedKeys(w.fields) {
		b.WriteString("{" + name + "=")
		w.fields[name].write(b)
		b.WriteByte('}')
	}
	if w.members != nil || w.keys != nil {
		b.WriteByte('(')
		w.keys.write(b)
		b.WriteByte(':')
		w.members.write(b)
		b.WriteByte(')')
	}
}

// sortedKeys is slices.Sorted(maps.Keys(m)), for maps that mostly have one key or
// none.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	if len(m) == 0 {
		return nil
	}
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// all visits the value and everything in it.
func (w *what) all(visit func(*what)) {
	if w == nil {
		return
	}
	visit(w)
	w.members.all(visit)
	w.keys.all(visit)
	for _, field := range w.fields {
		field.all(visit)
	}
}
