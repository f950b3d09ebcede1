// Package usage writes who would notice if a door were closed: for people as text
// or Markdown, and for programs and spreadsheets as JSON or CSV, which name every
// mailbox.
//
// It must not know how the answer was found, nor read a snapshot itself.
package usage

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Options say what is shown.
type Options struct {
	// InUse leaves out every mailbox that nobody was seen to use.
	InUse bool
	// Verbose lists all, where text and Markdown otherwise give a sample.
	Verbose bool
	// Language is that of text and Markdown, nil for English.
	Language *finding.Language
}

// Formats lists the formats.
func Formats() []string { return []string{"text", "json", "csv", "markdown"} }

// Write writes the report in one of Formats.
func Write(format string, w io.Writer, r *impact.Report, o Options) error {
	b := bufio.NewWriter(w)
	var err error
	switch format {
	case "text":
		writePage(newPlain(b, wordsOf(o.Language)), r, o)
	case "markdown":
		writePage(markdown{b}, r, o)
	case "json":
		err = writeJSON(b, r, o)
	case "csv":
		err = writeCSV(b, r, o)
	default:
		return fmt.Errorf("unknown format %q", format)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

// sample is how many of a list text and Markdown show.
const sample = 20

func shown[T any](list []T, o Options) []T {
	if o.Verbose || len(list) <= sample {
		return list
	}
	return list[:sample]
}

// verdict is the whole answer in one line.
func (w *words) verdict(r *impact.Report) string {
	switch {
	case len(r.InUse) > 0 && r.Known():
		return w.count(w.VerdictUsed, len(r.InUse)) + "."
	case len(r.InUse) > 0:
		return w.count(w.VerdictUsed, len(r.InUse)) + w.VerdictNotAll + "."
	case r.Known():
		return w.VerdictSafe + "."
	}
	return w.VerdictUnknown + "."
}

// doorLine is the line that an operator looks for.
func (w *words) doorLine(t *impact.Tally) string {
	template := w.DoorLine
	if t.Closed > 0 {
		template = w.DoorLineClosed
	}
	return w.say(template, "safe", t.Safe, "used", t.InUse, "unknown", t.NotKnown, "closed", t.Closed)
}

// reasons are why mailboxes at a door are not known, in the order of the reasons.
func (w *words) reasons(t *impact.Tally) []string {
	var list []string
	for _, r := range impact.Reasons() {
		if n := t.Reasons[r]; n > 0 {
			list = append(list, w.say(w.NotKnown, "reason", w.Reasons[r], "n", n))
		}
	}
	return list
}

// name is the name by which a mailbox is looked up. It is hostile text.
func name(m *impact.Mailbox) string {
	for _, s := range []string{m.UserPrincipalName, m.DisplayName} {
		if s != "" {
			return s
		}
	}
	return m.ID
}

// useLine says what one client did.
func (w *words) useLine(u *impact.Use) string {
	var parts []string
	if u.Succeeded > 0 {
		parts = append(parts, w.count(w.Successes, u.Succeeded))
	}
	if u.Failed > 0 {
		parts = append(parts, w.count(w.Refused, u.Failed))
	}
	template := w.Use
	if u.LastSeen != "" {
		template = w.UseSeen
	}
	return w.say(template, "title", w.useTitle(u), "what", strings.Join(parts, ", "), "when", u.LastSeen, "client", w.client(u.Client))
}

func (w *words) useTitle(u *impact.Use) string {
	switch {
	case u.Log == "okta" && u.Client.Class == impact.Device:
		return w.OktaDevice
	case u.Log == "okta":
		return w.OktaUnnamed
	case u.Door == impact.Other:
		return w.say(w.Unnamed, "client", u.ClientApp)
	case u.Door == impact.PasswordGrant && u.App != "":
		return w.say(w.GrantedTo, "door", w.door(u.Door), "app", u.App)
	}
	return w.door(u.Door)
}

func (w *words) client(c impact.Client) string {
	name := cmp.Or(w.Names[c.Name], c.Name)
	switch c.Class {
	case impact.Outdated:
		return w.say(w.Outdated, "client", name)
	case impact.Maybe:
		return w.say(w.Maybe, "client", name)
	case impact.Unlisted:
		return w.say(w.Unlisted, "client", name)
	}
	return name
}

// needLine says what would let a mailbox go on while everybody else is closed.
func (w *words) needLine(n *impact.Need) string {
	var parts []string
	switch {
	case n.Removed:
		parts = append(parts, w.Removed)
	case n.Policy != "":
		parts = append(parts, w.say(w.NeedPolicy, "policy", n.Policy))
	case len(n.Flags) > 0:
		parts = append(parts, w.say(w.NeedFlags, "flags", strings.Join(n.Flags, ", ")))
	}
	if !n.Removed && n.Switch != "" {
		parts = append(parts, w.say(w.NeedSwitch, "switch", n.Switch))
	}
	if n.Okta {
		parts = append(parts, w.NeedOkta)
	}
	if n.ConditionalAccess {
		parts = append(parts, w.NeedEntra)
	}
	return w.door(n.Door) + ": " + strings.Join(parts, "; ")
}

func (w *words) logLine(l *impact.Log) string {
	line := l.Name + ": " + cmp.Or(w.Statuses[l.Status], l.Status)
	if l.Items != nil {
		line += ", " + w.count(w.Entries, *l.Items)
	}
	if l.Message != "" {
		line += " (" + l.Message + ")"
	}
	return line
}

func (w *words) window(r *impact.Report) string {
	if r.Since == "" {
		return w.NoWindow
	}
	return w.say(w.Window, "since", r.Since, "until", r.Until, "n", r.Days)
}

// line makes hostile text one harmless line.
func line(s string) string { return escape.Line(s) }
