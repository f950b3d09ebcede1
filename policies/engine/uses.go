package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// allMembers is the name of the table that is in the input.
const allMembers = "input"

// findLists finds the variables that stand for a whole table, for its size, or for
// what another one does.
func (c *clause) findLists() {
	each := func(visit func(*ast.Expr)) {
		ast.WalkExprs(c.rule, func(expr *ast.Expr) bool {
			visit(expr)
			return false
		})
	}
	each(func(expr *ast.Expr) {
		if v, term, ok := naming(expr); ok {
			if table, whole := c.wholeTable(term); whole {
				c.lists[v] = table
			}
		}
	})
	each(func(expr *ast.Expr) {
		if table, size, ok := c.counting(expr); ok {
			c.sizes[size] = table
		}
		if v, key, ok := c.drawing(expr); ok && v != key {
			c.same[key] = v
		}
	})
}

// unification gives the sides of x = y.
func unification(expr *ast.Expr) (left, right *ast.Term, ok bool) {
	if !expr.IsEquality() || expr.Negated {
		return nil, nil, false
	}
	return expr.Operand(0), expr.Operand(1), true
}

// naming recognises v = term, where the term is no variable.
func naming(expr *ast.Expr) (v ast.Var, term *ast.Term, ok bool) {
	left, right, ok := unification(expr)
	if !ok {
		return "", nil, false
	}
	l, isLeft := left.Value.(ast.Var)
	r, isRight := right.Value.(ast.Var)
	switch {
	case isLeft && !isRight:
		return l, right, true
	case isRight && !isLeft:
		return r, left, true
	}
	return "", nil, false
}

// drawing recognises v = set[key], where the set is one of indexes: both variables
// stand for the same index.
func (c *clause) drawing(expr *ast.Expr) (v, key ast.Var, ok bool) {
	v, term, ok := naming(expr)
	if !ok {
		return "", "", false
	}
	ref, ok := term.Value.(ast.Ref)
	if !ok {
		return "", "", false
	}
	table, rest, ok := c.table(ref)
	if !ok || c.known.tables[table] != ofIndexes || len(rest) != 1 {
		return "", "", false
	}
	key, ok = rest[0].Value.(ast.Var)
	return v, key, ok
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
	if rest, ok := c.known.list.after(ref); ok {
		return allMembers, rest, true
	}
	name, rest, ok = c.known.ownRule(ref)
	return name, rest, ok && c.known.tables[name] != 0
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
		c.question(in, terms)
	case []*ast.Term:
		if !c.isPlain(in, expr) {
			c.call(in, expr, terms)
		}
	case *ast.Every:
		c.every(in, terms)
	case *ast.SomeDecl:
	default:
		c.refuse(expr.Location)
	}
}

// question follows a term that stands by itself: is it there, and not false?
func (c *clause) question(in *block, term *ast.Term) {
	if table, whole := c.wholeTable(term); whole && table == allMembers {
		return // there is a list however many mailboxes look alike
	}
	if ref, ok := term.Value.(ast.Ref); ok {
		if table, rest, ok := c.table(ref); ok && c.known.tables[table] == ofIndexes && len(rest) == 1 {
			c.index(in, rest[0])
			return
		}
	}
	c.term(in, term)
}

// index follows a term that looks a mailbox up.
func (c *clause) index(in *block, term *ast.Term) {
	if v, isVar := term.Value.(ast.Var); isVar {
		c.use(v, use{kind: asIndex, in: in})
		return
	}
	c.refuse(term.Location)
}

// isPlain follows what is the same however many mailboxes look alike: giving a
// table a name, asking whether it is empty, drawing an index from a set of them or
// asking whether one is in there.
func (c *clause) isPlain(in *block, expr *ast.Expr) bool {
	if v, term, ok := naming(expr); ok {
		if _, whole := c.wholeTable(term); whole && c.lists[v] != "" {
			return true
		}
	}
	if v, _, ok := c.drawing(expr); ok {
		c.use(v, use{kind: asIndex, in: in})
		return true
	}
	if _, _, ok := c.counting(expr); ok {
		return true
	}
	operands := expr.Operands()
	if expr.Operator().String() == ast.Member.Name {
		if table, whole := c.wholeTable(operands[1]); whole && c.known.tables[table] == ofIndexes {
			c.index(in, operands[0])
			for _, result := range operands[2:] {
				c.term(in, result)
			}
			return true
		}
	}
	for _, operand := range operands {
		if v, isVar := operand.Value.(ast.Var); isVar && c.sizes[v] != "" && asksForNone(expr) {
			switch {
			case c.sizes[v] == allMembers:
			case in == c.root && !expr.Negated && c.saysNone(expr):
				c.none = true
			default:
				c.gathers = true
			}
			return true
		}
	}
	return false
}

// asksForNone recognises a comparison that tells 0 from all sizes above it.
func asksForNone(expr *ast.Expr) bool {
	if len(expr.Operands()) != 2 {
		return false
	}
	operator, left, right := expr.Operator().String(), expr.Operand(0), expr.Operand(1)
	if _, isNumber := left.Value.(ast.Number); isNumber {
		left, right = right, left
		if turned, ok := turnedRound()[operator]; ok {
			operator = turned
		}
	}
	number, _ := right.Value.(ast.Number)
	switch operator {
	case ast.Equality.Name, ast.Equal.Name, ast.NotEqual.Name, ast.GreaterThan.Name, ast.LessThanEq.Name:
		return number == "0"
	case ast.GreaterThanEq.Name, ast.LessThan.Name:
		return number == "1"
	}
	return false
}

// saysNone recognises a comparison that holds for 0 alone, among those that tell 0
// from all sizes above it.
func (c *clause) saysNone(expr *ast.Expr) bool {
	operator := expr.Operator().String()
	if _, isNumber := expr.Operand(0).Value.(ast.Number); isNumber {
		if turned, ok := turnedRound()[operator]; ok {
			operator = turned
		}
	}
	switch operator {
	case ast.Equality.Name, ast.Equal.Name, ast.LessThanEq.Name, ast.LessThan.Name:
		return true
	}
	return false
}

// turnedRound gives the operators for swapped sides.
func turnedRound() map[string]string {
	return map[string]string{
		ast.LessThan.Name: ast.GreaterThan.Name, ast.GreaterThan.Name: ast.LessThan.Name,
		ast.LessThanEq.Name: ast.GreaterThanEq.Name, ast.GreaterThanEq.Name: ast.LessThanEq.Name,
	}
}

// call follows a call of a function, with its result as the last operand.
func (c *clause) call(in *block, expr *ast.Expr, terms []*ast.Term) {
	ref, ok := terms[0].Value.(ast.Ref)
	if !ok {
		c.refuse(expr.Location)
		return
	}
	operands := terms[1:]
	name, _, own := c.known.ownRule(ref)
	naming := own && c.known.naming[name]
	for i, operand := range operands {
		last := i == len(operands)-1
		switch {
		case own && c.known.indexArgs[name][i]:
			c.index(in, operand)
		case naming && last:
			c.names = true
			if in != c.root || !c.isEntry(operand) {
				c.refuse(expr.Location)
			}
		case in == c.root && c.becomesEntry(ref, operands, i):
			c.given(operand)
		default:
			c.term(in, operand)
		}
	}
}

// isEntry reports whether a term is the variable that holds what the clause gives.
func (c *clause) isEntry(term *ast.Term) bool {
	v, isVar := term.Value.(ast.Var)
	return isVar && c.entry != "" && v == c.entry
}

// becomesEntry reports whether an operand is what the clause gives, or is united
// to it.
func (c *clause) becomesEntry(operator ast.Ref, operands []*ast.Term, i int) bool {
	last := len(operands) - 1
	switch operator.String() {
	case ast.ObjectUnion.Name:
		return last == 2 && c.isEntry(operands[2])
	case ast.Equality.Name:
		return c.isEntry(operands[0]) || c.isEntry(operands[1])
	}
	return i == last && c.isEntry(operands[last])
}

func (c *clause) every(in *block, every *ast.Every) {
	inner := in.inner(false)
	if v, isVar := every.Domain.Value.(ast.Var); isVar && c.known.tables[c.lists[v]] != ofIndexes && c.lists[v] != "" {
		c.gathers = true
		if every.Key != nil {
			c.index(inner, every.Key)
		}
	} else {
		c.term(in, every.Domain)
	}
	c.body(inner, every.Body)
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
			if c.isName(key) {
				c.refuse(key.Location) // an entry somewhere else than we look for them
			}
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
	if table, rest, ok := c.table(ref); ok {
		c.lookUp(in, table, ref, rest)
		return
	}
	name, rest, own := c.known.ownRule(ref)
	switch {
	case own:
		if c.known.naming[name] {
			c.refuse(ref[0].Location) // what the control itself says of mailboxes
		}
	case ref[0].Equal(ast.InputRootDocument):
		if rest = ref[1:]; c.known.list.hides(ref) {
			c.refuse(ref[0].Location)
		}
	case ref[0].Equal(ast.DefaultRootDocument):
		if rest = ref[1:]; c.known.pkg.HasPrefix(ref.ConstantPrefix()) {
			c.refuse(ref[0].Location)
		}
	default:
		c.term(in, ref[0])
		rest = ref[1:]
	}
	for _, term := range rest {
		c.term(in, term)
	}
}

func isText(term *ast.Term) bool {
	_, ok := term.Value.(ast.String)
	return ok
}

// lookUp follows a reference into a table.
func (c *clause) lookUp(in *block, table string, ref, rest ast.Ref) {
	if len(rest) == 0 || c.known.tables[table] == ofIndexes {
		c.refuse(ref[0].Location)
		return
	}
	c.index(in, rest[0])
	for _, term := range rest[1:] {
		c.term(in, term)
	}
}
