package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/entra/entratest"
)

// environment is what a pipeline would set for the stand-ins of a tenant.
func environment(world *standIns) map[string]string {
	return map[string]string{
		envGraphToken: world.graph.Token(), envExchangeToken: demoExchangeToken, envOktaSSWS: demoOktaToken,
	}
}

// arguments point collect and scan at the stand-ins.
func arguments(world *standIns, command string) []string {
	return []string{command, "--tenant-id", world.target.TenantID, "--okta-org", world.okta.URL,
		"--graph-url", world.graph.URL, "--exchange-url", world.exchange.URL}
}

type outcome struct {
	code           int
	stdout, stderr string
}

func execute(t *testing.T, env map[string]string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, streams{
		in: strings.NewReader(""), out: &stdout, err: &stderr, getenv: func(name string) string { return env[name] }, version: "test",
	})
	return outcome{code, stdout.String(), stderr.String()}
}

func stand(t *testing.T, tenant string) *standIns {
	t.Helper()
	world, err := startStandIns(tenant)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.close)
	return world
}

func TestScanEndToEnd(t *testing.T) {
	world := stand(t, "demo")
	t.Chdir(t.TempDir())
	env := environment(world)
	args := append(arguments(world, "scan"), "--snapshot", "snapshot.json", "-f", "sarif=out.sarif", "-f", "text")
	got := execute(t, env, args...)
	if got.code != exitFindings || !strings.Contains(got.stdout, "PROTO-005") || !strings.Contains(got.stderr, "44 of 44 resources are complete") {
		t.Fatalf("%+v", got)
	}
	written := got.stdout + got.stderr
	for _, name := range []string{"snapshot.json", "out.sarif"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", name, info.Mode(), err)
		}
		written += string(data)
	}
	for name, token := range env {
		if strings.Contains(written, token) {
			t.Errorf("%s shows in the output", name)
		}
	}
	if leftovers, err := filepath.Glob("*.resume"); err != nil || len(leftovers) > 0 {
		t.Errorf("a finished scan leaves %v", leftovers)
	}
	// The kept snapshot gives the same verdict.
	if again := execute(t, nil, "check", "snapshot.json", "--quiet", "-f", "json=f.json"); again.code != exitFindings {
		t.Errorf("%+v", again)
	}
}

func TestOneDeniedServiceLeavesTheOthersWhole(t *testing.T) {
	world := stand(t, "spotless")
	t.Chdir(t.TempDir())
	env := environment(world)
	env[envExchangeToken] = "wrong"
	got := execute(t, env, append(arguments(world, "scan"), "-f", "text")...)
	if got.code != exitUnknown || !strings.Contains(got.stderr, "failed: exchange.") || strings.Contains(got.stderr, "failed: entra") {
		t.Errorf("%+v", got)
	}
	if strings.Contains(got.stdout, "FAIL ") {
		t.Errorf("missing evidence became a finding:\n%s", got.stdout)
	}
	// The cause is said once, with what it took along.
	if n := strings.Count(got.stderr, "\nlogin_refused (exchange."); n != 1 || !strings.Contains(got.stderr, " more): ") {
		t.Errorf("the cause is said %d times:\n%s", n, got.stderr)
	}
}

func TestCollectSaysWhatIsMissingAndExitsClean(t *testing.T) {
	world := stand(t, "spotless")
	t.Chdir(t.TempDir())
	args := append(arguments(world, "collect"), "-o", "s.json.gz", "--skip-resource", "entra.sign_ins,okta.zones")
	got := execute(t, environment(world), args...)
	if got.code != exitClean || !strings.Contains(got.stderr, "skipped: entra.sign_ins, okta.zones") {
		t.Errorf("%+v", got)
	}
}

func TestTenantsOfTheConfiguration(t *testing.T) {
	world := stand(t, "spotless")
	t.Chdir(t.TempDir())
	text := "version: 1\ntenants:\n  acme:\n    tenant_id: " + world.target.TenantID + "\n    okta_org: " + world.okta.URL +
		"\n    graph_url: " + world.graph.URL + "\n    exchange_url: " + world.exchange.URL + "\n  other:\n    tenant_id: x\n"
	if err := os.WriteFile(defaultConfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := environment(world)
	if got := execute(t, env, "collect", "--tenant", "acme"); got.code != exitClean {
		t.Errorf("%+v", got)
	}
	if got := execute(t, env, "collect"); got.code != exitUsage || !strings.Contains(got.stderr, "acme, other") {
		t.Errorf("%+v", got)
	}
	if got := execute(t, env, "collect", "--tenant", "nobody"); got.code != exitUsage || !strings.Contains(got.stderr, "nobody") {
		t.Errorf("%+v", got)
	}
}

func TestWrongTargetsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Chdir(t.TempDir())
	const secret = "a-token-that-must-not-show"
	env := map[string]string{envGraphToken: secret, envExchangeToken: secret, envOktaSSWS: secret}
	id := []string{"--tenant-id", "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10"}
	tests := []struct {
		name string
		env  map[string]string
		args []string
		want string
	}{
		{"no tenant", env, []string{"collect"}, "--tenant-id"},
		{"a path for a tenant", env, []string{"collect", "--tenant-id", "../../other"}, `"../../other" is no tenant`},
		{"an address for a tenant", env, []string{"collect", "--tenant-id", "contoso.example/x?y"}, "is no tenant"},
		{"a path behind the org", env, append([]string{"collect", "--okta-org", "https://org.example/app?token=x"}, id...), "nothing behind the host"},
		{"http", env, append([]string{"collect", "--graph-url", "http://graph.example"}, id...), "https"},
		{"http for Okta", env, append([]string{"collect", "--okta-org", "http://org.example"}, id...), "https"},
		{"unknown cloud", env, append([]string{"collect", "--cloud", "moon"}, id...), "gcchigh"},
		{"unknown way to sign in", nil, append([]string{"collect", "--auth", "magic"}, id...), "certificate"},
		{"no Okta credentials", map[string]string{envGraphToken: secret, envExchangeToken: secret}, append([]string{"collect", "--okta-org", "https://org.example"}, id...), envOktaSSWS},
		{"a token with a space", map[string]string{envGraphToken: "Bearer " + secret}, append([]string{"collect"}, id...), "without 'Bearer'"},
		{"too many days", env, append([]string{"collect", "--evidence-days", "4000"}, id...), "--evidence-days"},
		{"no such authorities", env, append([]string{"collect", "--ca-file", "missing.pem"}, id...), "missing.pem"},
		{"no such authorities for the permissions", env, append([]string{"permissions", "--ca-file", "missing.pem"}, id...), "missing.pem"},
		{"a report over the snapshot to come", env, append([]string{"scan", "--snapshot", "s.json", "-f", "json=./s.json"}, id...), "overwrite s.json"},
		{"a report over the waivers", env, append([]string{"scan", "-f", "json=waivers.yaml"}, id...), "overwrite waivers.yaml"},
		{"a report over the configuration", env, append([]string{"scan", "-f", "json=postern.yaml"}, id...), "overwrite postern.yaml"},
		{"an argument", env, append([]string{"scan", "surplus"}, id...), "surplus"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := execute(t, test.env, test.args...)
			if got.code != exitUsage || !strings.Contains(got.stderr, test.want) || !strings.Contains(got.stderr, "hint: ") {
				t.Errorf("%+v, want %q", got, test.want)
			}
			if strings.Contains(got.stderr, secret) {
				t.Error("the token shows")
			}
		})
	}
}

func TestDemoTellsItsStory(t *testing.T) {
	t.Chdir(t.TempDir())
	got := execute(t, nil, "demo", "-o", "tour")
	if got.code != exitFindings || !strings.Contains(got.stdout, "imaginary company") || !strings.Contains(got.stdout, "postern check tour") {
		t.Fatalf("%+v", got)
	}
	for _, name := range []string{"snapshot.json", "findings.json", "report.sarif", "report-full.sarif", "report.junit.xml", "report.csv", "report.md"} {
		if info, err := os.Stat(filepath.Join("tour", name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnInterruptedCollectionGoesOn stops a collection midway, as Ctrl-C does, and
// resumes it: nothing is written before, and what was finished is not asked again.
func TestAnInterruptedCollectionGoesOn(t *testing.T) {
	world := stand(t, "spotless")
	t.Chdir(t.TempDir())
	args := append(arguments(world, "collect"), "-o", "s.json")
	env := environment(world)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	// The first line about a slow resource is the moment to stop: others have ended.
	world.graph.Fault(entratest.Fault{Path: "/v1.0/identity/conditionalAccess/namedLocations", Times: 1, Do: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		stop()
		<-r.Context().Done()
	}})
	var stderr bytes.Buffer
	code := run(ctx, args, streams{in: strings.NewReader(""), out: io.Discard, err: &stderr, getenv: func(name string) string { return env[name] }, version: "test"})
	if code != exitFailed || !strings.Contains(stderr.String(), "interrupted; no snapshot was written") || !strings.Contains(stderr.String(), "--resume") {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	if _, err := os.Stat("s.json"); err == nil {
		t.Error("a snapshot was written")
	}
	if info, err := os.Stat("s.json.resume"); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("the resume folder: %v %v", info, err)
	}
	files, err := filepath.Glob("s.json.resume/*")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files are kept: %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for variable, token := range env {
			if bytes.Contains(data, []byte(token)) {
				t.Errorf("%s is in %s", variable, name)
			}
		}
	}

	before := len(world.graph.Requests())
	got := execute(t, env, append(args, "--resume")...)
	if got.code != exitClean || !strings.Contains(got.stderr, "44 of 44 resources are complete") || !strings.Contains(got.stderr, "from the collection before") {
		t.Fatalf("%+v", got)
	}
	asked := len(world.graph.Requests()) - before
	if asked >= before {
		t.Errorf("%d requests the second time, %d the first: nothing was resumed", asked, before)
	}
	if _, err := os.Stat("s.json.resume"); err == nil {
		t.Error("the resume folder is left behind")
	}
}
