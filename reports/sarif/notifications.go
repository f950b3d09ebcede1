package sarif

import (
	"fmt"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// The descriptors of notifications, by their place in the driver's list.
const (
	evidenceMissing = iota
	controlBroke
	resultsLeftOut
)

func notificationDescriptors() []*sarif.ReportingDescriptor {
	describe := func(id, name, short, full, help string) *sarif.ReportingDescriptor {
		return &sarif.ReportingDescriptor{
			ID: id, Name: &name, ShortDescription: text(short), FullDescription: text(full), Help: text(help), HelpURI: ptr(projectURI),
		}
	}
	return []*sarif.ReportingDescriptor{
		evidenceMissing: describe("POSTERN-EVIDENCE", "EvidenceMissing", "Evidence is missing",
			"A control could not be judged in full, because evidence that it needs is missing or does not decide the question.",
			"Do what the message says and collect the snapshot again. Until then nothing that the control would find is shown, and nothing that it found before is known to be gone."),
		controlBroke: describe("POSTERN-CONTROL", "ControlBroke", "A control broke",
			"A control broke while it was evaluated, so it says nothing about the tenant.",
			"Report it with the message and the version of the program, without the snapshot."),
		resultsLeftOut: describe("POSTERN-LIMIT", "ResultsLeftOut", "Results were left out",
			fmt.Sprintf("A run at GitHub holds at most %d results. The gravest were kept.", maxResults),
			"Close the gravest findings first. The JSON and CSV reports hold all of them."),
	}
}

// gap is one reason why a control's evidence does not suffice.
type gap struct {
	kind  int
	level string
	text  string
	// about is the reason, nil for a control that broke.
	about *finding.Reason
}

// gaps are the reasons why control i could not be judged in full.
func (b *builder) gaps(i int) []gap {
	control, result := &b.report.Controls[i], &b.report.Results[i]
	var gaps []gap
	if result.Outcome == finding.Error {
		broke := fmt.Sprintf("%s broke: '%s'.", control.ID, escape.Cut(escape.Line(result.Error), 500))
		gaps = append(gaps, gap{controlBroke, "error", broke, nil})
	}
	for j := range result.Unknowns[:min(len(result.Unknowns), maxReasons)] {
		reason := &result.Unknowns[j]
		entry := wording.Entry(b.report, reason)
		why := fmt.Sprintf("%s is not known in full: %s", control.ID, b.style.Reason(control, reason, entry))
		if advice := b.style.Remedy(reason, entry); advice != "" {
			why += " " + advice
		}
		gaps = append(gaps, gap{evidenceMissing, "warning", why, reason})
	}
	if more := len(result.Unknowns) - maxReasons; more > 0 {
		gaps = append(gaps, gap{evidenceMissing, "warning", beyond(control, more), nil})
	}
	return gaps
}

// beyond says how many reasons of a control were not written.
func beyond(control *finding.Control, more int) string {
	return fmt.Sprintf("%s has %d more reasons, which the JSON and CSV reports list.", control.ID, more)
}

// invocation says whether the evidence was complete. It was not as soon as one
// reason is unknown, beside a violation too: a second violation might hide there,
// and code scanning would close its alert.
func (b *builder) invocation(leftOut int) *sarif.Invocation {
	invocation := &sarif.Invocation{ExecutionSuccessful: ptr(true)}
	for i := range b.report.Results {
		for _, gap := range b.gaps(i) {
			invocation.ExecutionSuccessful = ptr(false)
			notification := notify(gap.kind, gap.level, gap.text)
			notification.AssociatedRule = &sarif.ReportingDescriptorReference{
				Id: ptr(b.report.Controls[i].ID), Index: ptr(uint(i)),
			}
			invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, notification)
		}
	}
	if leftOut > 0 {
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications,
			notify(resultsLeftOut, "warning", fmt.Sprintf("%d results are left out, because GitHub takes at most %d. The gravest are kept, and the JSON and CSV reports hold all.", leftOut, maxResults)))
	}
	return invocation
}

func notify(kind int, level, text string) *sarif.Notification {
	return &sarif.Notification{
		Descriptor: &sarif.ReportingDescriptorReference{Id: ptr(notificationDescriptors()[kind].ID), Index: ptr(uint(kind))},
		Level:      level,
		Message:    sarif.NewTextMessage(message(text)),
	}
}
