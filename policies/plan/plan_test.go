package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/policies/plan"
)

// world is a snapshot and findings about it, made by hand: what controls say is not
// this package's matter.
type world struct {
	sections  map[string]string
	mailboxes []string
	signIns   []string
	results   []finding.Result
	controls  []finding.Control
	glass     []plan.Account
	logs      string
	requests  string
}

func newWorld() *world {
	return &world{logs: "collected", sections: map[string]string{
		"exchange": `{"organization_config":{"DefaultAuthenticationPolicy":null,"OAuth2ClientProfileEnabled":false},"transport_config":{"SmtpClientAuthenticationDisabled":false},"authentication_policies":[]}`,
		"okta":     `{}`,
	}}
}

func (w *world) mailbox(id, exchange string) {
	w.mailboxes = append(w.mailboxes, fmt.Sprintf(`{"id":%q,"user_principal_name":"%s@example.com","exchange":{"RecipientTypeDetails":"UserMailbox"%s}}`, id, id, exchange))
}

func (w *world) uses(id, client string) {
	w.signIns = append(w.signIns, fmt.Sprintf(`{"user_principal_name":"%s@example.com","user_id":%q,"client_app":%q,"interactive":true,"succeeded":1,"failed":0}`, id, id, client))
}

// fails adds a violation of a control.
func (w *world) fails(id, step string, v finding.Violation) {
	if i := slices.IndexFunc(w.results, func(r finding.Result) bool { return r.Control == id }); i >= 0 {
		w.results[i].Violations = append(w.results[i].Violations, v)
		return
	}
	w.controls = append(w.controls, finding.Control{
		ID: id, Slug: strings.ToLower(id), Title: "title of " + id, Step: step, Severity: finding.High,
		Messages:    map[string]string{v.Key: "sentence of " + id + "."},
		Remediation: finding.Remediation{Text: "text of " + id, PowerShell: "powershell of " + id},
	})
	w.results = append(w.results, finding.Result{Control: id, Outcome: finding.Fail, Violations: []finding.Violation{v}})
}

func on(key string, ids ...string) finding.Violation {
	var list []finding.Member
	for _, id := range ids {
		list = append(list, finding.Member{ID: id})
	}
	return finding.Violation{Key: key, Members: finding.ListMembers("mailbox", list)}
}

func (w *world) make(t *testing.T) *plan.Plan {
	t.Helper()
	var resources []string
	for _, name := range []string{"entra.sign_ins", "entra.non_interactive_sign_ins", "okta.requests"} {
		resources = append(resources, fmt.Sprintf(`{"name":%q,"endpoint":"e","permission":"p","paths":["evidence.sign_ins"],"status":%q}`, name, w.logs))
	}
	text := fmt.Sprintf(`{"version":1,"collected_at":"2026-11-20T08:00:00Z","tenant":{"id":"t"},"collection":{"source":"live","resources":[%s]},
"exchange":%s,"entra":%s,"okta":%s,
"evidence":{"window":{"since":"2026-10-21T08:00:00Z","until":"2026-11-20T08:00:00Z"},"sign_ins":[%s],"okta_requests":[%s]},
"mailboxes":[%s]}`, strings.Join(resources, ","), w.sections["exchange"], or(w.sections["entra"], "{}"), w.sections["okta"],
		strings.Join(w.signIns, ","), w.requests, strings.Join(w.mailboxes, ","))
	read := func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Read("test.json", strings.NewReader(text), visit)
	}
	used, err := impact.Analyze(read, impact.Options{Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Make(plan.Input{
		Report: &finding.Report{
			Tenant: finding.Tenant{ID: "t", OktaOrg: "https://example.okta.com/"}, Controls: w.controls, Results: w.results,
		},
		Impact: used, BreakGlass: w.glass, AccessTokenHours: 1, SignInFrequencyHours: 168, MaxAge: 48 * time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func names(p *plan.Plan) []string {
	var list []string
	for _, s := range p.Steps {
		for _, a := range s.Actions {
			list = append(list, s.ID+" "+a.Name)
		}
	}
	return list
}

func marks(p *plan.Plan) map[string]map[string]plan.Mark {
	got := map[string]map[string]plan.Mark{}
	for _, t := range p.Targets {
		got[t.ID] = t.Marks
	}
	return got
}

func TestNothingOpen(t *testing.T) {
	p := newWorld().make(t)
	if p.Open() || len(p.FindOut)+len(p.Targets) > 0 {
		t.Errorf("%+v", p)
	}
}

func TestMailboxesInUseAreSetApart(t *testing.T) {
	w := newWorld()
	for _, id := range []string{"free", "user", "glass"} {
		w.mailbox(id, "")
	}
	w.uses("user", "POP3")
	w.uses("glass", "POP3")
	w.glass = []plan.Account{{UserPrincipalName: "GLASS@example.com"}}
	w.fails("PROTO-001", "C", on("enabled", "free", "user", "glass"))
	p := w.make(t)
	want := map[string]map[string]plan.Mark{"free": {"pop": plan.Ready}, "user": {"pop": plan.InUse}}
	if diff := cmp.Diff(want, marks(p)); diff != "" {
		t.Error(diff)
	}
	a := p.Action("pop")
	if a.Ready != 1 || a.InUse != 1 || a.NotKnown != 0 {
		t.Errorf("%+v", a)
	}
	if len(p.SetApart) != 1 || p.SetApart[0].ID != "user" {
		t.Errorf("set apart: %+v", p.SetApart)
	}
}

func TestWithoutLogsNothingIsReady(t *testing.T) {
	w := newWorld()
	w.mailbox("a", "")
	w.logs = "unlicensed"
	w.fails("PROTO-001", "C", on("enabled", "a"))
	w.fails("BASIC-002", "D", finding.Violation{Key: "none"})
	p := w.make(t)
	if got := marks(p)["a"]["pop"]; got != plan.NotKnown {
		t.Errorf("pop is %s", got)
	}
	if a := p.Action("default_policy"); a.Gate != 1 {
		t.Errorf("the default is set with %d mailboxes in the gate", a.Gate)
	}
}

func TestAuthenticationPoliciesInOrder(t *testing.T) {
	w := newWorld()
	for _, id := range []string{"a", "b", "in-use"} {
		w.mailbox(id, `,"AuthenticationPolicy":null`)
	}
	w.mailbox("weak", `,"AuthenticationPolicy":"Old"`)
	w.uses("in-use", "Authenticated SMTP")
	w.sections["exchange"] = `{"organization_config":{"DefaultAuthenticationPolicy":null},"authentication_policies":[{"Name":"Old","AllowBasicAuthSmtp":true},{"Name":"block basic authentication"}]}`
	w.fails("BASIC-001", "D", finding.Violation{Key: "open"})
	w.fails("BASIC-002", "D", finding.Violation{Key: "none"})
	w.fails("BASIC-003", "D", on("open", "weak"))
	p := w.make(t)
	want := []string{"D blocking_policy", "D keep_in_use", "D pilot", "D own_policy", "D default_policy", "F revoke"}
	if diff := cmp.Diff(want, names(p)); diff != "" {
		t.Fatal(diff)
	}
	// The name is taken, so the new policy has another.
	if got := p.Action("blocking_policy").Changes[0].Identity; got != "Block Basic Authentication 2" {
		t.Errorf("the policy is called %q", got)
	}
	keep := p.Action("keep_in_use").Changes
	if diff := cmp.Diff(plan.Change{Op: plan.CreatePolicy, Identity: "Postern in use 1", Flags: []string{"AllowBasicAuthSmtp"}}, keep[0]); diff != "" {
		t.Error(diff)
	}
	if !keep[1].Apart || keep[1].Select != "keep_1" {
		t.Errorf("%+v", keep[1])
	}
	wantMarks := map[string]map[string]plan.Mark{
		"a": {"pilot": plan.Ready, "revoke": plan.Ready}, "b": {"pilot": plan.Ready, "revoke": plan.Ready},
		"in-use": {"keep_1": plan.InUse, "revoke": plan.Ready}, "weak": {"own_policy": plan.Ready, "revoke": plan.Ready},
	}
	if diff := cmp.Diff(wantMarks, marks(p)); diff != "" {
		t.Error(diff)
	}
	standard := p.Action("default_policy")
	if string(standard.Changes[0].Value) != `"Block Basic Authentication 2"` || !slices.Contains(standard.After, "pilot") || standard.WaitHours != 24 {
		t.Errorf("%+v", standard)
	}
}

// TestEveryMixOfUsesIsKept: the doors in use make more different policies than a
// number has bits, and none of the mailboxes may be left to the default that closes
// all.
func TestEveryMixOfUsesIsKept(t *testing.T) {
	clients := []string{
		"Authenticated SMTP", "POP3", "IMAP4", "Exchange ActiveSync", "Exchange Web Services", "MAPI Over HTTP", "Exchange Online PowerShell",
	}
	w := newWorld()
	for mix := 1; mix < 1<<len(clients); mix++ {
		id := fmt.Sprint("m", mix)
		w.mailbox(id, `,"AuthenticationPolicy":null`)
		for i, client := range clients {
			if mix&(1<<i) != 0 {
				w.uses(id, client)
			}
		}
	}
	w.fails("BASIC-002", "D", finding.Violation{Key: "none"})
	w.fails("TOKEN-001", "F", on("old", "m1"))
	p := w.make(t)
	selected := map[string]bool{}
	for _, c := range p.Action("keep_in_use").Changes {
		if c.Op == plan.SetMailbox {
			selected[c.Select] = true
		}
	}
	got := marks(p)
	if len(selected) != 127 || len(got) != 127 {
		t.Fatalf("%d policies for %d mailboxes, want 127 for 127", len(selected), len(got))
	}
	for id, of := range got {
		kept := ""
		for name := range of {
			if strings.HasPrefix(name, "keep_") {
				kept = name
			}
		}
		if !selected[kept] || of["revoke"] != plan.Ready {
			t.Errorf("%s is kept by %q, and its marks are %v", id, kept, of)
		}
		delete(selected, kept)
	}
}

func TestABlockingPolicyIsTaken(t *testing.T) {
	w := newWorld()
	w.mailbox("a", "")
	flags := ""
	for _, flag := range impact.Other.Flags() {
		flags += fmt.Sprintf(`,%q:false`, flag)
	}
	w.sections["exchange"] = `{"authentication_policies":[{"Name":"Shut"` + flags + `}]}`
	w.fails("BASIC-002", "D", finding.Violation{Key: "none"})
	if got := string(w.make(t).Action("default_policy").Changes[0].Value); got != `"Shut"` {
		t.Errorf("the default becomes %s", got)
	}
	w.sections["exchange"] = `{"authentication_policies":[{"Name":"Shut","AllowBasicAuthNews":true` + flags + `}]}`
	if w.make(t).Action("blocking_policy") == nil {
		t.Error("a policy with a flag that nobody knows is taken")
	}
}

func TestUnreadPoliciesAreAskedFor(t *testing.T) {
	w := newWorld()
	w.mailbox("a", "")
	w.sections["exchange"] = `{"organization_config":{"DefaultAuthenticationPolicy":null}}`
	w.fails("BASIC-002", "D", finding.Violation{Key: "none"})
	p := w.make(t)
	if a := p.Action("basic-002"); a == nil || !a.ByHand() || len(p.FindOut) != 1 {
		t.Errorf("%v, %+v", names(p), p.FindOut)
	}
}

func TestSMTPKeepsWhatIsInUse(t *testing.T) {
	w := newWorld()
	w.mailbox("in-use", `,"SmtpClientAuthenticationDisabled":null`)
	w.mailbox("override", `,"SmtpClientAuthenticationDisabled":false`)
	w.uses("in-use", "Authenticated SMTP")
	w.fails("PROTO-005", "C", on("organisation", "in-use"))
	w.fails("PROTO-005", "C", on("override", "override"))
	p := w.make(t)
	changes := p.Action("smtp").Changes
	if len(changes) != 3 || !changes[0].Apart || changes[1].Kind != "TransportConfig" || string(changes[2].Value) != "null" {
		t.Fatalf("%+v", changes)
	}
	want := map[string]map[string]plan.Mark{"in-use": {"smtp_keep": plan.InUse}, "override": {"smtp": plan.Ready}}
	if diff := cmp.Diff(want, marks(p)); diff != "" {
		t.Error(diff)
	}
}

func TestSessionsAreRevokedLastAndWheneverADoorCloses(t *testing.T) {
	w := newWorld()
	w.mailbox("a", "")
	w.mailbox("b", "")
	w.fails("SIGNON-008", "E", finding.Violation{Key: "disabled"})
	p := w.make(t)
	if a := p.Action("revoke"); a == nil || a.Ready != 2 {
		t.Fatalf("%v", names(p))
	}
	w = newWorld()
	w.mailbox("a", "")
	w.mailbox("b", "")
	w.fails("TOKEN-001", "F", on("not_revoked", "a"))
	w.fails("TOKEN-009", "F", finding.Violation{Key: "x"})
	p = w.make(t)
	if diff := cmp.Diff([]string{"F token-009", "F revoke"}, names(p)); diff != "" {
		t.Error(diff)
	}
	if a := p.Action("revoke"); a.Ready != 1 {
		t.Errorf("%+v", a)
	}
}

func TestConditionalAccessNeedsTheEmergencyAccounts(t *testing.T) {
	w := newWorld()
	w.mailbox("in-use", "")
	w.uses("in-use", "POP3")
	w.fails("BASIC-004", "D", finding.Violation{Key: "not_blocked"})
	w.fails("TOKEN-003", "F", finding.Violation{Key: "not_limited"})
	p := w.make(t)
	if a := p.Action("basic-004"); a == nil || !a.ByHand() || len(p.FindOut) != 1 {
		t.Errorf("without accounts: %v, %+v", names(p), p.FindOut)
	}
	w.glass = []plan.Account{{UserPrincipalName: "glass@example.com"}}
	if p := w.make(t); p.Action("conditional_access") != nil {
		t.Error("an account that is known by name only is left out of a policy")
	}
	w.glass = []plan.Account{{ID: "g-1"}}
	p = w.make(t)
	body := string(p.Action("conditional_access").Changes[0].Body)
	for _, part := range []string{`"enabledForReportingButNotEnforced"`, `"excludeUsers":["g-1","in-use"]`, `"exchangeActiveSync","other"`} {
		if !strings.Contains(body, part) {
			t.Errorf("the body lacks %s: %s", part, body)
		}
	}
	if body := string(p.Action("sign_in_frequency").Changes[0].Body); !strings.Contains(body, `"type":"days","value":7`) {
		t.Errorf("%s", body)
	}
}

func TestTokenLifetime(t *testing.T) {
	w := newWorld()
	w.sections["entra"] = `{"token_lifetime_policies":[{"id":"p-1","definition":["{\"TokenLifetimePolicy\":{\"Version\":1,\"AccessTokenLifetime\":\"23:00:00\",\"Other\":\"x\"}}"]}]}`
	w.fails("TOKEN-002", "F", finding.Violation{Key: "too_long", Resource: finding.Resource{ID: "p-1"}})
	c := w.make(t).Action("token_lifetime").Changes[0]
	want := `["{\"TokenLifetimePolicy\":{\"AccessTokenLifetime\":\"01:00:00\",\"Other\":\"x\",\"Version\":1}}"]`
	if string(c.Value) != want || c.URI != "/v1.0/policies/tokenLifetimePolicies/p-1" || !strings.Contains(string(c.Was), "23:00:00") {
		t.Errorf("%+v", c)
	}
	// An id is a part of a path, and leads nowhere else.
	w.sections["entra"] = strings.Replace(w.sections["entra"], "p-1", "../p?1", 1)
	w.results[0].Violations[0].Resource.ID = "../p?1"
	if c := w.make(t).Action("token_lifetime").Changes[0]; c.URI != "/v1.0/policies/tokenLifetimePolicies/..%2Fp%3F1" {
		t.Errorf("the id leads to %s", c.URI)
	}
	w.results[0].Violations[0].Resource.ID = "p-1"
	w.sections["entra"] = `{"token_lifetime_policies":[{"id":"p-1","definition":["what"]}]}`
	if a := w.make(t).Action("token-002"); a == nil || !a.ByHand() {
		t.Error("a definition that cannot be read is not left to be done by hand")
	}
}

func TestWhatHasNoBuilderIsDoneByHand(t *testing.T) {
	w := newWorld()
	w.fails("FED-001", "A", finding.Violation{Key: "managed"})
	w.fails("OWN-001", "G", finding.Violation{Key: "x"})
	p := w.make(t)
	a := p.Action("fed-001")
	if a == nil || !a.ByHand() || a.PowerShell != "powershell of FED-001" || a.Findings[0] != "sentence of FED-001." {
		t.Fatalf("%+v", a)
	}
	if diff := cmp.Diff([]string{"A fed-001", "G own-001"}, names(p)); diff != "" {
		t.Error(diff)
	}
	if p.Steps[0].Why == "" {
		t.Error("step A has no reason")
	}
}

func TestWaivedViolationsAreLeftAlone(t *testing.T) {
	w := newWorld()
	w.mailbox("a", "")
	v := on("enabled", "a")
	v.Waiver = &finding.Waiver{}
	w.fails("PROTO-001", "C", v)
	p := w.make(t)
	if p.Open() || len(p.Targets) > 0 || len(p.Waived) != 1 {
		t.Errorf("%v, %+v", names(p), p.Waived)
	}
}

func TestUnknownIsFoundOutFirst(t *testing.T) {
	w := newWorld()
	w.controls = []finding.Control{
		{ID: "FED-004", Title: "f", Step: "A", Messages: map[string]string{"k": "Not read: {members}."}},
		{ID: "FED-005", Title: "g", Step: "A"},
	}
	w.results = []finding.Result{
		{Control: "FED-004", Outcome: finding.Unknown, Unknowns: []finding.Reason{{Key: "k", Count: 2}}},
		{Control: "FED-005", Outcome: finding.Error, Error: "broke"},
	}
	p := w.make(t)
	want := [][]string{{"Not read: 2 mailboxes."}, {"broke"}}
	if diff := cmp.Diff(want, [][]string{p.FindOut[0].Reasons, p.FindOut[1].Reasons}); diff != "" {
		t.Error(diff)
	}
	if p.Open() {
		t.Error("what is not known counts as open")
	}
}

func TestMailboxesThatCannotBeNamed(t *testing.T) {
	w := newWorld()
	w.mailboxes = []string{
		`{"id":"a","exchange":{"RecipientTypeDetails":"UserMailbox"}}`,
		`{"id":"b","user_principal_name":"b@example.com\n","exchange":{"RecipientTypeDetails":"UserMailbox"}}`,
		`{"id":"c'","user_principal_name":"c@example.com","exchange":{"RecipientTypeDetails":"UserMailbox"}}`,
		`{"id":"d","user_principal_name":"*@example.com","exchange":{"RecipientTypeDetails":"UserMailbox"}}`,
		`{"id":"e","user_principal_name":"e@example.com","exchange":{"RecipientTypeDetails":"DiscoveryMailbox"}}`,
	}
	w.fails("PROTO-001", "C", on("enabled", "a", "b", "c'", "d", "e"))
	p := w.make(t)
	if len(p.Targets) != 0 || len(p.FindOut) != 2 {
		t.Errorf("targets %v, questions %+v", p.Targets, p.FindOut)
	}
}
