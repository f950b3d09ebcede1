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
	"github.com/seed-07732396/postern/reports/internal/columns"
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

func (p *plain) title(s string) { columns.Indented(p.w, 0, 0, escape.Line(s)) }
func (p *plain) heading(s string) {
	p.indent = ""
	p.w.WriteByte('\n')
	columns.Indented(p.w, 0, 0, escape.Line(s))
}
func (p *plain) action(s string) {
	p.indent = "    "
	p.w.WriteByte('\n')
	columns.Indented(p.w, 2, 4, escape.Line(s))
}
func (p *plain) text(s string) { columns.Indented(p.w, len(p.indent), len(p.indent), escape.Line(s)) }
func (p *plain) item(s string) {
	columns.Indented(p.w, len(p.indent), len(p.indent)+2, "- "+escape.Line(s))
}
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

// A runbook writes a plan to a page.
type runbook struct {
	page
	*words
	plan    *plan.Plan
	verbose bool
}

func newRunbook(p page, whole *plan.Plan, o Options) *runbook {
	return &runbook{page: p, words: wordsOf(o.Language), plan: whole, verbose: o.Verbose}
}

func (r *runbook) tenant() string { return cmp.Or(r.plan.Tenant.Name, r.plan.Tenant.ID) }

func (r *runbook) write() {
	r.title(r.say(r.Title, "tenant", r.tenant()))
	r.text(r.verdict())
	r.text(r.say(r.Made, "collected", r.plan.Snapshot.CollectedAt, "file", r.plan.Snapshot.URI))
	r.questions()
	r.apart()
	for i := range r.plan.Steps {
		s := &r.plan.Steps[i]
		r.heading(r.step(s))
		switch {
		case len(s.ID) == 1:
			r.text(r.say(r.WhyHere, "why", s.Why))
		case s.Why != "":
			r.text(s.Why)
		}
		for a := range s.Actions {
			r.act(&s.Actions[a])
		}
	}
	if len(r.plan.BreakGlass) > 0 {
		r.heading(r.Glass)
		for _, a := range r.plan.BreakGlass {
			r.item(cmp.Or(a.UserPrincipalName, a.ID))
		}
	}
	if len(r.plan.Waived) > 0 {
		r.heading(r.Waived)
		for _, w := range r.plan.Waived {
			r.item(w.Control + ": " + w.Sentence)
		}
	}
}

// verdict is the whole plan in one line.
func (r *runbook) verdict() string {
	open, first := len(r.plan.Steps), len(r.plan.FindOut)
	switch {
	case open > 0 && first > 0:
		return r.say(r.VerdictOpen, "n", open) + r.say(r.VerdictFirst, "n", first) + "."
	case open > 0:
		return r.say(r.VerdictOpen, "n", open) + "."
	case first > 0:
		return r.say(r.VerdictUnknown, "n", first) + "."
	}
	return r.NothingOpen + "."
}

func (r *runbook) questions() {
	if len(r.plan.FindOut) == 0 {
		return
	}
	r.heading(r.FindOut)
	for i := range r.plan.FindOut {
		q := &r.plan.FindOut[i]
		r.action(strings.TrimSpace(q.Control + " " + q.Title))
		for _, reason := range q.Reasons {
			r.item(reason)
		}
		if q.Text != "" {
			r.text(q.Text)
		}
	}
}

func (r *runbook) apart() {
	if len(r.plan.SetApart) == 0 {
		return
	}
	r.heading(r.Apart)
	r.text(r.ApartText)
	list := r.plan.SetApart
	if !r.verbose && len(list) > sample {
		list = list[:sample]
	}
	for i := range list {
		a := &list[i]
		var doors []string
		for _, d := range a.Doors {
			doors = append(doors, r.door(string(d), d.Title()))
		}
		who, names := cmp.Or(a.UserPrincipalName, a.ID), strings.Join(doors, ", ")
		if a.LastSeen != "" {
			r.item(r.say(r.ApartSeen, "who", who, "doors", names, "when", a.LastSeen))
		} else {
			r.item(who + ": " + names)
		}
	}
	if rest := len(r.plan.SetApart) - len(list); rest > 0 {
		r.item(r.say(r.ApartMore, "n", rest))
	}
}

// headline names an action.
func (r *runbook) headline(template string, a *plan.Action) string {
	return r.say(template, "id", a.ID, "title", a.Title, "controls", strings.Join(a.Controls, ", "))
}

func (r *runbook) act(a *plan.Action) {
	if a.ByHand() {
		r.action(r.headline(r.ByHand, a))
	} else {
		r.action(r.headline(r.Action, a))
	}
	for _, f := range a.Findings {
		r.item(f)
	}
	if a.Text != "" {
		r.text(a.Text)
	}
	r.after(a)
	r.counts(a)
	for i := range a.Changes {
		r.item(r.say(r.Script, "change", r.change(&a.Changes[i])))
	}
	if (len(a.Requests) > 0 || a.ByHand()) && a.Console != "" {
		r.text(r.say(r.Console, "path", a.Console))
	}
	for i := range a.Requests {
		r.request(&a.Requests[i])
	}
	if a.PowerShell != "" {
		r.code("powershell", a.PowerShell)
	}
	if a.API != "" {
		r.code("text", a.API)
	}
	switch {
	case a.Undo == "":
	case slices.ContainsFunc(a.Changes, func(c plan.Change) bool { return c.Op == plan.Revoke }):
		r.text(r.say(r.UndoOf, "how", a.Undo))
	case len(a.Changes) > 0:
		r.text(r.UndoScript)
		r.code("text", a.Undo)
	default:
		r.text(r.Undo)
		r.code("text", a.Undo)
	}
}

func (r *runbook) counts(a *plan.Action) {
	if a.Ready+a.InUse+a.NotKnown > 0 {
		r.item(r.say(r.Counts, "ready", a.Ready, "used", a.InUse, "unknown", a.NotKnown))
	}
	if a.Gate > 0 {
		r.item(r.say(r.Gate, "n", a.Gate))
	}
}

// after names what has to be done before, by the numbers of the plan.
func (r *runbook) after(a *plan.Action) {
	var ids []string
	for _, name := range a.After {
		if before := r.plan.Action(name); before != nil {
			ids = append(ids, before.ID)
		}
	}
	switch {
	case len(ids) == 0:
	case a.WaitHours > 0:
		r.text(r.say(r.AfterHours, "ids", strings.Join(ids, ", "), "n", a.WaitHours))
	default:
		r.text(r.say(r.After, "ids", strings.Join(ids, ", ")))
	}
}

func (r *runbook) change(c *plan.Change) string {
	args := []any{
		"property", c.Property, "what", strings.TrimSpace(c.Kind + " " + c.Identity), "value", string(c.Value), "was", string(c.Was),
		"name", c.Identity, "flags", strings.Join(c.Flags, ", "), "uri", c.URI,
	}
	template := map[plan.Op]string{
		plan.Set: r.Set, plan.SetMailbox: r.SetMailbox, plan.CreatePolicy: r.CreateBlocking, plan.Patch: r.Patch, plan.Create: r.Create, plan.Revoke: r.Revoke,
	}[c.Op]
	switch {
	case c.Op == plan.Set && len(c.Was) > 0:
		template = r.SetWas
	case c.Op == plan.SetMailbox && c.Apart:
		template = r.SetApart
	case c.Op == plan.CreatePolicy && len(c.Flags) > 0:
		template = r.CreatePolicy
	case template == "":
		return string(c.Op)
	}
	return r.say(template, args...)
}

func (r *runbook) request(q *plan.Request) {
	r.text(q.Title + ":")
	r.code("http", requestText(q))
	for _, name := range slices.Sorted(maps.Keys(q.Fill)) {
		r.item("{" + name + "}: " + q.Fill[name])
	}
	if q.Note != "" {
		r.text(q.Note)
	}
	for i := range q.Undo {
		r.text(r.say(r.UndoRequest, "title", q.Undo[i].Title))
		r.code("http", requestText(&q.Undo[i]))
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

// okta writes step E alone, request by request.
func (r *runbook) okta() {
	r.title(r.say(r.OktaTitle, "tenant", r.tenant()))
	r.text(r.say(r.OktaText, "collected", r.plan.Snapshot.CollectedAt))
	found := false
	for i := range r.plan.Steps {
		for j := range r.plan.Steps[i].Actions {
			a := &r.plan.Steps[i].Actions[j]
			if len(a.Requests) == 0 {
				continue
			}
			found = true
			r.action(r.headline(r.Action, a))
			if a.Text != "" {
				r.text(a.Text)
			}
			r.after(a)
			r.text(r.say(r.OktaConsole, "path", a.Console))
			for k := range a.Requests {
				r.request(&a.Requests[k])
			}
		}
	}
	if !found {
		r.text(r.NoOkta)
	}
}
