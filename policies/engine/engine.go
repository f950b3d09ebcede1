package engine

import (
	"io/fs"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// DefaultTimeout is how long one control may take.
const DefaultTimeout = 2 * time.Minute

// Options say which controls an engine has.
type Options struct {
	// Policies holds the folders controls, lib and benchmarks.
	Policies fs.FS
	// Checked says that Policies has been through New without it, as those of a
	// release have in its tests: what takes long and can only find mistakes is left
	// out. It has no effect beside Own.
	Checked bool
	// Own are folders with further controls, held to the same rules. Each may
	// have a library of its own, and a schema.json that adds fields to the
	// snapshot's schema. Ids and packages must not be taken.
	Own []string
	// AccessSchema is the JSON Schema of the facts that Input.Access gives, nil for
	// one that says nothing. AccessMessages are the sentences of the steps and
	// reasons in them, by key.
	AccessSchema   []byte
	AccessMessages map[string]string
	// WaiversSchema is the JSON Schema of the facts that Input.Waivers gives, nil for
	// one that says nothing.
	WaiversSchema []byte
	// Only and Skip are ids, areas or steps; empty means all and none.
	Only, Skip []string
	// Timeout is how long one control may take, DefaultTimeout if it is 0.
	Timeout time.Duration
}

// An Engine judges snapshots. It does not change, and may judge several at once.
type Engine struct {
	sorter
	controls []*control
	timeout  time.Duration
	// accessMessages are the sentences of the access facts.
	accessMessages map[string]string
	// unreduced judges every mailbox by itself, all at once. batchUnits bounds what is
	// judged together, maxAtOnce what a control may see that cannot do with a part; 0
	// stands for the default.
	unreduced             bool
	batchUnits, maxAtOnce int
}

// A control is one control, ready to run.
type control struct {
	entry finding.Control
	src   *source
	query *query
	// parts are what every mailbox must have for the control: mailboxes[].entra.
	parts []string
	// shown are the fields of a mailbox that the control judges.
	shown []path
	// regard is how the control looks at the mailboxes, logs how at the lists in
	// evidence, by what an entry calls a member; nil where it looks at none.
	regard
	logs map[string]*regard
	// unreduced: the control says that it needs every single mailbox.
	unreduced bool
	// seen is the optional evidence of which the control sees by itself that some is
	// missing.
	seen []string
	// placeholders are the arguments that each of its sentences names.
	placeholders map[string][]string
	// unsaid are words of the library that it does not declare, and must not say.
	unsaid []string
}

// New loads the controls and makes them ready. What is wrong with a file comes
// back as *LoadError, joined with the others; a wrong name in the options as
// *NameError, names that leave nothing as ErrNoControls.
func New(options Options) (*Engine, error) {
	return newEngine(options, func(*population.Marks) {})
}

// newEngine is New that tells marked what the schema marks as soon as it is known.
func newEngine(options Options, marked func(*population.Marks)) (*Engine, error) {
	l := &load{
		checked:    options.Checked && len(options.Own) == 0,
		schemaText: snapshot.Schema(), builtins: capabilities(), marked: marked,
	}
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
	engine := &Engine{sorter: sorter{marks: l.marks}, controls: controls, timeout: options.Timeout, accessMessages: options.AccessMessages}
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
