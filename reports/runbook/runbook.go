// Package runbook writes a plan down: as a runbook that people read, as a script of
// PowerShell for Exchange and Microsoft Graph, as the requests of Okta's API, and as
// JSON.
//
// All text of a tenant is data. In the script it stands in literals that hold
// nothing but printable ASCII, so that no quotation mark of any alphabet, no line end
// and no encoding can end one.
//
// It must not know why something is in a plan, nor read a snapshot; and it runs
// nothing.
package runbook

import (
	"bufio"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Formats lists the formats.
func Formats() []string { return []string{"text", "markdown", "powershell", "okta", "json"} }

// Spoken reports a format that people read, in their language. The others are English,
// and so is the plan that they are made of.
func Spoken(format string) bool { return format == "text" || format == "markdown" || format == "okta" }

// Options say how a plan is shown.
type Options struct {
	// Verbose lists everything, where text and Markdown otherwise give a sample.
	Verbose bool
	// Language is that of the plan, nil for English.
	Language *finding.Language
}

// Write writes the plan in one of Formats.
func Write(format string, w io.Writer, p *plan.Plan, o Options) error {
	b := bufio.NewWriter(w)
	var err error
	switch format {
	case "text":
		newRunbook(&plain{w: b}, p, o).write()
	case "markdown":
		newRunbook(&markdown{w: b}, p, o).write()
	case "okta":
		newRunbook(&plain{w: b}, p, o).okta()
	case "powershell":
		err = writePowerShell(b, p)
	case "json":
		err = json.MarshalWrite(escape.NewJSONWriter(b), p, jsontext.WithIndent("  "), json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
		b.WriteByte('\n')
	default:
		return fmt.Errorf("unknown format %q", format)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}
