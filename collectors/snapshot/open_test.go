package snapshot_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// stored writes a file of a folder of the test, and sends temporary files there.
func stored(t *testing.T, name string, content []byte) (path, temporary string) {
	t.Helper()
	path, temporary = filepath.Join(t.TempDir(), name), t.TempDir()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TMP", temporary)
	return path, temporary
}

func zip(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOpen reads a file twice and then parts of it.
func TestOpen(t *testing.T) {
	text := largeDocument(t, 300)
	marked := append([]byte("\xEF\xBB\xBF"), text...)
	for name, content := range map[string][]byte{
		"a.json": text, "marked.json": marked, "b.json.gz": zip(t, text), "marked.json.GZ": zip(t, marked),
	} {
		t.Run(name, func(t *testing.T) {
			path, temporary := stored(t, name, content)
			f, err := snapshot.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				readAndSeek(t, f)
			}
			if err := f.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			left, err := os.ReadDir(temporary)
			if err != nil || len(left) != 0 {
				t.Errorf("temporary files are left: %v, %v", left, err)
			}
		})
	}
}

// readAndSeek reads the document and looks up each of its records.
func readAndSeek(t *testing.T, f *snapshot.File) {
	t.Helper()
	var records []string
	var offsets []int64
	_, err := f.Read(func(r *snapshot.Record) error {
		records, offsets = append(records, string(r.Value)), append(offsets, r.Offset)
		return nil
	})
	if err != nil || len(records) != 300 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i, record := range records {
		part := make([]byte, len(record))
		if _, err := f.ReadAt(part, offsets[i]); err != nil {
			t.Fatal(err)
		}
		if string(part) != record {
			t.Fatalf("at the offset of mailbox %d stands %.80q, want %.80q", i, part, record)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	tests := map[string]struct {
		path string
		is   error
	}{
		"nothing":  {filepath.Join(folder, "none.json"), fs.ErrNotExist},
		"a folder": {folder, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := snapshot.Open(tt.path)
			var e *snapshot.Error
			if f != nil || !errors.As(err, &e) || e.File != tt.path {
				t.Fatalf("got %v", err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
		})
	}
}

// TestOpenedFileIsChanged: what is looked up later must be of the document that
// was read.
func TestOpenedFileIsChanged(t *testing.T) {
	text := largeDocument(t, 3)
	for name, content := range map[string][]byte{"a.json": text, "b.json.gz": zip(t, text)} {
		t.Run(name, func(t *testing.T) {
			path, _ := stored(t, name, content)
			f, err := snapshot.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.Read(nil); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			_, err = f.ReadAt(make([]byte, 1), 0)
			if err == nil || !strings.Contains(err.Error(), "changed") {
				t.Errorf("reading a part of it gave %v", err)
			}
		})
	}
}

// TestOpenedFileIsReplaced: a new file in its place is no harm.
func TestOpenedFileIsReplaced(t *testing.T) {
	path, _ := stored(t, "a.json", largeDocument(t, 3))
	f, err := snapshot.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	other := path + ".new"
	if err := os.WriteFile(other, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil {
		t.Skipf("an open file cannot be replaced here: %v", err)
	}
	seen := 0
	if _, err := f.Read(func(*snapshot.Record) error { seen++; return nil }); err != nil || seen != 3 {
		t.Errorf("%d mailboxes, %v", seen, err)
	}
	if _, err := f.ReadAt(make([]byte, 10), 0); err != nil {
		t.Error(err)
	}
}

// TestOpenedFileIsDamaged: a compressed file that cannot be unpacked says so each
// time.
func TestOpenedFileIsDamaged(t *testing.T) {
	zipped := zip(t, largeDocument(t, 300))
	path, _ := stored(t, "b.json.gz", zipped[:len(zipped)/2])
	f, err := snapshot.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := f.ReadAt(make([]byte, 1), 0); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
