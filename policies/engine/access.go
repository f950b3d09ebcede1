package engine

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// Access works out who can reach the mail how, which controls see as
// input.access. The engine knows neither the question nor the answer: it hands
// over the mailboxes, and the facts to the controls.
type Access interface {
	// Named lists the ids, in lower case, of the users whom the configuration of a
	// snapshot names, so that their mailboxes are handed over by themselves. The
	// snapshot may not have been read to its end.
	Named(doc *snapshot.Document) ([]string, error)
	// Facts gives the facts of a snapshot and its mailboxes, in the order of the
	// file. What the configuration declares of a user is laid on the mailbox as
	// "declared", such as ["break_glass"]; Apart is the id of a user that Named has
	// listed.
	//
	// behind gives the mailboxes behind one or more of some entries of the facts, which
	// it numbers as it likes, as the ascending numbers, from 0, of what was handed over.
	// A control names the entries in the field "behind" of what it says. The matrix is
	// what the report shows, nil where there is nothing to show.
	Facts(doc *snapshot.Document, mailboxes iter.Seq2[population.Alike, error]) (
		facts jsontext.Value, behind func(entries []int) (iter.Seq[int], error), matrix *finding.AccessMatrix, err error,
	)
}

// accessPart is the part of the input that Access gives. It is a need like any
// other, as a whole: the evidence behind it is declared beside it.
const accessPart = "access"

// A gathering hands mailboxes to Access and keeps what becomes of it: what goes
// wrong there is the error of the controls that need it, and of no other.
type gathering struct {
	access   Access
	declared *Declarations
	// earlier gives the rules of an earlier snapshot; nil for none.
	earlier func() *Rules
	// tell is told the snapshot's own; nil once it was.
	tell   func(Rules)
	facts  *ast.Term
	behind func(entries []int) (iter.Seq[int], error)
	matrix *finding.AccessMatrix
	err    error
}

// tellRules tells whoever asked for them the rules of a snapshot that was read to
// its end, or of what stands before its mailboxes, if they are there.
func (g *gathering) tellRules(doc *snapshot.Document, whole bool) error {
	if g.tell == nil {
		return nil
	}
	rules, err := RulesOf(doc)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if whole || rules.settled {
		g.tell(rules)
		g.tell = nil
	}
	return nil
}

// moments are those of a snapshot.
func (g *gathering) moments(doc *snapshot.Document) (moments, error) {
	var earlier *Rules
	if g.earlier != nil {
		earlier = g.earlier()
	}
	m, err := newMoments(doc, g.declared, earlier)
	if err != nil {
		return m, fmt.Errorf("check: %w", err)
	}
	return m, nil
}

// telling says what tells the mailboxes of a snapshot apart beside their records.
func (g *gathering) telling(doc *snapshot.Document) (*telling, error) {
	if err := g.tellRules(doc, false); err != nil {
		return nil, err
	}
	m, err := g.moments(doc)
	if err != nil {
		return nil, err
	}
	moments := m.texts(doc)
	if g.access == nil {
		return &telling{moments: moments}, nil
	}
	ids, err := g.access.Named(doc)
	g.fail(err)
	named := make(map[string]bool, len(ids))
	for _, id := range ids {
		named[id] = true
	}
	return &telling{moments: moments, named: named}, nil
}

// finish asks for the facts.
func (g *gathering) finish(c *crowd) {
	if g.access == nil || g.err != nil {
		return
	}
	raw, behind, matrix, err := g.access.Facts(c.doc, c.classes.Alike(c.source))
	if err == nil {
		g.behind, g.matrix = behind, matrix
		g.facts, err = newReader().read(raw, nil)
	}
	g.fail(err)
}

func (g *gathering) fail(err error) {
	if err != nil {
		g.facts, g.behind, g.matrix, g.err = nil, nil, nil, fmt.Errorf("work out who can reach the mail: %w", err)
	}
}

// readsAccess reports whether a control declares the access facts.
func readsAccess(c *finding.Control) bool {
	return slices.Contains(c.Needs, accessPart) || slices.Contains(c.Optional, accessPart)
}

// partSchema is the schema of a part of the input, and the definitions that it
// brings. Their names begin with that of the part in the schema of the input: the
// snapshot may define the same ones.
func partSchema(name string, text []byte) (part, defs schemaNode, err error) {
	part = schemaNode{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &part); err != nil {
			return nil, nil, fmt.Errorf("read the schema of input.%s: %w", name, err)
		}
	}
	delete(part, "$id")
	renamed, _ := renameRefs(name, part).(schemaNode)
	defs, _ = renamed["$defs"].(schemaNode)
	delete(renamed, "$defs")
	return renamed, defs, nil
}

// renameRefs lets references point at the definitions by their new names.
func renameRefs(part string, value any) any {
	switch v := value.(type) {
	case schemaNode:
		renamed := make(schemaNode, len(v))
		for key, item := range v {
			renamed[key] = renameRefs(part, item)
		}
		if ref, ok := v["$ref"].(string); ok {
			renamed["$ref"] = strings.Replace(ref, "#/$defs/", "#/$defs/"+part+".", 1)
		}
		return renamed
	case []any:
		renamed := make([]any, len(v))
		for i, item := range v {
			renamed[i] = renameRefs(part, item)
		}
		return renamed
	}
	return value
}

// addPart composes the schema of a part into that of the input.
func (s *inputSchema) addPart(name string, text []byte) error {
	part, defs, err := partSchema(name, text)
	if err != nil {
		return err
	}
	all, ok := s.root["$defs"].(schemaNode)
	if !ok {
		all = schemaNode{}
		s.root["$defs"] = all
	}
	for def, node := range defs {
		all[name+"."+def] = node
	}
	s.properties()[name] = part
	return nil
}

// said gives a control's catalogue entry with the sentences of the access facts
// that its result uses.
func (j *judgement) said(entry finding.Control, r *finding.Result) finding.Control {
	messages := maps.Clone(entry.Messages)
	take := func(key string) {
		if _, own := messages[key]; own {
			return
		}
		if sentence, ok := j.engine.accessMessages[key]; ok {
			messages[key] = sentence
		}
	}
	for i := range r.Violations {
		for _, step := range r.Violations[i].Steps {
			take(step.Key)
		}
	}
	for _, list := range [][]finding.Reason{r.Unknowns, r.NotApplicable, r.Notes} {
		for _, reason := range list {
			take(reason.Key)
		}
	}
	entry.Messages = messages
	return entry
}
