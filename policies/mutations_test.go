package policies_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
	"github.com/seed-07732396/postern/policies/waiver"
)

type object = map[string]any

// A control's tests export a document that it passes, and patches of it that
// each must make it fail.
type exported struct {
	Good      object     `json:"good"`
	Mutations []mutation `json:"mutations"`
	// Patched are the documents that the patches make, in their order.
	Patched []object `json:"patched"`
}

type mutation struct {
	Name string `json:"name"`
}

// regoTests evaluates what tests export, and controls as plain OPA does.
type regoTests struct {
	compiler *ast.Compiler
}

func newRegoTests(t *testing.T) *regoTests {
	t.Helper()
	compiler := ast.NewCompiler()
	compiler.Compile(regoModules(t))
	if compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	return &regoTests{compiler: compiler}
}

func (r *regoTests) eval(t *testing.T, query string, input, into any) {
	t.Helper()
	options := []func(*rego.Rego){rego.Query("x := " + query), rego.Compiler(r.compiler), rego.StrictBuiltinErrors(true)}
	if input != nil {
		options = append(options, rego.Input(input))
	}
	results, err := rego.New(options...).Eval(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if len(results) != 1 {
		t.Fatalf("%s is undefined", query)
	}
	text, err := json.Marshal(results[0].Bindings["x"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (r *regoTests) exports(t *testing.T, c *finding.Control) exported {
	t.Helper()
	of := fmt.Sprintf("data.controls.%s.%s_test", c.Area, c.Slug)
	query := fmt.Sprintf(`{"good": %[1]s.good, "mutations": %[1]s.mutations, "patched": [json.patch(%[1]s.good, m.patch) | some m in %[1]s.mutations]}`, of)
	var e exported
	r.eval(t, query, nil, &e)
	return e
}

func (r *regoTests) violations(t *testing.T, c *finding.Control, input object) []any {
	t.Helper()
	var found []any
	r.eval(t, fmt.Sprintf("data.controls.%s.%s.violations", c.Area, c.Slug), input, &found)
	return found
}

// load loads all controls through the engine.
func load(t testing.TB) *engine.Engine {
	t.Helper()
	judge, err := engine.New(engine.Options{Policies: policies.FS(), AccessSchema: access.Schema(), AccessMessages: access.Messages(), WaiversSchema: waiver.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(judge.Controls()); n < 2 {
		t.Fatalf("saw only %d controls", n)
	}
	return judge
}

// TestMutations holds every control to fail when its good document is spoiled in
// any one of the ways that its test lists, and not to fail on the good one.
func TestMutations(t *testing.T) {
	tests := newRegoTests(t)
	for _, c := range load(t).Controls() {
		if c.EvidenceOnly {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			e := tests.exports(t, &c)
			if found := tests.violations(t, &c, e.Good); len(found) > 0 {
				t.Errorf("the good document has violations: %v", found)
			}
			if len(e.Mutations) == 0 {
				t.Error("there are no mutations")
			}
			names := map[string]bool{}
			for i, m := range e.Mutations {
				if m.Name == "" || names[m.Name] {
					t.Errorf("mutation %d needs a name of its own, not %q", i, m.Name)
				}
				names[m.Name] = true
				if len(tests.violations(t, &c, e.Patched[i])) == 0 {
					t.Errorf("mutation %q: no violation", m.Name)
				}
			}
		})
	}
}

// TestEngineAgreesWithPlainRego holds the engine to the same outcomes: the good
// documents pass, the spoiled ones fail, every entry is well formed, and no two
// violations share a fingerprint.
func TestEngineAgreesWithPlainRego(t *testing.T) {
	tests := newRegoTests(t)
	judge := load(t)
	for i, c := range judge.Controls() {
		t.Run(c.ID, func(t *testing.T) {
			e := exported{}
			if c.EvidenceOnly {
				tests.eval(t, fmt.Sprintf(`{"good": data.controls.%s.%s_test.good}`, c.Area, c.Slug), nil, &e)
			} else {
				e = tests.exports(t, &c)
			}
			if got := &outcomes(t, judge, e.Good, nil)[i]; got.Outcome != finding.Pass {
				t.Errorf("the good document: %s", describe(&c, got))
			}
			for k, m := range e.Mutations {
				if !possible(e.Patched[k]) {
					t.Logf("mutation %q: the engine never hands over such a document", m.Name)
					continue
				}
				got := &outcomes(t, judge, e.Patched[k], nil)[i]
				if got.Outcome != finding.Fail {
					t.Errorf("mutation %q: %s", m.Name, describe(&c, got))
				}
				checkViolations(t, &c, got)
			}
		})
	}
}

func checkViolations(t *testing.T, c *finding.Control, r *finding.Result) {
	t.Helper()
	prints := map[string]bool{}
	for i := range r.Violations {
		v := &r.Violations[i]
		if prints[v.Fingerprint] {
			t.Errorf("two violations share a fingerprint, one is %q", c.ViolationSentence(v))
		}
		prints[v.Fingerprint] = true
	}
}

// TestEveryNeedIsNeeded takes away each declared need in turn, from the document
// and in the ledger: the control must then be unknown, and say why.
func TestEveryNeedIsNeeded(t *testing.T) {
	tests := newRegoTests(t)
	judge := load(t)
	for i, c := range judge.Controls() {
		var good object
		tests.eval(t, fmt.Sprintf("data.controls.%s.%s_test.good", c.Area, c.Slug), nil, &good)
		for _, need := range c.Needs {
			t.Run(c.ID+"/"+need, func(t *testing.T) {
				if need == "access" {
					got := &outcomes(t, judge, without(good, need), nil)[i]
					if got.Outcome != finding.Unknown || got.Unknowns[0].Evidence != need {
						t.Fatalf("without it: %s", describe(&c, got))
					}
					return
				}
				if need == "waivers" {
					got := &outcomes(t, judge, without(good, need), nil)[i]
					if got.Outcome != finding.NotApplicable || got.NotApplicable[0].Key != "no_waivers" {
						t.Fatalf("without it: %s", describe(&c, got))
					}
					return
				}
				denied := serving(need)
				if len(denied) == 0 {
					t.Fatalf("no line of the ledger fills it")
				}
				got := &outcomes(t, judge, without(good, need), denied)[i]
				if got.Outcome != finding.Unknown {
					t.Fatalf("without it: %s", describe(&c, got))
				}
				if first := got.Unknowns[0]; first.Key != "denied" || first.Source == "" {
					t.Errorf("the reason is %+v, not the ledger's", first)
				}
			})
		}
	}
}

// possible reports whether the engine can make such moments: it knows how long
// nobody may be idle whenever it knows the moment of enforcement.
func possible(input object) bool {
	moments, ok := input["moments"].(object)
	return !ok || (moments["enforced_at"] == nil) == (moments["idle_before"] == nil)
}

// outcomes judges a test's document by all controls through the engine.
func outcomes(t *testing.T, judge *engine.Engine, input object, denied []string) []finding.Result {
	t.Helper()
	return judged(t, judge, input, ledger(denied))
}

// judged judges a test's document, of which the given ledger tells.
func judged(t *testing.T, judge *engine.Engine, input object, lines []object) []finding.Result {
	t.Helper()
	declared, text := asSnapshot(t, input, lines)
	var given engine.Access
	if facts, ok := input["access"]; ok {
		given = told{facts}
	}
	var waivers engine.Waivers
	if facts, ok := input["waivers"]; ok {
		waivers = told{facts}
	}
	report, err := judge.Check(context.Background(), engine.Input{
		Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
			return snapshot.Read("good.json", bytes.NewReader(text), visit)
		},
		Access:       given,
		Waivers:      waivers,
		Declarations: declared,
		SnapshotURI:  "good.json",
		FailOn:       "low",
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return report.Results
}

// told gives the facts that a document has, whatever the mailboxes are.
type told struct{ facts any }

func (told) Named(*snapshot.Document) ([]string, error) { return nil, nil }

func (d told) Facts(_ *snapshot.Document, mailboxes iter.Seq2[population.Alike, error]) (
	jsontext.Value, func([]int) (iter.Seq[int], error), *finding.AccessMatrix, error,
) {
	classes := 0
	for _, err := range mailboxes {
		if err != nil {
			return nil, nil, nil, err
		}
		classes++
	}
	everybody := func(yield func(int) bool) {
		for class := range classes {
			if !yield(class) {
				return
			}
		}
	}
	text, err := json.Marshal(d.facts)
	return text, func([]int) (iter.Seq[int], error) { return everybody, nil }, nil, err
}

func (told) See(int, population.Identity) {}

func (d told) Waive(*finding.Report, engine.Mailboxes) (jsontext.Value, error) {
	return json.Marshal(d.facts)
}

func (told) Members(int) *finding.Members { return nil }

func describe(c *finding.Control, r *finding.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Outcome, r.Error)
	for i := range r.Violations {
		b.WriteString("\n  violation: " + c.ViolationSentence(&r.Violations[i]))
	}
	for _, reason := range slices.Concat(r.Unknowns, r.NotApplicable) {
		b.WriteString("\n  reason: " + c.Sentence(reason.Key, reason.Args, reason.Count, ""))
	}
	return b.String()
}

// asSnapshot turns a test's document into the snapshot and the declarations that
// make the engine hand just that to the control.
func asSnapshot(t *testing.T, input object, lines []object) (engine.Declarations, []byte) {
	t.Helper()
	declared := engine.DefaultDeclarations()
	document := object{
		"version":      1,
		"collected_at": "2026-11-01T08:00:00Z",
		"tenant":       object{"id": "00000000-0000-0000-0000-000000000001"},
	}
	maps.Copy(document, input)
	decode(t, document["config"], &declared)
	if moments, ok := document["moments"].(object); ok {
		if at, ok := moments["enforced_at"].(string); ok {
			declared.EnforcedAt = at
		}
	}
	delete(document, "access")
	delete(document, "waivers")
	delete(document, "config")
	delete(document, "moments")
	// Which mailboxes are declared is what the document says, whatever accounts
	// its configuration names.
	declared.BreakGlass = slices.DeleteFunc(declared.BreakGlass, func(a engine.Account) bool { return hasMailbox(document, a) })
	mailboxes, listed := document["mailboxes"].([]any)
	mailboxes = slices.Clone(mailboxes)
	if listed {
		document["mailboxes"] = mailboxes
	}
	for i, item := range mailboxes {
		mailbox := maps.Clone(item.(object))
		if mailbox["id"] == nil {
			mailbox["id"] = fmt.Sprintf("00000000-0000-0000-0001-%012d", i)
		}
		if mailbox["declared"] != nil {
			declared.BreakGlass = append(declared.BreakGlass, engine.Account{ID: mailbox["id"].(string)})
			delete(mailbox, "declared")
		}
		mailboxes[i] = mailbox
	}
	document["collection"] = object{"source": "test", "resources": lines}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return declared, text
}

func hasMailbox(document object, account engine.Account) bool {
	mailboxes, _ := document["mailboxes"].([]any)
	return slices.ContainsFunc(mailboxes, func(item any) bool {
		mailbox := item.(object)
		return mailbox["id"] == account.ID || mailbox["user_principal_name"] == account.UserPrincipalName
	})
}

func decode(t *testing.T, from, into any) {
	t.Helper()
	if from == nil {
		return
	}
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// without copies a document and takes a path away.
func without(document object, path string) object {
	copied := object{}
	text, _ := json.Marshal(document)
	_ = json.Unmarshal(text, &copied)
	parts := strings.Split(path, ".")
	if parts[0] == "mailboxes[]" {
		mailboxes, _ := copied["mailboxes"].([]any)
		for _, mailbox := range mailboxes {
			remove(mailbox, parts[1:])
		}
		return copied
	}
	remove(copied, parts)
	return copied
}

func remove(from any, parts []string) {
	in, ok := from.(object)
	if !ok {
		return
	}
	if len(parts) == 1 {
		delete(in, parts[0])
		return
	}
	remove(in[parts[0]], parts[1:])
}
