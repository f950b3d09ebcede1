package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
)

// awkward are controls that an organisation may write for itself, and that do not
// look at one mailbox at a time. every says that mailboxes which look alike cannot
// stand as one, together that the mailboxes cannot be judged in parts.
var awkward = []struct {
	name            string
	every, together bool
	custom, rules   string
}{
	{"how many", true, true, "", `
		violations contains _whole({"n": n}) if {
			n := count([1 | some box in input.mailboxes; box.exchange.PopEnabled == true])
			n > 10
		}`},
	{"more than", true, true, "", `violations contains _whole({"n": count(input.mailboxes)}) if count(input.mailboxes) > 100`},
	{"the first", true, true, "", `
		violations contains {"key": "one", "args": {}, "mailbox": 0} if input.mailboxes[0].exchange.PopEnabled == true`},
	{"the index", true, true, "", `
		violations contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			i % 7 == 0
			box.exchange.PopEnabled == true
		}`},
	{"two of them", true, true, "", `
		violations contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			some j, other in input.mailboxes
			i != j
			box.exchange == other.exchange
		}`},
	{"the largest domain", true, true, "", `
		violations contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			count([1 | some other in input.mailboxes; other.domain == box.domain]) > 40
		}`},
	{"set apart by another", false, true, "", `
		violations contains {"key": "one", "args": {"k": other.exchange.RecipientTypeDetails}, "mailbox": i} if {
			some i, box in input.mailboxes
			some other in input.mailboxes
			is_string(other.exchange.RecipientTypeDetails)
			other.domain == box.domain
			other.exchange.PopEnabled != box.exchange.PopEnabled
		}`},
	{"which domains", false, true, "", `
		_used := {box.domain | some box in input.mailboxes}
		violations contains _whole({"n": count(_used)}) if count(_used) > 1
		not_applicable contains {"key": "none", "args": {}} if not "nowhere.example" in _used`},
	{"all of them", false, true, "", `
		violations contains _whole({}) if {
			every box in input.mailboxes { is_object(box.exchange) }
		}
		notes contains {"key": "none", "args": {}} if {
			every box in input.mailboxes { box.domain != "x" }
		}`},
	{"another instant", true, false, "", `
		violations contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			box.entra.createdDateTime < "2026-08-01T00:00:00Z"
		}`},
	{"one instant and the other", true, false, "", `
		_late(box) if box.entra.createdDateTime > box.entra.signInSessionsValidFromDateTime
		violations contains {"key": "one", "args": {}, "mailbox": i} if { some i, box in input.mailboxes; _late(box) }`},
	{"the year", true, false, "", `
		violations contains {"key": "one", "args": {"year": year}, "mailbox": i} if {
			some i, box in input.mailboxes
			is_string(box.entra.createdDateTime)
			year := substring(box.entra.createdDateTime, 0, 7)
		}`},
	{"an instant as it is", true, false, "", `
		violations contains {"key": "one", "args": {"at": at}, "mailbox": i} if {
			some i, box in input.mailboxes
			at := box.entra.signInSessionsValidFromDateTime
			is_string(at)
		}`},
	{"the newest", true, true, "", `
		_newest := max([box.entra.createdDateTime | some box in input.mailboxes; is_string(box.entra.createdDateTime)])
		violations contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			box.entra.createdDateTime == _newest
		}`},
	{"every instant in the record", true, false, "", `
		violations contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			contains(json.marshal(box.entra), "2026-09-01T12:00:01Z")
		}`},
	{"instants by moments", false, false, "", `
		_since(at) := "never" if at == null
		else := "as collected" if at == input.collected_at
		else := "before" if at < input.moments.enforced_at
		else := "after"
		_null(null)
		notes contains {"key": "one", "args": {}, "mailbox": i} if { some i, box in input.mailboxes; _null(box.entra.createdDateTime) }
		violations contains {"key": "one", "args": {"k": _since(box.entra[name]), "name": name}, "mailbox": i} if {
			some i, box in input.mailboxes
			some name in ["createdDateTime", "signInSessionsValidFromDateTime"]
			object.get(box.entra, name, "") != input.moments.idle_before
		}`},
	{"says so", true, false, "\n#   unreduced: true", `
		violations contains {"key": "one", "args": {"k": box.exchange.RecipientTypeDetails}, "mailbox": i} if {
			some i, box in input.mailboxes
			is_string(box.exchange.RecipientTypeDetails)
		}`},
	{"names of fields", false, false, "", `
		violations contains {"key": "one", "args": {"name": name}, "mailbox": i} if {
			some i, box in input.mailboxes
			some name, _ in box.exchange
			startswith(name, "Pop")
			not box.exchange.ImapEnabled == true
		}`},
	{"a field by a computed name", false, false, "", `
		violations contains {"key": "one", "args": {"name": name}, "mailbox": i} if {
			some i, box in input.mailboxes
			some name in {concat("", [prefix, "Enabled"]) | some prefix in ["Pop", "Imap"]}
			box.exchange[name] == true
		}`},
	{"how many fields", false, false, "", `
		violations contains {"key": "one", "args": {"n": count(box.exchange)}, "mailbox": i} if {
			some i, box in input.mailboxes
			box.exchange.PopEnabled == true
		}`},
	{"lists", false, false, "", `
		violations contains {"key": "one", "args": {"groups": box.okta.groups, "n": count(box.okta.groups)}, "mailbox": i} if {
			some i, box in input.mailboxes
			count(box.okta.groups) > 1
		}
		notes contains {"key": "one", "args": {}, "mailbox": i} if {
			some i, box in input.mailboxes
			not box.okta.apps
		}`},
	{"any field", false, false, "", `
		violations contains {"key": "one", "args": {"kind": type_name(value)}, "mailbox": i} if {
			some i, box in input.mailboxes
			value := box.exchange[_]
		}`},
	{"a set of indexes", false, false, "", `
		_bad contains i if { some i, box in input.mailboxes; box.exchange.PopEnabled == true }
		violations contains {"key": "one", "args": {}, "mailbox": i} if some i in _bad
		notes contains {"key": "one", "args": {}, "mailbox": i} if { some i, _ in input.mailboxes; not i in _bad }`},
}

// awkwardControl is one control's file.
func awkwardControl(i int) string {
	return fmt.Sprintf(`# METADATA
# title: Awkward
# description: Because.
# custom:
#   id: AWKWARD-%03d
#   severity: low
#   step: C
#   needs: ["mailboxes[].exchange", "mailboxes[].domain"]
#   optional: ["mailboxes[].entra", "mailboxes[].okta"]%s
#   messages:
#     whole: All of it.
#     one: '{members}.'
#     none: None.
#   remediation:
#     text: Nothing.
package controls.testing.awkward_%d

_whole(args) := {"key": "whole", "args": args, "resource": {"kind": "tenant"}, "at": ["exchange", "organization_config"]}

_uses := {"whole", "one", "none"}
%s
`, i, awkward[i].custom, i, awkward[i].rules)
}

// TestAwkwardLikeOPA: whatever a control does with the mailboxes, the engine says
// what OPA says of all of them.
func TestAwkwardLikeOPA(t *testing.T) {
	files := fstest.MapFS{}
	for i := range awkward {
		files[fmt.Sprintf("controls/testing/awkward_%d.rego", i)] = &fstest.MapFile{Data: []byte(awkwardControl(i))}
	}
	judge := load(t, engine.Options{Policies: files})
	every, together := judge.NeedsEveryMailbox(), strings.Join(judge.NeedsAllAtOnce(), " ")
	got, want := map[string][2]bool{}, map[string][2]bool{}
	for i, a := range awkward {
		id := fmt.Sprintf("AWKWARD-%03d", i)
		_, e := every[id]
		got[a.name] = [2]bool{e, strings.Contains(together, id)}
		want[a.name] = [2]bool{a.every, a.together}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("which controls need every mailbox, and all at once (-want +got):\n%s", diff)
	}
	p := newPlain(t, files, judge.Controls())
	judges := map[string]*engine.Engine{
		"engine": judge, "in small batches": judge.InBatches(9), "with few classes": judge.KeepClasses(4).InBatches(9),
		"every mailbox": judge.EveryMailbox(),
	}
	tenants := 4
	if testing.Short() {
		tenants = 1
	}
	compared, lines := 0, 0
	for seed := range uint64(tenants) {
		document, declared := randomTenant(t, 3+seed*7, 150)
		document["exchange"] = object{"organization_config": object{}}
		c, l := agree(t, p, judges, document, declared)
		compared, lines = compared+c, lines+l
	}
	if compared != tenants*len(judges)*len(awkward) || lines < 10*compared {
		t.Errorf("%d controls were compared, which said %d lines", compared, lines)
	}
}
