// Package reports writes a report in the format that its reader wants. Each
// format is a package of its own below this one.
//
// It must not know how findings are made. It has no clock: the times in a report
// are the snapshot's.
package reports

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/csv"
	"github.com/seed-07732396/postern/reports/github"
	"github.com/seed-07732396/postern/reports/gitlab"
	"github.com/seed-07732396/postern/reports/html"
	"github.com/seed-07732396/postern/reports/json"
	"github.com/seed-07732396/postern/reports/junit"
	"github.com/seed-07732396/postern/reports/markdown"
	"github.com/seed-07732396/postern/reports/ocsf"
	"github.com/seed-07732396/postern/reports/sarif"
	"github.com/seed-07732396/postern/reports/text"
)

// Options say how a report is shown, never what it says. The zero value is good
// for a file.
type Options struct {
	// Color switches colours on in the format text.
	Color bool
	// Width is how many columns the format text takes; 0 stands for 80.
	Width int
	// Explain adds to the format text what each control is about that does not
	// pass, and what to do.
	Explain bool
	// Verbose gives each control a line of its own in the format text.
	Verbose bool
	// Language is that of the formats text and html, nil for English. The others stay
	// English, because programs read them.
	Language *finding.Language
	// Source is what version control knows of the snapshot file, for SARIF.
	Source sarif.Source
}

// Format is a name for Write and what it is good for.
type Format struct {
	Name, Description string
}

// Formats lists the formats, the default first.
func Formats() []Format {
	return []Format{
		{"text", "for people, in a terminal"},
		{"json", "the findings in full, to keep and to read back"},
		{"sarif", "open failures for GitHub code scanning"},
		{"sarif-full", "every outcome as SARIF, for auditors and viewers"},
		{"junit", "one test case a control, for any build system"},
		{"csv", "one row a subject, for spreadsheets"},
		{"html", "for people, in a browser or on paper: one file"},
		{"markdown", "a job summary for GitHub"},
		{"github", "annotations of a job at GitHub: the worst ten"},
		{"gitlab-codequality", "the code quality report of a merge request at GitLab"},
		{"ocsf", "one Compliance Finding a line, for data lakes and SIEMs"},
	}
}

// ErrFormat is wrapped by the error for a format that is not among Formats.
var ErrFormat = errors.New("unknown format")

// Write writes the report to w in a format of Formats. A report that breaks the
// contract is refused with a *finding.ContractError before anything is written;
// an unknown format with ErrFormat. An error of reading a finding's members again is
// returned as well: then what was written is not complete.
func Write(format string, w io.Writer, report *finding.Report, options Options) error {
	if err := report.Validate(); err != nil {
		return err
	}
	if err := write(format, w, report, options); err != nil {
		return err
	}
	return report.Err()
}

func write(format string, w io.Writer, report *finding.Report, options Options) error {
	switch format {
	case "text":
		return text.Write(w, report.In(options.Language), text.Options{
			Color: options.Color, Width: options.Width, Explain: options.Explain, Verbose: options.Verbose,
			Language: options.Language,
		})
	case "json":
		return json.Write(w, report)
	case "sarif":
		return sarif.Write(w, report, sarif.Options{Profile: sarif.GitHub, Source: options.Source})
	case "sarif-full":
		return sarif.Write(w, report, sarif.Options{Profile: sarif.Full, Source: options.Source})
	case "junit":
		return junit.Write(w, report)
	case "csv":
		return csv.Write(w, report)
	case "html":
		return html.Write(w, report.In(options.Language), html.Options{Language: options.Language})
	case "markdown":
		return markdown.Write(w, report)
	case "github":
		return github.Write(w, report)
	case "gitlab-codequality":
		return gitlab.Write(w, report)
	case "ocsf":
		return ocsf.Write(w, report)
	}
	var names []string
	for _, known := range Formats() {
		names = append(names, known.Name)
	}
	return fmt.Errorf("%w %q: use one of %s", ErrFormat, format, strings.Join(names, ", "))
}
