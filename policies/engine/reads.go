package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// What follows finds out what a control can read of input, by running it with
// places instead of values: input.mailboxes is a place, and so is what a variable
// holds that walks over it, through helpers of the control and of the library. It
// may name more than a control reads in the end, never less: where a place goes
// into a function of OPA's own, all below it counts as read.

// A unit is one package: a control, or a topic of the library.
type unit struct {
	name  string
	rules map[string][]*ast.Rule
	// imports are the packages behind the names of imports, by file. The names
	// are those behind data.
	imports map[*ast.Module]map[ast.Var][]string
	// own are the constant texts of its rules, uses the topics of the library that
	// they name; nil until somebody asks.
	own  map[string]bool
	uses []string
}

func newUnit(name string) *unit {
	return &unit{name: name, rules: map[string][]*ast.Rule{}, imports: map[*ast.Module]map[ast.Var][]string{}}
}

func (u *unit) add(module *ast.Module) {
	for _, rule := range module.Rules {
		name := ruleName(rule)
		u.rules[name] = append(u.rules[name], rule)
	}
	imports := map[ast.Var][]string{}
	for _, imported := range module.Imports {
		ref, ok := imported.Path.Value.(ast.Ref)
		if ok && len(ref) > 1 && ref[0].Equal(ast.DefaultRootDocument) {
			imports[imported.Name()] = strings.Split(strings.TrimPrefix(ref.String(), "data."), ".")
		}
	}
	u.imports[module] = imports
}

// texts gives the constant texts of the package and of the topics that it uses,
// however indirectly.
func (u *unit) texts(library map[string]*unit) map[string]bool {
	texts := map[string]bool{}
	u.collect(library, texts, map[*unit]bool{})
	return texts
}

func (u *unit) collect(library map[string]*unit, into map[string]bool, seen map[*unit]bool) {
	if u == nil || seen[u] {
		return
	}
	seen[u] = true
	if u.own == nil {
		u.own, u.uses = map[string]bool{}, u.topics()
		for _, rules := range u.rules {
			collectTexts(rules, u.own)
		}
	}
	maps.Copy(into, u.own)
	for _, topic := range u.uses {
		library[topic].collect(library, into, seen)
	}
}

// topics are the topics of the library that the package imports or names in full.
func (u *unit) topics() []string {
	var topics []string
	for _, imports := range u.imports {
		for _, names := range imports {
			if len(names) >= 2 && names[0] == "lib" {
				topics = append(topics, names[1])
			}
		}
	}
	for _, rules := range u.rules {
		for _, rule := range rules {
			ast.WalkRefs(rule, func(ref ast.Ref) bool {
				if len(ref) > 2 && ref[0].Equal(ast.DefaultRootDocument) && ref[1].Equal(ast.InternedTerm("lib")) {
					topic, _ := ref[2].Value.(ast.String)
					topics = append(topics, string(topic))
				}
				return false
			})
		}
	}
	return topics
}

// A scope is where a rule stands: its package, the imports of its file, and what
// its variables may be.
type scope struct {
	unit    *unit
	imports map[ast.Var][]string
	vars    map[ast.Var]*what
	// outer is the scope of the body around this one. again says that the body
	// has to be gone over once more.
	outer *scope
	again bool
}

// inner is a scope whose variables end with it.
func (s *scope) inner() *scope {
	return &scope{unit: s.unit, imports: s.imports, vars: maps.Clone(s.vars), outer: s}
}

// A reading is one place that a control looks at.
type reading struct {
	place path
	// whole says that the value itself is used, with all that is below it; else
	// it is only looked into or asked for.
	whole bool
	loc   *ast.Location
}

// A reads follows one control.
type reads struct {
	*shared
	*effects
	control *unit
	results map[string]*what
	busy    map[string]bool
	// site is where the control called into the library.
	site *ast.Location
}

func newReads(control *unit, shared *shared) *reads {
	return &reads{
		shared: shared, effects: newEffects(), control: control,
		results: map[string]*what{}, busy: map[string]bool{},
	}
}

// readings gives the places that the control reads, in the order of the file.
func (r *reads) readings() []*reading {
	for _, name := range slices.Sorted(maps.Keys(r.control.rules)) {
		first := r.control.rules[name][0]
		if len(first.Head.Args) > 0 {
			continue // read where it is called
		}
		value := r.rule(r.control, name)
		if !strings.HasPrefix(name, "_") {
			r.use(value, first.Loc())
		}
	}
	list := slices.Collect(maps.Values(r.found))
	slices.SortFunc(list, func(a, b *reading) int {
		return cmp.Or(cmp.Compare(a.loc.Row, b.loc.Row), cmp.Compare(a.loc.Col, b.loc.Col), cmp.Compare(a.place, b.place))
	})
	return list
}

// touch notes that places are looked at.
func (r *reads) touch(w *what, loc *ast.Location) { r.note(w, loc, false) }

// use notes that a value is used with all that is in it.
func (r *reads) use(w *what, loc *ast.Location) {
	r.useOrdered(w, loc)
	for _, b := range r.blursIn(w) {
		r.misuse(b, loc)
	}
}

// useOrdered is use where an instant or a count in the value does no harm.
func (r *reads) useOrdered(w *what, loc *ast.Location) {
	w.all(func(part *what) { r.note(part, loc, true) })
}

// size notes that the size of a value may matter, or the names of its fields.
func (r *reads) size(w *what) {
	if w != nil {
		maps.Copy(r.sized, w.places)
	}
}

func (r *reads) note(w *what, loc *ast.Location, whole bool) {
	if w == nil {
		return
	}
	if r.site != nil {
		loc = r.site
	}
	for p := range w.places {
		r.look(p, loc, whole)
	}
}

// real drops places that the schema does not know, as long as something is left:
// where a helper takes a text or an object, only the object has fields.
func (r *reads) real(w *what) *what {
	if w == nil || len(w.places) == 0 {
		return w
	}
	known := map[path]bool{}
	for p := range w.places {
		if r.inSchema(p) {
			known[p] = true
		} else {
			r.unknown[p] = true
		}
	}
	rest := *w
	rest.places = known
	if len(known) == len(w.places) || rest.empty() {
		return w
	}
	return &rest
}

func (r *reads) inSchema(p path) bool {
	known, seen := r.places[p]
	if !seen {
		known = r.schema.find(p).known()
		r.places[p] = known
	}
	return known
}

// rule gives what a rule that is no function may be.
func (r *reads) rule(u *unit, name string) *what {
	return r.once(u, name, nil, func(s *scope, rule *ast.Rule) *what {
		r.body(s, rule.Body)
		value := &what{others: true}
		switch {
		case rule.Head.RuleKind() == ast.MultiValue:
			value = &what{members: r.term(s, rule.Head.Key)}
		case rule.Head.Value != nil:
			value = r.term(s, rule.Head.Value)
		}
		// _open[protocol][name] := … is an object in an object.
		for _, term := range slices.Backward(rule.Head.Ref()[1:]) {
			key := r.term(s, term)
			r.use(key, rule.Loc())
			value = &what{members: value, keys: key}
		}
		return value
	})
}

// function gives what a call may be.
func (r *reads) function(u *unit, name string, args []*what) *what {
	return r.once(u, name, args, func(s *scope, rule *ast.Rule) *what {
		for i, parameter := range rule.Head.Args {
			if i < len(args) {
				r.bind(s, parameter, args[i])
			}
		}
		r.body(s, rule.Body)
		if rule.Head.Value == nil {
			return nil
		}
		return r.term(s, rule.Head.Value)
	})
}

// once joins what all rules of one name give, and remembers it.
func (r *reads) once(u *unit, name string, args []*what, one func(*scope, *ast.Rule) *what) *what {
	key := callKey(u, name, args)
	if u != r.control {
		return r.called(key, func() *what { return r.joined(u, name, one) })
	}
	if result, ok := r.results[key]; ok || r.busy[key] {
		return result
	}
	r.busy[key] = true
	result := r.joined(u, name, one)
	delete(r.busy, key)
	r.results[key] = result
	return result
}

func callKey(u *unit, name string, args []*what) string {
	var b strings.Builder
	b.WriteString(u.name + " " + name)
	for _, arg := range args {
		b.WriteByte(' ')
		arg.write(&b)
	}
	return b.String()
}

// joined gives what any of the rules of one name may give.
func (r *reads) joined(u *unit, name string, one func(*scope, *ast.Rule) *what) *what {
	var result *what
	for _, rule := range u.rules[name] {
		imports := u.imports[rule.Module]
		for ; rule != nil; rule = rule.Else {
			s := &scope{unit: u, imports: imports, vars: map[ast.Var]*what{}}
			result = result.join(one(s, rule))
		}
	}
	return result
}

// lookup finds the rule that a reference starts with, and how many of its terms
// name it.
func (r *reads) lookup(s *scope, ref ast.Ref) (in *unit, name string, terms int) {
	head, ok := ref[0].Value.(ast.Var)
	if !ok {
		return nil, "", 0
	}
	if len(s.unit.rules[string(head)]) > 0 {
		return s.unit, string(head), 1
	}
	imported, isImport := s.imports[head]
	if !isImport && head != "data" {
		return nil, "", 0
	}
	names := slices.Clone(imported)
	for _, term := range ref[1:] {
		text, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		names = append(names, string(text))
	}
	in, name, terms = r.named(s.unit, names, ref[0].Location)
	// The reference's first term stands for data, or for the whole import.
	return in, name, terms + 1 - len(imported)
}

// named finds a rule by the names of its package and its own. The library cannot
// name the rules of a control, which is for others to refuse.
func (r *reads) named(from *unit, names []string, loc *ast.Location) (in *unit, name string, terms int) {
	switch {
	case len(names) >= 3 && names[0] == "lib":
		in, terms = r.library[names[1]], 3
	case len(names) >= 4 && names[0] == "controls" && from == r.control:
		in, terms = r.control, 4
	default:
		return nil, "", 0
	}
	name = names[terms-1]
	if in == nil || len(in.rules[name]) == 0 {
		r.unknownRules["data."+strings.Join(names[:terms], ".")] = loc
		return nil, "", 0
	}
	return in, name, terms
}
