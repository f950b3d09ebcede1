package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// progress shows how far a collection is: a bar on a terminal, a line for each
// resource elsewhere, nothing when quiet.
type progress struct {
	app *app
	mu  sync.Mutex
	bar *progressbar.ProgressBar
	// pages are read so far, over all resources.
	pages int
}

func newProgress(a *app) *progress { return &progress{app: a} }

// event is told what happens.
func (p *progress) event(e collectors.Event) {
	if p.app.quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Kind == collectors.Paged {
		p.pages++
	}
	if p.app.errTerminal {
		p.draw(e)
		return
	}
	switch e.Kind {
	case collectors.Ended, collectors.Restored:
		fmt.Fprintln(p.app.err, printable(line(e)))
	case collectors.Waiting:
		if e.Wait >= 5*time.Second {
			fmt.Fprintln(p.app.err, printable(fmt.Sprintf("%s: waiting %s (%s)", e.Resource, e.Wait.Round(time.Second), e.Reason)))
		}
	}
}

// line is what is said of a resource that ended.
func line(e collectors.Event) string {
	text := fmt.Sprintf("[%d/%d] %s: %s", e.Done, e.Total, e.Resource, e.Status)
	switch {
	case e.Kind == collectors.Restored:
		text += ", from the collection before"
	case e.Status == snapshot.Collected:
		text += ", " + counted(e.Items, "item")
	case e.Code != "" && e.Code != string(e.Status):
		text += " (" + e.Code + ")"
	}
	return text
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

func boxes(n int) string {
	if n == 1 {
		return "1 mailbox"
	}
	return fmt.Sprintf("%d mailboxes", n)
}

func (p *progress) draw(e collectors.Event) {
	if p.bar == nil {
		p.bar = progressbar.NewOptions(e.Total,
			progressbar.OptionSetWriter(p.app.err), progressbar.OptionSetWidth(24), progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(65*time.Millisecond))
	}
	text := fmt.Sprintf("collecting: %d pages, %d mailboxes", p.pages, e.Mailboxes)
	if e.Kind == collectors.Waiting {
		text += fmt.Sprintf(", waiting %s (%s)", e.Wait.Round(time.Second), e.Reason)
	}
	p.bar.Describe(text)
	_ = p.bar.Set(e.Done) // drawing is not worth stopping for
}

// finish takes the bar away.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
