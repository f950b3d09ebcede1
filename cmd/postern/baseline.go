package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// A comparison is a baseline that is being read or judged beside the snapshot.
type comparison struct {
	// rules gets the rules of a snapshot as soon as they were read, and nothing where
	// findings are read or reading fails; then it is closed.
	rules chan engine.Rules
	done  chan struct{}
	old   *judged
	err   error
}

// startBaseline reads a baseline's findings, or judges its snapshot as the other one
// is, by the same controls and declarations. There is nothing to wait for where the
// plan names none.
func startBaseline(ctx context.Context, plan *checkPlan, controls *engine.Loading) *comparison {
	c := &comparison{rules: make(chan engine.Rules, 1), done: make(chan struct{})}
	if plan.baseline == "" {
		close(c.rules)
		close(c.done)
		return c
	}
	input := plan.input
	input.Waivers, input.Keyed, input.SnapshotURI = nil, true, snapshotURI(plan.baseline)
	input.Rules = func(rules engine.Rules) { c.rules <- rules }
	plan.input.Earlier = c.earlier()
	go func() {
		defer close(c.done)
		defer close(c.rules)
		c.old, c.err = plan.judgeFile(ctx, plan.baseline, controls.Check, input)
	}()
	return c
}

// earlier gives the rules of the baseline, and waits for them.
func (c *comparison) earlier() func() *engine.Rules {
	return sync.OnceValue(func() *engine.Rules {
		rules, ok := <-c.rules
		if !ok {
			return nil
		}
		return &rules
	})
}

// Close waits, so that nothing is read any more, and closes the baseline.
func (c *comparison) Close() error {
	<-c.done
	if c.old == nil {
		return nil
	}
	return c.old.Close()
}

// compare lays what has changed on the report.
func (c *comparison) compare(plan *checkPlan, report *finding.Report) error {
	<-c.done
	if c.err != nil {
		return fmt.Errorf("the baseline: %w", c.err)
	}
	if c.old == nil {
		return nil
	}
	report.FailOnNew = plan.failOnNew
	err := drift.Compare(report, c.old.report)
	var other *drift.TenantError
	if errors.As(err, &other) {
		return usageErrorf("compare a tenant with its own past", "%w", err)
	}
	return err
}
