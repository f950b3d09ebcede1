package engine

import (
	"maps"

	"github.com/open-policy-agent/opa/v1/ast"
)

// shared is what following one control has shown that holds for all: what the
// library does with what it is given, whoever gives it.
type shared struct {
	library map[string]*unit // by topic
	schema  *inputSchema
	places  map[path]bool // whether the schema knows them
	// blurred are the places of instants and counts, meeting those that a place meets.
	blurred []blurred
	meeting map[path][]blurred
	// calls are the rules and functions of the library by what they were given.
	calls map[string]*libraryCall
	// binding remembers which comparisons gave a variable its value.
	binding map[*ast.Expr]bool
}

// A libraryCall is what a rule or function of the library gives, and what it looks
// at on the way.
type libraryCall struct {
	result  *what
	effects *effects
}

// effects are what is looked at.
type effects struct {
	found map[path]*reading
	// sized are places of which the size or the names of the fields may matter,
	// unknown those that the schema does not have.
	sized, unknown map[path]bool
	// unordered is, by list, the first place where an instant is used for more than to
	// compare it with input.moments, or a count for more than to compare it with 0.
	unordered map[string]*ast.Location
	// unknownRules are references to rules that the library does not have.
	unknownRules map[string]*ast.Location
}

func newShared(library map[string]*unit, schema *inputSchema, places []blurred) *shared {
	return &shared{
		library: library, schema: schema, blurred: places, places: map[path]bool{}, meeting: map[path][]blurred{},
		calls: map[string]*libraryCall{}, binding: map[*ast.Expr]bool{},
	}
}

func newEffects() *effects {
	return &effects{
		found: map[path]*reading{}, unknownRules: map[string]*ast.Location{},
		sized: map[path]bool{}, unknown: map[path]bool{}, unordered: map[string]*ast.Location{},
	}
}

// look notes that a place is looked at.
func (e *effects) look(p path, loc *ast.Location, whole bool) {
	old, ok := e.found[p]
	if !ok {
		e.found[p] = &reading{place: p, whole: whole, loc: loc}
	} else if whole && !old.whole {
		old.whole, old.loc = true, loc
	}
}

// take adds what the library looks at for somebody who called it at loc.
func (e *effects) take(called *effects, loc *ast.Location) {
	for p, reading := range called.found {
		e.look(p, loc, reading.whole)
	}
	maps.Copy(e.sized, called.sized)
	maps.Copy(e.unknown, called.unknown)
	for name, at := range called.unknownRules {
		e.unknownRules[name] = at
	}
	for list := range called.unordered {
		if e.unordered[list] == nil {
			e.unordered[list] = loc
		}
	}
}

// called follows the library, or remembers what came of it. What it does depends
// on nothing but what it is given: it cannot read the control that calls it.
func (r *reads) called(key string, follow func() *what) *what {
	call, ok := r.calls[key]
	if !ok {
		call = &libraryCall{effects: newEffects()}
		r.calls[key] = call // for a rule that calls itself, which compiling refuses
		caller := r.effects
		r.effects = call.effects
		call.result = follow()
		r.effects = caller
	}
	r.take(call.effects, r.site)
	return call.result
}
