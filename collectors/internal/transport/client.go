package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The defaults of Options.
const (
	DefaultMaxBytes    = 64 << 20
	DefaultTimeout     = 100 * time.Second
	DefaultMaxAttempts = 8
	DefaultMaxWait     = 5 * time.Minute
)

// Options says how to speak to one service. The zero value of every field but
// Origins is good.
type Options struct {
	// Origins are the only places requests go to, as https://host[:port]; a path
	// behind it is ignored. http is accepted for loopback addresses.
	Origins []string
	// Authorizer attaches credentials; nil attaches none.
	Authorizer Authorizer
	// UserAgent is sent with each request.
	UserAgent string
	// Limits are known beforehand; Budget follows what the service reports.
	Limits []Limit
	Budget *Budget
	// MaxBytes bounds one answer, after decoding.
	MaxBytes int64
	// Timeout bounds one attempt, from the connection to the last byte.
	Timeout time.Duration
	// MaxAttempts bounds the attempts at one request (five at most that fail for
	// another reason than a limit), MaxWait all the waiting between them.
	MaxAttempts int
	MaxWait     time.Duration
	// Jar keeps cookies; nil keeps none.
	Jar http.CookieJar
	// RootCAs replaces the system's certificate authorities; nil keeps them.
	RootCAs *x509.CertPool
	// Proxy chooses the proxy; nil follows the environment.
	Proxy func(*http.Request) (*url.URL, error)
	// Base replaces the network.
	Base http.RoundTripper
	// Log receives one debug line an attempt, without secrets; nil is silence.
	Log *slog.Logger
	// OnWait is told of each wait, with the request's context, before it starts.
	OnWait func(ctx context.Context, wait time.Duration, reason string)
	// Now, Sleep and Jitter replace the clock and chance (0 to 1) in tests.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64
}

// New makes the client for one service. It never follows a redirect.
func New(o Options) (*http.Client, error) {
	origins, err := allowed(o.Origins)
	if err != nil {
		return nil, err
	}
	o = withDefaults(o)
	t := clock{now: o.Now, sleep: o.Sleep, jitter: o.Jitter}

	next := o.Base
	if next == nil {
		next = network(o)
	}
	next = &read{next: next, maxBytes: o.MaxBytes, timeout: o.Timeout, userAgent: o.UserAgent, log: o.Log, now: o.Now}
	if o.Authorizer != nil {
		next = &authorize{by: o.Authorizer, next: next}
	}
	paced := &pace{budget: o.Budget, maxWait: o.MaxWait, clock: t, onWait: o.OnWait, next: next}
	for _, limit := range o.Limits {
		if limit.Requests < 1 || limit.Per <= 0 {
			return nil, fmt.Errorf("limit of %d requests per %v: both must be positive", limit.Requests, limit.Per)
		}
		paced.windows = append(paced.windows, newWindow(limit))
	}
	repeated := &retry{
		next: paced, auth: o.Authorizer, maxAttempts: o.MaxAttempts, maxWait: o.MaxWait,
		minBackoff: time.Second, maxBackoff: 30 * time.Second, clock: t, onWait: o.OnWait,
	}
	return &http.Client{
		Transport:     &guard{origins: origins, next: repeated},
		Jar:           o.Jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func allowed(roots []string) (map[string]bool, error) {
	if len(roots) == 0 {
		return nil, errors.New("a client needs at least one address")
	}
	origins := make(map[string]bool, len(roots))
	for _, root := range roots {
		origin, err := Origin(root)
		if err != nil {
			return nil, err
		}
		origins[origin] = true
	}
	return origins, nil
}

func withDefaults(o Options) Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = DefaultMaxAttempts
	}
	if o.MaxWait <= 0 {
		o.MaxWait = DefaultMaxWait
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

// Sleep waits, or returns the context's error when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// network is the real thing: proxy from the environment, private certificate
// authorities, no silent decoding.
func network(o Options) http.RoundTripper {
	proxy := o.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	return &http.Transport{
		Proxy:               proxy,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 15 * time.Second,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     90 * time.Second,
	}
}

// Answer is what came back: any status that another attempt would not change.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request and reads the answer. Its error is always an *Error.
func Do(client *http.Client, req *http.Request) (*Answer, error) {
	resp, err := client.Do(req)
	if err != nil {
		return nil, AsError(err)
	}
	defer func() { _ = resp.Body.Close() }() // a reader over memory
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, AsError(err)
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}
