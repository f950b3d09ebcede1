package usage_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/usage"
)

// report analyzes a snapshot in which every text of the tenant is the given one.
func report(t *testing.T, text string) *impact.Report {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	document := strings.ReplaceAll(`{"version":1,"collected_at":"2026-11-20T08:00:00Z","tenant":{"id":"t","name":TEXT},
"collection":{"source":"live","resources":[{"name":"entra.sign_ins","endpoint":"e","permission":"p","paths":["evidence.sign_ins"],"status":"failed","message":TEXT}]},
"exchange":{"authentication_policies":[{"Name":TEXT,"AllowBasicAuthSmtp":true}]},
"evidence":{"sign_ins":[
{"user_principal_name":TEXT,"user_id":"a","client_app":TEXT,"app":TEXT,"user_agent":TEXT,"interactive":true,"succeeded":1,"failed":0},
{"user_principal_name":TEXT,"user_id":"b","client_app":"Authenticated SMTP","interactive":true,"succeeded":1,"failed":2},
{"user_principal_name":"n","user_id":"c","client_app":"POP3","interactive":true,"succeeded":0,"failed":2},
{"user_principal_name":"nobody","client_app":"POP3","app":TEXT,"interactive":true,"succeeded":0,"failed":2}],
"okta_requests":[]},
"mailboxes":[
{"id":"a","user_principal_name":TEXT,"display_name":TEXT,"exchange":{"RecipientTypeDetails":"UserMailbox","AuthenticationPolicy":TEXT}},
{"id":"b","display_name":TEXT,"exchange":{"RecipientTypeDetails":"UserMailbox"}},
{"id":"c","user_principal_name":"n","exchange":{"RecipientTypeDetails":"UserMailbox"}},
{"id":"d","user_principal_name":"m","exchange":{"RecipientTypeDetails":"UserMailbox"}}]}`, "TEXT", string(quoted))
	r, err := impact.Analyze(func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Read("test.json", strings.NewReader(document), visit)
	}, impact.Options{Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func write(t *testing.T, format string, r *impact.Report, o usage.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := usage.Write(format, &out, r, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var activeLink = regexp.MustCompile(`[^\\]\]\(`)

func TestHostileTextsOnlyShowThemselves(t *testing.T) {
	for _, hostile := range reporttest.HostileTexts() {
		t.Run(hostile.Name, func(t *testing.T) {
			r := report(t, hostile.Text)
			for _, format := range usage.Formats() {
				out := write(t, format, r, usage.Options{})
				for _, c := range out {
					if unicode.IsControl(c) && c != '\n' || c == 0x202e || c == 0x2066 {
						t.Fatalf("%s holds %U", format, c)
					}
				}
				if strings.Contains(out, "##vso[") || strings.Contains(out, "##[") {
					t.Errorf("%s holds a build log's command", format)
				}
			}
			page := write(t, "markdown", r, usage.Options{})
			if strings.Contains(page, "<script") || activeLink.MatchString(page) || strings.Contains(page, "<img") {
				t.Errorf("markdown holds active text:\n%s", page)
			}
		})
	}
}

func TestCSVHoldsEveryMailboxAndNoFormula(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(write(t, "csv", report(t, "=1+1"), usage.Options{}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, row := range rows {
		states = append(states, row[0]+" "+row[4])
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	want := []string{"id state", "a in_use", "b in_use", "c not_known", "d not_known", " no_mailbox"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
}

func TestInUseLeavesTheOthersOut(t *testing.T) {
	r := report(t, "x")
	out := write(t, "csv", r, usage.Options{InUse: true})
	if n := strings.Count(out, "\n"); n != 3 {
		t.Errorf("%d lines:\n%s", n, out)
	}
	if out := write(t, "text", r, usage.Options{InUse: true}); strings.Contains(out, "Refused only") {
		t.Errorf("text lists attempts:\n%s", out)
	}
}

func TestJSONIsComplete(t *testing.T) {
	r := report(t, "x\u202e<")
	var got struct {
		Known bool
		InUse []struct{ ID string } `json:"in_use"`
		Doors []struct {
			Door  string
			InUse int `json:"in_use"`
		}
		All []struct {
			ID    string
			Name  string `json:"display_name"`
			Doors []struct{ Door, State string }
		}
	}
	if err := json.Unmarshal([]byte(write(t, "json", r, usage.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if got.Known || len(got.All) != 4 || got.All[0].Name != "x\u202e<" || len(got.All[0].Doors) != len(impact.Doors()) || len(got.InUse) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestTextSamplesAndSaysSo(t *testing.T) {
	r := report(t, "x")
	for range 30 {
		r.InUse = append(r.InUse, r.InUse[0])
	}
	if out := write(t, "text", r, usage.Options{}); !strings.Contains(out, "and 12 more") {
		t.Errorf("nothing says that the list was cut:\n%s", out)
	}
	if out := write(t, "text", r, usage.Options{Verbose: true}); strings.Contains(out, " more: ") || strings.Count(out, "(UserMailbox)") < 31 {
		t.Errorf("--verbose does not list all")
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := usage.Write("yaml", &bytes.Buffer{}, report(t, "x"), usage.Options{}); err == nil {
		t.Error("no error")
	}
}
