package access

// Comparison is how the doors of a tenant's mailboxes changed between two
// snapshots, mailbox by mailbox.
type Comparison struct {
	// Changes are in the order of the matrix, then of the outcomes.
	Changes []ChangeCount
	// Both is how many mailboxes have doors in both snapshots; Came have them only in
	// the later, Gone only in the earlier: those that were made or removed, or whose
	// accounts were enabled or disabled. A door of theirs counts as not offered where
	// they are not.
	Both, Came, Gone int
}

// Compare says how doors changed from before to after. Mailboxes are the same that
// have the same id.
func Compare(before, after *Survey) *Comparison {
	places := make(map[fingerprint]uint32, len(before.who))
	for i, who := range before.who {
		places[who] = uint32(i)
	}
	c := &Comparison{}
	tally := NewTally()
	add := func(was, is []Outcome, place Place) {
		switch {
		case was != nil && is != nil:
			c.Both++
		case is != nil:
			c.Came++
		case was != nil:
			c.Gone++
		}
		tally.Add(was, is, place)
	}
	for i, who := range after.who {
		var was []Outcome
		if place, ok := places[who]; ok {
			was = before.Outcomes(int(place))
			delete(places, who)
		}
		add(was, after.Outcomes(i), Place{Index: i})
	}
	for i, who := range before.who {
		if place, left := places[who]; left && int(place) == i {
			add(before.Outcomes(i), nil, Place{Index: i, Earlier: true})
		}
	}
	c.Changes = tally.Changes()
	return c
}
