//go:build unix

package snapshot_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestOpenPipe: what can be read only once is copied, and the copy is gone in the
// end.
func TestOpenPipe(t *testing.T) {
	text := largeDocument(t, 300)
	for name, content := range map[string][]byte{"pipe": text, "pipe.gz": zip(t, text)} {
		t.Run(name, func(t *testing.T) {
			_, temporary := stored(t, "unused", nil)
			path := filepath.Join(t.TempDir(), name)
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Skipf("no pipes here: %v", err)
			}
			written := make(chan error, 1)
			go func() { written <- os.WriteFile(path, content, 0o600) }()
			f, err := snapshot.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := <-written; err != nil {
				t.Fatal(err)
			}
			for range 2 {
				readAndSeek(t, f)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
			if left, _ := os.ReadDir(temporary); len(left) != 0 {
				t.Errorf("temporary files are left: %v", left)
			}
		})
	}
}
