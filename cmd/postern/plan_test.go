package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planned are tenants whose plans are kept to be looked at, with the configuration
// that each is made with.
var planned = map[string]string{
	"half_done": `version: 1
declarations:
  break_glass:
    - id: 3f6f3b10-0c1e-4f0e-9d0a-5d9a7f0c1f0e
      user_principal_name: glass@halverwege.onmicrosoft.com
`,
	"neglected": "version: 1\n",
}

// TestTenantsGiveTheirPlans makes the plans and the impact of some tenants, and
// compares them with the files beside their snapshots.
func TestTenantsGiveTheirPlans(t *testing.T) {
	seen := 0
	for _, folder := range tenants(t) {
		name := filepath.Base(folder)
		text, ok := planned[name]
		if !ok {
			continue
		}
		seen++
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			config := filepath.Join(out, "postern.yaml")
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			snapshot := filepath.Join(folder, "snapshot.json")
			runs := [][]string{
				{"impact", snapshot, "-f", "text=" + filepath.Join(out, "impact.txt"), "-f", "csv=" + filepath.Join(out, "impact.csv")},
				{
					"plan", snapshot, "--config", config, "--snapshot-uri", "testdata/tenants/" + name + "/snapshot.json",
					"-f", "markdown=" + filepath.Join(out, "plan.md"), "-f", "powershell=" + filepath.Join(out, "plan.ps1"),
					"-f", "okta=" + filepath.Join(out, "plan.okta.txt"),
				},
			}
			for _, args := range runs {
				var stderr bytes.Buffer
				code := run(t.Context(), append(args, "--quiet"), streams{
					in: strings.NewReader(""), out: io.Discard, err: &stderr, getenv: func(string) string { return "" }, version: "test",
				})
				if code == exitFailed || code == exitUsage {
					t.Fatalf("%v: exit %d: %s", args, code, stderr.String())
				}
			}
			for _, file := range []string{"impact.txt", "impact.csv", "plan.md", "plan.ps1", "plan.okta.txt"} {
				data, err := os.ReadFile(filepath.Join(out, file))
				if err != nil {
					t.Fatal(err)
				}
				compare(t, filepath.Join(folder, file), data)
			}
		})
	}
	if seen != len(planned) {
		t.Errorf("%d of %d tenants are there", seen, len(planned))
	}
}
