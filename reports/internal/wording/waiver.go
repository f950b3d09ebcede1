package wording

import "github.com/seed-07732396/postern/policies/finding"

// Waiver says who lives with a violation, until when and why: "Waived until
// 2027-01-31 by mail-team: the scanners are replaced in January (CHG-7)." It is
// empty for no waiver.
func (s Style) Waiver(w *finding.Waiver) string {
	if w == nil {
		return ""
	}
	sentence := "Waived until " + w.Expires + " by " + markName(w.Owner) + ": " + markName(w.Reason)
	if w.Ticket != "" {
		sentence += " (" + markName(w.Ticket) + ")"
	}
	return s.render(stop(sentence))
}
