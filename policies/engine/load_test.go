package engine_test

import (
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/engine"
)

func TestSoundControlsLoad(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(
		populationFile, aPopulation,
		controlFile, aControl,
		"controls/testing/setting_is_on/setting_is_on_test.rego", "this is no Rego, and must not be parsed",
		"README.md", "nor is this",
	)})
	controls := judge.Controls()
	if len(controls) != 2 {
		t.Fatalf("%d controls", len(controls))
	}
	c := controls[0] // step B stands before C
	if c.ID != "TEST-001" || c.Slug != "setting_is_on" || c.Area != "testing" || c.Severity != "high" || c.Step != "B" ||
		c.Title != "Modern authentication is on" || c.Description != "Because." || c.Messages["off"] != "The setting is {value}." ||
		c.Remediation.Text != "Turn it on." || c.Needs[0] != "exchange.organization_config" || c.Related[0].URL != "https://example.com/page" {
		t.Errorf("the catalogue entry is %+v", c)
	}
}

// TestMetadataAreStrict changes one thing of a sound control, and expects one
// error at the line where that thing stands.
func TestMetadataAreStrict(t *testing.T) {
	tests := []struct {
		name, from, to string
		line           int
		want           string
	}{
		{"no title", "# title: Modern authentication is on\n", "", 1, "title is missing"},
		{"empty title", "title: Modern authentication is on", "title: ' '", 2, "title is missing"},
		{"no description", "# description: Because.\n", "", 1, "description is missing"},
		{"slip in a part", "# title:", "# titel: x\n# title:", 2, `unknown metadata "titel"`},
		{"part that OPA knows", "# custom:", "# entrypoint: true\n# custom:", 7, `unknown metadata "entrypoint"`},
		{"no address", "https://example.com/page", "javascript:alert(1)", 4, "no web address"},
		{"no id", "#   id: TEST-001\n", "", 7, "custom.id is missing"},
		{"number for an id", "id: TEST-001", "id: 17", 8, "custom.id must be a text"},
		{"malformed id", "id: TEST-001", "id: TEST-1", 8, "not of the form"},
		{"lower case id", "id: TEST-001", "id: test-001", 8, "not of the form"},
		{"no severity", "#   severity: high\n", "", 7, "custom.severity is missing"},
		{"unknown severity", "severity: high", "severity: grave", 9, `unknown severity "grave"`},
		{"no step", "#   step: B\n", "", 7, "custom.step is missing"},
		{"unknown step", "step: B", "step: G", 10, `unknown step "G"`},
		{"text for needs", "[exchange.organization_config]", "exchange.organization_config", 11, "must be a list of texts"},
		{"no evidence", "#   needs: [exchange.organization_config]\n", "", 7, "declares no evidence"},
		{"need named twice", "[exchange.organization_config]", "[exchange.organization_config, exchange.organization_config]", 11, "declared twice"},
		{"need that is not there", "[exchange.organization_config]", "[exchange.organization_config, exchange.nothing]", 11, "the snapshot has no exchange.nothing"},
		{"need of all", "[exchange.organization_config]", "[exchange]", 11, "too much to need"},
		{"need of the configuration", "[exchange.organization_config]", "[exchange.organization_config, config.ews_allowed]", 11, "names no evidence"},
		{"need of who people are", "[exchange.organization_config]", `[exchange.organization_config, "mailboxes[].id"]`, 11, "names a person"},
		{"no messages", "#   messages:\n#     off: The setting is {value}.\n", "", 7, "custom.messages is missing"},
		{"messages are no object", "messages:\n#     off: The setting is {value}.", "messages: x", 12, "must be an object"},
		{"sentence without end", "{value}.", "{value}", 13, "full stop"},
		{"brace not closed", "is {value}.", "is {value.", 13, "is no argument"},
		{"brace not opened", "is {value}.", "is value}.", 13, "never opened"},
		{"message of every control", "#     off:", "#     denied: Denied.\n#     off:", 13, "every control has"},
		{"strange name", "#     off:", "#     Of-f: Off.\n#     off:", 13, "no name for a message"},
		{"word that nothing uses", "#   messages:", "#   words: {spare: spare}\n#   messages:", 12, `no rule uses the word "spare"`},
		{"word that is not declared", `{"value": value}`, `{"value": "word:spare"}`, 7, `there is no word "spare"`},
		{"word with an argument", "#   messages:", "#   words: {spare: 'a {name}'}\n#   messages:", 12, "plain text on one line"},
		{"strange name of a word", "#   messages:", "#   words: {Sp-are: spare}\n#   messages:", 12, "no name for a word"},
		{"words are no object", "#   messages:", "#   words: x\n#   messages:", 12, "must be an object"},
		{"message that nothing uses", "#     off:", "#     spare: Spare.\n#     off:", 13, `no rule uses the message "spare"`},
		{"no remediation", "#   remediation:\n#     text: Turn it on.\n", "", 7, "custom.remediation is missing"},
		{"remediation without text", "text: Turn it on.", "powershell: Set-It", 14, "custom.remediation.text is missing"},
		{"unknown remediation", "#     text:", "#     azure: x\n#     text:", 15, "unknown metadata custom.remediation.azure"},
		{"sees a need", "#   severity:", "#   seen: [exchange.organization_config]\n#   severity:", 9, "not among the optional evidence"},
		{"unknown custom", "#   severity:", "#   severty: high\n#   severity:", 9, "unknown metadata custom.severty"},
		{"flag that is none", "#   severity:", "#   evidence_only: maybe\n#   severity:", 9, "must be true or false"},
		{"metadata of a rule", "_entry(value) :=", "# METADATA\n# custom:\n#   id: X\n_entry(value) :=", 23, "are not read"},
		{"YAML that is none", "title: Modern authentication is on", "title: [", 0, "did not find"},
		{"no metadata", "# METADATA\n", "", 15, "no metadata"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := engine.New(engine.Options{Policies: policies(controlFile, edited(t, aControl, test.from, test.to))})
			expectAt(t, err, controlFile, test.line, test.want)
		})
	}
}

// expectAt expects an error at a place, with a text in it.
func expectAt(t *testing.T, err error, file string, line int, want string) {
	t.Helper()
	found := loadErrors(err)
	for _, e := range found {
		if e.File == file && (e.Line == line || line == 0) && strings.Contains(e.Error(), want) {
			return
		}
	}
	t.Errorf("no error at %s:%d with %q, but: %v", file, line, want, err)
}

// TestControlsThatShareAHelper: what a helper reads is held against every control
// that hands it the same, at the line where that control does.
func TestControlsThatShareAHelper(t *testing.T) {
	const helper = "package lib.helpers\n\nspf(exchange) if deep(exchange).SmtpClientAuthenticationDisabled == true\n\ndeep(exchange) := exchange.transport_config\n"
	rule := "violations contains _entry(value) if {\n\thelpers.spf(input.exchange)\n"
	first := strings.Replace(edited(t, aControl, "violations contains _entry(value) if {\n", rule), "is_on\n", "is_on\n\nimport data.lib.helpers\n", 1)
	second := edited(t, strings.Replace(first, "TEST-001", "TEST-003", 1), "package controls.testing.setting_is_on\n", "package controls.testing.another\n\n")
	_, err := engine.New(engine.Options{Policies: policies("lib/helpers.rego", helper, "a.rego", first, "b.rego", second)})
	expectAt(t, err, "a.rego", 21, "input.exchange.transport_config is read and not declared")
	expectAt(t, err, "b.rego", 22, "input.exchange.transport_config is read and not declared")
}

// TestControlsReadWhatTheyDeclare adds one rule to a sound control, which reads
// what the control does not declare, or not as it must.
func TestControlsReadWhatTheyDeclare(t *testing.T) {
	const helpers = `package lib.helpers

import data.lib.more

spf(config) if config.transport_config.SmtpClientAuthenticationDisabled == true

deep(exchange) := more.transport(exchange)

harmless(config) if config.OAuth2ClientProfileEnabled == true
`
	const more = "package lib.more\n\ntransport(exchange) := exchange.transport_config\n"
	tests := []struct {
		name, rule, want string
	}{
		{"declared", `_x if input.exchange.organization_config.EwsEnabled == true`, ""},
		{"free", `_x if { input.config.ews_allowed; input.moments.settled_before < input.collected_at; input.tenant.id != "" }`, ""},
		{"asked for", `_x if not input.exchange.organization_config`, ""},
		{"harmless helper", `_x if helpers.harmless(input.exchange.organization_config)`, ""},
		{"written out", `_x if input.exchange.transport_config.SmtpClientAuthenticationDisabled == true`, "input.exchange.transport_config.SmtpClientAuthenticationDisabled is read and not declared"},
		{"by brackets", `_x if input["exchange"]["transport_config"].SmtpClientAuthenticationDisabled == true`, "input.exchange.transport_config"},
		{"by a variable", "_x if {\n\te := input.exchange\n\te.transport_config.SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"variable used above", "_x if {\n\te.transport_config.SmtpClientAuthenticationDisabled == true\n\te = input.exchange\n}", "input.exchange.transport_config"},
		{"by a constant name", "_x if {\n\tsome name in {\"transport_config\"}\n\tinput.exchange[name].SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"by a key", "_x if {\n\tsome name, _ in {\"transport_config\": 1}\n\tinput.exchange[name].SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"by a pattern", "_x if {\n\t{\"transport_config\": c} := input.exchange\n\tc.SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"by a helper", "_x if _on(input.exchange)\n\n_on(e) if e.transport_config.SmtpClientAuthenticationDisabled == true", "input.exchange.transport_config"},
		{"by the library", `_x if helpers.spf(input.exchange)`, "input.exchange.transport_config"},
		{"deep in the library", `_x if helpers.deep(input.exchange).SmtpClientAuthenticationDisabled == true`, "input.exchange.transport_config"},
		{"by its full name", `_x if data.lib.helpers.spf(input.exchange)`, "input.exchange.transport_config"},
		{"by object.get", `_x if object.get(input.exchange, "transport_config", {}) != {}`, "input.exchange.transport_config"},
		{"by a list of keys", `_x if object.get(input.exchange, ["transport_config", "Name"], "") != ""`, "input.exchange is read and not declared"},
		{"in a comprehension", "_x := [c |\n\tc := input.exchange.transport_config\n]", "input.exchange.transport_config"},
		{"out of a comprehension", "_x if {\n\tall := [{\"e\": input.exchange}]\n\tall[0].e.transport_config.SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"out of a rule", "_all contains {\"e\": input.exchange, \"n\": 1}\n\n_x if {\n\tsome item in _all\n\titem.e.transport_config.SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"out of an object of a rule", "_all[name] := input.exchange if some name in {\"a\"}\n\n_x if _all.a.transport_config.SmtpClientAuthenticationDisabled == true", "input.exchange.transport_config"},
		{"out of an object", "_x if {\n\tsome e in {\"e\": input.exchange}\n\te.transport_config.Name == \"x\"\n}", "input.exchange.transport_config"},
		{"in every", "_x if every name in {\"transport_config\"} {\n\tinput.exchange[name].SmtpClientAuthenticationDisabled == true\n}", "input.exchange.transport_config"},
		{"in a negation", `_x if not input.exchange.transport_config`, "input.exchange.transport_config"},
		{"in an else", "_x if false\n\nelse := true if input.exchange.transport_config.SmtpClientAuthenticationDisabled == true", "input.exchange.transport_config"},
		{"in a template", `_x := $"{input.exchange.transport_config.Name}"`, "input.exchange.transport_config"},
		{"in a negated body", "_x if not {\n\t\tinput.exchange.transport_config\n\t}", "input.exchange.transport_config"},
		{"on the left of and", "_x if input.exchange.transport_config and true", "input.exchange.transport_config"},
		{"on the right of or", "_x if false or input.exchange.transport_config", "input.exchange.transport_config"},
		{"of two things, one has it", "_x if {\n\tsome thing in [input.exchange.organization_config, input.config.break_glass]\n\tthing.Name == \"x\"\n}", ""},
		{"in a default", `_x := array.concat([input.exchange.transport_config], [])`, "input.exchange.transport_config"},
		{"all of a part", `_x := json.marshal(input.exchange)`, "input.exchange is read and not declared"},
		{"a part of a mailbox", "_x if {\n\tsome mailbox in input.mailboxes\n\tmailbox.entra.accountEnabled == true\n}", "input.mailboxes[].entra.accountEnabled"},
		{"input as a whole", `_x := input`, "input is read as a whole"},
		{"input in a call", `_x := count(input)`, "input is read as a whole"},
		{"computed name", "_x if {\n\tsome name in [\"exchange\", input.collected_at]\n\tinput[name] != {}\n}", "computed name"},
		{"walk", "_x if {\n\twalk(input, [_, value])\n\tvalue == 1\n}", "input is read as a whole"},
		{"ledger", `_x if input.collection.source == "test"`, "input.collection"},
		{"who people are", "_x if {\n\tsome mailbox in input.mailboxes\n\tmailbox.user_principal_name == \"x\"\n}", "names a person"},
		{"field that is not there", `_x if input.exchange.organization_config.OAuth2Enabled == true`, "the schema knows no input.exchange.organization_config.OAuth2Enabled"},
		{"field of a list by id", "_x if {\n\tsome rules in input.okta.access_policy_rules\n\tsome rule in rules\n\trule.conditoins == null\n}", "the schema knows no input.okta.access_policy_rules[][].conditoins"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			control := edited(t, aControl, "\nviolations contains", "\nimport rego.v2\n\nimport data.lib.helpers\n\nviolations contains")
			control += "\n" + test.rule + "\n\n_used if helpers.harmless(input.exchange.organization_config)\n"
			_, err := engine.New(engine.Options{Policies: policies(controlFile, control, "lib/helpers.rego", helpers, "lib/more.rego", more)})
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			expectAt(t, err, controlFile, 0, test.want)
		})
	}
}

// TestReadingsAreFoundAtTheirLine expects the place of the reading, and for one
// in the library the place of the call.
func TestReadingsAreFoundAtTheirLine(t *testing.T) {
	helpers := "package lib.helpers\n\n\n\non(e) if e.transport_config == {}\n"
	control := aControl + "\n_x if data.lib.helpers.on(input.exchange)\n"
	_, err := engine.New(engine.Options{Policies: policies(controlFile, control, "lib/helpers.rego", helpers)})
	expectAt(t, err, controlFile, strings.Count(aControl, "\n")+2, "input.exchange.transport_config")
}

// TestModulesKeepToTheRules changes the code of a sound control.
func TestModulesKeepToTheRules(t *testing.T) {
	tests := []struct {
		name, from, to string
		want           string
	}{
		{"syntax", "value != true", "value !=", controlFile + ":21"},
		{"public rule of its own", "_entry(value) :=", "helper := 1\n\n_entry(value) :=", `"helper" is no public rule`},
		{"complete rule", "violations contains _entry(value) if {", "violations := _entry(value) if {", "violations must be a partial set"},
		{"default", "violations contains", "default violations := []\n\nviolations contains", "violations must be a partial set"},
		{"object", "violations contains _entry(value) if {", "violations[value] := _entry(value) if {", "violations must be a partial set"},
		{"no violations", "violations contains", "notes contains", "can never fail"},
		{"violations of an evidence-only control", "#   step: B", "#   step: B\n#   evidence_only: true", "must not have violations"},
		{"message that is not declared", `"key": "off"`, `"key": "of"`, `there is no message "of"`},
		{"other input", "value != true", "value != true\n\tnot _x with input as {}\n}\n\n_x if {\n\tfalse", "with is for tests"},
		{"other control", "value != true", "value != data.controls.other.thing.violations", "is not for a control"},
		{"all data", "value != true", "value != data.anything", "is not for a control"},
		{"computed data", "value != true", "some x in [\"lib\"]\n\tvalue != data[x]", "is not for a control"},
		{"import of input", "\nviolations contains", "\nimport input.exchange\n\nviolations contains", "input cannot be imported"},
		{"import of another control", "\nviolations contains", "\nimport data.controls.other.thing\n\nviolations contains", "is not in the library"},
		{"import of nothing", "\nviolations contains", "\nimport data.lib.nothing\n\nviolations contains", "data.lib.nothing is not in the library"},
		{"rule that the library lacks", "value != true", "value != data.lib.nothing.rule", "data.lib.nothing.rule is not in the library"},
		{"package", "package controls.testing.setting_is_on", "package testing.setting_is_on", "neither a control nor a library"},
		{"package in style of another", "package controls.testing.setting_is_on", "package controls.testing.SettingIsOn", "neither a control nor a library"},
		{"variable that nobody uses", "value != true", "value != true\n\tother := 1", "unused"},
		{"wrong type", "value != true", "value != input.collected_at + 1", "invalid argument"},
		{"unknown function", "value != true", "no_such_function(value)", "undefined function no_such_function"},
		{"the clock", "value != true", "value != time.now_ns()", "undefined function time.now_ns"},
		{"the network", "value != true", "value != http.send({\"method\": \"get\", \"url\": \"http://localhost\"})", "undefined function http.send"},
		{"names in the network", "value != true", "value != net.lookup_ip_addr(\"localhost\")", "undefined function net.lookup_ip_addr"},
		{"chance", "value != true", "value != rand.intn(\"x\", 2)", "undefined function rand.intn"},
		{"chance by uuid", "value != true", "value != uuid.rfc4122(\"x\")", "undefined function uuid.rfc4122"},
		{"the machine", "value != true", "value != opa.runtime()", "undefined function opa.runtime"},
		{"certificates by the clock", "value != true", "crypto.x509.parse_and_verify_certificates(value)", "undefined function crypto.x509"},
		{"time zone of the machine", "value != true", "value != time.clock([1, \"Local\"])", "undefined function time.clock"},
		{"own metadata", "value != true", "value != rego.metadata.rule()", "undefined function rego.metadata.rule"},
		{"print", "value != true", "value != true\n\tprint(value)", "undefined function print"},
		{"trace", "value != true", "value != true\n\ttrace(\"x\")", "undefined function trace"},
		{"deprecated", "value != true", "any([value])", "undefined function any"},
		{"schema from the network", "value != true", "json.match_schema(value, {})", "undefined function json.match_schema"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := engine.New(engine.Options{Policies: policies(controlFile, edited(t, aControl, test.from, test.to))})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("no error with %q, but: %v", test.want, err)
			}
			for _, e := range loadErrors(err) {
				if e.File != controlFile || e.Line == 0 {
					t.Errorf("the error %q has no place", e.Error())
				}
			}
		})
	}
}

func TestTheLibraryDoesNotReadInput(t *testing.T) {
	for _, rule := range []string{"on if input.exchange", "all := input", "on(x) if x == input.okta.apps"} {
		library := "package lib.helpers\n\n" + rule + "\n"
		_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl, "lib/helpers.rego", library)})
		expectAt(t, err, "lib/helpers.rego", 3, "must not read input")
	}
}

func TestIDsAndPackagesDoNotClash(t *testing.T) {
	other := edited(t, aControl, "setting_is_on\n", "setting_is_off\n")
	_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl, "controls/b.rego", other)})
	expectAt(t, err, "controls/testing/setting_is_on/setting_is_on.rego", 8, "the id TEST-001 is already that of controls/b.rego")
	second := edited(t, aControl, "TEST-001", "TEST-009")
	_, err = engine.New(engine.Options{Policies: policies("controls/a.rego", aControl, "controls/b.rego", second)})
	expectAt(t, err, "controls/b.rego", 16, "is already that of controls/a.rego")
}

// TestOneRunShowsAllErrors expects errors of several files, in their order, and
// not more than a person reads.
func TestOneRunShowsAllErrors(t *testing.T) {
	bad := edited(t, edited(t, aControl, "severity: high", "severity: grave"), "value != true", "value != data.x")
	_, err := engine.New(engine.Options{Policies: policies(controlFile, bad, populationFile, edited(t, aPopulation, "step: C", "step: H"))})
	found := loadErrors(err)
	if len(found) != 3 || found[0].File != populationFile || found[1].Line != 9 || found[2].Line != 20 {
		t.Errorf("the errors are: %v", err)
	}
	many := strings.Repeat("\nhelper := 1\n", 40)
	_, err = engine.New(engine.Options{Policies: policies(controlFile, aControl+many)})
	if len(loadErrors(err)) != 20 || !strings.Contains(err.Error(), "and 20 more") {
		t.Errorf("the errors are: %v", err)
	}
}

// TestOneMistakeIsOneError expects our own checks and OPA's not to say the same.
func TestOneMistakeIsOneError(t *testing.T) {
	for _, mistake := range []string{"data.lib.nothing.rule(value)", "value != input.exchange.organization_config.Nothing"} {
		_, err := engine.New(engine.Options{Policies: policies(controlFile, edited(t, aControl, "value != true", mistake))})
		if found := loadErrors(err); len(found) != 1 || found[0].Line != 20 {
			t.Errorf("%s: %v", mistake, err)
		}
	}
}

// TestTheLibraryMayNameMessages lets a helper choose the key of an entry.
func TestTheLibraryMayNameMessages(t *testing.T) {
	control := edited(t, aControl, `"key": "off"`, `"key": data.lib.helpers.key`)
	helpers := func(key string) string { return "package lib.helpers\n\nkey := " + key + "\n" }
	if _, err := engine.New(engine.Options{Policies: policies(controlFile, control, "lib/helpers.rego", helpers(`"on"`))}); err == nil {
		t.Error("nothing gives the key off, and that was no error")
	}
	load(t, engine.Options{Policies: policies(controlFile, control, "lib/helpers.rego", helpers(`"off"`))})
	control = edited(t, control, "\nviolations contains", "\nimport data.lib.helpers\n\nviolations contains")
	control = edited(t, control, "data.lib.helpers.key", "helpers.key")
	load(t, engine.Options{Policies: policies(controlFile, control, "lib/helpers.rego", helpers("data.lib.more.key"), "lib/more.rego", "package lib.more\n\nkey := \"off\"\n")})
}

func TestNoPolicies(t *testing.T) {
	if _, err := engine.New(engine.Options{}); err == nil {
		t.Error("an engine without policies")
	}
}
