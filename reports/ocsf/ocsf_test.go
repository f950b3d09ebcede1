package ocsf_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/ocsf"
)

// fieldsOfClass is what OCSF 1.5.0 says of a Compliance Finding and of the
// objects in it: which fields there are, of what type, which are required, and
// which values an enumeration has.
//
//go:embed testdata/compliance_finding.schema.json
var fieldsOfClass []byte

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(fieldsOfClass))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("compliance_finding.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("compliance_finding.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func write(t *testing.T, report *finding.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := ocsf.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// event is what the tests look at.
type event struct {
	ActivityID int `json:"activity_id"`
	TypeUID    int `json:"type_uid"`
	Time       int64
	SeverityID int `json:"severity_id"`
	StatusID   int `json:"status_id"`
	Message    string
	Detail     string                      `json:"status_detail"`
	Info       struct{ UID, Title string } `json:"finding_info"`
	Compliance struct {
		Control       string
		StatusID      int `json:"status_id"`
		Status        string
		Standards     []string
		Requirements  []string
		StatusDetails []string `json:"status_details"`
	}
	Resources []struct {
		UID, Name, Type string
		Data            map[string]any
	}
	Evidences   []struct{ Data map[string]any }
	Remediation struct{ Desc string }
	Metadata    struct {
		Version string
		Product struct{ Name, Version string }
	}
	Unmapped map[string]any
}

func read(t *testing.T, out []byte) []event {
	t.Helper()
	var events []event
	for line := range bytes.Lines(out) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		events = append(events, e)
	}
	return events
}

// TestEventsKeepToTheSchema holds every event of every report to the class.
func TestEventsKeepToTheSchema(t *testing.T) {
	class := schema(t)
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			out := write(t, c.Report)
			reporttest.CheckText(t, out)
			uids := map[string]bool{}
			n := 0
			for line := range bytes.Lines(out) {
				n++
				document, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
				if err != nil {
					t.Fatal(err)
				}
				if err := class.Validate(document); err != nil {
					t.Fatalf("%v\n%s", err, line)
				}
			}
			for _, e := range read(t, out) {
				// What the schema says in words: the type is the class and the activity.
				if e.TypeUID != 2003*100+e.ActivityID {
					t.Errorf("type_uid %d of activity %d", e.TypeUID, e.ActivityID)
				}
				if uids[e.Info.UID] {
					t.Errorf("the uid %s comes twice", e.Info.UID)
				}
				uids[e.Info.UID] = true
			}
			if n == 0 {
				t.Error("no event")
			}
		})
	}
}

// TestTheSchemaRefuses makes sure that the check above can fail.
func TestTheSchemaRefuses(t *testing.T) {
	class := schema(t)
	line, _, _ := bytes.Cut(write(t, reporttest.Mixed()), []byte("\n"))
	for _, change := range []struct{ from, to string }{
		{`"time":`, `"Time":`}, {`"status_id":1`, `"status_id":7`}, {`"class_uid":2003`, `"class_uid":2004`},
		{`"uid":`, `"uuid":`}, {`"standards":[`, `"standards":[1,`}, {`"desc":"Federate`, `"text":"Federate`},
	} {
		broken := strings.ReplaceAll(string(line), change.from, change.to)
		if broken == string(line) {
			t.Fatalf("%q is not in %s", change.from, line)
		}
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if class.Validate(document) == nil {
			t.Errorf("%s instead of %s is not seen", change.to, change.from)
		}
	}
}

// short is what a dashboard counts by.
type short struct {
	Control    string
	Compliance string
	Activity   int
	Status     int
	Severity   int
}

func shorts(events []event) []short {
	var list []short
	for _, e := range events {
		list = append(list, short{e.Compliance.Control, e.Compliance.Status, e.ActivityID, e.StatusID, e.SeverityID})
	}
	return list
}

func TestEvents(t *testing.T) {
	tests := []struct {
		name   string
		report *finding.Report
		want   []short
	}{
		{"without a baseline", reporttest.Mixed(), []short{
			{"FED-001", "Fail", 1, 1, 4}, {"FED-001", "Fail", 1, 1, 4}, {"FED-001", "Warning", 1, 1, 4},
			{"FED-003", "Pass", 1, 99, 1},
			{"MODERN-001", "Fail", 1, 1, 4},
			{"PROTO-001", "Fail", 1, 1, 3}, {"PROTO-001", "Fail", 1, 1, 3},
			{"PROTO-007", "Not applicable", 1, 99, 1},
			{"SIGNON-001", "Fail", 1, 1, 5},
			{"SIGNON-010", "Unknown", 1, 1, 1}, {"SIGNON-010", "Unknown", 1, 1, 1}, {"SIGNON-010", "Unknown", 1, 1, 1},
			{"EVID-001", "Unknown", 1, 1, 4}, {"ACCESS-001", "Unknown", 1, 1, 5},
		}},
		{"waivers and drift", reporttest.Drift(), []short{
			{"FED-001", "Fail", 1, 1, 4}, {"FED-001", "Fail", 2, 1, 4}, {"FED-001", "Warning", 1, 1, 4},
			{"FED-003", "Pass", 3, 4, 1}, {"FED-003", "Pass", 1, 99, 1},
			{"MODERN-001", "Fail", 2, 1, 4},
			{"PROTO-001", "Fail", 2, 1, 3}, {"PROTO-001", "Fail", 2, 1, 3},
			{"PROTO-007", "Not applicable", 1, 99, 1},
			{"SIGNON-001", "Fail", 2, 3, 5},
			{"SIGNON-010", "Unknown", 1, 1, 1}, {"SIGNON-010", "Unknown", 1, 1, 1}, {"SIGNON-010", "Unknown", 1, 1, 1},
			{"EVID-001", "Unknown", 1, 1, 4}, {"ACCESS-001", "Unknown", 1, 1, 5},
		}},
		{"no control", reporttest.Empty(), []short{{"postern", "Unknown", 1, 1, 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, shorts(read(t, write(t, test.report)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOneEvent(t *testing.T) {
	report := reporttest.Mixed()
	first := read(t, write(t, report))[0]
	if first.Time != 1795335300000 {
		t.Errorf("the time is %d", first.Time)
	}
	if first.Info.UID != report.Results[0].Violations[0].Fingerprint {
		t.Errorf("the uid is %s", first.Info.UID)
	}
	if diff := cmp.Diff([]string{"NIST SP 800-53 r5 IA-2(1)", "CISA SCuBA MS.AAD.3.2v2"}, first.Compliance.Requirements); diff != "" {
		t.Errorf("requirements (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"NIST SP 800-53 r5", "CISA SCuBA"}, first.Compliance.Standards); diff != "" {
		t.Errorf("standards (-want +got):\n%s", diff)
	}
	if first.Resources[0].UID != "harbourfreight.example" || first.Resources[0].Type != "domain" {
		t.Errorf("the resource is %+v", first.Resources[0])
	}
	if first.Evidences[0].Data["start_line"] != 41.0 || first.Evidences[0].Data["pointer"] != "/entra/domains/1" {
		t.Errorf("the evidence is %+v", first.Evidences[0])
	}
	if first.Remediation.Desc != "Federate the domain from Okta's Office 365 app." || first.Metadata.Product.Version != "1.2.3" {
		t.Errorf("%+v", first)
	}
}

func TestWaiverIsTold(t *testing.T) {
	for _, e := range read(t, write(t, reporttest.Drift())) {
		if e.StatusID != 3 {
			continue
		}
		if e.Detail != "Waived until 2027-01-31 by mail-team@harbourfreight.example: the partner replaces the scanners in January (CHG-4711)." ||
			e.Unmapped["waiver_expires"] != "2027-01-31" {
			t.Errorf("the waiver is told as %q, %v", e.Detail, e.Unmapped)
		}
		return
	}
	t.Error("no event is suppressed")
}

func TestPopulationIsCut(t *testing.T) {
	e := read(t, write(t, reporttest.Population(100_000)))[0]
	if len(e.Resources) != 100 || e.Unmapped["members"] != 100_000.0 {
		t.Errorf("%d resources of %v", len(e.Resources), e.Unmapped["members"])
	}
	if r := e.Resources[3]; r.UID != "00000000-0000-4000-8000-000000000003" || r.Name != "user000003@harbourfreight.example" || r.Type != "mailbox" || r.Data["line"] != 803.0 {
		t.Errorf("a member is %+v", r)
	}
}
