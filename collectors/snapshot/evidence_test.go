package snapshot_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// evidenceFaults are what may be wrong with evidence, which is read piece by piece.
var evidenceFaults = []struct{ name, text, want string }{
	{"a text for evidence", envelope + `,"evidence":"x"}`, "1:129: /evidence: expected an object, found a string"},
	{"an object for rows", envelope + `,"evidence":{"sign_ins":{}}}`, "1:141: /evidence/sign_ins: expected an array, found an object"},
	{"a text for a row", envelope + `,"evidence":{"sign_ins":["a"]}}`, "1:142: /evidence/sign_ins/0: expected an object, found a string"},
	{"a list twice", envelope + `,"evidence":{"sign_ins":[],"sign_ins":[]}}`, `1:144: /evidence/sign_ins: the key "sign_ins" stands here a second time`},
	{"a name twice, once escaped", envelope + `,"evidence":{"x":1,"\u0078":[]}}`, `1:136: /evidence/x: the key "x" stands here a second time`},
	{"a window without end", envelope + `,"evidence":{"window":{"since":"2026-11-01T08:00:00Z"}}}`, "1:139: /evidence/window/until: required, and not there"},
	{"the end in a row", envelope + `,"evidence":{"sign_ins":[{"client_app":"PO`, "1:159: /evidence/sign_ins/0/client_app: the file ends in the middle of the document"},
	{"the end among rows", envelope + `,"evidence":{"okta_requests":[`, "1:147: /evidence/okta_requests: the file ends in the middle of the document"},
	{"the end in evidence", envelope + `,"evidence":{`, "1:130: /evidence: the file ends in the middle of the document"},
	{"a key of a row twice", envelope + `,"evidence":{"sign_ins":[{"x":1,"x":2}]}}`, `1:149: /evidence/sign_ins/0/x: the key "x" stands here a second time`},
	{"a row without end", envelope + ",\"evidence\":{\n\"sign_ins\":[{\"x\":[" + strings.Repeat(`"0123456789",`, 500_000) + "1]}]}}",
		"2:13: /evidence/sign_ins/0: longer than 4194304 bytes"},
	{"a long name", envelope + `,"evidence":{"` + strings.Repeat("x", 1_000_000) + `":1}}`, "1:130: /evidence: longer than 262144 bytes"},
	{"200 levels in a row", envelope + ",\"evidence\":{\"sign_ins\":[\n{\"x\":" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}]}}",
		"2:66: /evidence/sign_ins/0/x" + strings.Repeat("/0", 60) + ": nested deeper than 64 levels"},
	{"200 levels beside the rows", envelope + ",\"evidence\":{\"x\":" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}}",
		"1:196: /evidence/x" + strings.Repeat("/0", 62) + ": nested deeper than 64 levels"},
	{"no JSON among rows", envelope + `,"evidence":{"sign_ins":[,]}}`, "1:142: /evidence/sign_ins: not JSON: invalid character ',' at start of value"},
}

func TestFaultsInEvidence(t *testing.T) {
	for _, test := range evidenceFaults {
		t.Run(test.name, func(t *testing.T) {
			for name, read := range readers() {
				_, err := read("snap.json", strings.NewReader(test.text), nil)
				if e := wantError(t, err); e.Error() != "snap.json:"+test.want || e.Hint == "" {
					t.Errorf("%s: got  %v\nwant snap.json:%s", name, e, test.want)
				}
			}
		})
	}
}

// TestStreamLikeRead holds Stream to Read: the same faults, the same places, and of
// the rows the same texts, which the one keeps and the other hands over.
func TestStreamLikeRead(t *testing.T) {
	texts := documents(t)
	read, rows := 0, 0
	for _, text := range texts {
		var mailboxes, streamed []string
		note := func(r *snapshot.Record) string { return fmt.Sprint(r.List, r.Index, r.Region, string(r.Value)) }
		want, failed := snapshot.Read("x.json", strings.NewReader(text), func(r *snapshot.Record) error {
			if mailboxes = append(mailboxes, note(r)); r.List != "" {
				t.Errorf("Read handed over a row of %s", r.List)
			}
			return nil
		})
		got, err := snapshot.Stream("x.json", strings.NewReader(text), func(r *snapshot.Record) error {
			if r.List == "" {
				streamed = append(streamed, note(r))
			}
			if there := text[r.Offset : r.Offset+int64(len(r.Value))]; there != string(r.Value) {
				t.Errorf("at %d stands %s, not %s", r.Offset, there, r.Value)
			}
			return nil
		})
		if fmt.Sprint(failed) != fmt.Sprint(err) {
			t.Fatalf("Read: %v\nStream: %v", failed, err)
		}
		if err != nil {
			continue
		}
		read++
		if diff := cmp.Diff(mailboxes, streamed); diff != "" || want.SHA256 != got.SHA256 {
			t.Errorf("mailboxes (-Read +Stream):\n%s", diff)
		}
		if want.RecordsLast() && !got.RecordsLast() && want.MailboxesLast() {
			t.Error("what stands in front of all records came behind one")
		}
		rows += sameRows(t, text, want, got)
		samePlaces(t, text, want, got)
	}
	if read < 10 || rows < 50 {
		t.Errorf("%d documents with %d rows were compared", read, rows)
	}
}

// sameRows holds what was handed over to what was kept.
func sameRows(t *testing.T, text string, kept, streamed *snapshot.Document) int {
	t.Helper()
	handed := map[string][]string{}
	note := func(r *snapshot.Record) error {
		handed[r.List] = append(handed[r.List], fmt.Sprint(r.Index, r.Region, string(r.Value)))
		return nil
	}
	if _, err := snapshot.Stream("x.json", strings.NewReader(text), note); err != nil {
		t.Fatal(err)
	}
	delete(handed, "")
	total := 0
	was := handed
	handed = map[string][]string{}
	for _, list := range []string{"sign_ins", "okta_requests", "window"} {
		if err := kept.VisitRows(list, note); err != nil {
			t.Fatal(err)
		}
		n, ok := kept.Rows(list)
		if m, there := streamed.Rows(list); m != n || there != ok || n != len(handed[list]) {
			t.Errorf("%s: %d rows %v, and %d %v", list, n, ok, m, there)
		}
		total += n
	}
	if diff := cmp.Diff(was, handed); diff != "" {
		t.Errorf("rows (-Stream +Read):\n%s", diff)
	}
	if !kept.RowsKept() || streamed.RowsKept() {
		t.Error("the documents do not say whether they keep their rows")
	}
	return total
}

// samePlaces holds the places of all values to each other; a row that was handed over
// has one place for all that is in it.
func samePlaces(t *testing.T, text string, kept, streamed *snapshot.Document) {
	t.Helper()
	eachValue(t, "", jsontext.Value(text), func(pointer string, _ *string, value jsontext.Value) {
		tokens := strings.Split(pointer, "/")
		inRow := len(tokens) > 3 && tokens[1] == "evidence" && slices.Contains([]string{"sign_ins", "okta_requests"}, tokens[2])
		whole := pointer
		if inRow {
			whole = strings.Join(tokens[:4], "/")
		}
		want, _ := kept.Locate(whole)
		if got, ok := streamed.Locate(pointer); got != want || !ok {
			t.Errorf("%s: at %v, want %v", pointer, got, want)
		}
		there, _ := kept.Value(pointer)
		got, ok := streamed.Value(pointer)
		switch isList := pointer == "/evidence/sign_ins" || pointer == "/evidence/okta_requests"; {
		case inRow && ok:
			t.Errorf("%s is kept: %s", pointer, got)
		case isList && canonical(t, got) != "[]":
			t.Errorf("%s has rows: %s", pointer, got)
		case !inRow && !isList && pointer != "/evidence" && !bytes.Equal(there, got):
			t.Errorf("%s: %s, want %s", pointer, got, there)
		}
	})
	for _, pointer := range []string{"/evidence/sign_ins/999999", "/evidence/sign_ins/00", "/evidence/nobody", "/evidence/sign_ins/-/x"} {
		if region, ok := streamed.Locate(pointer); ok {
			t.Errorf("%s is at %v", pointer, region)
		}
	}
}

func TestRecordsLast(t *testing.T) {
	const row = `{"user_principal_name":"u","client_app":"POP3","interactive":true,"succeeded":1,"failed":0}`
	for text, want := range map[string]bool{
		envelope + `,"okta":{},"evidence":{"sign_ins":[` + row + `]},"mailboxes":[]}`: true,
		envelope + `,"okta":{},"mailboxes":[],"evidence":{"sign_ins":[` + row + `]}}`: true,
		envelope + `,"evidence":{"sign_ins":[` + row + `]},"okta":{}}`:                false,
		envelope + `,"evidence":{"sign_ins":[` + row + `]},"x":1,"mailboxes":[]}`:     false,
		envelope + `,"mailboxes":[],"x":1}`:                                           false,
		envelope + `,"evidence":{},"okta":{}}`:                                        true,
		envelope + `}`:                                                                true,
	} {
		d, err := snapshot.Stream("x.json", strings.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if d.RecordsLast() != want {
			t.Errorf("%s: %v", text[len(envelope):], !want)
		}
	}
}

func TestEvidenceCannotBeLaidOver(t *testing.T) {
	d, err := snapshot.Read("x.json", strings.NewReader(envelope+`,"evidence":{"sign_ins":[]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d.LayOver("evidence", jsontext.Value(`{}`)) {
		t.Error("evidence was laid over, and its rows stand where they stood")
	}
}

// readers are both ways to read a document.
func readers() map[string]func(string, io.Reader, func(*snapshot.Record) error) (*snapshot.Document, error) {
	return map[string]func(string, io.Reader, func(*snapshot.Record) error) (*snapshot.Document, error){
		"Read": snapshot.Read, "Stream": snapshot.Stream,
	}
}
