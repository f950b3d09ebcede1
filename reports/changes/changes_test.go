package changes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/changes"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

func diff(text string) *drift.Diff {
	return &drift.Diff{
		Tenant: finding.Tenant{ID: "t", InitialDomain: "contoso.onmicrosoft.com"},
		Before: finding.SnapshotInfo{URI: "old.json", CollectedAt: "2026-11-15T08:00:00Z"},
		After:  finding.SnapshotInfo{URI: "new.json", CollectedAt: "2026-11-22T08:00:00Z"},
		Changes: []drift.Change{
			{Class: drift.Weakened, Area: "doors", Text: "door opened: " + text, After: &drift.Place{Pointer: "/mailboxes/1", Line: 7}},
			{Class: drift.Lost, Area: "evidence", Text: "gone"},
			{Class: drift.Strengthened, Area: "mailboxes", Text: "2 mailboxes lost POP", Before: &drift.Place{Line: 5}, After: &drift.Place{Line: 6}},
		},
		Dated: 3,
	}
}

func write(t *testing.T, format string, d *drift.Diff) string {
	t.Helper()
	var out bytes.Buffer
	if err := changes.Write(format, &out, d, changes.Options{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWrite(t *testing.T) {
	want := `1 weakened, 1 cannot be told, 1 strengthened.
contoso.onmicrosoft.com, from 2026-11-15T08:00:00Z to 2026-11-22T08:00:00Z

Doors
  - weakened      door opened: POP
                  new.json:7

Evidence
  ? lost          gone

Mailboxes
  + strengthened  2 mailboxes lost POP
                  old.json:5 -> new.json:6

3 more only carry a new date.
`
	if got := write(t, "text", diff("POP")); got != want {
		t.Errorf("text:\n%s\nwant:\n%s", got, want)
	}
	markdown := write(t, "markdown", diff("POP"))
	for _, part := range []string{
		"**1 weakened, 1 cannot be told, 1 strengthened", "### Doors\n\n- **weakened** door opened: POP<br>`new.json:7`\n",
		"\n### Mailboxes\n\n- **strengthened** 2 mailboxes lost POP<br>`old.json:5 -> new.json:6`\n",
	} {
		if !strings.Contains(markdown, part) {
			t.Errorf("Markdown lacks %q:\n%s", part, markdown)
		}
	}
	var back drift.Diff
	if err := json.Unmarshal([]byte(write(t, "json", diff("POP"))), &back); err != nil || len(back.Changes) != 3 || !back.Has(drift.Lost) {
		t.Errorf("JSON gives %+v, %v", back, err)
	}
	empty := diff("")
	empty.Changes = nil
	if got := write(t, "text", empty); !strings.HasPrefix(got, "Nothing has changed.\n") {
		t.Errorf("without a change:\n%s", got)
	}
	if err := changes.Write("csv", &bytes.Buffer{}, diff("x"), changes.Options{}); !errors.Is(err, changes.ErrFormat) {
		t.Errorf("csv: %v", err)
	}
}

// TestWidth: long sentences are cut at the width of a terminal, and places are not.
func TestWidth(t *testing.T) {
	d := diff(strings.Repeat("word ", 60))
	d.After.URI = strings.Repeat("deep/", 30) + "new.json"
	lines := strings.Split(write(t, "text", d), "\n")
	cut := 0
	for _, line := range lines {
		if len(line) > 80 && !strings.Contains(line, "new.json:") {
			t.Errorf("a line of %d: %s", len(line), line)
		}
		if strings.HasPrefix(line, strings.Repeat(" ", 18)+"word ") {
			cut++
		}
	}
	if cut < 3 {
		t.Errorf("%d lines go on below their sentence", cut)
	}
}

// TestFindingsOnly: a diff that could not see the configuration says so everywhere.
func TestFindingsOnly(t *testing.T) {
	for _, d := range []*drift.Diff{{FindingsOnly: true, Changes: []drift.Change{}}, diff("x")} {
		d.FindingsOnly = true
		for _, format := range []string{"text", "markdown"} {
			out := write(t, format, d)
			if !strings.Contains(strings.ReplaceAll(out, "\n", " "), "finding, they do not tell") || strings.Contains(out, "Nothing has changed") {
				t.Errorf("%s: %s", format, out)
			}
		}
		if out := write(t, "json", d); !strings.Contains(out, `"findings_only": true`) {
			t.Errorf("JSON: %s", out)
		}
	}
}

// TestHostile: what the tenant says is shown, never obeyed.
func TestHostile(t *testing.T) {
	for _, hostile := range reporttest.HostileTexts() {
		for _, format := range changes.Formats() {
			out := write(t, format, diff(hostile.Text))
			reporttest.CheckText(t, []byte(out))
			if format == "markdown" && (strings.Contains(out, "<script") || strings.Contains(out, "<img") || strings.Contains(out, "@octocat ")) {
				t.Errorf("%s: %s", hostile.Name, out)
			}
		}
	}
}

// TestLongMarkdown fits into an issue and says what it leaves out.
func TestLongMarkdown(t *testing.T) {
	d := diff("x")
	for range 5000 {
		d.Changes = append(d.Changes, drift.Change{Class: drift.Changed, Area: "mailboxes", Text: strings.Repeat("long ", 20)})
	}
	out := write(t, "markdown", d)
	if len(out) > 65_000 || !strings.Contains(out, " more, which 'postern diff -f json' lists") {
		t.Errorf("%d characters, ending %q", len(out), out[len(out)-100:])
	}
}
