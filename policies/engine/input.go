package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// WriteInput writes what controls judge as one JSON document, so that plain OPA can
// judge it: the snapshot with all its mailboxes, each with what is declared of it,
// and the parts that the engine lays on: config, moments and access. Mailboxes are
// copied one at a time, and so are the rows of logs that the document has not kept.
//
// OPA asks nobody whether the evidence was collected; see the package.
func (e *Engine) WriteInput(ctx context.Context, w io.Writer, in Input) error {
	if in.Read == nil {
		return errors.New("write the input: no snapshot was given")
	}
	if err := in.Declarations.Validate(); err != nil {
		return fmt.Errorf("write the input: the declarations: %w", err)
	}
	if in.Access == nil {
		return errors.New("write the input: nobody works out who can reach the mail")
	}
	facts := &gathering{access: in.Access, declared: &in.Declarations}
	c, err := e.gather(ctx, &in, facts)
	if err != nil {
		return err
	}
	in.Declarations.BreakGlass = c.emergency.completed()
	raw, err := facts.raw(c)
	if err != nil {
		return err
	}
	d := inputWriter{enc: jsontext.NewEncoder(w), filter: population.NewFilter(recordMarks(), nil), declared: &in.Declarations}
	if err := d.write(ctx, c.doc, raw, in.Read); err != nil {
		return fmt.Errorf("write the input: %w", err)
	}
	return nil
}

// raw are the facts as text.
func (g *gathering) raw(c *crowd) (jsontext.Value, error) {
	if g.err != nil {
		return nil, g.err
	}
	raw, _, _, err := g.access.Facts(c.doc, c.classes.Alike(c.source))
	g.fail(err)
	return raw, g.err
}

// recordMarks drop what a record must not say of itself.
func recordMarks() *population.Marks {
	return &population.Marks{Fields: map[string]*population.Marks{"declared": {Drop: true}}}
}

// inputWriter writes the document member by member.
type inputWriter struct {
	enc      *jsontext.Encoder
	filter   *population.Filter
	declared *Declarations
}

func (d *inputWriter) write(ctx context.Context, doc *snapshot.Document, facts jsontext.Value, read func(func(*snapshot.Record) error) (*snapshot.Document, error)) error {
	if err := d.enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, name := range []string{"version", "collected_at", "tenant", "collection", "entra", "exchange", "sharepoint", "okta", "evidence"} {
		raw, ok := doc.Section(name)
		switch {
		case !ok:
		case name == "evidence" && !doc.RowsKept():
			if err := d.evidence(ctx, raw, read); err != nil {
				return err
			}
		default:
			if err := d.member(name, raw); err != nil {
				return err
			}
		}
	}
	moments, err := newMoments(doc, d.declared, nil)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		value any
	}{{"config", d.declared}, {"moments", moments}, {accessPart, facts}} {
		raw, err := json.Marshal(part.value, json.Deterministic(true))
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		if err := d.member(part.name, raw); err != nil {
			return err
		}
	}
	if _, listed := doc.Mailboxes(); listed {
		if err := d.mailboxes(ctx, read); err != nil {
			return err
		}
	}
	return d.enc.WriteToken(jsontext.EndObject)
}

func (d *inputWriter) member(name string, raw jsontext.Value) error {
	if err := d.enc.WriteToken(jsontext.String(name)); err != nil {
		return err
	}
	return d.enc.WriteValue(raw)
}

// evidence writes the part whose rows were handed over.
func (d *inputWriter) evidence(ctx context.Context, raw jsontext.Value, read func(func(*snapshot.Record) error) (*snapshot.Document, error)) error {
	if err := errors.Join(d.enc.WriteToken(jsontext.String("evidence")), d.enc.WriteToken(jsontext.BeginObject)); err != nil {
		return err
	}
	members := jsontext.NewDecoder(bytes.NewReader(raw))
	if _, err := members.ReadToken(); err != nil {
		return err
	}
	for members.PeekKind() == jsontext.KindString {
		token, err := members.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		value, err := members.ReadValue()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(logs(), func(l *list) bool { return l.name == name }) {
			err = d.rows(ctx, name, read)
		} else {
			err = d.member(name, value)
		}
		if err != nil {
			return err
		}
	}
	return d.enc.WriteToken(jsontext.EndObject)
}

// rows writes one of the logs.
func (d *inputWriter) rows(ctx context.Context, list string, read func(func(*snapshot.Record) error) (*snapshot.Document, error)) error {
	if err := errors.Join(d.enc.WriteToken(jsontext.String(list)), d.enc.WriteToken(jsontext.BeginArray)); err != nil {
		return err
	}
	_, err := read(func(record *snapshot.Record) error {
		if record.List != list {
			return nil
		}
		if err := d.enc.WriteValue(record.Value); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return d.enc.WriteToken(jsontext.EndArray)
}

func (d *inputWriter) mailboxes(ctx context.Context, read func(func(*snapshot.Record) error) (*snapshot.Document, error)) error {
	if err := d.enc.WriteToken(jsontext.String("mailboxes")); err != nil {
		return err
	}
	if err := d.enc.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	var buffer []byte
	_, err := read(func(record *snapshot.Record) error {
		if record.List != "" {
			return nil
		}
		text, err := d.mailbox(buffer[:0], record)
		if err != nil {
			return err
		}
		buffer = text
		if err := d.enc.WriteValue(text); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return d.enc.WriteToken(jsontext.EndArray)
}

// mailbox is a record with what is declared of it.
func (d *inputWriter) mailbox(dst []byte, record *snapshot.Record) ([]byte, error) {
	who, known := population.Identify(record.Value)
	text, ok := d.filter.AppendText(dst, record.Value)
	if !known || !ok {
		return nil, fmt.Errorf("mailbox %d is no record", record.Index)
	}
	declared := d.declared.Of(who)
	if declared == nil {
		return text, nil
	}
	raw, err := json.Marshal(declared)
	if err != nil {
		return nil, err
	}
	// A record has an id, so something stands before what is added.
	text = append(append(text[:len(text)-1], `,"declared":`...), raw...)
	return append(text, '}'), nil
}
