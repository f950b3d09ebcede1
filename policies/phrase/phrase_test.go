package phrase_test

import (
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/phrase"
)

func TestSay(t *testing.T) {
	english := map[string]string{
		"boxes": "{n} {mailbox|mailboxes}", "opened": "{who} {is|are} open to {door}", "only": "English only", "slip": "{nothing} is there", "odd": "a { b",
	}
	dutch := &finding.Language{Code: "nl", Phrases: map[string]map[string]string{"t": {
		"boxes": "{n} {mailbox|mailboxen}", "opened": "{door} is open voor {who}",
	}}}
	boxes := func(n int) phrase.Phrase { return phrase.Of("boxes", "n", n) }
	tests := []struct {
		said         phrase.Phrase
		english, own string
	}{
		{boxes(1), "1 mailbox", "1 mailbox"},
		{boxes(1204), "1,204 mailboxes", "1.204 mailboxen"},
		{boxes(-1204567), "-1,204,567 mailboxes", "-1.204.567 mailboxen"},
		{phrase.Of("opened", "who", boxes(2), "n", 2, "door", "POP"), "2 mailboxes are open to POP", "POP is open voor 2 mailboxen"},
		{phrase.Of("opened", "who", boxes(1), "n", 1, "door", "POP"), "1 mailbox is open to POP", "POP is open voor 1 mailbox"},
		{phrase.Of("opened", "who", "{n} {one|two}", "n", 1, "door", "{who}"), "{n} {one|two} is open to {who}", "{who} is open voor {n} {one|two}"},
		{phrase.Of("only"), "English only", "English only"},
		{phrase.Of("slip"), "{nothing} is there", "{nothing} is there"},
		{phrase.Of("odd"), "a { b", "a { b"},
		{phrase.Of("no such key"), "no such key", "no such key"},
		{phrase.Seq("x: ", boxes(1), ", ", 1000), "x: 1 mailbox, 1,000", "x: 1 mailbox, 1.000"},
		{phrase.Join([]phrase.Phrase{boxes(2), phrase.Seq("b"), boxes(1)}, "; "), "2 mailboxes; b; 1 mailbox", "2 mailboxen; b; 1 mailbox"},
		{phrase.Join(nil, ", "), "", ""},
		{phrase.By(func(l *finding.Language) string {
			if l == nil {
				return "en"
			}
			return l.Code
		}), "en", "nl"},
		{phrase.Phrase{}, "", ""},
	}
	for _, test := range tests {
		if got := phrase.English(english).Say(test.said); got != test.english {
			t.Errorf("in English %q, want %q", got, test.english)
		}
		if got := phrase.In(dutch, "t", english).Say(test.said); got != test.own {
			t.Errorf("in Dutch %q, want %q", got, test.own)
		}
	}
	if !(phrase.Phrase{}).IsZero() || phrase.Seq("").IsZero() || boxes(1).IsZero() {
		t.Error("what says nothing is not told from what does")
	}
	// Of another topic nothing is known.
	if got := phrase.In(dutch, "u", english).Say(boxes(2)); got != "2 mailboxes" {
		t.Errorf("of another topic: %q", got)
	}
}
