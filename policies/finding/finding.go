package finding

// Version is the version of the report that this package reads and writes.
const Version = 1

// Outcome is how a control ended.
type Outcome string

// The outcomes. Unknown and Error are never shown or counted as a pass.
const (
	// Pass: the evidence is complete and shows the good state.
	Pass Outcome = "pass"
	// Fail: the evidence shows at least one violation.
	Fail Outcome = "fail"
	// Unknown: evidence that the control needs is missing or undecidable.
	Unknown Outcome = "unknown"
	// Error: the control itself broke.
	Error Outcome = "error"
	// NotApplicable: the control has no subject in this tenant.
	NotApplicable Outcome = "not_applicable"
)

// Outcomes lists all outcomes by precedence, the strongest first: a violation
// that partial evidence already shows stands, and a control that broke says so.
func Outcomes() []Outcome { return []Outcome{Error, Fail, Unknown, NotApplicable, Pass} }

// Severity says how much a violation of a control matters.
type Severity string

// The severities, from the gravest.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists all severities, the gravest first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// Rank is the severity's place among Severities, 0 for the gravest. An unknown
// severity ranks as the gravest, so that a slip never hides a finding.
func (s Severity) Rank() int {
	for i, known := range Severities() {
		if s == known {
			return i
		}
	}
	return 0
}

// AtLeast reports whether s is as grave as t or graver.
func (s Severity) AtLeast(t Severity) bool { return s.Rank() <= t.Rank() }

// Step is a step of the whitepaper, A to F, or the part of the catalogue behind
// them.
type Step struct {
	// ID is A to F, evidence, access or waivers.
	ID string
	// Title is what the step asks for.
	Title string
}

// Steps lists the steps in the order in which the whitepaper says they must be
// done, then the evidence from the logs, then the whole, then what is waived.
func Steps() []Step {
	return []Step{
		{"A", "Federate Office 365 with Okta"},
		{"B", "Enable modern authentication"},
		{"C", "Disable legacy protocols"},
		{"D", "Disable basic authentication"},
		{"E", "Configure Okta's sign-on policy"},
		{"F", "Revoke refresh tokens"},
		{"evidence", "What the logs show"},
		{"access", "The whole: every way into the mail"},
		{StepWaivers, "Waivers: what the organisation lives with for now"},
	}
}

// Control is the catalogue entry of one control, as its Rego metadata says.
type Control struct {
	// ID is <AREA>-<NNN> and never used again.
	ID string `json:"id"`
	// Slug is the good state as a statement, such as modern_auth_enabled.
	Slug string `json:"slug"`
	// Area is the folder the control lies in, such as modern_auth.
	Area string `json:"area"`
	// Title is one line.
	Title string `json:"title"`
	// Description says why, in the whitepaper's terms.
	Description string   `json:"description"`
	Severity    Severity `json:"severity"`
	// Step is the ID of one of Steps.
	Step    string `json:"step"`
	Related []Link `json:"related,omitzero"`
	// Needs are the dotted paths of the evidence without which the outcome is
	// unknown; Optional those that the control can do without.
	Needs    []string `json:"needs,omitzero"`
	Optional []string `json:"optional,omitzero"`
	// Messages are sentences by key, with {name} for an argument.
	Messages map[string]string `json:"messages,omitzero"`
	// Words are those that an argument names as WordPrefix and their key, so that
	// they can be translated.
	Words       map[string]string `json:"words,omitzero"`
	Remediation Remediation       `json:"remediation"`
	Mappings    []Mapping         `json:"mappings,omitzero"`
	// EvidenceOnly marks a control that reports what could be read and never
	// fails.
	EvidenceOnly bool `json:"evidence_only,omitzero"`

	// Language is that of the texts, nil for English. It is not saved: see In.
	Language *Language `json:"-"`
}

// Link is a page that a control rests on.
type Link struct {
	URL   string `json:"url"`
	Title string `json:"title,omitzero"`
}

// Mapping is a requirement of a framework that a control answers.
type Mapping struct {
	Framework string `json:"framework"`
	ID        string `json:"id"`
	Title     string `json:"title,omitzero"`
	URL       string `json:"url,omitzero"`
}

// Remediation says how to reach the good state. Every field but Text may be
// empty.
type Remediation struct {
	Text string `json:"text"`
	// PowerShell is what to run, Undo the way back.
	PowerShell string `json:"powershell,omitzero"`
	Undo       string `json:"undo,omitzero"`
	// OktaConsole is the path through the admin console, OktaAPI the same by API.
	OktaConsole string `json:"okta_console,omitzero"`
	OktaAPI     string `json:"okta_api,omitzero"`
}

// Result is one control's run. There is exactly one for each control that was
// asked for.
type Result struct {
	Control string  `json:"control"`
	Outcome Outcome `json:"outcome"`
	// Violations are what the evidence shows, sorted by key and subject.
	Violations []Violation `json:"violations,omitzero"`
	// Unknowns say what is missing or undecidable; they may stand beside
	// violations.
	Unknowns []Reason `json:"unknowns,omitzero"`
	// NotApplicable says why the control has no subject.
	NotApplicable []Reason `json:"not_applicable,omitzero"`
	// Notes are listed for the reader and change no outcome, such as exceptions
	// that are as they should be.
	Notes []Reason `json:"notes,omitzero"`
	// Error is what broke, for the outcome Error.
	Error string `json:"error,omitzero"`
	// Before is how the control ended in the baseline, empty where it was not
	// judged or there is none; Fixed are the violations that the baseline has and
	// this run does not. Their places are in the baseline's snapshot.
	Before Outcome     `json:"before,omitzero"`
	Fixed  []Violation `json:"fixed,omitzero"`
}

// Args are a message's arguments: texts, numbers, booleans, or lists of them.
// For a population they never hold what names a person.
type Args map[string]any

// Violation is one departure from the good state: of one resource, of all members of
// a population that share a cause, or of a resource with the members whom it concerns.
type Violation struct {
	// Key picks the sentence among the control's messages, Args fill it.
	Key  string `json:"key"`
	Args Args   `json:"args,omitzero"`
	// Resource is the subject; for a population it stands for the cause, and its ID is
	// empty unless the cause is a resource with an id.
	Resource Resource `json:"resource"`
	// Pointer is the JSON pointer into the snapshot, for a population that of
	// the first member unless the cause has a place of its own.
	Pointer string  `json:"pointer"`
	Region  *Region `json:"region,omitzero"`
	// Snippet is a short text of the place, with nothing in it that names a
	// person or holds a secret.
	Snippet string `json:"snippet,omitzero"`
	// Members are the population's members, nil for a single resource.
	Members *Members `json:"members,omitzero"`
	// Ways are the ways in which the resource departs from the good state, by name and
	// sorted, where it can do so in several: the protocols that a cause opens. They are
	// no part of the fingerprint, so that those that come and go are drift.
	Ways []string `json:"ways,omitzero"`
	// Steps is a located trace of how it came about, where there is one.
	Steps []TraceStep `json:"steps,omitzero"`
	// Fingerprint is the same as long as tenant, control and resource or cause
	// are: see Fingerprint.
	Fingerprint string `json:"fingerprint"`
	// RestsOn is set where the evidence was not read but attested by a person, and
	// says so.
	RestsOn *Reason `json:"rests_on,omitzero"`
	// Waiver is set where the organisation lives with it for now.
	Waiver *Waiver `json:"waiver,omitzero"`
	// PartOf is set where waivers cover a part of a violation's members: each part
	// is then a violation by itself, and this is the fingerprint of the whole. The
	// part that nobody waived keeps the fingerprint and has no PartOf.
	PartOf string `json:"part_of,omitzero"`
	// State says how it stands to the baseline, Drift how its members do.
	State State  `json:"state,omitzero"`
	Drift *Drift `json:"drift,omitzero"`
}

// Count is how many subjects the violation has: its members, or one.
func (v *Violation) Count() int {
	if v.Members == nil {
		return 1
	}
	return v.Members.Len()
}

// Resource is the subject of a violation.
type Resource struct {
	// Kind is such as domain, authentication_policy or mailbox.
	Kind string `json:"kind"`
	// ID is the vendor's stable id.
	ID string `json:"id,omitzero"`
	// Name is for people. It comes from the tenant: hostile text.
	Name string `json:"name,omitzero"`
}

// TraceStep is one step of a trace.
type TraceStep struct {
	Key     string  `json:"key"`
	Args    Args    `json:"args,omitzero"`
	Pointer string  `json:"pointer,omitzero"`
	Region  *Region `json:"region,omitzero"`
}

// Region is a place in the snapshot file. Lines and columns start at 1, columns
// count Unicode code points, and the end column is the one behind the last.
type Region struct {
	StartLine   int `json:"start_line"`
	StartColumn int `json:"start_column"`
	EndLine     int `json:"end_line"`
	EndColumn   int `json:"end_column"`
}

// Reason says why an outcome is what it is, in the way of a violation's message:
// a key among the control's messages, or one of the reasons every control can
// have (see StandardMessages).
type Reason struct {
	Key  string `json:"key"`
	Args Args   `json:"args,omitzero"`
	// Evidence is the dotted path that is missing, if that is the reason.
	Evidence string `json:"evidence,omitzero"`
	// Source is the name of the ledger's line that tells why it is missing.
	Source string `json:"source,omitzero"`
	// Count is how many members of a population it concerns, 0 for none.
	Count int `json:"count,omitzero"`
	// Resource is what it is about, if that is one thing, and Pointer and Region
	// where that stands in the snapshot, or the first of Members.
	Resource *Resource `json:"resource,omitzero"`
	Pointer  string    `json:"pointer,omitzero"`
	Region   *Region   `json:"region,omitzero"`
	// Members are the members that Count counts, where they can be told.
	Members *Members `json:"members,omitzero"`
}

// LedgerEntry is one line of the evidence ledger, as the snapshot has it.
type LedgerEntry struct {
	Name       string         `json:"name"`
	Endpoint   string         `json:"endpoint"`
	Permission string         `json:"permission"`
	Paths      []string       `json:"paths"`
	Status     string         `json:"status"`
	Items      *int           `json:"items,omitzero"`
	Code       string         `json:"code,omitzero"`
	Message    string         `json:"message,omitzero"`
	Counts     map[string]int `json:"counts,omitzero"`
}

// Tenant says whose configuration was judged.
type Tenant struct {
	ID            string `json:"id"`
	Name          string `json:"name,omitzero"`
	InitialDomain string `json:"initial_domain,omitzero"`
	Cloud         string `json:"cloud,omitzero"`
	OktaOrg       string `json:"okta_org,omitzero"`
}

// SnapshotInfo says which document was judged.
type SnapshotInfo struct {
	// URI is how reports point at the file: relative, with forward slashes.
	URI string `json:"uri"`
	// SHA256 is the hash of the uncompressed document, in hex.
	SHA256 string `json:"sha256"`
	// CollectedAt is the snapshot's own time, RFC 3339 in UTC.
	CollectedAt string `json:"collected_at"`
	// Source is what made the snapshot.
	Source string `json:"source"`
	// Mailboxes is how many mailboxes it holds, -1 when it holds no list of them.
	Mailboxes int `json:"mailboxes"`
}

// Tool says what judged.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Report is all that a writer needs and cannot see.
type Report struct {
	Version  int          `json:"version"`
	Tool     Tool         `json:"tool"`
	Tenant   Tenant       `json:"tenant"`
	Snapshot SnapshotInfo `json:"snapshot"`
	// Controls are the controls that were asked for, by step and id, one for
	// each of Results and in the same order.
	Controls []Control     `json:"controls"`
	Results  []Result      `json:"results"`
	Ledger   []LedgerEntry `json:"ledger"`
	// FailOn is the gravity from which a violation makes the gate fail, or none.
	FailOn string `json:"fail_on"`
	// FailOnNew lets only violations that are worse than in the baseline fail the
	// gate.
	FailOnNew bool `json:"fail_on_new,omitzero"`
	// Access is who can reach the mail how, nil where that was not worked out.
	Access *AccessMatrix `json:"access,omitzero"`
	// Baseline is what the report was compared with, if it was.
	Baseline *Baseline `json:"baseline,omitzero"`
	// Waivers are those by which it was judged, nil where none were given.
	Waivers *Waivers `json:"waivers,omitzero"`
}

// Summary counts a report's results, but for idle ones.
type Summary struct {
	ByOutcome map[Outcome]int
	// FailedBySeverity counts the controls that failed.
	FailedBySeverity map[Severity]int
	// Waived counts the violations with a waiver; the others count those
	// that came since the baseline, whose members differ, that stayed and that went.
	Waived, New, Changed, Unchanged, Fixed int
	// Gate reports a violation at or above the report's FailOn that is not waived,
	// and with FailOnNew is worse than in the baseline.
	Gate bool
	// Incomplete reports a control whose outcome is unknown or error, or would be if
	// all its violations were not waived: a waiver is for what was seen, not for what
	// could not be.
	Incomplete bool
}

// Summarize counts r's results.
func (r *Report) Summarize() Summary {
	s := Summary{ByOutcome: map[Outcome]int{}, FailedBySeverity: map[Severity]int{}}
	for i, result := range r.Results {
		if r.Idle(i) {
			continue
		}
		severity := r.Controls[i].Severity
		s.ByOutcome[result.Outcome]++
		switch result.Outcome {
		case Fail:
			s.FailedBySeverity[severity]++
			if r.FailOn != "none" && severity.AtLeast(Severity(r.FailOn)) && r.blocks(&result) {
				s.Gate = true
			}
			s.Incomplete = s.Incomplete || result.Waived() && len(result.Unknowns) > 0
		case Unknown, Error:
			s.Incomplete = true
		}
		// A failed control may still have gaps, but its outcome already says fail.
		s.count(&result)
	}
	return s
}

func (s *Summary) count(r *Result) {
	s.Fixed += len(r.Fixed)
	for i := range r.Violations {
		v := &r.Violations[i]
		if v.Waiver != nil {
			s.Waived++
		}
		switch v.State {
		case New:
			s.New++
		case Changed:
			s.Changed++
		case Unchanged:
			s.Unchanged++
		}
	}
}

// blocks reports whether a violation of the result can fail the gate.
func (r *Report) blocks(result *Result) bool {
	for i := range result.Violations {
		v := &result.Violations[i]
		if v.Waiver == nil && (!r.FailOnNew || v.Worse()) {
			return true
		}
	}
	return false
}
