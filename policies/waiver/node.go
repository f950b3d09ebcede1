package waiver

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// maxErrors is how many errors of one file are told.
const maxErrors = 20

// A reader reads YAML node by node and forgives nothing, because an entry with a
// slip in it must not waive something else than was meant. It goes over the nodes
// itself, so that an error names the key and the column.
type reader struct {
	file string
	errs []error
}

func (r *reader) fail(node *yaml.Node, field, hint, format string, args ...any) {
	if len(r.errs) == maxErrors {
		return
	}
	e := &Error{File: r.file, Field: field, Problem: fmt.Sprintf(format, args...), Hint: hint}
	if node != nil {
		e.Line, e.Column = node.Line, node.Column
	}
	r.errs = append(r.errs, e)
}

func (r *reader) err() error { return errors.Join(r.errs...) }

// A field is a key of a mapping and what reads its value.
type field struct {
	name string
	read func(at string, node *yaml.Node)
}

// mapping reads the keys of a mapping, each at most once. It reports whether the
// node is one.
func (r *reader) mapping(at string, node *yaml.Node, fields []field) bool {
	if !r.plain(at, node) {
		return false
	}
	if node.Kind != yaml.MappingNode {
		r.fail(node, at, "", "%s cannot stand here, write keys and values", kindOf(node))
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		name := key.Value
		k := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		switch {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge" || !r.plain(at, key):
			r.fail(key, at, "", "%s is no key", kindOf(key))
		case seen[name]:
			r.fail(key, dotted(at, name), "", "the key stands there twice")
		case k < 0:
			r.fail(key, dotted(at, name), "there are: "+strings.Join(names(fields), ", "), "unknown key")
		default:
			seen[name] = true
			fields[k].read(dotted(at, name), value)
		}
	}
	return true
}

func names(fields []field) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.name
	}
	return list
}

func dotted(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// list reads the items of a list.
func (r *reader) list(at string, node *yaml.Node, item func(at string, node *yaml.Node)) {
	if !r.plain(at, node) {
		return
	}
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return // a key with nothing behind it holds nothing
	}
	if node.Kind != yaml.SequenceNode {
		r.fail(node, at, "", "%s cannot stand here, write a list", kindOf(node))
		return
	}
	for i, one := range node.Content {
		item(at+"["+strconv.Itoa(i)+"]", one)
	}
}

// plain refuses what makes one place of the file stand for another.
func (r *reader) plain(at string, node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		r.fail(node, at, "write it out", "anchors and aliases are not read")
		return false
	}
	return true
}

func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if node.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(node.Value)
}

// maxText is how long a text may be.
const maxText = 2000

// text reads a text of one line that is not empty. Numbers and dates are taken as
// they are written.
func (r *reader) text(at string, node *yaml.Node) string {
	if !r.plain(at, node) {
		return ""
	}
	if node.Kind != yaml.ScalarNode || !slices.Contains([]string{"!!str", "!!int", "!!float", "!!timestamp"}, node.Tag) {
		r.fail(node, at, "", "%s is no text", kindOf(node))
		return ""
	}
	text := strings.TrimSpace(node.Value)
	switch {
	case text == "":
		r.fail(node, at, "", "the text is empty")
	case len(text) > maxText:
		r.fail(node, at, "", "the text is longer than %d characters", maxText)
	case strings.ContainsFunc(text, unicode.IsControl):
		r.fail(node, at, "", "the text is more than one line, or holds a control character")
	default:
		return text
	}
	return ""
}

// flag reads true or false.
func (r *reader) flag(at string, node *yaml.Node) bool {
	if node.Kind != yaml.ScalarNode || node.Tag != "!!bool" {
		r.fail(node, at, "", "%s is neither true nor false", kindOf(node))
		return false
	}
	return strings.EqualFold(node.Value, "true")
}

// number reads a whole number that is not negative.
func (r *reader) number(at string, node *yaml.Node) int {
	n, err := strconv.Atoi(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || n < 0 {
		r.fail(node, at, "", "%s is no number of subjects", kindOf(node))
		return 0
	}
	return n
}

// value reads an argument of a message: a text, a number, a flag, nothing, or a list
// of such.
func (r *reader) value(at string, node *yaml.Node) any {
	if !r.plain(at, node) {
		return nil
	}
	switch {
	case node.Kind == yaml.SequenceNode:
		items := []any{}
		r.list(at, node, func(at string, node *yaml.Node) { items = append(items, r.value(at, node)) })
		return items
	case node.Kind != yaml.ScalarNode:
		r.fail(node, at, "", "%s is no argument", kindOf(node))
		return nil
	}
	switch node.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return r.flag(at, node)
	case "!!int", "!!float":
		n, err := strconv.ParseFloat(node.Value, 64)
		if err != nil {
			r.fail(node, at, "", "%q is no number", node.Value)
		}
		return n
	}
	return node.Value
}

// syntaxError makes an error of the YAML parser one with a place.
func syntaxError(file string, err error) *Error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	e := &Error{File: file, Problem: text, Hint: "the file is YAML: indent with spaces, quote what holds a colon"}
	if match := lineOf.FindStringSubmatch(text); match != nil {
		e.Line, _ = strconv.Atoi(match[1])
		e.Column, e.Problem = 1, match[2]
	}
	return e
}

var lineOf = regexp.MustCompile(`^line ([0-9]+): (.*)$`)
