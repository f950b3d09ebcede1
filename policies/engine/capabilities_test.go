package engine

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
)

// TestControlsMayUseOnlyWhatWasLookedAt holds the functions that controls may use
// to a list that somebody has read: a new version of OPA must not bring in one
// that looks at the clock or the network.
func TestControlsMayUseOnlyWhatWasLookedAt(t *testing.T) {
	text, err := os.ReadFile("testdata/builtins.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, builtin := range capabilities().Builtins {
		names = append(names, builtin.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff(strings.Fields(string(text)), names); diff != "" {
		t.Errorf("look at each new function before you add it to testdata/builtins.txt: it must give the same on every machine, at every hour, without a network:\n%s", diff)
	}
}

// TestEveryRefusalRefuses expects each line of the list to be of use, so that a
// slip in a name is found.
func TestEveryRefusalRefuses(t *testing.T) {
	for _, name := range refusedBuiltins() {
		hit := slices.ContainsFunc(ast.CapabilitiesForThisVersion().Builtins, func(b *ast.Builtin) bool {
			return b.Name == name || strings.HasSuffix(name, ".") && strings.HasPrefix(b.Name, name)
		})
		if !hit {
			t.Errorf("OPA has no %s", name)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, text := range []string{"okta.apps", "mailboxes[].exchange.PopEnabled", "okta.access_policy_rules[][].conditions"} {
		if got := parsePath(text).String(); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
	tests := []struct {
		above, below string
		want         bool
	}{
		{"okta.apps", "okta.apps", true},
		{"okta.apps", "okta.apps[].label", true},
		{"okta.app", "okta.apps", false},
		{"mailboxes[].exchange", "mailboxes[].exchange.PopEnabled", true},
		{"mailboxes[].exchange.PopEnabled", "mailboxes[].exchange", false},
	}
	for _, test := range tests {
		if got := parsePath(test.above).covers(parsePath(test.below)); got != test.want {
			t.Errorf("%s covers %s: %t", test.above, test.below, got)
		}
	}
	odd := path("okta").field("a/b.c[]").field("@odata.type")
	if parent, name := odd.parent(); name != "@odata.type" || odd == parent || parsePath("okta").covers(odd) != true || strings.Count(string(odd), "/") != 2 {
		t.Errorf("an odd name made %q", odd)
	}
}
