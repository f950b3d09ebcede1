package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
)

// TestTallyWhateverComesFirst puts the same batches together in different orders.
func TestTallyWhateverComesFirst(t *testing.T) {
	of := func(index int, args finding.Args) entry {
		return entry{key: "k", args: args, population: "mailbox", index: index}
	}
	batches := map[uint32]verdict{
		0: {entries: map[string][]entry{"violations": {
			of(0, finding.Args{"list": []any{"b", "a"}}), of(1, finding.Args{"list": []any{"c"}}),
			{key: "whole", args: finding.Args{}, resource: finding.Resource{Kind: "tenant"}, at: []string{"okta"}},
		}}},
		2: {entries: map[string][]entry{"violations": {
			of(1, finding.Args{"list": []any{"a", "b"}}),
			{key: "whole", args: finding.Args{}, resource: finding.Resource{Kind: "tenant"}, at: []string{"okta"}},
		}}},
	}
	type result struct {
		Key     string
		Args    finding.Args
		Members []uint32
	}
	for _, order := range [][]uint32{{0, 2}, {2, 0}} {
		taken := func() *tally {
			said := &tally{}
			for _, first := range order {
				said.take(batches[first], map[string]*batch{"mailbox": {first: first}}, first)
			}
			return said
		}
		var got []result
		for _, c := range taken().draw("violations", set{}) {
			r := result{Key: c.key, Args: c.args}
			for n := range c.members.all() {
				r.Members = append(r.Members, n)
			}
			got = append(got, r)
		}
		want := []result{
			{"k", finding.Args{"list": []any{"a", "b"}}, []uint32{0, 3}},
			{"k", finding.Args{"list": []any{"c"}}, []uint32{1}},
			{"whole", finding.Args{}, nil},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in the order %v (-want +got):\n%s", order, diff)
		}
		without := set{}
		without.add(0)
		without.add(3)
		if left := taken().draw("violations", without); len(left) != 2 || left[0].members.first() != 1 {
			t.Errorf("without 0 and 3: %+v", left)
		}
	}
}

// TestCompareArgs holds the order of arguments to that of OPA.
func TestCompareArgs(t *testing.T) {
	values := []any{
		false, true, -1.5, 0.0, 2.0, "", "a", "b", []any{}, []any{"a"}, []any{"a", "b"}, []any{"b"}, []any{1.0, "a"}, []any{true},
	}
	term := func(v any) ast.Value {
		value, err := ast.InterfaceToValue(map[string]any{"x": v})
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	for _, a := range values {
		for _, b := range values {
			got, want := compareArgs(finding.Args{"x": a}, finding.Args{"x": b}), term(a).Compare(term(b))
			if got != want {
				t.Errorf("%#v and %#v: %d, OPA has %d", a, b, got, want)
			}
		}
	}
	pairs := []finding.Args{{}, {"a": 1.0}, {"a": 1.0, "b": 2.0}, {"a": 2.0}, {"b": 0.0}}
	for _, a := range pairs {
		for _, b := range pairs {
			x, _ := ast.InterfaceToValue(map[string]any(a))
			y, _ := ast.InterfaceToValue(map[string]any(b))
			if got, want := compareArgs(a, b), min(max(x.Compare(y), -1), 1); got != want {
				t.Errorf("%v and %v: %d, OPA has %d", a, b, got, want)
			}
		}
	}
}
