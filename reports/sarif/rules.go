package sarif

import (
	"slices"
	"strings"
	"unicode"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/help"
)

// rules lists every control that was asked for, so that code scanning can tell
// "nothing found" from "not looked for".
func (b *builder) rules() []*sarif.ReportingDescriptor {
	rules := make([]*sarif.ReportingDescriptor, len(b.report.Controls))
	for i := range b.report.Controls {
		rules[i] = rule(&b.report.Controls[i])
	}
	return rules
}

func rule(control *finding.Control) *sarif.ReportingDescriptor {
	title := escape.Cut(orElse(escape.Line(control.Title), control.ID), maxText)
	description := escape.Line(strings.Join(strings.Fields(control.Description), " "))
	helpText := &sarif.MultiformatMessageString{Text: ptr(orElse(help.Text(control), title))}
	if markdown := help.Markdown(control); markdown != "" {
		helpText.Markdown = &markdown
	}
	return &sarif.ReportingDescriptor{
		ID:                   control.ID,
		Name:                 ptr(pascalCase(control)),
		ShortDescription:     text(title),
		FullDescription:      text(escape.Cut(orElse(description, title), maxText)),
		Help:                 helpText,
		HelpURI:              ptr(helpURI(control)),
		DefaultConfiguration: &sarif.ReportingConfiguration{Level: level(control.Severity)},
		Properties:           ruleProperties(control),
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// pascalCase is the name of a rule: ModernAuthEnabled of modern_auth_enabled.
// Viewers want one that is not the id.
func pascalCase(control *finding.Control) string {
	words := strings.FieldsFunc(control.Slug, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	var b strings.Builder
	for _, word := range words {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if b.Len() == 0 {
		return "Control"
	}
	return escape.Cut(b.String(), maxName)
}

func helpURI(control *finding.Control) string {
	for _, link := range control.Related {
		if page, ok := help.Page(link.URL); ok {
			return page
		}
	}
	return projectURI
}

func level(severity finding.Severity) string {
	switch severity {
	case finding.Low, finding.Info:
		return "note"
	case finding.Medium:
		return "warning"
	}
	return "error"
}

// ruleProperties are what code scanning reads of a rule, and Postern's own words
// beside them. GitHub calls a security-severity over 9.0 critical, from 7.0
// high, from 4.0 medium; info has none, for it is no weakness.
func ruleProperties(control *finding.Control) sarif.Properties {
	scores := map[finding.Severity]string{finding.Critical: "9.5", finding.High: "8.0", finding.Medium: "5.5", finding.Low: "3.0"}
	kinds := map[string]string{"error": "error", "warning": "warning", "note": "recommendation"}
	values := sarif.Properties{
		"precision":        "high",
		"problem.severity": kinds[level(control.Severity)],
		"tags":             tags(control),
		"area":             escape.Line(control.Area),
		"step":             control.Step,
		"severity":         string(control.Severity),
	}
	if score, ok := scores[control.Severity]; ok {
		values["security-severity"] = score
	}
	var mappings []string
	for _, mapping := range control.Mappings {
		mappings = append(mappings, escape.Line(mapping.Framework+" "+mapping.ID))
	}
	if mappings != nil {
		values["mappings"] = mappings
	}
	return values
}

// tags are at most maxTags: what GitHub filters by, then the requirements of
// frameworks.
func tags(control *finding.Control) []string {
	list := []string{"security"}
	if area := tag(control.Area); area != "" {
		list = append(list, area)
	}
	list = append(list, "step-"+tag(control.Step))
	for _, mapping := range control.Mappings {
		if len(list) == maxTags {
			break
		}
		if requirement := tag(mapping.Framework + "/" + mapping.ID); !slices.Contains(list, requirement) {
			list = append(list, requirement)
		}
	}
	return list
}

// tag writes s in the small letters and dashes of tags.
func tag(s string) string {
	s = strings.ToLower(strings.NewReplacer(" ", "-", "_", "-").Replace(escape.Line(s)))
	return escape.Cut(s, 100)
}
