// Package wording makes what several writers say in the same words: the
// sentence of a violation, the reason for an unknown and what would make it
// known, the verdict, the name of a place.
//
// It must not know any format: a Style brings the escaping.
package wording

import (
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

const (
	// MaxName is how many characters of a name from the tenant are shown to
	// people.
	MaxName = 200
	// MaxItems is how many items of a list in a sentence are shown.
	MaxItems = 20
)

// Style is how a format writes the two kinds of text in a sentence, and in which
// words.
type Style struct {
	*Words
	// Text writes what Postern says, a part of a sentence.
	Text func(string) string
	// Name writes what the tenant says.
	Name func(string) string
}

// Plain writes both as one line of plain text, in English.
func Plain() Style { return Style{Words: English(), Text: escape.Line, Name: escape.Line} }

// Markdown writes what the tenant says as code, in English.
func Markdown() Style {
	return Style{Words: English(), Text: escape.Markdown, Name: escape.MarkdownCode}
}

// In is the style in other words.
func (s Style) In(words *Words) Style {
	s.Words = words
	return s
}

// Violation is the sentence of a violation, with a full stop, and behind it that it
// rests on what nobody read.
func (s Style) Violation(control *finding.Control, v *finding.Violation) string {
	count, population := 0, ""
	if v.Members != nil {
		count, population = v.Members.Len(), v.Members.Population()
	}
	sentence := s.sentence(control, v.Key, v.Args, count, population)
	if v.RestsOn != nil {
		sentence += " " + s.Reason(control, v.RestsOn, nil)
	}
	return sentence
}

// TraceStep is the sentence of one step of a trace, with a full stop.
func (s Style) TraceStep(control *finding.Control, step *finding.TraceStep) string {
	return s.sentence(control, step.Key, step.Args, 0, "")
}

// nameStart and nameEnd stand around a name while the sentence is made. What is
// between and around them is escaped, so it holds neither.
const (
	nameStart = "\x00"
	nameEnd   = "\x01"
)

func (s Style) sentence(control *finding.Control, key string, args finding.Args, count int, population string) string {
	marked := make(finding.Args, len(args))
	for name, value := range args {
		marked[name] = s.mark(value, control.Words)
	}
	// A template is a line of Postern's own, but not every control is.
	clean := finding.Control{Language: control.Language}
	if template, ok := control.Messages[key]; ok {
		clean.Messages = map[string]string{key: escape.Line(strings.Join(strings.Fields(template), " "))}
	}
	return s.render(stop(clean.Sentence(key, marked, count, population)))
}

// render styles a text with marked names.
func (s Style) render(text string) string {
	var b strings.Builder
	afterName := false
	for {
		before, rest, found := strings.Cut(text, nameStart)
		if before == "" && found && afterName {
			before = " "
		}
		b.WriteString(s.Text(before))
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, nameEnd)
		b.WriteString(s.Name(name))
		text, afterName = after, true
	}
}

// mark makes an argument a text in which the names stand between marks.
// The control's own words are no names.
func (s Style) mark(value any, words map[string]string) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool, int, float64:
		return finding.FormatArg(v)
	case []any:
		texts := make([]string, len(v))
		for i, item := range v {
			texts[i] = finding.FormatArg(item)
		}
		return s.markList(texts, words)
	case []string:
		return s.markList(v, words)
	default:
		return markText(finding.FormatArg(v), words)
	}
}

// markText marks a text of the tenant, or puts the control's word in the place of
// its name.
func markText(text string, words map[string]string) string {
	if name, ok := strings.CutPrefix(text, finding.WordPrefix); ok {
		if word, ok := words[name]; ok {
			return escape.Line(word)
		}
	}
	return markName(text)
}

func markName(name string) string {
	return nameStart + escape.Cut(escape.Line(name), MaxName) + nameEnd
}

func (s Style) markList(items []string, words map[string]string) string {
	shown := items[:min(len(items), MaxItems)]
	names := make([]string, len(shown))
	for i, item := range shown {
		names[i] = markText(item, words)
	}
	list := strings.Join(names, ", ")
	if more := len(items) - len(shown); more > 0 {
		list += count(s.Phrases.AndMore, more)
	}
	return list
}

// stop ends a sentence with a full stop. What ends with an argument, such as
// another program's message, may lack it.
func stop(sentence string) string {
	bare := strings.TrimRight(sentence, nameEnd+" ")
	if bare == "" || strings.HasSuffix(bare, ".") {
		return sentence
	}
	return strings.TrimRight(sentence, " ") + "."
}
