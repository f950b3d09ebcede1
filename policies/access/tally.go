package access

import "slices"

// Class is the number of the class that a mailbox is in; ok is false when none like
// it was gathered, or nobody can sign in to it.
func (a *Accumulator) Class(m *Mailbox) (n int, ok bool) {
	if m.leftOut() != "" {
		return 0, false
	}
	a.key = a.engine.key(a.key[:0], m)
	c := a.byKey[string(a.key)]
	if c == nil {
		return 0, false
	}
	return c.number, true
}

// Outcomes gives what becomes of each door of a class, in the order of the matrix:
// by protocol, then by method. The result has to come from the accumulator that
// gave the number.
func (r *Result) Outcomes(class int) []Outcome { return r.outcomes[class] }

// Tally counts how doors changed between two snapshots, mailbox by mailbox.
type Tally struct {
	changes map[Change]*ChangeCount
}

// Change is a way in which a door changed. NotOffered on one side also stands for
// a mailbox that is not there.
type Change struct {
	Protocol      Protocol
	Method        Method
	Before, After Outcome
}

// Shut reports that nobody gets in without a second factor any more who did before,
// or may have.
func (c Change) Shut() bool { return c.Before.loose() && !c.After.loose() }

func (o Outcome) loose() bool { return o == Open || o == Undecided }

// NewTally makes an empty tally.
func NewTally() *Tally { return &Tally{changes: make(map[Change]*ChangeCount)} }

// Add counts one mailbox, by the outcomes of its doors. before or after is nil when
// it is not there. place is where it stands, in the later snapshot if it does.
func (t *Tally) Add(before, after []Outcome, place Place) {
	at := func(list []Outcome, i int) Outcome {
		if list == nil {
			return NotOffered
		}
		return list[i]
	}
	i := 0
	for _, p := range Protocols() {
		for _, m := range Methods() {
			c := Change{p, m, at(before, i), at(after, i)}
			if c.Before != c.After {
				t.count(c, place)
			}
			i++
		}
	}
}

func (t *Tally) count(c Change, place Place) {
	n := t.changes[c]
	if n == nil {
		n = &ChangeCount{Change: c, First: place}
		t.changes[c] = n
	}
	n.Mailboxes++
}

// ChangeCount is a number of mailboxes.
type ChangeCount struct {
	Change
	Mailboxes int
	// First is the place of the first of them.
	First Place
}

// Place is a mailbox's place in one of two snapshots.
type Place struct {
	Index int
	// Earlier: it stands in the earlier snapshot alone.
	Earlier bool
}

// Changes lists what changed, in the order of the matrix, then of the outcomes.
func (t *Tally) Changes() []ChangeCount {
	var list []ChangeCount
	for _, p := range Protocols() {
		for _, m := range Methods() {
			for _, before := range Outcomes() {
				for _, after := range slices.Backward(Outcomes()) {
					c := Change{p, m, before, after}
					if n := t.changes[c]; n != nil {
						list = append(list, *n)
					}
				}
			}
		}
	}
	return list
}
