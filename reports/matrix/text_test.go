package matrix_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/columns"
	"github.com/seed-07732396/postern/reports/matrix"
)

type (
	writer     = func(io.Writer, *finding.AccessMatrix, matrix.Options) error
	pairWriter = func(io.Writer, *finding.AccessMatrix, *finding.AccessMatrix, matrix.Options) error
)

func one(t *testing.T, write writer, m *finding.AccessMatrix, o matrix.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func pair(t *testing.T, write pairWriter, o matrix.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, open(t), closed(t), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTables(t *testing.T) {
	for name, got := range map[string]string{
		"one.txt":            one(t, matrix.Text, open(t), matrix.Options{Subtitle: "Contoso, 2026-09-01"}),
		"one_color.txt":      one(t, matrix.Text, open(t), matrix.Options{Color: true, Width: 120}),
		"one_narrow.txt":     one(t, matrix.Text, open(t), matrix.Options{Width: 40}),
		"one_dutch.txt":      one(t, matrix.Text, open(t), matrix.Options{Language: "nl", Width: 100}),
		"one.md":             one(t, matrix.Markdown, open(t), matrix.Options{Subtitle: "Contoso, 2026-09-01"}),
		"pair.txt":           pair(t, matrix.TextPair, matrix.Options{Changes: changes()}),
		"pair_no_counts.txt": pair(t, matrix.TextPair, matrix.Options{Width: 110}),
		"pair_narrow.txt":    pair(t, matrix.TextPair, matrix.Options{Changes: changes(), Width: 40}),
		"pair.md":            pair(t, matrix.MarkdownPair, matrix.Options{Changes: changes(), Before: "2026-01-01", After: "2026-09-01"}),
	} {
		golden(t, name, got)
	}
}

// TestTextKeepsToItsWidth expects no line beyond the width, in the table and in the
// list.
func TestTextKeepsToItsWidth(t *testing.T) {
	long := open(t)
	long.Protocols[0].Title = strings.Repeat("very long ", 10)
	long.Methods[2].Title = strings.Repeat("verylong", 10)
	for width := 40; width <= 200; width += 3 {
		for _, text := range []string{
			one(t, matrix.Text, long, matrix.Options{Width: width, Subtitle: strings.Repeat("word ", 60)}),
			pair(t, matrix.TextPair, matrix.Options{Width: width, Changes: changes(), Language: "nl"}),
		} {
			for line := range strings.Lines(text) {
				if n := columns.Count(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("width %d: %d columns: %s", width, n, line)
				}
			}
		}
	}
}

// TestTablesShowHostileTextAsItIs expects nothing to act on a terminal or a page.
func TestTablesShowHostileTextAsItIs(t *testing.T) {
	const hostile = "=1+1|`<b>\x1b[31m\n::error::@me"
	m := open(t)
	m.Protocols[0].Title, m.Methods[0].Title, m.LeftOut[hostile] = hostile, hostile, 1
	m.Protocols[1].ID = hostile
	for i := range m.Cells {
		if m.Cells[i].Protocol == "activesync" {
			m.Cells[i].Protocol = hostile
		}
	}
	o := matrix.Options{Title: hostile, Subtitle: hostile}
	for name, text := range map[string]string{
		"text": one(t, matrix.Text, m, o), "narrow": one(t, matrix.Text, m, matrix.Options{Width: 40, Title: hostile}),
		"markdown": one(t, matrix.Markdown, m, o),
	} {
		if strings.ContainsAny(text, "\x1b") || strings.Contains(text, "\n::error") || strings.Contains(text, "\n =1+1\n") {
			t.Errorf("%s: %q", name, text)
		}
		if name == "markdown" && (strings.Contains(text, "<b>") || strings.Contains(text, "@me")) {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// TestLanguagesSayTheSame expects each language to have a word for all that there
// is to say.
func TestLanguagesSayTheSame(t *testing.T) {
	english, dutch := one(t, matrix.Markdown, open(t), matrix.Options{}), one(t, matrix.Markdown, open(t), matrix.Options{Language: "nl"})
	if strings.Count(english, "\n") != strings.Count(dutch, "\n") || strings.Count(english, "|") != strings.Count(dutch, "|") {
		t.Errorf("the tables differ:\n%s\n%s", english, dutch)
	}
	for _, word := range []string{"closed", "with MFA", "undecided", " of ", "left out", "mailboxes", "authentication", "Password grant", "on the web"} {
		if !strings.Contains(english, word) {
			t.Errorf("English lacks %q:\n%s", word, english)
		}
		if strings.Contains(dutch, word) {
			t.Errorf("Dutch has %q:\n%s", word, dutch)
		}
	}
	if unknown := one(t, matrix.Markdown, open(t), matrix.Options{Language: "xx"}); unknown != english {
		t.Error("an unknown language is not English")
	}
}
