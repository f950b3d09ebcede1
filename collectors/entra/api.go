package entra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	graphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// api sends requests to Graph through the SDK's request adapter. The credentials
// are the transport's business, so the adapter gets none.
type api struct {
	root    string
	adapter *graphcore.GraphRequestAdapterBase
}

func newAPI(root string, client *http.Client) (*api, error) {
	adapter, err := graphcore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, graphcore.GraphClientOptions{},
		jsonserialization.NewJsonParseNodeFactory(), nil, client)
	if err != nil {
		return nil, err
	}
	return &api{root: root, adapter: adapter}, nil
}

// v1 and beta name the two versions of the API.
const (
	v1   = "/v1.0"
	beta = "/beta"
)

// address makes the URL of a request. Segments that come from the tenant must be
// escaped by the caller with url.PathEscape.
func (a *api) address(version, path, query string) (*url.URL, error) {
	u, err := url.Parse(a.root + version + path)
	if err != nil {
		return nil, fmt.Errorf("address of %s: %w", path, err)
	}
	u.RawQuery = query
	return u, nil
}

// escapeQuery encodes the values of a query such as "$top=5&$filter=a eq 'b'".
// Spaces become %20, which every OData parser reads, unlike "+".
func escapeQuery(pairs ...string) string {
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		pairs[i] = name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	return strings.Join(pairs, "&")
}

// get reads one answer as it is. Errors are the transport's, with the codes that
// Graph's own error codes call for.
func (a *api) get(ctx context.Context, address *url.URL, prefer string) (jsontext.Value, error) {
	info := abstractions.NewRequestInformation()
	info.Method = abstractions.GET
	info.SetUri(*address)
	info.Headers.Add("Accept", "application/json")
	info.Headers.Add("x-ms-throttle-priority", "Low") // others in the tenant come first
	if prefer != "" {
		info.Headers.Add("Prefer", prefer)
	}
	var body jsontext.Value
	handler := abstractions.NewRequestHandlerOption()
	handler.SetResponseHandler(func(response any, _ abstractions.ErrorMappings) (any, error) {
		var err error
		body, err = readAnswer(response)
		return nil, err
	})
	info.AddRequestOptions([]abstractions.RequestOption{handler})
	if _, err := a.adapter.SendPrimitive(ctx, info, "[]byte", nil); err != nil {
		return nil, transport.AsError(err)
	}
	return body, nil
}

// readAnswer takes the body of a good answer, and makes an error of any other.
func readAnswer(response any) (jsontext.Value, error) {
	resp, ok := response.(*http.Response)
	if !ok {
		return nil, errors.New("the request adapter gave no HTTP response")
	}
	defer func() { _ = resp.Body.Close() }() // the transport has read it already
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, problem(resp, body)
	}
	if !jsontext.Value(body).IsValid() {
		return nil, badAnswer(resp.Request, "the answer is not JSON")
	}
	return body, nil
}

func badAnswer(req *http.Request, text string) *transport.Error {
	e := transport.StatusError(req, 0, text)
	e.Code = transport.CodeBadAnswer
	return e
}

// problem reads an OData error. What Graph says in words is quoted; the inner
// error holds request ids only.
func problem(resp *http.Response, body []byte) *transport.Error {
	code, message := readODataError(body)
	text := code
	if message != "" {
		text = strings.TrimPrefix(code+": "+message, ": ")
	}
	e := transport.StatusError(resp.Request, resp.StatusCode, text)
	if resp.StatusCode < 400 {
		e.Code, e.Problem = transport.CodeBadAnswer, "neither an answer nor an error"
		if resp.StatusCode >= 300 {
			e.Code, e.Problem = transport.CodeBadAddress, "the service points elsewhere; it was not followed"
		}
	}
	if unlicensed(code, message) {
		e.Code = collectors.CodeUnlicensed
		e.Hint = "the tenant has no licence for this API (Microsoft Entra ID P1, or SharePoint for its settings)"
	}
	return e
}

// readODataError gives the code and message of an error body; "" for what is not
// there or cannot be read.
func readODataError(body []byte) (code, message string) {
	node, err := jsonserialization.NewJsonParseNode(body)
	if err != nil || node == nil {
		return "", ""
	}
	parsed, err := node.GetObjectValue(odataerrors.CreateODataErrorFromDiscriminatorValue)
	if err != nil {
		return "", ""
	}
	odata, ok := parsed.(*odataerrors.ODataError)
	if !ok || odata.GetErrorEscaped() == nil {
		return "", ""
	}
	if c := odata.GetErrorEscaped().GetCode(); c != nil {
		code = *c
	}
	if m := odata.GetErrorEscaped().GetMessage(); m != nil {
		message = *m
	}
	return code, message
}

// unlicensed recognises the ways in which Graph says that a licence is missing;
// only one of them has a code of its own.
func unlicensed(code, message string) bool {
	if strings.Contains(code, "NonPremiumTenant") {
		return true
	}
	message = strings.ToLower(message)
	return strings.Contains(message, "not licensed for this feature") ||
		strings.Contains(message, "premium license") ||
		strings.Contains(message, "does not have a spo license")
}

// hinted adds to an error of a resource which permission is missing.
func hinted(err error, resource string) error {
	e, ok := errors.AsType[*transport.Error](err)
	if !ok || e.Hint != "" {
		return err
	}
	switch e.Code {
	case transport.CodeDenied:
		e.Hint = "grant the application permission " + permissionFor(resource) + " and consent to it"
	case transport.CodeLoginRefused:
		e.Hint = "the login has expired or is for another service; sign in again"
	}
	return err
}

// page is one page of a collection.
type page struct {
	Value jsontext.Value `json:"value"`
	Next  string         `json:"@odata.nextLink"`
}

// listing is a collection to be read page by page.
type listing struct {
	version, path, query string
	prefer               string
	// quiet: the pages are not counted as the resource's own items.
	quiet bool
}

// each reads a collection to its end and gives each page's elements to take. They
// are only valid during the call. Pages and items are reported to r.
func (a *api) each(ctx context.Context, r *collectors.Recorder, l listing, take func([]snapshot.Object) error) error {
	address, err := a.address(l.version, l.path, l.query)
	if err != nil {
		return err
	}
	pages := transport.NewPages(address, 0)
	for {
		body, err := a.get(ctx, address, l.prefer)
		if err != nil {
			return err
		}
		p, items, err := readPage(body)
		if err != nil {
			return fmt.Errorf("page %d of %s: %w", pages.Count()+1, l.path, err)
		}
		if err := pages.Read(p.Value, len(items)); err != nil {
			return err
		}
		if err := take(items); err != nil {
			return err
		}
		if !l.quiet {
			r.Page(len(items))
		}
		if p.Next == "" {
			return nil
		}
		if address, err = pages.Next(address, p.Next); err != nil {
			return err
		}
	}
}

// readPage takes a page apart. A collection without "value" is none.
func readPage(body jsontext.Value) (page, []snapshot.Object, error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return p, nil, badPage("it is no collection")
	}
	if p.Value.Kind() != '[' {
		return p, nil, badPage("it holds no list")
	}
	var items []snapshot.Object
	if err := json.Unmarshal(p.Value, &items); err != nil {
		return p, nil, badPage("its list cannot be read")
	}
	return p, items, nil
}

func badPage(text string) error {
	return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: text}
}
