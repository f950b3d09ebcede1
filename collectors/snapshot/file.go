package snapshot

import (
	"compress/gzip"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
)

// WriteFile writes the document to a file that only its owner may read,
// compressed with gzip if the name ends in .gz. The file appears, or replaces an
// older one, whole or not at all: it is written beside its place, forced to the
// disk, and then renamed. See Write.
func WriteFile(path string, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // created 0600
	if err != nil {
		return fmt.Errorf("write snapshot %s: %w", path, err)
	}
	renamed := false
	// Deferred, so that a sequence that panics leaves nothing behind either.
	defer func() {
		if !renamed {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := writeTo(f, isGzip(path), s, mailboxes); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write snapshot %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write snapshot %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write snapshot %s: %w", path, err)
	}
	renamed = true
	syncFolder(filepath.Dir(path))
	return nil
}

// writeTo writes with or without compression. The gzip header holds no name and
// no time, so that the same document gives the same file.
func writeTo(w io.Writer, compressed bool, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	if !compressed {
		return Write(w, s, mailboxes)
	}
	z := gzip.NewWriter(w)
	if err := Write(z, s, mailboxes); err != nil {
		return err
	}
	return z.Close()
}

// syncFolder makes the new name last through a power cut where folders can be
// forced to the disk. Where they cannot, as on Windows, the file is complete all
// the same, so a failure is no error.
func syncFolder(path string) {
	dir, err := os.Open(path)
	if err != nil {
		return
	}
	defer dir.Close()
	_ = dir.Sync()
}
