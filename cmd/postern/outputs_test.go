package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestOpenFilesAreWrittenInPlace: /dev/stdout may be a link to a regular file, to which
// a shell has written already, and must stay the link that it is.
func TestOpenFilesAreWrittenInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.WriteString(file, "before\n"); err != nil {
		t.Fatal(err)
	}
	link := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	if _, err := os.Stat(link); err != nil {
		t.Skip("this system does not show open files")
	}
	write := func(w io.Writer) error { _, err := io.WriteString(w, "report\n"); return err }
	if err := (&app{}).writeFile(link, write); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "before\nreport\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestALinkIsReplaced, and not followed: whoever may write into the folder could have
// laid it there to have another file overwritten.
func TestALinkIsReplaced(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target"), filepath.Join(folder, "report")
	if err := os.WriteFile(target, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	write := func(w io.Writer) error { _, err := io.WriteString(w, "report"); return err }
	if err := (&app{}).writeFile(link, write); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{target: "untouched", link: "report"} {
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
