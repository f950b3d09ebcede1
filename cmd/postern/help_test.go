package main

import (
	"strings"
	"testing"
)

// TestHelpFitsATerminal looks at the flags of every command, which cobra would leave in
// lines of any length.
func TestHelpFitsATerminal(t *testing.T) {
	seen := 0
	for name := range commands() {
		code, out, _ := command(t, append(strings.Fields(name), "--help")...)
		if code != exitClean {
			t.Errorf("%s: exit %d", name, code)
		}
		for line := range strings.Lines(out) {
			text := strings.TrimSpace(line)
			if !strings.HasPrefix(text, "-") {
				continue
			}
			seen++
			if len(line) > 82 {
				t.Errorf("%s: %d columns: %s", name, len(line), text)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d flags were seen", seen)
	}
}

// TestHelpNamesTheExitCodes of each command that a script may go by.
func TestHelpNamesTheExitCodes(t *testing.T) {
	for _, name := range []string{"check", "scan", "collect", "access", "diff", "impact", "plan"} {
		if _, out, _ := command(t, name, "--help"); !strings.Contains(out, "Exit codes: 0 ") {
			t.Errorf("%s does not name them", name)
		}
	}
}
