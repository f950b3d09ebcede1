package entra_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Staged rollout and synchronisation are closed to most applications: denied, and
// never off.
func TestDeniedIsNotOff(t *testing.T) {
	tenant := contoso()
	tenant.Denied["directory/onPremisesSynchronization"] = true
	tenant.Denied["policies/featureRolloutPolicies"] = true
	h := serve(t, tenant, entratest.Options{})
	out := h.collect(t)
	out.wantOnly(t, map[string]snapshot.Status{
		"entra.on_premises_synchronization": snapshot.Denied, "entra.feature_rollout_policies": snapshot.Denied,
	})
	if out.Snapshot.Entra.OnPremisesSynchronization != nil || out.Snapshot.Entra.FeatureRolloutPolicies != nil {
		t.Error("what was denied is in the document")
	}
	if _, ok := out.Snapshot.Entra.GroupMemberCounts[nestedID]; ok {
		t.Error("a group that only a denied policy names was read")
	}
}

func TestDependencies(t *testing.T) {
	tenant := contoso()
	tenant.Denied["identity/conditionalAccess/policies"] = true
	tenant.Denied["domains"] = true
	h := serve(t, tenant, entratest.Options{})
	out := h.collect(t)
	for _, name := range []string{"entra.group_members", "entra.federation_configurations"} {
		if got := out.line(t, name); got.Status != snapshot.Failed || got.Code != "dependency" || !strings.Contains(got.Message, "denied") {
			t.Errorf("%+v", got)
		}
	}
}

// A list that breaks off inside an object is not a whole answer.
func TestEmbeddedList(t *testing.T) {
	tenant := contoso()
	tenant.Collections["policies/featureRolloutPolicies"] = entratest.List{raw(`{"id":"fr1","isEnabled":true,"appliesTo":[{"id":"` + groupID +
		`"}],"appliesTo@odata.nextLink":"https://graph.microsoft.com/v1.0/x"}`)}
	h := serve(t, tenant, entratest.Options{})
	out := h.collect(t)
	out.wantOnly(t, map[string]snapshot.Status{"entra.feature_rollout_policies": snapshot.Partial})
	if strings.Contains(out.document, "nextLink") {
		t.Error("a link with a place in a listing is in the document")
	}
}

// Staged rollout takes whoever is in a group itself, Conditional Access those of
// groups in it too.
func TestMembersOfStagedGroups(t *testing.T) {
	const staged = "7a3d1f5e-0000-4000-8000-00000000fade"
	tenant := contoso()
	tenant.Collections["policies/featureRolloutPolicies"] = entratest.List{raw(`{"id":"fr1","isEnabled":true,"appliesTo":[{"id":"` + staged + `"},{"id":"` + groupID + `"}]}`)}
	groups := tenant.Collections["groups"].(entratest.List)
	tenant.Collections["groups"] = append(groups, raw(`{"id":"`+staged+`","displayName":"Staged"}`))
	for _, id := range []string{staged, groupID} {
		tenant.Direct[id] = []entratest.Member{{Type: "#microsoft.graph.user", ID: "direct"}, {Type: "#microsoft.graph.group", ID: "nested"}}
		tenant.Members[id] = append(tenant.Direct[id], entratest.Member{Type: "#microsoft.graph.user", ID: "of the nested group"})
	}
	out := serve(t, tenant, entratest.Options{}).collect(t)
	for id, want := range map[string]int{staged: 1, groupID: 2} {
		if got := out.Snapshot.Entra.GroupMemberCounts[id]; got != want {
			t.Errorf("group %s has %d members, want %d", id, got, want)
		}
	}
}

// One group that cannot be read leaves the others, and says so.
func TestOneGroupDenied(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{})
	h.server.Fault(entratest.Fault{Path: "/v1.0/groups/" + groupID + "/transitiveMembers", Do: entratest.Status(403, "Authorization_RequestDenied", "hidden membership")})
	out := h.collect(t)
	out.wantOnly(t, map[string]snapshot.Status{"entra.group_members": snapshot.Partial})
	if diff := cmp.Diff(map[string]int{nestedID: 1}, out.Snapshot.Entra.GroupMemberCounts); diff != "" {
		t.Error(diff)
	}
	if len(out.Snapshot.Entra.Groups) != 2 {
		t.Errorf("%d groups", len(out.Snapshot.Entra.Groups))
	}
}

// Ids and names come from the tenant and may hold anything.
func TestHostileNames(t *testing.T) {
	hostile := []string{`a"b`, "a'b", "a/b", "a\\b", "a b", "a%2fb", "a?b#c", "a\nb", "a\u202eb", "../../me", "a\u0000b", "<script>", "a;b&c=d"}
	tenant := contoso()
	var groups, list entratest.List
	var named []string
	for _, name := range hostile {
		quoted := jsonText(t, name)
		groups = append(groups, raw(`{"id":`+quoted+`,"displayName":`+quoted+`}`))
		tenant.Members[name] = []entratest.Member{{Type: "#microsoft.graph.user", ID: userID(0)}}
		tenant.Federation[name] = contoso().Federation["contoso.example"]
		list = append(list, raw(`{"id":`+quoted+`,"authenticationType":"Federated"}`))
		named = append(named, quoted)
	}
	tenant.Collections["groups"] = groups
	tenant.Collections["domains"] = list
	tenant.Collections["identity/conditionalAccess/policies"] = entratest.List{
		raw(`{"id":"ca","conditions":{"users":{"includeGroups":[` + strings.Join(named, ",") + `]}}}`),
	}
	tenant.Collections["policies/featureRolloutPolicies"] = entratest.List{}
	h := serve(t, tenant, entratest.Options{})
	out := h.collect(t)
	out.wantOnly(t, nil)
	want := make(map[string]int)
	for _, name := range hostile {
		want[name] = 1
		if len(out.Snapshot.Entra.FederationConfigurations[name]) != 1 {
			t.Errorf("domain %q has no configuration", name)
		}
	}
	if diff := cmp.Diff(want, out.Snapshot.Entra.GroupMemberCounts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for line := range strings.SplitSeq(out.log, "\n") {
		if strings.Contains(line, "\u202e") {
			t.Errorf("a direction mark in the log: %q", line)
		}
	}
}

func jsonText(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted)
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, url := range []string{"http://graph.microsoft.com", "ftp://127.0.0.1", "https://u:p@graph.microsoft.com", "graph.microsoft.com", "https://", "::"} {
		if _, err := entra.New(entra.Config{URL: url}); err == nil {
			t.Errorf("%s was accepted", url)
		}
	}
	for _, url := range []string{"", "https://graph.microsoft.us", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1/graph"} {
		if _, err := entra.New(entra.Config{URL: url}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// The two packages cannot share their codes, and the ledger must have one for one
// thing.
func TestCodesAgree(t *testing.T) {
	for _, pair := range [][2]string{
		{transport.CodeDenied, collectors.CodeDenied},
		{transport.CodeCanceled, collectors.CodeCanceled},
		{transport.CodeBadAnswer, collectors.CodeBadAnswer},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%q and %q", pair[0], pair[1])
		}
	}
}

// No request more than is needed.
func TestRequests(t *testing.T) {
	tenant := contoso()
	tenant.Collections["users"] = people(1001)
	h := serve(t, tenant, entratest.Options{})
	out := h.collect(t)
	out.wantOnly(t, nil)
	// 13 sections, 2 federated domains, 3 pages of users, 3 named groups of which
	// two have members, roles and assignments and one group with roles, sign-ins
	// thrice.
	if got := len(out.requests); got != 13+2+3+5+3+3 {
		t.Errorf("%d requests:\n%s", got, strings.Join(out.requests, "\n"))
	}
	for _, request := range out.requests {
		if !strings.HasPrefix(request, "GET ") {
			t.Errorf("a request that is not a GET: %s", request)
		}
	}
}
