package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// root is the repository's, seen from this package.
var root = filepath.Join("..", "..")

// node is a decoded YAML mapping.
type node = map[string]any

// integration is a file that some build system reads.
type integration struct {
	// path is below the root, with forward slashes.
	path      string
	text      string
	documents []node
}

// integrations reads every YAML file that build systems read. A mapping that has
// a key twice is refused by the decoder.
func integrations(t *testing.T) map[string]integration {
	t.Helper()
	files := map[string]integration{}
	add := func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		file := integration{path: filepath.ToSlash(name), text: string(data)}
		decoder := yaml.NewDecoder(strings.NewReader(file.text))
		for {
			var document node
			if err := decoder.Decode(&document); err != nil {
				if err.Error() != "EOF" {
					t.Fatalf("%s: %v", file.path, err)
				}
				break
			}
			file.documents = append(file.documents, document)
		}
		if len(file.documents) == 0 {
			t.Fatalf("%s is empty", file.path)
		}
		files[file.path] = file
	}
	err := filepath.WalkDir(filepath.Join(root, ".github"), func(path string, entry fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".yml" || ext == ".yaml") {
			add(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	add(filepath.Join(root, ".goreleaser.yaml"))
	return files
}

func TestIntegrationsAreAllThere(t *testing.T) {
	want := []string{
		".github/actions/drift/action.yml",
		".github/actions/postern/action.yml",
		".github/dependabot.yml",
		".github/examples/azure/azure-pipelines.yml",
		".github/examples/github/check.yml",
		".github/examples/github/posture.yml",
		".github/examples/gitlab/.gitlab-ci.yml",
		".github/examples/kubernetes/cronjob.yaml",
		".github/workflows/ci.yml",
		".github/workflows/posture.yml",
		".github/workflows/release.yml",
		".goreleaser.yaml",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(integrations(t)))); diff != "" {
		t.Errorf("files (-want +got); a new one wants tests of its own:\n%s", diff)
	}
	readme := readFile(t, pipelines)
	for _, path := range want[:8] {
		if path == ".github/dependabot.yml" {
			continue // nobody uses it elsewhere
		}
		if link := "](../../" + path + ")"; !strings.Contains(readme, link) && !strings.Contains(readme, "](../../"+filepath.ToSlash(filepath.Dir(path))+")") {
			t.Errorf("%s has no link to %s", pipelines, path)
		}
	}
}

// pipelines is the page that shows each integration.
const pipelines = "cmd/postern/pipelines.md"

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// script is a piece of shell in one of the files.
type script struct{ file, name, text string }

// shellKeys are the keys under which the build systems keep shell.
var shellKeys = []string{"run", "script", "inlineScript", "bash", "before_script", "after_script"}

// scripts collects the shell in all files, and the shell files beside them.
func scripts(t *testing.T) []script {
	t.Helper()
	var list []script
	for _, file := range integrations(t) {
		for _, document := range file.documents {
			walk(document, "", func(path, key string, value any) {
				if !slices.Contains(shellKeys, key) {
					return
				}
				switch v := value.(type) {
				case string:
					list = append(list, script{file.path, path, v})
				case []any:
					var lines []string
					for _, line := range v {
						lines = append(lines, fmt.Sprint(line))
					}
					list = append(list, script{file.path, path, strings.Join(lines, "\n")})
				}
			})
		}
	}
	shell, err := filepath.Glob(filepath.Join(root, ".github", "actions", "*", "*.sh"))
	if err != nil || len(shell) == 0 {
		t.Fatalf("%d scripts of actions: %v", len(shell), err)
	}
	for _, path := range shell {
		name := ".github/actions/" + filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path)
		list = append(list, script{name, name, readFile(t, name)})
	}
	if len(list) < 15 {
		t.Fatalf("only %d scripts were found", len(list))
	}
	return list
}

// walk visits every key of every mapping.
func walk(value any, path string, visit func(path, key string, value any)) {
	switch v := value.(type) {
	case node:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			visit(path+"."+key, key, v[key])
			walk(v[key], path+"."+key, visit)
		}
	case []any:
		for i, item := range v {
			walk(item, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

// macro is what Azure Pipelines puts into a script before the shell sees it.
var macro = regexp.MustCompile(`\$\([A-Za-z]+\.[A-Za-z.]+\)`)

// TestNothingIsPutIntoScripts: whatever a build system puts into a script becomes
// a part of the command. Values come by the environment.
func TestNothingIsPutIntoScripts(t *testing.T) {
	for _, s := range scripts(t) {
		if strings.Contains(s.text, "${{") {
			t.Errorf("%s: %s has an expression in a script", s.file, s.name)
		}
		if found := macro.FindString(s.text); found != "" {
			t.Errorf("%s: %s has the macro %s in a script", s.file, s.name, found)
		}
	}
}

// foreign are the contexts that somebody without write access can fill.
var foreign = regexp.MustCompile(`github\.(head_ref|event\.[a-z_.]+)`)

func TestNoForeignTextIsRead(t *testing.T) {
	for _, file := range integrations(t) {
		for _, found := range foreign.FindAllString(file.text, -1) {
			if found != "github.event.repository.visibility" {
				t.Errorf("%s reads %s", file.path, found)
			}
		}
	}
}

var (
	usesLine = regexp.MustCompile(`(?m)^ *(?:- )?uses: (.*)$`)
	pinned   = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$`)
	// own is this project itself: an example names its newest, a local path is
	// what was checked out.
	own = regexp.MustCompile(`^(\./\.postern/\.github/actions/[a-z]+|seed-07732396/postern/\.github/[\w./-]+@main)$`)
)

// TestActionsArePinned: a tag can be moved to other code, a commit cannot.
func TestActionsArePinned(t *testing.T) {
	seen := map[string]string{}
	for _, file := range integrations(t) {
		for _, match := range usesLine.FindAllStringSubmatch(file.text, -1) {
			if own.MatchString(match[1]) {
				continue
			}
			if !pinned.MatchString(match[1]) {
				t.Errorf("%s: %q is not pinned to a commit with its version behind it", file.path, match[1])
				continue
			}
			name, ref, _ := strings.Cut(match[1], "@")
			if seen[name] != "" && seen[name] != ref {
				t.Errorf("%s is used as %s and as %s", name, seen[name], ref)
			}
			seen[name] = ref
		}
	}
	if len(seen) < 6 {
		t.Errorf("only %d actions were seen", len(seen))
	}
}

// TestPermissions: each job has what it needs and nothing else.
func TestPermissions(t *testing.T) {
	posture := node{"contents": "write", "id-token": "write", "issues": "write", "security-events": "write"}
	want := map[string]node{
		".github/workflows/ci.yml":            {"contents": "read"},
		".github/workflows/posture.yml":       posture,
		".github/workflows/release.yml":       {"contents": "write", "packages": "write", "id-token": "write"},
		".github/examples/github/posture.yml": posture,
		".github/examples/github/check.yml":   {"contents": "read", "security-events": "write"},
	}
	files := integrations(t)
	for path, permissions := range want {
		document := files[path].documents[0]
		if top, ok := document["permissions"].(node); !ok || len(top) != 0 {
			t.Errorf("%s: the permissions outside its jobs are %v, not {}", path, document["permissions"])
		}
		jobs, _ := document["jobs"].(node)
		if len(jobs) == 0 {
			t.Errorf("%s has no job", path)
		}
		for name, job := range jobs {
			if diff := cmp.Diff(permissions, job.(node)["permissions"]); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", path, name, diff)
			}
		}
	}
}

// TestInputsExist: what the examples, the README and the workflow hand to the
// action and to the workflow are inputs that these have, and none is missing that
// is required.
func TestInputsExist(t *testing.T) {
	files := integrations(t)
	declared := map[string]node{}
	for _, name := range []string{"postern", "drift"} {
		inputs, _ := files[".github/actions/"+name+"/action.yml"].documents[0]["inputs"].(node)
		declared[".github/actions/"+name] = inputs
	}
	call, _ := files[".github/workflows/posture.yml"].documents[0]["on"].(node)["workflow_call"].(node)
	declared[".github/workflows/posture.yml"], _ = call["inputs"].(node)

	for _, page := range []string{"README.md", pipelines} {
		shown := integration{path: page}
		for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, page), -1) {
			var document any
			if err := yaml.Unmarshal([]byte(block[1]), &document); err != nil {
				t.Fatalf("%s: %v in\n%s", page, err, block[1])
			}
			shown.documents = append(shown.documents, node{"block": document})
		}
		files[page] = shown
	}
	calls := 0
	for _, file := range files {
		for _, document := range file.documents {
			walk(document, "", func(path, key string, value any) {
				step, ok := value.(node)
				if !ok {
					step = node{}
				}
				for _, item := range append([]any{step}, asList(value)...) {
					calls += handsOver(t, file.path, item, declared)
				}
			})
		}
	}
	if calls < 5 {
		t.Errorf("only %d calls were seen", calls)
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

// handsOver checks one step or job, and counts it if it calls what is ours.
func handsOver(t *testing.T, file string, item any, declared map[string]node) int {
	t.Helper()
	step, _ := item.(node)
	uses, _ := step["uses"].(string)
	name, _, _ := strings.Cut(uses, "@")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "./.postern/"), "seed-07732396/postern/")
	inputs, ok := declared[name]
	if !ok {
		return 0
	}
	with, _ := step["with"].(node)
	for key := range with {
		if inputs[key] == nil {
			t.Errorf("%s: %s has no input %q", file, name, key)
		}
	}
	for key, input := range inputs {
		if required, _ := input.(node)["required"].(bool); required && with[key] == nil {
			t.Errorf("%s: %s wants the input %q", file, name, key)
		}
	}
	return 1
}

// goBuild is the command that makes the binary of the image.
var goBuild = regexp.MustCompile(`(?m)^RUN (CGO_ENABLED=0 .*go build .*)$`)

// TestImagesHoldNothingElse reads both Dockerfiles.
func TestImagesHoldNothingElse(t *testing.T) {
	for _, name := range []string{".github/docker/Dockerfile", ".github/docker/release.Dockerfile"} {
		text := readFile(t, name)
		stages := regexp.MustCompile(`(?m)^FROM (.*)$`).FindAllStringSubmatch(text, -1)
		last := stages[len(stages)-1][1]
		if last != "gcr.io/distroless/static-debian12:nonroot" {
			t.Errorf("%s: the image is made of %s", name, last)
		}
		for _, stage := range stages {
			if !regexp.MustCompile(`:[\w.-]+( |$)`).MatchString(stage[1]) || strings.Contains(stage[1], ":latest") {
				t.Errorf("%s: %q names no version", name, stage[1])
			}
		}
		for _, line := range []string{"\nUSER 65532:65532\n", "\nENTRYPOINT [\"/usr/local/bin/postern\"]\n"} {
			if !strings.Contains(text, line) {
				t.Errorf("%s lacks %q", name, strings.TrimSpace(line))
			}
		}
	}
	build := goBuild.FindStringSubmatch(readFile(t, ".github/docker/Dockerfile"))
	if build == nil {
		t.Fatal("the Dockerfile builds nothing")
	}
	for _, flag := range []string{"-trimpath", "-buildvcs=false", "-buildid="} {
		if !strings.Contains(build[1], flag) {
			t.Errorf("the image is not built with %s", flag)
		}
	}
	if !strings.Contains(readFile(t, "go.mod"), "\ngo "+regexp.MustCompile(`golang:([0-9.]+)`).FindStringSubmatch(readFile(t, ".github/docker/Dockerfile"))[1]) {
		t.Error("the image is built with another version of Go than go.mod names")
	}
}

// TestReleaseBuildsWhatCIBuilds: every system and every processor that is released
// was built before, with the same flags as the image, and the files are there.
func TestReleaseBuildsWhatCIBuilds(t *testing.T) {
	document := integrations(t)[".goreleaser.yaml"].documents[0]
	build := document["builds"].([]any)[0].(node)
	match := regexp.MustCompile(`(?m)^for target in (.*); do$`).FindStringSubmatch(readFile(t, ".ci/run"))
	if match == nil {
		t.Fatal(".ci/run names no systems")
	}
	built := "linux_amd64" // what the tests themselves run on
	for _, target := range strings.Fields(match[1]) {
		built += " " + strings.ReplaceAll(target, "/", "_")
	}
	var got []string
	for _, target := range build["targets"].([]any) {
		got = append(got, target.(string))
	}
	parts := strings.FieldsFunc(built, func(r rune) bool { return r == '_' || r == ' ' })
	for _, part := range strings.Split(strings.Join(got, "_"), "_") {
		if !slices.Contains(parts, part) {
			t.Errorf("%s is released, and CI builds only %s", part, built)
		}
	}
	for _, target := range strings.Fields(built) {
		if !slices.Contains(got, target) {
			t.Errorf("CI builds %s, which is not released", target)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d systems", len(got))
	}

	image := goBuild.FindStringSubmatch(readFile(t, ".github/docker/Dockerfile"))[1]
	for _, list := range []string{"flags", "ldflags"} {
		for _, flags := range build[list].([]any) {
			if released := strings.ReplaceAll(flags.(string), "v{{ .Version }}", "$VERSION"); !strings.Contains(image, released) {
				t.Errorf("the release is built with %q, the image is not: %s", flags, image)
			}
		}
	}

	named := []string{document["dockers_v2"].([]any)[0].(node)["dockerfile"].(string)}
	for _, file := range document["archives"].([]any)[0].(node)["files"].([]any) {
		named = append(named, file.(node)["src"].(string))
	}
	for _, name := range named {
		readFile(t, name)
	}
	if len(named) != 3 {
		t.Errorf("the archives hold %v", named[1:])
	}
}

// TestKubernetesIsConfined reads the CronJob as an admission controller would.
func TestKubernetesIsConfined(t *testing.T) {
	var job node
	for _, document := range integrations(t)[".github/examples/kubernetes/cronjob.yaml"].documents {
		if document["kind"] == "CronJob" {
			job = document
		}
	}
	get := func(value any, path ...string) any {
		for _, key := range path {
			mapping, _ := value.(node)
			value = mapping[key]
		}
		return value
	}
	pod := get(job, "spec", "jobTemplate", "spec", "template", "spec")
	containers := asList(get(pod, "containers"))
	if len(containers) != 1 {
		t.Fatalf("%d containers", len(containers))
	}
	container := containers[0]
	checks := []struct {
		what      string
		want, got any
	}{
		{"overlapping runs", "Forbid", get(job, "spec", "concurrencyPolicy")},
		{"root", true, get(pod, "securityContext", "runAsNonRoot")},
		{"system calls", "RuntimeDefault", get(pod, "securityContext", "seccompProfile", "type")},
		{"files that each mount opens to a group", "OnRootMismatch", get(pod, "securityContext", "fsGroupChangePolicy")},
		{"the cluster's own token", false, get(pod, "automountServiceAccountToken")},
		{"a writable root", true, get(container, "securityContext", "readOnlyRootFilesystem")},
		{"more rights", false, get(container, "securityContext", "allowPrivilegeEscalation")},
		{"capabilities", []any{"ALL"}, get(container, "securityContext", "capabilities", "drop")},
	}
	for _, check := range checks {
		if diff := cmp.Diff(check.want, check.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", check.what, diff)
		}
	}
	for _, variable := range asList(get(container, "env")) {
		name, _ := variable.(node)["name"].(string)
		if strings.Contains(name, "SECRET") || strings.HasSuffix(name, "TOKEN") || strings.HasSuffix(name, "SSWS") {
			t.Errorf("%s is a secret in the environment, not in a file", name)
		}
	}
	var args []string
	for _, arg := range asList(get(container, "args")) {
		args = append(args, arg.(string))
	}
	understood(t, args)
	// The configuration in it is one that Postern reads, and names the tenant.
	for _, document := range integrations(t)[".github/examples/kubernetes/cronjob.yaml"].documents {
		if document["kind"] != "ConfigMap" {
			continue
		}
		path := filepath.Join(t.TempDir(), "postern.yaml")
		if err := os.WriteFile(path, []byte(get(document, "data", "postern.yaml").(string)), 0o600); err != nil {
			t.Fatal(err)
		}
		settings, err := loadConfig(path)
		if err != nil {
			t.Fatal(err)
		}
		if where, err := (&targetFlags{tenant: "acme"}).resolve(settings); err != nil || where.Auth != "workload" {
			t.Errorf("the tenant is %+v: %v", where, err)
		}
		return
	}
	t.Error("there is no ConfigMap")
}

// understood fails the test if Postern does not take the command line.
func understood(t *testing.T, args []string) {
	t.Helper()
	tree := newRoot(&app{streams: streams{getenv: func(string) string { return "" }}})
	command, rest, err := tree.Find(args)
	if err != nil || command == tree {
		t.Errorf("postern %q is no command: %v", args, err)
		return
	}
	if err := command.ParseFlags(rest); err != nil {
		t.Errorf("postern %q: %v", args, err)
		return
	}
	if err := command.ValidateArgs(command.Flags().Args()); err != nil {
		t.Errorf("postern %q: %v", args, err)
	}
	if formats, err := command.Flags().GetStringArray("format"); err == nil {
		if _, err := parseOutputs(formats, ""); err != nil {
			t.Errorf("postern %q: %v", args, err)
		}
	}
}

// TestShownPipelinesCallWhatThereIs reads the shell in the pipelines that are shown.
func TestShownPipelinesCallWhatThereIs(t *testing.T) {
	called := 0
	for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, pipelines), -1) {
		var document any
		if err := yaml.Unmarshal([]byte(block[1]), &document); err != nil {
			t.Fatal(err)
		}
		walk(document, "", func(path, key string, value any) {
			if !slices.Contains(shellKeys, key) {
				return
			}
			text := fmt.Sprint(value)
			if list := asList(value); list != nil {
				var lines []string
				for _, line := range list {
					lines = append(lines, fmt.Sprint(line))
				}
				text = strings.Join(lines, "\n")
			}
			for line := range strings.Lines(text) {
				words := strings.Fields(line)
				if len(words) > 0 && words[0] == "postern" {
					called++
					understood(t, words[1:])
				}
			}
		})
	}
	if called < 2 {
		t.Errorf("only %d calls were found", called)
	}
}
