package engine

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
)

// maxPasses bounds how often a body is gone over until its variables settle. A
// body may use a variable above the line that gives it its value.
const maxPasses = 4

// body follows all expressions of a body.
func (r *reads) body(s *scope, body ast.Body) {
	for range maxPasses {
		s.again = false
		for _, expr := range body {
			r.expr(s, expr)
		}
		if !s.again {
			return
		}
	}
}

// unsettled notes that a variable was used before all was known of it, here and
// in the bodies around this one.
func (s *scope) unsettled() {
	for ; s != nil; s = s.outer {
		s.again = true
	}
}

func (r *reads) expr(s *scope, expr *ast.Expr) {
	for _, with := range expr.With {
		r.use(r.term(s, with.Value), expr.Loc())
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		r.term(s, terms)
	case []*ast.Term:
		r.statement(s, expr, terms[0], terms[1:])
	case *ast.SomeDecl:
		for _, symbol := range terms.Symbols {
			if call, ok := symbol.Value.(ast.Call); ok {
				r.walk(s, call[1:])
			}
		}
	case *ast.Every:
		inner := s.inner()
		domain := r.term(s, terms.Domain)
		r.size(domain)
		if terms.Key != nil {
			r.bind(inner, terms.Key, domain.names())
		}
		r.bind(inner, terms.Value, r.real(domain.element()))
		r.body(inner, terms.Body)
	case *ast.Not:
		r.body(s.inner(), terms.Body)
	case *ast.LogicalAnd:
		r.body(s, terms.Lhs)
		r.body(s, terms.Rhs)
	case *ast.LogicalOr:
		r.body(s, terms.Lhs)
		r.body(s, terms.Rhs)
	}
}

// walk binds the variables of some … in: (value, collection) or (key, value,
// collection).
func (r *reads) walk(s *scope, terms []*ast.Term) {
	collection := r.term(s, terms[len(terms)-1])
	r.size(collection)
	r.bind(s, terms[len(terms)-2], r.real(collection.element()))
	if len(terms) == 3 {
		r.bind(s, terms[0], collection.names())
	}
}

// statement follows a call that stands by itself: x := y, x == y, f(x).
func (r *reads) statement(s *scope, expr *ast.Expr, operator *ast.Term, args []*ast.Term) {
	switch operator.String() {
	case ast.Assign.Name:
		r.bind(s, args[0], r.term(s, args[1]))
	case ast.Equality.Name:
		r.unify(s, expr, args[0], args[1])
	default:
		r.call(s, operator, args)
	}
}

// unify follows x = y, which may compare or bind either way.
func (r *reads) unify(s *scope, expr *ast.Expr, left, right *ast.Term) {
	a, b := r.term(s, left), r.term(s, right)
	if s.isOpen(left) || s.isOpen(right) {
		r.binding[expr] = true
	}
	if r.binding[expr] {
		r.bind(s, left, b)
		r.bind(s, right, a)
		return
	}
	r.compare([]*what{a, b}, []*ast.Term{left, right}, expr.Loc())
}

// isOpen reports whether a term has a variable without a value in it.
func (s *scope) isOpen(term *ast.Term) bool {
	switch v := term.Value.(type) {
	case ast.Var:
		_, bound := s.vars[v]
		_, imported := s.imports[v]
		return !bound && !imported && len(s.unit.rules[string(v)]) == 0 && v != "input" && v != "data"
	case *ast.Array:
		return v.Until(s.isOpen)
	case ast.Object:
		return v.Until(func(_, item *ast.Term) bool { return s.isOpen(item) })
	}
	return false
}

// bind adds to what a variable may be.
func (s *scope) bind(name ast.Var, value *what) {
	old, bound := s.vars[name]
	all := old.join(value)
	if bound && old != all && old.key() != all.key() {
		s.unsettled()
	}
	s.vars[name] = all
}

// bind gives the variables of a pattern their values.
func (r *reads) bind(s *scope, pattern *ast.Term, value *what) {
	switch p := pattern.Value.(type) {
	case ast.Var:
		if !p.IsWildcard() {
			s.bind(p, value)
		}
	case *ast.Array:
		for i := range p.Len() {
			r.bind(s, p.Elem(i), r.real(value.index(i)))
		}
	case ast.Object:
		p.Foreach(func(key, item *ast.Term) {
			field := value.element()
			if name, ok := key.Value.(ast.String); ok {
				field = value.field(string(name))
			}
			field = r.real(field)
			r.touch(field, pattern.Loc())
			r.bind(s, item, field)
		})
	default:
		// Anything else in a pattern is compared.
		r.compare([]*what{value, nil}, []*ast.Term{nil, pattern}, pattern.Loc())
	}
}

// term gives what a term may be, and notes what is looked at on the way.
func (r *reads) term(s *scope, term *ast.Term) *what {
	switch v := term.Value.(type) {
	case ast.String:
		return textWhat(string(v))
	case ast.Null, ast.Boolean, ast.Number:
		return &what{others: true}
	case ast.Var:
		return r.ref(s, ast.Ref{term})
	case ast.Ref:
		return r.ref(s, v)
	case ast.Call:
		return r.call(s, v[0], v[1:])
	case *ast.Array:
		list := &what{fields: map[string]*what{}, others: true}
		for i := range v.Len() {
			list.fields[strconv.Itoa(i)] = r.term(s, v.Elem(i))
		}
		return list
	case ast.Set:
		set := &what{others: true}
		for _, item := range v.Slice() {
			set.members = set.members.join(r.term(s, item))
		}
		return set
	case ast.Object:
		return r.object(s, v)
	case *ast.ArrayComprehension:
		return r.comprehension(s, v.Body, v.Term, nil)
	case *ast.SetComprehension:
		return r.comprehension(s, v.Body, v.Term, nil)
	case *ast.ObjectComprehension:
		return r.comprehension(s, v.Body, v.Value, v.Key)
	case *ast.TemplateString:
		return r.template(s, v, term.Loc())
	}
	return nil
}

// object is one that the control writes out.
func (r *reads) object(s *scope, object ast.Object) *what {
	built := &what{fields: map[string]*what{}, others: true}
	object.Foreach(func(key, item *ast.Term) {
		value := r.term(s, item)
		if name, ok := key.Value.(ast.String); ok {
			built.fields[string(name)] = value
			return
		}
		built.keys = built.keys.join(r.term(s, key))
		built.members = built.members.join(value)
	})
	return built
}

func (r *reads) comprehension(s *scope, body ast.Body, item, key *ast.Term) *what {
	inner := s.inner()
	r.body(inner, body)
	built := &what{members: r.term(inner, item), others: true}
	if key != nil {
		built.keys = r.term(inner, key)
	}
	return built
}

func (r *reads) template(s *scope, template *ast.TemplateString, loc *ast.Location) *what {
	for _, part := range template.Parts {
		switch p := part.(type) {
		case *ast.Term:
			r.use(r.term(s, p), loc)
		case *ast.Expr:
			if term, ok := p.Terms.(*ast.Term); ok {
				r.use(r.term(s, term), loc)
			} else {
				r.expr(s, p)
			}
		}
	}
	return &what{others: true}
}

// ref follows a reference from its first term to its last.
func (r *reads) ref(s *scope, ref ast.Ref) *what {
	value, rest := r.head(s, ref)
	for _, term := range rest {
		value = r.real(r.next(s, value, term))
	}
	r.touch(value, ref[0].Loc())
	return value
}

// next follows one term of a reference.
func (r *reads) next(s *scope, value *what, term *ast.Term) *what {
	switch key := term.Value.(type) {
	case ast.String:
		return value.field(string(key))
	case ast.Number:
		if i, ok := key.Int(); ok {
			return value.index(i)
		}
	}
	if name, ok := term.Value.(ast.Var); ok && s.isOpen(term) {
		// A variable that has no value yet walks over all members.
		if !name.IsWildcard() {
			s.bind(name, value.names())
		}
		return value.element()
	}
	key := r.term(s, term)
	r.use(key, term.Loc())
	names := key.constant()
	if len(names) == 0 {
		return value.element()
	}
	var next *what
	for _, name := range names {
		next = next.join(value.field(name))
	}
	return next
}

// head gives what a reference starts from, and the terms that lead on from there.
func (r *reads) head(s *scope, ref ast.Ref) (*what, ast.Ref) {
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return r.term(s, ref[0]), ref[1:]
	}
	if value, ok := s.vars[head]; ok {
		return value, ref[1:]
	}
	if head == "input" {
		return &what{places: map[path]bool{"": true}}, ref[1:]
	}
	in, name, terms := r.lookup(s, ref)
	if in == nil {
		s.unsettled()
		return nil, ref[1:]
	}
	if len(in.rules[name][0].Head.Args) > 0 {
		return nil, ref[1:]
	}
	return r.inside(s, in, ref[0].Loc(), func() *what { return r.rule(in, name) }), ref[terms:]
}

// inside runs what leaves the control for the library, and notes readings there
// at the place where the control went in.
func (r *reads) inside(from *scope, to *unit, loc *ast.Location, run func() *what) *what {
	if from.unit != r.control || to == r.control {
		return run()
	}
	r.site = loc
	defer func() { r.site = nil }()
	return run()
}

// call follows a call of a function, the control's, the library's or OPA's own.
func (r *reads) call(s *scope, operator *ast.Term, terms []*ast.Term) *what {
	args := make([]*what, len(terms))
	for i, term := range terms {
		args[i] = r.term(s, term)
	}
	ref, ok := operator.Value.(ast.Ref)
	if !ok {
		return nil
	}
	in, name, _ := r.lookup(s, ref)
	if in == nil {
		return r.builtin(ref.String(), args, terms, operator.Loc())
	}
	return r.inside(s, in, operator.Loc(), func() *what { return r.function(in, name, args) })
}

// builtin follows one of OPA's own functions. Most use all that they are given;
// some only look, or hand on what they got.
func (r *reads) builtin(name string, args []*what, terms []*ast.Term, loc *ast.Location) *what {
	switch name {
	case ast.Equal.Name, ast.NotEqual.Name, ast.LessThan.Name, ast.LessThanEq.Name, ast.GreaterThan.Name, ast.GreaterThanEq.Name:
		r.compare(args, terms, loc)
		return &what{others: true}
	case ast.Count.Name:
		r.size(args[0])
		return &what{others: true}
	case ast.TypeNameBuiltin.Name, ast.IsArray.Name, ast.IsBoolean.Name, ast.IsNull.Name,
		ast.IsNumber.Name, ast.IsObject.Name, ast.IsString.Name:
		return &what{others: true}
	case ast.ObjectGet.Name:
		return r.objectGet(args, loc)
	case ast.ArrayConcat.Name, ast.ArrayReverse.Name, ast.ArraySlice.Name, ast.ObjectUnion.Name:
		return joined(args)
	}
	for _, arg := range args {
		r.use(arg, loc)
	}
	switch name {
	case ast.Or.Name, ast.And.Name, ast.Minus.Name, ast.Sort.Name, ast.ObjectRemove.Name:
		return joined(args)
	case ast.Union.Name, ast.Intersection.Name, ast.ArrayFlatten.Name, ast.ObjectUnionN.Name:
		return joined(args).element()
	}
	return &what{others: true}
}

func joined(list []*what) *what {
	var all *what
	for _, item := range list {
		all = all.join(item)
	}
	return all
}

// objectGet follows object.get(object, key or list of keys, default).
func (r *reads) objectGet(args []*what, loc *ast.Location) *what {
	names := args[1].constant()
	if len(names) == 0 {
		// A list of keys, or one that is computed.
		r.use(args[0], loc)
		return (&what{others: true}).join(args[2])
	}
	var found *what
	for _, name := range names {
		found = found.join(args[0].field(name))
	}
	found = r.real(found)
	r.touch(found, loc)
	return found.join(args[2])
}
