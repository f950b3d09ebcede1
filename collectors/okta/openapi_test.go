package okta_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/collectors/okta/oktatest"
)

// private are paths that Okta does not describe: the admin console's own.
var private = map[string]bool{
	"/api/internal/org/settings/security-notification-settings": true,
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// TestRequestsAreInOktasDescription holds every request to the OpenAPI description
// that Okta publishes. The description is not ours to keep: POSTERN_OKTA_OPENAPI
// names the file (management-minimal.yaml or the like), and without it the test
// is left out.
func TestRequestsAreInOktasDescription(t *testing.T) {
	name := os.Getenv("POSTERN_OKTA_OPENAPI")
	if name == "" {
		t.Skip("POSTERN_OKTA_OPENAPI names no OpenAPI description of Okta")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var description struct {
		Paths map[string]map[string]yaml.Node `yaml:"paths"`
	}
	if err := yaml.Unmarshal(data, &description); err != nil {
		t.Fatal(err)
	}
	if len(description.Paths) < 100 {
		t.Fatalf("%s describes %d paths: that is not Okta's API", name, len(description.Paths))
	}
	var known []*regexp.Regexp
	for path, operations := range description.Paths {
		if _, ok := operations["get"]; ok {
			quoted := regexp.QuoteMeta(pathParameter.ReplaceAllString(path, "\x00"))
			known = append(known, regexp.MustCompile("^"+strings.ReplaceAll(quoted, "\x00", "[^/]+")+"$"))
		}
	}
	c := collect(t, setup{options: oktatest.Options{MaxPage: 1}})
	checked := 0
	for _, request := range c.server.Requests() {
		if private[request.Path] {
			continue
		}
		checked++
		if !describes(known, request.Path) {
			t.Errorf("GET %s is not in the description", request.Path)
		}
		if query, err := url.ParseQuery(request.Query); err != nil || len(query) > 6 {
			t.Errorf("the query of %s reads %s", request.Path, request.Query)
		}
		if request.Status != http.StatusOK && request.Status != http.StatusNotFound {
			t.Errorf("%s answered %d", request.Path, request.Status)
		}
	}
	if checked < 15 {
		t.Errorf("only %d requests were looked at", checked)
	}
}

func describes(known []*regexp.Regexp, path string) bool {
	for _, pattern := range known {
		if pattern.MatchString(path) {
			return true
		}
	}
	return false
}
