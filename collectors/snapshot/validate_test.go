package snapshot_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/testdata"
)

// replacements stand for each kind of value, and for what formats and lists of
// names tell apart. Whole numbers in another form than plain digits are not
// among them, nor is a leap second: a snapshot has neither, while the
// specification lets both pass.
var replacements = []string{
	`null`, `true`, `false`, `0`, `-7`, `1.5`, `1e-3`, `""`, `"x"`, `"collected"`, `"public"`,
	`"2026-11-01T08:00:00Z"`, `"2026-02-29T08:00:00Z"`, `"2026-11-01T24:00:00Z"`, `"2026-11-01T08:00:00+00:00"`, `"2026-11-01"`,
	`[]`, `["x"]`, `[null]`, `[{}]`, `[[1]]`, `{}`, `{"id":"x"}`, `{"x":[{}]}`, `{"x":1}`,
}

// The reader gives the same verdict on changed documents as an independent
// implementation of JSON Schema, and points at a place that it faults as well.
func TestReadAgreesWithJSONSchema(t *testing.T) {
	schema := tenantSchema(t)
	random := rand.New(rand.NewPCG(3, 5))
	documents := 200
	if testing.Short() {
		documents = 40
	}
	for name, text := range richDocuments(t) {
		t.Run(name, func(t *testing.T) {
			valid, invalid := 0, 0
			for range documents {
				changed := mutated(t, random, text)
				value, err := jsonschema.UnmarshalJSON(bytes.NewReader(changed))
				if err != nil {
					t.Fatal(err)
				}
				want := schema.Validate(value)
				_, got := snapshot.Read("x.json", bytes.NewReader(changed), nil)
				if (got == nil) != (want == nil) {
					t.Fatalf("the reader says %v, the schema %v", got, want)
				}
				if got == nil {
					valid++
					continue
				}
				invalid++
				faulted := faultedPlaces(t, want)
				if field := wantError(t, got).Field; !slices.Contains(faulted, field) {
					t.Fatalf("the reader faults %q, the schema %q", field, faulted)
				}
			}
			if valid < documents/10 || invalid < documents/10 {
				t.Errorf("%d valid and %d invalid documents show little", valid, invalid)
			}
		})
	}
}

// richDocuments are those in which most of the schema is used.
func richDocuments(t *testing.T) map[string][]byte {
	t.Helper()
	documents := map[string][]byte{"small": []byte(small), "full": []byte(full)}
	for _, name := range []string{"spotless", "locked_out"} {
		text, err := fs.ReadFile(testdata.Tenants(), name+"/snapshot.json")
		if err != nil {
			t.Fatal(err)
		}
		documents[name] = text
	}
	return documents
}

// full has every field of our own records.
const full = `{
  "version": 1, "collected_at": "2026-11-01T08:00:00Z",
  "tenant": {"id": "t", "name": "n", "initial_domain": "x.onmicrosoft.com", "cloud": "china", "okta_org": "https://x.okta.com"},
  "collection": {"source": "live", "resources": [{
    "name": "n", "endpoint": "e", "permission": "p", "paths": ["a"], "status": "failed", "items": 1,
    "collected_at": "2026-11-01T08:00:00Z", "code": "c", "message": "m", "counts": {"a": 1}
  }]},
  "entra": {"federation_configurations": {"d": [{"id": "x"}]}, "group_member_counts": {"g": 1}},
  "okta": {"app_keys": {"a": [{"kid": "k"}]}, "app_assignments": {"a": {"users": 1, "groups": ["g"]}}},
  "evidence": {
    "window": {"since": "2026-11-01T08:00:00Z", "until": "2026-11-01T08:00:00Z"},
    "sign_ins": [{
      "user_principal_name": "u", "user_id": "i", "client_app": "c", "authentication_protocol": "ropc", "interactive": true,
      "user_agent": "a", "app": "b", "succeeded": 1, "failed": 2,
      "first_seen": "2026-11-01T08:00:00Z", "last_seen": "2026-11-01T08:00:00Z"
    }],
    "okta_requests": [{
      "user_name": "u", "user_id": "i", "user_agent": "a", "app_id": "b", "succeeded": 1, "failed": 2,
      "first_seen": "2026-11-01T08:00:00Z", "last_seen": "2026-11-01T08:00:00Z"
    }],
    "new_device_mails": {"sent": 1, "last_sent_at": "2026-11-01T08:00:00Z"}
  },
  "mailboxes": [{
    "id": "i", "user_principal_name": "u", "display_name": "d", "addresses": ["a"], "domain": "d",
    "exchange": {
      "ActiveSyncEnabled": true, "PopEnabled": null, "ImapEnabled": false, "MAPIEnabled": true, "EwsEnabled": true,
      "OWAEnabled": true, "SmtpClientAuthenticationDisabled": null, "RecipientTypeDetails": "UserMailbox",
      "AuthenticationPolicy": null, "RemotePowerShellEnabled": true, "EXOModuleEnabled": true, "AccountDisabled": false,
      "role_groups": ["g"]
    },
    "entra": {
      "accountEnabled": true, "userType": "Member", "onPremisesSyncEnabled": null, "createdDateTime": "2026-11-01T08:00:00Z",
      "signInSessionsValidFromDateTime": null, "groups": ["g"], "roles": ["r"],
      "signInActivity": {
        "lastSignInDateTime": "2026-11-01T08:00:00Z", "lastNonInteractiveSignInDateTime": null, "lastSuccessfulSignInDateTime": null
      }
    },
    "okta": {"assigned": true, "apps": ["a"], "status": "s", "user_type": "t", "groups": ["g"], "named": ["n"]}
  }]
}`

// mutated changes one place of a document: another value, a member less, or a
// member more.
func mutated(t *testing.T, random *rand.Rand, text []byte) []byte {
	t.Helper()
	var root, replacement any
	if err := errors.Join(
		json.Unmarshal(text, &root),
		json.Unmarshal([]byte(replacements[random.IntN(len(replacements))]), &replacement),
	); err != nil {
		t.Fatal(err)
	}
	changed, err := json.Marshal(mutate(random, root, replacement), json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func mutate(random *rand.Rand, value, replacement any) any {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 || random.IntN(12) == 0 {
			return replacement
		}
		names := slices.Sorted(maps.Keys(value))
		name := names[random.IntN(len(names))]
		switch random.IntN(20) {
		case 0:
			delete(value, name)
		case 1:
			value["unheard of"] = replacement
		default:
			value[name] = mutate(random, value[name], replacement)
		}
		return value
	case []any:
		if len(value) == 0 || random.IntN(12) == 0 {
			return replacement
		}
		i := random.IntN(len(value))
		value[i] = mutate(random, value[i], replacement)
		return value
	}
	return replacement
}

// faultedPlaces are the pointers that the other implementation complains about;
// for a missing member, the pointer that the member would have.
func faultedPlaces(t *testing.T, err error) []string {
	t.Helper()
	invalid := (*jsonschema.ValidationError)(nil)
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var places []string
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		pointer := ""
		for _, token := range e.InstanceLocation {
			pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
		}
		places = append(places, pointer)
		for _, name := range missingNames(e) {
			places = append(places, pointer+"/"+name)
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	return places
}

// missingNames reads the names out of a complaint such as missing properties
// 'a', 'b'.
func missingNames(e *jsonschema.ValidationError) []string {
	path := e.ErrorKind.KeywordPath()
	if len(path) == 0 || path[len(path)-1] != "required" {
		return nil
	}
	var names []string
	for i, part := range strings.Split(e.Error(), "'") {
		if i%2 == 1 {
			names = append(names, part)
		}
	}
	return names
}

// Where the reader is stricter than the specification, it is on purpose.
func TestReadIsStricterThanJSONSchema(t *testing.T) {
	schema := tenantSchema(t)
	for name, text := range map[string]string{
		"a count with a point":       strings.Replace(small, `"items": 2`, `"items": 2.0`, 1),
		"a count with an exponent":   strings.Replace(small, `"items": 2`, `"items": 2e0`, 1),
		"a count beyond 64 bits":     strings.Replace(small, `"items": 2`, `"items": 9223372036854775808`, 1),
		"a version with a point":     strings.Replace(small, `"version": 1`, `"version": 1.0`, 1),
		"a leap second":              strings.Replace(small, "2026-11-01T08:00:00Z", "2016-12-31T23:59:60Z", 1),
		"deeper than the limit":      strings.Replace(small, "1.50", strings.Repeat("[", 70)+strings.Repeat("]", 70), 1),
		"a string beyond the limit":  strings.Replace(small, "1.50", strconv.Quote(strings.Repeat("x", 300_000)), 1),
		"as it is (takes no notice)": small,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: the schema refuses: %v", name, err)
		}
		_, err = snapshot.Read("x.json", strings.NewReader(text), nil)
		if refused := err != nil; refused != (text != small) {
			t.Errorf("%s: the reader says %v", name, err)
		}
	}
}
