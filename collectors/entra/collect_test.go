package entra_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

func TestWholeTenant(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{})
	h.others = []collectors.Collector{boxes{userID(0), userID(1), userID(2), userID(3), "ffffffff-0000-0000-0000-000000000000"}}
	out := h.collect(t)
	out.wantOnly(t, nil)

	e := out.Snapshot.Entra
	if got := string(e.SecurityDefaults); strings.Contains(got, "odata") {
		t.Errorf("an annotation about the answer was kept: %s", got)
	}
	if got := string(e.NamedLocations[0]); !strings.Contains(got, `"@odata.type":"#microsoft.graph.ipNamedLocation"`) {
		t.Errorf("the type of an object was lost: %s", got)
	}
	if got := string(e.SecurityDefaults); got != `{"id":"sd","isEnabled":false}` {
		t.Errorf("security defaults: %s", got)
	}
	if got := string(out.Snapshot.SharePoint.Settings); got != `{"isLegacyAuthProtocolsEnabled":true}` {
		t.Errorf("SharePoint settings: %s", got)
	}
	if n := len(e.FederationConfigurations); n != 1 || len(e.FederationConfigurations["contoso.example"]) != 1 {
		t.Errorf("federation configurations: %v", e.FederationConfigurations)
	}
	if diff := cmp.Diff(map[string]int{"managed": 1, "not_found": 1}, out.line(t, "entra.federation_configurations").Counts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{groupID: 2, nestedID: 1}, e.GroupMemberCounts); diff != "" {
		t.Error(diff)
	}
	if got := out.line(t, "entra.group_members"); got.Counts["deleted_groups"] != 1 || *got.Items != 2 {
		t.Errorf("group members: %+v", got)
	}
	if diff := cmp.Diff(map[string]int{"scoped_assignments": 1, "assignments_to_nobody": 1, "assignments_to_applications": 1},
		out.line(t, "entra.role_members").Counts); diff != "" {
		t.Error(diff)
	}
	if out.Snapshot.Tenant.ID != "00000000-0000-4000-8000-000000000000" || out.Snapshot.Tenant.InitialDomain != "contoso.onmicrosoft.com" {
		t.Errorf("tenant: %+v", out.Snapshot.Tenant)
	}
}

func instant(t *testing.T, text string) *snapshot.Instant {
	t.Helper()
	var i snapshot.Instant
	if err := i.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return &i
}

func TestUsers(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{})
	h.others = []collectors.Collector{boxes{userID(0), userID(1), userID(2), "missing"}}
	out := h.collect(t)
	common := func(m snapshot.MailboxEntra) *snapshot.MailboxEntra {
		m.AccountEnabled, m.UserType = snapshot.Object(`true`), snapshot.Object(`"Member"`)
		m.OnPremisesSyncEnabled = snapshot.Object(`null`)
		m.CreatedDateTime = instant(t, "2020-01-01T00:00:00Z")
		m.SignInSessionsValidFromDate = instant(t, "2026-10-01T06:00:00Z")
		return &m
	}
	seen := &snapshot.SignInActivity{LastSignIn: instant(t, "2026-11-01T10:00:00Z")}
	want := map[string]*snapshot.MailboxEntra{
		userID(0): common(snapshot.MailboxEntra{SignInActivity: seen, Groups: []string{groupID}, Roles: []string{}}),
		userID(1): common(snapshot.MailboxEntra{SignInActivity: &snapshot.SignInActivity{}, Groups: []string{groupID, nestedID}, Roles: []string{adminRole, "other"}}),
		userID(2): common(snapshot.MailboxEntra{SignInActivity: seen, Groups: []string{}, Roles: []string{adminRole}}),
		"missing": nil,
	}
	got := make(map[string]*snapshot.MailboxEntra)
	for m, err := range out.Mailboxes() {
		if err != nil {
			t.Fatal(err)
		}
		got[m.ID] = m.Entra
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := out.line(t, "entra.users").Counts["without_mailbox"]; got != 2 {
		t.Errorf("users without mailbox: %d", got)
	}
}

func TestSignIns(t *testing.T) {
	out := serve(t, contoso(), entratest.Options{}).collect(t)
	row := func(who int, client, protocol string, interactive bool, ok, failed int, first, last string) snapshot.SignIn {
		return snapshot.SignIn{
			UserPrincipalName: "user." + string(rune('0'+who)) + "@contoso.example", UserID: userID(who), ClientApp: client,
			AuthenticationProtocol: protocol, Interactive: interactive, UserAgent: "BAV2ROPC", App: "Exchange",
			Succeeded: ok, Failed: failed, FirstSeen: instant(t, first), LastSeen: instant(t, last),
		}
	}
	want := []snapshot.SignIn{
		row(0, "Authenticated SMTP", "", true, 2, 1, "2026-11-17T08:00:00Z", "2026-11-19T08:00:00Z"),
		row(1, "Mobile Apps and Desktop clients", "ropc", false, 1, 0, "2026-11-16T08:00:00Z", "2026-11-16T08:00:00Z"),
		row(2, "POP3", "ropc", false, 0, 1, "2026-11-15T08:00:00Z", "2026-11-15T08:00:00Z"),
	}
	got := slices.SortedFunc(slices.Values(out.Snapshot.Evidence.SignIns), func(a, b snapshot.SignIn) int {
		return strings.Compare(a.UserPrincipalName, b.UserPrincipalName)
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := out.Snapshot.Evidence.Window.Since.String(); got != "2026-10-21T08:00:00Z" {
		t.Errorf("window since %s", got)
	}
}

// A service that compares the client for equality only must not hide the unknown.
func TestSignInsByName(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{})
	h.server.Fault(entratest.Fault{Path: "/v1.0/auditLogs/signIns", Times: 1, Do: entratest.Status(400, "BadRequest", "Operator ne is not supported")})
	out := h.collect(t)
	if got := out.line(t, "entra.sign_ins"); got.Status != snapshot.Partial || got.Code != "warning" {
		t.Errorf("%+v", got)
	}
	if n := len(out.Snapshot.Evidence.SignIns); n != 3 {
		t.Errorf("%d rows", n)
	}
}

func TestNoLicence(t *testing.T) {
	tenant := contoso()
	tenant.Premium = false
	h := serve(t, tenant, entratest.Options{})
	h.others = []collectors.Collector{boxes{userID(0)}}
	out := h.collect(t)
	out.wantOnly(t, map[string]snapshot.Status{
		"entra.user_activity": snapshot.Unlicensed, "entra.sign_ins": snapshot.Unlicensed, "entra.non_interactive_sign_ins": snapshot.Unlicensed,
	})
	if out.Snapshot.Evidence != nil {
		t.Errorf("evidence: %+v", out.Snapshot.Evidence)
	}
	for m := range out.Mailboxes() {
		if m.Entra == nil || m.Entra.SignInActivity != nil {
			t.Errorf("entra: %+v", m.Entra)
		}
	}
}

// Each permission that is missing takes away its own resources, says which it is,
// and nothing else.
func TestMissingPermissions(t *testing.T) {
	needs := map[string][]string{
		"Policy.Read.HybridAuthentication":        {"entra.feature_rollout_policies"},
		"OnPremDirectorySynchronization.Read.All": {"entra.on_premises_synchronization"},
		"SharePointTenantSettings.Read.All":       {"sharepoint.settings"},
		"AuditLog.Read.All":                       {"entra.user_activity", "entra.sign_ins", "entra.non_interactive_sign_ins"},
		"GroupMember.Read.All":                    {"entra.group_members", "entra.role_members"},
		"Domain-InternalFederation.Read.All":      {"entra.federation_configurations"},
		"User.Read.All":                           {"entra.users", "entra.user_activity"},
	}
	least := make(map[string]bool)
	for _, offer := range entra.Offers() {
		least[offer.Permission] = true
	}
	for missing, resources := range needs {
		t.Run(missing, func(t *testing.T) {
			h := serve(t, contoso(), entratest.Options{})
			var has []string
			for permission := range least {
				if permission != missing {
					has = append(has, permission)
				}
			}
			// What is granted beyond least privilege would hide what is missing.
			if missing == "Domain-InternalFederation.Read.All" {
				h.server.Fault(entratest.Fault{Path: "/v1.0/domains/contoso.example/federationConfiguration", Do: entratest.Status(403, "Authorization_RequestDenied", "Insufficient privileges")})
			}
			h.token = h.server.Token(has...)
			h.auth, _ = collectors.Bearer(h.token)
			h.secrets = append(h.secrets, h.token)
			out := h.collect(t)
			want := make(map[string]snapshot.Status)
			for _, name := range resources {
				want[name] = snapshot.Denied
			}
			if missing == "GroupMember.Read.All" {
				want["entra.role_members"] = snapshot.Partial
			}
			if missing == "User.Read.All" {
				want["entra.user_activity"] = snapshot.Denied
			}
			out.wantOnly(t, want)
			for name := range want {
				line := out.line(t, name)
				if line.Code != "denied" || !strings.Contains(line.Message, "grant the application permission ") {
					t.Errorf("%s: %q", name, line.Message)
				}
			}
		})
	}
}

func TestLeastPrivilegeIsEnough(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{})
	var least []string
	for _, offer := range entra.Offers() {
		least = append(least, offer.Permission)
	}
	h.token = h.server.Token(least...)
	h.auth, _ = collectors.Bearer(h.token)
	h.secrets = append(h.secrets, h.token)
	h.collect(t).wantOnly(t, nil)
}

func TestEmptyTenant(t *testing.T) {
	tenant := entratest.NewTenant()
	for name, object := range contoso().Singles {
		tenant.Singles[name] = object
	}
	tenant.Collections["organization"] = contoso().Collections["organization"]
	tenant.Collections["directory/onPremisesSynchronization"] = entratest.List{}
	h := serve(t, tenant, entratest.Options{})
	h.others = []collectors.Collector{boxes{}}
	out := h.collect(t)
	out.wantOnly(t, map[string]snapshot.Status{"entra.on_premises_synchronization": snapshot.Failed})
	if out.Mailboxes() == nil || out.MailboxCount() != 0 {
		t.Error("no mailboxes is an answer, and it is absent")
	}
	for _, path := range []string{`"domains": []`, `"groups": []`, `"sign_ins": []`, `"mailboxes": []`, `"federation_configurations": {}`} {
		if !strings.Contains(out.document, path) {
			t.Errorf("the document lacks %s", path)
		}
	}
}

// What was read of the tenant is put back together as it was.
func TestChainFromSnapshots(t *testing.T) {
	folders, err := filepath.Glob("../../testdata/tenants/*/snapshot.json")
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d tenants, %v", len(folders), err)
	}
	for _, file := range folders {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			tenant, err := entratest.Load(os.DirFS(filepath.Dir(file)))
			if err != nil {
				t.Fatal(err)
			}
			want, mailboxes := readSnapshot(t, file)
			h := serve(t, tenant, entratest.Options{})
			h.began(t, want.CollectedAt.Time)
			var ids boxes
			for _, m := range mailboxes {
				ids = append(ids, m.ID)
			}
			h.others = []collectors.Collector{ids}
			compareSections(t, want, mailboxes, h.collect(t))
		})
	}
}

func readSnapshot(t *testing.T, file string) (*snapshot.Snapshot, []snapshot.Mailbox) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		snapshot.Snapshot
		Mailboxes []snapshot.Mailbox `json:"mailboxes"`
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	return &whole.Snapshot, whole.Mailboxes
}

// compareSections compares what the wanted snapshot collected, byte by byte.
func compareSections(t *testing.T, want *snapshot.Snapshot, mailboxes []snapshot.Mailbox, got *outcome) {
	t.Helper()
	read := make(map[string]bool)
	for _, line := range want.Collection.Resources {
		read[line.Name] = line.Status == snapshot.Collected
		if read[line.Name] && strings.HasPrefix(line.Name, "entra.") && got.line(t, line.Name).Status != snapshot.Collected {
			t.Errorf("%s: %+v", line.Name, got.line(t, line.Name))
		}
	}
	// The writer puts both in its one form.
	both := [2]map[string]string{sectionsOf(t, want), sectionsOf(t, got.Snapshot)}
	compared := 0
	for path, value := range both[0] {
		compared++
		if diff := cmp.Diff(value, both[1][path]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
	byID := make(map[string]*snapshot.MailboxEntra)
	for m := range got.Mailboxes() {
		byID[m.ID] = m.Entra
	}
	for _, m := range mailboxes {
		if !read["entra.users"] || !read["entra.group_members"] || !read["entra.role_members"] {
			continue
		}
		if diff := cmp.Diff(m.Entra, byID[m.ID]); diff != "" {
			t.Errorf("mailbox %s (-want +got):\n%s", m.ID, diff)
		}
	}
}

// sectionsOf writes the document and takes out what Graph fills of it.
func sectionsOf(t *testing.T, s *snapshot.Snapshot) map[string]string {
	t.Helper()
	var b strings.Builder
	if err := snapshot.Write(&b, s, nil); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Entra      map[string]jsontext.Value `json:"entra"`
		SharePoint map[string]jsontext.Value `json:"sharepoint"`
		Evidence   map[string]jsontext.Value `json:"evidence"`
	}
	if err := json.Unmarshal([]byte(b.String()), &document); err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for name, value := range document.Entra {
		sections["entra."+name] = string(value)
	}
	for name, value := range document.SharePoint {
		sections["sharepoint."+name] = string(value)
	}
	if value, ok := document.Evidence["sign_ins"]; ok {
		sections["evidence.sign_ins"] = string(value)
	}
	return sections
}

// The root package of the SDK and its models cost minutes to compile.
func TestOnlyTheCoreOfTheSDK(t *testing.T) {
	list, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dep := range strings.FieldsSeq(string(list)) {
		if strings.HasPrefix(dep, "github.com/microsoftgraph/msgraph-sdk-go") {
			seen++
			if dep != "github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors" && dep != "github.com/microsoftgraph/msgraph-sdk-go-core" {
				t.Errorf("imports %s", dep)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d packages of the SDK, want its core and its errors", seen)
	}
}
