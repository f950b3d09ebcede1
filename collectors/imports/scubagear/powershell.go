package scubagear

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// rewriter puts back what PowerShell changed on the way from an API to JSON, and
// keeps count of what cannot be put back.
type rewriter struct {
	// graph says that the value comes from Microsoft Graph, whose names start in
	// lower case; PowerShell writes them in upper case.
	graph bool
	// cut are the places of values that PowerShell did not write out.
	cut []string
}

// value rewrites one value, which stands at a place. It gives nil for a value
// that PowerShell cut off: it is unknown, and so it is left out.
func (w *rewriter) value(v jsontext.Value, at string) (jsontext.Value, error) {
	switch v.Kind() {
	case jsontext.KindBeginObject:
		return w.object(v, at)
	case jsontext.KindBeginArray:
		return w.array(v, at)
	case jsontext.KindString:
		var text string
		if err := json.Unmarshal(v, &text); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		if isCutOff(text) {
			w.cut = append(w.cut, at)
			return nil, nil
		}
		if instant, ok := parseDate(text); ok {
			return json.Marshal(instant)
		}
	}
	return v, nil
}

func (w *rewriter) array(v jsontext.Value, at string) (jsontext.Value, error) {
	var elements []jsontext.Value
	if err := json.Unmarshal(v, &elements); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	for i := range elements {
		element, err := w.value(elements[i], at+"/"+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		if element == nil {
			return nil, nil // a list without one of its elements is another list
		}
		elements[i] = element
	}
	return json.Marshal(elements)
}

func (w *rewriter) object(v jsontext.Value, at string) (jsontext.Value, error) {
	members, err := readObject(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	if date, ok := members["value"]; ok && isDateObject(members) {
		return w.value(date, at)
	}
	if err := liftAdditional(members); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	out := make(map[string]jsontext.Value, len(members))
	for name, member := range members {
		rewritten, err := w.value(member, at+"/"+name)
		if err != nil {
			return nil, err
		}
		if w.graph {
			name = lowerFirst(name)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%s: the name %s stands there in two spellings", at, name)
		}
		if rewritten != nil {
			out[name] = rewritten
		}
	}
	return json.Marshal(out, json.Deterministic(true))
}

// liftAdditional brings the members that the Graph SDK did not know, and kept
// aside, back to where Graph has them.
func liftAdditional(members map[string]jsontext.Value) error {
	const aside = "AdditionalProperties"
	kept, ok := members[aside]
	if !ok || kept.Kind() != jsontext.KindBeginObject {
		return nil
	}
	additional, err := readObject(kept)
	if err != nil {
		return fmt.Errorf("%s: %w", aside, err)
	}
	delete(members, aside)
	for name, value := range additional {
		_, exact := members[name]
		_, upper := members[upperFirst(name)]
		if !exact && !upper {
			members[name] = value
		}
	}
	return nil
}

// isDateObject recognises the form in which older PowerShell writes some dates:
// an object with the date in it twice.
func isDateObject(members map[string]jsontext.Value) bool {
	_, words := members["DateTime"]
	_, hint := members["DisplayHint"]
	return words && (hint && len(members) == 3 || len(members) == 2)
}

// cutOff matches what PowerShell writes for a value below the depth that it was
// told to write: the members on one line, or the name of a type.
var cutOff = regexp.MustCompile(`(?s)^(?:@\{.*\}|System\.(?:Object|String|Collections)\b.*|Microsoft\.(?:Graph|Open|Exchange)\.[\w.+]+(?:\[\])?)$`)

func isCutOff(text string) bool { return cutOff.MatchString(text) }

// date matches milliseconds since 1970 in UTC. An offset behind them tells where
// the writer was, and changes nothing.
var date = regexp.MustCompile(`^/Date\((-?\d{1,16})(?:[+-]\d{4})?\)/$`)

// parseDate reads the form in which older PowerShell writes dates. The year has
// four digits, as RFC 3339 asks; any other is no date.
func parseDate(text string) (string, bool) {
	match := date.FindStringSubmatch(text)
	if match == nil {
		return "", false
	}
	ms, err := strconv.ParseInt(match[1], 10, 64)
	if err != nil {
		return "", false
	}
	at := time.UnixMilli(ms).UTC()
	if at.Year() < 1 || at.Year() > 9999 {
		return "", false
	}
	return at.Format(time.RFC3339Nano), true
}

func readObject(v jsontext.Value) (map[string]jsontext.Value, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(v, &members); err != nil {
		return nil, err
	}
	return members, nil
}

func lowerFirst(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[n:]
}

func upperFirst(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// isNull tells nothing from something: a missing value, null, an empty text.
func isNull(v jsontext.Value) bool {
	return len(v) == 0 || v.Kind() == jsontext.KindNull || string(v) == `""`
}

// textOf gives a string's text; empty for anything else.
func textOf(v jsontext.Value) string {
	var text string
	if v.Kind() != jsontext.KindString || json.Unmarshal(v, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}
