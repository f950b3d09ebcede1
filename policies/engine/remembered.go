package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// A remembering is the cache of one of those who judge. What the library makes of
// plain values is the same whatever the input is, since it never reads that: it is
// kept from one batch to the next, so that a user agent that a thousand classes have
// is looked at once. All else is kept for one batch.
type remembering struct {
	topdown.VirtualCache // of this batch
	lasting              topdown.VirtualCache
	// kept is how much the lasting one holds.
	kept int
}

// maxKept bounds what is kept of the library: some megabytes.
const (
	maxKept    = 20_000
	maxKeptArg = 256
)

func newRemembering() *remembering {
	r := &remembering{}
	r.forget()
	return r
}

// forget forgets everything.
func (r *remembering) forget() {
	r.lasting, r.kept = topdown.NewVirtualCache(), 0
	r.turn()
}

// turn goes on to another batch.
func (r *remembering) turn() {
	r.VirtualCache = topdown.NewVirtualCache()
	if r.kept > maxKept {
		r.lasting, r.kept = topdown.NewVirtualCache(), 0
	}
}

// Get gives what is kept under a reference.
func (r *remembering) Get(ref ast.Ref) (*ast.Term, bool) {
	if lasts(ref) {
		return r.lasting.Get(ref)
	}
	return r.VirtualCache.Get(ref)
}

// Put keeps a value under a reference, nil for none.
func (r *remembering) Put(ref ast.Ref, value *ast.Term) {
	if !lasts(ref) {
		r.VirtualCache.Put(ref, value)
		return
	}
	r.kept++
	r.lasting.Put(ref, value)
}

// lasts reports whether a reference is to a rule of the library, or to what a function
// of it makes of small plain values.
func lasts(ref ast.Ref) bool {
	if len(ref) < 4 || !ref[0].Equal(ast.DefaultRootDocument) || ref[1].Value.Compare(ast.String("lib")) != 0 {
		return false
	}
	for _, arg := range ref[4:] {
		switch v := arg.Value.(type) {
		case ast.String:
			if len(v) > maxKeptArg {
				return false
			}
		case ast.Null, ast.Boolean, ast.Number:
		default:
			return false
		}
	}
	return true
}
