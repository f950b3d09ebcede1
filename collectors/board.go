package collectors

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// board is the state of one run: a line for each offered resource, the values
// that came in, and the rows to be joined.
type board struct {
	now     func() time.Time
	started time.Time // the collection, in its first run
	window  snapshot.Window
	watcher func(Event)
	store   *Store
	entries map[string]*entry

	mu    sync.Mutex // guards what follows, and the entries until they end
	done  int
	cards *cards
}

// entry is one resource.
type entry struct {
	offer     Offer
	collector string
	started   bool
	pages     int
	items     int
	touched   bool  // something was read
	gap       error // the first one
	gaps      int
	counts    map[string]int
	sections  map[string]jsontext.Value
	spool     *spool

	line  snapshot.Resource // complete once ended is closed
	ended chan struct{}
}

func (e *entry) over() bool {
	select {
	case <-e.ended:
		return true
	default:
		return false
	}
}

// declared tells whether a collector said that it needs a resource.
func (b *board) declared(collector, name string) bool {
	for _, e := range b.entries {
		if e.collector == collector && slices.Contains(e.offer.After, name) {
			return true
		}
	}
	return false
}

// start opens a resource; false when it has ended already.
func (b *board) start(e *entry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return false
	}
	e.started = true
	e.spool = b.store.spool(e.offer.Name)
	b.tellLocked(e, Event{Kind: Started})
	return true
}

func (b *board) set(e *entry, path string, value jsontext.Value) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return
	}
	e.touched = true
	e.sections[path] = value
	e.spool.set(path, value)
}

func (b *board) add(e *entry, rows []Row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return
	}
	e.touched = e.touched || len(rows) > 0
	for _, row := range rows {
		b.cards.add(row)
		e.spool.add(row)
	}
}

func (b *board) page(e *entry, pages, items int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return
	}
	e.pages += pages
	e.items += items
	e.touched = e.touched || items > 0
	b.tellLocked(e, Event{Kind: Paged})
}

func (b *board) count(e *entry, name string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !e.over() {
		e.counts[name] += n
	}
}

func (b *board) gap(e *entry, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return
	}
	e.gaps++
	if e.gap == nil {
		e.gap = err
	}
}

// end writes the resource's line. Ending twice changes nothing.
func (b *board) end(e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return
	}
	e.line = b.lineOf(e)
	e.spool.end(e.line)
	b.closeLocked(e, Ended)
}

func (b *board) closeLocked(e *entry, kind EventKind) {
	close(e.ended)
	b.done++
	b.tellLocked(e, Event{Kind: kind, Status: e.line.Status, Code: e.line.Code})
}

// lineOf says how a resource ended.
func (b *board) lineOf(e *entry) snapshot.Resource {
	line := blankLine(e.offer)
	at := snapshot.NewInstant(b.now())
	line.CollectedAt = &at
	line.Status = snapshot.Collected
	if e.gap != nil {
		line.Status, line.Code, line.Message = statusOf(e.gap), CodeOf(e.gap), textOf(e.gap)
		if line.Code == CodeCanceled && !e.started {
			line.Status = snapshot.Skipped
		}
		if e.touched {
			line.Status = snapshot.Partial
		}
		if e.gaps > 1 {
			e.counts["gaps"] = e.gaps
		}
	}
	if line.Status == snapshot.Collected || line.Status == snapshot.Partial {
		items := e.items
		line.Items = &items
	}
	if len(e.counts) > 0 {
		line.Counts = e.counts
	}
	return line
}

func blankLine(o Offer) snapshot.Resource {
	return snapshot.Resource{Name: o.Name, Endpoint: o.Endpoint, Permission: o.Permission, Paths: o.Paths}
}

// restore takes a resource from the store; false when it is not there whole.
func (b *board) restore(e *entry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.over() {
		return true
	}
	kept, err := b.store.load(e.offer.Name, nil)
	if err != nil {
		return false // what cannot be read whole is asked for again
	}
	_, err = b.store.load(e.offer.Name, b.cards.add)
	if err != nil {
		return false
	}
	e.sections = kept.sections
	e.line = kept.line
	if kept.line.Items != nil {
		e.items = *kept.line.Items
	}
	e.touched = true
	b.closeLocked(e, Restored)
	return true
}

// endRest ends what a collector left open, with its error or without one.
func (b *board) endRest(collector string, err error) {
	if err == nil {
		err = &Error{Code: CodeInternal, Problem: "the collector ended without reporting this; please report it"}
	}
	for _, e := range b.entries {
		if e.collector != collector || e.over() {
			continue
		}
		if b.store.has(e.offer.Name) && b.restore(e) {
			continue
		}
		b.gap(e, err)
		b.end(e)
	}
}

// endUnstarted ends what a collector has not begun to read.
func (b *board) endUnstarted(collector string, err error) {
	for _, e := range b.entries {
		if e.collector == collector && !b.begun(e) {
			b.gap(e, err)
			b.end(e)
		}
	}
}

func (b *board) begun(e *entry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return e.started
}

// tell adds the totals to an event and passes it on.
func (b *board) tell(e *entry, event Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellLocked(e, event)
}

func (b *board) tellLocked(e *entry, event Event) {
	if b.watcher == nil {
		return
	}
	event.Collector, event.Resource = e.collector, e.offer.Name
	event.Pages, event.Items = e.pages, e.items
	event.Done, event.Total, event.Mailboxes = b.done, len(b.entries), b.cards.mailboxes
	b.watcher(event)
}

// clean makes a text fit for one line of the ledger. Errors of the transport are
// redacted already; this is against line ends and direction marks in the others.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		default:
			return -1
		}
	}, text)
	const limit = 600
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return strings.TrimSpace(text)
}
