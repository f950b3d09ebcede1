package transport_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

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
