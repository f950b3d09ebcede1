package policies_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/engine"
)

// BenchmarkLoad is what every run of the program pays beside reading: that of a
// release loads checked controls, one with controls of the user's own checks all.
func BenchmarkLoad(b *testing.B) {
	for _, checked := range []bool{true, false} {
		b.Run(fmt.Sprintf("checked=%v", checked), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.New(engine.Options{Policies: policies.FS(), Checked: checked}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCheck judges a tenant of some size by all controls. Every tenth
// mailbox departs from the good state.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{1, 1_000, 10_000} {
		b.Run(fmt.Sprintf("mailboxes=%d", n), func(b *testing.B) { check(b, tenant(b, n, false)) })
	}
}

// BenchmarkCheckWhereAllDiffer judges a tenant in which each mailbox has a domain and an
// authentication policy of its own, so that each is a finding by itself.
func BenchmarkCheckWhereAllDiffer(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("mailboxes=%d", n), func(b *testing.B) { check(b, tenant(b, n, true)) })
	}
}

func check(b *testing.B, text []byte) {
	judge := load(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := judge.Check(context.Background(), engine.Input{
			Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				return snapshot.Read("tenant.json", bytes.NewReader(text), visit)
			},
			Text:         bytes.NewReader(text),
			Declarations: engine.DefaultDeclarations(),
			SnapshotURI:  "tenant.json",
			FailOn:       "low",
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// tenant repeats the mailboxes of a small tenant until there are n, which share no names
// if they are to differ.
func tenant(b *testing.B, n int, differ bool) []byte {
	b.Helper()
	text, err := os.ReadFile("../testdata/tenants/spotless/snapshot.json")
	if err != nil {
		b.Fatal(err)
	}
	var document object
	if err := json.Unmarshal(text, &document); err != nil {
		b.Fatal(err)
	}
	few := document["mailboxes"].([]any)
	many := make([]any, n)
	for i := range many {
		mailbox := maps.Clone(few[i%len(few)].(object))
		mailbox["id"] = fmt.Sprintf("00000000-0000-0000-0002-%012d", i)
		if i%10 == 9 {
			exchange := maps.Clone(mailbox["exchange"].(object))
			exchange["PopEnabled"], exchange["ImapEnabled"] = true, true
			mailbox["exchange"] = exchange
		}
		if differ {
			exchange := maps.Clone(mailbox["exchange"].(object))
			exchange["AuthenticationPolicy"] = fmt.Sprintf("Policy %d", i)
			mailbox["exchange"], mailbox["domain"] = exchange, fmt.Sprintf("d%d.example", i)
		}
		many[i] = mailbox
	}
	document["mailboxes"] = many
	text, err = json.Marshal(document)
	if err != nil {
		b.Fatal(err)
	}
	return text
}
