package scubagear_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// line finds one line of the ledger.
func line(t *testing.T, s *snapshot.Snapshot, name string) snapshot.Resource {
	t.Helper()
	for _, r := range s.Collection.Resources {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("the ledger has no line for %s", name)
	return snapshot.Resource{}
}

func TestLedgerSaysHowEachSectionEnded(t *testing.T) {
	good := string(readFile(t, exportFile))
	const ca, org, domains = "entra.conditional_access_policies", "exchange.organization_config", "entra.domains"
	const policies = "conditional_access_policies"
	failed := func(text, product, command string) string {
		return change(t, text, product+"_unsuccessful_commands", `["`+command+`"]`)
	}
	unlisted := func(text, product string) string { return change(t, text, product+"_successful_commands", `[]`) }
	policy := func(field, value string) string {
		return `[{"Id": "x", "State": "enabled", ` + strings.Replace(`"Conditions": {"ClientAppTypes": ["all"]}, `, `"`+field+`"`, `"x"`, 1) +
			`"` + field + `": ` + value + `}]`
	}
	for name, test := range map[string]struct {
		text     string
		resource string
		want     string // status and code
		items    int    // -1: not there
		says     string // part of the message
	}{
		"collected":        {good, ca, "collected ", 2, ""},
		"an object":        {good, org, "collected ", 1, "5 settings"},
		"cannot hold it":   {good, "okta.apps", "skipped not_in_export", -1, "does not hold this"},
		"cannot hold it 2": {good, "exchange.cas_mailboxes", "skipped not_in_export", -1, "does not hold this"},

		"command failed":                      {failed(change(t, good, policies, `[]`), "aad", "Get-MgBetaIdentityConditionalAccessPolicy"), ca, "failed failed", -1, "could not run Get-MgBetaIdentityConditionalAccessPolicy"},
		"command failed, null":                {failed(change(t, good, policies, `[null]`), "aad", "Get-MgBetaIdentityConditionalAccessPolicy"), ca, "failed failed", -1, "could not run"},
		"command failed, and yet":             {failed(good, "aad", "Get-MgBetaIdentityConditionalAccessPolicy"), ca, "partial failed", 2, "and yet"},
		"older name of the command":           {failed(change(t, unlisted(good, "aad"), policies, `[]`), "aad", "Get-MgIdentityConditionalAccessPolicy"), ca, "failed failed", -1, "Get-MgIdentityConditionalAccessPolicy"},
		"another product's failure":           {failed(good, "SharePoint", "Get-MgBetaIdentityConditionalAccessPolicy"), ca, "collected ", 2, ""},
		"listed as run though it was not":     {change(t, failed(good, "SharePoint", "Get-SPOTenant"), "SPO_tenant", `[]`), "sharepoint.settings", "failed failed", -1, "Get-SPOTenant"},
		"no word of the command":              {unlisted(good, "aad"), ca, "partial not_listed", 2, "does not say"},
		"no word of the command, no section":  {change(t, unlisted(good, "aad"), policies, ""), ca, "skipped not_in_export", -1, "did not ask"},
		"product was not run":                 {change(t, change(t, change(t, good, "exo_successful_commands", ""), "exo_unsuccessful_commands", ""), "org_config", ""), org, "skipped not_in_export", -1, "its product is exo"},
		"command ran, section gone":           {change(t, good, policies, ""), ca, "failed bad_answer", -1, "it is missing"},
		"none":                                {change(t, good, policies, `[]`), ca, "collected ", 0, ""},
		"null":                                {change(t, good, policies, `[null]`), ca, "partial null_section", 0, "null"},
		"null instead of the list":            {change(t, good, policies, `null`), ca, "partial null_section", 0, "null"},
		"null beside something":               {change(t, good, "accepted_domains", `[null, {"DomainName": "waterlelie.example"}]`), "exchange.accepted_domains", "partial null_section", 1, "null"},
		"one object where a list belongs":     {change(t, good, policies, `{"Id": "x", "State": "enabled", "Conditions": {"ClientAppTypes": ["all"]}}`), ca, "partial collapsed", 1, "may not be all"},
		"texts where objects belong":          {change(t, good, policies, `["x"]`), ca, "failed bad_answer", -1, "no object"},
		"a number where a list belongs":       {change(t, good, policies, `7`), ca, "failed bad_answer", -1, "neither"},
		"two objects where one belongs":       {change(t, good, "org_config", `[{}, {}]`), org, "failed bad_answer", -1, "2 objects"},
		"null where an object belongs":        {change(t, good, "org_config", `[null]`), org, "failed bad_answer", -1, "empty"},
		"without the setting that is judged":  {change(t, good, "org_config", `[{"Name": "x"}]`), org, "skipped not_in_export", -1, "OAuth2ClientProfileEnabled"},
		"a setting nobody set is an answer":   {change(t, good, "org_config", `[{"OAuth2ClientProfileEnabled": null}]`), org, "collected ", 1, ""},
		"no transport setting":                {change(t, good, "transport_config", `[{"Name": "x"}]`), "exchange.transport_config", "skipped not_in_export", -1, "SmtpClientAuthenticationDisabled"},
		"no SharePoint setting":               {change(t, good, "SPO_tenant", `[{"LegacyBrowserAuthProtocolsEnabled": false}]`), "sharepoint.settings", "skipped not_in_export", -1, "LegacyAuthProtocolsEnabled"},
		"SharePoint setting is a text":        {change(t, good, "SPO_tenant", `[{"LegacyAuthProtocolsEnabled": "False"}]`), "sharepoint.settings", "skipped not_in_export", -1, "LegacyAuthProtocolsEnabled"},
		"licences lack their plans":           {change(t, good, "license_information", `[{"SkuId": "x"}]`), "entra.subscribed_skus", "partial incomplete", 1, "service plans"},
		"roles lack who holds them":           {good, "entra.role_members", "partial incomplete", 1, "who"},
		"organisation was not read":           {change(t, good, "tenant_details", `[{"AADAdditionalData": "Error retrieving additional data", "TenantId": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}]`), "entra.organization", "failed failed", -1, "Get-MgBetaOrganization"},
		"organisation was not asked for":      {change(t, good, "tenant_details", `[{"EXOAdditionalData": "x", "TenantId": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}]`), "entra.organization", "skipped not_in_export", -1, "aad"},
		"two tenant ids":                      {change(t, good, "tenant_details", `[{"AADAdditionalData": {"Id": "1d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}, "TenantId": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}]`), "entra.organization", "collected ", 1, "another tenant id"},
		"methods beside no policy":            {change(t, good, "authentication_method", `[{"authentication_method_feature_settings": [], "authentication_method_policy": null}]`), "entra.authentication_methods_policy", "failed bad_answer", -1, "authentication_method_policy"},
		"policy without its methods":          {change(t, good, "authentication_method", `[{"authentication_method_policy": {"Id": "x"}}]`), "entra.authentication_methods_policy", "partial incomplete", 1, "methods"},
		"one method":                          {change(t, good, "authentication_method", `[{"authentication_method_policy": [{"Id": "x"}], "authentication_method_feature_settings": {"Id": "Sms"}}]`), "entra.authentication_methods_policy", "partial collapsed", 1, "one method"},
		"older methods policy":                {change(t, good, "authentication_method", `[{"Id": "authenticationMethodsPolicy"}]`), "entra.authentication_methods_policy", "collected ", 1, ""},
		"a domain that Exchange knows":        {change(t, good, "accepted_domains", `[{"DomainName": "Other.example"}]`), domains, "partial incomplete", 2, "1 domains"},
		"one domain, and others are named":    {change(t, good, "domain_settings", `{"Id": "waterlelie.example"}`), domains, "partial incomplete", 1, "1 domains"},
		"one domain, nobody to compare with":  {change(t, change(t, change(t, good, "tenant_details", `[{"TenantId": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}]`), "accepted_domains", `[]`), "domain_settings", `{"Id": "waterlelie.example"}`), domains, "partial collapsed", 1, "may not be all"},
		"one domain, and all agree":           {change(t, change(t, change(t, good, "tenant_details", `[{"TenantId": "x", "AADAdditionalData": {"Id": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11", "VerifiedDomains": [{"Name": "waterlelie.example"}]}}]`), "accepted_domains", `[{"DomainName": "waterlelie.example"}]`), "domain_settings", `{"Id": "Waterlelie.example"}`), domains, "collected ", 1, "one domain"},
		"a domain without a name":             {change(t, good, "domain_settings", `[{"IsRoot": true}]`), domains, "failed bad_answer", -1, "no id"},
		"a policy without a state":            {change(t, good, policies, `[{"Id": "x", "Conditions": {}}]`), ca, "failed bad_answer", -1, "no state"},
		"a policy without conditions":         {change(t, good, policies, `[{"Id": "x", "State": "enabled", "Conditions": null}]`), ca, "failed bad_answer", -1, "no conditions"},
		"a condition cut off":                 {change(t, good, policies, policy("Conditions", `{"Locations": "@{IncludeLocations=System.Object[]}"}`)), ca, "failed bad_answer", -1, "cut off"},
		"a grant cut off":                     {change(t, good, policies, policy("GrantControls", `"@{BuiltInControls=System.Object[]; Operator=OR}"`)), ca, "failed bad_answer", -1, "cut off"},
		"a grant cut off to its type":         {change(t, good, policies, policy("GrantControls", `"Microsoft.Graph.Beta.PowerShell.Models.MicrosoftGraphConditionalAccessGrantControls"`)), ca, "failed bad_answer", -1, "cut off"},
		"a list written as one text":          {change(t, good, policies, policy("GrantControls", `{"BuiltInControls": "mfa compliantDevice"}`)), ca, "failed bad_answer", -1, "one text"},
		"the same name in two spellings":      {change(t, good, policies, policy("state", `"disabled"`)), ca, "failed bad_answer", -1, "two spellings"},
		"a policy named like a cut-off value": {change(t, good, policies, policy("DisplayName", `"@home"`)), ca, "collected ", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := importText(t, []byte(test.text))
			got := line(t, s, test.resource)
			if status := string(got.Status) + " " + got.Code; status != test.want {
				t.Errorf("%s is %q, want %q (%s)", test.resource, status, test.want, got.Message)
			}
			items := -1
			if got.Items != nil {
				items = *got.Items
			}
			if items != test.items {
				t.Errorf("%s has %d items, want %d", test.resource, items, test.items)
			}
			if !strings.Contains(got.Message, test.says) {
				t.Errorf("%s: message %q does not say %q", test.resource, got.Message, test.says)
			}
		})
	}
}

// Of everything that a snapshot can hold the ledger has one line, and what the
// lines call read is what is there.
func TestLedgerAgreesWithTheSnapshot(t *testing.T) {
	good := string(readFile(t, exportFile))
	for name, text := range map[string]string{
		"the export":       good,
		"without Exchange": change(t, change(t, change(t, good, "org_config", ""), "transport_config", ""), "accepted_domains", ""),
		"nothing but whose it is": `{"module_version": "1", "timestamp_zulu": "/Date(1795160395000)/",
			"tenant_details": {"TenantId": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, written := importText(t, []byte(text))
			var there map[string]any
			if err := json.Unmarshal(written, &there); err != nil {
				t.Fatal(err)
			}
			lines := map[string]int{}
			for _, r := range s.Collection.Resources {
				lines[r.Name]++
				read := r.Status == snapshot.Collected || r.Status == snapshot.Partial
				for _, path := range r.Paths[:1] {
					if got := holds(there, strings.Split(path, ".")); got != read {
						t.Errorf("%s is %s, and %s is there: %v", r.Name, r.Status, path, got)
					}
				}
				if (r.Code == "") != (r.Status == snapshot.Collected) || r.Status != snapshot.Collected && r.Message == "" {
					t.Errorf("%s is %s with code %q and message %q", r.Name, r.Status, r.Code, r.Message)
				}
			}
			if len(lines) != len(s.Collection.Resources) || len(lines) != 44 {
				t.Errorf("%d lines for %d resources, want one for each of 44", len(s.Collection.Resources), len(lines))
			}
		})
	}
}

func holds(value any, steps []string) bool {
	if len(steps) == 0 {
		return true
	}
	object, _ := value.(map[string]any)
	next, ok := object[steps[0]]
	return ok && holds(next, steps[1:])
}

// The names and paths are those of the imaginary tenants, which the live
// collectors keep to as well.
func TestLedgerNamesWhatALiveCollectionNames(t *testing.T) {
	live, err := snapshot.ReadFile("../../../testdata/tenants/spotless/snapshot.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	paths := func(list []snapshot.Resource) map[string][]string {
		named := map[string][]string{}
		for _, r := range list {
			named[r.Name] = r.Paths
		}
		return named
	}
	s, _ := importText(t, readFile(t, exportFile))
	if diff := cmp.Diff(paths(live.Collection.Resources), paths(s.Collection.Resources)); diff != "" {
		t.Errorf("paths by resource (-live +import):\n%s", diff)
	}
}

func TestTenant(t *testing.T) {
	good := string(readFile(t, exportFile))
	const id = "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"
	for name, test := range map[string]struct {
		text string
		want snapshot.Tenant
	}{
		"from Graph": {good, snapshot.Tenant{ID: id, Name: "Kwekerij Waterlelie", InitialDomain: "waterlelie.onmicrosoft.com", Cloud: "public"}},
		"from Exchange": {change(t, good, "tenant_details", `[{"DisplayName": "W", "DomainName": "w.onmicrosoft.com", "TenantId": "`+id+`", "EXOAdditionalData": "x"}]`),
			snapshot.Tenant{ID: id, Name: "W", InitialDomain: "w.onmicrosoft.com", Cloud: "public"}},
		"errors are no names": {change(t, good, "tenant_details", `[{"DisplayName": "Error retrieving Display name", "DomainName": "Error retrieving Domain name", "TenantId": "`+id+`"}]`),
			snapshot.Tenant{ID: id, Cloud: "public"}},
		"GCC High":      {change(t, good, "scuba_config", `{"M365Environment": "gcchigh"}`), snapshot.Tenant{ID: id, Name: "Kwekerij Waterlelie", InitialDomain: "waterlelie.onmicrosoft.com", Cloud: "gcchigh"}},
		"unknown cloud": {change(t, good, "scuba_config", ""), snapshot.Tenant{ID: id, Name: "Kwekerij Waterlelie", InitialDomain: "waterlelie.onmicrosoft.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := importText(t, []byte(test.text))
			if diff := cmp.Diff(test.want, s.Tenant); diff != "" {
				t.Errorf("tenant (-want +got):\n%s", diff)
			}
		})
	}
}
