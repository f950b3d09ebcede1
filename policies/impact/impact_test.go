package impact_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/impact"
)

// world is a snapshot to be changed by a test.
type world struct {
	window, signIns, requests string
	// statuses of the ledger's lines, by name; every log is collected otherwise.
	statuses  map[string]string
	mailboxes []string
	exchange  string
}

func newWorld(mailboxes ...string) *world {
	return &world{
		window:    `{"since":"2026-10-21T08:00:00Z","until":"2026-11-20T08:00:00Z"}`,
		signIns:   `[]`,
		requests:  `[]`,
		statuses:  map[string]string{},
		mailboxes: mailboxes,
		exchange:  `{"organization_config":{"DefaultAuthenticationPolicy":null},"authentication_policies":[]}`,
	}
}

// A reader is one of the ways to read a snapshot.
type reader = func(string, io.Reader, func(*snapshot.Record) error) (*snapshot.Document, error)

func (w *world) source(t *testing.T, read reader) impact.Source {
	t.Helper()
	var resources []string
	for _, name := range []string{"entra.sign_ins", "entra.non_interactive_sign_ins", "okta.requests", "exchange.cas_mailboxes"} {
		status, given := w.statuses[name]
		if !given {
			status = "collected"
		}
		path := "evidence.sign_ins"
		if name == "exchange.cas_mailboxes" {
			path = "mailboxes"
		}
		if status != "" {
			resources = append(resources, fmt.Sprintf(`{"name":%q,"endpoint":"e","permission":"p","paths":[%q],"status":%q}`, name, path, status))
		}
	}
	var evidence []string
	for name, text := range map[string]string{"window": w.window, "sign_ins": w.signIns, "okta_requests": w.requests} {
		if text != "" {
			evidence = append(evidence, fmt.Sprintf("%q:%s", name, text))
		}
	}
	list := ""
	if w.mailboxes != nil {
		list = `,"mailboxes":[` + strings.Join(w.mailboxes, ",\n") + `]`
	}
	text := fmt.Sprintf(`{"version":1,"collected_at":"2026-11-20T08:00:00Z","tenant":{"id":"t"},
"collection":{"source":"live","resources":[%s]},
"entra":{"domains":[{"id":"x.onmicrosoft.com","authenticationType":"Managed"}]},
"exchange":%s,"evidence":{%s}%s}`, strings.Join(resources, ","), w.exchange, strings.Join(evidence, ","), list)
	return func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return read("test.json", strings.NewReader(text), visit)
	}
}

// analyze analyzes a snapshot, whose rows are kept or handed over.
func (w *world) analyze(t *testing.T, o impact.Options) *impact.Report {
	t.Helper()
	if o.Days == 0 {
		o.Days = 30
	}
	var reports []*impact.Report
	var texts []string
	for _, read := range []reader{snapshot.Read, snapshot.Stream} {
		r, err := impact.Analyze(w.source(t, read), o)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		reports, texts = append(reports, r), append(texts, string(text))
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Errorf("rows that are kept and handed over (-Read +Stream):\n%s", diff)
	}
	return reports[1]
}

func mailbox(id, upn string, exchange string) string {
	return fmt.Sprintf(`{"id":%q,"user_principal_name":%q,"domain":"example.com","exchange":{"RecipientTypeDetails":"UserMailbox"%s}}`, id, upn, exchange)
}

func signIn(id, upn, client string, succeeded, failed int, more string) string {
	return fmt.Sprintf(`{"user_principal_name":%q,"user_id":%q,"client_app":%q,"interactive":false,"succeeded":%d,"failed":%d,"last_seen":"2026-11-19T08:00:00Z"%s}`,
		upn, id, client, succeeded, failed, more)
}

func states(m impact.Mailbox) map[impact.Door]impact.State {
	got := map[impact.Door]impact.State{}
	for _, d := range m.Doors {
		got[d.Door] = d.State
	}
	return got
}

func all(t *testing.T, r *impact.Report) []impact.Mailbox {
	t.Helper()
	var list []impact.Mailbox
	for m, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, *m)
	}
	return list
}

func TestSilenceOfCompleteLogsIsSafe(t *testing.T) {
	r := newWorld(mailbox("a", "a@example.com", "")).analyze(t, impact.Options{})
	for door, state := range states(all(t, r)[0]) {
		if state != impact.Safe {
			t.Errorf("%s is %s", door, state)
		}
	}
	if !r.Known() {
		t.Error("all is known, and the report says otherwise")
	}
}

func TestMissingEvidenceIsNeverSafe(t *testing.T) {
	both := []impact.Door{impact.SMTP, impact.PasswordGrant}
	tests := []struct {
		name   string
		change func(*world)
		doors  []impact.Door
		reason impact.Reason
		days   int
	}{
		{"denied", func(w *world) { w.statuses["entra.sign_ins"] = "denied" }, both, impact.LogMissing, 30},
		{"partial", func(w *world) { w.statuses["entra.non_interactive_sign_ins"] = "partial" }, both, impact.LogMissing, 30},
		{"unlicensed", func(w *world) { w.statuses["entra.sign_ins"] = "unlicensed" }, both, impact.LogMissing, 30},
		{"no line in the ledger", func(w *world) { w.statuses["entra.sign_ins"] = "" }, both, impact.LogMissing, 30},
		{"no rows", func(w *world) { w.signIns = "" }, both, impact.LogMissing, 30},
		{"no window", func(w *world) { w.window = "" }, both, impact.NoWindow, 30},
		{"a short window", func(*world) {}, both, impact.WindowShort, 31},
		{"an old window", func(w *world) {
			w.window = `{"since":"2026-09-01T08:00:00Z","until":"2026-11-19T07:59:59Z"}`
		}, both, impact.WindowOld, 30},
		{"Okta's log", func(w *world) { w.statuses["okta.requests"] = "failed" }, []impact.Door{impact.Other, impact.PasswordGrant}, impact.LogMissing, 30},
		{"a request of nobody", func(w *world) {
			w.requests = `[{"user_name":"who","user_agent":"","succeeded":1,"failed":0}]`
		}, []impact.Door{impact.Other, impact.PasswordGrant}, impact.Unplaced, 30},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(mailbox("a", "a@example.com", ""))
			test.change(w)
			r := w.analyze(t, impact.Options{Days: test.days})
			m := all(t, r)[0]
			for _, door := range test.doors {
				got := m.At(door)
				if diff := cmp.Diff(impact.DoorState{Door: door, State: impact.NotKnown, Reasons: []impact.Reason{test.reason}}, got); diff != "" {
					t.Errorf("%s", diff)
				}
			}
			if r.Known() {
				t.Error("the report says that all is known")
			}
		})
	}
}

func TestOktaAloneDoesNotDecideOverProtocols(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""))
	w.statuses["okta.requests"] = "denied"
	w.requests = ""
	if got := all(t, w.analyze(t, impact.Options{}))[0].At(impact.POP).State; got != impact.Safe {
		t.Errorf("POP is %s: Entra's log is complete", got)
	}
}

func TestMissingMailboxesAreNotKnown(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""))
	w.statuses["exchange.cas_mailboxes"] = "partial"
	if w.analyze(t, impact.Options{}).Known() {
		t.Error("a list of mailboxes that was cut off counts as known")
	}
	w.mailboxes = nil
	if w.analyze(t, impact.Options{}).Known() {
		t.Error("no list of mailboxes counts as known")
	}
}

func TestProtocolOfASignIn(t *testing.T) {
	tests := []struct {
		client, protocol string
		want             impact.Door
	}{
		{"Authenticated SMTP", "", impact.SMTP},
		{"POP3", "", impact.POP},
		{"Other clients; POP", "", impact.POP},
		{"IMAP4", "", impact.IMAP},
		{"exchange activesync (unSupported)", "", impact.ActiveSync},
		{"Exchange Web Services", "", impact.EWS},
		{"MAPI Over HTTP", "", impact.MAPI},
		{"Outlook Anywhere (RPC over HTTP)", "", impact.MAPI},
		{"Exchange Online PowerShell", "", impact.PowerShell},
		{"AutoDiscover", "", impact.Outlook},
		{"Other clients", "", impact.Other},
		{"Other clients; Older Office clients", "", impact.Other},
		{"A client of tomorrow", "", impact.Other},
		{"Mobile Apps and Desktop clients", "ropc", impact.PasswordGrant},
	}
	for _, test := range tests {
		w := newWorld(mailbox("a", "a@example.com", ""), mailbox("b", "b@example.com", ""))
		w.signIns = "[" + signIn("A", "", test.client, 3, 0, fmt.Sprintf(`,"authentication_protocol":%q`, test.protocol)) + "]"
		r := w.analyze(t, impact.Options{})
		list := all(t, r)
		if got := list[0].At(test.want).State; got != impact.InUse {
			t.Errorf("%q: %s is %s", test.client, test.want, got)
		}
		if len(r.InUse) != 1 || r.InUse[0].ID != "a" {
			t.Errorf("%q: in use are %v", test.client, r.InUse)
		}
		if got := list[1].At(test.want).State; got != impact.Safe {
			t.Errorf("%q: the other mailbox is %s", test.client, got)
		}
	}
}

func TestAProtocolThatNobodyNamesLeavesNoDoorSafe(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", `,"PopEnabled":false`))
	w.signIns = "[" + signIn("a", "a@example.com", "Other clients", 1, 0, "") + "]"
	got := states(all(t, w.analyze(t, impact.Options{}))[0])
	if got[impact.Other] != impact.InUse || got[impact.IMAP] != impact.NotKnown || got[impact.POP] != impact.Closed {
		t.Errorf("states %v", got)
	}
}

func TestAttemptsAreNoUse(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""))
	w.signIns = "[" + signIn("a", "a@example.com", "POP3", 0, 900, "") + "]"
	r := w.analyze(t, impact.Options{})
	if len(r.InUse) != 0 || len(r.Attempted) != 1 || r.Attempted[0].Attempts[0].Failed != 900 {
		t.Errorf("in use %v, attempted %v", r.InUse, r.Attempted)
	}
	if got := all(t, r)[0].At(impact.POP).State; got != impact.Safe {
		t.Errorf("POP is %s", got)
	}
}

func TestARequestAtOktaBelongsToTheSignInWithItsUserAgent(t *testing.T) {
	w := newWorld(mailbox("a", "A@example.com", ""))
	w.signIns = "[" + signIn("a", "a@example.com", "Authenticated SMTP", 5, 0, `,"user_agent":"x"`) + "]"
	w.requests = `[{"user_name":"a@EXAMPLE.com","user_id":"00u1","user_agent":"x","succeeded":5,"failed":0}]`
	m := all(t, w.analyze(t, impact.Options{}))[0]
	if m.At(impact.Other).State != impact.Safe || m.At(impact.SMTP).State != impact.InUse || len(m.Uses) != 1 {
		t.Errorf("%+v", m)
	}
	if diff := cmp.Diff([]string{"00u1"}, m.OktaUsers); diff != "" {
		t.Error(diff)
	}
	w.requests = `[{"user_name":"a@example.com","user_agent":"y","succeeded":5,"failed":0}]`
	m = all(t, w.analyze(t, impact.Options{}))[0]
	if m.At(impact.Other).State != impact.InUse || m.At(impact.POP).State != impact.NotKnown {
		t.Errorf("a request without a partner: %+v", m.Doors)
	}
}

func TestDeviceRegistrationIsNoUse(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""))
	w.requests = `[{"user_name":"a@example.com","user_agent":"Windows-AzureAD-Authentication-Provider/1.0","succeeded":5,"failed":0}]`
	r := w.analyze(t, impact.Options{})
	if len(r.InUse) != 0 || len(r.Devices) != 1 || !r.Known() {
		t.Errorf("in use %v, devices %v, known %v", r.InUse, r.Devices, r.Known())
	}
}

func TestJoin(t *testing.T) {
	w := newWorld(
		`{"id":"a","user_principal_name":"a@example.com","addresses":["SMTP:a@example.com","smtp:other@example.com","X500:c"]}`,
		mailbox("b", "b@example.com", ""))
	w.signIns = "[" + strings.Join([]string{
		signIn("old-id", "A@example.com", "POP3", 1, 0, ""), // the name had another id
		signIn("c", "c@example.com", "IMAP4", 2, 0, ""),
	}, ",") + "]"
	w.requests = `[{"user_name":"Other@example.com","user_agent":"","succeeded":0,"failed":2}]`
	r := w.analyze(t, impact.Options{})
	list := all(t, r)
	if list[0].At(impact.POP).State != impact.InUse || len(list[0].Attempts) != 1 {
		t.Errorf("by name: %+v", list[0])
	}
	if len(r.Leftovers) != 1 || r.Leftovers[0].User != "c@example.com" || r.Leftovers[0].Use.Door != impact.IMAP {
		t.Errorf("leftovers: %+v", r.Leftovers)
	}
}

func TestClosedDoors(t *testing.T) {
	blocking := `{"Name":"Block","Guid":"g-1","AllowBasicAuthPop":false,"AllowBasicAuthSmtp":false}`
	tests := []struct {
		name, mailbox, exchange string
		door                    impact.Door
		want                    impact.State
	}{
		{"switch", `,"PopEnabled":false`, "", impact.POP, impact.Closed},
		{"switch not set", `,"PopEnabled":null`, "", impact.POP, impact.Safe},
		{"SMTP by the organisation", `,"SmtpClientAuthenticationDisabled":null`, `"transport_config":{"SmtpClientAuthenticationDisabled":true}`, impact.SMTP, impact.Closed},
		{"SMTP by an override", `,"SmtpClientAuthenticationDisabled":false`, `"transport_config":{"SmtpClientAuthenticationDisabled":true}`, impact.SMTP, impact.Safe},
		{"default policy", `,"AuthenticationPolicy":null`, `"organization_config":{"DefaultAuthenticationPolicy":"block"},"authentication_policies":[` + blocking + `]`, impact.POP, impact.Closed},
		{"own policy by its id", `,"AuthenticationPolicy":"G-1"`, `"authentication_policies":[` + blocking + `]`, impact.SMTP, impact.Closed},
		{"a policy that says nothing", `,"AuthenticationPolicy":"block"`, `"authentication_policies":[` + blocking + `]`, impact.IMAP, impact.Safe},
		{"a policy that is not there", `,"AuthenticationPolicy":"gone"`, `"authentication_policies":[` + blocking + `]`, impact.POP, impact.Safe},
		{"a policy that was not shown", ``, `"organization_config":{"DefaultAuthenticationPolicy":"block"},"authentication_policies":[` + blocking + `]`, impact.POP, impact.Safe},
		{"a password grant", `,"AuthenticationPolicy":"block"`, `"authentication_policies":[` + blocking + `]`, impact.PasswordGrant, impact.Safe},
	}
	for _, test := range tests {
		w := newWorld(mailbox("a", "a@example.com", test.mailbox))
		w.exchange = "{" + test.exchange + "}"
		if got := all(t, w.analyze(t, impact.Options{}))[0].At(test.door).State; got != test.want {
			t.Errorf("%s: %s is %s, want %s", test.name, test.door, got, test.want)
		}
		w.signIns = "[" + signIn("a", "a@example.com", "POP3", 1, 0, "") + "]"
		if got := all(t, w.analyze(t, impact.Options{}))[0].At(impact.POP).State; got != impact.InUse {
			t.Errorf("%s: a door that was used is %s", test.name, got)
		}
	}
}

func TestWhoIsJudged(t *testing.T) {
	kind := func(id, kind string, disabled bool) string {
		return fmt.Sprintf(`{"id":%q,"user_principal_name":"%s@example.com","exchange":{"RecipientTypeDetails":%q,"AccountDisabled":%v}}`, id, id, kind, disabled)
	}
	inEntra := func(mailbox string, enabled bool) string {
		return strings.TrimSuffix(mailbox, "}") + fmt.Sprintf(`,"entra":{"accountEnabled":%v}}`, enabled)
	}
	w := newWorld(kind("a", "UserMailbox", true), kind("b", "SharedMailbox", true), kind("c", "SharedMailbox", false),
		kind("d", "DiscoveryMailbox", false), kind("e", "SharedMailbox", true),
		inEntra(kind("f", "SharedMailbox", true), true), inEntra(kind("g", "SharedMailbox", false), false))
	w.signIns = "[" + signIn("e", "e@example.com", "POP3", 1, 0, "") + "]"
	r := w.analyze(t, impact.Options{})
	var ids []string
	for _, m := range all(t, r) {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{"a", "c", "e", "f"}, ids); diff != "" {
		t.Error(diff)
	}
	if r.Mailboxes != 4 || r.LeftOut != 3 {
		t.Errorf("%d judged, %d left out", r.Mailboxes, r.LeftOut)
	}
}

func TestNeeds(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""), strings.Replace(mailbox("b", "b@x.onmicrosoft.com", ""), "example.com\",\"exchange", "x.onmicrosoft.com\",\"exchange", 1))
	w.exchange = `{"authentication_policies":[{"Name":"All","AllowBasicAuthSmtp":true,"AllowBasicAuthPop":true},{"Name":"SMTP only","AllowBasicAuthSmtp":true,"AllowBasicAuthPop":false,"AllowBasicAuthLogExport":true}]}`
	w.signIns = "[" + strings.Join([]string{
		signIn("a", "", "Authenticated SMTP", 1, 0, ""), signIn("a", "", "POP3", 1, 0, ""),
		signIn("b", "", "Browser", 1, 0, `,"authentication_protocol":"ropc"`),
	}, ",") + "]"
	r := w.analyze(t, impact.Options{})
	want := [][]impact.Need{
		{
			{Door: impact.SMTP, Flags: []string{"AllowBasicAuthSmtp"}, Policy: "SMTP only", Switch: "SmtpClientAuthenticationDisabled $false", Okta: true, ConditionalAccess: true},
			{Door: impact.POP, Flags: []string{"AllowBasicAuthPop"}, Removed: true, Switch: "PopEnabled $true", Okta: true, ConditionalAccess: true},
		},
		{{Door: impact.PasswordGrant, ConditionalAccess: true}},
	}
	if diff := cmp.Diff(want, [][]impact.Need{r.InUse[0].Needs, r.InUse[1].Needs}); diff != "" {
		t.Error(diff)
	}
}

func TestOnlySomeDoors(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""))
	w.statuses["okta.requests"] = "denied"
	r := w.analyze(t, impact.Options{Doors: []impact.Door{impact.POP}})
	if !r.Known() || len(r.Doors) != 1 {
		t.Errorf("POP needs Entra's log alone: %+v", r.Doors)
	}
}

// TestOtherDoorsAreLeftOut: who asks about POP is not told of IMAP, but of what nobody
// can tell from POP.
func TestOtherDoorsAreLeftOut(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""), mailbox("b", "b@example.com", ""), mailbox("c", "c@example.com", ""), mailbox("d", "d@example.com", ""))
	w.signIns = "[" + strings.Join([]string{
		signIn("a", "", "POP3", 4, 0, ""), signIn("a", "", "IMAP4", 3, 0, ""), signIn("b", "", "IMAP4", 2, 0, ""), signIn("c", "", "Other clients", 1, 0, ""),
		signIn("d", "", "IMAP4", 0, 7, ""), signIn("x", "gone@example.com", "IMAP4", 1, 0, ""), signIn("x", "gone@example.com", "POP3", 1, 0, ""),
	}, ",") + "]"
	count := func(doors []impact.Door) [4]int {
		r := w.analyze(t, impact.Options{Doors: doors})
		uses := 0
		for _, m := range r.InUse {
			uses += len(m.Uses)
		}
		return [4]int{len(r.InUse), uses, len(r.Attempted), len(r.Leftovers)}
	}
	if got, want := count([]impact.Door{impact.POP}), [4]int{2, 2, 0, 1}; got != want {
		t.Errorf("of POP %v, want %v", got, want)
	}
	if got, want := count(nil), [4]int{3, 4, 1, 2}; got != want {
		t.Errorf("of all %v, want %v", got, want)
	}
	r := w.analyze(t, impact.Options{Doors: []impact.Door{impact.POP}})
	if diff := cmp.Diff([]impact.Tally{{Door: impact.POP, InUse: 1, NotKnown: 1, Safe: 2, Reasons: map[impact.Reason]int{impact.ProtocolNotNamed: 1}}}, r.Doors); diff != "" {
		t.Error(diff)
	}
}

func TestTallies(t *testing.T) {
	w := newWorld(mailbox("a", "a@example.com", ""), mailbox("b", "b@example.com", `,"PopEnabled":false`), mailbox("c", "c@example.com", ""))
	w.signIns = "[" + strings.Join([]string{
		signIn("a", "", "POP3", 4, 1, `,"user_agent":"Entourage/12.1"`), signIn("c", "", "Other clients", 2, 0, ""),
	}, ",") + "]"
	r := w.analyze(t, impact.Options{Doors: []impact.Door{impact.POP, impact.Other}})
	want := []impact.Tally{
		{Door: impact.POP, InUse: 1, Closed: 1, NotKnown: 1, Reasons: map[impact.Reason]int{impact.ProtocolNotNamed: 1}},
		{Door: impact.Other, Safe: 2, InUse: 1},
	}
	if diff := cmp.Diff(want, r.Doors); diff != "" {
		t.Error(diff)
	}
	clients := []impact.ClientTally{
		{Client: impact.Client{Class: impact.Outdated, Name: "Entourage 12"}, Mailboxes: 1, Succeeded: 4, LastSeen: "2026-11-19T08:00:00Z"},
		{Client: impact.Client{Class: impact.Unlisted, Name: "a client that does not name itself"}, Mailboxes: 1, Succeeded: 2, LastSeen: "2026-11-19T08:00:00Z"},
	}
	if diff := cmp.Diff(clients, r.Clients); diff != "" {
		t.Error(diff)
	}
}

// TestManyRowsOfOneMailbox: rows of the same name come in the order of the log, and
// each once, whether its id or its name is that of the mailbox.
func TestManyRowsOfOneMailbox(t *testing.T) {
	w := newWorld(mailbox("A", "who@example.com", ""), mailbox("B", "", ""))
	var list []string
	for i := range 7 {
		id, name := []string{"a", "", "z"}[i%3], []string{" Who@example.com", "who@EXAMPLE.com "}[i%2]
		list = append(list, signIn(id, name, "POP3", i+1, 0, ""), signIn("b", "", "IMAP4", 100+i, 0, ""))
	}
	w.signIns = "[" + strings.Join(list, ",") + "]"
	r := w.analyze(t, impact.Options{})
	var got [][]int
	for _, m := range r.InUse {
		var counts []int
		for _, use := range m.Uses {
			counts = append(counts, use.Succeeded)
		}
		got = append(got, counts)
	}
	// By the id first, then by the name.
	want := [][]int{{1, 4, 7, 2, 3, 5, 6}, {100, 101, 102, 103, 104, 105, 106}}
	if diff := cmp.Diff(want, got); diff != "" || len(r.Leftovers) != 0 {
		t.Errorf("uses (-want +got):\n%s%d rows are left over", diff, len(r.Leftovers))
	}
}
