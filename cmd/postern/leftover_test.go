package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// hooked calls do at the first write.
type hooked struct {
	bytes.Buffer
	do func()
}

func (h *hooked) Write(p []byte) (int, error) {
	h.do()
	return h.Buffer.Write(p)
}

// TestScanSaysWhatStaysBehind: a snapshot that nobody asked to keep is gone after the
// scan, or its place is told, whatever the scan itself says.
func TestScanSaysWhatStaysBehind(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("the folder for temporary files is named otherwise there")
	}
	world := stand(t, "spotless")
	for _, vanishes := range []bool{false, true} {
		t.Run(fmt.Sprint("the folder cannot be removed: ", vanishes), func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "tmp")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TMPDIR", folder)
			env := environment(world)
			var stderr bytes.Buffer
			stdout := &hooked{do: sync.OnceFunc(func() {
				if left, err := filepath.Glob(filepath.Join(folder, "postern-*", "snapshot.json")); err != nil || len(left) != 1 {
					t.Errorf("while it reports there are %v, %v", left, err)
				}
				if vanishes { // and a file takes its place, in which nothing can be removed
					if err := os.Rename(folder, folder+".moved"); err != nil {
						t.Error(err)
					}
					if err := os.WriteFile(folder, nil, 0o600); err != nil {
						t.Error(err)
					}
				}
			})}
			code := run(t.Context(), append(arguments(world, "scan"), "--quiet", "--fail-on", "none", "--only", "B"), streams{
				in: strings.NewReader(""), out: stdout, err: &stderr, getenv: func(name string) string { return env[name] }, version: "test",
			})
			left, err := filepath.Glob(filepath.Join(folder, "*"))
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Contains(stderr.String(), "stays behind in "+filepath.Join(folder, "postern-"))
			if vanishes && (code != exitFailed || !said || !strings.Contains(stderr.String(), "hint: remove the folder")) {
				t.Errorf("exit %d: %s", code, stderr.String())
			}
			if !vanishes && (code != exitClean || len(left) > 0 || said) {
				t.Errorf("exit %d, left %v: %s", code, left, stderr.String())
			}
		})
	}
}

// TestLeftoverIsSaidBesideAnotherError, an interruption among them.
func TestLeftoverIsSaidBesideAnotherError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, first := range []error{context.Canceled, usageErrorf("leave it out", "that is wrong")} {
		failed := first
		removeFolder(filepath.Join(file, "folder"), &failed)
		code, hint := exitCode(failed, true)
		wantCode, wantHint := exitCode(first, true)
		a := &app{}
		if text := a.errorText(failed, hint); !strings.Contains(text, a.errorText(first, wantHint)) || !strings.Contains(text, "stays behind in "+file) {
			t.Errorf("it is told as %q", text)
		}
		if code != wantCode || wantHint != "" && hint != wantHint {
			t.Errorf("exit %d, hint %q", code, hint)
		}
	}
}
