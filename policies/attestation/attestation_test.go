package attestation_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/attestation"
)

// good is an attestation with every condition a rule can have.
const good = `version: 1
okta_org: https://Example.okta.com
by: Ada, identity team
evidence: CHG-1
attested_at: 2026-11-01
expires: 2027-01-30T12:00:00+01:00
apps:
  - app: 0oa1
    rules:
      - name: Deny legacy
        clients: [legacy]
        access: deny
      - name: Scanners
        groups: [Scanners, 00gAAAAAAAAAAAAAAAA1]
        except_groups: [00gBBBBBBBBBBBBBBBB2]
        zones: [Offices]
        clients: [legacy]
        access: allow
        factor: none
      - name: Trusted
        clients: [web, modern]
        platforms: [windows, ios]
        except_zones: [nzo2]
        device: trusted
        access: allow
        factor: after_minutes
        factor_minutes: 90
      - name: By name
        users: [00u1]
        clients: [web]
        device: not_trusted
        access: allow
        factor: once_per_session
      - name: Old
        status: inactive
        clients: [modern]
        access: allow
        factor: every_sign_on
      - name: Default sign on rule
        access: deny
`

func read(t *testing.T, text string) *attestation.Attestation {
	t.Helper()
	a, err := attestation.Read("attestation.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// document is a snapshot of a Classic org.
func document(t *testing.T, change func(map[string]any)) *snapshot.Document {
	t.Helper()
	d := map[string]any{
		"version": 1, "collected_at": "2026-11-20T08:00:00Z",
		"tenant": map[string]any{"id": "00000000-0000-0000-0000-000000000001", "okta_org": "https://example.okta.com"},
		"collection": map[string]any{"source": "test", "resources": []any{
			map[string]any{"name": "okta.access_policies", "endpoint": "x", "permission": "y", "paths": []string{"okta.access_policies", "okta.access_policy_rules"}, "status": "skipped", "code": "not_applicable"},
		}},
		"okta": map[string]any{
			"organization": map[string]any{"pipeline": "v1"},
			"apps":         []any{map[string]any{"id": "0oa1", "label": "Mail", "_links": map[string]any{"users": map[string]any{"href": "u"}}}, map[string]any{"id": "0oa2", "label": "Other"}},
			"zones":        []any{map[string]any{"id": "nzo1", "name": "Offices"}, map[string]any{"id": "nzo2", "name": "Twice"}, map[string]any{"id": "nzo3", "name": "Twice"}},
			"groups":       []any{map[string]any{"id": "00g9", "profile": map[string]any{"name": "Scanners"}}},
		},
	}
	if change != nil {
		change(d)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := snapshot.Read("snapshot.json", bytes.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestRulesAreLaidOverAsOktaWritesThem compares what an attestation makes of a
// document with what Okta's API would have given.
func TestRulesAreLaidOverAsOktaWritesThem(t *testing.T) {
	doc := document(t, nil)
	if err := read(t, good).LayOver(doc); err != nil {
		t.Fatal(err)
	}
	rules, ok := doc.Value("/okta/access_policy_rules/attested-0oa1")
	if !ok {
		t.Fatal("there are no rules")
	}
	want := []string{
		`{"id":"attested-1","name":"Deny legacy","priority":1,"status":"ACTIVE","system":false,"type":"ACCESS_POLICY","conditions":{"office365Client":{"include":["ACTIVE_SYNC"]}},"actions":{"appSignOn":{"access":"DENY"}}}`,
		`{"id":"attested-2","name":"Scanners","priority":2,"status":"ACTIVE","system":false,"type":"ACCESS_POLICY","conditions":{"people":{"groups":{"include":["00g9","00gAAAAAAAAAAAAAAAA1"],"exclude":["00gBBBBBBBBBBBBBBBB2"]}},
			"network":{"connection":"ZONE","include":["nzo1"]},"office365Client":{"include":["ACTIVE_SYNC"]}},"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"ASSURANCE","factorMode":"1FA"}}}}`,
		`{"id":"attested-3","name":"Trusted","priority":3,"status":"ACTIVE","system":false,"type":"ACCESS_POLICY","conditions":{"network":{"connection":"ZONE","exclude":["nzo2"]},"office365Client":{"include":["WEB","MODERN_AUTH"]},
			"platform":{"include":[{"type":"DESKTOP","os":{"type":"WINDOWS"}},{"type":"MOBILE","os":{"type":"IOS"}}]},"device":{"registered":true,"managed":true}},"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"ASSURANCE","factorMode":"2FA","reauthenticateIn":"PT90M"}}}}`,
		`{"id":"attested-4","name":"By name","priority":4,"status":"ACTIVE","system":false,"type":"ACCESS_POLICY","conditions":{"people":{"users":{"include":["00u1"]}},"users of an attested rule":true,"office365Client":{"include":["WEB"]},"device":{"managed":false}},
			"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"ASSURANCE","factorMode":"2FA"}}}}`,
		`{"id":"attested-5","name":"Old","priority":5,"status":"INACTIVE","system":false,"type":"ACCESS_POLICY","conditions":{"office365Client":{"include":["MODERN_AUTH"]}},"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"ASSURANCE","factorMode":"2FA","reauthenticateIn":"PT0S"}}}}`,
		`{"id":"attested-6","name":"Default sign on rule","priority":6,"status":"ACTIVE","system":true,"type":"ACCESS_POLICY","conditions":null,"actions":{"appSignOn":{"access":"DENY"}}}`,
	}
	var wantRules, gotRules []any
	if err := errors.Join(json.Unmarshal([]byte("["+strings.Join(want, ",")+"]"), &wantRules), json.Unmarshal(rules, &gotRules)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantRules, gotRules); diff != "" {
		t.Errorf("the rules (-want +got):\n%s", diff)
	}
	for at, want := range map[string]string{
		"/okta/apps/0/_links/accessPolicy/href": `"attestation/attested-0oa1"`, "/okta/apps/0/_links/users/href": `"u"`,
		"/okta/access_policies/0/id": `"attested-0oa1"`, "/okta/access_policies/0/name": `"attested rules of Mail"`, "/okta/organization/pipeline": `"v1"`,
	} {
		if got, _ := doc.Value(at); string(got) != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
	if _, ok := doc.Value("/okta/apps/1/_links"); ok {
		t.Error("an app that nobody attested has a policy")
	}
	if _, ok := doc.Locate("/okta/access_policy_rules"); ok {
		t.Error("what was laid over has a place in the file")
	}
	line := doc.Collection.Resources[0]
	if line.Status != snapshot.Attested || line.Code != attestation.CodeAttested || *line.Items != 6 || line.CollectedAt.String() != "2026-11-01T00:00:00Z" ||
		line.Message != "By Ada, identity team on 2026-11-01, valid until 2027-01-30 (CHG-1)." {
		t.Errorf("the ledger: %+v", line)
	}
	if diff := cmp.Diff([]string{"00gAAAAAAAAAAAAAAAA1", "00gBBBBBBBBBBBBBBBB2"}, read(t, good).GroupIDs()); diff != "" {
		t.Errorf("groups:\n%s", diff)
	}
}

// TestUnchangedSinceDatesTheRules dates them, so that the moment of enforcement is
// known.
func TestUnchangedSinceDatesTheRules(t *testing.T) {
	doc := document(t, nil)
	if err := read(t, good+"unchanged_since: 2026-08-31\n").LayOver(doc); err != nil {
		t.Fatal(err)
	}
	if got, _ := doc.Value("/okta/access_policy_rules/attested-0oa1/0/lastUpdated"); string(got) != `"2026-08-31T00:00:00Z"` {
		t.Errorf("lastUpdated is %s", got)
	}
}

// TestAnExpiredAttestationChangesNothing but the reason why the rules are missing.
func TestAnExpiredAttestationChangesNothing(t *testing.T) {
	for at, expired := range map[string]bool{"2027-01-30T10:59:59Z": false, "2027-01-30T11:00:00Z": true, "2028-01-01T00:00:00Z": true} {
		doc := document(t, func(d map[string]any) { d["collected_at"] = at })
		before, _ := doc.Section("okta")
		if err := read(t, good).LayOver(doc); err != nil {
			t.Fatal(err)
		}
		after, _ := doc.Section("okta")
		line := doc.Collection.Resources[0]
		if bytes.Equal(before, after) != expired || (line.Status == snapshot.Attested) == expired {
			t.Errorf("%s: %+v", at, line)
		}
		if expired && (line.Status != snapshot.Skipped || line.Code != attestation.CodeExpired || !strings.Contains(line.Message, "by Ada, identity team of 2026-11-01 expired on 2027-01-30")) {
			t.Errorf("%s: %+v", at, line)
		}
	}
}

// TestWhereAnAttestationDoesNotBelong refuses it, and names the line.
func TestWhereAnAttestationDoesNotBelong(t *testing.T) {
	okta := func(d map[string]any) map[string]any { return d["okta"].(map[string]any) }
	line := func(d map[string]any) map[string]any {
		return d["collection"].(map[string]any)["resources"].([]any)[0].(map[string]any)
	}
	for _, test := range []struct {
		name   string
		change func(map[string]any)
		text   string
		says   string
	}{
		{"another org", func(d map[string]any) { d["tenant"].(map[string]any)["okta_org"] = "https://other.okta.com" }, good, "other.okta.com"},
		{"no org", func(d map[string]any) { delete(d["tenant"].(map[string]any), "okta_org") }, good, "no Okta org"},
		{"nothing of Okta", func(d map[string]any) { delete(d, "okta") }, good, "holds nothing of Okta"},
		{"Identity Engine", func(d map[string]any) { okta(d)["organization"] = map[string]any{"pipeline": "idx"} }, good, "Identity Engine"},
		{"an unknown engine", func(d map[string]any) { delete(okta(d), "organization") }, good, "which engine"},
		{"collected rules", func(d map[string]any) { line(d)["status"] = "collected"; okta(d)["access_policies"] = []any{} }, good, "were collected"},
		{"rules collected in part", func(d map[string]any) { line(d)["status"] = "partial" }, good, "were collected"},
		{"an app that is not there", nil, strings.Replace(good, "0oa1", "0oa7", 1), "no Office 365 app '0oa7'"},
		{"a zone that is not there", nil, strings.Replace(good, "[Offices]", "[Office]", 1), "0 network zones 'Office'"},
		{"a zone that is there twice", nil, strings.Replace(good, "[Offices]", "[Twice]", 1), "2 network zones 'Twice'"},
		{"from after the snapshot", func(d map[string]any) { d["collected_at"] = "2026-10-20T08:00:00Z" }, good, "more than a week after"},
	} {
		err := read(t, test.text).LayOver(document(t, test.change))
		bad, ok := errors.AsType[*snapshot.Error](err)
		if !ok || !strings.Contains(bad.Problem, test.says) || bad.File != "attestation.yaml" || bad.Line == 0 || bad.Hint == "" {
			t.Errorf("%s: %#v", test.name, err)
		}
	}
}

// TestALedgerWithoutTheLineGetsOne is for a snapshot that never spoke of the rules.
func TestALedgerWithoutTheLineGetsOne(t *testing.T) {
	doc := document(t, func(d map[string]any) { d["collection"].(map[string]any)["resources"] = []any{} })
	if err := read(t, good).LayOver(doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Collection.Resources) != 1 || doc.Collection.Resources[0].Status != snapshot.Attested {
		t.Errorf("%+v", doc.Collection.Resources)
	}
}

// TestWhatIsWrongInAFile gives the reader and the schema the same texts.
func TestWhatIsWrongInAFile(t *testing.T) {
	schema := compiled(t)
	replace := func(from, to string) string {
		if strings.Count(good, from) == 0 {
			t.Fatalf("the text has no %q", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	for _, test := range []struct {
		name, text, field string
		schemaToo         bool // the schema can tell as well
	}{
		{"version", replace("version: 1", "version: 2"), "/version", true},
		{"no org", replace("https://Example.okta.com", "example"), "/okta_org", false},
		{"nobody", replace("by: Ada, identity team", "by: ''"), "/by", false},
		{"two lines", replace("by: Ada, identity team", `by: "a\nb"`), "/by", false},
		{"no evidence", replace("evidence: CHG-1\n", ""), "/evidence", true},
		{"no date", replace("2026-11-01", "last week"), "/attested_at", true},
		{"no end", replace("expires: 2027-01-30T12:00:00+01:00\n", ""), "/expires", true},
		{"an end before the beginning", replace("2027-01-30T12:00:00+01:00", "2026-11-01"), "/expires", false},
		{"an end too far ahead", replace("2027-01-30T12:00:00+01:00", "2027-11-03"), "/expires", false},
		{"changed afterwards", good + "unchanged_since: 2026-11-02\n", "/unchanged_since", false},
		{"no app", good[:strings.Index(good, "apps:")] + "apps: []\n", "/apps", true},
		{"the same app twice", good + "  - app: 0oa1\n    rules: [{name: D, access: deny}]\n", "/apps/1/app", false},
		{"no rule", good + "  - app: 0oa2\n    rules: []\n", "/apps/1/rules", true},
		{"no default rule", good + "  - app: 0oa2\n    rules: [{name: D, access: deny, clients: [web]}]\n", "/apps/1/rules/0", false},
		{"an inactive default rule", good + "  - app: 0oa2\n    rules: [{name: D, access: deny, status: inactive}]\n", "/apps/1/rules/0", false},
		{"no client", replace("        clients: [legacy]\n", ""), "/apps/0/rules/0", false},
		{"an unknown client", replace("[legacy]", "[old]"), "/apps/0/rules/0/clients", true},
		{"an unknown platform", replace("windows", "amiga"), "/apps/0/rules/2/platforms", true},
		{"an unknown device", replace("not_trusted", "maybe"), "/apps/0/rules/3/device", true},
		{"an unknown status", replace("inactive", "asleep"), "/apps/0/rules/4/status", true},
		{"no name", replace("name: Deny legacy", "name: ''"), "/apps/0/rules/0/name", false},
		{"an empty group", replace("[Scanners,", "['',"), "/apps/0/rules/1/name", true},
		{"zones of both kinds", replace("zones: [Offices]", "zones: [Offices]\n        except_zones: [nzo2]"), "/apps/0/rules/1/except_zones", false},
		{"no access", replace("access: deny", "access: perhaps"), "/apps/0/rules/0/access", true},
		{"a factor to deny with", replace("access: deny", "access: deny\n        factor: none"), "/apps/0/rules/0/factor", false},
		{"no word on the factor", replace("        factor: none\n", ""), "/apps/0/rules/1/factor", false},
		{"an unknown factor", replace("factor: none", "factor: some"), "/apps/0/rules/1/factor", true},
		{"no minutes", replace("        factor_minutes: 90\n", ""), "/apps/0/rules/2/factor_minutes", false},
		{"minutes for nothing", replace("factor: none", "factor: none\n        factor_minutes: 5"), "/apps/0/rules/1/factor_minutes", false},
		{"minutes below none", replace("factor: none", "factor: none\n        factor_minutes: -5"), "/apps/0/rules/1/factor_minutes", true},
		{"an unknown key", good + "expiry: 2027-01-01\n", "", true},
		{"a list for a text", replace("evidence: CHG-1", "evidence: [CHG-1]"), "", true},
		{"no YAML", "version: [", "", false},
		{"two documents", good + "---\nversion: 1\n", "", false},
		{"nothing", "", "", false},
	} {
		_, err := attestation.Read("attestation.yaml", []byte(test.text))
		bad, ok := errors.AsType[*snapshot.Error](err)
		if !ok || bad.Field != test.field || bad.File != "attestation.yaml" || bad.Hint == "" || strings.Contains(bad.Problem, "attestation.") {
			t.Errorf("%s: %#v", test.name, err)
		}
		if ok && test.field != "" && bad.Line == 0 {
			t.Errorf("%s: the error names no line", test.name)
		}
		if test.schemaToo && schema.Validate(valueOf(t, test.text)) == nil {
			t.Errorf("%s: the schema takes it", test.name)
		}
	}
	if err := schema.Validate(valueOf(t, good)); err != nil {
		t.Errorf("the schema refuses a good file: %v", err)
	}
}

func valueOf(t *testing.T, text string) any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	dates(&node)
	var value any
	if err := node.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// dates makes texts of what YAML takes for instants, as the reader does.
func dates(node *yaml.Node) {
	if node.Tag == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, inner := range node.Content {
		dates(inner)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(attestation.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("attestation.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("attestation.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSchemaHoldsTheKeys compares the keys of the types with those of the schema.
func TestSchemaHoldsTheKeys(t *testing.T) {
	type properties struct {
		Properties map[string]any `json:"properties"`
	}
	var schema struct {
		properties
		Defs map[string]properties `json:"$defs"`
	}
	if err := json.Unmarshal(attestation.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, pair := range []struct {
		value any
		keys  map[string]any
	}{
		{attestation.Attestation{}, schema.Properties}, {attestation.App{}, schema.Defs["app"].Properties}, {attestation.Rule{}, schema.Defs["rule"].Properties},
	} {
		var inType, inSchema []string
		fields := reflect.TypeOf(pair.value)
		for i := range fields.NumField() {
			if key := fields.Field(i).Tag.Get("yaml"); key != "" {
				inType = append(inType, key)
			}
		}
		for key := range pair.keys {
			inSchema = append(inSchema, key)
		}
		slices.Sort(inType)
		slices.Sort(inSchema)
		if diff := cmp.Diff(inType, inSchema); diff != "" || len(inType) == 0 {
			t.Errorf("%T:\n%s", pair.value, diff)
		}
	}
}

// TestTenantsAttestationIsGood reads the one of the imaginary tenant by both.
func TestTenantsAttestationIsGood(t *testing.T) {
	text, err := os.ReadFile("../../testdata/tenants/classic_attested/attestation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if ids := read(t, string(text)).GroupIDs(); len(ids) != 1 {
		t.Errorf("groups: %v", ids)
	}
	if err := compiled(t).Validate(valueOf(t, string(text))); err != nil {
		t.Error(fmt.Errorf("the schema: %w", err))
	}
}
