package oktatest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say how the org behaves.
type Options struct {
	// APIToken is the SSWS token that is accepted, Bearer the OAuth token; empty
	// accepts none of the kind.
	APIToken, Bearer string
	// App is a service app that may sign in; nil is none.
	App *ServiceApp
	// MaxPage bounds a page below what is asked for; 0 leaves it.
	MaxPage int
	// Denied are paths below /api/v1 that the token may not read, Unlicensed those
	// of features that the org does not have.
	Denied, Unlicensed []string
	// Requests in each Window are allowed, for each shape of path; 0 is no limit.
	Requests int
	Window   time.Duration
	// Skew is how far the server's clock is ahead.
	Skew time.Duration
}

// Server is a running org. Its URL is the org's.
type Server struct {
	*httptest.Server
	options Options
	files   fs.FS

	mu       sync.Mutex
	faults   []*Fault
	requests []Request
	windows  map[string]*window
	issued   map[string]string // token -> thumbprint of the key it is bound to
	logins   int               // tokens issued so far, revoked ones included
	nonce    string
	lists    map[string][]json.RawMessage
}

// Request is what came in.
type Request struct {
	Path, Query, Authorization string
	Status                     int
}

type window struct {
	start time.Time
	used  int
}

// New starts an org on a loopback address. Close it.
func New(files fs.FS, o Options) *Server {
	s := &Server{options: o, files: files, windows: map[string]*window{}, issued: map[string]string{}, nonce: "nonce-1", lists: map[string][]json.RawMessage{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Requests are all that came in so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	noted := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		s.mu.Lock()
		s.requests = append(s.requests, Request{r.URL.Path, r.URL.RawQuery, r.Header.Get("Authorization"), noted.status})
		s.mu.Unlock()
	}()
	w.Header().Set("Date", time.Now().Add(s.options.Skew).UTC().Format(http.TimeFormat))
	if act := s.fault(r); act != nil {
		act(noted, r, http.HandlerFunc(s.answer))
		return
	}
	s.answer(noted, r)
}

const api = "/api/v1/"

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/.well-known/okta-organization":
		s.object(w, "org")
	case r.URL.Path == "/oauth2/v1/token" && r.Method == http.MethodPost:
		s.token(w, r)
	case r.Method != http.MethodGet:
		fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
	case !s.allowedIn(w, r), !s.paced(w, r):
	case r.URL.Path == "/api/internal/org/settings/security-notification-settings":
		if !strings.HasPrefix(r.Header.Get("Authorization"), "SSWS ") {
			fail(w, http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action")
			return
		}
		s.object(w, "notifications")
	case strings.HasPrefix(r.URL.Path, api):
		s.resource(w, r, strings.TrimPrefix(r.URL.Path, api))
	default:
		notFound(w)
	}
}

// allowedIn checks the credentials, as Okta answers: a wrong token is 401.
func (s *Server) allowedIn(w http.ResponseWriter, r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	good := scheme == "SSWS" && token != "" && token == s.options.APIToken ||
		scheme == "Bearer" && token != "" && token == s.options.Bearer
	if !good {
		good = s.issuedFor(w, r, scheme, token)
	}
	if !good {
		fail(w, http.StatusUnauthorized, "E0000011", "Invalid token provided")
		return false
	}
	name := strings.TrimPrefix(r.URL.Path, api)
	for _, denied := range s.options.Denied {
		if strings.HasPrefix(name, denied) {
			fail(w, http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action")
			return false
		}
	}
	for _, feature := range s.options.Unlicensed {
		if strings.HasPrefix(name, feature) {
			fail(w, http.StatusUnauthorized, "E0000015", "You do not have permission to access the feature you are requesting")
			return false
		}
	}
	return true
}

// paced keeps to the rate limit and says how much of it is left.
func (s *Server) paced(w http.ResponseWriter, r *http.Request) bool {
	if s.options.Requests == 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	key := strings.SplitN(strings.TrimPrefix(r.URL.Path, api), "/", 2)[0]
	current := s.windows[key]
	if current == nil || now.Sub(current.start) >= s.options.Window {
		current = &window{start: now}
		s.windows[key] = current
	}
	current.used++
	reset := current.start.Add(s.options.Window + s.options.Skew + time.Second - 1)
	w.Header().Set("X-Rate-Limit-Limit", strconv.Itoa(s.options.Requests))
	w.Header().Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, s.options.Requests-current.used)))
	w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
	if current.used > s.options.Requests {
		fail(w, http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
		return false
	}
	return true
}

// resource answers a path below /api/v1.
func (s *Server) resource(w http.ResponseWriter, r *http.Request, name string) {
	list, err := s.list(name)
	switch {
	case err == nil:
		s.page(w, r, s.filtered(name, r.URL.Query(), list))
	case !errors.Is(err, fs.ErrNotExist) && list == nil:
		s.object(w, name) // not a list: one object in a file of its own
	default:
		s.member(w, path.Dir(name), path.Base(name))
	}
}

// list reads a file that holds a list, once: it is asked for page by page.
func (s *Server) list(name string) ([]json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if list, ok := s.lists[name]; ok {
		return list, nil
	}
	data, err := fs.ReadFile(s.files, name+".json")
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return list, err
	}
	s.lists[name] = list
	return list, nil
}

// member answers one object of a listing.
func (s *Server) member(w http.ResponseWriter, listing, id string) {
	list, err := s.list(listing)
	if err != nil {
		notFound(w)
		return
	}
	for _, object := range list {
		if idOf(object) == id {
			write(w, object)
			return
		}
	}
	notFound(w)
}

func (s *Server) object(w http.ResponseWriter, name string) {
	data, err := fs.ReadFile(s.files, name+".json")
	if err != nil {
		notFound(w)
		return
	}
	write(w, data)
}

// page writes one page of a list and a link to the next.
func (s *Server) page(w http.ResponseWriter, r *http.Request, list []json.RawMessage) {
	query := r.URL.Query()
	limit := 20
	if n, err := strconv.Atoi(query.Get("limit")); err == nil && n > 0 {
		limit = n
	} else if query.Get("limit") == "" {
		limit = len(list) + 1
	}
	if s.options.MaxPage > 0 {
		limit = min(limit, s.options.MaxPage)
	}
	start, _ := strconv.Atoi(query.Get("after"))
	start = min(max(start, 0), len(list))
	end := min(start+limit, len(list))
	w.Header().Add("Link", fmt.Sprintf(`<%s%s>; rel="self"`, s.URL, r.URL.RequestURI()))
	if end < len(list) {
		query.Set("after", strconv.Itoa(end))
		next := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
		w.Header().Add("Link", fmt.Sprintf(`<%s%s>; rel="next"`, s.URL, next.RequestURI()))
	}
	if list == nil {
		list = []json.RawMessage{}
	}
	data, err := json.Marshal(list[start:end])
	if err != nil {
		fail(w, http.StatusInternalServerError, "E0000009", "Internal Server Error")
		return
	}
	write(w, data)
}

// filtered keeps what the query asks for. A filter that the org does not
// understand matches nothing, as a test would want it noticed.
func (s *Server) filtered(name string, query url.Values, list []json.RawMessage) []json.RawMessage {
	keep := func(json.RawMessage) bool { return true }
	filter := query.Get("filter")
	switch {
	case name == "apps" && filter != "":
		keep = func(o json.RawMessage) bool { return filter == fmt.Sprintf("name eq %q", field(o, "name")) }
	case name == "policies":
		keep = func(o json.RawMessage) bool { return field(o, "type") == query.Get("type") }
	case name == "logs":
		keep = func(o json.RawMessage) bool {
			published := field(o, "published")
			return published >= query.Get("since") && published < query.Get("until") && logMatches(o, filter)
		}
	}
	var kept []json.RawMessage
	for _, object := range list {
		if keep(object) {
			kept = append(kept, object)
		}
	}
	return kept
}

// logMatches understands the two exact filters that the System Log is asked with,
// and several of them with "or" between.
func logMatches(object json.RawMessage, filter string) bool {
	for one := range strings.SplitSeq(filter, " or ") {
		if one == fmt.Sprintf("eventType eq %q", field(object, "eventType")) ||
			one == fmt.Sprintf("debugContext.debugData.requestUri eq %q", field(object, "debugContext", "debugData", "requestUri")) {
			return true
		}
	}
	return false
}

// field is a text at a place in an object, "" if there is none.
func field(object json.RawMessage, names ...string) string {
	var value any
	if json.Unmarshal(object, &value) != nil {
		return ""
	}
	for _, name := range names {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	text, _ := value.(string)
	return text
}

func idOf(object json.RawMessage) string { return field(object, "id") }

func write(w http.ResponseWriter, data []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
}

func notFound(w http.ResponseWriter) {
	fail(w, http.StatusNotFound, "E0000007", "Not found: Resource not found")
}

// fail writes an error as Okta does.
func fail(w http.ResponseWriter, status int, code, summary string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oaeNotARealErrorId", "errorCauses": []any{},
	})
}

// recorder notes the status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
