package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/engine"
)

// showMoments is a control that shows input.moments and input.config.
const showMoments = `# METADATA
# title: Anything
# description: Because.
# custom:
#   id: TEST-004
#   severity: low
#   step: F
#   needs: [exchange.organization_config]
#   messages:
#     moments: '{at} {from} {idle} {settled}.'
#   remediation:
#     text: None.
package controls.testing.anything

violations contains {"key": "moments", "args": args, "resource": {"kind": "x"}, "at": ["exchange"]} if {
	count(input.exchange.organization_config) > 0
	args := {
		"at": _text(input.moments.enforced_at),
		"from": _text(input.moments.enforced_from),
		"idle": _text(input.moments.idle_before),
		"settled": input.moments.settled_before,
	}
}

_text(value) := value if value != null

_text(null) := "-"
`

func rule(fields object) object {
	for name, value := range fields {
		if value == nil {
			delete(fields, name)
		}
	}
	return fields
}

func TestMoments(t *testing.T) {
	const collected = "2026-11-01T08:00:00Z"
	const nothing = "- - -"
	type list = []any
	tests := []struct {
		name     string
		declared string
		rules    any // by policy, nil leaves them out
		policies any
		partial  string
		want     string
	}{
		{"declared", "2026-05-01T10:00:00+02:00", nil, nil, "", "2026-05-01T08:00:00Z config 2026-01-31T08:00:00Z"},
		{"declared with a fraction", "2026-05-01T08:00:00.0000001Z", nil, nil, "", "2026-05-01T08:00:01Z config 2026-01-31T08:00:01Z"},
		{"declared in the first year", "0001-01-01T00:00:00Z", nil, nil, "", "0001-01-01T00:00:00Z config 0000-10-03T00:00:00Z"},
		{"declared in the last year", "9999-12-31T23:59:59.9999999Z", nil, nil, "", "9999-12-31T23:59:59Z config 9999-10-02T23:59:59Z"},
		{"nothing known", "", nil, nil, "", nothing},
		{"a rule", "", object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00.000Z"})}}, list{}, "", "2026-03-01T00:00:00Z last_change 2025-12-01T00:00:00Z"},
		{
			"the newest of all", "",
			object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00.000Z"})}, "q": list{rule(object{"lastUpdated": "2026-02-01T00:00:00.000Z"})}},
			list{object{"Name": "Block", "WhenChangedUTC": "2026-04-01T00:00:00.1234567Z"}}, "",
			"2026-04-01T00:00:01Z last_change 2026-01-01T00:00:01Z",
		},
		{"a policy without a zone", "", object{}, list{object{"WhenChanged": "2026-04-01T00:00:00"}}, "", "2026-04-01T00:00:00Z last_change 2026-01-01T00:00:00Z"},
		{"never changed since it was made", "", object{"p": list{rule(object{"lastUpdated": nil, "created": "2026-03-01T00:00:00Z"})}}, list{}, "", "2026-03-01T00:00:00Z last_change 2025-12-01T00:00:00Z"},
		{
			"a rule that came with the product", "",
			object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00Z"}), rule(object{"system": true})}}, list{}, "",
			"2026-03-01T00:00:00Z last_change 2025-12-01T00:00:00Z",
		},
		{"a rule that does not say", "", object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00Z"}), rule(object{"name": "x"})}}, list{}, "", nothing},
		{"a rule that says nonsense", "", object{"p": list{rule(object{"lastUpdated": "yesterday"})}}, list{}, "", nothing},
		{"the first year is never", "", object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00Z"})}}, list{object{"WhenChanged": "0001-01-01T00:00:00"}}, "", "2026-03-01T00:00:00Z last_change 2025-12-01T00:00:00Z"},
		{"nothing but never", "", object{}, list{object{"WhenChanged": "0001-01-01T00:00:00"}}, "", nothing},
		{"a clock that runs ahead", "", object{"p": list{rule(object{"lastUpdated": "9999-12-31T23:59:59.9999999Z"})}}, list{}, "", collected + " last_change 2026-08-03T08:00:00Z"},
		{"rules that are not all there", "", object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00Z"})}}, list{}, "okta.access_policies", nothing},
		{"policies that are not all there", "", object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00Z"})}}, list{}, "exchange.authentication_policies", nothing},
		{"no policies", "", object{"p": list{rule(object{"lastUpdated": "2026-03-01T00:00:00Z"})}}, nil, "", nothing},
		{"no rules", "", nil, list{object{"WhenChanged": "2026-04-01T00:00:00Z"}}, "", nothing},
	}
	judge := load(t, engine.Options{Policies: policies("a.rego", showMoments)})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			document := aSnapshot()
			if test.rules != nil {
				document["okta"] = object{"access_policy_rules": test.rules}
				setLine(document, line("okta.access_policies", "collected", "okta.access_policies", "okta.access_policy_rules"))
			}
			if test.policies != nil {
				document["exchange"].(object)["authentication_policies"] = test.policies
				setLine(document, line("exchange.authentication_policies", "collected", "exchange.authentication_policies"))
			}
			for _, l := range document["collection"].(object)["resources"].([]any) {
				if l.(object)["name"] == test.partial {
					l.(object)["status"] = "partial"
				}
			}
			in := input(t, document)
			in.Declarations.EnforcedAt = test.declared
			r := check(t, judge, in).Results[0]
			if len(r.Violations) != 1 {
				t.Fatalf("%+v", r)
			}
			args := r.Violations[0].Args
			got := strings.Join([]string{args["at"].(string), args["from"].(string), args["idle"].(string)}, " ")
			if got != test.want || args["settled"] != "2026-10-31T08:00:00Z" {
				t.Errorf("%s, settled %s; want %s", got, args["settled"], test.want)
			}
		})
	}
}

// TestSnapshotOfTheFirstYear is for instants before which there are no others.
func TestSnapshotOfTheFirstYear(t *testing.T) {
	for collected, want := range map[string]string{"0000-01-01T00:00:00Z": "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z": "9999-12-30T23:59:59Z"} {
		document := aSnapshot()
		document["collected_at"] = collected
		if r := result(t, showMoments, document); len(r.Violations) != 1 || r.Violations[0].Args["settled"] != want {
			t.Errorf("%s: %+v", collected, r)
		}
	}
}

// TestEvidenceIsMeasured holds how long the logs were read to the window that ends
// with the snapshot, of 2026-11-01T08:00:00Z.
func TestEvidenceIsMeasured(t *testing.T) {
	tests := []struct {
		name         string
		since, until string
		want         string
	}{
		{"thirty days", "2026-10-02T08:00:00Z", "2026-11-01T08:00:00Z", "30"},
		{"an hour", "2026-11-01T07:00:00Z", "2026-11-01T08:00:00Z", "0.04"},
		{"less than a week", "2026-10-25T08:00:01Z", "2026-11-01T08:00:00Z", "6.99"},
		{"no time", "2026-11-01T08:00:00Z", "2026-11-01T08:00:00Z", "0"},
		{"backwards", "2026-11-01T08:00:00Z", "2026-10-01T08:00:00Z", "null"},
		{"a day before the snapshot", "2026-10-01T08:00:00Z", "2026-10-31T08:00:00Z", "30"},
		{"long before the snapshot", "2026-09-01T08:00:00Z", "2026-10-31T07:59:59Z", "0"},
		{"days that are to come", "2026-11-01T08:00:00Z", "2026-12-01T08:00:00Z", "0"},
		{"days that are to come, after some", "2026-10-30T08:00:00Z", "2026-12-01T08:00:00Z", "2"},
		{"all to come", "2026-11-10T08:00:00Z", "2026-12-01T08:00:00Z", "0"},
		{"nothing", "", "", "null"},
	}
	judge := load(t, engine.Options{Policies: policies("a.rego", edited(t, showMoments, `"at": _text(input.moments.enforced_at),`, `"at": json.marshal(input.moments.evidence_days),`))})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			document := aSnapshot()
			document["collected_at"] = "2026-11-01T08:00:00Z"
			delete(document, "evidence")
			if test.since != "" {
				document["evidence"] = object{"window": object{"since": test.since, "until": test.until}}
			}
			r := check(t, judge, input(t, document)).Results[0]
			if len(r.Violations) != 1 || r.Violations[0].Args["at"] != test.want {
				t.Errorf("%+v, want %s", r.Violations, test.want)
			}
		})
	}
}

// TestDeclarationsReachControls holds what a control sees to the declarations.
func TestDeclarationsReachControls(t *testing.T) {
	control := edited(t, showMoments, `"at": _text(input.moments.enforced_at),`, `"at": json.marshal(input.config),`)
	judge := load(t, engine.Options{Policies: policies("a.rego", control)})
	in := input(t, aSnapshot())
	want := `{"access_token_hours":1,"active_sync_with_modern_auth":false,"break_glass":[],"ews_allowed":false,"least_evidence_days":7,"legacy_exception_share":0.05,` +
		`"reauthentication_hours":12,"sensitive_groups":[],"sensitive_reauthentication_hours":1,"sign_in_frequency_hours":168}`
	if diff := cmp.Diff(want, check(t, judge, in).Results[0].Violations[0].Args["at"]); diff != "" {
		t.Error(diff)
	}
	in = input(t, aSnapshot())
	in.Declarations = engine.Declarations{
		BreakGlass: []engine.Account{{ID: "x"}}, ActiveSyncWithModernAuth: true, ReauthenticationHours: 0.5, SensitiveReauthenticationHours: 2,
		SensitiveGroups: []string{"00g"}, AccessTokenHours: 3, LegacyExceptionShare: 1, SignInFrequencyHours: 4, EWSAllowed: true, LeastEvidenceDays: 2,
		EnforcedAt: "2026-05-01T10:00:00+02:00",
	}
	want = `{"access_token_hours":3,"active_sync_with_modern_auth":true,"break_glass":[{"id":"x","user_principal_name":""}],"ews_allowed":true,"least_evidence_days":2,"legacy_exception_share":1,` +
		`"reauthentication_hours":0.5,"sensitive_groups":["00g"],"sensitive_reauthentication_hours":2,"sign_in_frequency_hours":4}`
	if diff := cmp.Diff(want, check(t, judge, in).Results[0].Violations[0].Args["at"]); diff != "" {
		t.Error(diff)
	}
	// Lists that were never filled are empty, not null.
	in.Declarations.BreakGlass, in.Declarations.SensitiveGroups = nil, nil
	if got := check(t, judge, in).Results[0].Violations[0].Args["at"].(string); strings.Contains(got, "null") {
		t.Error(got)
	}
}

func TestDeclarationsAreValidated(t *testing.T) {
	tests := []struct {
		change func(*engine.Declarations)
		want   string
	}{
		{func(d *engine.Declarations) {}, ""},
		{func(d *engine.Declarations) { d.ReauthenticationHours = 0 }, "reauthentication_hours"},
		{func(d *engine.Declarations) { d.SensitiveReauthenticationHours = -1 }, "sensitive_reauthentication_hours"},
		{func(d *engine.Declarations) { d.AccessTokenHours = 1 / zero }, "access_token_hours"},
		{func(d *engine.Declarations) { d.SignInFrequencyHours = zero / zero }, "sign_in_frequency_hours"},
		{func(d *engine.Declarations) { d.LegacyExceptionShare = 1.1 }, "legacy_exception_share"},
		{func(d *engine.Declarations) { d.LegacyExceptionShare = zero / zero }, "legacy_exception_share"},
		{func(d *engine.Declarations) { d.LeastEvidenceDays = -1 }, "least_evidence_days"},
		{func(d *engine.Declarations) { d.LeastEvidenceDays = zero / zero }, "least_evidence_days"},
		{func(d *engine.Declarations) { d.LeastEvidenceDays = 0 }, ""},
		{func(d *engine.Declarations) { d.BreakGlass = []engine.Account{{ID: "x"}, {}} }, "break_glass[1]"},
		{func(d *engine.Declarations) { d.SensitiveGroups = []string{" "} }, "sensitive_groups[0]"},
		{func(d *engine.Declarations) { d.EnforcedAt = "2026-05-01" }, "enforced_at"},
		{func(d *engine.Declarations) { d.EnforcedAt = "2026-05-01T10:00:00" }, "enforced_at"},
		{func(d *engine.Declarations) { d.EnforcedAt = "2026-05-01T10:00:00.1234567+02:00" }, ""},
	}
	for _, test := range tests {
		d := engine.DefaultDeclarations()
		test.change(&d)
		err := d.Validate()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want+" ")) {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

var zero float64
