package entratest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// condition tells whether an object passes a filter.
type condition func(object map[string]json.RawMessage) bool

// errFilter is a filter that the service would not take.
type errFilter struct{ message string }

func (e errFilter) Error() string { return e.message }

// parseFilter reads the part of OData's filter language that sign-ins are asked
// for with: and, or, parentheses, eq, ne, ge, le on texts and instants, and any()
// over a list of texts. known tells the properties that this version has.
func parseFilter(text string, known func(string) bool) (condition, error) {
	p := &parser{known: known}
	if err := p.split(text); err != nil {
		return nil, err
	}
	c, err := p.or()
	if err == nil && p.i < len(p.tokens) {
		err = errFilter{"Syntax error in $filter"}
	}
	return c, err
}

type parser struct {
	tokens []string
	i      int
	known  func(string) bool
	// element is the name of the list's element inside any().
	element string
}

// split cuts a filter into words, quoted texts (with their first quote) and
// punctuation.
func (p *parser) split(text string) error {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " ") {
		n := 1
		switch text[0] {
		case '(', ')', '/', ':':
		case '\'':
			for n < len(text) && (text[n] != '\'' || n+1 < len(text) && text[n+1] == '\'') {
				n++
				if text[n-1] == '\'' {
					n++
				}
			}
			if n >= len(text) {
				return errFilter{"Unterminated string literal in $filter"}
			}
			p.tokens = append(p.tokens, "'"+strings.ReplaceAll(text[1:n], "''", "'"))
			text = text[n+1:]
			continue
		default:
			if n = strings.IndexAny(text, " ()/'"); n < 0 {
				n = len(text)
			}
			// "t:" opens a lambda; an instant has colons of its own.
			if i := strings.IndexByte(text[:n], ':'); i == 1 {
				n = i
			}
		}
		p.tokens = append(p.tokens, text[:n])
		text = text[n:]
	}
	return nil
}

func (p *parser) next() string {
	if p.i >= len(p.tokens) {
		return ""
	}
	p.i++
	return p.tokens[p.i-1]
}

func (p *parser) take(token string) bool {
	if p.i < len(p.tokens) && p.tokens[p.i] == token {
		p.i++
		return true
	}
	return false
}

func (p *parser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.take("or") {
		var right condition
		right, err = p.and()
		l := left
		left = func(o map[string]json.RawMessage) bool { return l(o) || right(o) }
	}
	return left, err
}

func (p *parser) and() (condition, error) {
	left, err := p.term()
	for err == nil && p.take("and") {
		var right condition
		right, err = p.term()
		l := left
		left = func(o map[string]json.RawMessage) bool { return l(o) && right(o) }
	}
	return left, err
}

func (p *parser) term() (condition, error) {
	if p.take("(") {
		inner, err := p.or()
		if err == nil && !p.take(")") {
			err = errFilter{"')' expected in $filter"}
		}
		return inner, err
	}
	name := p.next()
	if name == "" {
		return nil, errFilter{"An expression was expected in $filter"}
	}
	if name != p.element && !p.known(name) {
		return nil, errFilter{fmt.Sprintf("Could not find a property named '%s' on type 'microsoft.graph.signIn'.", name)}
	}
	if p.take("/") {
		return p.anyOf(name)
	}
	return p.comparison(name)
}

// anyOf reads name/any(t: …).
func (p *parser) anyOf(name string) (condition, error) {
	if p.next() != "any" || !p.take("(") {
		return nil, errFilter{"any(…) expected in $filter"}
	}
	p.element = p.next()
	if !p.take(":") {
		return nil, errFilter{"':' expected in $filter"}
	}
	element := p.element
	inner, err := p.or()
	p.element = ""
	if err == nil && !p.take(")") {
		err = errFilter{"')' expected in $filter"}
	}
	return func(o map[string]json.RawMessage) bool {
		var list []json.RawMessage
		if json.Unmarshal(o[name], &list) != nil {
			return false
		}
		for _, value := range list {
			if inner(map[string]json.RawMessage{element: value}) {
				return true
			}
		}
		return false
	}, err
}

func (p *parser) comparison(name string) (condition, error) {
	operator, literal := p.next(), p.next()
	want := strings.TrimPrefix(literal, "'")
	holds := map[string]func(string) bool{
		"eq": func(got string) bool { return strings.EqualFold(got, want) },
		"ne": func(got string) bool { return !strings.EqualFold(got, want) },
		// Instants are all in UTC and to the second here: their texts compare.
		"ge": func(got string) bool { return got >= want },
		"le": func(got string) bool { return got <= want },
	}[operator]
	if holds == nil || literal == "" {
		return nil, errFilter{"Syntax error in $filter"}
	}
	return func(o map[string]json.RawMessage) bool {
		var got string
		if json.Unmarshal(o[name], &got) != nil {
			return operator == "ne"
		}
		return holds(got)
	}, nil
}

// isFilterError tells a filter that the service would refuse from a broken server.
func isFilterError(err error) bool {
	var e errFilter
	return errors.As(err, &e)
}
