package engine

import (
	"io/fs"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
)

// DefaultTimeout is how long one control may take.
const DefaultTimeout = 2 * time.Minute

// Options say which controls an engine has.
type Options struct {
	// Policies holds the folders controls, lib and benchmarks.
	Policies fs.FS
	// Own are folders with further controls, held to the same rules. Each may
	// have a library of its own, and a schema.json that adds fields to the
	// snapshot's schema. Ids and packages must not be taken.
	Own []string
	// AccessSchema is the JSON Schema of the facts that Input.Access gives, nil for
	// one that says nothing. AccessMessages are the sentences of the steps and
	// reasons in them, by key.
	AccessSchema   []byte
	AccessMessages map[string]string
	// Only and Skip are ids, areas or steps; empty means all and none.
	Only, Skip []string
	// Timeout is how long one control may take, DefaultTimeout if it is 0.
	Timeout time.Duration
}

// An Engine judges snapshots. It does not change, and may judge several at once.
type Engine struct {
	controls []*control
	without  *redaction
	timeout  time.Duration
	// accessMessages are the sentences of the access facts.
	accessMessages map[string]string
}

// A control is one control, ready to run.
type control struct {
	entry finding.Control
	src   *source
	query rego.PreparedEvalQuery
	// parts are what every mailbox must have for the control: mailboxes[].entra.
	parts []string
	// shown are the fields of a mailbox that the control judges.
	shown []path
	// placeholders are the arguments that each of its sentences names.
	placeholders map[string][]string
}

// New loads the controls and makes them ready. What is wrong with a file comes
// back as *LoadError, joined with the others; a wrong name in the options as
// *NameError, names that leave nothing as ErrNoControls.
func New(options Options) (*Engine, error) {
	l := &load{schemaText: snapshot.Schema(), builtins: capabilities()}
	if err := l.read(options); err != nil {
		return nil, err
	}
	if err := l.check(options); err != nil {
		return nil, err
	}
	controls, err := l.choose(options)
	if err != nil {
		return nil, err
	}
	engine := &Engine{controls: controls, without: l.schema.redactions().withoutDeclared(), timeout: options.Timeout, accessMessages: options.AccessMessages}
	if engine.timeout == 0 {
		engine.timeout = DefaultTimeout
	}
	return engine, nil
}

// Controls gives the catalogue entries of the controls that were chosen, by step
// and id.
func (e *Engine) Controls() []finding.Control {
	list := make([]finding.Control, len(e.controls))
	for i, c := range e.controls {
		list[i] = c.entry
	}
	return list
}
