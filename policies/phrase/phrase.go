// Package phrase holds sentences that can be said in several languages: a key and
// arguments, which may be phrases themselves. What builds sentences out of what it
// finds builds phrases; they become text when the language is known.
//
// It must not know what any sentence is about, nor how text is shown: names of the
// tenant come out as they are, and the writer escapes.
package phrase

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// A Phrase is a sentence, or a part of one. The zero value says nothing.
type Phrase struct {
	key  string
	args []any
	// parts stand behind each other, where there is no key.
	parts []any
	// said makes what is said in a control's words.
	said func(*finding.Language) string
}

// Of is the phrase of a key. args are names and values in turn: texts, which are said
// as they are, whole numbers, and phrases. The number n also chooses between the words
// of {one|many}.
func Of(key string, args ...any) Phrase { return Phrase{key: key, args: args} }

// Seq is texts, numbers and phrases behind each other, with nothing between them.
func Seq(parts ...any) Phrase { return Phrase{parts: parts} }

// Join is phrases with a text between them.
func Join(list []Phrase, between string) Phrase {
	var parts []any
	for i, p := range list {
		if i > 0 {
			parts = append(parts, between)
		}
		parts = append(parts, p)
	}
	return Seq(parts...)
}

// By is what a control says, in the language that it is given; nil is English.
func By(said func(*finding.Language) string) Phrase { return Phrase{said: said} }

// IsZero reports the phrase that says nothing.
func (p Phrase) IsZero() bool { return p.key == "" && p.parts == nil && p.said == nil }

// A Voice says phrases in one language.
type Voice struct {
	english, own map[string]string
	language     *finding.Language
}

// English says phrases by templates of a topic: {name} is an argument.
func English(templates map[string]string) Voice { return Voice{english: templates} }

// In says phrases of a topic in a language, nil for English. What the language lacks
// stays English.
func In(l *finding.Language, topic string, templates map[string]string) Voice {
	v := English(templates)
	if l != nil {
		v.language, v.own = l, l.Phrases[topic]
	}
	return v
}

// Say says a phrase. A key without a template, and a name without an argument, stand in
// the text as they are, so that the slip is seen.
func (v Voice) Say(p Phrase) string {
	switch {
	case p.said != nil:
		return p.said(v.language)
	case p.key == "":
		var b strings.Builder
		for _, part := range p.parts {
			b.WriteString(v.value(part))
		}
		return b.String()
	}
	template, ok := v.own[p.key]
	if !ok {
		template, ok = v.english[p.key]
	}
	if !ok {
		return p.key
	}
	return v.fill(template, p.args)
}

// Fill puts arguments, names and values in turn, into a text that is in the language of
// the code already.
func Fill(code, template string, args ...any) string {
	return Voice{language: &finding.Language{Code: code}}.fill(template, args)
}

// fill puts the arguments into a template. What stands in an argument is no template.
func (v Voice) fill(template string, args []any) string {
	return finding.Expand(template, func(name string) string { return v.argument(name, args) })
}

func (v Voice) argument(name string, args []any) string {
	if one, many, choice := strings.Cut(name, "|"); choice {
		if n, _ := find("n", args); n == 1 {
			return one
		}
		return many
	}
	if value, ok := find(name, args); ok {
		return v.value(value)
	}
	return "{" + name + "}"
}

func find(name string, args []any) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func (v Voice) value(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case int:
		return v.Number(value)
	case Phrase:
		return v.Say(value)
	}
	return fmt.Sprint(value)
}

// Number writes a whole number as the language does: 1,204 in English.
func (v Voice) Number(n int) string {
	mark := ","
	if v.language != nil && v.language.Code == "nl" {
		mark = "."
	}
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + mark + text[i:]
	}
	return text
}
