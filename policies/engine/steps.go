package engine

import (
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
)

// asSteps reads how a violation came about: a list of {key, args, at} or of
// {key, args, pointer}, in which args and the place may be missing.
func (d *decoder) asSteps(term *ast.Term) ([]finding.TraceStep, error) {
	list, ok := term.Value.(*ast.Array)
	if !ok {
		return nil, fmt.Errorf("it is %s, not a list", ast.ValueName(term.Value))
	}
	steps := make([]finding.TraceStep, list.Len())
	for i := range steps {
		step, err := d.asStep(list.Elem(i))
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i, err)
		}
		steps[i] = step
	}
	return steps, nil
}

func (d *decoder) asStep(term *ast.Term) (finding.TraceStep, error) {
	var step finding.TraceStep
	object, ok := term.Value.(ast.Object)
	if !ok {
		return step, fmt.Errorf("it is %s, not an object", ast.ValueName(term.Value))
	}
	err := object.Iter(func(name, value *ast.Term) error {
		field, _ := name.Value.(ast.String)
		var err error
		switch field {
		case "key":
			step.Key, err = asText(value)
		case "args":
			step.Args, err = asArgs(value)
		case "pointer":
			step.Pointer, err = asText(value)
		case "at":
			var at []string
			at, err = d.asPath(value)
			step.Pointer = pointer(at)
		default:
			return fmt.Errorf("unknown field %s", name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", string(field), err)
		}
		return nil
	})
	if err != nil {
		return step, err
	}
	return step, d.stepSentence(&step)
}

// stepSentence checks that there is a sentence for a step.
func (d *decoder) stepSentence(step *finding.TraceStep) error {
	if step.Key == "" {
		return errors.New("key is missing")
	}
	names, ok := d.placeholders[step.Key]
	if !ok {
		var sentence string
		sentence, ok = d.accessMessages[step.Key]
		names, _ = placeholders(sentence)
	}
	if !ok {
		return fmt.Errorf("there is no message %q", step.Key)
	}
	for _, name := range names {
		if _, given := step.Args[name]; !given {
			return fmt.Errorf("the message %q names {%s}, which the step does not give", step.Key, name)
		}
	}
	return nil
}

// steps locates the steps in the document. A place that the document does not
// have is left out, not the step. The empty pointer is none: it would be the whole
// document.
func (j *judgement) steps(list []finding.TraceStep) []finding.TraceStep {
	for i := range list {
		if list[i].Pointer == "" {
			continue
		}
		if list[i].Region = j.region(list[i].Pointer); list[i].Region == nil {
			list[i].Pointer = ""
		}
	}
	return list
}
