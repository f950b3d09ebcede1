package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/topdown"
)

// A verdict is what became of one control: entries by rule, or what broke.
type verdict struct {
	entries map[string][]entry
	err     error
}

// run evaluates one control. One that breaks, takes too long or says what it must
// not say has its own error and disturbs no other. cache holds what rules and
// functions have given for the brief.
func (e *Engine) run(ctx context.Context, c *control, b *brief, cache topdown.VirtualCache, behind func([]int) (iter.Seq[int], error)) (v verdict) {
	defer func() {
		if problem := recover(); problem != nil {
			v = verdict{err: fmt.Errorf("the control broke: %v", problem)}
		}
	}()
	limited, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	answer, err := c.query.ask(limited, b.input, cache)
	if err != nil {
		return verdict{err: e.explain(limited, err)}
	}
	d := decoder{control: &c.entry, sizes: b.sizes, placeholders: c.placeholders, unsaid: c.unsaid}
	if readsAccess(&c.entry) {
		d.accessMessages, d.behind = e.accessMessages, behind
	}
	v.entries, v.err = d.rules(answer)
	return v
}

// explain makes an error of OPA one for people, with the place in the control.
func (e *Engine) explain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the control did not finish within %s", e.timeout.Round(time.Millisecond))
	}
	var broken *topdown.Error
	if !errors.As(err, &broken) {
		return err
	}
	message := strings.Join(strings.Fields(broken.Message), " ")
	if broken.Location == nil {
		return errors.New(message)
	}
	return fmt.Errorf("%s:%d: %s", broken.Location.File, broken.Location.Row, message)
}
