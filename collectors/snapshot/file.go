package snapshot

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// ReadFile reads the document of a file, which is compressed with gzip if its
// name ends in .gz. See Read.
func ReadFile(path string, visit func(*Record) error) (*Document, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readStream(path, f, visit, false)
}

// openFile opens a file for reading; its errors are *Error.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		f.Close()
		return nil, fileError(path, err)
	case info.IsDir():
		f.Close()
		return nil, &Error{File: path, Problem: "this is a directory", Hint: "name the snapshot file in it"}
	}
	return f, nil
}

// readStream reads the document of what a file holds.
func readStream(path string, r io.Reader, visit func(*Record) error, handOver bool) (*Document, error) {
	if !isGzip(path) {
		return scan(path, newSource(r), visit, handOver)
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, gzipError(path, err)
	}
	defer z.Close()
	return scan(path, newSource(z), visit, handOver)
}

func isGzip(path string) bool { return strings.EqualFold(filepath.Ext(path), ".gz") }

func fileError(path string, err error) *Error {
	e := &Error{File: path, Problem: err.Error(), Err: err}
	if perr := (*fs.PathError)(nil); errors.As(err, &perr) {
		e.Problem = perr.Op + ": " + perr.Err.Error()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Problem, e.Hint = "no such file", "check the path; 'postern collect' makes a snapshot"
	case errors.Is(err, fs.ErrPermission):
		e.Problem, e.Hint = "not allowed to read it", "snapshots are written for their owner only"
	}
	return e
}

func gzipError(path string, err error) *Error {
	e := sourceError(err)
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.EOF) {
		e.Problem = "not compressed with gzip, as its name says"
		e.Hint = "take .gz off the name if it is plain JSON"
	}
	e.File, e.Line, e.Column = path, 1, 1
	return e
}

// WriteFile writes the document to a file that only its owner may read,
// compressed with gzip if the name ends in .gz. The file appears, or replaces an
// older one, whole or not at all: it is written beside its place, forced to the
// disk, and then renamed. See Write.
func WriteFile(path string, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	if err := replaceFile(path, func(w io.Writer) error { return writeTo(w, isGzip(path), s, mailboxes) }); err != nil {
		return fmt.Errorf("write snapshot %s: %w", path, err)
	}
	return nil
}

// openFiles are the links by which a system shows open files: to take one for a regular
// file would put another in the place of the link, for all programs.
var openFiles = regexp.MustCompile(`^/(dev/std(in|out|err)|dev/fd/[0-9]+|proc/[^/]+/fd/[0-9]+)$`)

// replaceFile gives a file the content that write writes.
func replaceFile(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("this is a directory") // told now, not after hours of collecting
	} else if err == nil && (!info.Mode().IsRegular() || openFiles.MatchString(filepath.ToSlash(filepath.Clean(path)))) {
		return errors.New("this is a device, a pipe or an open file, which a file cannot replace")
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // for its owner only
	if err != nil {
		return err
	}
	renamed := false
	// Deferred, so that a sequence that panics leaves nothing behind either.
	defer func() {
		if !renamed {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	renamed = true
	syncFolder(filepath.Dir(path))
	return nil
}

// writeTo writes with or without compression. The gzip header holds no name and
// no time, so that the same document gives the same file.
func writeTo(w io.Writer, compressed bool, s *Snapshot, mailboxes iter.Seq2[*Mailbox, error]) error {
	if !compressed {
		return write(w, s, mailboxes)
	}
	z := gzip.NewWriter(w)
	if err := write(z, s, mailboxes); err != nil {
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
