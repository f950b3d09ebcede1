package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/policies/waiver"
)

// TestWaiversSchemaAndReaderAgree gives both the same texts, the tenants' own among
// them.
func TestWaiversSchemaAndReaderAgree(t *testing.T) {
	text, err := os.ReadFile("waivers.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("waivers.schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("waivers.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	entry := func(rest string) string { return "version: 1\nwaivers: [{" + rest + "}]" }
	const whole = "reason: r, owner: o, expires: '2027-01-01'"
	good := map[string]bool{
		"version: 1": true, "version: 1\nwaivers:": true, "version: 1\nwaivers: []": true,
		entry("control: A-001, user: u, " + whole):                                                true,
		entry("id: A-001, whole_control: true, statement: s, owner: o, expired_at: '2027-01-01'"): true,
		entry("control: A-001, cause: {args: {a: [1, x]}}, ticket: 7, " + whole):                  true,
		entry("control: A-001, mailboxes: {domain: d}, " + whole):                                 true,
		entry("control: A-001, resource: {kind: k, id: i}, " + whole):                             true,
		entry("control: A-001, " + whole):                                                         false,
		entry("control: A-001, user: u, group: g, " + whole):                                      false,
		entry("user: u, " + whole):                                                                false,
		entry("control: A-001, user: u, reason: r, expires: '2027-01-01'"):                        false,
		entry("control: A-001, user: u, statement: s, " + whole):                                  false,
		entry("control: A-001, user: u, reason: r, owner: o, expires: soon"):                      false,
		entry("control: A-001, user: u, until: x, " + whole):                                      false,
		entry("control: A 1, user: u, " + whole):                                                  false,
		entry("control: A-001, resource: {kind: k}, " + whole):                                    false,
		entry("control: A-001, mailboxes: {}, " + whole):                                          false,
		entry("control: A-001, whole_control: false, " + whole):                                   false,
		entry("control: A-001, user: u, pin: {count: 0, members: x}, " + whole):                   false,
		"version: 2": false, "waivers: []": false, "version: 1\nignore: []": false,
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "waivers.yaml"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d tenants with waivers: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		good[string(text)] = true
	}
	for text, want := range good {
		if _, err := waiver.Read("waivers.yaml", []byte(text)); (err == nil) != want {
			t.Errorf("reader: %q: %v", text, err)
		}
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(text), &node); err != nil {
			t.Fatal(err)
		}
		datesAsText(&node)
		var value any
		if err := node.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != want {
			t.Errorf("schema: %q: %v", text, err)
		}
	}
}

// datesAsText makes dates the texts that they are in JSON.
func datesAsText(node *yaml.Node) {
	if node.Tag == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, child := range node.Content {
		datesAsText(child)
	}
}
