package snapshot

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

//go:embed schema.json
var schemaText string

// Schema gives the document's JSON Schema (2020-12).
func Schema() []byte { return []byte(schemaText) }

// schemaNode is one schema. It has the keywords that schema.json uses and no
// other: decoding refuses the rest, so that none is ignored in silence.
type schemaNode struct {
	Schema      string                 `json:"$schema"`
	ID          string                 `json:"$id"`
	Defs        map[string]*schemaNode `json:"$defs"`
	Title       string                 `json:"title"`
	Description string                 `json:"description"`
	Identity    bool                   `json:"x-identity"`
	Instant     bool                   `json:"x-instant"`
	Count       bool                   `json:"x-count"`

	Ref        string         `json:"$ref"`
	AnyOf      []*schemaNode  `json:"anyOf"`
	Type       string         `json:"type"`
	Const      jsontext.Value `json:"const"`
	Enum       []string       `json:"enum"`
	Format     string         `json:"format"`
	Pattern    string         `json:"pattern"`
	Required   []string       `json:"required"`
	Properties properties     `json:"properties"`
	Additional *schemaNode    `json:"additionalProperties"`
	Items      *schemaNode    `json:"items"`
}

// properties keep the order of the schema, which is also the order in which they
// mostly come in a document.
type properties []property

type property struct {
	name   string
	schema *schemaNode
}

// UnmarshalJSONFrom reads an object member by member.
func (p *properties) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == jsontext.KindString {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		member := property{name: name.String(), schema: new(schemaNode)}
		if err := json.UnmarshalDecode(d, member.schema); err != nil {
			return err
		}
		*p = append(*p, member)
	}
	_, err := d.ReadToken()
	return err
}

func parseSchema(text string) (*schemaNode, error) {
	root := new(schemaNode)
	if err := json.Unmarshal([]byte(text), root, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("schema.json: %w", err)
	}
	return root, nil
}

// parsedSchema and documentRule hold what is made of the embedded schema, which
// cannot change. A fault in it stops the first use, and with it every test.
var (
	parsedSchema = sync.OnceValue(func() *schemaNode {
		root, err := parseSchema(schemaText)
		if err != nil {
			panic(err)
		}
		return root
	})
	documentRule = sync.OnceValue(func() *rule {
		r, err := compileSchema(parsedSchema())
		if err != nil {
			panic(err)
		}
		return r
	})
)

const refPrefix = "#/$defs/"

// rule is a schema made ready: what each kind of JSON value must satisfy. A nil
// rule lets everything pass.
type rule struct {
	// expected says in words what the rule lets pass.
	expected string

	null, boolean bool
	number        *numberRule
	text          *textRule
	array         *arrayRule
	object        *objectRule
}

type numberRule struct {
	integer bool
	// constant is the only number to pass, unless empty.
	constant string
}

type textRule struct {
	enum    []string
	instant bool
}

type arrayRule struct{ items *rule }

type objectRule struct {
	members []memberRule
	// index finds a member by its quoted name.
	index map[string]int
	// others holds for members that are not listed.
	others *rule
	// required has a bit for each listed member that must be there.
	required uint64
}

// member gives the rule of a member by its name.
func (o *objectRule) member(name string) *rule {
	for i := range o.members {
		if o.members[i].name == name {
			return o.members[i].rule
		}
	}
	return o.others
}

type memberRule struct {
	name string
	// quoted is the name as JSON without needless escapes.
	quoted []byte
	rule   *rule
}

// schemaCompiler makes rules. A definition is made once, which is also what lets
// it refer to itself.
type schemaCompiler struct {
	root *schemaNode
	defs map[string]*rule
}

func compileSchema(root *schemaNode) (*rule, error) {
	c := &schemaCompiler{root: root, defs: make(map[string]*rule)}
	r, err := c.compile(root)
	if err != nil {
		return nil, fmt.Errorf("schema.json: %w", err)
	}
	return r, nil
}

// compile makes the rule of one schema. It refuses a combination of keywords
// that a rule would not hold to.
func (c *schemaCompiler) compile(n *schemaNode) (*rule, error) {
	if err := n.consistent(); err != nil {
		return nil, err
	}
	switch {
	case n.Ref != "":
		return c.definition(n.Ref)
	case n.AnyOf != nil:
		return c.choice(n.AnyOf)
	}
	r := new(rule)
	var err error
	switch n.Type {
	case "":
		return nil, nil
	case "null":
		r.null, r.expected = true, "null"
	case "boolean":
		r.boolean, r.expected = true, "a boolean"
	case "number":
		r.number, r.expected = &numberRule{}, "a number"
	case "integer":
		r.number, r.expected = &numberRule{integer: true, constant: string(n.Const)}, "an integer"
	case "string":
		r.text, r.expected = &textRule{enum: n.Enum, instant: n.Instant}, "a string"
	case "array":
		r.expected = "an array"
		r.array, err = c.array(n)
	case "object":
		r.expected = "an object"
		r.object, err = c.object(n)
	default:
		err = fmt.Errorf("unknown type %q", n.Type)
	}
	return r, err
}

// consistent refuses what compile would not look at.
func (n *schemaNode) consistent() error {
	switch {
	case n.Ref != "" && (n.AnyOf != nil || n.asserts()):
		return fmt.Errorf("%s: other keywords beside $ref", n.Ref)
	case n.AnyOf != nil && n.asserts():
		return errors.New("other keywords beside anyOf")
	case n.Type != "integer" && n.Const != nil:
		return errors.New("const is for integers")
	case n.Type != "integer" && n.Count:
		return errors.New("x-count is for integers")
	case n.Type != "string" && (n.Enum != nil || n.Format != "" || n.Pattern != "" || n.Instant):
		return errors.New("enum, format, pattern and x-instant are for strings")
	case n.Instant != (n.Pattern != "") || n.Instant != (n.Format != ""):
		return errors.New("x-instant, format and pattern go together")
	case n.Instant && (n.Format != "date-time" || n.Pattern != instantPattern):
		return fmt.Errorf("an instant has the format date-time and the pattern %s", instantPattern)
	case n.Type != "object" && (n.Required != nil || n.Properties != nil || n.Additional != nil):
		return errors.New("required, properties and additionalProperties are for objects")
	case n.Type != "array" && n.Items != nil:
		return errors.New("items is for arrays")
	}
	return nil
}

const instantPattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"

func (n *schemaNode) asserts() bool {
	return n.Type != "" || n.Const != nil || n.Enum != nil || n.Format != "" || n.Pattern != "" ||
		n.Required != nil || n.Properties != nil || n.Additional != nil || n.Items != nil
}

func (c *schemaCompiler) definition(ref string) (*rule, error) {
	name, ok := strings.CutPrefix(ref, refPrefix)
	n := c.root.Defs[name]
	if !ok || n == nil {
		return nil, fmt.Errorf("%s: no such definition", ref)
	}
	if r, ok := c.defs[name]; ok {
		return r, nil
	}
	r := new(rule)
	c.defs[name] = r
	made, err := c.compile(n)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case made == nil:
		return nil, fmt.Errorf("%s: a definition that lets everything pass", name)
	}
	*r = *made
	return r, nil
}

// choice makes one rule of alternatives, which must differ in kind: then the
// kind of a value decides which of them it is held to.
func (c *schemaCompiler) choice(alternatives []*schemaNode) (*rule, error) {
	r := new(rule)
	var expected []string
	for _, n := range alternatives {
		a, err := c.compile(n)
		switch {
		case err != nil:
			return nil, err
		case a == nil:
			return nil, errors.New("an alternative of anyOf lets everything pass")
		case a.null && r.null, a.boolean && r.boolean, a.number != nil && r.number != nil,
			a.text != nil && r.text != nil, a.array != nil && r.array != nil, a.object != nil && r.object != nil:
			return nil, errors.New("two alternatives of anyOf have the same type")
		}
		r.null, r.boolean = r.null || a.null, r.boolean || a.boolean
		r.number, r.text = either(r.number, a.number), either(r.text, a.text)
		r.array, r.object = either(r.array, a.array), either(r.object, a.object)
		expected = append(expected, a.expected)
	}
	r.expected = strings.Join(expected, " or ")
	return r, nil
}

func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func (c *schemaCompiler) array(n *schemaNode) (*arrayRule, error) {
	if n.Items == nil {
		return &arrayRule{}, nil
	}
	items, err := c.compile(n.Items)
	return &arrayRule{items: items}, err
}

func (c *schemaCompiler) object(n *schemaNode) (*objectRule, error) {
	o := &objectRule{index: make(map[string]int, len(n.Properties))}
	for i, member := range n.Properties {
		r, err := c.compile(member.schema)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", member.name, err)
		}
		quoted, err := jsontext.AppendQuote(nil, member.name)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", member.name, err)
		}
		o.members = append(o.members, memberRule{name: member.name, quoted: quoted, rule: r})
		o.index[string(quoted)] = i
	}
	for _, name := range n.Required {
		i := slices.IndexFunc(o.members, func(m memberRule) bool { return m.name == name })
		if i < 0 || i >= 64 {
			return nil, fmt.Errorf("%s is required and not among the first 64 properties", name)
		}
		o.required |= 1 << i
	}
	if n.Additional == nil {
		return o, nil
	}
	var err error
	o.others, err = c.compile(n.Additional)
	return o, err
}
