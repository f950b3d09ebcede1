package usage

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// page is a text for people. Every text handed to it may be hostile.
type page interface {
	title(s string)
	heading(s string)
	text(s string)
	item(s string)
	sub(s string)
	row(cells ...string)
}

// plain writes for a terminal.
type plain struct{ w *bufio.Writer }

// A failed write shows when the buffer is flushed.
func (p plain) title(s string)   { fmt.Fprintln(p.w, line(s)) }
func (p plain) heading(s string) { fmt.Fprintf(p.w, "\n%s\n", line(s)) }
func (p plain) text(s string)    { fmt.Fprintln(p.w, line(s)) }
func (p plain) item(s string)    { fmt.Fprintln(p.w, "  "+line(s)) }
func (p plain) sub(s string)     { fmt.Fprintln(p.w, "      "+line(s)) }
func (p plain) row(cells ...string) {
	fmt.Fprintf(p.w, "  %-20s %s\n", line(cells[0]), line(strings.Join(cells[1:], " ")))
}

// markdown writes for a wiki or a job summary.
type markdown struct{ w *bufio.Writer }

func (p markdown) title(s string)   { fmt.Fprintf(p.w, "# %s\n\n", escape.Markdown(s)) }
func (p markdown) heading(s string) { fmt.Fprintf(p.w, "\n## %s\n\n", escape.Markdown(s)) }
func (p markdown) text(s string)    { fmt.Fprintf(p.w, "%s\n", escape.Markdown(s)) }
func (p markdown) item(s string)    { fmt.Fprintf(p.w, "- %s\n", escape.Markdown(s)) }
func (p markdown) sub(s string)     { fmt.Fprintf(p.w, "  - %s\n", escape.Markdown(s)) }
func (p markdown) row(cells ...string) {
	fmt.Fprintf(p.w, "- **%s**: %s\n", escape.Markdown(cells[0]), escape.Markdown(strings.Join(cells[1:], " ")))
}

func writePage(p page, r *impact.Report, o Options) {
	tenant := r.Tenant.Name
	if tenant == "" {
		tenant = r.Tenant.ID
	}
	p.title("Who still uses the doors of " + tenant)
	p.text(fmt.Sprintf("Snapshot of %s, %s judged, %d left out because nobody can sign in to them.",
		r.CollectedAt, count(r.Mailboxes, "mailbox", "mailboxes"), r.LeftOut))
	if r.MailboxesMissing {
		p.text("The list of mailboxes is missing or not complete: others may be in use.")
	}
	p.heading("What the logs cover")
	p.text(window(r))
	for i := range r.Logs {
		p.item(logLine(&r.Logs[i]))
	}
	p.heading("Doors")
	for i := range r.Doors {
		t := &r.Doors[i]
		p.row(t.Door.Title(), doorLine(t))
		for _, reason := range reasons(t) {
			p.sub("not known: " + reason)
		}
	}
	writeInUse(p, r, o)
	if !o.InUse {
		writeRest(p, r, o)
	}
	p.heading("What this does not show")
	p.text("The logs show passwords. A client that uses the same protocol with a token does not appear, " +
		"so switching off ActiveSync, EWS or MAPI altogether can still stop somebody.")
}

func writeInUse(p page, r *impact.Report, o Options) {
	p.heading("In use: " + count(len(r.InUse), "mailbox", "mailboxes"))
	if len(r.InUse) > 0 {
		p.text("Best is a client that can do modern authentication. What has to go on as it is needs an exception: in Okta a " +
			"group of its own, left out of the rule that denies legacy clients, with a rule from its network zone.")
	}
	for i := range shown(r.InUse, o) {
		m := &r.InUse[i]
		p.item(mailboxLine(m))
		for u := range m.Uses {
			p.sub(useLine(&m.Uses[u]))
		}
		for n := range m.Needs {
			p.sub("to keep it - " + needLine(&m.Needs[n]))
		}
	}
	more(p, len(r.InUse), o)
	if len(r.Clients) == 0 {
		return
	}
	p.heading("The clients that get in")
	for i := range shown(r.Clients, o) {
		c := &r.Clients[i]
		line := clientPhrase(c.Client) + ": " + count(c.Mailboxes, "mailbox", "mailboxes") + ", " + count(c.Succeeded, "success", "successes")
		if c.LastSeen != "" {
			line += ", last seen " + c.LastSeen
		}
		p.item(line)
	}
	more(p, len(r.Clients), o)
}

func mailboxLine(m *impact.Mailbox) string {
	s := name(m)
	if m.Type != "" {
		s += " (" + m.Type + ")"
	}
	switch {
	case m.Policy != "" && m.PolicyOwn:
		s += ", under its own authentication policy '" + m.Policy + "'"
	case m.Policy != "":
		s += ", under the default authentication policy '" + m.Policy + "'"
	}
	return s
}

// writeRest lists who is being tried, and whose rows these are not.
func writeRest(p page, r *impact.Report, o Options) {
	if len(r.Attempted) > 0 {
		p.heading("Refused only: " + count(len(r.Attempted), "mailbox", "mailboxes"))
		p.text("Somebody who is being sprayed, or whom an earlier change has stopped. None of this is a use.")
		people(p, r.Attempted, func(m *impact.Mailbox) []impact.Use { return m.Attempts }, o)
	}
	if len(r.Devices) > 0 {
		p.heading("Device registration: " + count(len(r.Devices), "mailbox", "mailboxes"))
		p.text("Windows joins devices through Okta's legacy endpoint. A rule that denies legacy clients stops it; Exchange's settings do not.")
		people(p, r.Devices, func(m *impact.Mailbox) []impact.Use { return m.Devices }, o)
	}
	if len(r.Leftovers) > 0 {
		p.heading("Without a mailbox: " + count(len(r.Leftovers), "row", "rows"))
		p.text("These belong to no mailbox of the snapshot. Find out whose they are.")
		for i := range shown(r.Leftovers, o) {
			l := &r.Leftovers[i]
			p.item(l.User)
			p.sub(useLine(&l.Use))
		}
		more(p, len(r.Leftovers), o)
	}
}

// people lists mailboxes, each with some of its uses.
func people(p page, list []impact.Mailbox, uses func(*impact.Mailbox) []impact.Use, o Options) {
	for i := range shown(list, o) {
		m := &list[i]
		p.item(name(m))
		for _, use := range uses(m) {
			p.sub(useLine(&use))
		}
	}
	more(p, len(list), o)
}

func more(p page, n int, o Options) {
	if rest := n - sample; rest > 0 && !o.Verbose {
		p.item(fmt.Sprintf("and %d more: --verbose, or -f csv for all", rest))
	}
}
