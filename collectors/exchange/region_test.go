package exchange_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/exchange"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// service is the endpoint without a network, so that it can have more than one host. It
// answers a cmdlet with a body, or with an empty list.
type service struct {
	// location is where the request for the module's file is sent to.
	location string
	answer   func(cmdlet string, req *http.Request) (status int, header http.Header, body string)

	mu sync.Mutex
	// asked counts the requests with credentials by host.
	asked map[string]int
}

func (s *service) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	if req.Header.Get("Authorization") != "" {
		s.asked[req.URL.Scheme+"://"+req.URL.Host]++
	}
	s.mu.Unlock()
	status, header, body := http.StatusOK, http.Header{}, `{"value":[]}`
	if strings.HasSuffix(req.URL.Path, "/EXOModuleFile") {
		status, body = http.StatusFound, ""
		header.Set("Location", s.location)
	} else if s.answer != nil {
		var call struct{ CmdletInput struct{ CmdletName string } }
		if err := json.NewDecoder(req.Body).Decode(&call); err != nil {
			return nil, err
		}
		if code, more, text := s.answer(call.CmdletInput.CmdletName, req); code != 0 {
			status, body = code, text
			maps.Copy(header, more)
		}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// ask collects from a service and gives the lines of the ledger.
func ask(t *testing.T, s *service) (map[string]snapshot.Resource, *collectors.Result) {
	t.Helper()
	s.asked = map[string]int{}
	bearer, err := collectors.Bearer(token)
	if err != nil {
		t.Fatal(err)
	}
	c, err := exchange.New(exchange.Config{URL: "https://outlook.example", TenantID: tenant, Authorizer: bearer, Network: collectors.Network{Base: s}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := collectors.Run(t.Context(), []collectors.Collector{c}, collectors.Options{Source: "live", Tenant: snapshot.Tenant{ID: tenant}})
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]snapshot.Resource{}
	for _, line := range result.Snapshot.Collection.Resources {
		lines[line.Name] = line
	}
	return lines, result
}

// TestTheTokenGoesToTheServiceAlone: the service names the region's host, and only one
// below its own is believed.
func TestTheTokenGoesToTheServiceAlone(t *testing.T) {
	const own = "https://outlook.example"
	for _, test := range []struct {
		location string
		want     []string
	}{
		{"https://eur01.outlook.example/adminapi/x", []string{"https://eur01.outlook.example", own}},
		{"https://evil.example/", []string{own}},
		{"https://eviloutlook.example/", []string{own}},
		{"https://outlook.example.evil.example/", []string{own}},
		{"http://eur01.outlook.example/", []string{own}},
		{"https://user:word@eur01.outlook.example/", []string{own}},
		{"https://evil.example\\.outlook.example/", []string{own}},
		{"//evil.example/.outlook.example", []string{own}},
		{"::", []string{own}},
		{"", []string{own}},
	} {
		s := &service{location: test.location}
		ask(t, s)
		if diff := cmp.Diff(test.want, slices.Sorted(maps.Keys(s.asked))); diff != "" {
			t.Errorf("%q: asked with credentials (-want +got):\n%s", test.location, diff)
		}
		if len(test.want) == 2 && s.asked[own] != 1 {
			t.Errorf("%q: the region was told, and %s was asked %d times", test.location, own, s.asked[own])
		}
	}
}

// TestPagesAreKeptInTheRegion: a link that names the service itself is turned to where
// the pages are, and one that leads elsewhere is refused.
func TestPagesAreKeptInTheRegion(t *testing.T) {
	for link, want := range map[string]snapshot.Status{
		"https://outlook.example/adminapi/beta/x?$skiptoken=1":       snapshot.Collected,
		"https://eur01.outlook.example/adminapi/beta/x?$skiptoken=1": snapshot.Collected,
		"/adminapi/beta/x?$skiptoken=1":                              snapshot.Collected,
		"https://eur02.outlook.example/adminapi/beta/x?$skiptoken=1": snapshot.Partial,
		"https://evil.example/adminapi/beta/x?$skiptoken=1":          snapshot.Partial,
	} {
		s := &service{location: "https://eur01.outlook.example/", answer: func(cmdlet string, req *http.Request) (int, http.Header, string) {
			switch {
			case cmdlet != "Get-AcceptedDomain":
				return 0, nil, ""
			case req.URL.RawQuery != "":
				return http.StatusOK, nil, `{"value":[{"DomainName":"b"}]}`
			}
			return http.StatusOK, nil, `{"value":[{"DomainName":"a"}],"@odata.nextLink":"` + link + `"}`
		}}
		lines, _ := ask(t, s)
		if line := lines["exchange.accepted_domains"]; line.Status != want {
			t.Errorf("%s: %+v", link, line)
		}
		if hosts := slices.Sorted(maps.Keys(s.asked)); len(hosts) != 2 {
			t.Errorf("%s: asked with credentials: %v", link, hosts)
		}
	}
}

// TestWhatTheServiceSaysBesideItsRows gives what hides rows, and what stands in for some.
func TestWhatTheServiceSaysBesideItsRows(t *testing.T) {
	bodies := map[string]string{
		"Get-RoleGroup": `{"value":[{"Name":"Help Desk"}]}`,
		"Get-RoleGroupMember": `{"value":[{"Name":"g","RecipientType":"MailUniversalSecurityGroup"},{"Name":"nobody","RecipientType":"User"},
			{"Name":"anna","ExternalDirectoryObjectId":"id-1","RecipientType":"UserMailbox"}]}`,
		"Get-CASMailbox": `{"value":[{"ExternalDirectoryObjectId":"id-1","PrimarySmtpAddress":"anna@example.com","PopEnabled":"True","ImapEnabled":"False","EwsEnabled":""}]}`,
		"Get-User":       `{"value":[{"ExternalDirectoryObjectId":"id-1","UserPrincipalName":"anna@example.com","RecipientType":"UserMailbox"}]}`,
	}
	lines, result := ask(t, &service{answer: func(cmdlet string, req *http.Request) (int, http.Header, string) {
		switch {
		case cmdlet == "Get-AcceptedDomain":
			return http.StatusOK, http.Header{"X-Warnings": {"There are more results available."}}, `{"value":[{"DomainName":"a"}]}`
		case cmdlet == "Get-User" && req.URL.RawQuery != "":
			return http.StatusBadRequest, nil, `{"error":{"message":"Properties cannot be left out."}}`
		case bodies[cmdlet] == "":
			return 0, nil, ""
		}
		return http.StatusOK, nil, bodies[cmdlet]
	}})
	if line := lines["exchange.accepted_domains"]; line.Status != snapshot.Partial || line.Code != "warning" || !strings.Contains(line.Message, "more results") {
		t.Errorf("%+v", line)
	}
	groups := lines["exchange.role_groups"]
	if groups.Status != snapshot.Partial || groups.Code != "nested_group" || groups.Counts["nested_groups"] != 1 || groups.Counts["members_without_id"] != 1 {
		t.Errorf("%+v", groups)
	}
	if line := lines["exchange.users"]; line.Status != snapshot.Collected {
		t.Errorf("%+v", line)
	}
	for mailbox, err := range result.Mailboxes() {
		if err != nil {
			t.Fatal(err)
		}
		e := mailbox.Exchange
		if string(e.PopEnabled) != "true" || string(e.ImapEnabled) != "false" || string(e.EwsEnabled) != "null" ||
			!slices.Equal(mailbox.Addresses, []string{"SMTP:anna@example.com"}) || !slices.Equal(e.RoleGroups, []string{"Help Desk"}) {
			t.Errorf("%+v %+v", mailbox, e)
		}
	}
	if result.MailboxCount() != 1 {
		t.Errorf("%d mailboxes", result.MailboxCount())
	}
}
