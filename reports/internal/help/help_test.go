package help_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/help"
)

func TestHelp(t *testing.T) {
	full := &finding.Control{
		Title: "T", Description: "Why *so*.\nMore.",
		Remediation: finding.Remediation{
			Text: "Do it.", PowerShell: "Set-X -A $true |\n  Set-Y\n", Undo: "Set-X -A $false", OktaConsole: "Security > X", OktaAPI: "PUT /api/v1/x",
		},
		Related: []finding.Link{{URL: "https://example.com/a_(b)", Title: "A [page]"}, {URL: "javascript:alert(1)"}, {URL: "https://example.com/c"}},
	}
	tests := []struct {
		name           string
		control        *finding.Control
		text, markdown string
	}{
		{"all of it", full,
			"Why:\nWhy *so*.\nMore.\n\nWhat to do:\nDo it.\n\nPowerShell:\nSet-X -A $true |\n  Set-Y\n\nTo undo it:\nSet-X -A $false\n\n" +
				"In Okta's admin console:\nSecurity > X\n\nBy Okta's API:\nPUT /api/v1/x\n\nSee:\n- A [page] https://example.com/a_%28b%29\n- https://example.com/c",
			"**Why**\n\nWhy \\*so\\*. More.\n\n**What to do**\n\nDo it.\n\n**PowerShell**\n\n```powershell\nSet-X -A $true |\n  Set-Y\n```\n\n" +
				"**To undo it**\n\n```powershell\nSet-X -A $false\n```\n\n**In Okta's admin console**\n\nSecurity &gt; X\n\n**By Okta's API**\n\n```text\nPUT /api/v1/x\n```\n\n" +
				"**See**\n\n- [A \\[page\\]](https://example.com/a_%28b%29)\n- <https://example.com/c>"},
		{"nothing", &finding.Control{Title: "T"}, "T", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.text, help.Text(test.control)); diff != "" {
				t.Errorf("Text (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.markdown, help.Markdown(test.control)); diff != "" {
				t.Errorf("Markdown (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPage(t *testing.T) {
	tests := []struct {
		in, want string
		ok       bool
	}{
		{"https://example.com/a?b=c#d", "https://example.com/a?b=c#d", true},
		{"http://example.com", "http://example.com", true},
		{"https://example.com/a b", "https://example.com/a%20b", true},
		{"https://example.com/[a](b)", "https://example.com/%5Ba%5D%28b%29", true},
		{"https://example.com/ä", "https://example.com/%C3%A4", true},
		{"http://localhost:8080/", "http://localhost:8080/", true},
		{"https://e.x_>]https://e.x", "", false},
		{"https://[::1]/", "", false},
		{"javascript:alert(1)", "", false},
		{"data:text/html,x", "", false},
		{"https:opaque", "", false},
		{"https://user:password@example.com/", "", false},
		{"//example.com", "", false},
		{"https://exa\nmple.com", "", false},
		{"", "", false},
	}
	for _, test := range tests {
		got, ok := help.Page(test.in)
		if got != test.want || ok != test.ok {
			t.Errorf("Page(%q) = %q, %v, want %q, %v", test.in, got, ok, test.want, test.ok)
		}
	}
}
