package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// severalKinds is a control with single resources, whose arguments hold lists in
// the order of the snapshot, and with members.
const severalKinds = `# METADATA
# title: Anything
# description: Because.
# custom:
#   id: TEST-005
#   severity: low
#   step: C
#   needs: ["mailboxes[].exchange", entra.conditional_access_policies, exchange.cas_mailbox_plans]
#   messages:
#     on: '{members} of kind {kind}.'
#     policy: Policy '{name}' is for {clients}.
#     plan: A plan for {plans}.
#   remediation:
#     text: None.
package controls.testing.anything

violations contains {"key": "on", "args": {"kind": kind}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	kind := mailbox.exchange.RecipientTypeDetails
}

violations contains {
	"key": "policy",
	"args": {"name": policy.displayName, "clients": policy.conditions.clientAppTypes},
	"resource": {"kind": "conditional_access_policy", "id": policy.id, "name": policy.displayName},
	"at": ["entra", "conditional_access_policies", i],
} if {
	some i, policy in input.entra.conditional_access_policies
}

violations contains {
	"key": "plan",
	"args": {"plans": [plan.Name | some plan in input.exchange.cas_mailbox_plans]},
	"resource": {"kind": "cas_mailbox_plans"},
	"at": ["exchange", "cas_mailbox_plans"],
} if {
	count(input.exchange.cas_mailbox_plans) > 0
}
`

func severalSnapshot() object {
	document := aSnapshot()
	setLine(document, line("entra.conditional_access_policies", "collected", "entra.conditional_access_policies"))
	setLine(document, line("exchange.cas_mailbox_plans", "collected", "exchange.cas_mailbox_plans"))
	policies, plans, mailboxes := []any{}, []any{}, []any{}
	for i := range 5 {
		policies = append(policies, object{
			"id": fmt.Sprintf("id-%d", i), "displayName": fmt.Sprintf("Policy %d", i%2),
			"conditions": object{"clientAppTypes": []any{"other", "browser", fmt.Sprint(i)}},
		})
		plans = append(plans, object{"Name": fmt.Sprintf("Plan %d", i)})
	}
	for i := range 12 {
		mailboxes = append(mailboxes, aMailbox(i, object{"RecipientTypeDetails": []string{"UserMailbox", "SharedMailbox", "RoomMailbox"}[i%3]}))
	}
	document["entra"] = object{"conditional_access_policies": policies}
	document["exchange"].(object)["cas_mailbox_plans"] = plans
	document["mailboxes"] = mailboxes
	return document
}

// shuffle puts every list of the evidence in another order.
func shuffle(random *rand.Rand, value any) {
	switch v := value.(type) {
	case object:
		for _, item := range v {
			shuffle(random, item)
		}
	case []any:
		random.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		for _, item := range v {
			shuffle(random, item)
		}
	}
}

// summary is what must not depend on any order: fingerprints, causes, members.
func summary(r *finding.Result) []string {
	var list []string
	for i := range r.Violations {
		v := &r.Violations[i]
		text := fmt.Sprintf("%s %s %s %d", v.Fingerprint, v.Key, v.Resource.ID, v.Count())
		if v.Members != nil {
			var ids []string
			for m := range v.Members.All() {
				ids = append(ids, m.ID)
			}
			slices.Sort(ids)
			text += strings.Join(ids, ",")
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

func TestOrderDoesNotMatter(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies("a.rego", severalKinds)})
	first := &check(t, judge, input(t, severalSnapshot())).Results[0]
	want := summary(first)
	if len(want) != 3+5+1 || len(slices.Compact(slices.Clone(want))) != len(want) {
		t.Fatalf("%d violations: %v %s", len(want), want, first.Error)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		document := severalSnapshot()
		shuffle(random, document["entra"])
		shuffle(random, document["exchange"])
		shuffle(random, document["mailboxes"])
		if diff := cmp.Diff(want, summary(&check(t, judge, input(t, document)).Results[0])); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestSameSnapshotSameReport expects equal reports, order included.
func TestSameSnapshotSameReport(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies("a.rego", severalKinds)})
	text := func() string {
		var b strings.Builder
		var keys []string
		r := check(t, judge, input(t, severalSnapshot())).Results[0]
		for i := range r.Violations {
			v := r.Violations[i]
			keys = append(keys, v.Key)
			fmt.Fprintln(&b, v.Key, v.Args, v.Resource, v.Pointer, *v.Region, v.Snippet, v.Fingerprint)
			if v.Members != nil {
				fmt.Fprintln(&b, v.Members.First(99))
			}
		}
		if !slices.IsSorted(keys) {
			t.Errorf("the keys are in the order %v", keys)
		}
		return b.String()
	}
	want := text()
	for range 10 {
		if got := text(); got != want {
			t.Fatalf("%s\n%s", want, got)
		}
	}
}

// TestFingerprintsFollowTenantAndSubject expects another fingerprint for another
// tenant and another subject, and the same one for another name or place.
func TestFingerprintsFollowTenantAndSubject(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies("a.rego", severalKinds)})
	prints := func(change func(object)) map[string]bool {
		document := severalSnapshot()
		change(document)
		all := map[string]bool{}
		r := check(t, judge, input(t, document)).Results[0]
		for i := range r.Violations {
			all[r.Violations[i].Fingerprint] = true
		}
		return all
	}
	same := prints(func(object) {})
	policyOf := func(d object) object { return d["entra"].(object)["conditional_access_policies"].([]any)[0].(object) }
	if diff := cmp.Diff(same, prints(func(d object) { policyOf(d)["displayName"] = "Renamed" })); diff != "" {
		t.Errorf("after a renaming: %s", diff)
	}
	if diff := cmp.Diff(same, prints(func(d object) { d["mailboxes"] = d["mailboxes"].([]any)[3:] })); diff != "" {
		t.Errorf("with fewer members: %s", diff)
	}
	for print := range prints(func(d object) { d["tenant"].(object)["id"] = "00000000-0000-0000-0000-000000000002" }) {
		if same[print] {
			t.Error("another tenant has the same fingerprint")
		}
	}
	if cmp.Equal(same, prints(func(d object) { policyOf(d)["id"] = "id-other" })) {
		t.Error("another policy has the same fingerprint")
	}
}

// TestListsAreSets expects members whose arguments list the same in another order
// to share a cause, with the members in the order of the snapshot.
func TestListsAreSets(t *testing.T) {
	control := edited(t, severalKinds, "\tkind := mailbox.exchange.RecipientTypeDetails\n", "\tkind := mailbox.exchange.role_groups\n")
	document := severalSnapshot()
	mailboxes := []any{}
	for i, groups := range [][]string{{"b", "a"}, {"a", "b"}, {"a"}, {"b", "a"}, {"a", "b"}} {
		mailboxes = append(mailboxes, aMailbox(i, object{"role_groups": groups}))
	}
	document["mailboxes"] = mailboxes
	document["entra"] = object{"conditional_access_policies": []any{}}
	r := result(t, control, document)
	var got []string
	for i := range r.Violations {
		v := &r.Violations[i]
		got = append(got, v.Key)
		if v.Members == nil || v.Members.Len() == 1 {
			continue
		}
		var lines []int
		for m := range v.Members.All() {
			lines = append(lines, m.Line)
		}
		if v.Members.Len() != 4 || !slices.IsSorted(lines) {
			t.Errorf("the members stand on lines %v", lines)
		}
	}
	if diff := cmp.Diff([]string{"on", "on", "plan"}, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzGrouping gives mailboxes hostile kinds: whatever they are, no member is
// lost, none is in two causes, and members share a cause when they share a kind.
func FuzzGrouping(f *testing.F) {
	f.Add("UserMailbox", "SharedMailbox", "")
	f.Add("a\x00b", "a", "\x00b")
	f.Add(`","kind":"x`, `"`, `\`)
	f.Add("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202e\u0007")
	f.Add("{members}", "{kind}", "{")
	judge := load(f, engine.Options{Policies: policies("a.rego", severalKinds)})
	f.Fuzz(func(t *testing.T, a, b, c string) {
		kinds := []string{a, b, c, a + b, b + c, a}
		document := severalSnapshot()
		mailboxes := []any{}
		byKind := map[string]int{}
		for i, kind := range kinds {
			kind = strings.ToValidUTF8(kind, "?")
			byKind[kind]++
			mailboxes = append(mailboxes, aMailbox(i, object{"RecipientTypeDetails": kind}))
		}
		document["mailboxes"] = mailboxes
		r := check(t, judge, input(t, document)).Results[0]
		seen := map[string]bool{}
		for i := range r.Violations {
			v := &r.Violations[i]
			if v.Members == nil {
				continue
			}
			kind := v.Args["kind"].(string)
			if v.Members.Len() != byKind[kind] {
				t.Errorf("%q has %d members, not %d", kind, v.Members.Len(), byKind[kind])
			}
			delete(byKind, kind)
			for m := range v.Members.All() {
				if seen[m.ID] {
					t.Errorf("%s is a member twice", m.ID)
				}
				seen[m.ID] = true
			}
			if n := len([]rune(v.Snippet)); n > 160 {
				t.Errorf("the snippet has %d characters", n)
			}
		}
		if len(byKind) != 0 || len(seen) != len(kinds) {
			t.Errorf("kinds without a cause: %v; %d members; %s", byKind, len(seen), r.Error)
		}
	})
}

// TestHostileNames puts what readers must escape into every name: the engine
// hands it on as it is, and into no place where it means something.
func TestHostileNames(t *testing.T) {
	hostile := "<img src=x onerror=alert(1)>\u202e\u0000=1+1{name}|%0A::error::\r\n'\"/~1"
	document := severalSnapshot()
	policy := document["entra"].(object)["conditional_access_policies"].([]any)[0].(object)
	policy["displayName"], policy["id"] = hostile, hostile
	document["tenant"].(object)["name"] = hostile
	document["mailboxes"].([]any)[0].(object)["user_principal_name"] = hostile
	report := check(t, load(t, engine.Options{Policies: policies("a.rego", severalKinds)}), input(t, document))
	r := report.Results[0]
	if r.Outcome != finding.Fail || report.Tenant.Name != hostile {
		t.Fatalf("%+v", r)
	}
	found := false
	for i := range r.Violations {
		v := &r.Violations[i]
		found = found || v.Resource.ID == hostile && v.Args["name"] == hostile
		if strings.ContainsAny(v.Pointer, "<\x00\r\n") {
			t.Errorf("the pointer is %q", v.Pointer)
		}
		if strings.ContainsAny(v.Snippet, "\x00\r\n") {
			t.Errorf("the snippet is %q", v.Snippet)
		}
	}
	if !found {
		t.Error("the hostile name is nowhere")
	}
}

// TestSnippetsTellNoNames expects mail addresses, lists and long texts to stay
// out of snippets.
func TestSnippetsTellNoNames(t *testing.T) {
	document := severalSnapshot()
	policy := document["entra"].(object)["conditional_access_policies"].([]any)[0].(object)
	policy["displayName"] = "For anna@example.com"
	for _, field := range []string{"state", "createdDateTime", "modifiedDateTime", "id"} {
		policy[field] = strings.Repeat("x", 500)
	}
	policy["conditions"].(object)["users"] = object{"includeUsers": []string{"someone"}}
	r := result(t, severalKinds, document)
	seen := 0
	for i := range r.Violations {
		v := &r.Violations[i]
		if v.Snippet == "" {
			t.Errorf("%s has no snippet", v.Pointer)
		}
		if strings.Contains(v.Snippet, "anna") || strings.Contains(v.Snippet, "someone") || len([]rune(v.Snippet)) > 160 {
			t.Errorf("the snippet is %s", v.Snippet)
		}
		if strings.Contains(v.Snippet, "xxx…") && strings.HasSuffix(v.Snippet, "…") {
			seen++
		}
	}
	if seen != 1 {
		t.Error("no snippet was cut, in its values and as a whole")
	}
}
