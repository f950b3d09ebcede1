package credential

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"

	"github.com/seed-07732396/postern/collectors"
)

const (
	testTenant = "5c1e6a0e-52c5-4b3e-9b35-1f1d5d0f7a11"
	testSecret = "s3cr3t-that-must-not-show"
)

// authority is a small Entra: it signs a token for whoever brings what the test
// expects, and refuses everybody else.
type authority struct {
	*httptest.Server
	accept func(form map[string]string) bool
	forms  []map[string]string
}

func newAuthority(t *testing.T, accept func(form map[string]string) bool) *authority {
	t.Helper()
	a := &authority{accept: accept}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		base := a.URL + "/" + r.PathValue("tenant")
		write(w, map[string]any{
			"issuer": base + "/v2.0", "authorization_endpoint": base + "/authorize", "token_endpoint": base + "/oauth2/v2.0/token",
		})
	})
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		form := map[string]string{}
		for name := range r.PostForm {
			form[name] = r.PostForm.Get(name)
		}
		a.forms = append(a.forms, form)
		if r.PathValue("tenant") != testTenant || !a.accept(form) {
			w.WriteHeader(http.StatusUnauthorized)
			write(w, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided: " + testSecret})
			return
		}
		write(w, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": "token-for-" + form["scope"]})
	})
	mux.HandleFunc("GET /github", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testSecret || r.URL.Query().Get("audience") != githubAudience {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		write(w, map[string]any{"value": "github-says-so"})
	})
	a.Server = httptest.NewTLSServer(mux)
	t.Cleanup(a.Close)
	return a
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func (a *authority) options(env map[string]string) Options {
	return Options{
		TenantID: testTenant,
		Cloud: Cloud{Name: "public", authority: cloud.Configuration{
			ActiveDirectoryAuthorityHost: a.URL, Services: map[cloud.ServiceName]cloud.ServiceConfiguration{},
		}},
		Getenv:    func(name string) string { return env[name] },
		Transport: a.Client(),
		Trusted:   true,
	}
}

func TestEachMethodBringsAToken(t *testing.T) {
	folder := t.TempDir()
	certificatePath := writeCertificate(t, folder)
	secretPath := filepath.Join(folder, "secret")
	federatedPath := filepath.Join(folder, "federated")
	writeText(t, secretPath, testSecret+"\n")
	writeText(t, federatedPath, "cluster-says-so")

	tests := []struct {
		method string
		env    map[string]string
		accept func(form map[string]string) bool
	}{
		{"secret", map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": testSecret},
			func(f map[string]string) bool { return f["client_secret"] == testSecret }},
		{"secret", map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET_FILE": secretPath},
			func(f map[string]string) bool { return f["client_secret"] == testSecret }},
		{"certificate", map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_CERTIFICATE_PATH": certificatePath, "AZURE_CLIENT_SECRET": "unused"},
			func(f map[string]string) bool {
				return strings.Count(f["client_assertion"], ".") == 2 && f["client_secret"] == ""
			}},
		{"workload", map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_FEDERATED_TOKEN_FILE": federatedPath},
			func(f map[string]string) bool { return f["client_assertion"] == "cluster-says-so" }},
		{"github", map[string]string{"AZURE_CLIENT_ID": "app", githubURL: "/github?api-version=2", githubToken: testSecret},
			func(f map[string]string) bool { return f["client_assertion"] == "github-says-so" }},
	}
	for _, test := range tests {
		t.Run(test.method, func(t *testing.T) {
			a := newAuthority(t, test.accept)
			if path, ok := test.env[githubURL]; ok {
				test.env[githubURL] = a.URL + path
			}
			source, method, err := Microsoft(a.options(test.env))
			if err != nil {
				t.Fatal(err)
			}
			if method != test.method {
				t.Errorf("method %s, want %s", method, test.method)
			}
			for _, scope := range []string{"https://graph.microsoft.com/.default", "https://outlook.office365.com/.default"} {
				token, expires, err := source(t.Context(), []string{scope})
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(token, "token-for-"+scope) || time.Until(expires) < 50*time.Minute {
					t.Errorf("token %q until %v", token, expires)
				}
			}
			if len(a.forms) != 2 || a.forms[0]["client_id"] != "app" {
				t.Errorf("the authority was asked %v", a.forms)
			}
		})
	}
}

func TestRefusedSignInShowsTheCodeAndNoSecret(t *testing.T) {
	a := newAuthority(t, func(map[string]string) bool { return false })
	source, _, err := Microsoft(a.options(map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": testSecret}))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = source(t.Context(), []string{"https://graph.microsoft.com/.default"})
	if err == nil {
		t.Fatal("a refused sign-in gave a token")
	}
	if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, testSecret) || !strings.Contains(text, "AADSTS7000215") {
		t.Errorf("the error reads %s", text)
	}
}

// TestPrivateAuthoritiesSignTheSignInAsWell: a proxy that opens TLS stands in the way
// of the sign-in, not only of what comes behind it.
func TestPrivateAuthoritiesSignTheSignInAsWell(t *testing.T) {
	env := map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": testSecret}
	scopes := []string{"https://graph.microsoft.com/.default"}
	for _, test := range []struct {
		name  string
		trust bool
		limit time.Duration // the SDK tries again for long what cannot succeed
	}{{"trusted", true, time.Minute}, {"unknown", false, 2 * time.Second}} {
		t.Run(test.name, func(t *testing.T) {
			a := newAuthority(t, func(map[string]string) bool { return true })
			a.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that fails
			o := a.options(env)
			o.Transport, o.RootCAs = nil, x509.NewCertPool()
			if test.trust {
				o.RootCAs.AddCert(a.Certificate())
			}
			source, _, err := Microsoft(o)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), test.limit)
			defer cancel()
			if _, _, err = source(ctx, scopes); (err == nil) != test.trust {
				t.Error(err)
			}
		})
	}
}

// TestASecretDoesNotFollowARedirect: 307 asks for the same request somewhere else, the
// secret in its body with it.
func TestASecretDoesNotFollowARedirect(t *testing.T) {
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.Errorf("%s %s was sent on with %q", r.Method, r.URL, body)
	}))
	defer elsewhere.Close()
	a := newAuthority(t, func(map[string]string) bool { return true })
	next := a.Config.Handler
	a.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost || r.URL.Path == "/github" {
			http.Redirect(w, r, elsewhere.URL+"/token", http.StatusTemporaryRedirect)
			return
		}
		next.ServeHTTP(w, r)
	})
	for _, env := range []map[string]string{
		{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": testSecret},
		{"AZURE_CLIENT_ID": "app", githubURL: a.URL + "/github", githubToken: testSecret},
	} {
		o := a.options(env)
		o.Transport, o.RootCAs = nil, x509.NewCertPool()
		o.RootCAs.AddCert(a.Certificate())
		o.RootCAs.AddCert(elsewhere.Certificate())
		source, method, err := Microsoft(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if _, _, err := source(ctx, []string{"https://graph.microsoft.com/.default"}); err == nil {
			t.Errorf("%s: a redirect gave a token", method)
		}
	}
}

// TestAnAuthorityThatIsSlowIsNoInterruption: both end in a deadline.
func TestAnAuthorityThatIsSlowIsNoInterruption(t *testing.T) {
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	_, err := (&http.Client{Timeout: time.Millisecond}).Get(slow.URL)
	var told *collectors.Error
	if got := signInError("secret", fmt.Errorf("get a token: %w", err)); !errors.As(got, &told) || told.Code != "login_failed" || !strings.Contains(told.Problem, "did not answer in time") {
		t.Errorf("%v gives %v", err, got)
	}
	a := newAuthority(t, func(map[string]string) bool { return true })
	source, _, err := Microsoft(a.options(map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": testSecret}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := source(ctx, []string{"https://graph.microsoft.com/.default"}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// TestGitHubsRefusalIsToldFromEntras: both say that no token came, and what to do
// about it differs.
func TestGitHubsRefusalIsToldFromEntras(t *testing.T) {
	for _, test := range []struct{ name, path, token, problem, hint string }{
		{"GitHub", "/github", "another", "ask GitHub for the job's identity token: 403 Forbidden", "id-token: write"},
		{"nobody there", "/nowhere", testSecret, "ask GitHub for the job's identity token: 404 Not Found", "id-token: write"},
		{"Entra", "/github", testSecret, "the authority answered 401 Unauthorized (AADSTS7000215)", "client id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAuthority(t, func(map[string]string) bool { return false })
			source, _, err := Microsoft(a.options(map[string]string{"AZURE_CLIENT_ID": "app", githubURL: a.URL + test.path, githubToken: test.token}))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = source(t.Context(), []string{"https://graph.microsoft.com/.default"})
			var told *collectors.Error
			if !errors.As(err, &told) || told.Code != "login_failed" || !strings.Contains(told.Hint, test.hint) ||
				told.Problem != "sign in to Microsoft by github: "+test.problem || strings.Contains(fmt.Sprintf("%+v", err), testSecret) {
				t.Errorf("%#v", err)
			}
		})
	}
}

func TestMethodIsChosenOnPurposeOrByTheEnvironment(t *testing.T) {
	none := func(string) string { return "" }
	tests := []struct {
		name    string
		options Options
		problem string
	}{
		{"no tenant", Options{Getenv: none}, "no tenant id"},
		{"unknown method", Options{TenantID: "t", Method: "magic", Getenv: none}, `unknown way to sign in "magic"`},
		{"method without its variables", Options{TenantID: "t", Method: "secret", Getenv: none}, "AZURE_CLIENT_SECRET"},
		{"certificate missing", Options{TenantID: "t", Method: "certificate", Getenv: func(string) string { return "/no/such/file" }}, "/no/such/file"},
		{"empty secret file", Options{TenantID: "t", Getenv: only(map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET_FILE": os.DevNull})},
			os.DevNull + ", which AZURE_CLIENT_SECRET_FILE names, is empty"},
		{"federated token missing", Options{TenantID: "t", Getenv: only(map[string]string{"AZURE_CLIENT_ID": "app", "AZURE_FEDERATED_TOKEN_FILE": "/no/such/token"})},
			"by workload: open /no/such/token"},
		{"github over http", Options{TenantID: "t", Method: "github", Getenv: func(string) string { return "http://x" }}, "https"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Microsoft(test.options)
			if err == nil || !strings.Contains(err.Error(), test.problem) {
				t.Errorf("got %v, want %q", err, test.problem)
			}
		})
	}
	_, method, err := Microsoft(Options{TenantID: "t", Getenv: none})
	if err != nil || method != "cli" {
		t.Errorf("an empty environment gives %q, %v", method, err)
	}
}

func TestCertificateFileErrorsQuoteNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.pem")
	writeText(t, path, "-----BEGIN PRIVATE KEY-----\n"+testSecret+"\n-----END PRIVATE KEY-----\n")
	_, _, err := Microsoft(Options{TenantID: "t", Method: "certificate", Getenv: func(string) string { return path }})
	if err == nil || strings.Contains(err.Error(), testSecret) || !strings.Contains(err.Error(), path) {
		t.Errorf("the error reads %v", err)
	}
}

func TestCloudsHaveServicesOfTheirOwn(t *testing.T) {
	for _, name := range []string{"", "public", "gcc", "gcchigh", "dod", "china"} {
		c, err := CloudByName(name)
		if err != nil || !strings.HasPrefix(c.Graph, "https://") || !strings.HasPrefix(c.Exchange, "https://") {
			t.Errorf("%q: %+v, %v", name, c, err)
		}
	}
	if _, err := CloudByName("moon"); err == nil || !strings.Contains(err.Error(), "gcchigh") {
		t.Errorf("an unknown cloud gives %v", err)
	}
}

func only(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeCertificate makes a self-signed certificate with its key in one PEM file.
func writeCertificate(t *testing.T, folder string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "postern"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "certificate.pem")
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	writeText(t, path, text)
	return path
}
