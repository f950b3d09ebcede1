package main

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func configSchema(t *testing.T) (any, *jsonschema.Schema) {
	t.Helper()
	data, err := os.ReadFile("postern.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("postern.schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("postern.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return parsed, schema
}

// TestConfigSchemaHasEveryKey holds the published schema to the types, both ways.
func TestConfigSchemaHasEveryKey(t *testing.T) {
	parsed, _ := configSchema(t)
	root := parsed.(map[string]any)
	defs := root["$defs"].(map[string]any)
	properties := root["properties"].(map[string]any)
	items := func(object any, name string) any {
		return object.(map[string]any)["properties"].(map[string]any)[name].(map[string]any)["items"]
	}
	for name, pair := range map[string]struct {
		schema any
		value  any
	}{
		"postern.yaml": {root, config{}},
		"declarations": {defs["declarations"], declarations{}},
		"break_glass":  {items(defs["declarations"], "break_glass"), breakGlass{}},
		"check":        {properties["check"], checkConfig{}},
		"tenant":       {defs["tenant"], target{}},
		"waivers":      {properties["waivers"], waiverConfig{}},
	} {
		inSchema, inType := map[string]bool{}, map[string]bool{}
		for key := range pair.schema.(map[string]any)["properties"].(map[string]any) {
			inSchema[key] = true
		}
		fields := reflect.TypeOf(pair.value)
		for i := range fields.NumField() {
			if key := fields.Field(i).Tag.Get("yaml"); key != "-" {
				inType[key] = true
			}
		}
		if diff := cmp.Diff(inType, inSchema); diff != "" {
			t.Errorf("%s: the type and the schema differ:\n%s", name, diff)
		}
	}
}

// TestConfigSchemaAndReaderAgree gives both the same texts.
func TestConfigSchemaAndReaderAgree(t *testing.T) {
	_, schema := configSchema(t)
	tests := []struct {
		text string
		good bool
	}{
		{"version: 1", true},
		{"version: 1\ndeclarations: {break_glass: [{id: x}], reauthentication_hours: 1.5}", true},
		{"version: 1\ntenants: {a: {tenant_id: x, evidence_days: 7, skip: [okta]}}", true},
		{"version: 1\nwaivers: {file: w.yaml, max_days: 90, warn_days: 0}", true},
		{"version: 1\nwaivers: {max: 90}", false},
		{"version: 2", false},
		{"declarations: {}", false},
		{"version: 1\nextra: 1", false},
		{"version: 1\ndeclarations: {brake_glass: []}", false},
		{"version: 1\ndeclarations: {reauthentication_hours: soon}", false},
		{"version: 1\ncheck: {fail_on: [low]}", false},
		{"version: 1\ntenants: [a]", false},
	}
	for _, test := range tests {
		path := t.TempDir() + "/postern.yaml"
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := loadConfig(path)
		if (err == nil) != test.good {
			t.Errorf("reader: %q: %v", test.text, err)
		}
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%q: the error does not name the file: %v", test.text, err)
		}
		var value any
		if err := yaml.Unmarshal([]byte(test.text), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != test.good {
			t.Errorf("schema: %q: %v", test.text, err)
		}
	}
}
