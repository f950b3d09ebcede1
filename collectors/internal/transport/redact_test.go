package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

// A service that says our secrets back to us, in an answer, an error or broken
// HTTP, does not get them into anything we write.
func TestSecretsComeBackNowhere(t *testing.T) {
	cookie := "cookie-value-0123456789"
	answers := map[string]func(w http.ResponseWriter, r *http.Request){
		"answer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Header.Get("Authorization")+cookie)
		},
		"error": func(w http.ResponseWriter, r *http.Request) { http.Error(w, secret+" "+cookie, http.StatusBadRequest) },
		"broken": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, "nonsense "+secret+" "+cookie+"\r\n\r\n")
			_ = conn.Close()
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			s, _ := serve(t, func(i int, w http.ResponseWriter, r *http.Request) {
				if i == 1 {
					http.SetCookie(w, &http.Cookie{Name: "affinity", Value: cookie})
					return
				}
				if c, err := r.Cookie("affinity"); err != nil || c.Value != cookie {
					t.Errorf("the cookie was not kept: %v", err)
				}
				answer(w, r)
			})
			var log bytes.Buffer
			jar, _ := cookiejar.New(nil)
			c, _ := client(t, s.URL, func(o *transport.Options) {
				o.Jar, o.MaxAttempts = jar, 2
				o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			if _, err := get(t, c, s.URL); err != nil {
				t.Fatal(err)
			}
			got, err := get(t, c, s.URL+"/p?$skiptoken=very-secret-place&$top=5")
			out := fmt.Sprintf("%v %+v %s", err, got, log.String())
			if got != nil {
				out += string(got.Body) + got.Header.Get("Authorization")
			}
			for _, hidden := range []string{secret, cookie, "very-secret-place"} {
				if strings.Contains(out, hidden) {
					t.Errorf("%q came out: %s", hidden, out)
				}
			}
			if !strings.Contains(log.String(), "$skiptoken $top") || !strings.Contains(log.String(), s.URL+"/p") {
				t.Errorf("the log does not say what was asked: %s", log.String())
			}
		})
	}
}

// What is attached to a request stays out of the caller's hands.
func TestTheCallersRequestIsLeftAsItWas(t *testing.T) {
	s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("Authorization %q", r.Header.Get("Authorization"))
		}
	})
	c, _ := client(t, s.URL, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transport.Do(c, req); err != nil {
		t.Fatal(err)
	}
	if len(req.Header) != 0 {
		t.Errorf("the request now has %v", req.Header)
	}
}

func TestRedact(t *testing.T) {
	tests := map[string]string{
		"plain words":                                                    "plain words",
		"two\nlines\tand\u202e x":                                        "two lines and x",
		"Bearer abcdef123456 was refused":                                "Bearer [redacted] was refused",
		"SSWS 00abcdefghijk":                                             "SSWS [redacted]",
		"token eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl end":                     "token [redacted] end",
		`{"client_secret":"hunter2x","a":1}`:                             `{"client_secret":"[redacted]","a":1}`,
		"client_assertion=abcd.efgh&x=1":                                 "client_assertion=[redacted]&x=1",
		"https://h/p?$skiptoken=abc&$top=1":                              "https://h/p?$skiptoken=[redacted]&$top=1",
		"Trace ID: 0b1c2d3e-4f50 Correlation ID: 9f8e7d6c-1111 t":        "Trace ID: [redacted] Correlation ID: [redacted] t",
		`"request-id":"aaaaaaaa-bbbb","client-request-id":"cccccccc-dd"`: `"request-id":"[redacted]","client-request-id":"[redacted]"`,
		"proxy http://user:pass@proxy:8080 refused":                      "proxy http://[redacted]@proxy:8080 refused",
		"errorId: oaeXYZ12345":                                           "errorId: [redacted]",
		"InvalidAuthenticationToken: Lifetime validation failed":         "InvalidAuthenticationToken: Lifetime validation failed",
		"the token is missing":                                           "the token is missing",
		"Domain-InternalFederation.Read.All":                             "Domain-InternalFederation.Read.All",
	}
	for in, want := range tests {
		if got := transport.Redact(in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
	if got := transport.Redact(strings.Repeat("x", 5000)); len(got) > 500 {
		t.Errorf("%d bytes of a long text were kept", len(got))
	}
}

func TestAsError(t *testing.T) {
	if transport.AsError(nil) != nil {
		t.Error("an error out of nothing")
	}
	foreign := &url.Error{Op: "Get", URL: "https://h/p?$skiptoken=abcdef", Err: errors.New("Bearer abcdefghijkl")}
	if got := transport.AsError(fmt.Errorf("x: %w", foreign)).Error(); got != "GET https://h/p: Bearer [redacted]" {
		t.Errorf("got %q", got)
	}
	if got := transport.AsError(&url.Error{Op: "Get", URL: "https://h", Err: context.Canceled}); got.Code != transport.CodeCanceled || !errors.Is(got, context.Canceled) {
		t.Errorf("got %+v", got)
	}
}
