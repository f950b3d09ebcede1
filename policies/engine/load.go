package engine

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// A load is what New works on.
type load struct {
	// checked: the controls have been through every check before.
	checked    bool
	found      problems
	builtins   *ast.Capabilities
	schemaText []byte
	sources    []*source
	overlays   []*overlay
	schema     *inputSchema
	// marks are those of the schema; marked is told them as soon as they are there.
	marks   *population.Marks
	marked  func(*population.Marks)
	blurred []blurred
	all     []*control
	// byTopic is the library, library the names of its topics and of their rules,
	// as topic and topic.rule.
	byTopic map[string]*unit
	library map[string]bool
	shared  *shared
	// answered are the requirements that controls answer, by control.
	answered map[string][]finding.Mapping
	// accessMessages are the sentences of the access facts.
	accessMessages map[string]string
	compiler       *ast.Compiler
}

// read finds and parses all files.
func (l *load) read(options Options) error {
	if options.Policies == nil {
		return errors.New("load the controls: no policies were given")
	}
	l.accessMessages = options.AccessMessages
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
	// The schema and the Rego do not wait for each other.
	composed := make(chan error, 1)
	go func() {
		var err error
		if l.schema, err = newInputSchema(l.schemaText, l.overlays); err == nil {
			err = errors.Join(l.schema.addPart(accessPart, options.AccessSchema), l.schema.addPart(waiversPart, options.WaiversSchema))
		}
		if err == nil {
			l.marks = l.schema.marks()
			l.marked(l.marks)
		}
		composed <- err
	}()
	parse(l.sources, l.builtins, !l.checked, &l.found)
	return errors.Join(<-composed, l.found.err())
}

// check holds the controls to every rule, and finds out what each sees, while OPA
// compiles them.
func (l *load) check(options Options) error {
	l.blurred = blurredIn(l.marks)
	modules := make(map[string]*ast.Module, len(l.sources))
	for _, src := range l.sources {
		modules[src.file] = src.module
	}
	var compiling problems
	copied, compiled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(compiled)
		l.compiler = compile(modules, l.builtins, l.schema, l.checked, copied, &compiling)
	}()
	if l.checked {
		annotate(l.sources, l.builtins, &l.found)
	}
	<-copied
	l.sort()
	err := l.checkAll(options.Policies)
	<-compiled
	if err != nil {
		return err
	}
	l.found.addUnseen(&compiling)
	return l.found.err()
}

func (l *load) checkAll(policies fs.FS) (err error) {
	known := map[string]bool{}
	for _, c := range l.all {
		known[c.entry.ID] = true
	}
	for _, src := range l.sources {
		if _, ok := topicPackage(packageOf(src.module)); ok && !l.checked {
			(&shape{src: src, found: &l.found, library: l.library}).topic()
		}
	}
	l.shared = newShared(l.byTopic, l.schema, l.blurred)
	for _, c := range l.all {
		l.checkControl(c)
	}
	l.answered, err = mappings(policies, known, &l.found)
	return err
}

// choose gives the controls that the options name, ready to run.
func (l *load) choose(options Options) ([]*control, error) {
	sortControls(l.all)
	chosen, err := choose(l.all, options.Only, options.Skip)
	if err != nil {
		return nil, err
	}
	var group sync.WaitGroup
	for worker := range loadWorkers {
		group.Go(func() {
			for i := worker; i < len(chosen); i += loadWorkers {
				l.ready(chosen[i])
			}
		})
	}
	group.Wait()
	return chosen, nil
}

// ready makes a control ready to run.
func (l *load) ready(c *control) {
	c.entry.Mappings = l.answered[c.entry.ID]
	c.query = newQuery(l.compiler, c.src)
	compiled := l.compiler.Modules[c.src.file]
	scale := func(l *list, r *regard) {
		r.scale = scaleOf(l, compiled.Package.Path, compiled.Rules)
		r.scale.joined = l.joined(compiled.Package.Path, compiled.Rules)
	}
	if !l.checked || mailboxList().named(c.src) {
		scale(mailboxList(), &c.regard)
	}
	for _, log := range logs() {
		if r := c.logs[log.entry]; r != nil && r.reads {
			scale(log, r)
			if len(c.scale.everywhere) > 0 {
				c.scale.alone = false // parts of logs are no parts of the mailboxes
			}
		}
	}
}

// sort tells controls from the library, and reads the controls' metadata. A
// control is one file; a topic of the library may span several of one origin.
func (l *load) sort() {
	l.byTopic, l.library = map[string]*unit{}, map[string]bool{}
	taken := map[string]*source{}
	ids := map[string]*source{}
	for _, src := range l.sources {
		name := packageName(src.module)
		topic, isTopic := topicPackage(packageOf(src.module))
		area, slug, isControl := controlPackage(packageOf(src.module))
		first := taken[name]
		switch {
		case !isTopic && !isControl:
			l.found.at(src.module.Package.Location, "a control is controls.<area>.<slug>, a library lib.<topic>", "the package %s is neither a control nor a library", name)
		case first != nil && !(isTopic && first.origin == src.origin):
			l.found.at(src.module.Package.Location, "choose another name", "the package %s is already that of %s", name, first.file)
		case isTopic:
			taken[name] = src
			l.addTopic(topic, src)
		default:
			taken[name] = src
			l.addControl(area, slug, src, ids)
		}
	}
}

func (l *load) addControl(area, slug string, src *source, ids map[string]*source) {
	m := &metadata{src: src, found: &l.found}
	c := &control{entry: m.control(area, slug), src: src}
	c.unreduced, c.seen = m.unreduced, m.seen
	if first := ids[c.entry.ID]; first != nil {
		m.problem(m.row("custom", "id"), "choose another id", "the id %s is already that of %s", c.entry.ID, first.file)
	}
	if c.entry.ID != "" {
		ids[c.entry.ID] = src
	}
	l.all = append(l.all, c)
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

// checkControl holds one control to the rules for its rules, its evidence and its
// messages, and finds out what it sees.
func (l *load) checkControl(c *control) {
	if !l.checked {
		(&shape{src: c.src, found: &l.found, library: l.library}).control(c.entry.EvidenceOnly)
	}
	if c.src.block == nil {
		return
	}
	own := newUnit(packageName(c.src.module))
	own.add(c.src.module)
	said := own.texts(l.byTopic)
	c.unsaid = undeclaredWords(&c.entry, said)
	c.parts = mailboxParts(c.entry.Needs, l.schema)
	c.placeholders = namedArguments(c.entry.Messages)
	r := newReads(own, l.shared)
	if l.checked && !anyNamed(c.src) {
		c.regard = r.regard(mailboxList(), c.parts) // it was held to what it declares before
		c.scale = blind().scale
		return
	}
	list := r.readings()
	if !l.checked {
		l.checkDeclarations(c, r, list, said)
	}
	c.shown = judgedFields(list, slices.Concat(c.entry.Needs, c.entry.Optional))
	c.regard = r.regard(mailboxList(), c.parts)
	c.scale = blind().scale
	c.logs = map[string]*regard{}
	for _, log := range logs() {
		seen := r.regard(log, nil)
		seen.scale = blind().scale
		c.logs[log.entry] = &seen
	}
}

// checkDeclarations holds what a control declares against what it reads and says.
func (l *load) checkDeclarations(c *control, r *reads, list []*reading, said map[string]bool) {
	for name, loc := range r.unknownRules {
		l.found.at(loc, "", "%s is not in the library", name)
	}
	d := &declaration{src: c.src, found: &l.found, schema: l.schema, control: &c.entry}
	d.check(list)
	d.checkAccessMessages(l.accessMessages)
	d.checkMessages(said)
}

// judgedFields are the fields of a mailbox whose values a control uses, in the order
// in which it declares them: what it is about comes first.
func judgedFields(list []*reading, declared []string) []path {
	var fields []path
	of := parsePath(perMailbox)
	for _, r := range list {
		if r.whole && of.covers(r.place) && r.place != of && !slices.Contains(fields, r.place) {
			fields = append(fields, r.place)
		}
	}
	place := func(field path) int {
		return slices.IndexFunc(declared, func(d string) bool { return parsePath(d).covers(field) })
	}
	slices.SortFunc(fields, func(a, b path) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
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
