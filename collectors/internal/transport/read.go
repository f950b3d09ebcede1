package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/go-retryablehttp"
)

// read makes one attempt and reads its answer whole, so that a body that breaks
// off is found where another attempt can still be made. One page is a few
// megabytes; MaxBytes bounds it.
type read struct {
	next      http.RoundTripper
	maxBytes  int64
	timeout   time.Duration
	userAgent string
	log       *slog.Logger
	now       func() time.Time
}

func (r *read) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), r.timeout, errSlow)
	defer cancel()
	out := req.WithContext(ctx)
	out.Header = req.Header.Clone()
	out.Header.Set("Accept-Encoding", "gzip") // ours: we decode, and see what breaks
	if r.userAgent != "" {
		out.Header.Set("User-Agent", r.userAgent)
	}

	started := r.now()
	resp, err := r.next.RoundTrip(out)
	if err != nil {
		failure := r.noAnswer(req, out, err)
		r.note(req, 0, failure.Error(), started)
		return nil, failure
	}
	body, failure := r.body(req, out, resp)
	if failure != nil {
		r.note(req, resp.StatusCode, failure.Error(), started)
		return nil, failure
	}
	r.note(req, resp.StatusCode, fmt.Sprintf("%d bytes", len(body)), started)

	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.Request = req
	return resp, nil
}

var errSlow = errors.New("no complete answer within the time limit")

// noAnswer explains why no answer came.
func (r *read) noAnswer(req, sent *http.Request, err error) *Error {
	if req.Context().Err() != nil {
		return canceled(req)
	}
	problem := err.Error()
	if errors.Is(context.Cause(sent.Context()), errSlow) {
		problem = fmt.Sprintf("%v of %v", errSlow, r.timeout)
	}
	// The library knows which failures repeat themselves: an untrusted
	// certificate, a broken header. It looks into url.Error only.
	again, _ := retryablehttp.DefaultRetryPolicy(req.Context(), nil, &url.Error{Op: req.Method, Err: err})
	return &Error{
		Op: operation(req), Code: CodeUnreachable, again: again,
		Problem: Redact(scrub(problem, secretsOf(sent))),
		Hint:    "check the address, and whether a proxy or a private certificate authority must be configured",
	}
}

// body reads, decodes and judges the body of an answer.
func (r *read) body(req, sent *http.Request, resp *http.Response) ([]byte, *Error) {
	defer func() { _ = resp.Body.Close() }() // read to the end or given up: no error left to learn from
	body, err := r.decode(resp)
	if err != nil {
		return nil, r.brokenBody(req, sent, resp, err)
	}
	if int64(len(body)) > r.maxBytes {
		return nil, &Error{
			Op: operation(req), Status: resp.StatusCode, Code: CodeTooLarge,
			Problem: fmt.Sprintf("the answer is larger than the limit of %d bytes", r.maxBytes),
		}
	}
	for _, secret := range secretsOf(sent) {
		// A service that repeats our credentials must not get them into a snapshot.
		body = bytes.ReplaceAll(body, []byte(secret), []byte(Redacted))
	}
	if isPage(resp, body) {
		return nil, foreignPage(req, resp)
	}
	if err := validJSON(resp, body); err != nil {
		return nil, r.brokenBody(req, sent, resp, err)
	}
	return body, nil
}

// decode reads one byte more than the limit at most, counted after decoding.
func (r *read) decode(resp *http.Response) ([]byte, error) {
	from := io.Reader(resp.Body)
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		unzip, err := gzip.NewReader(resp.Body)
		if errors.Is(err, io.EOF) && noBody(resp) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("undecodable gzip: %w", err)
		}
		from = unzip
	}
	return io.ReadAll(io.LimitReader(from, r.maxBytes+1))
}

// noBody tells whether an answer has no body by its nature.
func noBody(resp *http.Response) bool {
	return resp.ContentLength == 0 || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusNotModified
}

// brokenBody explains a body that could not be read; another attempt may help.
func (r *read) brokenBody(req, sent *http.Request, resp *http.Response, err error) *Error {
	if req.Context().Err() != nil {
		return canceled(req)
	}
	e := &Error{Op: operation(req), Status: resp.StatusCode, Code: CodeBadAnswer, again: true}
	switch {
	case errors.Is(context.Cause(sent.Context()), errSlow):
		e.Code, e.Problem = CodeUnreachable, fmt.Sprintf("%v of %v", errSlow, r.timeout)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Problem = "the answer breaks off"
	default:
		e.Problem = "the answer cannot be read: " + Redact(scrub(err.Error(), secretsOf(sent)))
	}
	return e
}

// validJSON checks an answer that calls itself JSON and well: half of one is
// worth asking again for. Duplicate member names are refused as well: two values
// for one setting are no evidence.
func validJSON(resp *http.Response, body []byte) error {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	json := err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
	if !json || resp.StatusCode >= 300 || len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body))
	if err := decoder.SkipValue(); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	if _, err := decoder.ReadToken(); err != io.EOF {
		return errors.New("not JSON: more than one value")
	}
	return nil
}

// isPage tells whether an answer is a web page, which none of the services send.
// The page that comes with a redirect says nothing: the header does.
func isPage(resp *http.Response, body []byte) bool {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return false
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "text/html" || kind == "application/xhtml+xml" {
		return true
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	return bytes.HasPrefix(start, []byte("<"))
}

// foreignPage is the error for a proxy's or portal's page. Only one that says it
// is about a passing condition is worth another attempt.
func foreignPage(req *http.Request, resp *http.Response) *Error {
	e := &Error{
		Op: operation(req), Status: resp.StatusCode, Code: CodeBadAnswer,
		Problem: "a web page came instead of the API's answer",
		Hint:    "a proxy, firewall or sign-in page stands between this machine and the service; check HTTPS_PROXY",
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
		e.again = true
	}
	return e
}

// note writes one attempt to the log: never a header, never a query's values.
func (r *read) note(req *http.Request, status int, result string, started time.Time) {
	if r.log == nil {
		return
	}
	r.log.DebugContext(req.Context(), "request",
		"op", operation(req), "query", queryNames(req.URL), "status", status,
		"result", result, "took", r.now().Sub(started).Round(time.Millisecond).String())
}

// queryNames gives the names of a query's parameters without their values.
func queryNames(u *url.URL) string {
	var names []string
	for _, pair := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err == nil && name != "" {
			names = append(names, Redact(name))
		}
	}
	return strings.Join(names, " ")
}
