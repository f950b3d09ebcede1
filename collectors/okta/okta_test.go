package okta_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/okta"
	"github.com/seed-07732396/postern/collectors/okta/oktatest"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	token = "00ThisTokenMustNotShowAnywhere"
	app   = "0oa1office365instance1"
	exk   = "exk1office365key00001"
)

var now = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// org is a small Identity Engine org with one app instance, three users and a
// rule that names a group and a user.
func org() fstest.MapFS {
	files := fstest.MapFS{}
	add := func(name, text string) { files[name+".json"] = &fstest.MapFile{Data: []byte(text)} }
	add("org", `{"id":"00o1","pipeline":"idx"}`)
	add("domains", `{"domains":[{"id":"d1","domain":"login.example.com"}]}`)
	add("apps", `[{"id":"`+app+`","name":"office365","label":"Mail","status":"ACTIVE","signOnMode":"SAML_1_1","credentials":{"password":{"value":"hunter2"},"signing":{"kid":"k1"}},"_links":{"accessPolicy":{"href":"https://example.okta.com/api/v1/policies/rst1"}}},
		{"id":"0oa2","name":"salesforce"}]`)
	add("apps/"+app+"/credentials/keys", `[{"kid":"k1","x5c":["MIIB"]}]`)
	add("apps/"+app+"/users", `[{"id":"00u1","credentials":{"userName":"Anna@Example.com"}},{"id":"00u2","credentials":{"userName":"bram@example.com"}},{"id":"00u3","credentials":{}}]`)
	add("apps/"+app+"/groups", `[{"id":"00g2"},{"id":"00g1"}]`)
	add("policies", `[{"id":"rst1","type":"ACCESS_POLICY","name":"Mail"},{"id":"00p1","type":"OKTA_SIGN_ON","name":"Default"}]`)
	add("policies/rst1/rules", `[{"id":"rul1","name":"Deny legacy","priority":1,"conditions":{"people":{"users":{"exclude":["00u2"]},"groups":{"include":["00g1","00gdeleted"]}},"office365Client":{"include":["ACTIVE_SYNC"]}},"actions":{"appSignOn":{"access":"DENY"}}},
		{"id":"rul2","name":"Catch-all","priority":99,"conditions":null}]`)
	add("policies/00p1/rules", `[{"id":"rul3","name":"Default rule","priority":1}]`)
	add("zones", `[{"id":"nzo1","name":"Office","type":"IP"}]`)
	add("groups/rules", `[]`)
	add("groups", `[{"id":"00g1","profile":{"name":"Exceptions"}}]`)
	add("groups/00g1/users", `[{"id":"00u1"},{"id":"00u9"}]`)
	add("device-assurances", `[]`)
	add("threats/configuration", `{"action":"block"}`)
	add("notifications", `{"sendEmailForNewDeviceEnabled":true}`)
	add("logs", `[]`)
	return files
}

func logs(files fstest.MapFS, events ...map[string]any) {
	data, err := json.Marshal(events)
	if err != nil {
		panic(err)
	}
	files["logs.json"] = &fstest.MapFile{Data: data}
}

// entry is an entry of the System Log, minutes before now.
func entry(minutes int, kind, transaction, user, agent, result string) map[string]any {
	return map[string]any{
		"uuid": fmt.Sprint(minutes, kind, transaction), "published": now.Add(-time.Duration(minutes) * time.Minute).Format("2006-01-02T15:04:05.000Z"),
		"eventType": kind, "actor": map[string]any{"id": "00u1", "alternateId": user},
		"client": map[string]any{"userAgent": map[string]any{"rawUserAgent": agent}}, "outcome": map[string]any{"result": result},
		"transaction":  map[string]any{"id": transaction},
		"debugContext": map[string]any{"debugData": map[string]any{"requestUri": "/app/office365/" + exk + "/sso/wsfed/active"}},
	}
}

// entra stands in for the collector of Entra's federation settings.
type entra struct{ active, passive string }

func (entra) Name() string { return "entra" }
func (entra) Offers() []collectors.Offer {
	return []collectors.Offer{{Name: "entra.federation_configurations", Paths: []string{"entra.federation_configurations"}}}
}
func (e entra) Collect(ctx context.Context, sink *collectors.Sink) error {
	sink.Do(ctx, "entra.federation_configurations", func(_ context.Context, r *collectors.Recorder) error {
		if e.active == "" {
			return &collectors.Error{Code: collectors.CodeDenied, Problem: "no"}
		}
		return r.Set("entra.federation_configurations", map[string]any{"example.com": []any{map[string]any{"id": "f", "activeSignInUri": e.active, "passiveSignInUri": e.passive}}})
	})
	return nil
}

type collected struct {
	*collectors.Result
	server *oktatest.Server
	log    *bytes.Buffer
}

type setup struct {
	files   fstest.MapFS
	options oktatest.Options
	network collectors.Network
	faults  []oktatest.Fault
	login   func(server *oktatest.Server, network collectors.Network) collectors.Authorizer
	// active and passive are the addresses in Entra's federation settings.
	active, passive string
}

func collect(t *testing.T, s setup) collected {
	t.Helper()
	if s.files == nil {
		s.files = org()
	}
	if s.options.APIToken == "" {
		s.options.APIToken = token
	}
	if s.active == "" {
		s.active = "https://example.okta.com/app/office365/" + exk + "/sso/wsfed/active"
	}
	server := oktatest.New(s.files, s.options)
	t.Cleanup(server.Close)
	for _, fault := range s.faults {
		server.Fault(fault)
	}
	log := new(bytes.Buffer)
	s.network.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if s.network.Sleep == nil {
		s.network.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	var login collectors.Authorizer
	if s.login != nil {
		login = s.login(server, s.network)
	} else {
		ssws, err := collectors.NewStaticToken("SSWS", token)
		if err != nil {
			t.Fatal(err)
		}
		login = ssws
	}
	collector, err := okta.New(okta.Config{Org: server.URL, Authorizer: login, APIToken: s.login == nil, Network: s.network})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := collectors.Run(ctx, []collectors.Collector{collector, entra{s.active, s.passive}}, collectors.Options{
		Source: "live", Tenant: snapshot.Tenant{ID: "t"}, Evidence: 30 * 24 * time.Hour, Now: func() time.Time { return now },
	})
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

func (c collected) document(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := snapshot.Write(&out, c.Snapshot, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCollectsAWholeOrg(t *testing.T) {
	c := collect(t, setup{options: oktatest.Options{MaxPage: 1}})
	for _, line := range c.Snapshot.Collection.Resources {
		if line.Status != snapshot.Collected {
			t.Errorf("%s: %s %s %s", line.Name, line.Status, line.Code, line.Message)
		}
	}
	document := c.document(t)
	for _, want := range []string{`"Deny legacy"`, `"Catch-all"`, `"00g1": 2`, `"Office"`, `"block"`, `"sendEmailForNewDeviceEnabled": true`, `"MIIB"`, `"users": 3`, `"login.example.com"`} {
		if !strings.Contains(document, want) {
			t.Errorf("the snapshot lacks %s", want)
		}
	}
	for _, never := range []string{"salesforce", "hunter2", token} {
		if strings.Contains(document+c.log.String(), never) {
			t.Errorf("%s shows", never)
		}
	}
	if got := c.line(t, "okta.groups").Counts["deleted_groups"]; got != 1 {
		t.Errorf("%d groups that are named and deleted, want 1", got)
	}
	if got := c.line(t, "okta.app_assignments").Counts["without_user_name"]; got != 1 {
		t.Errorf("%d assignments without a user name, want 1", got)
	}
}

// A secret goes, however its name is written, and what stands beside it stays as it came.
func TestSecretsAreCutOutAndNothingElse(t *testing.T) {
	files := org()
	files["threats/configuration.json"] = &fstest.MapFile{Data: []byte(`{"action":"block","deep":[{"pa\u0073sword":"hunter2","ClientSecret":{"value":"hunter2"},` +
		`"kind":"password","limit":12345678901234567890,"share":1.10}]}`)}
	files["notifications.json"] = &fstest.MapFile{Data: []byte(`{"sendEmailForNewDeviceEnabled":true,"sharedSecret":"hunter2"}`)}
	document := collect(t, setup{files: files}).document(t)
	for _, want := range []string{`"kind": "password"`, `"limit": 12345678901234567890`, `"share": 1.10`, `"sendEmailForNewDeviceEnabled": true`} {
		if !strings.Contains(document, want) {
			t.Errorf("the snapshot lacks %s", want)
		}
	}
	if strings.Contains(document, "hunter2") {
		t.Error("a secret shows")
	}
}

func TestRequestsAtTheActiveEndpointAreAddedUp(t *testing.T) {
	files := org()
	const agent = "Microsoft Office/14.0"
	logs(files,
		entry(300, "user.authentication.auth_via_richclient", "t1", "anna@example.com", agent, "SUCCESS"),
		entry(300, "user.authentication.sso", "t1", "anna@example.com", agent, "SUCCESS"),
		// The password was right and the rules said no: nobody got in.
		entry(200, "user.authentication.auth_via_richclient", "t2", "anna@example.com", agent, "SUCCESS"),
		entry(200, "application.policy.sign_on.deny_access", "t2", "anna@example.com", agent, "DENY"),
		entry(100, "user.authentication.auth_via_richclient", "t3", "anna@example.com", agent, "FAILURE"),
		entry(50, "user.authentication.sso", "t4", "bram@example.com", "", "SUCCESS"),
		entry(60*24*40, "user.authentication.sso", "t5", "long@ago.example", "", "SUCCESS"),
		entry(10, "system.email.new_device_notification.sent_message", "t6", "x", "", "SUCCESS"),
	)
	c := collect(t, setup{files: files, options: oktatest.Options{MaxPage: 2}})
	instant := func(minutes int) *snapshot.Instant {
		at := snapshot.NewInstant(now.Add(-time.Duration(minutes) * time.Minute))
		return &at
	}
	want := []snapshot.OktaRequest{
		{UserName: "anna@example.com", UserID: "00u1", UserAgent: agent, Succeeded: 1, Failed: 2, FirstSeen: instant(300), LastSeen: instant(100)},
		{UserName: "bram@example.com", UserID: "00u1", Succeeded: 1, FirstSeen: instant(50), LastSeen: instant(50)},
		{UserName: "x", UserID: "00u1", Succeeded: 1, FirstSeen: instant(10), LastSeen: instant(10)},
	}
	if diff := cmp.Diff(want, c.Snapshot.Evidence.OktaRequests); diff != "" {
		t.Error(diff)
	}
	if mails := c.Snapshot.Evidence.NewDeviceMails; mails == nil || mails.Sent != 1 || *mails.LastSentAt != *instant(10) {
		t.Errorf("mails: %+v", mails)
	}
	for _, r := range c.server.Requests() {
		if r.Path == "/api/v1/logs" && strings.Contains(r.Query, "+co+") {
			t.Errorf("an inexact filter was sent: %s", r.Query)
		}
	}
}

func TestWithoutTheEndpointsKeyTheEvidenceIsPartial(t *testing.T) {
	for _, active := range []string{"https://sts.example.com/adfs/services/trust", "https://x/app/office365/a\"b/sso/wsfed/active"} {
		c := collect(t, setup{active: active})
		if line := c.line(t, "okta.requests"); line.Status != snapshot.Partial || line.Code != "dependency" {
			t.Errorf("%s: %+v", active, line)
		}
	}
}

// Okta answers at the active endpoint whether or not Entra's settings name it.
func TestThePassiveAddressTellsTheEndpointsKeyAsWell(t *testing.T) {
	files := org()
	logs(files, entry(300, "user.authentication.sso", "t1", "anna@example.com", "", "SUCCESS"))
	c := collect(t, setup{files: files, active: "https://sts.example.com/adfs", passive: "https://example.okta.com/app/office365/" + exk + "/sso/wsfed/passive"})
	if line := c.line(t, "okta.requests"); line.Status != snapshot.Collected {
		t.Errorf("%+v", line)
	}
	if got := c.Snapshot.Evidence.OktaRequests; len(got) != 1 || got[0].Succeeded != 1 {
		t.Errorf("%+v", got)
	}
}

func TestARefusalCountsWithoutTheEndpointsKey(t *testing.T) {
	files := org()
	const rich, deny = "user.authentication.auth_via_richclient", "application.policy.sign_on.deny_access"
	logs(files,
		entry(300, rich, "t1", "anna@example.com", "", "SUCCESS"),
		entry(300, deny, "t1", "anna@example.com", "", "DENY"),
		entry(200, rich, "t2", "bram@example.com", "", "SUCCESS"),
		// A browser that the rules refused is no legacy client.
		entry(100, deny, "t3", "carl@example.com", "Mozilla/5.0", "DENY"),
	)
	c := collect(t, setup{files: files, active: "https://sts.example.com/adfs"})
	var got []string
	for _, r := range c.Snapshot.Evidence.OktaRequests {
		got = append(got, fmt.Sprint(r.UserName, " ", r.Succeeded, " ", r.Failed))
	}
	if diff := cmp.Diff([]string{"anna@example.com 0 1", "bram@example.com 1 0"}, got); diff != "" {
		t.Error(diff)
	}
}

// Whoever sprays passwords chooses what the log says: the evidence stays bounded, and
// who got in stands in it by name.
func TestASprayDoesNotFloodTheEvidence(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute under the race detector")
	}
	const bound, beyond, kind, each = 50_000, 500, "user.authentication.sso", 5_000
	spray := func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !strings.Contains(r.URL.Query().Get("filter"), "requestUri") {
			next.ServeHTTP(w, r)
			return
		}
		from, _ := strconv.Atoi(r.URL.Query().Get("after"))
		to := min(from+each, bound+beyond)
		var events []map[string]any
		for i := from; i < to; i++ {
			events = append(events, entry(600, kind, fmt.Sprint("t", i), fmt.Sprintf("guess%d@example.com", i), fmt.Sprint("agent ", i), "FAILURE"))
		}
		if to < bound+beyond {
			w.Header().Set("Link", fmt.Sprintf(`</api/v1/logs?filter=requestUri&after=%d>; rel="next"`, to))
		} else {
			events = append(events,
				entry(30, kind, "u1", "anna@example.com", "one more", "SUCCESS"),
				entry(20, kind, "u2", "anna@example.com", "another", "FAILURE"),
				entry(10, kind, "u3", "guess0@example.com", "agent 0", "FAILURE"))
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(events); err != nil {
			t.Error(err)
		}
	}
	c := collect(t, setup{faults: []oktatest.Fault{{Path: "/api/v1/logs", Do: spray}}})
	rows := map[string]snapshot.OktaRequest{}
	for _, row := range c.Snapshot.Evidence.OktaRequests {
		rows[row.UserName] = row
	}
	// One row more for all whose names are not told apart, and one for who got in.
	if len(rows) != bound+2 || rows[""].Failed != beyond || rows[""].UserID != "" {
		t.Errorf("%d rows, without a name %+v", len(rows), rows[""])
	}
	if got := rows["anna@example.com"]; got.Succeeded != 1 || got.Failed != 1 || got.UserAgent != "" {
		t.Errorf("%+v", got)
	}
	if got := rows["guess0@example.com"]; got.Failed != 2 || got.UserAgent != "agent 0" {
		t.Errorf("%+v", got)
	}
	if line := c.line(t, "okta.requests"); line.Status != snapshot.Collected || line.Counts["requests_not_told_apart"] != beyond+2 {
		t.Errorf("%+v", line)
	}
}

func TestClassicEngineIsSaid(t *testing.T) {
	files := org()
	files["org.json"] = &fstest.MapFile{Data: []byte(`{"id":"00o1","pipeline":"v1"}`)}
	c := collect(t, setup{files: files})
	for _, name := range []string{"okta.access_policies", "okta.device_assurances"} {
		if line := c.line(t, name); line.Status != snapshot.Skipped || !strings.Contains(line.Message, "Classic Engine") {
			t.Errorf("%+v", line)
		}
	}
	if strings.Contains(c.document(t), `"access_policy_rules"`) {
		t.Error("rules that nobody read are in the snapshot")
	}
}

func TestEachFaultEndsInTheLedger(t *testing.T) {
	const (
		zones = "/api/v1/zones"
		users = "/api/v1/apps/" + app + "/users"
	)
	tests := []struct {
		name, resource, path string
		do                   oktatest.Action
		skip, times          int
		options              oktatest.Options
		network              collectors.Network
		status               snapshot.Status
		code                 string
		items                int // 0: however many
	}{
		{name: "429 once with a reset", resource: "okta.zones", path: zones, do: oktatest.Throttle(time.Now().Add(2 * time.Second)), times: 1, status: snapshot.Collected},
		{name: "429 without end", resource: "okta.zones", path: zones, do: oktatest.Throttle(time.Time{}), status: snapshot.Failed, code: "throttled"},
		{name: "500 on the second page, once", resource: "okta.app_assignments", path: users, do: oktatest.Refuse(500, "E0000009"), skip: 1, times: 1, options: oktatest.Options{MaxPage: 1}, status: snapshot.Collected},
		{name: "500 on the second page, always", resource: "okta.app_assignments", path: users, do: oktatest.Refuse(500, "E0000009"), skip: 1, options: oktatest.Options{MaxPage: 1}, status: snapshot.Partial, code: "server_error"},
		{name: "cut once", resource: "okta.zones", path: zones, do: oktatest.Cut(), times: 1, status: snapshot.Collected},
		{name: "cut in half", resource: "okta.zones", path: zones, do: oktatest.Half(), status: snapshot.Failed, code: "bad_answer"},
		{name: "gzip garbage", resource: "okta.zones", path: zones, do: oktatest.Body("not gzip", "Content-Encoding", "gzip"), status: snapshot.Failed, code: "bad_answer"},
		{name: "a proxy's page", resource: "okta.zones", path: zones, do: oktatest.Body("<html>sign in</html>", "X-Proxy", "yes"), status: snapshot.Failed, code: "bad_answer"},
		{name: "too large", resource: "okta.zones", path: zones, do: oktatest.Huge(), network: collectors.Network{MaxBytes: 1 << 20}, status: snapshot.Failed, code: "too_large"},
		{name: "slow", resource: "okta.zones", path: zones, do: oktatest.Slow(50 * time.Millisecond), status: snapshot.Collected},
		{name: "403", resource: "okta.zones", path: zones, do: oktatest.Refuse(403, "E0000006"), status: snapshot.Denied, code: "denied"},
		{name: "feature off", resource: "okta.device_assurances", path: "/api/v1/device-assurances", do: oktatest.Refuse(401, "E0000015"), status: snapshot.Unlicensed, code: "unlicensed"},
		{name: "expired login", resource: "okta.zones", path: zones, do: oktatest.Refuse(401, "E0000011"), status: snapshot.Failed, code: "login_refused"},
		{name: "private endpoint gone", resource: "okta.security_notifications", path: "/api/internal/org/settings/security-notification-settings", do: oktatest.Refuse(404, "E0000007"), status: snapshot.Denied, code: "denied"},
		{name: "a page that repeats", resource: "okta.zones", path: zones, do: oktatest.Body(`[{"id":"nzo1"}]`, "Link", `<%s/api/v1/zones?after=1>; rel="next"`), status: snapshot.Partial, code: "repeated_page"},
		{name: "a link to another host", resource: "okta.zones", path: zones, do: oktatest.Body(`[{"id":"nzo1"}]`, "Link", `<https://evil.example/api/v1/zones>; rel="next"`), status: snapshot.Partial, code: "bad_address"},
		{name: "another page whose address holds a comma", resource: "okta.zones", path: zones, times: 1, status: snapshot.Collected, items: 2,
			do: oktatest.Body(`[{"id":"nzo0"}]`, "Link", `<%s/api/v1/zones?limit=200>; rel="self", <%s/api/v1/zones?limit=200&only=a,b>; title="a, \"b\" <c>"; rel="next"`)},
		{name: "another page, without quotation marks", resource: "okta.zones", path: zones, times: 1, status: snapshot.Collected, items: 2,
			do: oktatest.Body(`[{"id":"nzo0"}]`, "Link", `</api/v1/zones?only=b>;Rel=NEXT`)},
		{name: "one link with several relations", resource: "okta.zones", path: zones, times: 1, status: snapshot.Collected, items: 2,
			do: oktatest.Body(`[{"id":"nzo0"}]`, "Link", `</api/v1/zones?only=b>; anchor; rel="next last"; rel="self"`)},
		{name: "a link that breaks off", resource: "okta.zones", path: zones, times: 1, status: snapshot.Partial, code: "bad_answer", items: 1,
			do: oktatest.Body(`[{"id":"nzo0"}]`, "Link", `<%s/api/v1/zones?after=1`)},
		{name: "a relation that breaks off", resource: "okta.zones", path: zones, times: 1, status: snapshot.Partial, code: "bad_answer", items: 1,
			do: oktatest.Body(`[{"id":"nzo0"}]`, "Link", `<%s/api/v1/zones?after=1>; rel="next`)},
		{name: "an object where a list belongs", resource: "okta.zones", path: zones, do: oktatest.Body(`{}`), status: snapshot.Failed, code: "bad_answer"},
		{name: "a redirect", resource: "okta.zones", path: zones, do: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Location", "https://evil.example/")
			w.WriteHeader(http.StatusFound)
		}, status: snapshot.Failed, code: "bad_address"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := collect(t, setup{options: test.options, network: test.network,
				faults: []oktatest.Fault{{Path: test.path, Skip: test.skip, Times: test.times, Do: test.do}}})
			line := c.line(t, test.resource)
			if line.Status != test.status || line.Code != test.code {
				t.Errorf("%s: %s %q %q, want %s %q", test.resource, line.Status, line.Code, line.Message, test.status, test.code)
			}
			if test.items != 0 && (line.Items == nil || *line.Items != test.items) {
				t.Errorf("%s: items %v, want %d", test.resource, line.Items, test.items)
			}
			if strings.Contains(c.document(t)+c.log.String(), token) {
				t.Error("the token shows")
			}
		})
	}
}

func TestABudgetIsLeftToOthers(t *testing.T) {
	files := org()
	members := make([]map[string]string, 40)
	for i := range members {
		members[i] = map[string]string{"id": fmt.Sprintf("00u%d", i)}
	}
	data, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	files["groups/00g1/users.json"] = &fstest.MapFile{Data: data}
	for _, skew := range []time.Duration{0, time.Hour, -time.Hour} {
		c := collect(t, setup{
			files: files, options: oktatest.Options{MaxPage: 1, Requests: 30, Window: time.Second, Skew: skew},
			network: collectors.Network{Sleep: func(ctx context.Context, d time.Duration) error {
				if d > 5*time.Second {
					t.Errorf("with a clock %v ahead it would wait %v", skew, d)
				}
				time.Sleep(min(d, 3*time.Second))
				return ctx.Err()
			}},
		})
		if line := c.line(t, "okta.groups"); line.Status != snapshot.Collected {
			t.Errorf("%+v", line)
		}
		for _, r := range c.server.Requests() {
			if r.Status == http.StatusTooManyRequests {
				t.Errorf("with a clock %v ahead the limit was run into at %s", skew, r.Path)
			}
		}
	}
}

func TestHostileIdsStayInTheirPlace(t *testing.T) {
	files := org()
	const id = "../../evil?x=1#\n\u202e\"'"
	rules, err := json.Marshal([]map[string]any{{"id": "rul1", "conditions": map[string]any{"people": map[string]any{"groups": map[string]any{"include": []string{id}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	files["policies/rst1/rules.json"] = &fstest.MapFile{Data: rules}
	c := collect(t, setup{files: files})
	for _, r := range c.server.Requests() {
		if strings.HasPrefix(r.Path, "/evil") || strings.Contains(r.Query, "x=1") {
			t.Errorf("an id became a part of the address: %s?%s", r.Path, r.Query)
		}
	}
	if line := c.line(t, "okta.groups"); line.Status == snapshot.Failed {
		t.Errorf("%+v", line)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for _, org := range []string{"", "example.okta.com", "http://example.okta.com", "https://user:hunter2@example.okta.com",
		"https://example.okta.com/app", "https://example.okta.com?token=hunter2", "https://example.okta.com#a", "https:example.okta.com"} {
		if _, err := okta.New(okta.Config{Org: org}); err == nil {
			t.Errorf("%q was accepted", org)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows a password: %v", err)
		}
	}
}
