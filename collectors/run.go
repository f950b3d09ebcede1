package collectors

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Options says what a run is about.
type Options struct {
	// Source goes into the ledger: live.
	Source string
	// Tenant is what is known of the tenant beforehand. What Entra says about it
	// fills the rest; that it is another tenant is an error.
	Tenant snapshot.Tenant
	// Evidence is how far back logs are read.
	Evidence time.Duration
	// Skip says why a resource is left out, "" if it is not; nil leaves out none.
	Skip func(resource string) string
	// Store keeps finished resources and gives back those of an earlier run; nil
	// keeps nothing.
	Store *Store
	// Progress is told what happens, one event at a time, from several
	// goroutines. It must return soon and must not call back into the run.
	Progress func(Event)
	// Now replaces the clock; nil is the real one.
	Now func() time.Time
}

// Result is what a run brought in.
type Result struct {
	// Snapshot is the document without its mailboxes.
	Snapshot *snapshot.Snapshot
	// Canceled says that the context ended before everything was asked for: the
	// run can be resumed.
	Canceled bool

	mailboxes iter.Seq2[*snapshot.Mailbox, error]
	count     int
}

// Mailboxes walks the joined mailboxes, sorted by id; it makes them one at a
// time. It is nil when mailboxes were not collected, which is not the same as
// none.
func (r *Result) Mailboxes() iter.Seq2[*snapshot.Mailbox, error] { return r.mailboxes }

// MailboxCount is how many mailboxes there are to walk.
func (r *Result) MailboxCount() int { return r.count }

// Run runs all collectors at the same time and waits for them. What goes wrong
// with a service or a resource stands in the ledger of the result; an error of
// Run itself means that there is no result: collectors that do not fit together,
// or an answer for another tenant than the one that was asked for.
func Run(ctx context.Context, list []Collector, o Options) (*Result, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	b, err := newBoard(list, o)
	if err != nil {
		return nil, err
	}
	var wg sync.WaitGroup
	for _, c := range list {
		wg.Go(func() {
			err := guarded(func() error { return c.Collect(ctx, &Sink{board: b, collector: c.Name()}) })
			if err == nil {
				err = stopped(ctx)
			}
			b.endRest(c.Name(), err)
		})
	}
	wg.Wait()
	return b.result(ctx, o)
}

// startOf is when the collection began, in its first run.
func (o *Options) startOf() time.Time {
	if o.Store != nil {
		return o.Store.Started()
	}
	return o.Now()
}

func newBoard(list []Collector, o Options) (*board, error) {
	if _, err := checkOffers(list); err != nil {
		return nil, err
	}
	started := o.startOf()
	b := &board{
		now: o.Now, started: started, watcher: o.Progress, store: o.Store, cards: newCards(), entries: make(map[string]*entry),
		window: snapshot.Window{Since: snapshot.NewInstant(started.Add(-o.Evidence)), Until: snapshot.NewInstant(started)},
	}
	for _, c := range list {
		for _, offer := range c.Offers() {
			b.entries[offer.Name] = &entry{
				offer: offer, collector: c.Name(), counts: make(map[string]int),
				sections: make(map[string]jsontext.Value), ended: make(chan struct{}),
			}
		}
	}
	if o.Skip != nil {
		b.skip(o.Skip)
	}
	return b, nil
}

// skip ends the resources that are left out before anything starts.
func (b *board) skip(reason func(string) string) {
	for _, e := range b.sorted() {
		if why := reason(e.offer.Name); why != "" {
			b.gap(e, &Error{Code: CodeNotRequested, Problem: why})
			b.end(e)
		}
	}
}

// sorted lists the resources by name.
func (b *board) sorted() []*entry {
	list := make([]*entry, 0, len(b.entries))
	for _, e := range b.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y *entry) int { return strings.Compare(x.offer.Name, y.offer.Name) })
	return list
}

// result makes the document of what came in. All resources have ended.
func (b *board) result(ctx context.Context, o Options) (*Result, error) {
	s := &snapshot.Snapshot{
		Version:     snapshot.Version,
		CollectedAt: snapshot.NewInstant(b.started),
		Tenant:      o.Tenant,
		Collection:  snapshot.Collection{Source: o.Source},
	}
	entries := b.sorted()
	if err := assemble(s, entries); err != nil {
		return nil, fmt.Errorf("assemble the snapshot: %w", err)
	}
	if id, other := otherTenant(o.Tenant, s.Entra); other {
		return nil, fmt.Errorf("the credentials belong to tenant %s, and tenant %s was asked for; nothing was kept", id, o.Tenant.ID)
	}
	describe(&s.Tenant, s.Entra)

	lines := make([]snapshot.Resource, len(entries))
	byPath := make(map[string]*snapshot.Resource)
	read := make(coverage)
	for i, e := range entries {
		lines[i] = e.line
		for _, path := range e.offer.Paths {
			byPath[path] = &lines[i]
			if !read.some(path) {
				read[path] = e.line.Status
			}
		}
	}
	b.cards.crossCheck(byPath, read)
	s.Collection.Resources = lines
	if read.some(pathWindow) {
		b.setWindow(s)
	}
	r := &Result{Snapshot: s, Canceled: ctx.Err() != nil}
	if read.some(pathMailboxes) {
		r.mailboxes, r.count = b.cards.mailboxesBy(read), b.cards.mailboxes
	}
	return r, nil
}

func (b *board) setWindow(s *snapshot.Snapshot) {
	if s.Evidence == nil {
		s.Evidence = &snapshot.Evidence{}
	}
	window := b.window
	s.Evidence.Window = &window
}
