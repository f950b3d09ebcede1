package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A LoadError says what is wrong with a file that New reads: a control, a
// library, a schema or a list of requirements.
type LoadError struct {
	// File is the path as it was given, Line and Column start at 1. Both are 0
	// when the problem has no place in the file.
	File         string
	Line, Column int
	// Problem says what is wrong, Hint what to do about it; Hint may be empty.
	Problem string
	Hint    string
}

// Error gives "file:line:column: problem (hint)".
func (e *LoadError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	b.WriteString(": " + e.Problem)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// ErrNoControls says that Options.Only and Options.Skip leave no control.
var ErrNoControls = errors.New("the names to judge and to leave out leave no control")

// A NameError says that a name in Options.Only or Options.Skip is no control, no
// area and no step.
type NameError struct {
	// Name is the name as it was given.
	Name string
	// Suggestion is the known name that is closest, empty if none is close.
	Suggestion string
}

func (e *NameError) Error() string {
	text := fmt.Sprintf("there is no control, area or step %q", e.Name)
	if e.Suggestion != "" {
		text += fmt.Sprintf(": did you mean %q?", e.Suggestion)
	}
	return text
}

// maxLoadErrors bounds a report of errors to what a person reads.
const maxLoadErrors = 20

// problems gathers load errors, so that one run shows them all.
type problems struct {
	list []*LoadError
}

// add takes an error in, once: two checks may find the same mistake.
func (p *problems) add(e *LoadError) {
	if !slices.ContainsFunc(p.list, func(o *LoadError) bool { return *o == *e }) {
		p.list = append(p.list, e)
	}
}

// addUnseen adds the errors of the other that stand on lines that have none yet:
// the compiler finds again, and says less well, what our own checks have found.
func (p *problems) addUnseen(other *problems) {
	own := p.list
	for _, e := range other.list {
		if !slices.ContainsFunc(own, func(o *LoadError) bool { return o.File == e.File && o.Line == e.Line }) {
			p.add(e)
		}
	}
}

// at adds an error at an AST location.
func (p *problems) at(loc *ast.Location, hint, format string, args ...any) {
	e := &LoadError{Problem: fmt.Sprintf(format, args...), Hint: hint}
	if loc != nil {
		e.File, e.Line, e.Column = loc.File, loc.Row, loc.Col
	}
	p.add(e)
}

// opa adds the errors of OPA's parser or compiler.
func (p *problems) opa(file string, err error) {
	var list ast.Errors
	if !errors.As(err, &list) {
		var one *ast.Error
		if errors.As(err, &one) {
			list = ast.Errors{one}
		}
	}
	if len(list) == 0 {
		p.add(&LoadError{File: file, Problem: err.Error()})
		return
	}
	for _, e := range list {
		p.add(fromOPA(file, e))
	}
}

func fromOPA(file string, e *ast.Error) *LoadError {
	problem := e.Message
	if e.Details != nil {
		if lines := e.Details.Lines(); len(lines) > 0 {
			problem += ": " + strings.Join(trimmed(lines), " ")
		}
	}
	out := &LoadError{File: file, Problem: problem}
	if e.Location != nil {
		out.File, out.Line, out.Column = e.Location.File, e.Location.Row, e.Location.Col
	}
	return out
}

func trimmed(lines []string) []string {
	out := make([]string, 0, len(lines))
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// err joins the errors in the order of file and line, or returns nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b *LoadError) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	joined := make([]error, 0, maxLoadErrors+1)
	for i, e := range p.list {
		if i == maxLoadErrors {
			joined = append(joined, fmt.Errorf("and %d more", len(p.list)-i))
			break
		}
		joined = append(joined, e)
	}
	return fmt.Errorf("load the controls: %w", errors.Join(joined...))
}
