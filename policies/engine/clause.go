package engine

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A clause is one rule of a control with what its variables are used for.
type clause struct {
	known *byMember
	rule  *ast.Rule
	name  string
	root  *block

	// gives is the element of the set or the value of the function that the clause
	// gives, key what an object is keyed by; others are the other terms of its
	// head, and statements its body.
	gives, key *ast.Term
	others     []*ast.Term
	statements ast.Body
	// entry is the variable that gives is, if it is one; names says that what is
	// given names a mailbox.
	entry ast.Var
	names bool

	uses map[ast.Var][]use
	// indexes are the variables that stand for a mailbox's index.
	indexes map[ast.Var]bool
	// lists are variables that stand for a whole table, by its name; sizes are
	// those that stand for how many members one has; same those that stand for
	// what another one does.
	lists, sizes map[ast.Var]string
	same         map[ast.Var]ast.Var
	// gathers: something is said of all mailboxes together. none: it asks whether there
	// is none of a kind, and that is all it says of them together.
	gathers, none bool
	// against is a place where mailboxes are read in a way that is not understood.
	against *ast.Location
}

// A block is a part of a clause with variables of its own: all of it, a
// comprehension, an every, a negation.
type block struct {
	outer *block
	// list: a list comprehension, whose length tells how often its body holds.
	list bool
}

func (b *block) inner(list bool) *block { return &block{outer: b, list: list} }

// within reports whether b lies in outer or is it.
func (b *block) within(outer *block) bool {
	for ; b != nil; b = b.outer {
		if b == outer {
			return true
		}
	}
	return false
}

// A use is one occurrence of a variable.
type use struct {
	kind     useKind
	position int // of a parameter
	in       *block
}

type useKind int

const (
	// otherwise is any use that is none of the others.
	otherwise useKind = iota
	// asIndex looks a member up, itself or by a function that does.
	asIndex
	// asName is the value of "mailbox" in an entry.
	asName
	// asKey is the key of the object that the clause gives, asElement the element
	// of the set, asResult the value of the function, asParameter a parameter of it.
	asKey
	asElement
	asResult
	asParameter
)

func newClause(k *byMember, rule *ast.Rule) *clause {
	c := &clause{
		known: k, rule: rule, name: ruleName(rule), root: &block{}, statements: rule.Body,
		uses: map[ast.Var][]use{}, indexes: map[ast.Var]bool{},
		lists: map[ast.Var]string{}, sizes: map[ast.Var]string{}, same: map[ast.Var]ast.Var{},
	}
	c.findShape()
	c.findLists()
	c.head()
	c.body(c.root, c.statements)
	for v, uses := range c.uses {
		index := slices.ContainsFunc(uses, func(u use) bool {
			return u.kind == asIndex || u.kind == asParameter && k.indexArgs[c.name][u.position]
		})
		// What a function names a mailbox by must be an index where it is called.
		if index || c.has(v, asParameter) && c.has(v, asName) {
			c.indexes[v] = true
		}
	}
	return c
}

// keyed reports whether an index finds what the clause gives.
func (c *clause) keyed(kinds ...useKind) bool {
	for v := range c.indexes {
		if slices.ContainsFunc(kinds, func(kind useKind) bool { return c.has(v, kind) }) {
			return true
		}
	}
	return false
}

func (c *clause) has(v ast.Var, kind useKind) bool {
	return slices.ContainsFunc(c.uses[v], func(u use) bool { return u.kind == kind })
}

// home is the innermost block that holds all uses of a variable.
func (c *clause) home(v ast.Var) *block {
	home := c.uses[v][0].in
	for _, u := range c.uses[v][1:] {
		for !u.in.within(home) {
			home = home.outer
		}
	}
	return home
}

// findShape finds out what the clause gives. A rule whose value is a set or an
// object comprehension is as good as one that is written as a set or an object.
func (c *clause) findShape() {
	head := c.rule.Head
	ref, multi := head.Ref(), head.RuleKind() == ast.MultiValue
	switch {
	case len(head.Args) > 0:
		c.gives = head.Value
	case multi && len(ref) == 1:
		c.gives = head.Key
	case multi && len(ref) == 2:
		c.key, c.others = ref[1], []*ast.Term{head.Key}
	case len(ref) == 2:
		c.key, c.others = ref[1], []*ast.Term{head.Value}
	case len(ref) == 1:
		c.findComprehension()
	default:
		c.others = append(slices.Clone(ref[1:]), head.Key, head.Value)
	}
	if c.gives != nil {
		c.entry, _ = c.gives.Value.(ast.Var)
	}
}

func (c *clause) findComprehension() {
	value := c.rule.Head.Value
	if len(c.rule.Body) == 1 {
		if left, right, ok := unification(c.rule.Body[0]); ok && left.Equal(value) {
			value = right
		}
	}
	switch v := value.Value.(type) {
	case *ast.SetComprehension:
		c.gives, c.statements = v.Term, v.Body
	case *ast.ObjectComprehension:
		c.key, c.others, c.statements = v.Key, []*ast.Term{v.Value}, v.Body
	default:
		c.others = []*ast.Term{c.rule.Head.Value}
	}
}

// head follows the terms of the clause's head.
func (c *clause) head() {
	for i, arg := range c.rule.Head.Args {
		switch v, isVar := arg.Value.(ast.Var); {
		case isVar:
			c.use(v, use{kind: asParameter, position: i, in: c.root})
		case c.known.indexArgs[c.name][i]:
			c.refuse(arg.Location)
		default:
			c.term(c.root, arg)
		}
	}
	if c.key != nil {
		c.variable(c.key, asKey)
	}
	if c.entry != "" {
		kind := asElement
		if len(c.rule.Head.Args) > 0 {
			kind = asResult
		}
		c.use(c.entry, use{kind: kind, in: c.root})
	} else if c.gives != nil {
		c.given(c.gives)
	}
	for _, term := range c.others {
		if term != nil {
			c.term(c.root, term)
		}
	}
}

// variable follows a term of the head that is a variable if it is an index.
func (c *clause) variable(term *ast.Term, kind useKind) {
	if v, isVar := term.Value.(ast.Var); isVar {
		c.use(v, use{kind: kind, in: c.root})
		return
	}
	c.term(c.root, term)
}

// given follows what the clause gives, or a part of it: the name of a mailbox has
// its place there and nowhere else.
func (c *clause) given(term *ast.Term) {
	object, ok := term.Value.(ast.Object)
	if !ok {
		if v, isVar := term.Value.(ast.Var); !isVar || v != c.entry {
			c.term(c.root, term)
		}
		return
	}
	object.Foreach(func(key, value *ast.Term) {
		if c.isName(key) {
			c.nameMailbox(value)
			return
		}
		c.term(c.root, key)
		c.term(c.root, value)
	})
}

// isName reports whether a field of an entry names a member.
func (c *clause) isName(key *ast.Term) bool {
	return key.Value.Compare(ast.String(c.known.list.entry)) == 0
}

// nameMailbox follows the index by which an entry names its mailbox.
func (c *clause) nameMailbox(value *ast.Term) {
	index, isVar := value.Value.(ast.Var)
	if !isVar {
		c.refuse(value.Location)
		return
	}
	c.use(index, use{kind: asName, in: c.root})
	c.names = true
}

// use notes an occurrence. A table and its size have no use but those that were
// recognised before.
func (c *clause) use(v ast.Var, u use) {
	for c.same[v] != "" {
		v = c.same[v]
	}
	if c.lists[v] != "" || c.sizes[v] != "" {
		c.refuse(nil)
		return
	}
	c.uses[v] = append(c.uses[v], u)
}

func (c *clause) refuse(at *ast.Location) {
	if at == nil {
		at = c.rule.Loc()
	}
	if c.against == nil {
		c.against = at
	}
}
