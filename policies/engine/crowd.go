package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// A crowd is the mailboxes of a snapshot, in classes that no control can tell
// apart.
type crowd struct {
	doc     *snapshot.Document
	classes *population.Classes
	source  population.Source
	// rows are those of the logs that the snapshot has, by what an entry calls one.
	rows map[string]*rows
	// emergency are the declared emergency accounts.
	emergency *accounts
	// keys are the members' keys by index, nil where nobody asks for them.
	keys []uint64
	// all is the roll of the mailboxes, made when it is first asked for.
	all *finding.Roll
	// failed is the first error of reading mailboxes again.
	failed error
}

// telling is what tells mailboxes apart that is not in their records: the moments
// between which their instants lie, and the users whom policies name.
type telling struct {
	moments []string
	named   map[string]bool
}

func (t *telling) equal(other *telling) bool {
	return slices.Equal(t.moments, other.moments) && maps.Equal(t.named, other.named)
}

// A sorter reads snapshots and puts their mailboxes into classes. It needs to know
// the schema, and no control.
type sorter struct {
	// marks say what names a person, and what is an instant.
	marks *population.Marks
	// maxClasses bounds the classes that are kept; 0 stands for the default.
	maxClasses int
}

// gather reads the snapshot. What tells mailboxes apart stands before them in a
// snapshot as we write it; where it does not, the mailboxes are read once more.
func (s *sorter) gather(ctx context.Context, in *Input, facts *gathering) (*crowd, error) {
	c := &crowd{source: population.Source{Read: in.Read, Text: in.Text}, emergency: newAccounts(in.Declarations.BreakGlass)}
	seen, err := s.readInto(ctx, c, in, facts.telling)
	if err != nil {
		return nil, err
	}
	if seen != nil && !c.doc.RecordsLast() || seen == nil && c.keepsRows() {
		whole, err := facts.telling(c.doc)
		if err == nil && seen != nil && !whole.equal(seen) {
			_, err = s.readInto(ctx, c, in, func(*snapshot.Document) (*telling, error) { return whole, nil })
		}
		if err != nil {
			return nil, err
		}
		seen = whole
	}
	if !c.doc.RowsKept() {
		return c, nil
	}
	return c, s.keep(ctx, c, seen)
}

// keepsRows reports whether the document has kept any row of a log.
func (c *crowd) keepsRows() bool {
	return c.doc.RowsKept() && slices.ContainsFunc(logs(), func(l *list) bool {
		n, _ := c.doc.Rows(l.name)
		return n > 0
	})
}

// readInto reads the snapshot once. When the first record comes, ask is given what
// stands before it, and says what tells mailboxes and rows apart.
func (s *sorter) readInto(ctx context.Context, c *crowd, in *Input, ask func(*snapshot.Document) (*telling, error)) (*telling, error) {
	reducers := map[string]*population.Reducer{}
	var told *telling
	var last *population.Reducer
	list := ""
	doc, err := in.Read(func(record *snapshot.Record) error {
		if last == nil || record.List != list {
			if told == nil {
				var err error
				if told, err = ask(record.Before); err != nil {
					return err
				}
			}
			list = record.List
			if reducers[list] == nil {
				reducers[list] = s.start(c, in, list, told)
			}
			last = reducers[list]
		}
		last.Add(record)
		return ctx.Err()
	})
	all := map[string]*population.Classes{}
	for _, name := range []string{"", logs()[0].name, logs()[1].name} {
		if reducers[name] == nil {
			reducers[name] = population.NewReducer(population.Options{})
		}
		classes, failed := reducers[name].Finish()
		all[name], err = classes, errors.Join(err, failed)
	}
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	c.doc, c.classes, c.rows = doc, all[""], map[string]*rows{}
	for _, log := range logs() {
		if _, listed := doc.Rows(log.name); listed && !doc.RowsKept() {
			c.rows[log.entry] = &rows{log, doc, all[log.name], population.Source{Read: in.Read, Text: in.Text, List: log.name}}
		}
	}
	return told, nil
}

// start starts to reduce a list: a log by its name, or the mailboxes.
func (s *sorter) start(c *crowd, in *Input, name string, told *telling) *population.Reducer {
	for _, log := range logs() {
		if log.name == name {
			return population.NewReducer(s.reductionOf(log, told))
		}
	}
	c.keys = nil
	return population.NewReducer(c.showing(in, s.reduction(c.emergency, told)))
}

// reduction are the options for one population.
func (s *sorter) reduction(emergency *accounts, t *telling) population.Options {
	options := population.Options{Marks: s.marks.Field("mailboxes").Element(), Moments: t.moments, MaxClasses: s.maxClasses}
	if len(emergency.declared) == 0 && len(t.named) == 0 {
		return options
	}
	options.About = func(who population.Identity) population.Note {
		var note population.Note
		if emergency.match(who) {
			note.Fields = `"declared":["break_glass"]`
		}
		if id := strings.ToLower(who.ID); t.named[id] {
			note.Apart = id
		}
		return note
	}
	return options
}

// showing lets a reduction show who the mailboxes are to those who have to know.
func (c *crowd) showing(in *Input, options population.Options) population.Options {
	if in.Waivers == nil && !in.Keyed {
		return options
	}
	about := options.About
	options.About = func(who population.Identity) population.Note {
		if in.Waivers != nil {
			in.Waivers.See(len(c.keys), who)
		}
		c.keys = append(c.keys, (&finding.Member{ID: who.ID, Name: who.UserPrincipalName}).Key())
		if about == nil {
			return population.Note{}
		}
		return about(who)
	}
	return options
}

// holds reports whether any mailbox has something at a path that starts with
// mailboxes[].
func (c *crowd) holds(path string) bool {
	names := strings.Split(strings.TrimPrefix(path, perMailbox+"."), ".")
	found := errors.New("found")
	err := c.classes.Texts(c.source, func(_ int, text []byte) error {
		if population.Has(text, names...) {
			return found
		}
		return nil
	})
	if err != found {
		c.fail(err)
	}
	return err == found
}

// fail remembers the first error of reading mailboxes again.
func (c *crowd) fail(err error) {
	if err != nil && c.failed == nil {
		c.failed = fmt.Errorf("check: %w", err)
	}
}
