package finding_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
)

// definition is what the test reads of one entry of $defs.
type definition struct {
	Required             []string                   `json:"required"`
	Properties           map[string]json.RawMessage `json:"properties"`
	AdditionalProperties *bool                      `json:"additionalProperties"`
	Enum                 []string                   `json:"enum"`
}

func definitions(t *testing.T) map[string]definition {
	t.Helper()
	var schema struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(finding.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	defs := map[string]definition{}
	for name, raw := range schema.Defs {
		var def definition
		// A map's values are described in the place of additionalProperties;
		// only objects that stand for a struct are compared.
		if err := json.Unmarshal(raw, &def); err != nil {
			t.Fatalf("$defs/%s: %v", name, err)
		}
		defs[name] = def
	}
	return defs
}

// TestSchemaHoldsTheTypes compares each struct with the object that describes
// it: the same fields, required where they are always written, no others.
func TestSchemaHoldsTheTypes(t *testing.T) {
	// Members writes itself, with these fields.
	type members struct {
		Population string           `json:"population"`
		Count      int              `json:"count"`
		List       []finding.Member `json:"list"`
		Digest     string           `json:"digest,omitempty"`
	}
	types := map[string]reflect.Type{
		"report":        reflect.TypeFor[finding.Report](),
		"tool":          reflect.TypeFor[finding.Tool](),
		"tenant":        reflect.TypeFor[finding.Tenant](),
		"snapshot_info": reflect.TypeFor[finding.SnapshotInfo](),
		"control":       reflect.TypeFor[finding.Control](),
		"link":          reflect.TypeFor[finding.Link](),
		"mapping":       reflect.TypeFor[finding.Mapping](),
		"remediation":   reflect.TypeFor[finding.Remediation](),
		"result":        reflect.TypeFor[finding.Result](),
		"violation":     reflect.TypeFor[finding.Violation](),
		"resource":      reflect.TypeFor[finding.Resource](),
		"members":       reflect.TypeFor[members](),
		"member":        reflect.TypeFor[finding.Member](),
		"trace_step":    reflect.TypeFor[finding.TraceStep](),
		"region":        reflect.TypeFor[finding.Region](),
		"reason":        reflect.TypeFor[finding.Reason](),
		"ledger_entry":  reflect.TypeFor[finding.LedgerEntry](),
		"waiver":        reflect.TypeFor[finding.Waiver](),
		"waivers":       reflect.TypeFor[finding.Waivers](),
		"waiver_status": reflect.TypeFor[finding.WaiverStatus](),
		"drift":         reflect.TypeFor[finding.Drift](),
		"baseline":      reflect.TypeFor[finding.Baseline](),
		"access_matrix": reflect.TypeFor[finding.AccessMatrix](),
		"access_term":   reflect.TypeFor[finding.AccessTerm](),
		"access_cell":   reflect.TypeFor[finding.AccessCell](),
		"access_count":  reflect.TypeFor[finding.AccessCount](),
	}
	defs := definitions(t)
	for name, typ := range types {
		t.Run(name, func(t *testing.T) {
			def, ok := defs[name]
			if !ok {
				t.Fatal("the schema does not describe it")
			}
			if def.AdditionalProperties == nil || *def.AdditionalProperties {
				t.Error("the schema takes fields that the type does not have")
			}
			var fields, required []string
			for _, field := range reflect.VisibleFields(typ) {
				if field.Anonymous {
					continue // its fields stand in its place
				}
				tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
				if tag == "-" {
					continue
				}
				if tag == "" {
					t.Fatalf("%s has no JSON name", field.Name)
				}
				fields = append(fields, tag)
				if options == "" {
					required = append(required, tag)
				}
			}
			var described []string
			for property := range def.Properties {
				described = append(described, property)
			}
			slices.Sort(fields)
			slices.Sort(described)
			if diff := cmp.Diff(fields, described); diff != "" {
				t.Errorf("fields (-type +schema):\n%s", diff)
			}
			if diff := cmp.Diff(required, def.Required); diff != "" {
				t.Errorf("required (-type +schema):\n%s", diff)
			}
		})
	}
	for name, def := range defs {
		if _, ok := types[name]; !ok && def.Properties != nil {
			t.Errorf("the schema describes %s, which is no type", name)
		}
	}
}

func TestSchemaHoldsTheConstants(t *testing.T) {
	defs := definitions(t)
	enum := func(name, property string) []string {
		var def definition
		if err := json.Unmarshal(defs[name].Properties[property], &def); err != nil {
			t.Fatal(err)
		}
		return def.Enum
	}
	var outcomes, severities, steps, doors, waiverStates []string
	for _, outcome := range finding.AccessOutcomes() {
		doors = append(doors, string(outcome))
	}
	for _, outcome := range finding.Outcomes() {
		outcomes = append(outcomes, string(outcome))
	}
	for _, severity := range finding.Severities() {
		severities = append(severities, string(severity))
	}
	for _, state := range finding.WaiverStates() {
		waiverStates = append(waiverStates, string(state))
	}
	for _, step := range finding.Steps() {
		steps = append(steps, step.ID)
	}
	tests := []struct {
		name      string
		want, got []string
	}{
		{"outcomes", outcomes, defs["outcome"].Enum},
		{"outcomes of a door", doors, defs["access_outcome"].Enum},
		{"states", []string{string(finding.New), string(finding.Changed), string(finding.Unchanged)}, enum("violation", "state")},
		{"states of a waiver", waiverStates, enum("waiver_status", "state")},
		{"severities", severities, defs["severity"].Enum},
		{"gate", append(severities, "none"), enum("report", "fail_on")},
		{"steps", steps, enum("control", "step")},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-Go +schema):\n%s", test.name, diff)
		}
	}
	var head struct {
		Defs struct {
			Report struct {
				Properties struct{ Version struct{ Const int } }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(finding.Schema(), &head); err != nil {
		t.Fatal(err)
	}
	if got := head.Defs.Report.Properties.Version.Const; got != finding.Version {
		t.Errorf("the schema is of version %d, the types are of %d", got, finding.Version)
	}
}
