package entratest

import (
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options changes how a server behaves. The zero value is a service without
// limits.
type Options struct {
	// Limits keeps to the limits that Graph documents: Conditional Access one
	// request a second, without Retry-After; sign-ins five in ten seconds, with it.
	Limits bool
	// MaxPage bounds a page below what the path allows; 0 leaves it.
	MaxPage int
	// Now replaces the clock of limits and tokens.
	Now func() time.Time
}

// Server answers for one tenant.
type Server struct {
	// URL is the service root, before /v1.0.
	URL string

	tenant  *Tenant
	options Options
	http    *httptest.Server
	limits  []*limit

	mu       sync.Mutex
	tokens   map[string][]string // what a token permits
	faults   []*Fault
	requests []string
}

// Start starts a server on the loopback interface. It must be closed.
func Start(t *Tenant, o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{tenant: t, options: o, tokens: make(map[string][]string)}
	if o.Limits {
		s.limits = documentedLimits()
	}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	return s
}

// Close ends the server and its connections.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Token issues an access token with application permissions; without any it has
// all that this service knows.
func (s *Server) Token(permissions ...string) string {
	if len(permissions) == 0 {
		permissions = AllPermissions()
	}
	part := func(v any) string { return base64.RawURLEncoding.EncodeToString(marshal(v)) }
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: the program would have ended
	token := part(map[string]string{"typ": "JWT", "alg": "RS256"}) + "." +
		part(map[string]any{
			"aud": "https://graph.microsoft.com", "tid": s.tenant.ID, "roles": permissions,
			"exp": s.options.Now().Add(time.Hour).Unix(),
		}) + "." + base64.RawURLEncoding.EncodeToString(secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = permissions
	return token
}

// Revoke makes a token useless from now on.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

// Requests lists the requests that arrived, as "GET /v1.0/users?$top=999", in
// order.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP answers one request: first whatever a fault wants, then the service.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path+suffix(r.URL.RawQuery))
	s.mu.Unlock()
	if act := s.fault(r); act != nil {
		act(w, r, http.HandlerFunc(s.serve))
		return
	}
	s.serve(w, r)
}

func suffix(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

// serve is the service without faults.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	permissions, ok := s.permitted(r)
	if !ok {
		fail(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
		return
	}
	if wait, limited := s.limited(r); limited {
		if wait > 0 {
			w.Header().Set("Retry-After", fmt.Sprintf("%.3f", wait.Seconds()))
		}
		fail(w, http.StatusTooManyRequests, "TooManyRequests", "Please retry again later.")
		return
	}
	body, err := s.answer(r, permissions)
	var refusal *refusal
	switch {
	case errors.As(err, &refusal):
		fail(w, refusal.status, refusal.code, refusal.message)
	case err != nil:
		fail(w, http.StatusInternalServerError, "InternalServerError", err.Error())
	default:
		write(w, r, body)
	}
}

// permitted gives what the request's token permits.
func (s *Server) permitted(r *http.Request) ([]string, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	permissions, known := s.tokens[token]
	return permissions, ok && known
}

// limited tells whether the request comes too soon, and how long to wait if the
// service says so.
func (s *Server) limited(r *http.Request) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.limits {
		if strings.Contains(r.URL.Path, l.path) {
			return l.take(s.options.Now())
		}
	}
	return 0, false
}

// refusal is an answer that is no success.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.code }

// fail writes an error as Graph does.
func fail(w http.ResponseWriter, status int, code, message string) {
	id := requestID()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("request-id", id)
	w.WriteHeader(status)
	_, _ = w.Write(marshal(map[string]any{"error": map[string]any{ // whoever hung up gets nothing
		"code": code, "message": message,
		"innerError": map[string]string{"date": time.Now().UTC().Format("2006-01-02T15:04:05"), "request-id": id, "client-request-id": id},
	}}))
}

func requestID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: the program would have ended
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// write writes a good answer, compressed if the client can take it.
func write(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	w.Header().Set("OData-Version", "4.0")
	w.Header().Set("request-id", requestID())
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = w.Write(body) // whoever hung up gets nothing
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	zip := gzip.NewWriter(w)
	_, _ = zip.Write(body)
	_ = zip.Close()
}

// limit is a limit of the service: at most n requests in any stretch of time.
type limit struct {
	path   string
	n      int
	per    time.Duration
	silent bool // says nothing about how long to wait
	seen   []time.Time
}

func documentedLimits() []*limit {
	return []*limit{
		{path: "/identity/conditionalAccess/", n: 1, per: time.Second, silent: true},
		{path: "/auditLogs/signIns", n: 5, per: 10 * time.Second},
	}
}

// take counts a request, or refuses it.
func (l *limit) take(now time.Time) (time.Duration, bool) {
	l.seen = slices.DeleteFunc(l.seen, func(at time.Time) bool { return now.Sub(at) >= l.per })
	if len(l.seen) < l.n {
		l.seen = append(l.seen, now)
		return 0, false
	}
	if l.silent {
		return 0, true
	}
	return l.per - now.Sub(l.seen[0]), true
}

// decode reads an object's members.
func decode(object json.RawMessage) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return nil
	}
	return members
}
