package snapshot

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Snapshot decodes the document into its types, mailboxes and rows that were handed
// over aside. Members that our own records do not know are left out; vendor objects
// are whole.
func (d *Document) Snapshot() (*Snapshot, error) {
	s := &Snapshot{}
	parts := map[string]any{
		"version":      &s.Version,
		"collected_at": &s.CollectedAt,
		"tenant":       &s.Tenant,
		"collection":   &s.Collection,
		"entra":        &s.Entra,
		"exchange":     &s.Exchange,
		"sharepoint":   &s.SharePoint,
		"okta":         &s.Okta,
		"evidence":     &s.Evidence,
	}
	for i := range d.sections {
		section := &d.sections[i]
		part, known := parts[section.name]
		if !known {
			continue
		}
		if err := d.decodeSection(section, part); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// decodeSection decodes one member into its type.
func (d *Document) decodeSection(s *section, into any) error {
	err := json.Unmarshal(s.raw, into, decodeOptions())
	if err == nil {
		return nil
	}
	e := decodeError("/"+escapeToken(s.name), err)
	place := d.fault(e.Field, e.Problem)
	e.File, e.Line, e.Column = place.File, place.Line, place.Column
	return e
}

// fault makes the error for something wrong with a value of the document.
func (d *Document) fault(pointer, problem string) *Error {
	e := &Error{File: d.Name, Field: pointer, Problem: problem}
	if r, ok := d.Locate(pointer); ok {
		e.Line, e.Column = r.StartLine, r.StartColumn
	}
	return e
}

// decodeError words a failure to decode or encode the value of a pointer.
func decodeError(pointer string, err error) *Error {
	e := &Error{Field: pointer, Problem: err.Error(), Err: err}
	syntax, semantic := (*jsontext.SyntacticError)(nil), (*json.SemanticError)(nil)
	inSyntax, inSemantic := errors.As(err, &syntax), errors.As(err, &semantic)
	switch {
	case inSemantic:
		e.Field += string(semantic.JSONPointer)
	case inSyntax:
		e.Field += string(syntax.JSONPointer)
	}
	switch {
	case inSyntax:
		e.Problem = syntax.Err.Error()
	case inSemantic && semantic.Err != nil:
		e.Problem = semantic.Err.Error()
	case inSemantic: // its own text differs from run to run on purpose
		e.Problem = fmt.Sprintf("%s cannot be read as %v", kindName(semantic.JSONKind), semantic.GoType)
	}
	e.Problem = printable(e.Problem)
	return e
}

// decodeOptions let an instant be null.
func decodeOptions() json.Options {
	return json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, into **Instant) error {
		if d.PeekKind() != jsontext.KindNull {
			return errors.ErrUnsupported // the usual way
		}
		*into = Null()
		return d.SkipValue()
	}))
}
