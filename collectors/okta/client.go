package okta

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// reserve is the share of each of the org's rate limits that is left to others:
// the same budgets serve the sign-ins of its users' apps.
const reserve = 0.25

// Config says how to reach the org.
type Config struct {
	// Org is the org's own URL, https://example.okta.com, with a port if need be.
	Org string
	// Authorizer attaches the credentials.
	Authorizer collectors.Authorizer
	// APIToken says that the credentials are an API token (SSWS): only with one
	// does the private endpoint for notifications answer.
	APIToken bool
	// Groups are ids of groups whose members are read beside those of the groups
	// that rules name: what rules without an API name.
	Groups []string
	// Network is how to reach the service.
	Network collectors.Network
}

// client sends requests to one org.
type client struct {
	http *http.Client
	root *url.URL
	// admin is where the private endpoint lives.
	admin *url.URL
}

func newClient(c Config) (*client, error) {
	root, err := url.Parse(strings.TrimRight(c.Org, "/"))
	if err != nil || root.Host == "" || root.Path != "" || root.RawQuery != "" || root.Fragment != "" {
		return nil, fmt.Errorf("the org's address must look like https://example.okta.com, with nothing behind the host")
	}
	admin := adminRoot(root)
	made, err := transport.New(transport.Options{
		Origins:    []string{root.String(), admin.String()},
		Authorizer: c.Authorizer,
		Budget:     &transport.Budget{Reserve: reserve, Key: endpointGroup},
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
	if err != nil {
		return nil, err
	}
	return &client{http: made, root: root, admin: admin}, nil
}

// oktaDomains are Okta's own domains, below which every org has its subdomain.
var oktaDomains = []string{".okta.com", ".oktapreview.com", ".okta-emea.com", ".okta-gov.com", ".okta.mil", ".trexcloud.com"}

// adminRoot is the org's admin console: example-admin.okta.com beside
// example.okta.com. A custom domain has none, and neither has a loopback
// address: there the org's own root is asked.
func adminRoot(root *url.URL) *url.URL {
	admin := *root
	sub, rest, ok := strings.Cut(root.Hostname(), ".")
	if !ok || net.ParseIP(root.Hostname()) != nil {
		return &admin
	}
	for _, domain := range oktaDomains {
		if "."+rest == domain && !strings.HasSuffix(sub, "-admin") {
			admin.Host = strings.Replace(root.Host, sub, sub+"-admin", 1)
		}
	}
	return &admin
}

// identifiers are Okta's: twenty characters, three of them the kind.
var identifiers = regexp.MustCompile(`/[0-9a-zA-Z]{20}(/|$)`)

// endpointGroup names the rate limit that a request counts for: Okta has one for
// each shape of path.
func endpointGroup(req *http.Request) string {
	return identifiers.ReplaceAllString(req.URL.Path, "/{id}$1")
}

// at is the address of a path, whose segments from the org must be escaped.
func (c *client) at(path string, query url.Values) (*url.URL, error) {
	address, err := url.Parse(c.root.String() + path)
	if err != nil {
		return nil, &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an id of the org cannot stand in an address"}
	}
	// Spaces as %20, which a filter is read with everywhere.
	address.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return address, nil
}

// one reads one object.
func (c *client) one(ctx context.Context, path string) (snapshot.Object, error) {
	address, err := c.at(path, nil)
	if err != nil {
		return nil, err
	}
	got, _, err := c.get(ctx, address)
	if err != nil {
		return nil, err
	}
	if got.Kind() != '{' {
		return nil, &collectors.Error{Code: collectors.CodeBadAnswer, Problem: path + " gave no object"}
	}
	return withoutSecrets(got)
}

// all reads a listing page by page.
func (c *client) all(ctx context.Context, path string, query url.Values, page func([]snapshot.Object) error) error {
	address, err := c.at(path, query)
	if err != nil {
		return err
	}
	pages := transport.NewPages(address, 0)
	for address != nil {
		body, header, err := c.get(ctx, address)
		if err != nil {
			return err
		}
		var objects []snapshot.Object
		if err := json.Unmarshal(body, &objects); err != nil {
			return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: path + " gave no list"}
		}
		if err := pages.Read(body, len(objects)); err != nil {
			return err
		}
		for i, object := range objects {
			if objects[i], err = withoutSecrets(object); err != nil {
				return err
			}
		}
		if err := page(objects); err != nil {
			return err
		}
		if address, err = following(pages, address, header); err != nil {
			return err
		}
	}
	return nil
}

// list reads a whole listing into memory, and reports pages to r.
func (c *client) list(ctx context.Context, r *collectors.Recorder, path string, query url.Values) ([]snapshot.Object, error) {
	list := []snapshot.Object{}
	err := c.all(ctx, path, query, func(page []snapshot.Object) error {
		list = append(list, page...)
		r.Page(len(page))
		return nil
	})
	return list, err
}

// following is the address of the next page, nil when there is none.
func following(pages *transport.Pages, from *url.URL, header http.Header) (*url.URL, error) {
	link, err := nextLink(header)
	if err != nil {
		return nil, &collectors.Error{Code: collectors.CodeBadAnswer, Problem: err.Error()}
	}
	if link == "" {
		return nil, nil
	}
	return pages.Next(from, link)
}

func (c *client) get(ctx context.Context, address *url.URL) (jsontext.Value, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, nil, transport.AsError(err)
	}
	req.Header.Set("Accept", "application/json")
	got, err := transport.Do(c.http, req)
	if err != nil {
		return nil, nil, err
	}
	if got.Status != http.StatusOK {
		return nil, nil, refusal(req, got)
	}
	body := jsontext.Value(got.Body)
	if !body.IsValid() {
		e := transport.StatusError(req, 0, "the answer is not JSON")
		e.Code = transport.CodeBadAnswer
		return nil, nil, e
	}
	return body, got.Header, nil
}

// refusal makes an error of an answer that is not 200, by Okta's own codes.
func refusal(req *http.Request, got *transport.Answer) error {
	var said struct {
		Code    string `json:"errorCode"`
		Summary string `json:"errorSummary"`
		Causes  []struct {
			Summary string `json:"errorSummary"`
		} `json:"errorCauses"`
	}
	_ = json.Unmarshal(got.Body, &said) // an answer without one is told by its status
	text := strings.TrimPrefix(said.Code+": "+said.Summary, ": ")
	for _, cause := range said.Causes {
		text += "; " + cause.Summary
	}
	e := transport.StatusError(req, got.Status, text)
	switch {
	case got.Status < 400:
		e.Code, e.Problem = transport.CodeBadAddress, "the service points elsewhere; it was not followed"
	case said.Code == "E0000015":
		// A feature that is off or not licensed answers 401 with this code, and
		// the token is good.
		e.Code, e.Hint = collectors.CodeUnlicensed, "the org does not have the feature"
	case said.Code == "E0000006" || got.Status == http.StatusForbidden:
		e.Code, e.Hint = collectors.CodeDenied, "grant the scope, and a role that may read it, such as Read-only Administrator"
	case got.Status == http.StatusUnauthorized:
		e.Hint = "the token is wrong, has expired (an API token after thirty days without use) or is bound to another network zone"
	}
	return e
}

// secretNames are members that hold a secret wherever they stand. Okta answers
// reads without them or with an empty value; this makes sure.
var secretNames = map[string]bool{
	"password": true, "client_secret": true, "clientsecret": true, "secret": true, "privatekey": true, "private_key": true, "sharedsecret": true,
}

// withoutSecrets drops such members from an object, at any depth, and leaves the rest
// as it came.
func withoutSecrets(object snapshot.Object) (snapshot.Object, error) {
	if !mayHoldSecret(object) {
		return object, nil
	}
	var out bytes.Buffer
	decoder, encoder := jsontext.NewDecoder(bytes.NewReader(object)), jsontext.NewEncoder(&out)
	for {
		token, err := decoder.ReadToken()
		if err == io.EOF {
			return bytes.TrimSpace(out.Bytes()), nil
		}
		if err == nil && isName(decoder) && secretNames[strings.ToLower(token.String())] {
			if err = decoder.SkipValue(); err == nil {
				continue
			}
		}
		if err == nil {
			err = encoder.WriteToken(token)
		}
		if err != nil {
			return nil, &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an object cannot be read"}
		}
	}
}

// isName tells whether the token just read is a member's name: in an object, the
// first, third, … token.
func isName(d *jsontext.Decoder) bool {
	kind, n := d.StackIndex(d.StackDepth())
	return kind == '{' && n%2 == 1
}

// mayHoldSecret looks for the names, and for letters that are written another way.
func mayHoldSecret(object snapshot.Object) bool {
	text := bytes.ToLower(object)
	for name := range secretNames {
		if bytes.Contains(text, []byte(`"`+name+`"`)) {
			return true
		}
	}
	return bytes.Contains(text, []byte(`\u`))
}
