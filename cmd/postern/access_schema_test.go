package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestDoorsMatchTheirSchema holds what postern access writes as JSON to its schema: of
// each tenant, of one person, and of two snapshots.
func TestDoorsMatchTheirSchema(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "reports", "doors", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	parsed, err := jsonschema.UnmarshalJSON(file)
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
	tenant := func(name string) string {
		return filepath.Join("..", "..", "testdata", "tenants", name, "snapshot.json")
	}
	runs := [][]string{
		{tenant("half_done"), "--user", "lars.petersen@halverwege.example"},
		{tenant("half_done"), "--before", tenant("half_done")},
		{tenant("neglected"), "--open", "--protocol", "imap"},
	}
	for _, folder := range tenants(t) {
		runs = append(runs, []string{filepath.Join(folder, "snapshot.json")})
	}
	for _, args := range runs {
		_, out, stderr := runQuietly(t, append([]string{"access", "--quiet", "--config", emptyConfig(t), "-f", "json"}, args...)...)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, stderr)
			continue
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}
