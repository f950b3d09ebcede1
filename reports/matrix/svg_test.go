package matrix_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/matrix"
)

func svg(t *testing.T, m *finding.AccessMatrix, o matrix.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := matrix.SVG(&b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func svgPair(t *testing.T, o matrix.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := matrix.SVGPair(&b, open(t), closed(t), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPictures(t *testing.T) {
	golden(t, "one.svg", svg(t, open(t), matrix.Options{Subtitle: "Contoso, 2026-09-01"}))
	golden(t, "one_dutch.svg", svg(t, open(t), matrix.Options{Language: "nl"}))
	golden(t, "pair.svg", svgPair(t, matrix.Options{Changes: changes(), Before: "Before, 2026-01-01", After: "After, 2026-09-01"}))
	golden(t, "pair_dutch_without_counts.svg", svgPair(t, matrix.Options{Language: "nl"}))
}

// elements reads a picture as XML: the names of its elements, all attributes and
// all text.
func elements(t *testing.T, picture string) (names map[string]int, attributes []xml.Attr, text string) {
	t.Helper()
	names = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(picture))
	var all strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, attributes, all.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
		switch v := token.(type) {
		case xml.StartElement:
			names[v.Name.Local]++
			attributes = append(attributes, v.Attr...)
		case xml.CharData:
			all.Write(v)
		}
	}
}

// TestPictureStandsAlone expects well-formed XML of drawing elements alone, that
// runs nothing and fetches nothing, whatever the tenant is called.
func TestPictureStandsAlone(t *testing.T) {
	const hostile = "</title><script>alert(1)</script>\x1b[31m&\u202e\"'<![CDATA["
	m := open(t)
	m.Protocols[0].Title, m.Methods[1].Title = hostile, hostile
	m.LeftOut[hostile] = 1
	o := matrix.Options{Title: hostile, Subtitle: hostile, Before: hostile, After: hostile, ID: `x" onload="alert(1)`, Changes: changes()}
	for name, picture := range map[string]string{"one": svg(t, m, o), "pair": svgPair(t, o)} {
		names, attributes, text := elements(t, picture)
		for element := range names {
			switch element {
			case "svg", "title", "desc", "style", "rect", "g", "path", "circle", "text":
			default:
				t.Errorf("%s: an element %s", name, element)
			}
		}
		for _, a := range attributes {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("%s: an attribute %s", name, a.Name.Local)
			}
		}
		if strings.Contains(picture, "url(") || strings.Contains(picture, "@import") {
			t.Errorf("%s fetches something", name)
		}
		if strings.ContainsAny(picture, "\x1b\u202e") || !strings.Contains(text, `<script>alert(1)</script>\x1b[31m&\u202e"'`) {
			t.Errorf("%s does not show the title as it is:\n%s", name, text)
		}
	}
}

// TestPictureSaysEverythingInWords expects all squares and counts in the
// description, and in each cell a word for its colour.
func TestPictureSaysEverythingInWords(t *testing.T) {
	picture := svg(t, open(t), matrix.Options{})
	_, after, _ := strings.Cut(picture, "<desc")
	description, _, _ := strings.Cut(after, "</desc>")
	for _, want := range []string{
		"15 mailboxes (left out: 2 account disabled, 1 system mailbox).",
		"POP by Password grant: open without MFA, 3 of 15 mailboxes; closed at the identity provider, 12 of 15 mailboxes.",
		"Exchange ActiveSync by Password grant: undecided, may be open, 15 mailboxes.",
		"Outlook on the web by Basic authentication: not offered.",
	} {
		if !strings.Contains(description, want) {
			t.Errorf("the description lacks %q:\n%s", want, description)
		}
	}
	if n := strings.Count(description, " by "); n != 12 {
		t.Errorf("the description tells of %d squares, want 12", n)
	}
	for word, want := range map[string]int{">Open<": 5, ">Closed<": 2, ">With MFA<": 2, ">Undecided<": 2, ">Not offered<": 1} {
		if n := strings.Count(picture, word); n != want {
			t.Errorf("%d cells say %s, want %d", n, word, want)
		}
	}
	pair := svgPair(t, matrix.Options{Changes: changes()})
	for _, want := range []string{
		"POP by Basic authentication: was open without MFA, 15 mailboxes, now closed at Exchange, 15 mailboxes (15 no longer open).",
		"Exchange ActiveSync by Modern authentication: was with MFA, 15 mailboxes, now open without MFA, 2 of 15 mailboxes; with MFA, 13 of 15 mailboxes (2 newly open).",
		"POP by Modern authentication: as before, with MFA, 15 mailboxes.",
		">2 newly open<", ">15 no longer open<",
	} {
		if !strings.Contains(pair, want) {
			t.Errorf("the pair lacks %q", want)
		}
	}
}

// TestFragmentLeavesThePageItsStyle expects no prolog, no style and no background,
// and the ids that were asked for.
func TestFragmentLeavesThePageItsStyle(t *testing.T) {
	picture := svg(t, open(t), matrix.Options{Fragment: true, ID: "second"})
	names, _, _ := elements(t, picture)
	if strings.HasPrefix(picture, "<?xml") || names["style"] > 0 || strings.Contains(picture, "pm-paper") {
		t.Error("the fragment brings what belongs to the page")
	}
	if !strings.HasPrefix(picture, `<svg xmlns="http://www.w3.org/2000/svg" class="pm" role="img" aria-labelledby="second-title" aria-describedby="second-desc"`) ||
		!strings.Contains(picture, `<title id="second-title">`) || !strings.Contains(picture, `<desc id="second-desc">`) {
		t.Error("the fragment's ids are not those that were asked for")
	}
	for _, onDark := range []bool{false, true} {
		if !strings.Contains(matrix.Style(), matrix.Colors(onDark)) {
			t.Error("the style lacks colours")
		}
	}
	whole := svg(t, open(t), matrix.Options{})
	for _, line := range strings.Split(strings.TrimSpace(matrix.Style()), "\n") {
		if !strings.Contains(whole, line) {
			t.Errorf("a picture alone lacks the style %s", line)
		}
	}
}

func TestSameMatrixSameBytes(t *testing.T) {
	one, both := svg(t, open(t), matrix.Options{}), svgPair(t, matrix.Options{Changes: changes()})
	for range 5 {
		if again := svg(t, open(t), matrix.Options{}); again != one {
			t.Fatal("two pictures of one matrix differ")
		}
		if again := svgPair(t, matrix.Options{Changes: changes()}); again != both {
			t.Fatal("two pictures of one comparison differ")
		}
	}
}

// TestInkIsReadable holds the colours to WCAG's 4.5 to 1 for text.
func TestInkIsReadable(t *testing.T) {
	for _, onDark := range []bool{false, true} {
		colors := map[string]string{}
		for pair := range strings.SplitSeq(matrix.Colors(onDark), ";") {
			name, value, _ := strings.Cut(pair, ":")
			colors[strings.TrimPrefix(name, "--pm-")] = value
		}
		checked := 0
		for _, kind := range []string{"open", "undecided", "mfa", "closed"} {
			if c := contrast(t, colors[kind], colors[kind+"-ink"]); c < 4.5 {
				t.Errorf("dark %t: ink on %s has a contrast of %.1f", onDark, kind, c)
			}
			checked++
		}
		for _, ink := range []string{"ink", "faint", "none-ink"} {
			if c := contrast(t, colors["paper"], colors[ink]); c < 4.5 {
				t.Errorf("dark %t: %s on paper has a contrast of %.1f", onDark, ink, c)
			}
			checked++
		}
		if checked != 7 {
			t.Errorf("only %d colours were looked at", checked)
		}
		if c := contrast(t, colors["open"], colors["closed"]); c < 2 {
			t.Errorf("dark %t: open and closed differ in lightness by %.1f only", onDark, c)
		}
	}
}
