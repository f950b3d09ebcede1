package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bash finds the shell that the build systems use.
func bash(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	return path
}

func TestScriptsParse(t *testing.T) {
	shell := bash(t)
	for _, s := range scripts(t) {
		cmd := exec.Command(shell, "-n")
		cmd.Stdin = strings.NewReader(s.text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s: %v\n%s", s.file, s.name, err, out)
		}
	}
}

// job is a stand-in for a runner: a workspace, the files that steps write to, and
// a folder of programs in front of the path.
type job struct {
	t              *testing.T
	workspace, bin string
	env            map[string]string
}

func newJob(t *testing.T) *job {
	t.Helper()
	bash(t)
	temp, action := t.TempDir(), filepath.Join(root, ".github", "actions", "postern")
	action, err := filepath.Abs(action)
	if err != nil {
		t.Fatal(err)
	}
	j := &job{t: t, workspace: t.TempDir(), bin: t.TempDir()}
	j.env = map[string]string{
		"PATH": j.bin + string(filepath.ListSeparator) + os.Getenv("PATH"), "HOME": t.TempDir(), "TMPDIR": temp,
		"RUNNER_TEMP": temp, "GITHUB_ACTION_PATH": action, "STUB_LOG": filepath.Join(temp, "stub.log"),
		"GITHUB_OUTPUT": filepath.Join(temp, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(temp, "summary"), "GITHUB_PATH": filepath.Join(temp, "path"),
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "example/evidence", "GITHUB_RUN_ID": "42",
	}
	return j
}

// program puts a shell script in front of the path.
func (j *job) program(name, text string) {
	j.t.Helper()
	if err := os.WriteFile(filepath.Join(j.bin, name), []byte("#!/usr/bin/env bash\n"+text), 0o755); err != nil {
		j.t.Fatal(err)
	}
}

// stubPostern notes how it is called, writes what it is asked for, and exits with
// STUB_CODE.
const stubPostern = `
printf '%s\0' "$@" '' >>"$STUB_LOG"
next=
for arg in "$@"; do
  case $next in
    --snapshot) echo '{}' >"$arg" ;;
    -f) case $arg in *=*) echo "a report" >"${arg#*=}" ;; esac ;;
  esac
  next=$arg
done
if [ -n "${POSTERN_OKTA_PRIVATE_KEY_FILE:-}" ]; then
  ls -l "$POSTERN_OKTA_PRIVATE_KEY_FILE" >"$STUB_LOG.mode"
  cat "$POSTERN_OKTA_PRIVATE_KEY_FILE" >"$STUB_LOG.key"
fi
echo "stub $AZURE_CLIENT_ID $POSTERN_OKTA_CLIENT_ID"
exit "${STUB_CODE:-0}"
`

// calls are the command lines that the stub was called with. Each must be one
// that Postern takes.
func (j *job) calls() [][]string {
	j.t.Helper()
	list := j.noted()
	for _, args := range list {
		understood(j.t, args)
	}
	return list
}

// noted are the command lines that the stub was called with.
func (j *job) noted() [][]string {
	j.t.Helper()
	data, err := os.ReadFile(j.env["STUB_LOG"])
	if err != nil {
		j.t.Fatal(err)
	}
	var list [][]string
	for _, call := range strings.Split(strings.TrimSuffix(string(data), "\x00\x00"), "\x00\x00") {
		list = append(list, strings.Split(call, "\x00"))
	}
	return list
}

// run runs a piece of shell in the workspace and returns what it printed and its
// exit code.
func (j *job) run(text string, env map[string]string) (string, int) {
	j.t.Helper()
	cmd := exec.Command(bash(j.t), "--noprofile", "--norc", "-eo", "pipefail", "-c", text)
	cmd.Dir = j.workspace
	for _, variables := range []map[string]string{j.env, env} {
		for name, value := range variables {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	out, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		j.t.Fatal(err)
	}
	return string(out), 0
}

// file is what a step wrote to one of the runner's files, "" if nothing.
func (j *job) file(variable string) string {
	data, err := os.ReadFile(j.env[variable])
	if err != nil {
		return ""
	}
	return string(data)
}

// outputs are the outputs of all steps so far, the last of each name.
func (j *job) outputs() map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(j.file("GITHUB_OUTPUT")) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		values[name] = value
	}
	return values
}

// snapshot copies a tenant's snapshot into the workspace.
func (j *job) snapshot(tenant, name string) {
	j.t.Helper()
	data := readFile(j.t, "testdata/tenants/"+tenant+"/snapshot.json")
	if err := os.WriteFile(filepath.Join(j.workspace, name), []byte(data), 0o600); err != nil {
		j.t.Fatal(err)
	}
}

var input = regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`)

// step finds a step of an action, and fills its environment with the inputs that
// are given, or their defaults.
func step(t *testing.T, action, name string, given map[string]string) (text string, env map[string]string) {
	t.Helper()
	document := integrations(t)[".github/actions/"+action+"/action.yml"].documents[0]
	inputs := document["inputs"].(node)
	for key := range given {
		if inputs[key] == nil {
			t.Fatalf("the action has no input %s", key)
		}
	}
	for _, item := range document["runs"].(node)["steps"].([]any) {
		found := item.(node)
		if found["name"] != name {
			continue
		}
		env = map[string]string{}
		variables, _ := found["env"].(node)
		for variable, value := range variables {
			match := input.FindStringSubmatch(value.(string))
			if match == nil {
				continue // from another step: the test sets it
			}
			fallback, _ := inputs[match[1]].(node)["default"].(string)
			env[variable] = fallback
			if value, ok := given[match[1]]; ok {
				env[variable] = value
			}
		}
		return found["run"].(string), env
	}
	t.Fatalf("the action has no step %q", name)
	return "", nil
}

// TestActionJudgesASnapshot runs the action's own step with the real program.
func TestActionJudgesASnapshot(t *testing.T) {
	tests := []struct {
		name, tenant string
		inputs       map[string]string
		code         int
		summary      string
	}{
		{"findings", "half_done", nil, exitFindings, "## Postern: FAIL"},
		{"clean", "spotless", nil, exitClean, "## Postern: PASS"},
		{"a lenient gate", "half_done", map[string]string{"fail-on": "none"}, exitUnknown, "## Postern: FAIL"},
		{"more arguments", "half_done", map[string]string{"arguments": "--only\nFED-001\n\n--max-age\n36500d\r\n"}, exitClean, "## Postern: PASS"},
		{"no annotations", "half_done", map[string]string{"annotations": "false"}, exitFindings, "## Postern: FAIL"},
		{"wrong usage", "half_done", map[string]string{"arguments": "--no-such-flag"}, exitUsage, ""},
		{"no snapshot", "half_done", map[string]string{"snapshot": "missing.json"}, exitFailed, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			j := newJob(t)
			j.snapshot(test.tenant, "snapshot.json")
			inputs := map[string]string{"snapshot": "snapshot.json"}
			for name, value := range test.inputs {
				inputs[name] = value
			}
			text, env := step(t, "postern", "Judge", inputs)
			out, code := j.run(text, env)
			if code != 0 {
				t.Fatalf("the step ended with %d before the reports were kept:\n%s", code, out)
			}
			judged := test.summary != ""
			want := map[string]string{
				"exit-code": strconv.Itoa(test.code), "judged": strconv.FormatBool(judged),
				"snapshot": inputs["snapshot"], "reports": filepath.Join(j.env["RUNNER_TEMP"], "postern-reports"),
			}
			if diff := cmp.Diff(want, j.outputs()); diff != "" {
				t.Fatalf("outputs (-want +got):\n%s\n%s", diff, out)
			}
			if summary := j.file("GITHUB_STEP_SUMMARY"); !strings.HasPrefix(summary, test.summary) || (summary == "") == judged {
				t.Errorf("the summary is %.80q", summary)
			}
			if annotated := strings.Contains(out, "\n::notice title=Postern::"); annotated != (judged && test.inputs["annotations"] != "false") {
				t.Errorf("annotated: %v\n%s", annotated, out)
			}
			if judged {
				var names []string
				entries, err := os.ReadDir(want["reports"])
				if err != nil {
					t.Fatal(err)
				}
				for _, entry := range entries {
					names = append(names, entry.Name())
				}
				kept := []string{"findings.csv", "findings.json", "postern-full.sarif", "postern.html", "postern.sarif", "postern.txt", "postern.xml", "summary.md"}
				if diff := cmp.Diff(kept, names); diff != "" {
					t.Errorf("reports (-want +got):\n%s", diff)
				}
			}
			text, env = step(t, "postern", "Result", nil)
			env["EXIT_CODE"] = j.outputs()["exit-code"]
			if _, code := j.run(text, env); code != test.code {
				t.Errorf("the job ends with %d, Postern with %d", code, test.code)
			}
		})
	}
}

// TestActionScans looks at how the action calls Postern to scan, and at what
// becomes of the private key.
func TestActionScans(t *testing.T) {
	j := newJob(t)
	j.program("postern", stubPostern)
	text, env := step(t, "postern", "Judge", map[string]string{
		"tenant-id": "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10", "client-id": "app", "okta-org": "https://example.okta.com",
		"okta-client-id": "0oa1", "okta-private-key": "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----", "config": "postern.yaml",
	})
	env["STUB_CODE"] = "4"
	out, code := j.run(text, env)
	if code != 0 || j.outputs()["exit-code"] != "4" || j.outputs()["snapshot"] != "posture/snapshot.json" {
		t.Fatalf("exit %d, outputs %v:\n%s", code, j.outputs(), out)
	}
	calls := j.calls()
	want := []string{"scan", "--snapshot", "posture/snapshot.json", "--tenant-id", "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10",
		"--okta-org", "https://example.okta.com", "--config", "postern.yaml", "--fail-on", "low"}
	if len(calls) != 1 || cmp.Diff(want, calls[0][:len(want)]) != "" {
		t.Errorf("called as %q", calls)
	}
	if !strings.Contains(out, "stub app 0oa1") {
		t.Errorf("the clients are not in the environment:\n%s", out)
	}
	mode, err := os.ReadFile(j.env["STUB_LOG"] + ".mode")
	if err != nil || !strings.HasPrefix(string(mode), "-rw-------") {
		t.Errorf("others can read the key: %s %v", mode, err)
	}
	key, err := os.ReadFile(j.env["STUB_LOG"] + ".key")
	if err != nil || string(key) != env["OKTA_PRIVATE_KEY"]+"\n" {
		t.Errorf("the key came as %q: %v", key, err)
	}
	if left, err := filepath.Glob(filepath.Join(j.env["RUNNER_TEMP"], "okta-key*")); err != nil || len(left) > 0 {
		t.Errorf("the key is still at %v", left)
	}
	if strings.Contains(out, "PRIVATE KEY") {
		t.Error("the key is in the log")
	}
}

// TestActionRunsNoInput hands shell to every input.
func TestActionRunsNoInput(t *testing.T) {
	hostile := []string{
		"$(touch owned)", "`touch owned`", `"; touch owned; "`, "'; touch owned; '", "--output=owned", "x\njudged=true\nexit-code=0",
		"a && touch owned", "${IFS}touch${IFS}owned", "::set-output name=a::b",
	}
	names := []string{"snapshot", "tenant-id", "client-id", "okta-org", "okta-client-id", "okta-private-key", "keep-snapshot", "config", "fail-on", "arguments"}
	for _, name := range names {
		for _, text := range hostile {
			j := newJob(t)
			j.program("postern", stubPostern)
			script, env := step(t, "postern", "Judge", map[string]string{name: text})
			env["STUB_CODE"] = "1"
			out, _ := j.run(script, env)
			// What goes onto the command line is one argument, as it is.
			onLine := slices.Contains([]string{"snapshot", "tenant-id", "okta-org", "keep-snapshot", "config", "fail-on"}, name)
			refused := strings.Contains(text, "\n") && strings.HasSuffix(name, "snapshot")
			if onLine && !refused && !slices.Contains(j.noted()[0], text) {
				t.Errorf("%s: %q became %q", name, text, j.noted()[0])
			}
			for _, folder := range []string{j.workspace, j.env["RUNNER_TEMP"]} {
				if _, err := os.Stat(filepath.Join(folder, "owned")); err == nil {
					t.Errorf("%s: %q was run", name, text)
				}
			}
			if outputs := j.outputs(); len(outputs) > 0 && (outputs["judged"] != "false" || outputs["exit-code"] != "1") {
				t.Errorf("%s: %q set outputs: %v", name, text, outputs)
			}
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "::set-output") {
					t.Errorf("%s: %q became a command", name, text)
				}
			}
		}
	}
}

func TestActionWantsAPrivateRepository(t *testing.T) {
	tests := []struct {
		name, event, api, allow string
		code                    int
	}{
		{"private", "private", "", "false", 0},
		{"internal", "internal", "", "false", 0},
		{"public", "public", "", "false", 2},
		{"public, and meant", "public", "", "true", 0},
		{"the event does not say, the API does", "", "private", "false", 0},
		{"the API says public", "", "public", "false", 2},
		{"nobody says", "", "", "false", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			j := newJob(t)
			j.program("gh", `[ "$*" = "api repos/example/evidence --jq .visibility" ] || exit 9; [ -n "$API" ] || exit 1; echo "$API"`)
			text, env := step(t, "postern", "May this repository see the findings?", map[string]string{"allow-public": test.allow})
			env["VISIBILITY"], env["API"] = test.event, test.api
			if out, code := j.run(text, env); code != test.code || (code != 0) != strings.HasPrefix(out, "::error title=Postern::") {
				t.Errorf("exit %d: %s", code, out)
			}
		})
	}
}

// TestActionBuildsItsOwnSource runs the steps that find and build the source.
func TestActionBuildsItsOwnSource(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	j := newJob(t)
	text, env := step(t, "postern", "Find the source", nil)
	if out, code := j.run(text, env); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	outputs := j.outputs()
	if _, err := os.Stat(filepath.Join(outputs["root"], "go.mod")); err != nil || len(outputs["sum"]) != 40 {
		t.Fatalf("outputs %v: %v", outputs, err)
	}
	j.program("go", `
[ "$1" = build ] && [ "$2" = -C ] && [ -e "$3/go.mod" ] || exit 9
printf '%s\n' "$@" | grep -o 'main.linked=.*'
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\necho built "$@"\n' >"$2"; chmod +x "$2"`)
	text, env = step(t, "postern", "Build", nil)
	env["SOURCE"] = outputs["root"]
	for ref, version := range map[string]string{"v1.2.3": "v1.2.3", "feature/x": "feature/x", "x' -X main.linked=y": "devel", "$(touch owned)": "devel"} {
		env["GITHUB_ACTION_REF"] = ref
		if out, code := j.run(text, env); code != 0 || out != "main.linked="+version+"\nbuilt version\n" {
			t.Errorf("%q: exit %d: %s", ref, code, out)
		}
	}
	delete(env, "GITHUB_ACTION_REF")
	if out, code := j.run(text, env); code != 0 || !regexp.MustCompile(`^main\.linked=(v[0-9.]+-?.*|[0-9a-f]+|devel)\nbuilt version\n$`).MatchString(out) {
		t.Errorf("exit %d: %s", code, out)
	}
	folder, _, _ := strings.Cut(j.file("GITHUB_PATH"), "\n")
	if _, err := os.Stat(filepath.Join(folder, "postern")); err != nil {
		t.Errorf("the program is not on the path: %v", err)
	}
}

// stubGitHub plays the command gh: $ISSUE is the number of the open issue, empty
// for none.
const stubGitHub = `
echo "$*" >>"$STUB_LOG.gh"
case "$1 $2" in
  "issue list") echo "$ISSUE" ;;
  "issue create" | "issue comment") while [ "$1" != --body-file ]; do shift; done; cp "$2" "$STUB_LOG.body" ;;
esac
`

func TestDriftOpensOneIssue(t *testing.T) {
	long := strings.Repeat("0123456789 a line of the report\n", 4_000)
	tests := []struct {
		name, old, issue string
		code             int
		report           string
		weakened         string
		exit             int
		github           []string
	}{
		{"nothing to compare with", "", "", 0, "", "false", 0, nil},
		{"nothing weakened", "old.json", "", 0, "same\n", "false", 0, nil},
		{"weakened", "old.json", "", 3, "a door\n", "true", 0, []string{
			"issue list --label drift --state open --limit 1 --json number --jq .[0].number // empty",
			"label create drift --force --color B60205 --description A way into the mail was opened",
			"issue create --title The mail is less protected than it was --label drift --body-file BODY"}},
		{"weakened again", "old.json", "17", 3, "a door\n", "true", 0, []string{
			"issue list --label drift --state open --limit 1 --json number --jq .[0].number // empty",
			"issue comment 17 --body-file BODY"}},
		{"a long report", "old.json", "17", 3, long, "true", 0, []string{
			"issue list --label drift --state open --limit 1 --json number --jq .[0].number // empty",
			"issue comment 17 --body-file BODY"}},
		{"it broke", "old.json", "", 1, "", "", 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			j := newJob(t)
			j.env["GITHUB_ACTION_PATH"] = filepath.Join(filepath.Dir(j.env["GITHUB_ACTION_PATH"]), "drift")
			report := filepath.Join(j.workspace, "report")
			for name, text := range map[string]string{"old.json": "{}", "new.json": "{}", "report": test.report} {
				if err := os.WriteFile(filepath.Join(j.workspace, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			j.program("postern", `printf '%s\0' "$@" '' >>"$STUB_LOG"; cat "$REPORT"; exit "$STUB_CODE"`)
			j.program("gh", stubGitHub)
			old := test.old
			if old == "" {
				old = "none.json"
			}
			text, env := step(t, "drift", "Compare", map[string]string{"old": old, "new": "new.json", "label": "drift"})
			env["REPORT"], env["STUB_CODE"], env["ISSUE"] = report, strconv.Itoa(test.code), test.issue
			out, code := j.run(text, env)
			if code != test.exit || j.outputs()["weakened"] != test.weakened {
				t.Fatalf("exit %d, outputs %v:\n%s", code, j.outputs(), out)
			}
			if test.old != "" {
				calls := j.noted()
				if diff := cmp.Diff([][]string{{"diff", "-f", "markdown", "--", "old.json", "new.json"}}, calls); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
				understood(t, calls[0])
			}
			var github []string
			log, err := os.ReadFile(j.env["STUB_LOG"] + ".gh")
			if err == nil {
				body := filepath.Join(j.env["RUNNER_TEMP"], "postern-issue.md")
				github = strings.Split(strings.TrimSpace(strings.ReplaceAll(string(log), body, "BODY")), "\n")
			}
			if diff := cmp.Diff(test.github, github); diff != "" {
				t.Errorf("gh (-want +got):\n%s", diff)
			}
			if test.github == nil {
				return
			}
			body, err := os.ReadFile(j.env["STUB_LOG"] + ".body")
			if err != nil || len(body) > 65_536 || !strings.HasPrefix(string(body), test.report[:6]) ||
				!strings.HasSuffix(string(body), "[The run](https://github.com/example/evidence/actions/runs/42)\n") {
				t.Errorf("a body of %d bytes, %v: %.100q", len(body), err, body)
			}
			if strings.Contains(string(body), "The rest is in the summary") != (len(test.report) > 50_000) {
				t.Errorf("the body says wrongly whether it is whole")
			}
		})
	}
}

// TestHistoryIsKept runs the scripts that keep the snapshots on a branch, against
// a repository of git's own.
func TestHistoryIsKept(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	j := newJob(t)
	history, err := filepath.Abs(filepath.Join(root, ".github", "actions", "history"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"BRANCH": "posture", "HISTORY": history, "ORIGIN": filepath.Join(t.TempDir(), "origin.git")}
	must := func(text string) string {
		t.Helper()
		out, code := j.run(text, env)
		if code != 0 {
			t.Fatalf("%s: exit %d: %s", text, code, out)
		}
		return out
	}
	must(`git init -q --bare "$ORIGIN"; git init -q .; git remote add origin "$ORIGIN"; echo x >postern.yaml; git add .
git -c user.name=a -c user.email=a@example.com commit -qm one; git push -q origin HEAD:refs/heads/main`)
	for i, want := range []struct{ old, said string }{{"", ""}, {"1", ""}, {"2", "The snapshot is the same as before.\n"}} {
		must(`bash "$HISTORY/open.sh"`)
		data, err := os.ReadFile(j.outputs()["old"])
		if strings.TrimSpace(string(data)) != want.old || (err != nil) != (want.old == "") {
			t.Errorf("run %d: the older snapshot is %q, %v", i, data, err)
		}
		if found := must(`ls .posture`); (found == "") != (want.old == "") {
			t.Errorf("run %d: the branch holds %q", i, found)
		}
		env["NUMBER"] = strconv.Itoa(min(i+1, 2))
		if said := must(`echo "$NUMBER" >.posture/snapshot.json; bash "$HISTORY/keep.sh"`); said != want.said {
			t.Errorf("run %d: said %q", i, said)
		}
		must(`git worktree remove --force .posture; git branch -qD posture`)
	}
	if log := must(`git --git-dir="$ORIGIN" log --format=%s posture`); strings.Count(log, "\n") != 2 {
		t.Errorf("the branch has the commits %q", log)
	}
	if files := must(`git --git-dir="$ORIGIN" ls-tree --name-only posture`); files != "snapshot.json\n" {
		t.Errorf("the branch holds %q", files)
	}
	env["BRANCH"] = "a branch; touch owned"
	if _, code := j.run(`bash "$HISTORY/open.sh"`, env); code == 0 {
		t.Error("a name that is none was taken")
	}
}

// TestOtherPipelines runs the scripts of the examples for GitLab and Azure.
func TestOtherPipelines(t *testing.T) {
	tests := []struct {
		file string
		env  map[string]string
		want []string
		// codes are Postern's exit codes and what the script makes of them.
		codes map[int]int
		said  string
	}{
		{".github/examples/gitlab/.gitlab-ci.yml", map[string]string{"AZURE_ID_TOKEN": "a.b.c"},
			[]string{"scan", "--auth", "workload", "--tenant-id", "tenant", "--okta-org", "https://example.okta.com", "--snapshot", "posture/snapshot.json"},
			map[int]int{0: 0, 1: 1, 3: 3, 4: 4}, ""},
		{".github/examples/azure/azure-pipelines.yml", nil,
			[]string{"scan", "--auth", "pipelines", "--tenant-id", "tenant", "--okta-org", "https://example.okta.com", "--snapshot", "STAGING/snapshot.json"},
			map[int]int{0: 0, 1: 1, 3: 3, 4: 0}, "##vso[task.uploadsummary]STAGING/summary.md\n"},
	}
	for _, test := range tests {
		for postern, want := range test.codes {
			j := newJob(t)
			j.program("postern", stubPostern)
			// go install leaves the program where it was asked to.
			j.program("go", `[ "$*" = "install github.com/seed-07732396/postern/cmd/postern@latest" ] || exit 9
if [ -n "${GOBIN:-}" ]; then mkdir -p "$GOBIN"; cp "$(command -v postern)" "$GOBIN/postern"; fi`)
			staging := t.TempDir()
			env := map[string]string{
				"POSTERN_VERSION": "latest", "POSTERN_TENANT_ID": "tenant", "POSTERN_OKTA_ORG": "https://example.okta.com",
				"AGENT_TEMPDIRECTORY": t.TempDir(), "BUILD_ARTIFACTSTAGINGDIRECTORY": staging, "STUB_CODE": strconv.Itoa(postern),
			}
			for name, value := range test.env {
				env[name] = value
			}
			var text string
			for _, s := range scripts(t) {
				if s.file == test.file {
					text = s.text
				}
			}
			out, code := j.run(text, env)
			if code != want || !strings.Contains(strings.ReplaceAll(out, staging, "STAGING"), test.said) {
				t.Errorf("%s: Postern ends with %d, the script with %d, want %d:\n%s", test.file, postern, code, want, out)
			}
			for _, call := range j.calls() {
				got := strings.Split(strings.ReplaceAll(strings.Join(call, "\n"), staging, "STAGING"), "\n")
				if diff := cmp.Diff(test.want, got[:len(test.want)]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", test.file, diff)
				}
			}
		}
	}
}
