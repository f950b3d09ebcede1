package engine

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
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
// *NameError.
func New(options Options) (*Engine, error) {
	l := &load{schemaText: snapshot.Schema(), builtins: capabilities()}
	if err := l.read(options); err != nil {
		return nil, err
	}
	controls, err := l.controls(options)
	if err != nil {
		return nil, err
	}
	engine := &Engine{controls: controls, without: l.schema.redactions().withoutDeclared(), timeout: options.Timeout}
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

// A load is what New works on.
type load struct {
	found      problems
	builtins   *ast.Capabilities
	schemaText []byte
	sources    []*source
	overlays   []*overlay
	schema     *inputSchema
	// byTopic is the library, library the names of its topics and of their rules,
	// as topic and topic.rule.
	byTopic map[string]*unit
	library map[string]bool
}

// read finds and parses all files.
func (l *load) read(options Options) error {
	if options.Policies == nil {
		return errors.New("load the controls: no policies were given")
	}
	var err error
	if l.sources, err = readPolicies(options.Policies); err != nil {
		return err
	}
	for _, folder := range options.Own {
		sources, schema, err := readOwn(folder)
		if err != nil {
			return err
		}
		l.sources = append(l.sources, sources...)
		if schema != nil {
			l.overlays = append(l.overlays, schema)
		}
	}
	if l.schema, err = newInputSchema(l.schemaText, l.overlays); err != nil {
		return err
	}
	parse(l.sources, l.builtins, &l.found)
	return l.found.err()
}

// controls checks, compiles and chooses.
func (l *load) controls(options Options) ([]*control, error) {
	all := l.sort()
	l.checkShapes(all)
	known := map[string]bool{}
	for _, c := range all {
		known[c.entry.ID] = true
	}
	answered, err := mappings(options.Policies, known, &l.found)
	if err != nil {
		return nil, err
	}
	if err := l.found.err(); err != nil {
		return nil, err
	}
	compiler := compile(l.sources, l.builtins, l.schema, &l.found)
	if err := l.found.err(); err != nil {
		return nil, err
	}
	chosen, err := choose(all, options.Only, options.Skip)
	if err != nil {
		return nil, err
	}
	sortControls(chosen)
	for _, c := range chosen {
		c.entry.Mappings = answered[c.entry.ID]
		if c.query, err = prepare(context.Background(), compiler, c.src); err != nil {
			return nil, err
		}
	}
	return chosen, nil
}

// sort tells controls from the library, and reads the controls' metadata. A
// control is one file; a topic of the library may span several of one origin.
func (l *load) sort() []*control {
	l.byTopic, l.library = map[string]*unit{}, map[string]bool{}
	taken := map[string]*source{}
	ids := map[string]*source{}
	var all []*control
	for _, src := range l.sources {
		name := packageName(src.module)
		_, isTopic := topicPackage(packageOf(src.module))
		if first := taken[name]; first != nil && !(isTopic && first.own == src.own) {
			l.found.at(src.module.Package.Location, "choose another name", "the package %s is already that of %s", name, first.file)
			continue
		}
		taken[name] = src
		if area, slug, ok := controlPackage(packageOf(src.module)); ok {
			m := &metadata{src: src, found: &l.found}
			c := &control{entry: m.control(area, slug), src: src}
			if first := ids[c.entry.ID]; first != nil && c.entry.ID != "" {
				m.problem(m.row("custom", "id"), "choose another id", "the id %s is already that of %s", c.entry.ID, first.file)
			}
			ids[c.entry.ID] = src
			all = append(all, c)
			continue
		}
		topic, ok := topicPackage(packageOf(src.module))
		if !ok {
			l.found.at(src.module.Package.Location, "a control is controls.<area>.<slug>, a library lib.<topic>", "the package %s is neither a control nor a library", name)
			continue
		}
		l.addTopic(topic, src)
	}
	return all
}

func (l *load) addTopic(topic string, src *source) {
	u := l.byTopic[topic]
	if u == nil {
		u = newUnit("lib." + topic)
		l.byTopic[topic] = u
		l.library[topic] = true
	}
	u.add(src.module)
	for name := range u.rules {
		l.library[topic+"."+name] = true
	}
}

// checkShapes holds every module to the rules for what it is.
func (l *load) checkShapes(all []*control) {
	for _, src := range l.sources {
		if _, ok := topicPackage(packageOf(src.module)); ok {
			(&shape{src: src, found: &l.found, library: l.library}).topic()
		}
	}
	for _, c := range all {
		(&shape{src: c.src, found: &l.found, library: l.library}).control(c.entry.EvidenceOnly)
		if c.src.block == nil {
			continue
		}
		own := newUnit(packageName(c.src.module))
		own.add(c.src.module)
		r := newReads(own, l.byTopic, l.schema)
		list := r.readings()
		for name, loc := range r.unknownRules {
			l.found.at(loc, "", "%s is not in the library", name)
		}
		d := &declaration{src: c.src, found: &l.found, schema: l.schema, control: &c.entry}
		d.check(list)
		d.checkMessages(own.texts(l.byTopic))
		c.shown = judgedFields(list)
		c.parts = mailboxParts(c.entry.Needs, l.schema)
		c.placeholders = namedArguments(c.entry.Messages)
	}
}

// judgedFields are the fields of a mailbox whose values a control uses.
func judgedFields(list []*reading) []path {
	var fields []path
	of := parsePath(perMailbox)
	for _, r := range list {
		if r.whole && of.covers(r.place) && r.place != of && !slices.Contains(fields, r.place) {
			fields = append(fields, r.place)
		}
	}
	slices.Sort(fields)
	return fields
}

// mailboxParts are the parts of a mailbox that needs name or lie in.
func mailboxParts(needs []string, schema *inputSchema) []string {
	var parts []string
	for _, need := range needs {
		rest, ok := strings.CutPrefix(need, perMailbox+".")
		name, _, _ := strings.Cut(rest, ".")
		part := perMailbox + "." + name
		if ok && len(schema.names(parsePath(part))) > 0 && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// namedArguments lists the arguments of each sentence, which were checked before.
func namedArguments(messages map[string]string) map[string][]string {
	named := make(map[string][]string, len(messages))
	for key, sentence := range messages {
		named[key], _ = placeholders(sentence)
	}
	return named
}
