package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
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
	lifetime = time.Minute // shorter than the margin: never used twice
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
