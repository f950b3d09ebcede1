package collectors

import (
	"context"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// EventKind says what an Event tells.
type EventKind string

// The kinds of events.
const (
	// Started: a resource is being read.
	Started EventKind = "started"
	// Paged: one more page, or one more object of a resource that has no pages.
	Paged EventKind = "paged"
	// Waiting: nothing happens for Wait, and Reason says why.
	Waiting EventKind = "waiting"
	// Ended: a resource ended; Status and Code say how.
	Ended EventKind = "ended"
	// Restored: a resource was taken from the earlier, cut-off collection.
	Restored EventKind = "restored"
)

// Event tells how far a collection is. The totals are those of the whole run.
type Event struct {
	Kind      EventKind
	Collector string
	// Resource is empty for a wait that belongs to none: a login.
	Resource string
	// Pages and Items of this resource, so far.
	Pages, Items int
	// Wait and Reason of a Waiting event.
	Wait   time.Duration
	Reason string
	// Status and Code of an Ended event.
	Status snapshot.Status
	Code   string
	// Done of Total resources have ended; Mailboxes were read so far.
	Done, Total, Mailboxes int
}

// recorderKey finds the Recorder in a context.
type recorderKey struct{}

// Wait tells whoever watches the run that the request with this context waits.
// It is what a transport calls; outside a run it does nothing.
func Wait(ctx context.Context, wait time.Duration, reason string) {
	if r, ok := ctx.Value(recorderKey{}).(*Recorder); ok {
		r.board.tell(r.entry, Event{Kind: Waiting, Wait: wait, Reason: reason})
	}
}
