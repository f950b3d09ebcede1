package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/attestation"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/waiver"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// manuals are the pages whose commands and configuration are tried.
var manuals = []string{
	"README.md", "cmd/postern/README.md", "cmd/postern/collecting.md", "cmd/postern/pipelines.md", "cmd/postern/auditing.md",
}

// judgedOn stands in for the clock where a command is about days to come.
const judgedOn = "2026-11-22"

// TestREADMECommandsWork runs every command of the manuals, in a folder that holds
// what they speak of.
func TestREADMECommandsWork(t *testing.T) {
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	evidence := exportOf(t, "half_done", dialects()[0], false)
	world := t.TempDir()
	t.Chdir(world)
	copyFile(t, filepath.Join(root, "testdata", "tenants", "half_done", "snapshot.json"), "snapshot.json")
	copyFile(t, filepath.Join(root, "testdata", "tenants", "half_done", "snapshot.json"), "last-month.json")
	copyFile(t, filepath.Join(root, "testdata", "tenants", "half_done", "snapshot.json"), "testdata/tenants/half_done/snapshot.json")
	copyFile(t, filepath.Join(root, "testdata", "tenants", "half_done", "snapshot.json"), "okta.json")
	copyFile(t, filepath.Join(root, "testdata", "tenants", "classic_attested", "snapshot.json"), "classic.json")
	copyFile(t, filepath.Join(root, "testdata", "tenants", "classic_attested", "attestation.yaml"), "attestation.yaml")
	if err := os.CopyFS("evidence", os.DirFS(evidence)); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join(root, "collectors", "imports", "scubagear", "testdata", "ProviderSettingsExport.json"), "ProviderSettingsExport.json")

	ran := 0
	for _, page := range manuals {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
			for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
				if line == "go test ./..." || line == "go install ./cmd/postern" {
					continue // this very run; that CI uses the same command is checked below
				}
				words := shellWords(strings.TrimPrefix(line, "go run ./cmd/"))
				if words[0] != "postern" {
					t.Errorf("%s: %q is run by no test", page, line)
					continue
				}
				ran++
				tryCommand(t, page, words)
				if words[1] == "import" { // the rest is about a tenant of one's own again
					copyFile(t, filepath.Join(root, "testdata", "tenants", "half_done", "snapshot.json"), "snapshot.json")
				}
			}
		}
	}
	if ran < 25 {
		t.Errorf("only %d commands were found", ran)
	}
	ci, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil || !strings.Contains(string(ci), "\ngo test ./...\n") {
		t.Errorf("CI does not run the README's test command: %v", err)
	}
}

func tryCommand(t *testing.T, page string, words []string) {
	t.Helper()
	if words[1] == "collect" || words[1] == "scan" {
		return // run against stand-ins by TestScanEndToEnd
	}
	if words[1] == "waive" {
		words = append(words, "--now", judgedOn)
	}
	var stderr bytes.Buffer
	code := run(t.Context(), words[1:], streams{in: strings.NewReader(""), out: io.Discard, err: &stderr, getenv: func(string) string { return "" }, version: "test"})
	if code == exitFailed || code == exitUsage {
		t.Errorf("%s: %q: exit %d: %s", page, words, code, stderr.String())
	}
}

var shellWord = regexp.MustCompile(`"[^"]*"|[^\s"]+`)

// shellWords splits a command; double quotes stand around whole words.
func shellWords(line string) []string {
	words := shellWord.FindAllString(line, -1)
	for i, word := range words {
		words[i] = strings.Trim(word, `"`)
	}
	return words
}

// TestREADMEConfigurationIsUnderstood reads the files that the manuals show.
func TestREADMEConfigurationIsUnderstood(t *testing.T) {
	settings, waivers, attestations := 0, 0, 0
	for _, page := range manuals {
		for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, page), -1) {
			text, ours := strings.CutPrefix(block[1], "version: 1\n")
			switch {
			case !ours:
			case strings.HasPrefix(text, "declarations:"):
				settings++
				checkShownConfig(t, page, block[1])
			case strings.HasPrefix(text, "waivers:"):
				waivers++
				list, err := waiver.Read(page, []byte(block[1]))
				if err != nil {
					t.Error(err)
				} else if len(list.Waivers) == 0 {
					t.Errorf("%s shows no waiver", page)
				}
			case strings.HasPrefix(text, "okta_org:"):
				attestations++
				a, err := attestation.Read(page, []byte(block[1]))
				if err != nil {
					t.Error(err)
				} else if len(a.Apps) != 1 || len(a.Apps[0].Rules) != 3 || len(a.GroupIDs()) != 1 {
					t.Errorf("%s: the attestation came out as %+v", page, a)
				}
			default:
				t.Errorf("%s: nobody reads\n%s", page, block[1])
			}
		}
	}
	if settings != 2 || waivers != 1 || attestations != 1 {
		t.Errorf("%d configurations, %d files of waivers and %d attestations were seen", settings, waivers, attestations)
	}
}

func checkShownConfig(t *testing.T, page, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postern.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := loadConfig(path)
	if err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	if _, err := settings.Waivers.limits(); err != nil {
		t.Errorf("%s: %v", page, err)
	}
	declared := settings.engineDeclarations(nil)
	if err := declared.Validate(); err != nil {
		t.Errorf("%s: %v", page, err)
	}
	if len(declared.BreakGlass) != 1 || declared.EnforcedAt == "" {
		t.Errorf("%s: the configuration came out as %+v", page, settings)
	}
	for name, tenant := range settings.Tenants {
		if err := tenant.validate(); err != nil {
			t.Errorf("%s: tenant %s: %v", page, name, err)
		}
	}
}

// TestShownDefaultsAreTheDefaults holds the reference to what is so without a file.
func TestShownDefaultsAreTheDefaults(t *testing.T) {
	for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, "cmd/postern/README.md"), -1) {
		if !strings.Contains(block[1], "declarations:") {
			continue
		}
		path := filepath.Join(t.TempDir(), "postern.yaml")
		if err := os.WriteFile(path, []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		settings, err := loadConfig(path)
		if err != nil {
			t.Fatal(err)
		}
		shown, without := settings.engineDeclarations(nil), engine.DefaultDeclarations()
		// These have examples, and the comments beside them say the default.
		shown.BreakGlass, shown.SensitiveGroups, shown.EnforcedAt = without.BreakGlass, without.SensitiveGroups, without.EnforcedAt
		if diff := cmp.Diff(without, shown); diff != "" {
			t.Errorf("the defaults (-are +shown):\n%s", diff)
		}
		limits, err := settings.Waivers.limits()
		if diff := cmp.Diff(waiver.DefaultLimits(), limits); err != nil || diff != "" {
			t.Errorf("the limits of waivers: %v (-are +shown)\n%s", err, diff)
		}
		return
	}
	t.Fatal("the reference shows no configuration")
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(".", to)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
