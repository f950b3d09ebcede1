package okta

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// errLink says that a Link header is none. What it would have led to is unknown, so
// it must not be taken for the end of a listing.
var errLink = errors.New("the link to the next page cannot be read")

// nextLink finds the target with the relation "next" among the Link headers (RFC
// 8288), "" when there is none.
func nextLink(header http.Header) (string, error) {
	for _, line := range header.Values("Link") {
		for rest := strings.TrimLeft(line, ", \t"); rest != ""; rest = strings.TrimLeft(rest, ", \t") {
			target, relations, after, err := cutLink(rest)
			if err != nil {
				return "", err
			}
			if slices.ContainsFunc(strings.Fields(relations), func(r string) bool { return strings.EqualFold(r, "next") }) {
				return target, nil
			}
			rest = after
		}
	}
	return "", nil
}

// cutLink cuts the first link off a header: its target, its relations (rel) and what
// comes behind it.
func cutLink(text string) (target, relations, after string, err error) {
	text, ok := strings.CutPrefix(text, "<")
	if !ok {
		return "", "", "", errLink
	}
	target, text, ok = strings.Cut(text, ">")
	if !ok {
		return "", "", "", errLink
	}
	for given := false; ; {
		text = strings.TrimLeft(text, " \t")
		if text == "" || text[0] == ',' {
			return target, relations, text, nil
		}
		if text[0] != ';' {
			return "", "", "", errLink
		}
		var name, value string
		if name, value, text, err = cutParameter(text[1:]); err != nil {
			return "", "", "", err
		}
		// The first rel counts, and others are to be ignored.
		if strings.EqualFold(name, "rel") && !given {
			relations, given = value, true
		}
	}
}

// cutParameter cuts name=value, name="value" or name off the beginning of text.
func cutParameter(text string) (name, value, after string, err error) {
	end := strings.IndexAny(text, "=;,")
	if end < 0 || text[end] != '=' {
		if end < 0 {
			end = len(text)
		}
		return strings.TrimSpace(text[:end]), "", text[end:], nil
	}
	name, text = strings.TrimSpace(text[:end]), strings.TrimLeft(text[end+1:], " \t")
	if strings.HasPrefix(text, `"`) {
		value, after, err = cutQuoted(text[1:])
		return name, value, after, err
	}
	if end = strings.IndexAny(text, ";,"); end < 0 {
		end = len(text)
	}
	return name, strings.TrimSpace(text[:end]), text[end:], nil
}

// cutQuoted reads on to the closing quotation mark.
func cutQuoted(text string) (value, after string, err error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], nil
		case '\\':
			if i++; i == len(text) {
				return "", "", errLink
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", errLink
}
