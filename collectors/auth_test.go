package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-07732396/postern/collectors"
)

func header(t *testing.T, a collectors.Authorizer) (*http.Request, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	return req, a.Authorize(t.Context(), req)
}

func TestReadyMadeToken(t *testing.T) {
	token, err := collectors.Bearer(" abc.def\n")
	if err != nil {
		t.Fatal(err)
	}
	req, err := header(t, token)
	if got := req.Header.Get("Authorization"); err != nil || got != "Bearer abc.def" {
		t.Errorf("%q, %v", got, err)
	}
	if token.Refused(t.Context(), req, nil) {
		t.Error("there is no other token")
	}
	ssws, err := collectors.NewStaticToken("SSWS", "00abc")
	if err != nil {
		t.Fatal(err)
	}
	if req, _ := header(t, ssws); req.Header.Get("Authorization") != "SSWS 00abc" {
		t.Errorf("%q", req.Header.Get("Authorization"))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(verb, token); strings.Contains(text, "abc.def") {
			t.Errorf("%s shows the token: %s", verb, text)
		}
	}
	for _, bad := range []string{"", " \n", "two words", "line\nbreak", "a\tb", "é", "a\x00"} {
		if _, err := collectors.Bearer(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		} else if bad != "" && len(bad) > 2 && strings.Contains(err.Error(), bad) {
			t.Errorf("the error shows the token: %v", err)
		}
	}
}

func TestRenewing(t *testing.T) {
	asked := 0
	lifetime := time.Hour
	fixed := ""
	var failing error
	login := collectors.Renewing(func(_ context.Context, scopes []string) (string, time.Time, error) {
		if len(scopes) != 1 || scopes[0] != "https://graph.microsoft.com/.default" {
			t.Errorf("scopes %v", scopes)
		}
		asked++
		if fixed != "" {
			return fixed, time.Now().Add(lifetime), nil
		}
		return fmt.Sprintf("token-%d", asked), time.Now().Add(lifetime), failing
	}, "https://graph.microsoft.com/.default")
	use := func(want string) *http.Request {
		t.Helper()
		req, err := header(t, login)
		if got := req.Header.Get("Authorization"); err != nil || got != want {
			t.Fatalf("%q, %v, want %q", got, err, want)
		}
		return req
	}
	first := use("Bearer token-1")
	use("Bearer token-1")
	if !login.Refused(t.Context(), first, nil) {
		t.Error("a new token was to be had")
	}
	lifetime = 0 // never used twice
	use("Bearer token-2")
	if !login.Refused(t.Context(), first, nil) || asked != 2 {
		t.Errorf("a token that somebody else renewed was asked for again (%d)", asked)
	}
	second := use("Bearer token-2")
	if !login.Refused(t.Context(), second, nil) {
		t.Error("a new token was to be had")
	}
	use("Bearer token-4")
	third := use("Bearer token-5")
	fixed = "token-5"
	if login.Refused(t.Context(), third, nil) {
		t.Error("the same token again helps nobody")
	}
	fixed, failing = "", errors.New("no")
	if login.Refused(t.Context(), third, nil) {
		t.Error("no token helps nobody")
	}
	if _, err := header(t, login); err == nil {
		t.Error("no error without a token")
	}
}

// TestAnAuthorityThatIsAway: a token that is still good stands in, and of twenty
// resources not each waits for an answer that does not come.
func TestAnAuthorityThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		var away error
		login := collectors.Renewing(func(context.Context, []string) (string, time.Time, error) {
			asked++
			return fmt.Sprint("token-", asked), time.Now().Add(time.Hour), away
		})
		for _, step := range []struct {
			wait  time.Duration
			away  bool
			asked int
			want  string // "" is an error
		}{
			{0, false, 1, "Bearer token-1"},
			{57 * time.Minute, true, 1, "Bearer token-1"},
			{2 * time.Minute, true, 2, "Bearer token-1"},
			{time.Second, true, 2, "Bearer token-1"},
			{10 * time.Second, true, 3, "Bearer token-1"},
			{time.Minute, true, 4, ""},
			{time.Second, true, 4, ""},
			{time.Second, false, 4, ""},
			{10 * time.Second, false, 5, "Bearer token-5"},
			{time.Second, false, 5, "Bearer token-5"},
		} {
			time.Sleep(step.wait)
			if away = nil; step.away {
				away = errors.New("nobody answers")
			}
			req, err := header(t, login)
			if got := req.Header.Get("Authorization"); got != step.want || (err == nil) != (step.want != "") || asked != step.asked {
				t.Errorf("%+v: %q, %v, asked %d times", step, got, err, asked)
			}
		}
		// Whoever is stopped while asking says nothing about the authority.
		time.Sleep(time.Hour)
		away = context.Canceled
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := login.Authorize(ctx, req); err == nil {
			t.Error("a run that was stopped got a token")
		}
		away = nil
		if _, err := header(t, login); err != nil {
			t.Error(err)
		}
	})
}
