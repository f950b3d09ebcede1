package html

import (
	"strings"

	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// nameStart and nameEnd stand around a name in a sentence on its way to the page.
// What a Style writes holds no control characters but these.
const (
	nameStart = "\x02"
	nameEnd   = "\x03"
)

// marked is the style in which names can be told from what Postern says.
func marked(words *wording.Words) wording.Style {
	return wording.Style{
		Words: words, Text: escape.Line,
		Name: func(s string) string { return nameStart + escape.Line(s) + nameEnd },
	}
}

// part is a piece of a sentence.
type part struct {
	Text string
	// Name says that it is the tenant's.
	Name bool
}

// parts cuts a sentence of the marked style.
func parts(sentence string) []part {
	var list []part
	for sentence != "" {
		before, rest, found := strings.Cut(sentence, nameStart)
		if before != "" {
			list = append(list, part{Text: before})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, nameEnd)
		list = append(list, part{Text: name, Name: true})
		sentence = after
	}
	return list
}

// bare is a sentence of the marked style without its marks.
func bare(sentence string) string {
	return strings.NewReplacer(nameStart, "", nameEnd, "").Replace(sentence)
}

// paragraphs cuts a text into its paragraphs.
func paragraphs(s string) []string {
	var list []string
	for line := range strings.Lines(s) {
		if line = escape.Line(strings.Join(strings.Fields(line), " ")); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// script is a text that is copied: its lines stay.
func script(s string) string { return strings.TrimSpace(escape.Lines(strings.TrimSpace(s))) }

// name is a short text of the tenant on one line.
func name(s string) string { return escape.Cut(escape.Line(s), wording.MaxName) }
