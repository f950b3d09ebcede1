package entra

import (
	"cmp"
	"context"
	"errors"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// sections reads resources that are one value each, one after the other.
func (c *Collector) sections(ctx context.Context, sink *collectors.Sink, list []section) {
	for _, s := range list {
		sink.Do(ctx, s.name, func(ctx context.Context, r *collectors.Recorder) error {
			return hinted(c.section(ctx, r, s), s.name)
		})
	}
}

func (c *Collector) section(ctx context.Context, r *collectors.Recorder, s section) error {
	if s.shape == single {
		return c.single(ctx, r, s)
	}
	objects, err := c.objects(ctx, r, listing{version: cmp.Or(s.version, v1), path: s.path, query: s.query, prefer: s.prefer})
	if s.shape == first {
		return setFirst(r, s, objects, err)
	}
	if err != nil && len(objects) == 0 {
		return err
	}
	return errors.Join(err, r.Set(s.name, objects))
}

func (c *Collector) single(ctx context.Context, r *collectors.Recorder, s section) error {
	address, err := c.api.address(cmp.Or(s.version, v1), s.path, s.query)
	if err != nil {
		return err
	}
	body, err := c.api.get(ctx, address, s.prefer)
	if err != nil {
		return err
	}
	object, err := clean(r, body)
	if err != nil {
		return err
	}
	r.Items(1)
	return r.Set(s.name, object)
}

// setFirst takes the one object out of a collection that has one. None, or
// several, is an answer that nobody can judge.
func setFirst(r *collectors.Recorder, s section, objects []snapshot.Object, err error) error {
	if err != nil {
		return err
	}
	if len(objects) != 1 {
		return &collectors.Error{
			Code:    collectors.CodeBadAnswer,
			Problem: "the collection " + s.path + " should hold one object and does not",
		}
	}
	return r.Set(s.name, objects[0])
}

// objects reads a collection of vendor objects, tidied. With an error come the
// objects that were read before it.
func (c *Collector) objects(ctx context.Context, r *collectors.Recorder, l listing) ([]snapshot.Object, error) {
	objects := []snapshot.Object{}
	err := c.api.each(ctx, r, l, func(items []snapshot.Object) error {
		for _, item := range items {
			object, err := clean(r, item)
			if err != nil {
				return err
			}
			objects = append(objects, object)
		}
		return nil
	})
	return objects, err
}

// clean tidies one object. That a list inside it breaks off is a gap.
func clean(r *collectors.Recorder, object snapshot.Object) (snapshot.Object, error) {
	if object.Kind() != '{' {
		return nil, badPage("it holds something that is no object")
	}
	tidied, err := tidy(object)
	if errors.Is(err, errEmbedded) {
		r.Gap(&collectors.Error{Code: collectors.CodeWarning, Problem: "a list inside an object breaks off; the service gave only the first part of it"})
		return tidied, nil
	}
	if err != nil {
		return nil, badPage("an object cannot be read")
	}
	return tidied, nil
}
