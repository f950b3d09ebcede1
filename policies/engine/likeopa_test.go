package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	experiment "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/seed-07732396/postern/collectors/snapshot"
	house "github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// A plain is OPA with the same Rego, and with none of the engine: it is asked for
// each rule of each control on the whole document.
type plain struct {
	compiler *ast.Compiler
	queries  map[string]map[string]rego.PreparedEvalQuery
}

func newPlain(t testing.TB, files fs.FS, controls []finding.Control) *plain {
	t.Helper()
	modules := map[string]*ast.Module{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".rego") || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		modules[name], err = ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &plain{compiler: ast.NewCompiler(), queries: map[string]map[string]rego.PreparedEvalQuery{}}
	if p.compiler.Compile(modules); p.compiler.Failed() {
		t.Fatal(p.compiler.Errors)
	}
	for _, c := range controls {
		p.queries[c.ID] = map[string]rego.PreparedEvalQuery{}
		for _, rule := range []string{"violations", "unknown", "not_applicable", "notes"} {
			query := fmt.Sprintf("data.controls.%s.%s.%s", c.Area, c.Slug, rule)
			prepared, err := rego.New(rego.Compiler(p.compiler), rego.Query(query)).PrepareForEval(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			p.queries[c.ID][rule] = prepared
		}
	}
	return p
}

// said is what a control says of whom, one line each.
type said map[string]int

// judge asks for what the controls say of the whole document. behind tells for entries
// of the access facts which mailboxes are behind them.
func (p *plain) judge(t testing.TB, document object, behind behindFunc, c *finding.Control) said {
	t.Helper()
	all := said{}
	value, err := ast.InterfaceToValue(document)
	if err != nil {
		t.Fatal(err)
	}
	for rule, query := range p.queries[c.ID] {
		results, err := query.Eval(context.Background(), rego.EvalParsedInput(value))
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		for _, r := range results {
			entries, _ := r.Expressions[0].Value.([]any)
			for _, entry := range entries {
				all.addEntry(t, rule, entry.(object), document, behind, c)
			}
		}
	}
	return all
}

// addEntry adds what one entry says. Nothing is said of a mailbox that lacks what
// the control needs.
func (s said) addEntry(t testing.TB, rule string, entry object, document object, behind behindFunc, c *finding.Control) {
	if entries, ok := entry["behind"].([]any); ok {
		s.addBehind(t, rule, entry, entries, document, behind, c)
		return
	}
	who := ""
	for name, list := range map[string]string{"mailbox": "/mailboxes/", "sign_in": "/evidence/sign_ins/", "okta_request": "/evidence/okta_requests/"} {
		if index, ok := entry[name]; ok {
			who = list + fmt.Sprint(index)
		}
	}
	if index, ok := entry["mailbox"].(json.Number); ok {
		if i, _ := index.Int64(); !hasParts(document, int(i), c) {
			return
		}
	}
	if rule == "violations" {
		if who == "" {
			who = fmt.Sprint(entry["resource"])
		}
		s[saying(rule, entry["key"], entry["args"])+who]++
		return
	}
	args := entry["args"]
	if entry["evidence"] != nil {
		args = entry["evidence"] // the ledger's words come in besides
	}
	if who == "" {
		s[saying(rule, entry["key"], args)] += 0
	} else {
		s[saying(rule, entry["key"], args)]++
	}
}

// behindFunc is what engine.Access gives to find mailboxes by.
type behindFunc = func(entries []int) (iter.Seq[int], error)

// addBehind adds what an entry says of all mailboxes behind something.
func (s said) addBehind(t testing.TB, rule string, entry object, entries []any, document object, behind behindFunc, c *finding.Control) {
	t.Helper()
	numbers := make([]int, len(entries))
	for i, item := range entries {
		n, err := item.(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		numbers[i] = int(n)
	}
	found, err := behind(numbers)
	if err != nil {
		t.Fatal(err)
	}
	at := saying(rule, entry["key"], entry["args"])
	for i := range found {
		switch {
		case !hasParts(document, i, c):
		case rule == "violations":
			s[at+fmt.Sprint(entry["resource"], " /mailboxes/", i)]++
		default:
			s[at]++
		}
	}
}

// hasParts reports whether a mailbox has what a control needs of it.
func hasParts(document object, i int, c *finding.Control) bool {
	box := document["mailboxes"].([]any)[i].(object)
	return !slices.ContainsFunc(parts(c), func(part string) bool {
		_, there := box[part]
		return !there
	})
}

func saying(rule string, key, args any) string {
	text, err := json.Marshal(sortLists(args))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%s %s %s ", rule, key, text)
}

// sortLists takes lists as sets, as the engine does for causes.
func sortLists(value any) any {
	switch v := value.(type) {
	case finding.Args:
		return sortLists(object(v))
	case object:
		sorted := object{}
		for name, item := range v {
			sorted[name] = sortLists(item)
		}
		return sorted
	case []any:
		list := slices.Clone(v)
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return list
	case json.Number:
		f, _ := v.Float64()
		return f
	}
	return value
}

// parts are the parts of a mailbox that a control needs.
func parts(c *finding.Control) []string {
	var list []string
	for _, need := range c.Needs {
		rest, ok := strings.CutPrefix(need, "mailboxes[].")
		part, _, _ := strings.Cut(rest, ".")
		if ok && part != "domain" {
			list = append(list, part)
		}
	}
	return list
}

// saidByEngine reads the same out of a result. missing: the control was not
// evaluated, because there was nothing to evaluate it on.
func saidByEngine(t testing.TB, r *finding.Result) (all said, missing bool) {
	t.Helper()
	all = said{}
	for i := range r.Violations {
		v := &r.Violations[i]
		at := saying("violations", v.Key, v.Args)
		resource := object{"kind": v.Resource.Kind}
		if v.Resource.ID != "" {
			resource["id"] = v.Resource.ID
		}
		if v.Resource.Name != "" {
			resource["name"] = v.Resource.Name
		}
		if v.Members == nil {
			all[at+fmt.Sprint(resource)]++
			continue
		}
		n, shared := 0, v.Resource.ID != ""
		if shared {
			at += fmt.Sprint(resource, " ")
		}
		for member := range v.Members.All() {
			all[at+member.Pointer]++
			n++
		}
		if n != v.Members.Len() || v.Members.Err() != nil || !shared && v.Pointer != v.Members.First(1)[0].Pointer {
			t.Errorf("%s: %d members of %d, the first is not %s, %v", r.Control, n, v.Members.Len(), v.Pointer, v.Members.Err())
		}
	}
	for rule, reasons := range map[string][]finding.Reason{"unknown": r.Unknowns, "not_applicable": r.NotApplicable, "notes": r.Notes} {
		for _, reason := range reasons {
			var args any = reason.Args
			if reason.Evidence != "" {
				args = reason.Evidence
			}
			switch _, standard := finding.StandardMessages()[reason.Key]; {
			case standard && reason.Key == "members_without_evidence":
			case standard:
				missing = true
			default:
				all[saying(rule, reason.Key, args)] += reason.Count
			}
		}
	}
	return all, missing
}

// daysOf is how many days the logs of a document were read for; nil without a window.
func daysOf(document object) any {
	evidence, _ := document["evidence"].(object)
	window, ok := evidence["window"].(object)
	if !ok {
		return nil
	}
	since, _ := time.Parse(time.RFC3339, window["since"].(string))
	until, _ := time.Parse(time.RFC3339, window["until"].(string))
	return until.Sub(since).Hours() / 24
}

// whole lays on the document what the engine lays on, by ways of its own.
func whole(t testing.TB, document object, declared engine.Declarations) object {
	t.Helper()
	full := clone(document)
	config, err := json.Marshal(declared)
	if err != nil {
		t.Fatal(err)
	}
	var settings object
	if err := json.Unmarshal(config, &settings); err != nil {
		t.Fatal(err)
	}
	moments := momentsOf(document, declared)
	full["config"] = settings
	full["moments"] = object{"enforced_at": moments[0], "enforced_from": "config", "idle_before": moments[1], "settled_before": moments[2], "evidence_days": daysOf(document)}
	for _, box := range full["mailboxes"].([]any) {
		for _, account := range declared.BreakGlass {
			if id := box.(object)["id"].(string); account.ID != "" && strings.EqualFold(id, account.ID) {
				box.(object)["declared"] = []any{"break_glass"}
			}
		}
	}
	full["access"], _ = facts(t, document, full["mailboxes"].([]any))
	return full
}

// facts works the access facts out mailbox by mailbox.
func facts(t testing.TB, document object, boxes []any) (any, behindFunc) {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := snapshot.Read("random.json", bytes.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	single := func(yield func(population.Alike, error) bool) {
		for i, box := range boxes {
			text, err := json.Marshal(box)
			alike := population.Alike{Text: jsontext.Value(text), Apart: box.(object)["id"].(string), First: i, Count: 1}
			if !yield(alike, err) {
				return
			}
		}
	}
	raw, behind, _, err := access.NewGathering(access.Options{}).Facts(doc, iter.Seq2[population.Alike, error](single))
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	return value, behind
}

func houseOptions() engine.Options {
	return engine.Options{Policies: house.FS(), AccessSchema: access.Schema(), AccessMessages: access.Messages()}
}

// agree holds engines to plain OPA on one tenant, and gives how many controls
// were compared and how many lines they said.
func agree(t *testing.T, p *plain, judges map[string]*engine.Engine, document object, declared engine.Declarations) (compared, lines int) {
	t.Helper()
	full := whole(t, document, declared)
	for name, judge := range judges {
		in := input(t, document)
		if name == "engine" {
			in = streamed(t, document, true)
		}
		in.Declarations, in.Access = declared, access.NewGathering(access.Options{})
		c, l := sameAsOPA(t, name, p, full, check(t, judge, in))
		compared, lines = compared+c, lines+l
	}
	return compared, lines
}

// sameAsOPA holds a report to what plain OPA says of a document.
func sameAsOPA(t *testing.T, name string, p *plain, full object, report *finding.Report) (compared, lines int) {
	t.Helper()
	document := maps.Clone(full)
	for _, laid := range []string{"config", "moments", "access"} {
		delete(document, laid)
	}
	_, behind := facts(t, document, full["mailboxes"].([]any))
	for i := range report.Results {
		r, c := &report.Results[i], &report.Controls[i]
		if r.Outcome == finding.Error {
			t.Fatalf("%s: %s: %s", name, c.ID, r.Error)
		}
		got, missing := saidByEngine(t, r)
		if missing {
			continue
		}
		compared++
		want := p.judge(t, full, behind, c)
		lines += len(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s (-OPA +engine):\n%s", name, c.ID, diff)
		}
	}
	return compared, lines
}

// TestLikeOPA holds the engine to plain OPA on whole documents: the same controls
// say the same of the same mailboxes and rows, of whatever the schema allows.
func TestLikeOPA(t *testing.T) {
	judge := load(t, houseOptions())
	p := newPlain(t, house.FS(), judge.Controls())
	judges := map[string]*engine.Engine{"engine": judge, "with few classes": judge.KeepClasses(5).InBatches(7)}
	tenants, mailboxes := 12, 60
	if testing.Short() {
		tenants = 4
	}
	compared, lines := 0, 0
	for seed := range uint64(tenants) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			document, declared := randomTenant(t, seed, mailboxes)
			c, l := agree(t, p, judges, document, declared)
			compared, lines = compared+c, lines+l
		})
	}
	t.Logf("%d controls compared, %d lines", compared, lines)
	if compared < tenants*len(judges)*len(judge.Controls())/2 || lines < 50*compared/len(judge.Controls()) {
		t.Errorf("only %d controls were compared, which said %d lines", compared, lines)
	}
}

// TestLikeOPAWhereAllDiffer is the same of tenants in which no two mailboxes share a
// domain and a policy, none of which the configuration has: so many that names do not
// keep the doors of all of them apart.
func TestLikeOPAWhereAllDiffer(t *testing.T) {
	judge := load(t, houseOptions())
	p := newPlain(t, house.FS(), judge.Controls())
	judges := map[string]*engine.Engine{"engine": judge, "with few classes": judge.KeepClasses(5).InBatches(40)}
	const mailboxes = 80
	document, declared := randomTenant(t, 200, mailboxes)
	for i, item := range document["mailboxes"].([]any) {
		box := item.(object)
		box["domain"] = fmt.Sprintf("D%d.example", i)
		if exchange, ok := box["exchange"].(object); ok {
			exchange["AuthenticationPolicy"] = fmt.Sprintf("Policy %d", i)
		}
	}
	if compared, lines := agree(t, p, judges, document, declared); compared < len(judge.Controls()) || lines < mailboxes*len(judges) {
		t.Errorf("only %d controls were compared, which said %d lines", compared, lines)
	}
}

// TestLikeEveryMailbox holds the whole report to that of an engine to which no two
// mailboxes look alike: byte by byte, on the tenants of testdata and on others.
func TestLikeEveryMailbox(t *testing.T) {
	judge := load(t, houseOptions())
	documents := map[string]engine.Input{}
	for _, path := range tenantPaths(t) {
		documents[path] = engine.Input{
			Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				return snapshot.ReadFile(path, visit)
			},
			Declarations: engine.DefaultDeclarations(), SnapshotURI: "snapshot.json", FailOn: "low",
		}
	}
	for seed := range uint64(3) {
		document, declared := randomTenant(t, 100+seed, 300)
		in := input(t, document)
		in.Declarations = declared
		documents[fmt.Sprint("seed=", seed)] = in
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		t.Run(name, func(t *testing.T) {
			in := documents[name]
			in.Access = access.NewGathering(access.Options{})
			want := reportText(t, judge.EveryMailbox(), in)
			for name, other := range map[string]*engine.Engine{"engine": judge, "with one class": judge.KeepClasses(1)} {
				if got := reportText(t, other, in); got != want {
					t.Errorf("%s (-every mailbox +%s):\n%s", name, name, cmp.Diff(want, got))
				}
			}
		})
	}
}

func reportText(t testing.TB, judge judge, in engine.Input) string {
	t.Helper()
	text, err := experiment.Marshal(check(t, judge, in), experiment.Deterministic(true), jsontext.Multiline(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestHouseControlsAreReducible: a control of ours that needs every single mailbox, or
// every row of a log, would take minutes in a large tenant.
func TestHouseControlsAreReducible(t *testing.T) {
	judge := load(t, houseOptions())
	for id, place := range judge.NeedsEveryMailbox() {
		t.Errorf("%s needs every single mailbox: %s", id, place)
	}
	for _, id := range judge.NeedsAllAtOnce() {
		t.Errorf("%s needs all distinct mailboxes at once", id)
	}
	readers := 0
	for log := range 2 {
		for id, how := range judge.LogScales(log) {
			if how == "in parts" {
				readers++
			} else if how != "not" {
				t.Errorf("%s needs the rows of a log %s", id, how)
			}
		}
	}
	if readers < 4 {
		t.Errorf("only %d controls look at a log", readers)
	}
}
