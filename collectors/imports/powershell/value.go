package powershell

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// exchangeInstant is how Exchange's admin endpoint writes an instant.
const exchangeInstant = "2006-01-02T15:04:05.0000000-07:00"

// restore gives a value as Exchange wrote it before PowerShell took it over. ok is
// false for a value that PowerShell cut off, in whole or in part.
func restore(v jsontext.Value, depth int) (out jsontext.Value, ok bool, err error) {
	if depth > maxDepth {
		return nil, false, fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	}
	switch v.Kind() {
	case jsontext.KindBeginObject:
		return restoreObject(v, depth)
	case jsontext.KindBeginArray:
		return restoreArray(v, depth)
	case jsontext.KindString:
		return restoreText(v)
	}
	return v, true, nil
}

func restoreText(v jsontext.Value) (jsontext.Value, bool, error) {
	var text string
	if err := json.Unmarshal(v, &text); err != nil {
		return nil, false, err
	}
	if isCutOff(text) {
		return nil, false, nil
	}
	at, is := instantOf(text)
	if !is {
		return v, true, nil
	}
	out, err := json.Marshal(at.UTC().Format(exchangeInstant))
	return out, true, err
}

func restoreArray(v jsontext.Value, depth int) (jsontext.Value, bool, error) {
	var elements []jsontext.Value
	if err := json.Unmarshal(v, &elements); err != nil {
		return nil, false, err
	}
	for i := range elements {
		element, ok, err := restore(elements[i], depth+1)
		if err != nil || !ok {
			return nil, false, err // a list without one of its elements is another list
		}
		elements[i] = element
	}
	out, err := json.Marshal(elements)
	return out, true, err
}

func restoreObject(v jsontext.Value, depth int) (jsontext.Value, bool, error) {
	members, err := membersOf(v)
	if err != nil {
		return nil, false, err
	}
	if inner, ok := unwrap(members); ok {
		return restore(inner, depth+1)
	}
	for i, m := range members {
		value, ok, err := restore(m.value, depth+1)
		if err != nil || !ok {
			return nil, false, err
		}
		members[i].value = value
	}
	out, err := objectOf(members)
	return out, true, err
}

// unwrap takes out what PowerShell 5.1 puts into an object of its own: a list with
// its count, an enumeration's value with its name, a date with its words.
func unwrap(members []member) (jsontext.Value, bool) {
	inner, ok := find(members, "value")
	if !ok {
		return nil, false
	}
	if count, ok := find(members, "Count"); ok && len(members) == 2 && inner.Kind() == jsontext.KindBeginArray {
		var list []jsontext.Value
		if n, err := strconv.Atoi(string(count)); err != nil || json.Unmarshal(inner, &list) != nil || len(list) != n {
			return jsontext.Value(`"System.Object[]"`), true // not all of it: cut off
		}
		return inner, true
	}
	if name, ok := find(members, "Value"); ok && len(members) == 2 && name.Kind() == jsontext.KindString {
		return name, true
	}
	if _, words := find(members, "DateTime"); words {
		_, hint := find(members, "DisplayHint")
		return inner, hint && len(members) == 3 || len(members) == 2
	}
	return nil, false
}

// member is one member of an object, in the order of the file.
type member struct {
	name  string
	value jsontext.Value
}

func membersOf(v jsontext.Value) ([]member, error) {
	var list []member
	dec := jsontext.NewDecoder(strings.NewReader(string(v)))
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	for dec.PeekKind() == jsontext.KindString {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		m := member{name: name.String()}
		value, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		m.value = value.Clone()
		list = append(list, m)
	}
	return list, nil
}

func objectOf(members []member) (jsontext.Value, error) {
	out := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = jsontext.AppendQuote(out, m.name); err != nil {
			return nil, err
		}
		out = append(append(out, ':'), m.value...)
	}
	return append(out, '}'), nil
}

func find(members []member, name string) (jsontext.Value, bool) {
	i := slices.IndexFunc(members, func(m member) bool { return m.name == name })
	if i < 0 {
		return nil, false
	}
	return members[i].value, true
}

// cutOff matches what PowerShell writes for a value below the depth that it was
// told to write: the members on one line, or the name of a type.
var cutOff = regexp.MustCompile(`(?s)^(?:@\{.*\}|(?:System|Microsoft|Deserialized)\.[A-Za-z][\w.+]*(?:` + "`" + `\d+)?(?:\[.*\])?)$`)

func isCutOff(text string) bool { return cutOff.MatchString(text) }

// date matches milliseconds since 1970 in UTC. An offset behind them tells where
// the writer was, and changes nothing.
var date = regexp.MustCompile(`^/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/$`)

// instantOf reads an instant in one of the forms in which PowerShell writes them.
// One without a zone is none: nobody knows when it was.
func instantOf(text string) (time.Time, bool) {
	if match := date.FindStringSubmatch(text); match != nil {
		ms, err := strconv.ParseInt(match[1], 10, 64)
		at := time.UnixMilli(ms).UTC()
		return at, err == nil && at.Year() >= 1 && at.Year() <= 9999
	}
	if len(text) < len("2006-01-02T15:04:05Z") || text[10] != 'T' {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return at, err == nil && at.UTC().Year() >= 1 && at.UTC().Year() <= 9999
}

// restoreManifest undoes the wrapping of lists alone: the manifest's texts are the
// script's own, and an error may well quote the name of a type.
func restoreManifest(v jsontext.Value) (jsontext.Value, bool, error) {
	switch v.Kind() {
	case jsontext.KindBeginArray:
		var elements []jsontext.Value
		if err := json.Unmarshal(v, &elements); err != nil {
			return nil, false, err
		}
		for i := range elements {
			var ok bool
			var err error
			if elements[i], ok, err = restoreManifest(elements[i]); err != nil || !ok {
				return nil, false, err
			}
		}
		out, err := json.Marshal(elements)
		return out, true, err
	case jsontext.KindBeginObject:
		members, err := membersOf(v)
		if err != nil {
			return nil, false, err
		}
		if inner, ok := unwrap(members); ok {
			if inner.Kind() != jsontext.KindBeginArray {
				return nil, false, nil
			}
			return restoreManifest(inner)
		}
		for i := range members {
			var ok bool
			if members[i].value, ok, err = restoreManifest(members[i].value); err != nil || !ok {
				return nil, false, err
			}
		}
		out, err := objectOf(members)
		return out, true, err
	}
	return v, true, nil
}
