package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// node is a place in a vendor's object. Vendors change their objects, so nothing
// here fails on a value of an unexpected kind: it says that it is not there, and
// the caller, who can tell "absent" from "not what I expected", treats the second
// as a condition that nobody can decide.
type node struct{ value any }

// parse reads a section of the snapshot. An absent section is an absent node.
func parse(raw jsontext.Value) (node, error) {
	if len(raw) == 0 {
		return node{}, nil
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return node{}, err
	}
	return node{value}, nil
}

// absent reports that there is nothing, or null.
func (n node) absent() bool { return n.value == nil }

// get is the member of that name, absent when n is no object.
func (n node) get(name string) node {
	object, _ := n.value.(map[string]any)
	return node{object[name]}
}

// has reports a member of that name, be it null.
func (n node) has(name string) bool {
	object, _ := n.value.(map[string]any)
	_, ok := object[name]
	return ok
}

// object reports whether n is an object.
func (n node) object() bool {
	_, ok := n.value.(map[string]any)
	return ok
}

// names are the names of n's members, sorted.
func (n node) names() []string {
	object, _ := n.value.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

// anyCase are the members of that name, whatever its case.
func (n node) anyCase(name string) (found []node) {
	for _, own := range n.names() {
		if strings.EqualFold(own, name) {
			found = append(found, n.get(own))
		}
	}
	return found
}

// isObject reports that n has members, or could.
func (n node) isObject() bool {
	_, ok := n.value.(map[string]any)
	return ok
}

// items are the elements of a list; ok is false when n is something else.
func (n node) items() (list []node, ok bool) {
	values, ok := n.value.([]any)
	for _, v := range values {
		list = append(list, node{v})
	}
	return list, ok
}

// text is n's text; ok is false when it is none.
func (n node) text() (string, bool) {
	s, ok := n.value.(string)
	return s, ok
}

// string is n's text, empty when it is none.
func (n node) string() string {
	s, _ := n.value.(string)
	return s
}

// flag is a vendor's yes or no: maybe when it is neither.
func (n node) flag() tri {
	b, ok := n.value.(bool)
	if !ok {
		return maybe
	}
	return certainly(b)
}

// number is n's number; ok is false when it is none.
func (n node) number() (float64, bool) {
	f, ok := n.value.(float64)
	return f, ok
}

// texts are the texts of a list. An absent list is an empty one; ok is false when
// n is neither, or holds something that is no text.
func (n node) texts() (list []string, ok bool) {
	if n.absent() {
		return nil, true
	}
	items, ok := n.items()
	for _, item := range items {
		s, isText := item.text()
		if !isText {
			return list, false
		}
		list = append(list, s)
	}
	return list, ok
}

// hollow reports a value in which nothing is said: blank, or an object of nothing
// but that.
func (n node) hollow() bool {
	if object, ok := n.value.(map[string]any); ok {
		for _, v := range object {
			if !(node{v}).hollow() {
				return false
			}
		}
		return true
	}
	return n.blank()
}

// blank reports a value that says nothing: absent, an empty list, object or text.
func (n node) blank() bool {
	switch v := n.value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	case string:
		return v == ""
	}
	return false
}
