package population

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Marks say what becomes of a place in a record and of what is below it. Nil
// marks keep everything as it is.
type Marks struct {
	// Drop leaves the value out, with its name.
	Drop bool
	// Instant says that a text here is a moment, of which only the order against
	// other moments counts.
	Instant bool
	// Count says that a number here tells how often something happened, of which only
	// counts whether it did: an integer, in plain digits.
	Count bool
	// Fields are an object's fields by name. Others hold for the fields that are
	// not named, Elements for the elements of a list.
	Fields           map[string]*Marks
	Others, Elements *Marks
}

// Join gives marks that drop what either drops, and hold for an instant what
// either holds for one.
func (m *Marks) Join(other *Marks) *Marks {
	if m == nil {
		return other
	}
	if other == nil {
		return m
	}
	both := &Marks{
		Drop: m.Drop || other.Drop, Instant: m.Instant || other.Instant, Count: m.Count || other.Count,
		Others: m.Others.Join(other.Others), Elements: m.Elements.Join(other.Elements),
		Fields: map[string]*Marks{},
	}
	for name := range m.Fields {
		both.Fields[name] = m.Field(name).Join(other.Field(name))
	}
	for name := range other.Fields {
		both.Fields[name] = m.Field(name).Join(other.Field(name))
	}
	return both
}

// Field gives the marks of an object's field.
func (m *Marks) Field(name string) *Marks {
	if m == nil {
		return nil
	}
	if field, ok := m.Fields[name]; ok {
		return field
	}
	return m.Others
}

// Element gives the marks of a list's elements.
func (m *Marks) Element() *Marks {
	if m == nil {
		return nil
	}
	return m.Elements
}

// Dropped reports whether the value is left out.
func (m *Marks) Dropped() bool { return m != nil && m.Drop }

// A Filter applies marks to the texts of records. It may be used from several
// goroutines.
type Filter struct {
	root *filterNode
	// moments are sorted and distinct.
	moments [][]byte
}

// A filterNode is a Marks made ready. A nil node keeps everything.
type filterNode struct {
	drop, instant    bool
	count            bool
	fields           []filterField
	others, elements *filterNode
}

type filterField struct {
	name string
	// quoted is the name as JSON without needless escapes.
	quoted []byte
	node   *filterNode
}

// NewFilter makes a filter of marks. moments are the instants with which others
// are compared, written as records write theirs; their order is that of their
// bytes.
func NewFilter(marks *Marks, moments []string) *Filter {
	f := &Filter{root: newNode(marks)}
	distinct := slices.Compact(slices.Sorted(slices.Values(moments)))
	for _, moment := range distinct {
		f.moments = append(f.moments, []byte(moment))
	}
	return f
}

func newNode(m *Marks) *filterNode {
	if m == nil {
		return nil
	}
	n := &filterNode{drop: m.Drop, instant: m.Instant, count: m.Count, others: newNode(m.Others), elements: newNode(m.Elements)}
	for name, below := range m.Fields {
		// What is no valid text is quoted as the reader of a file would see it.
		quoted, _ := jsontext.AppendQuote(nil, name)
		n.fields = append(n.fields, filterField{name: name, quoted: quoted, node: newNode(below)})
	}
	slices.SortFunc(n.fields, func(a, b filterField) int { return strings.Compare(a.name, b.name) })
	return n
}

// field finds the node of a field by its quoted name.
func (n *filterNode) field(quoted []byte) *filterNode {
	for i := range n.fields {
		if bytes.Equal(n.fields[i].quoted, quoted) {
			return n.fields[i].node
		}
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return n.others
	}
	name := unquote(quoted)
	for i := range n.fields {
		if n.fields[i].name == name {
			return n.fields[i].node
		}
	}
	return n.others
}

// AppendText appends what the filter leaves of a record, as JSON. The record must
// be an object in JSON that was found valid; ok is false where it cannot be.
func (f *Filter) AppendText(dst, record []byte) (text []byte, ok bool) {
	return f.append(dst, record, false)
}

// AppendKey appends a key of a record: two records with the same key differ in
// nothing that the filter leaves, but in instants that lie alike to all moments, and
// in counts that are both above 0, or both below.
// The record must be an object in JSON that was found valid; ok is false where it
// cannot be.
func (f *Filter) AppendKey(dst, record []byte) (key []byte, ok bool) {
	return f.append(dst, record, true)
}

func (f *Filter) append(dst, record []byte, key bool) ([]byte, bool) {
	w := writer{filter: f, key: key, scanner: scanner{text: record}, out: dst}
	w.space()
	w.value(f.root)
	return w.out, !w.bad
}

// A writer goes over one record and writes what is left of it.
type writer struct {
	scanner
	filter *Filter
	key    bool
	out    []byte
}

// value writes the value that starts here.
func (w *writer) value(n *filterNode) {
	start := w.i
	if n != nil {
		switch w.peek() {
		case '{':
			w.object(n)
			return
		case '[':
			if n.elements != nil {
				w.array(n.elements)
				return
			}
		case '"':
			if n.instant && w.key {
				w.instant()
				return
			}
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			if n.count && w.key {
				w.count()
				return
			}
		}
	}
	w.skip()
	w.out = append(w.out, w.text[start:w.i]...)
}

// object writes an object without what is dropped. Fields that stand side by side
// and are kept as they are, are copied in one piece.
func (w *writer) object(n *filterNode) {
	w.out = append(w.out, '{')
	w.i++
	first, run, end := true, -1, 0
	flush := func() {
		if run >= 0 {
			w.separate(&first)
			w.out = append(w.out, w.text[run:end]...)
			run = -1
		}
	}
	for w.more('}') {
		start := w.i
		name := w.name()
		below := n.field(name)
		switch {
		case below == nil:
			if run < 0 {
				run = start
			}
			w.skip()
			end = w.i
		case below.drop:
			flush()
			w.skip()
		default:
			flush()
			w.separate(&first)
			w.out = append(append(w.out, name...), ':')
			w.value(below)
		}
	}
	flush()
	w.out = append(w.out, '}')
}

func (w *writer) array(n *filterNode) {
	w.out = append(w.out, '[')
	w.i++
	first := true
	for w.more(']') {
		if n.drop {
			w.skip()
			continue
		}
		w.separate(&first)
		w.value(n)
	}
	w.out = append(w.out, ']')
}

func (w *writer) separate(first *bool) {
	if !*first {
		w.out = append(w.out, ',')
	}
	*first = false
}

// instantSign starts the code of an instant in a key. No JSON has this byte.
const instantSign = 0

// instant writes which moments lie before the text that starts here and whether
// it is one of them. A text with escapes in it is kept as it is: it is nobody's
// usual way to write an instant.
func (w *writer) instant() {
	quoted := w.str()
	if w.bad {
		return
	}
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') >= 0 {
		w.out = append(w.out, quoted...)
		return
	}
	place := 0
	for _, moment := range w.filter.moments {
		order := bytes.Compare(inner, moment)
		if order == 0 {
			place++
		}
		if order <= 0 {
			break
		}
		place += 2
	}
	w.out = append(w.out, instantSign, byte(place>>8), byte(place))
}

// countSign starts the code of a count in a key. No JSON has this byte.
const countSign = 2

// count writes whether the number that starts here is 0, above or below.
func (w *writer) count() {
	start := w.i
	w.skip()
	sign := byte('+')
	switch digits := bytes.TrimPrefix(w.text[start:w.i], []byte("-")); {
	case len(bytes.Trim(digits, "0")) == 0:
		sign = '0'
	case w.text[start] == '-':
		sign = '-'
	}
	w.out = append(w.out, countSign, sign)
}
