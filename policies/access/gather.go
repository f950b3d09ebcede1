package access

import (
	"fmt"
	"iter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// Gathering works out the facts of a snapshot whose mailboxes come in classes: all
// that look alike as one, but those that policies name by their ids.
type Gathering struct{ options Options }

// NewGathering starts to gather.
func NewGathering(options Options) *Gathering { return &Gathering{options} }

// Named lists the ids of the users whom Entra's policies name, in lower case: who
// puts mailboxes into classes has to keep theirs apart.
func (g *Gathering) Named(doc *snapshot.Document) ([]string, error) {
	e, err := New(FromDocument(doc), g.options)
	if err != nil {
		return nil, err
	}
	return e.NamedUsers(), nil
}

// Evaluate works out the doors of a snapshot. Apart is the id of a user whom Named
// has listed.
func (g *Gathering) Evaluate(doc *snapshot.Document, mailboxes iter.Seq2[population.Alike, error]) (*Result, error) {
	e, err := New(FromDocument(doc), g.options)
	if err != nil {
		return nil, err
	}
	a := e.NewAccumulator()
	for alike, err := range mailboxes {
		if err != nil {
			return nil, fmt.Errorf("access: %w", err)
		}
		m, err := ReadMailbox(alike.Text)
		if err != nil {
			return nil, fmt.Errorf("access: read mailbox %d: %w", alike.First, err)
		}
		m.ID = alike.Apart
		a.Add(m, alike.First, alike.Count)
	}
	return e.Evaluate(a), nil
}

// Facts works out the facts as controls see them; behind, which says which of the
// mailboxes that were handed over are behind doors and sign-ins, by their numbers (see
// Roster); and the matrix that reports show, nil where the snapshot has no list of
// mailboxes.
func (g *Gathering) Facts(doc *snapshot.Document, mailboxes iter.Seq2[population.Alike, error]) (
	facts jsontext.Value, behind func(numbers []int) (iter.Seq[int], error), matrix *finding.AccessMatrix, err error,
) {
	r, err := g.Evaluate(doc, mailboxes)
	if err != nil {
		return nil, nil, nil, err
	}
	if _, listed := doc.Mailboxes(); listed {
		matrix = r.AccessMatrix()
	}
	facts, err = r.Facts()
	return facts, r.Roster().Behind, matrix, err
}
