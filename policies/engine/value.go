package engine

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/population"
)

// A reader turns JSON into the values that Rego works on, without what names a
// person. It keeps texts that come again and again, such as field names, once.
type reader struct {
	decoder *jsontext.Decoder
	texts   map[string]*ast.Term
	// fields is a stack: the fields of the objects that are being read.
	fields [][2]*ast.Term
}

// The bounds of what reader keeps: names and enumerations, not a tenant's
// million different texts.
const (
	maxKeptText  = 64
	maxKeptTexts = 1 << 14
)

func newReader() *reader { return &reader{texts: map[string]*ast.Term{}} }

// read turns one JSON value into a term.
func (r *reader) read(raw jsontext.Value, without *population.Marks) (*ast.Term, error) {
	// The snapshot's reader has already refused what these would.
	options := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	source := bytes.NewBuffer(raw)
	if r.decoder == nil {
		r.decoder = jsontext.NewDecoder(source, options...)
	} else {
		r.decoder.Reset(source, options...)
	}
	return r.value(without)
}

func (r *reader) value(without *population.Marks) (*ast.Term, error) {
	switch kind := r.decoder.PeekKind(); kind {
	case '{':
		return r.object(without)
	case '[':
		return r.array(without)
	}
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return nil, err
	}
	switch raw[0] {
	case '"':
		return r.text(raw)
	case 't', 'f':
		return ast.InternedTerm(raw[0] == 't'), nil
	case 'n':
		return ast.InternedNullTerm, nil
	}
	if kept := ast.InternedIntNumberTermFromString(string(raw)); kept != nil {
		return kept, nil
	}
	return ast.NumberTerm(stdjson.Number(raw)), nil
}

func (r *reader) object(without *population.Marks) (*ast.Term, error) {
	if _, err := r.decoder.ReadToken(); err != nil {
		return nil, err
	}
	start := len(r.fields)
	for r.decoder.PeekKind() != '}' {
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		below := without.Field(string(name.Value.(ast.String)))
		if below.Dropped() {
			if err := r.decoder.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		value, err := r.value(below)
		if err != nil {
			return nil, err
		}
		r.fields = append(r.fields, [2]*ast.Term{name, value})
	}
	_, err := r.decoder.ReadToken()
	object := ast.NewObject(r.fields[start:]...)
	r.fields = r.fields[:start]
	settle(object)
	return ast.NewTerm(object), err
}

// settle lets an object sort its keys now. It does so when it is first walked
// over, and would race with whoever copies it in another control.
func settle(object ast.Object) {
	object.Until(func(*ast.Term, *ast.Term) bool { return true })
}

func (r *reader) name() (*ast.Term, error) {
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return nil, err
	}
	return r.text(raw)
}

func (r *reader) array(without *population.Marks) (*ast.Term, error) {
	if _, err := r.decoder.ReadToken(); err != nil {
		return nil, err
	}
	elements := []*ast.Term{}
	for r.decoder.PeekKind() != ']' {
		element, err := r.value(without.Element())
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
	}
	_, err := r.decoder.ReadToken()
	return ast.ArrayTerm(elements...), err
}

// text turns a quoted string into a term.
func (r *reader) text(quoted jsontext.Value) (*ast.Term, error) {
	plain := []byte(quoted[1 : len(quoted)-1])
	if bytes.IndexByte(plain, '\\') >= 0 {
		unquoted, err := jsontext.AppendUnquote(nil, quoted)
		if err != nil {
			return nil, err
		}
		plain = unquoted
	}
	if kept, ok := r.texts[string(plain)]; ok {
		return kept, nil
	}
	term := ast.StringTerm(string(plain))
	if len(plain) <= maxKeptText && len(r.texts) < maxKeptTexts {
		r.texts[string(plain)] = term
	}
	return term, nil
}

// pointer makes a JSON pointer of a path.
func pointer(segments []string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(pointerEscapes.Replace(segment))
	}
	return b.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// plain turns a term into the Go values that a message's arguments may have.
func plain(term *ast.Term) (any, error) {
	switch v := term.Value.(type) {
	case ast.String:
		return string(v), nil
	case ast.Boolean:
		return bool(v), nil
	case ast.Number:
		return strconv.ParseFloat(string(v), 64)
	case *ast.Array:
		return plainList(v.Len(), v.Elem)
	case ast.Set:
		list := v.Slice()
		return plainList(len(list), func(i int) *ast.Term { return list[i] })
	}
	return nil, fmt.Errorf("%s is no text, number, boolean or list of them", ast.ValueName(term.Value))
}

func plainList(n int, at func(int) *ast.Term) (any, error) {
	list := make([]any, n)
	for i := range list {
		item, err := plain(at(i))
		if err != nil {
			return nil, err
		}
		if _, nested := item.([]any); nested {
			return nil, fmt.Errorf("a list holds another list")
		}
		list[i] = item
	}
	return list, nil
}
