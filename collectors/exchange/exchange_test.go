package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/exchange"
	"github.com/seed-07732396/postern/collectors/exchange/exchangetest"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	tenant = "8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10"
	token  = "eyJ0b2tlbi10aGF0LW11c3Qtbm90LXNob3c"
)

// organisation is a small tenant: three mailboxes and two role groups.
func organisation() fstest.MapFS {
	files := fstest.MapFS{}
	add := func(name, text string) { files[name+".json"] = &fstest.MapFile{Data: []byte(text)} }
	add("Get-OrganizationConfig", `[{"Name":"example.onmicrosoft.com","OAuth2ClientProfileEnabled":true,"DefaultAuthenticationPolicy":"Block","EwsEnabled":null,"PublicFoldersEnabled":"Local"}]`)
	add("Get-OrganizationConfig.RetrieveEwsOperationAccessPolicy", `[{"EwsEnabled":null,"EwsAllowedAppIDs":[]}]`)
	add("Get-TransportConfig", `[{"Name":"Transport Settings","SmtpClientAuthenticationDisabled":true}]`)
	add("Get-AuthenticationPolicy", `[{"Name":"Block","Guid":"1","AllowBasicAuthSmtp":false}]`)
	add("Get-CASMailboxPlan", `[{"Name":"Plan","PopEnabled":false}]`)
	add("Get-AcceptedDomain", `[{"DomainName":"example.com"}]`)
	add("Get-RoleGroup", `[{"Name":"Organization Management","Guid":"g1"},{"Name":"Help Desk","Guid":"g2"}]`)
	add("Get-RoleGroupMember/g1", `[{"Name":"anna","ExternalDirectoryObjectId":"id-1","RecipientType":"UserMailbox"},{"Name":"TenantAdmins_5f3","RecipientType":"Group"}]`)
	add("Get-RoleGroupMember/g2", `[]`)
	mailboxes(files, 3)
	return files
}

func mailboxes(files fstest.MapFS, n int) {
	cas, users := make([]map[string]any, n), make([]map[string]any, n)
	for i := range n {
		id := fmt.Sprintf("id-%d", i+1)
		cas[i] = map[string]any{
			"ExternalDirectoryObjectId": id, "Guid": "guid-" + id, "DisplayName": "User " + id,
			"EmailAddresses": []string{"SMTP:" + id + "@example.com"}, "PopEnabled": i%2 == 0, "ImapEnabled": false,
			"ActiveSyncEnabled": true, "MAPIEnabled": true, "OWAEnabled": true, "EwsEnabled": nil, "SmtpClientAuthenticationDisabled": nil,
		}
		users[i] = map[string]any{
			"ExternalDirectoryObjectId": id, "Guid": "guid-" + id, "UserPrincipalName": id + "@example.com", "RecipientType": "UserMailbox",
			"RecipientTypeDetails": "UserMailbox", "AuthenticationPolicy": nil, "RemotePowerShellEnabled": false, "AccountDisabled": false,
			"Title": "left out by $select",
		}
	}
	for name, rows := range map[string]any{"Get-CASMailbox": cas, "Get-User": users} {
		data, err := json.Marshal(rows)
		if err != nil {
			panic(err)
		}
		files[name+".json"] = &fstest.MapFile{Data: data}
	}
}

// collected is what one collection against a server came to.
type collected struct {
	*collectors.Result
	server *exchangetest.Server
	log    *bytes.Buffer
}

func collect(t *testing.T, files fstest.MapFS, o exchangetest.Options, network collectors.Network) collected {
	t.Helper()
	o.TenantID = tenant
	if o.Token == "" {
		o.Token = token
	}
	server := exchangetest.New(files, o)
	t.Cleanup(server.Close)
	bearer, err := collectors.Bearer(token)
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	network.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if network.Sleep == nil {
		network.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	collector, err := exchange.New(exchange.Config{URL: server.URL, TenantID: tenant, Authorizer: bearer, Network: network})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := collectors.Run(ctx, []collectors.Collector{collector}, collectors.Options{Source: "live", Tenant: snapshot.Tenant{ID: tenant}})
	if err != nil {
		t.Fatal(err)
	}
	return collected{result, server, log}
}

func (c collected) line(t *testing.T, name string) snapshot.Resource {
	t.Helper()
	for _, line := range c.Snapshot.Collection.Resources {
		if line.Name == name {
			return line
		}
	}
	t.Fatalf("%s is not in the ledger", name)
	return snapshot.Resource{}
}

// document is the snapshot as it would be written.
func (c collected) document(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := snapshot.Write(&out, c.Snapshot, c.Mailboxes()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCollectsAWholeOrganisation(t *testing.T) {
	c := collect(t, organisation(), exchangetest.Options{PageSize: 2}, collectors.Network{})
	for _, line := range c.Snapshot.Collection.Resources {
		if line.Status != snapshot.Collected {
			t.Errorf("%s: %s %s %s", line.Name, line.Status, line.Code, line.Message)
		}
	}
	if c.MailboxCount() != 3 {
		t.Errorf("%d mailboxes", c.MailboxCount())
	}
	document := c.document(t)
	for _, want := range []string{
		`"PublicFoldersEnabled": "Local"`, `"EwsAllowedAppIDs": []`, `"PopEnabled":true`, `"EwsEnabled":null`,
		`"SmtpClientAuthenticationDisabled":null`, `"AuthenticationPolicy":null`, `"role_groups":["Organization Management"]`, `"domain":"example.com"`,
	} {
		if !strings.Contains(document, want) {
			t.Errorf("the snapshot lacks %s", want)
		}
	}
	for _, never := range []string{"@odata", "@data", "Title"} {
		if strings.Contains(document, never) {
			t.Errorf("the snapshot holds %s", never)
		}
	}
	if got := c.line(t, "exchange.role_groups").Counts["entra_role_groups"]; got != 1 {
		t.Errorf("%d role groups that mirror a role of Entra, want 1", got)
	}
}

func TestSendsOnlyWhatReadsAndWhatTheModuleSends(t *testing.T) {
	c := collect(t, organisation(), exchangetest.Options{PageSize: 2}, collectors.Network{})
	requests := c.server.Requests()
	if len(requests) < 12 {
		t.Fatalf("only %d requests", len(requests))
	}
	for _, r := range requests {
		if !strings.HasPrefix(r.Cmdlet, "Get-") {
			t.Errorf("%s was sent", r.Cmdlet)
		}
		if got, want := r.Header.Get("X-AnchorMailbox"), "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"+tenant; got != want {
			t.Errorf("%s: X-AnchorMailbox is %q", r.Cmdlet, got)
		}
		if r.Page > 0 && !strings.Contains(r.Header.Get("Cookie"), "exchangecookie=server-7") {
			t.Errorf("%s page %d came without the cookie of its first page", r.Cmdlet, r.Page)
		}
	}
}

func TestEachFaultEndsInTheLedger(t *testing.T) {
	const cas, users = "exchange.cas_mailboxes", "exchange.users"
	tests := []struct {
		name     string
		files    fstest.MapFS
		options  exchangetest.Options
		network  collectors.Network
		resource string
		status   snapshot.Status
		code     string
		message  string
	}{
		{name: "429 twice with a wait", resource: cas, status: snapshot.Collected,
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Times: 2, Status: 429, RetryAfter: "2.5"}}}},
		{name: "429 without end", resource: cas, status: snapshot.Failed, code: "throttled",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Status: 429}}}},
		{name: "500 on the second page, once", resource: cas, status: snapshot.Collected,
			options: exchangetest.Options{PageSize: 2, Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: 1, Times: 1, Status: 500}}}},
		{name: "500 on the second page, always", resource: cas, status: snapshot.Partial, code: "server_error",
			options: exchangetest.Options{PageSize: 2, Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: 1, Status: 500}}}},
		{name: "connection cut once", resource: users, status: snapshot.Collected,
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Times: 1, Kind: exchangetest.Cut}}}},
		{name: "body cut in half for ever", resource: users, status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Kind: exchangetest.Half}}}},
		{name: "gzip garbage", resource: users, status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Kind: exchangetest.Garbage}}}},
		{name: "a proxy's page", resource: users, status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Kind: exchangetest.Proxy}}}},
		{name: "too large", resource: users, status: snapshot.Failed, code: "too_large", network: collectors.Network{MaxBytes: 1 << 20},
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Kind: exchangetest.Huge}}}},
		{name: "slow", resource: users, status: snapshot.Collected,
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Kind: exchangetest.Slow}}}},
		{name: "403 of NUL bytes", resource: "exchange.organization_config", status: snapshot.Denied, code: "denied", message: "Global Reader",
			options: exchangetest.Options{Denied: []string{"Get-OrganizationConfig"}}},
		{name: "expired page", resource: cas, status: snapshot.Partial, code: "expired_page",
			options: exchangetest.Options{PageSize: 2, Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: 1, Status: 400, Body: `{"error":{"code":"BadRequest","message":"x","details":[{"message":"|T|Expired or Invalid pagination request."}]}}`}}}},
		{name: "a page that repeats", resource: cas, status: snapshot.Partial, code: "repeated_page",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Kind: exchangetest.Page,
				Body: `{"@adminapi.warnings":[],"value":[{"Guid":"1"}],"@odata.nextLink":"%s?$skiptoken=x-1"}`}}}},
		{name: "a link to another host", resource: cas, status: snapshot.Partial, code: "bad_address",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Kind: exchangetest.Page,
				Body: `{"@adminapi.warnings":[],"value":[{"Guid":"1"}],"@odata.nextLink":"https://evil.example/adminapi"}`}}}},
		{name: "a warning", resource: "exchange.authentication_policies", status: snapshot.Partial, code: "warning",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-AuthenticationPolicy", Page: -1, Kind: exchangetest.Page,
				Body: `{"@adminapi.warnings":["There are more results available than are displayed."],"value":[{"Name":"Block"}]}`}}}},
		{name: "no list in the answer", resource: cas, status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Kind: exchangetest.Page, Body: `{"unexpected":1}`}}}},
		{name: "a switch that is a number", resource: cas, status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Kind: exchangetest.Page, Body: `{"value":[{"Guid":"1","PopEnabled":7}]}`}}}},
		{name: "a text that is a list", resource: users, status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-User", Page: -1, Kind: exchangetest.Page, Body: `{"value":[{"Guid":"1","RecipientTypeDetails":["UserMailbox"]}]}`}}}},
		{name: "a setting of another type", resource: "exchange.transport_config", status: snapshot.Failed, code: "bad_answer", message: "SmtpClientAuthenticationDisabled: expected a boolean or null, found a string",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-TransportConfig", Page: -1, Kind: exchangetest.Page, Body: `{"value":[{"SmtpClientAuthenticationDisabled":"perhaps"}]}`}}}},
		{name: "a setting too long to be one", resource: "exchange.transport_config", status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-TransportConfig", Page: -1, Kind: exchangetest.Page, Body: `{"value":[{"Name":"` + strings.Repeat("x", 1<<20) + `"}]}`}}}},
		{name: "two organisations", resource: "exchange.transport_config", status: snapshot.Failed, code: "bad_answer",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-TransportConfig", Page: -1, Kind: exchangetest.Page, Body: `{"value":[{"Name":"a"},{"Name":"b"}]}`}}}},
		{name: "a redirect", resource: cas, status: snapshot.Failed, code: "bad_address",
			options: exchangetest.Options{Faults: []*exchangetest.Fault{{Cmdlet: "Get-CASMailbox", Page: -1, Status: 302}}}},
		{name: "a wrong token", resource: cas, status: snapshot.Failed, code: "login_refused", message: "Exchange.ManageAsApp",
			options: exchangetest.Options{Token: "another"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := test.files
			if files == nil {
				files = organisation()
			}
			c := collect(t, files, test.options, test.network)
			line := c.line(t, test.resource)
			if line.Status != test.status || line.Code != test.code || !strings.Contains(line.Message, test.message) {
				t.Errorf("%s: %s %q %q, want %s %q %q", test.resource, line.Status, line.Code, line.Message, test.status, test.code, test.message)
			}
			output := c.document(t) + c.log.String()
			if strings.Contains(output, token) {
				t.Error("the token shows")
			}
			for _, r := range c.server.Requests() {
				if strings.Contains(r.Path, "evil") {
					t.Error("a foreign link was followed")
				}
			}
		})
	}
}

func TestOneDeniedCmdletLeavesTheOthersWhole(t *testing.T) {
	c := collect(t, organisation(), exchangetest.Options{Denied: []string{"Get-TransportConfig"}}, collectors.Network{})
	statuses := map[snapshot.Status]int{}
	for _, line := range c.Snapshot.Collection.Resources {
		statuses[line.Status]++
	}
	if diff := cmp.Diff(map[snapshot.Status]int{snapshot.Collected: 8, snapshot.Denied: 1}, statuses); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(c.document(t), `"transport_config": {`) {
		t.Error("a denied resource is in the snapshot")
	}
}

func TestAnOrganisationWithoutMailboxesIsNoGap(t *testing.T) {
	files := organisation()
	mailboxes(files, 0)
	c := collect(t, files, exchangetest.Options{}, collectors.Network{})
	if line := c.line(t, "exchange.cas_mailboxes"); line.Status != snapshot.Collected {
		t.Errorf("%+v", line)
	}
	if !strings.Contains(c.document(t), `"mailboxes": []`) {
		t.Error("the snapshot does not say that there are no mailboxes")
	}
}

func TestUsersThatAreMissingAreNoticed(t *testing.T) {
	files := organisation()
	cas := files["Get-CASMailbox.json"]
	mailboxes(files, 2)
	files["Get-CASMailbox.json"] = cas
	c := collect(t, files, exchangetest.Options{}, collectors.Network{})
	if line := c.line(t, "exchange.cas_mailboxes"); line.Status != snapshot.Partial || line.Code != "count_mismatch" {
		t.Errorf("%+v", line)
	}
}

func TestHostileNamesStayText(t *testing.T) {
	files := organisation()
	name := "a\"b\\c/\u202e\n</script>{{}}"
	data, err := json.Marshal([]map[string]any{{"Guid": "1", "Name": name, "AllowBasicAuthSmtp": false}})
	if err != nil {
		t.Fatal(err)
	}
	files["Get-AuthenticationPolicy.json"] = &fstest.MapFile{Data: data}
	c := collect(t, files, exchangetest.Options{}, collectors.Network{})
	document, err := snapshot.Read("test", strings.NewReader(c.document(t)), nil)
	if err != nil {
		t.Fatal(err)
	}
	value, ok := document.Value("/exchange/authentication_policies/0/Name")
	var got string
	if !ok || json.Unmarshal(value, &got) != nil || got != name {
		t.Errorf("the name came back as %q", got)
	}
}

func TestManyMailboxesTakeNoMorePagesThanTheyMust(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred thousand mailboxes")
	}
	files := organisation()
	mailboxes(files, 100_000)
	c := collect(t, files, exchangetest.Options{}, collectors.Network{})
	pages := map[string]int{}
	for _, r := range c.server.Requests() {
		pages[r.Cmdlet]++
	}
	if c.MailboxCount() != 100_000 || pages["Get-CASMailbox"] != 100 || pages["Get-User"] != 100 {
		t.Errorf("%d mailboxes, pages %v", c.MailboxCount(), pages)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for _, url := range []string{"http://outlook.example", "ftp://x", "https://user:hunter2@outlook.example", "://"} {
		if _, err := exchange.New(exchange.Config{URL: url, TenantID: tenant}); err == nil {
			t.Errorf("%s was accepted", url)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows a password: %v", err)
		}
	}
	if _, err := exchange.New(exchange.Config{}); err == nil {
		t.Error("no tenant was accepted")
	}
}
