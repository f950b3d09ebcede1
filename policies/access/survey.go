package access

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// Survey is the doors of a snapshot, with the doors of each single mailbox: it
// remembers some 20 bytes a mailbox, so that two snapshots can be compared mailbox
// by mailbox.
type Survey struct {
	Document *snapshot.Document
	Result   *Result
	// Listed reports whether the snapshot has a list of mailboxes at all.
	Listed bool

	// of are the classes of the mailboxes by their places, noClass for those that
	// nobody can sign in to; who are hashes of their ids.
	of  []uint32
	who []fingerprint
	// first are those at whom a door's First points.
	first map[int]population.Identity
}

const noClass = math.MaxUint32

// fingerprint stands for an id; no two ids are expected to share one.
type fingerprint [16]byte

func fingerprintOf(id string) fingerprint {
	sum := sha256.Sum256([]byte(strings.ToLower(id)))
	return fingerprint(sum[:16])
}

// SurveyOptions say what a survey looks at.
type SurveyOptions struct {
	Options
	// Declared gives what the configuration declares of a user, such as break_glass;
	// nil stands for nothing.
	Declared func(population.Identity) []string
}

// NewSurvey reads a snapshot and works out its doors. read reads it from its start,
// as snapshot.Read does; it is called a second time where the mailboxes do not stand
// last. The error is that of read, of ctx, or of New.
func NewSurvey(ctx context.Context, read func(visit func(*snapshot.Record) error) (*snapshot.Document, error), o SurveyOptions) (*Survey, error) {
	s, err := survey(ctx, read, o, nil)
	if err == nil && len(s.of) > 0 && !s.Document.MailboxesLast() {
		// What stands behind the mailboxes decides over them as well.
		s, err = survey(ctx, read, o, s.Document)
	}
	return s, err
}

// survey reads once. whole is the document where it is known already.
func survey(ctx context.Context, read func(visit func(*snapshot.Record) error) (*snapshot.Document, error), o SurveyOptions, whole *snapshot.Document) (*Survey, error) {
	s := &Survey{}
	var g *surveyor
	doc, err := read(func(record *snapshot.Record) (err error) {
		if g == nil {
			configuration := record.Before
			if whole != nil {
				configuration = whole
			}
			if g, err = newSurveyor(configuration, o); err != nil {
				return err
			}
		}
		class, who, err := g.add(record)
		if err != nil {
			return err
		}
		s.of, s.who = append(s.of, class), append(s.who, who)
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if g == nil {
		if g, err = newSurveyor(doc, o); err != nil {
			return nil, err
		}
	}
	s.Document, s.Result, s.first = doc, g.engine.Evaluate(g.all), g.first
	_, s.Listed = doc.Mailboxes()
	return s, nil
}

// Outcomes gives what becomes of each door of the mailbox at a place, by protocol,
// then by method; nil when nobody can sign in to it.
func (s *Survey) Outcomes(place int) []Outcome {
	if s.of[place] == noClass {
		return nil
	}
	return s.Result.Outcomes(int(s.of[place]))
}

// Count is how many mailboxes have doors of which holds says yes. Their outcomes come
// by protocol, then by method.
func (s *Survey) Count(holds func([]Outcome) bool) int {
	answers := make([]tri, len(s.Result.outcomes))
	n := 0
	for _, class := range s.of {
		if class == noClass {
			continue
		}
		if answers[class] == no {
			answers[class] = maybe
			if holds(s.Result.outcomes[class]) {
				answers[class] = yes
			}
		}
		if answers[class] == yes {
			n++
		}
	}
	return n
}

// First gives who has the mailbox at a place that is the First of a door.
func (s *Survey) First(place int) (population.Identity, bool) {
	who, ok := s.first[place]
	return who, ok
}

// surveyor puts mailboxes into classes. Records that look alike are read once.
type surveyor struct {
	engine   *Engine
	all      *Accumulator
	declared func(population.Identity) []string
	filter   *population.Filter
	named    map[string]bool
	seen     map[string]uint32
	key      []byte
	first    map[int]population.Identity
}

// mostSeen bounds the memory for records that were read. It is above what tells
// the mailboxes of a real tenant apart; beyond it, more are read anew.
const mostSeen = 1 << 16

func newSurveyor(doc *snapshot.Document, o SurveyOptions) (*surveyor, error) {
	e, err := New(FromDocument(doc), o.Options)
	if err != nil {
		return nil, err
	}
	return &surveyor{
		engine: e, all: e.NewAccumulator(), declared: o.Declared, named: e.named,
		filter: population.NewFilter(recordMarks(), nil), seen: map[string]uint32{}, first: map[int]population.Identity{},
	}, nil
}

// recordMarks leave of a record what the engine reads, but not who it is: see keyOf.
func recordMarks() *population.Marks {
	marks := onlyFieldsOf(reflect.TypeFor[Mailbox]())
	for _, name := range []string{"id", "declared"} {
		marks.Fields[name] = &population.Marks{Drop: true}
	}
	return marks
}

// onlyFieldsOf leaves of a record what a type decodes.
func onlyFieldsOf(t reflect.Type) *population.Marks {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	marks := &population.Marks{Fields: map[string]*population.Marks{}, Others: &population.Marks{Drop: true}}
	for field := range t.Fields() {
		name := field.Name
		if tag, ok := field.Tag.Lookup("json"); ok {
			name = tag
		}
		marks.Fields[name] = onlyFieldsOf(field.Type)
	}
	return marks
}

// add takes in one mailbox.
func (g *surveyor) add(record *snapshot.Record) (class uint32, who fingerprint, err error) {
	identity, ok := population.Identify(record.Value)
	if !ok {
		return 0, who, fmt.Errorf("access: mailbox %d has no id", record.Index)
	}
	who = fingerprintOf(identity.ID)
	var declared []string
	if g.declared != nil {
		declared = g.declared(identity)
	}
	id := strings.ToLower(identity.ID)
	if !g.named[id] {
		id = ""
	}
	if g.key, ok = g.keyOf(record, id, declared); !ok {
		return 0, who, fmt.Errorf("access: mailbox %d is no record", record.Index)
	}
	if class, ok = g.seen[string(g.key)]; ok && class != noClass {
		g.all.classes[class].count++
		return class, who, nil
	}
	m, err := ReadMailbox(record.Value)
	if err != nil {
		return 0, who, fmt.Errorf("access: read mailbox %d: %w", record.Index, err)
	}
	// What a record says of itself is no declaration.
	m.ID, m.Declared = id, declared
	g.all.Add(m, record.Index, 1)
	class = noClass
	if n, ok := g.all.Class(m); ok {
		class = uint32(n)
		if g.all.classes[n].first == record.Index {
			g.first[record.Index] = identity
		}
	}
	if len(g.seen) >= mostSeen {
		clear(g.seen)
	}
	g.seen[string(g.key)] = class
	return class, who, nil
}

// keyOf is what tells the record apart from others. The record's own id and
// declarations stand in it only as far as they count.
func (g *surveyor) keyOf(record *snapshot.Record, id string, declared []string) ([]byte, bool) {
	key := append(g.key[:0], id...)
	for _, d := range declared {
		key = append(append(key, 0), d...)
	}
	return g.filter.AppendKey(append(key, 0), record.Value)
}
