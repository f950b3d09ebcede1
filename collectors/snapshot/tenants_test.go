package snapshot_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/testdata"
)

// wantTenants are the organisations that the tests of other packages rely on by
// name; more may be added.
var wantTenants = []string{"classic_attested", "demo", "half_done", "locked_out", "neglected", "one_exception", "shipped_default", "spotless"}

// eachTenant calls visit for every imaginary organisation.
func eachTenant(t *testing.T, visit func(t *testing.T, name string, folder fs.FS)) {
	t.Helper()
	entries, err := fs.ReadDir(testdata.Tenants(), ".")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		if !entry.IsDir() {
			t.Errorf("%s: only folders belong here", entry.Name())
			continue
		}
		folder, err := fs.Sub(testdata.Tenants(), entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		seen[entry.Name()] = true
		t.Run(entry.Name(), func(t *testing.T) { visit(t, entry.Name(), folder) })
	}
	for _, name := range wantTenants {
		if !seen[name] {
			t.Errorf("tenant %s is missing", name)
		}
	}
}

func tenantFile(t *testing.T, folder fs.FS, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTenantsAreCanonical(t *testing.T) {
	eachTenant(t, func(t *testing.T, _ string, folder fs.FS) {
		text := tenantFile(t, folder, "snapshot.json")
		var document snapshot.Snapshot
		var rest struct {
			Mailboxes []*snapshot.Mailbox `json:"mailboxes"`
		}
		if err := errors.Join(json.Unmarshal(text, &document), json.Unmarshal(text, &rest)); err != nil {
			t.Fatal(err)
		}
		var canonical bytes.Buffer
		err := snapshot.Write(&canonical, &document, func(yield func(*snapshot.Mailbox, error) bool) {
			for _, m := range rest.Mailboxes {
				if !yield(m, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		got, want := strings.Split(string(text), "\n"), strings.Split(canonical.String(), "\n")
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("snapshot.json:%d is not as Write writes it:\n got %.200s\nwant %.200s", i+1, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("snapshot.json has %d lines, Write makes %d", len(got), len(want))
		}
	})
}

func TestTenantsAreValid(t *testing.T) {
	schema := tenantSchema(t)
	eachTenant(t, func(t *testing.T, name string, folder fs.FS) {
		text := tenantFile(t, folder, "snapshot.json")
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("snapshot.json: %v", err)
		}
		document, err := snapshot.Read(path.Join(name, "snapshot.json"), bytes.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := document.Mailboxes(); !ok || n < 6 {
			t.Errorf("%d mailboxes, want at least 6", n)
		}
	})
}

func tenantSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(snapshot.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("snapshot.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// What the ledger calls collected or partial is in the document, and nothing
// else is: a tenant that breaks this teaches the controls a lie.
func TestTenantsHoldWhatTheirLedgerSays(t *testing.T) {
	eachTenant(t, func(t *testing.T, name string, folder fs.FS) {
		text := jsontext.Value(tenantFile(t, folder, "snapshot.json"))
		var document snapshot.Snapshot
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		read := map[string]bool{}
		for _, line := range document.Collection.Resources {
			if name == "spotless" && line.Status != snapshot.Collected {
				t.Errorf("%s is %s; here everything is collected", line.Name, line.Status)
			}
			if (line.Code == "") != (line.Status == snapshot.Collected) {
				t.Errorf("%s is %s with the code %q", line.Name, line.Status, line.Code)
			}
			for _, p := range line.Paths {
				read[p] = read[p] || line.Status == snapshot.Collected || line.Status == snapshot.Partial
			}
		}
		if len(read) < 50 {
			t.Fatalf("the ledger names %d paths only", len(read))
		}
		for _, p := range slices.Sorted(maps.Keys(read)) {
			if there := tenantHolds(t, text, strings.Split(p, ".")); there != read[p] {
				t.Errorf("%s: in the document %v, read according to the ledger %v", p, there, read[p])
			}
		}
		for _, section := range []string{"entra", "exchange", "sharepoint", "okta", "evidence"} {
			for _, key := range tenantMembers(t, text, section) {
				if _, ok := read[section+"."+key]; !ok {
					t.Errorf("%s.%s stands in no line of the ledger", section, key)
				}
			}
		}
	})
}

// tenantHolds reports whether a dotted path leads to a value; for mailboxes[], in any
// of them.
func tenantHolds(t *testing.T, value jsontext.Value, steps []string) bool {
	t.Helper()
	if len(steps) == 0 {
		return true
	}
	step, every := strings.CutSuffix(steps[0], "[]")
	object := map[string]jsontext.Value{}
	if err := json.Unmarshal(value, &object); err != nil {
		t.Fatal(err)
	}
	next, ok := object[step]
	if !ok || !every {
		return ok && tenantHolds(t, next, steps[1:])
	}
	var list []jsontext.Value
	if err := json.Unmarshal(next, &list); err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(list, func(element jsontext.Value) bool { return tenantHolds(t, element, steps[1:]) })
}

// tenantMembers gives the names inside one section.
func tenantMembers(t *testing.T, text jsontext.Value, section string) []string {
	t.Helper()
	var document map[string]jsontext.Value
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if document[section] == nil {
		return nil
	}
	var object map[string]jsontext.Value
	if err := json.Unmarshal(document[section], &object); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(object))
}

// Each about.md promises one outcome for each control; the same controls in all
// of them, but for those of waivers.
func TestTenantsSayWhatEachControlFinds(t *testing.T) {
	var first []string
	eachTenant(t, func(t *testing.T, name string, folder fs.FS) {
		var ids []string
		for line := range strings.Lines(string(tenantFile(t, folder, "about.md"))) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			if len(cells) != 5 || strings.Contains(cells[1], "control") || strings.HasPrefix(cells[1], "-") {
				continue
			}
			id, outcome := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
			// What judges waivers is only asked where there are some.
			if !strings.HasPrefix(id, "WAIVER-") {
				ids = append(ids, id)
			}
			if !slices.Contains([]string{"pass", "fail", "unknown", "not_applicable"}, outcome) {
				t.Errorf("%s: outcome %q", id, outcome)
			}
			if name == "spotless" && outcome != "pass" {
				t.Errorf("%s: %s; here every control passes", id, outcome)
			}
		}
		if len(ids) < 37 {
			t.Fatalf("about.md has rows for %d controls only", len(ids))
		}
		if first == nil {
			first = ids
		}
		if diff := cmp.Diff(first, ids); diff != "" {
			t.Errorf("other controls than in the first tenant (-first +here):\n%s", diff)
		}
	})
}
