package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestShellCompletesWhatIsKnown asks as the scripts of the shells do.
func TestShellCompletesWhatIsKnown(t *testing.T) {
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"check", "--fail-on", ""}, []string{"critical", "none"}},
		{[]string{"check", "--format", ""}, []string{"sarif-full", "gitlab-codequality"}},
		{[]string{"check", "--only", "D,"}, []string{"D,BASIC-002\t", "D,A", "D,protocols"}},
		{[]string{"controls", ""}, []string{"FED-001\t"}},
		{[]string{"controls", "--format", ""}, []string{"markdown"}},
		{[]string{"diff", "--format", ""}, []string{"text", "markdown", "json"}},
		{[]string{"plan", "--format", ""}, []string{"powershell", "okta"}},
		{[]string{"access", "x.json", "--protocol", ""}, []string{"activesync"}},
		{[]string{"collect", "--cloud", ""}, []string{"gcchigh"}},
		{[]string{"collect", "--auth", ""}, []string{"pipelines"}},
		{[]string{"check", ""}, []string{"json", "gz", ":8"}},
	}
	for _, test := range tests {
		var out bytes.Buffer
		code := run(t.Context(), append([]string{"__complete"}, test.args...), streams{in: strings.NewReader(""), out: &out, err: io.Discard, getenv: func(string) string { return "" }})
		if code != exitClean {
			t.Errorf("%q: exit %d", test.args, code)
		}
		for _, want := range test.want {
			if !strings.Contains("\n"+out.String(), "\n"+want) {
				t.Errorf("%q: there is no %q in\n%s", test.args, want, out.String())
			}
		}
	}
}
