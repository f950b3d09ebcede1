package collectors

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Authorizer attaches credentials to requests. It is asked for each attempt at
// each request, so that a long collection outlives one token.
type Authorizer interface {
	// Authorize sets the credentials on req. It is only called for requests that
	// go to the service itself, over https or to a loopback address.
	Authorize(ctx context.Context, req *http.Request) error
	// Refused is told that the service answered 401, and says whether Authorize
	// would give something better now.
	Refused(ctx context.Context, req *http.Request, resp *http.Response) bool
}

// StaticToken is a ready-made token: it is sent until it expires.
type StaticToken struct {
	scheme, token string
}

// Bearer makes an Authorizer of a ready-made access token.
func Bearer(token string) (*StaticToken, error) { return NewStaticToken("Bearer", token) }

// NewStaticToken makes an Authorizer that sends "scheme token".
func NewStaticToken(scheme, token string) (*StaticToken, error) {
	token = strings.TrimSpace(token)
	if token == "" {
		return nil, errors.New("the token is empty")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the token holds characters that no token has; it must be one line of printable ASCII")
	}
	return &StaticToken{scheme: scheme, token: token}, nil
}

// Authorize sends the token.
func (s *StaticToken) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", s.scheme+" "+s.token)
	return nil
}

// Refused says that there is no other token.
func (s *StaticToken) Refused(context.Context, *http.Request, *http.Response) bool { return false }

// String shows that there is a token, and not which.
func (s *StaticToken) String() string { return s.scheme + " [redacted]" }

// GoString is String, so that no format verb shows the token.
func (s *StaticToken) GoString() string { return s.String() }

// TokenSource gives an access token for the scopes, and when it expires.
type TokenSource func(ctx context.Context, scopes []string) (token string, expires time.Time, err error)

// Renewing makes an Authorizer that asks source for a bearer token, keeps it
// until shortly before it expires, and asks again when the service refuses it. A
// token that is good for a little longer stands in for one that does not come.
func Renewing(source TokenSource, scopes ...string) Authorizer {
	return &renewing{source: source, scopes: scopes, now: time.Now}
}

const (
	// expiryMargin is how long before its end a token is to be renewed.
	expiryMargin = 2 * time.Minute
	// holdOff is for how long nobody asks again after a source gave none: it has tried
	// for long already, and twenty resources would each wait as long.
	holdOff = 10 * time.Second
)

type renewing struct {
	source TokenSource
	scopes []string
	now    func() time.Time

	mu      sync.Mutex
	token   string
	expires time.Time
	// failed is why no token came at the instant asked.
	failed error
	asked  time.Time
}

func (r *renewing) Authorize(ctx context.Context, req *http.Request) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.token == "" || !r.now().Add(expiryMargin).Before(r.expires) {
		if err := r.renew(ctx); err != nil && (r.token == "" || !r.now().Before(r.expires)) {
			return err
		}
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	return nil
}

func (r *renewing) renew(ctx context.Context) error {
	if r.failed != nil && r.now().Sub(r.asked) < holdOff {
		return r.failed
	}
	token, expires, err := r.source(ctx, r.scopes)
	if ctx.Err() == nil { // that somebody stops one request is no answer for others
		r.failed, r.asked = err, r.now()
	}
	if err == nil {
		r.token, r.expires = token, expires
	}
	return err
}

// Refused drops the token if it is the refused one, and says whether the source
// has another.
func (r *renewing) Refused(ctx context.Context, req *http.Request, _ *http.Response) bool {
	refused := req.Header.Get("Authorization")
	r.mu.Lock()
	defer r.mu.Unlock()
	if refused != "Bearer "+r.token {
		return true // somebody else has renewed it meanwhile
	}
	return r.renew(ctx) == nil && refused != "Bearer "+r.token
}

// Network is how collectors reach their services. The zero value is good: the
// system's certificate authorities, the proxy from the environment, the clock.
type Network struct {
	// UserAgent is sent with each request.
	UserAgent string
	// RootCAs replaces the system's certificate authorities; nil keeps them.
	RootCAs *x509.CertPool
	// MaxWait bounds all the waiting between the attempts at one request; 0 is
	// the default.
	MaxWait time.Duration
	// MaxBytes bounds one answer; 0 is the default.
	MaxBytes int64
	// Timeout bounds one attempt; 0 is the default.
	Timeout time.Duration
	// Base replaces the network, such as by answers that were recorded before; nil
	// is the network.
	Base http.RoundTripper
	// Log receives one debug line an attempt; nil is silence.
	Log *slog.Logger
	// Now and Sleep replace the clock; nil is the real one.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}
