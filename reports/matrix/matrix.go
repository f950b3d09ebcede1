// Package matrix draws who can reach the mail how: protocols by methods, each
// closed, open to a second factor or open without one, and where the lock sits. It
// draws one matrix, or two side by side with what changed between them, as text,
// Markdown and as a picture (SVG).
//
// The picture stands alone: no script, no font, no address. It says in words and
// with a symbol what it says in colour.
//
// It must not know how a matrix is worked out, nor what is wanted of it: it finds
// nothing good or bad.
package matrix

import (
	"cmp"
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
)

// Options say how a matrix is shown, never what it says. The zero value is English
// and good for a file.
type Options struct {
	// Language is en or nl; anything else stands for en.
	Language string
	// Title is the heading; empty stands for one that suits any tenant. Subtitle
	// stands below it. Both may come from the tenant: hostile text.
	Title, Subtitle string
	// Warning stands above the matrix: what was not collected, so that nobody takes a
	// picture for the whole. It may come from the snapshot: hostile text.
	Warning string
	// Before and After are what stands above the two matrices of a pair, such as the
	// times of their snapshots.
	Before, After string
	// Changes are what changed mailbox by mailbox in a pair, nil where only the two
	// matrices are known. They are drawn with their head counts.
	Changes []Change

	// Fragment is for SVG within an HTML page: no XML prolog, no background, and no
	// style, which the page takes once from Style.
	Fragment bool
	// ID begins the ids in the picture, which must differ within a page; empty stands
	// for access-matrix.
	ID string

	// Color switches ANSI colours on in text; Width is how many columns it takes, 0
	// stands for 80.
	Color bool
	Width int
}

// Change is a number of mailboxes for which a door came out otherwise than before.
type Change struct {
	Protocol string `json:"protocol"`
	Method   string `json:"method"`
	// Before and After differ. An absent mailbox counts as not offered.
	Before    finding.AccessOutcome `json:"before"`
	After     finding.AccessOutcome `json:"after"`
	Mailboxes int                   `json:"mailboxes"`
}

// Opened reports that somebody can get in without a second factor, or may, who
// could not before.
func (c Change) Opened() bool { return !loose(c.Before) && loose(c.After) }

// Shut reports the opposite of Opened.
func (c Change) Shut() bool { return loose(c.Before) && !loose(c.After) }

func loose(o finding.AccessOutcome) bool {
	return o == finding.AccessOpen || o == finding.AccessUndecided
}

// drift is what changed in one square.
type drift struct {
	// known: head counts are.
	known               bool
	opened, shut, other int
	// worse and better compare the squares where no head counts are known.
	worse, better bool
}

// changed reports whether anything did.
func (d drift) changed() bool { return d.opened+d.shut+d.other > 0 || d.worse || d.better }

// driftOf compares a square with the one before.
func (o *Options) driftOf(before, after finding.AccessCell) drift {
	if o.Changes == nil {
		outcomes := finding.AccessOutcomes()
		was, is := slices.Index(outcomes, before.Worst), slices.Index(outcomes, after.Worst)
		return drift{worse: is > was, better: is < was}
	}
	d := drift{known: true}
	for _, c := range o.Changes {
		if c.Protocol != after.Protocol || c.Method != after.Method {
			continue
		}
		switch {
		case c.Opened():
			d.opened += c.Mailboxes
		case c.Shut():
			d.shut += c.Mailboxes
		default:
			d.other += c.Mailboxes
		}
	}
	return d
}

// worstCount is how many mailboxes have the square's worst outcome.
func worstCount(c finding.AccessCell) int {
	for _, n := range c.Counts {
		if n.Outcome == c.Worst {
			return n.Mailboxes
		}
	}
	return 0
}

// union gives the rows or columns of both matrices: those of the second, then
// those that only the first has.
func union(before, after []finding.AccessTerm) []finding.AccessTerm {
	list := slices.Clone(after)
	for _, term := range before {
		if !slices.ContainsFunc(list, func(t finding.AccessTerm) bool { return t.ID == term.ID }) {
			list = append(list, term)
		}
	}
	return list
}

// square is the cell of a protocol and a method, not offered where a matrix of
// another time does not know it.
func square(m *finding.AccessMatrix, protocol, method string) finding.AccessCell {
	if c, ok := m.Cell(protocol, method); ok {
		return c
	}
	return finding.AccessCell{Protocol: protocol, Method: method, Worst: finding.AccessNotOffered}
}

func (o *Options) id() string { return cmp.Or(o.ID, "access-matrix") }
