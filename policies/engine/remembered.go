package engine

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// A remembering is the cache of one of those who judge. What the library makes of
// plain values is the same whatever the input is, since it never reads that: it is
// kept from one batch to the next, and told to the others, so that a user agent that
// a thousand classes have is looked at once. All else is kept for one batch.
type remembering struct {
	topdown.VirtualCache // of this batch
	lasting              topdown.VirtualCache
	// kept is how much the lasting one holds.
	kept   int
	shared *sharedMemory
}

// A sharedMemory is what those who judge tell each other of the library.
type sharedMemory struct {
	lock  sync.Mutex
	cache topdown.VirtualCache
	kept  int
}

// maxKept bounds what is kept of the library: some megabytes.
const (
	maxKept    = 20_000
	maxKeptArg = 256
)

func newSharedMemory() *sharedMemory { return &sharedMemory{cache: topdown.NewVirtualCache()} }

func (m *sharedMemory) get(ref ast.Ref) (*ast.Term, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.cache.Get(ref)
}

func (m *sharedMemory) put(ref ast.Ref, value *ast.Term) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.kept++; m.kept > maxKept {
		m.cache, m.kept = topdown.NewVirtualCache(), 0
	}
	m.cache.Put(ref, value)
}

func newRemembering(shared *sharedMemory) *remembering {
	r := &remembering{shared: shared}
	r.forget()
	return r
}

// forget forgets everything that nobody else was told.
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
	if !lasts(ref) {
		return r.VirtualCache.Get(ref)
	}
	value, undefined := r.lasting.Get(ref)
	if value != nil || undefined {
		return value, undefined
	}
	if value, _ = r.shared.get(ref); value != nil {
		r.kept++
		r.lasting.Put(ref, value)
	}
	return value, false
}

// Put keeps a value under a reference, nil for none.
func (r *remembering) Put(ref ast.Ref, value *ast.Term) {
	if !lasts(ref) {
		r.VirtualCache.Put(ref, value)
		return
	}
	r.kept++
	r.lasting.Put(ref, value)
	if value != nil && fixed(value) {
		r.shared.put(ref, value)
	}
}

// fixed reports whether nothing of a value changes any more when somebody looks at it:
// sets and objects sort themselves then, and objects are made to do it here.
func fixed(value *ast.Term) bool {
	switch v := value.Value.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return true
	case *ast.Array:
		return !v.Until(func(item *ast.Term) bool { return !fixed(item) })
	case ast.Object:
		settle(v)
		return !v.Until(func(key, item *ast.Term) bool { return !fixed(key) || !fixed(item) })
	}
	return false
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
