package entra_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// paged is a tenant whose users take three pages.
func paged(t *testing.T) *harness {
	tenant := contoso()
	tenant.Collections["users"] = people(5)
	return serve(t, tenant, entratest.Options{MaxPage: 2})
}

const usersPath = "/v1.0/users"

// What passes by itself leaves no trace but the time it takes.
func TestWhatPassesLeavesNoTrace(t *testing.T) {
	tests := []struct {
		name  string
		fault entratest.Fault
	}{
		{"429 storm without Retry-After", entratest.Fault{Times: 5, Do: entratest.Throttle("")}},
		{"429 with a fraction of a second", entratest.Fault{Path: usersPath, Skip: 1, Times: 3, Do: entratest.Throttle("2.128")}},
		{"429 with a date", entratest.Fault{Path: usersPath, Times: 2, Do: entratest.Throttle(time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat))}},
		{"429 with nonsense", entratest.Fault{Path: usersPath, Times: 2, Do: entratest.Throttle("soon")}},
		{"500 on the second page", entratest.Fault{Path: usersPath, Skip: 1, Times: 2, Do: entratest.Status(500, "InternalServerError", "x")}},
		{"503 with a page", entratest.Fault{Path: usersPath, Times: 1, Do: entratest.HTML(503)}},
		{"cut connection", entratest.Fault{Path: usersPath, Skip: 2, Times: 2, Do: entratest.Cut()}},
		{"a body cut in half", entratest.Fault{Path: usersPath, Skip: 1, Times: 2, Do: entratest.HalfBody()}},
		{"half a body that claims to be whole", entratest.Fault{Path: usersPath, Skip: 1, Times: 2, Do: entratest.HalfJSON()}},
		{"gzip garbage", entratest.Fault{Path: usersPath, Skip: 1, Times: 2, Do: entratest.GarbageGzip()}},
		{"slow answers", entratest.Fault{Path: usersPath, Do: entratest.Slow(20 * time.Millisecond)}},
	}
	calm := paged(t).collect(t).document
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := paged(t)
			h.server.Fault(tt.fault)
			out := h.collect(t)
			out.wantOnly(t, nil)
			if diff := cmp.Diff(calm, out.document); diff != "" {
				t.Errorf("the document differs from a calm day's:\n%s", diff)
			}
		})
	}
}

// What does not pass ends in the ledger of the resource it hit, with what was
// read before, and the others are whole.
func TestWhatDoesNotPass(t *testing.T) {
	hit := map[string]snapshot.Status{"entra.users": snapshot.Partial, "entra.user_activity": snapshot.Partial}
	failed := map[string]snapshot.Status{"entra.users": snapshot.Failed, "entra.user_activity": snapshot.Failed}
	tests := []struct {
		name  string
		fault entratest.Fault
		want  map[string]snapshot.Status
		code  string
		says  string
	}{
		{"500 for ever", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.Status(500, "InternalServerError", "x")}, hit, "server_error", "keeps failing"},
		{"429 for ever", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.Throttle("")}, hit, "throttled", "slow down"},
		{"429 until tomorrow", entratest.Fault{Path: usersPath, Do: entratest.Throttle("86400")}, failed, "throttled", "24h"},
		{"a page that repeats", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.RepeatPage()}, hit, "repeated_page", "page 2"},
		{"a link in a circle", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.LoopLink()}, hit, "repeated_page", "leads back"},
		{"a body cut in half for ever", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.HalfBody()}, hit, "bad_answer", "breaks off"},
		{"gzip garbage for ever", entratest.Fault{Path: usersPath, Do: entratest.GarbageGzip()}, failed, "bad_answer", "gzip"},
		{"connections cut for ever", entratest.Fault{Path: usersPath, Do: entratest.Cut()}, failed, "unreachable", "EOF"},
		{"larger than the limit", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.Huge(2 << 20)}, hit, "too_large", "limit"},
		{"a proxy's page", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.HTML(200)}, hit, "bad_answer", "proxy"},
		{"a proxy's page with 403", entratest.Fault{Path: usersPath, Do: entratest.HTML(403)}, failed, "bad_answer", "proxy"},
		{"a page without a list", entratest.Fault{Path: usersPath, Skip: 1, Do: entratest.Text(200, "application/json", `{"error":null}`)}, hit, "bad_answer", "no list"},
		{"no JSON at all", entratest.Fault{Path: usersPath, Do: entratest.Text(200, "text/plain", "hello")}, failed, "bad_answer", "not JSON"},
		{"an error without words", entratest.Fault{Path: usersPath, Do: entratest.Text(418, "text/plain", "")}, failed, "rejected", "418"},
		{"a setting twice", entratest.Fault{Path: usersPath, Do: entratest.Text(200, "application/json", `{"value":[{"id":"a","id":"b"}]}`)}, failed, "bad_answer", "duplicate"},
		{"a field of another type", entratest.Fault{Path: usersPath, Times: 1, Do: entratest.Text(200, "application/json", `{"value":[{"id":"a","accountEnabled":"yes"}]}`)},
			map[string]snapshot.Status{"entra.users": snapshot.Partial}, "bad_answer", "another type"},
		{"a redirect", entratest.Fault{Path: usersPath, Do: entratest.Redirect("https://evil.example/")}, failed, "bad_address", "not followed"},
		{"credentials that come back", entratest.Fault{Path: usersPath, Do: entratest.EchoSecrets(400)}, failed, "rejected", "[redacted]"},
		{"no content", entratest.Fault{Path: usersPath, Do: entratest.Text(204, "application/json", "")}, failed, "bad_answer", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := paged(t)
			h.network.MaxBytes = 1 << 20
			h.server.Fault(tt.fault)
			out := h.collect(t)
			out.wantOnly(t, tt.want)
			for name := range tt.want {
				if got := out.line(t, name); got.Code != tt.code || !strings.Contains(got.Message, tt.says) {
					t.Errorf("%s: %s: %q, want %s with %q", name, got.Code, got.Message, tt.code, tt.says)
				}
			}
		})
	}
}

// A link to another host is not followed, and the token does not go there.
func TestForeignLink(t *testing.T) {
	var asked atomic.Int32
	foreign := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		t.Errorf("the other host was asked for %s, with Authorization %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer foreign.Close()
	for _, root := range []string{foreign.URL, "https://graph.microsoft.com.evil.example", "http://user:pw@127.0.0.1:1", "//evil.example", "javascript:alert(1)//"} {
		t.Run(root, func(t *testing.T) {
			h := paged(t)
			h.server.Fault(entratest.Fault{Path: usersPath, Do: entratest.ForeignLink(root)})
			out := h.collect(t)
			out.wantOnly(t, map[string]snapshot.Status{"entra.users": snapshot.Partial, "entra.user_activity": snapshot.Partial})
			if got := out.line(t, "entra.users"); got.Code != "bad_address" || *got.Items != 2 {
				t.Errorf("%+v", got)
			}
		})
	}
	if asked.Load() != 0 {
		t.Errorf("the other host was asked %d times", asked.Load())
	}
}

func TestLoginThatExpiresMidway(t *testing.T) {
	t.Run("and can be renewed", func(t *testing.T) {
		h := paged(t)
		second := h.server.Token()
		h.secrets = append(h.secrets, second)
		tokens := []string{h.token, second}
		var given atomic.Int32
		h.auth = collectors.Renewing(func(_ context.Context, scopes []string) (string, time.Time, error) {
			n := int(given.Add(1))
			return tokens[min(n, len(tokens))-1], time.Now().Add(time.Hour), nil
		}, "https://graph.microsoft.com/.default")
		h.server.Fault(entratest.Fault{Path: usersPath, Skip: 1, Times: 1, Do: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			h.server.Revoke(h.token)
			next.ServeHTTP(w, r)
		}})
		h.collect(t).wantOnly(t, nil)
		if n := given.Load(); n != 2 {
			t.Errorf("%d tokens were asked for, want 2", n)
		}
	})
	t.Run("and cannot", func(t *testing.T) {
		h := paged(t)
		h.server.Fault(entratest.Fault{Path: usersPath, Skip: 1, Times: 1, Do: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			h.server.Revoke(h.token)
			next.ServeHTTP(w, r)
		}})
		out := h.collect(t)
		if got := out.line(t, "entra.users"); got.Status != snapshot.Partial || got.Code != "login_refused" || !strings.Contains(got.Message, "sign in again") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("or never was", func(t *testing.T) {
		h := paged(t)
		h.server.Revoke(h.token)
		out := h.collect(t)
		for _, line := range out.Snapshot.Collection.Resources {
			if line.Status != snapshot.Failed || line.Code != "login_refused" && line.Code != "dependency" {
				t.Errorf("%s: %s (%s)", line.Name, line.Status, line.Code)
			}
		}
		if out.Snapshot.Entra != nil {
			t.Error("something was collected without a login")
		}
	})
	t.Run("or fails", func(t *testing.T) {
		h := paged(t)
		h.auth = collectors.Renewing(func(context.Context, []string) (string, time.Time, error) {
			return "", time.Time{}, errors.New("AADSTS700016: not found, client_secret=hunter2hunter2. Trace ID: 0b1c2d3e-1111 Correlation ID: 9f8e7d6c-2222")
		})
		h.secrets = []string{"hunter2hunter2", "0b1c2d3e-1111", "9f8e7d6c-2222"}
		out := h.collect(t)
		if got := out.line(t, "entra.domains"); got.Code != "login_failed" || !strings.Contains(got.Message, "AADSTS700016") {
			t.Errorf("%+v", got)
		}
	})
}

func TestStopped(t *testing.T) {
	h := paged(t)
	ctx, cancel := context.WithCancel(t.Context())
	h.ctx = ctx
	h.server.Fault(entratest.Fault{Path: usersPath, Skip: 1, Do: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		cancel()
		<-r.Context().Done()
	}})
	began := time.Now()
	out := h.collect(t)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v to stop", took)
	}
	if !out.Canceled {
		t.Error("Canceled is false")
	}
	if got := out.line(t, "entra.users"); got.Status != snapshot.Partial || got.Code != "canceled" {
		t.Errorf("%+v", got)
	}
}

// A collection that was cut off goes on with what was finished, asks again for
// what was not, and ends where an undisturbed one would have.
func TestResumed(t *testing.T) {
	whole := paged(t).collect(t)
	dir := filepath.Join(t.TempDir(), "resume")

	h := paged(t)
	ctx, cancel := context.WithCancel(t.Context())
	h.ctx, h.store = ctx, openStore(t, dir, false, start)
	others := make(chan struct{}) // closed when all but the two about users have ended
	h.watch = func(e collectors.Event) {
		if e.Kind == collectors.Ended && e.Done == e.Total-2 {
			close(others)
		}
	}
	h.server.Fault(entratest.Fault{Path: usersPath, Skip: 1, Times: 1, Do: func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		<-others
		cancel()
		<-r.Context().Done()
	}})
	h.collect(t)
	before := len(h.server.Requests())

	h.ctx, h.store, h.watch = t.Context(), openStore(t, dir, true, start), nil
	out := h.collect(t)
	out.wantOnly(t, nil)
	if diff := cmp.Diff(whole.document, out.document); diff != "" {
		t.Errorf("(-whole +resumed):\n%s", diff)
	}
	again := out.requests[before:]
	for _, request := range again {
		if !strings.HasPrefix(request, "GET "+usersPath) {
			t.Errorf("asked for again: %s", request)
		}
	}
	if len(again) != 3 {
		t.Errorf("%d pages of users were asked for again, want all three", len(again))
	}
}

// A service that never answers ends the attempt, not the program.
func TestSilence(t *testing.T) {
	h := paged(t)
	// Long for whoever answers on a busy machine, and once is enough.
	h.network.Timeout, h.network.MaxWait = 3*time.Second, time.Nanosecond
	h.server.Fault(entratest.Fault{Path: usersPath, Do: entratest.Slow(time.Minute)})
	out := h.collect(t)
	out.wantOnly(t, map[string]snapshot.Status{"entra.users": snapshot.Failed, "entra.user_activity": snapshot.Failed})
	if got := out.line(t, "entra.users"); got.Code != "unreachable" || !strings.Contains(got.Message, "time limit") {
		t.Errorf("%+v", got)
	}
}

// The service's own limits are kept to: it never has to refuse.
func TestKeepsToTheLimits(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{Limits: true})
	h.network.Sleep = sleep
	out := h.collect(t)
	out.wantOnly(t, nil)
	if strings.Contains(out.log, "status=429") {
		t.Error("the service had to ask to slow down")
	}
	waits := 0
	for _, e := range out.events {
		if e.Kind == collectors.Waiting {
			waits++
			if e.Resource == "" || e.Reason != "rate limit" {
				t.Errorf("%+v", e)
			}
		}
	}
	if waits == 0 {
		t.Error("nobody was told of the wait between two requests for Conditional Access")
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Conditional Access shares its one request a second with every other program in
// the tenant, and does not say how long to wait.
func TestConditionalAccessThrottledByOthers(t *testing.T) {
	h := serve(t, contoso(), entratest.Options{})
	h.server.Fault(entratest.Fault{Path: "/v1.0/identity/conditionalAccess/policies", Times: 4, Do: entratest.Throttle("")})
	out := h.collect(t)
	out.wantOnly(t, nil)
	if len(out.waited) < 4 {
		t.Errorf("waited %v", out.waited)
	}
}
