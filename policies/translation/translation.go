// Package translation reads the texts of Postern's controls in other languages
// than English. A control's translation lies beside the control and ends in
// .<code>.yaml; what controls share lies in translations/<code>.yaml. A user's own
// controls are translated in the same way.
//
// It must not know how a control is loaded or judged, nor how a report is shown:
// that a translation fits its control is held by the tests of package policies.
package translation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/policies/finding"
)

// English is the language of the controls themselves.
const English = "en"

// other is the name of the noun for whatever has none of its own.
const other = "other"

// shared is translations/<code>.yaml.
type shared struct {
	// Nouns are what is counted, by population, and other.
	Nouns map[string]noun `yaml:"nouns"`
	// Messages are the sentences that several controls share, by key.
	Messages map[string]string `yaml:"messages"`
	// Phrases are sentences and parts of them, by topic and key.
	Phrases map[string]map[string]string `yaml:"phrases"`
}

type noun struct {
	One  string `yaml:"one"`
	Many string `yaml:"many"`
}

// beside is a file beside a control.
type beside struct {
	// Control is the id of the control.
	Control       string `yaml:"control"`
	finding.Texts `yaml:",inline"`
}

// Codes lists the languages that the policies are in, English first.
func Codes(policies fs.FS) ([]string, error) {
	codes := []string{English}
	files, err := fs.Glob(policies, "translations/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the translations: %w", err)
	}
	for _, file := range files {
		codes = append(codes, strings.TrimSuffix(path.Base(file), ".yaml"))
	}
	return codes, nil
}

// Load reads the texts in a language out of the policies and out of the folders of
// a user's own controls. It gives nil for English, and an error that names the file
// for what it does not understand: a text with a slip in its key must not stay
// English without a word.
func Load(policies fs.FS, code string, own []string) (*finding.Language, error) {
	if code == English {
		return nil, nil
	}
	codes, err := Codes(policies)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(codes, code) {
		return nil, fmt.Errorf("unknown language %q: use one of %s", code, strings.Join(codes, ", "))
	}
	l := &loading{language: &finding.Language{Code: code, Controls: map[string]finding.Texts{}}, files: map[string]string{}}
	if err := l.shared(policies); err != nil {
		return nil, err
	}
	if err := l.folder(policies, ""); err != nil {
		return nil, fmt.Errorf("read the translations: %w", err)
	}
	for _, folder := range own {
		if err := l.folder(os.DirFS(folder), folder); err != nil {
			return nil, fmt.Errorf("read the translations of own controls: %w", err)
		}
	}
	return l.language, nil
}

type loading struct {
	language *finding.Language
	// files is where a control's texts are from, by its id.
	files map[string]string
}

func (l *loading) shared(policies fs.FS) error {
	name := "translations/" + l.language.Code + ".yaml"
	s := &shared{}
	if err := decode(policies, name, name, s); err != nil {
		return fmt.Errorf("read the translations: %w", err)
	}
	l.language.Messages, l.language.Phrases = s.Messages, s.Phrases
	l.language.Nouns = map[string][2]string{}
	for population, n := range s.Nouns {
		if n.One == "" || n.Many == "" {
			return fmt.Errorf("read the translations: %s: the noun %s lacks its singular or its plural", name, population)
		}
		if population == other {
			population = ""
		}
		l.language.Nouns[population] = [2]string{n.One, n.Many}
	}
	return nil
}

// folder reads every control's texts in a folder, which is a user's own unless its
// name is empty. Folders whose names start with a dot belong to other tools.
func (l *loading) folder(files fs.FS, origin string) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, "."+l.language.Code+".yaml"):
			return nil
		}
		shown := name
		if origin != "" {
			shown = filepath.Join(origin, filepath.FromSlash(name))
		}
		return l.beside(files, name, shown)
	})
}

func (l *loading) beside(files fs.FS, name, shown string) error {
	b := &beside{}
	if err := decode(files, name, shown, b); err != nil {
		return err
	}
	if b.Control == "" {
		return fmt.Errorf("%s: control is missing: name the id of the control", shown)
	}
	if first, twice := l.files[b.Control]; twice {
		return fmt.Errorf("%s: the texts of %s are already in %s", shown, b.Control, first)
	}
	l.files[b.Control] = shown
	l.language.Controls[b.Control] = b.trimmed()
	return nil
}

// trimmed is the texts without the newline that a YAML block ends with.
func (b *beside) trimmed() finding.Texts {
	t := b.Texts
	for _, text := range []*string{&t.Title, &t.Description, &t.Remediation} {
		*text = strings.TrimSpace(*text)
	}
	for _, table := range []map[string]string{t.Messages, t.Words} {
		for key, text := range table {
			table[key] = strings.TrimSpace(text)
		}
	}
	return t
}

// decode reads one YAML document strictly.
func decode(files fs.FS, name, shown string, into any) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err = decoder.Decode(into)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: the file is empty", shown)
	}
	if err != nil {
		return fmt.Errorf("%s: %s", shown, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one YAML document", shown)
	}
	return nil
}
