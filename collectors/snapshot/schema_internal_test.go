package snapshot

import (
	"strings"
	"testing"
	"time"
)

// The validator holds to every keyword of the schema it is given, or refuses the
// schema: one that it ignored would be a promise that nobody keeps.
func TestCompileSchemaRefuses(t *testing.T) {
	const instant = `"format":"date-time","x-instant":true,"pattern":"` + instantPattern + `"`
	tests := []struct{ name, schema, want string }{
		{"an unknown keyword", `{"type":"string","minLength":1}`, "minLength"},
		{"an unknown keyword in a property", `{"type":"object","properties":{"a":{"not":{}}}}`, "not"},
		{"an unknown keyword in items", `{"type":"array","items":{"oneOf":[]}}`, "oneOf"},
		{"an unknown keyword in a definition", `{"$ref":"#/$defs/a","$defs":{"a":{"maximum":1}}}`, "maximum"},
		{"an unknown keyword in a definition that is not used", `{"type":"string","$defs":{"a":{"maximum":1}}}`, "maximum"},
		{"a list of types", `{"type":["string","null"]}`, "type"},
		{"a closed object", `{"type":"object","additionalProperties":false}`, "additionalProperties"},
		{"an enum of numbers", `{"type":"string","enum":[1]}`, "enum"},
		{"an unknown type", `{"type":"text"}`, `unknown type "text"`},
		{"no such definition", `{"$ref":"#/$defs/a"}`, "no such definition"},
		{"a reference elsewhere", `{"$ref":"https://example.com/a"}`, "no such definition"},
		{"a keyword beside a reference", `{"$ref":"#/$defs/a","type":"string","$defs":{"a":{"type":"string"}}}`, "beside $ref"},
		{"a choice beside a reference", `{"$ref":"#/$defs/a","anyOf":[],"$defs":{"a":{"type":"string"}}}`, "beside $ref"},
		{"a keyword beside a choice", `{"anyOf":[{"type":"null"}],"type":"null"}`, "beside anyOf"},
		{"a choice of one type", `{"anyOf":[{"type":"string"},{"type":"string","enum":["a"]}]}`, "same type"},
		{"a choice of two numbers", `{"anyOf":[{"type":"number"},{"type":"integer"}]}`, "same type"},
		{"a choice of anything", `{"anyOf":[{}]}`, "lets everything pass"},
		{"a definition of anything", `{"$ref":"#/$defs/a","$defs":{"a":{}}}`, "lets everything pass"},
		{"a constant text", `{"type":"string","const":"a"}`, "const is for integers"},
		{"an enum of an integer", `{"type":"integer","enum":["a"]}`, "for strings"},
		{"a pattern", `{"type":"string","pattern":"^a$"}`, "go together"},
		{"a format", `{"type":"string","format":"uuid"}`, "go together"},
		{"another format for an instant", `{"type":"string",` + strings.Replace(instant, "date-time", "date", 1) + `}`, "has the format date-time"},
		{"another pattern for an instant", `{"type":"string",` + strings.Replace(instant, "{4}", "{2}", 1) + `}`, "has the format date-time"},
		{"an instant that is an object", `{"type":"object",` + instant + `}`, "for strings"},
		{"properties without a type", `{"properties":{"a":{}}}`, "for objects"},
		{"required in an array", `{"type":"array","required":["a"]}`, "for objects"},
		{"items without a type", `{"items":{}}`, "for arrays"},
		{"a required member that is no property", `{"type":"object","required":["a"]}`, "a is required"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root, err := parseSchema(test.schema)
			if err == nil {
				_, err = compileSchema(root)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v, want something with %q", test.schema, err, test.want)
			}
		})
	}
}

// Definitions that nothing refers to would be left out of the compilation, and
// with it unchecked.
func TestSchemaUsesAllItsDefinitions(t *testing.T) {
	root := parsedSchema()
	c := &schemaCompiler{root: root, defs: make(map[string]*rule)}
	if _, err := c.compile(root); err != nil {
		t.Fatal(err)
	}
	if len(root.Defs) < 40 {
		t.Fatalf("only %d definitions", len(root.Defs))
	}
	for name := range root.Defs {
		if c.defs[name] == nil {
			t.Errorf("%s is not used", name)
		}
	}
}

func TestSchemaMayReferToItself(t *testing.T) {
	root, err := parseSchema(`{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"},"b":{"type":"null"}}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := compileSchema(root)
	if err != nil {
		t.Fatal(err)
	}
	if f := check([]byte(`{"a":{"a":{"b":null}}}`), r, 0); f != nil {
		t.Errorf("refused: %s", f.problem)
	}
	if f := check([]byte(`{"a":{"a":{"b":1}}}`), r, 0); f == nil || f.pointer("") != "/a/a/b" || f.offset != 15 {
		t.Errorf("got %+v", f)
	}
}

// isInstant must take what time.Parse takes in this layout, without fractions.
func TestIsInstant(t *testing.T) {
	parses := func(text string) bool {
		_, err := time.Parse(instantLayout, text)
		return err == nil && !strings.Contains(text, ".") // Parse takes a fraction that the layout lacks
	}
	taken, refused := 0, 0
	try := func(text string) {
		got := isInstant([]byte(text))
		if got != parses(text) {
			t.Errorf("%q: %v", text, got)
		}
		if got {
			taken++
		} else {
			refused++
		}
	}
	const sample = "2026-11-01T08:00:00Z"
	for i := range len(sample) {
		try(sample[:i])
		for b := byte(0); b < 128; b++ {
			try(sample[:i] + string(rune(b)) + sample[i+1:])
		}
	}
	for _, year := range []string{"0000", "0001", "1900", "2000", "2024", "2026", "9999"} {
		for month := range 14 {
			for day := range 33 {
				try(year + "-" + two(month) + "-" + two(day) + "T23:59:59Z")
			}
		}
	}
	for n := range 100 {
		try("2026-11-01T" + two(n) + ":00:00Z")
		try("2026-11-01T00:" + two(n) + ":00Z")
		try("2026-11-01T00:00:" + two(n) + "Z")
	}
	try(sample + " ")
	try(" " + sample)
	try("2026-11-01T08:00:00.5Z")
	try("2026-11-01T08:00:00é")
	if taken < 2000 || refused < 2000 {
		t.Errorf("%d taken, %d refused", taken, refused)
	}
}

func two(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// codePoints counts words of eight bytes at once, and four of them where they are
// plain; it must agree with a plain count at every length and alignment.
func TestCodePoints(t *testing.T) {
	const text = "aé日🦊bc\u2028defghijé\x00日日🦊xyz0123456789é" +
		"only plain text, for more than the thirty-two bytes of a block" + "日0123456789012345678901234567é"
	for i := range len(text) + 1 {
		for j := i; j <= len(text); j++ {
			want := 0
			for _, b := range []byte(text[i:j]) {
				if b < 0x80 || b >= 0xC0 {
					want++
				}
			}
			if got := codePoints([]byte(text[i:j])); got != want {
				t.Fatalf("%q: got %d, want %d", text[i:j], got, want)
			}
		}
	}
}
