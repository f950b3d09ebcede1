package snapshot_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// envelope is the least that a document has, without its closing bracket.
const envelope = `{"version":1,"collected_at":"2026-11-01T08:00:00Z","tenant":{"id":"t"},"collection":{"source":"live","resources":[]}`

func TestReadRefuses(t *testing.T) {
	const bom = "\xEF\xBB\xBF"
	const start = "{\n  \"version\": 1,\n  \"collected_at\": \"2026-11-01T08:00:00Z\",\n" +
		"  \"tenant\": {\"id\": \"t\"},\n  \"collection\": {\"source\": \"live\", \"resources\": []},\n"
	tests := []struct {
		name, text string
		// want is what Error gives, the file's name left out.
		want string
	}{
		{"empty", "", "1:1: the file is empty"},
		{"space only", " \n\t ", "2:3: the file is empty"},
		{"byte order mark only", bom, "1:1: the file is empty"},
		{"UTF-16", "\xFF\xFE{\x00}\x00", "1:1: the file is UTF-16, and JSON must be UTF-8"},
		{"UTF-16, big end first", "\xFE\xFF\x00{\x00}", "1:1: the file is UTF-16, and JSON must be UTF-8"},
		{"UTF-16 without a mark", "{\x00\r\x00", "1:1: the file is UTF-16, and JSON must be UTF-8"},
		{"gzip without the name", "\x1F\x8B\x08\x00", "1:1: the file is compressed with gzip"},
		{"not JSON", "version: 1\n", "1:1: not JSON: invalid character 'v' at start of value"},
		{"not JSON behind a mark", bom + "x", "1:1: not JSON: invalid character 'x' at start of value"},
		{"an array", "\n [1]", "2:2: expected an object, found an array"},
		{"a string", `"x"`, "1:1: expected an object, found a string"},
		{"null", `null`, "1:1: expected an object, found null"},

		{"no version", "\n{" + envelope[len(`{"version":1,`):] + "}", "2:1: /version: required, and not there"},
		{"no tenant", strings.Replace(envelope, `"tenant":{"id":"t"},`, "", 1) + "}", "1:1: /tenant: required, and not there"},
		{"no members", `{}`, "1:1: /version: required, and not there"},
		{"another version", "{\n\t\"version\": 2}", "2:13: /version: version 2 is not known here, only 1 is"},
		{"a version in words", `{"version":"1"}`, "1:12: /version: expected an integer, found a string"},
		{"half a version", `{"version":1.5}`, "1:12: /version: version 1.5 is not known here, only 1 is"},
		{"a long version", `{"version":1` + strings.Repeat("0", 300) + `}`,
			"1:12: /version: version 1" + strings.Repeat("0", 199) + "… is not known here, only 1 is"},

		{"nothing behind the bracket", `{`, "1:2: the file ends in the middle of the document"},
		{"ends in a name", `{"vers`, "1:7: the file ends in the middle of the document"},
		{"ends behind a name", `{"version"`, "1:11: /version: the file ends in the middle of the document"},
		{"ends behind a colon", `{"version": `, "1:13: /version: the file ends in the middle of the document"},
		{"ends in a section", start + "  \"okta\": {\n    \"apps\": [",
			"7:14: /okta/apps: the file ends in the middle of the document"},
		{"ends behind a section", envelope, "1:117: the file ends in the middle of the document"},
		{"ends in the mailboxes", envelope + ",\n\"mailboxes\": [\n{\"id\":\"a\"},\n",
			"4:1: /mailboxes: the file ends in the middle of the document"},
		{"ends in a mailbox", envelope + ",\n\"mailboxes\": [\n{\"id\":\"aé",
			"3:10: /mailboxes/0/id: the file ends in the middle of the document"},
		{"ends behind the mailboxes", envelope + ",\n\"mailboxes\": []\n",
			"3:1: the file ends in the middle of the document"},

		{"text behind the end", envelope + "}\n\nx", "3:1: more text behind the end of the document"},
		{"a second document", envelope + "}\n" + envelope + "}", "2:1: more text behind the end of the document"},
		{"a zero byte behind the end", envelope + "}\x00", "1:118: more text behind the end of the document"},
		{"a bracket behind the end", envelope + "}}", "1:118: more text behind the end of the document"},

		{"a comma too many", envelope + ",}", "1:117: not JSON: invalid character ',' at start of value"},
		{"no comma", envelope + `,"mailboxes":[{"id":"a"} {"id":"b"}]}`,
			"1:142: /mailboxes: not JSON: invalid character '{' after array element (expecting ',' or ']')"},
		{"a name without quotes", `{version: 1}`, "1:2: not JSON: invalid character 'v' at start of value"},
		{"a name that is a number", `{1: 1}`, "1:2: not JSON: object member name must be a string"},
		{"half a literal", `{"version": tru}`, "1:16: /version: not JSON: invalid character '}' in literal true (expecting 'e')"},
		{"a literal at the wrong place", envelope + `,"x":NaN}`, "1:122: /x: not JSON: invalid character 'N' at start of value"},
		{"a control character in a string", envelope + ",\"x\":\"a\nb\"}",
			"1:124: /x: not JSON: invalid character '\\n' in string (expecting non-control character)"},
		{"half a surrogate pair", envelope + `,"x":"\ud800"}`,
			"1:123: /x: not JSON: invalid surrogate pair in string"},
		{"invalid UTF-8", start + "  \"x\": [\"é\", \"\xC3\x28\"]\n}", "6:15: /x/1: not valid UTF-8"},
		{"invalid UTF-8 in a name", envelope + ",\"a\xFF\":1}", "1:120: not valid UTF-8"},
		{"invalid UTF-8 in a mailbox", envelope + ",\"mailboxes\":[{\"id\":\"\xFF\"}]}", "1:138: /mailboxes/0/id: not valid UTF-8"},

		{"a section twice", `{"okta":{},"okta":{}}`, `1:12: /okta: the key "okta" stands here a second time`},
		{"a section twice, once escaped", `{"okta":{},"okt\u0061":{}}`, `1:12: /okta: the key "okta" stands here a second time`},
		{"mailboxes twice", `{"mailboxes":[],"mailboxes":[]}`, `1:17: /mailboxes: the key "mailboxes" stands here a second time`},
		{"a key of a vendor object twice", start + "  \"okta\": {\"organization\": {\n    \"a/b\": 1,\n    \"a/b\": 2}}}",
			`8:5: /okta/organization/a~1b: the key "a/b" stands here a second time`},
		{"a key of a mailbox twice", envelope + `,"mailboxes":[{"id":"a","id":"b"}]}`,
			`1:141: /mailboxes/0/id: the key "id" stands here a second time`},

		{"an array for a section", envelope + ",\r\n\"exchange\":\r\n\t[]}", "3:2: /exchange: expected an object, found an array"},
		{"an array for an object", envelope + `,"exchange":{"transport_config":[]}}`,
			"1:149: /exchange/transport_config: expected an object, found an array"},
		{"an object for an array", envelope + `,"okta":{"apps":{}}}`, "1:133: /okta/apps: expected an array, found an object"},
		{"a text for a flag", envelope + `,"exchange":{"transport_config":{"SmtpClientAuthenticationDisabled":"true"}}}`,
			"1:185: /exchange/transport_config/SmtpClientAuthenticationDisabled: expected a boolean or null, found a string"},
		{"a number in a list of texts", envelope + `,"entra":{"domains":[{"id":"ü","supportedServices":["x", 5]}]}}`,
			"1:174: /entra/domains/0/supportedServices/1: expected a string, found a number"},
		{"null for a resource", envelope + `,"sharepoint":null}`, "1:131: /sharepoint: expected an object, found null"},
		{"an object for the mailboxes", envelope + `,"mailboxes":{}}`, "1:130: /mailboxes: expected an array, found an object"},
		{"a text for a mailbox", envelope + `,"mailboxes":[{"id":"a"},"b"]}`, "1:142: /mailboxes/1: expected an object, found a string"},
		{"a mailbox without id", envelope + ",\"mailboxes\":[{\"id\":\"a\"},\n  {}]}", "2:3: /mailboxes/1/id: required, and not there"},
		{"a row without a user", envelope + `,"evidence":{"okta_requests":[{"user_agent":"x","succeeded":1,"failed":0}]}}`,
			"1:147: /evidence/okta_requests/0/user_name: required, and not there"},
		{"a keyed map", envelope + `,"okta":{"app_keys":{"a/b":[{"kid":1}]}}}`,
			"1:152: /okta/app_keys/a~1b/0/kid: expected a string or null, found a number"},
		{"a count with a point", envelope + `,"entra":{"group_member_counts":{"g":1.0}}}`,
			"1:154: /entra/group_member_counts/g: expected an integer in plain digits, found 1.0"},
		{"a count without end", envelope + `,"entra":{"group_member_counts":{"g":10000000000000000000}}}`,
			"1:154: /entra/group_member_counts/g: expected an integer in plain digits, found 10000000000000000000"},
		{"a number beyond all others", envelope + `,"sharepoint":{"settings":{"siteCreationDefaultStorageLimitInMB":-1e400}}}`,
			"1:182: /sharepoint/settings/siteCreationDefaultStorageLimitInMB: a number that is too large: -1e400"},
		{"a status that is none", `{"collection":{"source":"x","resources":[{"name":"n","endpoint":"","permission":"","paths":[],"status":"ok"}]}}`,
			"1:104: /collection/resources/0/status: expected one of collected, partial, denied, failed, unlicensed, skipped, found \"ok\""},
		{"a local time", strings.Replace(envelope, "08:00:00Z", "08:00:00+01:00", 1) + "}",
			"1:29: /collected_at: expected an instant in UTC such as 2026-11-01T08:00:00Z, found \"2026-11-01T08:00:00+01:00\""},
		{"a day that is none", strings.Replace(envelope, "2026-11-01", "2026-02-29", 1) + "}",
			"1:29: /collected_at: expected an instant in UTC such as 2026-11-01T08:00:00Z, found \"2026-02-29T08:00:00Z\""},

		{"200 levels", envelope + ",\n\"x\":" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}",
			"2:68: /x" + strings.Repeat("/0", 63) + ": nested deeper than 64 levels"},
		{"200 levels of objects", envelope + ",\n\"x\":" + strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200) + "}",
			"2:320: /x" + strings.Repeat("/a", 63) + ": nested deeper than 64 levels"},
		{"200 levels in a mailbox", envelope + ",\"mailboxes\":[\n{\"id\":\"a\",\"x\":" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}]}",
			"2:76: /mailboxes/0/x" + strings.Repeat("/0", 61) + ": nested deeper than 64 levels"},
		{"20,000 levels", envelope + `,"x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}",
			"1:10121: /x" + strings.Repeat("/0", 99) + "…: nested deeper than 64 levels"},
		{"a million characters", envelope + ",\n\"x\": \"" + strings.Repeat("x", 1_000_000) + "\"}",
			"2:6: /x: a string of 1000002 bytes, and at most 262144 are read"},
		{"a million characters in a mailbox", envelope + ",\"mailboxes\":[{\"id\":\"a\",\n\"display_name\":\"" + strings.Repeat("x", 1_000_000) + "\"}]}",
			"2:16: /mailboxes/0/display_name: a string of 1000002 bytes, and at most 262144 are read"},
		{"a million characters in a name", envelope + `,"x":{"` + strings.Repeat("x", 1_000_000) + `":1}}`,
			"1:123: /x: a string of 1000002 bytes, and at most 262144 are read"},
		{"a million characters in a section's name", envelope + `,"` + strings.Repeat("x", 1_000_000) + `":1}`,
			"1:118: longer than 262144 bytes"},
		{"a mailbox without end", envelope + ",\n\"mailboxes\":[{\"id\":\"a\",\"x\":[" + strings.Repeat(`"0123456789",`, 500_000) + "1]}]}",
			"2:14: /mailboxes/0: longer than 4194304 bytes"},
		{"space without end", envelope + ",\"mailboxes\":[{\"id\":\"a\"},\n" + strings.Repeat(" ", 5<<20) + "]}",
			"1:141: /mailboxes: longer than 4194304 bytes"},

		{"a hostile name", envelope + ",\"okta\":{\"apps\":[{\"id\":\"a\",\"\u202eevil\\u001b[2J\":1,\"settings\":5}],\"\x7f\\n\":{},\"zones\":0}}",
			"1:174: /okta/apps/0/settings: expected an object or null, found a number"},
		{"a hostile name at fault", envelope + ",\"okta\":{\"app_keys\":{\"\u202e\\u001b[2J\\n\":5}}}",
			"1:153: /okta/app_keys/\\u202e\\u001b[2J\\u000a: expected an array, found a number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := snapshot.Read("snap.json", strings.NewReader(test.text), nil)
			if d != nil {
				t.Error("gave a document beside the error")
			}
			e := wantError(t, err)
			if got := e.Error(); got != "snap.json:"+test.want {
				t.Errorf("got  %s\nwant snap.json:%s", got, test.want)
			}
			if e.Hint == "" {
				t.Error("no hint")
			}
			// However the bytes come, the answer is the same.
			_, slow := snapshot.Read("snap.json", iotest.OneByteReader(strings.NewReader(test.text)), nil)
			if slow == nil || slow.Error() != err.Error() {
				t.Errorf("byte by byte: %v", slow)
			}
			if _, streamed := snapshot.Stream("snap.json", strings.NewReader(test.text), nil); streamed == nil || streamed.Error() != err.Error() {
				t.Errorf("rows handed over: %v", streamed)
			}
		})
	}
}

func wantError(t *testing.T, err error) *snapshot.Error {
	t.Helper()
	e := (*snapshot.Error)(nil)
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	return e
}

func TestReadFileRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	packed := gzipped(t, envelope+"}")
	long := gzipped(t, envelope+",\n\"x\":\""+strings.Repeat("0123456789", 10_000)+"\"}")
	damaged := []byte(packed)
	damaged[len(damaged)-5] ^= 1 // in the checksum
	tests := []struct {
		name, path, want string
		is               error
	}{
		{"missing", filepath.Join(dir, "missing.json"), ": no such file", fs.ErrNotExist},
		{"missing, packed", filepath.Join(dir, "missing.json.gz"), ": no such file", fs.ErrNotExist},
		{"directory", dir, ": this is a directory", nil},
		{"wrong type", file("wrong.json", "[]"), ":1:1: expected an object, found an array", nil},
		{"plain text named gz", file("plain.json.gz", envelope+"}"), ":1:1: not compressed with gzip, as its name says", gzip.ErrHeader},
		{"empty file named gz", file("empty.json.gz", ""), ":1:1: not compressed with gzip, as its name says", io.EOF},
		{"gzip cut off in the header", file("head.json.gz", packed[:5]), ":1:1: the gzip stream is cut off or damaged", io.ErrUnexpectedEOF},
		{"gzip cut off before its end", file("tail.json.gz", packed[:len(packed)-4]), ":1:118: the gzip stream is cut off or damaged", io.ErrUnexpectedEOF},
		{"gzip cut off at once", file("start.json.gz", packed[:12]), ":1:1: the gzip stream is cut off or damaged", io.ErrUnexpectedEOF},
		{"gzip with a wrong checksum", file("sum.json.gz", string(damaged)), ":1:118: the gzip stream is cut off or damaged", gzip.ErrChecksum},
		{"text behind the gzip", file("behind.json.gz", packed+"more"), ":1:118: the gzip stream is cut off or damaged", nil},
		{"gzip in gzip", file("twice.json.gz", gzipped(t, packed)), ":1:1: the file is compressed with gzip", nil},
		{"gzip named json", file("packed.json", packed), ":1:1: the file is compressed with gzip", nil},
		{"bad JSON inside", file("bad.json.gz", gzipped(t, "{\n\"version\": 3}")), ":2:12: /version: version 3 is not known here, only 1 is", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := snapshot.ReadFile(test.path, nil)
			if d != nil {
				t.Error("gave a document beside the error")
			}
			e := wantError(t, err)
			if got := e.Error(); got != test.path+test.want {
				t.Errorf("got  %s\nwant %s%s", got, test.path, test.want)
			}
			if e.Hint == "" {
				t.Error("no hint")
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
		})
	}
	t.Run("gzip cut off in the middle", func(t *testing.T) {
		_, err := snapshot.ReadFile(file("half.json.gz", long[:len(long)/2]), nil)
		e := wantError(t, err)
		if e.Line != 2 || e.Column < 5 || e.Problem != "the gzip stream is cut off or damaged" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("not allowed", func(t *testing.T) {
		if runtime.GOOS == "windows" || os.Geteuid() == 0 {
			t.Skip("permissions do not bind here")
		}
		path := file("closed.json", "{}")
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		_, err := snapshot.ReadFile(path, nil)
		if e := wantError(t, err); e.Problem != "not allowed to read it" || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("got %v", err)
		}
	})
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A reader that breaks down is told from a file that ends too early.
func TestReadTellsABrokenReader(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, text := range []string{"", "{", envelope, envelope + "}", envelope + "}\n"} {
		_, err := snapshot.Read("snap.json", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), nil)
		e := wantError(t, err)
		if !errors.Is(err, broken) || !strings.HasSuffix(err.Error(), "cannot be read further: the disk is gone") {
			t.Errorf("behind %q: %v", text, err)
		}
		if e.Line < 1 || e.Column < 1 {
			t.Errorf("behind %q: at %d:%d", text, e.Line, e.Column)
		}
	}
}

// The first fault is the one that is told, even if visit has seen mailboxes by
// then.
func TestReadTellsTheFirstFault(t *testing.T) {
	text := envelope + ",\"mailboxes\":[\n{\"id\":\"a\"},\n{\"id\":2},\n{\"id\":3}],\"okta\":[]}"
	var seen []int
	_, err := snapshot.Read("snap.json", strings.NewReader(text), func(r *snapshot.Record) error {
		seen = append(seen, r.Index)
		return nil
	})
	if want := "snap.json:3:7: /mailboxes/1/id: expected a string, found a number"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if len(seen) != 1 {
		t.Errorf("visited %v, want the one before the fault", seen)
	}
}
