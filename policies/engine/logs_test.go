package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// logs makes rows for both logs, of which many look alike.
func (r *randomizer) logs(document object, boxes []any, n int) {
	evidence, ok := document["evidence"].(object)
	if !ok {
		return
	}
	for _, name := range []string{"okta_requests", "sign_ins"} {
		def := strings.TrimSuffix(name, "s")
		if _, collected := evidence[name]; !collected {
			continue
		}
		rows, _ := evidence[name].([]any)
		for _, row := range rows {
			r.collect("."+name, row)
		}
		for _, agent := range []string{"Microsoft Office/14.0 (Microsoft Outlook 14.0.1)", "Apple-iPhone/1301.1", "Windows-AzureAD-Authentication-Provider/1.0", "curl/8"} {
			r.seen["."+name+".user_agent"] = append(r.seen["."+name+".user_agent"], agent)
		}
		r.seen["."+name+".authentication_protocol"] = []any{"ropc", "none", "ROPC"}
		var templates []object
		for range 2 + r.IntN(12) {
			templates = append(templates, r.object("."+name, r.defs[def].(object)))
		}
		made := make([]any, r.IntN(n))
		for i := range made {
			row := clone(templates[r.IntN(len(templates))])
			for _, field := range []string{"succeeded", "failed"} {
				if r.IntN(3) == 0 {
					row[field], _ = r.value("", r.defs["tally"].(object))
				}
			}
			for _, field := range []string{"first_seen", "last_seen"} {
				if r.IntN(3) == 0 {
					row[field] = r.instant()
				}
			}
			who := boxes[r.IntN(len(boxes))].(object)
			row["user_id"], row["user_principal_name"] = who["id"], who["user_principal_name"]
			if name == "okta_requests" {
				delete(row, "user_principal_name")
				row["user_name"] = who["user_principal_name"]
			}
			made[i] = row
		}
		evidence[name] = made
	}
}

// streamed is an input whose rows are handed over, with the text at hand or without.
func streamed(t testing.TB, document object, withText bool) engine.Input {
	t.Helper()
	in := input(t, document)
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	in.Read = func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Stream("snapshot.json", bytes.NewReader(text), visit)
	}
	if withText {
		in.Text = bytes.NewReader(text)
	}
	return in
}

// logControl is a control that reads the logs and the mailboxes.
func logControl(number int, rules string) (file, text string) {
	slug := fmt.Sprintf("reads_logs_%d", number)
	messages := ""
	for _, sentence := range []string{"a: Seen {value}.", "b: Seen too, {value}.", "c: Seen as well."} {
		if strings.Contains(rules, fmt.Sprintf(`"key": %q`, sentence[:1])) {
			messages += "\n#     " + sentence
		}
	}
	return "controls/testing/" + slug + "/" + slug + ".rego", fmt.Sprintf(`# METADATA
# title: The logs show nothing
# description: Because.
# custom:
#   id: TEST-%03d
#   severity: medium
#   step: C
#   needs: [evidence.sign_ins]
#   optional: [evidence.okta_requests, "mailboxes[].domain", "mailboxes[].exchange.RecipientTypeDetails"]
#   messages:%s
#   remediation:
#     text: Look.
package controls.testing.%s
%s`, number, messages, slug, rules)
}

// logRules are ways to read logs, with what a control that reads so has to see of the
// sign-ins.
var logRules = []struct{ name, scale, rules string }{
	{"one by one", "in parts", `
violations contains {"key": "a", "args": {"value": row.client_app}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.succeeded > 0
}
notes contains {"key": "c", "args": {}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.failed != 0
	row.last_seen >= input.moments.settled_before
}
`},
	{"counts against another number", "every one", `
violations contains {"key": "a", "args": {"value": row.client_app}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.succeeded > 1
}
`},
	{"a count in the arguments", "every one", `
violations contains {"key": "a", "args": {"value": row.failed}, "sign_in": i} if some i, row in input.evidence.sign_ins
`},
	{"counts against each other", "every one", `
violations contains {"key": "c", "args": {}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.failed > row.succeeded
}
`},
	{"instants against each other", "every one", `
violations contains {"key": "c", "args": {}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.first_seen == row.last_seen
}
`},
	{"how many", "every one", `
violations contains {"key": "a", "args": {"value": count(input.evidence.sign_ins)}, "resource": {"kind": "tenant"}, "at": ["evidence", "sign_ins"]} if {
	count(input.evidence.sign_ins) > 3
}
`},
	{"the place of a row", "every one", `
violations contains {"key": "c", "args": {}, "resource": {"kind": "row"}, "at": ["evidence", "sign_ins", i]} if {
	some i, row in input.evidence.sign_ins
	row.failed > 0
}
`},
	{"how many kinds", "together", `
violations contains {"key": "a", "args": {"value": count(_agents)}, "resource": {"kind": "tenant"}, "at": ["evidence", "sign_ins"]} if count(_agents) > 2

_agents := {row.user_agent | some row in input.evidence.sign_ins}
`},
	{"all of a kind", "together", `
not_applicable contains {"key": "c", "args": {}} if { every row in input.evidence.sign_ins { row.interactive == true } }
violations contains {"key": "c", "args": {}, "sign_in": i} if { some i, row in input.evidence.sign_ins; row.succeeded > 0 }
`},
	{"one beside those of the other log", "joined", `
violations contains {"key": "a", "args": {"value": row.user_agent}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	some request in input.evidence.okta_requests
	request.user_agent == row.user_agent
}
violations contains {"key": "b", "args": {"value": request.user_agent}, "okta_request": i} if {
	some i, request in input.evidence.okta_requests
	not _elsewhere(request.user_agent)
}
_elsewhere(agent) if {
	some row in input.evidence.sign_ins
	row.user_agent == agent
}
`},
	{"one beside mailboxes", "joined", `
violations contains {"key": "a", "args": {"value": kind}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	some box in input.mailboxes
	kind := box.exchange.RecipientTypeDetails
	is_string(kind)
	contains(row.client_app, substring(kind, 0, 1))
}
`},
	{"all three lists, each by itself", "in parts", `
violations contains {"key": "a", "args": {"value": row.client_app}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.succeeded > 0
}
violations contains {"key": "b", "args": {"value": row.user_agent}, "okta_request": i} if {
	some i, row in input.evidence.okta_requests
	row.succeeded > 0
}
violations contains {"key": "c", "args": {}, "mailbox": i} if {
	some i, box in input.mailboxes
	box.exchange.RecipientTypeDetails == "SharedMailbox"
}
unknown contains {"key": "c", "args": {}, "evidence": "evidence.okta_requests"} if not input.evidence.okta_requests
not_applicable contains {"key": "c", "args": {}} if count(input.evidence.sign_ins) == 0
not_applicable contains {"key": "a", "args": {"value": "mailboxes"}} if count(input.mailboxes) == 0
notes contains {"key": "b", "args": {"value": "requests"}} if count(input.evidence.okta_requests) == 0
`},
	{"rows in parts, mailboxes together", "with others together", `
violations contains {"key": "a", "args": {"value": row.client_app}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	row.succeeded > 0
}
notes contains {"key": "a", "args": {"value": count(_kinds)}} if count(_kinds) > 1
_kinds := {box.exchange.RecipientTypeDetails | some box in input.mailboxes}
`},
	{"all that a row has", "every one", `
violations contains {"key": "c", "args": {}, "sign_in": i} if {
	some i, row in input.evidence.sign_ins
	count(row) > 7
	json.marshal(row) != ""
}
`},
}

// TestLogsLikeOPA holds the engine to plain OPA where controls read the logs in all
// sorts of ways, in as few parts as it takes and in many.
func TestLogsLikeOPA(t *testing.T) {
	var pairs []string
	for i, rules := range logRules {
		file, text := logControl(i+1, rules.rules)
		pairs = append(pairs, file, text)
	}
	files := policies(pairs...)
	judge := load(t, engine.Options{Policies: files})
	p := newPlain(t, files, judge.Controls())
	scales := judge.LogScales(0)
	for i, rules := range logRules {
		if got := scales[fmt.Sprintf("TEST-%03d", i+1)]; got != rules.scale {
			t.Errorf("%s: sign-ins are seen %s, want %s", rules.name, got, rules.scale)
		}
	}
	judges := map[string]*engine.Engine{
		"engine": judge, "in parts": judge.InBatches(3), "one by one, with few classes": judge.InBatches(1).KeepClasses(2), "every one": judge.EveryMailbox(),
	}
	compared, lines := 0, 0
	for seed := range uint64(5) {
		document, declared := randomTenant(t, 300+seed, 9)
		full := whole(t, document, declared)
		for name, judge := range judges {
			for how, in := range map[string]engine.Input{
				"kept": input(t, document), "streamed": streamed(t, document, true), "without text": streamed(t, document, false),
			} {
				in.Declarations, in.Access = declared, access.NewGathering(access.Options{})
				c, l := sameAsOPA(t, fmt.Sprint("seed=", seed, " ", name, ", ", how), p, full, check(t, judge, in))
				compared, lines = compared+c, lines+l
			}
		}
	}
	t.Logf("%d controls compared, %d lines", compared, lines)
	if compared < 500 || lines < 2*compared {
		t.Errorf("only %d controls were compared, which said %d lines", compared, lines)
	}
}

// TestTooManyRowsToSeeAtOnce: a control that must see all rows of a log together
// breaks where too many of them differ, and says which.
func TestTooManyRowsToSeeAtOnce(t *testing.T) {
	file, text := logControl(1, logRules[7].rules)
	other, one := logControl(2, logRules[0].rules)
	judge := load(t, engine.Options{Policies: policies(file, text, other, one)})
	document := aSnapshot()
	setLine(document, line("entra.sign_ins", "collected", "evidence.sign_ins"))
	var rows []any
	for i := range 6 {
		rows = append(rows, object{
			"user_principal_name": "u", "client_app": "POP3", "interactive": true, "user_agent": fmt.Sprint("agent", i), "succeeded": i, "failed": 0,
		})
	}
	document["evidence"] = object{"sign_ins": rows}
	for most, want := range map[int]finding.Outcome{6: finding.Fail, 5: finding.Error} {
		report := check(t, judge.AtMostAtOnce(most), streamed(t, document, true))
		if diff := cmp.Diff(map[string]finding.Outcome{"TEST-001": want, "TEST-002": finding.Fail}, outcomes(report)); diff != "" {
			t.Errorf("at most %d (-want +got):\n%s", most, diff)
		}
		const told = "the control sees all sign-ins at once, and more than 5 of them differ in what it reads: let it judge one sign in at a time"
		if broken := &report.Results[0]; want == finding.Error && broken.Error != told {
			t.Errorf("the error is %q", broken.Error)
		}
	}
}

// TestRowsThatChanged: rows are read again where they stand, which fails if they do
// not stand there any more.
func TestRowsThatChanged(t *testing.T) {
	file, text := logControl(1, logRules[0].rules)
	judge := load(t, engine.Options{Policies: policies(file, text)})
	document := aSnapshot()
	setLine(document, line("entra.sign_ins", "collected", "evidence.sign_ins"))
	document["evidence"] = object{"sign_ins": []any{
		object{"user_principal_name": "u", "client_app": "POP3", "interactive": true, "succeeded": 1, "failed": 0},
	}}
	in := streamed(t, document, true)
	report := check(t, judge, in)
	members := report.Results[0].Violations[0].Members
	if got := members.First(2); len(got) != 1 || got[0].Name != "u" || got[0].Line == 0 || got[0].Pointer != "/evidence/sign_ins/0" {
		t.Errorf("members: %+v", got)
	}
	in.Text = strings.NewReader(strings.Repeat(" ", 10_000))
	report, err := judge.Check(t.Context(), in)
	if err == nil || !strings.Contains(err.Error(), "read sign in 0 again: the snapshot changed") {
		t.Errorf("the snapshot changed, and %v, %v", report, err)
	}
}
