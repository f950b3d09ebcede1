package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/attestation"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestREADMECommandsWork runs every command of the README, in a folder that holds
// what the README speaks of.
func TestREADMECommandsWork(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
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
	copyFile(t, filepath.Join(root, "collectors", "imports", "scubagear", "testdata", "ProviderSettingsExport.json"), "ProviderSettingsExport.json")

	if err := os.CopyFS("evidence", os.DirFS(evidence)); err != nil {
		t.Fatal(err)
	}

	ran := 0
	for _, block := range shellBlock.FindAllStringSubmatch(string(readme), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			if line == "go test ./..." {
				continue // this very run; that CI uses the same command is checked below
			}
			words := strings.Fields(strings.TrimPrefix(line, "go run ./cmd/"))
			if words[0] != "postern" {
				t.Errorf("the README's %q is run by no test", line)
				continue
			}
			ran++
			if speaksToServices(words) {
				continue // run against stand-ins by TestScanEndToEnd
			}
			var stderr bytes.Buffer
			code := run(t.Context(), words[1:], streams{in: strings.NewReader(""), out: io.Discard, err: &stderr, getenv: func(string) string { return "" }, version: "test"})
			if code == exitFailed || code == exitUsage {
				t.Errorf("%s: exit %d: %s", line, code, stderr.String())
			}
			if words[1] == "import" { // the rest is about a tenant of one's own again
				copyFile(t, filepath.Join(root, "testdata", "tenants", "half_done", "snapshot.json"), "snapshot.json")
			}
		}
	}
	if ran < 10 {
		t.Errorf("only %d commands were found in the README", ran)
	}
	ci, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil || !strings.Contains(string(ci), "\ngo test ./...\n") {
		t.Errorf("CI does not run the README's test command: %v", err)
	}
}

func speaksToServices(words []string) bool { return words[1] == "collect" || words[1] == "scan" }

// TestREADMEConfigurationIsUnderstood reads the README's own postern.yaml.
func TestREADMEConfigurationIsUnderstood(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```yaml\n")
	text, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README shows no configuration")
	}
	path := filepath.Join(t.TempDir(), "postern.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	declared := settings.engineDeclarations(nil)
	if err := declared.Validate(); err != nil {
		t.Error(err)
	}
	if len(declared.BreakGlass) != 1 || settings.Tenants["acme"].OktaOrg == "" {
		t.Errorf("the configuration came out as %+v", settings)
	}
}

// TestREADMEAttestationIsUnderstood reads the README's own attestation.
func TestREADMEAttestationIsUnderstood(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	const first = "\n    version: 1\n    okta_org:"
	_, rest, found := strings.Cut(string(readme), first)
	text, _, closed := strings.Cut(rest, "\n\n")
	if !found || !closed {
		t.Fatal("the README shows no attestation")
	}
	a, err := attestation.Read("README.md", []byte(strings.ReplaceAll(first+text, "\n    ", "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Apps) != 1 || len(a.Apps[0].Rules) != 3 || len(a.GroupIDs()) != 1 {
		t.Errorf("the attestation came out as %+v", a)
	}
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
