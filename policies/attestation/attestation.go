// Package attestation reads what a person has put down about sign-on rules that no
// API shows, those of an app in an Okta Classic Engine org, and lays it over a
// snapshot.
//
// An attestation says who looked, when, where the proof is kept and until when it
// counts. Laid over a document it takes the place of evidence, and the ledger says
// so: every result that rests on it carries that. An expired one counts as none.
// It never takes the place of what could be read.
//
// The package knows the document and how Okta writes a rule. It must not know any
// control, nor how a rule is judged.
package attestation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	_ "embed"

	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// LongestDays is for how long an attestation may count: a rule set that nobody has
// looked at for a year is not known.
const LongestDays = 366

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of the file, for editors.
func Schema() []byte { return bytes.Clone(schema) }

// Attestation is one file.
type Attestation struct {
	// Version is 1.
	Version int `yaml:"version"`
	// OktaOrg is the URL of the org that was looked at.
	OktaOrg string `yaml:"okta_org"`
	// By says who looked, Evidence where the proof is: a ticket, a link.
	By       string `yaml:"by"`
	Evidence string `yaml:"evidence"`
	// AttestedAt is when they looked, Expires from when on it no longer counts:
	// dates (their beginning in UTC) or instants.
	AttestedAt string `yaml:"attested_at"`
	Expires    string `yaml:"expires"`
	// UnchangedSince is when the rules were last changed, where that is known.
	UnchangedSince string `yaml:"unchanged_since"`
	Apps           []App  `yaml:"apps"`

	name        string
	at, expires time.Time
	unchanged   *snapshot.Instant
	root        *yaml.Node
}

// App are the rules of one Office 365 app instance, in the console's order.
type App struct {
	// App is the id of the instance.
	App   string `yaml:"app"`
	Rules []Rule `yaml:"rules"`
}

// Rule is one sign-on rule as the console shows it. The last one of an app is the
// default rule, which has no conditions.
type Rule struct {
	Name string `yaml:"name"`
	// Status is active, which is the default, or inactive.
	Status string `yaml:"status"`
	// Groups and Users are whom the rule is for, by id; none means everybody.
	Groups       []string `yaml:"groups"`
	ExceptGroups []string `yaml:"except_groups"`
	Users        []string `yaml:"users"`
	ExceptUsers  []string `yaml:"except_users"`
	// Zones are network zones by id or name; none means anywhere.
	Zones       []string `yaml:"zones"`
	ExceptZones []string `yaml:"except_zones"`
	// Clients are those that are ticked: web, modern, legacy.
	Clients []string `yaml:"clients"`
	// Platforms are those that are ticked: ios, android, mobile_other, windows,
	// macos, desktop_other; none means all.
	Platforms []string `yaml:"platforms"`
	// Device is any, which is the default, trusted or not_trusted.
	Device string `yaml:"device"`
	// Access is allow or deny.
	Access string `yaml:"access"`
	// Factor is when a second factor is asked for: none, every_sign_on,
	// once_per_session, or after_minutes with FactorMinutes.
	Factor        string `yaml:"factor"`
	FactorMinutes int    `yaml:"factor_minutes"`
}

const hintKeys = "the keys are listed in https://github.com/seed-07732396/postern/blob/main/cmd/postern/README.md#attestationyaml"

// Read reads an attestation. name is used in errors, which are *snapshot.Error and
// name the line.
func Read(name string, text []byte) (*Attestation, error) {
	a := &Attestation{name: name, root: &yaml.Node{}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(a); err != nil {
		return nil, yamlError(name, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, &snapshot.Error{File: name, Problem: "more than one YAML document", Hint: "keep one attestation in a file"}
	}
	if err := yaml.Unmarshal(text, a.root); err != nil {
		return nil, yamlError(name, err)
	}
	return a, a.validate()
}

var yamlLine = regexp.MustCompile(`(?:yaml: )?line (\d+): `)

// goType is what yaml's errors say of our types, which mean nothing to a reader.
var goType = regexp.MustCompile(` (?:not found )?(?:in type|into) \S*attestation\.\w+`)

// yamlError gives the first of yaml's errors with its line.
func yamlError(name string, err error) error {
	if errors.Is(err, io.EOF) {
		return &snapshot.Error{File: name, Problem: "the file is empty", Hint: hintKeys}
	}
	text := err.Error()
	var typeError *yaml.TypeError
	if errors.As(err, &typeError) {
		text = typeError.Errors[0]
	}
	bad := &snapshot.Error{File: name, Problem: strings.TrimPrefix(text, "yaml: "), Hint: hintKeys}
	if at := yamlLine.FindStringSubmatch(text); at != nil {
		if _, err := fmt.Sscan(at[1], &bad.Line); err == nil {
			bad.Column, bad.Problem = 1, strings.TrimPrefix(text, at[0])
		}
	}
	bad.Problem = goType.ReplaceAllString(bad.Problem, "")
	for tag, kind := range map[string]string{
		"!!str": "the text", "!!int": "the number", "!!float": "the number", "!!bool": "the answer",
		"!!seq": "a list", "!!map": "keys and values", "!!null": "nothing", "!!timestamp": "the date",
	} {
		bad.Problem = strings.Replace(bad.Problem, "cannot unmarshal "+tag, "cannot take "+kind, 1)
	}
	bad.Problem = strings.Replace(bad.Problem, "field ", "unknown key ", 1)
	return bad
}

// wrong makes the error for the value at a path of keys and indexes.
func (a *Attestation) wrong(what, hint string, path ...any) error {
	bad := &snapshot.Error{File: a.name, Problem: what, Hint: hint}
	node := a.root
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	for _, step := range path {
		bad.Field += "/" + fmt.Sprint(step)
		if next := child(node, step); next != nil {
			node = next
		}
	}
	bad.Line, bad.Column = node.Line, node.Column
	return bad
}

func child(node *yaml.Node, step any) *yaml.Node {
	switch s := step.(type) {
	case int:
		if node.Kind == yaml.SequenceNode && s < len(node.Content) {
			return node.Content[s]
		}
	case string:
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == s {
				return node.Content[i+1]
			}
		}
	}
	return nil
}

func (a *Attestation) validate() error {
	if a.Version == 0 {
		return a.wrong("there is no version", "start the file with 'version: 1'", "version")
	}
	if a.Version != 1 {
		return a.wrong(fmt.Sprintf("version is %d, and only 1 is known", a.Version), "start the file with 'version: 1'", "version")
	}
	if host(a.OktaOrg) == "" {
		return a.wrong("names no org", "write its URL, such as https://example.okta.com", "okta_org")
	}
	for _, told := range []struct{ key, text, hint string }{
		{"by", a.By, "say who looked at the rules"},
		{"evidence", a.Evidence, "say where the proof is kept: a ticket, a link to the screenshots"},
	} {
		if !plain(told.text) {
			return a.wrong("is empty, or more than one line of 200 characters", told.hint, told.key)
		}
	}
	if err := a.validateTimes(); err != nil {
		return err
	}
	if len(a.Apps) == 0 {
		return a.wrong("lists no app", "list the Office 365 app by its id, with its rules in the console's order", "apps")
	}
	seen := map[string]bool{}
	for i := range a.Apps {
		app := &a.Apps[i]
		if !plain(app.App) || seen[app.App] {
			return a.wrong("is empty, or stands there twice", "write the app's id, as in the console's address", "apps", i, "app")
		}
		seen[app.App] = true
		if err := a.validateRules(i, app); err != nil {
			return err
		}
	}
	return nil
}

// plain accepts one line that says something.
func plain(text string) bool {
	return strings.TrimSpace(text) != "" && len([]rune(text)) <= 200 && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

func host(org string) string {
	u, err := url.Parse(org)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.ToLower(u.Host)
}

// moment reads a date or an instant.
func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.UTC(), err
}

func (a *Attestation) validateTimes() error {
	const hint = "write a date such as 2026-11-01, or an instant such as 2026-11-01T10:00:00Z"
	var err error
	if a.at, err = moment(a.AttestedAt); err != nil {
		return a.wrong(fmt.Sprintf("%q is no date", a.AttestedAt), hint, "attested_at")
	}
	if a.expires, err = moment(a.Expires); err != nil {
		return a.wrong(fmt.Sprintf("%q is no date, and an attestation needs an end", a.Expires), hint, "expires")
	}
	switch {
	case !a.at.Before(a.expires):
		return a.wrong("is not later than attested_at", "say until when the rules may be taken for granted", "expires")
	case a.expires.After(a.at.AddDate(0, 0, LongestDays)):
		return a.wrong(fmt.Sprintf("is more than %d days after attested_at", LongestDays), "choose an earlier date, 90 days say, and look again then", "expires")
	}
	if a.UnchangedSince == "" {
		return nil
	}
	unchanged, err := moment(a.UnchangedSince)
	if err != nil || unchanged.After(a.at) {
		return a.wrong(fmt.Sprintf("%q is no date before attested_at", a.UnchangedSince), hint, "unchanged_since")
	}
	at := snapshot.NewInstant(unchanged)
	a.unchanged = &at
	return nil
}

// GroupIDs are the groups that the rules name, as far as they are Okta's ids: their
// members have to be collected for the rules to be judged.
func (a *Attestation) GroupIDs() []string {
	var ids []string
	for _, app := range a.Apps {
		for _, rule := range app.Rules {
			for _, group := range append(append([]string{}, rule.Groups...), rule.ExceptGroups...) {
				if groupID.MatchString(group) {
					ids = append(ids, group)
				}
			}
		}
	}
	return ids
}

var groupID = regexp.MustCompile(`^00g[A-Za-z0-9]{17}$`)
