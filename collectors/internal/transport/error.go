package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// The codes of this package's errors. They are stable: they end in the evidence
// ledger and people write scripts against them.
const (
	// CodeThrottled: the service kept asking to slow down for longer than we wait.
	CodeThrottled = "throttled"
	// CodeUnreachable: no answer came: name, connection, TLS, time limit.
	CodeUnreachable = "unreachable"
	// CodeServerError: the service kept answering with a 5xx status.
	CodeServerError = "server_error"
	// CodeBadAnswer: an answer came that the service cannot have meant: cut off,
	// undecodable, or another program's page.
	CodeBadAnswer = "bad_answer"
	// CodeTooLarge: the answer is larger than the limit.
	CodeTooLarge = "too_large"
	// CodeBadAddress: the request, or the link to the next page, points to where
	// credentials must not go.
	CodeBadAddress = "bad_address"
	// CodeRepeatedPage: the service gave the same page or link twice.
	CodeRepeatedPage = "repeated_page"
	// CodeTooManyPages: the listing has more pages than the limit.
	CodeTooManyPages = "too_many_pages"
	// CodeLoginFailed: no credentials could be had.
	CodeLoginFailed = "login_failed"
	// CodeLoginRefused: the service answered 401.
	CodeLoginRefused = "login_refused"
	// CodeDenied: the service answered 403.
	CodeDenied = "denied"
	// CodeNotFound: the service answered 404.
	CodeNotFound = "not_found"
	// CodeRejected: the service answered with another 4xx status.
	CodeRejected = "rejected"
	// CodeCanceled: the collection was stopped.
	CodeCanceled = "canceled"
)

// Error is a request that did not end well. Its text names the request without
// its query and holds no secret and no request id.
type Error struct {
	// Op is the method and the URL without query.
	Op string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Code is one of the codes above, or a vendor package's own.
	Code string
	// Problem says what went wrong, in words, already redacted.
	Problem string
	// Hint says what to do about it; may be empty.
	Hint string

	// cause is kept for errors.Is with the context's errors, and never shown.
	cause error
	// again tells the retry layer that another attempt may help.
	again bool
}

// Error gives "GET https://host/path: 403 Forbidden: problem".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Problem != "" {
		b.WriteString(": " + e.Problem)
	}
	return b.String()
}

// ErrorCode gives the stable code.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorHint says what to do about it; empty when there is nothing to say.
func (e *Error) ErrorHint() string { return e.Hint }

// Unwrap gives the context's error when that ended the request.
func (e *Error) Unwrap() error { return e.cause }

// AsError finds the Error inside what an http.Client, or an SDK around one,
// returned. It never returns nil for an error that is not nil: a foreign error
// becomes an unreachable one whose text is redacted.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	op := ""
	if u, ok := errors.AsType[*url.Error](err); ok {
		op = strings.ToUpper(u.Op) + " " + bareURL(u.URL)
		err = u.Err
	}
	e := &Error{Op: op, Code: CodeUnreachable, Problem: Redact(err.Error())}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		e.Code, e.cause = CodeCanceled, err
	}
	return e
}

// StatusError makes the error for an answer with a 4xx or 5xx status, with the
// code that the status suggests. problem is what the body said; it is redacted
// here.
func StatusError(req *http.Request, status int, problem string) *Error {
	e := &Error{Op: operation(req), Status: status, Code: CodeRejected, Problem: Redact(problem)}
	switch {
	case status == http.StatusUnauthorized:
		e.Code = CodeLoginRefused
	case status == http.StatusForbidden:
		e.Code = CodeDenied
	case status == http.StatusNotFound:
		e.Code = CodeNotFound
	case status == http.StatusTooManyRequests:
		e.Code = CodeThrottled
	case status >= 500:
		e.Code = CodeServerError
	}
	return e
}

// operation names a request without its query, which may hold names and tokens.
func operation(req *http.Request) string { return req.Method + " " + bare(req.URL) }

func bare(u *url.URL) string {
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

func bareURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "an address that cannot be parsed"
	}
	return bare(u)
}
