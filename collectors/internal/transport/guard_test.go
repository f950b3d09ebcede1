package transport_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/take-me?x=1", status)
		})
		c, _ := client(t, s.URL, nil)
		answer, err := get(t, c, s.URL)
		if err != nil || answer.Status != status || answer.Header.Get("Location") != "https://elsewhere.example/take-me?x=1" || n() != 1 {
			t.Errorf("%d: %+v, %v, %d requests", status, answer, err, n())
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
	if n() != 3 {
		t.Errorf("%d requests", n())
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
	if asked() != 0 || n() != 3 {
		t.Errorf("%d requests to another server, %d to ours", asked(), n())
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
