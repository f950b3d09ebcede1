package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
)

// jwt is an unsigned token with claims.
func jwt(t *testing.T, claims map[string]any) string {
	t.Helper()
	data, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(data) + ".c2ln"
}

func states(t *testing.T, env map[string]string, args ...string) map[string]string {
	t.Helper()
	t.Chdir(t.TempDir())
	got := execute(t, env, append([]string{"permissions", "-f", "json"}, args...)...)
	if got.code != exitClean {
		t.Fatalf("%+v", got)
	}
	var grants []grant
	if err := json.Unmarshal([]byte(got.stdout), &grants); err != nil {
		t.Fatal(err)
	}
	if len(grants) < 15 {
		t.Fatalf("only %d permissions", len(grants))
	}
	byName := map[string]string{}
	for _, g := range grants {
		if len(g.Resources) == 0 {
			t.Errorf("%s is for nothing", g.Permission)
		}
		byName[g.Permission] = g.State
	}
	for _, token := range env {
		if strings.Contains(got.stdout+got.stderr, token) {
			t.Error("a token shows")
		}
	}
	return byName
}

func TestPermissionsWithoutCredentialsAreAList(t *testing.T) {
	for name, state := range states(t, nil) {
		if state != "" {
			t.Errorf("%s is %s, and nobody looked", name, state)
		}
	}
}

func TestPermissionsTellWhatATokenLacks(t *testing.T) {
	env := map[string]string{
		envGraphToken:    jwt(t, map[string]any{"roles": []string{"Domain.Read.All", "Policy.Read.All"}}),
		envExchangeToken: jwt(t, map[string]any{"roles": []string{"Exchange.ManageAsApp"}, "wids": []string{globalReader}}),
		envOktaToken:     jwt(t, map[string]any{"scp": []string{"okta.apps.read"}}),
	}
	got := states(t, env, "--tenant-id", "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10")
	for name, want := range map[string]string{
		"Domain.Read.All": stateGranted, "Policy.Read.All": stateGranted, "AuditLog.Read.All": stateMissing,
		"okta.apps.read": stateGranted, "okta.logs.read": stateMissing,
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	for name, state := range got {
		if strings.HasPrefix(name, "Exchange.ManageAsApp") && state != stateGranted {
			t.Errorf("%s is %q", name, state)
		}
	}
}

func TestAnOpaqueTokenDoesNotTell(t *testing.T) {
	env := map[string]string{envGraphToken: "opaque", envExchangeToken: "e30.!!!.x", envOktaToken: "opaque"}
	for name, state := range states(t, env, "--tenant-id", "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10") {
		if state != stateNotTold {
			t.Errorf("%s is %q", name, state)
		}
	}
}

func TestARefusedSignInSaysWhatToDo(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{streams: streams{err: &stderr}}
	a.noteRefusal("Okta", fmt.Errorf("sign in: %w", &collectors.Error{Problem: "no\x1b[2J", Hint: "grant it"}))
	a.noteRefusal("Microsoft Graph", errors.New("nobody answers"))
	want := "Okta: sign in: no\\u001b[2J\nhint: grant it\nMicrosoft Graph: nobody answers\n"
	if diff := cmp.Diff(want, stderr.String()); diff != "" {
		t.Error(diff)
	}
}
