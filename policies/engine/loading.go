package engine

import (
	"context"
	"sync"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// A Loading is an engine on its way. It may judge snapshots already: they are read
// and sorted while the controls load.
type Loading struct {
	// marked is closed when marks are there, or never will be.
	marked chan struct{}
	marks  *population.Marks
	// done is closed when the engine is there, or why there is none.
	done   chan struct{}
	engine *Engine
	err    error
}

// Start begins to load the controls as New does. Whoever starts a loading should
// call Engine or Check: both wait for it to end.
func Start(options Options) *Loading {
	l := &Loading{marked: make(chan struct{}), done: make(chan struct{})}
	known := sync.OnceFunc(func() { close(l.marked) })
	go func() {
		defer close(l.done)
		defer known()
		l.engine, l.err = newEngine(options, func(marks *population.Marks) {
			l.marks = marks
			known()
		})
	}()
	return l
}

// Engine waits for the engine, or gives New's error.
func (l *Loading) Engine() (*Engine, error) {
	<-l.done
	return l.engine, l.err
}

// Check is that of the engine. Where the controls do not load it gives New's error,
// whatever is wrong with the snapshot, of which it reads no more.
func (l *Loading) Check(ctx context.Context, in Input) (*finding.Report, error) {
	<-l.marked
	if l.marks == nil {
		_, err := l.Engine()
		return nil, err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		if _, err := l.Engine(); err != nil {
			stop()
		}
	}()
	p, failed := (&sorter{marks: l.marks}).prepare(reading, in)
	engine, err := l.Engine()
	switch {
	case err != nil:
		return nil, err
	case failed != nil:
		return nil, failed
	}
	return engine.judge(ctx, p)
}
