package snapshot_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// seeds are documents to start from: good, laid out in many ways, cut off, and
// those of the imaginary tenants.
func seeds(f *testing.F) []string {
	f.Helper()
	return documents(f)
}

func documents(f testing.TB) []string {
	f.Helper()
	list := []string{"", "{}", "[]", "null", envelope, envelope + "}", envelope + "}}", small, full, sorted, "\xEF\xBB\xBF{", "\xFF\xFE{"}
	for _, l := range layouts {
		list = append(list, l.layout(small))
	}
	for i := 0; i < len(small); i += 97 {
		list = append(list, small[:i], small[:i]+"\xFF"+small[i:], small[:i]+`"`+small[i:])
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 10 {
		list = append(list, randomDocument(random))
	}
	paths, err := filepath.Glob("../../testdata/tenants/*/snapshot.json")
	if err != nil || len(paths) < 5 {
		f.Fatalf("%d tenants: %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, string(text))
	}
	return list
}

// FuzzRead: any bytes give either a document or an *Error that points into the
// file; and a document that can be written is stable from then on.
func FuzzRead(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		visited := 0
		d, err := snapshot.Read("fuzz.json", bytes.NewReader(text), func(r *snapshot.Record) error {
			if r.Index != visited {
				t.Errorf("mailbox %d came as number %d", r.Index, visited)
			}
			visited++
			if _, err := snapshot.DecodeMailbox(r.Value); err != nil {
				t.Errorf("a valid mailbox cannot be decoded: %v", err)
			}
			return nil
		})
		if err != nil {
			if d != nil {
				t.Error("a document beside an error")
			}
			pointsInto(t, text, wantError(t, err))
			return
		}
		// A reader that looks for names that stand twice by itself takes it too.
		if !jsontext.Value(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))).IsValid() {
			t.Error("a document was read that is not strict JSON")
		}
		if n, _ := d.Mailboxes(); n != visited {
			t.Errorf("%d mailboxes, %d visited", n, visited)
		}
		if _, err := d.Snapshot(); err != nil {
			t.Errorf("a valid document cannot be decoded: %v", err)
		}
		var once, twice bytes.Buffer
		if err := snapshot.Rewrite(&once, "fuzz.json", bytes.NewReader(text)); err != nil {
			return // mailboxes in disorder
		}
		if err := snapshot.Rewrite(&twice, "once.json", bytes.NewReader(once.Bytes())); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once.Bytes())
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("written twice, it differs:\n%s\n%s", once.Bytes(), twice.Bytes())
		}
	})
}

// pointsInto makes sure that an error has its place in the text, or right behind
// it, and that it is fit for a terminal.
func pointsInto(t *testing.T, text []byte, e *snapshot.Error) {
	t.Helper()
	lines := bytes.Split(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), []byte("\n"))
	if e.Line < 1 || e.Line > len(lines) {
		t.Fatalf("%v: there are %d lines", e, len(lines))
	}
	// In broken UTF-8 any byte but a continuation counts.
	columns := 1
	for _, b := range lines[e.Line-1] {
		if b&0xC0 != 0x80 {
			columns++
		}
	}
	if e.Column < 1 || e.Column > columns {
		t.Fatalf("%v: the line has %d columns", e, columns)
	}
	if e.File != "fuzz.json" || e.Problem == "" || e.Hint == "" {
		t.Errorf("%v: file %q, hint %q", e, e.File, e.Hint)
	}
	if message := e.Error(); !utf8.ValidString(message) || strings.ContainsAny(message, "\n\r\t\x1b\u202e") || len(message) > 1000 {
		t.Errorf("the message is not fit to be shown: %q", message)
	}
}

// FuzzLocate: whatever the pointer, the region is that of the value that it
// names in the document as another reader sees it.
func FuzzLocate(f *testing.F) {
	pointers := []string{
		"", "/", "/version", "/mailboxes/1", "/exchange/transport_config/Unknown/1", "/evidence/sign_ins/0/failed",
		"/a~1b/~0/-", "/collection/resources/00",
	}
	for i, text := range seeds(f) {
		f.Add([]byte(text), pointers[i%len(pointers)])
	}
	f.Fuzz(func(t *testing.T, text []byte, pointer string) {
		d, err := snapshot.Read("fuzz.json", bytes.NewReader(text), nil)
		if err != nil {
			return
		}
		l := located{t: t, document: d, text: string(text), values: map[string]member{}}
		var all []string
		eachValue(t, "", jsontext.Value(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))), func(pointer string, name *string, value jsontext.Value) {
			all = append(all, pointer)
			l.values[pointer] = member{name, value}
		})
		// The pointer at hand, one that is there, and one that hardly is.
		l.check(pointer)
		l.check(all[len(pointer)%len(all)])
		l.check(all[len(all)-1] + pointer)
	})
}

// located holds Locate to the values of a document, by their pointers.
type located struct {
	t        *testing.T
	document *snapshot.Document
	text     string
	values   map[string]member
}

type member struct {
	name  *string // nil for an array's element
	value jsontext.Value
}

func (l *located) check(pointer string) {
	l.t.Helper()
	if tokens := strings.Split(pointer, "/"); len(tokens) > 3 && tokens[1] == "mailboxes" {
		pointer = strings.Join(tokens[:3], "/") // what follows is not looked at
	}
	want, there := l.values[pointer]
	region, ok := l.document.Locate(pointer)
	if ok != there {
		l.t.Fatalf("%q: located %v, there %v", pointer, ok, there)
	}
	if ok {
		sameValue(l.t, pointer, cutRegion(l.t, l.text, region), want.name, want.value)
	}
}
