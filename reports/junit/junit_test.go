package junit_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/junit"
)

type suites struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Suites  []suite    `xml:"testsuite"`
}

type suite struct {
	ID        int     `xml:"id,attr"`
	Name      string  `xml:"name,attr"`
	Package   string  `xml:"package,attr"`
	Timestamp string  `xml:"timestamp,attr"`
	Tests     int     `xml:"tests,attr"`
	Failures  int     `xml:"failures,attr"`
	Errors    int     `xml:"errors,attr"`
	Skipped   int     `xml:"skipped,attr"`
	Nested    []suite `xml:"testsuite"`
	Cases     []struct {
		ClassName string    `xml:"classname,attr"`
		Name      string    `xml:"name,attr"`
		Failure   []problem `xml:"failure"`
		Error     []problem `xml:"error"`
		Skipped   []problem `xml:"skipped"`
	} `xml:"testcase"`
	SystemOut string `xml:"system-out"`
}

type problem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func write(t *testing.T, report *finding.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := junit.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read decodes the file to its end, so that anything ill-formed is found.
func read(t *testing.T, out []byte) suites {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(out))
	var file suites
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return file
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// check holds a file to what the schemas cannot say, or what their readers do.
func check(t *testing.T, report *finding.Report, out []byte) {
	t.Helper()
	reporttest.CheckText(t, out)
	file := read(t, out)
	if file.XMLName.Local != "testsuites" || len(file.Attrs) != 0 {
		t.Errorf("the root is %v %v", file.XMLName, file.Attrs)
	}
	tests := 0
	names := map[string]bool{}
	for i, s := range file.Suites {
		if s.ID != i || len(s.Nested) != 0 {
			t.Errorf("suite %d has the id %d and %d suites below it", i, s.ID, len(s.Nested))
		}
		if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`).MatchString(s.Timestamp) {
			t.Errorf("the timestamp is %q", s.Timestamp)
		}
		failures, failed, skipped := 0, 0, 0
		for _, c := range s.Cases {
			key := c.ClassName + "\x00" + c.Name
			if names[key] || c.ClassName != s.Name || len(c.Name) == 0 {
				t.Errorf("the test case %q of %q has no name of its own", c.Name, c.ClassName)
			}
			names[key] = true
			if n := len(c.Failure) + len(c.Error) + len(c.Skipped); n > 1 {
				t.Errorf("%s has %d outcomes", c.Name, n)
			}
			for _, p := range append(append(c.Failure, c.Error...), c.Skipped...) {
				if p.Message == "" || !strings.Contains(p.Text, p.Message) {
					t.Errorf("%s: the text does not hold the message %q", c.Name, p.Message)
				}
			}
			failures += len(c.Failure)
			failed += len(c.Error)
			skipped += len(c.Skipped)
		}
		if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != failed || s.Skipped != skipped {
			t.Errorf("%s counts %d tests, %d failures, %d errors, %d skipped, but holds %d, %d, %d, %d",
				s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), failures, failed, skipped)
		}
		tests += s.Tests
	}
	if tests != len(report.Results) {
		t.Errorf("%d test cases for %d controls", tests, len(report.Results))
	}
}

func TestWrite(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			out := write(t, c.Report)
			check(t, c.Report, out)
			if !bytes.Equal(out, write(t, c.Report)) {
				t.Error("the same report gives other bytes the second time")
			}
		})
	}
}

// TestWriteObeysTheSchemas needs xmllint and the folder of schemas that
// POSTERN_SCHEMAS names.
func TestWriteObeysTheSchemas(t *testing.T) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed, so the check against the schemas is left out")
	}
	var schemas []string
	for _, name := range []string{"junit-jenkins.xsd", "junit-windyroad.xsd"} {
		file := filepath.Join(os.Getenv("POSTERN_SCHEMAS"), name)
		if _, err := os.Stat(file); err != nil {
			t.Skipf("POSTERN_SCHEMAS names no folder with %s, so the check against it is left out", name)
		}
		schemas = append(schemas, file)
	}
	dir := t.TempDir()
	var files []string
	for i, c := range reporttest.Cases() {
		file := filepath.Join(dir, string(rune('a'+i))+".xml")
		if err := os.WriteFile(file, write(t, c.Report), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, schema := range schemas {
		if out, err := exec.Command(lint, append([]string{"--noout", "--schema", schema}, files...)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", schema, err, out)
		}
	}
}

func TestOutcomes(t *testing.T) {
	type outcome struct{ Suite, Name, Kind, Type, Message string }
	var got []outcome
	file := read(t, write(t, reporttest.Mixed()))
	for _, s := range file.Suites {
		for _, c := range s.Cases {
			o := outcome{Suite: s.Name, Name: c.Name, Kind: "pass"}
			for kind, list := range map[string][]problem{"failure": c.Failure, "error": c.Error, "skipped": c.Skipped} {
				if len(list) > 0 {
					o.Kind, o.Type, o.Message = kind, list[0].Type, list[0].Message
				}
			}
			got = append(got, o)
		}
	}
	want := []outcome{
		{"m365.entra", "FED-001 Every domain that a mailbox user signs in with is federated with Okta", "failure", "high", "The domain 'harbourfreight.example' is managed by Entra, so its users never meet Okta."},
		{"m365.entra", "FED-003 No enabled mailbox user signs in on a managed domain", "pass", "", ""},
		{"m365.entra", "EVID-001 No sign-in by a legacy client succeeded", "error", "unknown", "evidence.sign_ins cannot be read: the tenant has no licence for it."},
		{"m365.exchange", "MODERN-001 Modern authentication is enabled for Exchange Online", "failure", "high", "Modern authentication is off for the whole organisation (OAuth2ClientProfileEnabled is false)."},
		{"m365.exchange", "PROTO-001 POP is disabled on every mailbox", "failure", "medium", "POP is enabled on 12 mailboxes."},
		{"m365.exchange", "PROTO-007 Only administrators may use remote PowerShell", "skipped", "", "NOT APPLICABLE: The tenant has no mailboxes."},
		{"okta.access", "ACCESS-001 No mailbox is reachable without MFA", "error", "error", "The control broke: eval_conflict_error: complete rules must not produce multiple outputs"},
		{"okta.sign_on", "SIGNON-001 No legacy client is let in", "failure", "critical", "The rule 'Allow web and modern' (priority 2) lets legacy clients in from Any zone."},
		{"okta.sign_on", "SIGNON-010 Okta's sign-on policy for Office 365 can be read", "error", "unknown", "okta.access_policy_rules could not be read: access was denied. Grant okta.policies.read."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("test cases (-want +got):\n%s", diff)
	}
	text := file.Suites[0].Cases[0].Failure[0].Text
	for _, part := range []string{
		"at evidence/snapshot.json:41 domain 'harbourfreight.example'\n",
		"- Not known: entra.federation_configurations could only be read in part",
		"Federate the domain from Okta's Office 365 app.",
		"https://learn.microsoft.com/graph/api/domain-list",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the failure's text lacks %q:\n%s", part, text)
		}
	}
	last := file.Suites[len(file.Suites)-1].Cases
	if text := last[len(last)-1].Error[0].Text; !strings.Contains(text, "\n  at evidence/snapshot.json:812 user000000@harbourfreight.example and 6 more\n") {
		t.Errorf("what is not known of mailboxes does not name them:\n%s", text)
	}
	if got, want := file.Suites[0].SystemOut, "FED-003: The account 'breakglass@harbourfreight.onmicrosoft.com' is declared as break-glass.\n"; got != want {
		t.Errorf("the notes are %q, want %q", got, want)
	}
	if got := file.Suites[0].Timestamp; got != "2026-11-22T08:15:00" {
		t.Errorf("the timestamp is %s", got)
	}
}

func TestPopulationIsSampled(t *testing.T) {
	out := write(t, reporttest.Population(100_000))
	if len(out) > 10_000 {
		t.Errorf("the file has %d bytes", len(out))
	}
	text := read(t, out).Suites[0].Cases[0].Failure[0].Text
	if !strings.Contains(text, "user000019@harbourfreight.example and 99980 more\n") {
		t.Errorf("the text is %.2000s", text)
	}
}

func TestSuiteNames(t *testing.T) {
	tests := []struct {
		area, want string
		needs      []string
	}{
		{"federation", "m365.entra", []string{"entra.domains", "okta.apps"}},
		{"protocols", "m365.exchange", []string{"mailboxes[].exchange"}},
		{"tokens", "m365.entra", []string{"mailboxes[].entra.signInSessionsValidFromDateTime"}},
		{"modern_auth", "m365.sharepoint", []string{"sharepoint.settings"}},
		{"sign_on", "okta.sign_on", []string{"okta.access_policy_rules"}},
		{"evidence", "okta.evidence", []string{"evidence.okta_requests"}},
		{"evidence", "m365.entra", []string{"evidence.sign_ins"}},
		{"federation", "okta.federation", []string{"mailboxes[].okta"}},
		{"own.Area", "postern.own_area", nil},
		{"", "postern.controls", []string{"something.else"}},
	}
	for _, test := range tests {
		report := reporttest.Clean()
		report.Controls, report.Results = report.Controls[:1], report.Results[:1]
		report.Controls[0].Area, report.Controls[0].Needs = test.area, test.needs
		s := read(t, write(t, report)).Suites[0]
		if s.Name != test.want || !strings.HasPrefix(test.want, s.Package+".") {
			t.Errorf("area %q, needs %q: suite %s in %s, want %s", test.area, test.needs, s.Name, s.Package, test.want)
		}
	}
}

// FuzzJUnit writes reports full of hostile text.
func FuzzJUnit(f *testing.F) {
	for _, hostile := range reporttest.HostileTexts() {
		f.Add(hostile.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1_000 {
			t.Skip("long texts have cases of their own, and would leave no time for others")
		}
		report := reporttest.Hostile(text)
		check(t, report, write(t, report))
	})
}
