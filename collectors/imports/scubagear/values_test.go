package scubagear_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// What becomes of single values, seen on a field that nobody judges: of
// Exchange's transport settings, and of a domain from Graph.
func TestValues(t *testing.T) {
	good := string(readFile(t, exportFile))
	const absent = ""
	for name, test := range map[string]struct{ in, exchange, graph string }{
		"flag":                           {`true`, `true`, `true`},
		"null":                           {`null`, `null`, `null`},
		"number keeps its digits":        {`12345678901234567890.10`, `12345678901234567890.10`, `12345678901234567890.10`},
		"text":                           {`"Unlimited"`, `"Unlimited"`, `"Unlimited"`},
		"empty text":                     {`""`, `""`, `""`},
		"date":                           {`"/Date(1777880361000)/"`, `"2026-05-04T07:39:21Z"`, `"2026-05-04T07:39:21Z"`},
		"date with milliseconds":         {`"/Date(1777880361042)/"`, `"2026-05-04T07:39:21.042Z"`, `"2026-05-04T07:39:21.042Z"`},
		"date with an offset":            {`"/Date(1777880361000+0200)/"`, `"2026-05-04T07:39:21Z"`, `"2026-05-04T07:39:21Z"`},
		"date before 1970":               {`"/Date(-62135596800000)/"`, `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`},
		"date at the end of time":        {`"/Date(253402300799999)/"`, `"9999-12-31T23:59:59.999Z"`, `"9999-12-31T23:59:59.999Z"`},
		"date behind the end of time":    {`"/Date(253402300800000)/"`, `"/Date(253402300800000)/"`, `"/Date(253402300800000)/"`},
		"date of no number":              {`"/Date(now)/"`, `"/Date(now)/"`, `"/Date(now)/"`},
		"ISO date":                       {`"2026-11-20T08:00:00.0000000+00:00"`, `"2026-11-20T08:00:00.0000000+00:00"`, `"2026-11-20T08:00:00.0000000+00:00"`},
		"date as an object":              {`{"value": "/Date(0)/", "DisplayHint": 2, "DateTime": "x"}`, `"1970-01-01T00:00:00Z"`, `"1970-01-01T00:00:00Z"`},
		"date as a smaller object":       {`{"value": "/Date(0)/", "DateTime": "x"}`, `"1970-01-01T00:00:00Z"`, `"1970-01-01T00:00:00Z"`},
		"an object with a value":         {`{"value": 1, "Other": 2}`, `{"Other":2,"value":1}`, `{"other":2,"value":1}`},
		"names":                          {`{"Id": 1, "AaGuids": [{"X@odata.type": 2}], "@odata.type": 3, "Ünit": 4}`, `{"@odata.type":3,"AaGuids":[{"X@odata.type":2}],"Id":1,"Ünit":4}`, `{"@odata.type":3,"aaGuids":[{"x@odata.type":2}],"id":1,"ünit":4}`},
		"kept aside":                     {`{"Id": 1, "AdditionalProperties": {"@odata.type": "t", "id": 2}}`, `{"@odata.type":"t","Id":1}`, `{"@odata.type":"t","id":1}`},
		"nothing kept aside":             {`{"AdditionalProperties": {}}`, `{}`, `{}`},
		"kept aside is no object":        {`{"AdditionalProperties": "x"}`, `{"AdditionalProperties":"x"}`, `{"additionalProperties":"x"}`},
		"cut off to its members":         {`"@{a=b; c=d}"`, absent, absent},
		"cut off over two lines":         {`"@{a=b\n; c=d}"`, absent, absent},
		"cut off to its type":            {`"System.Object[]"`, absent, absent},
		"cut off to a type of types":     {`"System.Collections.Hashtable"`, absent, absent},
		"cut off inside a list":          {`[1, "@{a=b}"]`, absent, absent},
		"cut off inside an object":       {`{"A": 1, "B": "@{a=b}"}`, `{"A":1}`, `{"a":1}`},
		"a text that starts like it":     {`"@home"`, `"@home"`, `"@home"`},
		"a text that speaks of a system": {`"System mailbox"`, `"System mailbox"`, `"System mailbox"`},
		"a text that names a product":    {`"Microsoft.Graph is a product"`, `"Microsoft.Graph is a product"`, `"Microsoft.Graph is a product"`},
	} {
		t.Run(name, func(t *testing.T) {
			text := change(t, good, "transport_config", `[{"SmtpClientAuthenticationDisabled": true, "X": `+test.in+`}]`)
			text = change(t, text, "domain_settings", `[{"Id": "waterlelie.example", "X": `+test.in+`}]`)
			s, _ := importText(t, []byte(text))
			for where, check := range map[string]struct {
				object      snapshot.Object
				field, want string
			}{
				"exchange": {s.Exchange.TransportConfig, "X", test.exchange},
				"graph":    {s.Entra.Domains[0], "x", test.graph},
			} {
				if got := field(t, check.object, check.field); got != check.want {
					t.Errorf("%s: %s becomes %q, want %q", where, test.in, got, check.want)
				}
			}
			cut := line(t, s, "exchange.transport_config").Counts["values_cut_off"]
			if want := map[bool]int{true: 1}[test.exchange == absent || name == "cut off inside an object"]; cut != want {
				t.Errorf("the ledger counts %d values cut off, want %d", cut, want)
			}
		})
	}
}

// field gives one member of an object in canonical form; empty if it is absent.
func field(t *testing.T, object snapshot.Object, name string) string {
	t.Helper()
	var members map[string]jsontext.Value
	if err := json.Unmarshal(object, &members); err != nil {
		t.Fatal(err)
	}
	value := members[name]
	if value == nil {
		return ""
	}
	if err := value.Compact(jsontext.ReorderRawObjects(true)); err != nil {
		t.Fatal(err)
	}
	return string(value)
}
