package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/reports/doors"
)

// runQuietly runs a command line without colours, and gives its exit code.
func runQuietly(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	s := streams{in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" }, version: "test"}
	code = run(t.Context(), args, s)
	return code, out.String(), err.String()
}

// TestTenantsGiveTheirDoors compares the doors of each tenant in every format, and
// the exit code with what is drawn. This package alone owns those files.
func TestTenantsGiveTheirDoors(t *testing.T) {
	for _, folder := range tenants(t) {
		name := filepath.Base(folder)
		formats := map[string]string{"text": "access.txt", "svg": "access.svg"}
		if name == "demo" {
			formats["json"], formats["markdown"], formats["csv"] = "access.json", "access.md", "access.csv"
		}
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			args := []string{"access", filepath.Join(folder, "snapshot.json"), "--quiet", "--config", emptyConfig(t),
				"--snapshot-uri", "testdata/tenants/" + name + "/snapshot.json"}
			if path := attestationOf(folder); path != "" {
				args = append(args, "--attestation", path)
			}
			for format, file := range formats {
				args = append(args, "-f", format+"="+filepath.Join(out, file))
			}
			code, _, stderr := runQuietly(t, args...)
			want := map[string]int{"demo": 3, "half_done": 3, "neglected": 3, "one_exception": 3, "locked_out": 4, "classic_attested": 4}[name]
			if code != want {
				t.Fatalf("exit %d, want %d: %s", code, want, stderr)
			}
			for _, file := range formats {
				data, err := os.ReadFile(filepath.Join(out, file))
				if err != nil {
					t.Fatal(err)
				}
				compare(t, filepath.Join(folder, file), data)
			}
		})
	}
}

// part is a place in a JSON document.
type part = map[string]any

// untouched makes of a tenant's snapshot one in which nobody has closed anything: no
// authentication policy, every switch on, and at Okta one rule that lets anybody in
// with a password.
func untouched(t *testing.T, document part) {
	t.Helper()
	document["collected_at"] = "2026-10-02T08:00:00Z"
	exchange, okta, entra := document["exchange"].(part), document["okta"].(part), document["entra"].(part)
	exchange["authentication_policies"] = []any{}
	exchange["organization_config"].(part)["DefaultAuthenticationPolicy"] = ""
	exchange["organization_config"].(part)["EwsEnabled"] = nil
	exchange["transport_config"].(part)["SmtpClientAuthenticationDisabled"] = false
	entra["conditional_access_policies"] = []any{}
	entra["security_defaults"].(part)["isEnabled"] = false
	for _, list := range okta["access_policy_rules"].(part) {
		for _, rule := range list.([]any) {
			rule.(part)["conditions"] = nil
			rule.(part)["actions"] = part{"appSignOn": part{"access": "ALLOW", "verificationMethod": part{"type": "ASSURANCE", "factorMode": "1FA"}}}
		}
	}
	for _, list := range okta["sign_on_policy_rules"].(part) {
		for _, rule := range list.([]any) {
			rule.(part)["actions"] = part{"signon": part{"access": "ALLOW", "requireFactor": false}}
		}
	}
	openMailboxes(document)
}

// openMailboxes turns every protocol on for every mailbox.
func openMailboxes(document part) {
	for _, box := range document["mailboxes"].([]any) {
		x := box.(part)["exchange"].(part)
		for _, name := range []string{"ActiveSyncEnabled", "PopEnabled", "ImapEnabled", "MAPIEnabled", "EwsEnabled", "OWAEnabled", "RemotePowerShellEnabled", "EXOModuleEnabled"} {
			x[name] = true
		}
		x["SmtpClientAuthenticationDisabled"], x["AuthenticationPolicy"] = nil, nil
	}
}

// whitepaperClosed leaves of a clean tenant what the whitepaper has set and no more:
// the switches of its optional step and of EWS stay on.
func whitepaperClosed(t *testing.T, document part) {
	t.Helper()
	exchange := document["exchange"].(part)
	exchange["organization_config"].(part)["EwsEnabled"] = nil
	exchange["transport_config"].(part)["SmtpClientAuthenticationDisabled"] = false
	document["entra"].(part)["conditional_access_policies"] = []any{}
	openMailboxes(document)
}

// altered writes a tenant's snapshot with changes, and gives its path.
func altered(t *testing.T, tenant string, change func(*testing.T, part)) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", tenant, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document part
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	change(t, document)
	if text, err = json.Marshal(document); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "snapshot.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWhitepapersFigures draws the whitepaper's two figures from snapshots, end to
// end: its table of methods, everything open before, and afterwards nothing but
// modern authentication with MFA.
func TestWhitepapersFigures(t *testing.T) {
	const (
		open, mfa, none = "allowed_without_mfa", "allowed_with_mfa", "not_offered"
		closed          = "closed_at_exchange"
	)
	both := func(basic, modern string) map[string]string {
		legacy, either := basic+" "+none, basic+" "+modern
		return map[string]string{"pop": legacy, "imap": legacy, "activesync": either, "ews": either, "mapi": either, "powershell": either}
	}
	for name, c := range map[string]struct {
		change func(*testing.T, part)
		want   map[string]string
		code   int
	}{
		"figure 1": {untouched, both(open, open), exitFindings},
		"figure 2": {whitepaperClosed, both(closed, mfa), exitClean},
	} {
		t.Run(name, func(t *testing.T) {
			path := altered(t, "spotless", c.change)
			args := []string{"access", path, "--as-published", "--config", emptyConfig(t), "--method", "basic,modern"}
			code, out, stderr := runQuietly(t, append(args, "--protocol", "pop,imap,activesync,ews,mapi,powershell", "-f", "json")...)
			if code != c.code {
				t.Fatalf("exit %d, want %d: %s", code, c.code, stderr)
			}
			var report doors.Report
			if err := json.Unmarshal([]byte(out), &report); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, p := range report.Matrix.Protocols {
				var row []string
				for _, m := range report.Matrix.Methods {
					cell, _ := report.Matrix.Cell(p.ID, m.ID)
					row = append(row, string(cell.Worst))
				}
				got[p.ID] = strings.Join(row, " ")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("the whitepaper's %s (-want +got):\n%s", name, diff)
			}
			if len(report.Missing) > 0 || !report.Matrix.AsPublished {
				t.Errorf("missing %v, as published %t", report.Missing, report.Matrix.AsPublished)
			}
		})
	}
}

// TestWhitepapersFiguresSideBySide compares the picture of both.
func TestWhitepapersFiguresSideBySide(t *testing.T) {
	before, after := altered(t, "spotless", untouched), altered(t, "spotless", whitepaperClosed)
	args := []string{"access", "--before", before, after, "--as-published", "--config", emptyConfig(t), "--method", "basic,modern",
		"--protocol", "pop,imap,activesync,ews,mapi,powershell"}
	code, picture, stderr := runQuietly(t, append(args, "-f", "svg")...)
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	compare(t, filepath.Join("..", "..", "testdata", "whitepaper.svg"), []byte(picture))
	_, out, _ := runQuietly(t, append(args, "-f", "json")...)
	var report doors.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	shut := 0
	for _, c := range report.Before.Changes {
		if c.Opened() {
			t.Errorf("%s by %s opened for %d", c.Protocol, c.Method, c.Mailboxes)
		}
		if c.Shut() && c.Mailboxes == report.Matrix.Mailboxes && c.First.UserPrincipalName != "" {
			shut++
		}
	}
	if shut != 10 || report.Before.Came+report.Before.Gone != 0 {
		t.Errorf("%d doors were shut for everybody, want 10; %d came, %d gone", shut, report.Before.Came, report.Before.Gone)
	}
}

// TestUserAgreesWithTheMatrix explains everybody in a tenant: together their doors
// must be those of the tenant.
func TestUserAgreesWithTheMatrix(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "tenants", "half_done", "snapshot.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Mailboxes []struct {
			ID string `json:"id"`
		} `json:"mailboxes"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	config := emptyConfig(t)
	sum := map[string]int{}
	for _, box := range document.Mailboxes {
		_, out, stderr := runQuietly(t, "access", path, "--config", config, "--user", box.ID, "-f", "json")
		var report doors.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatalf("%s: %v: %s", box.ID, err, stderr)
		}
		if report.Person == nil || report.Person.ID != box.ID {
			t.Fatalf("asked for %s, got %+v", box.ID, report.Person)
		}
		if report.Person.LeftOut == "" && len(report.Doors) != 27 {
			t.Errorf("%s has %d doors", box.ID, len(report.Doors))
		}
		for _, d := range report.Doors {
			sum[fmt.Sprint(d.Protocol, " ", d.Method, " ", d.Outcome)] += d.Mailboxes
		}
	}
	_, out, _ := runQuietly(t, "access", path, "--config", config, "-f", "json")
	var report doors.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, c := range report.Matrix.Cells {
		for _, n := range c.Counts {
			want[fmt.Sprint(c.Protocol, " ", c.Method, " ", n.Outcome)] = n.Mailboxes
		}
	}
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Errorf("the tenant and everybody in it:\n%s", diff)
	}
}

// TestUserIsFoundByAddress expects a mail address other than the name to be enough,
// and one that two mailboxes have to be no guess.
func TestUserIsFoundByAddress(t *testing.T) {
	const alias = "Helpdesk@halverwege.example"
	var ids []string
	give := func(n int) func(*testing.T, part) {
		return func(_ *testing.T, document part) {
			ids = nil
			for _, box := range document["mailboxes"].([]any)[:n] {
				box.(part)["addresses"] = []any{"SMTP:first@halverwege.example", "smtp:" + alias}
				ids = append(ids, box.(part)["id"].(string))
			}
		}
	}
	config := emptyConfig(t)
	_, out, stderr := runQuietly(t, "access", altered(t, "half_done", give(1)), "--config", config, "--user", strings.ToUpper(alias), "-f", "json")
	if !strings.Contains(out, `"id": "`+ids[0]+`"`) {
		t.Errorf("%s\n%s", stderr, out)
	}
	code, _, stderr := runQuietly(t, "access", altered(t, "half_done", give(2)), "--config", config, "--user", alias)
	if code != exitUsage || !strings.Contains(stderr, `2 mailboxes go by "Helpdesk@halverwege.example"`) || !strings.Contains(stderr, ids[1]) {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// TestScopeSpeaksOfNothingElse narrows to each single door: the exit code is that of
// the door.
func TestScopeSpeaksOfNothingElse(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "tenants", "demo", "snapshot.json")
	config := emptyConfig(t)
	_, out, _ := runQuietly(t, "access", path, "--config", config, "-f", "json")
	var whole doors.Report
	if err := json.Unmarshal([]byte(out), &whole); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, cell := range whole.Matrix.Cells {
		want := exitClean
		switch string(cell.Worst) {
		case string(access.Open):
			want = exitFindings
		case string(access.Undecided):
			want = exitUnknown
		}
		code, out, stderr := runQuietly(t, "access", path, "--config", config, "--protocol", cell.Protocol, "--method", cell.Method, "-f", "json")
		if code != want {
			t.Errorf("%s by %s: exit %d, want %d: %s", cell.Protocol, cell.Method, code, want, stderr)
		}
		var report doors.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		if len(report.Matrix.Cells) != 1 || !cmp.Equal(report.Matrix.Cells[0], cell) || slices.ContainsFunc(report.Doors, func(d doors.Door) bool {
			return d.Protocol != cell.Protocol || d.Method != cell.Method
		}) {
			t.Errorf("%s by %s shows %+v", cell.Protocol, cell.Method, report.Matrix.Cells)
		}
		seen[code] = true
	}
	if len(seen) != 3 {
		t.Errorf("only the exit codes %v were seen", seen)
	}
}

// BenchmarkAccess works out the doors of a large tenant and compares it with itself.
// ACCESS_SNAPSHOT names it, such as one that tenantgen made.
func BenchmarkAccess(b *testing.B) {
	path := os.Getenv("ACCESS_SNAPSHOT")
	if path == "" {
		b.Skip("ACCESS_SNAPSHOT names no snapshot")
	}
	for _, args := range [][]string{{"access", path}, {"access", "--before", path, path}} {
		b.Run(fmt.Sprint(len(args)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run(b.Context(), args, streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard, getenv: func(string) string { return "" }})
			}
		})
	}
}
