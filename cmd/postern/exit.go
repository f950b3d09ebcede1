package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
)

// The exit codes, the same for every format. A finding beats missing evidence.
const (
	exitClean    = 0 // nothing at or above --fail-on, and all evidence was there
	exitFailed   = 1 // the tool itself failed
	exitUsage    = 2 // the command line or a configuration file is wrong
	exitFindings = 3 // findings at or above --fail-on
	exitUnknown  = 4 // no such finding, but some outcome is unknown or error
)

// referencePage says which keys the files have.
const referencePage = "https://github.com/seed-07732396/postern/blob/main/cmd/postern/README.md"

// An exitError carries the exit code and a hint for an error.
type exitError struct {
	code int
	err  error
	hint string
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageErrorf says that the command line is wrong, and how to put it right.
func usageErrorf(hint, format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// withHint adds to err what to do about it.
func withHint(err error, hint string) error {
	return &exitError{code: exitFailed, err: err, hint: hint}
}

// exitCode reports the code for err and the hint to print below it. Errors that
// cobra itself makes never reach a command, so started tells them apart.
func exitCode(err error, started bool) (code int, hint string) {
	var exit *exitError
	var bad *snapshot.Error
	var name *engine.NameError
	var load *engine.LoadError
	var left *leftover
	switch {
	case errors.As(err, &exit):
		return exit.code, exit.hint
	case errors.Is(err, context.Canceled):
		return exitFailed, ""
	case errors.As(err, &bad):
		return exitFailed, snapshotHint(bad)
	case errors.As(err, &name):
		return exitUsage, nameHint(name)
	case errors.Is(err, engine.ErrNoControls):
		return exitUsage, "'postern controls' lists the controls, their areas and steps"
	case errors.As(err, &load):
		return exitFailed, load.Hint
	case errors.As(err, &left):
		return exitFailed, "remove the folder"
	case !started:
		return exitUsage, "run 'postern --help' for the commands and their flags"
	}
	return exitFailed, ""
}

// bare leaves of an error about a snapshot what the file itself is at fault for: it
// names file and line, and who was reading helps nobody.
func bare(err error) error {
	if _, ok := errors.AsType[*exitError](err); ok {
		return err // it has a code and a hint already
	}
	if bad, ok := errors.AsType[*snapshot.Error](err); ok {
		return bad
	}
	return err
}

// about says what was being done, unless the error is about a snapshot, which it names.
func about(doing string, err error) error {
	if plain := bare(err); plain != err {
		return plain
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// reason is what is wrong with a file, without its name, which the caller says: a name
// that is empty or hard to read stands out there.
func reason(err error) error {
	if about, ok := errors.AsType[*fs.PathError](err); ok {
		return about.Err
	}
	if about, ok := errors.AsType[*os.LinkError](err); ok {
		return about.Err
	}
	return err
}

// nameHint helps with a control that does not exist.
func nameHint(e *engine.NameError) string {
	if e.Suggestion != "" {
		return "did you mean " + e.Suggestion + "? 'postern controls' lists all"
	}
	return "'postern controls' lists the controls, their areas and steps"
}
