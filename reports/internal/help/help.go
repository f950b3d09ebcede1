// Package help writes what a control is about and how to reach its good state,
// as plain text and as Markdown, for the formats that carry it beside a finding.
//
// It must not know findings: it sees the catalogue only.
package help

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// section is a part of the help: either running text or a script.
type section struct {
	title, text string
	// language is of a script, empty for running text.
	language string
}

func sections(control *finding.Control) []section {
	fix := control.Remediation
	all := []section{
		{"Why", control.Description, ""},
		{"What to do", fix.Text, ""},
		{"PowerShell", fix.PowerShell, "powershell"},
		{"To undo it", fix.Undo, "powershell"},
		{"In Okta's admin console", fix.OktaConsole, ""},
		{"By Okta's API", fix.OktaAPI, "text"},
	}
	var filled []section
	for _, s := range all {
		if s.text = strings.TrimSpace(s.text); s.text != "" {
			filled = append(filled, s)
		}
	}
	return filled
}

// Text is the help as plain text of several lines, without a newline at the
// end. It is never empty: a control without any help has its title.
func Text(control *finding.Control) string {
	var parts []string
	for _, s := range sections(control) {
		parts = append(parts, s.title+":\n"+escape.Lines(s.text))
	}
	if links := linkLines(control, func(url, title string) string { return strings.TrimSpace(title + " " + url) }); links != "" {
		parts = append(parts, "See:\n"+links)
	}
	if len(parts) == 0 {
		return escape.Line(control.Title)
	}
	return strings.Join(parts, "\n\n")
}

// Markdown is the help as GitHub's Markdown, without a newline at the end. Its
// titles are bold, so that it can stand below any heading. It is empty for a
// control without any help.
func Markdown(control *finding.Control) string {
	var parts []string
	for _, s := range sections(control) {
		text := escape.Markdown(s.text)
		if s.language != "" {
			text = strings.TrimRight(escape.MarkdownFence(s.language, s.text), "\n")
		}
		parts = append(parts, "**"+s.title+"**\n\n"+text)
	}
	if links := linkLines(control, markdownLink); links != "" {
		parts = append(parts, "**See**\n\n"+links)
	}
	return strings.Join(parts, "\n\n")
}

func linkLines(control *finding.Control, write func(url, title string) string) string {
	var lines []string
	for _, link := range control.Related {
		if page, ok := Page(link.URL); ok {
			lines = append(lines, "- "+write(page, escape.Line(link.Title)))
		}
	}
	return strings.Join(lines, "\n")
}

func markdownLink(url, title string) string {
	if title == "" {
		return "<" + url + ">"
	}
	return "[" + escape.Markdown(title) + "](" + url + ")"
}

var plainHost = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?$`)

// Page makes s an absolute web address that no format misreads, or reports that
// it is none.
func Page(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" || u.User != nil || !plainHost.MatchString(u.Host) {
		return "", false
	}
	clean := u.String()
	for i := range len(clean) {
		if c := clean[i]; c <= ' ' || c >= 0x7F {
			return "", false
		}
	}
	return strings.NewReplacer(
		"(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C", "`", "%60", "[", "%5B", "]", "%5D", "*", "%2A", "|", "%7C", `"`, "%22", "{", "%7B", "}", "%7D", "^", "%5E",
	).Replace(clean), true
}
