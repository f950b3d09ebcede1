package github_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/github"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

func write(t *testing.T, report *finding.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := github.Write(&out, report); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// command is a line as the runner takes it apart.
type command struct {
	name       string
	properties map[string]string
	data       string
}

// parse reads a line as the runner does: the first word behind two colons is the
// command, up to the next two colons come its properties, the rest is data.
// Escapes are undone last.
func parse(t *testing.T, line string) command {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "::")
	head, data, closed := strings.Cut(rest, "::")
	if !ok || !closed {
		t.Fatalf("%q is no command", line)
	}
	name, list, _ := strings.Cut(head, " ")
	c := command{name: name, properties: map[string]string{}, data: unescape(data, "%0D", "\r", "%0A", "\n", "%25", "%")}
	for _, pair := range strings.Split(list, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			t.Fatalf("%q: the property %q has no value", line, pair)
		}
		if _, twice := c.properties[key]; twice {
			t.Fatalf("%q: the property %q stands there twice", line, key)
		}
		c.properties[key] = unescape(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	}
	return c
}

func unescape(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

func parseAll(t *testing.T, out string) []command {
	t.Helper()
	var list []command
	for line := range strings.Lines(out) {
		list = append(list, parse(t, strings.TrimSuffix(line, "\n")))
	}
	return list
}

// oldCommand is the other form that runners still obey, anywhere in a line.
var oldCommand = regexp.MustCompile(`(?i)##\[|##vso\[`)

// hold checks what every report's commands have in common.
func hold(t *testing.T, out string) {
	t.Helper()
	if !strings.HasSuffix(out, "\n") {
		t.Error("the last command ends in no newline")
	}
	if found := oldCommand.FindString(out); found != "" {
		t.Errorf("the output holds %q", found)
	}
	for _, r := range out {
		if r < ' ' && r != '\n' || r == 0x7F || r == '\u202e' || r == '\u2028' {
			t.Fatalf("the output holds %U", r)
		}
	}
	commands := parseAll(t, out)
	counts := map[string]int{}
	for i, c := range commands {
		counts[c.name]++
		want := []string{"title"}
		if i < len(commands)-1 {
			want = append(want, "file")
		}
		for key, value := range c.properties {
			switch key {
			case "file", "title", "line", "endLine":
			default:
				t.Errorf("the property %q comes from nowhere", key)
			}
			if len([]rune(value)) > 255 && key == "title" {
				t.Errorf("the title has %d characters", len([]rune(value)))
			}
		}
		for _, key := range want {
			if c.properties[key] == "" {
				t.Errorf("command %d lacks %s", i, key)
			}
		}
		if c.data == "" || len(c.data) > 64<<10 {
			t.Errorf("the message has %d bytes", len(c.data))
		}
	}
	for name, n := range counts {
		if name != "error" && name != "warning" && name != "notice" || n > 10 {
			t.Errorf("%d commands %q", n, name)
		}
	}
	if last := commands[len(commands)-1]; last.name != "notice" || last.properties["title"] != "Postern" {
		t.Errorf("the last command is no sum: %+v", last)
	}
}

func TestWrite(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) { hold(t, write(t, c.Report)) })
	}
}

// TestHostileText throws random mixtures of what runners act on at the writer.
func TestHostileText(t *testing.T) {
	pieces := []string{
		"::", ":", ",", "%", "%0A", "%25", "%3A", "\n", "\r", "\r\n", "=", " ", "##[", "##vso[", "]", "#", "\x00", "\u2028",
		"error", "stop-commands", "::add-mask::", "\n::set-output name=a::b\n", "file=x", "title=", "\\", "x",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var text strings.Builder
		for range 1 + random.IntN(12) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		t.Run(fmt.Sprintf("%q", text.String()), func(t *testing.T) {
			hold(t, write(t, reporttest.HostileDrift(text.String())))
		})
	}
}

func TestEscapes(t *testing.T) {
	report := reporttest.Mixed()
	report.Snapshot.URI = "a,b:c%/snapshot.json"
	report.Controls[0].Title = "50%: a, b"
	report.Results[0].Violations[0].Args["domain"] = "100%0A::error::x"
	lines := strings.Split(write(t, report), "\n")
	want := "::error file=a%2Cb%3Ac%25/snapshot.json,line=41,endLine=48,title=FED-001 (high) 50%25%3A a%2C b::" +
		"The domain '100%250A::error::x' is managed by Entra, so its users never meet Okta. It concerns the domain 'harbourfreight.example'."
	if diff := cmp.Diff(want, lines[1]); diff != "" {
		t.Errorf("line 2 (-want +got):\n%s", diff)
	}
}

// shown is name and title of each command but the sum.
func shown(t *testing.T, report *finding.Report) []string {
	t.Helper()
	commands := parseAll(t, write(t, report))
	var list []string
	for _, c := range commands[:len(commands)-1] {
		id, _, _ := strings.Cut(c.properties["title"], " ")
		list = append(list, c.name+" "+id+" "+c.properties["line"])
	}
	return list
}

func TestOrderAndLevel(t *testing.T) {
	mixed := reporttest.Mixed()
	lenient := reporttest.Mixed()
	lenient.FailOn = "high"
	never := reporttest.Mixed()
	never.FailOn = "none"
	onlyNew := reporttest.Drift()
	onlyNew.FailOnNew = true
	gaps := []string{"warning ACCESS-001 ", "warning FED-001 ", "warning EVID-001 ", "warning SIGNON-010 "}
	tests := []struct {
		name   string
		report *finding.Report
		want   []string
	}{
		{"the gravest first", mixed, append([]string{
			"error SIGNON-001 640", "error FED-001 41", "error FED-001 ", "error MODERN-001 120", "error PROTO-001 812", "error PROTO-001 818"}, gaps...)},
		{"below the gate", lenient, []string{
			"error SIGNON-001 640", "error FED-001 41", "error FED-001 ", "error MODERN-001 120",
			"warning ACCESS-001 ", "warning FED-001 ", "warning EVID-001 ", "warning PROTO-001 812", "warning PROTO-001 818", "warning SIGNON-010 "}},
		{"no gate", never, []string{
			"warning SIGNON-001 640", "warning ACCESS-001 ", "warning FED-001 41", "warning FED-001 ", "warning FED-001 ", "warning MODERN-001 120",
			"warning EVID-001 ", "warning PROTO-001 812", "warning PROTO-001 818", "warning SIGNON-010 "}},
		{"new ones first, waived as notices", reporttest.Drift(), append(append([]string{
			"error FED-001 41", "error PROTO-001 812", "error FED-001 ", "error MODERN-001 120", "error PROTO-001 818"}, gaps...),
			"notice SIGNON-001 640")},
		{"only what is new fails", onlyNew, []string{
			"error FED-001 41", "error PROTO-001 812",
			"warning ACCESS-001 ", "warning FED-001 ", "warning EVID-001 ", "warning SIGNON-010 ",
			"warning FED-001 ", "warning MODERN-001 120", "warning PROTO-001 818", "notice SIGNON-001 640"}},
		{"clean", reporttest.Clean(), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, shown(t, test.report)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMessages(t *testing.T) {
	out := write(t, reporttest.Drift())
	for _, want := range []string{
		"from Any zone. Waived until 2027-01-31 by mail-team@harbourfreight.example: the partner replaces the scanners in January (CHG-4711).\n",
		"::Beside what fails, not all is known: entra.federation_configurations could only be read in part",
		"::Not known, which is no pass: okta.access_policy_rules could not be read: access was denied. Grant okta.policies.read. And 2 more such.\n",
		"::The control broke, so it says nothing about the tenant: eval_conflict_error",
		"::POP is enabled on 12 mailboxes.\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "user000003") {
		t.Error("a member is named in the log")
	}
}

// TestTheRestIsSummedUp writes more violations than GitHub shows.
func TestTheRestIsSummedUp(t *testing.T) {
	report := reporttest.Mixed()
	v := report.Results[2].Violations[0]
	for range 8 {
		report.Results[2].Violations = append(report.Results[2].Violations, v)
	}
	out := write(t, report)
	if n := strings.Count(out, "::error "); n != 10 {
		t.Errorf("%d errors", n)
	}
	want := "3 not judged. Not shown, because GitHub shows 10 of a kind: MODERN-001 (2), PROTO-001 (2).\n"
	if !strings.HasSuffix(out, want) {
		t.Errorf("%q is not at the end of:\n%s", want, out)
	}
}

// TestTheSumHasAPlace waives more violations than there are notices.
func TestTheSumHasAPlace(t *testing.T) {
	report := reporttest.Mixed()
	v := report.Results[2].Violations[0]
	v.Waiver = &finding.Waiver{ID: "w", Owner: "o", Reason: "r", Expires: "2027-01-31"}
	for range 12 {
		report.Results[2].Violations = append(report.Results[2].Violations, v)
	}
	out := write(t, report)
	hold(t, out)
	if !strings.HasSuffix(out, "MODERN-001 (3).\n") {
		t.Errorf("three waived violations are not summed up in:\n%s", out)
	}
}
