package exchange

import (
	"net/url"
	"testing"
)

func TestOnlyARegionBelowTheConfiguredHostIsBelieved(t *testing.T) {
	tests := []struct {
		target, configured string
		want               bool
	}{
		{"https://eurpr07.outlook.office365.com/x", "https://outlook.office365.com", true},
		{"https://outlook.office365.com.evil.example/", "https://outlook.office365.com", false},
		{"https://eviloutlook.office365.com/", "https://outlook.office365.com", false},
		{"http://eurpr07.outlook.office365.com/", "https://outlook.office365.com", false},
		{"https://user@eurpr07.outlook.office365.com/", "https://outlook.office365.com", false},
		{"https://a.127.0.0.1:99/", "http://127.0.0.1:99", false},
	}
	for _, test := range tests {
		target, err := url.Parse(test.target)
		if err != nil {
			t.Fatal(err)
		}
		configured, err := url.Parse(test.configured)
		if err != nil {
			t.Fatal(err)
		}
		if got := isRegion(target, configured); got != test.want {
			t.Errorf("isRegion(%s, %s) = %v", test.target, test.configured, got)
		}
	}
}

func TestNothingOutsideTheAllowListIsSent(t *testing.T) {
	c, err := newClient(Config{TenantID: "t"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []cmdlet{"Set-OrganizationConfig", "get-organizationconfig", "Get-Mailbox", ""} {
		if err := c.invoke(t.Context(), call{cmdlet: name}, nil, nil); err == nil {
			t.Errorf("%q would have been sent", name)
		}
	}
}
