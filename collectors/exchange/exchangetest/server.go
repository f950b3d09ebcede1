package exchangetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
)

// Options say whose Exchange this is and how it behaves.
type Options struct {
	// TenantID is the tenant that the path must name.
	TenantID string
	// Token is the bearer token that is accepted.
	Token string
	// PageSize is the most objects in a page; 0 is what the request asks for.
	PageSize int
	// Denied are cmdlets that the account may not use.
	Denied []string
	// Region is where the request for the module's file is redirected to; empty
	// answers 404.
	Region string
	// Faults are looked at for each request, the first that matches and has times
	// left is played.
	Faults []*Fault
}

// Server is a running Exchange. Its URL is the service root before /adminapi.
type Server struct {
	*httptest.Server
	options Options
	files   fs.FS

	mu       sync.Mutex
	requests []Request
	bodies   map[string][]byte
	parsed   map[string][]map[string]any
}

// Request is what came in.
type Request struct {
	Method, Path, Query string
	Cmdlet              string
	Page                int
	Header              http.Header
	Status              int
}

// New starts a server on a loopback address. Close it.
func New(files fs.FS, o Options) *Server {
	s := &Server{options: o, files: files, bodies: map[string][]byte{}, parsed: map[string][]map[string]any{}}
	s.Server = httptest.NewServer(s.Handler())
	return s
}

// Handler is the server without a listener of its own.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /adminapi/v1.0/{tenant}/EXOModuleFile", s.module)
	mux.HandleFunc("POST /adminapi/beta/{tenant}/InvokeCommand", s.invoke)
	return mux
}

// Requests are all that came in so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) module(w http.ResponseWriter, _ *http.Request) {
	if s.options.Region == "" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Location", s.options.Region)
	w.WriteHeader(http.StatusFound)
}

// input is the body of a request.
type input struct {
	CmdletInput struct {
		CmdletName string
		Parameters map[string]any
	}
}

func (s *Server) invoke(w http.ResponseWriter, r *http.Request) {
	body := new(bytes.Buffer)
	_, _ = body.ReadFrom(r.Body)
	var in input
	decoder := json.NewDecoder(bytes.NewReader(body.Bytes()))
	decoder.DisallowUnknownFields()
	bad := decoder.Decode(&in)
	page, token := pageOf(r)
	seen := Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Cmdlet: in.CmdletInput.CmdletName, Page: page,
		Header: r.Header.Clone(), Status: http.StatusOK,
	}
	defer func() {
		s.mu.Lock()
		s.requests = append(s.requests, seen)
		s.mu.Unlock()
	}()
	answer := &recorder{ResponseWriter: w, status: &seen.Status}
	if fault := s.fault(in.CmdletInput.CmdletName, page); fault != nil && fault.play(answer, r) {
		return
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.options.Token:
		refuse(answer, http.StatusUnauthorized, "Unauthorized", "")
	case r.PathValue("tenant") != s.options.TenantID || bad != nil || in.CmdletInput.Parameters == nil:
		refuse(answer, http.StatusBadRequest, "BadRequest", "|Microsoft.Exchange.AdminApi.CommandInvocation.InvalidInput|The input cannot be read.")
	case s.denied(in.CmdletInput.CmdletName):
		// Not JSON: so many bytes, all of them zero.
		answer.WriteHeader(http.StatusForbidden)
		_, _ = answer.Write(make([]byte, 128))
	case page > 0 && !s.continued(token, r, body.Bytes()):
		refuse(answer, http.StatusBadRequest, "BadRequest", "|Microsoft.Exchange.AdminApi.Paging|Expired or Invalid pagination request. Default Expiry time is 00:30:00")
	default:
		s.list(answer, r, in, page, body.Bytes())
	}
}

func (s *Server) denied(name string) bool {
	for _, denied := range s.options.Denied {
		if denied == name {
			return true
		}
	}
	return !strings.HasPrefix(name, "Get-")
}

// list writes one page.
func (s *Server) list(w http.ResponseWriter, r *http.Request, in input, page int, body []byte) {
	objects, err := s.objects(in)
	if errors.Is(err, fs.ErrNotExist) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write(make([]byte, 128))
		return
	}
	if err != nil {
		refuse(w, http.StatusInternalServerError, "InternalServerError", err.Error())
		return
	}
	warnings := []string{}
	if in.CmdletInput.Parameters["ResultSize"] != "Unlimited" && len(objects) > 1000 {
		objects = objects[:1000]
		warnings = append(warnings, "By default, only the first 1000 items are returned.")
	}
	size := s.pageSize(r)
	end := min((page+1)*size, len(objects))
	answer := map[string]any{
		"@odata.context":               s.URL + "/adminapi/beta/" + s.options.TenantID + "/$metadata#Collection(Exchange.GenericHashTable)",
		"adminapi.warnings@odata.type": "#Collection(String)",
		"@adminapi.warnings":           warnings,
		"value":                        selectProperties(objects[min(page*size, end):end], r.URL.Query().Get("$select")),
	}
	if end < len(objects) {
		answer["@odata.nextLink"] = s.nextLink(w, r, in, page+1, body)
	}
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer)
}

// objects are what the cmdlet gives, with the annotations of the wire format.
func (s *Server) objects(in input) ([]map[string]any, error) {
	name := in.CmdletInput.CmdletName
	if on, _ := in.CmdletInput.Parameters["RetrieveEwsOperationAccessPolicy"].(bool); on {
		name += ".RetrieveEwsOperationAccessPolicy"
	}
	if identity, ok := in.CmdletInput.Parameters["Identity"].(string); ok {
		name += "/" + identity
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// A listing is asked for page by page: it is read once.
	if objects, ok := s.parsed[name]; ok {
		return objects, nil
	}
	objects, err := s.read(name)
	if err == nil {
		s.parsed[name] = objects
	}
	return objects, err
}

func (s *Server) read(name string) ([]map[string]any, error) {
	data, err := fs.ReadFile(s.files, name+".json")
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&objects); err != nil {
		return nil, fmt.Errorf("%s.json: %w", name, err)
	}
	for _, object := range objects {
		if _, ok := object["EmailAddresses"]; ok {
			object["EmailAddresses@odata.type"] = "#Collection(String)"
		}
		if _, ok := object["Guid"]; ok {
			object["Guid@data.type"] = "System.Guid"
		}
	}
	return objects, nil
}

// nextLink remembers the body under a token that only its own server knows.
func (s *Server) nextLink(w http.ResponseWriter, r *http.Request, in input, page int, body []byte) string {
	token := in.CmdletInput.CmdletName + "-" + strconv.Itoa(page)
	s.mu.Lock()
	s.bodies[token] = bytes.Clone(body)
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "exchangecookie", Value: "server-7", Path: "/"})
	query := r.URL.Query()
	query.Set("$skiptoken", token)
	return s.URL + r.URL.Path + "?" + query.Encode()
}

// continued tells whether a request for a later page is the first one again, at
// the server that holds the pages.
func (s *Server) continued(token string, r *http.Request, body []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	cookie, err := r.Cookie("exchangecookie")
	return err == nil && cookie.Value == "server-7" && bytes.Equal(s.bodies[token], body)
}

func (s *Server) pageSize(r *http.Request) int {
	size := 1000
	if _, asked, ok := strings.Cut(r.Header.Get("Prefer"), "odata.maxpagesize="); ok {
		asked, _, _ = strings.Cut(asked, ";")
		if n, err := strconv.Atoi(strings.TrimSpace(asked)); err == nil && n > 0 {
			size = min(n, 1000)
		}
	}
	if s.options.PageSize > 0 {
		size = min(size, s.options.PageSize)
	}
	return size
}

func pageOf(r *http.Request) (page int, token string) {
	token = r.URL.Query().Get("$skiptoken")
	if i := strings.LastIndexByte(token, '-'); i >= 0 {
		page, _ = strconv.Atoi(token[i+1:])
	}
	return page, token
}

func selectProperties(objects []map[string]any, list string) []map[string]any {
	if list == "" {
		return objects
	}
	kept := make([]map[string]any, len(objects))
	for i, object := range objects {
		kept[i] = map[string]any{}
		for _, name := range strings.Split(list, ",") {
			if value, ok := object[name]; ok {
				kept[i][name] = value
			}
		}
	}
	return kept
}

// refuse writes an error as the endpoint does: the message says nothing, the
// detail does.
func refuse(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": code, "message": "Error executing cmdlet",
		"details": []any{map[string]any{"code": "Client", "target": "", "message": detail}},
	}})
}

// recorder notes the status.
type recorder struct {
	http.ResponseWriter
	status *int
}

func (r *recorder) WriteHeader(status int) {
	*r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
