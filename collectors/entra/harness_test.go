package entra_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

var start = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// outcome is everything that one collection let out.
type outcome struct {
	*collectors.Result
	document string
	log      string
	waited   []time.Duration
	events   []collectors.Event
	requests []string
}

// harness collects from a server and sees to it that no secret comes out.
type harness struct {
	server  *entratest.Server
	token   string
	auth    collectors.Authorizer
	network collectors.Network
	others  []collectors.Collector
	skip    func(string) string
	ctx     context.Context
	now     time.Time
	store   *store
	watch   func(collectors.Event)
	// secrets must not be found in anything that comes out.
	secrets []string
}

func serve(t *testing.T, tenant *entratest.Tenant, o entratest.Options) *harness {
	t.Helper()
	server := entratest.Start(tenant, o)
	t.Cleanup(server.Close)
	token := server.Token()
	auth, err := collectors.Bearer(token)
	if err != nil {
		t.Fatal(err)
	}
	return &harness{server: server, token: token, auth: auth, ctx: t.Context(), now: start, secrets: []string{token}}
}

// collect runs a whole collection. Waiting takes no time.
func (h *harness) collect(t *testing.T) *outcome {
	t.Helper()
	var (
		out outcome
		log lockedBuffer
		mu  sync.Mutex
	)
	network := h.network
	network.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if network.Sleep == nil {
		network.Sleep = func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			out.waited = append(out.waited, d)
			return ctx.Err()
		}
	}
	collector, err := entra.New(entra.Config{URL: h.server.URL, Authorizer: h.auth, Network: network})
	if err != nil {
		t.Fatal(err)
	}
	if h.store == nil {
		h.store = openStore(t, filepath.Join(t.TempDir(), "resume"), false, h.now)
	}
	result, err := collectors.Run(h.ctx, append([]collectors.Collector{collector}, h.others...), collectors.Options{
		Source: "live", Evidence: 30 * 24 * time.Hour, Skip: h.skip, Store: h.store.Store,
		Progress: func(e collectors.Event) {
			out.events = append(out.events, e)
			if h.watch != nil {
				h.watch(e)
			}
		},
		Now: func() time.Time { return h.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	var document strings.Builder
	if err := snapshot.Write(&document, result.Snapshot, result.Mailboxes()); err != nil {
		t.Fatal(err)
	}
	out.Result, out.document, out.log, out.requests = result, document.String(), log.String(), h.server.Requests()
	h.leaks(t, &out)
	return &out
}

// store is a resume folder.
type store struct {
	*collectors.Store
	dir string
}

// began sets the moment of the collection.
func (h *harness) began(t *testing.T, at time.Time) {
	t.Helper()
	h.now = at
	h.store = openStore(t, filepath.Join(t.TempDir(), "resume"), false, at)
}

func openStore(t *testing.T, dir string, resume bool, at time.Time) *store {
	t.Helper()
	s, err := collectors.OpenStore(dir, "contoso", resume, at)
	if err != nil {
		t.Fatal(err)
	}
	return &store{s, dir}
}

// text is everything that lies in the folder.
func (s *store) text(t *testing.T) string {
	t.Helper()
	files, err := os.ReadDir(s.dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in the resume folder, %v", len(files), err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(s.dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// leaks looks for secrets in everything that came out, and checks that every
// offer has a line.
func (h *harness) leaks(t *testing.T, out *outcome) {
	t.Helper()
	events := fmt.Sprintf("%+v", out.events)
	for _, secret := range h.secrets {
		for name, text := range map[string]string{"document": out.document, "log": out.log, "progress": events, "resume folder": h.store.text(t)} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s holds a secret", name)
			}
		}
	}
	if out.log == "" && len(out.requests) > 0 {
		t.Error("nothing was logged: the search for secrets proves nothing")
	}
	lines := make(map[string]bool)
	for _, line := range out.Snapshot.Collection.Resources {
		lines[line.Name] = true
		if line.Status != snapshot.Collected && (line.Code == "" || line.Message == "") {
			t.Errorf("%s is %s without a reason", line.Name, line.Status)
		}
	}
	for _, offer := range entra.Offers() {
		if !lines[offer.Name] {
			t.Errorf("%s was offered and is not in the ledger", offer.Name)
		}
	}
}

func (o *outcome) line(t *testing.T, name string) snapshot.Resource {
	t.Helper()
	for _, line := range o.Snapshot.Collection.Resources {
		if line.Name == name {
			return line
		}
	}
	t.Fatalf("no line for %s", name)
	return snapshot.Resource{}
}

// wantOnly checks that the named resources have a status and that all others,
// those that depend on them aside, were collected.
func (o *outcome) wantOnly(t *testing.T, want map[string]snapshot.Status) {
	t.Helper()
	for _, line := range o.Snapshot.Collection.Resources {
		status, named := want[line.Name]
		if !named {
			status = snapshot.Collected
		}
		if line.Status != status {
			t.Errorf("%s: %s (%s: %s), want %s", line.Name, line.Status, line.Code, line.Message, status)
		}
	}
}

// lockedBuffer may be written to by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// boxes is a collector that knows of mailboxes and nothing else.
type boxes []string

func (boxes) Name() string { return "exchange" }
func (boxes) Offers() []collectors.Offer {
	return []collectors.Offer{{
		Name: "exchange.cas_mailboxes", Endpoint: "Get-CASMailbox", Permission: "Exchange.ManageAsApp",
		Paths: []string{"mailboxes", "mailboxes[].exchange"},
	}}
}

func (b boxes) Collect(ctx context.Context, sink *collectors.Sink) error {
	sink.Do(ctx, "exchange.cas_mailboxes", func(_ context.Context, r *collectors.Recorder) error {
		for _, id := range b {
			r.Add(&collectors.CASMailbox{ID: id})
		}
		r.Page(len(b))
		return nil
	})
	return nil
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

const (
	groupID   = "9a000000-0000-4000-8000-000000000001"
	nestedID  = "9a000000-0000-4000-8000-000000000002"
	adminRole = "62e90394-69f5-4237-9190-012177145e10"
)

func userID(i int) string { return fmt.Sprintf("%08x-1111-4000-8000-000000000000", i) }

// people makes n users, every second one with an activity.
func people(n int) entratest.List {
	list := make(entratest.List, n)
	for i := range list {
		activity := ""
		if i%2 == 0 {
			activity = `,"signInActivity":{"lastSignInDateTime":"2026-11-01T10:00:00Z","lastSignInRequestId":"8a1b2c3d-aaaa-bbbb-cccc-0123456789ab"}`
		}
		list[i] = raw(fmt.Sprintf(`{"id":%q,"userPrincipalName":"user.%d@contoso.example","displayName":"User %d",`+
			`"accountEnabled":true,"userType":"Member","onPremisesSyncEnabled":null,"createdDateTime":"2020-01-01T00:00:00Z",`+
			`"signInSessionsValidFromDateTime":"2026-10-01T06:00:00.1234567Z"%s}`, userID(i), i, i, activity))
	}
	return list
}

// contoso is a small tenant with something behind every path.
func contoso() *entratest.Tenant {
	t := entratest.NewTenant()
	t.Collections["domains"] = entratest.List{
		raw(`{"id":"contoso.example","authenticationType":"Federated","isVerified":true,"isInitial":false}`),
		raw(`{"id":"contoso.onmicrosoft.com","authenticationType":"Managed","isVerified":true,"isInitial":true}`),
		raw(`{"id":"child.contoso.example","authenticationType":"Federated","isVerified":true,"isInitial":false}`),
	}
	t.Federation["contoso.example"] = []json.RawMessage{raw(`{"@odata.type":"#microsoft.graph.internalDomainFederation","id":"f1",` +
		`"passiveSignInUri":"https://contoso.okta.com/app/office365/exk1/sso/wsfed/passive"}`)}
	t.Collections["organization"] = entratest.List{raw(`{"id":"00000000-0000-4000-8000-000000000000","displayName":"Contoso","onPremisesSyncEnabled":null}`)}
	t.Collections["identity/conditionalAccess/policies"] = entratest.List{raw(`{"id":"ca1","displayName":"Block legacy","state":"enabled",` +
		`"conditions":{"users":{"includeUsers":["All"],"includeGroups":[],"excludeGroups":["` + groupID + `","gone"]}},` +
		`"grantControls":{"operator":"OR","builtInControls":["block"],"authenticationStrength@odata.context":"https://graph.microsoft.com/v1.0/$metadata#x","authenticationStrength":null}}`)}
	t.Collections["identity/conditionalAccess/namedLocations"] = entratest.List{raw(`{"@odata.type":"#microsoft.graph.ipNamedLocation","id":"nl1","isTrusted":true}`)}
	t.Singles["policies/identitySecurityDefaultsEnforcementPolicy"] = raw(`{"id":"sd","isEnabled":false}`)
	t.Singles["policies/authenticationMethodsPolicy"] = raw(`{"id":"authenticationMethodsPolicy","authenticationMethodConfigurations":[]}`)
	t.Collections["policies/authenticationStrengthPolicies"] = entratest.List{raw(`{"id":"as1","allowedCombinations":["fido2"]}`)}
	t.Collections["policies/featureRolloutPolicies"] = entratest.List{raw(`{"id":"fr1","feature":"passwordHashSync","isEnabled":true,"appliesTo":[{"@odata.type":"#microsoft.graph.group","id":"` + nestedID + `"}]}`)}
	t.Collections["directory/onPremisesSynchronization"] = entratest.List{raw(`{"id":"sync","features":{"passwordSyncEnabled":true}}`)}
	t.Collections["subscribedSkus"] = entratest.List{raw(`{"skuId":"s1","skuPartNumber":"AAD_PREMIUM"}`)}
	t.Singles["admin/sharepoint/settings"] = raw(`{"isLegacyAuthProtocolsEnabled":true}`)
	t.Collections["groups"] = entratest.List{
		raw(`{"id":"` + groupID + `","displayName":"Exceptions","groupTypes":[]}`),
		raw(`{"id":"` + nestedID + `","displayName":"Pilot","groupTypes":["DynamicMembership"]}`),
	}
	t.Members[groupID] = []entratest.Member{{Type: "#microsoft.graph.user", ID: userID(0)}, {Type: "#microsoft.graph.group", ID: nestedID}, {Type: "#microsoft.graph.user", ID: userID(1)}}
	t.Members[nestedID] = []entratest.Member{{Type: "#microsoft.graph.user", ID: userID(1)}, {Type: "#microsoft.graph.device", ID: "d"}}
	t.Collections["directoryRoles"] = entratest.List{raw(`{"id":"dr1","roleTemplateId":"` + adminRole + `","displayName":"Global Administrator"}`)}
	t.Collections["roleManagement/directory/roleAssignments"] = entratest.List{
		raw(`{"id":"1","roleDefinitionId":"` + adminRole + `","principalId":"` + userID(2) + `","directoryScopeId":"/","principal":{"@odata.type":"#microsoft.graph.user","id":"` + userID(2) + `"}}`),
		raw(`{"id":"2","roleDefinitionId":"` + adminRole + `","principalId":"` + nestedID + `","directoryScopeId":"/","principal":{"@odata.type":"#microsoft.graph.group","id":"` + nestedID + `"}}`),
		raw(`{"id":"3","roleDefinitionId":"other","principalId":"` + nestedID + `","directoryScopeId":"/","principal":{"@odata.type":"#microsoft.graph.group","id":"` + nestedID + `"}}`),
		raw(`{"id":"4","roleDefinitionId":"` + adminRole + `","principalId":"` + userID(3) + `","directoryScopeId":"/administrativeUnits/au1","principal":{"@odata.type":"#microsoft.graph.user","id":"` + userID(3) + `"}}`),
		raw(`{"id":"5","roleDefinitionId":"` + adminRole + `","principalId":"sp","directoryScopeId":"/","principal":{"@odata.type":"#microsoft.graph.servicePrincipal","id":"sp"}}`),
		raw(`{"id":"6","roleDefinitionId":"` + adminRole + `","principalId":"gone","directoryScopeId":"/","principal":null}`),
	}
	t.Collections["users"] = people(5)
	t.Collections["auditLogs/signIns"] = entratest.List{
		event("2026-11-19T08:00:00Z", 0, "Authenticated SMTP", true, "none", 0),
		event("2026-11-18T08:00:00Z", 0, "Authenticated SMTP", true, "none", 50126),
		event("2026-11-17T08:00:00Z", 0, "Authenticated SMTP", true, "none", 0),
		event("2026-11-16T08:00:00Z", 1, "Browser", true, "none", 0),
		event("2026-11-16T08:00:00Z", 1, "Mobile Apps and Desktop clients", false, "ropc", 0),
		event("2026-11-15T08:00:00Z", 2, "POP3", false, "ropc", 50126),
		event("2026-11-14T08:00:00Z", 3, "", false, "none", 0),
		event("2026-09-01T08:00:00Z", 4, "IMAP4", false, "none", 0),
	}
	return t
}

// event is one sign-in as beta shows it.
func event(at string, who int, client string, interactive bool, protocol string, code int) json.RawMessage {
	kind := "nonInteractiveUser"
	if interactive {
		kind = "interactiveUser"
	}
	return raw(fmt.Sprintf(`{"id":"e","createdDateTime":%q,"userPrincipalName":"User.%d@contoso.example","userId":%q,"appDisplayName":"Exchange",`+
		`"clientAppUsed":%q,"isInteractive":%v,"signInEventTypes":[%q],"authenticationProtocol":%q,"userAgent":"BAV2ROPC","status":{"errorCode":%d}}`,
		at, who, userID(who), client, interactive, kind, protocol, code))
}
