package runbook

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// page is a text for people. Every text handed to it may be hostile. A failed write
// shows when the buffer beneath is flushed.
type page interface {
	title(s string)
	heading(s string)
	action(s string)
	text(s string)
	item(s string)
	// code is several lines to copy.
	code(language, s string)
}

// plain writes for a terminal. What stands below an action is indented.
type plain struct {
	w      *bufio.Writer
	indent string
}

func (p *plain) title(s string) { fmt.Fprintf(p.w, "%s\n", escape.Line(s)) }
func (p *plain) heading(s string) {
	p.indent = ""
	fmt.Fprintf(p.w, "\n%s\n", escape.Line(s))
}
func (p *plain) action(s string) {
	p.indent = "    "
	fmt.Fprintf(p.w, "\n  %s\n", escape.Line(s))
}
func (p *plain) text(s string) { fmt.Fprintf(p.w, "%s%s\n", p.indent, escape.Line(s)) }
func (p *plain) item(s string) { fmt.Fprintf(p.w, "%s- %s\n", p.indent, escape.Line(s)) }
func (p *plain) code(_, s string) {
	for line := range strings.Lines(escape.Lines(strings.TrimRight(s, "\n")) + "\n") {
		if line != "\n" {
			line = p.indent + "    " + line
		}
		p.w.WriteString(line)
	}
}

// markdown writes for a wiki. listed says that a list is open: a paragraph behind it
// needs an empty line, or it would be a part of the last item.
type markdown struct {
	w      *bufio.Writer
	listed bool
}

func (p *markdown) title(s string)   { fmt.Fprintf(p.w, "# %s\n\n", escape.Markdown(s)) }
func (p *markdown) heading(s string) { p.begin("\n## %s\n\n", escape.Markdown(s)) }
func (p *markdown) action(s string)  { p.begin("\n### %s\n\n", escape.Markdown(s)) }
func (p *markdown) text(s string) {
	if p.listed {
		p.w.WriteByte('\n')
	}
	p.begin("%s\n\n", escape.Markdown(s))
}
func (p *markdown) item(s string) {
	p.listed = true
	fmt.Fprintf(p.w, "- %s\n", escape.Markdown(s))
}
func (p *markdown) code(language, s string) {
	if p.listed {
		p.w.WriteByte('\n')
	}
	p.begin("%s\n", escape.MarkdownFence(language, s))
}

func (p *markdown) begin(format string, args ...any) {
	p.listed = false
	fmt.Fprintf(p.w, format, args...)
}

const sample = 20

func writePage(p page, plan *plan.Plan, verbose bool) {
	p.title("What is left to do for " + cmp.Or(plan.Tenant.Name, plan.Tenant.ID))
	p.text(fmt.Sprintf("Made from the snapshot of %s (%s). Postern changes nothing: a person carries this out. "+
		"The script is 'postern plan -f powershell=plan.ps1'; run it with -WhatIf first. It has a way back: -Undo.",
		plan.Snapshot.CollectedAt, plan.Snapshot.URI))
	if !plan.Open() {
		p.text("No step is open, as far as the snapshot shows.")
	}
	writeQuestions(p, plan)
	writeApart(p, plan, verbose)
	for i := range plan.Steps {
		s := &plan.Steps[i]
		heading := s.Title
		if len(s.ID) == 1 {
			heading = "Step " + s.ID + ". " + heading
		}
		p.heading(heading)
		switch {
		case len(s.ID) == 1:
			p.text("Why here: " + s.Why)
		case s.Why != "":
			p.text(s.Why)
		}
		for a := range s.Actions {
			writeAction(p, plan, &s.Actions[a])
		}
	}
	if len(plan.BreakGlass) > 0 {
		p.heading("Emergency accounts, never touched")
		for _, a := range plan.BreakGlass {
			p.item(cmp.Or(a.UserPrincipalName, a.ID))
		}
	}
	if len(plan.Waived) > 0 {
		p.heading("Waived, and left alone")
		for _, w := range plan.Waived {
			p.item(w.Control + ": " + w.Sentence)
		}
	}
}

func writeQuestions(p page, plan *plan.Plan) {
	if len(plan.FindOut) == 0 {
		return
	}
	p.heading("Find out first")
	for i := range plan.FindOut {
		q := &plan.FindOut[i]
		p.action(strings.TrimSpace(q.Control + " " + q.Title))
		for _, reason := range q.Reasons {
			p.item(reason)
		}
		if q.Text != "" {
			p.text(q.Text)
		}
	}
}

func writeApart(p page, plan *plan.Plan, verbose bool) {
	if len(plan.SetApart) == 0 {
		return
	}
	p.heading("Set apart, because they are in use")
	p.text("The script leaves them as they are unless it is called with -IncludeInUse. 'postern impact' says what uses them.")
	list := plan.SetApart
	if !verbose && len(list) > sample {
		list = list[:sample]
	}
	for i := range list {
		a := &list[i]
		var doors []string
		for _, d := range a.Doors {
			doors = append(doors, d.Title())
		}
		line := cmp.Or(a.UserPrincipalName, a.ID) + ": " + strings.Join(doors, ", ")
		if a.LastSeen != "" {
			line += ", last seen " + a.LastSeen
		}
		p.item(line)
	}
	if rest := len(plan.SetApart) - len(list); rest > 0 {
		p.item(fmt.Sprintf("and %d more: --verbose, or 'postern impact -f csv'", rest))
	}
}

func writeAction(p page, whole *plan.Plan, a *plan.Action) {
	title := a.ID + ". " + a.Title + " (" + strings.Join(a.Controls, ", ") + ")"
	if a.ByHand() {
		title += ", by hand"
	}
	p.action(title)
	for _, f := range a.Findings {
		p.item(f)
	}
	if a.Text != "" {
		p.text(a.Text)
	}
	if after := afterLine(whole, a); after != "" {
		p.text(after)
	}
	writeCounts(p, a)
	for i := range a.Changes {
		p.item("The script: " + changeLine(&a.Changes[i]))
	}
	if len(a.Requests) > 0 || a.ByHand() && a.Console != "" {
		if a.Console != "" {
			p.text("In Okta's console: " + a.Console)
		}
	}
	for i := range a.Requests {
		writeRequest(p, &a.Requests[i])
	}
	if a.PowerShell != "" {
		p.code("powershell", a.PowerShell)
	}
	if a.API != "" {
		p.code("text", a.API)
	}
	switch {
	case a.Undo == "":
	case slices.ContainsFunc(a.Changes, func(c plan.Change) bool { return c.Op == plan.Revoke }):
		p.text("The way back: " + a.Undo)
	case len(a.Changes) > 0:
		p.text("The way back: the script's -Undo, or by hand:")
		p.code("text", a.Undo)
	default:
		p.text("The way back:")
		p.code("text", a.Undo)
	}
}

func writeCounts(p page, a *plan.Action) {
	if a.Ready+a.InUse+a.NotKnown > 0 {
		p.item(fmt.Sprintf("Mailboxes that can be changed now: %d, set apart because in use: %d, not known: %d", a.Ready, a.InUse, a.NotKnown))
	}
	if a.Gate > 0 {
		p.item(fmt.Sprintf("This acts on the whole organisation, and of %d mailboxes it is not known whether they are in use. The script does it with -IncludeUnknown only.", a.Gate))
	}
}

// afterLine names what has to be done before, by the numbers of the plan.
func afterLine(whole *plan.Plan, a *plan.Action) string {
	var ids []string
	for _, name := range a.After {
		if before := whole.Action(name); before != nil {
			ids = append(ids, before.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	line := "Only after " + strings.Join(ids, ", ")
	if a.WaitHours > 0 {
		line += fmt.Sprintf(", and %d hours later", a.WaitHours)
	}
	return line + "."
}

func changeLine(c *plan.Change) string {
	who := "on each mailbox that can be changed"
	if c.Apart {
		who = "on each mailbox that is set apart"
	}
	switch c.Op {
	case plan.Set:
		line := fmt.Sprintf("sets %s of %s to %s", c.Property, strings.TrimSpace(c.Kind+" "+c.Identity), c.Value)
		if len(c.Was) > 0 {
			line += fmt.Sprintf(" (in the snapshot: %s)", c.Was)
		}
		return line
	case plan.SetMailbox:
		return fmt.Sprintf("sets %s of %s to %s %s", c.Property, c.Kind, c.Value, who)
	case plan.CreatePolicy:
		if len(c.Flags) > 0 {
			return fmt.Sprintf("creates the authentication policy '%s' with %s", c.Identity, strings.Join(c.Flags, ", "))
		}
		return fmt.Sprintf("creates the authentication policy '%s', which blocks everything", c.Identity)
	case plan.Patch:
		return fmt.Sprintf("sets %s at %s to %s", c.Property, c.URI, c.Value)
	case plan.Create:
		return fmt.Sprintf("creates '%s' at %s, to report only", c.Identity, c.URI)
	case plan.Revoke:
		return "revokes the sessions of each mailbox's user"
	}
	return string(c.Op)
}

func writeRequest(p page, r *plan.Request) {
	p.text(r.Title + ":")
	p.code("http", requestText(r))
	for _, name := range slices.Sorted(maps.Keys(r.Fill)) {
		p.item("{" + name + "}: " + r.Fill[name])
	}
	if r.Note != "" {
		p.text(r.Note)
	}
	for i := range r.Undo {
		p.text("The way back, " + r.Undo[i].Title + ":")
		p.code("http", requestText(&r.Undo[i]))
	}
}

// requestText is a request as it goes over the wire, without its headers.
func requestText(r *plan.Request) string {
	text := r.Method + " " + escape.Line(r.URL)
	if len(r.Body) == 0 {
		return text
	}
	body := r.Body.Clone()
	if err := body.Indent(jsontext.WithIndent("  ")); err != nil {
		return text + "\n" + escape.Line(string(r.Body))
	}
	var safe strings.Builder
	// A strings.Builder takes everything.
	_, _ = escape.NewJSONWriter(&safe).Write(body)
	return text + "\nContent-Type: application/json\n\n" + safe.String()
}

// writeOkta writes step E alone, request by request.
func writeOkta(p page, whole *plan.Plan) {
	p.title("Okta's part of what is left for " + cmp.Or(whole.Tenant.Name, whole.Tenant.ID))
	p.text("Send the requests in this order, with a token that may change policies, and stop at the first that fails. " +
		"Read the rules before and keep what they were: the way back below is what the snapshot of " + whole.Snapshot.CollectedAt + " showed.")
	found := false
	for i := range whole.Steps {
		for j := range whole.Steps[i].Actions {
			a := &whole.Steps[i].Actions[j]
			if len(a.Requests) == 0 {
				continue
			}
			found = true
			p.action(a.ID + ". " + a.Title + " (" + strings.Join(a.Controls, ", ") + ")")
			if a.Text != "" {
				p.text(a.Text)
			}
			if after := afterLine(whole, a); after != "" {
				p.text(after)
			}
			p.text("In the console: " + a.Console)
			for k := range a.Requests {
				writeRequest(p, &a.Requests[k])
			}
		}
	}
	if !found {
		p.text("There is no request to send.")
	}
}
