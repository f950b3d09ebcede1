package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// countingControl says how many mailboxes have OWA on, which nobody can tell of a
// part of them.
var countingControl = strings.NewReplacer("HOUSE-001", "HOUSE-002", "owa_off", "few_have_owa", "for {members}", "too often").Replace(ownControl[:strings.Index(ownControl, "import")]) + `
violations contains {"key": "on", "args": {}, "resource": {"kind": "tenant"}, "at": ["exchange", "organization_config"]} if {
	count([1 | some mailbox in input.mailboxes; mailbox.exchange.OWAEnabled == true]) > 2
}
`

// TestTooManyToSeeAtOnce: a control that must see all mailboxes together breaks
// when more of them differ than may be held, and disturbs no other. As many as like
// may look alike.
func TestTooManyToSeeAtOnce(t *testing.T) {
	own := folder(t, "a.rego", ownControl, "lib.rego", ownLibrary, "b.rego", countingControl)
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl), Own: []string{own}})
	tenant := func(n int) object {
		document := aSnapshot()
		first := document["mailboxes"].([]any)[0].(object)
		var boxes []any
		for i := range n {
			box := clone(first)
			box["id"] = string(rune('a' + i))
			exchange := box["exchange"].(object)
			exchange["OWAEnabled"] = i%2 == 0
			boxes = append(boxes, box)
		}
		document["mailboxes"] = boxes
		return document
	}
	got := outcomes(check(t, judge.AtMostAtOnce(2), input(t, tenant(12))))
	want := map[string]finding.Outcome{"TEST-001": finding.Pass, "HOUSE-001": finding.Fail, "HOUSE-002": finding.Fail}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("two kinds of mailboxes (-want +got):\n%s", diff)
	}
	report := check(t, judge.AtMostAtOnce(1), input(t, tenant(12)))
	want["HOUSE-002"] = finding.Error
	if diff := cmp.Diff(want, outcomes(report)); diff != "" {
		t.Errorf("one kind too many (-want +got):\n%s", diff)
	}
	for _, r := range report.Results {
		if r.Control == "HOUSE-002" && !strings.Contains(r.Error, "more than 1 of them differ in what it reads") {
			t.Errorf("the error is %q", r.Error)
		}
	}
}

// gatheringControl asks which settings there are among all mailboxes.
var gatheringControl = strings.NewReplacer("HOUSE-001", "HOUSE-002", "owa_off", "all_have_owa", "for {members}", "somewhere").Replace(ownControl[:strings.Index(ownControl, "import")]) + `
violations contains {"key": "on", "args": {}, "resource": {"kind": "tenant"}, "at": ["exchange", "organization_config"]} if {
	count(_settings) > 1
}

_settings := {mailbox.exchange.RecipientTypeDetails | some mailbox in input.mailboxes}
`

// TestTooManyToGather is the same of a control that must see each kind of mailbox once.
func TestTooManyToGather(t *testing.T) {
	own := folder(t, "b.rego", gatheringControl)
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl), Own: []string{own}})
	document := aSnapshot()
	var boxes []any
	for i, kind := range []string{"A", "B", "C", "D", "E", "A"} {
		box := clone(document["mailboxes"].([]any)[0].(object))
		box["id"], box["exchange"].(object)["RecipientTypeDetails"] = string(rune('a'+i)), kind
		boxes = append(boxes, box)
	}
	document["mailboxes"] = boxes
	for most, want := range map[int]finding.Outcome{5: finding.Fail, 2: finding.Error} {
		if got := outcomes(check(t, judge.AtMostAtOnce(most), input(t, document)))["HOUSE-002"]; got != want {
			t.Errorf("of five kinds of mailboxes, at most %d at once: %s, not %s", most, got, want)
		}
	}
}
