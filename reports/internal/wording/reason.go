package wording

import (
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// Reason is the sentence of a reason, with a full stop. entry is the ledger's
// line that it rests on, nil if there is none.
func (s Style) Reason(control *finding.Control, reason *finding.Reason, entry *finding.LedgerEntry) string {
	args := finding.Args{"evidence": reason.Evidence}
	for name, value := range s.entryArgs(entry) {
		args[name] = value
	}
	for name, value := range reason.Args {
		args[name] = value
	}
	return s.sentence(control, reason.Key, args, reason.Count, population(control, reason))
}

func (s Style) entryArgs(entry *finding.LedgerEntry) finding.Args {
	if entry == nil {
		return nil
	}
	message := entry.Message
	if message == "" {
		message = entry.Code
	}
	if message == "" {
		message = s.Phrases.NoLedgerReason
	}
	return finding.Args{"permission": entry.Permission, "endpoint": entry.Endpoint, "message": message}
}

// About names what a reason is about: its resource, or the first of its members
// and how many more there are. It is empty for a reason that does not say.
func (s Style) About(reason *finding.Reason) string {
	switch {
	case reason.Members != nil && reason.Members.Len() > 0:
		return s.Sample(reason.Members, 1)
	case reason.Resource != nil:
		return s.Subject(reason.Resource)
	}
	return ""
}

// population is what a reason counts: its members say it, or else the evidence
// that it misses, or what the control reads.
func population(control *finding.Control, reason *finding.Reason) string {
	if reason.Members != nil {
		return reason.Members.Population()
	}
	for _, path := range append([]string{reason.Evidence}, control.Needs...) {
		switch {
		case strings.HasPrefix(path, "mailboxes"):
			return "mailbox"
		case strings.HasPrefix(path, "evidence.sign_ins"):
			return "sign_in"
		case strings.HasPrefix(path, "evidence.okta_requests"):
			return "okta_request"
		}
	}
	return ""
}

// Entry finds the line of the ledger that a reason rests on: the one it names,
// else the one that fills the evidence it misses. It is nil if there is none.
func Entry(report *finding.Report, reason *finding.Reason) *finding.LedgerEntry {
	var best *finding.LedgerEntry
	longest := 0
	for i := range report.Ledger {
		entry := &report.Ledger[i]
		if reason.Source != "" && entry.Name == reason.Source {
			return entry
		}
		for _, path := range entry.Paths {
			if len(path) > longest && covers(path, reason.Evidence) {
				best, longest = entry, len(path)
			}
		}
	}
	return best
}

// covers reports that the dotted path is the evidence or holds it.
func covers(path, evidence string) bool {
	rest, found := strings.CutPrefix(evidence, path)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Advice says what would make the evidence of a ledger's line known, empty where
// it was collected: then the question itself cannot be decided. It is empty as well
// where no collection has it, and the ledger's own message says what to do.
func (s Style) Advice(entry *finding.LedgerEntry) string {
	if entry == nil || entry.Code == "not_applicable" || entry.Code == "attestation_expired" {
		return ""
	}
	args := finding.Args{"endpoint": markName(entry.Endpoint), "permission": markName(entry.Permission)}
	advice, ofCode := s.CodeAdvices[entry.Code]
	if !ofCode || entry.Status == "collected" {
		advice = s.Advices[entry.Status]
	}
	return s.render(finding.Fill(advice, args, 0, ""))
}

// Remedy is the advice that belongs behind a reason's sentence, empty where the
// sentence gives it.
func (s Style) Remedy(reason *finding.Reason, entry *finding.LedgerEntry) string {
	if reason.Key == "denied" || reason.Key == "unlicensed" {
		return ""
	}
	return s.Advice(entry)
}

// Gap is evidence that is missing and the controls that miss it.
type Gap struct {
	// Entry is the ledger's line, nil if there is none.
	Entry *finding.LedgerEntry
	// Evidence is the dotted path where there is no line, empty where the
	// evidence is there and does not decide.
	Evidence string
	// Controls are their ids, in the report's order.
	Controls []string
}

// Gaps lists what is unknown in the report by what is missing, in the order of
// the controls. A failed control can have gaps as well.
func Gaps(report *finding.Report) []Gap {
	var gaps []Gap
	index := map[string]int{}
	for i := range report.Results {
		for j := range report.Results[i].Unknowns {
			reason := &report.Results[i].Unknowns[j]
			gap := Gap{Entry: Entry(report, reason), Evidence: reason.Evidence}
			key := "evidence " + gap.Evidence
			if gap.Entry != nil {
				key = "entry " + gap.Entry.Name
			}
			at, known := index[key]
			if !known {
				at = len(gaps)
				index[key] = at
				gaps = append(gaps, gap)
			}
			ids := gaps[at].Controls
			if id := report.Results[i].Control; len(ids) == 0 || ids[len(ids)-1] != id {
				gaps[at].Controls = append(ids, id)
			}
		}
	}
	return gaps
}
