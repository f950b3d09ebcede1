package engine

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestWhatIsRemembered: what the library makes of plain values lasts for whoever
// judges next; all else is gone with its batch.
func TestWhatIsRemembered(t *testing.T) {
	long := string(make([]byte, maxKeptArg+1))
	tests := []struct {
		name, ref, value string
		args             []*ast.Term
		// lasts: in the next batch; told: to others.
		lasts, told bool
	}{
		{"a function of the library", "data.lib.clients.judge", `{"class": "modern"}`, []*ast.Term{ast.StringTerm("agent")}, true, true},
		{"a rule of the library", "data.lib.clients._families", `[{"a": 1}, null]`, nil, true, true},
		{"a set, which sorts itself", "data.lib.clients.all", `{"b", "a"}`, []*ast.Term{ast.IntNumberTerm(1)}, true, false},
		{"a set in an object", "data.lib.clients.all", `{"x": {"b", "a"}}`, []*ast.Term{ast.BooleanTerm(true)}, true, false},
		{"of an object", "data.lib.clients.legacy", `true`, []*ast.Term{ast.MustParseTerm(`{"client_app": "x"}`)}, false, false},
		{"of a long text", "data.lib.clients.judge", `true`, []*ast.Term{ast.StringTerm(long)}, false, false},
		{"a rule of the control", "data.controls.evidence.x._legacy", `{"a": 1}`, nil, false, false},
		{"the library as a whole", "data.lib.clients", `{"a": 1}`, nil, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shared := newSharedMemory()
			one, other := newRemembering(shared), newRemembering(shared)
			ref := append(ast.MustParseRef(tt.ref), tt.args...)
			value := ast.MustParseTerm(tt.value)
			one.Put(ref, value)
			if got, _ := one.Get(ref); got != value {
				t.Errorf("in the same batch it is %v", got)
			}
			one.turn()
			if got, _ := one.Get(ref); (got == value) != tt.lasts {
				t.Errorf("in the next batch it is %v", got)
			}
			if got, _ := other.Get(ref); (got == value) != tt.told {
				t.Errorf("for another it is %v", got)
			}
		})
	}
}

// TestMemoryIsBounded: as much as is kept, as much may be forgotten.
func TestMemoryIsBounded(t *testing.T) {
	r := newRemembering(newSharedMemory())
	ref := func(i int) ast.Ref { return append(ast.MustParseRef("data.lib.clients.judge"), ast.IntNumberTerm(i)) }
	for i := range maxKept + 1 {
		r.Put(ref(i), ast.IntNumberTerm(i))
	}
	if got, _ := r.shared.get(ref(0)); got != nil || r.shared.kept > maxKept {
		t.Errorf("%d are kept for all, the first still is %v", r.shared.kept, got)
	}
	if r.turn(); r.kept != 0 {
		t.Errorf("%d are kept", r.kept)
	}
	if got, _ := r.Get(ref(0)); got != nil {
		t.Errorf("the first is still %v", got)
	}
}
