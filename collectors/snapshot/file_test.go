package snapshot_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	sum := sha256.Sum256([]byte(small))
	for name, content := range map[string]string{
		"a.json":    small,
		"a.json.gz": gzipped(t, small),
		"A.JSON.GZ": gzipped(t, small),
		"two.gz":    gzipped(t, small[:100]) + gzipped(t, small[100:]), // as cat a.gz b.gz makes it
		"noname":    small,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var ids []string
		d, err := snapshot.ReadFile(path, func(r *snapshot.Record) error {
			m, err := snapshot.DecodeMailbox(r.Value)
			ids = append(ids, fmt.Sprintf("%s:%d", m.ID, r.Region.StartLine))
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([]string{"a:17", "b:18"}, ids); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if d.Name != path || d.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: name %s, hash %s", name, d.Name, d.SHA256)
		}
	}
}

func TestWriteFile(t *testing.T) {
	s, list := unsorted()
	dir := t.TempDir()
	for _, name := range []string{"s.json", "s.json.gz"} {
		path := filepath.Join(dir, name)
		for range 2 { // it is not there, and then it is
			if err := snapshot.WriteFile(path, s, list); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := plain(t, name, text); got != sorted {
				t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(sorted, got))
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode() != 0o600 {
				t.Errorf("%s has the mode %v", name, info.Mode())
			}
			// The next one must replace it, with its permissions.
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	onlyThese(t, dir, "s.json", "s.json.gz")
}

// plain undoes the compression, after a look at its header.
func plain(t *testing.T, name string, text []byte) string {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return string(text)
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if z.Name != "" || !z.ModTime.IsZero() || z.Comment != "" || len(z.Extra) > 0 {
		t.Errorf("the header differs from run to run: %+v", z.Header)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func onlyThese(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in the folder (-want +got):\n%s", diff)
	}
}

// Whatever goes wrong, the older file stays and nothing else is left.
func TestWriteFileLeavesNothingHalf(t *testing.T) {
	failing := func(yield func(*snapshot.Mailbox, error) bool) {
		_, all := largeSnapshot(300) // more than a buffer
		for m, err := range all {
			if !yield(m, err) {
				return
			}
		}
		yield(nil, errors.New("the API went away"))
	}
	for _, name := range []string{"s.json", "s.json.gz"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := snapshot.WriteFile(path, bare(), failing); err == nil {
			t.Error("was written")
		} else if want := "write snapshot " + path + ": /mailboxes/300: the API went away"; err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		onlyThese(t, dir)

		if err := os.WriteFile(path, []byte("older"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := snapshot.WriteFile(path, bare(), failing); err == nil {
			t.Error("was written")
		}
		func() {
			defer func() { _ = recover() }()
			_ = snapshot.WriteFile(path, bare(), func(func(*snapshot.Mailbox, error) bool) { panic("a broken collector") })
			t.Error("the panic was lost")
		}()
		onlyThese(t, dir, name)
		if text, err := os.ReadFile(path); err != nil || string(text) != "older" {
			t.Errorf("the older file holds %q, %v", text, err)
		}
	}
}

func TestWriteFileTellsWhereItCannot(t *testing.T) {
	dir := t.TempDir()
	asked := false
	ask := func(func(*snapshot.Mailbox, error) bool) { asked = true }
	err := snapshot.WriteFile(dir, bare(), ask)
	if err == nil || err.Error() != "write snapshot "+dir+": this is a directory" {
		t.Errorf("over a directory: %v", err)
	}
	missing := filepath.Join(dir, "missing", "s.json")
	err = snapshot.WriteFile(missing, bare(), ask)
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "write snapshot "+missing+": ") {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if asked {
		t.Error("the mailboxes were asked for first")
	}
	onlyThese(t, dir)
}

func TestWriteFileReplacesNothingElse(t *testing.T) {
	folder, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "s")
	socket, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	defer socket.Close()
	if err := snapshot.WriteFile(path, bare(), nil); err == nil || !strings.HasSuffix(err.Error(), "which a file cannot replace") {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}

// A link to an open file looks like a regular file, and must not be replaced by one.
func TestWriteFileLeavesOpenFilesAlone(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "open"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	path := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("this system does not show open files")
	}
	if err := snapshot.WriteFile(path, bare(), nil); err == nil || !strings.HasSuffix(err.Error(), "which a file cannot replace") {
		t.Error(err)
	}
}
