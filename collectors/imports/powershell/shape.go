package powershell

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// shapes says of what kind the fields are that anybody reads, by the object they
// are in and by their name in lower case. It comes from the snapshot's schema.
type shapes map[string]map[string]shape

// shape is one field: how it is spelt, and the JSON types it may have.
type shape struct {
	name  string
	types map[string]bool
}

// node is what is needed of a JSON Schema.
type node struct {
	Type       string          `json:"type"`
	Ref        string          `json:"$ref"`
	AnyOf      []node          `json:"anyOf"`
	Items      *node           `json:"items"`
	Properties map[string]node `json:"properties"`
	Defs       map[string]node `json:"$defs"`
}

func readShapes() (shapes, error) {
	var root node
	if err := json.Unmarshal(snapshot.Schema(), &root); err != nil {
		return nil, fmt.Errorf("read the snapshot's schema: %w", err)
	}
	resolve := func(n node) node {
		if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
			return root.Defs[name]
		}
		return n
	}
	all := shapes{}
	for name, part := range root.Defs["exchange"].Properties {
		part = resolve(part)
		if part.Items != nil {
			part = resolve(*part.Items)
		}
		fields := map[string]shape{}
		for field, n := range part.Properties {
			s := shape{name: field, types: map[string]bool{}}
			n = resolve(n)
			for _, alternative := range append(n.AnyOf, n) {
				if t := resolve(alternative).Type; t != "" {
					s.types[t] = true
				}
			}
			fields[strings.ToLower(field)] = s
		}
		all["exchange."+name] = fields
	}
	return all, nil
}

// fit gives a value in a type that the field may have: PowerShell turns a switch
// into a word, a list of one into its element, an enumeration into a number. ok is
// false for what cannot be turned back.
func (s shape) fit(v jsontext.Value) (jsontext.Value, bool) {
	switch kind := v.Kind(); {
	case kind == jsontext.KindNull && s.types["null"], (kind == jsontext.KindTrue || kind == jsontext.KindFalse) && s.types["boolean"],
		kind == jsontext.KindNumber && s.types["number"]:
		return v, true
	case kind == jsontext.KindString:
		return s.fitText(v)
	case kind == jsontext.KindNumber && s.types["string"]:
		// An enumeration whose names nobody has written down: its number is as good
		// as a name that nobody knows.
		return jsontext.Value(strconv.Quote(string(v))), true
	case kind == jsontext.KindBeginArray && s.types["array"]:
		var texts []string
		return v, json.Unmarshal(v, &texts) == nil
	case kind == jsontext.KindBeginObject && s.types["string"]:
		return reference(v)
	}
	return nil, false
}

func (s shape) fitText(v jsontext.Value) (jsontext.Value, bool) {
	word := strings.ToLower(textOf(v))
	switch {
	case s.types["string"]:
		return v, true
	case s.types["boolean"] && (word == "true" || word == "false"):
		return jsontext.Value(word), true
	case s.types["null"] && (word == "" || word == "null"):
		return jsontext.Value("null"), true
	case s.types["array"] && !strings.ContainsAny(word, " \t"):
		return jsontext.Value("[" + string(v) + "]"), true // a list of one
	}
	if _, err := strconv.ParseFloat(word, 64); err == nil && s.types["number"] {
		return jsontext.Value(word), jsontext.Value(word).IsValid()
	}
	return nil, false
}

// reference gives the name of another object, where PowerShell wrote out what
// stands for it in the place of its name.
func reference(v jsontext.Value) (jsontext.Value, bool) {
	members, err := membersOf(v)
	if err != nil {
		return nil, false
	}
	for _, name := range []string{"DistinguishedName", "Name"} {
		if text, ok := find(members, name); ok && textOf(text) != "" {
			return text, true
		}
	}
	return nil, false
}

// textOf gives a string's text; empty for anything else.
func textOf(v jsontext.Value) string {
	var text string
	if v.Kind() != jsontext.KindString || json.Unmarshal(v, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

// ofSession are the fields that PowerShell adds to what came over a session.
func ofSession(name string) bool {
	switch strings.ToLower(name) {
	case "pscomputername", "psshowcomputername", "runspaceid":
		return true
	}
	return false
}

// settings gives an object of a resource as Exchange wrote it. lost are the fields
// that somebody reads and that cannot be had, cut how many others.
func (all shapes) settings(resource string, v jsontext.Value) (object jsontext.Value, lost []string, cut int, err error) {
	members, err := membersOf(v)
	if err != nil {
		return nil, nil, 0, err
	}
	fields, kept := all[resource], members[:0]
	seen := map[string]int{}
	for _, m := range members {
		if ofSession(m.name) {
			continue
		}
		field, read := fields[strings.ToLower(m.name)]
		value, ok, err := restore(m.value, 1)
		if err != nil {
			return nil, nil, 0, fmt.Errorf("%s: %w", m.name, err)
		}
		if read {
			m.name = field.name
			if ok {
				value, ok = field.fit(value)
			}
		} else if ok {
			value = plainSwitch(value)
		}
		switch i, twice := seen[m.name]; {
		case !ok && read:
			lost = append(lost, m.name)
		case !ok:
			cut++
		case twice && string(kept[i].value) != string(value):
			lost = append(lost, m.name) // in two spellings, with two values
		case !twice:
			seen[m.name] = len(kept)
			kept = append(kept, member{m.name, value})
		}
	}
	kept = without(kept, lost)
	object, err = objectOf(kept)
	return object, lost, cut, err
}

// plainSwitch turns PowerShell's word for a switch back: a flag that is new has no
// place in the schema yet, and is judged all the same.
func plainSwitch(v jsontext.Value) jsontext.Value {
	switch string(v) {
	case `"True"`:
		return jsontext.Value("true")
	case `"False"`:
		return jsontext.Value("false")
	}
	return v
}

func without(members []member, names []string) []member {
	kept := members[:0]
	for _, m := range members {
		drop := false
		for _, name := range names {
			drop = drop || m.name == name
		}
		if !drop {
			kept = append(kept, m)
		}
	}
	return kept
}
