package policies_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/policies/translation"
)

// isTranslation reports a file that lies beside a control and is named after it.
func isTranslation(name string) bool {
	parts := strings.Split(name, "/")
	return len(parts) == 4 && parts[0] == "controls" && regexp.MustCompile("^"+parts[2]+`\.[a-z]{2}\.yaml$`).MatchString(parts[3])
}

func languages(t *testing.T) []*finding.Language {
	t.Helper()
	codes, err := translation.Codes(policies.FS())
	if err != nil {
		t.Fatal(err)
	}
	var list []*finding.Language
	for _, code := range codes {
		language, err := translation.Load(policies.FS(), code, nil)
		if err != nil {
			t.Fatal(err)
		}
		if language != nil {
			list = append(list, language)
		}
	}
	if len(list) == 0 {
		t.Fatal("there is no language but English")
	}
	return list
}

// TestTranslationsFitTheirControls holds each translation to its control: the same
// sentences and words, none empty, with the same arguments.
func TestTranslationsFitTheirControls(t *testing.T) {
	controls := load(t).Controls()
	for _, language := range languages(t) {
		seen := 0
		var missing []string
		for i := range controls {
			c := &controls[i]
			texts, ok := language.Controls[c.ID]
			if !ok {
				missing = append(missing, c.ID)
				continue
			}
			seen++
			t.Run(language.Code+"/"+c.ID, func(t *testing.T) { fits(t, c, texts) })
		}
		if extra := len(language.Controls) - seen; extra != 0 || seen == 0 {
			t.Errorf("%s: %d translations are of controls, %d of none", language.Code, seen, extra)
		}
		if len(missing) > 0 {
			t.Errorf("%s: these controls have no translation: %v", language.Code, missing)
		}
	}
}

func fits(t *testing.T, c *finding.Control, texts finding.Texts) {
	for _, pair := range [][3]string{
		{"title", c.Title, texts.Title}, {"description", c.Description, texts.Description},
		{"remediation", c.Remediation.Text, texts.Remediation},
	} {
		if pair[2] == "" || pair[2] == pair[1] {
			t.Errorf("the %s is %q, the control's %q", pair[0], pair[2], pair[1])
		}
	}
	if strings.Contains(texts.Title, "\n") {
		t.Error("the title is more than one line")
	}
	for _, problem := range unfit("message", c.Messages, texts.Messages) {
		t.Error(problem)
	}
	for _, problem := range unfit("word", c.Words, texts.Words) {
		t.Error(problem)
	}
	for key, text := range texts.Messages {
		if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "{message}") {
			t.Errorf("message %s does not end with a full stop: %q", key, text)
		}
	}
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// unfit says how texts differ from the English ones in what a translation must
// keep.
func unfit(kind string, english, own map[string]string) []string {
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(english)) {
		text, ok := own[key]
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("the %s %s is missing", kind, key))
		case strings.TrimSpace(text) == "":
			problems = append(problems, fmt.Sprintf("the %s %s is empty", kind, key))
		case strings.ContainsAny(text, "\r\n"):
			problems = append(problems, fmt.Sprintf("the %s %s is more than one line", kind, key))
		default:
			problems = append(problems, unlike(kind+" "+key, english[key], text)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if _, ok := english[key]; !ok {
			problems = append(problems, fmt.Sprintf("the control has no %s %s", kind, key))
		}
	}
	return problems
}

// unlike compares the arguments of two sentences. A word that goes with a count
// may stand where the other language needs none, but is always a pair.
func unlike(what, english, own string) []string {
	var problems []string
	if want, got := arguments(english), arguments(own); !slices.Equal(want, got) {
		problems = append(problems, fmt.Sprintf("the %s has the arguments %v, in English %v", what, got, want))
	}
	if rest := placeholder.ReplaceAllString(own, ""); strings.ContainsAny(rest, "{}") {
		problems = append(problems, fmt.Sprintf("the %s has a brace too many: %q", what, own))
	}
	for _, found := range placeholder.FindAllStringSubmatch(own, -1) {
		one, many, choice := strings.Cut(found[1], "|")
		if choice && (one == "" || many == "" || strings.Contains(many, "|")) {
			problems = append(problems, fmt.Sprintf("the %s has the choice %s, which is no pair", what, found[0]))
		}
		if choice && !strings.Contains(english, "{members}") && !strings.Contains(english, "{count}") && !strings.Contains(english, "|") {
			problems = append(problems, fmt.Sprintf("the %s has the choice %s, and nothing is counted", what, found[0]))
		}
	}
	return problems
}

func arguments(sentence string) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(sentence, -1) {
		if !strings.Contains(found[1], "|") && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return names
}

// TestSharedTranslations holds the shared texts to the English ones.
func TestSharedTranslations(t *testing.T) {
	english := access.Messages()
	maps.Copy(english, finding.StandardMessages())
	for _, language := range languages(t) {
		lacking := 0
		for _, problem := range unfit("message", english, language.Messages) {
			if strings.HasSuffix(problem, " is missing") && finding.StandardMessages()[strings.Fields(problem)[2]] == "" {
				lacking++
				continue
			}
			t.Errorf("%s: %s", language.Code, problem)
		}
		if lacking > 0 {
			t.Errorf("%s: %d sentences of the access facts have no translation", language.Code, lacking)
		}
		for _, population := range []string{"mailbox", "sign_in", "okta_request", ""} {
			if _, ok := language.Nouns[population]; !ok {
				t.Errorf("%s: there is no noun for %q", language.Code, population)
			}
		}
	}
}

// TestPhrasesAreTranslated holds what is said of comparisons and plans to the English
// sentences: each in every language, with the same arguments.
func TestPhrasesAreTranslated(t *testing.T) {
	topics := map[string]map[string]string{drift.Topic: drift.Messages(), plan.Topic: plan.Messages()}
	for _, language := range languages(t) {
		for topic, english := range topics {
			if len(english) < 50 {
				t.Errorf("%s: only %d phrases", topic, len(english))
			}
			for _, problem := range unfit("phrase", english, language.Phrases[topic]) {
				// A verb may go with a count where English has one form for both.
				if strings.Contains(problem, "and nothing is counted") {
					continue
				}
				t.Errorf("%s: %s: %s", language.Code, topic, problem)
			}
		}
		for topic := range language.Phrases {
			if topics[topic] == nil {
				t.Errorf("%s: nobody says the phrases of %s", language.Code, topic)
			}
		}
	}
}

// TestTranslationsLieBesideTheirControls holds each file to the control whose
// folder it lies in.
func TestTranslationsLieBesideTheirControls(t *testing.T) {
	ids := map[string]string{}
	for _, c := range load(t).Controls() {
		ids["controls/"+c.Area+"/"+c.Slug] = c.ID
	}
	seen := 0
	for _, language := range languages(t) {
		files, err := fs.Glob(policies.FS(), "controls/*/*/*."+language.Code+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			seen++
			text, err := fs.ReadFile(policies.FS(), file)
			if err != nil {
				t.Fatal(err)
			}
			if id := ids[path.Dir(file)]; !strings.HasPrefix(string(text), "control: "+id+"\n") {
				t.Errorf("%s does not start with the id of its control, %s", file, id)
			}
		}
	}
	if seen == 0 {
		t.Error("saw no translation")
	}
}

// TestUnfitTranslationsAreSeen shows each way in which a translation is refused.
func TestUnfitTranslationsAreSeen(t *testing.T) {
	english := map[string]string{"a": "{members} {is|are} open: {how}."}
	tests := map[string]string{
		"":                                   "the message a is empty",
		"{members} staan open.":              "has the arguments [members], in English [how members]",
		"{members} {staat} open: {how}.":     "has the arguments [how members staat]",
		"{members} staan\nopen: {how}.":      "more than one line",
		"{members} {staat|} open: {how}.":    "which is no pair",
		"{members} {a|b|c} open: {how}.":     "which is no pair",
		"{members} staan} open: {how}.":      "a brace too many",
		"{members} {staat|staan} open {how}": "",
	}
	for text, want := range tests {
		problems := strings.Join(unfit("message", english, map[string]string{"a": text}), "\n")
		if want == "" && problems != "" || !strings.Contains(problems, want) {
			t.Errorf("%q: %q, want %q", text, problems, want)
		}
	}
	if problems := unfit("word", english, map[string]string{"b": "x"}); len(problems) != 2 {
		t.Errorf("another key: %q", problems)
	}
	if problems := unfit("word", map[string]string{"a": "no count"}, map[string]string{"a": "{een|twee}"}); len(problems) != 1 {
		t.Errorf("a choice without a count: %q", problems)
	}
}
