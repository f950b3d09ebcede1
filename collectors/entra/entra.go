package entra

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
)

// DefaultURL is the service root of the worldwide cloud.
const DefaultURL = "https://graph.microsoft.com"

// Config says how to reach Graph.
type Config struct {
	// URL is the service root before /v1.0; empty means DefaultURL.
	URL string
	// Authorizer attaches the credentials.
	Authorizer collectors.Authorizer
	// Network is how to reach the service.
	Network collectors.Network
}

// Collector reads Microsoft Graph.
type Collector struct{ api *api }

// New makes a collector. It sends nothing yet.
func New(c Config) (*Collector, error) {
	if c.URL == "" {
		c.URL = DefaultURL
	}
	client, err := transport.New(transport.Options{
		Origins:    []string{c.URL},
		Authorizer: c.Authorizer,
		UserAgent:  c.Network.UserAgent,
		Limits:     limits(),
		MaxBytes:   c.Network.MaxBytes,
		MaxWait:    c.Network.MaxWait,
		Timeout:    c.Network.Timeout,
		RootCAs:    c.Network.RootCAs,
		Base:       c.Network.Base,
		Log:        c.Network.Log,
		OnWait:     collectors.Wait,
		Now:        c.Network.Now,
		Sleep:      c.Network.Sleep,
	})
	if err != nil {
		return nil, fmt.Errorf("entra: %w", err)
	}
	api, err := newAPI(strings.TrimRight(c.URL, "/"), client)
	if err != nil {
		return nil, fmt.Errorf("entra: %w", err)
	}
	return &Collector{api: api}, nil
}

// limits are the two that Graph documents for what is read here and that a
// collection would run into. Conditional Access allows one request a second for
// all programs in the tenant together and does not say how long to wait; sign-ins
// allow five requests in ten seconds.
func limits() []transport.Limit {
	below := func(path string) func(*http.Request) bool {
		return func(req *http.Request) bool { return strings.Contains(req.URL.Path, path) }
	}
	return []transport.Limit{
		{Match: below("/identity/conditionalAccess/"), Requests: 1, Per: time.Second},
		{Match: below("/auditLogs/signIns"), Requests: 5, Per: 10 * time.Second},
	}
}

// Name is "entra".
func (*Collector) Name() string { return "entra" }

// Offers are the resources of this package.
func (*Collector) Offers() []collectors.Offer { return Offers() }

// Collect reads everything, in parts that run at the same time: each of the two
// with a slow limit, the long listing of users, the members, and the rest.
func (c *Collector) Collect(ctx context.Context, sink *collectors.Sink) error {
	return sink.Concurrently(
		func() { c.sections(ctx, sink, conditionalAccess) },
		func() { c.users(ctx, sink) },
		func() { c.signIns(ctx, sink) },
		func() { c.groupMembers(ctx, sink) },
		func() {
			c.sections(ctx, sink, directory)
			c.federation(ctx, sink)
			c.roleMembers(ctx, sink)
		},
	)
}
