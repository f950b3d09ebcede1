package snapshot_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// schemaOf is a schema as far as the Go types have something to do with it.
type schemaOf struct {
	Ref        string               `json:"$ref"`
	Defs       map[string]*schemaOf `json:"$defs"`
	Type       string               `json:"type"`
	AnyOf      []*schemaOf          `json:"anyOf"`
	Enum       []string             `json:"enum"`
	Const      any                  `json:"const"`
	Instant    bool                 `json:"x-instant"`
	Count      bool                 `json:"x-count"`
	Identity   bool                 `json:"x-identity"`
	Required   []string             `json:"required"`
	Properties map[string]*schemaOf `json:"properties"`
	Additional *schemaOf            `json:"additionalProperties"`
	Items      *schemaOf            `json:"items"`
}

// comparison holds the Go types to the schema, both ways.
type comparison struct {
	t    *testing.T
	root *schemaOf
	// compared counts the fields that were held to a property.
	compared int
}

func TestTypesMatchSchema(t *testing.T) {
	root := new(schemaOf)
	if err := json.Unmarshal(snapshot.Schema(), root); err != nil {
		t.Fatal(err)
	}
	c := &comparison{t: t, root: root}
	// The mailboxes stand beside the document's own fields.
	mailboxes := root.Properties["mailboxes"]
	delete(root.Properties, "mailboxes")
	c.record("", reflect.TypeFor[snapshot.Snapshot](), root)
	if mailboxes.Type != "array" {
		t.Errorf("mailboxes are of type %q", mailboxes.Type)
	}
	c.record("mailboxes", reflect.TypeFor[snapshot.Mailbox](), c.resolve(mailboxes.Items))
	if c.compared < 100 {
		t.Errorf("compared only %d fields", c.compared)
	}
}

func (c *comparison) resolve(s *schemaOf) *schemaOf {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		return c.resolve(c.root.Defs[name])
	}
	return s
}

// record compares a struct with an object that lists its properties.
func (c *comparison) record(path string, goType reflect.Type, s *schemaOf) {
	if s.Type != "object" || s.Additional != nil {
		c.t.Errorf("%s: no object with fixed members in the schema", path)
		return
	}
	inGo := map[string]bool{}
	var always []string
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		inGo[name] = true
		if options != "omitzero" {
			always = append(always, name)
		}
		property, ok := s.Properties[name]
		if !ok {
			c.t.Errorf("%s.%s: not in the schema", path, name)
			continue
		}
		c.field(path+"."+name, field.Type, property)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !inGo[name] {
			c.t.Errorf("%s.%s: in the schema only", path, name)
		}
	}
	// What is always written must be there to be read; what may be left out
	// must not be asked for.
	slices.Sort(always)
	if diff := cmp.Diff(always, slices.Sorted(slices.Values(s.Required))); diff != "" {
		c.t.Errorf("%s: required (-always written +schema):\n%s", path, diff)
	}
}

// field compares one field with its property.
func (c *comparison) field(path string, goType reflect.Type, s *schemaOf) {
	c.compared++
	nullable, s := c.withoutNull(s)
	optional := goType.Kind() == reflect.Pointer
	if optional {
		goType = goType.Elem()
	}
	want := ""
	switch {
	case goType == reflect.TypeFor[snapshot.Object]():
		c.vendor(path, nullable, s)
		return
	case goType == reflect.TypeFor[snapshot.Instant]():
		want = "string"
		if !s.Instant {
			c.t.Errorf("%s: not marked as an instant", path)
		}
		if nullable && !optional {
			c.t.Errorf("%s: may be null, which the type cannot hold", path)
		}
		nullable = false
	case goType == reflect.TypeFor[[]snapshot.Object]():
		want = "array"
		c.vendor(path+"[]", false, c.resolve(s.Items))
	case goType.Kind() == reflect.String:
		want = "string"
		if s.Instant {
			c.t.Errorf("%s: marked as an instant, which the type is not", path)
		}
	case goType.Kind() == reflect.Int:
		want = "integer"
	case goType.Kind() == reflect.Bool:
		want = "boolean"
	case goType.Kind() == reflect.Slice:
		want = "array"
		c.field(path+"[]", goType.Elem(), s.Items)
	case goType.Kind() == reflect.Map:
		want = "object"
		if s.Additional == nil || s.Properties != nil {
			c.t.Errorf("%s: no map in the schema", path)
			return
		}
		c.field(path+"{}", goType.Elem(), s.Additional)
	case goType.Kind() == reflect.Struct:
		want = "object"
		c.record(path, goType, s)
	}
	if s.Type != want || nullable {
		c.t.Errorf("%s: %s in Go, in the schema %q (null: %v)", path, goType, s.Type, nullable)
	}
}

// withoutNull follows references, and takes null off a choice.
func (c *comparison) withoutNull(s *schemaOf) (nullable bool, _ *schemaOf) {
	s = c.resolve(s)
	if len(s.AnyOf) == 2 && s.AnyOf[1].Type == "null" {
		return true, c.resolve(s.AnyOf[0])
	}
	return false, s
}

// vendor makes sure that a raw value is one that the vendor gives: a whole
// object in a section, a tri-state in a mailbox.
func (c *comparison) vendor(path string, nullable bool, s *schemaOf) {
	want := []string{"object"}
	if strings.HasPrefix(path, "mailboxes.") {
		want = []string{"boolean", "string"}
	}
	if !slices.Contains(want, s.Type) || nullable != (s.Type != "object") {
		c.t.Errorf("%s: a vendor's value in Go, in the schema %q (null: %v)", path, s.Type, nullable)
	}
}

func TestStatusesMatchSchema(t *testing.T) {
	root := new(schemaOf)
	if err := json.Unmarshal(snapshot.Schema(), root); err != nil {
		t.Fatal(err)
	}
	want := []snapshot.Status{
		snapshot.Collected, snapshot.Partial, snapshot.Denied, snapshot.Failed, snapshot.Unlicensed, snapshot.Skipped,
	}
	var got []snapshot.Status
	for _, name := range root.Defs["resource"].Properties["status"].Enum {
		got = append(got, snapshot.Status(name))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-Go +schema):\n%s", diff)
	}
	if version := root.Properties["version"].Const; version != float64(snapshot.Version) {
		t.Errorf("the schema is of version %v, the package of %d", version, snapshot.Version)
	}
}

// TestPopulationsAreMarked: what names a person is never judged, of an instant only
// the order, and of a count only whether there is any, so a mark too few or too many
// changes verdicts, or lets a log of a million rows be judged one by one. Names are dotted
// from the element.
func TestPopulationsAreMarked(t *testing.T) {
	root := new(schemaOf)
	if err := json.Unmarshal(snapshot.Schema(), root); err != nil {
		t.Fatal(err)
	}
	c := &comparison{t: t, root: root}
	evidence := c.resolve(root.Properties["evidence"]).Properties
	want := map[string]marks{
		"sign_ins":      {Identity: "user_id user_principal_name", Instants: "first_seen last_seen", Counts: "failed succeeded"},
		"okta_requests": {Identity: "user_id user_name", Instants: "first_seen last_seen", Counts: "failed succeeded"},
		"mailboxes": {
			Identity: "addresses display_name id user_principal_name",
			Instants: "entra.createdDateTime entra.signInActivity.lastNonInteractiveSignInDateTime entra.signInActivity.lastSignInDateTime " +
				"entra.signInActivity.lastSuccessfulSignInDateTime entra.signInSessionsValidFromDateTime",
		},
	}
	got := map[string]marks{}
	for name, list := range map[string]*schemaOf{
		"sign_ins": evidence["sign_ins"], "okta_requests": evidence["okta_requests"], "mailboxes": root.Properties["mailboxes"],
	} {
		var m marks
		c.marked("", c.resolve(list).Items, &m)
		got[name] = marks{strings.TrimSpace(m.Identity), strings.TrimSpace(m.Instants), strings.TrimSpace(m.Counts)}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// marks are the marked fields of an element.
type marks struct{ Identity, Instants, Counts string }

// marked collects the marked fields at and below s, in the order of their names.
func (c *comparison) marked(path string, s *schemaOf, m *marks) {
	if s.Identity {
		m.Identity += " " + path
		return
	}
	s = c.resolve(s)
	if s.Instant {
		m.Instants += " " + path
		return
	}
	if s.Count {
		m.Counts += " " + path
		return
	}
	for _, alternative := range s.AnyOf {
		c.marked(path, alternative, m)
	}
	if s.Items != nil {
		c.marked(path+"[]", s.Items, m)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		c.marked(strings.TrimPrefix(path+"."+name, "."), s.Properties[name], m)
	}
}

// Changing what Schema gives must not change the schema.
func TestSchemaIsACopy(t *testing.T) {
	first := snapshot.Schema()
	clear(first)
	if second := snapshot.Schema(); len(second) == 0 || second[0] != '{' {
		t.Error("the schema was changed from outside")
	}
}
