package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// folder writes files into a new folder.
func folder(t *testing.T, pairs ...string) string {
	t.Helper()
	root := t.TempDir()
	for i := 0; i < len(pairs); i += 2 {
		file := filepath.Join(root, filepath.FromSlash(pairs[i]))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(pairs[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const ownControl = `# METADATA
# title: OWA is off
# description: A rule of the house.
# custom:
#   id: HOUSE-001
#   severity: low
#   step: C
#   needs: ["mailboxes[].exchange"]
#   messages:
#     on: OWA is on for {members}.
#   remediation:
#     text: Turn it off.
package controls.house.owa_off

import data.lib.house

violations contains {"key": "on", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	house.on(mailbox.exchange)
}
`

const ownLibrary = "package lib.house\n\non(exchange) if exchange.OWAEnabled == true\n"

func TestOwnControlsStandBesidePosterns(t *testing.T) {
	own := folder(t, "any/place/owa.rego", ownControl, "lib.rego", ownLibrary, "any/place/owa_test.rego", "no Rego", ".git/x.rego", "no Rego", "notes.txt", "x")
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl), Own: []string{own}})
	document := aSnapshot()
	document["mailboxes"].([]any)[1].(object)["exchange"].(object)["OWAEnabled"] = true
	report := check(t, judge, input(t, document))
	if got := outcomes(report); !cmp.Equal(got, map[string]finding.Outcome{"TEST-001": finding.Pass, "HOUSE-001": finding.Fail}) {
		t.Errorf("the outcomes are %v", got)
	}
}

func outcomes(r *finding.Report) map[string]finding.Outcome {
	all := map[string]finding.Outcome{}
	for _, result := range r.Results {
		all[result.Control] = result.Outcome
	}
	return all
}

func TestBrokenOwnControlsAreNamed(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		file  string
		line  int
		want  string
	}{
		{"severity", []string{"a.rego", strings.Replace(ownControl, "low", "grave", 1), "lib.rego", ownLibrary}, "a.rego", 6, "unknown severity"},
		{"undeclared", []string{"a.rego", strings.Replace(ownControl, "house.on(mailbox.exchange)", "mailbox.okta.assigned", 1)}, "a.rego", 19, "read and not declared"},
		{"missing library", []string{"a.rego", ownControl}, "a.rego", 15, "data.lib.house is not in the library"},
		{"syntax", []string{"sub/a.rego", "package controls.house.x\n\nviolations contains"}, "sub/a.rego", 3, ""},
		{"id of Postern", []string{"a.rego", strings.Replace(ownControl, "HOUSE-001", "TEST-001", 1), "lib.rego", ownLibrary}, "a.rego", 5, "the id TEST-001 is already that of " + controlFile},
		{"package of Postern", []string{"a.rego", strings.Replace(aControl, "TEST-001", "HOUSE-001", 1)}, "a.rego", 16, "already that of " + controlFile},
		{"library of Postern", []string{"a.rego", ownControl, "lib.rego", ownLibrary, "b.rego", "package lib.shared\n\nx := 1\n"}, "b.rego", 1, "already that of lib/shared.rego"},
		{"schema that is no JSON", []string{"a.rego", ownControl, "lib.rego", ownLibrary, "schema.json", "{\n  \"properties\": {,}\n}"}, "schema.json", 2, "no JSON object"},
		{"schema with more", []string{"a.rego", ownControl, "lib.rego", ownLibrary, "schema.json", `{"required": ["okta"]}`}, "schema.json", 0, `"required" is not read`},
		{"schema that changes", []string{"a.rego", ownControl, "lib.rego", ownLibrary, "schema.json", `{"$defs": {"domain": {"properties": {"id": {"type": "number"}}}}}`}, "schema.json", 0, "/$defs/domain/properties/id/type is already defined otherwise"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			own := folder(t, test.files...)
			_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl, "lib/shared.rego", "package lib.shared\n\nx := 1\n"), Own: []string{own}})
			expectAt(t, err, filepath.Join(own, filepath.FromSlash(test.file)), test.line, test.want)
		})
	}
}

func TestOwnFolderThatIsNone(t *testing.T) {
	empty := folder(t, "readme.txt", "x")
	for path, want := range map[string]string{
		filepath.Join(empty, "nothing"):    "no such folder",
		filepath.Join(empty, "readme.txt"): "this is no folder",
		empty:                              "holds no Rego",
	} {
		_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl), Own: []string{path}})
		expectAt(t, err, path, 0, want)
	}
}

// TestTwoOwnFolders expects a clash between them to be found like any other.
func TestTwoOwnFolders(t *testing.T) {
	one, two := folder(t, "a.rego", ownControl, "lib.rego", ownLibrary), folder(t, "lib.rego", ownLibrary)
	_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl), Own: []string{one, two}})
	expectAt(t, err, filepath.Join(two, "lib.rego"), 1, "already that of "+filepath.Join(one, "lib.rego"))
}

// TestOverlayAddsFields lets an own control read a field that Postern's schema
// does not have, and leaves out a new one that names a person.
func TestOverlayAddsFields(t *testing.T) {
	control := strings.Replace(strings.Replace(ownControl, "house.on(mailbox.exchange)", "mailbox.exchange.HouseRule == true", 1), "import data.lib.house\n", "", 1)
	schema := `{"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"mailbox": {"properties": {"exchange": {"properties": {
		"HouseRule": {"type": "boolean"}, "Owner": {"type": "string", "x-identity": true}}}}}}}`
	if _, err := engine.New(engine.Options{Policies: policies(controlFile, aControl), Own: []string{folder(t, "a.rego", control)}}); err == nil {
		t.Error("a field that no schema has can be read")
	}
	owner := strings.Replace(control, "HouseRule == true", `Owner == "x"`, 1)
	own := folder(t, "a.rego", owner, "schema.json", schema)
	_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl), Own: []string{own}})
	expectAt(t, err, filepath.Join(own, "a.rego"), 0, "names a person")

	judge := load(t, engine.Options{Policies: policies(controlFile, aControl), Own: []string{folder(t, "a.rego", control, "schema.json", schema)}})
	document := aSnapshot()
	document["mailboxes"].([]any)[0].(object)["exchange"].(object)["HouseRule"] = true
	if got := outcomes(check(t, judge, input(t, document)))["HOUSE-001"]; got != finding.Fail {
		t.Errorf("the outcome is %s", got)
	}
}

func TestSelection(t *testing.T) {
	files := policies(controlFile, aControl, populationFile, aPopulation)
	tests := []struct {
		name       string
		only, skip []string
		want       []string
	}{
		{"all", nil, nil, []string{"TEST-001", "TEST-002"}},
		{"by id", []string{"TEST-002"}, nil, []string{"TEST-002"}},
		{"in any case", []string{"test-002"}, nil, []string{"TEST-002"}},
		{"by area", []string{"testing"}, nil, []string{"TEST-001", "TEST-002"}},
		{"by step", []string{"B"}, nil, []string{"TEST-001"}},
		{"by slug", []string{"pop_is_off"}, nil, []string{"TEST-002"}},
		{"both", []string{"C", "TEST-001"}, nil, []string{"TEST-001", "TEST-002"}},
		{"without", nil, []string{"C"}, []string{"TEST-001"}},
		{"area without one", []string{"testing"}, []string{"TEST-001"}, []string{"TEST-002"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			judge := load(t, engine.Options{Policies: files, Only: test.only, Skip: test.skip})
			var got []string
			for _, c := range judge.Controls() {
				got = append(got, c.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSelectionOfNothing(t *testing.T) {
	files := policies(controlFile, aControl, populationFile, aPopulation)
	tests := []struct {
		only, skip       []string
		name, suggestion string
	}{
		{[]string{"TEST-003"}, nil, "TEST-003", "TEST-001"},
		{nil, []string{"tesing"}, "tesing", "testing"},
		{[]string{"pop_is_of"}, nil, "pop_is_of", "pop_is_off"},
		{[]string{"something else"}, nil, "something else", ""},
		{[]string{""}, nil, "", ""},
	}
	for _, test := range tests {
		_, err := engine.New(engine.Options{Policies: files, Only: test.only, Skip: test.skip})
		var wrong *engine.NameError
		if !errors.As(err, &wrong) {
			t.Errorf("%v without %v: %v", test.only, test.skip, err)
			continue
		}
		if wrong.Name != test.name || wrong.Suggestion != test.suggestion {
			t.Errorf("%v without %v: %+v", test.only, test.skip, wrong)
		}
		if test.suggestion != "" && !strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%v", err)
		}
	}
}

func TestSelectionThatLeavesNothing(t *testing.T) {
	_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl), Only: []string{"B"}, Skip: []string{"TEST-001"}})
	if !errors.Is(err, engine.ErrNoControls) {
		t.Errorf("the error is %v", err)
	}
}

const aBenchmark = `framework:
  id: nist
  title: NIST SP 800-53
  version: r5
  url: https://example.com/nist
requirements:
  - id: IA-2(1)
    title: Multifactor authentication
    url: https://example.com/nist/ia-2
    controls: [TEST-002, TEST-001]
    source: The text of the control.
  - id: CM-7
    title: Least functionality
    controls:
      - TEST-002
    source: The text of the control.
`

func TestMappings(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl, populationFile, aPopulation, "benchmarks/nist.yaml", aBenchmark)})
	ia2 := finding.Mapping{Framework: "NIST SP 800-53 r5", ID: "IA-2(1)", Title: "Multifactor authentication", URL: "https://example.com/nist/ia-2"}
	cm7 := finding.Mapping{Framework: "NIST SP 800-53 r5", ID: "CM-7", Title: "Least functionality", URL: "https://example.com/nist"}
	want := [][]finding.Mapping{{ia2}, {ia2, cm7}}
	for i, c := range judge.Controls() {
		if diff := cmp.Diff(want[i], c.Mappings); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
		}
	}
}

func TestBenchmarksAreStrict(t *testing.T) {
	tests := []struct {
		name, from, to string
		line           int
		want           string
	}{
		{"unknown key", "    source: The text of the control.\n  - id: CM-7", "    sources: x\n  - id: CM-7", 11, "sources"},
		{"unknown control", "      - TEST-002", "      - TEST-009", 15, `"TEST-009", which does not exist`},
		{"control named twice", "[TEST-002, TEST-001]", "[TEST-001, TEST-001]", 10, "names the control TEST-001 twice"},
		{"no source", "    source: The text of the control.\n  - id: CM-7", "  - id: CM-7", 7, "has no source"},
		{"no title", "    title: Least functionality\n", "", 12, "lacks its id or its title"},
		{"no controls", "    controls:\n      - TEST-002\n", "", 12, "names no controls"},
		{"no framework", "  id: nist\n", "", 0, "framework.id"},
		{"wrong type", "[TEST-002, TEST-001]", "TEST-002", 10, "cannot unmarshal"},
		{"no YAML", "framework:", "framework: [", 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := engine.New(engine.Options{Policies: policies(
				controlFile, aControl, populationFile, aPopulation, "benchmarks/nist.yaml", edited(t, aBenchmark, test.from, test.to),
			)})
			expectAt(t, err, "benchmarks/nist.yaml", test.line, test.want)
		})
	}
	for _, text := range []string{"", "framework: {id: x, title: X}\n"} {
		_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl, "benchmarks/x.yaml", text)})
		expectAt(t, err, "benchmarks/x.yaml", 0, "")
	}
}
