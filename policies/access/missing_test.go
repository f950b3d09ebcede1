package access_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
)

// outcomesOf lists the outcomes of every door of every mailbox.
func outcomesOf(t testing.TB, f *fixture) [][]access.Outcome {
	t.Helper()
	e, err := access.New(f.input(t), f.options)
	if err != nil {
		t.Fatal(err)
	}
	acc := e.NewAccumulator()
	var boxes []*access.Mailbox
	for i, m := range f.mailboxes {
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		box, err := access.ReadMailbox(raw)
		if err != nil {
			t.Fatal(err)
		}
		acc.Add(box, i, 1)
		boxes = append(boxes, box)
	}
	r := e.Evaluate(acc)
	var list [][]access.Outcome
	for i, box := range boxes {
		class, ok := acc.Class(box)
		if !ok {
			t.Fatalf("mailbox %d is in no class", i)
		}
		list = append(list, r.Outcomes(class))
	}
	return list
}

// What was not collected never closes a door, and never takes a doubt away.
func TestMissingEvidenceNeverCloses(t *testing.T) {
	compared := map[string]int{}
	for seed := range uint64(250) {
		d := newDice(seed + 30000)
		f := d.tenantOf()
		before := outcomesOf(t, f)
		what := d.forget(f)
		after := outcomesOf(t, f)
		compared[what]++
		for i := range before {
			for j, was := range before[i] {
				is := after[i][j]
				loose := was == access.Open || was == access.Undecided
				if loose && (is.Closed() || is == access.WithMFA) {
					t.Fatalf("seed %d: without %s door %d of mailbox %d went from %s to %s", seed, what, j, i, was, is)
				}
			}
		}
	}
	if len(compared) < 15 {
		t.Errorf("only %d kinds of evidence were taken away", len(compared))
	}
}

// forget takes some evidence away and says what.
func (d dice) forget(f *fixture) string {
	type place struct {
		name string
		in   obj
	}
	var places []place
	for name, section := range map[string]obj{"entra": f.entra, "exchange": f.exchange, "okta": f.okta} {
		for key := range section {
			places = append(places, place{name + "." + key, section})
		}
	}
	for _, m := range f.mailboxes {
		for _, part := range []string{"exchange", "entra", "okta"} {
			if inner, ok := m[part].(obj); ok {
				for key := range inner {
					if key != "accountEnabled" && key != "RecipientTypeDetails" && key != "AccountDisabled" && key != "assigned" && key != "named" &&
						key != "EXOModuleEnabled" && key != "RemotePowerShellEnabled" { // of which one stands in for the other
						places = append(places, place{"mailboxes[]." + part + "." + key, inner})
					}
				}
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	p := places[d.IntN(len(places))]
	key := p.name[1+lastDot(p.name):]
	delete(p.in, key)
	return p.name
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}

// A resource that was read in part may hold more than was seen.
func TestPartialEvidenceIsNoProof(t *testing.T) {
	tests := []struct {
		resource string
		base     func() *fixture
		protocol access.Protocol
		method   access.Method
		was, is  access.Outcome
	}{
		{"okta.access_policies", whitepaper, access.MAPI, access.PasswordGrant, access.ClosedAtIdentityProvider, access.Undecided},
		{"okta.sign_on_policies", func() *fixture {
			f := oneFactorAtOkta()
			f.okta["sign_on_policy_rules"].(obj)["default"].([]obj)[0]["actions"] = obj{"signon": obj{"access": "ALLOW", "requireFactor": true}}
			return f
		}, access.MAPI, access.Modern, access.WithMFA, access.Undecided},
		{"entra.conditional_access_policies", untouched, access.MAPI, access.PasswordGrant, access.Open, access.Undecided},
		{"entra.feature_rollout_policies", func() *fixture {
			f := whitepaper()
			f.mailboxes[0]["entra"].(obj)["onPremisesSyncEnabled"] = true
			return f
		}, access.MAPI, access.PasswordGrant, access.ClosedAtIdentityProvider, access.Undecided},
		{"entra.group_members", func() *fixture {
			f := untouched()
			f.entra["groups"], f.entra["group_member_counts"] = []obj{}, obj{"read": 0}
			f.entra["conditional_access_policies"] = []obj{change(conditional("a", "enabled", []string{"all"}, "block"), func(c obj) {
				c["users"].(obj)["excludeGroups"] = []string{"READ", "unread"}
			})}
			return f
		}, access.MAPI, access.PasswordGrant, access.ClosedAfterSignIn, access.Undecided},
		{"entra.group_members", func() *fixture { // but for the group that matters
			f := untouched()
			f.entra["groups"], f.entra["group_member_counts"] = []obj{}, obj{"read": 0}
			f.entra["conditional_access_policies"] = []obj{change(conditional("a", "enabled", []string{"all"}, "block"), func(c obj) {
				c["users"].(obj)["excludeGroups"] = []string{"READ"}
			})}
			return f
		}, access.MAPI, access.PasswordGrant, access.ClosedAfterSignIn, access.ClosedAfterSignIn},
		{"entra.role_members", func() *fixture {
			f := untouched()
			f.entra["conditional_access_policies"] = []obj{change(conditional("a", "enabled", []string{"all"}, "block"), func(c obj) {
				c["users"].(obj)["excludeRoles"] = []string{"admin"}
			})}
			return f
		}, access.MAPI, access.PasswordGrant, access.ClosedAfterSignIn, access.Undecided},
		{"entra.domains", func() *fixture {
			f := whitepaper()
			f.mailboxes[0]["domain"] = "north.example.com"
			return f
		}, access.MAPI, access.PasswordGrant, access.ClosedAtIdentityProvider, access.Undecided},
		{"okta.apps", whitepaper, access.MAPI, access.PasswordGrant, access.ClosedAtIdentityProvider, access.Undecided},
		{"okta.app_assignments", func() *fixture {
			f := oneFactorAtOkta()
			f.okta["app_assignments"] = obj{}
			f.mailboxes[0]["okta"].(obj)["apps"] = []string{"another"}
			return f
		}, access.MAPI, access.Modern, access.ClosedAtIdentityProvider, access.Undecided},
		{"entra.home_realm_discovery_policies", whitepaper, access.MAPI, access.PasswordGrant, access.ClosedAtIdentityProvider, access.Undecided},
	}
	for _, test := range tests {
		t.Run(test.resource, func(t *testing.T) {
			f := oneMailbox(test.base())
			for _, status := range []snapshot.Status{snapshot.Collected, snapshot.Partial} {
				in := f.input(t)
				in.Resources = []snapshot.Resource{{Name: test.resource, Status: status}}
				e, err := access.New(in, access.Options{})
				if err != nil {
					t.Fatal(err)
				}
				raw, err := json.Marshal(f.mailboxes[0])
				if err != nil {
					t.Fatal(err)
				}
				acc := e.NewAccumulator()
				if err := acc.AddJSON(raw, 0, 1); err != nil {
					t.Fatal(err)
				}
				want := test.was
				if status == snapshot.Partial {
					want = test.is
				}
				if got := outcomeOf(t, e.Evaluate(acc), test.protocol, test.method, 0); got.Outcome != want {
					t.Errorf("%s: %s because of %v, want %s", status, got.Outcome, got.Reasons, want)
				}
			}
		})
	}
}

// mangle replaces a random value of a document by one that nobody expects there.
func (d dice) mangle(v any) any {
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) > 0 && d.chance(85) {
			k := keys[d.IntN(len(keys))]
			v[k] = d.mangle(v[k])
			return v
		}
	case []any:
		if len(v) > 0 && d.chance(85) {
			i := d.IntN(len(v))
			v[i] = d.mangle(v[i])
			return v
		}
	}
	return pick[any](d, nil, true, false, "", "x", "ACTIVE", 7.5, -1.0, []any{}, []any{nil, 3.0, []any{}}, map[string]any{}, map[string]any{"include": "y"}, "\u0000é{name}")
}

// FuzzConfiguration gives the engine tenants in which values were replaced by
// others. Whatever it is given it answers, the same each time and within its
// schema.
func FuzzConfiguration(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, uint8(seed%12))
	}
	f.Fuzz(func(t *testing.T, seed uint64, changes uint8) {
		d := newDice(seed)
		tenant := d.tenantOf()
		document := plain(obj{"entra": tenant.entra, "exchange": tenant.exchange, "okta": tenant.okta}).(map[string]any)
		for range changes {
			d.mangle(document)
		}
		raw := func(name string) []byte {
			b, err := json.Marshal(document[name])
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		in := access.Input{
			CollectedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), OktaOrg: "https://example.okta.com",
			Entra: raw("entra"), Exchange: raw("exchange"), Okta: raw("okta"),
		}
		var first string
		for range 2 {
			e, err := access.New(in, access.Options{})
			if err != nil {
				t.Fatal(err)
			}
			acc := e.NewAccumulator()
			for i, m := range tenant.mailboxes {
				b, err := json.Marshal(m)
				if err != nil {
					t.Fatal(err)
				}
				if err := acc.AddJSON(b, i, 1); err != nil {
					t.Fatal(err)
				}
			}
			facts, err := e.Evaluate(acc).Facts()
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(facts)
			}
			if first != string(facts) {
				t.Fatal("two answers differ")
			}
		}
	})
}

// FuzzSections gives the engine any bytes at all.
func FuzzSections(f *testing.F) {
	for _, base := range []*fixture{whitepaper(), leftover(), exchangeOnly()} {
		raw := func(v any) []byte {
			b, err := json.Marshal(v)
			if err != nil {
				f.Fatal(err)
			}
			return b
		}
		f.Add(raw(base.entra), raw(base.exchange), raw(base.okta), raw(base.mailboxes[0]))
	}
	f.Add([]byte(`[]`), []byte(`null`), []byte(`"x"`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, entra, exchange, okta, mailbox []byte) {
		e, err := access.New(access.Input{Entra: entra, Exchange: exchange, Okta: okta}, access.Options{})
		if err != nil {
			return
		}
		acc := e.NewAccumulator()
		if err := acc.AddJSON(mailbox, 0, 1); err != nil {
			return
		}
		if _, err := e.Evaluate(acc).Facts(); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkEvaluate works out all doors of a tenant with Okta's largest policy and
// 200 kinds of people.
func BenchmarkEvaluate(b *testing.B) {
	section, people := largest(b, 5)
	f := exchangeOnly()
	var org obj
	if err := json.Unmarshal(section, &org); err != nil {
		b.Fatal(err)
	}
	f.okta = org
	f.mailboxes = nil
	for i, p := range people {
		m := mailbox(fmt.Sprint("m", i), "example.com", p.Groups...)
		f.mailboxes = append(f.mailboxes, m)
	}
	in := f.input(b)
	var raws [][]byte
	for _, m := range f.mailboxes {
		raw, err := json.Marshal(m)
		if err != nil {
			b.Fatal(err)
		}
		raws = append(raws, raw)
	}
	for b.Loop() {
		e, err := access.New(in, access.Options{})
		if err != nil {
			b.Fatal(err)
		}
		acc := e.NewAccumulator()
		for i, raw := range raws {
			if err := acc.AddJSON(raw, i, 5000); err != nil {
				b.Fatal(err)
			}
		}
		if r := e.Evaluate(acc); r.Mailboxes != 1_000_000 {
			b.Fatal(r.Mailboxes)
		}
	}
}

// BenchmarkAccumulate takes in one mailbox.
func BenchmarkAccumulate(b *testing.B) {
	f := whitepaper()
	e, err := access.New(f.input(b), access.Options{})
	if err != nil {
		b.Fatal(err)
	}
	raw, err := json.Marshal(f.mailboxes[2])
	if err != nil {
		b.Fatal(err)
	}
	acc := e.NewAccumulator()
	for b.Loop() {
		if err := acc.AddJSON(raw, 0, 1); err != nil {
			b.Fatal(err)
		}
	}
}
