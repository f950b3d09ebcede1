package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A schemaNode is one JSON Schema object.
type schemaNode = map[string]any

// An inputSchema says what controls may read below input: the snapshot without
// its ledger, beside it the declarations, the moments, and what Go lays on the
// mailboxes. Access facts and waivers take their place here as further parts.
type inputSchema struct {
	root schemaNode
}

// newInputSchema composes the snapshot's schema, the engine's own parts and the
// users' overlays.
func newInputSchema(snapshot []byte, overlays []*overlay) (*inputSchema, error) {
	var root schemaNode
	if err := json.Unmarshal(snapshot, &root); err != nil {
		return nil, fmt.Errorf("read the snapshot schema: %w", err)
	}
	s := &inputSchema{root: root}
	properties := s.properties()
	// The ledger is for the engine, the version for the reader.
	delete(properties, "version")
	delete(properties, "collection")
	delete(root, "required")
	for _, o := range overlays {
		if err := s.merge(o); err != nil {
			return nil, err
		}
	}
	maps.Copy(properties, declarationsSchema())
	maps.Copy(properties, momentsSchema())
	for _, mailbox := range s.find(parsePath(perMailbox)).nodes {
		if fields, ok := mailbox["properties"].(schemaNode); ok {
			fields["declared"] = schemaNode{"type": "array", "items": schemaNode{"type": "string"}}
		}
	}
	return s, nil
}

func (s *inputSchema) properties() schemaNode {
	properties, ok := s.root["properties"].(schemaNode)
	if !ok {
		properties = schemaNode{}
		s.root["properties"] = properties
	}
	return properties
}

// merge lays a user's schema over the snapshot's. It may add, and change nothing.
func (s *inputSchema) merge(o *overlay) error {
	var added schemaNode
	if err := json.Unmarshal(o.text, &added); err != nil {
		e := &LoadError{File: o.file, Problem: "this is no JSON object: " + err.Error()}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			e.Line, e.Column = lineColumn(o.text, int(syntax.Offset))
		}
		return e
	}
	for _, key := range []string{"$schema", "$id", "title", "description"} {
		delete(added, key)
	}
	for _, part := range slices.Sorted(maps.Keys(added)) {
		if part != "properties" && part != "$defs" {
			return &LoadError{File: o.file, Problem: fmt.Sprintf("%q is not read", part), Hint: "an overlay has properties and $defs"}
		}
	}
	if where, ok := mergeNodes(s.root, added, ""); !ok {
		return &LoadError{File: o.file, Problem: fmt.Sprintf("%s is already defined otherwise", where), Hint: "an overlay adds fields and changes none"}
	}
	return nil
}

// mergeNodes adds what is missing and gives the first place that differs.
func mergeNodes(into, from schemaNode, at string) (string, bool) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		here := at + "/" + key
		old, exists := into[key]
		if !exists {
			into[key] = from[key]
			continue
		}
		oldNode, oldIsNode := old.(schemaNode)
		newNode, newIsNode := from[key].(schemaNode)
		if oldIsNode && newIsNode {
			if where, ok := mergeNodes(oldNode, newNode, here); !ok {
				return where, false
			}
			continue
		}
		if !reflect.DeepEqual(old, from[key]) {
			return here, false
		}
	}
	return "", true
}

// lineColumn turns a byte offset into a line and a column, both from 1.
func lineColumn(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset-1, 0), len(text))]
	line = bytes.Count(before, []byte("\n")) + 1
	column = len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
	return line, column
}

// forOPA gives the schema as OPA's type checker wants it. Identity fields are
// left out, so that reading one is an error at load; so is all that only
// validators use, because OPA would compile every pattern.
func (s *inputSchema) forOPA() any { return slim(s.root) }

// slim copies a node with the keywords that OPA reads.
func slim(node schemaNode) schemaNode {
	out := make(schemaNode, len(node))
	for keyword, value := range node {
		switch keyword {
		case "type", "$ref":
			out[keyword] = value
		case "items":
			if item, ok := value.(schemaNode); ok {
				out[keyword] = slim(item)
			}
		case "anyOf":
			out[keyword] = slimList(value)
		case "properties", "$defs":
			out[keyword] = slimNamed(value)
		}
	}
	return out
}

func slimNamed(value any) schemaNode {
	named, _ := value.(schemaNode)
	out := make(schemaNode, len(named))
	for name, item := range named {
		if node, ok := item.(schemaNode); ok && !isIdentity(node) {
			out[name] = slim(node)
		}
	}
	return out
}

func slimList(value any) []any {
	list, _ := value.([]any)
	out := make([]any, 0, len(list))
	for _, item := range list {
		if node, ok := item.(schemaNode); ok {
			out = append(out, slim(node))
		}
	}
	return out
}

// isIdentity reports whether a field names a person.
func isIdentity(node schemaNode) bool { return node["x-identity"] == true }

// A place is what the schema knows of one path: the nodes that it may be, and
// whether anything may be below it.
type place struct {
	nodes    []schemaNode
	anything bool
	identity bool
}

func (p place) known() bool { return p.anything || len(p.nodes) > 0 }

// find follows a path.
func (s *inputSchema) find(p path) place {
	here := place{nodes: s.alternatives(s.root)}
	for step := range p.steps() {
		here = s.step(here, step)
		if !here.known() || here.identity {
			return here
		}
	}
	return here
}

func (s *inputSchema) step(from place, step string) place {
	to := place{anything: from.anything}
	take := func(value any) {
		node, ok := value.(schemaNode)
		if !ok {
			return
		}
		to.identity = to.identity || isIdentity(node)
		to.nodes = append(to.nodes, s.alternatives(node)...)
	}
	for _, node := range from.nodes {
		properties, _ := node["properties"].(schemaNode)
		switch {
		case open(node):
			to.anything = true
		case step == anyElement:
			take(node["items"])
			take(node["additionalProperties"])
			for _, property := range properties {
				take(property)
			}
		default:
			take(properties[step])
			if properties[step] == nil {
				take(node["additionalProperties"])
			}
		}
	}
	return to
}

// open reports whether a node says nothing of what is below it.
func open(node schemaNode) bool {
	switch node["type"] {
	case "object":
		return node["properties"] == nil && (node["additionalProperties"] == nil || node["additionalProperties"] == true)
	case "array":
		return node["items"] == nil
	case nil:
		return node["properties"] == nil && node["items"] == nil && node["additionalProperties"] == nil
	}
	return false
}

// alternatives resolves references and anyOf into plain nodes.
func (s *inputSchema) alternatives(node schemaNode) []schemaNode {
	if ref, ok := node["$ref"].(string); ok {
		target, ok := s.resolve(ref)
		if !ok {
			return nil
		}
		return s.alternatives(target)
	}
	list, ok := node["anyOf"].([]any)
	if !ok {
		return []schemaNode{node}
	}
	var all []schemaNode
	for _, item := range list {
		if alternative, ok := item.(schemaNode); ok {
			all = append(all, s.alternatives(alternative)...)
		}
	}
	return all
}

// resolve finds "#/$defs/name".
func (s *inputSchema) resolve(ref string) (schemaNode, bool) {
	name, ok := strings.CutPrefix(ref, "#/$defs/")
	if !ok {
		return nil, false
	}
	defs, _ := s.root["$defs"].(schemaNode)
	node, ok := defs[name].(schemaNode)
	return node, ok
}

// names lists the fields that the schema has directly below a path.
func (s *inputSchema) names(p path) []string {
	found := map[string]bool{}
	for _, node := range s.find(p).nodes {
		properties, _ := node["properties"].(schemaNode)
		for name := range properties {
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
