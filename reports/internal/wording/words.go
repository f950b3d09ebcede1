package wording

import (
	"cmp"

	"github.com/seed-07732396/postern/policies/finding"
)

// Words are Postern's own in one language: whatever a report says that is neither
// the tenant's nor a control's. A text with {name} or {one|many} is a template for
// finding.Fill; what it counts is {n}.
type Words struct {
	// Code is the language, such as en.
	Code string
	// Outcomes and Severities are a word each, as they stand in a sentence; Marks
	// are outcomes as the format text marks them, of at most 8 columns.
	Outcomes   map[finding.Outcome]string
	Marks      map[finding.Outcome]string
	Severities map[finding.Severity]string
	// Steps are the titles of finding.Steps by their ids.
	Steps map[string]string
	// WaiverStates are what becomes of a waiver, behind a number.
	WaiverStates map[finding.WaiverState]string
	// Statuses are those of the ledger, Advice is what would help where evidence
	// was not collected.
	Statuses map[string]string
	Advices  map[string]string
	// CodeAdvices go before Advices, by the ledger's code.
	CodeAdvices map[string]string
	// Nouns are the kinds of resource that the words of a language name otherwise
	// than by their ids.
	Nouns map[string]string
	// Scope says what a report does not speak of.
	Scope string

	Verdicts VerdictWords
	Phrases  PhraseWords
	Lines    LineWords
	Page     PageWords
}

// VerdictWords make the verdict and the exit status.
type VerdictWords struct {
	Fail, Incomplete, NotApplicable, Pass, Empty string

	// What is judged are {n} of {controls}; {which} counts by severity.
	FailSentence, IncompleteSentence, PassSentence string
	NoneApplies, NoControl                         string
	// Parts that are put behind, with a comma.
	GateOff, BelowGate, NotJudged, PartlyNotApplicable string
	// BelowGateButWaived, BelowGateButKnown: none would fail the gate that is not
	// waived, or that is new.
	BelowGateButWaived, BelowGateButKnown string
	// What was waived, and what came and went since the baseline.
	Waived, SinceBaseline, NoLongerJudged, NothingChanged string

	ExitEmpty, ExitGate, ExitIncomplete, ExitClean string
}

// PhraseWords are parts of sentences.
type PhraseWords struct {
	NoTenantName, NoLedgerReason, AndMore string
	WithoutMailboxes, Mailboxes, Controls string
	// Counted is {n} times {what}, which is an outcome.
	Counted string
	// Waiver says who lives with a violation until when and why, Ticket is put behind.
	Waiver, Ticket string
	// New, Changed and Unchanged say how a violation stands to the baseline; where
	// members came and went, Came and Went say how many, NewWays and RemovedWays which
	// {ways}. Gone says it of a violation.
	New, Changed, Unchanged, Came, Went, NewWays, RemovedWays, Gone string
}

// LineWords are what the format text says besides.
type LineWords struct {
	WaivedMark, Fixed, Waivers, Baseline string

	NoTitle, Broke, NotKnown, Note, Why, Fix, PowerShell, Undo, Console, API, See string
	// MoreOf says that {n} of something are not shown.
	MoreViolations, MoreReasons, MoreNotes, MoreSteps string

	// WorstFirst stands above what matters most.
	WorstFirst string
	// NotJudgedFirst counts what could not be judged, as one of those.
	NotJudgedFirst string

	Summary, Controls, Failed, BrokeList, Snapshot, JudgedBy, ScopeLabel, ExitStatus string
	LeftOpen                                                                         string

	Severity, Step, Slug, Needs, Optional, Answers, CatalogueEnd string
}

// For gives the words in a language, nil for English. A language that has none
// here has the English ones.
func For(language *finding.Language) *Words {
	if language != nil && language.Code == "nl" {
		return dutch()
	}
	return english()
}

// English gives the English words, which are also those of what programs read.
func English() *Words { return english() }

// Severity is a severity's word, and the severity itself where there is none.
func (w *Words) Severity(s finding.Severity) string { return cmp.Or(w.Severities[s], string(s)) }

// Outcome is an outcome's word.
func (w *Words) Outcome(o finding.Outcome) string { return cmp.Or(w.Outcomes[o], string(o)) }

// StepTitle is a step with its letter; the parts behind the steps have a title
// only.
func (w *Words) StepTitle(id string) string {
	title := w.Steps[id]
	switch {
	case title == "":
		return id
	case len(id) == 1:
		return id + ". " + title
	}
	return title
}

// Status is the word for a ledger's status, and the status itself where there is
// none.
func (w *Words) Status(status string) string { return cmp.Or(w.Statuses[status], status) }

// MailboxCount says how many mailboxes a snapshot holds, -1 for no list of them.
func (w *Words) MailboxCount(n int) string {
	if n < 0 {
		return w.Phrases.WithoutMailboxes
	}
	return count(w.Phrases.Mailboxes, n)
}

// count fills a template that counts.
func count(template string, n int) string {
	return finding.Fill(template, finding.Args{"n": n}, n, "")
}
