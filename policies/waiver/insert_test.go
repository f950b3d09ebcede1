package waiver_test

import (
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/waiver"
)

func aWaiver(t testing.TB) *waiver.Waiver {
	w := &waiver.Waiver{
		Control: "SIGNON-004", Scope: waiver.Scope{Cause: &waiver.Cause{Message: "open", Args: map[string]any{"zones": []any{"a, b", "c"}, "n": 2.0, "x": nil, "y": true, "s": "true"}}},
		Reason: "it's: #1 'quoted' \"twice\" – ütf", Owner: "@mail", Ticket: "007", Expires: day(t, "2027-03-01"),
	}
	w.SetID()
	return w
}

// TestInsert puts an entry into files of all sorts: every line that was there stays,
// in its order, and the entry reads as it was written.
func TestInsert(t *testing.T) {
	files := map[string]string{
		"nothing": "", "blank": "\n\n", "no list": "version: 1\n", "an empty list": "# mine\nversion: 1\nwaivers: []  # none yet\n",
		"an empty key": "version: 1\nwaivers:\n", "one": header + anEntry, "no newline at the end": strings.TrimSuffix(header+anEntry, "\n"),
		"no indent":  "version: 1\nwaivers:\n" + strings.ReplaceAll(strings.ReplaceAll(anEntry, "\n    ", "\n  "), "  - ", "- "),
		"far indent": "version: 1\nwaivers:\n" + "      " + strings.ReplaceAll(strings.TrimSuffix(anEntry, "\n"), "\n", "\n      ") + "\n",
		"comments":   "# a\nversion: 1 # b\n# c\nwaivers: # d\n" + anEntry + "  # e\n\n# f\n\n",
		"list first": "waivers:\n" + anEntry + "\n# about the version\nversion: 1\n",
		"windows":    strings.ReplaceAll(header+anEntry, "\n", "\r\n"),
	}
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			var before []waiver.Waiver
			if strings.TrimSpace(text) != "" {
				before = read(t, text).Waivers
			}
			w := aWaiver(t)
			out, err := waiver.Insert("waivers.yaml", []byte(text), w)
			if err != nil {
				t.Fatal(err)
			}
			after := read(t, string(out)).Waivers
			if len(after) != len(before)+1 || after[len(after)-1].ID != w.ID {
				t.Fatalf("%d waivers became %d:\n%s", len(before), len(after), out)
			}
			rest := string(out)
			for line := range strings.Lines(text) {
				line = strings.TrimRight(line, "\r\n")
				if line == "waivers: []  # none yet" {
					line = "waivers:   # none yet"
				}
				_, behind, ok := strings.Cut(rest, line)
				if !ok {
					t.Fatalf("the line %q is gone or has moved:\n%s", line, out)
				}
				rest = behind
			}
			if strings.Contains(text, "\r\n") && strings.Count(string(out), "\n") != strings.Count(string(out), "\r\n") {
				t.Errorf("the ends of lines are mixed:\n%q", out)
			}
		})
	}
}

// TestInsertRefuses: a file that is laid out so that an entry does not fit stays as it
// is, and so does one that is wrong.
func TestInsertRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"brackets": "version: 1\nwaivers: [{control: A-001, whole_control: true, reason: r, owner: o, expires: 2027-01-01}]\n",
		"one line": "{version: 1, waivers: []}\n",
		"wrong":    header + "  - control: A-001\n",
		"there":    header + strings.Replace(anEntry, "id: scanner", "id: "+aWaiver(t).ID, 1),
	} {
		out, err := waiver.Insert("waivers.yaml", []byte(text), aWaiver(t))
		if err == nil || out != nil || len(waiver.Errors(err)) == 0 {
			t.Errorf("%s: error %v, text:\n%s", name, err, out)
		}
	}
}

// FuzzInsert: whatever a file looks like, either nothing is given or the old waivers
// and the new one.
func FuzzInsert(f *testing.F) {
	f.Add([]byte(header + anEntry))
	f.Add([]byte("waivers: []\nversion: 1"))
	f.Add([]byte("version: 1\n? waivers\n: - {control: a}\n"))
	f.Add([]byte("version: 1\n\"waivers\":\n  # x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := aWaiver(t)
		out, err := waiver.Insert("waivers.yaml", data, w)
		if err != nil {
			return
		}
		after := read(t, string(out)).Waivers
		if after[len(after)-1].ID != w.ID {
			t.Fatalf("the last is %s:\n%s", after[len(after)-1].ID, out)
		}
	})
}
