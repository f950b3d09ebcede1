package matrix_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/matrix"
)

// A placed is a text in a picture, with about the room that it takes in a wide font.
type placed struct {
	text              string
	left, right, y, h float64
}

// texts lists the texts of a picture and its width.
func texts(t *testing.T, picture string) (list []placed, width float64) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list, width
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		number := func(name string) float64 {
			for _, a := range start.Attr {
				if a.Name.Local == name {
					f, err := strconv.ParseFloat(a.Value, 64)
					if err != nil {
						t.Fatal(err)
					}
					return f
				}
			}
			return 0
		}
		attr := func(name string) string {
			for _, a := range start.Attr {
				if a.Name.Local == name {
					return a.Value
				}
			}
			return ""
		}
		switch start.Name.Local {
		case "svg":
			width = number("width")
		case "text":
			var s string
			if err := d.DecodeElement(&s, &start); err != nil {
				t.Fatal(err)
			}
			em := 0.56 // a wide sans-serif, such as DejaVu
			if attr("font-weight") != "" {
				em = 0.62
			}
			room := float64(utf8.RuneCountInString(s)) * number("font-size") * em
			p := placed{s, number("x"), number("x") + room, number("y"), number("font-size")}
			if attr("text-anchor") == "end" {
				p.left, p.right = p.left-room, p.left
			}
			list = append(list, p)
		}
	}
}

// large makes a matrix of many mailboxes.
func large(m *finding.AccessMatrix) *finding.AccessMatrix {
	m.Mailboxes = 1000000
	for i := range m.Cells {
		for j := range m.Cells[i].Counts {
			m.Cells[i].Counts[j].Mailboxes *= 66666
		}
	}
	return m
}

// TestTextsKeepOutOfEachOthersWay expects no text to run over another or over the
// edge, in either language, with few mailboxes and with many.
func TestTextsKeepOutOfEachOthersWay(t *testing.T) {
	pairOf := func(before, after *finding.AccessMatrix, o matrix.Options) string {
		var b strings.Builder
		if err := matrix.SVGPair(&b, before, after, o); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	many := changes()
	for i := range many {
		many[i].Mailboxes *= 66666
	}
	seen := 0
	for _, language := range []string{"en", "nl"} {
		o := matrix.Options{Language: language, Subtitle: strings.Repeat("a long name ", 30), Warning: strings.Repeat("exchange.organization_config, ", 12)}
		o.Before, o.After, o.Changes = strings.Repeat("before ", 30), strings.Repeat("after ", 30), changes()
		big := o
		big.Changes = many
		for name, picture := range map[string]string{
			"one": svg(t, open(t), o), "one of many": svg(t, large(open(t)), o),
			"pair": pairOf(open(t), closed(t), o), "pair of many": pairOf(large(open(t)), large(closed(t)), big),
			"pair without counts": pairOf(open(t), closed(t), matrix.Options{Language: language}),
		} {
			list, width := texts(t, picture)
			for i, a := range list {
				seen++
				if strings.HasSuffix(a.text, "...") && !strings.Contains(a.text, "long name") && !strings.Contains(a.text, "before") && !strings.Contains(a.text, "after ") {
					t.Errorf("%s, %s: %q is cut", language, name, a.text)
				}
				if a.left < 0 || a.right > width {
					t.Errorf("%s, %s: %q runs over the edge (%.0f to %.0f of %.0f)", language, name, a.text, a.left, a.right, width)
				}
				for _, b := range list[i+1:] {
					if a.left < b.right && b.left < a.right && a.y-a.h*0.8 < b.y && b.y-b.h*0.8 < a.y {
						t.Errorf("%s, %s: %q runs over %q", language, name, a.text, b.text)
					}
				}
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d texts were looked at", seen)
	}
}
