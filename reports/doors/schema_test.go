package doors_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/doors"
	"github.com/seed-07732396/postern/reports/matrix"
)

// definitions reads $defs of a schema.
func definitions(t *testing.T, text []byte) map[string]map[string]any {
	t.Helper()
	var schema struct {
		Defs map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	return schema.Defs
}

func schemaText(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSchemaHoldsTheTypes compares each struct with what the schema says of it: the
// same fields, required where they are always written, no others; and what both the
// findings' schema and this one describe with what the former says.
func TestSchemaHoldsTheTypes(t *testing.T) {
	types := map[string]reflect.Type{
		"report": reflect.TypeFor[doors.Report](), "scope": reflect.TypeFor[doors.Scope](), "who": reflect.TypeFor[doors.Who](),
		"person": reflect.TypeFor[doors.Person](), "door": reflect.TypeFor[doors.Door](), "witness": reflect.TypeFor[doors.Witness](),
		"request": reflect.TypeFor[doors.Request](), "step": reflect.TypeFor[doors.Step](), "lock": reflect.TypeFor[doors.Lock](),
		"before": reflect.TypeFor[doors.Before](), "change": reflect.TypeFor[doors.Change](), "missing": reflect.TypeFor[finding.LedgerEntry](),
	}
	shared := definitions(t, finding.Schema())
	for name, def := range definitions(t, schemaText(t)) {
		typ, ours := types[name]
		if !ours {
			if diff := cmp.Diff(shared[name], def); diff != "" {
				t.Errorf("%s (-findings' schema +this one):\n%s", name, diff)
			}
			continue
		}
		delete(types, name)
		var fields, required, described, wanted []string
		for _, field := range reflect.VisibleFields(typ) {
			tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.Anonymous || tag == "-" {
				continue
			}
			fields = append(fields, tag)
			if options == "" {
				required = append(required, tag)
			}
		}
		for property := range def["properties"].(map[string]any) {
			described = append(described, property)
		}
		for _, property := range def["required"].([]any) {
			wanted = append(wanted, property.(string))
		}
		for _, list := range [][]string{fields, required, described, wanted} {
			slices.Sort(list)
		}
		if diff := cmp.Diff([][]string{fields, required}, [][]string{described, wanted}); diff != "" || def["additionalProperties"] != false {
			t.Errorf("%s (-type +schema):\n%s", name, diff)
		}
	}
	for name := range types {
		t.Errorf("the schema does not describe %s", name)
	}
}

// TestJSONMatchesTheSchema holds the JSON of all kinds of report to the schema, and the
// schema to refuse what is none.
func TestJSONMatchesTheSchema(t *testing.T) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText(t)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	for name, r := range everyReport() {
		if err := check([]byte(write(t, doors.JSON, r, doors.Options{}))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := write(t, doors.JSON, aReport(), doors.Options{})
	for _, change := range [][2]string{{`"mailboxes": 2`, `"mailboxes": "2"`}, {`"outcome": "undecided"`, `"outcome": "ajar"`}, {`"doors"`, `"windows"`}} {
		broken := strings.Replace(text, change[0], change[1], 1)
		if broken == text || check([]byte(broken)) == nil {
			t.Errorf("%s passes for a report, or was not written", change[1])
		}
	}
}

// everyReport is a report of each kind: of all doors, of the open ones, of one person,
// between two snapshots, and without a list of mailboxes.
func everyReport() map[string]*doors.Report {
	all := map[string]*doors.Report{}
	for _, name := range []string{"doors", "open doors", "a person", "a comparison", "no mailboxes"} {
		all[name] = aReport()
		all[name].Snapshot.SHA256 = strings.Repeat("ab", 32)
	}
	all["open doors"].Scope = doors.Scope{Protocols: []string{"pop"}, Methods: []string{"basic"}, OpenOnly: true}
	all["a person"].Person = &doors.Person{Who: *all["a person"].Doors[0].First, LeftOut: "account_disabled", Declared: []string{"break_glass"}}
	later := all["a comparison"]
	later.Before = &doors.Before{
		Snapshot: later.Snapshot, Matrix: later.Matrix, Both: 2,
		Missing: []finding.LedgerEntry{{Name: "okta.zones", Status: "absent", Paths: []string{"okta.zones"}}},
		Changes: []doors.Change{{
			Change: matrix.Change{Protocol: "pop", Method: "basic", Before: finding.AccessWithMFA, After: finding.AccessOpen, Mailboxes: 2},
			First:  later.Doors[0].First,
		}},
	}
	bare := all["no mailboxes"]
	bare.Matrix, bare.Doors, bare.Open = nil, []doors.Door{}, 0
	return all
}
