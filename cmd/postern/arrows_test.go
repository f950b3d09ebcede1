package main

import (
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/seed-07732396/postern"

// arrows says which packages of ours a package may import. A pattern ends in
// /... for a folder and all below it; the first line that matches a package
// decides.
var arrows = []struct {
	pkg string
	may []string
}{
	{"collectors/snapshot", nil},
	{"collectors/internal/transport/...", []string{"collectors/internal/transport/..."}},
	{"collectors/entra/entratest", nil},
	{"collectors/exchange/exchangetest", nil},
	{"collectors/okta/oktatest", nil},
	{"collectors", []string{"collectors/snapshot"}},
	{"collectors/entra/...", collectorMay("entra")},
	{"collectors/exchange/...", collectorMay("exchange")},
	{"collectors/okta/...", collectorMay("okta")},
	{"collectors/credential", []string{"collectors"}},
	{"collectors/imports/...", []string{"collectors/snapshot", "collectors", "collectors/internal/transport/...", "collectors/imports/..."}},
	{"policies/finding", nil},
	{"policies", nil},
	{"policies/translation", []string{"policies/finding"}},
	{"policies/population", []string{"collectors/snapshot"}},
	{"policies/attestation", []string{"collectors/snapshot"}},
	{"policies/access", []string{"collectors/snapshot", "policies/population", "policies/finding"}},
	{"policies/engine", []string{"collectors/snapshot", "policies/population", "policies/finding"}},
	{"policies/phrase", []string{"policies/finding"}},
	{"policies/waiver", builtOn()},
	{"policies/drift", builtOn()},
	{"policies/impact", builtOn()},
	// A plan rests on who is in use.
	{"policies/plan", append(builtOn(), "policies/impact")},
	// What impact and plan find is presented where all presentation is.
	{"reports/usage", []string{"policies/finding", "policies/phrase", "policies/impact", "reports/..."}},
	{"reports/changes", []string{"policies/finding", "policies/phrase", "policies/drift", "reports/..."}},
	{"reports/runbook", []string{"policies/finding", "policies/phrase", "policies/plan", "reports/..."}},
	{"reports/...", []string{"policies/finding", "reports/..."}},
	{"testdata", nil},
	{"cmd/...", []string{"..."}},
}

func collectorMay(name string) []string {
	return []string{"collectors/snapshot", "collectors", "collectors/internal/transport/...", "collectors/" + name + "/..."}
}

func builtOn() []string {
	return []string{"collectors/snapshot", "policies/population", "policies/access", "policies/finding", "policies/phrase"}
}

// heavy lists what only some packages may pull in, however indirectly.
var heavy = []struct {
	dependency string
	only       []string
}{
	{"github.com/open-policy-agent/opa/", []string{"policies/engine", "policies", "cmd/..."}},
	{"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors", []string{"collectors/entra/...", "cmd/..."}},
	{"github.com/Azure/azure-sdk-for-go/", []string{"collectors/credential", "collectors/entra/...", "cmd/..."}},
	{"github.com/owenrumney/go-sarif/", []string{"reports", "reports/sarif", "cmd/..."}},
}

// banned are packages that nothing may pull in: the Graph SDK's models take
// minutes and gigabytes to compile.
var banned = []string{
	"github.com/microsoftgraph/msgraph-sdk-go",
	"github.com/microsoftgraph/msgraph-sdk-go/models",
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	seen := 0
	for _, line := range goList(t, "{{.ImportPath}} {{join .Imports \" \"}}") {
		names := strings.Fields(line)
		pkg := ours(names[0])
		seen++
		may, ok := allowed(pkg)
		if !ok {
			t.Errorf("%s is in no line of the table: say what it may import", pkg)
			continue
		}
		for _, imported := range names[1:] {
			if !strings.HasPrefix(imported, module+"/") {
				continue
			}
			if !matchAny(may, ours(imported)) {
				t.Errorf("%s must not import %s", pkg, ours(imported))
			}
		}
	}
	if seen < 8 {
		t.Fatalf("only %d packages were looked at", seen)
	}
}

func TestHeavyDependenciesStayWhereTheyBelong(t *testing.T) {
	seen := 0
	for _, line := range goList(t, "{{.ImportPath}} {{join .Deps \" \"}}") {
		names := strings.Fields(line)
		pkg := ours(names[0])
		seen++
		for _, dependency := range names[1:] {
			for _, name := range banned {
				if dependency == name {
					t.Errorf("%s pulls in %s", pkg, dependency)
				}
			}
			for _, rule := range heavy {
				if strings.HasPrefix(dependency, rule.dependency) && !matchAny(rule.only, pkg) {
					t.Errorf("%s pulls in %s", pkg, dependency)
				}
			}
		}
	}
	if seen < 8 {
		t.Fatalf("only %d packages were looked at", seen)
	}
}

// goList runs go list over the module, testdata included, which ./... skips.
func goList(t *testing.T, format string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", format, module+"/...", module+"/testdata")
	cmd.Dir = path.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func ours(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

func allowed(pkg string) ([]string, bool) {
	for _, arrow := range arrows {
		if match(arrow.pkg, pkg) {
			return arrow.may, true
		}
	}
	return nil, false
}

func matchAny(patterns []string, pkg string) bool {
	for _, pattern := range patterns {
		if match(pattern, pkg) {
			return true
		}
	}
	return false
}

func match(pattern, pkg string) bool {
	if pattern == "..." {
		return true
	}
	if folder, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == folder || strings.HasPrefix(pkg, folder+"/")
	}
	return pattern == pkg
}
