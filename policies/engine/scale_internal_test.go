package engine

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestScale holds the proof that a control reads the mailboxes one by one to
// rules that do, and to rules that do not.
func TestScale(t *testing.T) {
	const (
		parts    = "in parts"    // each mailbox by itself
		distinct = "as distinct" // all of them, but those that look alike once
		all      = "all"         // every single one
	)
	tests := []struct {
		name, rules, want string
	}{
		{"nothing of mailboxes", `violations contains {"key": "a"} if input.exchange.x`, parts},
		{"one by one", `
			violations contains {"key": "a", "mailbox": i} if {
				some i, box in input.mailboxes
				box.exchange.PopEnabled == true
			}`, parts},
		{"by a rule that is keyed by the index", `
			_kinds[i] := box.exchange.Kind if some i, box in input.mailboxes
			_bad[i] := kind if {
				some i, kind in _kinds
				not input.mailboxes[i].entra
			}
			violations contains {"key": kind, "mailbox": i} if some i, kind in _bad`, parts},
		{"by a set of indexes", `
			_bad contains i if { some i, box in input.mailboxes; box.x }
			violations contains {"key": "a", "mailbox": i} if { some i in _bad; not _bad[i] == false }
			notes contains {"key": "a", "mailbox": i} if { some i, box in input.mailboxes; not i in _bad }`, all},
		{"drawn from a set of indexes", `
			_bad contains i if { some i, box in input.mailboxes; box.x }
			violations contains {"key": "a", "mailbox": i} if some i in _bad
			notes contains {"key": "a", "mailbox": i} if { some i, box in input.mailboxes; not i in _bad }
			unknown contains {"key": "a", "mailbox": i} if { some i, box in input.mailboxes; _bad[i] }`, parts},
		{"by comprehensions", `
			_bad := {i | some i, box in input.mailboxes; box.x}
			_kinds := {i: box.kind | some i, box in input.mailboxes}
			violations contains {"key": _kinds[i], "mailbox": i} if some i in _bad`, parts},
		{"an entry by object.union", `
			_of[i] := {"key": "a"} if some i, box in input.mailboxes
			violations contains object.union(_of[i], {"mailbox": i})`, parts},
		{"an entry by a function", `
			_entry(i, key) := {"key": key, "args": {"d": input.mailboxes[i].domain}, "mailbox": i}
			violations contains _entry(i, "a") if { some i, box in input.mailboxes; box.x }`, parts},
		{"an entry by a function that only names", `
			_entry(i, key) := {"key": key, "mailbox": i}
			violations contains _entry(i, "a") if { some i, box in input.mailboxes; box.x }`, parts},
		{"every list within one mailbox", `
			violations contains {"key": "a", "mailbox": i} if {
				some i, box in input.mailboxes
				every group in box.groups { group != "g" }
				count([group | some group in box.groups]) > 2
			}`, parts},
		{"is there a mailbox", `
			not_applicable contains {"key": "a"} if count(input.mailboxes) == 0
			notes contains {"key": "b"} if { 0 < count(input.mailboxes) }
			unknown contains {"key": "c"} if { not count(input.mailboxes) > 0; input.mailboxes }`, parts},
		{"is there one of a kind, without its name", `
			notes contains {"key": "a"} if { some box in input.mailboxes; box.x }`, parts},

		{"is there none of a kind", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			not_applicable contains {"key": "a"} if { input.config.y; count(_bad) == 0 }
			not_applicable contains {"key": "b"} if 1 > count(_bad)
			not_applicable contains {"key": "c"} if count(input.exchange.list) > 3`, parts},

		{"is there none of a kind, beside who is", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			violations contains {"key": "a"} if count(_bad) == 0
			violations contains {"key": "b", "mailbox": i} if some i, _ in _bad`, distinct},
		{"is there none of a kind, in a helper", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			_none if count(_bad) == 0
			violations contains {"key": "a"} if _none`, distinct},
		{"is there not none of a kind", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			violations contains {"key": "a"} if not count(_bad) == 0`, distinct},
		{"is there none of a kind or is one good", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			notes contains {"key": "a"} if { count(_bad) == 0; some box in input.mailboxes; box.y }`, distinct},
		{"is there one such, in a helper", `
			_any if { some box in input.mailboxes; box.x }
			violations contains {"key": "a"} if not _any`, distinct},
		{"domains in use", `
			_used[i] := domain if {
				some i, domain in input.entra.domains
				some box in input.mailboxes
				box.domain == domain.id
			}
			not_applicable contains {"key": "a"} if count(_used) == 0`, distinct},
		{"a set of what they have", `
			violations contains {"key": "a"} if count({box.kind | some box in input.mailboxes}) > 3`, distinct},
		{"every mailbox", `
			violations contains {"key": "a"} if { every box in input.mailboxes { box.x } }`, distinct},
		{"is there any bad one", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			violations contains {"key": "a"} if count(_bad) > 0`, distinct},
		{"one beside another", `
			violations contains {"key": "a", "mailbox": i} if {
				some i, box in input.mailboxes
				some other in input.mailboxes
				other.manager == box.domain
			}`, distinct},

		{"how many", `violations contains {"key": "a"} if count(input.mailboxes) > 5`, all},
		{"how many bad ones", `
			_bad[i] := box if { some i, box in input.mailboxes; box.x }
			violations contains {"key": "a"} if count(_bad) > 1`, all},
		{"how many, as an argument", `notes contains {"key": "a", "args": {"n": count(input.mailboxes)}}`, all},
		{"a list of them", `
			violations contains {"key": "a"} if count([1 | some box in input.mailboxes; box.x]) > 5`, all},
		{"a sum over them", `
			violations contains {"key": "a"} if sum([box.n | some box in input.mailboxes]) > 5`, all},
		{"the first", `violations contains {"key": "a"} if input.mailboxes[0].x`, all},
		{"two different ones", `
			violations contains {"key": "a", "mailbox": i} if {
				some i, box in input.mailboxes
				some j, other in input.mailboxes
				i != j
				box.x == other.x
			}`, all},
		{"the index in the arguments", `
			violations contains {"key": "a", "args": {"n": i}, "mailbox": i} if some i, box in input.mailboxes`, all},
		{"the index under another roof", `
			violations contains {"key": "a", "args": {"mailbox": i}} if some i, box in input.mailboxes`, all},
		{"the index is small", `
			violations contains {"key": "a", "mailbox": i} if { some i, box in input.mailboxes; i < 10 }`, all},
		{"the index in another list", `
			violations contains {"key": "a", "mailbox": i} if {
				some i, box in input.mailboxes
				input.evidence.sign_ins[i].failed > 0
			}`, all},
		{"the index given away by a function", `
			_same(i) := i if input.mailboxes[i].x
			violations contains {"key": "a", "mailbox": 0} if { some i, box in input.mailboxes; _same(i) > 3 }`, all},
		{"a function asked about one", `
			_bad(i) if input.mailboxes[i].x
			violations contains {"key": "a"} if _bad(7)`, all},
		{"walked over", `
			violations contains {"key": "a"} if { walk(input.mailboxes, [path, value]); value == 3; count(path) > 2 }`, all},
		{"given away as a whole", `
			_count(list) := count(list)
			violations contains {"key": "a"} if _count(input.mailboxes) > 2`, all},
		{"compared as a whole", `violations contains {"key": "a"} if input.mailboxes == []`, all},
		{"the control's own entries counted", `
			violations contains {"key": "a", "mailbox": i} if { some i, box in input.mailboxes; box.x }
			notes contains {"key": "many"} if count(violations) > 3`, all},
		{"a number for a name", `violations contains {"key": "a", "mailbox": 0} if count(input.mailboxes) > 0`, all},
		{"another list's index for a name", `
			violations contains {"key": "a", "mailbox": i} if some i, row in input.evidence.sign_ins`, all},
		{"an entry from elsewhere", `
			_entry := {"key": "a", "mailbox": 0}
			violations contains _entry if count(input.mailboxes) > 0`, all},
		{"entries from elsewhere", `
			_entries[i] := {"key": "a", "mailbox": i} if some i, box in input.mailboxes
			violations contains entry if some entry in _entries`, all},
		{"another list's index by a function", `
			_entry(i) := {"key": "a", "mailbox": i}
			violations contains _entry(i) if some i, row in input.evidence.sign_ins`, all},
		{"a number by a function", `
			_entry(i) := {"key": "a", "mailbox": i}
			violations contains _entry(3) if count(input.mailboxes) > 0`, all},
		{"two tables in one rule", `
			_x[i] := 1 if some i, box in input.mailboxes
			_x[name] := 2 if some name in input.exchange.names
			violations contains {"key": "a"} if _x["b"] == 2`, all},
		{"every index", `
			violations contains {"key": "a"} if { every i, box in input.mailboxes { box.n == i } }`, all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			module, err := ast.ParseModuleWithOpts("control.rego", "package controls.a.b\n"+tt.rules, ast.ParserOptions{RegoVersion: ast.RegoV1})
			if err != nil {
				t.Fatal(err)
			}
			compiler := ast.NewCompiler()
			if compiler.Compile(map[string]*ast.Module{"control.rego": module}); compiler.Failed() {
				t.Fatal(compiler.Errors)
			}
			s := scaleOf(mailboxList(), module.Package.Path, compiler.Modules["control.rego"].Rules)
			got := all
			switch {
			case s.alone:
				got = parts
			case s.distinct:
				got = distinct
			}
			if got != tt.want {
				t.Errorf("the control needs its mailboxes %s, want %s (because of %v)", got, tt.want, s.because)
			}
			if s.distinct != (s.because == nil) {
				t.Errorf("distinct is %v, and the place against it %v", s.distinct, s.because)
			}
		})
	}
}
