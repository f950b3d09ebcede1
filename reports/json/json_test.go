package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/json"
)

func write(t *testing.T, report *finding.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWriteObeysTheSchema also sees the schema refuse what breaks the contract:
// a schema that takes anything proves nothing.
func TestWriteObeysTheSchema(t *testing.T) {
	schema := compile(t)
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			out := write(t, c.Report)
			reporttest.CheckText(t, out)
			if err := validate(t, schema, out); err != nil {
				t.Error(err)
			}
		})
	}
	good := string(write(t, reporttest.Mixed()))
	breaches := []struct{ name, old, new string }{
		{"version", `"version": 1`, `"version": 2`},
		{"outcome", `"outcome": "fail"`, `"outcome": "failed"`},
		{"severity", `"severity": "high"`, `"severity": "grave"`},
		{"step", `"step": "A"`, `"step": "G"`},
		{"unknown field", `"fail_on"`, `"colour": "red", "fail_on"`},
		{"fingerprint", `"fingerprint": "`, `"fingerprint": "x`},
		{"line", `"start_line": 41`, `"start_line": 0`},
		{"status", `"status": "denied"`, `"status": "refused"`},
		{"instant", `"collected_at": "2026-11-22T08:15:00Z"`, `"collected_at": "2026-11-22T08:15:00+01:00"`},
	}
	for _, breach := range breaches {
		if !strings.Contains(good, breach.old) {
			t.Fatalf("%s: the report holds no %s", breach.name, breach.old)
		}
		if err := validate(t, schema, []byte(strings.Replace(good, breach.old, breach.new, 1))); err == nil {
			t.Errorf("%s: the schema takes %s", breach.name, breach.new)
		}
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(finding.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("finding.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("finding.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, out []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(doc)
}

// TestWriteSaysWhatTheLibrarySays: the layout is ours, what stands in it is not.
func TestWriteSaysWhatTheLibrarySays(t *testing.T) {
	many := reporttest.Population(1)
	for i := range 10_000 { // places for lists all over what the library writes at once
		many.Results[0].Notes = append(many.Results[0].Notes, finding.Reason{
			Key: strings.Repeat("x", i%7+1), Count: i%3 + 1, Members: finding.ListMembers("mailbox", reporttest.Mailboxes(i%3+1)),
		})
	}
	for _, c := range append(reporttest.Cases(), reporttest.Case{Name: "many lists", Report: many}) {
		t.Run(c.Name, func(t *testing.T) {
			ours := jsontext.Value(write(t, c.Report))
			theirs, err := jsonv2.Marshal(c.Report, jsontext.AllowInvalidUTF8(true))
			if err != nil {
				t.Fatal(err)
			}
			plain := jsontext.Value(theirs)
			if err := errors.Join(ours.Canonicalize(), plain.Canonicalize()); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(ours, plain) {
				t.Error("they differ")
			}
		})
	}
}

// TestWriteGivesEachMemberALine, so that a line number means somebody, and a
// difference of two files shows who came and went.
func TestWriteGivesEachMemberALine(t *testing.T) {
	report := reporttest.Population(2)
	report.Results[0].Violations[0].Members = finding.ListMembers("mailbox", []finding.Member{
		{ID: "1", Name: "a@example.com", DisplayName: "A \"B\"", Pointer: "/mailboxes/0", Line: 7}, {ID: "2", Pointer: "/mailboxes/1"},
	})
	want := `
          "members": {
            "population": "mailbox",
            "count": 2,
            "list": [
              {"id":"1","name":"a@example.com","display_name":"A \"B\"","pointer":"/mailboxes/0","line":7},
              {"id":"2","pointer":"/mailboxes/1"}
            ],
            "digest": "d2c806f8e4bbaa5a2812eda1195238645f67e70a870afe4453dfcf3ca2b1c32a"
          }`
	if got := string(write(t, report)); !strings.Contains(got, want) {
		t.Errorf("no%s\nin\n%s", want, got)
	}
}

// TestRoundTrip reads each report back and writes it again.
func TestRoundTrip(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			first := write(t, c.Report)
			report, err := json.Read(bytes.NewReader(first))
			if err != nil {
				t.Fatal(err)
			}
			if second := write(t, report); !bytes.Equal(first, second) {
				t.Error("the report that was read back is written in other bytes")
			}
		})
	}
}

// TestReadKeepsValues compares the values themselves, hostile ones too.
func TestReadKeepsValues(t *testing.T) {
	report := reporttest.Hostile("\x1b \u202e \u2028 ##vso[x] \U000e0041 é")
	got, err := json.Read(bytes.NewReader(write(t, report)))
	if err != nil {
		t.Fatal(err)
	}
	members := cmp.Transformer("members", func(m *finding.Members) []finding.Member {
		if m == nil {
			return nil
		}
		return m.First(m.Len())
	})
	if diff := cmp.Diff(report, got, members); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	good := string(write(t, reporttest.Mixed()))
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the report holds no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	lineOf := func(text, part string) int {
		return strings.Count(text[:strings.Index(text, part)], "\n") + 1
	}
	tests := []struct {
		name, in string
		line     int
		want     []string
	}{
		{"an empty file", " \n", 1, []string{"empty"}},
		{"another document", `{"runs": []}`, 1, []string{"no version"}},
		{"a later version", change(`"version": 1`, `"version": 2`), 2, []string{"/version", "version 2", "reads version 1"}},
		{"a version that is text", change(`"version": 1`, `"version": "1"`), 2, []string{`version "1"`}},
		{"a list", "[1]", 1, []string{"a list cannot stand here"}},
		{"a file that ends early", good[:len(good)/2], strings.Count(good[:len(good)/2], "\n") + 1, []string{"ends in the middle"}},
		{"something behind the end", good + "{}", strings.Count(good, "\n") + 1, []string{"after top-level value"}},
		{"no UTF-8", change("Harbour", "Harb\xffour"), lineOf(good, "Harbour"), []string{"UTF-8"}},
		{"an unknown field", change(`"fail_on"`, `"colour": "red", "fail_on"`), lineOf(good, `"fail_on"`), []string{"/colour", "unknown"}},
		{"a field twice", change(`"fail_on"`, `"version": 1, "fail_on"`), lineOf(good, `"fail_on"`), []string{"/version", "duplicate"}},
		{"a wrong type", change(`"line":803`, `"line":"803"`), lineOf(good, `"line":803`), []string{"/line", "a text cannot"}},
		{"an unknown outcome", change(`"outcome": "pass"`, `"outcome": "ok"`), lineOf(good, `"outcome": "pass"`), []string{"/results/1/outcome", `"ok" is no outcome`}},
		{"a pass with an error", change(`"outcome": "error"`, `"outcome": "pass"`), lineOf(good, `"outcome": "error"`), []string{"/results/8/outcome", "pass in spite of an error"}},
		{"a shortened list", change(`"count": 12`, `"count": 13`), 0, []string{"/members", "the count is 13, the list has 12"}},
		{"another list than was saved", change(`{"id":"`, `{"id":"x`), 0, []string{"/members", "not the one that was saved", "leave the digest out"}},
		{"a digest that is none", strings.ReplaceAll(good, `"digest": "`, `"digest": "x`), 0, []string{"/members", "not the one that was saved"}},
		{"a bad region", change(`"end_line": 48`, `"end_line": 4`), lineOf(good, `"start_line": 41`) - 1, []string{"/region", "ends before it starts"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := json.Read(strings.NewReader(test.in))
			var readError *json.ReadError
			if !errors.As(err, &readError) {
				t.Fatalf("error %v, want a *json.ReadError", err)
			}
			if test.line != 0 && readError.Line != test.line {
				t.Errorf("%v: line %d, want %d", err, readError.Line, test.line)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

// TestWriteStreams walks a population of which each member is made when it is
// asked for, and sees output before the last one was.
func TestWriteStreams(t *testing.T) {
	report := reporttest.Population(1)
	var out countingWriter
	before := 0
	const n = 10_000
	report.Results[0].Violations[0].Members = finding.NewMembers("mailbox", n, func(yield func(finding.Member) bool) {
		for i := range n {
			if i == n-1 {
				before = out.n
			}
			if !yield(finding.Member{ID: "m", Pointer: "/mailboxes/0"}) {
				return
			}
		}
	})
	if err := json.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	if before < out.n/2 {
		t.Errorf("%d of %d bytes were written when the last member was made", before, out.n)
	}
}

type countingWriter struct{ n int }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.n += len(p)
	return len(p), nil
}

// TestWriteIsPlainJSON reads the output with another library.
func TestWriteIsPlainJSON(t *testing.T) {
	var got struct {
		Results []struct {
			Violations []struct {
				Members struct {
					Count int
					List  []struct{ Name string }
				}
			}
		}
	}
	if err := stdjson.Unmarshal(write(t, reporttest.Population(100_000)), &got); err != nil {
		t.Fatal(err)
	}
	members := got.Results[0].Violations[0].Members
	if members.Count != 100_000 || len(members.List) != 100_000 || members.List[99_999].Name != "user099999@harbourfreight.example" {
		t.Errorf("count %d, list of %d", members.Count, len(members.List))
	}
}
