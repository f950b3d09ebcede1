// Package sarif writes a report as SARIF 2.1.0, in the two shapes that its
// readers need.
//
// Code scanning at GitHub takes everything for an open alert, closes the alerts
// that are missing from the next file, and refuses a whole file for one result
// without a place. So the profile GitHub holds open failures only, lists every
// control as a rule, and says that the run was not successful as soon as
// evidence is missing: a collector that failed must not close an alert. The
// profile Full is for auditors and for viewers that know SARIF's kinds.
//
// The types are go-sarif's. It writes null where the standard wants nothing for
// an unset field of a suppression or of a reference to a tool component, so none
// of the two is used with a field unset. Message texts hold single braces as
// they are: consumers show them, whatever the standard says of placeholders.
//
// It must not know the snapshot: places come with the findings.
package sarif

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// Profile is which results are written.
type Profile int

const (
	// GitHub writes open failures.
	GitHub Profile = iota
	// Full writes every outcome with its kind, the notes, and where the first
	// members of a population are.
	Full
)

// Options say what the report does not know.
type Options struct {
	Profile Profile
	// Source is what version control knows of the snapshot file. Without a
	// repository nothing is said about it.
	Source Source
}

// Source is a state of a repository.
type Source struct {
	// Repository is its web address.
	Repository string
	// Revision and Branch may be empty.
	Revision, Branch string
}

const (
	schemaURI  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	projectURI = "https://github.com/seed-07732396/postern"
	// rootBase is the name of the repository's root among the bases of URIs.
	rootBase = "%SRCROOT%"

	// GitHub's limits: results in a run, characters of a text and of a name.
	maxResults = 25_000
	maxText    = 1024
	maxName    = 255
	maxTags    = 10
	// maxRelated is how many members of a population are located; GitHub keeps
	// 100 locations of a result, and it is enough to see which they are.
	maxRelated = 100
	// maxReasons is how many reasons of one kind are written of a control: there may
	// be one for each mailbox.
	maxReasons = 100
)

// Write writes the report as one SARIF file with one run. The same report gives
// the same bytes.
func Write(w io.Writer, report *finding.Report, options Options) error {
	b := newBuilder(report, options)
	file := &sarif.Report{Schema: schemaURI, Version: string(sarif.Version210), Runs: []*sarif.Run{b.run()}}
	encoder := json.NewEncoder(escape.NewJSONWriter(w))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(suppressing(file)); err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	return nil
}

// builder turns one report into a run.
type builder struct {
	report  *finding.Report
	options Options
	style   wording.Style
	// tenant is the tenant's part of the run's category.
	tenant string
	// uri is the snapshot's.
	uri string
}

func newBuilder(report *finding.Report, options Options) *builder {
	return &builder{
		report: report, options: options, style: wording.Plain(),
		tenant: tenantKey(&report.Tenant), uri: relativeURI(report.Snapshot.URI),
	}
}

func (b *builder) run() *sarif.Run {
	results, leftOut := b.results()
	run := sarif.NewRun(sarif.Tool{Driver: b.driver()})
	run.Results = results
	run.Invocations = []*sarif.Invocation{b.invocation(leftOut)}
	run.AutomationDetails = &sarif.RunAutomationDetails{ID: ptr("posture/" + b.tenant + "/")}
	run.ColumnKind = "unicodeCodePoints"
	run.Language = ptr("en-US")
	values := sarif.Properties{
		"tenantId":       escape.Line(b.report.Tenant.ID),
		"snapshotSha256": b.report.Snapshot.SHA256,
		"collectedAt":    b.report.Snapshot.CollectedAt,
		"failOn":         b.report.FailOn,
	}
	if baseline := b.report.Baseline; baseline != nil {
		values["baselineSha256"], values["baselineCollectedAt"] = baseline.Snapshot.SHA256, baseline.Snapshot.CollectedAt
	}
	if waivers := b.report.Waivers; waivers != nil {
		values["waiversAsOf"] = waivers.AsOf
	}
	run.PropertyBag = properties(values)
	b.addSource(run)
	return run
}

// addSource says where the snapshot file stands in version control.
func (b *builder) addSource(run *sarif.Run) {
	source := b.options.Source
	if source.Repository == "" {
		return
	}
	details := &sarif.VersionControlDetails{
		RepositoryURI: &source.Repository,
		MappedTo:      &sarif.ArtifactLocation{URIBaseId: ptr(rootBase)},
	}
	if source.Revision != "" {
		details.RevisionID = &source.Revision
	}
	if source.Branch != "" {
		details.Branch = &source.Branch
	}
	run.VersionControlProvenance = []*sarif.VersionControlDetails{details}
	run.OriginalUriBaseIDs = map[string]*sarif.ArtifactLocation{
		rootBase: {Description: sarif.NewTextMessage("The root of the repository that holds the snapshot.")},
	}
}

var semanticVersion = regexp.MustCompile(`^v?([0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)$`)

func (b *builder) driver() *sarif.ToolComponent {
	name := orElse(escape.Line(b.report.Tool.Name), "postern")
	// Readers want a number; a build that has none is 0.0.0, and the full name
	// says what it calls itself.
	version := "0.0.0"
	if match := semanticVersion.FindStringSubmatch(b.report.Tool.Version); match != nil {
		version = match[1]
	}
	return &sarif.ToolComponent{
		Name:             escape.Cut(name, maxName),
		FullName:         ptr(escape.Cut(strings.TrimSpace(name+" "+escape.Line(b.report.Tool.Version)), maxName)),
		Version:          &version,
		SemanticVersion:  &version,
		InformationURI:   ptr(projectURI),
		ShortDescription: text("Finds ways into the mail of a Microsoft 365 tenant that do not pass through MFA."),
		FullDescription:  text("Judges a snapshot of a Microsoft 365 tenant that is federated with Okta. " + wording.English().Scope),
		Rules:            b.rules(),
		Notifications:    notificationDescriptors(),
	}
}

func ptr[T any](value T) *T { return &value }

func text(s string) *sarif.MultiformatMessageString {
	return &sarif.MultiformatMessageString{Text: &s}
}

func properties(values sarif.Properties) sarif.PropertyBag {
	return sarif.PropertyBag{Properties: values}
}

// message is a message's text: at most maxText characters, with a full stop,
// without what a viewer would take for a link of ours.
func message(s string) string {
	s = strings.ReplaceAll(s, "](", "] (")
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return escape.Cut(s, maxText)
}
