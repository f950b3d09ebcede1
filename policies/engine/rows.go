package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// rows are those of a log, in classes that no control can tell apart.
type rows struct {
	list    *list
	doc     *snapshot.Document
	classes *population.Classes
	source  population.Source
}

// of gives the members of a list; no classes where the snapshot does not have it.
func (c *crowd) of(l *list) (*population.Classes, population.Source) {
	if l.name == "" {
		return c.classes, c.source
	}
	if rows := c.rows[l.entry]; rows != nil {
		return rows.classes, rows.source
	}
	return nil, population.Source{}
}

// listed reports whether the snapshot has a list, if only an empty one.
func (c *crowd) listed(l *list) bool {
	if l.name == "" {
		_, ok := c.doc.Mailboxes()
		return ok
	}
	return c.rows[l.entry] != nil
}

// keep takes in the rows that the document has kept.
func (s *sorter) keep(ctx context.Context, c *crowd, t *telling) error {
	section, _ := c.doc.Section("evidence")
	for _, log := range logs() {
		if _, ok := c.doc.Rows(log.name); !ok {
			continue
		}
		reducer := population.NewReducer(s.reductionOf(log, t))
		err := c.doc.VisitRows(log.name, func(record *snapshot.Record) error {
			reducer.Add(record)
			return ctx.Err()
		})
		classes, failed := reducer.Finish()
		if err := errors.Join(err, failed); err != nil {
			return fmt.Errorf("check: %w", err)
		}
		c.rows[log.entry] = &rows{log, c.doc, classes, population.Source{Text: bytes.NewReader(section), List: log.name}}
	}
	return nil
}

// reductionOf are the options for the rows of a log. Many differ in something that no
// control may look at, so there are more classes than of mailboxes, and fewer are kept:
// the others are read again where they are judged.
func (s *sorter) reductionOf(log *list, t *telling) population.Options {
	const maxClasses, maxBytes, maxKnown = 20_000, 16 << 20, 500_000
	options := population.Options{
		Marks: log.marks(s.marks), What: log.what(),
		MaxClasses: cmp.Or(s.maxClasses, maxClasses), MaxBytes: maxBytes, MaxKnown: cmp.Or(s.maxClasses, maxKnown),
	}
	if t != nil {
		options.Moments = t.moments
	}
	return options
}

// at is the pointer of row i.
func (r *rows) at(i int) string { return r.list.pointer() + "/" + strconv.Itoa(i) }

// pick lists n rows, read from the snapshot on each walk.
func (r *rows) pick(n int, indexes iter.Seq[int]) *finding.Members {
	return finding.ReadMembers(r.list.entry, n, func(yield func(finding.Member, error) bool) {
		enough := errors.New("enough")
		err := r.classes.Records(r.source, places(indexes), func(i int, record []byte) error {
			if !yield(r.member(i, record), nil) {
				return enough
			}
			return nil
		})
		if err != nil && err != enough {
			yield(finding.Member{}, fmt.Errorf("list the rows of %s: %w", r.list.name, err))
		}
	})
}

// member is who a row is about.
func (r *rows) member(i int, record []byte) finding.Member {
	at := r.at(i)
	region, _ := r.doc.Locate(at)
	return finding.Member{
		ID:   population.Text(record, "user_id"),
		Name: cmp.Or(population.Text(record, "user_principal_name"), population.Text(record, "user_name")), Pointer: at, Line: region.StartLine,
	}
}

// text gives a row as it stands in the snapshot.
func (r *rows) text(i int) (text []byte, err error) {
	err = r.classes.Records(r.source, slices.Values([]uint32{uint32(i)}), func(_ int, record []byte) error {
		text = slices.Clone(record)
		return nil
	})
	return text, err
}

// places gives indexes as population has them.
func places(indexes iter.Seq[int]) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := range indexes {
			if !yield(uint32(i)) {
				return
			}
		}
	}
}
