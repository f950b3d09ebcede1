package wording

import "github.com/seed-07732396/postern/policies/finding"

func english() *Words {
	steps := map[string]string{}
	for _, step := range finding.Steps() {
		steps[step.ID] = step.Title
	}
	return &Words{
		Code: "en",
		Outcomes: map[finding.Outcome]string{
			finding.Error: "error", finding.Fail: "fail", finding.Unknown: "unknown",
			finding.NotApplicable: "not applicable", finding.Pass: "pass",
		},
		Marks: map[finding.Outcome]string{
			finding.Error: "ERROR", finding.Fail: "FAIL", finding.Unknown: "unknown",
			finding.NotApplicable: "n/a", finding.Pass: "pass",
		},
		Severities: map[finding.Severity]string{
			finding.Critical: "critical", finding.High: "high", finding.Medium: "medium", finding.Low: "low", finding.Info: "info",
		},
		Steps: steps,
		WaiverStates: map[finding.WaiverState]string{
			finding.WaiverHolds: "in force", finding.WaiverUnused: "unused", finding.WaiverExpired: "expired", finding.WaiverTooFar: "beyond the limit",
			finding.WaiverGrown: "lapsed by growth", finding.WaiverUndecided: "undecided", finding.WaiverNotJudged: "not judged",
		},
		Statuses: map[string]string{
			"collected": "collected", "partial": "partial", "denied": "denied", "failed": "failed",
			"unlicensed": "unlicensed", "skipped": "skipped", "attested": "attested",
		},
		Advices: map[string]string{
			"denied":     "Grant {permission} so that {endpoint} can be read, then collect again.",
			"failed":     "Collect again; {endpoint} is read with {permission}.",
			"partial":    "Collect again; {endpoint} is read with {permission}.",
			"unlicensed": "No permission helps: {endpoint} answers only where the tenant has the licence for it.",
			"skipped":    "Collect it as well: 'postern collect' reads it.",
		},
		CodeAdvices: map[string]string{
			"login_failed":  "The sign-in failed, so no permission was asked for: mend the credentials as the ledger's message says, then collect again.",
			"login_refused": "The service did not take the sign-in: check that the credentials are of this tenant, have not expired and have {permission}, then collect again.",
		},
		Scope: "Judged are users who sign in to Exchange Online. Application permissions and " +
			"on-premises mailboxes are out of scope.",
		Verdicts: VerdictWords{
			Fail: "FAIL", Incomplete: "INCOMPLETE", NotApplicable: "NOT APPLICABLE", Pass: "PASS", Empty: "EMPTY",
			FailSentence:        "{n} of {controls} {fails|fail} ({which})",
			IncompleteSentence:  "nothing fails, but {n} of {controls} could not be judged: this is no pass",
			PassSentence:        "{n} of {controls} {passes|pass}",
			NoneApplies:         "no control applies to this tenant",
			NoControl:           "no control was judged",
			GateOff:             "the gate is off (fail-on none)",
			BelowGate:           "none at or above the gate (fail-on {gate})",
			BelowGateButWaived:  "none that is not waived at or above the gate (fail-on {gate})",
			BelowGateButKnown:   "none that is new at or above the gate (fail-on {gate})",
			Waived:              "{n} {finding|findings} waived",
			SinceBaseline:       "since {date}: {new} new, {changed} changed, {fixed} fixed",
			NoLongerJudged:      "{n} can no longer be judged",
			NothingChanged:      "nothing has changed since {date}",
			NotJudged:           "{n} not judged",
			PartlyNotApplicable: "{n} not applicable",
			ExitEmpty:           "there was no control to judge, which says nothing about the tenant",
			ExitGate:            "a control fails at or above the gate (fail-on {gate})",
			ExitIncomplete:      "no control fails at or above the gate (fail-on {gate}), but not all could be judged",
			ExitClean:           "no control fails at or above the gate (fail-on {gate}) and all could be judged",
		},
		Phrases: PhraseWords{
			NoTenantName: "a tenant without a name", NoLedgerReason: "the ledger gives no reason",
			AndMore: " and {n} more", WithoutMailboxes: "without a list of mailboxes", Mailboxes: "{n} {mailbox|mailboxes}", Controls: "{n} {control|controls}", Counted: "{n} {what}",
			Waiver: "Waived until {expires} by {owner}: {reason}", Ticket: " ({ticket})",
			New: "new", Changed: "changed", Unchanged: "unchanged", Came: "{n} came", Went: "{n} went", NewWays: "now also {ways}", RemovedWays: "no longer {ways}", Gone: "gone",
		},
		Page: englishPage(),
		Lines: LineWords{
			WaivedMark: "waived: ", Fixed: "Fixed: ", Waivers: "Waivers: {file}, as of {date}: {states}.", Baseline: "Compared with {file} of {date}.",
			NoTitle: "(without a title)", Broke: "The control broke: ", NotKnown: "Not known: ", Note: "Note: ",
			Why: "Why: ", Fix: "Fix: ", PowerShell: "PowerShell:", Undo: "To undo:", Console: "In Okta's console: ",
			API: "By Okta's API:", See: "See:",
			MoreViolations: "And {n} more violations, which the json and csv reports list.",
			MoreReasons:    "And {n} more reasons, which the json and csv reports list.",
			MoreNotes:      "And {n} more notes, which the json and csv reports list.",
			MoreSteps:      "And {n} more steps, which the json and csv reports list.",
			WorstFirst:     "What matters most",
			NotJudgedFirst: "{n} {control|controls} could not be judged ({which}): what is not known is no pass.",
			Summary:        "Summary", Controls: "Controls: ", Failed: "Failed: ", BrokeList: "Broke: ",
			Snapshot: "Snapshot: {file} ({source}), {mailboxes},", JudgedBy: "Judged by ", ScopeLabel: "Scope: ",
			ExitStatus: "Exit status {n}: ", LeftOpen: "what the evidence leaves open",
			Severity: "Severity", Step: "Step", Slug: "Slug", Needs: "Needs", Optional: "Uses, if there", Answers: "Answers",
			CatalogueEnd: "{n} controls. 'postern controls ID' shows one in full.",
		},
	}
}
