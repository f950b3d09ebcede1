package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors"
)

// with is an app with an environment.
func with(env map[string]string) *app {
	return &app{streams: streams{getenv: func(name string) string { return env[name] }, version: "test"}, quiet: true}
}

// pemFile writes one block to a file.
func pemFile(t *testing.T, kind string, bytes []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAuthoritiesOfAFileAreTrusted asks a server whose certificate only the file knows.
func TestAuthoritiesOfAFileAreTrusted(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	network, err := with(nil).network(&target{CAFile: pemFile(t, "CERTIFICATE", server.Certificate().Raw)})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: network.RootCAs}}}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	// The system's own stay: the file says "also".
	if system, err := x509.SystemCertPool(); err == nil && network.RootCAs.Equal(onlyOf(server)) && !system.Equal(x509.NewCertPool()) {
		t.Error("the system's authorities are gone")
	}
	if _, err := with(nil).network(&target{CAFile: pemFile(t, "PRIVATE KEY", []byte("x"))}); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Error(err)
	}
}

func onlyOf(server *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return pool
}

// TestWaysToSignInToOkta takes what the environment offers, and says what is wrong with it.
func TestWaysToSignInToOkta(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	const id = "0oaservice"
	good, bad := pemFile(t, "PRIVATE KEY", der), pemFile(t, "PRIVATE KEY", []byte("hunter2"))
	for _, test := range []struct {
		name     string
		env      map[string]string
		apiToken bool
		problem  string
	}{
		{"an API token", map[string]string{envOktaSSWS: "00token", envOktaToken: "other"}, true, ""},
		{"a ready-made token", map[string]string{envOktaToken: "eyJ", envOktaClientID: id}, false, ""},
		{"a service app", map[string]string{envOktaClientID: id, envOktaKeyFile: good, envOktaKeyID: "k1"}, false, ""},
		{"no key", map[string]string{envOktaClientID: id}, false, "no credentials for Okta"},
		{"a key file that is not there", map[string]string{envOktaClientID: id, envOktaKeyFile: good + ".gone"}, false, "read the private key"},
		{"a file that is no key", map[string]string{envOktaClientID: id, envOktaKeyFile: bad}, false, "neither PEM nor JWK"},
		{"an API token of two lines", map[string]string{envOktaSSWS: "00hunter2\nx"}, false, envOktaSSWS},
	} {
		t.Run(test.name, func(t *testing.T) {
			login, apiToken, err := with(test.env).oktaLogin(&target{OktaOrg: "https://example.okta.com"}, collectors.Network{})
			if test.problem == "" {
				if err != nil || login == nil || apiToken != test.apiToken {
					t.Errorf("%v, %v, %v", login, apiToken, err)
				}
				return
			}
			exit, ok := errors.AsType[*exitError](err)
			if !ok || exit.code != exitUsage || exit.hint == "" || !strings.Contains(err.Error(), test.problem) || strings.Contains(err.Error()+exit.hint, "hunter2") {
				t.Errorf("%v", err)
			}
		})
	}
}
