// Package json saves a report as the finding contract says it, complete, and
// reads it back. Whatever the other writers make of a report, they make the same
// of a saved one.
//
// It must not know what the findings mean; the contract and its schema belong to
// package finding.
package json

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Write saves the report: two spaces of indentation, fields in the order of the
// contract, names of arguments sorted, so that the same report gives the same
// bytes. The members of a population are written as they are walked.
//
// Every value is kept; what would act on a terminal or a build log is written as
// a \u escape. A byte that is no UTF-8, which JSON cannot hold, becomes U+FFFD.
func Write(w io.Writer, report *finding.Report) error {
	err := json.MarshalWrite(escape.NewJSONWriter(w), report,
		jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}
