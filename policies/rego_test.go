package policies_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies"
)

// regoFiles gives the text of every Rego file, tests included, by its path.
func regoFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(policies.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".rego") {
			return err
		}
		files[name], err = fs.ReadFile(policies.FS(), name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 4 {
		t.Fatalf("saw only %d Rego files", len(files))
	}
	return files
}

// regoModules parses every Rego file, tests included.
func regoModules(t *testing.T) map[string]*ast.Module {
	t.Helper()
	modules := map[string]*ast.Module{}
	for name, text := range regoFiles(t) {
		module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		modules[name] = module
	}
	return modules
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.rego") }

// TestRego runs every Rego test, and holds every control and library to full
// coverage by them.
func TestRego(t *testing.T) {
	modules := regoModules(t)
	coverage := cover.New()
	runner := tester.NewRunner().
		SetModules(modules).
		SetCompiler(ast.NewCompiler().WithStrict(true).WithCapabilities(ast.CapabilitiesForThisVersion())).
		RaiseBuiltinErrors(true).
		CapturePrintOutput(false).
		SetCoverageRuns(nil).
		SetCoverageQueryTracer(coverage)
	results, err := runner.RunTests(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for result := range results {
		ran[result.Location.File]++
		t.Run(strings.TrimPrefix(result.Package, "data.")+"."+result.Name, func(t *testing.T) {
			switch {
			case result.Error != nil:
				t.Errorf("%s: %v", result.Location, result.Error)
			case result.Fail && result.FailedAt != nil:
				t.Errorf("%s: failed at %s", result.Location, result.FailedAt.Location)
			case !result.Pass():
				t.Errorf("%s: failed", result.Location)
			}
		})
	}
	report := coverage.Report(modules)
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		if isTest(file) {
			if ran[file] == 0 {
				t.Errorf("%s holds no test", file)
			}
			continue
		}
		t.Run("coverage/"+file, func(t *testing.T) {
			seen := report.Files[file]
			if seen == nil || seen.CoveredLines == 0 {
				t.Fatal("no test runs a line of it")
			}
			for _, missed := range seen.NotCovered {
				t.Errorf("%s:%d: no test runs this line", file, missed.Start.Row)
			}
		})
	}
}

// TestSystemMailboxes holds the library to the list that the rest goes by.
func TestSystemMailboxes(t *testing.T) {
	var inRego []string
	newRegoTests(t).eval(t, `[kind | some kind in data.lib.mailboxes._system]`, nil, &inRego)
	if want := slices.Sorted(slices.Values(snapshot.SystemMailboxKinds())); !slices.Equal(slices.Sorted(slices.Values(inRego)), want) {
		t.Errorf("the library has %v, the snapshot %v", inRego, want)
	}
}

func TestRegoIsFormatted(t *testing.T) {
	for file, text := range regoFiles(t) {
		formatted, err := format.SourceWithOpts(file, text, format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if !bytes.Equal(text, formatted) {
			t.Errorf("%s is not formatted: run opa fmt -w on it (first difference in line %d)", file, firstDifference(text, formatted))
		}
	}
}

func firstDifference(a, b []byte) int {
	left, right := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(left), len(right)) {
		if !bytes.Equal(left[i], right[i]) {
			return i + 1
		}
	}
	return min(len(left), len(right)) + 1
}

// TestEveryFileHasItsPlace holds the folders to one control each, with its test,
// and the package to the folder.
func TestEveryFileHasItsPlace(t *testing.T) {
	modules := regoModules(t)
	for file, module := range modules {
		name := strings.TrimPrefix(module.Package.Path.String(), "data.")
		if want, err := wantedPackage(file); err != nil {
			t.Errorf("%s: %v", file, err)
		} else if name != want {
			t.Errorf("%s: the package is %s, its place asks for %s", file, name, want)
		}
		other := strings.TrimSuffix(file, "_test.rego") + ".rego"
		if !isTest(file) {
			other = strings.TrimSuffix(file, ".rego") + "_test.rego"
		}
		if modules[other] == nil {
			t.Errorf("%s: there is no %s beside it", file, other)
		}
	}
}

// wantedPackage is the package that a file's place asks for.
func wantedPackage(file string) (string, error) {
	parts := strings.Split(file, "/")
	name, test := strings.CutSuffix(strings.TrimSuffix(parts[len(parts)-1], ".rego"), "_test")
	suffix := ""
	if test {
		suffix = "_test"
	}
	switch {
	case parts[0] == "controls" && len(parts) == 4 && name == parts[2]:
		return strings.Join(parts[:3], ".") + suffix, nil
	case parts[0] == "lib" && len(parts) == 3:
		return strings.Join(parts[:2], ".") + suffix, nil
	}
	return "", fmt.Errorf("a control lies in controls/<area>/<slug>/<slug>.rego, a library in lib/<topic>/<name>.rego")
}

// TestNothingElseLiesAmongThePolicies finds files that belong to no control.
func TestNothingElseLiesAmongThePolicies(t *testing.T) {
	seen := 0
	err := fs.WalkDir(policies.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		seen++
		folder, _, _ := strings.Cut(name, "/")
		rego := strings.HasSuffix(name, ".rego") && (folder == "controls" || folder == "lib")
		yaml := strings.HasSuffix(name, ".yaml") && (folder == "benchmarks" || folder == "translations")
		readme := name == folder+"/README.md"
		if !rego && !yaml && !readme && !isTranslation(name) {
			t.Errorf("%s belongs to no control, no library, no benchmark and no language", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatal("saw no file")
	}
}

// maxLines is how many lines of code a control may have below its metadata.
const maxLines = 60

func TestControlsAreShort(t *testing.T) {
	seen := 0
	for file, text := range regoFiles(t) {
		if isTest(file) || !strings.HasPrefix(file, "controls/") {
			continue
		}
		seen++
		_, code, ok := strings.Cut(string(text), "\npackage ")
		if !ok {
			t.Errorf("%s has no package", file)
			continue
		}
		if n := strings.Count("package "+strings.TrimSpace(code), "\n") + 1; n > maxLines {
			t.Errorf("%s has %d lines below its metadata, at most %d: move some to the library", file, n, maxLines)
		}
	}
	if seen == 0 {
		t.Fatal("saw no control")
	}
}

// TestEveryLibraryRuleIsUsed finds public rules of the library that no control needs:
// none reads them, nor does any rule that a control reads.
func TestEveryLibraryRuleIsUsed(t *testing.T) {
	compiler := ast.NewCompiler()
	modules := map[string]*ast.Module{}
	for file, module := range regoModules(t) {
		if !isTest(file) {
			modules[file] = module
		}
	}
	if compiler.Compile(modules); compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	used := map[*ast.Rule]bool{}
	var use func(*ast.Rule)
	use = func(r *ast.Rule) {
		if used[r] {
			return
		}
		used[r] = true
		for next := range compiler.Graph.Dependencies(r) {
			use(next.(*ast.Rule))
		}
	}
	for file, module := range compiler.Modules {
		if strings.HasPrefix(file, "controls/") {
			for _, rule := range module.Rules {
				use(rule)
			}
		}
	}
	seen := 0
	for file, module := range compiler.Modules {
		if !strings.HasPrefix(file, "lib/") {
			continue
		}
		for _, rule := range module.Rules {
			seen++
			if !used[rule] {
				t.Errorf("%s: no control needs %s", rule.Location, rule.Head.Ref())
			}
		}
	}
	if seen < 100 {
		t.Fatalf("saw only %d rules", seen)
	}
}
