package finding_test

import (
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

func control() finding.Control {
	return finding.Control{
		ID: "A-001", Title: "The title", Description: "Why.",
		Messages:    map[string]string{"open": "{members} {is|are} open: {how}.", "step": "A step."},
		Words:       map[string]string{"anywhere": "from anywhere"},
		Remediation: finding.Remediation{Text: "Close it.", PowerShell: "Close-It"},
	}
}

func dutch() *finding.Language {
	return &finding.Language{
		Code: "nl",
		Controls: map[string]finding.Texts{"A-001": {
			Title:       "De titel",
			Messages:    map[string]string{"open": "{members} {staat|staan} open: {how}."},
			Words:       map[string]string{"anywhere": "overal vandaan"},
			Remediation: "Sluit het.",
		}},
		Messages: map[string]string{"step": "Een stap.", "unlicensed": "Geen licentie voor {evidence}."},
		Nouns:    map[string][2]string{"mailbox": {"mailbox", "mailboxen"}, "": {"ding", "dingen"}},
	}
}

func TestSentencesSpeakTheLanguage(t *testing.T) {
	tests := []struct {
		key          string
		args         finding.Args
		count        int
		population   string
		english, own string
	}{
		{"open", finding.Args{"how": "word:anywhere"}, 2, "mailbox",
			"2 mailboxes are open: from anywhere.", "2 mailboxen staan open: overal vandaan."},
		{"open", finding.Args{"how": []any{"word:anywhere", "at 'night'"}}, 1, "mailbox",
			"1 mailbox is open: from anywhere, at 'night'.", "1 mailbox staat open: overal vandaan, at 'night'."},
		{"open", finding.Args{"how": []string{"word:unheard_of"}}, 3, "door",
			"3 resources are open: word:unheard_of.", "3 dingen staan open: word:unheard_of."},
		{"step", nil, 0, "", "A step.", "Een stap."},
		{"unlicensed", finding.Args{"evidence": "x"}, 0, "",
			"The tenant has no licence to read x.", "Geen licentie voor x."},
		{"denied", finding.Args{"evidence": "x", "permission": "y"}, 0, "",
			"Access was denied to x. Grant y.", "Access was denied to x. Grant y."},
	}
	c := control()
	translated := c.In(dutch())
	for _, test := range tests {
		if got := c.Sentence(test.key, test.args, test.count, test.population); got != test.english {
			t.Errorf("%s in English: %q, want %q", test.key, got, test.english)
		}
		if got := translated.Sentence(test.key, test.args, test.count, test.population); got != test.own {
			t.Errorf("%s in Dutch: %q, want %q", test.key, got, test.own)
		}
	}
}

func TestTranslationLeavesTheReportAlone(t *testing.T) {
	report := &finding.Report{Controls: []finding.Control{control()}}
	translated := report.In(dutch()).Controls[0]
	if translated.Title != "De titel" || translated.Description != "Why." {
		t.Errorf("title %q, description %q: want the translation, and English where there is none", translated.Title, translated.Description)
	}
	if translated.Remediation.Text != "Sluit het." || translated.Remediation.PowerShell != "Close-It" {
		t.Errorf("remediation %+v: want the text translated and the command as it was", translated.Remediation)
	}
	if c := report.Controls[0]; c.Title != "The title" || c.Messages["step"] != "A step." || c.Words["anywhere"] != "from anywhere" {
		t.Errorf("the report's own control changed: %+v", c)
	}
	if report.In(nil) != report {
		t.Error("in English the report is another one")
	}
}
