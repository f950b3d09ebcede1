package okta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Collector reads one Okta org.
type Collector struct {
	config Config
	client *client
}

// New makes a collector. It sends nothing yet.
func New(c Config) (*Collector, error) {
	made, err := newClient(c)
	if err != nil {
		return nil, fmt.Errorf("okta: %w", err)
	}
	return &Collector{config: c, client: made}, nil
}

// Name is "okta".
func (*Collector) Name() string { return "okta" }

// Offers are the resources of this package.
func (*Collector) Offers() []collectors.Offer { return Offers() }

// Collect reads everything with three requests under way at most: an org has a
// few dozen for all its users' sign-ins together.
func (c *Collector) Collect(ctx context.Context, sink *collectors.Sink) error {
	do := func(name string, read func(context.Context, *collectors.Sink, *collectors.Recorder) error) {
		sink.Do(ctx, name, func(ctx context.Context, r *collectors.Recorder) error { return read(ctx, sink, r) })
	}
	return sink.Concurrently(
		func() {
			do(resourceOrganization, c.organization)
			do(resourceApps, c.apps)
			do(resourceKeys, c.keys)
			do(resourceAccess, c.accessPolicies)
			do(resourceAssignments, c.assignments)
			do(resourceGroups, c.groups)
		},
		func() {
			do(resourceSignOn, c.signOnPolicies)
			do(resourceZones, c.listing("/api/v1/zones", url.Values{"limit": {"200"}}, resourceZones))
			do(resourceGroupRules, c.listing("/api/v1/groups/rules", url.Values{"limit": {"200"}}, resourceGroupRules))
			do(resourceDomains, c.domains)
			do(resourceThreats, c.threats)
			do(resourceAssurances, c.assurances)
			do(resourceNotifications, c.notifications)
		},
		func() {
			do(resourceMails, c.mails)
			do(resourceRequests, c.requests)
		},
	)
}

func (c *Collector) organization(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
	object, err := c.client.one(ctx, "/.well-known/okta-organization")
	if err != nil {
		return err
	}
	r.Items(1)
	return r.Set(resourceOrganization, object)
}

// Values of pipeline in the answer of /.well-known/okta-organization.
const (
	identityEngine = "idx"
	classicEngine  = "v1"
)

// engine is the org's pipeline, "" when it is not known.
func (c *Collector) engine(ctx context.Context, sink *collectors.Sink) (string, error) {
	outcome, err := sink.Await(ctx, resourceOrganization)
	if err != nil {
		return "", err
	}
	var organization struct {
		Pipeline string `json:"pipeline"`
	}
	if _, err := outcome.Decode(resourceOrganization, &organization); err != nil {
		return "", err
	}
	return organization.Pipeline, nil
}

// onClassic is the error for what Classic Engine does not have.
func onClassic(what string) error {
	return &collectors.Error{
		Code:    collectors.CodeNotApplicable,
		Problem: "the org runs on Classic Engine, where " + what,
		Hint:    "attest what the admin console shows, or upgrade to Identity Engine",
	}
}

// listing reads a listing that is one value of the document.
func (c *Collector) listing(path string, query url.Values, place string) func(context.Context, *collectors.Sink, *collectors.Recorder) error {
	return func(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
		list, err := c.client.list(ctx, r, path, query)
		return setSome(r, place, list, err)
	}
}

// setSome sets what was read of a list. Nothing at all is not an empty list.
func setSome(r *collectors.Recorder, place string, list []snapshot.Object, err error) error {
	if err != nil && len(list) == 0 {
		return err
	}
	if setErr := r.Set(place, list); setErr != nil {
		return setErr
	}
	return err
}

// domains reads the org's custom domains. They come as one object.
func (c *Collector) domains(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
	object, err := c.client.one(ctx, "/api/v1/domains")
	if err != nil {
		return err
	}
	var answer struct {
		Domains []snapshot.Object `json:"domains"`
	}
	if err := json.Unmarshal(object, &answer); err != nil || answer.Domains == nil {
		return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "/api/v1/domains holds no list of domains"}
	}
	r.Items(len(answer.Domains))
	return r.Set(resourceDomains, answer.Domains)
}

func (c *Collector) threats(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
	object, err := c.client.one(ctx, "/api/v1/threats/configuration")
	if err != nil {
		return err
	}
	r.Items(1)
	return r.Set(resourceThreats, object)
}

func (c *Collector) assurances(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	engine, err := c.engine(ctx, sink)
	if err != nil {
		return err
	}
	if engine == classicEngine {
		return onClassic("device assurance does not exist")
	}
	return c.listing("/api/v1/device-assurances", nil, resourceAssurances)(ctx, sink, r)
}

// notifications asks the private endpoint behind the admin console whether users
// are told of new devices. It may change or vanish: any refusal is an answer
// that is missing, nothing more.
func (c *Collector) notifications(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
	if !c.config.APIToken {
		return &collectors.Error{
			Code:    collectors.CodeNotRequested,
			Problem: "the endpoint for security notifications answers an API token (SSWS) only",
		}
	}
	address := c.client.admin.JoinPath("api", "internal", "org", "settings", "security-notification-settings")
	object, _, err := c.client.get(ctx, address)
	if err != nil {
		// A bad login here says nothing of the token: the endpoint is not public.
		if e := transport.AsError(err); e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound {
			return &collectors.Error{Code: collectors.CodeDenied, Problem: fmt.Sprintf("the private endpoint for security notifications answered %d", e.Status)}
		}
		return err
	}
	if object, err = withoutSecrets(object); err != nil {
		return err
	}
	r.Items(1)
	return r.Set(resourceNotifications, object)
}

// lastSegment is the id at the end of a link.
func lastSegment(link string) string {
	parsed, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return parsed.Path[strings.LastIndexByte(parsed.Path, '/')+1:]
}
