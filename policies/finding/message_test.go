package finding_test

import (
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

func TestSentencesSayWhatTheArgumentsSay(t *testing.T) {
	c := finding.Control{Messages: map[string]string{
		"weak":  "{members} {is|are} under policy '{policy}' ({flags}), {hours} hours, {count}.",
		"plain": "Rule '{rule}' {unknown}.",
	}}
	args := finding.Args{"policy": "{members}", "flags": []any{"A", "B"}, "hours": 1.5}
	tests := []struct {
		key        string
		args       finding.Args
		count      int
		population string
		want       string
	}{
		{"weak", args, 1, "mailbox", "1 mailbox is under policy '{members}' (A, B), 1.5 hours, 1."},
		{"weak", args, 12, "mailbox", "12 mailboxes are under policy '{members}' (A, B), 1.5 hours, 12."},
		{"weak", args, 0, "sign_in", "0 sign-in records are under policy '{members}' (A, B), 1.5 hours, 0."},
		{"plain", finding.Args{"rule": "{x} {"}, 0, "", "Rule '{x} {' {unknown}."},
		{"members_without_evidence", finding.Args{"evidence": "mailboxes[].entra"}, 1, "mailbox", "1 mailbox lacks mailboxes[].entra, so nothing can be said about it."},
		{"no such key", nil, 0, "", "no such key"},
	}
	for _, test := range tests {
		if got := c.Sentence(test.key, test.args, test.count, test.population); got != test.want {
			t.Errorf("%s: %q, want %q", test.key, got, test.want)
		}
	}
}

func TestFingerprintsFollowTheSubjectAndNothingElse(t *testing.T) {
	base := func() *finding.Violation {
		return &finding.Violation{Key: "weak", Args: finding.Args{"policy": "P", "n": 3.0}, Resource: finding.Resource{Kind: "mailbox"}}
	}
	print := func(v *finding.Violation) string { return finding.Fingerprint("tenant", "BASIC-003", v) }
	first := print(base())
	same := base()
	same.Pointer, same.Snippet, same.Region = "/mailboxes/9", "other", &finding.Region{StartLine: 7}
	same.Resource.Name = "another name"
	if print(same) != first {
		t.Error("a moved line or another name changes the fingerprint")
	}
	for name, change := range map[string]func(*finding.Violation){
		"key":         func(v *finding.Violation) { v.Key = "open" },
		"cause":       func(v *finding.Violation) { v.Args["policy"] = "Q" },
		"kind":        func(v *finding.Violation) { v.Resource.Kind = "sign_in" },
		"resource id": func(v *finding.Violation) { v.Resource.ID = "1" },
	} {
		other := base()
		change(other)
		if print(other) == first {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
	if finding.Fingerprint("other", "BASIC-003", base()) == first || finding.Fingerprint("tenant", "BASIC-005", base()) == first {
		t.Error("another tenant or control has the same fingerprint")
	}
	if len(first) != 32 {
		t.Errorf("%q has not 32 digits", first)
	}
}
