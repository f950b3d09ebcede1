package columns_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/reports/internal/columns"
)

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		text        string
		first, rest int
		want        []string
	}{
		"fits":               {"one two", 10, 10, []string{"one two"}},
		"nothing":            {"", 10, 10, []string{""}},
		"at a space":         {"one two three", 8, 8, []string{"one two", "three"}},
		"first is narrower":  {"one two three", 4, 20, []string{"one", "two three"}},
		"a long word is cut": {"abcdefghij", 4, 4, []string{"abcd", "efgh", "ij"}},
		"wide letters":       {"日本語", 4, 4, []string{"日本", "語"}},
		"commands of GitHub": {"aaaa ::error::x", 4, 20, []string{"aaaa", `:\x3aerror::x`}},
	} {
		if diff := cmp.Diff(c.want, columns.Wrap(c.text, c.first, c.rest)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCountAndPad(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4} {
		if got := columns.Count(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	if got := columns.Pad("日", 4); got != "日  " {
		t.Errorf("padded to %q", got)
	}
	if got := columns.Pad("long", 2); got != "long" {
		t.Errorf("padded to %q", got)
	}
}
