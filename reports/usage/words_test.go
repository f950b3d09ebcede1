package usage

import (
	"testing"

	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

// TestDutchSaysTheSame: with the names of protocols, and sentences that are arguments
// alone, the same in both.
func TestDutchSaysTheSame(t *testing.T) {
	same := []string{"en", "nl", "{client}: {mailboxes}, {successes}"}
	for _, d := range []impact.Door{impact.SMTP, impact.POP, impact.IMAP, impact.ActiveSync, impact.EWS, impact.MAPI, impact.PowerShell} {
		same = append(same, d.Title())
	}
	reporttest.SameWords(t, english(), dutch(), same...)
}
