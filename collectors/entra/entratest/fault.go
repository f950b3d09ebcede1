package entratest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Action takes the place of the service for one request. next is the service.
type Action func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Fault makes the server do something else for some requests.
type Fault struct {
	// Path is the path of the requests it concerns, with the version; empty means
	// all.
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

// fault gives what a fault wants to do with a request; nil when none concerns it.
func (s *Server) fault(r *http.Request) Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Path != "" && f.Path != r.URL.EscapedPath() {
			continue
		}
		f.seen++
		if f.seen > f.Skip && (f.Times == 0 || f.seen <= f.Skip+f.Times) {
			return f.Do
		}
	}
	return nil
}

// Status answers with an error as Graph writes it.
func Status(status int, code, message string) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { fail(w, status, code, message) }
}

// Throttle answers 429; retryAfter is the header, "" for none.
func Throttle(retryAfter string) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		fail(w, http.StatusTooManyRequests, "TooManyRequests", "Please retry again later.")
	}
}

// Cut ends the connection before a word of the answer.
func Cut() Action {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// HalfBody sends half of the answer and ends the connection.
func HalfBody() Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		whole := record(next, r)
		w.Header().Set("Content-Length", fmt.Sprint(whole.Body.Len()))
		copyHead(w, whole)
		_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

// HalfJSON sends half of the answer as if that were all of it.
func HalfJSON() Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.Header.Del("Accept-Encoding")
		whole := record(next, r)
		copyHead(w, whole)
		_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	}
}

// GarbageGzip says that the answer is compressed and sends something else.
func GarbageGzip() Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte("\x1f\x8b this is not what it seems"))
	}
}

// Huge sends a good answer of n bytes.
func Huge(n int) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"value":["`))
		block := bytes.Repeat([]byte("a"), 64<<10)
		for sent := 0; sent < n; sent += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
		_, _ = w.Write([]byte(`"]}`))
	}
}

// RepeatPage sends the first page's objects again, with a link of its own.
func RepeatPage() Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		first := 0
		next.ServeHTTP(w, tampered(r, tamper{start: &first}))
	}
}

// LoopLink makes the link to the next page lead back to this one.
func LoopLink() Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		self := base(r) + r.URL.RequestURI()
		next.ServeHTTP(w, tampered(r, tamper{next: func(string) string { return self }}))
	}
}

// ForeignLink makes the link to the next page lead to another service.
func ForeignLink(root string) Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, tampered(r, tamper{next: func(link string) string {
			return root + strings.TrimPrefix(link, base(r))
		}}))
	}
}

// Redirect points to another address.
func Redirect(to string) Action {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}
}

// HTML answers with a page, as proxies and portals do.
func HTML(status int) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<!DOCTYPE html><html><title>Sign in to the network</title></html>"))
	}
}

// Text answers with a fixed body.
func Text(status int, contentType, body string) Action {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// EchoSecrets answers with an error that repeats the client's credentials.
func EchoSecrets(status int) Action {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		fail(w, status, "BadRequest", "You sent "+r.Header.Get("Authorization")+" and request-id: "+requestID())
	}
}

// Slow waits before it lets the service answer, or until the client hangs up.
func Slow(d time.Duration) Action {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-time.After(d):
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

func record(next http.Handler, r *http.Request) *httptest.ResponseRecorder {
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	return whole
}

func copyHead(w http.ResponseWriter, from *httptest.ResponseRecorder) {
	for name, values := range from.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(from.Code)
}
