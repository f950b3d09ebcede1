package engine

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/population"
)

// maxSnippet is the most characters of a snippet, maxValue of one value in it.
const (
	maxSnippet = 160
	maxValue   = 60
)

// snippet shows the place that a pointer names: a value with its name, or the
// plain fields of an object. Lists and objects within it stay away; they are what
// holds ids and names of people.
func (j *judgement) snippet(pointer string) string {
	raw, ok := j.doc.Value(pointer)
	if !ok {
		return ""
	}
	return j.snippetOf(pointer, raw)
}

// rowSnippet shows a row of a log.
func (j *judgement) rowSnippet(r *rows, i int) string {
	text, err := r.text(i)
	if err != nil {
		j.crowd.fail(err)
		return ""
	}
	return j.snippetOf(r.at(i), text)
}

func (j *judgement) snippetOf(pointer string, raw jsontext.Value) string {
	term, err := newReader().read(raw, j.engine.marksAt(pointer))
	if err != nil {
		return ""
	}
	if object, ok := term.Value.(ast.Object); ok && (object.Len() == 0 || hasPlain(object)) {
		return cut(showFields(object))
	}
	name := lastSegment(pointer)
	if _, err := strconv.Atoi(name); err == nil {
		return cut(show(term))
	}
	return cut(quote(name) + ": " + show(term))
}

// mailboxSnippet shows what a control judges of one mailbox. There may be as many as
// mailboxes, so only what the control sees is read.
func (j *judgement) mailboxSnippet(c *control, member int) string {
	text, err := j.crowd.judged(member)
	if err != nil {
		j.crowd.fail(err)
		return ""
	}
	seen, ok := j.panels[c].filter.AppendText(j.seen[:0], text)
	if !ok {
		j.crowd.fail(errNoMailbox)
		return ""
	}
	j.seen = seen
	box, err := j.reader.read(seen, nil)
	if err != nil {
		j.crowd.fail(err)
		return ""
	}
	var parts []string
	for _, p := range c.shown {
		if value, ok := at(box, p); ok && isPlain(value) {
			_, name := p.parent()
			parts = append(parts, quote(name)+": "+show(value))
		}
	}
	return cut(strings.Join(parts, ", "))
}

// at finds the value at a path that starts at a mailbox.
func at(box *ast.Term, p path) (*ast.Term, bool) {
	here := box
	for step := range strings.SplitSeq(strings.TrimPrefix(string(p), string(parsePath(perMailbox))+"/"), "/") {
		object, ok := here.Value.(ast.Object)
		if !ok {
			return nil, false
		}
		if here = object.Get(ast.StringTerm(step)); here == nil {
			return nil, false
		}
	}
	return here, true
}

// marksAt gives the marks of the place that a pointer names.
func (e *Engine) marksAt(pointer string) *population.Marks {
	marks := e.marks
	for segment := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if _, err := strconv.Atoi(segment); err == nil && marks.Element() != nil {
			marks = marks.Element()
			continue
		}
		marks = marks.Field(segment)
	}
	return marks
}

// showFields writes an object's plain fields in the order of their names.
func showFields(object ast.Object) string {
	var parts []string
	object.Foreach(func(name, value *ast.Term) {
		text, _ := name.Value.(ast.String)
		if isPlain(value) {
			parts = append(parts, quote(string(text))+": "+show(value))
		}
	})
	slices.Sort(parts)
	return "{" + strings.Join(parts, ", ") + "}"
}

// hasPlain reports whether showFields has something to show.
func hasPlain(object ast.Object) bool {
	return object.Until(func(_, value *ast.Term) bool { return isPlain(value) })
}

func isPlain(term *ast.Term) bool {
	switch term.Value.(type) {
	case ast.String, ast.Number, ast.Boolean, ast.Null:
		return true
	}
	return false
}

// show writes one value. A text that looks like a mail address names somebody.
func show(term *ast.Term) string {
	switch v := term.Value.(type) {
	case ast.String:
		if strings.Contains(string(v), "@") {
			return `"…"`
		}
		return quote(shorten(string(v), maxValue))
	case *ast.Array:
		return "[" + number(v.Len(), "element") + "]"
	case ast.Object:
		return "{" + number(v.Len(), "field") + "}"
	}
	return term.String()
}

// number writes how many there are of something.
func number(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return strconv.Itoa(n) + " " + of
}

// quote writes a text as JSON does.
func quote(text string) string {
	quoted, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		return strconv.Quote(text)
	}
	return string(quoted)
}

func cut(text string) string { return shorten(text, maxSnippet) }

// shorten keeps at most n characters, with a sign that something is missing.
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	return string(runes[:n-1]) + "…"
}
