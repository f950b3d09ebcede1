package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterruptedReportLeavesNothing stops a command while it writes its second report:
// the first is whole, of the second nothing is left, and the error says so.
func TestInterruptedReportLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	first, second := filepath.Join(folder, "first.csv"), filepath.Join(folder, "second.csv")
	if err := os.WriteFile(second, []byte("of yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	a := &app{streams: streams{out: io.Discard, err: io.Discard}, interrupted: ctx.Err}
	err := a.writeOutputs([]output{{"csv", first}, {"csv", second}}, func(_ string, w io.Writer, _ bool) error {
		line := []byte(strings.Repeat("x", 1023) + "\n")
		for i := range 1000 {
			if _, err := w.Write(line); err != nil {
				return err
			}
			if i == 500 && len(a.wrote) == 1 {
				stop()
			}
		}
		return nil
	})
	if code, hint := exitCode(err, true); code != exitFailed || a.errorText(err, hint) != "interrupted: only "+first+" was written" {
		t.Errorf("exit %d: %s", code, a.errorText(err, hint))
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if data, err := os.ReadFile(second); err != nil || string(data) != "of yesterday" {
		t.Errorf("the older report became %.20q (%v)", data, err)
	}
	if info, err := os.Stat(first); err != nil || info.Size() != 1000*1024 {
		t.Errorf("the first report is not whole: %v, %v", info, err)
	}
}

// TestFullDiskNamesTheReport: the error has the name that was given, not that of a
// temporary file.
func TestFullDiskNamesTheReport(t *testing.T) {
	a := &app{streams: streams{out: io.Discard, err: io.Discard}}
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 300))
	err := a.writeOutputs([]output{{"text", path}}, func(_ string, w io.Writer, _ bool) error {
		_, err := io.WriteString(w, "report")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "write text: "+path+": ") || strings.Contains(err.Error(), ".postern-") {
		t.Errorf("%v", err)
	}
	if _, hint := exitCode(err, true); !strings.Contains(hint, "disk") {
		t.Errorf("the hint is %q", hint)
	}
}
