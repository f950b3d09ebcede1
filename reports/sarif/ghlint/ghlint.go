// Package ghlint finds in a SARIF file what its readers refuse or misread
// although the standard allows it: a result without a place, a URI that looks
// like it had a scheme, a pass that becomes an open alert. Most of it is GitHub
// code scanning's; where another reader is meant, the complaint names it.
//
// Only tests use it. It must not know how the file was made: it reads the JSON.
package ghlint

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of code scanning, and the length at which it cuts texts.
const (
	maxRuns      = 20
	maxResults   = 25_000
	maxRules     = 25_000
	maxLocations = 1000
	maxFlow      = 10_000
	maxTags      = 10
	maxText      = 1024
	maxName      = 255
)

type file struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool struct {
		Driver struct {
			Name            string `json:"name"`
			Version         string `json:"version"`
			Rules           []rule `json:"rules"`
			Notifications   []rule `json:"notifications"`
			SemanticVersion string `json:"semanticVersion"`
		} `json:"driver"`
	} `json:"tool"`
	Results           *[]result                     `json:"results"`
	AutomationDetails struct{ ID string }           `json:"automationDetails"`
	BaseIDs           map[string]json.RawMessage    `json:"originalUriBaseIds"`
	Invocations       []invocation                  `json:"invocations"`
	Provenance        []struct{ MappedTo artifact } `json:"versionControlProvenance"`
}

type invocation struct {
	ExecutionSuccessful *bool          `json:"executionSuccessful"`
	Notifications       []notification `json:"toolExecutionNotifications"`
}

type notification struct {
	Level          string    `json:"level"`
	Message        text      `json:"message"`
	Descriptor     reference `json:"descriptor"`
	AssociatedRule reference `json:"associatedRule"`
}

type reference struct {
	ID    string `json:"id"`
	Index *int   `json:"index"`
}

type text struct {
	Text string `json:"text"`
}

type rule struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	ShortDescription text   `json:"shortDescription"`
	FullDescription  text   `json:"fullDescription"`
	Help             text   `json:"help"`
	HelpURI          string `json:"helpUri"`
	Properties       struct {
		SecuritySeverity *json.RawMessage `json:"security-severity"`
		Precision        string           `json:"precision"`
		Problem          string           `json:"problem.severity"`
		Tags             []string         `json:"tags"`
	} `json:"properties"`
	DefaultConfiguration struct{ Level string } `json:"defaultConfiguration"`
}

type result struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    *int               `json:"ruleIndex"`
	Kind         string             `json:"kind"`
	Level        string             `json:"level"`
	Rank         *float64           `json:"rank"`
	Message      text               `json:"message"`
	Locations    []location         `json:"locations"`
	Related      []location         `json:"relatedLocations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions *[]json.RawMessage `json:"suppressions"`
	CodeFlows    []struct {
		ThreadFlows []struct {
			Locations []struct {
				Location location `json:"location"`
			} `json:"locations"`
		} `json:"threadFlows"`
	} `json:"codeFlows"`
}

type location struct {
	Physical *struct {
		Artifact artifact `json:"artifactLocation"`
		Region   *region  `json:"region"`
	} `json:"physicalLocation"`
}

type artifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId"`
}

type region struct {
	StartLine   int  `json:"startLine"`
	StartColumn int  `json:"startColumn"`
	EndLine     int  `json:"endLine"`
	EndColumn   int  `json:"endColumn"`
	ByteOffset  *int `json:"byteOffset"`
}

// linter collects complaints.
type linter struct {
	codeScanning bool
	complaints   []string
}

func (l *linter) add(format string, args ...any) {
	l.complaints = append(l.complaints, fmt.Sprintf(format, args...))
}

// Lint returns what is wrong with a SARIF file, nothing if it is good.
// codeScanning also holds it to what GitHub shows as alerts: failures only.
func Lint(data []byte, codeScanning bool) []string {
	l := &linter{codeScanning: codeScanning}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return []string{"not readable: " + err.Error()}
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return []string{"not readable: " + err.Error()}
	}
	l.nulls("", plain)
	if f.Version != "2.1.0" {
		l.add("version is %q", f.Version)
	}
	if !strings.HasPrefix(f.Schema, "https://") {
		l.add("$schema is %q", f.Schema)
	}
	if len(f.Runs) == 0 || len(f.Runs) > maxRuns {
		l.add("%d runs", len(f.Runs))
	}
	categories := map[string]bool{}
	for i := range f.Runs {
		l.run(&f.Runs[i])
		category := f.Runs[i].Tool.Driver.Name + " " + f.Runs[i].AutomationDetails.ID
		if categories[category] {
			l.add("two runs of one tool and category: %s", category)
		}
		categories[category] = true
	}
	return l.complaints
}

// nulls finds null: no property may be one, and readers check against a schema.
func (l *linter) nulls(at string, value any) {
	switch v := value.(type) {
	case nil:
		l.add("%s is null", at)
	case map[string]any:
		for name, item := range v {
			l.nulls(at+"/"+name, item)
		}
	case []any:
		for i, item := range v {
			l.nulls(at+"/"+strconv.Itoa(i), item)
		}
	}
}

var category = regexp.MustCompile(`^[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*/$`)

func (l *linter) run(r *run) {
	driver := &r.Tool.Driver
	if driver.Name == "" || driver.Version == "" {
		l.add("the driver lacks its name or version")
	}
	if !category.MatchString(r.AutomationDetails.ID) {
		l.add("automationDetails.id %q is no category: it must be plain words that end in a slash", r.AutomationDetails.ID)
	}
	l.rules(driver.Rules, true)
	l.rules(driver.Notifications, false)
	if len(r.Invocations) != 1 {
		l.add("%d invocations", len(r.Invocations))
	}
	for i := range r.Invocations {
		l.invocation(&r.Invocations[i], r)
	}
	if r.Results == nil {
		l.add("results is missing, which is not the same as empty")
		return
	}
	l.results(*r.Results, r)
}

func (l *linter) rules(rules []rule, judged bool) {
	if len(rules) > maxRules {
		l.add("%d rules", len(rules))
	}
	ids := map[string]bool{}
	for i := range rules {
		r := &rules[i]
		if r.ID == "" || ids[r.ID] {
			l.add("rule %d: the id %q is empty or stands there twice", i, r.ID)
		}
		ids[r.ID] = true
		if r.Name == "" || r.Name == r.ID || utf8.RuneCountInString(r.Name) > maxName {
			l.add("rule %s: the name %.40q is empty, the id, or too long", r.ID, r.Name)
		}
		for what, t := range map[string]string{"shortDescription": r.ShortDescription.Text, "fullDescription": r.FullDescription.Text} {
			if n := utf8.RuneCountInString(t); n == 0 || n > maxText {
				l.add("rule %s: %s has %d characters", r.ID, what, n)
			}
		}
		if r.Help.Text == "" {
			l.add("rule %s: no help.text", r.ID)
		}
		if u, err := url.Parse(r.HelpURI); err != nil || u.Scheme != "https" && u.Scheme != "http" {
			l.add("rule %s: helpUri is %q", r.ID, r.HelpURI)
		}
		if judged {
			l.ruleProperties(r)
		}
	}
}

func (l *linter) ruleProperties(r *rule) {
	p := &r.Properties
	if !slices.Contains([]string{"very-high", "high", "medium", "low"}, p.Precision) {
		l.add("rule %s: precision is %q", r.ID, p.Precision)
	}
	if !slices.Contains([]string{"error", "warning", "recommendation"}, p.Problem) {
		l.add("rule %s: problem.severity is %q", r.ID, p.Problem)
	}
	if !slices.Contains([]string{"error", "warning", "note"}, r.DefaultConfiguration.Level) {
		l.add("rule %s: the default level is %q", r.ID, r.DefaultConfiguration.Level)
	}
	if tags := slices.Sorted(slices.Values(p.Tags)); len(slices.Compact(tags)) != len(p.Tags) {
		l.add("rule %s: a tag stands there twice: %q", r.ID, p.Tags)
	}
	if len(p.Tags) > maxTags || !slices.Contains(p.Tags, "security") {
		l.add("rule %s: %d tags, or none of them security: %q", r.ID, len(p.Tags), p.Tags)
	}
	if p.SecuritySeverity == nil {
		return
	}
	var score string
	if err := json.Unmarshal(*p.SecuritySeverity, &score); err != nil {
		l.add("rule %s: security-severity %s is no text", r.ID, *p.SecuritySeverity)
	}
	if n, err := strconv.ParseFloat(score, 64); err != nil || n <= 0 || n > 10 {
		l.add("rule %s: security-severity %q is no number over 0 and up to 10", r.ID, score)
	}
}

func (l *linter) invocation(i *invocation, r *run) {
	if i.ExecutionSuccessful == nil {
		l.add("executionSuccessful is missing")
		return
	}
	if !*i.ExecutionSuccessful && len(i.Notifications) == 0 {
		l.add("the execution was not successful and no notification says why")
	}
	driver := &r.Tool.Driver
	for _, n := range i.Notifications {
		l.text("notification", n.Message.Text)
		if n.Level == "error" && *i.ExecutionSuccessful {
			l.add("the execution was successful in spite of an error: %s", n.Message.Text)
		}
		l.reference("notification's descriptor", n.Descriptor, driver.Notifications)
		if n.AssociatedRule.ID != "" {
			l.reference("notification's rule", n.AssociatedRule, driver.Rules)
		}
	}
}

func (l *linter) reference(what string, ref reference, list []rule) {
	if ref.Index == nil || *ref.Index < 0 || *ref.Index >= len(list) || list[*ref.Index].ID != ref.ID {
		l.add("the %s %q does not stand at its index", what, ref.ID)
	}
}

// link is what a viewer makes a link, and GitHub one into relatedLocations.
var link = regexp.MustCompile(`\[[^\]]*\]\(`)

func (l *linter) text(what, s string) {
	switch {
	case s == "":
		l.add("%s: no message.text", what)
	case !strings.HasSuffix(s, "."):
		l.add("%s: the message does not end in a full stop: %.80q", what, s)
	case utf8.RuneCountInString(s) > maxText:
		l.add("%s: the message has %d characters", what, utf8.RuneCountInString(s))
	case strings.ContainsAny(s, "\n\r\t\x1b"):
		l.add("%s: the message is not one line: %.80q", what, s)
	case link.MatchString(s):
		l.add("%s: the message holds a link: %.80q", what, s)
	}
}
