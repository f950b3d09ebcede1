package engine

// A redaction says which fields below one place of the document name a person.
// They never reach a control: what is judged is what people have, not who they
// are. A nil redaction leaves everything in.
type redaction struct {
	// drop marks the place itself.
	drop bool
	// fields are by name, each is for every element of a list and for every
	// value of an object whose names are not known.
	fields map[string]*redaction
	each   *redaction
}

// field gives what holds for a field of an object.
func (r *redaction) field(name string) *redaction {
	if r == nil {
		return nil
	}
	if below, ok := r.fields[name]; ok {
		return below
	}
	return r.each
}

func (r *redaction) dropped() bool { return r != nil && r.drop }

// element gives what holds for an element of a list.
func (r *redaction) element() *redaction {
	if r == nil {
		return nil
	}
	return r.each
}

// redactions reads the schema's x-identity marks.
func (s *inputSchema) redactions() *redaction {
	return s.redactionOf(s.root, map[string]bool{})
}

// redactionOf is nil when nothing below the node names a person. within holds
// the references that are being followed: a schema that contains itself is
// followed once.
func (s *inputSchema) redactionOf(node schemaNode, within map[string]bool) *redaction {
	if isIdentity(node) {
		return &redaction{drop: true}
	}
	if ref, ok := node["$ref"].(string); ok {
		target, ok := s.resolve(ref)
		if !ok || within[ref] {
			return nil
		}
		within[ref] = true
		defer delete(within, ref)
		return s.redactionOf(target, within)
	}
	var all *redaction
	alternatives, _ := node["anyOf"].([]any)
	for _, item := range alternatives {
		if alternative, ok := item.(schemaNode); ok {
			all = all.join(s.redactionOf(alternative, within))
		}
	}
	own := &redaction{fields: map[string]*redaction{}}
	properties, _ := node["properties"].(schemaNode)
	for name, item := range properties {
		if property, ok := item.(schemaNode); ok {
			if below := s.redactionOf(property, within); below != nil {
				own.fields[name] = below
			}
		}
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if below, ok := node[keyword].(schemaNode); ok {
			own.each = own.each.join(s.redactionOf(below, within))
		}
	}
	if len(own.fields) > 0 || own.each != nil {
		all = all.join(own)
	}
	return all
}

// join gives what either drops.
func (r *redaction) join(other *redaction) *redaction {
	if r == nil {
		return other
	}
	if other == nil {
		return r
	}
	both := &redaction{drop: r.drop || other.drop, each: r.each.join(other.each), fields: map[string]*redaction{}}
	for _, from := range []*redaction{r, other} {
		for name, below := range from.fields {
			both.fields[name] = both.fields[name].join(below)
		}
	}
	return both
}

// withoutDeclared drops a field that a snapshot must not have: what is declared
// of a mailbox comes from the configuration alone.
func (r *redaction) withoutDeclared() *redaction {
	of := &redaction{fields: map[string]*redaction{"declared": {drop: true}}}
	return r.join(&redaction{fields: map[string]*redaction{"mailboxes": {each: of}}})
}
