package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

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
	if code(err) != transport.CodeServerError || !strings.HasSuffix(err.Error(), "502 Bad Gateway: the service keeps failing (after 5 attempts)") {
		t.Errorf("error = %v", err)
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Errorf("the query is in the error: %v", err)
	}
	half := func(s int) time.Duration { return time.Duration(s) * time.Second / 2 }
	want := []time.Duration{half(1), half(2), half(4), half(8)}
	if diff := cmp.Diff(want, clock.slept); diff != "" {
		t.Errorf("slept (-want +got):\n%s", diff)
	}
	if n() != 5 {
		t.Errorf("%d attempts", n())
	}
}

func TestLimitsAreWaitedForLonger(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	c, clock := client(t, s.URL, nil)
	if _, err := get(t, c, s.URL); code(err) != transport.CodeThrottled {
		t.Errorf("error = %v", err)
	}
	half := func(s int) time.Duration { return time.Duration(s) * time.Second / 2 }
	want := []time.Duration{half(1), half(2), half(4), half(8), half(16), half(30), half(30)}
	if diff := cmp.Diff(want, clock.slept); diff != "" || n() != transport.DefaultMaxAttempts {
		t.Errorf("%d attempts, slept (-want +got):\n%s", n(), diff)
	}
}

// Once no answer came at all, the next requests have one attempt, until one comes.
func TestAServiceThatIsNotThere(t *testing.T) {
	var there atomic.Bool
	s, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if !there.Load() {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusInternalServerError)
	})
	c, _ := client(t, s.URL, nil)
	attempts := func() int {
		before := n()
		if _, err := get(t, c, s.URL); err == nil {
			t.Error("no error")
		}
		return n() - before
	}
	got := []int{attempts(), attempts(), attempts()}
	there.Store(true)
	got = append(got, attempts(), attempts())
	// The first answer, an error, shows that the service is back.
	if diff := cmp.Diff([]int{5, 1, 1, 1, 5}, got); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
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
	if n() != 3 || len(clock.slept) != 2 {
		t.Errorf("%d attempts, slept %v: the third wait would have been too long", n(), clock.slept)
	}
	if e := transport.AsError(err); e.Hint == "" {
		t.Error("no hint")
	}
}

// A wait that is too long to count must not turn into none, whatever came before.
func TestWaitsBeyondCounting(t *testing.T) {
	for _, header := range []map[string]string{
		{"Retry-After": "9223372036"},
		{"Retry-After": "9999999999999"},
		{"Retry-After": "1e308"},
		{"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
		{"X-Rate-Limit-Reset": "9223372036854775807"},
		{"X-Rate-Limit-Reset": "253402300799"},
	} {
		for _, chance := range []float64{0, 1} {
			t.Run(fmt.Sprint(header, chance), func(t *testing.T) {
				s, n := serve(t, func(i int, w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", "1")
					if i > 1 {
						w.Header().Del("Retry-After")
						for name, value := range header {
							w.Header().Set(name, value)
						}
					}
					w.WriteHeader(http.StatusTooManyRequests)
				})
				c, clock := client(t, s.URL, func(o *transport.Options) { o.Jitter = func() float64 { return chance } })
				_, err := get(t, c, s.URL)
				if code(err) != transport.CodeThrottled || !strings.Contains(err.Error(), "longer than is allowed") {
					t.Errorf("error = %v", err)
				}
				if n() != 2 || len(clock.slept) != 1 {
					t.Errorf("%d attempts, slept %v", n(), clock.slept)
				}
			})
		}
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
		if err != nil || answer.Status != status || n() != 1 {
			t.Errorf("%d: %v, %v, %d attempts", status, answer, err, n())
		}
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
	if err != nil || answer.Status != 200 || n() != 3 || len(clock.slept) != 0 {
		t.Errorf("%+v, %v, %d attempts, slept %v", answer, err, n(), clock.slept)
	}
	if diff := cmp.Diff([]string{"Bearer token-number-0", "Bearer token-number-1"}, login.refused); diff != "" {
		t.Error(diff)
	}
	login.n = 7 // no token will ever do
	if answer, err := get(t, c, s.URL); err != nil || answer.Status != 401 || n() != 6 {
		t.Errorf("%+v, %v, %d attempts", answer, err, n())
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
	if code(err) != transport.CodeLoginFailed || strings.Contains(err.Error(), "hunter2") || n() != 0 {
		t.Errorf("%v, %d requests", err, n())
	}
}
