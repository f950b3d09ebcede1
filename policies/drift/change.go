package drift

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/phrase"
)

// Class says what a change means for the mail.
type Class string

// The classes.
const (
	// Weakened: less stands in the way to the mail than before.
	Weakened Class = "weakened"
	// Lost: evidence is gone, so that nobody can tell what became of it.
	Lost Class = "lost"
	// Changed: something is otherwise, and by itself neither better nor worse.
	Changed Class = "changed"
	// Strengthened: more stands in the way.
	Strengthened Class = "strengthened"
)

// Classes lists all classes, the gravest first.
func Classes() []Class { return []Class{Weakened, Lost, Changed, Strengthened} }

// A Change is one thing that happened between two snapshots.
type Change struct {
	Class Class `json:"class"`
	// Area is one of Areas.
	Area string `json:"area"`
	// Text says it in words, in English, without a full stop; In says it in another
	// language. Names from the tenant stand in 'single quotes': hostile text.
	Text string `json:"text"`
	said phrase.Phrase
	// Before and After are where it stands in both snapshots, nil where it does not.
	Before *Place `json:"before,omitzero"`
	After  *Place `json:"after,omitzero"`
}

// A Place is a place in a snapshot.
type Place struct {
	Pointer string `json:"pointer"`
	Line    int    `json:"line,omitzero"`
}

// Areas lists what changes are about, in the order in which they are told.
func Areas() []string {
	return []string{
		"doors", "findings", "evidence", "federation", "exchange", "conditional access", "sign-on policy", "zones",
		"groups", "mailboxes", "other configuration",
	}
}

// A Diff is what happened between two snapshots of one tenant.
type Diff struct {
	Tenant finding.Tenant       `json:"tenant"`
	Before finding.SnapshotInfo `json:"before"`
	After  finding.SnapshotInfo `json:"after"`
	// Changes are by area, the gravest first.
	Changes []Change `json:"changes"`
	// Dated counts the objects that only carry a new date or link.
	Dated int `json:"dated,omitzero"`
	// FindingsOnly says that reports were compared without their snapshots, so that
	// nothing is said of the configuration.
	FindingsOnly bool `json:"findings_only,omitzero"`
}

// Has reports whether a change of the class is among them.
func (d *Diff) Has(class Class) bool {
	return slices.ContainsFunc(d.Changes, func(c Change) bool { return c.Class == class })
}

// Count counts the changes of a class.
func (d *Diff) Count(class Class) int {
	n := 0
	for i := range d.Changes {
		if d.Changes[i].Class == class {
			n++
		}
	}
	return n
}

// sort puts the changes into their order.
func (d *Diff) sort() {
	if d.Changes == nil {
		d.Changes = []Change{}
	}
	slices.SortStableFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Areas(), a.Area), slices.Index(Areas(), b.Area)),
			cmp.Compare(slices.Index(Classes(), a.Class), slices.Index(Classes(), b.Class)),
		)
	})
}

// change is one thing that happened, in English and for In.
func change(class Class, area string, said phrase.Phrase) Change {
	return Change{Class: class, Area: area, Text: english().Say(said), said: said}
}

func mailboxes(n int) phrase.Phrase { return phrase.Of("mailboxes", "n", n) }

// wasIs says what something was and is.
func wasIs(what, was, is any) phrase.Phrase {
	return phrase.Of("was_is", "what", what, "was", was, "is", is)
}

// spoken makes words of a name such as conditional_access_policies.
func spoken(name string) string { return strings.ReplaceAll(name, "_", " ") }
