package policies_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
)

// products are names that are the same in all languages.
var products = []string{"Exchange ActiveSync", "Outlook for iOS and Android", "Windows 10 Mail", "SMTP AUTH", "Microsoft Graph"}

// TestArgumentsAreNotEnglish holds the arguments of sentences to what needs no
// translation: what the tenant wrote, and words that the control declares. A text
// with a space in it that stands in the Rego is English that no language can change.
func TestArgumentsAreNotEnglish(t *testing.T) {
	english := phrases(t)
	seen := 0
	look := func(c *finding.Control, where string, args any) {
		for _, text := range texts(args) {
			seen++
			if name, marked := strings.CutPrefix(text, finding.WordPrefix); marked {
				if c.Words[name] == "" {
					t.Errorf("%s %s: %q is no word of the control", c.ID, where, text)
				}
			}
			if slices.Contains(english, text) && !slices.Contains(products, text) {
				t.Errorf("%s %s: the argument %q is English made in Rego: use a word", c.ID, where, text)
			}
		}
	}
	tests := newRegoTests(t)
	controls := load(t).Controls()
	for i := range controls {
		c := &controls[i]
		for _, document := range append(tests.exports(t, c).Patched, tests.exports(t, c).Good) {
			query := fmt.Sprintf(`[entry |
				some rule in ["violations", "unknown", "notes", "not_applicable"]
				some entry in data.controls.%s.%s[rule]]`, c.Area, c.Slug)
			var entries []struct{ Args any }
			tests.eval(t, query, document, &entries)
			for _, entry := range entries {
				look(c, "of a test", entry.Args)
			}
		}
	}
	made := seen
	for _, report := range tenantReports(t) {
		for _, result := range report.Results {
			i := slices.IndexFunc(controls, func(c finding.Control) bool { return c.ID == result.Control })
			if i < 0 {
				t.Fatalf("no control has the id %q", result.Control)
			}
			for _, list := range [][]struct{ Args any }{result.Violations, result.Unknowns, result.NotApplicable, result.Notes} {
				for _, entry := range list {
					look(&controls[i], "of a tenant", entry.Args)
				}
			}
		}
	}
	if made < 100 || seen-made < 100 || len(english) < 5 {
		t.Fatalf("saw only %d arguments, %d of them of tenants, and %d phrases", seen, seen-made, len(english))
	}
}

// TestEntriesAboutOneThingSayWhere holds every entry that names a domain, a policy, a
// rule or an app to point at it, be it a violation, a doubt or a note: members of a
// population apart, which the engine points at.
func TestEntriesAboutOneThingSayWhere(t *testing.T) {
	tests := newRegoTests(t)
	seen := 0
	for _, c := range load(t).Controls() {
		for _, document := range append(tests.exports(t, &c).Patched, tests.exports(t, &c).Good) {
			query := fmt.Sprintf(`{entry |
				some rule in ["violations", "unknown", "notes"]
				some entry in data.controls.%s.%s[rule]
				every member in ["mailbox", "sign_in", "okta_request"] { object.get(entry, member, -1) == -1 }
				some name in ["domain", "policy", "rule", "app"]
				is_string(entry.args[name])}`, c.Area, c.Slug)
			var entries []struct {
				Key      string
				Resource *struct{ Kind string }
				At       []any
			}
			tests.eval(t, query, document, &entries)
			for _, entry := range entries {
				seen++
				if entry.Resource == nil || entry.Resource.Kind == "" || len(entry.At) == 0 {
					t.Errorf("%s: %q names something and does not say where it is", c.ID, entry.Key)
				}
			}
		}
	}
	if seen < 100 {
		t.Fatalf("saw only %d entries", seen)
	}
}

// phrases are the texts with a space in the controls' and libraries' Rego.
func phrases(t *testing.T) []string {
	var list []string
	for file, module := range regoModules(t) {
		if isTest(file) {
			continue
		}
		ast.WalkTerms(module, func(term *ast.Term) bool {
			if text, ok := term.Value.(ast.String); ok && strings.Contains(string(text), " ") {
				list = append(list, string(text))
			}
			return false
		})
	}
	return list
}

// texts are the strings of an argument or of a list of them.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			list = append(list, texts(item)...)
		}
		return list
	case map[string]any:
		var list []string
		for _, item := range v {
			list = append(list, texts(item)...)
		}
		return list
	}
	return nil
}

// tenantReport is what the tenants' findings say, as far as is looked at here.
type tenantReport struct {
	Results []struct {
		Control       string
		Violations    []struct{ Args any }
		Unknowns      []struct{ Args any }
		NotApplicable []struct{ Args any } `json:"not_applicable"`
		Notes         []struct{ Args any }
	}
}

// tenantReports are the findings about the imaginary organisations.
func tenantReports(t *testing.T) []tenantReport {
	t.Helper()
	files, err := filepath.Glob("../testdata/tenants/*/findings.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no findings of tenants: %v", err)
	}
	var list []tenantReport
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r tenantReport
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		list = append(list, r)
	}
	return list
}
