package usage

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/columns"
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

// plain writes for a terminal. The first cell of a row is so wide that each door fits.
type plain struct {
	w     *bufio.Writer
	width int
}

func newPlain(b *bufio.Writer, w *words) plain {
	p := plain{b, 20}
	for _, title := range w.Doors {
		p.width = max(p.width, len(title)+1)
	}
	return p
}

func (p plain) title(s string) { p.wrapped(0, 0, s) }
func (p plain) heading(s string) {
	fmt.Fprintln(p.w)
	p.wrapped(0, 0, s)
}
func (p plain) text(s string) { p.wrapped(0, 0, s) }
func (p plain) item(s string) { p.wrapped(2, 4, s) }
func (p plain) sub(s string)  { p.wrapped(6, 8, s) }
func (p plain) row(cells ...string) {
	p.wrapped(2, p.width+3, columns.Pad(line(cells[0]), p.width)+" "+strings.Join(cells[1:], " "))
}

// wrapped cuts a text at the width of a terminal; the lines behind the first start in
// column hang. A failed write shows when the buffer is flushed.
func (p plain) wrapped(start, hang int, s string) {
	columns.Indented(p.w, start, hang, line(s))
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
	w := wordsOf(o.Language)
	tenant := r.Tenant.Name
	if tenant == "" {
		tenant = r.Tenant.ID
	}
	p.title(w.say(w.Title, "tenant", tenant))
	p.text(w.verdict(r))
	p.text(w.say(w.Judged, "collected", r.CollectedAt, "mailboxes", w.count(w.Mailboxes, r.Mailboxes), "left", r.LeftOut))
	if r.MailboxesMissing {
		p.text(w.ListMissing)
	}
	p.heading(w.LogsHeading)
	p.text(w.window(r))
	for i := range r.Logs {
		p.item(w.logLine(&r.Logs[i]))
	}
	p.heading(w.DoorsHeading)
	for i := range r.Doors {
		t := &r.Doors[i]
		p.row(w.door(t.Door), w.doorLine(t))
		for _, reason := range w.reasons(t) {
			p.sub(reason)
		}
	}
	t := &teller{page: p, words: w, o: o}
	t.inUse(r)
	if !o.InUse {
		t.rest(r)
	}
	p.heading(w.LimitsHeading)
	p.text(w.LimitsText)
}

// A teller writes the lists of the page.
type teller struct {
	page
	*words
	o Options
}

func (t *teller) inUse(r *impact.Report) {
	t.heading(t.say(t.InUseHeading, "mailboxes", t.count(t.Mailboxes, len(r.InUse))))
	if len(r.InUse) > 0 {
		t.text(t.InUseAdvice)
	}
	for i := range shown(r.InUse, t.o) {
		m := &r.InUse[i]
		t.item(t.mailbox(m))
		for u := range m.Uses {
			t.sub(t.useLine(&m.Uses[u]))
		}
		for n := range m.Needs {
			t.sub(t.say(t.ToKeep, "need", t.needLine(&m.Needs[n])))
		}
	}
	t.more(len(r.InUse))
	if len(r.Clients) == 0 {
		return
	}
	t.heading(t.ClientsHeading)
	for i := range shown(r.Clients, t.o) {
		c := &r.Clients[i]
		line := t.say(t.ClientLine, "client", t.client(c.Client), "mailboxes", t.count(t.Mailboxes, c.Mailboxes), "successes", t.count(t.Successes, c.Succeeded))
		if c.LastSeen != "" {
			line += t.say(t.Seen, "when", c.LastSeen)
		}
		t.item(line)
	}
	t.more(len(r.Clients))
}

func (t *teller) mailbox(m *impact.Mailbox) string {
	s := name(m)
	if m.Type != "" {
		s += " (" + m.Type + ")"
	}
	switch {
	case m.Policy != "" && m.PolicyOwn:
		s += t.say(t.OwnPolicy, "policy", m.Policy)
	case m.Policy != "":
		s += t.say(t.DefaultPolicy, "policy", m.Policy)
	}
	return s
}

// rest lists who is being tried, and whose rows these are not.
func (t *teller) rest(r *impact.Report) {
	about := func(heading, text string, n int) {
		t.heading(t.say(heading, "mailboxes", t.count(t.Mailboxes, n), "n", n))
		t.text(text)
	}
	if len(r.Attempted) > 0 {
		about(t.RefusedHeading, t.RefusedText, len(r.Attempted))
		t.people(r.Attempted, func(m *impact.Mailbox) []impact.Use { return m.Attempts })
	}
	if len(r.Devices) > 0 {
		about(t.DevicesHeading, t.DevicesText, len(r.Devices))
		t.people(r.Devices, func(m *impact.Mailbox) []impact.Use { return m.Devices })
	}
	if len(r.Leftovers) > 0 {
		about(t.LeftoversHeading, t.LeftoversText, len(r.Leftovers))
		for i := range shown(r.Leftovers, t.o) {
			l := &r.Leftovers[i]
			t.item(l.User)
			t.sub(t.useLine(&l.Use))
		}
		t.more(len(r.Leftovers))
	}
}

// people lists mailboxes, each with some of its uses.
func (t *teller) people(list []impact.Mailbox, uses func(*impact.Mailbox) []impact.Use) {
	for i := range shown(list, t.o) {
		m := &list[i]
		t.item(name(m))
		for _, use := range uses(m) {
			t.sub(t.useLine(&use))
		}
	}
	t.more(len(list))
}

func (t *teller) more(n int) {
	if rest := n - sample; rest > 0 && !t.o.Verbose {
		t.item(t.say(t.More, "n", rest))
	}
}
