package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

const secret = "s3cr3t-t0ken-abcdefghijklmnop"

// bearer is an Authorizer with a fixed token.
type bearer string

func (b bearer) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+string(b))
	return nil
}
func (bearer) Refused(context.Context, *http.Request, *http.Response) bool { return false }

// fakeClock is a clock that moves when somebody sleeps.
type fakeClock struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// client makes a client for a server, with a clock of its own and no chance.
func client(t *testing.T, url string, change func(*transport.Options)) (*http.Client, *fakeClock) {
	t.Helper()
	clock := &fakeClock{at: noon}
	o := transport.Options{
		Origins: []string{url}, Authorizer: bearer(secret),
		Now: clock.now, Sleep: clock.sleep, Jitter: func() float64 { return 0 },
	}
	if change != nil {
		change(&o)
	}
	c, err := transport.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, clock
}

func get(t *testing.T, c *http.Client, url string) (*transport.Answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return transport.Do(c, req)
}

// serve answers the i-th request (from 1) with answer, and counts them.
func serve(t *testing.T, answer func(i int, w http.ResponseWriter, r *http.Request)) (*httptest.Server, func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		i := n
		mu.Unlock()
		answer(i, w, r)
	}))
	t.Cleanup(s.Close)
	return s, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func code(err error) string {
	e, ok := errors.AsType[*transport.Error](err)
	if !ok {
		return ""
	}
	return e.ErrorCode()
}

func TestBodies(t *testing.T) {
	zipped := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return b.Bytes()
	}
	bomb := zipped(strings.Repeat("a", 1<<20))
	tests := []struct {
		name     string
		encoding string
		kind     string
		body     []byte
		want     string // of the answer
		code     string // of the error
	}{
		{"plain", "", "application/json", []byte(`{"a":1}`), `{"a":1}`, ""},
		{"compressed", "gzip", "application/json", zipped(`{"a":1}`), `{"a":1}`, ""},
		{"no JSON, and does not say so", "", "text/plain", []byte("half {"), "half {", ""},
		{"empty JSON", "", "application/json", nil, "", ""},
		{"half", "", "application/json", []byte(`{"a":`), "", "bad_answer"},
		{"two values", "", "application/json", []byte(`{}{}`), "", "bad_answer"},
		{"a name twice", "", "application/json", []byte(`{"a":true,"a":false}`), "", "bad_answer"},
		{"a suffix", "", "application/scim+json", []byte(`{`), "", "bad_answer"},
		{"garbage", "gzip", "application/json", []byte("garbage"), "", "bad_answer"},
		{"compressed and cut", "gzip", "application/json", zipped(`{"a":1}`)[:20], "", "bad_answer"},
		{"a page", "", "text/html", []byte("x"), "", "bad_answer"},
		{"a page in disguise", "", "application/json", []byte("\ufeff \n<html>"), "", "bad_answer"},
		{"too large", "", "application/json", []byte(`"` + strings.Repeat("a", 1000) + `"`), "", "too_large"},
		{"too large once unpacked", "gzip", "application/json", bomb, "", "too_large"},
		{"as large as allowed", "", "text/plain", bytes.Repeat([]byte("a"), 1000), strings.Repeat("a", 1000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Accept-Encoding"); got != "gzip" {
					t.Errorf("Accept-Encoding %q", got)
				}
				w.Header().Set("Content-Type", tt.kind)
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				_, _ = w.Write(tt.body)
			})
			c, _ := client(t, s.URL, func(o *transport.Options) { o.MaxBytes, o.MaxAttempts = 1000, 2 })
			answer, err := get(t, c, s.URL)
			if code(err) != tt.code {
				t.Fatalf("error = %v, want code %q", err, tt.code)
			}
			if err == nil && string(answer.Body) != tt.want {
				t.Errorf("body %q", answer.Body)
			}
		})
	}
}

func TestBrokenJSONOfAnErrorIsTheCallersBusiness(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write(make([]byte, 40)) // Exchange really does this
	})
	c, _ := client(t, s.URL, nil)
	answer, err := get(t, c, s.URL)
	if err != nil || answer.Status != 403 || len(answer.Body) != 40 || n() != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestPrivateAuthority(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it notes that we did not trust it
	s.StartTLS()
	defer s.Close()
	c, _ := client(t, s.URL, nil)
	_, err := get(t, c, s.URL)
	e := transport.AsError(err)
	if code(err) != transport.CodeUnreachable || !strings.Contains(e.Hint, "certificate") || strings.Contains(err.Error(), "attempts") {
		t.Errorf("error = %v, hint %q; an untrusted certificate is not worth another attempt", err, e)
	}
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	c, _ = client(t, s.URL, func(o *transport.Options) { o.RootCAs = pool })
	if _, err := get(t, c, s.URL); err != nil {
		t.Error(err)
	}
}

func TestProxy(t *testing.T) {
	var asked string
	proxy, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host
		http.Error(w, "<html>blocked</html>", http.StatusForbidden)
	})
	c, _ := client(t, "https://graph.example", func(o *transport.Options) {
		o.MaxAttempts = 1
		o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	})
	_, err := get(t, c, "https://graph.example/v1.0")
	if asked != "CONNECT graph.example:443" || code(err) != transport.CodeUnreachable {
		t.Errorf("the proxy was asked %q; error = %v", asked, err)
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	c, clock := client(t, s.URL, nil)
	_, err := get(t, c, s.URL+"/x")
	if code(err) != transport.CodeUnreachable || !strings.HasPrefix(err.Error(), "GET "+s.URL+"/x: ") || len(clock.slept) != 4 {
		t.Errorf("%v, slept %d times", err, len(clock.slept))
	}
}
