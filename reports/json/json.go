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
// bytes. Each member of a population stands on one line of its own, as the mailboxes
// of a snapshot do, and is written as it is walked.
//
// Every value is kept; what would act on a terminal or a build log is written as
// a \u escape. A byte that is no UTF-8, which JSON cannot hold, becomes U+FFFD.
func Write(w io.Writer, report *finding.Report) error {
	s := &splicer{w: escape.NewJSONWriter(w)}
	err := json.MarshalWrite(s, report, jsontext.WithIndent(indent), jsontext.AllowInvalidUTF8(true), json.Deterministic(true),
		json.WithMarshalers(json.MarshalToFunc(s.members)))
	if err == nil {
		err = s.finish()
	}
	if err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}

const indent = "  "
