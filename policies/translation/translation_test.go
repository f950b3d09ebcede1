package translation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/translation"
)

const (
	sharedName = "translations/nl.yaml"
	ownName    = "controls/x/good/good.nl.yaml"
)

func files(changed map[string]string) fstest.MapFS {
	texts := map[string]string{
		sharedName:                      "nouns:\n  mailbox: {one: mailbox, many: mailboxen}\n  other: {one: ding, many: dingen}\nmessages: {denied: 'Geen toegang.'}\n",
		ownName:                         "control: X-001\ntitle: Goed\ndescription: |\n  Waarom.\nmessages: {open: 'Open.'}\nwords: {all: alles}\nremediation: |\n  Doe het.\n",
		"controls/x/good/good.rego":     "package controls.x.good\n",
		"controls/x/good/good.de.yaml":  "Nonsens: [\n",
		"controls/.other/other.nl.yaml": "Nonsens: [\n",
	}
	for name, text := range changed {
		texts[name] = text
	}
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestLoad(t *testing.T) {
	got, err := translation.Load(files(nil), "nl", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &finding.Language{
		Code: "nl",
		Controls: map[string]finding.Texts{"X-001": {
			Title: "Goed", Description: "Waarom.", Messages: map[string]string{"open": "Open."},
			Words: map[string]string{"all": "alles"}, Remediation: "Doe het.",
		}},
		Messages: map[string]string{"denied": "Geen toegang."},
		Nouns:    map[string][2]string{"mailbox": {"mailbox", "mailboxen"}, "": {"ding", "dingen"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEnglishIsNil(t *testing.T) {
	got, err := translation.Load(files(map[string]string{ownName: "broken: ["}), "en", nil)
	if got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestOwnControls(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "mine.nl.yaml")
	if err := os.WriteFile(name, []byte("control: OWN-001\ntitle: Eigen\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := translation.Load(files(nil), "nl", []string{folder})
	if err != nil || got.Controls["OWN-001"].Title != "Eigen" || got.Controls["X-001"].Title != "Goed" {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.WriteFile(name, []byte("control: X-001\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := translation.Load(files(nil), "nl", []string{folder}); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), ownName) {
		t.Errorf("error %v, want both files named", err)
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name    string
		code    string
		changed map[string]string
		want    string
	}{
		{"no such language", "fr", nil, `unknown language "fr": use one of en, nl`},
		{"an unknown key", "nl", map[string]string{ownName: "control: X-001\ntitel: x\n"}, ownName + ": unmarshal errors:\n  line 2: field titel not found"},
		{"a key twice", "nl", map[string]string{ownName: "control: X-001\nmessages:\n  a: x\n  a: y\n"}, ownName + ": unmarshal errors:\n  line 4"},
		{"no control", "nl", map[string]string{ownName: "title: x\n"}, ownName + ": control is missing"},
		{"a control twice", "nl", map[string]string{"controls/x/z/z.nl.yaml": "control: X-001\n"}, "controls/x/z/z.nl.yaml: the texts of X-001 are already in " + ownName},
		{"an empty file", "nl", map[string]string{ownName: "# nothing\n"}, ownName + ": the file is empty"},
		{"two documents", "nl", map[string]string{ownName: "control: X-001\n---\ncontrol: X-002\n"}, ownName + ": more than one YAML document"},
		{"no YAML", "nl", map[string]string{ownName: "a: ["}, ownName + ": line 1"},
		{"a noun without a plural", "nl", map[string]string{sharedName: "nouns: {mailbox: {one: mailbox}}\n"}, sharedName + ": the noun mailbox lacks"},
		{"an unknown key in what is shared", "nl", map[string]string{sharedName: "noun: {}\n"}, sharedName + ": unmarshal errors"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := translation.Load(files(test.changed), test.code, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}
