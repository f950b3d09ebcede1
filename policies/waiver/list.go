package waiver

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-07732396/postern/policies/finding"
)

// Version is the version of the file that this package reads.
const Version = 1

// A List is the waivers of one file, in its order.
type List struct {
	// File is the name that errors and reports give.
	File    string
	Waivers []Waiver
}

// A Waiver is one decision to live with something for a time.
type Waiver struct {
	// ID is its name: letters, digits, dots, dashes and underscores. One that has none
	// in the file gets one of its control and its scope, so that it stays the same when
	// the entry moves, or when its date changes.
	ID string
	// Control is the id of the control.
	Control string
	// Scope says what of it is waived.
	Scope  Scope
	Reason string
	Owner  string
	Ticket string
	// Expires is the last day on which it holds.
	Expires Day
	// Pin is who it was accepted for, nil for whoever it is about.
	Pin *Pin
	// Line is where it starts in the file, 0 where it does not stand in one.
	Line int
}

// A Scope says what of a control is waived. Exactly one field is set.
type Scope struct {
	Resource *Resource
	Cause    *Cause
	// Fingerprint is that of a violation.
	Fingerprint string
	// User is an id or a user principal name, Group the id or the name of a group in
	// Entra or Okta. They are about mailboxes, and about records of their sign-ins.
	User, Group string
	Mailboxes   *Class
	// WholeControl is everything that the control finds.
	WholeControl bool
}

// A Resource is one thing, by its kind and by its id or its name.
type Resource struct{ Kind, ID, Name string }

// A Cause is what all members of a violation share, or a single violation: the key
// of its message, and those of its arguments that are given. One of both may be
// missing.
type Cause struct {
	Message string
	Args    map[string]any
}

// A Class is mailboxes of a sort. What is given must all be so.
type Class struct {
	// RecipientType is Exchange's RecipientTypeDetails, such as SharedMailbox.
	RecipientType string
	// Domain is that of the user principal name.
	Domain string
}

// A Day is a date, written 2006-01-02. The zero value is none.
type Day struct{ t time.Time }

// ParseDay reads a day.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Day{}, fmt.Errorf("%q is no date such as 2027-03-01", text)
	}
	return Day{t}, nil
}

// DayOf gives the day of an instant, in UTC.
func DayOf(t time.Time) Day {
	t = t.UTC()
	return Day{time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
}

// Later gives the later of two days.
func (d Day) Later(other Day) Day {
	if other.t.After(d.t) {
		return other
	}
	return d
}

// Until counts the days from d to another, negative if that is before.
func (d Day) Until(other Day) int { return int(other.t.Sub(d.t).Hours() / 24) }

func (d Day) String() string { return d.t.Format(time.DateOnly) }

// String says in words what is waived.
func (s *Scope) String() string {
	switch {
	case s.Resource != nil:
		return strings.ReplaceAll(s.Resource.Kind, "_", " ") + " '" + cmp.Or(s.Resource.Name, s.Resource.ID) + "'"
	case s.Cause != nil:
		parts := []string{}
		if s.Cause.Message != "" {
			parts = append(parts, s.Cause.Message)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Cause.Args)) {
			parts = append(parts, name+" = "+finding.FormatArg(s.Cause.Args[name]))
		}
		return "cause '" + strings.Join(parts, ", ") + "'"
	case s.Fingerprint != "":
		return "fingerprint " + s.Fingerprint
	case s.User != "":
		return "user '" + s.User + "'"
	case s.Group != "":
		return "group '" + s.Group + "'"
	case s.Mailboxes != nil:
		parts := []string{"mailboxes"}
		if s.Mailboxes.RecipientType != "" {
			parts = append(parts, "of type '"+s.Mailboxes.RecipientType+"'")
		}
		if s.Mailboxes.Domain != "" {
			parts = append(parts, "of domain '"+s.Mailboxes.Domain+"'")
		}
		return strings.Join(parts, " ")
	}
	return "whole control"
}

// key is the same for scopes that are about the same.
func (s *Scope) key() string {
	var parts []string
	add := func(name string, values ...string) {
		for _, value := range values {
			parts = append(parts, name, strconv.Quote(value))
		}
	}
	if r := s.Resource; r != nil {
		add("resource", r.Kind, r.ID, r.Name)
	}
	if c := s.Cause; c != nil {
		add("cause", c.Message)
		for _, name := range slices.Sorted(maps.Keys(c.Args)) {
			add("arg", name, canonical(c.Args[name]))
		}
	}
	add("fingerprint", s.Fingerprint)
	add("user", strings.ToLower(s.User))
	add("group", s.Group)
	if c := s.Mailboxes; c != nil {
		add("mailboxes", strings.ToLower(c.RecipientType), strings.ToLower(c.Domain))
	}
	return strings.Join(parts, " ")
}

// SetID gives the waiver the id that one without has.
func (w *Waiver) SetID() {
	if w.ID == "" {
		w.ID = w.madeID()
	}
}

// madeID is the id of a waiver that has none.
func (w *Waiver) madeID() string {
	sum := sha256.Sum256([]byte(w.Control + "\n" + w.Scope.key()))
	return w.Control + "-" + hex.EncodeToString(sum[:4])
}

// canonical writes a value so that equal ones are equal texts and others are not.
// Lists are taken as sets, as fingerprints do.
func canonical(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(v)
	case []string:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = item
		}
		return canonical(items)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = canonical(item)
		}
		slices.Sort(items)
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		items := make([]string, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			items = append(items, strconv.Quote(name)+":"+canonical(v[name]))
		}
		return "{" + strings.Join(items, ",") + "}"
	}
	return finding.FormatArg(value) // numbers and booleans, whatever their Go type
}

// shown is the waiver as reports show it.
func (w *Waiver) shown(file string) finding.Waiver {
	return finding.Waiver{
		ID: w.ID, Owner: w.Owner, Reason: w.Reason, Ticket: w.Ticket,
		Expires: w.Expires.String(), File: file, Line: w.Line,
	}
}
