package transport_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

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
	if n() != 7 {
		t.Errorf("%d requests", n())
	}
}
