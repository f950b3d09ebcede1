package engine_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// aWhole is a control of the access facts, whose one violation tells how.
const aWhole = `# METADATA
# title: No door is open
# description: Because.
# custom:
#   id: TEST-003
#   severity: critical
#   step: access
#   needs: [access]
#   messages:
#     open: '{door} is open.'
#   remediation:
#     text: Close it.
package controls.testing.no_door_is_open

violations contains {
	"key": "open",
	"args": {"door": door.name},
	"resource": {"kind": "door", "id": door.name},
	"at": ["exchange", "organization_config"],
	"steps": door.steps,
} if {
	some door in input.access.doors
	door.open == true
}
`

const aWholeSchema = `{
	"$defs": {"okta_request": {"type": "object", "properties": {"name": {"type": "string"}, "open": {"type": "boolean"}, "steps": {"type": "array"}}}},
	"type": "object",
	"properties": {"doors": {"type": "array", "items": {"$ref": "#/$defs/okta_request"}}}
}`

// behind numbers the entries of the facts: who is behind one is what was handed over
// at its place in groups.
func (s *accessStub) behind(entries []int) (iter.Seq[int], error) {
	var all []int
	for _, n := range entries {
		if n >= len(s.groups) {
			return nil, fmt.Errorf("there is no group %d", n)
		}
		all = append(all, s.groups[n]...)
	}
	slices.Sort(all)
	return slices.Values(slices.Compact(all)), nil
}

// accessStub answers with what it was told, and remembers what it was handed.
type accessStub struct {
	facts          string
	matrix         *finding.AccessMatrix
	named          []string
	failNamed, bad error
	seen           []string
	groups         [][]int
}

func (s *accessStub) Named(*snapshot.Document) ([]string, error) { return s.named, s.failNamed }

func (s *accessStub) Facts(doc *snapshot.Document, mailboxes iter.Seq2[population.Alike, error]) (
	jsontext.Value, func([]int) (iter.Seq[int], error), *finding.AccessMatrix, error,
) {
	if doc == nil {
		return nil, nil, nil, errors.New("no document")
	}
	for alike, err := range mailboxes {
		if err != nil {
			return nil, nil, nil, err
		}
		s.seen = append(s.seen, fmt.Sprintf("%d at %d %s %s", alike.Count, alike.First, alike.Apart, alike.Text))
	}
	return jsontext.Value(s.facts), s.behind, s.matrix, s.bad
}

func accessOptions() engine.Options {
	return engine.Options{
		Policies: policies("whole.rego", aWhole), AccessSchema: []byte(aWholeSchema),
		AccessMessages: map[string]string{"passed": "The request passed {what}.", "unused": "Never said."},
	}
}

func judgeAccess(t *testing.T, given engine.Access) (*finding.Report, finding.Result) {
	t.Helper()
	in := input(t, aSnapshot())
	in.Access = given
	report := check(t, load(t, accessOptions()), in)
	return report, report.Results[0]
}

// TestAccessFactsReachTheirControl expects a violation with located steps, and
// their sentences in the catalogue entry.
func TestAccessFactsReachTheirControl(t *testing.T) {
	stub := &accessStub{facts: `{"doors": [{"name": "imap", "open": true, "steps": [
		{"key": "passed", "args": {"what": "Okta"}, "pointer": "/exchange/organization_config"},
		{"key": "passed", "args": {"what": "Entra"}, "pointer": "/entra/nowhere"},
		{"key": "passed", "args": {"what": "nobody"}},
		{"key": "open", "args": {"door": "imap"}, "at": ["exchange", "organization_config"]}
	]}, {"name": "pop", "open": false, "steps": []}]}`}
	report, r := judgeAccess(t, stub)
	if r.Outcome != finding.Fail || len(r.Violations) != 1 {
		t.Fatalf("%+v", r)
	}
	steps := r.Violations[0].Steps
	var places []string
	for _, step := range steps {
		places = append(places, step.Pointer)
		if (step.Region != nil) != (step.Pointer != "") {
			t.Errorf("the step %+v has half a place", step)
		}
	}
	if diff := cmp.Diff([]string{"/exchange/organization_config", "", "", "/exchange/organization_config"}, places); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{"open": "{door} is open.", "passed": "The request passed {what}."}
	if diff := cmp.Diff(want, report.Controls[0].Messages); diff != "" {
		t.Error(diff)
	}
}

// TestAccessSeesEveryMailbox expects those that look alike once, in order, with
// what the configuration declares of them; and those that it asked for by name by
// themselves.
func TestAccessSeesEveryMailbox(t *testing.T) {
	document := aSnapshot()
	var boxes []any
	for i := range 5 {
		boxes = append(boxes, object{"id": fmt.Sprintf("Id-%d", i), "display_name": fmt.Sprint("person ", i), "domain": "d"})
	}
	document["mailboxes"] = boxes
	in := input(t, document)
	in.Declarations.BreakGlass = []engine.Account{{ID: "id-1"}}
	stub := &accessStub{facts: `{"doors": []}`, named: []string{"id-2", "id-9"}}
	in.Access = stub
	if r := check(t, load(t, accessOptions()), in).Results[0]; r.Outcome != finding.Pass {
		t.Errorf("%+v", r)
	}
	want := []string{
		`3 at 0  {"domain": "d"}`, `1 at 1  {"domain": "d","declared":["break_glass"]}`, `1 at 2 id-2 {"domain": "d"}`,
	}
	if diff := cmp.Diff(want, stub.seen); diff != "" {
		t.Error(diff)
	}
}

// TestAccessThatIsMissingOrBreaksIsNoPass expects unknown without the facts, and
// an error when they cannot be worked out.
func TestAccessThatIsMissingOrBreaksIsNoPass(t *testing.T) {
	_, r := judgeAccess(t, nil)
	if r.Outcome != finding.Unknown || len(r.Unknowns) != 1 || r.Unknowns[0].Evidence != "access" {
		t.Errorf("without: %+v", r)
	}
	for name, stub := range map[string]*accessStub{
		"facts":     {bad: errors.New("it broke")},
		"not JSON":  {facts: `{"doors": [`},
		"no object": {facts: `{"doors": [{"name": "imap", "open": true, "steps": 3}]}`},
		"key":       {facts: `{"doors": [{"name": "imap", "open": true, "steps": [{"key": "unheard"}]}]}`},
		"no key":    {facts: `{"doors": [{"name": "imap", "open": true, "steps": [{"args": {}}]}]}`},
		"argument":  {facts: `{"doors": [{"name": "imap", "open": true, "steps": [{"key": "passed"}]}]}`},
		"field":     {facts: `{"doors": [{"name": "imap", "open": true, "steps": [{"key": "passed", "line": 3}]}]}`},
		"text":      {facts: `{"doors": [{"name": "imap", "open": true, "steps": ["passed"]}]}`},
	} {
		if _, r := judgeAccess(t, stub); r.Outcome != finding.Error || r.Error == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	in := input(t, populated())
	in.Access = &accessStub{failNamed: errors.New("it broke"), facts: `{"doors": []}`}
	r = check(t, load(t, accessOptions()), in).Results[0]
	if r.Outcome != finding.Error || !strings.Contains(r.Error, "it broke") {
		t.Errorf("the named: %+v", r)
	}
}

func populated() object {
	document := aSnapshot()
	document["mailboxes"] = []any{aMailbox(0, object{})}
	return document
}

// TestReportCarriesTheMatrix expects the matrix that came with the facts, and none
// where the facts broke.
func TestReportCarriesTheMatrix(t *testing.T) {
	matrix := &finding.AccessMatrix{
		Mailboxes: 3, Protocols: []finding.AccessTerm{{ID: "imap"}}, Methods: []finding.AccessTerm{{ID: "basic"}},
		Cells: []finding.AccessCell{{Protocol: "imap", Method: "basic", Worst: finding.AccessOpen}},
	}
	report, _ := judgeAccess(t, &accessStub{facts: `{"doors": []}`, matrix: matrix})
	if diff := cmp.Diff(matrix, report.Access); diff != "" {
		t.Error(diff)
	}
	for name, given := range map[string]engine.Access{
		"broken": &accessStub{bad: errors.New("it broke"), matrix: matrix}, "no facts": &accessStub{facts: `{`, matrix: matrix}, "without": nil,
	} {
		if report, _ := judgeAccess(t, given); report.Access != nil {
			t.Errorf("%s: the report shows %+v", name, report.Access)
		}
	}
}

// TestBrokenAccessDisturbsNoOther expects a control of other evidence to be judged.
func TestBrokenAccessDisturbsNoOther(t *testing.T) {
	in := input(t, aSnapshot())
	in.Access = &accessStub{bad: errors.New("it broke")}
	if r := check(t, load(t, engine.Options{Policies: policies("a.rego", aControl)}), in).Results[0]; r.Outcome != finding.Pass {
		t.Errorf("%+v", r)
	}
}

// TestAccessIsHeldToItsSchema expects what a control must not do to be refused.
func TestAccessIsHeldToItsSchema(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown field":  {"door.open", "door.opne", "opne"},
		"not declared":   {"needs: [access]", "needs: [okta.apps]", "input.access.doors"},
		"taken sentence": {"#     open:", "#     passed: Taken.\n#     open:", "one of the access facts"},
	} {
		options := accessOptions()
		text := strings.Replace(aWhole, c.from, c.to, 1)
		if name == "taken sentence" {
			text = strings.Replace(text, `"key": "open"`, `"key": ["open", "passed"][0]`, 1)
		}
		options.Policies = policies("whole.rego", text)
		if _, err := engine.New(options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	options := accessOptions()
	options.AccessSchema = []byte(`{`)
	if _, err := engine.New(options); err == nil {
		t.Error("a broken schema was taken")
	}
}
