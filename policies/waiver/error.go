package waiver

import (
	"errors"
	"fmt"
)

// An Error is one thing that is wrong in a file with waivers.
type Error struct {
	File string
	// Line and Column start at 1; they are 0 where the file as a whole is meant.
	Line, Column int
	// Field is the dotted path of the key, empty for the whole.
	Field   string
	Problem string
	// Hint says what to do about it; it may be empty.
	Hint string
}

func (e *Error) Error() string {
	text := e.File
	if e.Line > 0 {
		text = fmt.Sprintf("%s:%d:%d", text, e.Line, e.Column)
	}
	if e.Field != "" {
		text += ": " + e.Field
	}
	return text + ": " + e.Problem
}

// Errors gives what is wrong in a file, from an error of Read or Insert.
func Errors(err error) []*Error {
	var one *Error
	var many interface{ Unwrap() []error }
	switch {
	case errors.As(err, &many):
		var list []*Error
		for _, e := range many.Unwrap() {
			list = append(list, Errors(e)...)
		}
		return list
	case errors.As(err, &one):
		return []*Error{one}
	}
	return nil
}
