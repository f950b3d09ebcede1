// Package usage writes who would notice if a door were closed: for people as text
// or Markdown, and for programs and spreadsheets as JSON or CSV, which name every
// mailbox.
//
// It must not know how the answer was found, nor read a snapshot itself.
package usage

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Options say what is shown.
type Options struct {
	// InUse leaves out every mailbox that nobody was seen to use.
	InUse bool
	// Verbose lists all, where text and Markdown otherwise give a sample.
	Verbose bool
}

// Formats lists the formats.
func Formats() []string { return []string{"text", "json", "csv", "markdown"} }

// Write writes the report in one of Formats.
func Write(format string, w io.Writer, r *impact.Report, o Options) error {
	b := bufio.NewWriter(w)
	var err error
	switch format {
	case "text":
		writePage(plain{b}, r, o)
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

// count is "1 mailbox", "2 mailboxes".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// doorLine is the line that an operator looks for.
func doorLine(t *impact.Tally) string {
	line := fmt.Sprintf("safe to close now: %d, in use: %d, not known: %d", t.Safe, t.InUse, t.NotKnown)
	if t.Closed > 0 {
		line += fmt.Sprintf(", already closed: %d", t.Closed)
	}
	return line
}

// reasons are why mailboxes at a door are not known, in the order of the reasons.
func reasons(t *impact.Tally) []string {
	var list []string
	for _, r := range impact.Reasons() {
		if n := t.Reasons[r]; n > 0 {
			list = append(list, fmt.Sprintf("%s (%d)", r.Sentence(), n))
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
func useLine(u *impact.Use) string {
	var parts []string
	if u.Succeeded > 0 {
		parts = append(parts, count(u.Succeeded, "success", "successes"))
	}
	if u.Failed > 0 {
		parts = append(parts, count(u.Failed, "attempt refused", "attempts refused"))
	}
	line := useTitle(u) + ": " + strings.Join(parts, ", ")
	if u.LastSeen != "" {
		line += ", last seen " + u.LastSeen
	}
	return line + ", by " + clientPhrase(u.Client)
}

func useTitle(u *impact.Use) string {
	switch {
	case u.Log == "okta" && u.Client.Class == impact.Device:
		return "Okta's legacy endpoint"
	case u.Log == "okta":
		return "Okta's legacy endpoint, protocol not named"
	case u.Door == impact.Other:
		return "'" + u.ClientApp + "', protocol not named"
	case u.Door == impact.PasswordGrant && u.App != "":
		return u.Door.Title() + " by '" + u.App + "'"
	}
	return u.Door.Title()
}

func clientPhrase(c impact.Client) string {
	switch c.Class {
	case impact.Outdated:
		return c.Name + ", which cannot do modern authentication"
	case impact.Maybe:
		return c.Name + ", which may be able to do modern authentication"
	case impact.Unlisted:
		return c.Name + " (in no list: evaluate)"
	}
	return c.Name
}

// needLine says what would let a mailbox go on while everybody else is closed.
func needLine(n *impact.Need) string {
	var parts []string
	switch {
	case n.Removed:
		parts = append(parts, "Microsoft has removed basic authentication here, and no authentication policy brings it back")
	case n.Policy != "":
		parts = append(parts, "authentication policy '"+n.Policy+"' of its own")
	case len(n.Flags) > 0:
		parts = append(parts, "an authentication policy of its own with "+strings.Join(n.Flags, ", "))
	}
	if !n.Removed && n.Switch != "" {
		parts = append(parts, n.Switch+" on the mailbox")
	}
	if n.Okta {
		parts = append(parts, "an exception in Okta")
	}
	if n.ConditionalAccess {
		parts = append(parts, "an exclusion in Conditional Access")
	}
	return n.Door.Title() + ": " + strings.Join(parts, "; ")
}

func logLine(l *impact.Log) string {
	line := l.Name + ": " + l.Status
	if l.Items != nil {
		line += ", " + count(*l.Items, "entry", "entries")
	}
	if l.Message != "" {
		line += " (" + l.Message + ")"
	}
	return line
}

func window(r *impact.Report) string {
	if r.Since == "" {
		return "The snapshot does not say over which time the logs were read."
	}
	return fmt.Sprintf("The logs cover %s to %s; %d days were asked for.", r.Since, r.Until, r.Days)
}

// line makes hostile text one harmless line.
func line(s string) string { return escape.Line(s) }
