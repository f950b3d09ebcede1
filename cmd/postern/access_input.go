package main

import (
	"context"
	"errors"
	"io"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
)

// writeInput writes what controls judge, for plain OPA.
func (a *app) writeInput(ctx context.Context, p *accessPlan) (err error) {
	judge, err := loadControls(controlOptions(nil))
	if err != nil {
		return err
	}
	file, err := snapshot.Open(p.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	in := engine.Input{Read: attestedRead(p.attested, file.Stream), Text: file, Access: access.NewGathering(p.options), Declarations: p.declared}
	for i := range p.outputs {
		p.outputs[i].format = "input"
	}
	return a.writeOutputs(p.outputs, func(_ string, w io.Writer, _ bool) error { return judge.WriteInput(ctx, w, in) })
}
