package waiver

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// Limits are how far ahead a waiver may end, and from when on its end is near.
type Limits struct {
	// MaxDays is how many days ahead a waiver may end at most, WarnDays how many days
	// before its end it is reported.
	MaxDays, WarnDays int
}

// DefaultLimits are half a year and two weeks.
func DefaultLimits() Limits { return Limits{MaxDays: 180, WarnDays: 14} }

// Options say what a Gathering does not see in the report.
type Options struct {
	Limits Limits
	// Now is the day on which the waivers are judged, unless the snapshot is of a later
	// one. A waiver lapses by the calendar, not by when somebody last collected: else
	// an old snapshot would keep it alive.
	Now time.Time
	// Whole says that the report holds all controls, so that a waiver of one that is
	// not in it has a slip in its name.
	Whole bool
}

// A Gathering applies a list to one report.
type Gathering struct {
	list    *List
	options Options
	// users are the names and ids in scopes of users, in lower case, and the mailboxes
	// that have them.
	users map[string][]int

	report *finding.Report
	asOf   Day
	// doc and mailboxes are what is known of the snapshot, nil and none where there is
	// only the report.
	doc       *snapshot.Document
	mailboxes Mailboxes
	classes   *classFacts
	matches   []*match
	// failed is the first error of reading the snapshot again.
	failed error
}

// Mailboxes are those of the snapshot that was judged.
type Mailboxes struct {
	Classes *population.Classes
	Source  population.Source
}

// NewGathering starts to apply a list to a report.
func NewGathering(list *List, options Options) *Gathering {
	g := &Gathering{list: list, options: options, users: map[string][]int{}}
	for _, w := range list.Waivers {
		if w.Scope.User != "" {
			g.users[strings.ToLower(w.Scope.User)] = nil
		}
	}
	return g
}

// See is shown who each mailbox is, in the order of the file, and again from index
// 0 where that is read twice.
func (g *Gathering) See(index int, who population.Identity) {
	if len(g.users) == 0 {
		return
	}
	if index == 0 {
		for name := range g.users {
			g.users[name] = nil
		}
	}
	id, name := strings.ToLower(who.ID), strings.ToLower(who.UserPrincipalName)
	if at, wanted := g.users[id]; wanted {
		g.users[id] = append(at, index)
	}
	if at, wanted := g.users[name]; wanted && name != id {
		g.users[name] = append(at, index)
	}
}

// Apply marks the violations of the report that are waived, splits those that are
// waived for some of their members, and sets the report's Waivers. doc is nil where
// there is only a saved report: then a waiver of a group or of mailboxes of a sort
// cannot be decided, and waives nothing.
func (g *Gathering) Apply(report *finding.Report, doc *snapshot.Document, mailboxes Mailboxes) error {
	g.report, g.doc, g.mailboxes = report, doc, mailboxes
	collected, err := time.Parse(time.RFC3339, report.Snapshot.CollectedAt)
	if err != nil {
		return err
	}
	g.asOf = DayOf(g.options.Now).Later(DayOf(collected))
	g.matches = make([]*match, len(g.list.Waivers))
	for i := range g.list.Waivers {
		if g.matches[i], err = g.match(&g.list.Waivers[i]); err != nil {
			return err
		}
	}
	if g.failed != nil {
		return g.failed
	}
	for i := range report.Results {
		if err := g.mark(&report.Results[i]); err != nil {
			return err
		}
	}
	report.Waivers = g.summary()
	return nil
}

func (g *Gathering) summary() *finding.Waivers {
	w := &finding.Waivers{File: g.list.File, AsOf: g.asOf.String(), Entries: make([]finding.WaiverStatus, len(g.matches))}
	for i, m := range g.matches {
		w.Entries[i] = finding.WaiverStatus{
			Waiver: m.w.shown(g.list.File), Control: m.w.Control, Scope: m.w.Scope.String(),
			State: m.state, Covers: len(m.keys), Added: m.growth.n, Ways: namesOf(m.growth.ways),
		}
	}
	return w
}

// PinOf pins whom a waiver is about now and in which ways, by its place in the list.
func (g *Gathering) PinOf(entry int) *Pin {
	return newPin(g.report.Tenant.ID, g.matches[entry].keys, g.matches[entry].ways)
}

// Ways are the ways, each once, of what a waiver is about now, by its place in the list.
func (g *Gathering) Ways(entry int) []string { return namesOf(g.matches[entry].ways) }

// namesOf are the names of ways, sorted and each once; nil for none.
func namesOf(ways []way) []string {
	var names []string
	for _, w := range ways {
		names = append(names, w.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Problem says why a waiver cannot be about anything, by its place in the list; it is
// empty where it could.
func (g *Gathering) Problem(entry int) string { return problems[g.matches[entry].problem] }

// problems are the reasons in words.
var problems = map[string]string{
	noControl:      "there is no such control in the report",
	noGroup:        "the snapshot does not know the group",
	ambiguousGroup: "several groups have that name",
	needsSnapshot:  "saved findings do not say who is in a group, or what sort a mailbox is of",
}

// Strip takes the waivers off a report, so that it can be judged by others.
func Strip(report *finding.Report) {
	report.Waivers = nil
	for i := range report.Results {
		violations := report.Results[i].Violations
		for j := range violations {
			violations[j].Waiver = nil
		}
	}
}

// Members lists who has joined since a waiver was accepted, by its place in the
// list; nil where nobody has or nobody can tell who.
func (g *Gathering) Members(entry int) *finding.Members {
	if entry < 0 || entry >= len(g.matches) || g.matches[entry].state != finding.WaiverGrown {
		return nil
	}
	return g.matches[entry].added()
}
