package sarif_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/sarif"
	"github.com/seed-07732396/postern/reports/sarif/ghlint"
)

func write(t *testing.T, report *finding.Report, options sarif.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := sarif.Write(&out, report, options); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var profiles = []struct {
	name    string
	options sarif.Options
}{
	{"github", sarif.Options{}},
	{"full", sarif.Options{Profile: sarif.Full}},
	{"github with source", sarif.Options{Source: sarif.Source{Repository: "https://github.com/example/evidence", Revision: "0a1b2c", Branch: "main"}}},
}

// TestWrite holds every report in every profile to the standard's schema and to
// what the readers demand. The schema's folder is named by POSTERN_SCHEMAS.
func TestWrite(t *testing.T) {
	schema := compile(t)
	for _, profile := range profiles {
		for _, c := range reporttest.Cases() {
			t.Run(profile.name+"/"+c.Name, func(t *testing.T) {
				out := write(t, c.Report, profile.options)
				reporttest.CheckText(t, out)
				for _, complaint := range ghlint.Lint(out, profile.options.Profile == sarif.GitHub) {
					t.Error(complaint)
				}
				if schema != nil {
					if err := schema.Validate(decode[any](t, out)); err != nil {
						t.Error(err)
					}
				}
				if again := write(t, c.Report, profile.options); !bytes.Equal(out, again) {
					t.Error("the same report gives other bytes the second time")
				}
			})
		}
	}
}

// compile returns nil where the folder of schemas is not there.
func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file := filepath.Join(os.Getenv("POSTERN_SCHEMAS"), "sarif-2.1.0.schema.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Logf("the check against SARIF's schema is left out: POSTERN_SCHEMAS names no folder with sarif-2.1.0.schema.json: %v", err)
		return nil
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decode[T any](t *testing.T, data []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// log is what the tests below read.
type log struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID, Name   string
					Properties map[string]any
				}
			}
		}
		AutomationDetails struct{ ID string }
		Invocations       []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		Results []result
	}
}

type result struct {
	RuleID, Kind, Level string
	Message             struct{ Text string }
	PartialFingerprints map[string]string
	Locations           []location
	RelatedLocations    []location
	CodeFlows           []any
	Properties          map[string]any
}

type location struct {
	PhysicalLocation struct {
		ArtifactLocation struct{ URI string }
		Region           struct {
			StartLine, StartColumn, EndLine, EndColumn int
			Snippet                                    struct{ Text string }
		}
	}
	LogicalLocations []struct{ FullyQualifiedName string }
}

func TestGitHubShowsOpenFailuresOnly(t *testing.T) {
	run := decode[log](t, write(t, reporttest.Mixed(), sarif.Options{})).Runs[0]
	type alert struct {
		Rule, Level, Text string
		Line              int
	}
	var got []alert
	for _, r := range run.Results {
		got = append(got, alert{r.RuleID, r.Level, r.Message.Text, r.Locations[0].PhysicalLocation.Region.StartLine})
	}
	want := []alert{
		{"SIGNON-001", "error", "The rule 'Allow web and modern' (priority 2) lets legacy clients in from Any zone.", 640},
		{"FED-001", "error", "The domain 'harbourfreight.example' is managed by Entra, so its users never meet Okta.", 41},
		{"FED-001", "error", "The domain 'old.harbourfreight.example' is managed by Entra, so its users never meet Okta.", 1},
		{"MODERN-001", "error", "Modern authentication is off for the whole organisation (OAuth2ClientProfileEnabled is false).", 120},
		{"PROTO-001", "warning", "POP is enabled on 12 mailboxes.", 812},
		{"PROTO-001", "warning", "Exchange does not say whether POP is enabled on 1 mailbox.", 818},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alerts, the gravest first (-want +got):\n%s", diff)
	}
	if got := len(run.Tool.Driver.Rules); got != 9 {
		t.Errorf("%d rules, want one for each of 9 controls", got)
	}
	first := run.Results[0]
	if got := first.Locations[0].LogicalLocations[0].FullyQualifiedName; got != "harbourfreight.onmicrosoft.com/access_policy_rule/0prl3k9x2" {
		t.Errorf("the resource is %s", got)
	}
	if len(first.CodeFlows) != 1 {
		t.Error("the trace is missing")
	}
	if first.Locations[0].PhysicalLocation.Region.Snippet.Text != `"conditions": null` {
		t.Error("the snippet is missing")
	}
	if first.RelatedLocations != nil || strings.Contains(string(write(t, reporttest.Mixed(), sarif.Options{})), "user000000") {
		t.Error("members of a population are named in the profile that leaves the house")
	}
	if got := run.AutomationDetails.ID; got != "posture/harbourfreight.onmicrosoft.com/" {
		t.Errorf("the category is %s", got)
	}
}

func TestRules(t *testing.T) {
	rules := decode[log](t, write(t, reporttest.Mixed(), sarif.Options{})).Runs[0].Tool.Driver.Rules
	scores := map[string]any{}
	for _, rule := range rules {
		scores[rule.ID] = rule.Properties["security-severity"]
	}
	want := map[string]any{
		"FED-001": "8.0", "FED-003": "8.0", "MODERN-001": "8.0", "PROTO-001": "5.5", "PROTO-007": "3.0",
		"SIGNON-001": "9.5", "SIGNON-010": nil, "EVID-001": "8.0", "ACCESS-001": "9.5",
	}
	if diff := cmp.Diff(want, scores); diff != "" {
		t.Errorf("security-severity (-want +got):\n%s", diff)
	}
	if got := rules[0].Name; got != "DomainsFederatedWithOkta" {
		t.Errorf("the name is %s", got)
	}
	tags := []any{"security", "federation", "step-a", "nist-sp-800-53-r5/ia-2(1)", "cisa-scuba/ms.aad.3.2v2"}
	if diff := cmp.Diff(tags, rules[0].Properties["tags"]); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestTagsStayUnderTheLimit(t *testing.T) {
	report := reporttest.Clean()
	for i := range 30 {
		report.Controls[0].Mappings = append(report.Controls[0].Mappings, finding.Mapping{Framework: "F", ID: strings.Repeat("x", i+1)})
	}
	rule := decode[log](t, write(t, report, sarif.Options{})).Runs[0].Tool.Driver.Rules[0]
	if tags, mappings := rule.Properties["tags"].([]any), rule.Properties["mappings"].([]any); len(tags) != 10 || len(mappings) != 32 {
		t.Errorf("%d tags and %d mappings, want 10 and all 32", len(tags), len(mappings))
	}
}

// TestIncompleteEvidence: a gap makes the run unsuccessful, also beside a
// failure of the same control.
func TestIncompleteEvidence(t *testing.T) {
	run := decode[log](t, write(t, reporttest.Mixed(), sarif.Options{})).Runs[0]
	if run.Invocations[0].ExecutionSuccessful {
		t.Error("the execution was successful")
	}
	var got []string
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		got = append(got, n.Level+" "+n.Message.Text)
	}
	want := []string{
		"warning FED-001 is not known in full: entra.federation_configurations could only be read in part: 1 of 3 domains was read before the service asked to slow down. Collect again; GET /v1.0/domains/{id}/federationConfiguration is read with Domain-InternalFederation.Read.All.",
		"warning SIGNON-010 is not known in full: okta.access_policy_rules could not be read: access was denied. Grant okta.policies.read.",
		"warning SIGNON-010 is not known in full: The rule 'Partners' has a custom expression, which nobody but Okta can decide.",
		"warning SIGNON-010 is not known in full: 7 mailboxes lack mailboxes[].okta, so nothing can be said about them. Collect again; GET /api/v1/apps/{id}/users is read with okta.apps.read.",
		"warning EVID-001 is not known in full: evidence.sign_ins cannot be read: the tenant has no licence for it.",
		"error ACCESS-001 broke: 'eval_conflict_error: complete rules must not produce multiple outputs'.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notifications (-want +got):\n%s", diff)
	}
	clean := decode[log](t, write(t, reporttest.Clean(), sarif.Options{})).Runs[0]
	if !clean.Invocations[0].ExecutionSuccessful || clean.Results == nil {
		t.Error("a clean run is not successful or has no list of results")
	}
	report := reporttest.Clean()
	report.Results[0].Outcome = finding.Fail
	report.Results[0].Violations = reporttest.Mixed().Results[0].Violations
	if run := decode[log](t, write(t, report, sarif.Options{})).Runs[0]; !run.Invocations[0].ExecutionSuccessful {
		t.Error("a failure with complete evidence makes the run unsuccessful")
	}
}

func TestFull(t *testing.T) {
	run := decode[log](t, write(t, reporttest.Mixed(), sarif.Options{Profile: sarif.Full})).Runs[0]
	var got []string
	for _, r := range run.Results {
		got = append(got, r.Kind+" "+r.Level+" "+r.RuleID)
	}
	want := []string{
		"fail error SIGNON-001", "fail error FED-001", "fail error FED-001", "fail error MODERN-001", "fail warning PROTO-001", "fail warning PROTO-001",
		"open none FED-001", "pass none FED-003", "informational none FED-003", "notApplicable none PROTO-007",
		"open none SIGNON-010", "open none SIGNON-010", "open none SIGNON-010", "open none EVID-001", "open none ACCESS-001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	population := run.Results[4]
	if len(population.RelatedLocations) != 12 || population.Properties["members"] != float64(12) {
		t.Errorf("%d members are located, %v counted, want 12", len(population.RelatedLocations), population.Properties["members"])
	}
	open := run.Results[11]
	if at := open.Locations[0].PhysicalLocation.Region.StartLine; at != 702 || open.Properties["resourceId"] != "0prl3k9x4" || open.Properties["pointer"] != "/okta/access_policy_rules/rst1a/4" {
		t.Errorf("what is not known of a rule stands on line %d, with %v", at, open.Properties)
	}
	if lack := run.Results[12].Properties; lack["members"] != float64(7) || lack["population"] != "mailbox" {
		t.Errorf("what is not known of mailboxes has %v", lack)
	}
	big := decode[log](t, write(t, reporttest.Population(100_000), sarif.Options{Profile: sarif.Full})).Runs[0].Results[0]
	if len(big.RelatedLocations) != 100 || big.Properties["members"] != float64(100_000) {
		t.Errorf("%d members are located, %v counted, want 100 of 100,000", len(big.RelatedLocations), big.Properties["members"])
	}
}

// TestFingerprints: they do not move with the order or the line, and two
// violations never share one.
func TestFingerprints(t *testing.T) {
	hashes := func(report *finding.Report) []string {
		var list []string
		for _, r := range decode[log](t, write(t, report, sarif.Options{})).Runs[0].Results {
			if r.PartialFingerprints["posternFingerprint/v1"] != r.PartialFingerprints["primaryLocationLineHash"] {
				t.Error("the two fingerprints differ")
			}
			list = append(list, r.RuleID+" "+r.PartialFingerprints["primaryLocationLineHash"])
		}
		slices.Sort(list)
		return list
	}
	first := hashes(reporttest.Mixed())
	moved := reporttest.Mixed()
	slices.Reverse(moved.Results[0].Violations)
	moved.Results[2].Violations[0].Region = &finding.Region{StartLine: 7, StartColumn: 1, EndLine: 8, EndColumn: 1}
	moved.Controls[2].Messages["disabled"] = "Another sentence."
	if diff := cmp.Diff(first, hashes(moved)); diff != "" {
		t.Errorf("fingerprints moved (-before +after):\n%s", diff)
	}
	twice := reporttest.Mixed()
	twice.Results[0].Violations[1].Fingerprint = twice.Results[0].Violations[0].Fingerprint
	if list := hashes(twice); len(slices.Compact(list)) != 6 {
		t.Errorf("two violations share an alert: %q", list)
	}
}

func TestLimitKeepsTheGravest(t *testing.T) {
	report := reporttest.Mixed()
	one := report.Results[3].Violations[1]
	report.Results[3].Violations = slices.Repeat([]finding.Violation{one}, 30_000)
	out := write(t, report, sarif.Options{})
	for _, complaint := range ghlint.Lint(out, true) {
		t.Error(complaint)
	}
	run := decode[log](t, out).Runs[0]
	if len(run.Results) != 25_000 || run.Results[0].RuleID != "SIGNON-001" {
		t.Errorf("%d results, the first is %s", len(run.Results), run.Results[0].RuleID)
	}
	notes := run.Invocations[0].ToolExecutionNotifications
	if last := notes[len(notes)-1].Message.Text; !strings.HasPrefix(last, "5004 results are left out") {
		t.Errorf("the last notification is %q", last)
	}
}

// TestReasonsAreBounded: there may be a reason for each mailbox.
func TestReasonsAreBounded(t *testing.T) {
	report := reporttest.Mixed()
	of := slices.IndexFunc(report.Results, func(r finding.Result) bool { return len(r.Unknowns) > 0 })
	r := &report.Results[of]
	one := r.Unknowns[0]
	r.Unknowns, r.Notes = slices.Repeat([]finding.Reason{one}, 1234), slices.Repeat([]finding.Reason{one}, 1234)
	for _, profile := range []sarif.Profile{sarif.GitHub, sarif.Full} {
		run := decode[log](t, write(t, report, sarif.Options{Profile: profile})).Runs[0]
		notes, more := run.Invocations[0].ToolExecutionNotifications, 0
		for _, n := range notes {
			if strings.HasPrefix(n.Message.Text, r.Control+" has 1134 more reasons") {
				more++
			}
		}
		if len(notes) < 101 || len(notes) > 120 || more != 1 {
			t.Errorf("profile %d: %d notifications, %d of which say how many more there are", profile, len(notes), more)
		}
		if len(run.Results) > 250 {
			t.Errorf("profile %d: %d results", profile, len(run.Results))
		}
	}
}

func TestSnapshotURI(t *testing.T) {
	tests := []struct{ in, want string }{
		{"snapshot.json", "snapshot.json"},
		{"evidence/2026 11/snapshot#1.json", "evidence/2026%2011/snapshot%231.json"},
		{"arn:aws:x/y.json", "arn%3Aaws%3Ax/y.json"},
		{"C:\\x\\y.json", "C%3A%5Cx%5Cy.json"},
		{"/home/me/snapshot.json", "snapshot.json"},
		{"../../snapshot.json", "snapshot.json"},
		{"a/../../b/s.json", "s.json"},
		{"./a//b.json", "a/b.json"},
		{"ünï/日.json", "%C3%BCn%C3%AF/%E6%97%A5.json"},
		{"100%.json", "100%25.json"},
		{"..", "snapshot.json"},
		{"/", "snapshot.json"},
	}
	for _, test := range tests {
		report := reporttest.Mixed()
		report.Snapshot.URI = test.in
		out := write(t, report, sarif.Options{})
		for _, complaint := range ghlint.Lint(out, true) {
			t.Errorf("%s: %s", test.in, complaint)
		}
		if got := decode[log](t, out).Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI; got != test.want {
			t.Errorf("the URI of %q is %q, want %q", test.in, got, test.want)
		}
	}
}

func TestMessageNamesTheResource(t *testing.T) {
	report := reporttest.BelowGate()
	last := len(report.Results) - 1
	report.Results[last].Violations[0].Resource = finding.Resource{Kind: "mailbox_plan", ID: "p1", Name: "Kiosk"}
	got := decode[log](t, write(t, report, sarif.Options{})).Runs[0].Results[0].Message.Text
	if want := "disabled. It concerns the mailbox plan 'Kiosk'."; got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
}

// FuzzSARIF writes reports full of hostile text in both profiles.
func FuzzSARIF(f *testing.F) {
	for _, hostile := range reporttest.HostileTexts() {
		f.Add(hostile.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1_000 {
			t.Skip("long texts have cases of their own, and would leave no time for others")
		}
		report := reporttest.Hostile(text)
		for _, profile := range profiles {
			out := write(t, report, profile.options)
			reporttest.CheckText(t, out)
			for _, complaint := range ghlint.Lint(out, profile.options.Profile == sarif.GitHub) {
				t.Error(complaint)
			}
		}
	})
}
