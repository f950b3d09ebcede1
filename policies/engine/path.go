package engine

import (
	"iter"
	"strings"
)

// A path is a place below input, its steps separated by slashes. A step is a
// field's name or anyElement: an element of a list, or a value of an object that
// is looked up by a computed name. The empty path is input itself.
type path string

const anyElement = "[]"

// pathEscapes keep a slash in a field's name apart from a separator.
var pathEscapes = strings.NewReplacer("/", "\x00")

// parsePath reads a path as metadata and the ledger write it: okta.apps,
// mailboxes[].exchange.
func parsePath(dotted string) path {
	p := path("")
	for part := range strings.SplitSeq(dotted, ".") {
		name := strings.TrimRight(part, anyElement)
		p = p.field(name)
		for range strings.Count(part, anyElement) {
			p = p.element()
		}
	}
	return p
}

func (p path) field(name string) path {
	name = pathEscapes.Replace(name)
	if p == "" {
		return path(name)
	}
	return p + "/" + path(name)
}

func (p path) element() path {
	if p == "" {
		return anyElement
	}
	return p + "/" + anyElement
}

func (p path) steps() iter.Seq[string] {
	if p == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(string(p), "/")
}

// covers reports whether p is other or lies above it.
func (p path) covers(other path) bool {
	rest, ok := strings.CutPrefix(string(other), string(p))
	return ok && (p == "" || rest == "" || rest[0] == '/')
}

// first is the first step.
func (p path) first() string {
	first, _ := p.cut()
	return first
}

// cut splits off the first step.
func (p path) cut() (first string, rest path) {
	first, below, _ := strings.Cut(string(p), "/")
	return first, path(below)
}

// parent is the path without its last step, and that step.
func (p path) parent() (path, string) {
	i := strings.LastIndexByte(string(p), '/')
	return p[:max(i, 0)], string(p[i+1:])
}

// String writes the path as metadata do.
func (p path) String() string {
	text := strings.ReplaceAll(string(p), "/"+anyElement, anyElement)
	text = strings.ReplaceAll(text, "/", ".")
	return strings.ReplaceAll(text, "\x00", "/")
}
