package powershell_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/imports/powershell"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

const tenantID = "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"

// offers are the resources of the collector of Exchange, which this package may not
// import; that they are the same is tested where both are known.
func offers() []collectors.Offer {
	var list []collectors.Offer
	for _, name := range []string{"organization_config", "ews_operation_access", "transport_config", "authentication_policies", "cas_mailbox_plans", "accepted_domains"} {
		list = append(list, collectors.Offer{Name: "exchange." + name, Endpoint: "a cmdlet", Permission: "x", Paths: []string{"exchange." + name}})
	}
	return append(list,
		collectors.Offer{Name: "exchange.cas_mailboxes", Endpoint: "a cmdlet", Permission: "x", Paths: []string{"mailboxes", "mailboxes[].exchange"}},
		collectors.Offer{Name: "exchange.users", Endpoint: "a cmdlet", Permission: "x", Paths: []string{"mailboxes[].domain"}},
		collectors.Offer{Name: "exchange.role_groups", Endpoint: "a cmdlet", Permission: "x", Paths: []string{"exchange.role_groups", "mailboxes[].exchange.role_groups"}},
	)
}

// folder writes files into a folder of its own.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// imported is what came out of a folder.
type imported struct {
	snapshot  *snapshot.Snapshot
	mailboxes []*snapshot.Mailbox
	document  []byte
}

// importFolder imports a folder as the command does, without Graph and Okta.
func importFolder(t testing.TB, dir string) (*imported, error) {
	t.Helper()
	export, err := powershell.Open(dir)
	if err != nil {
		return nil, err
	}
	mail, err := export.Exchange(offers())
	if err != nil {
		t.Fatal(err)
	}
	result, err := collectors.Run(t.Context(), []collectors.Collector{mail}, collectors.Options{
		Source: "powershell", Tenant: snapshot.Tenant{ID: tenantID}, Now: func() time.Time { return time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	got := &imported{snapshot: result.Snapshot}
	if all := result.Mailboxes(); all != nil {
		for m, err := range all {
			if err != nil {
				t.Fatal(err)
			}
			got.mailboxes = append(got.mailboxes, m)
		}
	}
	var out bytes.Buffer
	if err := snapshot.Write(&out, result.Snapshot, result.Mailboxes()); err != nil {
		t.Fatalf("cannot be written: %v", err)
	}
	got.document = out.Bytes()
	if _, err := snapshot.Read("snapshot.json", &out, nil); err != nil {
		t.Fatalf("cannot be read: %v", err)
	}
	return got, nil
}

// mustImport imports files that have to be understood.
func mustImport(t *testing.T, files map[string]string) *imported {
	t.Helper()
	got, err := importFolder(t, folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// line finds a resource in the ledger.
func (i *imported) line(t *testing.T, name string) snapshot.Resource {
	t.Helper()
	for _, line := range i.snapshot.Collection.Resources {
		if line.Name == name {
			return line
		}
	}
	t.Fatalf("%s is not in the ledger", name)
	return snapshot.Resource{}
}

// entry is the manifest's word on one cmdlet.
type entry struct {
	Name     string   `json:"name"`
	File     string   `json:"file"`
	Status   string   `json:"status"`
	Rows     int      `json:"rows"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
}

func ran(name, status string, rows int) entry {
	return entry{Name: name, File: name + ".json", Status: status, Rows: rows}
}

// manifest is a manifest that tells of cmdlets.
func manifest(t testing.TB, entries ...entry) string {
	t.Helper()
	list, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"format":"postern-powershell-export","version":1,"started_at":"2026-11-20T08:00:00Z",
		"exchange":{"tenant_id":%q,"organization":"example.onmicrosoft.com"},"graph":null,"cmdlets":%s,"requests":[]}`, tenantID, list)
}

// mailbox is a row of Get-CASMailbox with more members.
func mailbox(id, more string) string {
	return fmt.Sprintf(`{"ExternalDirectoryObjectId":%q,"Guid":%q,"DisplayName":"N","EmailAddresses":["SMTP:%s@example.org"]%s}`, id, id, id, more)
}
