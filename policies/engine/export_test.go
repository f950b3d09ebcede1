package engine

import "fmt"

// EveryMailbox gives an engine that judges every single mailbox, all at once, as
// if no two looked alike.
func (e *Engine) EveryMailbox() *Engine {
	every := *e
	every.unreduced = true
	return &every
}

// KeepClasses gives an engine that keeps only so many classes in memory.
func (e *Engine) KeepClasses(n int) *Engine {
	few := *e
	few.maxClasses = n
	return &few
}

// InBatches gives an engine that judges so many at once, where it may.
func (e *Engine) InBatches(n int) *Engine {
	small := *e
	small.batchUnits = n
	return &small
}

// AtMostAtOnce gives an engine in which a control may see so many different
// mailboxes at once.
func (e *Engine) AtMostAtOnce(n int) *Engine {
	small := *e
	small.maxAtOnce = n
	return &small
}

// NeedsEveryMailbox lists the controls that cannot do with mailboxes that look
// alike as one, with the place that stands against it.
func (e *Engine) NeedsEveryMailbox() map[string]string {
	list := map[string]string{}
	for _, c := range e.controls {
		switch {
		case c.unreduced:
			list[c.entry.ID] = "it says so"
		case !c.scale.distinct:
			list[c.entry.ID] = c.scale.because.String()
		case c.unordered != nil:
			list[c.entry.ID] = "instants: " + c.unordered.String()
		}
	}
	return list
}

// LogScales says of each control how it has to see the rows of a log: the first is
// Entra's, the second Okta's.
func (e *Engine) LogScales(number int) map[string]string {
	list := map[string]string{}
	log := logs()[number]
	for _, c := range e.controls {
		r := c.logs[log.entry]
		switch {
		case r == nil || !r.reads:
			list[c.entry.ID] = "not"
		case r.each(e, c):
			list[c.entry.ID] = "every one"
		case c.splits(e, log):
			list[c.entry.ID] = "in parts"
		case r.scale.joined:
			list[c.entry.ID] = "joined"
		case r.scale.alone:
			list[c.entry.ID] = "with others together"
		default:
			list[c.entry.ID] = "together"
		}
	}
	return list
}

// NeedsAllAtOnce lists the controls that cannot see mailboxes in parts.
func (e *Engine) NeedsAllAtOnce() []string {
	var list []string
	for _, c := range e.controls {
		if !c.scale.alone {
			list = append(list, c.entry.ID)
		}
	}
	return list
}

// Views says of each control what it sees of a mailbox, and of the rows of logs.
func (e *Engine) Views() map[string]string {
	list := map[string]string{}
	for _, c := range e.controls {
		list[c.entry.ID] = fmt.Sprint(c.sees.key(), c.parts, c.shown, c.unordered, c.scale.distinct, c.unsaid, c.placeholders)
		for _, log := range logs() {
			if r := c.logs[log.entry]; r != nil && r.reads {
				list[c.entry.ID] += fmt.Sprint(log.entry, r.sees.key(), r.unordered, r.each(e, c), c.splits(e, log))
			}
		}
	}
	return list
}
