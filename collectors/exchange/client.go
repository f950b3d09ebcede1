package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
)

// DefaultURL is the service root of the worldwide cloud.
const DefaultURL = "https://outlook.office365.com"

// Config says how to reach Exchange Online.
type Config struct {
	// URL is the service root before /adminapi; empty means DefaultURL.
	URL string
	// TenantID is the Entra tenant id; the endpoint has it in its path.
	TenantID string
	// Authorizer attaches the credentials.
	Authorizer collectors.Authorizer
	// Network is how to reach the service.
	Network collectors.Network
}

// pageSize is what the official module asks for.
const pageSize = 1000

// anchor is the arbitration mailbox that every organisation has. Naming it keeps
// all requests at the server that holds the pages of a listing.
const anchor = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"

// client sends cmdlets.
type client struct {
	http       *http.Client
	root       *url.URL // where requests go: the configured root, or the region's
	configured *url.URL // the configured root; links may still name it
	tenant     string
	connection string // one id for the whole collection
}

// newClient checks the configuration. It sends nothing yet.
func newClient(c Config) (*client, error) {
	if c.URL == "" {
		c.URL = DefaultURL
	}
	root, err := url.Parse(strings.TrimRight(c.URL, "/"))
	if err != nil {
		return nil, fmt.Errorf("the service root is no address")
	}
	if c.TenantID == "" {
		return nil, fmt.Errorf("no tenant id is given")
	}
	made, err := newHTTP(c, root)
	if err != nil {
		return nil, err
	}
	return &client{http: made, root: root, configured: root, tenant: c.TenantID, connection: newID()}, nil
}

func newHTTP(c Config, roots ...*url.URL) (*http.Client, error) {
	// Cookies keep a listing at the server that began it.
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	origins := make([]string, len(roots))
	for i, root := range roots {
		origins[i] = root.String()
	}
	return transport.New(transport.Options{
		Origins:    origins,
		Authorizer: c.Authorizer,
		Jar:        jar,
		UserAgent:  c.Network.UserAgent,
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
}

// pin asks where the tenant's region is and sends everything there from then on.
// The service answers a request for its module's file with a redirect to the
// region's host; only a host below the configured one is believed. Without such
// an answer the configured host serves as well, so nothing here is an error.
func (c *client) pin(ctx context.Context, config Config) {
	address := c.root.JoinPath("adminapi", "v1.0", c.tenant, "EXOModuleFile")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return
	}
	c.headers(req, "")
	answer, err := transport.Do(c.http, req)
	if err != nil || answer.Status < 300 || answer.Status > 399 {
		return
	}
	target, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || !isRegion(target, c.configured) {
		return
	}
	region := *c.configured
	region.Host = target.Host
	made, err := newHTTP(config, c.configured, &region)
	if err != nil {
		return
	}
	c.http, c.root = made, &region
}

// isRegion reports whether target is a host below the configured one, on https.
// The module takes the first label of the redirect's host, so a region of
// outlook.office365.com is <region>.outlook.office365.com.
func isRegion(target, configured *url.URL) bool {
	return target.Scheme == "https" && configured.Scheme == "https" && target.User == nil &&
		strings.HasSuffix(target.Host, "."+configured.Host)
}

// invoke runs a cmdlet and hands each page's objects, without the annotations of
// the transport format, to page. gap is told what may hide rows.
func (c *client) invoke(ctx context.Context, call call, page func([]jsontext.Value) error, gap func(error)) error {
	if !allowed(call.cmdlet) {
		return &collectors.Error{Code: collectors.CodeInternal, Problem: fmt.Sprintf("%s is not in the list of cmdlets that may be sent", call.cmdlet)}
	}
	body, err := call.body()
	if err != nil {
		return err
	}
	address := c.root.JoinPath("adminapi", "beta", c.tenant, "InvokeCommand")
	if call.selected != "" {
		address.RawQuery = "$select=" + url.QueryEscape(call.selected)
	}
	pages := transport.NewPages(address, 0)
	for {
		answer, err := c.post(ctx, address, call.cmdlet, body)
		if err != nil {
			return expired(err, pages.Count())
		}
		if err := pages.Read(answer.items, len(answer.objects)); err != nil {
			return err
		}
		for _, warning := range answer.warnings {
			gap(&collectors.Error{Code: collectors.CodeWarning, Problem: "Exchange warns: " + transport.Redact(warning)})
		}
		if err := page(answer.objects); err != nil {
			return err
		}
		if answer.next == "" {
			return nil
		}
		if address, err = c.next(pages, address, answer.next); err != nil {
			return err
		}
	}
}

// next is where the same body goes for the following page. A link to the
// configured host is turned to the region's, where the pages are kept.
func (c *client) next(pages *transport.Pages, from *url.URL, link string) (*url.URL, error) {
	if target, err := url.Parse(link); err == nil && target.Scheme == c.configured.Scheme && target.Host == c.configured.Host {
		target.Host = c.root.Host
		link = target.String()
	}
	return pages.Next(from, link)
}

// A call is a cmdlet with its parameters, and the properties that are wanted.
type call struct {
	cmdlet     cmdlet
	parameters map[string]any
	selected   string
}

func (c call) body() ([]byte, error) {
	parameters := c.parameters
	if parameters == nil {
		parameters = map[string]any{} // null is refused
	}
	return json.Marshal(map[string]any{
		"CmdletInput": map[string]any{"CmdletName": string(c.cmdlet), "Parameters": parameters},
	}, json.Deterministic(true))
}

// headers are those of the official module.
func (c *client) headers(req *http.Request, name cmdlet) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-AnchorMailbox", anchor+c.tenant)
	req.Header.Set("connection-id", c.connection)
	req.Header.Set("client-request-id", newID())
	if name == "" {
		return
	}
	req.Header.Set("Content-Type", "application/json;odata.metadata=minimal")
	req.Header.Set("Prefer", fmt.Sprintf("odata.maxpagesize=%d", pageSize))
	req.Header.Set("X-ResponseFormat", "json")
	req.Header.Set("X-SerializationLevel", "Partial")
	req.Header.Set("X-CmdletName", string(name))
}

// answer is one page.
type answer struct {
	objects  []jsontext.Value
	items    []byte // the page's objects as they came, to notice one that comes twice
	next     string
	warnings []string
}

func (c *client) post(ctx context.Context, address *url.URL, name cmdlet, body []byte) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, transport.AsError(err)
	}
	c.headers(req, name)
	got, err := transport.Do(c.http, req)
	if err != nil {
		return nil, err
	}
	if got.Status != http.StatusOK {
		return nil, refusal(req, got)
	}
	page, err := readPage(got)
	if err != nil {
		e := transport.StatusError(req, 0, err.Error())
		e.Code = transport.CodeBadAnswer
		return nil, e
	}
	return page, nil
}

// newID makes a random UUID, as the service's logs expect in its headers.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
