package powershell

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/internal/transport"
)

// Graph gives the answers that the script had from Microsoft Graph to whoever asks
// for the same again. What the script did not ask for is refused, so that it is
// missing and not empty. It is nil when the script did not ask Graph.
func (e *Export) Graph() http.RoundTripper {
	if !e.HasGraph() {
		return nil
	}
	g := &graph{dir: e.dir, answers: make(map[string]request, len(e.manifest.Requests))}
	for _, r := range e.manifest.Requests {
		// Of two answers to the same, the later one.
		g.answers[address(r.URI)] = r
	}
	return g
}

type graph struct {
	dir     string
	answers map[string]request
}

// address is a request's path and query in one spelling, without the host.
func address(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	path := u.Path
	if u.Host == "" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return path + "?" + u.Query().Encode()
}

// RoundTrip finds the answer to a request.
func (g *graph) RoundTrip(req *http.Request) (*http.Response, error) {
	recorded, asked := g.answers[address(req.URL.String())]
	switch {
	case req.Method != http.MethodGet || !asked:
		return nil, missing(req, "the script that wrote the folder did not ask for this", "run the script that comes with this version of Postern")
	case recorded.Status == http.StatusOK:
		return g.answer(req, recorded)
	case recorded.Status < 400 || recorded.Status > 599:
		return nil, missing(req, "the script had no answer: "+recorded.Message, "run the script again")
	}
	type inner struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	body, err := json.Marshal(map[string]inner{"error": {recorded.Code, recorded.Message}})
	if err != nil {
		return nil, err
	}
	return respond(req, recorded.Status, body), nil
}

// missing is the error of an answer that is not there. It is none that Graph could
// have given: not found, say, has a meaning of its own.
func missing(req *http.Request, problem, hint string) error {
	e := transport.StatusError(req, 0, problem)
	e.Code, e.Hint = CodeNotInExport, hint
	return e
}

func (g *graph) answer(req *http.Request, recorded request) (*http.Response, error) {
	path := filepath.Join(g.dir, recorded.File)
	if info, err := os.Lstat(path); err != nil || recorded.File == "" || !info.Mode().IsRegular() {
		return nil, missing(req, "the folder lost the answer, its file "+recorded.File, hintAgain)
	}
	t, err := openText(path)
	if err != nil {
		return nil, missing(req, recorded.File+" cannot be read: "+reason(err), hintAgain)
	}
	defer t.close()
	body, err := io.ReadAll(t)
	if err != nil || !jsontext.Value(body).IsValid() {
		return nil, missing(req, recorded.File+" is not JSON, or not all of it", hintAgain)
	}
	return respond(req, http.StatusOK, body), nil
}

func respond(req *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)),
	}
}
