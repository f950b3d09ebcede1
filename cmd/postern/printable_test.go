package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"Zoë van der Meer 🦊 نام\u200cها": "Zoë van der Meer 🦊 نام\u200cها",
		"two\nlines\tand a tab":          "two\nlines\tand a tab",
		"\x1b[31mred":                    `\u001b[31mred`,
		"a\rb\x7f\u0085":                 `a\u000db\u007f\u0085`,
		"\u202eexe.txt":                  `\u202eexe.txt`,
		"\u061c\u200b\ufeff\u2028":       `\u061c\u200b\ufeff\u2028`,
		"tag \U000e0041":                 `tag \U000e0041`,
		"##vso[task.setvariable]x":       `#\u0023vso[task.setvariable]x`,
		"see ##[error]x":                 `see #\u0023[error]x`,
		"## a heading":                   "## a heading",
		"one\n  ::error::x":              "one\n  :\\u003aerror::x",
		"a::b":                           "a::b",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNamesFromATenantDoNotSteerTheLog looks for somebody whose name is near, which a
// hint then tells.
func TestNamesFromATenantDoNotSteerTheLog(t *testing.T) {
	text, err := os.ReadFile(root + "/testdata/tenants/demo/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	name := "mallory\x1b[2J##vso[task.complete]\u202e@example.com"
	quoted, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(text), `"user_principal_name":"`)
	if at < strings.Index(string(text), `"mailboxes"`) {
		t.Fatal("the tenant has no mailboxes")
	}
	rest := string(text)[at+len(`"user_principal_name":`):]
	end := strings.IndexByte(rest[1:], '"') + 2
	t.Chdir(t.TempDir())
	if err := os.WriteFile("s.json", []byte(string(text)[:at]+`"user_principal_name":`+string(quoted)+rest[end:]), 0o600); err != nil {
		t.Fatal(err)
	}
	got := execute(t, nil, "access", "s.json", "--user", "mallory@example.com")
	if got.code != exitUsage || !strings.Contains(got.stderr, "did you mean mallory") {
		t.Fatalf("%+v", got)
	}
	if strings.ContainsAny(got.stderr, "\x1b\u202e") || strings.Contains(got.stderr, "##vso[") {
		t.Errorf("the name is obeyed: %q", got.stderr)
	}
}
