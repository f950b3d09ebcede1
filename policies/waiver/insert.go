package waiver

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// newFile is what a file with waivers starts as.
const newFile = `# What the organisation lives with for now: who answers for it, why, and until when.
version: 1
waivers:
`

// Insert puts a waiver behind the others of a file and gives the new text. What
// stands in the file stays as it is, to the letter; text that is empty makes a new
// one. The result is read again: if it does not hold the old waivers and the new one,
// and nothing else, nothing is given. name is used in errors.
func Insert(name string, text []byte, w *Waiver) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte(newFile)
	}
	old, err := Read(name, text)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, syntaxError(name, err)
	}
	t := &insertion{name: name, lines: splitLines(text), root: document.Content[0]}
	if err := t.insert(w); err != nil {
		return nil, err
	}
	inserted := t.text()
	if err := verify(name, old, inserted, w); err != nil {
		return nil, err
	}
	return inserted, nil
}

// splitLines cuts a text into lines with their ends. The last one gets an end.
func splitLines(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	} else {
		lines[last] += "\n"
	}
	return lines
}

// verify holds the new text to what it must be.
func verify(name string, old *List, text []byte, w *Waiver) error {
	by := "write the entry by hand"
	fresh, err := Read(name, text)
	if err != nil {
		return &Error{File: name, Problem: "the entry does not fit into the file as it is laid out: " + err.Error(), Hint: by}
	}
	want := slices.Clone(old.Waivers)
	want = append(want, *w)
	got := slices.Clone(fresh.Waivers)
	for _, list := range [][]Waiver{want, got} {
		for i := range list {
			list[i].Line = 0
		}
	}
	if !reflect.DeepEqual(want, got) {
		return &Error{File: name, Problem: "the entry does not fit into the file as it is laid out", Hint: by}
	}
	return nil
}

// An insertion is a file on its way to one entry more.
type insertion struct {
	name  string
	lines []string
	root  *yaml.Node
}

func (t *insertion) text() []byte { return []byte(strings.Join(t.lines, "")) }

// insert finds where the entry goes, and how far it is indented there.
func (t *insertion) insert(w *Waiver) error {
	key, list, next := t.find()
	indent := "  "
	switch {
	case key == nil:
		t.put(len(t.lines), append([]string{"waivers:\n"}, t.entry(w, indent)...))
		return nil
	case list.Kind == yaml.SequenceNode && len(list.Content) > 0:
		if list.Style&yaml.FlowStyle != 0 {
			return &Error{File: t.name, Line: list.Line, Column: list.Column, Field: "waivers", Problem: "the list stands in brackets", Hint: "write each entry on lines of its own, behind a dash"}
		}
		first := t.lines[list.Content[0].Line-1]
		indent = first[:len(first)-len(strings.TrimLeft(first, " "))]
	case list.Kind == yaml.SequenceNode:
		line := &t.lines[list.Line-1]
		*line = strings.Replace(*line, "[]", "", 1)
		*line = strings.TrimRight(*line, " \r\n") + t.end()
	}
	t.put(t.behind(next), t.entry(w, indent))
	return nil
}

// find gives the key waivers, its value, and the line of the key behind it, 0 where
// there is none.
func (t *insertion) find() (key, value *yaml.Node, next int) {
	for i := 0; i+1 < len(t.root.Content); i += 2 {
		if key != nil {
			return key, value, t.root.Content[i].Line
		}
		if t.root.Content[i].Value == "waivers" {
			key, value = t.root.Content[i], t.root.Content[i+1]
		}
	}
	return key, value, 0
}

// behind is where the list ends: before the next key and the comments above it, or at
// the end, before empty lines.
func (t *insertion) behind(next int) int {
	at := len(t.lines)
	if next > 0 {
		at = next - 1
		for at > 0 && strings.HasPrefix(t.lines[at-1], "#") {
			at--
		}
	}
	for at > 0 && strings.TrimSpace(t.lines[at-1]) == "" {
		at--
	}
	return at
}

func (t *insertion) put(at int, lines []string) { t.lines = slices.Insert(t.lines, at, lines...) }

// end is how the file ends its lines.
func (t *insertion) end() string {
	if len(t.lines) > 0 && strings.HasSuffix(t.lines[0], "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// entry writes a waiver as an item of the list.
func (t *insertion) entry(w *Waiver, indent string) []string {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(w.node()); err != nil {
		panic(fmt.Sprintf("a node of texts cannot be written: %v", err))
	}
	var lines []string
	for i, line := range splitLines(out.Bytes()) {
		lead := indent + "  "
		if i == 0 {
			lead = indent + "- "
		}
		lines = append(lines, lead+strings.TrimSuffix(line, "\n")+t.end())
	}
	return lines
}

// node is the waiver as YAML. An id that is made of the rest is left out.
func (w *Waiver) node() *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	if w.ID != w.madeID() {
		put(m, "id", textNode(w.ID))
	}
	put(m, "control", textNode(w.Control))
	w.Scope.put(m)
	put(m, "reason", textNode(w.Reason))
	put(m, "owner", textNode(w.Owner))
	if w.Ticket != "" {
		put(m, "ticket", textNode(w.Ticket))
	}
	put(m, "expires", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: w.Expires.String()})
	if w.Pin != nil {
		put(m, "pin", w.Pin.node())
	}
	return m
}

func (s *Scope) put(m *yaml.Node) {
	switch {
	case s.Resource != nil:
		put(m, "resource", textsNode("kind", s.Resource.Kind, "id", s.Resource.ID, "name", s.Resource.Name))
	case s.Cause != nil:
		cause := textsNode("message", s.Cause.Message)
		if s.Cause.Args != nil {
			args := &yaml.Node{Kind: yaml.MappingNode}
			for _, name := range slices.Sorted(maps.Keys(s.Cause.Args)) {
				put(args, name, valueNode(s.Cause.Args[name]))
			}
			put(cause, "args", args)
		}
		put(m, "cause", cause)
	case s.Fingerprint != "":
		put(m, "fingerprint", textNode(s.Fingerprint))
	case s.User != "":
		put(m, "user", textNode(s.User))
	case s.Group != "":
		put(m, "group", textNode(s.Group))
	case s.Mailboxes != nil:
		put(m, "mailboxes", textsNode("recipient_type", s.Mailboxes.RecipientType, "domain", s.Mailboxes.Domain))
	default:
		put(m, "whole_control", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
}

func (p *Pin) node() *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	put(m, "count", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(p.Count)})
	put(m, "members", textNode(p.Members))
	if p.Each != nil {
		each := &yaml.Node{Kind: yaml.SequenceNode}
		for _, d := range p.Each {
			each.Content = append(each.Content, textNode(d))
		}
		put(m, "each", each)
	}
	if p.Ways != nil {
		ways := &yaml.Node{Kind: yaml.SequenceNode}
		for _, w := range p.Ways {
			ways.Content = append(ways.Content, textNode(w))
		}
		put(m, "ways", ways)
	}
	return m
}

func put(m *yaml.Node, name string, value *yaml.Node) {
	m.Content = append(m.Content, textNode(name), value)
}

func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

// textsNode is a mapping of names and texts, without those that are empty.
func textsNode(pairs ...string) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			put(m, pairs[i], textNode(pairs[i+1]))
		}
	}
	return m
}

func valueNode(value any) *yaml.Node {
	switch v := value.(type) {
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
	case float64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: strconv.FormatFloat(v, 'f', -1, 64)}
	case []any:
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, item := range v {
			list.Content = append(list.Content, valueNode(item))
		}
		return list
	}
	return textNode(fmt.Sprint(value))
}
