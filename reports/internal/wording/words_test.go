package wording_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// texts lists every text of the words by its place.
func texts(w *wording.Words) map[string]string {
	all := map[string]string{}
	gather(reflect.ValueOf(w).Elem(), "", all)
	return all
}

func gather(v reflect.Value, at string, into map[string]string) {
	switch v.Kind() {
	case reflect.String:
		into[at] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			gather(v.Field(i), at+"."+v.Type().Field(i).Name, into)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			gather(v.MapIndex(key), fmt.Sprintf("%s[%v]", at, key), into)
		}
	}
}

func languages() map[string]*wording.Words {
	all := map[string]*wording.Words{}
	for _, code := range []string{"en", "nl"} {
		all[code] = wording.For(&finding.Language{Code: code})
	}
	return all
}

var (
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	choice      = regexp.MustCompile(`\{[^{}|]+\|[^{}|]+\}`)
	anyBrace    = regexp.MustCompile(`[{}]`)
	nouns       = regexp.MustCompile(`^\.Nouns\[`)
)

// TestEveryLanguageSaysTheSame holds each language to the English one: the same
// texts, none empty, with the same arguments.
func TestEveryLanguageSaysTheSame(t *testing.T) {
	english := texts(wording.English())
	if len(english) < 50 || len(languages()) < 2 {
		t.Fatalf("%d texts in %d languages", len(english), len(languages()))
	}
	for code, words := range languages() {
		if words.Code != code {
			t.Errorf("%s has the words of %s", code, words.Code)
		}
		own := texts(words)
		for at, text := range own {
			if _, ok := english[at]; !ok && !nouns.MatchString(at) {
				t.Errorf("%s: %s is no text of English", code, at)
			}
			if text == "" {
				t.Errorf("%s: %s is empty", code, at)
			}
			if rest := choice.ReplaceAllString(placeholder.ReplaceAllString(text, ""), ""); anyBrace.MatchString(rest) {
				t.Errorf("%s: %s is no template: %q", code, at, text)
			}
		}
		for at, text := range english {
			want, got := placeholders(text), placeholders(own[at])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s has other arguments than in English:\n%s", code, at, diff)
			}
		}
	}
}

func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestWordsForEverything: what the contract knows has a word in each language.
func TestWordsForEverything(t *testing.T) {
	for code, words := range languages() {
		for _, outcome := range finding.Outcomes() {
			if words.Outcomes[outcome] == "" || words.Marks[outcome] == "" {
				t.Errorf("%s: no word for %s", code, outcome)
			}
		}
		for _, severity := range finding.Severities() {
			if words.Severities[severity] == "" {
				t.Errorf("%s: no word for %s", code, severity)
			}
		}
		for _, step := range finding.Steps() {
			if words.Steps[step.ID] == "" {
				t.Errorf("%s: no title for step %s", code, step.ID)
			}
		}
		for _, state := range finding.WaiverStates() {
			if words.WaiverStates[state] == "" {
				t.Errorf("%s: no word for a waiver that is %s", code, state)
			}
		}
		statuses := []string{"attested", "collected", "denied", "failed", "partial", "skipped", "unlicensed"}
		if diff := cmp.Diff(statuses, slices.Sorted(maps.Keys(words.Statuses))); diff != "" {
			t.Errorf("%s: statuses (-want +got):\n%s", code, diff)
		}
	}
}

// TestColumnsOfTheText: the format text has columns of 8, and its own words show
// on an old console.
func TestColumnsOfTheText(t *testing.T) {
	for code, words := range languages() {
		for _, text := range words.Marks {
			if len(text) > 8 {
				t.Errorf("%s: the mark %q does not fit", code, text)
			}
		}
		for _, text := range words.Severities {
			if len(text) > 8 {
				t.Errorf("%s: the severity %q does not fit", code, text)
			}
		}
		for at, text := range texts(words) {
			for _, r := range text {
				if r > '~' && !regexp.MustCompile(`^\.Page`).MatchString(at) {
					t.Errorf("%s: %s holds %q", code, at, r)
				}
			}
		}
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	for _, language := range []*finding.Language{nil, {Code: "fr"}} {
		if got := wording.For(language).Code; got != "en" {
			t.Errorf("%v gives %s", language, got)
		}
	}
}

func TestDutchVerdicts(t *testing.T) {
	dutch := wording.For(&finding.Language{Code: "nl"})
	one := reporttest.BelowGate()
	one.Controls, one.Results = one.Controls[8:], one.Results[8:]
	tests := []struct {
		report         *finding.Report
		outcome        finding.Outcome
		word, sentence string
	}{
		{reporttest.Mixed(), finding.Fail, "FAALT", "4 van 9 controles falen (1 kritiek, 2 hoog, 1 midden), 3 niet beoordeeld."},
		{one, finding.Fail, "FAALT", "1 van 1 controle faalt (1 laag), geen enkele op of boven de drempel (fail-on high)."},
		{reporttest.Clean(), finding.Pass, "VOLDOET", "9 van 9 controles voldoen."},
		{reporttest.Empty(), finding.Unknown, "LEEG", "er is geen controle uitgevoerd."},
	}
	for _, test := range tests {
		outcome, word, sentence := dutch.Verdict(test.report)
		if outcome != test.outcome || word != test.word || sentence != test.sentence {
			t.Errorf("%s %s: %s, want %s %s: %s", outcome, word, sentence, test.outcome, test.word, test.sentence)
		}
	}
}
