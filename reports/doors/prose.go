package doors

import (
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
	"github.com/seed-07732396/postern/reports/matrix"
)

// prose makes sentences of a report, for people who read text or Markdown.
type prose struct {
	*words
	report *Report
	style  wording.Style
	// book holds the sentences of steps and reasons.
	book finding.Control
}

func newProse(r *Report, style wording.Style, l *finding.Language) *prose {
	book := finding.Control{Messages: r.Messages}
	return &prose{words: wordsOf(l), report: r, style: style.In(wording.For(l)), book: book.In(l)}
}

// name writes what the tenant calls something.
func (p *prose) name(s string) string { return p.style.Name(escape.Cut(s, wording.MaxName)) }

func (p *prose) text(s string) string { return p.style.Text(s) }

func (p *prose) mailboxes(n int) string { return counted(n, p.mailbox) }

// share is "3 of 15 mailboxes", or all of them.
func (p *prose) share(n, all int) string {
	if n == all {
		return p.mailboxes(n)
	}
	return fill(p.of, "n", number(n), "all", p.mailboxes(all))
}

// number writes a count, with a space between the thousands, which no language
// takes for a decimal mark.
func number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	return digits
}

// verdict is the report in a word and a sentence.
func (p *prose) verdict() (word, sentence string) {
	r := p.report
	state := r.State()
	squares := p.looseSquares(state)
	switch {
	case r.Matrix == nil && r.Person == nil:
		return p.nothing[0], p.nothing[1]
	case r.Person != nil:
		return p.verdicts[state][0], fill(p.personal[state], "who", p.name(r.Person.name()), "doors", counted(squares, p.door))
	}
	n := r.Open
	if state == Undecided {
		n = r.Undecided
	}
	return p.verdicts[state][0], fill(p.verdicts[state][1],
		"share", p.share(n, r.Matrix.Mailboxes), "doors", counted(squares, p.door), "all", p.mailboxes(r.Matrix.Mailboxes))
}

// looseSquares counts the squares of the matrix that are open, or for a report that
// is undecided those that may be.
func (p *prose) looseSquares(state State) int {
	want := finding.AccessOpen
	if state == Undecided {
		want = finding.AccessUndecided
	}
	n := 0
	if p.report.Matrix != nil {
		for _, c := range p.report.Matrix.Cells {
			if c.Worst == want {
				n++
			}
		}
	}
	return n
}

func moment(instant string) string {
	return strings.NewReplacer("T", " ", "Z", " UTC").Replace(instant)
}

// scoped says what was looked at, empty for everything.
func (p *prose) scoped() string {
	var what []string
	for _, id := range p.report.Scope.Protocols {
		what = append(what, p.protocol(id))
	}
	for _, id := range p.report.Scope.Methods {
		what = append(what, lowerFirst(p.protocol(id)))
	}
	if len(what) == 0 {
		return ""
	}
	return p.text(fill(p.scope, "what", p.series(what)))
}

// protocol names a protocol or method.
func (p *prose) protocol(id string) string {
	if m := p.report.Matrix; m != nil {
		for _, t := range m.Protocols {
			if t.ID == id {
				return p.term(m.Protocols, id)
			}
		}
		return p.term(m.Methods, id)
	}
	return p.term(nil, id)
}

// gap says what is missing and what would bring it.
func (p *prose) gap(entry *finding.LedgerEntry) string {
	if entry.Status == "absent" {
		return p.name(entry.Name) + p.text(": "+p.absent)
	}
	s := p.name(entry.Name) + p.text(" ("+p.style.Status(entry.Status)+")")
	if advice := p.style.Advice(entry); advice != "" {
		s += p.text(": ") + advice
	}
	return s
}

// title is "MAPI, SMTP AUTH by Password grant".
func (p *prose) title(protocols []string, method string) string {
	names := make([]string, len(protocols))
	for i, id := range protocols {
		names[i] = p.protocol(id)
	}
	return p.text(p.series(names) + " " + p.by + " " + lowerFirst(p.protocol(method)))
}

// lowerFirst makes the first letter small: a title within a sentence.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// place is " (file:line)", empty where there is none.
func (p *prose) place(region *finding.Region) string {
	if region == nil {
		return ""
	}
	return p.text(" (") + p.name(p.report.Snapshot.URI+":"+strconv.Itoa(region.StartLine)) + p.text(")")
}

func (p *prose) step(s *Step) string {
	return p.style.TraceStep(&p.book, &finding.TraceStep{Key: s.Key, Args: s.Args}) + p.place(s.Region)
}

// example says who gets in by a door, and with what requests.
func (p *prose) example(d *Door) string {
	who := p.name(d.First.name()) + p.place(d.First.Region)
	if d.Mailboxes > 1 {
		who = fill(p.more, "who", who, "n", number(d.Mailboxes-1))
	}
	parts := []string{fill(p.words.example, "who", who)}
	if d.Witness != nil {
		for i := range d.Witness.Requests {
			parts = append(parts, p.request(&d.Witness.Requests[i]))
		}
	}
	for _, via := range d.Via {
		if text, ok := p.via[via]; ok {
			parts = append(parts, p.text(text))
		}
	}
	return strings.Join(parts, "; ") + "."
}

// request describes one request: "at Okta by the app 'X', as a legacy client, from
// anywhere".
func (p *prose) request(r *Request) string {
	s := p.text(named(p.stations, r.At))
	if r.App != "" {
		s += " " + fill(p.app, "app", p.quoted(r.App))
	}
	parts := []string{s, fill(p.as, "client", p.known(p.clients, r.Client)), fill(p.from, "place", p.origin(r))}
	for _, part := range []struct{ template, name, value string }{
		{p.on, "platform", r.Platform}, {p.device, "device", r.Device}, {p.risk, "risk", r.Risk}, {p.userRisk, "risk", r.UserRisk},
	} {
		if part.value != "" {
			parts = append(parts, fill(part.template, part.name, p.name(part.value)))
		}
	}
	if len(r.Assurances) > 0 {
		parts = append(parts, fill(p.assured, "policies", p.names(r.Assurances)))
	}
	return strings.Join(parts, ", ")
}

// known is a word of ours, or where there is none a name as it is.
func (p *prose) known(table map[string]string, id string) string {
	if word, ok := table[id]; ok {
		return p.text(word)
	}
	return p.name(id)
}

// origin says where a request has to come from.
func (p *prose) origin(r *Request) string {
	switch {
	case r.Anywhere:
		return p.text(p.anywhere)
	case len(r.Zones) > 0 && r.Address != "":
		return p.name(r.Address) + " (" + p.names(r.Zones) + ")"
	case len(r.Zones) > 0:
		return p.names(r.Zones)
	case r.Address != "":
		return p.name(r.Address)
	}
	return p.text(p.somewhere)
}

func (p *prose) names(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = p.quoted(s)
	}
	return strings.Join(quoted, ", ")
}

// quoted is a name in a sentence.
func (p *prose) quoted(s string) string { return p.text("'") + p.name(s) + p.text("'") }

// locksOf lists what closes a door by itself, empty for nothing.
func (p *prose) locksOf(d *Door) string {
	if len(d.Locks) == 0 {
		return ""
	}
	parts := make([]string, len(d.Locks))
	for i, l := range d.Locks {
		parts[i] = p.text(named(p.kinds, l.Kind))
		if l.Name != "" {
			parts[i] += " " + p.quoted(l.Name)
		}
		parts[i] += p.text(" (" + named(p.stages, l.Stage) + ")")
	}
	return fill(p.lock, "list", strings.Join(parts, "; "))
}

// declaredOf says what the configuration declares of a door's mailboxes.
func (p *prose) declaredOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return fill(p.declared, "what", p.names(list))
}

// outcomeOf is the outcome within a sentence.
func (p *prose) outcomeOf(o finding.AccessOutcome) string {
	if word, ok := p.outcome[o]; ok {
		return word
	}
	return string(o)
}

// change says how the doors of some mailboxes changed.
func (p *prose) change(c *Change) string {
	s := p.title([]string{c.Protocol}, c.Method) + p.text(": ") + p.text(fill(p.changed,
		"before", p.outcomeOf(c.Before), "after", p.outcomeOf(c.After), "share", p.mailboxes(c.Mailboxes)))
	if name := c.First.name(); name != "" {
		who := p.name(name)
		if c.Mailboxes > 1 {
			who = fill(p.more, "who", who, "n", number(c.Mailboxes-1))
		}
		s += ", " + who
	}
	return s
}

// matrixOptions are those of the matrix above the doors.
func (p *prose) matrixOptions() matrix.Options {
	r := p.report
	o := matrix.Options{Language: p.code, Subtitle: wordingPlain(r)}
	if r.Person != nil {
		o.Title = fill(p.person, "who", r.Person.name())
	}
	if b := r.Before; b != nil {
		o.Before, o.After = p.before+": "+moment(b.Snapshot.CollectedAt), p.after+": "+moment(r.Snapshot.CollectedAt)
		o.Changes = b.changes()
	}
	return o
}

func wordingPlain(r *Report) string {
	return wording.Plain().Tenant(&r.Tenant) + ", " + moment(r.Snapshot.CollectedAt)
}
