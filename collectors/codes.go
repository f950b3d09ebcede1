package collectors

import (
	"context"
	"errors"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// The codes that stand in the ledger beside a status. They are stable. The
// transport's own codes (throttled, unreachable, server_error, bad_answer,
// too_large, bad_address, repeated_page, too_many_pages, login_failed,
// login_refused, not_found, rejected) come in through the errors it returns.
const (
	// CodeDenied: the credentials lack the permission.
	CodeDenied = "denied"
	// CodeUnlicensed: the tenant has no licence for the API.
	CodeUnlicensed = "unlicensed"
	// CodeCanceled: the collection was stopped before the resource ended.
	CodeCanceled = "canceled"
	// CodeNotRequested: the resource was left out on purpose.
	CodeNotRequested = "not_requested"
	// CodeNotApplicable: the tenant or org has no such thing: Classic Engine has
	// no authentication policies.
	CodeNotApplicable = "not_applicable"
	// CodeDependency: another resource that is needed first did not come.
	CodeDependency = "dependency"
	// CodeExpiredPage: the service no longer knew the rest of a listing.
	CodeExpiredPage = "expired_page"
	// CodeWarning: the service answered, and warned that something is missing.
	CodeWarning = "warning"
	// CodeCountMismatch: two listings of the same mailboxes differ in number.
	CodeCountMismatch = "count_mismatch"
	// CodeRetention: the service keeps its log for less time than was asked for.
	CodeRetention = "retention"
	// CodeBadAnswer: an answer came that cannot be understood.
	CodeBadAnswer = "bad_answer"
	// CodeInternal: a mistake in Postern.
	CodeInternal = "internal"
	// CodeFailed: an error without a code of its own.
	CodeFailed = "failed"
)

// Coded is an error with a stable code; errors that come without one end in the
// ledger as failed.
type Coded interface {
	error
	ErrorCode() string
}

// Error is a problem that a collector itself finds.
type Error struct {
	// Code is one of the codes above.
	Code string
	// Problem says what went wrong and to what, fit to show.
	Problem string
	// Hint says what to do about it; may be empty.
	Hint string
}

// Error gives the problem.
func (e *Error) Error() string { return e.Problem }

// ErrorCode gives the code.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorHint gives the hint.
func (e *Error) ErrorHint() string { return e.Hint }

// CodeOf gives an error's stable code.
func CodeOf(err error) string {
	if c, ok := errors.AsType[Coded](err); ok && c.ErrorCode() != "" {
		return c.ErrorCode()
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return CodeCanceled
	}
	return CodeFailed
}

// statusOf says how a resource of which nothing was read ends with an error.
func statusOf(err error) snapshot.Status {
	switch CodeOf(err) {
	case CodeDenied:
		return snapshot.Denied
	case CodeUnlicensed:
		return snapshot.Unlicensed
	case CodeNotRequested, CodeNotApplicable:
		return snapshot.Skipped
	default:
		return snapshot.Failed
	}
}

// textOf gives an error's text for the ledger, with its hint.
func textOf(err error) string {
	text := err.Error()
	if h, ok := errors.AsType[interface {
		error
		ErrorHint() string
	}](err); ok && h.ErrorHint() != "" {
		text += "; " + h.ErrorHint()
	}
	return clean(text)
}
