package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Gathering works out the facts of a snapshot that is read once: the mailboxes
// come while the configuration, which says what tells them apart, is not yet
// known. It keeps one of all mailboxes that nothing could tell apart, and of each
// the id, which policies may name. It is not safe for use by several goroutines.
type Gathering struct {
	options Options
	shapes  map[string]*shape
	key     []byte
}

// shape is a set of mailboxes that only their ids tell apart.
type shape struct {
	mailbox *Mailbox
	members []member
}

type member struct {
	id    string
	index int
}

// NewGathering starts to gather.
func NewGathering(options Options) *Gathering {
	return &Gathering{options: options, shapes: make(map[string]*shape)}
}

// Mailbox takes in one mailbox of the snapshot, with the declarations of the
// configuration about its user. The record is not kept.
func (g *Gathering) Mailbox(record *snapshot.Record, declared []string) error {
	m := new(Mailbox)
	if err := json.Unmarshal(record.Value, m); err != nil {
		return fmt.Errorf("access: read mailbox %d: %w", record.Index, err)
	}
	m.Declared = declared
	id := strings.ToLower(m.ID)
	m.ID = ""
	// An engine without configuration knows of nothing that makes no difference.
	g.key = new(Engine).key(append(append(g.key[:0], m.leftOut()...), 0), m)
	s := g.shapes[string(g.key)]
	if s == nil {
		s = &shape{mailbox: m}
		g.shapes[string(g.key)] = s
	}
	s.members = append(s.members, member{id, record.Index})
	return nil
}

// Evaluate works out the doors, given the rest of the snapshot.
func (g *Gathering) Evaluate(doc *snapshot.Document) (*Result, error) {
	e, err := New(FromDocument(doc), g.options)
	if err != nil {
		return nil, err
	}
	a := e.NewAccumulator()
	for _, alike := range g.apart(e.named) {
		a.Add(alike.mailbox, alike.index, alike.count)
	}
	return e.Evaluate(a), nil
}

// Facts works out the facts as controls see them.
func (g *Gathering) Facts(doc *snapshot.Document) (jsontext.Value, error) {
	r, err := g.Evaluate(doc)
	if err != nil {
		return nil, err
	}
	return r.Facts()
}

// alike is a number of mailboxes, the first of which stands at index.
type alike struct {
	mailbox      *Mailbox
	index, count int
}

// apart splits the shapes into the users that policies name and the others, in the
// order of the snapshot.
func (g *Gathering) apart(named map[string]bool) []alike {
	var list []alike
	for _, s := range g.shapes {
		others := alike{mailbox: s.mailbox}
		for _, m := range s.members {
			switch {
			case named[m.id]:
				own := *s.mailbox
				own.ID = m.id
				list = append(list, alike{&own, m.index, 1})
			case others.count == 0:
				others.index, others.count = m.index, 1
			default:
				others.count++
			}
		}
		if others.count > 0 {
			list = append(list, others)
		}
	}
	slices.SortFunc(list, func(a, b alike) int { return cmp.Compare(a.index, b.index) })
	return list
}
