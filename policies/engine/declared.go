package engine

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
)

// evidenceParts are the parts of the document that are evidence.
func evidenceParts() []string {
	return []string{"entra", "exchange", "sharepoint", "okta", "evidence", "mailboxes"}
}

// freeParts may be read without being declared: they are in every document.
func freeParts() []string { return []string{"config", "moments", "tenant", "collected_at"} }

// A declaration holds what a control declares against what it reads.
type declaration struct {
	src     *source
	found   *problems
	schema  *inputSchema
	control *finding.Control
	// paths are the needs and the optional evidence together.
	paths []path
}

// check reports needs that name nothing, and readings that nothing declares.
func (d *declaration) check(list []*reading) {
	m := metadata{src: d.src, found: d.found, block: d.src.block}
	for _, need := range slices.Concat(d.control.Needs, d.control.Optional) {
		d.need(&m, need)
	}
	for _, r := range list {
		d.reading(r)
	}
}

func (d *declaration) need(m *metadata, need string) {
	p := parsePath(need)
	d.paths = append(d.paths, p)
	row := func() int { return m.row("custom", "needs") }
	where := d.schema.find(p)
	switch {
	case isDerived(need):
	case p.String() != need || !slices.Contains(evidenceParts(), p.first()):
		m.problem(row(), "write a dotted path such as okta.apps or mailboxes[].exchange", "%q names no evidence", need)
	case strings.Count(need, ".") == 0:
		m.problem(row(), "name what the control reads of it", "%q is too much to need", need)
	case !where.known():
		parent, _ := p.parent()
		m.problem(row(), known(d.schema.names(parent)), "the snapshot has no %s", need)
	case where.identity:
		m.problem(row(), "judge what people have, not who they are", "%s names a person and is never judged", need)
	}
}

func known(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "there are: " + strings.Join(names, ", ")
}

func (d *declaration) reading(r *reading) {
	where := d.schema.find(r.place)
	switch {
	case r.place == "":
		d.found.at(r.loc, "read the parts by name: input.exchange.…", "input is read as a whole")
	case r.place.first() == anyElement:
		d.found.at(r.loc, "read the parts by name: input.exchange.…", "input is read by a computed name")
	case r.place.first() == "collection":
		d.found.at(r.loc, "declare needs, and the engine reads the ledger", "input.%s is not for controls", r.place)
	case where.identity:
		d.found.at(r.loc, "judge what people have, not who they are", "input.%s names a person and is never judged", r.place)
	case !where.known():
		parent, _ := r.place.parent()
		d.found.at(r.loc, known(d.schema.names(parent)), "the schema knows no input.%s", r.place)
	case !d.allows(r):
		d.found.at(r.loc, "declare it in custom.needs or custom.optional", "input.%s is read and not declared", r.place)
	}
}

// allows reports whether a reading is declared. Looking into what lies above a
// need is looking for the need.
func (d *declaration) allows(r *reading) bool {
	if slices.Contains(freeParts(), r.place.first()) || r.place == parsePath(perMailbox).field("declared") {
		return true
	}
	for _, p := range d.paths {
		if p.covers(r.place) || !r.whole && r.place.covers(p) {
			return true
		}
	}
	return false
}

// checkAccessMessages reports sentences of a control that take the place of one of
// the access facts.
func (d *declaration) checkAccessMessages(taken map[string]string) {
	if !readsAccess(d.control) {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(d.control.Messages)) {
		if taken[key] != "" {
			m := metadata{src: d.src, found: d.found, block: d.src.block}
			m.problem(m.row("custom", "messages", key), "choose another name", "message %q is one of the access facts", key)
		}
	}
}

// checkMessages reports sentences that nothing uses, and keys of entries for which
// there is no sentence. said are the texts that the library can give the control.
func (d *declaration) checkMessages(said map[string]bool) {
	own := map[string]bool{}
	collectTexts(d.src.module.Rules, own)
	for _, key := range slices.Sorted(maps.Keys(d.control.Messages)) {
		if !own[key] && !said[key] {
			m := metadata{src: d.src, found: d.found, block: d.src.block}
			m.problem(m.row("custom", "messages", key), "", "no rule uses the message %q", key)
		}
	}
	d.checkWords(own, said)
	ast.WalkTerms(d.src.module, func(term *ast.Term) bool {
		if object, ok := term.Value.(ast.Object); ok {
			d.entry(object)
		}
		return false
	})
}

// checkWords reports words that nothing uses, and those used that are not there.
func (d *declaration) checkWords(own, said map[string]bool) {
	m := metadata{src: d.src, found: d.found, block: d.src.block}
	for _, key := range slices.Sorted(maps.Keys(d.control.Words)) {
		if !own[finding.WordPrefix+key] && !said[finding.WordPrefix+key] {
			m.problem(m.row("custom", "words", key), "", "no rule uses the word %q", key)
		}
	}
	for _, key := range undeclaredWords(d.control, own) {
		m.problem(m.row("custom", "words"), "declare it in custom.words", "there is no word %q", key)
	}
}

// undeclaredWords lists the words among some texts that a control does not declare.
func undeclaredWords(c *finding.Control, texts map[string]bool) []string {
	var list []string
	for _, text := range slices.Sorted(maps.Keys(texts)) {
		key, marked := strings.CutPrefix(text, finding.WordPrefix)
		if _, declared := c.Words[key]; marked && !declared {
			list = append(list, key)
		}
	}
	return list
}

// collectTexts gathers the constant texts of rules. The names of fields in
// references are none.
func collectTexts(rules []*ast.Rule, into map[string]bool) {
	var visit *ast.GenericVisitor
	visit = ast.NewGenericVisitor(func(x any) bool {
		switch v := x.(type) {
		case ast.String:
			into[string(v)] = true
		case ast.Ref:
			for _, term := range v {
				if _, name := term.Value.(ast.String); !name {
					visit.Walk(term)
				}
			}
			return true
		}
		return false
	})
	for _, rule := range rules {
		visit.Walk(rule)
	}
}

// entry checks an object that is written out as an entry of a public rule.
func (d *declaration) entry(object ast.Object) {
	key := object.Get(ast.StringTerm("key"))
	if key == nil || object.Get(ast.StringTerm("args")) == nil {
		return
	}
	text, ok := key.Value.(ast.String)
	if ok && d.control.Messages[string(text)] == "" && finding.StandardMessages()[string(text)] == "" {
		d.found.at(key.Location, "declare it in custom.messages", "there is no message %q", string(text))
	}
}
