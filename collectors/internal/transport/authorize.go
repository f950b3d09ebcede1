package transport

import (
	"context"
	"net/http"
)

// Authorizer attaches credentials. It is asked anew for every attempt, so that a
// long listing outlives one token.
type Authorizer interface {
	// Authorize sets the credentials on req, which goes to an allowed origin.
	Authorize(ctx context.Context, req *http.Request) error
	// Refused is told that the service answered 401, and says whether Authorize
	// would give something better now: a newer token, or a proof with the nonce
	// that the answer asks for. It must not read the body.
	Refused(ctx context.Context, req *http.Request, resp *http.Response) bool
}

// authorize attaches the credentials to a copy of the request.
type authorize struct {
	by   Authorizer
	next http.RoundTripper
}

func (a *authorize) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	if err := a.by.Authorize(req.Context(), out); err != nil {
		closeBody(req)
		if req.Context().Err() != nil {
			return nil, canceled(req)
		}
		return nil, &Error{
			Op: operation(req), Code: CodeLoginFailed,
			Problem: "no credentials: " + Redact(err.Error()),
			Hint:    hintOf(err),
		}
	}
	return a.next.RoundTrip(out)
}

// hintOf takes over the hint of a credentials error.
func hintOf(err error) string {
	if h, ok := err.(interface{ ErrorHint() string }); ok {
		return h.ErrorHint()
	}
	return ""
}

// canceled is the error for a request whose context ended.
func canceled(req *http.Request) *Error {
	err := context.Cause(req.Context())
	return &Error{Op: operation(req), Code: CodeCanceled, Problem: "stopped before an answer came", cause: err}
}
