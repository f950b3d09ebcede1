package entratest_test

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/collectors/entra/entratest"
)

// officialSchemas names the environment variable with the folder of official
// schemas; graph.schema.json in it is made from the service's own metadata.
// Without it the test is skipped.
const officialSchemas = "POSTERN_SCHEMAS"

// unlisted are members that live answers have and the metadata does not list.
var unlisted = []string{"partialEnablementStrategy"}

// typesOf says which type of Graph's each path answers with.
var typesOf = map[string]string{
	"/v1.0/domains":                                 "domain",
	"/v1.0/organization":                            "organization",
	"/v1.0/identity/conditionalAccess/policies":     "conditionalAccessPolicy",
	"/v1.0/policies/authenticationStrengthPolicies": "authenticationStrengthPolicy",
	"/v1.0/policies/tokenLifetimePolicies":          "tokenLifetimePolicy",
	"/v1.0/directory/onPremisesSynchronization":     "onPremisesDirectorySynchronization",
	"/v1.0/auditLogs/signIns":                       "signIn",
}

// The answers of the imaginary tenants are what the service's metadata allows.
func TestAnswersFitTheService(t *testing.T) {
	folder := os.Getenv(officialSchemas)
	if folder == "" {
		t.Skip(officialSchemas + " is not set")
	}
	compiler := jsonschema.NewCompiler()
	location, err := filepath.Abs(filepath.Join(folder, "graph.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	checked := make(map[string]int)
	for _, folder := range tenantFolders(t) {
		tenant, err := entratest.Load(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		s := entratest.Start(tenant, entratest.Options{})
		token := s.Token()
		for path, kind := range typesOf {
			schema, err := compiler.Compile("file://" + (&url.URL{Path: location}).EscapedPath() + "#/$defs/microsoft.graph." + kind)
			if err != nil {
				t.Fatal(err)
			}
			got := ask(t, s.URL+path, token)
			if got.status != 200 {
				continue // denied, or not licensed: an answer as well
			}
			list, err := jsonschema.UnmarshalJSON(bytes.NewReader(got.body["value"]))
			if err != nil {
				t.Fatal(err)
			}
			for _, object := range list.([]any) {
				checked[path]++
				for _, name := range unlisted {
					delete(object.(map[string]any), name)
				}
				if err := schema.Validate(object); err != nil {
					t.Errorf("%s: %s: %v", filepath.Base(folder), path, firstLines(err.Error(), 8))
				}
			}
		}
		s.Close()
	}
	if checked["/v1.0/domains"] == 0 || checked["/v1.0/identity/conditionalAccess/policies"] == 0 {
		t.Errorf("almost nothing was checked: %v", checked)
	}
	t.Logf("checked %v", checked)
}

func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
