package exchangetest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is one way to misbehave, for the requests that it matches.
type Fault struct {
	// Cmdlet is whose requests it is for; empty is any.
	Cmdlet string
	// Page is which page of a listing, counted from 0; -1 is any.
	Page int
	// Times is how often; 0 is always.
	Times int
	// Kind is what happens.
	Kind Kind
	// Status, RetryAfter and Body are used by the kinds that say so.
	Status     int
	RetryAfter string
	Body       string

	mu     sync.Mutex
	played int
}

// Kind is a kind of misbehaviour.
type Kind int

// The kinds.
const (
	// Refuse answers with Status, RetryAfter (if not empty) and Body.
	Refuse Kind = iota
	// Cut closes the connection without an answer.
	Cut
	// Half closes it in the middle of an answer.
	Half
	// Garbage says gzip and sends none.
	Garbage
	// Page writes Body as a good answer; %s in it is the server's own URL with
	// path.
	Page
	// Proxy answers 200 with a page of HTML.
	Proxy
	// Huge answers with more than any limit allows.
	Huge
	// Slow waits for a moment and then answers as usual.
	Slow
)

// fault finds the fault to play for a request.
func (s *Server) fault(cmdlet string, page int) *Fault {
	for _, f := range s.options.Faults {
		if (f.Cmdlet == "" || f.Cmdlet == cmdlet) && (f.Page < 0 || f.Page == page) && f.take() {
			return f
		}
	}
	return nil
}

func (f *Fault) take() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Times > 0 && f.played >= f.Times {
		return false
	}
	f.played++
	return true
}

// play misbehaves, and reports whether the request is answered thereby.
func (f *Fault) play(w http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case Refuse:
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		w.WriteHeader(f.Status)
		fmt.Fprint(w, f.Body)
	case Cut:
		hijack(w, "")
	case Half:
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n{\"value\":[{\"Guid\":")
	case Garbage:
		w.Header().Set("Content-Encoding", "gzip")
		fmt.Fprint(w, "this is not gzip")
	case Page:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, strings.ReplaceAll(f.Body, "%s", "http://"+r.Host+r.URL.Path))
	case Proxy:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body><h1>Please sign in to the proxy</h1></body></html>")
	case Huge:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"value":[`)
		chunk := strings.Repeat(`{"Guid":"0"},`, 10_000)
		for range 2000 {
			if _, err := fmt.Fprint(w, chunk); err != nil {
				return true
			}
		}
	case Slow:
		time.Sleep(50 * time.Millisecond)
		return false
	}
	return true
}

// hijack takes the connection, writes text on it and closes it.
func hijack(w http.ResponseWriter, text string) {
	connection, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = buffered.WriteString(text)
	_ = buffered.Flush()
	_ = connection.Close()
}
