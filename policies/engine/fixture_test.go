package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// aControl is a whole control; tests change one thing of it.
const aControl = `# METADATA
# title: Modern authentication is on
# description: Because.
# related_resources:
#   - ref: https://example.com/page
#     description: A page
# custom:
#   id: TEST-001
#   severity: high
#   step: B
#   needs: [exchange.organization_config]
#   messages:
#     off: The setting is {value}.
#   remediation:
#     text: Turn it on.
package controls.testing.setting_is_on

violations contains _entry(value) if {
	value := input.exchange.organization_config.OAuth2ClientProfileEnabled
	value != true
}

_entry(value) := {
	"key": "off",
	"args": {"value": value},
	"resource": {"kind": "organization_config"},
	"at": ["exchange", "organization_config", "OAuth2ClientProfileEnabled"],
}
`

// aPopulation is a control of mailboxes.
const aPopulation = `# METADATA
# title: POP is off
# description: Because.
# custom:
#   id: TEST-002
#   severity: medium
#   step: C
#   needs: ["mailboxes[].exchange"]
#   optional: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     on: POP is on for {members} of kind {kind}.
#     none: There are no mailboxes.
#     undecided: Nobody can tell for {members}.
#     emergency: '{members} are for emergencies.'
#   remediation:
#     text: Turn it off.
package controls.testing.pop_is_off

violations contains {"key": "on", "args": {"kind": kind}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailbox.exchange.PopEnabled == true
	kind := object.get(mailbox.exchange, "RecipientTypeDetails", "unknown")
}

unknown contains {"key": "undecided", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailbox.exchange.PopEnabled == null
}

notes contains {"key": "emergency", "args": {}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	"break_glass" in mailbox.declared
}

not_applicable contains {"key": "none", "args": {}} if count(input.mailboxes) == 0
`

const (
	controlFile    = "controls/testing/setting_is_on/setting_is_on.rego"
	populationFile = "controls/testing/pop_is_off/pop_is_off.rego"
)

// policies makes a file system of name and text pairs.
func policies(pairs ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return files
}

// edited is a text with one thing changed, which must be in it.
func edited(t *testing.T, text, from, to string) string {
	t.Helper()
	if strings.Count(text, from) != 1 {
		t.Fatalf("the text holds %q %d times", from, strings.Count(text, from))
	}
	return strings.Replace(text, from, to, 1)
}

func load(t testing.TB, options engine.Options) *engine.Engine {
	t.Helper()
	judge, err := engine.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return judge
}

// loadErrors gives the errors that New found in files.
func loadErrors(err error) []*engine.LoadError {
	var found []*engine.LoadError
	var walk func(error)
	walk = func(err error) {
		var joined interface{ Unwrap() []error }
		var one *engine.LoadError
		switch {
		case err == nil:
		case errors.As(err, &joined):
			for _, e := range joined.Unwrap() {
				walk(e)
			}
		case errors.As(err, &one):
			found = append(found, one)
		}
	}
	walk(err)
	return found
}

type object = map[string]any

// aSnapshot is a document that both controls pass.
func aSnapshot() object {
	return object{
		"version":      1,
		"collected_at": "2026-11-01T08:00:00Z",
		"tenant":       object{"id": "00000000-0000-0000-0000-000000000001", "name": "Example"},
		"collection": object{"source": "test", "resources": []any{
			line("exchange.organization_config", "collected", "exchange.organization_config"),
			line("exchange.cas_mailboxes", "collected", "mailboxes", "mailboxes[].exchange"),
			line("exchange.users", "collected", "mailboxes[].domain", "mailboxes[].exchange.RecipientTypeDetails"),
			line("entra.users", "collected", "mailboxes[].entra"),
		}},
		"exchange": object{"organization_config": object{"Name": "example", "OAuth2ClientProfileEnabled": true}},
		"mailboxes": []any{
			aMailbox(1, object{"PopEnabled": false, "RecipientTypeDetails": "UserMailbox"}),
			aMailbox(2, object{"PopEnabled": false, "RecipientTypeDetails": "SharedMailbox"}),
		},
	}
}

func line(name, status string, paths ...string) object {
	return object{"name": name, "endpoint": "Get-" + name, "permission": "Read." + name, "paths": paths, "status": status}
}

func aMailbox(n int, exchange object) object {
	return object{
		"id":                  fmt.Sprintf("00000000-0000-0000-0001-%012d", n),
		"user_principal_name": fmt.Sprintf("user%d@example.com", n),
		"display_name":        fmt.Sprintf("User %d", n),
		"addresses":           []string{fmt.Sprintf("alias%d@example.com", n)},
		"domain":              "example.com",
		"exchange":            exchange,
		"entra":               object{"accountEnabled": true},
	}
}

// setLine replaces a line of the ledger.
func setLine(document object, replacement object) {
	resources := document["collection"].(object)["resources"].([]any)
	for i, old := range resources {
		if old.(object)["name"] == replacement["name"] {
			resources[i] = replacement
			return
		}
	}
	document["collection"].(object)["resources"] = append(resources, replacement)
}

func input(t testing.TB, document object) engine.Input {
	t.Helper()
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Input{
		Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
			return snapshot.Read("snapshot.json", bytes.NewReader(text), visit)
		},
		Declarations: engine.DefaultDeclarations(),
		SnapshotURI:  "snapshot.json",
		Tool:         finding.Tool{Name: "postern", Version: "test"},
		FailOn:       "low",
	}
}

// A judge is an engine, or one that is still loading.
type judge interface {
	Check(context.Context, engine.Input) (*finding.Report, error)
}

func check(t testing.TB, judge judge, in engine.Input) *finding.Report {
	t.Helper()
	report, err := judge.Check(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// result is what became of the only control.
func result(t testing.TB, control string, document object) *finding.Result {
	t.Helper()
	return &check(t, load(t, engine.Options{Policies: policies("controls/a.rego", control)}), input(t, document)).Results[0]
}
