package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// serve answers the i-th request (from 1) with answer.
func serve(t *testing.T, answer func(i int, w http.ResponseWriter, r *http.Request)) (*httptest.Server, *int) {
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
	return s, &n
}

func code(err error) string {
	e, ok := errors.AsType[*transport.Error](err)
	if !ok {
		return ""
	}
	return e.ErrorCode()
}

func TestHowLongItWaits(t *testing.T) {
	date := func(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
	unix := func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	// The service's clock is ten minutes ahead of ours.
	theirs := noon.Add(10 * time.Minute)
	tests := []struct {
		name   string
		status int
		header map[string]string
		want   []time.Duration
	}{
		{"seconds", 429, map[string]string{"Retry-After": "7"}, []time.Duration{7 * time.Second}},
		{"a fraction", 429, map[string]string{"Retry-After": "2.128"}, []time.Duration{2128 * time.Millisecond}},
		{"a date, clocks apart", 503, map[string]string{"Retry-After": date(theirs.Add(9 * time.Second)), "Date": date(theirs)}, []time.Duration{9 * time.Second}},
		{"a date that has passed", 503, map[string]string{"Retry-After": date(theirs.Add(-time.Hour)), "Date": date(theirs)}, nil},
		{"a reset, clocks apart", 429, map[string]string{"X-Rate-Limit-Reset": unix(theirs.Add(30 * time.Second)), "Date": date(theirs)}, []time.Duration{31 * time.Second}},
		{"a reset that has passed", 429, map[string]string{"X-Rate-Limit-Reset": unix(theirs.Add(-time.Hour)), "Date": date(theirs)}, []time.Duration{time.Second}},
		{"a reset on another status", 500, map[string]string{"X-Rate-Limit-Reset": unix(theirs.Add(30 * time.Second)), "Date": date(theirs)}, []time.Duration{500 * time.Millisecond}},
		{"nothing", 429, nil, []time.Duration{500 * time.Millisecond}},
		{"nonsense", 429, map[string]string{"Retry-After": "soon", "X-Rate-Limit-Reset": "never"}, []time.Duration{500 * time.Millisecond}},
		{"infinity", 429, map[string]string{"Retry-After": "+Inf"}, []time.Duration{500 * time.Millisecond}},
		{"negative", 429, map[string]string{"Retry-After": "-5"}, []time.Duration{500 * time.Millisecond}},
		{"nothing at all", 502, nil, []time.Duration{500 * time.Millisecond}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, func(i int, w http.ResponseWriter, _ *http.Request) {
				if i > 1 {
					_, _ = io.WriteString(w, "ok")
					return
				}
				w.Header().Set("Date", date(noon))
				for name, value := range tt.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
			})
			c, clock := client(t, s.URL, nil)
			answer, err := get(t, c, s.URL)
			if err != nil || string(answer.Body) != "ok" {
				t.Fatalf("%v, %v", answer, err)
			}
			if diff := cmp.Diff(tt.want, clock.slept); diff != "" {
				t.Errorf("slept (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBackoffGrowsAndEnds(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	c, clock := client(t, s.URL, nil)
	_, err := get(t, c, s.URL+"/x?token=hidden")
	if code(err) != transport.CodeServerError || !strings.HasSuffix(err.Error(), "502 Bad Gateway: the service keeps failing (after 8 attempts)") {
		t.Errorf("error = %v", err)
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Errorf("the query is in the error: %v", err)
	}
	half := func(s int) time.Duration { return time.Duration(s) * time.Second / 2 }
	want := []time.Duration{half(1), half(2), half(4), half(8), half(16), half(30), half(30)}
	if diff := cmp.Diff(want, clock.slept); diff != "" {
		t.Errorf("slept (-want +got):\n%s", diff)
	}
	if *n != transport.DefaultMaxAttempts {
		t.Errorf("%d attempts", *n)
	}
}

func TestWaitingIsBounded(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "40")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	c, clock := client(t, s.URL, func(o *transport.Options) { o.MaxWait = 100 * time.Second })
	_, err := get(t, c, s.URL)
	if code(err) != transport.CodeThrottled {
		t.Errorf("error = %v", err)
	}
	if *n != 3 || len(clock.slept) != 2 {
		t.Errorf("%d attempts, slept %v: the third wait would have been too long", *n, clock.slept)
	}
	if e := transport.AsError(err); e.Hint == "" {
		t.Error("no hint")
	}
}

func TestStoppedWhileWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "200")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	var told []string
	c, _ := client(t, s.URL, func(o *transport.Options) {
		o.Sleep, o.Now = transport.Sleep, time.Now
		o.OnWait = func(_ context.Context, d time.Duration, reason string) {
			told = append(told, d.Round(time.Second).String()+" "+reason)
			cancel()
		}
	})
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	_, err := transport.Do(c, req)
	if code(err) != transport.CodeCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	if diff := cmp.Diff([]string{"3m20s rate limit"}, told); diff != "" {
		t.Error(diff)
	}
}

func TestABodyIsSentAgain(t *testing.T) {
	var bodies []string
	s, _ := serve(t, func(i int, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if i < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	c, _ := client(t, s.URL, nil)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader(`{"cmdlet":1}`))
	if _, err := transport.Do(c, req); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"cmdlet":1}`, `{"cmdlet":1}`, `{"cmdlet":1}`}, bodies); diff != "" {
		t.Error(diff)
	}
	// A body that cannot be had again is not guessed at.
	once, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.NopCloser(strings.NewReader("x")))
	bodies = nil
	s2, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	once.URL, _ = url.Parse(s2.URL)
	c2, _ := client(t, s2.URL, nil)
	if _, err := transport.Do(c2, once); err == nil || !strings.Contains(err.Error(), "cannot be repeated") {
		t.Errorf("error = %v", err)
	}
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	for _, status := range []int{200, 204, 302, 400, 401, 403, 404, 409, 501} {
		s, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		c, _ := client(t, s.URL, nil)
		answer, err := get(t, c, s.URL)
		if err != nil || answer.Status != status || *n != 1 {
			t.Errorf("%d: %v, %v, %d attempts", status, answer, err, *n)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/take-me?x=1", status)
		})
		c, _ := client(t, s.URL, nil)
		answer, err := get(t, c, s.URL)
		if err != nil || answer.Status != status || answer.Header.Get("Location") != "https://elsewhere.example/take-me?x=1" || *n != 1 {
			t.Errorf("%d: %+v, %v, %d requests", status, answer, err, *n)
		}
	}
}

func TestOnlyTheServiceItself(t *testing.T) {
	s, n := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	other, asked := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	c, _ := client(t, s.URL, nil)
	upper := strings.Replace(s.URL, "http://", "HTTP://", 1)
	for _, good := range []string{s.URL, s.URL + "/a/b?c", upper} {
		if _, err := get(t, c, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	if *n != 3 {
		t.Errorf("%d requests", *n)
	}
	port := strings.TrimPrefix(s.URL, "http://127.0.0.1")
	for _, bad := range []string{
		other.URL, "http://localhost" + port, "https://127.0.0.1" + port, "http://user:pw@127.0.0.1" + port,
		"http://127.0.0.1", "http://graph.microsoft.com", "http://127.0.0.1.evil.example" + port,
	} {
		_, err := get(t, c, bad)
		if code(err) != transport.CodeBadAddress {
			t.Errorf("%s: %v", bad, err)
		}
		if err != nil && strings.Contains(err.Error(), "pw@") {
			t.Errorf("a password is in the error: %v", err)
		}
	}
	if *asked != 0 || *n != 3 {
		t.Errorf("%d requests to another server, %d to ours", *asked, *n)
	}
}

func TestOrigin(t *testing.T) {
	good := map[string]string{
		"https://Graph.Microsoft.com":          "https://graph.microsoft.com",
		"https://graph.microsoft.com:443/v1.0": "https://graph.microsoft.com",
		"https://graph.microsoft.com.":         "https://graph.microsoft.com",
		"https://x.example:8443/":              "https://x.example:8443",
		"http://127.0.0.1:80":                  "http://127.0.0.1",
		"http://127.9.9.9:1":                   "http://127.9.9.9:1",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"http://[::1]":                         "http://[::1]",
		"http://LOCALHOST:1":                   "http://localhost:1",
		"http://[::ffff:127.0.0.1]:1":          "http://[::ffff:127.0.0.1]:1",
	}
	for root, want := range good {
		if got, err := transport.Origin(root); err != nil || got != want {
			t.Errorf("%s: %q, %v", root, got, err)
		}
	}
	for _, root := range []string{
		"", "x", "//x", "http://x.example", "http://127.0.0.1.example", "http://10.0.0.1", "http://localhost.example", "http://0.0.0.0:1",
		"ftp://127.0.0.1", "https://u:p@x.example", "https://", "https://x y", "https://%zz",
	} {
		if got, err := transport.Origin(root); err == nil {
			t.Errorf("%q was accepted as %q", root, got)
		}
	}
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
	if err != nil || answer.Status != 403 || len(answer.Body) != 40 || *n != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
}

// renewing has another token each time it is refused.
type renewing struct {
	n       int
	refused []string
}

func (r *renewing) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", fmt.Sprintf("Bearer token-number-%d", r.n))
	return nil
}

func (r *renewing) Refused(_ context.Context, req *http.Request, _ *http.Response) bool {
	r.refused = append(r.refused, req.Header.Get("Authorization"))
	r.n++
	return true
}

func TestRefusedLogin(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-number-2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	login := &renewing{}
	c, clock := client(t, s.URL, func(o *transport.Options) { o.Authorizer = login })
	answer, err := get(t, c, s.URL)
	if err != nil || answer.Status != 200 || *n != 3 || len(clock.slept) != 0 {
		t.Errorf("%+v, %v, %d attempts, slept %v", answer, err, *n, clock.slept)
	}
	if diff := cmp.Diff([]string{"Bearer token-number-0", "Bearer token-number-1"}, login.refused); diff != "" {
		t.Error(diff)
	}
	login.n = 7 // no token will ever do
	if answer, err := get(t, c, s.URL); err != nil || answer.Status != 401 || *n != 6 {
		t.Errorf("%+v, %v, %d attempts", answer, err, *n)
	}
}

type noLogin struct{}

func (noLogin) Authorize(context.Context, *http.Request) error {
	return errors.New("client_secret=hunter2hunter2 is wrong")
}
func (noLogin) Refused(context.Context, *http.Request, *http.Response) bool { return false }

func TestNoLogin(t *testing.T) {
	s, n := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	c, _ := client(t, s.URL, func(o *transport.Options) { o.Authorizer = noLogin{} })
	_, err := get(t, c, s.URL)
	if code(err) != transport.CodeLoginFailed || strings.Contains(err.Error(), "hunter2") || *n != 0 {
		t.Errorf("%v, %d requests", err, *n)
	}
}

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

func TestLimits(t *testing.T) {
	s, _ := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	slow := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/slow") }
	var told int
	c, clock := client(t, s.URL, func(o *transport.Options) {
		o.Limits = []transport.Limit{{Match: slow, Requests: 3, Per: 10 * time.Second}}
		o.OnWait = func(context.Context, time.Duration, string) { told++ }
	})
	var at []time.Duration
	for range 8 {
		if _, err := get(t, c, s.URL+"/slow"); err != nil {
			t.Fatal(err)
		}
		at = append(at, clock.now().Sub(noon).Round(time.Millisecond))
		if _, err := get(t, c, s.URL+"/fast"); err != nil {
			t.Fatal(err)
		}
	}
	per := 10200 * time.Millisecond
	want := []time.Duration{0, 0, 0, per, per, per, 2 * per, 2 * per}
	if diff := cmp.Diff(want, at); diff != "" {
		t.Errorf("left at (-want +got):\n%s", diff)
	}
	if told != len(clock.slept) || told == 0 {
		t.Errorf("told of %d waits, waited %d times", told, len(clock.slept))
	}
}

func TestBudget(t *testing.T) {
	resets := noon.Add(time.Minute)
	remaining := 10
	s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		remaining--
		w.Header().Set("Date", noon.Format(http.TimeFormat))
		w.Header().Set("X-Rate-Limit-Limit", "10")
		w.Header().Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
		w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(resets.Unix(), 10))
		if r.URL.Path == "/other" {
			w.Header().Set("X-Rate-Limit-Limit", "0") // a limit on concurrency
		}
	})
	c, clock := client(t, s.URL, func(o *transport.Options) {
		o.Budget = &transport.Budget{Reserve: 0.5, Key: func(r *http.Request) string { return r.URL.Path }}
	})
	for range 5 {
		if _, err := get(t, c, s.URL+"/a"); err != nil {
			t.Fatal(err)
		}
	}
	if len(clock.slept) != 0 {
		t.Fatalf("slept %v before half of the budget was gone", clock.slept)
	}
	if _, err := get(t, c, s.URL+"/other"); err != nil || len(clock.slept) != 0 {
		t.Fatalf("another budget: %v, %v", err, clock.slept)
	}
	if _, err := get(t, c, s.URL+"/a"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{61 * time.Second}, clock.slept); diff != "" {
		t.Errorf("slept (-want +got):\n%s", diff)
	}
	if *n != 7 {
		t.Errorf("%d requests", *n)
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
	if code(err) != transport.CodeUnreachable || !strings.HasPrefix(err.Error(), "GET "+s.URL+"/x: ") || len(clock.slept) != 7 {
		t.Errorf("%v, slept %d times", err, len(clock.slept))
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

func TestOptionsThatCannotBe(t *testing.T) {
	for name, o := range map[string]transport.Options{
		"no address":      {},
		"plain http":      {Origins: []string{"http://graph.microsoft.com"}},
		"an empty limit":  {Origins: []string{"https://x.example"}, Limits: []transport.Limit{{Requests: 0, Per: time.Second}}},
		"a limit of time": {Origins: []string{"https://x.example"}, Limits: []transport.Limit{{Requests: 1}}},
	} {
		if _, err := transport.New(o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestPages(t *testing.T) {
	first, _ := url.Parse("https://graph.example/v1.0/users?$top=2")
	follow := func(t *testing.T, links ...string) error {
		t.Helper()
		p := transport.NewPages(first, 4)
		at := first
		for i, link := range links {
			if err := p.Read([]byte(strconv.Itoa(i)), 1); err != nil {
				return err
			}
			next, err := p.Next(at, link)
			if err != nil {
				return err
			}
			at = next
		}
		return nil
	}
	tests := []struct {
		name  string
		links []string
		code  string
	}{
		{"absolute", []string{"https://graph.example/v1.0/users?$skiptoken=1", "https://graph.example/v1.0/users?$skiptoken=2"}, ""},
		{"relative", []string{"?$skiptoken=1", "/v1.0/users?$skiptoken=2"}, ""},
		{"the same host, spelled otherwise", []string{"https://GRAPH.example:443/v1.0/users?a"}, ""},
		{"another host", []string{"https://evil.example/v1.0/users"}, "bad_address"},
		{"another port", []string{"https://graph.example:8443/v1.0/users"}, "bad_address"},
		{"a longer host", []string{"https://graph.example.evil.example/"}, "bad_address"},
		{"another scheme", []string{"http://graph.example/v1.0/users?x"}, "bad_address"},
		{"no host", []string{"//evil.example/x"}, "bad_address"},
		{"a user name", []string{"https://graph.example@evil.example/"}, "bad_address"},
		{"a password", []string{"https://u:p@graph.example/"}, "bad_address"},
		{"a script", []string{"javascript:alert(1)"}, "bad_address"},
		{"broken", []string{"https://graph.example/%zz"}, "bad_answer"},
		{"itself", []string{first.String()}, "repeated_page"},
		{"itself with a fragment", []string{first.String() + "#1"}, "repeated_page"},
		{"a circle", []string{"?a=1", "?a=2", "?a=1"}, "repeated_page"},
		{"too many", []string{"?a=1", "?a=2", "?a=3", "?a=4"}, "too_many_pages"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := code(follow(t, tt.links...)); got != tt.code {
				t.Errorf("code %q, want %q", got, tt.code)
			}
		})
	}
	p := transport.NewPages(first, 0)
	for _, page := range []struct {
		items string
		count int
		code  string
	}{{"[]", 0, ""}, {"[]", 0, ""}, {"[1]", 1, ""}, {"[2]", 1, ""}, {"[1]", 1, "repeated_page"}} {
		if got := code(p.Read([]byte(page.items), page.count)); got != page.code {
			t.Errorf("page %s: code %q, want %q", page.items, got, page.code)
		}
	}
	if p.Count() != 5 {
		t.Errorf("%d pages", p.Count())
	}
}
