package access_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
)

// strict is the schema with every object closed, so that a field it does not list
// is found.
func strict(t *testing.T) *jsonschema.Schema {
	t.Helper()
	var root any
	if err := json.Unmarshal(access.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	closeObjects(root)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("facts.json", root); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("facts.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range v {
			closeObjects(inner)
		}
	}
}

func validate(t *testing.T, s *jsonschema.Schema, r *access.Result) {
	t.Helper()
	raw, err := r.Facts()
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
}

func TestFactsFollowTheirSchema(t *testing.T) {
	s := strict(t)
	for seed := range uint64(100) {
		validate(t, s, newDice(seed).tenantOf().evaluate(t))
	}
	for _, f := range []*fixture{whitepaper(), untouched(), leftover(), {at: "2026-09-01T00:00:00Z"}} {
		validate(t, s, f.evaluate(t))
	}
}

// Every key that a random tenant makes has a sentence, and the sentence uses no
// argument that is not there.
func TestEveryKeyHasASentence(t *testing.T) {
	seen := map[string]bool{}
	check := func(key string, sentence string) {
		t.Helper()
		seen[key] = true
		if sentence == key || strings.Contains(sentence, "{") {
			t.Errorf("%s: the sentence is %q", key, sentence)
		}
	}
	for seed := range uint64(200) {
		r := newDice(seed + 500).tenantOf().evaluate(t)
		for _, d := range r.Doors {
			for _, s := range d.Steps {
				check(s.Key, access.Sentence(s.Key, s.Args))
			}
			for _, reason := range d.Reasons {
				check(reason.Key, reason.Sentence())
			}
		}
		for _, p := range r.Policies {
			for _, rule := range p.Rules {
				for _, reason := range slices.Concat(rule.Doubts, rule.Legacy.Reasons, rule.Others.Reasons) {
					check(reason.Key, reason.Sentence())
				}
			}
		}
		for _, c := range r.ConditionalAccess.Legacy {
			for _, reason := range c.Reasons {
				check(reason.Key, reason.Sentence())
			}
		}
		for _, l := range r.ConditionalAccess.LeftOut {
			for _, reason := range l.Reasons {
				check(reason.Key, reason.Sentence())
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d keys came up", len(seen))
	}
}

// readTenant evaluates one of the imaginary organisations.
func readTenant(t *testing.T, name string, options access.Options) *access.Result {
	t.Helper()
	return readSnapshot(t, filepath.Join("..", "..", "testdata", "tenants", name, "snapshot.json"), options)
}

func readSnapshot(t testing.TB, path string, options access.Options) *access.Result {
	t.Helper()
	var mailboxes [][]byte
	doc, err := snapshot.ReadFile(path, func(r *snapshot.Record) error {
		mailboxes = append(mailboxes, bytes.Clone(r.Value))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := access.New(access.FromDocument(doc), options)
	if err != nil {
		t.Fatal(err)
	}
	acc := e.NewAccumulator()
	for i, m := range mailboxes {
		if err := acc.AddJSON(m, i, 1); err != nil {
			t.Fatal(err)
		}
	}
	return e.Evaluate(acc)
}

// The imaginary organisations end as their descriptions say.
func TestTenants(t *testing.T) {
	const nine = "web password_grant"
	tests := map[string][]string{
		"spotless":        nil,
		"shipped_default": nil,
		// Three service accounts, left out of every lock but the mailbox's switches: what
		// they may do by SMTP with a password they may do with a token as well.
		"demo": {
			"ews password_grant undecided 3", "mapi password_grant allowed_without_mfa 3", "smtp basic allowed_without_mfa 3",
			"smtp password_grant allowed_without_mfa 3", nine + " allowed_without_mfa 3", "graph password_grant allowed_without_mfa 3",
		},
		"half_done": {"smtp basic allowed_without_mfa 4"},
		"one_exception": {
			"mapi password_grant allowed_without_mfa 1", "smtp basic allowed_without_mfa 1", "smtp password_grant allowed_without_mfa 1",
			nine + " allowed_without_mfa 1", "graph password_grant allowed_without_mfa 1",
		},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			r := readTenant(t, name, access.Options{})
			if diff := cmp.Diff(want, loose(r)); diff != "" {
				t.Errorf("open doors (-want +got):\n%s", diff)
			}
			validate(t, strict(t), r)
		})
	}
}

func TestUnreadableTenantIsUndecidedNeverClosedForWantOfEvidence(t *testing.T) {
	r := readTenant(t, "locked_out", access.Options{})
	for _, d := range r.Doors {
		if d.Outcome == access.Open || d.Outcome == access.WithMFA {
			t.Errorf("%s by %s is %s", d.Protocol, d.Method, d.Outcome)
		}
		if d.Outcome.Closed() && len(d.Locks) == 0 {
			t.Errorf("%s by %s is closed without a lock", d.Protocol, d.Method)
		}
		if d.Outcome == access.Undecided && len(d.Reasons) == 0 {
			t.Errorf("%s by %s is undecided without a reason", d.Protocol, d.Method)
		}
	}
}

func TestNeglectedTenantIsOpen(t *testing.T) {
	r := readTenant(t, "neglected", access.Options{AsPublished: true})
	for _, c := range r.Matrix() {
		if c.Protocol.InWhitepaper() && c.Worst != access.Open && c.Worst != access.NotOffered {
			t.Errorf("%s by %s is %s", c.Protocol, c.Method, c.Worst)
		}
	}
}

// Every mailbox has one outcome at every door.
func TestHeadCountsAddUp(t *testing.T) {
	files, err := filepath.Glob("../../testdata/tenants/*/snapshot.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d tenants: %v", len(files), err)
	}
	for _, file := range files {
		r := readSnapshot(t, file, access.Options{})
		for _, c := range r.Matrix() {
			n := 0
			for _, count := range c.Counts {
				n += count.Mailboxes
			}
			if n != r.Mailboxes {
				t.Errorf("%s: %s by %s has %d mailboxes of %d", file, c.Protocol, c.Method, n, r.Mailboxes)
			}
		}
	}
}

// Who is handed over together counts together.
func TestOneMailboxForMany(t *testing.T) {
	f := whitepaper()
	e, err := access.New(f.input(t), access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	acc := e.NewAccumulator()
	raw, err := json.Marshal(f.mailboxes[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := acc.AddJSON(raw, 7, 1_000_000); err != nil {
		t.Fatal(err)
	}
	r := e.Evaluate(acc)
	if r.Mailboxes != 1_000_000 || r.Doors[0].Mailboxes != 1_000_000 || r.Doors[0].First != 7 {
		t.Errorf("%d mailboxes, the first door has %d from %d", r.Mailboxes, r.Doors[0].Mailboxes, r.Doors[0].First)
	}
}

func TestBadMailboxIsAnError(t *testing.T) {
	e, err := access.New(whitepaper().input(t), access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = e.NewAccumulator().AddJSON([]byte(`{"entra": {"groups": 7}}`), 3, 1)
	if err == nil || !strings.Contains(err.Error(), "read mailbox 3") {
		t.Errorf("the error is %v", err)
	}
}

func TestBadSectionIsAnError(t *testing.T) {
	in := whitepaper().input(t)
	in.Okta = []byte(`{"zones": [}`)
	if _, err := access.New(in, access.Options{}); err == nil || !strings.Contains(err.Error(), "section okta") {
		t.Errorf("the error is %v", err)
	}
}

func TestTally(t *testing.T) {
	before, after := untouched(), whitepaper()
	before.at = after.at
	tally := access.NewTally()
	outcomes := func(f *fixture) func(m obj) []access.Outcome {
		e, err := access.New(f.input(t), access.Options{AsPublished: true})
		if err != nil {
			t.Fatal(err)
		}
		acc := e.NewAccumulator()
		for i, m := range f.mailboxes {
			raw, _ := json.Marshal(m)
			if err := acc.AddJSON(raw, i, 1); err != nil {
				t.Fatal(err)
			}
		}
		r := e.Evaluate(acc)
		return func(m obj) []access.Outcome {
			raw, _ := json.Marshal(m)
			box, err := access.ReadMailbox(raw)
			if err != nil {
				t.Fatal(err)
			}
			class, ok := acc.Class(box)
			if !ok {
				return nil
			}
			return r.Outcomes(class)
		}
	}
	was, is := outcomes(before), outcomes(after)
	for i, m := range after.mailboxes {
		tally.Add(was(m), is(m), access.Place{Index: i})
	}
	tally.Add(nil, is(after.mailboxes[0]), access.Place{})
	var got []string
	for _, c := range tally.Changes() {
		if c.Protocol == access.POP || c.Protocol == access.MAPI {
			got = append(got, fmt.Sprintf("%s %s: %s to %s, %d, shut %t", c.Protocol, c.Method, c.Before, c.After, c.Mailboxes, c.Shut()))
		}
	}
	want := []string{
		"pop basic: not_offered to closed_at_exchange, 1, shut false",
		"pop basic: allowed_without_mfa to closed_at_exchange, 3, shut true",
		"mapi basic: not_offered to closed_at_exchange, 1, shut false",
		"mapi basic: allowed_without_mfa to closed_at_exchange, 3, shut true",
		"mapi modern: not_offered to allowed_with_mfa, 1, shut false",
		"mapi modern: allowed_without_mfa to allowed_with_mfa, 3, shut true",
		"mapi password_grant: not_offered to closed_at_identity_provider, 1, shut false",
		"mapi password_grant: allowed_without_mfa to closed_at_identity_provider, 3, shut true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// An engine answers several goroutines at once.
func TestEngineIsForManyGoroutines(t *testing.T) {
	f := leftover()
	f.rules()[0]["status"] = "INACTIVE"
	e, err := access.New(f.input(t), access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(f.mailboxes[0])
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan string)
	for range 4 {
		go func() {
			acc := e.NewAccumulator()
			if err := acc.AddJSON(raw, 0, 1); err != nil {
				answers <- err.Error()
				return
			}
			facts, err := e.Evaluate(acc).Facts()
			if err != nil {
				answers <- err.Error()
				return
			}
			answers <- string(facts)
		}()
	}
	first := <-answers
	for range 3 {
		if next := <-answers; next != first {
			t.Errorf("two goroutines got different answers:\n%s\n%s", first, next)
		}
	}
}
