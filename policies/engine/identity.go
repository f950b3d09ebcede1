package engine

import (
	"github.com/seed-07732396/postern/policies/population"
)

// marks reads the schema's x-identity, x-instant and x-count marks. What names a person
// never reaches a control: what is judged is what people have, not who they are.
// What is declared of a mailbox comes from the configuration alone, so a snapshot
// must not have it.
func (s *inputSchema) marks() *population.Marks {
	read := s.marksOf(s.root, map[string]bool{})
	mailbox := &population.Marks{Fields: map[string]*population.Marks{"declared": {Drop: true}}}
	declared := &population.Marks{Fields: map[string]*population.Marks{"mailboxes": {Elements: mailbox}}}
	return read.Join(declared)
}

// marksOf is nil when nothing at or below the node is marked. within holds the
// references that are being followed: a schema that contains itself is followed
// once.
func (s *inputSchema) marksOf(node schemaNode, within map[string]bool) *population.Marks {
	if isIdentity(node) {
		return &population.Marks{Drop: true}
	}
	if ref, ok := node["$ref"].(string); ok {
		target, ok := s.resolve(ref)
		if !ok || within[ref] {
			return nil
		}
		within[ref] = true
		defer delete(within, ref)
		return s.marksOf(target, within)
	}
	var all *population.Marks
	if instant, count := node["x-instant"] == true, node["x-count"] == true; instant || count {
		all = &population.Marks{Instant: instant, Count: count}
	}
	alternatives, _ := node["anyOf"].([]any)
	for _, item := range alternatives {
		if alternative, ok := item.(schemaNode); ok {
			all = all.Join(s.marksOf(alternative, within))
		}
	}
	return all.Join(s.marksBelow(node, within))
}

func (s *inputSchema) marksBelow(node schemaNode, within map[string]bool) *population.Marks {
	below := &population.Marks{Fields: map[string]*population.Marks{}}
	properties, _ := node["properties"].(schemaNode)
	for name, item := range properties {
		if property, ok := item.(schemaNode); ok {
			if marks := s.marksOf(property, within); marks != nil {
				below.Fields[name] = marks
			}
		}
	}
	if items, ok := node["items"].(schemaNode); ok {
		below.Elements = s.marksOf(items, within)
	}
	if others, ok := node["additionalProperties"].(schemaNode); ok {
		below.Others = s.marksOf(others, within)
	}
	if len(below.Fields) == 0 && below.Others == nil && below.Elements == nil {
		return nil
	}
	return below
}
