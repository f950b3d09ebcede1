package transport

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Origin checks a service root and returns its scheme, host and port as one
// text: "https://graph.microsoft.com". Only https is accepted, except for
// loopback addresses; user information is refused.
func Origin(root string) (string, error) {
	u, err := url.Parse(root)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", Redact(root), errSyntax(err))
	}
	if u.User != nil {
		return "", fmt.Errorf("address %s: must not hold a user name or password", bare(u))
	}
	if u.Hostname() == "" {
		return "", fmt.Errorf("address %q: no host; write it as https://host", Redact(root))
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return "", fmt.Errorf("address %s: must be https; http is for loopback addresses", bare(u))
	}
	return originOf(u), nil
}

// errSyntax drops the quoted input from a URL error: it is quoted already.
func errSyntax(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}

// originOf gives scheme, host and port in one spelling.
func originOf(u *url.URL) string {
	host, port := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()
	if port == "" || port == defaultPort(u.Scheme) {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port)
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// loopback tells whether a host is this machine, by name or by number.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// guard refuses every request that does not go to an allowed origin. It stands
// outermost, so nothing is attached to a request that is refused.
type guard struct {
	origins map[string]bool
	next    http.RoundTripper
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if !g.origins[originOf(req.URL)] || req.URL.User != nil {
		closeBody(req)
		return nil, &Error{
			Op: operation(req), Code: CodeBadAddress,
			Problem: "not the service this client was made for; the request was not sent",
		}
	}
	return g.next.RoundTrip(req)
}

// closeBody honours http.RoundTripper's duty to close the body, whatever happens.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // nothing was written to it; there is nothing to lose
	}
}
