package json_test

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/json"
)

func open(text []byte) (*finding.Report, error) {
	return json.Open(bytes.NewReader(text), int64(len(text)))
}

// listed lets reports be compared with their members, and holds the members' keys to
// the members.
func listed(t *testing.T) cmp.Option {
	return cmp.Transformer("members", func(m *finding.Members) []finding.Member {
		if m == nil {
			return nil
		}
		list := m.First(m.Len())
		at := 0
		for index, key := range m.Keys() {
			if index != at || at >= len(list) || key != list[at].Key() {
				t.Fatalf("the key of member %d is not that of %+v", index, list[at])
			}
			at++
		}
		if m.Err() != nil || at != len(list) {
			t.Fatalf("%d keys for %d members: %v", at, len(list), m.Err())
		}
		return list
	})
}

// TestOpenGivesWhatWasWritten: the same report, the same members and their keys, by
// both readers. What Write has written, the fast one must take.
func TestOpenGivesWhatWasWritten(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			text := write(t, c.Report)
			file, size := bytes.NewReader(text), int64(len(text))
			for _, keyed := range []bool{false, true} {
				folded, err := json.ReadFolded(file, size, keyed)
				if err != nil {
					t.Fatal(err)
				}
				exact, err := json.ReadExactly(file, size, keyed)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(exact, folded, listed(t)); diff != "" {
					t.Errorf("keyed %t (-exact +folded):\n%s", keyed, diff)
				}
				if again := write(t, folded); !bytes.Equal(text, again) {
					t.Error("it is written otherwise than it was")
				}
			}
		})
	}
}

// TestOpenKeysWhoIsThere: a line does not say who stands in it, whatever the list
// before had there.
func TestOpenKeysWhoIsThere(t *testing.T) {
	report := reporttest.Population(1)
	v := report.Results[0].Violations[0]
	report.Results[0].Violations = nil
	for _, ids := range [][]string{{"a", "b", "c"}, {"a", "x", "c"}, {"a", "b", ""}, {"é", "", "b"}} {
		var list []finding.Member
		for i, id := range ids {
			list = append(list, finding.Member{ID: id, Name: "name of " + id, Pointer: "/mailboxes/0", Line: []int{3, 3 << 20, 0}[i]})
		}
		one := v
		one.Members = finding.ListMembers("mailbox", list)
		report.Results[0].Violations = append(report.Results[0].Violations, one)
	}
	text := write(t, report)
	got, err := json.ReadFolded(bytes.NewReader(text), int64(len(text)), true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report, got, listed(t)); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}

// TestOpenTakesAnyLayout: JSON says the same in many ways.
func TestOpenTakesAnyLayout(t *testing.T) {
	good := write(t, reporttest.Mixed())
	want, err := open(good)
	if err != nil {
		t.Fatal(err)
	}
	compact, wide := jsontext.Value(slices.Clone(good)), jsontext.Value(slices.Clone(good))
	if err := errors.Join(compact.Compact(), wide.Indent(jsontext.WithIndent("\t\t\t\t\t\t\t\t\t\t"), jsontext.SpaceAfterComma(true))); err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{
		"compact": compact, "wide": wide, "Windows": bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")),
		"an escaped field of the report": bytes.ReplaceAll(good, []byte(`"members"`), []byte(`"m\u0065mbers"`)),
		"an escaped field of a member":   bytes.ReplaceAll(good, []byte(`"display_name"`), []byte(`"display\u005fname"`)),
		"the count behind the list":      sortedBackwards(t, good),
	}
	for name, text := range texts {
		if bytes.Equal(text, good) {
			t.Fatalf("%s: nothing was changed", name)
		}
		got, err := open(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got, listed(t)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// sortedBackwards writes the fields of all lists of members in the other order.
func sortedBackwards(t *testing.T, text []byte) []byte {
	t.Helper()
	const head = `"population": "mailbox",`
	for at := 0; ; {
		n := bytes.Index(text[at:], []byte(head))
		if n < 0 {
			return text
		}
		start := at + n
		end := start + bytes.IndexByte(text[start:], ']') + 1
		parts := bytes.SplitN(text[start:end], []byte("\n"), 3)
		turned := append(slices.Clone(parts[2]), ",\n"+strings.TrimRight(string(parts[1]), ",")+", "+strings.TrimRight(head, ",")...)
		text = slices.Concat(text[:start], turned, text[end:])
		at = start + len(turned)
	}
}

// TestOpenKeyedSkips expects lists with a digest to be checked when somebody asks for
// their members, and not before; the error is that of the exact reader.
func TestOpenKeyedSkips(t *testing.T) {
	good := string(write(t, reporttest.Mixed()))
	for name, change := range map[string][2]string{
		"a field that is unknown": {`"display_name"`, `"nickname"`}, "another member": {`{"id":"`, `{"id":"x`},
		"a line that is a text": {`"line":803`, `"line":"803"`}, "a member without a comma": {"},\n              {\"id\"", "}\n              {\"id\""},
	} {
		text := []byte(strings.Replace(good, change[0], change[1], 1))
		if string(text) == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, want := open(text)
		report, err := json.OpenKeyed(bytes.NewReader(text), int64(len(text)))
		if err != nil || want == nil {
			t.Errorf("%s: OpenKeyed says %v, Open %v", name, err, want)
			continue
		}
		if err := checkLists(report); err == nil || err.Error() != want.Error() {
			t.Errorf("%s: the list says %v, Open %v", name, err, want)
		}
	}
}

// TestOpenKeyedSkipsNothingElse: a list that could not be skipped is checked at once.
func TestOpenKeyedSkipsNothingElse(t *testing.T) {
	good := string(write(t, reporttest.Mixed()))
	for name, text := range map[string]string{
		"no digests":                regexp.MustCompile(`,\s+"digest": "\w+"`).ReplaceAllString(good, ""),
		"two members on a line":     regexp.MustCompile(`("id":"[^}]*\}),\s+(\{"id")`).ReplaceAllString(good, "$1,$2"),
		"a member on several lines": strings.ReplaceAll(good, `,"pointer":`, ",\n\"pointer\":"),
	} {
		if text == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if report, err := json.OpenKeyed(strings.NewReader(text), int64(len(text))); err != nil || checkLists(report) != nil {
			t.Errorf("%s: %v, %v", name, err, checkLists(report))
		}
		text = strings.Replace(text, `"display_name"`, `"nickname"`, 1)
		if _, err := json.OpenKeyed(strings.NewReader(text), int64(len(text))); err == nil || !strings.Contains(err.Error(), "/nickname") {
			t.Errorf("%s, and an unknown field: %v", name, err)
		}
	}
}

// checkLists asks all lists of violations and reasons for their members.
func checkLists(report *finding.Report) error {
	for i := range report.Results {
		r := &report.Results[i]
		var lists []*finding.Members
		for _, v := range slices.Concat(r.Violations, r.Fixed) {
			lists = append(lists, v.Members)
			if v.Drift != nil {
				lists = append(lists, v.Drift.NewMembers, v.Drift.RemovedMembers)
			}
		}
		for _, reason := range slices.Concat(r.Unknowns, r.NotApplicable, r.Notes) {
			lists = append(lists, reason.Members)
		}
		for _, list := range lists {
			if list == nil {
				continue
			}
			for range list.Keys() {
			}
			if err := list.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// digestOf is the digest of members with these ids.
func digestOf(ids ...string) string {
	digest := finding.NewDigest()
	for _, id := range ids {
		digest.Add(finding.KeyOf([]byte(id)))
	}
	return digest.String()
}

// TestOpenedSubset: some of the members of an opened list are read without the others.
func TestOpenedSubset(t *testing.T) {
	report, err := open(write(t, reporttest.Population(1000)))
	if err != nil {
		t.Fatal(err)
	}
	all := report.Results[0].Violations[0].Members
	part := all.Subset(2, func(i int) bool { return i == 7 || i == 999 })
	got := part.First(9)
	if len(got) != 2 || !strings.HasPrefix(got[0].Name, "user000007@") || !strings.HasPrefix(got[1].Name, "user000999@") || part.Err() != nil {
		t.Errorf("%+v, %v", got, part.Err())
	}
}

// TestOpenRefuses what Read refuses, with the same words.
func TestOpenRefuses(t *testing.T) {
	good := string(write(t, reporttest.Mixed()))
	for name, text := range map[string]string{
		"empty": "", "a snapshot": `{"version": 1, "collected_at": "x"}`, "another version": strings.Replace(good, `"version": 1`, `"version": 2`, 1),
		"cut off": good[:len(good)/2], "something behind": good + "{}", "a list": "[1]",
		"a count that is wrong": strings.Replace(good, `"count": 12`, `"count": 13`, 1),
		"a strange member":      strings.Replace(good, `"display_name"`, `"nickname"`, 1),
		"a line that is a text": strings.Replace(good, `"line":803`, `"line":"803"`, 1),
		"a line with a point":   strings.Replace(good, `"line":803`, `"line":803.5`, 1),
		"an id that is none":    strings.Replace(good, `"pointer":"/mailboxes/3"`, `"pointer":3`, 1),
		"another member":        strings.Replace(good, `{"id":"`, `{"id":"x`, 1),
		"an empty digest":       regexp.MustCompile(`"digest": "\w+"`).ReplaceAllString(good, `"digest": ""`),
		"a digest of null":      regexp.MustCompile(`"digest": "\w+"`).ReplaceAllString(good, `"digest": 0`),
		"a bad outcome":         strings.Replace(good, `"outcome": "pass"`, `"outcome": "ok"`, 1),
	} {
		if text == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, want := json.Read(strings.NewReader(text))
		_, got := open([]byte(text))
		if want == nil || got == nil || want.Error() != got.Error() {
			t.Errorf("%s: Open says %v, Read %v", name, got, want)
		}
	}
}

// TestOpenedListsNoticeAChange: what was read once is not taken for what it was.
func TestOpenedListsNoticeAChange(t *testing.T) {
	text := write(t, reporttest.Population(1000))
	for name, change := range map[string]func([]byte) io.ReaderAt{
		"another text":  func(text []byte) io.ReaderAt { return bytes.NewReader(bytes.Repeat([]byte("x"), len(text))) },
		"a shorter one": func(text []byte) io.ReaderAt { return bytes.NewReader(text[:len(text)/2]) },
		"a list that ends": func(text []byte) io.ReaderAt {
			at := bytes.Index(text, []byte(`"/mailboxes/500"`))
			at += bytes.IndexByte(text[at:], '}') + 1
			return bytes.NewReader(slices.Concat(text[:at], bytes.Repeat([]byte("]"), len(text)-at)))
		},
	} {
		file := &exchangeable{bytes.NewReader(text)}
		report, err := json.Open(file, int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		members := report.Results[0].Violations[0].Members
		if got := len(members.First(1000)); got != 1000 || members.Err() != nil {
			t.Fatalf("%s: %d members before: %v", name, got, members.Err())
		}
		file.ReaderAt = change(text)
		if got := len(members.First(1000)); got == 1000 || members.Err() == nil {
			t.Errorf("%s: %d members, no error", name, got)
		}
		if report.Err() == nil {
			t.Errorf("%s: the report knows of no error", name)
		}
	}
}

type exchangeable struct{ io.ReaderAt }

// TestOpenNeedsLittleMemory: the members stay in the file.
func TestOpenNeedsLittleMemory(t *testing.T) {
	text := write(t, reporttest.Population(100_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report, err := open(text)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > uint64(len(text))/20 {
		t.Errorf("reading %d bytes took %d of memory", len(text), got)
	}
	if n := report.Results[0].Violations[0].Members.Len(); n != 100_000 {
		t.Errorf("%d members", n)
	}
}

// FuzzFoldedIsExact: whatever the fast reader takes, the JSON library takes as well,
// for the same.
func FuzzFoldedIsExact(f *testing.F) {
	for _, report := range []*finding.Report{reporttest.Hostile("\x1b \u202e é ## \U000e0041")} {
		var out bytes.Buffer
		if err := json.Write(&out, report); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
	}
	small := func(members string) []byte {
		return []byte(`{"version":1,"results":[{"control":"X-1","violations":[{"key":"k","members":` + members + `}]}]}`)
	}
	for _, members := range []string{
		`{"population":"mailbox","count":1,"list":[{"id":"a","name":"b","display_name":"c","pointer":"/d","line":4}]}`,
		`{"population":"mailbox","count":1,"list":[{"id":"\ud83d\ude00\u002d\n","line":0}]}`,
		`{"population":"mailbox","count":1,"list":[{"id":"\ud83d"}]}`, `{"population":"mailbox","count":1,"list":[{"id":"\u12g4"}]}`,
		`{"population":"mailbox","count":1,"list":[{"line":01}]}`, `{"population":"mailbox","count":1,"list":[{"line":-1}]}`,
		`{"population":"mailbox","count":2,"list":[{},{"id":"x","id":"y"}]}`, `{"population":"mailbox","count":1,"list":[{"id":"é` + "\xff" + `"}]}`,
		`{"population":"mailbox","count":1,"list":[{"id":"a` + "\t" + `b"}]}`, `{"population":"mailbox","count":0,"list":[]}`,
		`{"population":"mailbox","count":1,"list":[{"id":"a"},]}`, `{"population":"mailbox","count":1,"list":[,{"id":"a"}]}`, `0`, `null`,
	} {
		f.Add(small(members))
	}
	f.Add([]byte("{}\x00"))
	f.Add(small("{\"population\":\"mailbox\",\"count\":2,\"list\": [\n    {\"id\":\"a\"},\n    {\"id\":\"b\"}\n  ],\"digest\":\"" + digestOf("a", "b") + "\"}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, size := bytes.NewReader(text), int64(len(text))
		folded, err := json.ReadFolded(file, size, true)
		if err != nil {
			return
		}
		// What was skipped is checked when it is asked for.
		if checkLists(folded) != nil {
			return
		}
		exact, err := json.ReadUnchecked(file, size, true)
		if err != nil {
			t.Fatalf("only the fast reader takes it: %v", err)
		}
		if diff := cmp.Diff(exact, folded, listed(t)); diff != "" {
			t.Errorf("(-exact +folded):\n%s", diff)
		}
	})
}
