// Package junit writes a report as JUnit XML: one test case a control, in suites
// named after the service whose evidence is judged.
//
// A failure is a control that fails. What could not be judged is an error, never
// skipped: a gate that reads JUnit must not be green for want of evidence. The
// file keeps to what the schemas of Jenkins and of Ant have in common, and to
// one level of suites, because readers ignore deeper ones.
//
// It must not know the snapshot, nor the clock: a suite's time is when the
// snapshot was taken, and no duration is claimed.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/help"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

const (
	// maxShown is how many violations, reasons or notes of one control are
	// listed; readers refuse large files.
	maxShown = 100
	// sample is how many members of a population are named.
	sample = 20
)

// The elements, in the order that the schemas demand. Texts are character data,
// never CDATA, which cannot hold every text.
type (
	suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []*suite `xml:"testsuite"`
	}

	suite struct {
		ID         int        `xml:"id,attr"`
		Package    string     `xml:"package,attr"`
		Name       string     `xml:"name,attr"`
		Timestamp  string     `xml:"timestamp,attr"`
		Hostname   string     `xml:"hostname,attr"`
		Tests      int        `xml:"tests,attr"`
		Failures   int        `xml:"failures,attr"`
		Errors     int        `xml:"errors,attr"`
		Skipped    int        `xml:"skipped,attr"`
		Time       string     `xml:"time,attr"`
		Properties []property `xml:"properties>property"`
		Cases      []testCase `xml:"testcase"`
		SystemOut  lines      `xml:"system-out"`
		SystemErr  string     `xml:"system-err"`
	}

	property struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}

	testCase struct {
		ClassName string   `xml:"classname,attr"`
		Name      string   `xml:"name,attr"`
		Time      string   `xml:"time,attr"`
		Failure   *problem `xml:"failure"`
		Error     *problem `xml:"error"`
		Skipped   *skipped `xml:"skipped"`
	}

	// problem is a failure or an error.
	problem struct {
		Type, Message string
		Text          lines
	}

	skipped struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// lines is character data whose newlines stay newlines, so that the file can be
// read as it is; a field would write them as references.
type lines string

// MarshalXML writes the lines as the only content of an element.
func (l lines) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	for _, token := range []xml.Token{start, xml.CharData(l), start.End()} {
		if err := e.EncodeToken(token); err != nil {
			return err
		}
	}
	return nil
}

// MarshalXML writes the element with its attributes.
func (p problem) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	start.Attr = []xml.Attr{
		{Name: xml.Name{Local: "type"}, Value: p.Type}, {Name: xml.Name{Local: "message"}, Value: p.Message},
	}
	return p.Text.MarshalXML(e, start)
}

// Write writes the report. Suites are sorted by name, the test cases of one are
// in the report's order.
func Write(w io.Writer, report *finding.Report) error {
	file := suites{Suites: build(report)}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(file); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

func build(report *finding.Report) []*suite {
	byName := map[string]*suite{}
	var list []*suite
	for i := range report.Results {
		control, result := &report.Controls[i], &report.Results[i]
		name := suiteName(control)
		s := byName[name]
		if s == nil {
			s = newSuite(report, name)
			byName[name] = s
			list = append(list, s)
		}
		s.add(report, control, result)
	}
	slices.SortFunc(list, func(a, b *suite) int { return strings.Compare(a.Name, b.Name) })
	for i, s := range list {
		s.ID = i
	}
	return list
}

// comparedWith tells of the baseline and of the waivers, where there are such.
func comparedWith(report *finding.Report) []property {
	var list []property
	if baseline := report.Baseline; baseline != nil {
		summary := report.Summarize()
		list = append(list,
			property{"baseline.sha256", baseline.Snapshot.SHA256}, property{"baseline.collected_at", baseline.Snapshot.CollectedAt},
			property{"baseline.new", strconv.Itoa(summary.New)}, property{"baseline.changed", strconv.Itoa(summary.Changed)},
			property{"baseline.unchanged", strconv.Itoa(summary.Unchanged)}, property{"baseline.fixed", strconv.Itoa(summary.Fixed)},
			property{"fail_on_new", strconv.FormatBool(report.FailOnNew)})
	}
	if waivers := report.Waivers; waivers != nil {
		list = append(list, property{"waivers.file", escape.Line(waivers.File)}, property{"waivers.as_of", waivers.AsOf})
	}
	return list
}

func newSuite(report *finding.Report, name string) *suite {
	// The package and the name are what is before and behind the last dot.
	pack := name[:strings.LastIndexByte(name, '.')]
	return &suite{
		Package: pack, Name: name, Hostname: "localhost", Time: "0",
		// The schema wants no zone. The report's instants are in UTC.
		Timestamp: strings.TrimSuffix(report.Snapshot.CollectedAt, "Z"),
		Properties: append([]property{
			{"tenant.id", escape.Line(report.Tenant.ID)},
			{"tenant.domain", escape.Line(report.Tenant.InitialDomain)},
			{"snapshot.uri", escape.Line(report.Snapshot.URI)},
			{"snapshot.sha256", report.Snapshot.SHA256},
			{"snapshot.source", escape.Line(report.Snapshot.Source)},
			{"tool", escape.Line(report.Tool.Name + " " + report.Tool.Version)},
			{"fail_on", report.FailOn},
			{"scope", wording.English().Scope},
		}, comparedWith(report)...),
	}
}

// suiteName is the service whose evidence a control reads first: m365.entra,
// m365.exchange, m365.sharepoint, or okta with the control's area, since most
// controls judge Okta. It always holds a dot: readers cut the class name at the
// last one.
func suiteName(control *finding.Control) string {
	area := strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return '_'
	}, strings.ToLower(control.Area))
	if area == "" {
		area = "controls"
	}
	services := []struct{ path, suite string }{
		{"mailboxes[].entra", "m365.entra"},
		{"mailboxes[].okta", "okta." + area},
		{"mailboxes", "m365.exchange"},
		{"entra", "m365.entra"},
		{"exchange", "m365.exchange"},
		{"sharepoint", "m365.sharepoint"},
		{"okta", "okta." + area},
		{"evidence.okta_requests", "okta." + area},
		{"evidence.new_device_mails", "okta." + area},
		{"evidence", "m365.entra"},
	}
	for _, need := range control.Needs {
		for _, service := range services {
			if strings.HasPrefix(need, service.path) {
				return service.suite
			}
		}
	}
	return "postern." + area
}

// add adds a control's test case and counts it.
func (s *suite) add(report *finding.Report, control *finding.Control, result *finding.Result) {
	b := &body{report: report, control: control, result: result, style: wording.Plain()}
	c := testCase{
		ClassName: s.Name, Time: "0",
		Name: escape.Cut(strings.TrimSpace(control.ID+" "+escape.Line(control.Title)), maxName),
	}
	switch result.Outcome {
	case finding.Fail:
		if result.Waived() {
			s.addWaived(b, &c)
			break
		}
		s.Failures++
		c.Failure = b.problem(string(control.Severity))
	case finding.Unknown, finding.Error:
		s.Errors++
		c.Error = b.problem(string(result.Outcome))
	case finding.NotApplicable:
		s.Skipped++
		c.Skipped = b.skipped()
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
	for i := range result.Notes[:min(len(result.Notes), maxShown)] {
		s.SystemOut += lines(control.ID + ": " + b.reason(&result.Notes[i]) + "\n")
	}
	if more := len(result.Notes) - maxShown; more > 0 {
		s.SystemOut += lines(control.ID + ": " + strconv.Itoa(more) + " more notes\n")
	}
}

// addWaived counts a control all of whose violations are waived: it is skipped, and
// says by whom. What could not be judged is waived by nobody, so that is an error.
func (s *suite) addWaived(b *body, c *testCase) {
	if len(b.result.Unknowns) > 0 {
		s.Errors++
		c.Error = b.problem(string(finding.Unknown))
		return
	}
	s.Skipped++
	c.Skipped = b.waived()
}

// maxName is how much of a test's name Azure DevOps keeps.
const maxName = 512

// body makes the text of a control that does not pass.
type body struct {
	report  *finding.Report
	control *finding.Control
	result  *finding.Result
	style   wording.Style
	lines   []string
}

// problem is a failure or an error: its message is the first thing that is
// wrong, its text all of it and what to do.
func (b *body) problem(kind string) *problem {
	message := ""
	b.lines = nil
	open, waived := b.violations()
	b.add(&message, "", open)
	b.add(&message, "", b.broken())
	b.add(&message, "Not known: ", b.unknowns())
	b.add(&message, "", waived)
	b.add(&message, "Fixed: ", b.fixed())
	return &problem{Type: kind, Message: message, Text: lines(strings.Join(b.lines, "\n") + "\n\n" + help.Text(b.control) + "\n")}
}

// item is one thing that is wrong: a sentence, and lines that belong to it.
type item struct {
	sentence string
	details  []string
}

func (b *body) add(message *string, label string, items []item) {
	for i, one := range items {
		if i == maxShown {
			b.lines = append(b.lines, "- and "+strconv.Itoa(len(items)-maxShown)+" more")
			break
		}
		if *message == "" {
			*message = one.sentence
		}
		b.lines = append(b.lines, "- "+label+one.sentence)
		for _, detail := range one.details {
			b.lines = append(b.lines, "  "+detail)
		}
	}
}

// violations are those that nobody has waived, and those that somebody has.
func (b *body) violations() (open, waived []item) {
	for i := range b.result.Violations {
		v := &b.result.Violations[i]
		subject := b.style.Subject(&v.Resource)
		if v.Members != nil {
			subject = b.style.Sample(v.Members, sample)
		}
		where := strings.TrimSpace("at " + wording.PlaceOf(b.report, &v.Resource, v.Region) + " " + subject)
		one := item{b.style.Violation(b.control, v), []string{where}}
		if v.State != "" {
			one.details = append(one.details, "since the baseline: "+b.style.State(b.report, v))
		}
		for j := range v.Steps[:min(len(v.Steps), maxShown)] {
			step := &v.Steps[j]
			detail := strconv.Itoa(j+1) + ". " + b.style.TraceStep(b.control, step)
			if step.Region != nil {
				detail += " (" + wording.Place(b.report, step.Region) + ")"
			}
			one.details = append(one.details, detail)
		}
		if v.Waiver == nil {
			open = append(open, one)
			continue
		}
		one.sentence = "WAIVED: " + b.style.Waiver(v.Waiver) + " " + one.sentence
		waived = append(waived, one)
	}
	return open, waived
}

// waived says who lives with the violations, in the attribute and in the text.
func (b *body) waived() *skipped {
	first := b.result.Violations[0].Waiver
	message := "WAIVED until " + first.Expires + " by " + escape.Line(first.Owner) + ": " + escape.Line(first.ID+" "+first.Reason)
	b.lines = []string{message}
	_, waived := b.violations()
	b.add(&message, "", waived)
	return &skipped{Message: message, Text: strings.Join(b.lines, "\n")}
}

// fixed are the violations that the baseline has and this run does not.
func (b *body) fixed() []item {
	items := make([]item, len(b.result.Fixed))
	for i := range items {
		items[i].sentence = b.style.Violation(b.control, &b.result.Fixed[i])
	}
	return items
}

func (b *body) broken() []item {
	if b.result.Error == "" {
		return nil
	}
	return []item{{sentence: "The control broke: " + escape.Cut(escape.Line(b.result.Error), 500)}}
}

func (b *body) unknowns() []item {
	items := make([]item, len(b.result.Unknowns))
	for i := range items {
		reason := &b.result.Unknowns[i]
		items[i].sentence = b.reason(reason)
		if about := b.style.About(reason); about != "" {
			items[i].details = []string{"at " + wording.Place(b.report, reason.Region) + " " + about}
		}
		if advice := b.style.Remedy(reason, wording.Entry(b.report, reason)); advice != "" {
			items[i].sentence += " " + advice
		}
	}
	return items
}

func (b *body) reason(reason *finding.Reason) string {
	return b.style.Reason(b.control, reason, wording.Entry(b.report, reason))
}

// skipped says why a control does not apply, in the attribute and in the text:
// some readers show only the one, some only the other.
func (b *body) skipped() *skipped {
	sentence := "NOT APPLICABLE"
	for i := range b.result.NotApplicable[:min(len(b.result.NotApplicable), maxShown)] {
		separator := " "
		if i == 0 {
			separator = ": "
		}
		sentence += separator + b.reason(&b.result.NotApplicable[i])
	}
	return &skipped{Message: sentence, Text: sentence}
}
