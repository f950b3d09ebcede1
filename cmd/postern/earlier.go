package main

import (
	"sync"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
)

// An earlier hands the rules of the earlier of two snapshots to whoever judges the
// later one, while both are read side by side.
//
// The reading of the later snapshot waits for them, and the census with it, and the
// reading of the earlier one waits for the census after some mailboxes. So nobody may
// wait for rules that stand behind the earlier mailboxes: those are read by themselves.
type earlier struct {
	alone snapshotReader
	told  chan engine.Rules
	// passed is closed when the rules have been told, or will not be in time.
	passed chan struct{}
	pass   func()
}

// newEarlier is for the earlier snapshot, which alone reads.
func newEarlier(alone snapshotReader) *earlier {
	e := &earlier{alone: alone, told: make(chan engine.Rules, 1), passed: make(chan struct{})}
	e.pass = sync.OnceFunc(func() { close(e.passed) })
	return e
}

// tell is the Rules of the input that the earlier snapshot is judged by. Whoever
// judges it reads by watch, and calls pass when that is over.
func (e *earlier) tell(rules engine.Rules) {
	e.told <- rules
	e.pass()
}

func (e *earlier) watch(read snapshotReader) snapshotReader {
	return func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return read(func(record *snapshot.Record) error {
			err := visit(record)
			if record.List == "" && record.Index == 0 {
				e.pass()
			}
			return err
		})
	}
}

// rules is the Earlier of the input that the later snapshot is judged by. Where the
// earlier one cannot be read there are none: whoever judges it says why.
func (e *earlier) rules() func() *engine.Rules {
	return sync.OnceValue(func() *engine.Rules {
		<-e.passed
		select {
		case rules := <-e.told:
			return &rules
		default:
		}
		doc, err := e.alone(nil)
		if err != nil {
			return nil
		}
		rules, err := engine.RulesOf(doc)
		if err != nil {
			return nil
		}
		return &rules
	})
}
