package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// A clause is one rule of a control with what its variables are used for.
type clause struct {
	known *keyed
	rule  *ast.Rule
	name  string
	root  *block

	uses map[ast.Var][]use
	// indexes are the variables that stand for a mailbox's index.
	indexes map[ast.Var]bool
	// lists are variables that stand for a whole table, by its name; sizes are
	// those that stand for how many members one has.
	lists, sizes map[ast.Var]string
	// entry is the variable that holds what the clause gives, if one does; names
	// says that this names a mailbox.
	entry ast.Var
	names bool
	// gathers: something is said of all mailboxes together.
	gathers bool
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
	// asRuleKey is the key of the clause's rule, asParameter one of its parameters.
	asRuleKey
	asParameter
)

// allMailboxes is the name of the table that is in the input.
const allMailboxes = "input.mailboxes"

func newClause(known *keyed, rule *ast.Rule) *clause {
	c := &clause{
		known: known, rule: rule, name: ruleName(rule), root: &block{},
		uses: map[ast.Var][]use{}, indexes: map[ast.Var]bool{},
		lists: map[ast.Var]string{}, sizes: map[ast.Var]string{},
	}
	c.findLists()
	c.findEntry()
	c.head()
	c.body(c.root, rule.Body)
	for v, uses := range c.uses {
		for _, u := range uses {
			if u.kind == asIndex || u.kind == asParameter && known.indexArgs[c.name][u.position] {
				c.indexes[v] = true
			}
		}
	}
	return c
}

// keyed reports whether what the clause gives is found by an index.
func (c *clause) keyed(kind useKind) bool {
	for v := range c.indexes {
		if c.has(v, kind) {
			return true
		}
	}
	return false
}

func (c *clause) has(v ast.Var, kind useKind) bool {
	for _, u := range c.uses[v] {
		if u.kind == kind {
			return true
		}
	}
	return false
}

// home is the innermost block that holds all uses of a variable.
func (c *clause) home(v ast.Var) *block {
	within := func(b, outer *block) bool {
		for ; b != nil; b = b.outer {
			if b == outer {
				return true
			}
		}
		return false
	}
	home := c.uses[v][0].in
	for _, u := range c.uses[v][1:] {
		for !within(u.in, home) {
			home = home.outer
		}
	}
	return home
}

// findLists finds the variables that stand for a whole table or for its size.
func (c *clause) findLists() {
	ast.WalkExprs(c.rule, func(expr *ast.Expr) bool {
		if left, right, ok := unification(expr); ok {
			for _, pair := range [][2]*ast.Term{{left, right}, {right, left}} {
				v, isVar := pair[0].Value.(ast.Var)
				if table, whole := c.wholeTable(pair[1]); isVar && whole {
					c.lists[v] = table
				}
			}
		}
		return false
	})
	ast.WalkExprs(c.rule, func(expr *ast.Expr) bool {
		if table, size, ok := c.counting(expr); ok {
			c.sizes[size] = table
		}
		return false
	})
}

// unification gives the sides of x = y.
func unification(expr *ast.Expr) (left, right *ast.Term, ok bool) {
	if !expr.IsEquality() || expr.Negated {
		return nil, nil, false
	}
	return expr.Operand(0), expr.Operand(1), true
}

// counting recognises count(table, size).
func (c *clause) counting(expr *ast.Expr) (table string, size ast.Var, ok bool) {
	if !expr.IsCall() || expr.Negated || expr.Operator().String() != ast.Count.Name || len(expr.Operands()) != 2 {
		return "", "", false
	}
	size, isVar := expr.Operand(1).Value.(ast.Var)
	table, whole := c.wholeTable(expr.Operand(0))
	return table, size, isVar && whole
}

// wholeTable recognises a table that is not looked into.
func (c *clause) wholeTable(term *ast.Term) (name string, ok bool) {
	switch v := term.Value.(type) {
	case ast.Var:
		name, ok = c.lists[v]
		return name, ok
	case ast.Ref:
		name, rest, ok := c.table(v)
		return name, ok && len(rest) == 0
	}
	return "", false
}

// table splits a reference to a table into the table's name and what follows.
func (c *clause) table(ref ast.Ref) (name string, rest ast.Ref, ok bool) {
	if v, isVar := ref[0].Value.(ast.Var); isVar && c.lists[v] != "" {
		return c.lists[v], ref[1:], true
	}
	if ref[0].Equal(ast.InputRootDocument) && len(ref) > 1 && ref[1].Value.Compare(ast.String("mailboxes")) == 0 {
		return allMailboxes, ref[2:], true
	}
	name, rest, ok = c.known.ownRule(ref)
	return name, rest, ok && c.known.tables[name]
}

// findEntry finds the variable that holds what the clause gives.
func (c *clause) findEntry() {
	term := c.rule.Head.Key
	if term == nil && len(c.rule.Head.Args) > 0 {
		term = c.rule.Head.Value
	}
	if term != nil {
		c.entry, _ = term.Value.(ast.Var)
	}
}

func (c *clause) head() {
	head := c.rule.Head
	for i, arg := range head.Args {
		v, isVar := arg.Value.(ast.Var)
		switch {
		case isVar:
			c.use(v, use{kind: asParameter, position: i, in: c.root})
		case c.known.indexArgs[c.name][i]:
			c.refuse(arg.Location)
		default:
			c.term(c.root, arg)
		}
	}
	for i, term := range head.Ref()[1:] {
		if v, isVar := term.Value.(ast.Var); isVar && i == 0 {
			c.use(v, use{kind: asRuleKey, in: c.root})
			continue
		}
		c.term(c.root, term)
	}
	if head.Key != nil && len(head.Ref()) == 1 {
		c.given(head.Key)
	}
	if head.Value != nil {
		if len(head.Args) > 0 {
			c.given(head.Value)
		} else {
			c.term(c.root, head.Value)
		}
	}
}

// given follows what the clause gives: an entry, or the variable that holds one.
func (c *clause) given(term *ast.Term) {
	switch v := term.Value.(type) {
	case ast.Var:
		if v != c.entry {
			c.term(c.root, term)
		}
	case ast.Object:
		v.Foreach(func(key, value *ast.Term) {
			index, isVar := value.Value.(ast.Var)
			if isVar && key.Value.Compare(ast.String("mailbox")) == 0 {
				c.use(index, use{kind: asName, in: c.root})
				c.names = true
				return
			}
			c.term(c.root, key)
			c.term(c.root, value)
		})
	default:
		c.term(c.root, term)
	}
}

func (c *clause) use(v ast.Var, u use) {
	if c.lists[v] != "" || c.sizes[v] != "" {
		c.refuse(c.rule.Loc())
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

func (c *clause) body(in *block, body ast.Body) {
	for _, expr := range body {
		c.expr(in, expr)
	}
}

func (c *clause) expr(in *block, expr *ast.Expr) {
	if expr.Negated {
		in = in.inner(false)
	}
	if len(expr.With) > 0 {
		c.refuse(expr.Location)
		return
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		if table, whole := c.wholeTable(terms); !whole || table != allMailboxes {
			c.term(in, terms) // whether there is a list at all is the same for any of them
		}
	case []*ast.Term:
		c.call(in, expr, terms)
	case *ast.Every:
		c.every(in, terms)
	case *ast.SomeDecl:
	default:
		c.refuse(expr.Location)
	}
}

// call follows a call of a function, with its result as a last operand.
func (c *clause) call(in *block, expr *ast.Expr, terms []*ast.Term) {
	operands := terms[1:]
	if c.isPlain(in, expr, operands) {
		return
	}
	ref, ok := terms[0].Value.(ast.Ref)
	if !ok {
		c.refuse(expr.Location)
		return
	}
	name, _, own := c.known.ownRule(ref)
	if own && c.known.naming[name] && !c.holdsEntry(operands[len(operands)-1]) {
		c.refuse(expr.Location)
	}
	for i, operand := range operands {
		switch v, isVar := operand.Value.(ast.Var); {
		case own && c.known.indexArgs[name][i] && isVar:
			c.use(v, use{kind: asIndex, in: in})
		case own && c.known.indexArgs[name][i]:
			c.refuse(expr.Location)
		case own && c.known.naming[name] && i == len(operands)-1:
			c.names = true
		case c.isEntry(in, ref, operands, i):
			c.given(operand)
		default:
			c.term(in, operand)
		}
	}
}

// isPlain recognises what is the same however many mailboxes look alike: giving a
// table a name, and asking whether it is empty.
func (c *clause) isPlain(in *block, expr *ast.Expr, operands []*ast.Term) bool {
	if left, right, ok := unification(expr); ok {
		_, leftWhole := c.wholeTable(left)
		_, rightWhole := c.wholeTable(right)
		l, leftVar := left.Value.(ast.Var)
		r, rightVar := right.Value.(ast.Var)
		if rightWhole && leftVar && c.lists[l] != "" && !rightVar || leftWhole && rightVar && c.lists[r] != "" && !leftVar {
			return true
		}
	}
	if _, _, ok := c.counting(expr); ok {
		return true
	}
	for _, operand := range operands {
		if v, isVar := operand.Value.(ast.Var); isVar && c.sizes[v] != "" && asksForNone(expr) {
			c.gathers = c.gathers || c.sizes[v] != allMailboxes
			return true
		}
	}
	return false
}

// asksForNone recognises a comparison of a size with 0 that tells none from some.
func asksForNone(expr *ast.Expr) bool {
	if len(expr.Operands()) != 2 {
		return false
	}
	// The number that tells them apart, if it stands on the right, and on the left.
	right := map[string]string{
		ast.Equality.Name: "0", ast.Equal.Name: "0", ast.NotEqual.Name: "0",
		ast.GreaterThan.Name: "0", ast.LessThanEq.Name: "0", ast.GreaterThanEq.Name: "1", ast.LessThan.Name: "1",
	}
	left := map[string]string{
		ast.Equality.Name: "0", ast.Equal.Name: "0", ast.NotEqual.Name: "0",
		ast.LessThan.Name: "0", ast.GreaterThanEq.Name: "0", ast.LessThanEq.Name: "1", ast.GreaterThan.Name: "1",
	}
	operator := expr.Operator().String()
	is := func(term *ast.Term, number string) bool {
		n, ok := term.Value.(ast.Number)
		return ok && number != "" && n.String() == number
	}
	return is(expr.Operand(1), right[operator]) || is(expr.Operand(0), left[operator])
}

// holdsEntry reports whether a term is the variable that holds what the clause
// gives.
func (c *clause) holdsEntry(term *ast.Term) bool {
	v, isVar := term.Value.(ast.Var)
	return isVar && c.entry != "" && v == c.entry
}

// isEntry reports whether an operand is what the clause gives, or a part that is
// united to it.
func (c *clause) isEntry(in *block, operator ast.Ref, operands []*ast.Term, i int) bool {
	if in != c.root {
		return false
	}
	last := operands[len(operands)-1]
	switch operator.String() {
	case ast.ObjectUnion.Name:
		return len(operands) == 3 && c.holdsEntry(last)
	case ast.Equality.Name:
		return c.holdsEntry(operands[1-i])  || c.holdsEntry(operands[i])
	}
	return i == len(operands)-1 && c.holdsEntry(last)
}

func (c *clause) every(in *block, every *ast.Every) {
	inner := in.inner(false)
	if v, isVar := every.Domain.Value.(ast.Var); isVar && c.lists[v] != "" {
		c.gathers = true
		if key, ok := keyOf(every); ok {
			c.use(key, use{kind: asIndex, in: inner})
		}
	} else {
		c.term(in, every.Domain)
	}
	c.body(inner, every.Body)
}

func keyOf(every *ast.Every) (ast.Var, bool) {
	if every.Key == nil {
		return "", false
	}
	v, ok := every.Key.Value.(ast.Var)
	return v, ok
}

func (c *clause) term(in *block, term *ast.Term) {
	switch v := term.Value.(type) {
	case ast.Var:
		c.use(v, use{in: in})
	case ast.Ref:
		c.ref(in, v)
	case *ast.Array:
		v.Foreach(func(item *ast.Term) { c.term(in, item) })
	case ast.Set:
		v.Foreach(func(item *ast.Term) { c.term(in, item) })
	case ast.Object:
		v.Foreach(func(key, value *ast.Term) {
			c.term(in, key)
			c.term(in, value)
		})
	case *ast.ArrayComprehension:
		c.comprehension(in.inner(true), v.Body, v.Term)
	case *ast.SetComprehension:
		c.comprehension(in.inner(false), v.Body, v.Term)
	case *ast.ObjectComprehension:
		c.comprehension(in.inner(false), v.Body, v.Key, v.Value)
	case ast.String, ast.Number, ast.Boolean, ast.Null:
	default:
		c.refuse(term.Location)
	}
}

func (c *clause) comprehension(inner *block, body ast.Body, heads ...*ast.Term) {
	for _, head := range heads {
		c.term(inner, head)
	}
	c.body(inner, body)
}

// ref follows a reference.
func (c *clause) ref(in *block, ref ast.Ref) {
	if _, rest, ok := c.table(ref); ok {
		c.lookUp(in, ref, rest)
		return
	}
	name, rest, own := c.known.ownRule(ref)
	switch {
	case ref[0].Equal(ast.InputRootDocument):
		if _, named := ref[1:].head(); !named {
			c.refuse(ref[0].Location)
		}
		rest = ref[1:]
	case own && c.known.naming[name], ref[0].Equal(ast.DefaultRootDocument) && !own && c.known.pkg.HasPrefix(ref):
		c.refuse(ref[0].Location) // what the control itself says of its members
	case own:
	default:
		c.term(in, ref[0])
		rest = ref[1:]
	}
	for _, term := range rest {
		c.term(in, term)
	}
}

// lookUp follows a reference into a table.
func (c *clause) lookUp(in *block, ref, rest ast.Ref) {
	if len(rest) == 0 {
		c.refuse(ref[0].Location)
		return
	}
	if v, isVar := rest[0].Value.(ast.Var); isVar {
		c.use(v, use{kind: asIndex, in: in})
	} else {
		c.refuse(rest[0].Location)
	}
	for _, term := range rest[1:] {
		c.term(in, term)
	}
}
