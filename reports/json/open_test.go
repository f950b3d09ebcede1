package json_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/json"
)

func open(text []byte) (*finding.Report, error) {
	return json.Open(bytes.NewReader(text), int64(len(text)))
}

// TestOpenGivesWhatReadGives: the same report, the same members, and the same keys as
// the members have that are read.
func TestOpenGivesWhatReadGives(t *testing.T) {
	members := cmp.Transformer("members", func(m *finding.Members) []finding.Member {
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
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			text := write(t, c.Report)
			want, err := json.Read(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := open(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, members); diff != "" {
				t.Errorf("(-read +opened):\n%s", diff)
			}
		})
	}
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
		"a line that is a text": strings.Replace(good, `"line": 803`, `"line": "803"`, 1),
		"a line with a point":   strings.Replace(good, `"line": 803`, `"line": 803.5`, 1),
		"an id that is none":    strings.Replace(good, `"pointer": "/mailboxes/3"`, `"pointer": 3`, 1),
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
