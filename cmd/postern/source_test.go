package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/reports/sarif"
)

const (
	oneCommit     = "0123456789abcdef0123456789abcdef01234567"
	anotherCommit = "89abcdef0123456789abcdef0123456789abcdef"
)

func TestWebAddress(t *testing.T) {
	tests := []struct{ remote, want string }{
		{"https://github.com/example/evidence", "https://github.com/example/evidence"},
		{"https://github.com/example/evidence.git/", "https://github.com/example/evidence"},
		{"https://user:s3cret@GitHub.com/example/evidence.git", "https://github.com/example/evidence"},
		{"https://x-access-token:s3cret@github.com/example/evidence", "https://github.com/example/evidence"},
		{"https://git.example:8443/a/b?private_token=s3cret#s3cret", "https://git.example:8443/a/b"},
		{"https://oauth2:s3cret@gitlab.example/group/sub/evidence.git", "https://gitlab.example/group/sub/evidence"},
		{"http://git.example/a b", "http://git.example/a%20b"},
		{"git@github.com:example/evidence.git", "https://github.com/example/evidence"},
		{"github.com:example/evidence", "https://github.com/example/evidence"},
		{"ssh://git:s3cret@gitlab.example:2222/group/evidence.git", "https://gitlab.example/group/evidence"},
		{"git@ssh.dev.azure.com:v3/org/project/evidence", "https://dev.azure.com/org/project/_git/evidence"},
		{"https://org@dev.azure.com/org/project/_git/evidence", "https://dev.azure.com/org/project/_git/evidence"},
		{"", ""},
		{"/srv/git/evidence.git", ""},
		{"../evidence", ""},
		{`C:\git\evidence`, ""},
		{"file:///srv/git/evidence.git", ""},
		{"ext::sh -c id", ""},
		{"https://github.com/", ""},
		{"https://github.com", ""},
		{"javascript:alert(1)//x", ""},
		{"https://a\nb/c", ""},
		{"https://[::1]/a/b", ""},
		{"://", ""},
	}
	for _, test := range tests {
		got := webAddress(test.remote)
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.remote, got, test.want)
		}
		if strings.Contains(got, "s3cret") {
			t.Errorf("%q: the address %q holds a secret", test.remote, got)
		}
	}
}

func TestBuildSource(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want sarif.Source
	}{
		{"none", nil, sarif.Source{}},
		{"GitHub", map[string]string{
			"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "example/evidence",
			"GITHUB_SHA": oneCommit, "GITHUB_REF": "refs/heads/posture/daily",
		}, sarif.Source{Repository: "https://github.com/example/evidence", Revision: oneCommit, Branch: "posture/daily"}},
		{"a pull request at GitHub", map[string]string{
			"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "example/evidence",
			"GITHUB_SHA": oneCommit, "GITHUB_REF": "refs/pull/12/merge",
		}, sarif.Source{Repository: "https://github.com/example/evidence", Revision: oneCommit}},
		{"GitLab", map[string]string{
			"GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.example/group/evidence",
			"CI_COMMIT_SHA": oneCommit, "CI_COMMIT_BRANCH": "main",
		}, sarif.Source{Repository: "https://gitlab.example/group/evidence", Revision: oneCommit, Branch: "main"}},
		{"Azure Pipelines", map[string]string{
			"TF_BUILD": "True", "BUILD_REPOSITORY_URI": "https://org@dev.azure.com/org/project/_git/evidence",
			"BUILD_SOURCEVERSION": oneCommit, "BUILD_SOURCEBRANCH": "refs/heads/main",
		}, sarif.Source{Repository: "https://dev.azure.com/org/project/_git/evidence", Revision: oneCommit, Branch: "main"}},
		{"no revision but a word", map[string]string{
			"GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.example/group/evidence", "CI_COMMIT_SHA": "HEAD",
		}, sarif.Source{Repository: "https://gitlab.example/group/evidence"}},
		{"no repository", map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_SHA": oneCommit}, sarif.Source{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, buildSource(func(name string) string { return test.env[name] })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// put writes files below a new folder.
func put(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const originConfig = `[core]
	bare = false
	fsmonitor = "touch /tmp/owned"
[remote "origin"]
	url = https://user:s3cret@github.com/example/evidence.git
	fetch = +refs/heads/*:refs/remotes/origin/*
[remote "fork"]
	url = git@github.com:somebody/evidence.git
[branch "main"]
	remote = origin
`

func TestGitSource(t *testing.T) {
	repository := "https://github.com/example/evidence"
	tests := []struct {
		name  string
		files map[string]string
		want  sarif.Source
	}{
		{"a branch", map[string]string{
			".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": oneCommit + "\n", ".git/config": originConfig,
		}, sarif.Source{Repository: repository, Revision: oneCommit, Branch: "main"}},
		{"a packed branch", map[string]string{
			".git/HEAD":        "ref: refs/heads/posture/daily\n",
			".git/packed-refs": "# pack-refs with: peeled fully-peeled sorted \n" + anotherCommit + " refs/heads/main\n" + oneCommit + " refs/heads/posture/daily\n^" + anotherCommit + "\n",
			".git/config":      originConfig,
		}, sarif.Source{Repository: repository, Revision: oneCommit, Branch: "posture/daily"}},
		{"a detached head", map[string]string{".git/HEAD": oneCommit + "\n", ".git/config": originConfig},
			sarif.Source{Repository: repository, Revision: oneCommit}},
		{"no commit yet", map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/config": originConfig},
			sarif.Source{Repository: repository, Branch: "main"}},
		{"a linked work tree", map[string]string{
			".git":                          "gitdir: main/.git/worktrees/tree\n",
			"main/.git/worktrees/tree/HEAD": "ref: refs/heads/tree\n", "main/.git/worktrees/tree/commondir": "../..\n",
			"main/.git/refs/heads/tree": oneCommit + "\n", "main/.git/config": originConfig,
		}, sarif.Source{Repository: repository, Revision: oneCommit, Branch: "tree"}},
		{"one remote of another name", map[string]string{
			".git/HEAD": oneCommit, ".git/config": "[remote \"upstream\"]\n\turl = \"git@github.com:example/evidence.git\" ; ours\n",
		}, sarif.Source{Repository: repository, Revision: oneCommit}},
		{"two remotes, none of them origin", map[string]string{
			".git/HEAD": oneCommit, ".git/config": "[remote \"a\"]\nurl = https://github.com/a/a\n[remote \"b\"]\nurl = https://github.com/b/b\n",
		}, sarif.Source{}},
		{"no remote", map[string]string{".git/HEAD": oneCommit, ".git/config": "[core]\n\turl = https://github.com/a/a\n"}, sarif.Source{}},
		{"a ref that climbs", map[string]string{
			".git/HEAD": "ref: refs/heads/../../../id\n", "id": oneCommit, ".git/config": originConfig,
		}, sarif.Source{Repository: repository, Branch: "../../../id"}},
		{"an empty folder", map[string]string{".git/empty": ""}, sarif.Source{}},
		{"no git at all", map[string]string{"x": ""}, sarif.Source{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, gitSource(put(t, test.files))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestGitItselfAgrees compares with a work tree that git made.
func TestGitItselfAgrees(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git here")
	}
	root := t.TempDir()
	call := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(git, append([]string{"-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	call("init", "-q")
	call("checkout", "-q", "-b", "posture")
	call("commit", "-q", "--allow-empty", "-m", "one")
	call("remote", "add", "origin", "https://user:s3cret@git.example/a/b.git")
	want := sarif.Source{Repository: "https://git.example/a/b", Revision: call("rev-parse", "HEAD"), Branch: "posture"}
	for _, step := range [][]string{{"status"}, {"pack-refs", "--all"}} {
		call(step...)
		if diff := cmp.Diff(want, gitSource(root)); diff != "" {
			t.Errorf("after git %v (-want +got):\n%s", step, diff)
		}
	}
	call("worktree", "add", "-q", "-b", "other", filepath.Join(root, "linked"))
	want.Branch = "other"
	if diff := cmp.Diff(want, gitSource(filepath.Join(root, "linked"))); diff != "" {
		t.Errorf("in a linked work tree (-want +got):\n%s", diff)
	}
}

// TestSourceChooses: the build system speaks for the work tree that is at its
// revision, and alone where the snapshot's path in reports was given.
func TestSourceChooses(t *testing.T) {
	env := map[string]string{
		"GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.example/group/evidence", "CI_COMMIT_SHA": oneCommit, "CI_COMMIT_BRANCH": "main",
	}
	build := sarif.Source{Repository: "https://gitlab.example/group/evidence", Revision: oneCommit, Branch: "main"}
	at := func(commit string) string {
		return filepath.Join(put(t, map[string]string{".git/HEAD": commit, ".git/config": originConfig, "sub/snapshot.json": "{}"}), "sub", "snapshot.json")
	}
	tests := []struct {
		name, path string
		stated     bool
		env        map[string]string
		want       sarif.Source
	}{
		{"the build's own revision", at(oneCommit), false, env, build},
		{"a repository checked out beside", at(anotherCommit), false, env,
			sarif.Source{Repository: "https://github.com/example/evidence", Revision: anotherCommit}},
		{"the path was given", at(anotherCommit), true, env, build},
		{"the path was given, no build", at(anotherCommit), true, nil, sarif.Source{}},
		{"no build", at(oneCommit), false, nil, sarif.Source{Repository: "https://github.com/example/evidence", Revision: oneCommit}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := &app{streams: streams{getenv: func(name string) string { return test.env[name] }}}
			if diff := cmp.Diff(test.want, a.source(test.path, test.stated)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAPipeDoesNotHang: what is no regular file is not opened.
func TestAPipeDoesNotHang(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no pipes in the file system")
	}
	root := put(t, map[string]string{".git/config": originConfig})
	if err := exec.Command("mkfifo", filepath.Join(root, ".git", "HEAD")).Run(); err != nil {
		t.Skipf("no pipe can be made: %v", err)
	}
	if got := gitSource(root); got.Revision != "" || got.Branch != "" {
		t.Errorf("a pipe was read as %+v", got)
	}
}

// TestCheckSaysWhereTheSnapshotStands runs a check and reads the SARIF.
func TestCheckSaysWhereTheSnapshotStands(t *testing.T) {
	root := put(t, map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": oneCommit + "\n", ".git/config": originConfig, "posture/x": "",
	})
	path := filepath.Join(root, "posture", "snapshot.json")
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", "spotless", "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	code := run(t.Context(), []string{"check", path, "-f", "sarif", "--config", emptyConfig(t)},
		streams{in: strings.NewReader(""), out: &out, err: io.MultiWriter(&stderr), getenv: func(string) string { return "" }, version: "test"})
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	if strings.Contains(out.String(), "s3cret") {
		t.Error("the remote's password is in the report")
	}
	var file struct {
		Runs []struct {
			VersionControlProvenance []struct{ RepositoryURI, RevisionID, Branch string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	type provenance = struct{ RepositoryURI, RevisionID, Branch string }
	want := []provenance{{"https://github.com/example/evidence", oneCommit, "main"}}
	if diff := cmp.Diff(want, file.Runs[0].VersionControlProvenance); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
