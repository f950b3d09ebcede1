package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestAttestationStandsInFrontOfTheMailboxes: whoever is shown the first mailbox sees
// the attested rules before it, or is told in the end that there was more to see.
func TestAttestationStandsInFrontOfTheMailboxes(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "tenants", "classic_attested")
	attested, err := readAttestation(filepath.Join(folder, "attestation.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, behind := range []string{"", "collected_at", "tenant", "collection", "okta"} {
		t.Run("behind the mailboxes: "+behind, func(t *testing.T) {
			text := moved(t, text, behind)
			read := attestedRead(attested, func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				return snapshot.Stream("snapshot.json", bytes.NewReader(text), visit)
			})
			mailboxes, early := 0, false
			doc, err := read(func(record *snapshot.Record) error {
				if record.List != "" {
					return nil
				}
				mailboxes++
				_, rules := record.Before.Value("/okta/access_policy_rules")
				early = early || rules
				return nil
			})
			if err != nil || mailboxes == 0 {
				t.Fatalf("%d mailboxes, %v", mailboxes, err)
			}
			if _, ok := doc.Value("/okta/access_policy_rules"); !ok {
				t.Error("the rules are not there in the end")
			}
			if inFront := behind == ""; early != inFront || doc.MailboxesLast() != inFront {
				t.Errorf("in front of the mailboxes %v, mailboxes last %v", early, doc.MailboxesLast())
			}
			if doc, err = read(nil); err != nil {
				t.Fatal(err)
			}
			if _, ok := doc.Value("/okta/access_policy_rules"); !ok {
				t.Error("the rules are not there where nobody looks at mailboxes")
			}
		})
	}
}

// moved puts the mailboxes of a snapshot behind all other members but one.
func moved(t *testing.T, text []byte, name string) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	first := slices.DeleteFunc(slices.Sorted(maps.Keys(members)), func(n string) bool { return n == name || n == "mailboxes" })
	var out bytes.Buffer
	for i, n := range append(first, "mailboxes", name) {
		if n == "" {
			break
		}
		separator := ","
		if i == 0 {
			separator = "{"
		}
		fmt.Fprintf(&out, "%s%q:%s", separator, n, members[n])
	}
	out.WriteByte('}')
	return out.Bytes()
}
