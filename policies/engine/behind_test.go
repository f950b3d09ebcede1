package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// behindDoors is a control that says things of those behind entries of the facts.
const behindDoors = `# METADATA
# title: Nobody is behind a door
# description: Because.
# custom:
#   id: TEST-004
#   severity: critical
#   step: access
#   needs: [access, "mailboxes[].exchange"]
#   messages:
#     open: '{members} {is|are} behind {door}.'
#   remediation:
#     text: Close it.
package controls.testing.nobody_is_behind_a_door

violations contains {
	"key": "open",
	"args": {"door": door.name},
	"resource": {"kind": "door", "id": door.name},
	"at": ["exchange", "organization_config"],
	"behind": door.behind,
	"ways": door.ways,
} if {
	some door in input.access.doors
	door.open == true
}

notes contains {"key": "open", "args": {"door": door.name}, "behind": door.behind} if {
	some door in input.access.doors
	door.open == false
}
`

const behindSchema = `{"type": "object", "properties": {"doors": {"type": "array", "items": {
	"type": "object", "properties": {"name": {"type": "string"}, "open": {"type": "boolean"}, "behind": {}, "ways": {}}
}}}}`

// judgeBehind judges six mailboxes, of which 0 and 3, 1 and 4 look alike, 2 differs
// and 5 lacks what the control needs.
func judgeBehind(t *testing.T, change func(*engine.Engine) *engine.Engine, facts string, groups ...[]int) *finding.Report {
	t.Helper()
	document := aSnapshot()
	var boxes []any
	for _, kind := range []string{"a", "b", "c", "a", "b"} {
		boxes = append(boxes, aMailbox(len(boxes), object{"RecipientTypeDetails": kind}))
	}
	boxes = append(boxes, object{"id": "last", "user_principal_name": "last@contoso.test"})
	document["mailboxes"] = boxes
	in := input(t, document)
	in.Access = &accessStub{facts: facts, groups: groups}
	judge := load(t, engine.Options{Policies: policies("behind.rego", behindDoors), AccessSchema: []byte(behindSchema)})
	return check(t, change(judge), in)
}

func same(e *engine.Engine) *engine.Engine { return e }

func pointers(members *finding.Members) string {
	var list []string
	for m := range members.All() {
		list = append(list, strings.TrimPrefix(m.Pointer, "/mailboxes/"))
	}
	return strings.Join(list, " ")
}

// TestViolationsListThoseBehindThem expects the mailboxes of the classes that the
// facts name, without those of which nothing can be said, at the place that the
// control gives, or at the first of them where it gives none.
func TestViolationsListThoseBehindThem(t *testing.T) {
	facts := `{"doors": [{"name": "imap", "open": true, "ways": ["pop", "imap", "pop"], "behind": [2, 0, 0]}, {"name": "pop", "open": true, "ways": ["pop"], "behind": [3]}, {"name": "ews", "open": false, "behind": [1, 3]}]}`
	for name, change := range map[string]func(*engine.Engine) *engine.Engine{
		"engine": same, "every mailbox": (*engine.Engine).EveryMailbox,
	} {
		t.Run(name, func(t *testing.T) {
			report := judgeBehind(t, change, facts, []int{0}, []int{1}, []int{0, 2}, []int{3})
			r := report.Results[0]
			if r.Outcome != finding.Fail || len(r.Violations) != 1 || len(r.Notes) != 1 {
				t.Fatalf("%+v", r)
			}
			v := r.Violations[0]
			if got := pointers(v.Members); got != "0 2 3" || v.Count() != 3 {
				t.Errorf("%d members: %s", v.Count(), got)
			}
			if diff := cmp.Diff([]string{"imap", "pop"}, v.Ways); diff != "" {
				t.Errorf("the ways:\n%s", diff)
			}
			if v.Pointer != "/exchange/organization_config" || v.Resource.ID != "imap" || v.Region == nil {
				t.Errorf("it is about %+v at %s", v.Resource, v.Pointer)
			}
			if got := report.Controls[0].ViolationSentence(&v); got != "3 mailboxes are behind imap." {
				t.Error(got)
			}
			note := r.Notes[0]
			if got := pointers(note.Members); got != "1 4" || note.Count != 2 || note.Pointer != "/mailboxes/1" {
				t.Errorf("the note is about %s: %+v", got, note)
			}
			if len(r.Unknowns) != 1 || pointers(r.Unknowns[0].Members) != "5" {
				t.Errorf("what is unknown is %+v", r.Unknowns)
			}
		})
	}
}

// TestWhoeverIsBehindDoesNotChangeTheCause expects one fingerprint whoever is behind,
// and by whatever ways.
func TestWhoeverIsBehindDoesNotChangeTheCause(t *testing.T) {
	var fingerprints []string
	for ways, group := range map[string][]int{`["pop"]`: {0}, `["imap", "pop"]`: {0, 1, 2}} {
		r := judgeBehind(t, same, fmt.Sprintf(`{"doors": [{"name": "imap", "open": true, "ways": %s, "behind": [0]}]}`, ways), group).Results[0]
		fingerprints = append(fingerprints, r.Violations[0].Fingerprint)
	}
	if diff := cmp.Diff(fingerprints[0], fingerprints[1]); diff != "" {
		t.Error(diff)
	}
}

// TestNobodyIsBehindWhatIsNotThere expects an error of the control, and no finding
// without members.
func TestNobodyIsBehindWhatIsNotThere(t *testing.T) {
	for behind, want := range map[string]string{
		`[7]`: "there is no group 7", `[]`: "behind", `"imap"`: "not a list", `["imap"]`: "no number", `[0.5]`: "no number",
	} {
		r := judgeBehind(t, same, fmt.Sprintf(`{"doors": [{"name": "imap", "open": true, "ways": ["pop"], "behind": %s}]}`, behind), []int{0}).Results[0]
		if r.Outcome != finding.Error || !strings.Contains(r.Error, want) {
			t.Errorf("%s: %s %s", behind, r.Outcome, r.Error)
		}
	}
	for _, ways := range []string{`[]`, `"pop"`, `[3]`, `[""]`} {
		r := judgeBehind(t, same, fmt.Sprintf(`{"doors": [{"name": "imap", "open": true, "ways": %s, "behind": [0]}]}`, ways), []int{0}).Results[0]
		if r.Outcome != finding.Error || !strings.Contains(r.Error, "ways") {
			t.Errorf("ways %s: %s %s", ways, r.Outcome, r.Error)
		}
	}
	r := judgeBehind(t, same, `{"doors": [{"name": "imap", "open": true, "ways": ["pop"], "behind": [0]}]}`, []int{3}).Results[0]
	if r.Outcome != finding.Unknown || len(r.Violations) != 0 {
		t.Errorf("of mailboxes without evidence: %+v", r)
	}
}
