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
	if err != nil || seen == nil || c.doc.MailboxesLast() {
		return c, err
	}
	whole, err := facts.telling(c.doc)
	if err == nil && !whole.equal(seen) {
		_, err = s.readInto(ctx, c, in, func(*snapshot.Document) (*telling, error) { return whole, nil })
	}
	return c, err
}

// readInto reads the snapshot once. When the first mailbox comes, ask is given
// what stands before it, and says what tells mailboxes apart.
func (s *sorter) readInto(ctx context.Context, c *crowd, in *Input, ask func(*snapshot.Document) (*telling, error)) (*telling, error) {
	var reducer *population.Reducer
	var told *telling
	doc, err := in.Read(func(record *snapshot.Record) error {
		if reducer == nil {
			var err error
			if told, err = ask(record.Before); err != nil {
				return err
			}
			c.keys = nil
			reducer = population.NewReducer(c.showing(in, s.reduction(c.emergency, told)))
		}
		reducer.Add(record)
		return ctx.Err()
	})
	if reducer == nil {
		reducer = population.NewReducer(population.Options{})
	}
	classes, failed := reducer.Finish()
	if err := errors.Join(err, failed); err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	c.doc, c.classes = doc, classes
	return told, nil
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
