package reporttest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
)

var (
	argument = regexp.MustCompile(`\{[a-z_]+\}`)
	choice   = regexp.MustCompile(`\{[^{}|]+\|[^{}|]+\}`)
	brace    = regexp.MustCompile(`[{}]`)
)

// SameWords holds the words of a language to the English ones. Both are pointers to
// structs of texts, and of maps and arrays of them: the same texts, none empty, with the
// same arguments. A text that is the same in both has to be expected: it may be a word
// that the other language has as well, or one that nobody has translated.
func SameWords(t *testing.T, english, own any, same ...string) {
	t.Helper()
	want, got := map[string]string{}, map[string]string{}
	gather(reflect.ValueOf(english).Elem(), "", want)
	gather(reflect.ValueOf(own).Elem(), "", got)
	if len(want) < 10 {
		t.Fatalf("only %d texts", len(want))
	}
	for at, text := range want {
		if diff := fmt.Sprint(arguments(text)); diff != fmt.Sprint(arguments(got[at])) {
			t.Errorf("%s has the arguments %v, in English %s", at, arguments(got[at]), diff)
		}
		if text == got[at] && !slices.Contains(same, text) {
			t.Errorf("%s is %q in both", at, text)
		}
	}
	for at, text := range got {
		if _, ok := want[at]; !ok {
			t.Errorf("%s is no text of English", at)
		}
		if text == "" || brace.MatchString(choice.ReplaceAllString(argument.ReplaceAllString(text, ""), "")) {
			t.Errorf("%s is no text: %q", at, text)
		}
	}
}

func arguments(text string) []string {
	found := argument.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func gather(v reflect.Value, at string, into map[string]string) {
	switch v.Kind() {
	case reflect.String:
		into[at] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			gather(v.Field(i), at+"."+v.Type().Field(i).Name, into)
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			gather(v.Index(i), fmt.Sprintf("%s[%d]", at, i), into)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			gather(v.MapIndex(key), fmt.Sprintf("%s[%v]", at, key), into)
		}
	}
}
