package scubagear_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestImportRealExport runs on an export of a real tenant, which is not part of
// this repository: POSTERN_DATA names the folder that has it.
func TestImportRealExport(t *testing.T) {
	folder := os.Getenv("POSTERN_DATA")
	if folder == "" {
		t.Skip("POSTERN_DATA is not set: the folder with scuba-provider-settings.json")
	}
	s, written := importText(t, readFile(t, filepath.Join(folder, "scuba-provider-settings.json")))
	for name, want := range map[string]string{
		"entra.organization":                  "collected ",
		"entra.conditional_access_policies":   "collected ",
		"entra.authentication_methods_policy": "collected ",
		"exchange.organization_config":        "collected ",
		"exchange.transport_config":           "collected ",
		"exchange.accepted_domains":           "collected ",
		"sharepoint.settings":                 "collected ",
		"entra.domains":                       "partial incomplete",
		"exchange.authentication_policies":    "skipped not_in_export",
		"exchange.cas_mailboxes":              "skipped not_in_export",
		"okta.access_policies":                "skipped not_in_export",
	} {
		if r := line(t, s, name); string(r.Status)+" "+r.Code != want {
			t.Errorf("%s is %s %s, want %s", name, r.Status, r.Code, want)
		}
	}
	if n := len(s.Entra.ConditionalAccessPolicies); n != 7 {
		t.Errorf("%d policies, want 7", n)
	}
	for what, value := range map[string]string{
		"modern authentication": field(t, s.Exchange.OrganizationConfig, "OAuth2ClientProfileEnabled"),
		"SMTP AUTH off":         field(t, s.Exchange.TransportConfig, "SmtpClientAuthenticationDisabled"),
	} {
		if value != "true" {
			t.Errorf("%s: %q, want true", what, value)
		}
	}
	if got := field(t, s.SharePoint.Settings, "isLegacyAuthProtocolsEnabled"); got != "false" {
		t.Errorf("SharePoint's legacy authentication: %q, want false", got)
	}
	if text := string(written); strings.Contains(text, "/Date(") || strings.Contains(text, `"@{`) {
		t.Error("PowerShell's spelling is left in the snapshot")
	}
	if _, err := snapshot.Read("snapshot.json", bytes.NewReader(written), nil); err != nil {
		t.Errorf("what was imported cannot be read: %v", err)
	}
}
