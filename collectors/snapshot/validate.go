package snapshot

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// fault is what is wrong in a value's text, and where.
type fault struct {
	offset        int
	problem, hint string
	// path leads to it, innermost token first.
	path []string
}

// within notes one step on the way out to the root.
func (f *fault) within(token string) *fault {
	f.path = append(f.path, token)
	return f
}

// pointer gives the JSON pointer of the fault below a base.
func (f *fault) pointer(base string) string {
	var b strings.Builder
	b.WriteString(base)
	for _, token := range slices.Backward(f.path) {
		b.WriteByte('/')
		b.WriteString(escapeToken(token))
	}
	return b.String()
}

// checker holds text that jsontext has accepted to a rule and to the limits. It
// reports the first fault in the order of the text; a missing member counts
// where its object starts, and is told when the object ends.
type checker struct{ cursor }

// check holds the text of one value to a rule. depth is how many objects and
// arrays it stands in.
func check(text []byte, r *rule, depth int) *fault {
	c := checker{cursor{text: text}}
	return c.value(r, depth)
}

func (c *checker) value(r *rule, depth int) *fault {
	kind := c.kind()
	if r != nil && !r.accepts(kind) {
		return &fault{offset: c.i, problem: mismatch(r, kind)}
	}
	switch kind {
	case jsontext.KindBeginObject, jsontext.KindBeginArray:
		if depth >= maxDepth {
			return &fault{offset: c.i, problem: problemDepth, hint: hintLimit}
		}
		if kind == jsontext.KindBeginArray {
			return c.array(r, depth+1)
		}
		return c.object(r, depth+1)
	case jsontext.KindString:
		return c.string(r)
	case jsontext.KindNumber:
		return c.numeric(r)
	}
	c.literal()
	return nil
}

func mismatch(r *rule, found jsontext.Kind) string {
	return "expected " + r.expected + ", found " + kindName(found)
}

var problemDepth = fmt.Sprintf("nested deeper than %d levels", maxDepth)

func (r *rule) accepts(kind jsontext.Kind) bool {
	switch kind {
	case jsontext.KindBeginObject:
		return r.object != nil
	case jsontext.KindBeginArray:
		return r.array != nil
	case jsontext.KindString:
		return r.text != nil
	case jsontext.KindNumber:
		return r.number != nil
	case jsontext.KindNull:
		return r.null
	}
	return r.boolean
}

func (c *checker) array(r *rule, depth int) *fault {
	var items *rule
	if r != nil {
		items = r.array.items
	}
	c.i++
	for i := 0; c.more(']'); i++ {
		if f := c.value(items, depth); f != nil {
			return f.within(strconv.Itoa(i))
		}
	}
	return nil
}

// noMembers is the rule of an object without one.
var noMembers objectRule

func (c *checker) object(r *rule, depth int) *fault {
	o := &noMembers
	if r != nil {
		o = r.object
	}
	start, missing, next := c.i, o.required, 0
	var seen names
	c.i++
	for c.more('}') {
		at := c.i
		i, rule := c.member(o, next)
		if i >= 0 {
			missing &^= 1 << i
			next = i + 1
		}
		quoted := c.text[at:c.i]
		switch {
		case len(quoted) > maxString:
			return tooLong(at, quoted)
		case seen.again(i, quoted):
			name := unquote(quoted)
			return twice(at, name).within(name)
		}
		c.colon()
		if f := c.value(rule, depth); f != nil {
			return f.within(unquote(quoted))
		}
	}
	if missing != 0 {
		return o.missing(start, missing)
	}
	return nil
}

// member steps over a member's name, and gives its rule and, if it is a listed
// one, its number, else -1. next is a guess at the number, as most objects come
// in the order of the schema: it saves a look at each character of the name.
func (c *checker) member(o *objectRule, next int) (int, *rule) {
	if next < len(o.members) {
		guess := &o.members[next]
		if bytes.HasPrefix(c.text[c.i:], guess.quoted) {
			c.i += len(guess.quoted)
			return next, guess.rule
		}
	}
	return o.find(c.str())
}

// find gives the number of a listed member, or -1, and the member's rule.
func (o *objectRule) find(quoted []byte) (int, *rule) {
	if len(o.members) == 0 {
		return -1, o.others
	}
	i, ok := o.index[string(quoted)]
	if !ok && bytes.IndexByte(quoted, '\\') >= 0 {
		plain, _ := jsontext.AppendQuote(nil, unquote(quoted))
		i, ok = o.index[string(plain)]
	}
	if !ok {
		return -1, o.others
	}
	return i, o.members[i].rule
}

func (o *objectRule) missing(offset int, bits uint64) *fault {
	for i, m := range o.members {
		if bits&(1<<i) != 0 {
			f := &fault{offset: offset, problem: "required, and not there"}
			return f.within(m.name)
		}
	}
	return nil
}

func (c *checker) string(r *rule) *fault {
	at := c.i
	quoted := c.str()
	switch {
	case len(quoted) > maxString:
		return tooLong(at, quoted)
	case r == nil:
		return nil
	case r.text.instant && !isInstant(quoted[1:len(quoted)-1]):
		return &fault{offset: at, problem: "expected an instant in UTC such as 2026-11-01T08:00:00Z, found " + show(quoted)}
	case r.text.enum != nil && !slices.ContainsFunc(r.text.enum, func(s string) bool { return sameString(quoted, s) }):
		return &fault{offset: at, problem: "expected one of " + strings.Join(r.text.enum, ", ") + ", found " + show(quoted)}
	}
	return nil
}

func tooLong(at int, quoted []byte) *fault {
	return &fault{
		offset:  at,
		problem: fmt.Sprintf("a string of %d bytes, and at most %d are read", len(quoted), maxString),
		hint:    hintLimit,
	}
}

// show gives text of the document fit for an error.
func show(quoted []byte) string {
	return strconv.Quote(shorten(unquote(quoted), shownBytes))
}

func (c *checker) numeric(r *rule) *fault {
	at := c.i
	text := c.number()
	switch {
	case !isFinite(text):
		return &fault{offset: at, problem: "a number that is too large: " + shorten(string(text), shownBytes), hint: hintLimit}
	case r == nil:
		return nil
	case r.number.integer && !isInteger(text):
		return &fault{offset: at, problem: "expected an integer in plain digits, found " + shorten(string(text), shownBytes)}
	case r.number.constant != "" && string(text) != r.number.constant:
		return &fault{offset: at, problem: "expected " + r.number.constant + ", found " + shorten(string(text), shownBytes)}
	}
	return nil
}

// isFinite reports whether a JSON number fits a float64, in which those who read the
// document hold numbers. Plain digits of a usual length always do.
func isFinite(text []byte) bool {
	if len(text) < 300 && !bytes.ContainsAny(text, "eE") {
		return true
	}
	_, err := strconv.ParseFloat(string(text), 64)
	return err == nil
}

// isInteger reports whether a JSON number is written in plain digits and fits 64
// bits. JSON Schema takes 1.0 and 1e2 for integers as well; those who read the
// document's counts into an integer would not.
func isInteger(text []byte) bool {
	_, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil
}

// isInstant reports whether text is a real moment, written as Instant writes it.
func isInstant(text []byte) bool {
	if len(text) != len(instantLayout) ||
		text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z' {
		return false
	}
	year, month, day := twoDigits(text[0:])*100+twoDigits(text[2:]), twoDigits(text[5:]), twoDigits(text[8:])
	return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) &&
		uint(twoDigits(text[11:])) < 24 && uint(twoDigits(text[14:])) < 60 && uint(twoDigits(text[17:])) < 60
}

// twoDigits reads two digits; anything else gives a large negative number.
func twoDigits(text []byte) int {
	tens, ones := text[0]-'0', text[1]-'0'
	if tens > 9 || ones > 9 {
		return -1_000_000
	}
	return int(tens)*10 + int(ones)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
