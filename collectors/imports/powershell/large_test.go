package powershell_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestAHundredThousandMailboxesStream imports a large organisation, wrapped as
// PowerShell 5.1 wraps a list, in UTF-16. The rows are joined as they come.
func TestAHundredThousandMailboxesStream(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	dir := t.TempDir()
	write := func(name string, row func(i int) string) {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(file)
		put := func(text string) {
			for _, r := range text {
				w.Write([]byte{byte(r), byte(r >> 8)}) // flushed below, which tells of errors
			}
		}
		put("\uFEFF{\"value\":[")
		for i := range n {
			if i > 0 {
				put(",\r\n")
			}
			put(row(i))
		}
		put(fmt.Sprintf("],\"Count\":%d}", n))
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write("Get-CASMailbox.json", func(i int) string {
		return fmt.Sprintf(`{"ExternalDirectoryObjectId":"id-%06d","DisplayName":"Person %d","EmailAddresses":{"value":["SMTP:p%d@example.org"],"Count":1},"PopEnabled":%t,"EwsEnabled":null,"Note":"\/Date(1772443231000)\/"}`, i, i, i, i%2 == 0)
	})
	write("Get-User.json", func(i int) string {
		return fmt.Sprintf(`{"ExternalDirectoryObjectId":"id-%06d","UserPrincipalName":"p%d@example.org","RecipientType":2,"RecipientTypeDetails":1}`, i, i)
	})
	text := manifest(t, ran("Get-CASMailbox", "succeeded", n), ran("Get-User", "succeeded", n))
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := importFolder(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if len(got.mailboxes) != n || got.line(t, "exchange.cas_mailboxes").Status != snapshot.Collected {
		t.Fatalf("%d mailboxes: %+v", len(got.mailboxes), got.line(t, "exchange.cas_mailboxes"))
	}
	t.Logf("%d MB allocated for %d mailboxes, %d MB of snapshot", (after.TotalAlloc-before.TotalAlloc)>>20, n, len(got.document)>>20)
}
