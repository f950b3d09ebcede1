package oktatest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Action takes the place of the org for one request. next is the org.
type Action func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Fault makes the org do something else for some requests.
type Fault struct {
	// Path is the path of the requests it concerns; empty means all.
	Path string
	// Skip lets so many of them through first: 1 spares the first page.
	Skip int
	// Times is how many it then concerns; 0 means all that follow.
	Times int
	// Do is what happens.
	Do Action

	seen int
}

// Fault adds a fault. The first one that concerns a request has it.
func (s *Server) Fault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

func (s *Server) fault(r *http.Request) Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Path != "" && f.Path != r.URL.Path {
			continue
		}
		f.seen++
		if f.seen > f.Skip && (f.Times == 0 || f.seen <= f.Skip+f.Times) {
			return f.Do
		}
	}
	return nil
}

// Refuse answers with a status and one of Okta's codes.
func Refuse(status int, code string) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { fail(w, status, code, "Refused.") }
}

// Throttle answers 429; reset is when to come back, the zero time leaves that out.
func Throttle(reset time.Time) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if !reset.IsZero() {
			w.Header().Set("X-Rate-Limit-Limit", "100")
			w.Header().Set("X-Rate-Limit-Remaining", "0")
			w.Header().Set("X-Rate-Limit-Reset", fmt.Sprint(reset.Unix()))
		}
		fail(w, http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
	}
}

// Cut ends the connection without an answer.
func Cut() Action {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// Half sends the beginning of an answer and ends the connection.
func Half() Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "4096")
		_, _ = fmt.Fprint(w, `[{"id":`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Body answers 200 with text; %s in it is the org's own address. Pairs are
// headers.
func Body(text string, pairs ...string) Action {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(pairs); i += 2 {
			w.Header().Add(pairs[i], strings.ReplaceAll(pairs[i+1], "%s", "http://"+r.Host))
		}
		_, _ = fmt.Fprint(w, strings.ReplaceAll(text, "%s", "http://"+r.Host))
	}
}

// Huge answers with more than any limit allows.
func Huge() Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, "[")
		chunk := strings.Repeat(`{"id":"0"},`, 10_000)
		for range 2000 {
			if _, err := fmt.Fprint(w, chunk); err != nil {
				return
			}
		}
	}
}

// Slow waits and then answers as usual.
func Slow(wait time.Duration) Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		time.Sleep(wait)
		next.ServeHTTP(w, r)
	}
}
