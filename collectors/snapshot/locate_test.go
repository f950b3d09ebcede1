package snapshot_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

func TestLocate(t *testing.T) {
	const text = "{\r\n" +
		"\t\"version\": 1, \"collected_at\": \"2026-11-01T08:00:00Z\",\r\n" +
		"\t\"tenant\": {\"id\": \"t\", \"näme\": \"日本\", \"z\": [[1, [2, 3]], []]},\n" +
		"\"collection\": {\"source\": \"x\", \"resources\": []}, \"okta\": {\n" +
		"  \"a/b\": {\"m~n\": {\"\": {\" \": 1}}},\n" +
		"  \"\\u0061pp_keys\": {\"\\ud83e\\udd8a\": [\n" +
		"    {\"kid\" :\r\n\"ka\\\"\\\\\"}\n" +
		"  ], \"back\\\\slash\\\"\": []},\n" +
		"  \"0\": {\"01\": true, \"-\": -1.5e3},\n" +
		"  \"zones\": []},\n" +
		"\"evidence\": {\"sign_ins\": [ {\"user_principal_name\": \"ü\", \"client_app\": \"POP3\", \"interactive\": true, \"succeeded\": 1, \"failed\": 0},\n" +
		"\n" +
		"   {\"user_principal_name\": \"v\", \"client_app\":\n" +
		"   \"IMAP4\", \"interactive\": false, \"succeeded\": 0, \"failed\": 12} ]},\n" +
		"\"mailboxes\": [{\"id\": \"a\"}, {\n" +
		"  \"id\": \"b\"} ]  }\n"
	tests := []struct {
		pointer string
		want    string // the region as line:column-line:column, empty for none
		text    string // what stands there
	}{
		{"", "1:1-17:18", "{…}"},
		{"/version", "2:2-2:14", `"version": 1`},
		{"/tenant", "3:2-3:61", `"tenant": {…}`},
		{"/tenant/näme", "3:24-3:36", `"näme": "日本"`},
		{"/tenant/z/0", "3:44-3:55", `[1, [2, 3]]`},
		{"/tenant/z/0/1/1", "3:52-3:53", `3`},
		{"/tenant/z/1", "3:57-3:59", `[]`},
		{"/tenant/z/2", "", ""},
		{"/tenant/z/1/0", "", ""},
		{"/tenant/z/-", "", ""},
		{"/tenant/z/00", "", ""},
		{"/tenant/z/+1", "", ""},
		{"/tenant/z/1e0", "", ""},
		{"/tenant/z/9223372036854775808", "", ""},
		{"/tenant/z/", "", ""},
		{"/tenant/id/0", "", ""},
		{"/tenant/id/", "", ""},
		{"/collection/resources/0", "", ""},
		{"/okta/a~1b", "5:3-5:33", `"a/b": {…}`},
		{"/okta/a~1b/m~0n", "5:11-5:32", `"m~n": {…}`},
		{"/okta/a~1b/m~0n//%20", "", ""},
		{"/okta/a~1b/m~0n//", "", ""},
		{"/okta/a~1b/m~0n/", "5:19-5:31", `"": {…}`},
		{"/okta/a~1b/m~0n// ", "5:24-5:30", `" ": 1`},
		{"/okta/a/b", "", ""},
		{"/okta/a~1b/m~n", "", ""},
		{"/okta/a~2b", "", ""},
		{"/okta/a~", "", ""},
		{"/okta/app_keys", "6:3-9:26", `"\u0061pp_keys": {…}`},
		{"/okta/\\u0061pp_keys", "", ""},
		{"/okta/app_keys/🦊", "6:21-9:4", `"\ud83e\udd8a": […]`},
		{"/okta/app_keys/🦊/0", "7:5-8:10", `{…}`},
		{"/okta/app_keys/🦊/0/kid", "7:6-8:9", "\"kid\" :\r\n\"ka\\\"\\\\\""},
		{`/okta/app_keys/back\slash"`, "9:6-9:25", `"back\\slash\"": []`},
		{"/okta/0/01", "10:9-10:19", `"01": true`},
		{"/okta/0/-", "10:21-10:32", `"-": -1.5e3`},
		{"/okta/0/1", "", ""},
		{"/okta/zones", "11:3-11:14", `"zones": []`},
		{"/evidence/sign_ins", "12:14-15:66", `"sign_ins": […]`},
		{"/evidence/sign_ins/0", "12:28-12:128", `{…}`},
		{"/evidence/sign_ins/0/failed", "12:116-12:127", `"failed": 0`},
		{"/evidence/sign_ins/1", "14:4-15:64", `{…}`},
		{"/evidence/sign_ins/1/client_app", "14:33-15:11", "\"client_app\":\n   \"IMAP4\""},
		{"/evidence/sign_ins/1/failed", "15:51-15:63", `"failed": 12`},
		{"/evidence/sign_ins/2", "", ""},
		{"/evidence/sign_ins/01", "", ""},
		{"/evidence/sign_ins/x", "", ""},
		{"/mailboxes", "16:1-17:15", `"mailboxes": […]`},
		{"/mailboxes/0", "16:15-16:26", `{…}`},
		{"/mailboxes/1", "16:28-17:13", `{…}`},
		{"/mailboxes/1/id", "16:28-17:13", `{…}`},
		{"/mailboxes/1/not/known", "16:28-17:13", `{…}`},
		{"/mailboxes/2", "", ""},
		{"/mailboxes/-1", "", ""},
		{"/mailboxes/00", "", ""},
		{"/mailboxes/", "", ""},
		{"/entra", "", ""},
		{"/", "", ""},
		{"version", "", ""},
		{"#/version", "", ""},
		{" /version", "", ""},
		{"/Version", "", ""},
	}
	d, err := snapshot.Read("x.json", strings.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		r, ok := d.Locate(test.pointer)
		if ok != (test.want != "") {
			t.Errorf("%q: located %v", test.pointer, ok)
			continue
		}
		if !ok {
			if r != (snapshot.Region{}) {
				t.Errorf("%q: not there and at %+v", test.pointer, r)
			}
			if value, ok := d.Value(test.pointer); ok {
				t.Errorf("%q: not there and %s", test.pointer, value)
			}
			continue
		}
		if got := fmt.Sprintf("%d:%d-%d:%d", r.StartLine, r.StartColumn, r.EndLine, r.EndColumn); got != test.want {
			t.Errorf("%q: at %s, want %s", test.pointer, got, test.want)
		}
		cut := string(cutRegion(t, text, r))
		open, end, abridged := strings.Cut(test.text, "…")
		if cut != test.text && (!abridged || !strings.HasPrefix(cut, open) || !strings.HasSuffix(cut, end)) {
			t.Errorf("%q: %s stands there, want %s", test.pointer, cut, test.text)
		}
		value, ok := d.Value(test.pointer)
		if kept := test.pointer != "" && !strings.HasPrefix(test.pointer, "/mailboxes"); ok != kept {
			t.Errorf("%q: has a value: %v", test.pointer, ok)
		}
		if ok && !strings.HasSuffix(cut, string(value)) {
			t.Errorf("%q: its value is %s, and %s stands there", test.pointer, value, cut)
		}
	}
}

// A region cut out of the text is the value, for any document, layout and
// pointer.
func TestLocateAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	pointers, mailboxes := 0, 0
	documents := 100
	if testing.Short() {
		documents = 20
	}
	for range documents {
		value := randomDocument(random)
		for _, l := range layouts {
			text := l.layout(value)
			d, err := snapshot.Read("x.json", strings.NewReader(text), nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			eachValue(t, "", jsontext.Value(strings.TrimPrefix(text, "\xEF\xBB\xBF")), func(pointer string, member *string, value jsontext.Value) {
				pointers++
				if strings.HasPrefix(pointer, "/mailboxes/") && strings.Count(pointer, "/") > 2 {
					mailboxes++
					inside, _ := d.Locate(pointer)
					outside, ok := d.Locate(strings.Join(strings.Split(pointer, "/")[:3], "/"))
					if !ok || inside != outside {
						t.Fatalf("%s: inside at %+v, the mailbox at %+v", pointer, inside, outside)
					}
					return
				}
				r, ok := d.Locate(pointer)
				if !ok {
					t.Fatalf("%q was not located in\n%s", pointer, text)
				}
				sameValue(t, pointer, cutRegion(t, text, r), member, value)
			})
		}
	}
	if pointers < 100*documents || mailboxes < 10*documents {
		t.Errorf("saw only %d pointers, %d of them in mailboxes", pointers, mailboxes)
	}
}

// sameValue holds what was cut out to a value and, in an object, its name.
func sameValue(t *testing.T, pointer string, cut jsontext.Value, member *string, value jsontext.Value) {
	t.Helper()
	if member == nil {
		if canonical(t, cut) != canonical(t, value) {
			t.Fatalf("%q: got %s, want %s", pointer, cut, value)
		}
		return
	}
	name, err := jsontext.AppendQuote(nil, *member)
	if err != nil {
		t.Fatal(err)
	}
	want := "{" + string(name) + ":" + canonical(t, value) + "}"
	if got := canonical(t, jsontext.Value("{"+string(cut)+"}")); got != want {
		t.Fatalf("%q: got %s, want %s", pointer, got, want)
	}
}

// eachValue calls visit for a value and all inside it. It relies on the decoder
// alone. member is the name in the surrounding object, nil in an array.
func eachValue(t *testing.T, pointer string, value jsontext.Value, visit func(pointer string, member *string, value jsontext.Value)) {
	t.Helper()
	var walk func(pointer string, member *string, value jsontext.Value)
	walk = func(pointer string, member *string, value jsontext.Value) {
		visit(pointer, member, value)
		if kind := value.Kind(); kind != '{' && kind != '[' {
			return
		}
		d := jsontext.NewDecoder(strings.NewReader(string(value)))
		object := must(d.ReadToken()).Kind() == '{'
		for i := 0; d.PeekKind() != '}' && d.PeekKind() != ']'; i++ {
			token, name := strconv.Itoa(i), (*string)(nil)
			if object {
				token = must(d.ReadToken()).String()
				name = &token
			}
			element := must(d.ReadValue()).Clone()
			walk(pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(token), name, element)
		}
	}
	walk(pointer, nil, value)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// randomDocument is a valid document with anything in the places where the
// schema lets anything stand.
func randomDocument(random *rand.Rand) string {
	var b strings.Builder
	b.WriteString(`{"version":1,"collected_at":"2026-11-01T08:00:00Z","tenant":{"id":"t","x":` + randomValue(random, 3) + `},`)
	b.WriteString(`"collection":{"source":"x","resources":[]},`)
	fmt.Fprintf(&b, `"entra":{"organization":{"x":%s},"domains":[{"x":%s},{}]},`, randomValue(random, 4), randomValue(random, 2))
	fmt.Fprintf(&b, `"okta":{"x":%s},`, randomValue(random, 4))
	b.WriteString(`"evidence":{"sign_ins":[`)
	for i := range random.IntN(4) {
		comma(&b, i)
		fmt.Fprintf(&b, `{"user_principal_name":"é","client_app":"x","interactive":true,"succeeded":1,"failed":2,"x":%s}`, randomValue(random, 2))
	}
	fmt.Fprintf(&b, `],"x":%s},"mailboxes":[`, randomValue(random, 2))
	for i := range random.IntN(4) {
		comma(&b, i)
		fmt.Fprintf(&b, `{"id":"%d","x":%s}`, i, randomValue(random, 3))
	}
	b.WriteString("]}")
	return b.String()
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}

var randomStrings = []string{
	`""`, `"a"`, `"0"`, `"-"`, `"a/b"`, `"m~n"`, `"~1"`, `"\""`, `"\\"`, `"\\\""`, `"\u0061bc"`, `"é"`, `"日本"`, `"🦊"`,
	`"\ud83e\udd8a!"`, `"\n\t\u0000"`, `"{[\"x\",:]}"`, `" "`, `"\u2028"`, `"long enough for more than one word of eight"`,
}

func randomValue(random *rand.Rand, depth int) string {
	switch n := random.IntN(10); {
	case n < 3 && depth > 0:
		var parts []string
		for _, i := range random.Perm(len(randomStrings))[:random.IntN(5)] {
			parts = append(parts, randomStrings[i]+":"+randomValue(random, depth-1))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case n < 6 && depth > 0:
		var parts []string
		for range random.IntN(4) {
			parts = append(parts, randomValue(random, depth-1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case n < 8:
		return randomStrings[random.IntN(len(randomStrings))]
	}
	scalars := []string{"null", "true", "false", "0", "-1", "1.50", "1e300", "12345678901234567890"}
	return scalars[random.IntN(len(scalars))]
}
