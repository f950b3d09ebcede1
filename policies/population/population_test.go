package population_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// drop and instant are the two marks.
var (
	drop    = &population.Marks{Drop: true}
	instant = &population.Marks{Instant: true}
)

// marks are those of a mailbox, in small.
func marks() *population.Marks {
	return &population.Marks{Fields: map[string]*population.Marks{
		"id": drop, "user_principal_name": drop, "display_name": drop, "addresses": drop, "declared": drop,
		"tally": {Count: true},
		"entra": {Fields: map[string]*population.Marks{"createdDateTime": instant, "signInSessionsValidFromDateTime": instant}},
	}}
}

var moments = []string{"2026-11-01T00:00:00Z", "2026-08-03T00:00:00Z", "2026-11-01T00:00:00Z"}

func TestFilterText(t *testing.T) {
	list := &population.Marks{Fields: map[string]*population.Marks{
		"rows": {Elements: &population.Marks{Fields: map[string]*population.Marks{"name": drop}}},
		"gone": {Elements: drop},
	}}
	only := &population.Marks{
		Fields: map[string]*population.Marks{"a": nil, "b": {Fields: map[string]*population.Marks{"c": nil}, Others: drop}},
		Others: drop,
	}
	tests := []struct {
		name         string
		marks        *population.Marks
		record, want string
	}{
		{"nothing marked", nil, ` {"a" : [1, 2]} `, `{"a" : [1, 2]}`},
		{"first", marks(), `{"id":"1","domain":"d"}`, `{"domain":"d"}`},
		{"last", marks(), `{"domain":"d","id":"1"}`, `{"domain":"d"}`},
		{"all", marks(), `{"id":"1","addresses":["a,b","]}"]}`, `{}`},
		{"between", marks(), `{"a":1,"id":"1","b":2,"display_name":null,"c":{"id":"kept"}}`, `{"a":1,"b":2,"c":{"id":"kept"}}`},
		{"with space", marks(), "{ \"id\" : \"1\" ,\n \"domain\" : \"d\" , \"x\":[ ] }", `{"domain" : "d" , "x":[ ]}`},
		{"a name with escapes", marks(), `{"\u0069d":"1","domain":"d"}`, `{"domain":"d"}`},
		{"a text with quotes", marks(), `{"id":"\\\"}","domain":"\"id\":\\"}`, `{"domain":"\"id\":\\"}`},
		{"instants stay", marks(), `{"entra":{"createdDateTime":"2026-01-01T00:00:00Z","x":null}}`,
			`{"entra":{"createdDateTime":"2026-01-01T00:00:00Z","x":null}}`},
		{"another kind where fields are marked", marks(), `{"entra":null,"id":{"a":[]}}`, `{"entra":null}`},
		{"elements", list, `{"rows":[{"name":"n","v":1},{"v":2},3],"gone":[1,2]}`, `{"rows":[{"v":1},{"v":2},3],"gone":[]}`},
		{"nothing but what is named", only, `{"x":1,"a":[{"c":1}],"b":{"c":{"d":1},"e":2},"y":{}}`, `{"a":[{"c":1}],"b":{"c":{"d":1}}}`},
		{"an empty object", marks(), `{}`, `{}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := population.NewFilter(tt.marks, nil).AppendText([]byte("kept:"), []byte(tt.record))
			if !ok {
				t.Fatal("the record was refused")
			}
			if diff := cmp.Diff("kept:"+tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFilterKey says which records look alike.
func TestFilterKey(t *testing.T) {
	created := func(text string) string { return `{"id":"x","entra":{"createdDateTime":` + text + `}}` }
	tests := []struct {
		name, a, b string
		alike      bool
	}{
		{"another person", `{"id":"1","domain":"d"}`, `{"id":"2","display_name":"Zoë","domain":"d"}`, true},
		{"another setting", `{"id":"1","domain":"d"}`, `{"id":"1","domain":"e"}`, false},
		{"absent and null", `{"id":"1","x":null}`, `{"id":"1"}`, false},
		{"a text and a number", `{"id":"1","x":"1"}`, `{"id":"1","x":1}`, false},
		{"both before all moments", created(`"2020-01-01T00:00:00Z"`), created(`"2026-08-02T23:59:59Z"`), true},
		{"before a moment and at it", created(`"2026-08-02T23:59:59Z"`), created(`"2026-08-03T00:00:00Z"`), false},
		{"at a moment and behind it", created(`"2026-08-03T00:00:00Z"`), created(`"2026-08-03T00:00:01Z"`), false},
		{"both between two moments", created(`"2026-08-03T00:00:01Z"`), created(`"2026-10-31T23:59:59Z"`), true},
		{"before and at the last", created(`"2026-10-31T23:59:59Z"`), created(`"2026-11-01T00:00:00Z"`), false},
		{"at the last and behind it", created(`"2026-11-01T00:00:00Z"`), created(`"9999-12-31T23:59:59Z"`), false},
		{"both behind all", created(`"2026-11-01T00:00:01Z"`), created(`"9999-12-31T23:59:59Z"`), true},
		{"the same twice", created(`"2026-11-01T00:00:00Z"`), created(`"2026-11-01T00:00:00Z"`), true},
		{"an instant and null", created(`"2020-01-01T00:00:00Z"`), created(`null`), false},
		{"what is no instant counts as a text", created(`"a"`), created(`"b"`), true},
		{"not that instant's field", `{"id":"1","createdDateTime":"2020-01-01T00:00:00Z"}`, `{"id":"1","createdDateTime":"2020-01-02T00:00:00Z"}`, false},
	}
	filter := population.NewFilter(marks(), moments)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, okA := filter.AppendKey(nil, []byte(tt.a))
			b, okB := filter.AppendKey(nil, []byte(tt.b))
			if !okA || !okB {
				t.Fatal("a record was refused")
			}
			if got := bytes.Equal(a, b); got != tt.alike {
				t.Errorf("alike is %v, want %v:\n%q\n%q", got, tt.alike, a, b)
			}
		})
	}
}

// document is a snapshot with mailboxes as given, one a line.
func document(mailboxes ...string) string {
	return `{"version":1,"collected_at":"2026-11-01T08:00:00Z","tenant":{"id":"t"},"collection":{"source":"test","resources":[]},
"mailboxes":[
` + strings.Join(mailboxes, ",\n") + `
]}`
}

// reduced reads a document into classes.
func reduced(t testing.TB, source population.Source, options population.Options) *population.Classes {
	t.Helper()
	r := population.NewReducer(options)
	_, readErr := source.Read(func(record *snapshot.Record) error {
		r.Add(record)
		return nil
	})
	classes, err := r.Finish()
	if err := errors.Join(readErr, err); err != nil {
		t.Fatal(err)
	}
	return classes
}

// inMemory is a source that is read from its start each time.
func inMemory(text string) population.Source {
	return population.Source{Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Read("test.json", strings.NewReader(text), visit)
	}}
}

// sought is a source of which any part can be had.
func sought(text string) population.Source {
	source := inMemory(text)
	source.Text = strings.NewReader(text)
	return source
}

// members lists the members of each class.
func members(c *population.Classes) [][]int {
	list := make([][]int, c.Len())
	for i := range c.Members() {
		list[c.Of(i)] = append(list[c.Of(i)], i)
	}
	return list
}

// texts lists the text of each class.
func texts(t testing.TB, c *population.Classes, source population.Source) []string {
	t.Helper()
	var list []string
	err := c.Texts(source, func(class int, text []byte) error {
		if class != len(list) {
			t.Errorf("class %d came in the place of %d", class, len(list))
		}
		list = append(list, string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func fiveMailboxes() string {
	return document(
		`{"id":"0","domain":"a"}`, `{"id":"1","domain":"b"}`, `{"id":"2","domain":"a"}`,
		`{"id":"3","domain":"c"}`, `{"id":"4","domain":"b"}`,
	)
}

func TestReduce(t *testing.T) {
	classes := reduced(t, inMemory(fiveMailboxes()), population.Options{Marks: marks(), Moments: moments})
	if diff := cmp.Diff([][]int{{0, 2}, {1, 4}, {3}}, members(classes)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	for class, list := range members(classes) {
		if classes.First(class) != list[0] || classes.Count(class) != len(list) {
			t.Errorf("class %d: first %d, count %d, want %v", class, classes.First(class), classes.Count(class), list)
		}
	}
	want := []string{`{"domain":"a"}`, `{"domain":"b"}`, `{"domain":"c"}`}
	if diff := cmp.Diff(want, texts(t, classes, population.Source{})); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestReduceNobody(t *testing.T) {
	classes := reduced(t, inMemory(document()), population.Options{Marks: marks()})
	if classes.Len() != 0 || classes.Members() != 0 || len(texts(t, classes, population.Source{})) != 0 {
		t.Errorf("%d classes of %d members", classes.Len(), classes.Members())
	}
}

// TestReduceKeepsWhatNotesTellApart: what the configuration says of a person is
// part of what is judged, or only keeps the person apart.
func TestReduceKeepsWhatNotesTellApart(t *testing.T) {
	source := sought(document(
		`{"id":"0","user_principal_name":"zero@a","domain":"a"}`, `{"id":"1","domain":"a"}`, `{"id":"2"}`,
		`{"id":"3","domain":"a"}`, `{"id":"4","declared":["liar"],"domain":"a"}`,
	))
	about := func(who population.Identity) population.Note {
		switch {
		case who.UserPrincipalName == "zero@a", who.ID == "2":
			return population.Note{Fields: `"declared":["break_glass"]`}
		case who.ID == "3":
			return population.Note{Apart: "3"}
		}
		return population.Note{}
	}
	for _, bound := range []int{0, 1} {
		t.Run(fmt.Sprint("bound=", bound), func(t *testing.T) {
			classes := reduced(t, source, population.Options{Marks: marks(), About: about, MaxClasses: bound})
			want := []string{
				`{"domain":"a","declared":["break_glass"]}`, `{"domain":"a"}`, `{"declared":["break_glass"]}`, `{"domain":"a"}`,
			}
			wantMembers := [][]int{{0}, {1, 4}, {2}, {3}}
			if bound == 1 {
				want, wantMembers = append(want, `{"domain":"a"}`), [][]int{{0}, {1}, {2}, {3}, {4}}
			}
			if diff := cmp.Diff(want, texts(t, classes, source)); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wantMembers, members(classes)); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
			if got := classes.Note(3).Apart; got != "3" {
				t.Errorf("class 3 has the note %q", got)
			}
		})
	}
}

// TestReduceWithinBounds: behind the bounds each mailbox is a class of its own, and
// what is judged of it is read again.
func TestReduceWithinBounds(t *testing.T) {
	tests := []struct {
		name    string
		options population.Options
		members [][]int
		kept    int
	}{
		{"classes", population.Options{MaxClasses: 2}, [][]int{{0, 2}, {1, 4}, {3}}, 2},
		{"fewer classes", population.Options{MaxClasses: 1}, [][]int{{0, 2}, {1}, {3}, {4}}, 1},
		{"bytes", population.Options{MaxBytes: 20}, [][]int{{0, 2}, {1}, {3}, {4}}, 1},
	}
	for _, tt := range tests {
		for name, source := range map[string]population.Source{"again": inMemory(fiveMailboxes()), "sought": sought(fiveMailboxes())} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				tt.options.Marks = marks()
				classes := reduced(t, source, tt.options)
				if diff := cmp.Diff(tt.members, members(classes)); diff != "" {
					t.Errorf("members (-want +got):\n%s", diff)
				}
				if classes.Kept() != tt.kept {
					t.Errorf("%d classes are kept, want %d", classes.Kept(), tt.kept)
				}
				domains := []string{"a", "b", "a", "c", "b"}
				var want []string
				for _, list := range tt.members {
					want = append(want, `{"domain":"`+domains[list[0]]+`"}`)
				}
				if diff := cmp.Diff(want, texts(t, classes, source)); diff != "" {
					t.Errorf("texts (-want +got):\n%s", diff)
				}
				last := classes.Len() - 1
				text, err := classes.Text(source, last)
				if err != nil || string(text) != want[last] {
					t.Errorf("the last text is %q, %v", text, err)
				}
			})
		}
	}
}

// TestRecords reads chosen records again, in every way that a file is stored.
func TestRecords(t *testing.T) {
	var boxes []string
	for i := range 3000 {
		boxes = append(boxes, fmt.Sprintf(`{"id":"%d", "display_name":"Zoë %d","padding":"%s"}`, i, i, strings.Repeat("]}\\\"", i%50)))
	}
	boxes[1500] = `{"id":"1500","padding":"` + strings.Repeat("x", 200<<10) + `"}`
	text := document(boxes...)
	gap := strings.Replace(text, boxes[2000]+",\n", boxes[2000]+strings.Repeat(" \n", 200_000)+",\n", 1)
	folder := t.TempDir()
	file := func(name string, content []byte) population.Source {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := snapshot.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return population.Source{Read: f.Read, Text: f}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(text))
	z.Close()
	sources := map[string]population.Source{
		"read again":      inMemory(text),
		"a file":          file("a.json", []byte(text)),
		"with a mark":     file("b.json", append([]byte("\xEF\xBB\xBF"), text...)),
		"compressed":      file("c.json.gz", zipped.Bytes()),
		"with a long gap": file("d.json", []byte(gap)),
		"again, and gap":  inMemory(gap),
	}
	wanted := []uint32{0, 1, 2, 700, 1499, 1500, 1501, 2000, 2001, 2998, 2999}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			classes := reduced(t, source, population.Options{Marks: marks()})
			var got []uint32
			err := classes.Records(source, slices.Values(wanted), func(i int, record []byte) error {
				got = append(got, uint32(i))
				if string(record) != boxes[i] {
					t.Errorf("mailbox %d is %.100q, want %.100q", i, record, boxes[i])
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			stop := errors.New("stop")
			seen := 0
			err = classes.Records(source, slices.Values(wanted), func(int, []byte) error {
				seen++
				return stop
			})
			if err != stop || seen != 1 {
				t.Errorf("%d records and %v, want 1 and the error of the visit", seen, err)
			}
			if err := classes.Records(source, slices.Values([]uint32(nil)), nil); err != nil {
				t.Errorf("nobody was asked for: %v", err)
			}
		})
	}
}

// TestRecordsOfAChangedDocument: whoever writes into the file meanwhile must not
// make us name the wrong people.
func TestRecordsOfAChangedDocument(t *testing.T) {
	text := fiveMailboxes()
	classes := reduced(t, inMemory(text), population.Options{Marks: marks()})
	tests := map[string]population.Source{
		"shorter":            {Text: strings.NewReader(text[:len(text)-60])},
		"shifted":            {Text: strings.NewReader(" " + text)},
		"overwritten":        {Text: strings.NewReader(strings.ReplaceAll(text, `"id"`, `'id"`))},
		"cut off":            {Text: strings.NewReader(strings.ReplaceAll(text, `}`, ` `))},
		"unreadable":         {Text: failing{}},
		"fewer on reading":   inMemory(document(`{"id":"0","domain":"a"}`)),
		"shifted on reading": inMemory(strings.Replace(text, "mailboxes", " mailboxes", 1)),
	}
	tests["shifted on reading"] = inMemory(" " + text)
	for name, source := range tests {
		t.Run(name, func(t *testing.T) {
			seen := 0
			err := classes.Records(source, slices.Values([]uint32{3, 4}), func(i int, record []byte) error {
				if _, ok := population.Identify(record); !ok {
					return errors.New("no record")
				}
				seen++
				return nil
			})
			if err == nil {
				t.Errorf("no error after %d records", seen)
			}
		})
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestIdentify(t *testing.T) {
	tests := []struct {
		name, record string
		want         population.Identity
		ok           bool
	}{
		{"all", `{"id":"1","user_principal_name":"a@b","display_name":"A","x":1}`, population.Identity{ID: "1", UserPrincipalName: "a@b", DisplayName: "A"}, true},
		{"in another order", `{"x":{"id":"no"},"display_name":"A","id":"1"}`, population.Identity{ID: "1", DisplayName: "A"}, true},
		{"with escapes", `{"\u0069d":"\u0031","display_name":"\"Zoë\"\n"}`, population.Identity{ID: "1", DisplayName: "\"Zoë\"\n"}, true},
		{"of another kind", `{"id":"1","display_name":null}`, population.Identity{ID: "1"}, true},
		{"nobody", `{"display_name":"A"}`, population.Identity{DisplayName: "A"}, false},
		{"no object", `["id"]`, population.Identity{}, false},
		{"nothing", ``, population.Identity{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := population.Identify([]byte(tt.record))
			if ok != tt.ok {
				t.Errorf("ok is %v", ok)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHas(t *testing.T) {
	record := []byte(`{"a":{"b":null,"c":[1],"\u0064":1},"e":"f"}`)
	for path, want := range map[string]bool{
		"a": true, "a.b": true, "a.c": true, "a.d": true, "e": true,
		"b": false, "a.x": false, "a.b.c": false, "a.c.0": false, "e.f": false,
	} {
		if got := population.Has(record, strings.Split(path, ".")...); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}
